//! Links between the level of an indicator and the state that moves.
//!
//! Layer 2. `x = g(X)`: `log` for positive levels, `logit` between two bounds for shares,
//! `identity` for what may be negative or is bounded by nothing.

use crate::math;
use serde::{Deserialize, Serialize};

/// The link g of an indicator.
#[derive(Debug, Clone, Copy, PartialEq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum Link {
    /// x = ln X, for levels > 0.
    #[default]
    Log,
    /// x = ln((X - lower) / (upper - X)), for levels within (lower, upper).
    Logit(Bounds),
    /// x = X.
    Identity,
}

/// The bounds of a logit link, in the unit of the indicator; per cent: 0 and 100.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Bounds {
    /// Lower bound, never reached.
    pub lower: f64,
    /// Upper bound, never reached; > lower.
    pub upper: f64,
}

impl Link {
    /// Whether a level can be linked.
    pub fn allows(&self, level: f64) -> bool {
        match self {
            Self::Log => level > 0.0 && level.is_finite(),
            Self::Logit(b) => level > b.lower && level < b.upper,
            Self::Identity => level.is_finite(),
        }
    }

    /// What levels are allowed, in words.
    pub fn allowed(&self) -> String {
        match self {
            Self::Log => "a level above 0 (log link)".into(),
            Self::Logit(b) => {
                format!("a level between {} and {}, both excluded (logit link)", b.lower, b.upper)
            }
            Self::Identity => "any finite level".into(),
        }
    }

    /// x = g(X) of an allowed level.
    pub fn state(&self, level: f64) -> f64 {
        match self {
            Self::Log => math::ln(level),
            Self::Logit(b) => math::ln((level - b.lower) / (b.upper - level)),
            Self::Identity => level,
        }
    }

    /// X = g^-1(x).
    pub fn level(&self, state: f64) -> f64 {
        match self {
            Self::Log => math::exp(state),
            Self::Logit(b) => b.lower + (b.upper - b.lower) * math::logistic(state),
            Self::Identity => state,
        }
    }
}
