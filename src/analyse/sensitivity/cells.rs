//! What is counted on the paths, in a fixed number of cells, and the intervals that the bootstrap tells from them.

use crate::random::{Key, uniform_at};
use crate::simulate::LANES;
use crate::stats::Interval;

/// Cells: blocks of paths go to them by turns, so that memory does not grow with the number of paths.
const CELLS: usize = 64;

/// Samples with replacement.
const SAMPLES: usize = 999;

/// The fewest blocks of paths whose spread tells an error.
const BLOCKS: u64 = 32;

/// The fewest paths of an analysis by bootstrap.
pub(super) const LEAST_PATHS: u64 = BLOCKS * LANES as u64;

/// Sums of whole numbers, a row a cell; floating point holds them exactly, so that they may be added in any order.
#[derive(Debug, Clone)]
pub(super) struct Cells {
    width: usize,
    rows: Vec<f64>,
}

impl Cells {
    /// So many sums in every cell.
    pub(super) fn new(width: usize) -> Self {
        Self { width, rows: vec![0.0; CELLS * width] }
    }

    /// The cell of the block that begins with a path.
    pub(super) fn of(&mut self, first_path: u64) -> &mut [f64] {
        let cell = (first_path / LANES as u64 % CELLS as u64) as usize;
        &mut self.rows[cell * self.width..][..self.width]
    }

    /// Adds the sums of other paths.
    pub(super) fn merge(&mut self, later: Self) {
        for (sum, later) in self.rows.iter_mut().zip(later.rows) {
            *sum += later;
        }
    }

    /// The sums over all cells.
    pub(super) fn total(&self) -> Vec<f64> {
        self.weighted(&[1.0; CELLS])
    }

    fn weighted(&self, weights: &[f64; CELLS]) -> Vec<f64> {
        let mut sums = vec![0.0; self.width];
        for (row, weight) in self.rows.chunks_exact(self.width).zip(weights) {
            if *weight > 0.0 {
                sums.iter_mut().zip(row).for_each(|(sum, x)| *sum += weight * x);
            }
        }
        sums
    }

    /// Percentile intervals of some statistics of the sums, by drawing cells with replacement (Efron and Tibshirani 1993, An introduction to
    /// the bootstrap, section 13.3). The draws follow from the seed and have a key of their own. A sample on which the
    /// statistics do not exist is left out.
    pub(super) fn intervals(
        &self,
        paths: u64,
        seed: u64,
        confidence: f64,
        statistics: impl Fn(&[f64]) -> Option<Vec<f64>>,
    ) -> Vec<Interval> {
        let key = Key::new(seed, "sensitivity", "bootstrap");
        let used = paths.div_ceil(LANES as u64).min(CELLS as u64) as usize;
        let mut columns: Vec<Vec<f64>> = Vec::new();
        for sample in 0..SAMPLES as u64 {
            let mut weights = [0.0; CELLS];
            for draw in 0..used as u32 {
                let cell = (uniform_at(key, sample, draw) * used as f64) as usize;
                weights[cell.min(used - 1)] += 1.0;
            }
            let Some(found) = statistics(&self.weighted(&weights)) else { continue };
            columns.resize(found.len(), Vec::with_capacity(SAMPLES));
            columns.iter_mut().zip(found).for_each(|(column, x)| column.push(x));
        }
        columns
            .iter_mut()
            .map(|column| {
                column.sort_unstable_by(f64::total_cmp);
                let tail = 0.5 * (1.0 - confidence) * (column.len() + 1) as f64;
                let low = (tail.round() as usize).clamp(1, column.len()) - 1;
                Interval { low: column[low], high: column[column.len() - 1 - low] }
            })
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::random::normal_at;

    #[test]
    fn the_interval_of_a_mean_is_that_of_the_normal_law() {
        let mut cells = Cells::new(2);
        let key = Key::new(3, "test", "cells");
        for block in 0..64 {
            let cell = cells.of(block * LANES as u64);
            cell[0] += 1.0;
            cell[1] += normal_at(key, block, 0);
        }
        let mean = |sums: &[f64]| Some(vec![sums[1] / sums[0]]);
        let total = cells.total();
        let [interval] = cells.intervals(64 * LANES as u64, 1, 0.95, mean)[..] else {
            panic!("one interval")
        };
        // sd/sqrt(64) = 1/8 on both sides times 1.96, with the sampling error of an sd of 64 numbers (9 %) and of the ends (5 %).
        let centre = total[1] / total[0];
        for end in [centre - interval.low, interval.high - centre] {
            assert!((end - 1.96 / 8.0).abs() < 4.0 * 0.11 * 0.245, "{interval:?} {centre}");
        }
    }
}
