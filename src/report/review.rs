//! A review in tables: what came, how the probabilities moved and why, what was learned.

use super::table::numbers;
use crate::analyse::{Part, ReviewOutcome, ReviewRow};
use crate::label::Language;
use crate::outcome::format;
use comfy_table::Table;
use std::fmt;

/// Prints a [`ReviewOutcome`]: the actuals beside their forecasts, the probabilities before and after with the parts of the change in percentage
/// points (standard errors in brackets), the drifts that were learned anew.
///
/// ```no_run
/// # use plancast::prelude::*;
/// # use plancast::{analyse::Review, report::ReviewTables, scenario::Actuals};
/// # fn show(simulation: &Simulation<'_>, actuals: &Actuals) -> Result<()> {
/// let review = Review::new(simulation, actuals).run()?;
/// println!("{}", ReviewTables::new(&review).language(Language::Zh));
/// # Ok(())
/// # }
/// ```
#[derive(Debug, Clone, Copy)]
pub struct ReviewTables<'a> {
    review: &'a ReviewOutcome,
    language: Language,
}

impl<'a> ReviewTables<'a> {
    /// In English.
    pub fn new(review: &'a ReviewOutcome) -> Self {
        Self { review, language: Language::En }
    }

    /// In another language.
    #[must_use]
    pub fn language(mut self, language: Language) -> Self {
        self.language = language;
        self
    }

    fn actuals(&self) -> Table {
        let rows = self.review.actuals.iter().map(|seen| {
            let spread = 0.25 * (seen.high - seen.low);
            let shown = |x: f64| format::level(x, spread);
            let end = match (seen.beyond, seen.sigmas < 0.0) {
                (true, true) => "< ",
                (true, false) => "> ",
                _ => "",
            };
            vec![
                seen.name.get(self.language).to_owned(),
                seen.year.to_string(),
                seen.unit.get(self.language).to_owned(),
                shown(seen.actual),
                format!("{}  ({}…{})", shown(seen.median), shown(seen.low), shown(seen.high)),
                format::share(seen.percentile, 0, self.language),
                format!("{end}{}", format::signed(seen.sigmas, 1)),
                seen.evidence.get(self.language).to_owned(),
            ]
        });
        let header = [
            self.language.say("what came", "实际值"),
            self.language.say("year", "年份"),
            self.language.say("unit", "单位"),
            self.language.say("actual", "实际"),
            self.language.say("was forecast (middle 80 %)", "原预测（中间 80%）"),
            self.language.say("percentile", "分位"),
            self.language.say("sigmas", "标准差"),
            self.language.say("evidence", "依据"),
        ];
        numbers(header, rows)
    }

    fn moves(&self) -> Table {
        let review = self.review;
        let joint = [Some(&review.all), review.binding.as_ref()].into_iter().flatten();
        let with_new = review.assumptions.is_some();
        let cells = |row: &ReviewRow| {
            let mut cells = vec![
                row.name.get(self.language).to_owned(),
                format::percent(&row.before, self.language),
                format::percent(&row.after, self.language),
                points(&row.change),
                points(&row.surprise),
                points(&row.learning),
            ];
            cells.extend(with_new.then(|| points(&row.assumptions)));
            cells
        };
        let mut header = vec![
            self.language.say("P(met), percentage points", "达标概率（百分点）"),
            self.language.say("before", "之前"),
            self.language.say("after", "之后"),
            self.language.say("change", "变化"),
            self.language.say("surprise", "实际值"),
            self.language.say("learning", "学习"),
        ];
        header.extend(with_new.then(|| self.language.say("assumptions", "假设")));
        numbers(header, review.rows.iter().chain(joint).map(cells))
    }

    fn learned(&self) -> Table {
        let rows = self.review.learned.iter().map(|(then, now)| {
            let shown = |of: &crate::outcome::LearnedOutcome| {
                let drift = &of.learned.drift.posterior;
                let spread = 0.25 * (drift.high - drift.low);
                let shown = |x: f64| format::level(x, spread);
                format!("{}  ({}…{})", shown(drift.mean), shown(drift.low), shown(drift.high))
            };
            let unit = if now.reverts { &now.level_unit } else { &now.unit };
            let years = |of: &crate::outcome::LearnedOutcome| of.learned.data.years.to_string();
            vec![
                now.name.get(self.language).to_owned(),
                unit.get(self.language).to_owned(),
                shown(then),
                years(then),
                shown(now),
                years(now),
            ]
        });
        let header = [
            self.language.say("learned drift (level where it reverts)", "学得的漂移（回归型为水平）"),
            self.language.say("unit", "单位"),
            self.language.say("before (middle 80 %)", "之前（中间 80%）"),
            self.language.say("years", "年数"),
            self.language.say("after (middle 80 %)", "之后（中间 80%）"),
            self.language.say("years", "年数"),
        ];
        numbers(header, rows)
    }
}

/// A part in percentage points with its standard error, to the digits that the error supports; a dot where no path turned.
fn points(part: &Part) -> String {
    if part.sixths == 0 && part.error == 0.0 {
        return "·".into();
    }
    let decimals =
        (0..6).find(|d| libm::exp10(-f64::from(*d)) <= 200.0 * part.error.max(1e-9)).unwrap_or(6) as usize;
    format!(
        "{} ({})",
        format::signed(100.0 * part.value, decimals),
        format::number(100.0 * part.error, decimals + 1)
    )
}

impl fmt::Display for ReviewTables<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{}\n\n{}", self.actuals(), self.moves())?;
        if !self.review.learned.is_empty() {
            writeln!(f, "\n{}", self.learned())?;
        }
        for notice in &self.review.notices {
            writeln!(f, "* {notice}")?;
        }
        Ok(())
    }
}
