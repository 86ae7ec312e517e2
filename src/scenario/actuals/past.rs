//! The past of an indicator with its actuals behind it, for what is learned from it.

use super::known::{Known, KnownYears};
use crate::calibrate::{Observation, Observed};
use crate::evidence::Evidence;
use crate::history::{HistoryForm, Recorded};
use crate::link::Link;
use crate::scenario::history::Past;
use crate::series::Series;
use crate::time::Year;
use std::collections::BTreeMap;

/// The same as a history that goes on to the last actual, and the years that it could not take over.
///
/// A history of levels takes levels, one of growth takes growth. Growth of the first year is from the level of the base year that the plan states as
/// a number; where that is a distribution the growth of the year is not known, and it stays a year that was not seen. Without a
/// history the stated level of the base year is its first value.
pub(in crate::scenario) fn with_actuals(
    past: &Past,
    known: &[Known],
    (link, base): (Link, Year),
    baseline: Option<f64>,
    evidence: Evidence,
) -> (Past, Vec<Year>) {
    let mut levels: BTreeMap<Year, f64> = past.levels.iter().collect();
    let mut growth: BTreeMap<Year, f64> = past.growth.iter().collect();
    let mut observed: BTreeMap<Year, Observation> = past.recorded.observed.iter().collect();
    let form = past.recorded.form;
    if let (true, Some(level)) = (observed.is_empty(), baseline) {
        levels.insert(base, level);
        observed.insert(base, Observation::Exact(link.state(level)));
    }
    // A history of growth counts its levels back from a baseline that need not be a number.
    let mut before = match form {
        HistoryForm::Level => levels.get(&base).copied(),
        HistoryForm::GrowthPercent => baseline,
    };
    let mut left_out = Vec::new();
    for (place, known) in known.iter().enumerate() {
        let year = KnownYears::year(base, place);
        let (level, change) = match *known {
            Known::Level(level) => (Some(level), before.map(|before| link.state(level) - link.state(before))),
            Known::Growth(change) => {
                (before.map(|before| link.level(link.state(before) + change)), Some(change))
            }
        };
        if let Some(level) = level {
            levels.insert(year, level);
        }
        if let Some(change) = change {
            growth.insert(year, change);
        }
        let seen = match form {
            HistoryForm::Level => level.map(|level| link.state(level)),
            HistoryForm::GrowthPercent => change,
        };
        match seen {
            Some(value) => {
                observed.insert(year, Observation::Exact(value));
            }
            None => left_out.push(year),
        }
        before = level;
    }
    // Every year stands once, and every value is finite.
    let observed = Observed::new(observed).unwrap_or_default();
    let weakest = past.recorded.evidence.map_or(evidence, |of_history| of_history.max(evidence));
    let recorded = Recorded { form, observed, evidence: Some(weakest) };
    (Past { levels: Series::new(levels), growth: Series::new(growth), recorded }, left_out)
}
