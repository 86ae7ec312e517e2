//! Average growth since the base year: geometric, or arithmetic.
//!
//! ```text
//! geometric:   M[t] = (X[t] / X[t0])^(1/n) - 1
//! arithmetic:  M[t] = (1/n) sum_s (X[s] / X[s-1] - 1),   s = t0+1 .. t,   n = t - t0
//! ```
//!
//! A fraction a year. Plans mean the geometric one, which is the default. The two are different events: the geometric
//! average is never above the arithmetic one, and equal to it only when every year grows alike (inequality of the means).
//! **Limiting cases.** One year: both are X\[t\]/X\[t0\] - 1. Under normal log growth with mean m and standard deviation s a year the
//! geometric one is e^(m + s z / sqrt(n)) - 1 with z standard normal. **Reference.** Cauchy (1821), Cours d'analyse, note II.

use crate::math::{self, simd};

/// The geometric average, over `years`.
pub(crate) fn geometric(now: &[f64], base: &[f64], years: f64, out: &mut [f64]) {
    super::change::ratio(now, base, out);
    math::ln_in_place(out);
    simd(
        #[inline(always)]
        || out.iter_mut().for_each(|x| *x /= years),
    );
    math::exp_in_place(out);
    simd(
        #[inline(always)]
        || out.iter_mut().for_each(|x| *x -= 1.0),
    );
}

/// The arithmetic average, over `years`: `sum` holds the growth rates of the years before and gains this year's.
pub(crate) fn arithmetic(now: &[f64], before: &[f64], years: f64, sum: &mut [f64], out: &mut [f64]) {
    super::change::ratio(now, before, out);
    simd(
        #[inline(always)]
        || {
            for (out, sum) in out.iter_mut().zip(sum) {
                *sum += *out - 1.0;
                *out = *sum / years;
            }
        },
    );
}

#[cfg(test)]
mod tests {
    #[test]
    fn a_year_of_ten_and_one_of_minus_ten_per_cent_average_to_nothing_or_less() {
        let levels = [[100.0], [110.0], [99.0]];
        let (mut out, mut sum) = ([0.0], [0.0]);
        super::geometric(&levels[2], &levels[0], 2.0, &mut out);
        // The square root of 0.99, less 1.
        assert!((out[0] - -0.005_012_562_9).abs() < 1e-10);
        super::arithmetic(&levels[1], &levels[0], 1.0, &mut sum, &mut out);
        assert!((out[0] - 0.1).abs() < 1e-15);
        super::arithmetic(&levels[2], &levels[1], 2.0, &mut sum, &mut out);
        assert!(out[0].abs() < 1e-15);
    }
}
