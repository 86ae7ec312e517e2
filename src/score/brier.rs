//! Layer 1: the Brier score of probabilities that something is met, and what it is made of.
//!
//! References: Brier (1950), Verification of forecasts expressed in terms of probability, Monthly Weather Review 78, 1-3;
//! Murphy (1973), A new vector partition of the probability score, J. Applied Meteorology 12, 595-600; Stephenson, Coelho and
//! Jolliffe (2008), Two extra components in the Brier score decomposition, Weather and Forecasting 23, 752-757.

use super::mean;
use crate::stats::{Interval, wilson};

/// The Brier score of one probability: `(p - 1)^2` when it was met, `p^2` when not. Strictly proper. None for a number outside
/// of 0 to 1.
pub fn score(probability: f64, met: bool) -> Option<f64> {
    let error = probability - outcome(met);
    (0.0..=1.0).contains(&probability).then_some(error * error)
}

fn outcome(met: bool) -> f64 {
    if met { 1.0 } else { 0.0 }
}

/// The inner edges of some equal classes of probability: 0.1, 0.2, … 0.9 for ten.
pub fn equal_edges(classes: usize) -> Vec<f64> {
    (1..classes).map(|k| k as f64 / classes as f64).collect()
}

/// The mean Brier score of some probabilities, taken apart by classes of probability.
///
/// With `n_k` forecasts in class `k`, their mean `p_k`, the share `o_k` of them that was met, and the share `o` of all:
///
/// ```text
/// score = reliability - resolution + uncertainty + within_variance - within_covariance     exactly
/// reliability = 1/n sum_k n_k (p_k - o_k)^2        resolution = 1/n sum_k n_k (o_k - o)^2       uncertainty = o (1 - o)
/// within_variance = 1/n sum_k sum_i (p_ki - p_k)^2     within_covariance = 2/n sum_k sum_i (p_ki - p_k) (o_ki - o_k)
/// ```
///
/// The first three terms are Murphy's. They give the score alone only when all forecasts of a class are the same; the other two
/// (Stephenson et al.) are what the classes hide, so that forecasts are scored as they were made and not as the mean of
/// their class.
///
/// ```
/// use plancast::score::brier::{Decomposition, equal_edges};
/// let parts = Decomposition::new(&[0.9, 0.8, 0.3, 0.1], &[true, true, true, false], &equal_edges(2)).unwrap();
/// assert!((parts.score - (0.01 + 0.04 + 0.49 + 0.01) / 4.0).abs() < 1e-15);
/// assert_eq!(parts.classes.len(), 2);
/// assert_eq!(parts.classes[1].frequency(), 1.0);
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct Decomposition {
    /// The mean score: 0 is perfect, 1 always wrong and sure.
    pub score: f64,
    /// How far forecasts lie from what came of them; 0 is perfect. With few forecasts in a class it is too high by chance.
    pub reliability: f64,
    /// How far classes differ in what came; the larger the better, at most `uncertainty`.
    pub resolution: f64,
    /// The score of somebody who knows only how often it is met, 1/4 at most; the same for every forecast of these cases.
    pub uncertainty: f64,
    /// Spread of the forecasts within their classes.
    pub within_variance: f64,
    /// Twice how far that spread goes with what came.
    pub within_covariance: f64,
    /// The reliability curve: the classes that hold a forecast, from the lowest on.
    pub classes: Vec<Class>,
}

/// The forecasts in one class of probability, and what came of them: a point of the reliability curve.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Class {
    /// Lower edge, which belongs to the class.
    pub from: f64,
    /// Upper edge, which belongs to the next class, unless it is 1.
    pub to: f64,
    /// The mean forecast.
    pub forecast: f64,
    /// How many were met.
    pub met: u64,
    /// How many forecasts, at least one.
    pub count: u64,
}

impl Class {
    /// The share that was met.
    pub fn frequency(&self) -> f64 {
        self.met as f64 / self.count as f64
    }

    /// Wilson's interval for the probability behind [`Self::frequency`], as if the forecasts were independent.
    pub fn interval(&self, level: f64) -> Interval {
        wilson(self.met, self.count, level)
    }
}

