//! What each target still asks for a year, beside what was achieved, for a terminal.

use super::table::{align_right, hold, ruled};
use crate::analyse::{Effort, Pace, TargetEffort, Trend};
use crate::label::Language;
use crate::outcome::format::{level, number, percent};
use crate::time::Year;
use std::fmt;

/// The table of efforts; print it with `{}`.
///
/// A row a target: where its indicator stands, the pace that the target needs from there, the pace over the last three and five years
/// known (with the years), the effort ratio (needed over the pace of five years, or of three), the pace of the model's median, and the
/// probability. Growth is in per cent a year, a change in the unit of the indicator a year.
#[derive(Debug, Clone, Copy)]
pub struct EffortTable<'a> {
    effort: &'a Effort,
    language: Language,
}

impl<'a> EffortTable<'a> {
    /// In English.
    pub fn new(effort: &'a Effort) -> Self {
        Self { effort, language: Language::En }
    }

    /// In another language.
    #[must_use]
    pub fn language(mut self, language: Language) -> Self {
        self.language = language;
        self
    }

    fn row(&self, target: &TargetEffort) -> Vec<String> {
        let spread = target.level_range.map_or(0.0, |(low, high)| 0.5 * (high - low));
        let stands = match target.level_range {
            Some((low, high)) => {
                let shown = |x: f64| level(x, spread);
                format!("{}  ({}…{})", shown(target.level), shown(low), shown(high))
            }
            None => level(target.level, 0.0),
        };
        let stands = match self.year() {
            Some(_) => stands,
            None => format!("{}: {stands}", target.from),
        };
        let needed = match target.needed_range.filter(|(low, high)| low < high) {
            Some((low, high)) => {
                let shown = |x: f64| self.pace(target, x);
                format!("{}  ({}…{})", shown(target.needed()), shown(low), shown(high))
            }
            None => self.pace(target, target.needed()),
        };
        let trend = |trend: Option<Trend>| match trend {
            None => "–".to_owned(),
            Some(Trend { from, to, pace, stand_in }) => {
                let mark = if stand_in { "†" } else { "" };
                format!("{}{mark}  ({}–{:02})", self.pace(target, pace), from, to.0.rem_euclid(100))
            }
        };
        vec![
            target.number.map_or_else(|| "–".to_owned(), |n| n.to_string()),
            target.name.get(self.language).to_owned(),
            target.goal.get(self.language).to_owned(),
            stands,
            needed,
            self.unit(target),
            trend(target.last_three),
            trend(target.last_five),
            self.ratio(target),
            self.pace(target, target.model),
            percent(&target.probability, self.language),
        ]
    }

    /// The year from which is counted, where it is the same for all.
    fn year(&self) -> Option<Year> {
        let mut years = self.effort.targets.iter().map(|target| target.from);
        let first = years.next().unwrap_or(self.effort.base);
        years.all(|year| year == first).then_some(first)
    }

    /// A pace with two digits after the point in per cent, or to a hundredth of the level's order.
    fn pace(&self, target: &TargetEffort, pace: f64) -> String {
        match target.pace {
            Pace::Growth => number(100.0 * pace, 1),
            Pace::Change => level(pace, (0.05 * target.needed().abs()).max(5e-4 * target.level.abs())),
        }
    }

    fn unit(&self, target: &TargetEffort) -> String {
        match (target.pace, self.language) {
            (Pace::Growth, Language::En) => "% a year".into(),
            (Pace::Growth, Language::Zh) => "%/年".into(),
            (Pace::Change, language) => {
                let unit = target.unit.get(language);
                let unit = match (unit, language) {
                    ("%", Language::En) => "points",
                    ("%", Language::Zh) => "百分点",
                    (unit, _) => unit,
                };
                match language {
                    Language::En => format!("{unit} a year"),
                    Language::Zh => format!("{unit}/年"),
                }
            }
        }
    }

    /// How many times the pace of late is needed, or what it says instead.
    fn ratio(&self, target: &TargetEffort) -> String {
        let Some(trend) = target.last_five.or(target.last_three) else { return "–".into() };
        match target.ratio(trend.pace) {
            // More than tenfold is another order, and the digits of a pace near nothing mean nothing.
            Some(ratio) if ratio >= 10.0 => "> 10".into(),
            Some(ratio) => number(ratio, 2),
            None if target.is_enough(trend.pace) => self.language.say("enough", "已足够").into(),
            None => self.language.say("turn", "须扭转").into(),
        }
    }
}

impl fmt::Display for EffortTable<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut table = ruled([
            self.language.say("no", "序号").to_owned(),
            self.language.say("target", "目标").to_owned(),
            self.language.say("asks", "要求").to_owned(),
            match (self.year(), self.language) {
                (Some(year), Language::En) => format!("stands, {year}"),
                (Some(year), Language::Zh) => format!("{year}年水平"),
                (None, language) => language.say("stands", "现有水平").to_owned(),
            },
            self.language.say("needed pace", "所需年均变化").to_owned(),
            self.language.say("unit", "单位").to_owned(),
            self.language.say("last 3 years", "近3年").to_owned(),
            self.language.say("last 5 years", "近5年").to_owned(),
            self.language.say("effort", "努力倍数").to_owned(),
            self.language.say("model", "模型").to_owned(),
            self.language.say("P(met)", "实现概率").to_owned(),
        ]);
        for target in &self.effort.targets {
            table.add_row(self.row(target));
        }
        hold(&mut table, [(1, 30), (2, 20), (3, 20), (4, 18), (5, 16)]);
        align_right(&mut table, [0, 3, 4, 6, 7, 8, 9, 10]);
        writeln!(f, "{table}")?;
        let (note, ranges) = match self.language {
            Language::En => (
                "effort: needed pace over that of late; \"enough\" where the pace of late meets the target, \"turn\" where it goes the other way; – no history; (years): those that are known",
                "(…): from the level that a tenth of the draws lie below, to that a tenth lie above; † of a series that stands in",
            ),
            Language::Zh => (
                "努力倍数：所需年均变化与近年之比；“已足够”指近年变化已可达标，“须扭转”指近年方向相反；– 表示没有历史数据；括号内年份为有数据的年份",
                "括号：基年水平第10至第90百分位；† 为替代序列",
            ),
        };
        writeln!(f, "{note}\n{ranges}")?;
        for (id, why) in &self.effort.left_out {
            writeln!(f, "{} {id}: {}", self.language.say("left out", "未列入"), why.get(self.language))?;
        }
        Ok(())
    }
}
