//! Random walk whose innovations are drawn again from the history.

use super::{Dynamics, Estimate};
use crate::quantity::Quantity;
use crate::time::Year;
use serde::{Deserialize, Serialize};

/// Random walk whose innovations are drawn again from the history.
///
/// ```text
/// dx[t] = m[t] + s e[t],   e drawn from the standardised growth of the history with equal weights
/// ```
///
/// Symbols: m `drift`; when absent it is drawn once per path from N(mean, s^2 / n) of the history's n growth figures, because
/// the mean of a short history is not known; s their standard deviation (divisor n - 1). The draw goes through ranks, so that it can be correlated with other indicators.
/// Years lost to gaps of the history are left out.
///
/// **Limiting cases.** A history whose growth never varied: certain growth.
///
/// **Reference.** Efron and Tibshirani (1993), An Introduction to the Bootstrap, chapter 8.
///
/// ```toml
/// process.resampled = { from = 2013 }
/// ```
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Resampled {
    /// Mean change of x a year; the mean of the history when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub drift: Option<Quantity>,
    /// First year of growth used; all of the history when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub from: Option<Year>,
    /// Last year of growth used.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub to: Option<Year>,
}

impl Resampled {
    /// Drift and innovations from all of the history.
    pub fn new() -> Self {
        Self::default()
    }

    /// What it sets in the growth equation.
    pub fn dynamics(&self) -> Dynamics {
        Dynamics {
            drift: self.drift.clone(),
            estimate: Some(Estimate { from: self.from, to: self.to, ..Estimate::default() }),
            resample: true,
            ..Dynamics::default()
        }
    }
}
