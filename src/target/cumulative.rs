//! The sum of the yearly flows after the base year.
//!
//! ```text
//! M[t] = sum_s X[s],   s = t0+1 .. t
//! ```
//!
//! In the unit of the flow times years. The flow of the base year does not count. As a target: 450 000 new
//! urban jobs in 2026-2030. **Limiting case.** One year: the level. The sum of log-normal flows has no closed form; the
//! paths add it up. **Reference.** Asmussen and Rojas-Nandayapa (2008), Statistics and Probability Letters 78.

use crate::math::simd;

/// The sum: `sum` holds that of the years before and gains this year's flow.
pub(crate) fn cumulative(now: &[f64], sum: &mut [f64], out: &mut [f64]) {
    simd(
        #[inline(always)]
        || {
            for ((out, sum), now) in out.iter_mut().zip(sum).zip(now) {
                *sum += now;
                *out = *sum;
            }
        },
    );
}
