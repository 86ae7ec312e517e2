//! Targets of past plans beside the probabilities that models would have given, for a terminal.

use super::table::numbers;
use crate::backtest::plans::PlanRecord;
use indexmap::IndexMap;
use std::fmt;

/// What a model would have said of past targets; print it with `{}`.
///
/// The Brier score of each model, each target with what it was given and what came, and how many targets could not be judged,
/// by reason. So few targets, most of them of one indicator, say little: the Brier score of never believing any is shown beside.
#[derive(Debug, Clone, Copy)]
pub struct PlanTables<'a> {
    record: &'a PlanRecord,
}

impl<'a> PlanTables<'a> {
    /// Of a record.
    pub fn new(record: &'a PlanRecord) -> Self {
        Self { record }
    }
}

impl fmt::Display for PlanTables<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let PlanRecord { models, judged, left_out } = self.record;
        let met = judged.iter().filter(|(target, _)| target.met).count();
        writeln!(f, "{} targets judged, {met} of them met; {} left out", judged.len(), left_out.len())?;
        let header = [
            "model",
            "mean probability",
            "expected to be met",
            "Brier",
            "reliability",
            "resolution",
            "uncertainty",
        ];
        let rows = models.iter().enumerate().filter_map(|(k, model)| {
            let parts = self.record.brier(model)?;
            let expected: f64 = judged.iter().filter_map(|(_, each)| each.get(k)).sum();
            let mut row = vec![
                model.clone(),
                format!("{:.0} %", 100.0 * expected / judged.len() as f64),
                format!("{expected:.1}"),
            ];
            let terms = [parts.score, parts.reliability, parts.resolution, parts.uncertainty];
            row.extend(terms.map(|term| format!("{term:.3}")));
            Some(row)
        });
        writeln!(f, "{}", numbers(header, rows))?;
        let never = met as f64 / judged.len().max(1) as f64;
        writeln!(f, "Never believing any would score {never:.3}; always 0.5 would score 0.250.\n")?;

        let header = ["target", "asks", "came"].into_iter().map(str::to_owned).chain(models.iter().cloned());
        let rows = judged.iter().map(|(target, each)| {
            let mut row = vec![
                format!("{} {}, {}–{}", target.region, target.plan, target.base_year, target.target_year),
                format!("{} {}", target.indicator, target.target),
                if target.met { "met" } else { "not met" }.to_owned(),
            ];
            row.extend(each.iter().map(|p| format!("{:.0} %", 100.0 * p)));
            row
        });
        writeln!(f, "{}\n", numbers(header, rows))?;

        let mut reasons: IndexMap<&str, usize> = IndexMap::new();
        for (_, reason) in left_out {
            *reasons.entry(reason.as_str()).or_default() += 1;
        }
        for (reason, count) in reasons {
            writeln!(f, "left out: {count:>2}  {reason}")?;
        }
        Ok(())
    }
}