impl Decomposition {
    /// Of probabilities and whether it was met, by classes between inner edges (ascending, between 0 and 1; none at all makes one
    /// class).
    ///
    /// None for no forecast, lists of different length, a probability outside of 0 to 1, or edges out of order.
    pub fn new(probabilities: &[f64], met: &[bool], edges: &[f64]) -> Option<Self> {
        let inside = edges.iter().all(|edge| *edge > 0.0 && *edge < 1.0);
        let ascending = edges.windows(2).all(|pair| pair[0] < pair[1]);
        if !(probabilities.len() == met.len() && inside && ascending) {
            return None;
        }
        let scores: Vec<f64> =
            probabilities.iter().zip(met).map(|(p, met)| score(*p, *met)).collect::<Option<_>>()?;
        let score = mean(scores.iter().copied())?;

        // The sum of the forecasts until it is divided below.
        let edge = |k: usize| edges.get(k).copied().unwrap_or(1.0);
        let from = |k: usize| if k == 0 { 0.0 } else { edge(k - 1) };
        let empty = |k| Class { from: from(k), to: edge(k), forecast: 0.0, met: 0, count: 0 };
        let mut classes: Vec<Class> = (0..=edges.len()).map(empty).collect();
        let class_of = |p: f64| edges.partition_point(|edge| *edge <= p);
        for (p, met) in probabilities.iter().zip(met) {
            let class = &mut classes[class_of(*p)];
            class.forecast += p;
            class.met += u64::from(*met);
            class.count += 1;
        }
        for class in classes.iter_mut().filter(|class| class.count > 0) {
            class.forecast /= class.count as f64;
        }

        let n = probabilities.len() as f64;
        let all = classes.iter().map(|class| class.met).sum::<u64>() as f64 / n;
        let (mut within_variance, mut within_covariance) = (0.0, 0.0);
        for (p, met) in probabilities.iter().zip(met) {
            let class = &classes[class_of(*p)];
            let distance = p - class.forecast;
            within_variance += distance * distance / n;
            within_covariance += 2.0 * distance * (outcome(*met) - class.frequency()) / n;
        }
        classes.retain(|class| class.count > 0);
        let over = |term: fn(&Class, f64) -> f64| -> f64 {
            classes.iter().map(|class| class.count as f64 * term(class, all)).sum::<f64>() / n
        };
        Some(Self {
            score,
            reliability: over(|class, _| {
                (class.forecast - class.frequency()) * (class.forecast - class.frequency())
            }),
            resolution: over(|class, all| (class.frequency() - all) * (class.frequency() - all)),
            uncertainty: all * (1.0 - all),
            within_variance,
            within_covariance,
            classes,
        })
    }

