//! Layer 1: eigenvalues and eigenvectors of a small symmetric matrix.

/// Eigenvalues and eigenvectors of a symmetric matrix by Jacobi's rotations, the same bits on every machine.
///
/// Reference: Golub and Van Loan (2013), Matrix Computations, 4th ed., section 8.5.
#[derive(Debug, Clone, PartialEq)]
pub struct SymmetricEigen {
    /// In no particular order.
    pub values: Vec<f64>,
    /// One vector of length 1 for each value, row after row.
    pub vectors: Vec<f64>,
}

/// Sweeps at most; matrices of a few hundred rows need about ten.
const SWEEPS: usize = 60;

impl SymmetricEigen {
    /// Of the matrix whose entries stand row after row; only its symmetric part counts.
    pub fn new(size: usize, entries: &[f64]) -> Self {
        let mut a = entries.to_vec();
        a.resize(size * size, 0.0);
        let mut vectors = vec![0.0; size * size];
        for i in 0..size {
            vectors[i * size + i] = 1.0;
        }
        let total: f64 = a.iter().map(|x| x * x).sum();
        for _ in 0..SWEEPS {
            let off: f64 = (0..size)
                .flat_map(|i| (0..i).map(move |j| (i, j)))
                .map(|(i, j)| a[i * size + j])
                .map(|x| x * x)
                .sum();
            if off <= 1e-32 * total {
                break;
            }
            for p in 0..size {
                for q in p + 1..size {
                    rotate(size, &mut a, &mut vectors, p, q);
                }
            }
        }
        Self { values: (0..size).map(|i| a[i * size + i]).collect(), vectors }
    }

    /// The smallest eigenvalue; 0 for a matrix without rows.
    pub fn smallest(&self) -> f64 {
        self.values.iter().copied().reduce(f64::min).unwrap_or(0.0)
    }
}

/// Makes entry (p, q) zero.
fn rotate(size: usize, a: &mut [f64], vectors: &mut [f64], p: usize, q: usize) {
    let apq = a[p * size + q];
    if apq == 0.0 {
        return;
    }
    let theta = (a[q * size + q] - a[p * size + p]) / (2.0 * apq);
    let t = theta.signum() / (theta.abs() + (theta * theta + 1.0).sqrt());
    let c = 1.0 / (t * t + 1.0).sqrt();
    let s = t * c;
    let turn = |x: &mut f64, y: &mut f64| (*x, *y) = (c * *x - s * *y, s * *x + c * *y);
    for k in 0..size {
        let (mut x, mut y) = (a[k * size + p], a[k * size + q]);
        turn(&mut x, &mut y);
        (a[k * size + p], a[k * size + q]) = (x, y);
    }
    for k in 0..size {
        let (mut x, mut y) = (a[p * size + k], a[q * size + k]);
        turn(&mut x, &mut y);
        (a[p * size + k], a[q * size + k]) = (x, y);
        let (mut x, mut y) = (vectors[p * size + k], vectors[q * size + k]);
        turn(&mut x, &mut y);
        (vectors[p * size + k], vectors[q * size + k]) = (x, y);
    }
    a[p * size + q] = 0.0;
    a[q * size + p] = 0.0;
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn agrees_with_nalgebra(size in 1..9usize, numbers in prop::collection::vec(-1.0..1.0f64, 64)) {
            let entry = |i: usize, j: usize| numbers[i.max(j) * 8 % 64 + i.min(j)];
            let entries: Vec<f64> = (0..size * size).map(|k| entry(k / size, k % size)).collect();
            let ours = SymmetricEigen::new(size, &entries);
            let mut values = ours.values.clone();
            values.sort_by(f64::total_cmp);
            let matrix = nalgebra::DMatrix::from_row_slice(size, size, &entries);
            let mut theirs: Vec<f64> = matrix.symmetric_eigenvalues().iter().copied().collect();
            theirs.sort_by(f64::total_cmp);
            for (a, b) in values.iter().zip(&theirs) {
                prop_assert!((a - b).abs() < 1e-12);
            }
            // A v = lambda v.
            for (value, vector) in ours.values.iter().zip(ours.vectors.chunks(size)) {
                for i in 0..size {
                    let product: f64 = (0..size).map(|j| entries[i * size + j] * vector[j]).sum();
                    prop_assert!((product - value * vector[i]).abs() < 1e-12);
                }
            }
        }
    }
}
