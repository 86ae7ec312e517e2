//! The level of an indicator at a year.
//!
//! ```text
//! M[t] = X[t]
//! ```
//!
//! In the unit of the indicator. As a target: R&D share at least 4.0, premature mortality under 6.0. **Limiting case.**
//! Without noise and uncertainty the probability is 0 or 1, and the boundary is met unless the target is strict.

/// The level.
pub(crate) fn level(now: &[f64], out: &mut [f64]) {
    out.copy_from_slice(now);
}
