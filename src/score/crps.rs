//! Layer 1: the continuous ranked probability score.
//!
//! ```text
//! CRPS(F, y) = integral (F(x) - 1{y <= x})^2 dx = E|X - y| - E|X - X'| / 2,   X, X' independent with law F
//! ```
//!
//! In the unit of the value; smaller is better, 0 is perfect. For a forecast without spread it is the absolute error, so it
//! compares point forecasts with laws. Strictly proper among laws with a mean.
//!
//! References: Gneiting and Raftery (2007), JASA 102(477), 359-378, equations 20 and 21; closed forms: Jordan, Krueger and
//! Lerch (2019), Evaluating probabilistic forecasts with scoringRules, JSS 90(12), appendix A.

use super::{Sample, finite, is_normal, is_student_t, total_weight};
use crate::math;
use crate::quantity::{Normal, StudentT};
use crate::stats::normal as standard;
use crate::stats::special::{ln_beta, student_ln_density, student_ln_spread, student_tails};
use std::f64::consts::{FRAC_1_SQRT_2, PI};

/// Of a normal law. With `z = (y - mean) / sd`:
///
/// ```text
/// sd (z (2 Phi(z) - 1) + 2 phi(z) - 1 / sqrt(pi))
/// ```
///
/// With a standard deviation of 0 it is the absolute error.
///
/// ```
/// use plancast::{quantity::Normal, score::crps};
/// let law = Normal { mean: 0.05, sd: 0.02 };
/// assert!((crps::normal(&law, 0.05).unwrap() - 0.02 * 0.233_695).abs() < 1e-8);
/// ```
pub fn normal(law: &Normal, value: f64) -> Option<f64> {
    if !is_normal(law) {
        return None;
    }
    finite(mean_distance(value - law.mean, law.sd) - law.sd / PI.sqrt())
}

/// `E|X|` for a normal law with this mean and standard deviation: `A` of Grimit et al. (2006).
fn mean_distance(mean: f64, sd: f64) -> f64 {
    if sd == 0.0 {
        return mean.abs();
    }
    let z = mean / sd;
    mean * libm::erf(z * FRAC_1_SQRT_2) + 2.0 * sd * standard::density(z)
}

/// Of a Student t law with more than one degree of freedom. With `z = (y - location) / scale`, `f` and `F` density and
/// distribution function at scale 1, `n` the degrees of freedom:
///
/// ```text
/// scale (z (2 F(z) - 1) + (2 f(z) (n + z^2) - 2 sqrt(n) B(1/2, n - 1/2) / B(1/2, n/2)^2) / (n - 1))
/// ```
///
/// None for one degree of freedom or less, where there is no mean; close to it digits are lost, as many as `n - 1` has zeros
/// after its point. For large `n` it tends to [`normal()`].
pub fn student_t(law: &StudentT, value: f64) -> Option<f64> {
    let n = law.df;
    if !(is_student_t(law) && n > 1.0) {
        return None;
    }
    let z = ((value - law.location) / law.scale).abs();
    let tails = student_tails(n, z);
    // f(z) (n + z^2), by logarithms, because the square may be too large to be written.
    let ln_weighted = student_ln_density(n, z) + student_ln_spread(n, z);
    let weighted = 2.0 * n / (n - 1.0) * math::exp(ln_weighted);
    let ln_half_spread = ln_beta(0.5, n - 0.5) - 2.0 * ln_beta(0.5, 0.5 * n);
    let half_spread = 2.0 * n.sqrt() / (n - 1.0) * math::exp(ln_half_spread);
    finite(law.scale * (z * (tails.lower - tails.upper) + (weighted - half_spread)))
}

