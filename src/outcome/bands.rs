//! The distribution of every indicator in every year.

use crate::evidence::Evidence;
use crate::label::Label;
use crate::stats::Histogram;
use crate::target::Reading;
use crate::time::Year;

/// An indicator over the years.
#[derive(Debug, Clone)]
pub struct IndicatorOutcome {
    /// Id in the scenario.
    pub id: String,
    /// Name.
    pub name: Label,
    /// Unit.
    pub unit: Label,
    /// Past levels up to the base year, as far as known; empty when there are none.
    pub history: Vec<(Year, f64)>,
    /// One band a year: the base year first, then t0+1 … T.
    pub bands: Vec<Band>,
    /// Weakest grade of the numbers that place it: baselines, and plain numbers for average growth and elasticities.
    pub evidence: Evidence,
    /// Some simulated paths, whole: quantiles joined over the years are no path.
    pub samples: Vec<SamplePath>,
    /// Positions in [`super::Outcome::targets`] of the targets that bound its level in a year.
    pub targets: Vec<usize>,
}

/// One simulated path of an indicator: levels from the base year on.
#[derive(Debug, Clone, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct SamplePath {
    /// Number of the path in the run: the same seed gives the same path under it.
    pub path: u64,
    /// Levels of t0 … T.
    pub levels: Vec<f64>,
}

/// The distribution of an indicator's level in one year.
#[derive(Debug, Clone)]
pub struct Band {
    /// The year.
    pub year: Year,
    /// Mean and standard deviation, where they exist.
    pub mean: Mean,
    /// Quantiles.
    pub quantiles: QuantileCurve,
}

/// A mean that may not exist.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Mean {
    /// It exists.
    Exists {
        /// The mean.
        mean: f64,
        /// Standard deviation over the paths.
        sd: f64,
        /// Standard error of the mean: sd / sqrt(paths) for independent paths, otherwise that of the mean of the replicates.
        error: f64,
    },
    /// There are fewer than two paths, or the law has no mean, for instance the level under Student t log growth, or under log growth whose
    /// volatility is drawn from a posterior. Use the median.
    DoesNotExist,
}

/// The quantile function of a sample, kept as a histogram whose error is far below the Monte Carlo error.
#[derive(Debug, Clone)]
pub struct QuantileCurve {
    pub(crate) histogram: Histogram,
    /// From what was counted to what is told.
    pub(crate) reading: Reading,
}

impl QuantileCurve {
    /// The level that a share `p` of the paths does not exceed, `p` clamped to [0, 1].
    pub fn at(&self, p: f64) -> f64 {
        let p = p.clamp(0.0, 1.0);
        let p = if self.reading.falls() { 1.0 - p } else { p };
        self.reading.of(self.histogram.quantile(p).unwrap_or(0.0))
    }

    /// The median.
    pub fn median(&self) -> f64 {
        self.at(0.5)
    }

    /// The central band of a coverage, for instance 0.8: from the 10 % to the 90 % quantile.
    pub fn central(&self, coverage: f64) -> (f64, f64) {
        let tail = (1.0 - coverage) / 2.0;
        (self.at(tail), self.at(1.0 - tail))
    }

    /// Least and greatest value of all paths.
    pub fn range(&self) -> (f64, f64) {
        (self.at(0.0), self.at(1.0))
    }
}
