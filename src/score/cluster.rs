//! Layer 1: the standard error of a mean score whose cases go together.
//!
//! Cases of one unit share its peculiarities, cases of one period a crisis, and forecasts from neighbouring origins overlap. The
//! error `sd / sqrt n` of independent cases is then too small, often by a factor of three. Here whole clusters count as what is
//! independent. To compare two models, give the differences of their scores on the same cases.
//!
//! References: Cameron, Gelbach and Miller (2008), Bootstrap-based improvements for inference with clustered errors, Review of
//! Economics and Statistics 90(3), 414-427; Cameron, Gelbach and Miller (2011), Robust inference with multiway clustering, J.
//! Business and Economic Statistics 29(2), 238-249.

use super::{finite, mean};
use crate::random::{Key, Stream};
use crate::stats::Moments;
use rand::Rng;
use std::collections::BTreeMap;

/// A mean over cases, and its standard error by clusters.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Clustered {
    /// The mean over all cases.
    pub mean: f64,
    /// Its standard error.
    pub standard_error: f64,
    /// How many clusters; below about twenty the error itself is rough.
    pub clusters: usize,
}

/// The cluster bootstrap: as many clusters as there are, drawn with replacement and taken whole, some hundred times; the standard
/// deviation of the means that result, times `sqrt(G / (G - 1))` for G clusters.
///
/// The factor takes out the bias of the bootstrap: with clusters of equal size the squared error is then on average that of
/// [`two_way`] for one label. A mean of a replicate is over its cases, so larger clusters weigh more, as in the mean itself.
///
/// `labels` name the cluster of each score (a unit, a year); their order decides nothing else than which draw falls on which
/// cluster. Draw `b` comes from the address (`key`, `b`): the same key gives the same bits, and more replicates keep the
/// first ones. O(n log G + G replicates).
///
/// None for lists of different length, a score that is not finite, fewer than two clusters, or fewer than two replicates.
///
/// ```
/// use plancast::{random::Key, score::cluster};
/// let scores = [1.0, 1.2, 3.0, 3.2, 2.0, 2.2];
/// let units = ["a", "a", "b", "b", "c", "c"];
/// let found = cluster::bootstrap(&scores, &units, 2000, Key::new(1, "cluster", "crps")).unwrap();
/// assert_eq!(found.clusters, 3);
/// // Three cluster means with standard deviation 1; the six scores as if independent would give 0.37.
/// assert!((found.standard_error - 1.0 / 3.0_f64.sqrt()).abs() < 0.05);
/// ```
pub fn bootstrap<L: Ord>(scores: &[f64], labels: &[L], replicates: u32, key: Key) -> Option<Clustered> {
    let centre = sound(scores, labels.len())?;
    // Sums about the mean keep their digits.
    let sums: Vec<(f64, f64)> = sums(scores, labels, centre).into_values().collect();
    let clusters = sums.len();
    if clusters < 2 || replicates < 2 {
        return None;
    }
    let replicate = |number: u32| {
        let mut stream = Stream::new(key, u64::from(number), 0);
        let (mut sum, mut count) = (0.0, 0.0);
        for _ in 0..clusters {
            // The upper half of a product of 128 bits: a whole number below `clusters`, even to 1 in 2^50 and more.
            let which = (u128::from(stream.next_u64()) * clusters as u128) >> 64;
            let (part, cases) = sums[which as usize];
            sum += part;
            count += cases;
        }
        sum / count
    };
    let means: Vec<f64> = (0..replicates).map(replicate).collect();
    let variance = Moments::of(&means).variance()?;
    let error = (variance * clusters as f64 / (clusters - 1) as f64).sqrt();
    Some(Clustered { mean: centre, standard_error: finite(error)?, clusters })
}

/// The mean, when all scores are finite and each has its label.
fn sound(scores: &[f64], labels: usize) -> Option<f64> {
    if scores.len() == labels { mean(scores.iter().copied()) } else { None }
}

/// For each label, in its order, the sum of the scores about a centre, and their number.
fn sums<L: Ord>(scores: &[f64], labels: impl IntoIterator<Item = L>, centre: f64) -> BTreeMap<L, (f64, f64)> {
    let mut sums = BTreeMap::new();
    for (score, label) in scores.iter().zip(labels) {
        let (sum, count) = sums.entry(label).or_insert((0.0, 0.0));
        *sum += score - centre;
        *count += 1.0;
    }
    sums
}

