//! Layer 1: standard normals by the inverse of their distribution function, in lanes: for points whose order has to be
//! kept, such as those of Sobol. The normals of independent paths come cheaper, see [`super::normal_lanes`].

use crate::math::{ln_positive, simd};
use crate::stats::normal::{CENTRE, FAR, MIDDLE};

/// The standard normal whose distribution function is `u`, for `u` between 2^-53 and 1 - 2^-53.
///
/// Wichura's algorithm AS 241 (PPND16) as [`crate::stats::normal::quantile`] has it, without a branch: one ratio of two polynomials, whose
/// coefficients and argument are selected. Within 1e-15 of the larger of 1 and the quantile; odd about 1/2 to the last bit.
#[inline(always)]
pub(crate) fn normal_score(u: f64) -> f64 {
    let q = u - 0.5;
    let tail = if q < 0.0 { u } else { 1.0 - u };
    let root = (-ln_positive(tail)).sqrt();
    let central = q.abs() <= 0.425;
    let near = root <= 5.0;
    let outer = root - if near { 1.6 } else { 5.0 };
    let r = if central { 0.180_625 - q * q } else { outer };
    let ratio = horner(r, central, near, 0) / horner(r, central, near, 1);
    let sign = if q < 0.0 { -1.0 } else { 1.0 };
    ratio * if central { q } else { sign }
}

/// One of the two polynomials of a region.
#[inline(always)]
fn horner(r: f64, central: bool, near: bool, side: usize) -> f64 {
    let mut sum = 0.0;
    let mut i = 8;
    while i > 0 {
        i -= 1;
        let outer = if near { MIDDLE[side][i] } else { FAR[side][i] };
        sum = sum * r + if central { CENTRE[side][i] } else { outer };
    }
    sum
}

/// [`normal_score`] of every lane, in place.
pub(crate) fn normal_scores(u: &mut [f64]) {
    simd(
        #[inline(always)]
        || {
            for u in u.iter_mut() {
                *u = normal_score(*u);
            }
        },
    );
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::math::at_every_level;
    use crate::stats::normal;

    /// Both ends of every region, the middle, and numbers in between without a pattern.
    fn uniforms() -> Vec<f64> {
        let smallest = f64::EPSILON / 2.0;
        let far = libm::exp(-25.0);
        let ends =
            [smallest, 1e-15, far, far * (1.0 + 1e-9), 1e-9, 0.075, 0.075 + 1e-12, 0.25, 0.5 - 1e-16, 0.5];
        let spread = (1..200_000).map(|i| (f64::from(i) * 0.618_033_988_749_894_9).fract());
        let tails = (1..=53).map(|k| libm::exp2(-f64::from(k)));
        let lower: Vec<f64> = ends.into_iter().chain(spread).chain(tails).collect();
        lower.iter().copied().chain(lower.iter().map(|u| 1.0 - u)).filter(|u| *u > 0.0 && *u < 1.0).collect()
    }

    #[test]
    fn agrees_with_the_quantile_to_the_last_digits() {
        for u in uniforms() {
            let (z, expected) = (normal_score(u), normal::quantile(u));
            assert!((z - expected).abs() <= 1e-15 * expected.abs().max(1.0), "{u}: {z} {expected}");
        }
        // 40-digit values: the quantiles of 2^-53, 1e-10 and 0.25.
        for (u, expected) in [
            (f64::EPSILON / 2.0, -8.209_536_151_601_386),
            (1e-10, -6.361_340_902_404_056),
            (0.25, -0.674_489_750_196_081_7),
        ] {
            assert!((normal_score(u) - expected).abs() < 4e-15, "{u}: {}", normal_score(u));
        }
    }

    #[test]
    fn mirrored_numbers_have_mirrored_scores() {
        for u in uniforms().into_iter().filter(|u| 1.0 - (1.0 - u) == *u) {
            assert_eq!(normal_score(u), -normal_score(1.0 - u), "{u}");
        }
        assert_eq!(normal_score(0.5), 0.0);
    }

    #[test]
    fn never_falls_where_regions_meet() {
        for edge in [0.075, 0.925, libm::exp(-25.0)] {
            let mut u = edge - 1000.0 * edge * f64::EPSILON;
            let mut before = normal_score(u);
            for _ in 0..2000 {
                u += edge * f64::EPSILON;
                let z = normal_score(u);
                assert!(z - before > -4e-15, "{u}");
                before = z;
            }
        }
    }

    #[test]
    fn lanes_have_the_bits_of_the_scalar_at_every_level() {
        let u: Vec<f64> = uniforms().into_iter().take(10_003).collect();
        for lanes in at_every_level(|| {
            let mut z = u.clone();
            normal_scores(&mut z);
            z
        }) {
            assert!(u.iter().zip(&lanes).all(|(u, z)| normal_score(*u).to_bits() == z.to_bits()));
        }
    }
}
