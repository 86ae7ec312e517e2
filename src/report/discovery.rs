//! Where a goal is missed, for a terminal.

use super::table::{hold, numbers};
use crate::analyse::discover::{Discovered, FoundBox};
use crate::label::Language;
use crate::outcome::format;
use std::fmt;

/// Boxes of the trade-off that are shown at most.
const BOXES: usize = 10;

/// The answer of a discovery; print it with `{}`.
///
/// The sentence of the recommended box; then its restrictions, each with where nine tenths of all paths lie, in how many of the repeated searches it
/// came about again and its quasi-p value; then the trade-off, from the box that holds everything to the smallest: coverage, density and
/// mass on the paths that the search has not seen, with their intervals.
#[derive(Debug, Clone, Copy)]
pub struct DiscoveryTable<'a> {
    found: &'a Discovered,
    language: Language,
}

impl<'a> DiscoveryTable<'a> {
    /// In English.
    pub fn new(found: &'a Discovered) -> Self {
        Self { found, language: Language::En }
    }

    /// In another language.
    #[must_use]
    pub fn language(mut self, language: Language) -> Self {
        self.language = language;
        self
    }

    fn restrictions(&self) -> Vec<Vec<String>> {
        let (found, language) = (self.found, self.language);
        let rows = found.recommended.restrictions.iter().enumerate().map(|(k, restriction)| {
            let feature = &found.features[restriction.feature];
            let [low, high] = [feature.range.0, feature.range.1].map(|x| feature.value(x, language));
            let again = found.again.get(k).map_or_else(
                || "–".to_owned(),
                |(low, high)| {
                    let ends = [restriction.low.map(|_| low), restriction.high.map(|_| high)];
                    let least = ends.into_iter().flatten().fold(1.0_f64, |least, share| least.min(*share));
                    format::share(least, 0, language)
                },
            );
            let quasi_p = match restriction.quasi_p {
                p if p < 0.001 => "< 0.001".to_owned(),
                p => format::number(p, 3),
            };
            vec![feature.says(restriction, language), format!("{low} … {high}"), again, quasi_p]
        });
        rows.collect()
    }

    /// Some boxes of the trade-off, evenly spread, and the recommended one.
    fn boxes(&self) -> Vec<Vec<String>> {
        let boxes = &self.found.boxes;
        let last = boxes.len() - 1;
        let mut shown: Vec<usize> = (0..BOXES).map(|k| k * last / (BOXES - 1).max(1)).collect();
        shown.dedup();
        let row = |name: String, found: &FoundBox| {
            let cell = |p| format!("{} ({})", format::percent(p, self.language), format::interval(p));
            if found.restrictions.is_empty() {
                let all = || format::share(1.0, 0, self.language);
                return vec![name, all(), cell(&found.density), all()];
            }
            vec![
                name,
                cell(&found.coverage),
                cell(&found.density),
                format::percent(&found.mass, self.language),
            ]
        };
        let count = |found: &FoundBox| found.restrictions.len().to_string();
        let mut rows: Vec<Vec<String>> =
            shown.into_iter().map(|k| row(count(&boxes[k]), &boxes[k])).collect();
        let best = &self.found.recommended;
        rows.push(row(format!("{} ({})", self.language.say("recommended", "推荐"), count(best)), best));
        rows
    }
}

impl fmt::Display for DiscoveryTable<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let say = |en: &'static str, zh: &'static str| self.language.say(en, zh);
        writeln!(f, "{}", self.found.sentence(self.language))?;
        if !self.found.recommended.restrictions.is_empty() {
            let header = [
                say("where", "情形"),
                say("9 in 10 paths", "九成路径介于"),
                say("again", "重现"),
                say("quasi-p", "准p值"),
            ];
            let mut table = numbers(header, self.restrictions());
            hold(&mut table, [(0, 60)]);
            writeln!(f, "\n{table}")?;
        }
        let header = [
            say("restrictions", "条件数"),
            say("coverage", "覆盖率"),
            say("density", "密度"),
            say("mass", "占比"),
        ];
        writeln!(f, "{}", numbers(header, self.boxes()))?;
        let note = match (self.language, self.found.met) {
            (Language::En, false) => {
                "coverage: of all misses, those within; density: of the futures within, those that miss; mass: of all futures, those within"
            }
            (Language::En, true) => {
                "coverage: of all successes, those within; density: of the futures within, those that succeed; mass: of all futures, those within"
            }
            (Language::Zh, false) => {
                "覆盖率：全部落空情形中落入其中的比例；密度：其中落空的比例；占比：全部路径中落入其中的比例"
            }
            (Language::Zh, true) => {
                "覆盖率：全部实现情形中落入其中的比例；密度：其中实现的比例；占比：全部路径中落入其中的比例"
            }
        };
        writeln!(f, "{note}")?;
        let again = say(
            "again: of the searches repeated on samples of the paths, those that brought the restriction about; all shares on paths that the search has not seen",
            "重现：在重抽样本上重复搜索时再次得到该条件的比例；各比例均按未参与搜索的路径计算",
        );
        writeln!(f, "{again}")
    }
}
