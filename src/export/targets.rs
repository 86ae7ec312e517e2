//! `targets.csv`: one row a target.

use super::{number, optional, table};
use crate::outcome::Outcome;
use crate::target::Nature;

const HEADER: [&str; 33] = [
    "target_id",
    "number",
    "name",
    "name_zh",
    "indicator_id",
    "unit",
    "unit_zh",
    "goal",
    "bound",
    "year",
    "nature",
    "assigned",
    "evidence",
    "baseline",
    "paths",
    "hits",
    "probability",
    "probability_low",
    "probability_high",
    "confidence",
    "spread_sd",
    "spread_p10",
    "spread_p90",
    "median",
    "p10",
    "p90",
    "margin_median",
    "mean_shortfall",
    "likely_from",
    "never_met_share",
    "share_shocks",
    "share_parameters",
    "share_assumptions",
];

/// The text of the file. Measures that are rates are in per cent, as their unit says; probabilities and shares
/// lie between 0 and 1; an empty field means that there is no such number.
pub fn csv(outcome: &Outcome) -> String {
    let rows = outcome.targets.iter().map(|t| {
        let shown = |x: f64| number(x * t.scale);
        let curve = |p: f64| t.outcome.as_ref().map(|c| shown(c.at(p))).unwrap_or_default();
        let nature = if t.nature == Nature::Binding { "binding" } else { "anticipatory" };
        let p = &t.probability;
        vec![
            t.id.clone(),
            t.number.map(|n| n.to_string()).unwrap_or_default(),
            t.name.en.clone(),
            t.name.zh.clone().unwrap_or_default(),
            t.indicator.clone().unwrap_or_default(),
            t.unit.en.clone(),
            t.unit.zh.clone().unwrap_or_default(),
            t.goal.en.clone(),
            t.bound.map(shown).unwrap_or_default(),
            t.year.to_string(),
            nature.into(),
            t.assigned.to_string(),
            t.evidence.to_string(),
            t.baseline.map(shown).unwrap_or_default(),
            p.paths.to_string(),
            p.hits.to_string(),
            number(p.estimate),
            number(p.low),
            number(p.high),
            number(outcome.confidence),
            optional(t.spread.map(|s| s.sd)),
            optional(t.spread.map(|s| s.low)),
            optional(t.spread.map(|s| s.high)),
            curve(0.5),
            curve(0.1),
            curve(0.9),
            t.margin.as_ref().map(|m| shown(m.median())).unwrap_or_default(),
            t.shortfall.map(shown).unwrap_or_default(),
            t.first_year.likely.map(|y| y.to_string()).unwrap_or_default(),
            number(t.first_year.never as f64 / outcome.paths.max(1) as f64),
            optional(t.basis.map(|b| b.shocks)),
            optional(t.basis.map(|b| b.parameters)),
            optional(t.basis.map(|b| b.assumptions)),
        ]
    });
    table(&HEADER, rows)
}
