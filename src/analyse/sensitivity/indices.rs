//! First-order and total Sobol indices, as pure functions of evaluated outputs.

use super::cube::{Estimate, UnitCube, mixed};
use crate::error::Result;

/// First-order and total index of an input, as shares of the variance of the output.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Indices {
    /// What knowing this input alone would remove of the variance, on average.
    pub first: Estimate,
    /// What would be left of the variance, on average, if everything but this input were known: with all its interplay.
    pub total: Estimate,
}

impl Indices {
    /// Of an input that nothing depends on.
    pub const ZERO: Self = Self { first: Estimate::ZERO, total: Estimate::ZERO };
}

/// Sums over pairs of independent points A and B, and X: the point A with one input taken from B.
///
/// ```text
/// V_i  = mean (f(B) - m) (f(X) - f(A))        first order: V_i / V     Saltelli et al. 2010, table 2 (b), output centred
/// VT_i = mean (f(A) - f(X))^2 / 2             total: VT_i / V          Jansen 1999, Computer Physics Communications 117, 35-43
/// m, V = mean and variance of f over A and B
/// ```
///
/// Both are exactly 0 where X gives the output of A. Centring leaves the expectation and takes most of the error of small indices
/// (Sobol and Levitan 1999, Computer Physics Communications 117, 52-61).
///
/// **Inputs have to be independent.** The parts of the variance of correlated inputs overlap and no longer add up, so that an index
/// says nothing that could be acted on: put what is correlated into one input, or take [`Shapley`](super::Shapley).
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct PickFreeze {
    pub(super) n: f64,
    pub(super) a: f64,
    pub(super) b: f64,
    pub(super) ab: f64,
    pub(super) aa: f64,
    pub(super) bb: f64,
    pub(super) x: f64,
    pub(super) xx: f64,
    pub(super) ax: f64,
    pub(super) bx: f64,
}

impl PickFreeze {
    /// Of evaluated outputs of as many points A, B and X; what is more of one than of another is left out.
    pub fn of(a: &[f64], b: &[f64], x: &[f64]) -> Self {
        let n = a.len().min(b.len()).min(x.len());
        // Nothing changes when a number is taken off all outputs, but that nothing cancels.
        let centre = a[..n].iter().chain(&b[..n]).sum::<f64>() / (2 * n).max(1) as f64;
        let mut sums = Self::default();
        for ((a, b), x) in a.iter().zip(b).zip(x) {
            sums.add(a - centre, b - centre, x - centre);
        }
        sums
    }

    pub(super) fn add(&mut self, a: f64, b: f64, x: f64) {
        self.n += 1.0;
        (self.a, self.b, self.x) = (self.a + a, self.b + b, self.x + x);
        (self.aa, self.bb, self.xx) = (self.aa + a * a, self.bb + b * b, self.xx + x * x);
        (self.ab, self.ax, self.bx) = (self.ab + a * b, self.ax + a * x, self.bx + b * x);
    }

    /// Variance of the output; none where it does not vary.
    pub fn variance(&self) -> Option<f64> {
        let variance = (self.aa + self.bb) / (2.0 * self.n) - self.mean() * self.mean();
        (variance > 0.0).then_some(variance)
    }

    fn mean(&self) -> f64 {
        (self.a + self.b) / (2.0 * self.n)
    }

    /// The first-order index; none where the output does not vary.
    pub fn first(&self) -> Option<f64> {
        let part = (self.bx - self.ab - self.mean() * (self.x - self.a)) / self.n;
        Some(part / self.variance()?)
    }

    /// The total index; none where the output does not vary.
    pub fn total(&self) -> Option<f64> {
        let part = (self.aa - 2.0 * self.ax + self.xx) / (2.0 * self.n);
        Some(part / self.variance()?)
    }
}

impl UnitCube {
    /// First-order and total Sobol indices of every input; zeros where the function does not vary.
    ///
    /// # Errors
    /// [`Error::Run`](crate::error::Error::Run) when coordinates, groups or confidence are out of range.
    pub fn sobol_indices(&self, f: impl Fn(&[f64]) -> f64) -> Result<Vec<Indices>> {
        let inputs = self.groups.len();
        let mut point = vec![0.0; self.dims];
        let outputs = self.replicates(
            || (Vec::new(), Vec::new(), vec![Vec::new(); inputs]),
            |(of_a, of_b, of_x), _, a, b| {
                of_a.push(f(a));
                of_b.push(f(b));
                for (members, of_x) in self.groups.iter().zip(of_x) {
                    point.copy_from_slice(a);
                    mixed(&mut point, b, members);
                    of_x.push(f(&point));
                }
            },
        )?;
        let index = |input: usize, of: fn(&PickFreeze) -> Option<f64>| {
            let each: Vec<f64> =
                outputs.iter().map(|(a, b, x)| of(&PickFreeze::of(a, b, &x[input])).unwrap_or(0.0)).collect();
            Estimate::of_replicates(&each, self.confidence)
        };
        let indices = |input| Indices {
            first: index(input, PickFreeze::first),
            total: index(input, PickFreeze::total),
        };
        Ok((0..inputs).map(indices).collect())
    }
}
