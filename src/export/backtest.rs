//! A backtest as a file: one row for each case and model.

use super::{number, optional, table};
use crate::backtest::Record;

const HEADER: [&str; 14] = [
    "origin",
    "unit",
    "increments",
    "start",
    "outcome",
    "model",
    "pit",
    "crps",
    "log_score",
    "interval_score_80",
    "width_80",
    "error",
    "energy_score",
    "variogram_score",
];

/// The text of the file, in the unit of the latent state; after the scores a column for the probability of each event. An
/// empty field means that there is no such number.
pub fn csv(record: &Record) -> String {
    let mut header = HEADER.to_vec();
    header.extend(record.events.iter().map(|event| event.name.as_str()));
    let models = record
        .models
        .iter()
        .flat_map(|model| record.cases.iter().zip(&model.scores).map(move |x| (model, x)));
    let rows = models.map(|(model, (case, score))| {
        let mut row = vec![
            case.origin.to_string(),
            case.unit.clone(),
            case.increments.to_string(),
            number(case.start),
            number(case.outcome),
            model.name.clone(),
            number(score.pit),
            number(score.crps),
            optional(score.log),
            number(score.interval),
            number(score.width),
            number(score.error),
            optional(score.energy),
            optional(score.variogram),
        ];
        row.extend(score.events.iter().map(|p| number(*p)));
        row
    });
    table(&header, rows)
}
