//! Layer 1: the probability integral transform (PIT), and whether it is uniform.
//!
//! The PIT of a value is its place in the forecast: `F(y)`. Of honest forecasts it is uniform between 0 and 1: a hump in
//! the middle says that they are too wide, a U that they are too narrow, a slope that they are off to one side. It is no score: a
//! forecast that ignores all that is known may have a uniform PIT.
//!
//! References: Dawid (1984), Statistical theory: the prequential approach, JRSS A 147(2), 278-292; Gneiting, Balabdaoui and
//! Raftery (2007), JRSS B 69(2), 243-268.

use super::{Sample, finite, is_normal, is_student_t, mean, total_weight};
use crate::quantity::{Normal, StudentT};
use crate::stats::normal as standard;
use crate::stats::special::{gamma_tails, student_tails};

/// Under a normal law. Under a point (standard deviation 0) it is 0 below, 1 above, and 1/2 on it.
pub fn normal(law: &Normal, value: f64) -> Option<f64> {
    (is_normal(law) && value.is_finite()).then(|| cdf(law, value))
}

fn cdf(law: &Normal, value: f64) -> f64 {
    let distance = value - law.mean;
    if distance == 0.0 { 0.5 } else { standard::cdf(distance / law.sd) }
}

/// Under a Student t law.
pub fn student_t(law: &StudentT, value: f64) -> Option<f64> {
    let z = (value - law.location) / law.scale;
    if is_student_t(law) && value.is_finite() { finite(student_tails(law.df, z).lower) } else { None }
}

/// Under a finite mixture of normal laws, given as (weight, law); weights >= 0, of any sum above 0.
pub fn mixture(parts: &[(f64, Normal)], value: f64) -> Option<f64> {
    let total = total_weight(parts)?;
    let pit = || parts.iter().map(|(weight, law)| weight / total * cdf(law, value)).sum();
    value.is_finite().then(pit)
}

/// Under a sample of m values: the middle of the place that the value takes among them,
///
/// ```text
/// (below + ties / 2 + 1/2) / (m + 1)
/// ```
///
/// When the value comes from the law of the sample, its rank among the m + 1 is equally likely to be any of them; this is the
/// middle of the class of that rank, and of the classes of all ranks that ties leave open. So its mean is exactly 1/2, a change of
/// sign turns it into 1 less it, it is never 0 or 1, and nothing is drawn: the same value has the same PIT. It is one of m + 1
/// numbers; a [`histogram`] with classes that divide m + 1 (10 classes: 999 or 1999 values) shows no steps from that.
///
/// ```
/// use plancast::score::{Sample, pit};
/// let sample = Sample::new(vec![1.0, 2.0, 3.0]).unwrap();
/// assert_eq!(pit::sample(&sample, 0.0), Some(0.125));
/// assert_eq!(pit::sample(&sample, 2.0), Some(0.5));
/// ```
pub fn sample(sample: &Sample, value: f64) -> Option<f64> {
    let sorted = sample.values();
    let below = sorted.partition_point(|x| *x < value);
    let ties = sorted[below..].partition_point(|x| *x <= value);
    let middle = below as f64 + 0.5 * ties as f64 + 0.5;
    value.is_finite().then(|| middle / (sorted.len() as f64 + 1.0))
}

/// How many of the PITs lie in each of some equal classes; a boundary belongs to the class above it, 1 to the last. None for
/// no class, no PIT, or a PIT outside of 0 to 1.
pub fn histogram(pits: &[f64], classes: usize) -> Option<Vec<u64>> {
    if classes == 0 || !sound(pits) {
        return None;
    }
    let mut counts = vec![0; classes];
    for pit in pits {
        counts[((pit * classes as f64) as usize).min(classes - 1)] += 1;
    }
    Some(counts)
}

fn sound(pits: &[f64]) -> bool {
    !pits.is_empty() && pits.iter().all(|pit| (0.0..=1.0).contains(pit))
}

