//! Parameters learned from short yearly histories: from what was observed to draws from a posterior.
//!
//! Layer 2, beside the growth processes: it knows histories and laws, no scenario and no plan. A scenario's `estimate`
//! comes here when it is compiled, and every path then has parameters of its own (posterior predictive);
//! a backtest proves the same estimators on the past.
//!
//! One estimator a file, each with its model, its prior, what it makes of gaps, and its reference.

mod class;
mod draw;
mod growth;
mod learned;
mod observation;
mod pool;
mod truncated;
mod unit;
mod volatility;

pub use class::ReferenceClass;
pub use growth::{Believed, GrowthDraws, GrowthPrior, PersistencePrior, Seen, VolatilityPrior, Wander};
pub use learned::{Learned, LearnedData, LearnedNumber, Summary};
pub use observation::{Observation, Observed};
pub use pool::{PoolOptions, Pooled, pool};
