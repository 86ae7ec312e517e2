//! Layer 1, numerics: correlation matrices, checked, factored, repaired; and factor models.
//!
//! Matrices are small (indicators of one plan), so plain loops in a fixed order are used throughout:
//! general matrix libraries choose fused operations by machine, and then bits differ.

mod eigen;
mod factor;
mod nearest;

pub use eigen::SymmetricEigen;
pub use factor::FactorModel;
pub use nearest::{RepairReport, nearest};

use crate::error::Fault;

/// How far entries may be from symmetry and from a diagonal of ones.
const SYMMETRY: f64 = 1e-9;
/// An eigenvalue or pivot above minus this counts as not negative.
const DEFINITE: f64 = 1e-9;

/// A correlation matrix: square, symmetric, ones on the diagonal, positive semi-definite.
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
    /// A [`Fault`] with an empty path, to be filled in by the caller, that names the first row, entry or
    /// eigenvalue that is wrong.
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
                "",
                format!("row {} has {} numbers; a matrix of {size} rows needs {size}", i + 1, row.len()),
            ));
        }
        for (j, &value) in row.iter().enumerate() {
            let place = format!("row {}, column {}", i + 1, j + 1);
            let mirror = rows[j].get(i).copied().unwrap_or(value);
            if i == j && !((value - 1.0).abs() <= SYMMETRY) {
                return Err(Fault::new("", format!("{place} is {value}; the diagonal must be 1")));
            }
            if !(value.abs() <= 1.0 + SYMMETRY) {
                return Err(Fault::new("", format!("{place} is {value}; a correlation is between -1 and 1")));
            }
            if !((value - mirror).abs() <= SYMMETRY) {
                return Err(Fault::new(
                    "",
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

/// The lower-triangular factor of a positive semi-definite matrix; a pivot that is nothing but rounding gives a column
/// of zeros.
fn cholesky(size: usize, entries: &[f64]) -> Vec<f64> {
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
