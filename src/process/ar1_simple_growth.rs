//! AR(1) in the simple growth rate.

use super::{Dynamics, Estimate, GrowthScale, Learns};
use crate::quantity::Quantity;
use serde::{Deserialize, Serialize};

/// AR(1) in the simple growth rate.
///
/// ```text
/// g[t] = m[t] + phi (g[t-1] - m[t-1]) + sigma[t] eps[t]
/// X[t] = X[t-1] (1 + g[t])
/// ```
///
/// Symbols as in [`super::Ar1Growth`], with g = X\[t\]/X\[t-1\] - 1. Needs a log link. Growth below
/// -95 % a year cannot happen: g is cut there, at a distance of many standard deviations in any sensible plan.
///
/// **Limiting cases.** Small growth: the same as AR(1) in log growth to first order, but not equal: a geometric average of 5 % is met with another probability.
///
/// **Reference.** Hamilton (1994), Time Series Analysis, chapter 3.
///
/// ```toml
/// process.ar1_simple_growth = { drift = 0.05, persistence = 0.3, volatility = 0.02 }
/// ```
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Ar1SimpleGrowth {
    /// Mean growth rate a year (0.05: five per cent).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub drift: Option<Quantity>,
    /// phi, in (-1, 1); learned when absent and `estimate` is there.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub persistence: Option<Quantity>,
    /// Standard deviation of the yearly innovation of the rate, >= 0.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub volatility: Option<Quantity>,
    /// Growth rate of the base year; that of the history, else the drift, when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last_growth: Option<Quantity>,
    /// Learn drift and volatility from the history, and persistence where it is not stated as a number.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub estimate: Option<Estimate>,
}

impl Ar1SimpleGrowth {
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
            growth: GrowthScale::Simple,
            ..Dynamics::default()
        }
    }
}
