//! The coefficients of a vector autoregression: its equation, its moving average form, whether it explodes.

use crate::calibrate::linear::Matrix;

/// The coefficients of n series on a constant and p lags of all of them:
///
/// ```text
/// y[t] = c + A1 y[t-1] + … + Ap y[t-p] + u[t],   u[t] ~ N(0, Sigma) independent
/// ```
///
/// `y` is a vector of growth rates or levels in the latent state (log points for a log link), `c` is in its units,
/// the entries of `A` are units of one series for one unit of another. With p = 0 the series have a mean and a
/// covariance, and no memory. **Reference.** Lütkepohl (2005), New Introduction to Multiple Time Series Analysis, ch. 2.
#[derive(Debug, Clone, PartialEq)]
pub struct VarCoefficients {
    /// One column per equation; rows: constant, lag 1 of every series, lag 2 of every series, …
    pub(super) terms: Matrix,
    pub(super) lags: usize,
}

/// Squarings of the companion matrix at most; what is undecided then has an eigenvalue within 1e-8 of modulus 1.
const SQUARINGS: usize = 40;

impl VarCoefficients {
    /// How many series.
    pub fn series(&self) -> usize {
        self.terms.columns()
    }

    /// How many lags.
    pub fn lags(&self) -> usize {
        self.lags
    }

    /// The constant of an equation; 0 for an equation that does not exist.
    pub fn constant(&self, equation: usize) -> f64 {
        if equation < self.series() { self.terms[(0, equation)] } else { 0.0 }
    }

    /// What one unit of the series `of`, `lag` years before, adds to an equation: the entry (`equation`, `of`) of A_lag;
    /// 0 where there is none.
    pub fn lag(&self, lag: usize, equation: usize, of: usize) -> f64 {
        let n = self.series();
        if (1..=self.lags).contains(&lag) && equation < n && of < n {
            self.terms[(1 + (lag - 1) * n + of, equation)]
        } else {
            0.0
        }
    }

    /// The mean of the next year after the terms of its row: 1, then the values of the latest year, the one before, …
    pub(super) fn mean_after(&self, terms: &[f64]) -> Vec<f64> {
        let mut mean = vec![0.0; self.series()];
        for (term, coefficients) in terms.iter().zip((0..self.terms.rows()).map(|i| self.terms.row(i))) {
            for (mean, coefficient) in mean.iter_mut().zip(coefficients) {
                *mean += term * coefficient;
            }
        }
        mean
    }

    /// The matrices of the moving average form, the response of all series to a shock `h` years before, h = 0 … `horizon` - 1:
    /// `Psi_0 = I, Psi_h = A1 Psi_{h-1} + … + Ap Psi_{h-p}`.
    pub(super) fn responses(&self, horizon: usize) -> Vec<Matrix> {
        let n = self.series();
        let mut responses: Vec<Matrix> = Vec::with_capacity(horizon);
        for h in 0..horizon {
            let response = Matrix::from_fn(n, n, |i, j| {
                if h == 0 {
                    return f64::from(u8::from(i == j));
                }
                let mut sum = 0.0;
                for lag in 1..=self.lags.min(h) {
                    for k in 0..n {
                        sum += self.lag(lag, i, k) * responses[h - lag][(k, j)];
                    }
                }
                sum
            });
            responses.push(response);
        }
        responses
    }

    /// Whether the series return from every shock: all eigenvalues of the companion matrix F are of modulus below 1.
    ///
    /// F is squared again and again. A power with a norm below 1 proves that they are; one whose trace is larger than
    /// its size proves that one is not (both bound the eigenvalues of the power). What is undecided after 40 squarings
    /// is within 1e-8 of modulus 1 and counts as explosive.
    pub fn is_stationary(&self) -> bool {
        let (n, size) = (self.series(), self.series() * self.lags);
        let mut power = Matrix::from_fn(size, size, |i, j| {
            if i < n { self.lag(j / n + 1, i, j % n) } else { f64::from(u8::from(i == j + n)) }
        });
        for _ in 0..SQUARINGS {
            // The largest sum of a row.
            let norm = (0..size).map(|i| power.row(i).iter().map(|x| x.abs()).sum()).fold(0.0, f64::max);
            let trace: f64 = (0..size).map(|i| power[(i, i)]).sum();
            if norm < 1.0 && trace.is_finite() {
                return true;
            }
            if !(trace.abs() <= size as f64) {
                return false;
            }
            power = power.times(&power);
        }
        false
    }
}
