//! What became of each target.

use super::bands::QuantileCurve;
use crate::evidence::Evidence;
use crate::label::Label;
use crate::target::{Measure, Nature};
use crate::time::Year;

/// A target and its probability.
#[derive(Debug, Clone)]
pub struct TargetOutcome {
    /// Id in the scenario.
    pub id: String,
    /// Number in the plan.
    pub number: Option<u32>,
    /// Name.
    pub name: Label,
    /// Id of the indicator measured; none for a combination.
    pub indicator: Option<String>,
    /// What is measured; none for a combination or a measure of the user's own.
    pub measure: Option<Measure>,
    /// Unit of the measure as shown: that of the indicator, or per cent where the measure is a rate.
    pub unit: Label,
    /// What the shown numbers are multiplied by: 100 where the measure is a rate, 1 otherwise.
    pub scale: f64,
    /// The target in words and numbers, for instance `≥ 5 %`, `50 ± 1`, `all of 25`.
    pub goal: Label,
    /// The bound, in the unit of the measure, where it is one number (the median where it is uncertain).
    pub bound: Option<f64>,
    /// On which side of the bound it is met; none for a combination.
    pub sense: Option<Sense>,
    /// How far from the bound still counts, >= 0, in the unit of the measure: of targets that are "about" (the median where it is
    /// uncertain); none for others.
    pub tolerance: Option<f64>,
    /// Where the measure stands in the base year, in its unit: the level (the median where it is uncertain), the
    /// growth of that year where the history knows it, 0 for sums and changes; none for a combination.
    pub baseline: Option<f64>,
    /// The year as at which it is measured.
    pub year: Year,
    /// Binding or anticipatory.
    pub nature: Nature,
    /// Its value is assigned by the level above and assumed here.
    pub assigned: bool,
    /// Weakest grade of the numbers that it rests on: bound, baselines, plain numbers for average growth and elasticities,
    /// and every uncertain number that explains at least a tenth of the variance of the measure.
    pub evidence: Evidence,
    /// What the spread of the measure rests on.
    pub basis: Option<Basis>,
    /// Probability that it is met, with its Monte Carlo interval.
    pub probability: Probability,
    /// Spread of that probability over what is not known: parameters and baselines.
    pub spread: Option<Spread>,
    /// Distribution of the measure as at the year; none for a combination.
    pub outcome: Option<QuantileCurve>,
    /// Distribution of the margin, the signed distance to the bound, positive when met; none for a combination.
    pub margin: Option<QuantileCurve>,
    /// Mean distance to the bound on the paths that miss it, >= 0; none when none misses, for a combination,
    /// or where the mean does not exist.
    pub shortfall: Option<f64>,
    /// Probability that the condition holds as at each year t0+1 … of the target.
    pub by_year: Vec<(Year, Probability)>,
    /// When it is first met.
    pub first_year: FirstYear,
}

/// On which side of its bound a target is met.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Sense {
    /// The measure is at least the bound, less the tolerance where there is one.
    AtLeast,
    /// The measure is at most the bound, plus the tolerance where there is one.
    AtMost,
    /// The measure is no further from the bound than the tolerance, on either side.
    Within,
}

/// A probability from counted paths.
#[derive(Debug, Clone, Copy, PartialEq, serde::Serialize)]
pub struct Probability {
    /// Paths on which it happened.
    pub hits: u64,
    /// Paths.
    pub paths: u64,
    /// hits / paths.
    pub estimate: f64,
    /// Lower end of the interval of the Monte Carlo error: that of [`Probability::counted`] for independent paths, that of
    /// [`Probability::replicated`] under any other [`crate::sampling::Sampling`].
    pub low: f64,
    /// Upper end.
    pub high: f64,
}

/// How a probability spreads over parameters and baselines, with the Monte Carlo error taken out.
#[derive(Debug, Clone, Copy, PartialEq, serde::Serialize)]
pub struct Spread {
    /// Standard deviation of P(met | parameters).
    pub sd: f64,
    /// A tenth of the parameter draws give less.
    pub low: f64,
    /// A tenth give more.
    pub high: f64,
    /// Number of parameter draws.
    pub draws: u32,
}

/// First-order shares of the variance of the measure, by what the uncertainty is (they need not add to 1).
#[derive(Debug, Clone, Copy, PartialEq, serde::Serialize)]
pub struct Basis {
    /// What will happen: innovations, events, regimes; with the interplay of all.
    pub shocks: f64,
    /// What is not known and graded better than an assumption.
    pub parameters: f64,
    /// What is not known and stated as an assumption.
    pub assumptions: f64,
}

/// When a target is first met.
#[derive(Debug, Clone, PartialEq)]
pub struct FirstYear {
    /// Paths on which it is first met in each year t0+1 … of the target.
    pub counts: Vec<(Year, u64)>,
    /// Paths on which it is met in none of them.
    pub never: u64,
    /// The first year as at which it is more likely met than not.
    pub likely: Option<Year>,
}

impl Probability {
    /// A probability from counted, independent paths, with the interval of
    /// [`crate::stats::binomial_interval`] at a confidence level.
    pub fn counted(hits: u64, paths: u64, confidence: f64) -> Self {
        Self::with(hits, paths, crate::stats::binomial_interval(hits, paths, confidence))
    }

    /// As [`Probability::counted`], with the exact interval of [`crate::stats::clopper_pearson`], which holds at least as often
    /// as it says.
    pub fn exact(hits: u64, paths: u64, confidence: f64) -> Self {
        Self::with(hits, paths, crate::stats::clopper_pearson(hits, paths, confidence))
    }

    fn with(hits: u64, paths: u64, interval: crate::stats::Interval) -> Self {
        let estimate = if paths == 0 { 0.0 } else { hits as f64 / paths as f64 };
        Self { hits, paths, estimate, low: interval.low, high: interval.high }
    }

    /// A probability from independent replicates of `points` paths each, with the interval of
    /// [`crate::stats::replicated_interval`] at a confidence level: paths within a replicate may depend on each other.
    pub fn replicated(hits: &[u64], points: u64, confidence: f64) -> Self {
        let interval = crate::stats::replicated_interval(hits, points, confidence);
        let all = Self::counted(hits.iter().sum(), points.saturating_mul(hits.len() as u64), confidence);
        Self { low: interval.low, high: interval.high, ..all }
    }
}
