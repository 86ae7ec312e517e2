//! Small dense linear algebra: triangles, and least squares by reflections.
//!
//! Plain loops in a fixed order, so that all machines give the same bits. There is no Cholesky factor of a given matrix
//! here: what regressions need of `X'X` is the triangle of `X` itself, which keeps twice the digits. (The factor of a
//! correlation matrix, which may be singular, is at home in [`crate::correlation`].)

use std::ops::{Index, IndexMut};

/// A matrix, row after row.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Matrix {
    rows: usize,
    columns: usize,
    entries: Vec<f64>,
}

impl Matrix {
    /// All zeros.
    pub(crate) fn zeros(rows: usize, columns: usize) -> Self {
        Self { rows, columns, entries: vec![0.0; rows * columns] }
    }

    /// From a function of row and column, called row after row.
    pub(crate) fn from_fn(rows: usize, columns: usize, mut entry: impl FnMut(usize, usize) -> f64) -> Self {
        let mut entries = Vec::with_capacity(rows * columns);
        for i in 0..rows {
            for j in 0..columns {
                entries.push(entry(i, j));
            }
        }
        Self { rows, columns, entries }
    }

    pub(crate) fn rows(&self) -> usize {
        self.rows
    }

    pub(crate) fn columns(&self) -> usize {
        self.columns
    }

    /// All entries, row after row.
    pub(crate) fn entries(&self) -> &[f64] {
        &self.entries
    }

    pub(crate) fn row(&self, i: usize) -> &[f64] {
        &self.entries[i * self.columns..(i + 1) * self.columns]
    }

    pub(crate) fn transposed(&self) -> Self {
        Self::from_fn(self.columns, self.rows, |i, j| self[(j, i)])
    }

    /// The product with a matrix that has as many rows as this one has columns.
    pub(crate) fn times(&self, other: &Self) -> Self {
        let mut product = Self::zeros(self.rows, other.columns);
        for i in 0..self.rows {
            for k in 0..self.columns {
                let factor = self[(i, k)];
                for j in 0..other.columns {
                    product[(i, j)] += factor * other[(k, j)];
                }
            }
        }
        product
    }

    /// Every entry times a number.
    pub(crate) fn scaled(mut self, by: f64) -> Self {
        for entry in &mut self.entries {
            *entry *= by;
        }
        self
    }

    /// `M'M`, symmetric to the last bit.
    pub(crate) fn gram(&self) -> Self {
        let mut gram = Self::zeros(self.columns, self.columns);
        for i in 0..self.columns {
            for j in 0..=i {
                let sum: f64 = (0..self.rows).map(|t| self[(t, i)] * self[(t, j)]).sum();
                gram[(i, j)] = sum;
                gram[(j, i)] = sum;
            }
        }
        gram
    }

    /// The block of some rows and columns.
    pub(crate) fn block(&self, rows: std::ops::Range<usize>, columns: std::ops::Range<usize>) -> Self {
        Self::from_fn(rows.len(), columns.len(), |i, j| self[(rows.start + i, columns.start + j)])
    }

    /// Row after row, as nested lists.
    pub(crate) fn to_rows(&self) -> Vec<Vec<f64>> {
        (0..self.rows).map(|i| self.row(i).to_vec()).collect()
    }

    /// The upper triangle R with `R'R = M'M` and no negative number on its diagonal, by the reflections of Householder
    /// (1958, J. ACM 5(4), 339-342): `columns` by `columns`, whatever the number of rows. Below its diagonal there are
    /// zeros.
    pub(crate) fn triangle(mut self) -> Self {
        for j in 0..self.columns.min(self.rows) {
            let below: f64 = (j + 1..self.rows).map(|i| self[(i, j)] * self[(i, j)]).sum();
            let corner = self[(j, j)];
            let norm = (corner * corner + below).sqrt();
            if below == 0.0 {
                continue;
            }
            // The reflection along v = column + sign(corner) norm e: no cancellation in its first entry.
            let first = if corner < 0.0 { corner - norm } else { corner + norm };
            let half_square = norm * first.abs();
            for column in j + 1..self.columns {
                let mut along = first * self[(j, column)];
                for i in j + 1..self.rows {
                    along += self[(i, j)] * self[(i, column)];
                }
                let share = along / half_square;
                self[(j, column)] -= share * first;
                for i in j + 1..self.rows {
                    let entry = self[(i, j)];
                    self[(i, column)] -= share * entry;
                }
            }
            self[(j, j)] = if corner < 0.0 { norm } else { -norm };
        }
        let sign = |i: usize| if self[(i, i)] < 0.0 { -1.0 } else { 1.0 };
        Self::from_fn(self.columns, self.columns, |i, j| {
            if i <= j && i < self.rows { sign(i) * self[(i, j)] } else { 0.0 }
        })
    }

