//! Reversion to a level.

use super::{Dynamics, Pull};
use crate::quantity::Quantity;
use serde::{Deserialize, Serialize};

/// Reversion to a level.
///
/// ```text
/// dx[t] = kappa (theta[t] - x[t-1]) + sigma[t] eps[t]
/// ```
///
/// Symbols: theta = g(`level`), where `level` is in the unit of the indicator and may be a course over
/// the years (a trend); kappa `speed`, the share of the gap closed a year; sigma `volatility`, in the
/// latent state (logit points for a share). This is the exact yearly form of an Ornstein-Uhlenbeck process with kappa = 1 - e^-a.
///
/// **Limiting cases.** kappa = 0: random walk without drift; kappa = 1: independent years around theta. x\[T\] is normal with mean theta + (1-kappa)^n (x\[t0\] - theta) and variance sigma^2 sum_k (1-kappa)^(2k), k = 0..n-1.
///
/// **Reference.** Uhlenbeck and Ornstein (1930), Physical Review 36; Vasicek (1977), Journal of Financial Economics 5.
///
/// ```toml
/// process.mean_reverting = { level = 56.0, speed = 0.25, volatility = 0.02 }
/// ```
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct MeanReverting {
    /// Where it is pulled to, in the unit of the indicator; may be a course over the years.
    pub level: Quantity,
    /// Share of the gap closed a year, in [0, 2).
    pub speed: Quantity,
    /// Standard deviation of the yearly innovation of x, >= 0.
    pub volatility: Quantity,
}

impl MeanReverting {
    /// Level, speed and volatility.
    pub fn new(
        level: impl Into<Quantity>,
        speed: impl Into<Quantity>,
        volatility: impl Into<Quantity>,
    ) -> Self {
        Self { level: level.into(), speed: speed.into(), volatility: volatility.into() }
    }

    /// What it sets in the growth equation.
    pub fn dynamics(&self) -> Dynamics {
        Dynamics {
            pull: Some(Pull { speed: self.speed.clone(), level: self.level.clone() }),
            volatility: Some(self.volatility.clone()),
            ..Dynamics::default()
        }
    }
}
