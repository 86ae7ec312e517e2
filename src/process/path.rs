//! A stated path with noise around it.

use super::{Dynamics, Pull};
use crate::quantity::Quantity;
use serde::{Deserialize, Serialize};

/// A stated path with noise around it.
///
/// ```text
/// x[t] = g(path[t]) + sigma[t] eps[t]
/// ```
///
/// Symbols: `level`, a course over the years in the unit of the indicator; sigma `volatility` in the
/// latent state. Noise of one year is gone in the next. With `volatility = 0` the path is certain: an exogenous input.
///
/// **Limiting cases.** The case kappa = 1 of [`super::MeanReverting`].
///
/// **Reference.** Armstrong, Green and Graefe (2015), Journal of Business Research 68(8), on judgemental paths.
///
/// ```toml
/// process.path = { level = { by_year = { 2026 = 31.0, 2030 = 27.0 } }, volatility = 0.04 }
/// ```
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Path {
    /// The path, in the unit of the indicator.
    pub level: Quantity,
    /// Standard deviation around it, in x, >= 0.
    #[serde(default = "super::zero")]
    pub volatility: Quantity,
}

impl Path {
    /// The path and the volatility around it.
    pub fn new(level: impl Into<Quantity>, volatility: impl Into<Quantity>) -> Self {
        Self { level: level.into(), volatility: volatility.into() }
    }

    /// What it sets in the growth equation.
    pub fn dynamics(&self) -> Dynamics {
        Dynamics {
            pull: Some(Pull { speed: Some(Quantity::number(1.0)), level: Some(self.level.clone()) }),
            volatility: Some(self.volatility.clone()),
            ..Dynamics::default()
        }
    }
}
