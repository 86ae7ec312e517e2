//! Growth processes: how an indicator moves from year to year.
//!
//! Layer 2. Every process is a special case of one equation for the latent state `x = g(X)`
//! (`g` is the link), exact at yearly steps, there is no finer step behind it:
//!
//! ```text
//! dx[i,t] = m[i,t] + phi_i (dx[i,t-1] - m[i,t-1])     persistence of growth
//!         + kappa_i (theta[i,t] - x[i,t-1])            pull towards a level or trend
//!         + sum_j beta_ij dx[j,t-lag]                  drivers (pass-through, elasticity)
//!         + sum_e load_ie s[e,t]                       events and regimes
//!         + sigma[i,t] eps[i,t]                        correlated innovation, mean 0, variance 1
//! ```
//!
//! Each preset is a file of this folder with the field's own name and parameters, and says what it
//! sets in the equation through its [`Dynamics`]. A process of the user's own implements [`Step`].

mod ar1_growth;
mod ar1_simple_growth;
mod custom;
mod damped_trend;
mod dynamics;
mod estimate;
mod logistic;
mod mean_reverting;
mod path;
mod random_walk;
mod resampled;
mod saturating;

pub use ar1_growth::Ar1Growth;
pub use ar1_simple_growth::Ar1SimpleGrowth;
pub use custom::{Step, StepView};
pub use damped_trend::DampedTrend;
pub use dynamics::{Dynamics, GrowthScale, Learns, Pull};
pub use estimate::{Estimate, Prior, PriorSource};
pub use logistic::Logistic;
pub use mean_reverting::MeanReverting;
pub use path::Path;
pub use random_walk::RandomWalk;
pub use resampled::Resampled;
pub use saturating::Saturating;

use crate::quantity::Quantity;
use serde::{Deserialize, Serialize};

/// A growth process as a scenario names it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Process {
    /// See [`RandomWalk`].
    RandomWalk(RandomWalk),
    /// See [`Ar1Growth`].
    Ar1Growth(Ar1Growth),
    /// See [`Ar1SimpleGrowth`].
    Ar1SimpleGrowth(Ar1SimpleGrowth),
    /// See [`MeanReverting`].
    MeanReverting(MeanReverting),
    /// See [`Logistic`].
    Logistic(Logistic),
    /// See [`Saturating`].
    Saturating(Saturating),
    /// See [`DampedTrend`].
    DampedTrend(DampedTrend),
    /// See [`Path`].
    Path(Path),
    /// See [`Resampled`].
    Resampled(Resampled),
}

impl Process {
    /// What this process sets in the growth equation.
    pub fn dynamics(&self) -> Dynamics {
        match self {
            Self::RandomWalk(p) => p.dynamics(),
            Self::Ar1Growth(p) => p.dynamics(),
            Self::Ar1SimpleGrowth(p) => p.dynamics(),
            Self::MeanReverting(p) => p.dynamics(),
            Self::Logistic(p) => p.dynamics(),
            Self::Saturating(p) => p.dynamics(),
            Self::DampedTrend(p) => p.dynamics(),
            Self::Path(p) => p.dynamics(),
            Self::Resampled(p) => p.dynamics(),
        }
    }

    /// How its parameters are learned, where they are.
    pub fn estimate(&self) -> Option<&Estimate> {
        match self {
            Self::RandomWalk(p) => p.estimate.as_ref(),
            Self::Ar1Growth(p) => p.estimate.as_ref(),
            Self::Ar1SimpleGrowth(p) => p.estimate.as_ref(),
            Self::MeanReverting(p) => p.estimate.as_ref(),
            _ => None,
        }
    }

    /// The same, to be changed.
    pub fn estimate_mut(&mut self) -> Option<&mut Estimate> {
        match self {
            Self::RandomWalk(p) => p.estimate.as_mut(),
            Self::Ar1Growth(p) => p.estimate.as_mut(),
            Self::Ar1SimpleGrowth(p) => p.estimate.as_mut(),
            Self::MeanReverting(p) => p.estimate.as_mut(),
            _ => None,
        }
    }

    /// The name of the process in a scenario file.
    pub fn word(&self) -> &'static str {
        match self {
            Self::RandomWalk(_) => "random_walk",
            Self::Ar1Growth(_) => "ar1_growth",
            Self::Ar1SimpleGrowth(_) => "ar1_simple_growth",
            Self::MeanReverting(_) => "mean_reverting",
            Self::Logistic(_) => "logistic",
            Self::Saturating(_) => "saturating",
            Self::DampedTrend(_) => "damped_trend",
            Self::Path(_) => "path",
            Self::Resampled(_) => "resampled",
        }
    }
}

/// A preset is a process.
macro_rules! preset {
    ($($name:ident),*) => {$(
        impl From<$name> for Process {
            fn from(process: $name) -> Self {
                Self::$name(process)
            }
        }
    )*};
}
preset!(
    RandomWalk,
    Ar1Growth,
    Ar1SimpleGrowth,
    MeanReverting,
    Logistic,
    Saturating,
    DampedTrend,
    Path,
    Resampled
);

fn zero() -> Quantity {
    Quantity::number(0.0)
}
