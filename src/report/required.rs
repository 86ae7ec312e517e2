//! How much of a change each goal takes, for a terminal.

use super::table::{align_right, hold, ruled};
use crate::analyse::{Answer, FrontierOutcome, Need, RequiredOutcome, Scale};
use crate::label::Language;
use crate::outcome::format::{level, percent, share};
use std::fmt;

/// The table of what goals take; print it with `{}`.
///
/// A row a goal and its change: the unit of the amounts, the probability at the first amount of the range, and for each probability asked for the
/// amount with its interval, or the best that can be reached. The probabilities are those of the first outcome.
#[derive(Debug, Clone, Copy)]
pub struct RequiredTable<'a> {
    outcomes: &'a [RequiredOutcome],
    language: Language,
}

/// The table of a frontier; print it with `{}`: a row a point.
#[derive(Debug, Clone, Copy)]
pub struct FrontierTable<'a> {
    outcome: &'a FrontierOutcome,
    language: Language,
}

/// An answer in words and numbers, in the unit of a scale.
pub(crate) fn answer(answer: &Answer, scale: &Scale, range: (f64, f64), language: Language) -> String {
    let say = |en: &str, zh: &str| if language == Language::En { en.to_owned() } else { zh.to_owned() };
    match answer {
        Answer::Already { .. } => say("already", "已达到"),
        Answer::Reached { amount, low, high, .. } => {
            let other = high.unwrap_or(range.1);
            // Half of the interval is what the paths leave open.
            let spread = (0.5 * (other - low) * scale.factor).abs();
            let shown = |x: f64| level(x * scale.factor, spread);
            match high {
                Some(high) => format!("{} ({}…{})", shown(*amount), shown(*low), shown(*high)),
                None => format!("{} ({}…)", shown(*amount), shown(*low)),
            }
        }
        Answer::Unreachable { best, probability } => {
            let (most, at) = (
                percent(probability, language),
                level(best * scale.factor, 0.02 * (best * scale.factor).abs()),
            );
            say(&format!("{most} at best, at {at}"), &format!("最高{most}（{at}）"))
        }
    }
}

impl<'a> RequiredTable<'a> {
    /// In English.
    pub fn new(outcomes: &'a [RequiredOutcome]) -> Self {
        Self { outcomes, language: Language::En }
    }

    /// In another language.
    #[must_use]
    pub fn language(mut self, language: Language) -> Self {
        self.language = language;
        self
    }

    fn row(&self, outcome: &RequiredOutcome, need: &Need, probabilities: &[f64]) -> Vec<String> {
        let mut row = vec![
            need.name.get(self.language).to_owned(),
            outcome.change.get(self.language).to_owned(),
            outcome.scale.unit.get(self.language).to_owned(),
            need.curve.first().map_or_else(String::new, |(_, p)| percent(p, self.language)),
        ];
        row.extend(probabilities.iter().map(|p| {
            let found = need.answers.iter().find(|(asked, _)| asked == p);
            let mark = if need.rises { "" } else { "*" };
            found.map_or_else(
                || "–".to_owned(),
                |(_, of)| format!("{}{mark}", answer(of, &outcome.scale, outcome.range, self.language)),
            )
        }));
        row
    }
}

impl fmt::Display for RequiredTable<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Some(need) = self.outcomes.first().and_then(|outcome| outcome.needs.first()) else {
            return Ok(());
        };
        let probabilities: Vec<f64> = need.answers.iter().map(|(p, _)| *p).collect();
        let words = match self.language {
            Language::En => ["goal", "by", "unit", "P now"],
            Language::Zh => ["目标", "改变", "单位", "现有概率"],
        };
        let mut header = words.map(str::to_owned).to_vec();
        header.extend(probabilities.iter().map(|p| share(*p, 0, self.language)));
        let columns = header.len();
        let mut table = ruled(header);
        let needs =
            self.outcomes.iter().flat_map(|outcome| outcome.needs.iter().map(move |need| (outcome, need)));
        for (outcome, need) in needs {
            table.add_row(self.row(outcome, need, &probabilities));
        }
        hold(&mut table, [(0, 34), (1, 34), (2, 24)]);
        align_right(&mut table, 3..columns);
        writeln!(f, "{table}")?;
        if self.outcomes.iter().flat_map(|outcome| &outcome.needs).any(|need| !need.rises) {
            let note = match self.language {
                Language::En => {
                    "* P does not rise all the way through the range: the first amount that reaches it"
                }
                Language::Zh => "* 概率在区间内并非一直上升：此为首次达到时的数值",
            };
            writeln!(f, "{note}")?;
        }
        Ok(())
    }
}

impl<'a> FrontierTable<'a> {
    /// In English.
    pub fn new(outcome: &'a FrontierOutcome) -> Self {
        Self { outcome, language: Language::En }
    }

    /// In another language.
    #[must_use]
    pub fn language(mut self, language: Language) -> Self {
        self.language = language;
        self
    }
}

impl fmt::Display for FrontierTable<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let FrontierOutcome { goal, wanted, first, second, points, .. } = self.outcome;
        let wanted = share(*wanted, 0, self.language);
        match self.language {
            Language::En => writeln!(f, "Pairs with which P({}) is {wanted}", goal.en)?,
            Language::Zh => writeln!(f, "使{}的实现概率达到{wanted}的组合", goal.get(Language::Zh))?,
        }
        let named = |(name, scale): (&crate::label::Label, &Scale)| {
            format!("{}, {}", name.get(self.language), scale.unit.get(self.language))
        };
        let mut table = ruled(vec![named((&first.0, &first.1)), named((&second.0, &second.1))]);
        for (given, of) in points {
            let given = given * first.1.factor;
            table.add_row([level(given, 0.02 * given.abs()), answer(of, &second.1, second.2, self.language)]);
        }
        align_right(&mut table, [0, 1]);
        writeln!(f, "{table}")
    }
}
