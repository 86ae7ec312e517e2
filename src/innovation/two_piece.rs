//! Skewed innovations: the two-piece normal.

use super::Law;
use crate::random::Transform;
use serde::{Deserialize, Serialize};

/// Two-piece normal with mean 0 and variance 1: the fan chart's skew.
///
/// Two halves of normal laws with standard deviations s1 (below the mode) and s2 = `ratio` s1 (above
/// it) joined at the mode, shifted and scaled to mean 0 and variance 1. ratio > 1 leans upwards.
///
/// **Limiting case.** ratio = 1: normal. **Reference.** Britton, Fisher and Whitley (1998), Bank of
/// England Quarterly Bulletin 38(1); Wallis (2014), Statistical Science 29(1).
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct TwoPiece {
    /// Standard deviation above the mode over that below it, > 0.
    pub ratio: f64,
}

impl TwoPiece {
    /// The law, ready to be run.
    pub(super) fn law(&self) -> Law {
        Law::Shaped(Transform::two_piece_standard(self.ratio))
    }
}
