//! Random walk with drift.

use super::{Dynamics, Estimate};
use crate::quantity::Quantity;
use serde::{Deserialize, Serialize};

/// Random walk with drift.
///
/// ```text
/// dx[t] = m[t] + sigma[t] eps[t]
/// ```
///
/// Symbols: m `drift` and sigma `volatility`, both a change of x a year (log points for a log
/// link: 0.05 is a growth factor of e^0.05 = 1.0513). Instead of the two, `estimate` learns them from the history.
///
/// **Limiting cases.** sigma = 0: the level follows the drift exactly. With a log link X\[T\] is log-normal: ln X\[T\] ~ N(ln X\[t0\] + n m, n sigma^2).
///
/// **Reference.** Granger and Newbold (1986), Forecasting Economic Time Series, 2nd ed.
///
/// ```toml
/// process.random_walk = { drift = 0.045, volatility = 0.02 }
/// ```
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct RandomWalk {
    /// Mean change of x a year; may be a course over the years.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub drift: Option<Quantity>,
    /// Standard deviation of the yearly innovation, >= 0.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub volatility: Option<Quantity>,
    /// Learn both from the history.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub estimate: Option<Estimate>,
}

impl RandomWalk {
    /// Drift and volatility a year.
    pub fn new(drift: impl Into<Quantity>, volatility: impl Into<Quantity>) -> Self {
        Self { drift: Some(drift.into()), volatility: Some(volatility.into()), estimate: None }
    }

    /// Drift and volatility learned from the history.
    pub fn estimated(estimate: Estimate) -> Self {
        Self { drift: None, volatility: None, estimate: Some(estimate) }
    }

    /// What it sets in the growth equation.
    pub fn dynamics(&self) -> Dynamics {
        Dynamics {
            drift: self.drift.clone(),
            volatility: self.volatility.clone(),
            estimate: self.estimate.clone(),
            ..Dynamics::default()
        }
    }
}
