//! A vector autoregression by least squares: one number for every coefficient, as if it were known.

use super::coefficients::VarCoefficients;
use super::rows::{Reduced, Rows};
use crate::calibrate::linear::Matrix;
use crate::error::Fault;
use crate::series::Series;
use crate::time::Year;
use std::f64::consts::PI;

/// **Plug-in** estimate of a [`VarCoefficients`] and its Sigma. Its forecasts say nothing of what is not known about the
/// coefficients, so their intervals are too narrow on short histories; [`super::VarPosterior`] says it.
///
/// ```text
/// B = (X'X)^-1 X'Y,   Sigma = (Y - XB)'(Y - XB) / (T - k),   k = 1 + n p terms in T rows
/// ```
///
/// A row is a year in which all series and all their lags are known; other years are not used, and at least k + n rows are
/// needed. **Reference.** Lütkepohl (2005), section 3.2; the same numbers as R's `vars::VAR` and statsmodels' `VAR`.
#[derive(Debug, Clone)]
pub struct VarLeastSquares {
    coefficients: VarCoefficients,
    /// Squares and products of the residuals.
    squares: Matrix,
    ln_det_squares: f64,
    rows: usize,
    next: Vec<f64>,
    last: Year,
}

impl VarLeastSquares {
    /// Fits `lags` lags to the series.
    ///
    /// # Errors
    /// A [`Fault`] when there is no series, a value is not finite, there are too few complete years (it says how many are
    /// needed), or a series is constant or follows from the others.
    pub fn new(series: &[Series], lags: usize) -> Result<Self, Fault> {
        let rows = Rows::new(series, lags)?;
        rows.enough_without_prior()?;
        let (k, n) = (rows.terms.columns(), rows.series());
        let all = Matrix::from_fn(rows.count(), k + n, |t, j| {
            if j < k { rows.terms[(t, j)] } else { rows.values[(t, j - k)] }
        });
        let reduced = Reduced::new(all, k)?;
        Ok(Self {
            coefficients: VarCoefficients { terms: reduced.coefficients, lags },
            squares: reduced.residuals.gram(),
            ln_det_squares: 2.0 * reduced.residuals.ln_diagonal(),
            rows: rows.count(),
            next: rows.next,
            last: rows.last,
        })
    }

    /// The coefficients.
    pub fn coefficients(&self) -> &VarCoefficients {
        &self.coefficients
    }

    /// How many years were used.
    pub fn rows(&self) -> usize {
        self.rows
    }

    /// The last year used, after which forecasts begin.
    pub fn last_year(&self) -> Year {
        self.last
    }

    /// Sigma with divisor T - k: corrected for the degrees of freedom that the coefficients take.
    pub fn covariance(&self) -> Vec<Vec<f64>> {
        self.corrected().to_rows()
    }

    /// Sigma with divisor T: that of the largest likelihood.
    pub fn ml_covariance(&self) -> Vec<Vec<f64>> {
        self.squares.clone().scaled(1.0 / self.rows as f64).to_rows()
    }

    /// The logarithm of the largest likelihood, given the values before the first row.
    pub fn ln_likelihood(&self) -> f64 {
        let (t, n) = (self.rows as f64, self.coefficients.series() as f64);
        let ln_det = self.ln_det_squares - n * libm::log(t);
        -0.5 * t * (n * (libm::log(2.0 * PI) + 1.0) + ln_det)
    }

    /// The means of the next `horizon` years, one vector a year.
    pub fn forecast(&self, horizon: usize) -> Vec<Vec<f64>> {
        let n = self.coefficients.series();
        let mut terms = self.next.clone();
        (0..horizon)
            .map(|_| {
                let mean = self.coefficients.mean_after(&terms);
                push(&mut terms, &mean, n);
                mean
            })
            .collect()
    }

    /// The covariance of the errors of [`Self::forecast`], one matrix a year, as if the coefficients were known:
    /// `sum Psi_i Sigma Psi_i'` over i = 0 … h - 1 for the h-th year.
    pub fn forecast_covariance(&self, horizon: usize) -> Vec<Vec<Vec<f64>>> {
        let n = self.coefficients.series();
        let sigma = self.corrected();
        let mut sum = Matrix::zeros(n, n);
        let mut covariances = Vec::with_capacity(horizon);
        for response in self.coefficients.responses(horizon) {
            let added = response.times(&sigma).times(&response.transposed());
            sum = Matrix::from_fn(n, n, |i, j| sum[(i, j)] + 0.5 * (added[(i, j)] + added[(j, i)]));
            covariances.push(sum.to_rows());
        }
        covariances
    }

    fn corrected(&self) -> Matrix {
        let free = self.rows - self.coefficients.terms.rows();
        self.squares.clone().scaled(1.0 / free as f64)
    }
}

/// Moves the terms of a row on by a year whose values are `values`.
pub(super) fn push(terms: &mut [f64], values: &[f64], n: usize) {
    let end = terms.len();
    if end > n {
        terms.copy_within(1..end - n, 1 + n);
        terms[1..=n].copy_from_slice(values);
    }
}