/// A mean over cases that go together in two ways, and the variances that its standard error is made of.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct TwoWay {
    /// The mean over all cases.
    pub mean: f64,
    /// Variance of the mean by clusters of the first label.
    pub by_first: f64,
    /// Variance of the mean by clusters of the second label.
    pub by_second: f64,
    /// Variance of the mean by clusters of cases that share both labels; of cases one by one when each pair of labels is there
    /// once.
    pub by_both: f64,
}

impl TwoWay {
    /// `sqrt(by_first + by_second - by_both)`, or, where that is no positive number, the root of the larger of the first two.
    pub fn standard_error(&self) -> f64 {
        let variance = self.by_first + self.by_second - self.by_both;
        if variance > 0.0 { variance.sqrt() } else { self.by_first.max(self.by_second).sqrt() }
    }
}

/// The standard error of a mean over cases that share a unit, or a period, or both (Cameron, Gelbach and Miller
/// 2011, for a mean): no draws, no assumption of how cases go together within a unit or a period.
///
/// ```text
/// V = V_first + V_second - V_both,   V_g = G/(G - 1) 1/n^2 sum over clusters of (sum of (score - mean))^2
/// ```
///
/// With G the number of clusters of each kind. Cases with neither label in common count as independent: forecasts over five years from
/// origins in neighbouring years are not; take longer periods as labels then, such as decades.
///
/// None for lists of different length, a score that is not finite, or fewer than two clusters of either label.
pub fn two_way<A: Ord, B: Ord>(scores: &[f64], first: &[A], second: &[B]) -> Option<TwoWay> {
    let mean = sound(scores, first.len()).filter(|_| second.len() == scores.len())?;
    Some(TwoWay {
        mean,
        by_first: variance(scores, first, mean)?,
        by_second: variance(scores, second, mean)?,
        by_both: variance(scores, first.iter().zip(second), mean)?,
    })
}