/// Of a finite mixture of normal laws, given as (weight, law); weights >= 0, of any sum above 0.
///
/// ```text
/// sum_i w_i A(y - m_i, s_i) - 1/2 sum_i sum_j w_i w_j A(m_i - m_j, sqrt(s_i^2 + s_j^2)),   A(m, s) = E|N(m, s^2)|
/// ```
///
/// O(k^2) for k laws. Reference: Grimit, Gneiting, Berrocal and Johnson (2006), The continuous ranked probability score
/// for circular variables …, QJRMS 132, 2925-2942, equation 5.
pub fn mixture(parts: &[(f64, Normal)], value: f64) -> Option<f64> {
    let total = total_weight(parts)?;
    let (mut distance, mut spread) = (0.0, 0.0);
    for (i, (weight, law)) in parts.iter().enumerate() {
        distance += weight / total * mean_distance(value - law.mean, law.sd);
        for (other_weight, other) in &parts[..i] {
            let sd = libm::hypot(law.sd, other.sd);
            spread += weight / total * (other_weight / total) * mean_distance(law.mean - other.mean, sd);
        }
        // Half of the pair with itself: A(0, s sqrt 2) / 2 = s / sqrt(pi).
        spread += weight / total * (weight / total) * law.sd / PI.sqrt();
    }
    finite(distance - spread)
}

/// Of the law that a sample was drawn from, without bias: its mean over samples is the score of that law.
///
/// ```text
/// 1/m sum_i |x_i - y| - 1/(2 m (m - 1)) sum_i sum_j |x_i - x_j|
/// ```
///
/// O(m). It may fall a little below 0; none for a single value, which does not show a spread.
///
/// Reference: Ferro (2014), Fair scores for ensemble forecasts, QJRMS 140, 1917-1923.
pub fn fair(sample: &Sample, value: f64) -> Option<f64> {
    let m = sample.size() as f64;
    finite(distance(sample, value) / m - gaps(sample) / (m * (m - 1.0)))
}

/// Of the step law of a sample, each value with probability 1/m: never below 0.
///
/// ```text
/// 1/m sum_i |x_i - y| - 1/(2 m^2) sum_i sum_j |x_i - x_j|
/// ```
///
/// O(m). As an estimate for the law that the sample was drawn from it is too high by `E|X - X'| / (2 m)`, so that a
/// sample that is too narrow wins: compare models by [`fair`].
pub fn empirical(sample: &Sample, value: f64) -> Option<f64> {
    let m = sample.size() as f64;
    finite(distance(sample, value) / m - gaps(sample) / (m * m))
}

/// The sum of the distances to a value.
fn distance(sample: &Sample, value: f64) -> f64 {
    sample.values().iter().map(|x| (x - value).abs()).sum()
}

