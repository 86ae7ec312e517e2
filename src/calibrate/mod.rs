//! Parameters learned from short yearly histories: from what was observed to draws from a posterior.
//!
//! Layer 2, beside the growth processes: it knows histories and laws, no scenario and no plan. A scenario's `estimate`
//! comes here when it is compiled, and every path then has parameters of its own (posterior predictive);
//! a backtest proves the same estimators on the past.
//!
//! One estimator a file, each with its model, its prior, what it makes of gaps, and its reference.

mod class;
pub(crate) mod draw;
mod drift;
mod elasticity;
mod filter;
mod frequency;
mod growth;
mod learned;
mod linear;
mod observation;
mod panel_model;
mod regime;
mod truncated;
mod unit;
mod var;
mod volatility;
mod world;

pub use class::ReferenceClass;
pub use drift::DriftPosterior;
pub(crate) use drift::mean_of_root;
pub use elasticity::{Elasticity, ElasticityPrior, Lags};
pub use frequency::EventRate;
pub use growth::{
    Believed, DriftPrior, GrowthDraws, GrowthPrior, PersistencePrior, VolatilityPrior, Wander, YearDraws,
};
pub use learned::{Learned, LearnedData, LearnedNumber, Summary};
pub use observation::{Observation, Observed, Seen};
pub use panel_model::PanelModel;
pub use regime::{RegimeParameters, RegimePosterior, RegimePrior, RegimeYears};
pub use var::{
    Explosive, Minnesota, MultivariateT, VarCoefficients, VarDraw, VarLeastSquares, VarPaths, VarPosterior,
};

/// The median: the middle value, or the mean of the two in the middle; 0 of nothing.
fn median(values: &[f64]) -> f64 {
    let mut sorted = values.to_vec();
    sorted.sort_unstable_by(f64::total_cmp);
    let at = |k: usize| sorted.get(k).copied().unwrap_or(0.0);
    let half = sorted.len() / 2;
    if sorted.len() % 2 == 1 { at(half) } else { 0.5 * (at(half.saturating_sub(1)) + at(half)) }
}

/// Mean and sample variance (divisor n - 1) of what was seen; 0 of a single year.
fn moments(unit: &[Option<f64>]) -> (f64, f64) {
    let seen: Vec<f64> = unit.iter().flatten().copied().collect();
    let n = seen.len() as f64;
    let mean = seen.iter().sum::<f64>() / n;
    (mean, seen.iter().map(|z| (z - mean) * (z - mean)).sum::<f64>() / (n - 1.0).max(1.0))
}
