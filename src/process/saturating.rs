//! Saturating (Gompertz) growth towards a ceiling.

use super::{Dynamics, Pull};
use crate::quantity::Quantity;
use serde::{Deserialize, Serialize};

/// Saturating (Gompertz) growth towards a ceiling.
///
/// ```text
/// dx[t] = kappa (ln C[t] - x[t-1]) + sigma[t] eps[t],   x = ln X
/// ```
///
/// Symbols: C `ceiling`, in the unit of the indicator, may be a course; kappa `speed`, the share of the
/// logarithmic gap closed a year; sigma `volatility` in log points. Needs a log link.
///
/// **Limiting cases.** sigma = 0: X\[T\] = C (X\[t0\] / C)^((1-kappa)^n), the Gompertz curve at yearly steps.
///
/// **Reference.** Gompertz (1825); Meade and Islam (1998), Management Science 44(8).
///
/// ```toml
/// process.saturating = { ceiling = 4600.0, speed = 0.2, volatility = 0.03 }
/// ```
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Saturating {
    /// The level it tends to, > 0; may be a course over the years.
    pub ceiling: Quantity,
    /// Share of the log gap closed a year, in [0, 2).
    pub speed: Quantity,
    /// Standard deviation of the yearly innovation, log points, >= 0.
    pub volatility: Quantity,
}

impl Saturating {
    /// Ceiling, speed and volatility.
    pub fn new(
        ceiling: impl Into<Quantity>,
        speed: impl Into<Quantity>,
        volatility: impl Into<Quantity>,
    ) -> Self {
        Self { ceiling: ceiling.into(), speed: speed.into(), volatility: volatility.into() }
    }

    /// What it sets in the growth equation.
    pub fn dynamics(&self) -> Dynamics {
        Dynamics {
            pull: Some(Pull { speed: Some(self.speed.clone()), level: Some(self.ceiling.clone()) }),
            volatility: Some(self.volatility.clone()),
            ..Dynamics::default()
        }
    }
}
