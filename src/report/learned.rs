//! What was learned from histories: believed, seen, believed now, parameter by parameter, for a terminal.

use super::table::{align_right, ruled};
use crate::calibrate::LearnedNumber;
use crate::label::Language;
use crate::outcome::format::level;
use crate::outcome::{LearnedOutcome, Outcome};
use std::fmt;

/// The table of what was learned; print it with `{}`. Empty when every parameter is stated.
///
/// A row a parameter: its prior (mean ± standard deviation), what the history says (for drift and volatility: mean or standard deviation of
/// growth, and of how many figures), its posterior with the range that holds 80 % of it, and the grade. Growth is in the unit named: log points are
/// times 100 nearly per cent.
#[derive(Debug, Clone, Copy)]
pub struct LearnedTable<'a> {
    outcome: &'a Outcome,
    language: Language,
}

impl<'a> LearnedTable<'a> {
    /// In English.
    pub fn new(outcome: &'a Outcome) -> Self {
        Self { outcome, language: Language::En }
    }

    /// In another language.
    #[must_use]
    pub fn language(mut self, language: Language) -> Self {
        self.language = language;
        self
    }

    fn rows(&self, outcome: &LearnedOutcome) -> Vec<[String; 9]> {
        let learned = &outcome.learned;
        let data = &learned.data;
        let count = format!("{} ({})", data.figures, data.years);
        let unit = outcome.unit.get(self.language);
        let (drift, drift_unit) = match outcome.reverts {
            true => (self.language.say("level", "水平"), outcome.level_unit.get(self.language)),
            false => (self.language.say("drift", "平均增长"), unit),
        };
        let persistence = match outcome.reverts {
            true => self.language.say("gap left a year later", "一年后剩余差距"),
            false => self.language.say("persistence", "持续性"),
        };
        let none = || "–".to_owned();
        let shown = |x: Option<f64>| x.map_or_else(none, |x| level(x, data.sd.unwrap_or(0.0) / 4.0));
        let kind = match (&learned.class, learned.plug_in) {
            (Some(class), false) => class.clone(),
            (Some(class), true) => format!("{class}, {}", self.language.say("plugged in", "代入均值")),
            (None, true) => self.language.say("plugged in", "代入均值").to_owned(),
            (None, false) => String::new(),
        };
        let grade = if learned.stand_in {
            format!("{} ({})", learned.evidence.get(self.language), self.language.say("stand-in", "替代序列"))
        } else {
            learned.evidence.get(self.language).to_owned()
        };
        let share = format!("{:.0} %", 100.0 * learned.data_share);
        let mut rows = vec![[
            outcome.name.get(self.language).to_owned(),
            drift.to_owned(),
            drift_unit.to_owned(),
            prior(&learned.drift),
            shown(data.mean),
            count,
            posterior(&learned.drift),
            share,
            grade,
        ]];
        let blank = String::new;
        if let Some(number) = &learned.persistence {
            let (name, believed, now) = (persistence.to_owned(), prior(number), posterior(number));
            rows.push([blank(), name, blank(), believed, blank(), blank(), now, blank(), blank()]);
        }
        let (believed, now) = (prior(&learned.volatility), posterior(&learned.volatility));
        let name = self.language.say("volatility", "波动").to_owned();
        let seen = if outcome.reverts { none() } else { shown(data.sd) };
        rows.push([kind, name, unit.to_owned(), believed, seen, blank(), now, blank(), blank()]);
        rows
    }
}

/// Mean ± standard deviation of what was believed.
fn prior(number: &LearnedNumber) -> String {
    match number.prior {
        None => "–".into(),
        Some((mean, Some(sd))) => format!("{} ± {}", level(mean, sd / 2.0), level(sd, sd / 2.0)),
        Some((mean, None)) => level(mean, mean.abs() / 10.0),
    }
}

/// Mean ± standard deviation of what is believed now, and its middle 80 %.
fn posterior(number: &LearnedNumber) -> String {
    let now = &number.posterior;
    let spread = 0.25 * (now.high - now.low);
    let shown = |x: f64| level(x, spread);
    let range = format!("{}…{}", shown(now.low), shown(now.high));
    match now.sd {
        Some(0.0) => level(now.mean, now.mean.abs() / 50.0),
        Some(sd) => format!("{} ± {}  ({range})", shown(now.mean), shown(sd)),
        None => format!("{}  ({range})", shown(now.mean)),
    }
}

impl fmt::Display for LearnedTable<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.outcome.learned.is_empty() {
            return Ok(());
        }
        let mut table = ruled([
            self.language.say("indicator", "指标"),
            self.language.say("parameter", "参数"),
            self.language.say("unit", "单位"),
            self.language.say("prior", "先验"),
            self.language.say("history", "历史"),
            self.language.say("figures (years)", "数据（年数）"),
            self.language.say("posterior (middle 80 %)", "后验（中间 80%）"),
            self.language.say("from data", "数据占比"),
            self.language.say("evidence", "依据"),
        ]);
        for outcome in &self.outcome.learned {
            self.rows(outcome).into_iter().for_each(|row| {
                table.add_row(row);
            });
        }
        align_right(&mut table, [3, 4, 5, 6, 7]);
        writeln!(f, "{table}")
    }
}
