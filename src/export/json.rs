//! `result.json`: the whole outcome but the sample paths, with the fingerprint of the run.

use super::QUANTILES;
use crate::outcome::{IndicatorOutcome, Mean, Outcome, QuantileCurve, TargetOutcome};
use serde_json::{Value, json};

/// The text of the file. Measures are in the unit of the indicator, rates as fractions (0.05 a year).
pub fn json(outcome: &Outcome) -> String {
    let joint = &outcome.joint;
    let id = |position: usize| outcome.targets[position].id.clone();
    let value = json!({
        "plan": outcome.plan,
        "variant": outcome.variant.as_ref().map(|(id, name)| json!({ "id": id, "name": name })),
        "source": outcome.source,
        "base_year": outcome.horizon.base(),
        "last_year": outcome.horizon.last(),
        "paths": outcome.paths,
        "ending": outcome.ending,
        "until": outcome.until,
        "sampling": outcome.sampling,
        "confidence": outcome.confidence,
        "fingerprint": outcome.fingerprint,
        "notices": outcome.notices,
        "learned": outcome.learned,
        "targets": outcome.targets.iter().map(target).collect::<Vec<_>>(),
        "joint": {
            "members": joint.members.iter().map(|m| id(*m)).collect::<Vec<_>>(),
            "all": joint.all,
            "all_spread": joint.all_spread,
            "binding": joint.binding,
            "number_met": joint.number_met,
            "independent": joint.independent,
            "independent_binding": joint.independent_binding,
            "frechet": joint.frechet,
            "without": joint.members.iter().zip(&joint.without)
                .map(|(m, p)| json!({ "target": id(*m), "all_others": p }))
                .collect::<Vec<_>>(),
            "pairs": joint.pairs.iter()
                .map(|p| json!({
                    "first": id(p.first), "second": id(p.second),
                    "both": p.both, "correlation": p.correlation
                }))
                .collect::<Vec<_>>(),
        },
        "indicators": outcome.indicators.iter().map(indicator).collect::<Vec<_>>(),
    });
    // A tree of strings, finite numbers and lists can always be written.
    serde_json::to_string_pretty(&value).unwrap_or_default() + "\n"
}

fn curve(curve: &QuantileCurve) -> Value {
    let quantiles: serde_json::Map<String, Value> =
        QUANTILES.iter().map(|p| (format!("p{:02.0}", 100.0 * p), json!(curve.at(*p)))).collect();
    let (min, max) = curve.range();
    json!({ "min": min, "max": max, "quantiles": quantiles })
}

fn target(t: &TargetOutcome) -> Value {
    json!({
        "id": t.id,
        "number": t.number,
        "name": t.name,
        "indicator": t.indicator,
        "measure": t.measure,
        "goal": t.goal,
        "bound": t.bound,
        "year": t.year,
        "nature": t.nature,
        "assigned": t.assigned,
        "evidence": t.evidence,
        "baseline": t.baseline,
        "basis": t.basis,
        "probability": t.probability,
        "spread": t.spread,
        "outcome": t.outcome.as_ref().map(curve),
        "margin": t.margin.as_ref().map(curve),
        "mean_shortfall": t.shortfall,
        "by_year": t.by_year.iter()
            .map(|(year, p)| json!({ "year": year, "probability": p }))
            .collect::<Vec<_>>(),
        "first_year": {
            "paths": t.first_year.counts.iter()
                .map(|(year, n)| json!({ "year": year, "paths": n }))
                .collect::<Vec<_>>(),
            "never": t.first_year.never,
            "likely": t.first_year.likely,
        },
    })
}

fn indicator(i: &IndicatorOutcome) -> Value {
    json!({
        "id": i.id,
        "name": i.name,
        "unit": i.unit,
        "evidence": i.evidence,
        "history": i.history.iter().map(|(year, x)| json!({ "year": year, "level": x })).collect::<Vec<_>>(),
        "bands": i.bands.iter()
            .map(|band| json!({
                "year": band.year,
                "mean": match band.mean {
                    Mean::Exists { mean, sd, error } => json!({ "mean": mean, "sd": sd, "error": error }),
                    Mean::DoesNotExist => Value::Null,
                },
                "levels": curve(&band.quantiles),
            }))
            .collect::<Vec<_>>(),
    })
}
