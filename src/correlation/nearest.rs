//! Layer 1: the correlation matrix nearest to one that is none.

use super::{Correlation, SymmetricEigen, checked_shape};
use crate::error::Fault;

/// What a repair changed.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct RepairReport {
    /// Root of the sum of squared changes over all entries (Frobenius norm).
    pub distance: f64,
    /// The smallest eigenvalue of the matrix that was given.
    pub smallest_eigenvalue_before: f64,
    /// The largest change of an entry.
    pub largest_change: f64,
}

/// Rounds at most; a matrix that needs them all is still returned as a correlation matrix.
const ROUNDS: usize = 20_000;
/// Rounds end when no entry moves by more than this.
const STILL: f64 = 1e-13;

/// The correlation matrix nearest to a symmetric matrix with ones on the diagonal, in the
/// Frobenius norm, by alternating projections with Dykstra's correction.
///
/// A matrix that is a correlation matrix comes back unchanged.
///
/// Reference: Higham (2002), Computing the nearest correlation matrix: a problem from finance, IMA J.
/// Numer. Anal. 22(3), 329-343.
///
/// # Errors
/// A [`Fault`] with an empty path, to be filled in by the caller, for a matrix that is not square, not symmetric,
/// without ones on the diagonal, or with entries outside -1 to 1.
pub fn nearest(rows: &[Vec<f64>]) -> Result<(Correlation, RepairReport), Fault> {
    let given = checked_shape(rows)?;
    let size = rows.len();
    let smallest_eigenvalue_before = SymmetricEigen::new(size, &given).smallest();
    let entries = if smallest_eigenvalue_before >= 0.0 { given.clone() } else { project(size, &given) };
    let changes = || given.iter().zip(&entries).map(|(a, b)| (a - b).abs());
    let report = RepairReport {
        distance: changes().map(|change| change * change).sum::<f64>().sqrt(),
        smallest_eigenvalue_before,
        largest_change: changes().fold(0.0, f64::max),
    };
    Ok((Correlation::from_checked(size, entries), report))
}

fn project(size: usize, given: &[f64]) -> Vec<f64> {
    let mut y = given.to_vec();
    let mut correction = vec![0.0; size * size];
    for _ in 0..ROUNDS {
        let r: Vec<f64> = y.iter().zip(&correction).map(|(y, c)| y - c).collect();
        let x = semi_definite(size, &r);
        for ((c, x), r) in correction.iter_mut().zip(&x).zip(&r) {
            *c = x - r;
        }
        let mut moved: f64 = 0.0;
        for i in 0..size {
            for j in 0..size {
                let place = i * size + j;
                let next = if i == j { 1.0 } else { x[place] };
                moved = moved.max((next - y[place]).abs());
                y[place] = next;
            }
        }
        if moved <= STILL {
            break;
        }
    }
    // The last step onto the semi-definite matrices, scaled back to ones on the diagonal.
    let x = semi_definite(size, &y);
    let root: Vec<f64> = (0..size).map(|i| x[i * size + i].sqrt()).collect();
    let mut out = vec![1.0; size * size];
    for i in 0..size {
        for j in 0..i {
            let value = (x[i * size + j] / (root[i] * root[j])).clamp(-1.0, 1.0);
            out[i * size + j] = value;
            out[j * size + i] = value;
        }
    }
    out
}

/// The nearest positive semi-definite matrix: negative eigenvalues replaced by 0.
fn semi_definite(size: usize, entries: &[f64]) -> Vec<f64> {
    let eigen = SymmetricEigen::new(size, entries);
    let mut out = vec![0.0; size * size];
    for (value, vector) in eigen.values.iter().zip(eigen.vectors.chunks_exact(size.max(1))) {
        if *value > 0.0 {
            for i in 0..size {
                let scaled = value * vector[i];
                for j in 0..size {
                    out[i * size + j] += scaled * vector[j];
                }
            }
        }
    }
    // Both sides of the diagonal were summed in the same order, but products round in another.
    for i in 0..size {
        for j in 0..i {
            out[j * size + i] = out[i * size + j];
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_published_example() {
        // Higham (2002), section 4: the nearest matrix has 0.7607 beside the diagonal and 0.1573 in the corner.
        let rows = [vec![1.0, 1.0, 0.0], vec![1.0, 1.0, 1.0], vec![0.0, 1.0, 1.0]];
        let (correlation, report) = nearest(&rows).unwrap();
        let digits = |x: f64| (x * 1e4).round() / 1e4;
        assert_eq!(digits(correlation.get(0, 1)), 0.7607);
        assert_eq!(digits(correlation.get(1, 2)), 0.7607);
        assert_eq!(digits(correlation.get(0, 2)), 0.1573);
        assert!((report.smallest_eigenvalue_before - (1.0 - 2.0_f64.sqrt())).abs() < 1e-14);
        assert_eq!(digits(report.largest_change), 0.2393);
        // sqrt(4 * 0.2393^2 + 2 * 0.1573^2)
        assert!((report.distance - 0.5278).abs() < 1e-3);
    }

    #[test]
    fn the_answer_is_nearer_than_its_neighbours_and_a_correlation_matrix() {
        // All pairs at -0.5 among four: the nearest has -1/3 everywhere, by symmetry.
        let rows: Vec<Vec<f64>> =
            (0..4).map(|i| (0..4).map(|j| if i == j { 1.0 } else { -0.5 }).collect()).collect();
        let (correlation, report) = nearest(&rows).unwrap();
        for i in 0..4 {
            for j in 0..i {
                assert!((correlation.get(i, j) + 1.0 / 3.0).abs() < 1e-9);
            }
        }
        assert!((report.distance - (12.0_f64 / 36.0).sqrt()).abs() < 1e-9);
        assert!(correlation.smallest_eigenvalue() > -1e-12);
        let again: Vec<Vec<f64>> = correlation.entries().chunks(4).map(<[f64]>::to_vec).collect();
        assert!(Correlation::new(&again).is_ok());
    }

    #[test]
    fn another_program_finds_the_same() {
        // R 4.2.2, Matrix 1.5-3: nearPD(x, corr = TRUE, eig.tol = 1e-14, conv.tol = 1e-14, posd.tol = 1e-16, maxit = 100000); see
        // tests/reference/correlation.R.
        let rows = [
            vec![1.0, 0.9, 0.6, -0.4],
            vec![0.9, 1.0, -0.7, 0.5],
            vec![0.6, -0.7, 1.0, 0.8],
            vec![-0.4, 0.5, 0.8, 1.0],
        ];
        let (correlation, _) = nearest(&rows).unwrap();
        for (i, j, expected) in [
            (0, 1, 0.557934411046148),
            (0, 2, 0.263882859308043),
            (0, 3, -0.123753032664217),
            (1, 2, -0.333527770415261),
            (1, 3, 0.198804881455457),
            (2, 3, 0.504042600879020),
        ] {
            assert!((correlation.get(i, j) - expected).abs() < 1e-9, "{i} {j}: {}", correlation.get(i, j));
        }
    }

    #[test]
    fn a_correlation_matrix_comes_back_unchanged() {
        let rows = [vec![1.0, 0.3], vec![0.3, 1.0]];
        let (correlation, report) = nearest(&rows).unwrap();
        assert_eq!(correlation.get(0, 1), 0.3);
        assert_eq!((report.distance, report.largest_change), (0.0, 0.0));
    }

    #[test]
    fn what_cannot_be_repaired_is_refused() {
        assert!(nearest(&[vec![1.0, 0.3]]).is_err());
        assert!(nearest(&[vec![1.0, 0.3], vec![0.4, 1.0]]).is_err());
    }
}