/// The coverage of the central intervals at a level: the share of the PITs with `|PIT - 1/2| <= level / 2`. None for no PIT, a
/// PIT outside of 0 to 1, or such a level.
///
/// ```
/// use plancast::score::pit;
/// assert_eq!(pit::central_coverage(&[0.05, 0.5, 0.951, 0.2], 0.9), Some(0.75));
/// ```
pub fn central_coverage(pits: &[f64], level: f64) -> Option<f64> {
    if !(sound(pits) && (0.0..=1.0).contains(&level)) {
        return None;
    }
    mean(pits.iter().map(|pit| if (pit - 0.5).abs() <= 0.5 * level { 1.0 } else { 0.0 }))
}

/// Pearson's chi-square test of equal classes.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Uniformity {
    /// `sum (count - n/k)^2 / (n/k)` over k classes with n PITs in all.
    pub statistic: f64,
    /// k - 1.
    pub degrees_of_freedom: u64,
    /// The probability of a statistic as large as this, were the PITs independent and uniform.
    pub p_value: f64,
}

/// Whether the counts of a [`histogram`] go with equal classes. None for fewer than two classes or no count.
///
/// The p-value holds for **independent** forecasts and for counts of about five and more per class. Cases that share years or
/// units are not independent; then it is far too small, and the statistic is a measure of distance, no test.
///
/// Reference: Pearson (1900), Philosophical Magazine 50, 157-175.
pub fn uniformity(counts: &[u64]) -> Option<Uniformity> {
    let n: f64 = counts.iter().map(|count| *count as f64).sum();
    if counts.len() < 2 || n == 0.0 {
        return None;
    }
    let each = n / counts.len() as f64;
    let statistic = counts.iter().map(|count| (*count as f64 - each) * (*count as f64 - each) / each).sum();
    let degrees_of_freedom = counts.len() as u64 - 1;
    let p_value = gamma_tails(0.5 * degrees_of_freedom as f64, 0.5 * statistic).upper;
    Some(Uniformity { statistic, degrees_of_freedom, p_value })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::random::{Key, normal_at};
    use proptest::prelude::*;

    const STANDARD: Normal = Normal { mean: 0.0, sd: 1.0 };

    #[test]
    fn of_laws_it_is_the_distribution_function() {
        assert!((normal(&Normal { mean: 1.0, sd: 2.0 }, 4.92).unwrap() - 0.975_002_104_851_78).abs() < 1e-13);
        // The Cauchy law at its upper quartile.
        let cauchy = StudentT { df: 1.0, location: 1.0, scale: 2.0 };
        assert!((student_t(&cauchy, 3.0).unwrap() - 0.75).abs() < 1e-15);
        assert_eq!(
            mixture(&[(1.0, STANDARD), (3.0, Normal { mean: 9.0, sd: 0.0 })], 9.0),
            Some(0.25 + 0.375)
        );
        let point = Normal { mean: 2.0, sd: 0.0 };
        assert_eq!([1.0, 2.0, 3.0].map(|y| normal(&point, y).unwrap()), [0.0, 0.5, 1.0]);
    }

    #[test]
    fn a_sample_gives_the_middle_of_the_rank() {
        let values = Sample::new([1.0, 2.0, 2.0, 2.0, 5.0]).unwrap();
        for (y, expected) in
            [(0.0, 0.5), (1.0, 1.0), (1.5, 1.5), (2.0, 3.0), (3.0, 4.5), (5.0, 5.0), (9.0, 5.5)]
        {
            assert_eq!(sample(&values, y), Some(expected / 6.0), "{y}");
        }
    }

    #[test]
    fn honest_samples_have_uniform_pits() {
        // 5000 outcomes, each against 19 values of the same law: 20 ranks into 10 classes without steps.
        let key = Key::new(5, "test", "pit");
        let pit = |s: u64, sd: f64| {
            let values: Vec<f64> = (1..20).map(|k| sd * normal_at(key, s, 2 * k)).collect();
            sample(&Sample::new(values).unwrap(), normal_at(key, s, 0)).unwrap()
        };
        let pits = |sd: f64| (0..5000).map(|s| pit(s, sd)).collect::<Vec<f64>>();
        let honest = pits(1.0);
        let test = uniformity(&histogram(&honest, 10).unwrap()).unwrap();
        // The statistic has mean 9 and standard deviation sqrt 18.
        assert!(test.statistic < 9.0 + 4.0 * 18.0_f64.sqrt(), "{test:?}");
        let coverage = central_coverage(&honest, 0.8).unwrap();
        assert!((coverage - 0.8).abs() < 4.0 * (0.16 / 5000.0_f64).sqrt(), "{coverage}");
        let narrow = pits(0.8);
        assert!(uniformity(&histogram(&narrow, 10).unwrap()).unwrap().p_value < 1e-6);
        assert!(central_coverage(&narrow, 0.8).unwrap() < 0.76);
    }

    #[test]
    fn boundaries_of_classes_and_intervals() {
        assert_eq!(histogram(&[0.0, 0.1, 0.25, 0.5, 0.75, 1.0], 4), Some(vec![2, 1, 1, 2]));
        let edge = [0.05, 0.1, 0.25, 0.75, 0.9, 0.95];
        let covered = |level| central_coverage(&edge, level).unwrap() * 6.0;
        assert_eq!([0.5, 0.8, 0.9, 1.0].map(covered), [2.0, 4.0, 6.0, 6.0]);
    }

    #[test]
    fn p_values_as_r_gives_them() {
        // R 4.2.2: chisq.test(c(20, 30, 25, 25)): X-squared = 2, df = 3, p-value = 0.57240670447087916.
        let test = uniformity(&[20, 30, 25, 25]).unwrap();
        assert_eq!((test.statistic, test.degrees_of_freedom), (2.0, 3));
        assert!((test.p_value - 0.572_406_704_470_879).abs() < 1e-14);
        assert_eq!(uniformity(&[7, 7, 7]).unwrap().p_value, 1.0);
    }

    #[test]
    fn what_has_no_place() {
        for value in [f64::NAN, f64::INFINITY] {
            assert_eq!(normal(&STANDARD, value), None);
            assert_eq!(mixture(&[(1.0, STANDARD)], value), None);
            assert_eq!(student_t(&StudentT { df: 4.0, location: 0.0, scale: 1.0 }, value), None);
            assert_eq!(sample(&Sample::new([1.0]).unwrap(), value), None);
        }
        assert_eq!(normal(&Normal { mean: 0.0, sd: -1.0 }, 0.0), None);
        assert_eq!(student_t(&StudentT { df: 0.0, location: 0.0, scale: 1.0 }, 0.0), None);
        assert_eq!(mixture(&[], 0.0), None);
        for pits in [&[][..], &[0.5, 1.1], &[f64::NAN], &[-0.1]] {
            assert_eq!(histogram(pits, 10), None);
            assert_eq!(central_coverage(pits, 0.5), None);
        }
        assert_eq!(histogram(&[0.5], 0), None);
        assert_eq!(central_coverage(&[0.5], f64::NAN), None);
        assert_eq!(uniformity(&[5]), None);
        assert_eq!(uniformity(&[0, 0]), None);
    }

    proptest! {
        #[test]
        fn a_change_of_sign_turns_the_pit_around(
            values in prop::collection::vec((-5i8..5).prop_map(f64::from), 1..30), y in (-6i8..6).prop_map(f64::from),
        ) {
            let mirrored: Vec<f64> = values.iter().map(|x| -x).collect();
            let pit = sample(&Sample::new(values).unwrap(), y).unwrap();
            let mirror = sample(&Sample::new(mirrored).unwrap(), -y).unwrap();
            prop_assert!(pit > 0.0 && pit < 1.0 && (pit + mirror - 1.0).abs() < 1e-15, "{} {}", pit, mirror);
        }
    }
}
