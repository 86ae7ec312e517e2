//! Several scores of the same paths side by side, so that every difference between them carries its own error.

use crate::analyse::Estimate;
use crate::simulate::LANES;
use crate::stats::binomial_interval;

/// Sums of the scores and of their products, column by column.
#[derive(Debug, Clone)]
pub(super) struct Columns {
    paths: u64,
    sums: Vec<f64>,
    /// Row after row, square.
    products: Vec<f64>,
}

impl Columns {
    pub(super) fn new(columns: usize) -> Self {
        Self { paths: 0, sums: vec![0.0; columns], products: vec![0.0; columns * columns] }
    }

    /// Adds the scores of a block of paths, a row a column.
    pub(super) fn add(&mut self, rows: &[[f64; LANES]], len: usize) {
        self.paths += len as u64;
        let columns = self.sums.len();
        for (i, a) in rows.iter().enumerate() {
            self.sums[i] += a[..len].iter().sum::<f64>();
            for (j, b) in rows.iter().enumerate().take(i + 1) {
                let sum: f64 = a[..len].iter().zip(&b[..len]).map(|(a, b)| a * b).sum();
                self.products[i * columns + j] += sum;
                if i != j {
                    self.products[j * columns + i] += sum;
                }
            }
        }
    }

    pub(super) fn merge(&mut self, later: Self) {
        self.paths += later.paths;
        self.sums.iter_mut().zip(later.sums).for_each(|(sum, more)| *sum += more);
        self.products.iter_mut().zip(later.products).for_each(|(sum, more)| *sum += more);
    }

    pub(super) fn mean(&self, column: usize) -> f64 {
        self.sums[column] / self.paths as f64
    }

    /// A sum of columns with weights, with the error that it has as one score of each path.
    pub(super) fn estimate(&self, weights: &[(usize, f64)], level: f64) -> Estimate {
        let (n, columns) = (self.paths as f64, self.sums.len());
        let value: f64 = weights.iter().map(|(i, w)| w * self.mean(*i)).sum();
        let each = weights.iter().flat_map(|a| weights.iter().map(move |b| (a, b)));
        let square: f64 = each.map(|((i, v), (j, w))| v * w * self.products[i * columns + j]).sum();
        // Never below 0 but for rounding.
        let variance = (square / n - value * value).max(0.0) * n / (n - 1.0).max(1.0);
        Estimate::normal(value, (variance / n).sqrt(), level)
    }

    /// The same of a column of zeros and ones, with the interval of a share.
    pub(super) fn share(&self, column: usize, level: f64) -> Estimate {
        let hits = self.sums[column] as u64;
        let interval = binomial_interval(hits, self.paths, level);
        Estimate { low: interval.low, high: interval.high, ..self.estimate(&[(column, 1.0)], level) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::stats::Moments;

    #[test]
    fn a_weighted_sum_has_the_moments_of_its_scores() {
        let score = |k: usize, column: usize| f64::from((k * (column + 3) * 7 % 11) as u32) * 0.25;
        let mut columns = Columns::new(3);
        let mut first = Columns::new(3);
        let mut expected = Vec::new();
        for block in 0..3 {
            let len = [LANES, LANES, 100][block];
            let mut rows = [[0.0; LANES]; 3];
            for (column, row) in rows.iter_mut().enumerate() {
                *row = std::array::from_fn(|lane| score(block * LANES + lane, column));
            }
            expected.extend(rows[0].iter().zip(&rows[2]).take(len).map(|(a, b)| a - 2.0 * b));
            if block == 0 { first.add(&rows, len) } else { columns.add(&rows, len) }
        }
        first.merge(columns);
        let moments = Moments::of(&expected);
        let found = first.estimate(&[(0, 1.0), (2, -2.0)], 0.95);
        assert!((found.estimate - moments.mean().unwrap()).abs() < 1e-12);
        assert!((found.error - moments.standard_error().unwrap()).abs() < 1e-12);
        assert!((found.high - found.estimate - 1.959_963_984_540_054 * found.error).abs() < 1e-12);
    }
}
