//! Layer 1, numerics: correlation matrices, checked, factored, repaired, estimated from short histories.
//!
//! Matrices are small (indicators of one plan), so plain loops in a fixed order are used throughout:
//! general matrix libraries choose fused operations by machine, and then bits differ.

mod eigen;
mod factors;
mod nearest;
mod shrink;

pub use eigen::SymmetricEigen;
pub use factors::FactorForm;
pub use nearest::{RepairReport, nearest};
pub use shrink::{ShrinkReport, ShrinkTarget, shrink};

use crate::error::Fault;

/// How far entries may be from symmetry and from a diagonal of ones.
const SYMMETRY: f64 = 1e-9;
/// An eigenvalue or pivot above minus this counts as not negative.
const DEFINITE: f64 = 1e-9;

/// A correlation matrix: square, symmetric, ones on the diagonal, positive semi-definite.
///
/// ```
/// use plancast::correlation::Correlation;
/// let correlation = Correlation::new(&[vec![1.0, 0.6], vec![0.6, 1.0]]).unwrap();
/// assert_eq!(correlation.factor(), [1.0, 0.0, 0.6, 0.8]);
/// let impossible = [vec![1.0, 0.9, 0.9], vec![0.9, 1.0, -0.9], vec![0.9, -0.9, 1.0]];
/// assert!(Correlation::new(&impossible).unwrap_err().problem.contains("smallest eigenvalue"));
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct Correlation {
    size: usize,
    /// Row after row.
    entries: Vec<f64>,
    /// The lower-triangular factor L with L L' = the matrix, row after row, zeros above.
    factor: Vec<f64>,
}

impl Correlation {
    /// Checks a matrix given by rows.
    ///
    /// # Errors
    /// A [`Fault`] that names the first row, entry or eigenvalue that is wrong; its path goes from the rows on, as in
    /// `[1][0]`, and is empty where it is the matrix as a whole.
    pub fn new(rows: &[Vec<f64>]) -> Result<Self, Fault> {
        let entries = checked_shape(rows)?;
        let size = rows.len();
        let smallest = SymmetricEigen::new(size, &entries).smallest();
        if smallest < -DEFINITE {
            return Err(Fault::new(
                "",
                format!(
                    "no correlations can be like this together: the smallest eigenvalue of the matrix is \
                     {smallest:.4}, and it must not be negative"
                ),
            )
            .remedy("take the nearest correlation matrix (repair), or shrink the entries towards 0"));
        }
        Ok(Self::from_checked(size, entries))
    }

    /// No correlation among `size` series.
    pub fn independent(size: usize) -> Self {
        let mut entries = vec![0.0; size * size];
        for i in 0..size {
            entries[i * size + i] = 1.0;
        }
        Self { size, factor: entries.clone(), entries }
    }

    fn from_checked(size: usize, entries: Vec<f64>) -> Self {
        let factor = cholesky(size, &entries);
        Self { size, entries, factor }
    }

    /// How many series.
    pub fn size(&self) -> usize {
        self.size
    }

    /// The correlation of two series; 0 for a series that does not exist.
    pub fn get(&self, i: usize, j: usize) -> f64 {
        if i < self.size && j < self.size { self.entries[i * self.size + j] } else { 0.0 }
    }

    /// The matrix, row after row.
    pub fn entries(&self) -> &[f64] {
        &self.entries
    }

    /// The lower-triangular factor L with L L' = the matrix: row after row, `size * size` numbers, zeros above the
    /// diagonal. Correlated normals are L times independent ones. For a matrix of lower rank some columns are zero.
    pub fn factor(&self) -> &[f64] {
        &self.factor
    }

    /// The smallest eigenvalue.
    pub fn smallest_eigenvalue(&self) -> f64 {
        SymmetricEigen::new(self.size, &self.entries).smallest()
    }

    /// Whether all series are uncorrelated.
    pub fn is_independent(&self) -> bool {
        let n = self.size;
        (0..n).all(|i| (0..i).all(|j| self.entries[i * n + j] == 0.0))
    }
}