    /// The sum of the logarithms of the diagonal: for a triangle the logarithm of its determinant.
    pub(crate) fn ln_diagonal(&self) -> f64 {
        (0..self.rows.min(self.columns)).map(|i| libm::log(self[(i, i)])).sum()
    }

    /// X with `U X = right` for an upper triangle U without zeros on its diagonal.
    pub(crate) fn solve_upper(&self, right: &Self) -> Self {
        let mut solution = right.clone();
        for j in 0..right.columns {
            for i in (0..self.rows).rev() {
                let known: f64 = (i + 1..self.rows).map(|k| self[(i, k)] * solution[(k, j)]).sum();
                solution[(i, j)] = (solution[(i, j)] - known) / self[(i, i)];
            }
        }
        solution
    }

    /// X with `L X = right` for a lower triangle L without zeros on its diagonal.
    pub(crate) fn solve_lower(&self, right: &Self) -> Self {
        let mut solution = right.clone();
        for j in 0..right.columns {
            for i in 0..self.rows {
                let known: f64 = (0..i).map(|k| self[(i, k)] * solution[(k, j)]).sum();
                solution[(i, j)] = (solution[(i, j)] - known) / self[(i, i)];
            }
        }
        solution
    }
}

impl Index<(usize, usize)> for Matrix {
    type Output = f64;
    fn index(&self, (i, j): (usize, usize)) -> &f64 {
        &self.entries[i * self.columns + j]
    }
}

impl IndexMut<(usize, usize)> for Matrix {
    fn index_mut(&mut self, (i, j): (usize, usize)) -> &mut f64 {
        &mut self.entries[i * self.columns + j]
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use nalgebra::DMatrix;
    use proptest::prelude::*;

    fn matrix(rows: &[&[f64]]) -> Matrix {
        Matrix::from_fn(rows.len(), rows[0].len(), |i, j| rows[i][j])
    }

    fn close(a: &Matrix, b: &Matrix, tolerance: f64) -> bool {
        a.entries.len() == b.entries.len()
            && a.entries.iter().zip(&b.entries).all(|(a, b)| (a - b).abs() <= tolerance)
    }

    #[test]
    fn a_triangle_that_can_be_done_by_hand() {
        // Columns of length 5; the second is 4/5 of the first and 3 across.
        let r = matrix(&[&[3.0, 0.0], &[4.0, 5.0], &[0.0, 0.0]]).triangle();
        assert!(close(&r, &matrix(&[&[5.0, 4.0], &[0.0, 3.0]]), 1e-15), "{r:?}");
        assert!((r.ln_diagonal() - libm::log(15.0)).abs() < 1e-15);
        // Fewer rows than columns: the rest is zero.
        let flat = matrix(&[&[-2.0, 1.0]]).triangle();
        assert_eq!(flat, matrix(&[&[2.0, -1.0], &[0.0, 0.0]]));
        assert_eq!(Matrix::zeros(0, 2).triangle(), Matrix::zeros(2, 2));
    }

    #[test]
    fn products_and_blocks() {
        let a = matrix(&[&[1.0, 2.0], &[3.0, 4.0]]);
        assert_eq!(a.times(&a.transposed()), matrix(&[&[5.0, 11.0], &[11.0, 25.0]]));
        assert_eq!(a.transposed().gram(), a.times(&a.transposed()));
        assert_eq!(a.block(1..2, 0..2).to_rows(), [[3.0, 4.0]]);
        assert_eq!(a.scaled(2.0).row(1), [6.0, 8.0]);
    }

    proptest! {
        #[test]
        fn triangles_and_solutions_are_those_of_nalgebra(
            entries in prop::collection::vec(-10.0..10.0f64, 28),
            right in prop::collection::vec(-10.0..10.0f64, 8),
        ) {
            let a = Matrix::from_fn(7, 4, |i, j| entries[i * 4 + j]);
            let r = a.clone().triangle();
            let theirs = DMatrix::from_row_slice(7, 4, &entries);
            let gram = theirs.transpose() * &theirs;
            prop_assume!(gram.determinant() > 1.0);
            let factor = gram.cholesky().unwrap().l().transpose();
            for i in 0..4 {
                for j in 0..4 {
                    prop_assert!((r[(i, j)] - factor[(i, j)]).abs() < 1e-8, "{r:?} {factor}");
                }
            }
            prop_assert!(close(&r.gram(), &a.gram(), 1e-11));
            let right = Matrix::from_fn(4, 2, |i, j| right[i * 2 + j]);
            let up = r.times(&r.solve_upper(&right));
            let low = r.transposed().times(&r.transposed().solve_lower(&right));
            prop_assert!(close(&up, &right, 1e-6) && close(&low, &right, 1e-6));
        }
    }
}
