//! Layer 1: scores of the density that a forecast gave to what came.
//!
//! The log score is `-ln f(y)` in nats, with `f` the density in the unit of the value; smaller is better, and it may be below 0.
//! Strictly proper, and the only such score that looks at the density at `y` alone. Its differences between forecasts do not
//! depend on the unit. It fines without limit what was held to be impossible: one year of war can decide a comparison.
//!
//! A sample has no density. Take the law that it was drawn from (a mixture over the draws of the parameters is one), or score its two
//! moments: [`dawid_sebastiani`] of [`super::Sample::normal`].
//!
//! References: Good (1952), Rational decisions, JRSS B 14(1), 107-114; Gneiting and Raftery (2007), JASA 102(477), 359-378,
//! sections 4.1 and 4.3.

use super::{finite, is_normal, is_student_t, total_weight};
use crate::quantity::{Normal, StudentT};
use crate::stats::special::student_ln_density;
use std::f64::consts::PI;

/// Of a normal law: `ln(sd sqrt(2 pi)) + z^2 / 2`, `z = (y - mean) / sd`. None for a standard deviation of 0.
///
/// ```
/// use plancast::{quantity::Normal, score::density};
/// let score = density::normal(&Normal { mean: 0.0, sd: 1.0 }, 2.0).unwrap();
/// assert!((score - 2.918_938_533_204_673).abs() < 1e-15);
/// ```
pub fn normal(law: &Normal, value: f64) -> Option<f64> {
    (is_normal(law) && law.sd > 0.0).then(|| -ln_normal(law, value)).and_then(finite)
}

fn ln_normal(law: &Normal, value: f64) -> f64 {
    let z = (value - law.mean) / law.sd;
    -0.5 * z * z - libm::log(law.sd) - 0.5 * libm::log(2.0 * PI)
}

/// Of a Student t law with any number of degrees of freedom above 0.
pub fn student_t(law: &StudentT, value: f64) -> Option<f64> {
    let z = (value - law.location) / law.scale;
    let score = || libm::log(law.scale) - student_ln_density(law.df, z);
    is_student_t(law).then(score).and_then(finite)
}

/// Of a finite mixture of normal laws, given as (weight, law); weights >= 0, of any sum above 0. None when a law with weight has a
/// standard deviation of 0.
///
/// The largest term is taken out of the sum, so that a value far from all of them still has its score.
pub fn mixture(parts: &[(f64, Normal)], value: f64) -> Option<f64> {
    let total = total_weight(parts)?;
    let terms = || parts.iter().filter(|(weight, _)| *weight > 0.0);
    if terms().any(|(_, law)| law.sd == 0.0) {
        return None;
    }
    let ln_terms = || terms().map(|(weight, law)| libm::log(weight / total) + ln_normal(law, value));
    let largest = ln_terms().fold(f64::NEG_INFINITY, f64::max);
    let sum: f64 = ln_terms().map(|term| libm::exp(term - largest)).sum();
    finite(-largest - libm::log(sum))
}

