//! Layer 1: a forecast given as values that were simulated from it.

use crate::quantity::Normal;
use crate::stats::{Interval, Moments};

/// Finite values drawn from a forecast, each as likely as the other, in ascending order.
///
/// Sorted once, in O(m log m); everything that is asked of it afterwards takes O(m) or less.
///
/// ```
/// use plancast::score::{Sample, crps};
/// let sample = Sample::new(vec![3.0, 1.0, 2.0]).unwrap();
/// assert_eq!(sample.values(), [1.0, 2.0, 3.0]);
/// assert_eq!(sample.quantile(0.25), Some(1.5));
/// assert!((crps::empirical(&sample, 2.0).unwrap() - 2.0 / 9.0).abs() < 1e-15);
/// assert!(Sample::new(vec![1.0, f64::NAN]).is_none());
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct Sample {
    sorted: Vec<f64>,
}

impl Sample {
    /// From values in any order, at least one; none if one of them is NaN or infinite.
    pub fn new(values: impl Into<Vec<f64>>) -> Option<Self> {
        let mut sorted = values.into();
        if sorted.is_empty() || !sorted.iter().all(|x| x.is_finite()) {
            return None;
        }
        sorted.sort_unstable_by(f64::total_cmp);
        Some(Self { sorted })
    }

    /// The values, in ascending order.
    pub fn values(&self) -> &[f64] {
        &self.sorted
    }

    /// The memory back, to be filled with the next sample.
    pub fn into_values(self) -> Vec<f64> {
        self.sorted
    }

    /// How many values; at least one.
    pub fn size(&self) -> usize {
        self.sorted.len()
    }

    /// The normal law with their mean and standard deviation (divisor m - 1): what [`super::density`] scores instead of
    /// a density that a sample does not have. None for a single value, or when the moments are too large to be written.
    pub fn normal(&self) -> Option<Normal> {
        let moments = Moments::of(&self.sorted);
        let law = Normal { mean: moments.mean()?, sd: moments.sd()? };
        super::is_normal(&law).then_some(law)
    }

    /// The quantile at `p`, linear between order statistics (definition 7 of Hyndman and Fan 1996, Sample quantiles in
    /// statistical packages, The American Statistician 50(4), 361-365); none for `p` outside of 0 to 1.
    pub fn quantile(&self, p: f64) -> Option<f64> {
        if !(0.0..=1.0).contains(&p) {
            return None;
        }
        let place = p * (self.size() - 1) as f64;
        let below = place.floor();
        let low = self.sorted[below as usize];
        let high = *self.sorted.get(below as usize + 1).unwrap_or(&low);
        let share = place - below;
        // Not low + share (high - low): the difference of two numbers that can be written may not be.
        Some((1.0 - share) * low + share * high)
    }

    /// The central interval at a level such as 0.8: the quantiles that leave half of the rest below and above.
    pub fn central(&self, level: f64) -> Option<Interval> {
        let tail = 0.5 * (1.0 - level);
        Some(Interval { low: self.quantile(tail)?, high: self.quantile(1.0 - tail)? })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_finite_values_are_a_sample() {
        for values in [vec![], vec![f64::NAN], vec![1.0, f64::INFINITY], vec![f64::NEG_INFINITY, 2.0]] {
            assert_eq!(Sample::new(values.clone()), None, "{values:?}");
        }
        assert_eq!(Sample::new([2.0, -1.0, 2.0]).unwrap().values(), [-1.0, 2.0, 2.0]);
        assert_eq!(Sample::new([2.0, -1.0]).unwrap().into_values(), [-1.0, 2.0]);
    }

    #[test]
    fn quantiles_of_definition_7() {
        // R 4.2.2: quantile(c(1, 4, 9, 16, 25, 36), c(0, 0.1, 0.25, 0.5, 0.9, 1), type = 7).
        let sample = Sample::new([36.0, 1.0, 9.0, 4.0, 25.0, 16.0]).unwrap();
        for (p, expected) in [(0.0, 1.0), (0.1, 2.5), (0.25, 5.25), (0.5, 12.5), (0.9, 30.5), (1.0, 36.0)] {
            assert!((sample.quantile(p).unwrap() - expected).abs() < 1e-13, "{p}");
        }
        let half = sample.central(0.5).unwrap();
        assert_eq!([half.low, half.high], [5.25, 22.75]);
        for p in [-0.1, 1.1, f64::NAN] {
            assert_eq!(sample.quantile(p), None);
        }
        assert_eq!(sample.central(1.5), None);
        let wide = Sample::new([f64::MIN, f64::MAX]).unwrap();
        assert_eq!(wide.quantile(0.5), Some(0.0));
        assert_eq!(wide.normal(), None);
    }

    #[test]
    fn one_value_has_quantiles_and_no_standard_deviation() {
        let sample = Sample::new([3.0]).unwrap();
        assert_eq!(sample.quantile(0.7), Some(3.0));
        assert_eq!(sample.normal(), None);
        let law = Sample::new([1.0, 2.0, 6.0]).unwrap().normal().unwrap();
        assert_eq!((law.mean, law.sd), (3.0, 7.0_f64.sqrt()));
    }
}
