//! The level of an indicator at a year.
//!
//! ```text
//! M[t] = X[t]
//! ```
//!
//! In the unit of the indicator. As a target: R&D share at least 4.0, premature mortality under 6.0.

/// The level.
pub(crate) fn level(now: &[f64], out: &mut [f64]) {
    out.copy_from_slice(now);
}
