//! Layer 1: mean and variance of blocks, merged in a fixed order.

use crate::math::simd;

/// Count, mean and sum of squared deviations of some values.
///
/// Merging is exact in the count and rounds in the rest; merged in the order of the blocks, a mean
/// has the same bits for any number of threads.
///
/// Reference: Chan, Golub and LeVeque (1983), Algorithms for computing the sample variance, The American
/// Statistician 37(3), 242-247.
#[derive(Debug, Clone, Copy, PartialEq, Default, serde::Serialize, serde::Deserialize)]
pub struct Moments {
    count: u64,
    mean: f64,
    m2: f64,
}

/// Partial sums that are formed side by side, whatever the vector unit.
const LANES: usize = 16;

impl Moments {
    /// Of nothing: the neutral element of merging.
    pub fn new() -> Self {
        Self::default()
    }

    /// Of the same value many times.
    pub fn repeated(value: f64, times: u64) -> Self {
        if times == 0 { Self::new() } else { Self { count: times, mean: value, m2: 0.0 } }
    }

    /// Of the lanes of a block, in two passes.
    pub fn of(values: &[f64]) -> Self {
        if values.is_empty() {
            return Self::new();
        }
        let n = values.len() as f64;
        simd(
            #[inline(always)]
            || {
                let mean = sum(values, |x| x) / n;
                let m2 = sum(values, |x| (x - mean) * (x - mean));
                Self { count: values.len() as u64, mean, m2 }
            },
        )
    }

    /// Adds the values of a later block.
    pub fn merge(&mut self, later: &Self) {
        if self.count == 0 {
            *self = *later;
        } else if later.count > 0 {
            let (a, b) = (self.count as f64, later.count as f64);
            let distance = later.mean - self.mean;
            let share = b / (a + b);
            self.mean += distance * share;
            self.m2 += later.m2 + distance * distance * a * share;
            self.count += later.count;
        }
    }

    /// How many values.
    pub fn count(&self) -> u64 {
        self.count
    }

    /// Their mean; none without values.
    pub fn mean(&self) -> Option<f64> {
        (self.count > 0).then_some(self.mean)
    }

    /// Their variance, with divisor count - 1; none for fewer than two.
    pub fn variance(&self) -> Option<f64> {
        (self.count > 1).then(|| self.m2 / (self.count - 1) as f64)
    }

    /// Their standard deviation; none for fewer than two.
    pub fn sd(&self) -> Option<f64> {
        self.variance().map(f64::sqrt)
    }

    /// The standard error of the mean of independent values; none for fewer than two.
    pub fn standard_error(&self) -> Option<f64> {
        self.variance().map(|variance| (variance / self.count as f64).sqrt())
    }
}

/// A sum in a fixed order: lane by lane, then the lanes pairwise.
#[inline(always)]
fn sum(values: &[f64], f: impl Fn(f64) -> f64) -> f64 {
    let mut lanes = [0.0; LANES];
    let (chunks, rest) = values.as_chunks::<LANES>();
    for chunk in chunks {
        for (lane, x) in lanes.iter_mut().zip(chunk) {
            *lane += f(*x);
        }
    }
    for (lane, x) in lanes.iter_mut().zip(rest) {
        *lane += f(*x);
    }
    let mut width = LANES / 2;
    while width > 0 {
        for i in 0..width {
            lanes[i] += lanes[i + width];
        }
        width /= 2;
    }
    lanes[0]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::math::at_every_level;

    #[test]
    fn numbers_that_can_be_checked_by_hand() {
        let moments = Moments::of(&[2.0, 4.0, 4.0, 4.0, 5.0, 5.0, 7.0, 9.0]);
        assert_eq!(moments.count(), 8);
        assert_eq!(moments.mean(), Some(5.0));
        assert_eq!(moments.variance(), Some(32.0 / 7.0));
        assert_eq!(moments.standard_error(), Some((32.0_f64 / 7.0 / 8.0).sqrt()));
    }

    #[test]
    fn nothing_has_no_mean_and_one_value_no_variance() {
        assert_eq!(Moments::of(&[]).mean(), None);
        assert_eq!(Moments::of(&[3.0]).mean(), Some(3.0));
        assert_eq!(Moments::of(&[3.0]).sd(), None);
    }

    #[test]
    fn merged_blocks_give_what_all_values_give() {
        // The trap of one-pass formulas: a mean that is large beside the spread.
        let values: Vec<f64> = (0..10_000).map(|i| 1e9 + f64::from(i % 3) - 1.0).collect();
        let mut merged = Moments::new();
        for block in values.chunks(777) {
            merged.merge(&Moments::of(block));
        }
        merged.merge(&Moments::new());
        let whole = Moments::of(&values);
        assert_eq!(merged.count(), whole.count());
        assert!((merged.mean().unwrap() - whole.mean().unwrap()).abs() < 1e-6);
        // Values -1, 0, 1 by turns, the first once more: the sum of squares is 6667 - 1/10000.
        let variance = (6667.0 - 1e-4) / 9999.0;
        assert!((merged.variance().unwrap() - variance).abs() < 1e-9);
        assert!((whole.variance().unwrap() - variance).abs() < 1e-9);
    }

    #[test]
    fn same_bits_at_every_level() {
        let values: Vec<f64> = (0..1003).map(|i| 1.0 / (1.0 + f64::from(i))).collect();
        let runs = at_every_level(|| Moments::of(&values));
        assert!(runs.windows(2).all(|pair| pair[0] == pair[1]));
    }
}