/// The score of Dawid and Sebastiani of a mean and a standard deviation, whatever the law:
///
/// ```text
/// 2 ln sd + ((y - mean) / sd)^2
/// ```
///
/// That is twice the log score of the normal law with these moments, less `ln(2 pi)`. Proper for any law with a variance, not
/// strictly: laws with the same two moments score alike. A change of unit adds a constant. None for a standard deviation of 0.
///
/// Reference: Dawid and Sebastiani (1999), Coherent dispersion criteria for optimal experimental design, Annals of Statistics
/// 27(1), 65-81.
pub fn dawid_sebastiani(moments: &Normal, value: f64) -> Option<f64> {
    let z = (value - moments.mean) / moments.sd;
    let score = || 2.0 * libm::log(moments.sd) + z * z;
    (is_normal(moments) && moments.sd > 0.0).then(score).and_then(finite)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::score::Sample;
    use crate::stats::normal as standard;

    fn close(a: f64, b: f64, tolerance: f64) -> bool {
        (a - b).abs() <= tolerance * b.abs().max(1e-3)
    }

    #[test]
    fn scores_are_less_the_logarithm_of_the_density() {
        let law = Normal { mean: 0.3, sd: 0.7 };
        let density = standard::density((1.9 - 0.3) / 0.7) / 0.7;
        assert!(close(normal(&law, 1.9).unwrap(), -libm::log(density), 1e-14));
        // Cauchy: 1 / (pi s (1 + z^2)).
        let cauchy = StudentT { df: 1.0, location: 1.0, scale: 2.0 };
        assert!(close(student_t(&cauchy, 4.0).unwrap(), libm::log(PI * 2.0 * (1.0 + 2.25)), 1e-14));
        // Two degrees of freedom: (2 + t^2)^(-3/2).
        let two = StudentT { df: 2.0, location: 0.0, scale: 1.0 };
        assert!(close(student_t(&two, 3.0).unwrap(), 1.5 * libm::log(11.0), 1e-14));
        let other = Normal { mean: -1.0, sd: 2.0 };
        let both = 0.25 * density + 0.75 * standard::density((1.9 + 1.0) / 2.0) / 2.0;
        let parts = [(1.0, law), (3.0, other), (0.0, Normal { mean: 0.0, sd: 0.0 })];
        assert!(close(mixture(&parts, 1.9).unwrap(), -libm::log(both), 1e-14));
    }

    #[test]
    fn far_out_there_still_is_a_score() {
        let law = Normal { mean: 0.0, sd: 1.0 };
        let near = normal(&law, 1e6).unwrap();
        assert!(close(near, 0.5e12, 1e-10));
        // Of two equal parts, far out only the nearer one counts: ln 2 more than that one alone.
        let parts = [(0.5, law), (0.5, Normal { mean: -10.0, sd: 1.0 })];
        assert!(close(mixture(&parts, 1e3).unwrap() - normal(&law, 1e3).unwrap(), libm::log(2.0), 1e-9));
        // t: the tail falls as |z|^-(n + 1).
        let law = StudentT { df: 3.0, location: 0.0, scale: 1.0 };
        let step = student_t(&law, 1e201).unwrap() - student_t(&law, 1e200).unwrap();
        assert!(close(step, 4.0 * libm::log(10.0), 1e-12));
    }

    #[test]
    fn a_t_law_with_many_degrees_of_freedom_is_normal() {
        for (df, tolerance) in [(1e6, 1e-4), (1e12, 1e-10), (1e200, 1e-13)] {
            for value in [1.0, 4.0, -9.0] {
                let t = student_t(&StudentT { df, location: 1.0, scale: 2.0 }, value).unwrap();
                let gauss = normal(&Normal { mean: 1.0, sd: 2.0 }, value).unwrap();
                assert!(close(t, gauss, tolerance), "{df} {value}: {t} {gauss}");
            }
        }
    }

    #[test]
    fn two_moments_score_as_the_normal_law_that_has_them() {
        let sample = Sample::new([1.0, 2.0, 6.0, -0.5]).unwrap();
        let law = sample.normal().unwrap();
        let score = dawid_sebastiani(&law, 4.0).unwrap();
        assert!(close(score, 2.0 * normal(&law, 4.0).unwrap() - libm::log(2.0 * PI), 1e-14));
    }

    #[test]
    fn the_true_law_scores_best_on_average() {
        // The expectation over a standard normal truth, at 4000 midpoints in probability.
        type Score = fn(&Normal, f64) -> Option<f64>;
        for rule in [normal as Score, dawid_sebastiani, |law, y| mixture(&[(1.0, *law)], y)] {
            let expected = |mean: f64, sd: f64| -> f64 {
                let values = (0..4000).map(|k| standard::quantile((f64::from(k) + 0.5) / 4000.0));
                values.map(|y| rule(&Normal { mean, sd }, y).unwrap()).sum::<f64>() / 4000.0
            };
            let truth = expected(0.0, 1.0);
            for (mean, sd) in [(0.1, 1.0), (-0.1, 1.0), (0.0, 1.15), (0.0, 0.87)] {
                assert!(expected(mean, sd) > truth + 1e-3, "{mean} {sd}");
            }
        }
    }

    #[test]
    fn what_cannot_be_scored() {
        let law = Normal { mean: 0.0, sd: 1.0 };
        for value in [f64::NAN, f64::INFINITY, f64::NEG_INFINITY] {
            assert_eq!(normal(&law, value), None);
            assert_eq!(dawid_sebastiani(&law, value), None);
            assert_eq!(student_t(&StudentT { df: 4.0, location: 0.0, scale: 1.0 }, value), None);
            assert_eq!(mixture(&[(1.0, law), (1.0, law)], value), None);
        }
        for (mean, sd) in [(f64::NAN, 1.0), (0.0, 0.0), (0.0, -1.0), (0.0, f64::NAN), (0.0, f64::INFINITY)] {
            let bad = Normal { mean, sd };
            assert_eq!((normal(&bad, 0.0), dawid_sebastiani(&bad, 0.0)), (None, None));
            assert_eq!(mixture(&[(1.0, law), (1.0, bad)], 0.0), None);
        }
        for (df, scale) in [(0.0, 1.0), (-1.0, 1.0), (f64::NAN, 1.0), (f64::INFINITY, 1.0), (4.0, 0.0)] {
            assert_eq!(student_t(&StudentT { df, location: 0.0, scale }, 0.0), None);
        }
        assert_eq!(mixture(&[], 0.0), None);
        assert_eq!(normal(&law, 1e200), None, "the score is 5e399");
    }
}