    /// The Brier skill: the share of [`Self::uncertainty`] that the forecasts save. None when it was always met, or never.
    ///
    /// The reference knows how often it was met in these very cases, which nobody did in advance; for a reference that could
    /// have been known, give its score to [`super::skill`].
    pub fn skill(&self) -> Option<f64> {
        super::skill(self.score, self.uncertainty)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn close(a: f64, b: f64) -> bool {
        (a - b).abs() < 1e-13
    }

    #[test]
    fn one_probability() {
        assert_eq!(score(0.75, true), Some(0.0625));
        assert_eq!(score(0.75, false), Some(0.5625));
        for p in [-0.01, 1.01, f64::NAN] {
            assert_eq!(score(p, true), None);
        }
        // The expectation under a truth of 0.3 is least at 0.3.
        let expected = |p: f64| 0.3 * score(p, true).unwrap() + 0.7 * score(p, false).unwrap();
        assert!((0..=100).all(|k| f64::from(k) == 30.0 || expected(f64::from(k) / 100.0) > expected(0.3)));
    }

    #[test]
    fn known_by_hand() {
        // Two classes: 0.2 four times, met once; 0.6 and 0.8, both met.
        let met = [false, true, false, false, true, true];
        let parts = Decomposition::new(&[0.2, 0.2, 0.2, 0.2, 0.6, 0.8], &met, &[0.5]).unwrap();
        assert!(close(parts.score, (3.0 * 0.04 + 0.64 + 0.16 + 0.04) / 6.0));
        assert!(close(parts.reliability, (4.0 * 0.0025 + 2.0 * 0.09) / 6.0));
        assert!(close(parts.resolution, (4.0 * 0.0625 + 2.0 * 0.25) / 6.0));
        assert!(close(parts.uncertainty, 0.25));
        assert!(close(parts.within_variance, 0.02 / 6.0) && close(parts.within_covariance, 0.0));
        assert!(close(parts.skill().unwrap(), 1.0 - parts.score / 0.25));
        let [low, high] = parts.classes[..] else { panic!("two classes") };
        assert_eq!((low.from, low.to, low.met, low.count, low.frequency()), (0.0, 0.5, 1, 4, 0.25));
        assert_eq!((high.from, high.to, high.met, high.count), (0.5, 1.0, 2, 2));
        assert!(close(high.forecast, 0.7));
        // Wilson's interval of 1 in 4 at 95 %, R 4.2.2: prop.test(1, 4, correct = FALSE)$conf.int.
        let interval = low.interval(0.95);
        assert!(
            (interval.low - 0.045_587_260_809_701).abs() < 1e-14
                && (interval.high - 0.699_358_157_417_598).abs() < 1e-14
        );
    }

    #[test]
    fn an_edge_belongs_to_the_class_above_and_empty_classes_are_left_out() {
        let edges = equal_edges(10);
        let parts = Decomposition::new(&[0.0, 0.3, 0.7, 1.0], &[false, false, true, true], &edges).unwrap();
        let bounds: Vec<(f64, f64)> = parts.classes.iter().map(|class| (class.from, class.to)).collect();
        assert_eq!(bounds, [(0.0, 0.1), (0.3, 0.4), (0.7, 0.8), (0.9, 1.0)]);
        assert_eq!((equal_edges(0), equal_edges(1)), (vec![], vec![]));
    }

    #[test]
    fn what_cannot_be_taken_apart() {
        assert_eq!(Decomposition::new(&[], &[], &[0.5]), None);
        assert_eq!(Decomposition::new(&[0.1, 0.2], &[true], &[]), None);
        for p in [-0.1, 1.1, f64::NAN] {
            assert_eq!(Decomposition::new(&[0.5, p], &[true, false], &[]), None);
        }
        for edges in [&[0.0][..], &[1.0], &[0.5, 0.5], &[0.6, 0.4], &[f64::NAN]] {
            assert_eq!(Decomposition::new(&[0.5], &[true], edges), None, "{edges:?}");
        }
        assert_eq!(Decomposition::new(&[0.5], &[true], &[]).unwrap().skill(), None);
    }

    proptest! {
        #[test]
        fn the_parts_are_the_whole(
            cases in prop::collection::vec(
                (prop_oneof![0.0..=1.0f64, (0u8..=10).prop_map(|k| f64::from(k) / 10.0)], any::<bool>()), 1..60),
            classes in 1..12usize,
        ) {
            let (probabilities, met): (Vec<f64>, Vec<bool>) = cases.into_iter().unzip();
            let parts = Decomposition::new(&probabilities, &met, &equal_edges(classes)).unwrap();
            let sum = parts.reliability - parts.resolution + parts.uncertainty + parts.within_variance
                - parts.within_covariance;
            prop_assert!(close(sum, parts.score), "{:?}", parts);
            prop_assert!(parts.resolution <= parts.uncertainty + 1e-13);
            prop_assert_eq!(parts.classes.iter().map(|class| class.count).sum::<u64>(), met.len() as u64);

            // Forecasts brought to the mean of their class leave Murphy's three terms.
            let mean_of = |p: f64| {
                let class = parts.classes.iter().find(|class| class.from <= p && (p < class.to || class.to == 1.0));
                class.unwrap().forecast
            };
            let binned: Vec<f64> = probabilities.iter().map(|p| mean_of(*p)).collect();
            let score = binned.iter().zip(&met).map(|(p, met)| score(*p, *met).unwrap()).sum::<f64>() / met.len() as f64;
            prop_assert!(close(score, parts.reliability - parts.resolution + parts.uncertainty), "{:?}", parts);
        }
    }
}
