//! The identity link, for levels that may be negative or are bounded by nothing.
//!
//! ```text
//! x = X
//! ```
//!
//! x and X in the unit of the indicator, so that a drift is so many units a year.

pub(super) const ALLOWED: &str = "any finite level";

pub(super) fn allows(level: f64) -> bool {
    level.is_finite()
}
