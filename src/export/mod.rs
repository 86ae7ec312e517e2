//! Exports: an outcome as files for other programs. Each file is written whole or not at all.
//!
//! Layer 8.

mod backtest;
mod bands;
mod json;
mod targets;

use crate::error::Result;
use crate::files;
use crate::outcome::Outcome;
use std::path::{Path, PathBuf};

/// Quantiles that are written for every indicator and year.
pub const QUANTILES: [f64; 7] = [0.05, 0.10, 0.25, 0.50, 0.75, 0.90, 0.95];

/// Writes `targets.csv`, `bands.csv` and `result.json` into a folder, which is made if it is missing, and says
/// where they are.
///
/// # Errors
/// [`crate::error::Error::Write`] when a file cannot be written; files that stood there before still stand.
pub fn all(outcome: &Outcome, folder: &Path) -> Result<Vec<PathBuf>> {
    files::folder(folder)?;
    let files = [
        ("targets.csv", targets::csv(outcome)),
        ("bands.csv", bands::csv(outcome)),
        ("result.json", json::json(outcome)),
    ];
    let files = files.map(|(name, text)| (folder.join(name), text.into_bytes()));
    files::write_all(&files)?;
    Ok(files.map(|(path, _)| path).into())
}

pub use backtest::csv as backtest_csv;
pub use bands::csv as bands_csv;
pub use json::json as result_json;
pub use targets::csv as targets_csv;

/// Rows as CSV text. Writing into memory cannot fail.
fn table<R: IntoIterator<Item = Vec<String>>>(header: &[&str], rows: R) -> String {
    let mut writer = csv::Writer::from_writer(Vec::new());
    let _in_memory = writer.write_record(header);
    for row in rows {
        let _in_memory = writer.write_record(&row);
    }
    let bytes = writer.into_inner().unwrap_or_default();
    String::from_utf8(bytes).unwrap_or_default()
}

/// A number for a file: the shortest text that reads back as it, after rounding to 9 significant digits, which
/// is far beyond the Monte Carlo error.
fn number(x: f64) -> String {
    if !x.is_finite() {
        return String::new();
    }
    let rounded: f64 = format!("{x:.8e}").parse().unwrap_or(x);
    format!("{rounded}")
}

fn optional(x: Option<f64>) -> String {
    x.map(number).unwrap_or_default()
}
