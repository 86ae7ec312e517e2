//! AR(1) in latent (log) growth.

use super::{Dynamics, Estimate, Learns};
use crate::quantity::Quantity;
use serde::{Deserialize, Serialize};

/// AR(1) in latent (log) growth.
///
/// ```text
/// dx[t] = m[t] + phi (dx[t-1] - m[t-1]) + sigma[t] eps[t]
/// ```
///
/// Symbols: m `drift`, the mean growth that growth returns to; phi `persistence`, in (-1, 1);
/// sigma `volatility`; dx\[t0\] `last_growth`, the growth of the base year (that of the history, else m, when absent). Growth is
/// x\[t\] - x\[t-1\], log growth for a log link; for simple growth rates see [`super::Ar1SimpleGrowth`]: another model.
///
/// **Limiting cases.** phi = 0: [`super::RandomWalk`]. Variance of the growth summed over n years from a known start: sigma^2 sum_k ((1 - phi^k) / (1 - phi))^2, k = 1..n.
///
/// **Reference.** Hamilton (1994), Time Series Analysis, chapter 3.
///
/// ```toml
/// process.ar1_growth = { drift = 0.045, persistence = 0.3, volatility = 0.02, last_growth = 0.056 }
/// ```
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Ar1Growth {
    /// Mean change of x a year; may be a course over the years.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub drift: Option<Quantity>,
    /// phi, in (-1, 1); learned when absent and `estimate` is there.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub persistence: Option<Quantity>,
    /// Standard deviation of the yearly innovation (not of growth), >= 0.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub volatility: Option<Quantity>,
    /// Growth of the base year, in the unit of the drift; that of the history, else the drift, when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last_growth: Option<Quantity>,
    /// Learn drift and volatility from the history, and persistence where it is not stated as a number.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub estimate: Option<Estimate>,
}

impl Ar1Growth {
    /// Drift, persistence and volatility.
    pub fn new(
        drift: impl Into<Quantity>,
        persistence: impl Into<Quantity>,
        volatility: impl Into<Quantity>,
    ) -> Self {
        Self {
            drift: Some(drift.into()),
            persistence: Some(persistence.into()),
            volatility: Some(volatility.into()),
            last_growth: None,
            estimate: None,
        }
    }

    /// Drift and volatility learned from the history, given the persistence.
    pub fn estimated(persistence: f64, estimate: Estimate) -> Self {
        Self {
            drift: None,
            persistence: Some(persistence.into()),
            volatility: None,
            last_growth: None,
            estimate: Some(estimate),
        }
    }

    /// Drift, persistence and volatility learned from the history.
    pub fn learned(estimate: Estimate) -> Self {
        Self { persistence: None, ..Self::estimated(0.0, estimate) }
    }

    /// The growth of the base year; the drift when not set.
    #[must_use]
    pub fn last_growth(mut self, growth: impl Into<Quantity>) -> Self {
        self.last_growth = Some(growth.into());
        self
    }

    /// What it sets in the growth equation.
    pub fn dynamics(&self) -> Dynamics {
        Dynamics {
            drift: self.drift.clone(),
            persistence: self.persistence.clone(),
            learns: Learns::PersistentGrowth,
            volatility: self.volatility.clone(),
            last_growth: self.last_growth.clone(),
            estimate: self.estimate.clone(),
            ..Dynamics::default()
        }
    }
}
