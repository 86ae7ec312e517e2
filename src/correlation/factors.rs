//! Layer 1: a correlation matrix as common factors and what is each series' own.

use super::{Correlation, SymmetricEigen};
use crate::error::Fault;

/// Common factors of a correlation matrix: series i is `sum_f load[i,f] factor[f] + sqrt(uniqueness[i]) own[i]`, with all factors and
/// own parts independent, of mean 0 and variance 1. The loads go as they are into a scenario's `[factor.*]`.
///
/// By minimum residuals, found by iterated principal axes: the loads that leave the least sum of squared misfits off the
/// diagonal. Loads are not rotated: the matrix that they imply is the same for any rotation. Factors come in the order
/// of their size; each has the sign that makes the sum of its loads positive.
///
/// A uniqueness of 0 (a Heywood case) says that one factor is nothing but that series: too many factors, or too few data.
///
/// References: Harman (1976), Modern factor analysis, 3rd ed., chapters 8 (principal factors) and 9 (minres); the sign as
/// in R's psych.
///
/// ```
/// use plancast::correlation::{Correlation, FactorForm};
/// // One factor with loads 0.9, 0.8, 0.7.
/// let rows = [vec![1.0, 0.72, 0.63], vec![0.72, 1.0, 0.56], vec![0.63, 0.56, 1.0]];
/// let form = FactorForm::new(&Correlation::new(&rows).unwrap(), 1).unwrap();
/// assert!((form.load(0, 0) - 0.9).abs() < 1e-9 && (form.uniquenesses[2] - 0.51).abs() < 1e-9);
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct FactorForm {
    /// How many factors.
    pub factors: usize,
    /// Correlations of series with factors, series after series, `factors` numbers each. The sum of their squares over a series is at
    /// most 1.
    pub loads: Vec<f64>,
    /// Share of each series' variance that no factor has, from 0 to 1: 1 less the sum of squared loads.
    pub uniquenesses: Vec<f64>,
    /// The largest difference between a correlation and what the loads imply for it.
    pub largest_misfit: f64,
    /// Whether the iteration came to rest; where it did not, factors hardly differ, and fewer would do.
    pub settled: bool,
}

/// Rounds at most: the iteration converges slowly where the factors hardly differ.
const ROUNDS: usize = 20_000;
/// Rounds end when no communality moves by more than this.
const STILL: f64 = 1e-12;

impl FactorForm {
    /// Of a matrix, with a number of factors.
    ///
    /// # Errors
    /// A [`Fault`] unless there is at least one factor and fewer than series.
    pub fn new(correlation: &Correlation, factors: usize) -> Result<Self, Fault> {
        let size = correlation.size();
        if factors == 0 || factors >= size {
            return Err(Fault::new(
                "factors",
                format!("factors is {factors}; it must be at least 1 and below the {size} series"),
            ));
        }
        let mut reduced = correlation.entries().to_vec();
        // The largest correlation of a row is a customary first guess of a communality.
        let mut communalities: Vec<f64> = (0..size)
            .map(|i| (0..size).filter(|j| *j != i).map(|j| correlation.get(i, j).abs()).fold(0.0, f64::max))
            .collect();
        let mut loads = Vec::new();
        let mut settled = false;
        for _ in 0..ROUNDS {
            for (i, communality) in communalities.iter().enumerate() {
                reduced[i * size + i] = *communality;
            }
            loads = principal(size, factors, &reduced);
            let mut moved: f64 = 0.0;
            for (row, communality) in loads.chunks_exact(factors).zip(&mut communalities) {
                // No more than all of the variance can be common.
                let next = squares(row).min(1.0);
                moved = moved.max((next - *communality).abs());
                *communality = next;
            }
            settled = moved <= STILL;
            if settled {
                break;
            }
        }
        for row in loads.chunks_exact_mut(factors) {
            let sum = squares(row);
            if sum > 1.0 {
                let root = sum.sqrt();
                row.iter_mut().for_each(|load| *load /= root);
            }
        }
        let uniquenesses = loads.chunks_exact(factors).map(|row| (1.0 - squares(row)).max(0.0)).collect();
        let mut form = Self { factors, loads, uniquenesses, largest_misfit: 0.0, settled };
        form.largest_misfit = (0..size)
            .flat_map(|i| (0..i).map(move |j| (i, j)))
            .map(|(i, j)| (correlation.get(i, j) - form.implied(i, j)).abs())
            .fold(0.0, f64::max);
        Ok(form)
    }

    /// The load of a series on a factor; 0 where there is none.
    pub fn load(&self, series: usize, factor: usize) -> f64 {
        let place = series * self.factors + factor;
        if factor < self.factors { self.loads.get(place).copied().unwrap_or(0.0) } else { 0.0 }
    }

    /// The correlation of two series that the loads imply; 1 for a series with itself.
    pub fn implied(&self, i: usize, j: usize) -> f64 {
        if i == j { 1.0 } else { (0..self.factors).map(|f| self.load(i, f) * self.load(j, f)).sum() }
    }
}

fn squares(row: &[f64]) -> f64 {
    row.iter().map(|load| load * load).sum()
}

