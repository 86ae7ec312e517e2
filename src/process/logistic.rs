//! Logistic growth towards a ceiling.

use super::Dynamics;
use crate::quantity::Quantity;
use serde::{Deserialize, Serialize};

/// Logistic growth towards a ceiling.
///
/// ```text
/// x = ln((X - lower) / (upper - X)),   dx[t] = r[t] + sigma[t] eps[t]
/// ```
///
/// Symbols: r `rate`, the change of the logit a year; the ceiling is the upper bound of the indicator's
/// logit link, which this process needs. Without noise this is the exact solution of dX/dt = r X (1 - X/K) at yearly steps.
///
/// **Limiting cases.** Far below the ceiling: exponential growth at rate r; near it: the gap shrinks by the factor e^-r a year.
///
/// **Reference.** Verhulst (1838); Meade and Islam (1998), Management Science 44(8).
///
/// ```toml
/// process.logistic = { rate = 0.25, volatility = 0.05 }
/// ```
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Logistic {
    /// Change of the logit a year; may be a course over the years.
    pub rate: Quantity,
    /// Standard deviation of the yearly innovation of the logit, >= 0.
    pub volatility: Quantity,
}

impl Logistic {
    /// Rate and volatility.
    pub fn new(rate: impl Into<Quantity>, volatility: impl Into<Quantity>) -> Self {
        Self { rate: rate.into(), volatility: volatility.into() }
    }

    /// What it sets in the growth equation.
    pub fn dynamics(&self) -> Dynamics {
        Dynamics {
            drift: Some(self.rate.clone()),
            volatility: Some(self.volatility.clone()),
            ..Dynamics::default()
        }
    }
}
