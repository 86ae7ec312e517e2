//! A plan under conditions, for a terminal: what was given and how plausible that is, and every target before and after.

use super::table::{align_right, hold, ruled};
use crate::analyse::Estimate;
use crate::analyse::condition::{Chance, Distance, Given, Plausibility};
use crate::label::Language;
use crate::outcome::format::{self, count, percent_with_interval, rough};
use crate::stats::normal;
use comfy_table::Table;
use std::fmt;

/// The tables of an answer; print them with `{}`. A what-if, not a forecast.
///
/// First the conditions: for a given value the squared Mahalanobis distance and its tail probability, for an inequality the share of the paths
/// that meet it, for a view what the paths said before. Then a row a target: its probability without and with the conditions, and the
/// difference in percentage points, with the interval of paired paths.
#[derive(Debug, Clone, Copy)]
pub struct GivenTables<'a> {
    given: &'a Given,
    language: Language,
}

impl<'a> GivenTables<'a> {
    /// In English.
    pub fn new(given: &'a Given) -> Self {
        Self { given, language: Language::En }
    }

    /// In another language.
    #[must_use]
    pub fn language(mut self, language: Language) -> Self {
        self.language = language;
        self
    }

    fn distance(&self, distance: &Distance) -> String {
        let squared = format::level(distance.squared, distance.squared.max(1.0) / 10.0);
        format!(
            "d² = {squared}, {} {}",
            self.language.say("tail", "尾概率"),
            rough(distance.tail.max(f64::MIN_POSITIVE), self.language)
        )
    }

    fn plausibility(&self, plausibility: &Plausibility) -> String {
        match plausibility {
            Plausibility::Distance(distance) => self.distance(distance),
            Plausibility::Mass(mass) => {
                format!(
                    "{} {}",
                    self.language.say("met by", "满足比例"),
                    percent_with_interval(mass, self.language)
                )
            }
            Plausibility::View { before, below } => {
                let before = format::level(*before, before.abs() / 100.0);
                let below = percent_with_interval(below, self.language);
                format!(
                    "{} {before}, {} {below}",
                    self.language.say("was", "原为"),
                    self.language.say("below it", "不超过该值")
                )
            }
        }
    }

    fn conditions(&self) -> Table {
        let mut table = ruled([
            self.language.say("given", "条件").to_owned(),
            self.language.say("how plausible", "可信程度").into(),
        ]);
        for stated in &self.given.conditions {
            table.add_row([
                stated.words.get(self.language).to_owned(),
                self.plausibility(&stated.plausibility),
            ]);
        }
        if let Some(together) = self.given.together.filter(|distance| distance.degrees > 1) {
            table.add_row([
                self.language.say("all given values together", "全部给定值合计").into(),
                self.distance(&together),
            ]);
        }
        let bounds = |stated: &&crate::analyse::condition::Stated| {
            matches!(stated.plausibility, Plausibility::Mass(_))
        };
        if let Some(mass) =
            self.given.mass.filter(|_| self.given.conditions.iter().filter(bounds).count() > 1)
        {
            table.add_row([
                self.language.say("all inequalities together", "全部不等式合计").into(),
                self.plausibility(&Plausibility::Mass(mass)),
            ]);
        }
        table
    }

    fn row(&self, chance: &Chance, goal: &str) -> [String; 5] {
        let shown = |p| percent_with_interval(p, self.language);
        [
            chance.name.get(self.language).to_owned(),
            goal.to_owned(),
            shown(&chance.unconditional),
            shown(&chance.probability),
            points(&chance.shift, self.given.unconditional.confidence),
        ]
    }

    fn targets(&self) -> Table {
        let points = self.language.say("change, points", "变化（百分点）");
        let mut table = ruled([
            self.language.say("target", "目标").to_owned(),
            self.language.say("goal", "目标值").into(),
            self.language.say("P(met)", "达标概率").into(),
            self.language.say("P(met | given)", "给定条件下").into(),
            points.into(),
        ]);
        for (chance, target) in self.given.targets.iter().zip(&self.given.unconditional.targets) {
            table.add_row(self.row(chance, target.goal.get(self.language)));
        }
        for chance in std::iter::once(&self.given.all).chain(&self.given.binding) {
            table.add_row(self.row(chance, ""));
        }
        align_right(&mut table, [2, 3, 4]);
        hold(&mut table, [(0, 40)]);
        table
    }
}

/// A difference in percentage points with its interval, to the digits that its error supports; a dot where it is nothing but error.
pub(crate) fn points(shift: &Estimate, confidence: f64) -> String {
    let half = normal::two_sided(confidence) * shift.error;
    if shift.estimate == 0.0 || (shift.estimate.abs() < half && half < 5e-4) {
        return "·".into();
    }
    let digits = |x: f64| format::level(100.0 * x, 250.0 * half);
    let sign = if shift.estimate > 0.0 { "+" } else { "" };
    format!("{sign}{} ({}…{})", digits(shift.estimate), digits(shift.low), digits(shift.high))
}

impl fmt::Display for GivenTables<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let given = self.given;
        let way = if given.sequential {
            self.language.say("one year after the other", "逐年依次")
        } else {
            self.language.say("all years jointly", "各年联合")
        };
        let plan = given.unconditional.plan.get(self.language);
        writeln!(
            f,
            "{plan}: {} ({way})",
            self.language.say("what if? Not a forecast", "假设情景，并非预测")
        )?;
        writeln!(f, "{}\n{}", self.conditions(), self.targets())?;
        let (paths, worth) = (count(given.paths), count(given.effective_sample_size.round() as u64));
        match self.language {
            Language::En => writeln!(
                f,
                "{paths} of {} paths meet the conditions, worth {worth} of equal weight; a dot: no change beyond the error",
                count(given.unconditional.paths)
            )?,
            Language::Zh => writeln!(
                f,
                "{} 条路径中 {paths} 条满足条件，相当于 {worth} 条等权路径；“·”表示变化未超出误差",
                count(given.unconditional.paths)
            )?,
        }
        given.notices.iter().try_for_each(|notice| writeln!(f, "{}", notice.get(self.language)))
    }
}
