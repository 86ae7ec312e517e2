//! The logit link, for shares.

use crate::math;
use serde::{Deserialize, Serialize};

/// The bounds of a logit link, in the unit of the indicator; per cent: 0 and 100.
///
/// ```text
/// x = ln((X - lower) / (upper - X)),   X = lower + (upper - lower) / (1 + e^-x)
/// ```
///
/// A change of x of 0.1 moves a share near 50 % by 2.5 points, one near 95 % by half a point. **Limiting cases.** Far
/// below the upper bound: the log link; in the middle: nearly linear. **Reference.** Johnson (1949), Biometrika 36, the system S_B.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Bounds {
    /// Lower bound, never reached.
    pub lower: f64,
    /// Upper bound, never reached; > lower.
    pub upper: f64,
}

impl Bounds {
    pub(super) fn allows(&self, level: f64) -> bool {
        level > self.lower && level < self.upper
    }

    pub(super) fn allowed(&self) -> String {
        format!("a level between {} and {}, both excluded (logit link)", self.lower, self.upper)
    }

    pub(super) fn states(&self, row: &mut [f64]) {
        let (lower, upper) = (self.lower, self.upper);
        math::simd(
            #[inline(always)]
            || {
                for x in row.iter_mut() {
                    *x = (*x - lower) / (upper - *x);
                }
            },
        );
        math::ln_in_place(row);
    }

    pub(super) fn levels_in_place(&self, row: &mut [f64]) {
        let (lower, width) = (self.lower, self.upper - self.lower);
        math::simd(
            #[inline(always)]
            || row.iter_mut().for_each(|x| *x = lower + width * math::logistic(*x)),
        );
    }

    pub(super) fn levels(&self, states: &[f64], levels: &mut [f64]) {
        let (lower, width) = (self.lower, self.upper - self.lower);
        math::simd(
            #[inline(always)]
            || {
                for (level, x) in levels.iter_mut().zip(states) {
                    *level = lower + width * math::logistic(*x);
                }
            },
        );
    }
}
