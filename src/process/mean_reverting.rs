//! Reversion to a level.

use super::{Dynamics, Estimate, Learns, Pull};
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
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub level: Option<Quantity>,
    /// Share of the gap closed a year, in [0, 2).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub speed: Option<Quantity>,
    /// Standard deviation of the yearly innovation of x, >= 0.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub volatility: Option<Quantity>,
    /// Learn from the history what of the three is not stated. A plain number that is stated is taken as known of the past as well; a law or a course
    /// is of the future, and the past is read without it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub estimate: Option<Estimate>,
}

impl MeanReverting {
    /// Level, speed and volatility.
    pub fn new(
        level: impl Into<Quantity>,
        speed: impl Into<Quantity>,
        volatility: impl Into<Quantity>,
    ) -> Self {
        Self {
            level: Some(level.into()),
            speed: Some(speed.into()),
            volatility: Some(volatility.into()),
            estimate: None,
        }
    }

    /// Level, speed and volatility learned from the history.
    pub fn estimated(estimate: Estimate) -> Self {
        Self { level: None, speed: None, volatility: None, estimate: Some(estimate) }
    }

    /// What it sets in the growth equation.
    pub fn dynamics(&self) -> Dynamics {
        Dynamics {
            pull: Some(Pull { speed: self.speed.clone(), level: self.level.clone() }),
            volatility: self.volatility.clone(),
            estimate: self.estimate.clone(),
            learns: Learns::Reversion,
            ..Dynamics::default()
        }
    }
}
