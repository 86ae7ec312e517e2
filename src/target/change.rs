//! Change since the base year: relative, or in units.
//!
//! ```text
//! relative:  M[t] = X[t] / X[t0] - 1        a fraction: -0.17 is 17 % less
//! in units:  M[t] = X[t] - X[t0]            in the unit of the indicator
//! ```
//!
//! As a target: carbon dioxide per unit of GDP down by 17 %. **Limiting case.** One year: the growth rate. An uncertain
//! baseline cancels out of the relative change of an indicator whose growth does not depend on its level.

use crate::math::simd;

/// The relative change.
pub(crate) fn relative(now: &[f64], base: &[f64], out: &mut [f64]) {
    ratio(now, base, out);
    simd(
        #[inline(always)]
        || out.iter_mut().for_each(|x| *x -= 1.0),
    );
}

/// The change in units.
pub(crate) fn in_units(now: &[f64], base: &[f64], out: &mut [f64]) {
    simd(
        #[inline(always)]
        || {
            for ((out, now), base) in out.iter_mut().zip(now).zip(base) {
                *out = now - base;
            }
        },
    );
}

/// X[t] / X[t0].
pub(super) fn ratio(now: &[f64], base: &[f64], out: &mut [f64]) {
    simd(
        #[inline(always)]
        || {
            for ((out, now), base) in out.iter_mut().zip(now).zip(base) {
                *out = now / base;
            }
        },
    );
}
