//! `bands.csv`: the distribution of every indicator in every year, tidy: one row a statistic.

use super::{QUANTILES, number, table};
use crate::outcome::{Mean, Outcome};

/// The text of the file: `indicator_id, year, statistic, value, unit`. Statistics are `mean` and `sd` (left out where the
/// mean does not exist), `min`, `max` and `p05` … `p95`; `history` for the years up to the base year.
pub fn csv(outcome: &Outcome) -> String {
    let rows = outcome.indicators.iter().flat_map(|indicator| {
        let row = |year: String, statistic: String, value: f64| {
            vec![indicator.id.clone(), year, statistic, number(value), indicator.unit.en.clone()]
        };
        let mut rows: Vec<Vec<String>> =
            indicator.history.iter().map(|(year, x)| row(year.to_string(), "history".into(), *x)).collect();
        for band in &indicator.bands {
            let year = band.year.to_string();
            if let Mean::Exists { mean, sd, .. } = band.mean {
                rows.push(row(year.clone(), "mean".into(), mean));
                rows.push(row(year.clone(), "sd".into(), sd));
            }
            let (min, max) = band.quantiles.range();
            rows.push(row(year.clone(), "min".into(), min));
            for p in QUANTILES {
                rows.push(row(year.clone(), format!("p{:02.0}", 100.0 * p), band.quantiles.at(p)));
            }
            rows.push(row(year, "max".into(), max));
        }
        rows
    });
    table(&["indicator_id", "year", "statistic", "value", "unit"], rows)
}
