//! The log link, for levels above 0.
//!
//! ```text
//! x = ln X,   X = e^x
//! ```
//!
//! X in the unit of the indicator, x in log points: a change of x of 0.05 is a factor of e^0.05 = 1.0513. **Limiting case.**
//! For small changes dx is the simple growth rate. **Reference.** Box and Cox (1964), Journal of the Royal
//! Statistical Society B 26, the case lambda = 0.

use crate::math;

pub(super) const ALLOWED: &str = "a level above 0 (log link)";

pub(super) fn allows(level: f64) -> bool {
    level > 0.0 && level.is_finite()
}

pub(super) fn states(row: &mut [f64]) {
    math::ln_in_place(row);
}

pub(super) fn levels_in_place(row: &mut [f64]) {
    math::exp_in_place(row);
}

pub(super) fn levels(states: &[f64], levels: &mut [f64]) {
    math::exp_lanes(states, levels);
}
