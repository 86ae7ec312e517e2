//! Actuals beside what was forecast.

use crate::evidence::Evidence;
use crate::label::Label;
use crate::link::Link;
use crate::model::Model;
use crate::scenario::{Actuals, Known, Scenario};
use crate::simulate::{Broken, Desk, LANES, Workspace};
use crate::stats::{Histogram, normal};
use crate::time::Year;

/// An actual beside its forecast.
#[derive(Debug, Clone, PartialEq)]
pub struct Surprise {
    /// Id of the indicator.
    pub id: String,
    /// Its name.
    pub name: Label,
    /// Unit of the numbers: that of the indicator, or per cent for growth.
    pub unit: Label,
    /// The year.
    pub year: Year,
    /// What came: a level, or growth on the year before in per cent where the level is not the same on all paths.
    pub actual: f64,
    /// Median of the old forecast.
    pub median: f64,
    /// A tenth of the old forecast is below.
    pub low: f64,
    /// A tenth is above.
    pub high: f64,
    /// Share of the old forecast below the actual, half of what equals it included: 0.5 is no surprise.
    pub percentile: f64,
    /// The same as a normal score: -2 is as far below as two standard deviations. As far as the number of paths lets tell.
    pub sigmas: f64,
    /// Whether no path was as low, or as high.
    pub beyond: bool,
    /// Grade of the actual.
    pub evidence: Evidence,
}

/// An actual that the old forecast did not know, by positions.
pub(super) struct Seen {
    node: usize,
    step: usize,
    /// As a latent state, or as growth of it.
    value: f64,
    is_growth: bool,
    link: Link,
    shown: Surprise,
}

/// What the old forecast has of one actual: counts that merge.
#[derive(Debug, Clone)]
pub(super) struct Forecast {
    below: u64,
    equal: u64,
    paths: u64,
    values: Histogram,
}

/// The actuals that the old forecast did not know.
pub(super) fn seen(actuals: &Actuals, old: &Scenario, updated: &Scenario, model: &Model) -> Vec<Seen> {
    let known = updated.known();
    let find = |row: &crate::scenario::Actual| {
        let (node, id, indicator) = old.indicators().get_full(&row.id)?;
        let step = old.horizon().step(row.year)?;
        let known = *known?.indicators.get(id)?.get(step - 1)?;
        if model.nodes[node].is_known(step) {
            return None;
        }
        let (value, actual, is_growth) = match known {
            Known::Level(level) => (indicator.link.state(level), level, false),
            Known::Growth(growth) => (growth, 100.0 * libm::expm1(growth), true),
        };
        let unit = if is_growth {
            Label::both("% growth", Some("%（增速）".into()))
        } else {
            indicator.unit.clone()
        };
        Some(Seen {
            node,
            step,
            value,
            is_growth,
            link: indicator.link,
            shown: Surprise {
                id: id.clone(),
                name: indicator.name.clone(),
                unit,
                year: row.year,
                actual,
                median: 0.0,
                low: 0.0,
                high: 0.0,
                percentile: 0.5,
                sigmas: 0.0,
                beyond: false,
                evidence: row.evidence,
            },
        })
    };
    actuals.iter().filter_map(find).collect()
}

/// Empty forecasts, with histograms that look where the values are.
pub(super) fn pilot(model: &Model, seed: u64, seen: &[Seen]) -> Result<Vec<Forecast>, Broken> {
    let mut desk = Desk::new(model, seed, false);
    desk.simulate(0, LANES)?;
    let empty = |seen: &Seen| Forecast {
        below: 0,
        equal: 0,
        paths: 0,
        values: Histogram::from_pilot(&row(seen, &desk.workspace)),
    };
    Ok(seen.iter().map(empty).collect())
}

/// What was forecast, a value a path.
fn row(seen: &Seen, w: &Workspace) -> [f64; LANES] {
    let mut now = *w.states.at(seen.node, seen.step);
    if seen.is_growth {
        now.iter_mut().zip(w.states.at(seen.node, seen.step - 1)).for_each(|(now, before)| *now -= before);
    }
    now
}

impl Forecast {
    /// Adds a block of paths.
    pub(super) fn add(&mut self, seen: &Seen, w: &Workspace) {
        let row = row(seen, w);
        let row = &row[..w.len];
        self.below += row.iter().filter(|x| **x < seen.value).count() as u64;
        self.equal += row.iter().filter(|x| **x == seen.value).count() as u64;
        self.paths += row.len() as u64;
        self.values.add_lanes(row);
    }

    pub(super) fn merge(&mut self, later: &Self) {
        self.below += later.below;
        self.equal += later.equal;
        self.paths += later.paths;
        // Histograms of one shape always fit.
        let _same_shape = self.values.merge(&later.values);
    }

    /// The actual beside it.
    pub(super) fn surprise(&self, seen: &Seen) -> Surprise {
        let at = |p: f64| {
            let state = self.values.quantile(p).unwrap_or(seen.value);
            if seen.is_growth { 100.0 * libm::expm1(state) } else { seen.link.level(state) }
        };
        let (n, below) = (self.paths as f64, self.below as f64 + 0.5 * self.equal as f64);
        Surprise {
            median: at(0.5),
            low: at(0.1),
            high: at(0.9),
            percentile: below / n,
            sigmas: normal::quantile((below + 0.5) / (n + 1.0)),
            beyond: self.equal == 0 && (self.below == 0 || self.below == self.paths),
            ..seen.shown.clone()
        }
    }
}
