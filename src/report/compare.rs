//! A plan beside its variants, for a terminal.

use super::table::numbers;
use crate::analyse::{Compared, ComparedRow, Goal, Varied};
use crate::label::Language;
use crate::outcome::format;
use std::fmt;

/// Variants beside each other, before the table begins anew.
const BESIDE: usize = 3;

/// The table of a comparison; print it with `{}`.
///
/// A row a target, then all together; of each variant the probability and, in percentage points, the difference from the plan with the
/// interval of its Monte Carlo error. A dot means that the variant leaves the target alone, on every path and to the last
/// bit. Below, for all together: how many paths turn, and the numbers of the first of them.
#[derive(Debug, Clone, Copy)]
pub struct CompareTable<'a> {
    compared: &'a Compared,
    language: Language,
}

impl<'a> CompareTable<'a> {
    /// In English.
    pub fn new(compared: &'a Compared) -> Self {
        Self { compared, language: Language::En }
    }

    /// In another language.
    #[must_use]
    pub fn language(mut self, language: Language) -> Self {
        self.language = language;
        self
    }

    fn name(&self, variant: usize) -> &str {
        self.compared.variants[variant].get(self.language)
    }

    fn cell(&self, varied: &Varied) -> [String; 2] {
        if varied.untouched {
            return ["·".into(), "·".into()];
        }
        let (points, interval) =
            (format::points(&varied.difference), format::points_interval(&varied.difference));
        let difference =
            self.language.say(format!("{points} ({interval})"), format!("{points}（{interval}）"));
        [format::percent(&varied.probability, self.language), difference]
    }

    fn turned(&self, f: &mut fmt::Formatter<'_>, row: &ComparedRow) -> fmt::Result {
        let name = row.name.get(self.language);
        for (k, varied) in row.variants.iter().enumerate().filter(|(_, varied)| !varied.untouched) {
            let paths = |count: u64, first: &[u64]| {
                let first: Vec<String> = first.iter().map(u64::to_string).collect();
                let more = if count > first.len() as u64 { ", …" } else { "" };
                let first =
                    if first.is_empty() { String::new() } else { format!(" ({}{more})", first.join(", ")) };
                format!("{}{first}", format::count(count))
            };
            let gained = paths(varied.difference.gained, &varied.gained_paths);
            let lost = paths(varied.difference.lost, &varied.lost_paths);
            let variant = self.name(k);
            let line = self.language.say(
                format!("{name}, {variant}: paths gained {gained}, lost {lost}"),
                format!("{name}，{variant}：转为达标的路径 {gained}，转为未达标的路径 {lost}"),
            );
            writeln!(f, "{line}")?;
        }
        Ok(())
    }
}

impl fmt::Display for CompareTable<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Compared { about, variants, rows, unshared } = self.compared;
        let paths = format::count(about.paths);
        let level = format::level(100.0 * about.confidence, 0.0);
        let plan = about.plan.get(self.language);
        let head = self.language.say(
            format!("{plan}: {paths} paths, the same draws in every variant; differences in percentage points with {level} % intervals"),
            format!("{plan}：{paths} 条模拟路径，各情景使用相同的随机数；差异以百分点计，附 {level}% 区间"),
        );
        writeln!(f, "{head}")?;
        for first in (0..variants.len()).step_by(BESIDE) {
            let shown = first..variants.len().min(first + BESIDE);
            let mut header = vec![self.language.say("target", "目标"), self.language.say("plan", "规划")];
            for k in shown.clone() {
                header.extend([self.name(k), self.language.say("difference", "差异")]);
            }
            let rows = rows.iter().map(|row| {
                let mut cells =
                    vec![row.name.get(self.language).to_owned(), format::percent(&row.base, self.language)];
                cells.extend(row.variants[shown.clone()].iter().flat_map(|varied| self.cell(varied)));
                cells
            });
            writeln!(f, "{}", numbers(header, rows))?;
        }
        writeln!(
            f,
            "{}",
            self.language.say(
                "· left alone: the same on every path, to the last bit",
                "· 不受影响：每条路径上都完全相同"
            )
        )?;
        for row in rows.iter().filter(|row| !matches!(row.goal, Goal::Target(_))) {
            self.turned(f, row)?;
        }
        for unshared in unshared {
            let (lacks, adds) = (unshared.lacks.join(", "), unshared.adds.join(", "));
            let name = self.name(unshared.variant);
            for (ids, en, zh) in [(&lacks, "lacks", "缺少"), (&adds, "adds", "增加了")] {
                if !ids.is_empty() {
                    let line = self.language.say(
                        format!("{name} {en} the targets {ids}: they have no row, and all together are of each its own"),
                        format!("{name}{zh}目标 {ids}：不单独列示，“全部”按各自的目标计算"),
                    );
                    writeln!(f, "{line}")?;
                }
            }
        }
        Ok(())
    }
}
