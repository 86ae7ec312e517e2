//! Keeping pace with another indicator.
//!
//! ```text
//! M[t] = (X[t] / X[t0])^(1/n) - (Y[t] / Y[t0])^(1/n)
//! ```
//!
//! The difference of the geometric average growth rates, a fraction a year; met when it is not below minus the
//! tolerance. As a target: income keeps pace with GDP. Both should be real or both nominal. **Limiting case.** Perfectly
//! correlated growth of the same mean: always met; the tolerance decides.

use crate::math::simd;

/// Less the average growth of the other.
pub(crate) fn less(out: &mut [f64], other: &[f64]) {
    simd(
        #[inline(always)]
        || {
            for (out, other) in out.iter_mut().zip(other) {
                *out -= other;
            }
        },
    );
}