/// Loads of the largest principal axes: eigenvectors by the roots of their eigenvalues.
fn principal(size: usize, factors: usize, reduced: &[f64]) -> Vec<f64> {
    let eigen = SymmetricEigen::new(size, reduced);
    let mut order: Vec<usize> = (0..size).collect();
    order.sort_by(|a, b| eigen.values[*b].total_cmp(&eigen.values[*a]));
    let mut loads = vec![0.0; size * factors];
    for (f, axis) in order.into_iter().take(factors).enumerate() {
        let vector = &eigen.vectors[axis * size..(axis + 1) * size];
        let sum: f64 = vector.iter().sum();
        // A sum that is nothing but rounding leaves the sign to the first load that is there.
        let towards = if sum.abs() > 1e-9 {
            sum
        } else {
            vector.iter().copied().find(|x| x.abs() > 1e-9).unwrap_or(1.0)
        };
        let scale = eigen.values[axis].max(0.0).sqrt() * towards.signum();
        for (i, x) in vector.iter().enumerate() {
            loads[i * factors + f] = scale * x;
        }
    }
    loads
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// Height, arm span, forearm, lower leg, weight, bitrochanteric diameter, chest girth, chest width of 305 girls: Harman
    /// (1976), Modern factor analysis, table 2.3; R's data set Harman23.cor. Below the diagonal.
    const HARMAN: [&[f64]; 8] = [
        &[],
        &[0.846],
        &[0.805, 0.881],
        &[0.859, 0.826, 0.801],
        &[0.473, 0.376, 0.380, 0.436],
        &[0.398, 0.326, 0.319, 0.329, 0.762],
        &[0.301, 0.277, 0.237, 0.327, 0.730, 0.583],
        &[0.382, 0.415, 0.345, 0.365, 0.629, 0.577, 0.539],
    ];

    fn lower(entries: &[&[f64]]) -> Correlation {
        let n = entries.len();
        let entry = |i: usize, j: usize| if i == j { 1.0 } else { entries[i.max(j)][i.min(j)] };
        let rows: Vec<Vec<f64>> = (0..n).map(|i| (0..n).map(|j| entry(i, j)).collect()).collect();
        Correlation::new(&rows).unwrap()
    }

    #[test]
    fn two_factors_of_eight_physical_variables_as_psych_finds_them() {
        // R 4.2.2, psych 2.2.9: fa(Harman23.cor$cov, 2, n.obs = 305, fm = "pa", rotate = "none", SMC = FALSE,
        // max.iter = 100000, min.err = 1e-14), see tests/reference/correlation.R; its fm = "minres" agrees to 2e-6.
        let expected = [
            [0.856019998451927, -0.324418115722951],
            [0.848235515756215, -0.411488193674023],
            [0.808205025324275, -0.409010786928364],
            [0.830909449151297, -0.342406830834069],
            [0.750355060179568, 0.571249051916199],
            [0.630651718615608, 0.492136995102239],
            [0.568734493591086, 0.509538363310382],
            [0.607399598969176, 0.350711851908109],
        ];
        let form = FactorForm::new(&lower(&HARMAN), 2).unwrap();
        for (i, row) in expected.iter().enumerate() {
            for (f, load) in row.iter().enumerate() {
                assert!((form.load(i, f) - load).abs() < 1e-9, "{i} {f}: {}", form.load(i, f));
            }
        }
        assert!(form.settled && (form.uniquenesses[7] - 0.508066924103268).abs() < 1e-9);
        // The largest of psych's residuals, of arm span and chest width.
        assert!((form.largest_misfit - 0.04409587434).abs() < 1e-9, "{}", form.largest_misfit);
        assert_eq!((form.load(8, 0), form.load(0, 2)), (0.0, 0.0));
    }

    #[test]
    fn a_heywood_case_has_no_more_common_variance_than_there_is() {
        // One factor would need a load of sqrt(0.8 * 0.8 / 0.5) = 1.13 on the first.
        let form = FactorForm::new(&lower(&[&[], &[0.8], &[0.8, 0.5]]), 1).unwrap();
        assert!((form.load(0, 0) - 1.0).abs() < 1e-9, "{form:?}");
        assert!(form.uniquenesses[0] < 1e-9 && form.uniquenesses[0] >= 0.0);
        assert!(form.loads.iter().all(|load| load.abs() <= 1.0));
    }

    #[test]
    fn factors_are_at_least_one_and_fewer_than_series() {
        for factors in [0, 8, 9] {
            assert_eq!(FactorForm::new(&lower(&HARMAN), factors).unwrap_err().path, "factors");
        }
        assert!(FactorForm::new(&Correlation::independent(0), 1).is_err());
        let none = FactorForm::new(&Correlation::independent(3), 1).unwrap();
        assert!(none.loads.iter().all(|load| load.abs() < 1e-5), "{none:?}");
    }

    proptest! {
        #[test]
        fn loads_are_found_again_up_to_rotation(
            loads in prop::collection::vec(prop::array::uniform2(0.2..0.65f64), 6..9),
        ) {
            let n = loads.len();
            // Every other series goes against the second factor, so that the two can be told apart.
            let load = |i: usize, f: usize| if f * i % 2 == 1 { -loads[i][f] } else { loads[i][f] };
            let entry =
                |i: usize, j: usize| if i == j { 1.0 } else { (0..2).map(|f| load(i, f) * load(j, f)).sum() };
            let rows: Vec<Vec<f64>> = (0..n).map(|i| (0..n).map(|j| entry(i, j)).collect()).collect();
            let form = FactorForm::new(&Correlation::new(&rows).unwrap(), 2).unwrap();
            for i in 0..n {
                let sum: f64 = (0..2).map(|f| form.load(i, f) * form.load(i, f)).sum();
                prop_assert!(sum <= 1.0 + 1e-12);
                prop_assert!((sum + form.uniquenesses[i] - 1.0).abs() < 1e-12);
            }
            for f in 0..2 {
                prop_assert!((0..n).map(|i| form.load(i, f)).sum::<f64>() > -1e-6);
            }
            prop_assert!(!form.settled || form.largest_misfit < 1e-8, "{form:?}");
            prop_assert!(form.largest_misfit < 1e-4, "{form:?}");
        }
    }
}