/// The entries of a symmetric matrix with ones on the diagonal and nothing outside -1 to 1, made exactly
/// symmetric.
fn checked_shape(rows: &[Vec<f64>]) -> Result<Vec<f64>, Fault> {
    let size = rows.len();
    let mut entries = Vec::with_capacity(size * size);
    for (i, row) in rows.iter().enumerate() {
        if row.len() != size {
            return Err(Fault::new(
                format!("[{i}]"),
                format!("row {} has {} numbers; a matrix of {size} rows needs {size}", i + 1, row.len()),
            ));
        }
        for (j, &value) in row.iter().enumerate() {
            let place = format!("row {}, column {}", i + 1, j + 1);
            let path = format!("[{i}][{j}]");
            let mirror = rows[j].get(i).copied().unwrap_or(value);
            if i == j && differs(value, 1.0) {
                return Err(Fault::new(path, format!("{place} is {value}; the diagonal must be 1")));
            }
            if value.is_nan() || value.abs() > 1.0 + SYMMETRY {
                return Err(Fault::new(
                    path,
                    format!("{place} is {value}; a correlation is between -1 and 1"),
                ));
            }
            if differs(value, mirror) {
                return Err(Fault::new(
                    path,
                    format!(
                        "{place} is {value}, but row {}, column {} is {mirror}; both must be equal",
                        j + 1,
                        i + 1
                    ),
                )
                .remedy("write the same number on both sides of the diagonal"));
            }
            entries.push(if i == j { 1.0 } else { (0.5 * (value + mirror)).clamp(-1.0, 1.0) });
        }
    }
    Ok(entries)
}

/// Whether two entries that should be equal are not, or one of them is no number.
fn differs(a: f64, b: f64) -> bool {
    a.is_nan() || b.is_nan() || (a - b).abs() > SYMMETRY
}

/// The lower-triangular factor of a positive semi-definite matrix; a pivot that is nothing but rounding gives a column
/// of zeros.
pub(crate) fn cholesky(size: usize, entries: &[f64]) -> Vec<f64> {
    let mut factor = vec![0.0; size * size];
    for j in 0..size {
        let row = j * size;
        let known: f64 = (0..j).map(|k| factor[row + k] * factor[row + k]).sum();
        let pivot = entries[row + j] - known;
        // Below this the column would be rounding blown up by a division.
        if pivot <= DEFINITE {
            continue;
        }
        let root = pivot.sqrt();
        factor[row + j] = root;
        for i in j + 1..size {
            let below = i * size;
            let known: f64 = (0..j).map(|k| factor[below + k] * factor[row + k]).sum();
            factor[below + j] = (entries[below + j] - known) / root;
        }
    }
    factor
}