/// The sum over pairs of the distance between the two: each gap between neighbours counts once for every pair around it.
fn gaps(sample: &Sample) -> f64 {
    let sorted = sample.values();
    let around = |k: usize| k as f64 * (sorted.len() - k) as f64;
    (1..sorted.len()).map(|k| around(k) * (sorted[k] - sorted[k - 1])).sum()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::random::{Key, normal_at};
    use proptest::prelude::*;

    fn close(a: f64, b: f64, tolerance: f64) -> bool {
        (a - b).abs() <= tolerance * b.abs().max(1e-3)
    }

    /// The definition, O(m^2), with a divisor for the pairs.
    fn by_definition(values: &[f64], value: f64, pairs: f64) -> f64 {
        let distance: f64 = values.iter().map(|x| (x - value).abs()).sum();
        let spread: f64 = values.iter().flat_map(|a| values.iter().map(move |b| (a - b).abs())).sum();
        distance / values.len() as f64 - spread / (2.0 * pairs)
    }

    /// The integral of (F - step)^2 by the midpoint rule over 200 000 steps, up to 60 scales around the centre.
    fn by_integral(cdf: impl Fn(f64) -> f64, value: f64, centre: f64, reach: f64) -> f64 {
        let steps = 200_000;
        let part = |from: f64, to: f64| -> f64 {
            let h = (to - from) / f64::from(steps);
            (0..steps)
                .map(|k| {
                    let x = from + (f64::from(k) + 0.5) * h;
                    let step = if value <= x { 1.0 } else { 0.0 };
                    (cdf(x) - step) * (cdf(x) - step) * h
                })
                .sum()
        };
        part(centre - reach, value) + part(value, centre + reach)
    }

    #[test]
    fn closed_forms_are_the_integral() {
        let law = Normal { mean: 1.0, sd: 2.0 };
        let found = normal(&law, 3.5).unwrap();
        assert!(close(found, by_integral(|x| standard::cdf((x - 1.0) / 2.0), 3.5, 1.0, 30.0), 1e-8));
        let law = StudentT { df: 7.0, location: 1.0, scale: 2.0 };
        let found = student_t(&law, -2.0).unwrap();
        let cdf = |x: f64| student_tails(7.0, (x - 1.0) / 2.0).lower;
        assert!(close(found, by_integral(cdf, -2.0, 1.0, 200.0), 1e-7));
        let parts = [(1.0, Normal { mean: 0.0, sd: 1.0 }), (3.0, Normal { mean: 2.0, sd: 0.5 })];
        let cdf = |x: f64| 0.25 * standard::cdf(x) + 0.75 * standard::cdf((x - 2.0) / 0.5);
        assert!(close(mixture(&parts, 0.7).unwrap(), by_integral(cdf, 0.7, 1.0, 20.0), 1e-8));
    }

    #[test]
    fn limiting_cases_agree() {
        let point = Normal { mean: 2.0, sd: 0.0 };
        assert_eq!(normal(&point, -1.5), Some(3.5));
        assert_eq!(mixture(&[(0.3, point)], -1.5), Some(3.5));
        assert_eq!(empirical(&Sample::new([2.0]).unwrap(), -1.5), Some(3.5));
        assert_eq!(fair(&Sample::new([2.0; 4]).unwrap(), -1.5), Some(3.5));
        // Points as parts of a mixture are a sample.
        let values = [0.3, -1.0, 2.5];
        let parts = values.map(|mean| (2.0, Normal { mean, sd: 0.0 }));
        let sample = Sample::new(values).unwrap();
        assert!(close(mixture(&parts, 0.9).unwrap(), empirical(&sample, 0.9).unwrap(), 1e-14));
        // A t law with many degrees of freedom; the difference is of the order 1/n.
        let gauss = Normal { mean: 1.0, sd: 2.0 };
        for (df, tolerance) in [(1e6, 1e-5), (1e10, 1e-9), (1e15, 1e-13), (1e200, 1e-13)] {
            for value in [1.0, 4.0, -30.0] {
                let found = student_t(&StudentT { df, location: 1.0, scale: 2.0 }, value).unwrap();
                assert!(close(found, normal(&gauss, value).unwrap(), tolerance), "{df} {value}: {found}");
            }
        }
    }

    #[test]
    fn far_out_it_is_the_distance_less_half_the_spread() {
        let found = student_t(&StudentT { df: 3.0, location: 0.0, scale: 1.0 }, 1e200).unwrap();
        assert!(close(found, 1e200, 1e-14));
        let found = normal(&Normal { mean: 0.0, sd: 1.0 }, -1e200).unwrap();
        assert!(close(found, 1e200, 1e-14));
    }

    #[test]
    fn the_fair_form_has_no_bias_and_the_other_one_that_which_is_said() {
        // 20 000 samples of 4 normals each at the value 0.6; limits of 4 standard errors.
        let (key, law) = (Key::new(3, "test", "crps"), Normal { mean: 0.0, sd: 1.0 });
        let truth = normal(&law, 0.6).unwrap();
        let samples = (0..20_000).map(|s| Sample::new([0, 2, 4, 6].map(|k| normal_at(key, s, k))).unwrap());
        let scores: Vec<[f64; 2]> =
            samples.map(|s| [fair(&s, 0.6).unwrap(), empirical(&s, 0.6).unwrap()]).collect();
        let check = |which: usize, expected: f64| {
            let values: Vec<f64> = scores.iter().map(|pair| pair[which]).collect();
            let moments = crate::stats::Moments::of(&values);
            let (mean, error) = (moments.mean().unwrap(), moments.standard_error().unwrap());
            assert!((mean - expected).abs() < 4.0 * error, "{mean} {expected} {error}");
            // The test can tell the two apart.
            assert!(error < 0.005);
        };
        check(0, truth);
        // E|X - X'| = 2 / sqrt(pi) for standard normals.
        check(1, truth + 2.0 / PI.sqrt() / 8.0);
    }

    #[test]
    fn the_true_law_scores_best_on_average() {
        // The expectation over a standard normal truth, at 4000 midpoints in probability.
        let expected = |law: Normal| -> f64 {
            let values = (0..4000).map(|k| standard::quantile((f64::from(k) + 0.5) / 4000.0));
            values.map(|y| normal(&law, y).unwrap()).sum::<f64>() / 4000.0
        };
        let truth = expected(Normal { mean: 0.0, sd: 1.0 });
        assert!(close(truth, 1.0 / PI.sqrt(), 1e-4));
        for (mean, sd) in [(0.1, 1.0), (-0.1, 1.0), (0.0, 1.15), (0.0, 0.87), (0.0, 0.0)] {
            assert!(expected(Normal { mean, sd }) > truth + 1e-4, "{mean} {sd}");
        }
    }

    #[test]
    fn what_cannot_be_scored() {
        let law = Normal { mean: 0.0, sd: 1.0 };
        for value in [f64::NAN, f64::INFINITY, f64::NEG_INFINITY] {
            assert_eq!(normal(&law, value), None);
            assert_eq!(student_t(&StudentT { df: 4.0, location: 0.0, scale: 1.0 }, value), None);
            assert_eq!(mixture(&[(1.0, law)], value), None);
            let sample = Sample::new([1.0, 2.0]).unwrap();
            assert_eq!((fair(&sample, value), empirical(&sample, value)), (None, None));
        }
        for (mean, sd) in [(f64::NAN, 1.0), (0.0, -1.0), (0.0, f64::NAN), (0.0, f64::INFINITY)] {
            assert_eq!(normal(&Normal { mean, sd }, 0.0), None);
            assert_eq!(mixture(&[(1.0, law), (1.0, Normal { mean, sd })], 0.0), None);
        }
        for (df, scale) in [(1.0, 1.0), (f64::NAN, 1.0), (f64::INFINITY, 1.0), (4.0, 0.0), (4.0, f64::NAN)] {
            assert_eq!(student_t(&StudentT { df, location: 0.0, scale }, 0.0), None);
        }
        assert_eq!(mixture(&[], 0.0), None);
        for weight in [0.0, -1.0, f64::NAN, f64::INFINITY] {
            assert_eq!(mixture(&[(weight, law)], 0.0), None);
        }
        assert_eq!(fair(&Sample::new([1.0]).unwrap(), 0.0), None);
        assert_eq!(empirical(&Sample::new([f64::MIN, f64::MAX]).unwrap(), 0.0), None);
    }

    proptest! {
        #[test]
        fn samples_score_as_the_definition_says(
            values in prop::collection::vec(prop_oneof![-50.0..50.0f64, (-3i8..3).prop_map(f64::from)], 2..40),
            value in -60.0..60.0f64,
        ) {
            let m = values.len() as f64;
            let sample = Sample::new(values.clone()).unwrap();
            let (found, expected) = (fair(&sample, value).unwrap(), by_definition(&values, value, m * (m - 1.0)));
            prop_assert!((found - expected).abs() < 1e-11, "{} {}", found, expected);
            let (found, expected) = (empirical(&sample, value).unwrap(), by_definition(&values, value, m * m));
            prop_assert!((found - expected).abs() < 1e-11 && found > -1e-12, "{} {}", found, expected);
        }

        #[test]
        fn scores_move_and_stretch_with_the_values(
            values in prop::collection::vec(-5.0..5.0f64, 2..20), value in -6.0..6.0f64, df in 1.2..50.0f64,
            sd in 0.1..3.0f64, shift in -100.0..100.0f64, factor in prop_oneof![-4.0..-0.1f64, 0.1..4.0f64],
        ) {
            let moved = |x: f64| shift + factor * x;
            let all = |values: &[f64], value: f64, centre: f64, sd: f64| {
                let sample = Sample::new(values).unwrap();
                let part = |weight: f64, mean: f64| (weight, Normal { mean, sd });
                [
                    fair(&sample, value),
                    empirical(&sample, value),
                    normal(&Normal { mean: centre, sd }, value),
                    student_t(&StudentT { df, location: centre, scale: sd }, value),
                    mixture(&[part(1.0, centre), part(2.0, values[0]), part(0.0, values[1])], value),
                ]
                .map(Option::unwrap)
            };
            let before = all(&values, value, 0.5, sd);
            let other: Vec<f64> = values.iter().map(|x| moved(*x)).collect();
            let after = all(&other, moved(value), moved(0.5), sd * factor.abs());
            for (a, b) in before.iter().zip(after) {
                prop_assert!((a * factor.abs() - b).abs() < 1e-11, "{:?} {:?}", before, after);
            }
            // Never below 0, but for the fair form.
            prop_assert!(before[1..].iter().all(|score| *score >= -1e-12), "{:?}", before);
        }
    }
}
