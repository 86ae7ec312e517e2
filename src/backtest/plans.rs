//! Targets of past plans: the probability that a model would have given at the base year, beside what came.

use super::forecaster::{Draws, Forecaster};
use super::judge::Judged;
use super::protocol::Protocol;
use crate::error::{Error, Fault, Faults, Result};
use crate::link::Link;
use crate::panel::Panel;
use crate::score::brier::{Decomposition, equal_edges};
use crate::time::Year;
use std::path::Path;

/// A target of a past plan and what came of it.
#[derive(Debug, Clone, PartialEq)]
pub struct PlanTarget {
    /// Code of the region.
    pub region: String,
    /// The plan.
    pub plan: String,
    /// What was to be reached.
    pub indicator: String,
    /// How it is measured: `average`, `terminal`, …
    pub kind: String,
    /// The year that the plan starts from.
    pub base_year: Year,
    /// The year that the target is for.
    pub target_year: Year,
    /// The target; the lower end where it is a range.
    pub target: f64,
    /// Whether it was met.
    pub met: bool,
}

/// Targets that a panel can judge: those of an indicator and kind, for units of the panel.
#[derive(Debug, Clone, Copy)]
pub struct Judge<'a> {
    /// The indicator, as the targets name it.
    pub indicator: &'a str,
    /// What the number of a target means.
    pub measure: PlanMeasure,
    /// The panel in its own unit.
    pub panel: &'a Panel,
    /// Its link.
    pub link: Link,
    /// How much history is asked for; its origins and horizon are those of each target.
    pub protocol: Protocol,
}

/// What the number of a target means.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PlanMeasure {
    /// Geometric average growth from the base year, in per cent a year; for a log link. Targets of kind `average`.
    AverageGrowth,
    /// The level in the target year. Targets of kind `terminal`.
    Level,
}

/// What was found of the targets.
#[derive(Debug, Clone, PartialEq)]
pub struct PlanRecord {
    /// The models, in the order in which they were given.
    pub models: Vec<String>,
    /// Targets with a probability of each model.
    pub judged: Vec<(PlanTarget, Vec<f64>)>,
    /// Targets that cannot be judged, and why.
    pub left_out: Vec<(PlanTarget, String)>,
}

/// Reads a CSV file of targets with the columns `region`, `plan`, `indicator`, `kind`, `base_year`, `target_year`, `target` and `met`
/// (1 or 0); others are nobody's business here.
///
/// # Errors
/// [`Error::Read`] when the file cannot be read; [`Error::Data`] with every row or column that is wrong.
pub fn read(path: &Path) -> Result<Vec<PlanTarget>> {
    let shown = path.display();
    let bytes = std::fs::read(path).map_err(|source| Error::Read { path: path.into(), source })?;
    let mut reader = csv::ReaderBuilder::new().trim(csv::Trim::All).from_reader(bytes.as_slice());
    let mut faults = Faults::new();
    let header = reader.headers().cloned().unwrap_or_default();
    let titles = ["region", "plan", "indicator", "kind", "base_year", "target_year", "target", "met"];
    let columns = titles.map(|title| header.iter().position(|found| found == title));
    for (title, _) in titles.iter().zip(columns).filter(|(_, column)| column.is_none()) {
        faults.push(Fault::new(shown.to_string(), format!("there is no column `{title}`")));
    }
    let mut targets = Vec::new();
    if faults.is_empty() {
        for row in reader.records() {
            match row {
                Ok(row) => {
                    let fields = columns.map(|column| column.and_then(|k| row.get(k)).unwrap_or_default());
                    match target(fields) {
                        Ok(target) => targets.push(target),
                        Err(problem) => {
                            let line = row.position().map_or(0, csv::Position::line);
                            faults.push(Fault::new(format!("{shown}:{line}"), problem));
                        }
                    }
                }
                Err(error) => faults.push(Fault::new(shown.to_string(), error.to_string())),
            }
        }
    }
    faults.or_data(targets)
}

/// A target from the fields of its row.
fn target(fields: [&str; 8]) -> std::result::Result<PlanTarget, String> {
    let [region, plan, indicator, kind, base_year, target_year, number, met] = fields;
    let year = |text: &str| text.parse().map(Year).map_err(|_| format!("`{text}` is not a year"));
    let (base_year, target_year) = (year(base_year)?, year(target_year)?);
    if target_year <= base_year {
        return Err(format!("the target year {target_year} is not after the base year {base_year}"));
    }
    let number: f64 = number.parse().unwrap_or(f64::NAN);
    if !number.is_finite() {
        return Err("the target is not a finite number".into());
    }
    let met = match met {
        "1" => true,
        "0" => false,
        other => return Err(format!("met is `{other}`; it must be 1 or 0")),
    };
    let text = str::to_owned;
    Ok(PlanTarget {
        region: text(region),
        plan: text(plan),
        indicator: text(indicator),
        kind: text(kind),
        base_year,
        target_year,
        target: number,
        met,
    })
}

