//! Innovations drawn again from values.

use super::Law;
use crate::random::Transform;
use serde::{Deserialize, Serialize};

/// One of the values given, each as likely as the other, standardised to mean 0 and variance 1.
///
/// The draw is the value at the rank of the correlated normal score. **Limiting case.** Many values:
/// the law that they come from. **Reference.** Efron and Tibshirani (1993), An Introduction to the Bootstrap.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Resample {
    /// At least two values that are not all the same, in any unit.
    pub values: Vec<f64>,
}

impl Resample {
    /// The law, ready to be run.
    pub(super) fn law(&self) -> Law {
        Law::Shaped(Transform::resample(&self.values))
    }
}
