//! A condition that has to hold in each year after the base year.
//!
//! ```text
//! M[t] = X[s*],   s* = the year of t0+1 .. t with the least margin
//! ```
//!
//! The level of the worst year, in the unit of the indicator. The condition is watched at the yearly levels, not
//! between them: a barrier watched yearly is crossed less often than one watched continuously. As a target:
//! unemployment at most 5 % in every year. **Limiting cases.** One year: the level; independent years: the product of the yearly
//! probabilities. **Reference.** Broadie, Glasserman and Kou (1997), Mathematical Finance 7(4), on yearly against continuous watch.

use crate::math::simd;

/// Keeps the worst year so far: where the margin of this year is not below that of the years before, level and margin
/// stay what they were.
pub(crate) fn worst(level: &mut [f64], margin: &mut [f64], level_before: &[f64], margin_before: &[f64]) {
    simd(
        #[inline(always)]
        || {
            for (((level, margin), level_before), margin_before) in
                level.iter_mut().zip(margin).zip(level_before).zip(margin_before)
            {
                let is_worse = *margin < *margin_before;
                *level = if is_worse { *level } else { *level_before };
                *margin = if is_worse { *margin } else { *margin_before };
            }
        },
    );
}