/// Judges the targets that one of the judges can, by every model.
///
/// A model learns from the panel up to the base year, as in a backtest. The panel is of today's edition: a target that was set on
/// figures since revised is held to the new ones, and levels that were revised down make it harder than it was.
///
/// # Errors
/// [`Error::Run`] when a model cannot learn or forecast.
pub fn judge<F: Forecaster>(
    targets: &[PlanTarget],
    judges: &[Judge<'_>],
    models: &[F],
    seed: u64,
) -> Result<PlanRecord> {
    let mut record = PlanRecord {
        models: models.iter().map(|model| model.name().to_owned()).collect(),
        judged: Vec::new(),
        left_out: Vec::new(),
    };
    let latent: Vec<Panel> = judges.iter().map(|judge| judge.panel.transform(judge.link).panel).collect();
    for target in targets {
        match probabilities(target, judges, &latent, models, seed)? {
            Ok(probabilities) => record.judged.push((target.clone(), probabilities)),
            Err(reason) => record.left_out.push((target.clone(), reason)),
        }
    }
    Ok(record)
}

/// The probability of each model, or why there is none.
fn probabilities<F: Forecaster>(
    target: &PlanTarget,
    judges: &[Judge<'_>],
    latent: &[Panel],
    models: &[F],
    seed: u64,
) -> Result<std::result::Result<Vec<f64>, String>> {
    let Some(k) = judges.iter().position(|judge| judge.indicator == target.indicator) else {
        return Ok(Err(format!("no panel of {}", target.indicator)));
    };
    let (judge, panel) = (&judges[k], &latent[k]);
    let kind = match judge.measure {
        PlanMeasure::AverageGrowth => "average",
        PlanMeasure::Level => "terminal",
    };
    if target.kind != kind {
        return Ok(Err(format!("of kind {}, not {kind}", target.kind)));
    }
    if panel.unit(&target.region).is_none() {
        return Ok(Err(format!("{} is not in the panel", target.region)));
    }
    let years = i64::from(target.target_year.0) - i64::from(target.base_year.0);
    // A target year that is not later is refused with the horizon.
    let horizon = usize::try_from(years).unwrap_or(0);
    let protocol = Protocol { first: target.base_year, last: target.base_year, horizon, ..judge.protocol };
    protocol.check()?;
    let training = protocol.training(panel, target.base_year);
    let Some(unit) = training.units.iter().position(|unit| unit.name == target.region) else {
        return Ok(Err(format!("fewer than {} yearly changes before the base year", protocol.fewest)));
    };
    let threshold = match judge.measure {
        PlanMeasure::AverageGrowth => {
            training.units[unit].state + horizon as f64 * libm::log1p(target.target / 100.0)
        }
        PlanMeasure::Level if judge.link.allows(target.target) => judge.link.state(target.target),
        PlanMeasure::Level => f64::NAN,
    };
    if !threshold.is_finite() {
        return Ok(Err(format!("a target of {} is out of the range of its link", target.target)));
    }
    let mut probabilities = Vec::with_capacity(models.len());
    for model in models {
        let draws = Draws { seed, model: model.name(), origin: target.base_year };
        let forecast = model.fit(&training, draws)?.forecast(unit)?;
        let probability = Judged::new(forecast, horizon).and_then(|law| law.at_least(threshold));
        probabilities.push(probability.ok_or_else(|| {
            Error::Run(Fault::new(
                model.name(),
                format!("no probability for {} of {}", target.indicator, target.region),
            ))
        })?);
    }
    Ok(Ok(probabilities))
}

impl PlanRecord {
    /// The Brier score of a model over the targets that were judged, in two classes of probability: fewer than fifty targets fill no
    /// more. None for a model that is not there, or no target.
    pub fn brier(&self, model: &str) -> Option<Decomposition> {
        let place = self.models.iter().position(|name| name == model)?;
        let (probabilities, met): (Vec<f64>, Vec<bool>) = self
            .judged
            .iter()
            .map(|(target, each)| (each.get(place).copied().unwrap_or(f64::NAN), target.met))
            .unzip();
        Decomposition::new(&probabilities, &met, &equal_edges(2))
    }
}
