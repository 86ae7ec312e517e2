//! Layer 1: mean and variance of blocks, merged in a fixed order.

use crate::math::simd;

/// Count, mean and sum of squared deviations of some values.
///
/// Merging is exact in the count and rounds in the rest; merged in the order of the blocks, a mean
/// has the same bits for any number of threads.
///
/// Reference: Chan, Golub and LeVeque (1983), Algorithms for computing the sample variance, The American
/// Statistician 37(3), 242-247.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
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
