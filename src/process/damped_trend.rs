//! Damped trend.

use super::Dynamics;
use crate::quantity::Quantity;
use serde::{Deserialize, Serialize};

/// Damped trend.
///
/// ```text
/// dx[t] = m rho^(t - t0 - 1) + sigma[t] eps[t]
/// ```
///
/// Symbols: m `drift`, the growth of the first year; rho `damping`, in [0, 1]; sigma `volatility`.
///
/// **Limiting cases.** rho = 1: random walk with drift; rho = 0: one year of growth, then none in the mean. Mean of x\[T\] - x\[t0\]: m (1 - rho^n) / (1 - rho).
///
/// **Reference.** Gardner and McKenzie (1985), Management Science 31(10).
///
/// ```toml
/// process.damped_trend = { drift = 0.12, damping = 0.7, volatility = 0.03 }
/// ```
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct DampedTrend {
    /// Mean change of x in the first year.
    pub drift: Quantity,
    /// Factor by which the drift shrinks a year, in [0, 1].
    pub damping: Quantity,
    /// Standard deviation of the yearly innovation, >= 0.
    pub volatility: Quantity,
}

impl DampedTrend {
    /// Drift of the first year, damping and volatility.
    pub fn new(
        drift: impl Into<Quantity>,
        damping: impl Into<Quantity>,
        volatility: impl Into<Quantity>,
    ) -> Self {
        Self { drift: drift.into(), damping: damping.into(), volatility: volatility.into() }
    }

    /// What it sets in the growth equation.
    pub fn dynamics(&self) -> Dynamics {
        Dynamics {
            drift: Some(self.drift.clone()),
            damping: Some(self.damping.clone()),
            volatility: Some(self.volatility.clone()),
            ..Dynamics::default()
        }
    }
}
