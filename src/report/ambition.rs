//! Which bounds would be met with a stated probability, beside those of the plan, for a terminal.

use super::table::{align_right, hold, ruled};
use crate::analyse::Ambition;
use crate::label::Language;
use crate::outcome::Sense;
use crate::outcome::format::{level, percent, share};
use std::fmt;

/// The table of ambitions; print it with `{}`.
///
/// A row a target: what the plan asks for and how likely that is, the bound that would be met with the probability asked for, with
/// the interval of its Monte Carlo error, and how far it lies from the plan's.
#[derive(Debug, Clone, Copy)]
pub struct AmbitionTable<'a> {
    ambitions: &'a [Ambition],
    language: Language,
}

impl<'a> AmbitionTable<'a> {
    /// In English.
    pub fn new(ambitions: &'a [Ambition]) -> Self {
        Self { ambitions, language: Language::En }
    }

    /// In another language.
    #[must_use]
    pub fn language(mut self, language: Language) -> Self {
        self.language = language;
        self
    }

    fn row(&self, ambition: &Ambition) -> [String; 8] {
        let Ambition { bound, low, high, plan, scale, sense, .. } = *ambition;
        let half = 0.5 * (high - low) * scale;
        // As many digits as the interval leaves, and no more than the distance to the plan asks for.
        let digits = half.max(1e-3 * (bound - plan).abs() * scale);
        let shown = |x: f64| level(x * scale, digits);
        let sign = match sense {
            Sense::AtLeast => "≥ ",
            Sense::AtMost => "≤ ",
            Sense::Within => "± ",
        };
        [
            ambition.number.map_or_else(|| "–".to_owned(), |n| n.to_string()),
            ambition.name.get(self.language).to_owned(),
            ambition.unit.get(self.language).to_owned(),
            ambition.goal.get(self.language).to_owned(),
            percent(&ambition.probability, self.language),
            format!("{sign}{}", shown(bound)),
            format!("{}…{}", shown(low), shown(high)),
            format!("{}{}", if bound > plan { "+" } else { "" }, shown(bound - plan)),
        ]
    }
}

impl fmt::Display for AmbitionTable<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Some(first) = self.ambitions.first() else { return Ok(()) };
        let wanted = share(first.wanted, 0, self.language);
        let header = match self.language {
            Language::En => [
                "no".to_owned(),
                "target".into(),
                "unit".into(),
                "plan".into(),
                "P(met)".into(),
                format!("met at {wanted}"),
                "interval".into(),
                "less the plan".into(),
            ],
            Language::Zh => [
                "序号".to_owned(),
                "目标".into(),
                "单位".into(),
                "规划目标".into(),
                "实现概率".into(),
                format!("{wanted}把握的目标"),
                "区间".into(),
                "与规划之差".into(),
            ],
        };
        let mut table = ruled(header);
        for ambition in self.ambitions {
            table.add_row(self.row(ambition));
        }
        hold(&mut table, [(1, 34), (2, 18), (3, 22)]);
        align_right(&mut table, [0, 4, 5, 6, 7]);
        writeln!(f, "{table}")
    }
}
