//! Least squares of growth on the growth before it.

use crate::backtest::protocol::History;
use crate::error::{Error, Fault, Result};

/// `x_k = c + phi x_(k-1) + e` over the n - 1 pairs of neighbours in the list of increments. Where gaps are jumped over,
/// the pair across a gap counts as neighbours, as in the record that is reproduced.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Regression {
    /// Number of pairs.
    pub(super) pairs: f64,
    /// Mean of the earlier of each pair.
    pub(super) mean_before: f64,
    /// Sum of squares of the earlier ones about their mean.
    pub(super) spread: f64,
    /// Least-squares constant c.
    pub(super) constant: f64,
    /// Least-squares slope phi.
    pub(super) slope: f64,
    /// Residual sum of squares.
    pub(super) residual: f64,
    /// The last increment.
    pub(super) last: f64,
}

impl Regression {
    /// Of a unit.
    ///
    /// # Errors
    /// [`Error::Run`] when there are fewer than four increments, so that no variance is left, or the earlier ones do not vary.
    pub(super) fn new(unit: &History<'_>) -> Result<Self> {
        let x = unit.changes();
        let pairs = x.len() as f64 - 1.0;
        let (before, after) = match x.as_slice() {
            [before @ .., last] if x.len() >= 4 && last.is_finite() => (before, &x[1..]),
            _ => return Err(too_few(unit, "at least four increments are needed")),
        };
        let mean = |values: &[f64]| values.iter().sum::<f64>() / pairs;
        let (mean_before, mean_after) = (mean(before), mean(after));
        let spread: f64 = before.iter().map(|b| (b - mean_before) * (b - mean_before)).sum();
        let cross: f64 = before.iter().zip(after).map(|(b, a)| (b - mean_before) * (a - mean_after)).sum();
        if !(spread > 0.0) {
            return Err(too_few(unit, "the increments before the last one do not vary"));
        }
        let slope = cross / spread;
        let constant = mean_after - slope * mean_before;
        let residuals = before.iter().zip(after).map(|(b, a)| a - constant - slope * b);
        let residual = residuals.map(|e| e * e).sum();
        Ok(Self { pairs, mean_before, spread, constant, slope, residual, last: x[x.len() - 1] })
    }
}

fn too_few(unit: &History<'_>, problem: &str) -> Error {
    Error::Run(Fault::new(unit.name, problem).remedy("ask the protocol for more increments with `fewest`"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::backtest::protocol::Increment;
    use crate::time::Year;

    #[test]
    fn least_squares_by_hand() {
        let unit = |changes: &[f64]| History {
            name: "a",
            state: 0.0,
            increments: changes
                .iter()
                .enumerate()
                .map(|(k, x)| Increment { year: Year(2000 + k as i32), from: 0.0, change: *x })
                .collect(),
        };
        // Pairs (1, 3), (3, 2), (2, 4): means 2 and 3, slope (0 - 1 + 0) / 2, constant 3 + 1; residuals -0.5, -0.5, 1.
        let found = Regression::new(&unit(&[1.0, 3.0, 2.0, 4.0])).expect("a regression");
        let expected = Regression {
            pairs: 3.0,
            mean_before: 2.0,
            spread: 2.0,
            constant: 4.0,
            slope: -0.5,
            residual: 1.5,
            last: 4.0,
        };
        assert_eq!(found, expected);
        assert!(Regression::new(&unit(&[1.0, 3.0, 2.0])).is_err());
        assert!(Regression::new(&unit(&[1.0, 1.0, 1.0, 2.0])).is_err());
    }
}
