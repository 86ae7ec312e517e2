//! Parameters learned from short yearly histories: from what was observed to draws from a posterior.
//!
//! Layer 2, beside the growth processes: it knows histories and laws, no scenario and no plan. A scenario's `estimate`
//! comes here when it is compiled, and every path then has parameters of its own (posterior predictive);
//! a backtest proves the same estimators on the past.
//!
//! One estimator a file, each with its model, its prior, what it makes of gaps, and its reference.

mod draw;
mod drift;
mod elasticity;
mod frequency;
mod observation;
mod regime;

pub use drift::DriftPosterior;
pub use elasticity::{Elasticity, ElasticityPrior, Lags};
pub use frequency::EventRate;
pub use observation::{Observation, Observed};
pub use regime::{RegimeParameters, RegimePosterior, RegimePrior, RegimeYears};