/// The variance of the mean by clusters.
fn variance<L: Ord>(scores: &[f64], labels: impl IntoIterator<Item = L>, mean: f64) -> Option<f64> {
    let sums = sums(scores, labels, mean);
    let (clusters, n) = (sums.len() as f64, scores.len() as f64);
    let squares: f64 = sums.values().map(|(sum, _)| (sum / n) * (sum / n)).sum();
    finite(clusters / (clusters - 1.0) * squares)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::random::normal_at;

    fn key() -> Key {
        Key::new(9, "test", "cluster")
    }

    /// Scores of every unit in every period: an effect of each with standard deviation 1 and 0.5, and noise of 1.
    fn panel(world: u64, units: u64, periods: u64) -> (Vec<f64>, Vec<u64>, Vec<u64>) {
        let z = |kind: u32, place: u64| normal_at(Key::new(world, "test", "panel"), place, 2 * kind);
        let cells = (0..units).flat_map(|u| (0..periods).map(move |t| (u, t)));
        let score = |(u, t)| z(0, u) + 0.5 * z(1, t) + z(2, u * periods + t);
        (
            cells.clone().map(score).collect(),
            cells.clone().map(|c| c.0).collect(),
            cells.map(|c| c.1).collect(),
        )
    }

    #[test]
    fn each_case_its_own_cluster_is_the_usual_standard_error() {
        let scores: Vec<f64> = (0..50).map(|k| normal_at(key(), k, 0)).collect();
        let labels: Vec<usize> = (0..50).collect();
        let usual = Moments::of(&scores).standard_error().unwrap();
        let both = two_way(&scores, &labels, &labels).unwrap();
        assert!((both.standard_error() - usual).abs() < 1e-15);
        // A standard deviation from 4000 replicates has a relative error of 1/sqrt(2 * 4000); 4 of them are 0.045.
        let found = bootstrap(&scores, &labels, 4000, key()).unwrap();
        assert!((found.standard_error / usual - 1.0).abs() < 0.045, "{found:?} {usual}");
        assert_eq!((found.mean, found.clusters), (both.mean, 50));
    }

    #[test]
    fn the_bootstrap_agrees_with_the_sum_of_squares() {
        let (scores, units, periods) = panel(1, 40, 12);
        let two = two_way(&scores, &units, &periods).unwrap();
        for (labels, variance) in [(&units, two.by_first), (&periods, two.by_second)] {
            let found = bootstrap(&scores, labels, 4000, key()).unwrap();
            assert!((found.standard_error / variance.sqrt() - 1.0).abs() < 0.045, "{found:?} {two:?}");
        }
        // Clusters of different size: the mean is a ratio, and the two agree to first order in 1/G.
        let keep: Vec<usize> =
            (0..scores.len()).filter(|k| (k * k) % 7 < 4 + (units[*k] as usize) % 3).collect();
        let scores: Vec<f64> = keep.iter().map(|k| scores[*k]).collect();
        let units: Vec<u64> = keep.iter().map(|k| units[*k]).collect();
        let found = bootstrap(&scores, &units, 4000, key()).unwrap();
        let direct = two_way(&scores, &units, &units).unwrap().standard_error();
        assert!((found.standard_error / direct - 1.0).abs() < 0.1, "{found:?} {direct}");
    }

    #[test]
    fn two_ways_give_the_spread_of_the_mean_over_worlds() {
        // Var of the mean = 1/U + 0.25/T + 1/(U T), over 400 worlds; limits of 4 standard errors of a mean.
        let (units, periods) = (30, 20);
        let truth = 1.0 / 30.0 + 0.25 / 20.0 + 1.0 / 600.0;
        let results: Vec<TwoWay> = (0..400)
            .map(|world| {
                let (scores, by_unit, by_period) = panel(world, units, periods);
                two_way(&scores, &by_unit, &by_period).unwrap()
            })
            .collect();
        let variances: Vec<f64> = results.iter().map(|r| r.standard_error() * r.standard_error()).collect();
        let moments = Moments::of(&variances);
        let (mean, error) = (moments.mean().unwrap(), moments.standard_error().unwrap());
        // The mean of units and periods is estimated with the rest, which leaves a bias of less than one in G.
        assert!((mean - truth).abs() < 4.0 * error + truth / 20.0, "{mean} {truth} {error}");
        let means: Vec<f64> = results.iter().map(|r| r.mean).collect();
        let seen = Moments::of(&means).variance().unwrap();
        assert!((seen / truth - 1.0).abs() < 4.0 * (2.0 / 399.0_f64).sqrt(), "{seen} {truth}");
        // Clusters by one label alone would miss much of it.
        assert!(results.iter().map(|r| r.by_second).sum::<f64>() / 400.0 < 0.5 * truth);
    }

    #[test]
    fn a_negative_sum_is_replaced_by_the_larger_variance() {
        // Two units and two periods whose effects cancel: sums of rows and columns are 0, only the cells vary.
        let two = two_way(&[1.0, -1.0, -1.0, 1.0], &[0, 0, 1, 1], &[0, 1, 0, 1]).unwrap();
        assert_eq!((two.by_first, two.by_second), (0.0, 0.0));
        assert!(two.by_both > 0.0 && two.standard_error() == 0.0);
        let two = TwoWay { mean: 0.0, by_first: 0.04, by_second: 0.01, by_both: 0.06 };
        assert_eq!(two.standard_error(), 0.2);
    }

    #[test]
    fn the_same_key_gives_the_same_bits() {
        let (scores, units, _) = panel(2, 25, 4);
        let first = bootstrap(&scores, &units, 300, key()).unwrap();
        assert_eq!(bootstrap(&scores, &units, 300, key()), Some(first));
        let other = bootstrap(&scores, &units, 300, Key::new(10, "test", "cluster")).unwrap();
        assert_ne!(other.standard_error, first.standard_error);
        // Other names in the same order are the same clusters.
        let names: Vec<String> = units.iter().map(|u| format!("unit {u:04}")).collect();
        assert_eq!(bootstrap(&scores, &names, 300, key()), Some(first));
    }

    #[test]
    fn what_has_no_standard_error() {
        let labels = [1, 1, 2];
        assert_eq!(bootstrap(&[1.0, 2.0], &labels, 100, key()), None);
        assert_eq!(bootstrap(&[1.0, f64::NAN, 2.0], &labels, 100, key()), None);
        assert_eq!(bootstrap(&[1.0, 2.0, 3.0], &[7, 7, 7], 100, key()), None);
        assert_eq!(bootstrap(&[1.0, 2.0, 3.0], &labels, 1, key()), None);
        assert_eq!(bootstrap::<u8>(&[], &[], 100, key()), None);
        assert_eq!(two_way(&[1.0, 2.0, 3.0], &labels, &[1, 2]), None);
        assert_eq!(two_way(&[1.0, 2.0, 3.0], &labels, &[4, 4, 4]), None);
        assert_eq!(two_way(&[1.0, 2.0, f64::INFINITY], &labels, &labels), None);
        assert_eq!(two_way::<u8, u8>(&[], &[], &[]), None);
        // A constant has no error, and that is a number.
        assert_eq!(bootstrap(&[2.0; 3], &labels, 100, key()).unwrap().standard_error, 0.0);
    }
}