/// x of L L' x = b, with L as a function of row and column.
pub(crate) fn cholesky_solved(factor: impl Fn(usize, usize) -> f64, mut b: Vec<f64>) -> Vec<f64> {
    for k in 0..b.len() {
        let before: f64 = (0..k).map(|j| factor(k, j) * b[j]).sum();
        b[k] = (b[k] - before) / factor(k, k);
    }
    for k in (0..b.len()).rev() {
        let after: f64 = (k + 1..b.len()).map(|j| factor(j, k) * b[j]).sum();
        b[k] = (b[k] - after) / factor(k, k);
    }
    b
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn rows(entries: &[&[f64]]) -> Vec<Vec<f64>> {
        entries.iter().map(|row| row.to_vec()).collect()
    }

    /// L L' less the matrix, the largest entry.
    fn misfit(correlation: &Correlation) -> f64 {
        let (n, factor) = (correlation.size(), correlation.factor());
        let mut worst: f64 = 0.0;
        for i in 0..n {
            for j in 0..n {
                let product: f64 = (0..n).map(|k| factor[i * n + k] * factor[j * n + k]).sum();
                worst = worst.max((product - correlation.get(i, j)).abs());
                assert!(j <= i || factor[i * n + j] == 0.0);
            }
        }
        worst
    }

    #[test]
    fn factor_of_a_matrix_that_can_be_done_by_hand() {
        let correlation = Correlation::new(&rows(&[&[1.0, 0.6], &[0.6, 1.0]])).unwrap();
        assert_eq!(correlation.factor(), [1.0, 0.0, 0.6, 0.8]);
        assert_eq!((correlation.get(0, 1), correlation.get(5, 0)), (0.6, 0.0));
        assert!((correlation.smallest_eigenvalue() - 0.4).abs() < 1e-15);
        assert!(!correlation.is_independent() && Correlation::independent(3).is_independent());
    }

    #[test]
    fn matrices_of_lower_rank_are_factored() {
        // Two series that are one, and one that is their opposite.
        let one =
            Correlation::new(&rows(&[&[1.0, 1.0, -1.0], &[1.0, 1.0, -1.0], &[-1.0, -1.0, 1.0]])).unwrap();
        assert_eq!(one.factor(), [1.0, 0.0, 0.0, 1.0, 0.0, 0.0, -1.0, 0.0, 0.0]);
        // Three series that sum to nothing: correlations -1/2.
        let h = -0.5;
        let zero_sum = Correlation::new(&rows(&[&[1.0, h, h], &[h, 1.0, h], &[h, h, 1.0]])).unwrap();
        assert!(misfit(&zero_sum) < 1e-12);
        assert_eq!(Correlation::new(&[]).unwrap().size(), 0);
    }

    #[test]
    fn what_is_no_correlation_matrix_is_refused_with_the_reason() {
        let refused = |entries: &[&[f64]]| Correlation::new(&rows(entries)).unwrap_err().problem;
        assert!(refused(&[&[1.0, 0.0], &[0.0]]).contains("row 2 has 1 numbers"));
        assert!(refused(&[&[1.0], &[0.0, 1.0]]).contains("row 1 has 1 numbers"));
        assert!(refused(&[&[2.0]]).contains("the diagonal must be 1"));
        assert!(refused(&[&[f64::NAN]]).contains("the diagonal must be 1"));
        assert!(refused(&[&[1.0, 1.2], &[1.2, 1.0]]).contains("between -1 and 1"));
        assert!(refused(&[&[1.0, 0.2], &[0.3, 1.0]]).contains("both must be equal"));
        assert!(refused(&[&[1.0, f64::NAN], &[0.3, 1.0]]).contains("between -1 and 1"));
        // Eigenvalues 1 and 1 -+ sqrt 2.
        let higham = refused(&[&[1.0, 1.0, 0.0], &[1.0, 1.0, 1.0], &[0.0, 1.0, 1.0]]);
        assert!(higham.contains("smallest eigenvalue of the matrix is -0.4142"), "{higham}");
    }

    #[test]
    fn a_last_digit_out_of_place_is_mended() {
        let correlation = Correlation::new(&rows(&[&[1.0 + 1e-12, 0.3], &[0.3 + 1e-12, 1.0]])).unwrap();
        assert_eq!(correlation.get(0, 0), 1.0);
        assert_eq!(correlation.get(0, 1), correlation.get(1, 0));
    }

    proptest! {
        #[test]
        fn the_factor_of_a_random_matrix_fits(
            loadings in prop::collection::vec(prop::collection::vec(-0.57..0.57f64, 3), 1..12),
        ) {
            // A model of three common factors: positive definite whatever the loads.
            let common = |a: &[f64], b: &[f64]| a.iter().zip(b).map(|(a, b)| a * b).sum::<f64>();
            let entry = |i: usize, j: usize| if i == j { 1.0 } else { common(&loadings[i], &loadings[j]) };
            let n = loadings.len();
            let rows: Vec<Vec<f64>> = (0..n).map(|i| (0..n).map(|j| entry(i, j)).collect()).collect();
            let correlation = Correlation::new(&rows).unwrap();
            prop_assert!(misfit(&correlation) < 1e-12);
            prop_assert!(correlation.smallest_eigenvalue() > -1e-12);
        }
    }
}
