//! The posterior of a vector autoregression, in closed form, and draws from it.

use super::coefficients::VarCoefficients;
use super::least_squares::push;
use super::minnesota::Minnesota;
use super::rows::{Reduced, Rows};
use crate::calibrate::draw;
use crate::calibrate::linear::Matrix;
use crate::error::Fault;
use crate::random::{Key, Stream};
use crate::series::Series;
use crate::time::{Horizon, Year};
use std::f64::consts::PI;

/// What histories say of the coefficients B and the covariance Sigma of a [`VarCoefficients`]:
///
/// ```text
/// Sigma ~ IW(S, df),   B | Sigma ~ N(mean, Sigma (x) (X'X)^-1)
/// ```
///
/// with X'X, S and df from the rows of the history and those that stand for the prior ([`Minnesota`]; flat: p(B, Sigma) ~
/// |Sigma|^-(n+1)/2, no rows, df = T - k). A row is a year in which all series and all their lags are known; years that
/// lack one are not used. Without a prior at least k + n rows are needed (k = 1 + n p terms); with one whose scales are
/// stated, 1.
///
/// **Limiting cases.** Flat prior: the mean is least squares. Without lags: mean and covariance of a sample.
/// **Reference.** Kadiyala and Karlsson (1997), section 2; Karlsson (2013), Forecasting with Bayesian vector
/// autoregression, Handbook of Economic Forecasting 2B, section 3.2.
///
/// ```
/// use plancast::calibrate::{Explosive, Minnesota, VarPosterior};
/// use plancast::random::Key;
/// use plancast::series::Series;
/// use plancast::time::Year;
/// let growth = |values: [f64; 6]| Series::new((2015..).map(Year).zip(values));
/// let gdp = growth([0.071, 0.064, 0.069, 0.066, 0.060, 0.021]);
/// let revenue = growth([0.082, 0.070, 0.091, 0.074, 0.060, -0.010]);
/// let posterior = VarPosterior::new(&[gdp, revenue], 1, Some(&Minnesota::growth(2)))?;
/// let paths = posterior.forecast(Key::new(1, "calibrate var", "demo"), 1000, 5, Explosive::Drop)?;
/// assert_eq!(paths.years(), 5);
/// # Ok::<(), plancast::error::Fault>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct VarPosterior {
    mean: VarCoefficients,
    /// Upper triangle R with R'R = X'X.
    design: Matrix,
    /// Upper triangle U with U'U = S.
    squares: Matrix,
    df: f64,
    rows: usize,
    ln_marginal_likelihood: Option<f64>,
    next: Vec<f64>,
    last: Year,
}

/// What is done with coefficients under which the series run away.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Explosive {
    /// They are as likely as any.
    Keep,
    /// They are drawn again: the prior has no mass outside the stationary region.
    Drop,
}

/// Draws that are tried for a stationary one.
const TRIES: usize = 1000;

/// Values that a forecast may hold: 2 GiB of them.
const MOST_VALUES: usize = 1 << 28;

impl VarPosterior {
    /// The posterior of `lags` lags of the series; under the flat prior when none is given. `lags` may be 0.
    ///
    /// # Errors
    /// A [`Fault`] when there is no series, a value is not finite, there are too few complete years (it says how many are
    /// needed), the prior is no law, or a series is constant or follows from the others and no prior says how it moves.
    pub fn new(series: &[Series], lags: usize, prior: Option<&Minnesota>) -> Result<Self, Fault> {
        let rows = Rows::new(series, lags)?;
        match prior {
            Some(prior) => {
                prior.check(rows.series())?;
                Self::from_rows(rows, prior)
            }
            None => {
                rows.enough_without_prior()?;
                let (k, n, t) = (rows.terms.columns(), rows.series(), rows.count());
                let reduced = Reduced::new(stack(&Matrix::zeros(0, k + n), &rows), k)?;
                Self::from_reduced(reduced, (t - k) as f64, None, rows)
            }
        }
    }

    /// The posterior under a prior that has been checked.
    pub(super) fn from_rows(rows: Rows, prior: &Minnesota) -> Result<Self, Fault> {
        let before = prior.as_rows(&rows)?;
        let reduced = Reduced::new(stack(&before.all, &rows), rows.terms.columns())?;
        let (t, n) = (rows.count() as f64, rows.series());
        let df = prior.df + t;
        // ln p(Y) = -nT/2 ln pi + ln Gamma_n(df/2) - ln Gamma_n(df0/2) + n/2 (ln|X0'X0| - ln|X'X|)
        //           + df0/2 ln|S0| - df/2 ln|S|  (Kadiyala and Karlsson 1997; Karlsson 2013, equation 15).
        let gammas: f64 = (0..n)
            .map(|i| libm::lgamma(0.5 * (df - i as f64)) - libm::lgamma(0.5 * (prior.df - i as f64)))
            .sum();
        let likelihood = gammas - 0.5 * n as f64 * t * libm::log(PI)
            + 0.5 * n as f64 * (before.ln_det_weights - 2.0 * reduced.design.ln_diagonal())
            + 0.5 * prior.df * before.ln_det_scale
            - df * reduced.residuals.ln_diagonal();
        Self::from_reduced(reduced, df, Some(likelihood), rows)
    }

    fn from_reduced(
        reduced: Reduced,
        df: f64,
        ln_marginal_likelihood: Option<f64>,
        rows: Rows,
    ) -> Result<Self, Fault> {
        let numbers = [&reduced.coefficients, &reduced.design, &reduced.residuals];
        let finite = numbers.iter().all(|matrix| matrix.entries().iter().all(|x| x.is_finite()));
        if !(finite && ln_marginal_likelihood.is_none_or(f64::is_finite)) {
            return Err(Fault::new("series", "the values are too far apart in size to be computed with")
                .remedy("use units in which the series are of like size"));
        }
        Ok(Self {
            mean: VarCoefficients { terms: reduced.coefficients, lags: rows.lags },
            design: reduced.design,
            squares: reduced.residuals,
            df,
            rows: rows.count(),
            ln_marginal_likelihood,
            next: rows.next,
            last: rows.last,
        })
    }

    /// The mean of the coefficients.
    pub fn mean(&self) -> &VarCoefficients {
        &self.mean
    }

    /// Degrees of freedom of Sigma.
    pub fn df(&self) -> f64 {
        self.df
    }

    /// How many years were used.
    pub fn rows(&self) -> usize {
        self.rows
    }

    /// The last year used, after which forecasts begin.
    pub fn last_year(&self) -> Year {
        self.last
    }

    /// The mean of Sigma, `S / (df - n - 1)`; none where it does not exist.
    pub fn mean_covariance(&self) -> Option<Vec<Vec<f64>>> {
        let free = self.df - self.mean.series() as f64 - 1.0;
        (free > 0.0).then(|| self.squares.gram().scaled(1.0 / free).to_rows())
    }

    /// The logarithm of the probability density that the prior gave to the histories before they were seen (given the
    /// values before the first row): what priors and numbers of lags are compared by, on the same rows. None for
    /// the flat prior, which is no law.
    pub fn ln_marginal_likelihood(&self) -> Option<f64> {
        self.ln_marginal_likelihood
    }

    /// The law of the year after the last one, parameters and innovations both unknown:
    ///
    /// ```text
    /// y ~ t(df - n + 1), location x' mean, scale S (1 + x' (X'X)^-1 x) / (df - n + 1),   x the terms of that year
    /// ```
    pub fn next_year(&self) -> MultivariateT {
        let df = self.df - self.mean.series() as f64 + 1.0;
        let x = Matrix::from_fn(self.next.len(), 1, |i, _| self.next[i]);
        let leverage = self.design.transposed().solve_lower(&x).gram()[(0, 0)];
        MultivariateT {
            df,
            location: self.mean.mean_after(&self.next),
            scale: self.squares.gram().scaled((1.0 + leverage) / df).to_rows(),
        }
    }

    /// Coefficients and covariance, drawn together.
    ///
    /// Sigma by the factor of Bartlett (1933): with A the lower factor of a standard Wishart matrix, chi-square roots on
    /// its diagonal and normals below, `Sigma = C C'` for `A C' = U`. Then `B = mean + R^-1 Z C'` with normals Z.
    ///
    /// # Errors
    /// A [`Fault`] when explosive draws are dropped and of 1000 none is left.
    pub fn draw(&self, stream: &mut Stream, explosive: Explosive) -> Result<VarDraw, Fault> {
        for _ in 0..TRIES {
            let drawn = self.draw_any(stream);
            if explosive == Explosive::Keep || drawn.coefficients.is_stationary() {
                return Ok(drawn);
            }
        }
        Err(Fault::new(
            "series",
            format!("of {TRIES} draws of the coefficients not one is stationary: the histories run away"),
        )
        .remedy("use growth rates instead of levels, or keep explosive draws"))
    }

    fn draw_any(&self, stream: &mut Stream) -> VarDraw {
        let (k, n) = (self.design.rows(), self.mean.series());
        let mut bartlett = Matrix::zeros(n, n);
        for i in 0..n {
            for j in 0..i {
                bartlett[(i, j)] = draw::normal(stream);
            }
            bartlett[(i, i)] = draw::chi_square(stream, self.df - i as f64).sqrt();
        }
        let root = bartlett.solve_lower(&self.squares);
        let normals = Matrix::from_fn(k, n, |_, _| draw::normal(stream));
        let about = self.design.solve_upper(&normals.times(&root));
        let terms = Matrix::from_fn(k, n, |i, j| self.mean.terms[(i, j)] + about[(i, j)]);
        VarDraw { coefficients: VarCoefficients { terms, lags: self.mean.lags }, root }
    }

    /// Posterior-predictive paths of the next `years` years, each with parameters of its own: path d from the stream (key,
    /// d, last year). More paths keep the first ones, more years keep the earlier ones.
    ///
    /// # Errors
    /// A [`Fault`] when more than 200 years or more than 2^28 values are asked for, when there is no stationary draw ([`Self::draw`]), or when
    /// a path runs beyond what a number can hold.
    pub fn forecast(
        &self,
        key: Key,
        paths: usize,
        years: usize,
        explosive: Explosive,
    ) -> Result<VarPaths, Fault> {
        let n = self.mean.series();
        if years > Horizon::MAX_STEPS {
            return Err(Fault::new(
                "years",
                format!("{years} years are asked for; at most {} can be", Horizon::MAX_STEPS),
            ));
        }
        let most = MOST_VALUES / (n * years.max(1));
        if paths > most {
            let problem =
                format!("{paths} paths of {years} years and {n} series are asked for; at most {most} can be");
            return Err(Fault::new("paths", problem));
        }
        let mut values = Vec::with_capacity(paths * years * n);
        for path in 0..paths {
            let mut stream = Stream::new(key, path as u64, self.last.0);
            let drawn = self.draw(&mut stream, explosive)?;
            let mut terms = self.next.clone();
            for _ in 0..years {
                let year = drawn.step(&terms, &mut stream);
                push(&mut terms, &year, n);
                values.extend(year);
            }
        }
        if values.iter().any(|value| !value.is_finite()) {
            return Err(Fault::new("years", "a path runs beyond what a number can hold")
                .remedy("drop explosive draws, use a tighter prior, or look fewer years ahead"));
        }
        Ok(VarPaths { paths, years, series: n, values })
    }
}

/// Two blocks of rows, one on the other: those of a prior, and those of a history.
fn stack(prior: &Matrix, rows: &Rows) -> Matrix {
    let (before, k) = (prior.rows(), rows.terms.columns());
    Matrix::from_fn(before + rows.count(), k + rows.series(), |i, j| {
        if i < before {
            prior[(i, j)]
        } else if j < k {
            rows.terms[(i - before, j)]
        } else {
            rows.values[(i - before, j - k)]
        }
    })
}

/// Student's t law of several variables: location + sqrt(df / chi-square(df)) normal(0, scale).
#[derive(Debug, Clone, PartialEq)]
pub struct MultivariateT {
    /// Degrees of freedom, > 0.
    pub df: f64,
    /// Centre, one number per series.
    pub location: Vec<f64>,
    /// Scale matrix, by rows; the covariance is `df / (df - 2)` times that.
    pub scale: Vec<Vec<f64>>,
}

/// One draw of all parameters.
#[derive(Debug, Clone, PartialEq)]
pub struct VarDraw {
    coefficients: VarCoefficients,
    /// C' with Sigma = C C'.
    root: Matrix,
}

impl VarDraw {
    /// The coefficients.
    pub fn coefficients(&self) -> &VarCoefficients {
        &self.coefficients
    }

    /// Sigma, by rows.
    pub fn covariance(&self) -> Vec<Vec<f64>> {
        self.root.gram().to_rows()
    }

    /// The next year, drawn.
    fn step(&self, terms: &[f64], stream: &mut Stream) -> Vec<f64> {
        let mut values = self.coefficients.mean_after(terms);
        for i in 0..values.len() {
            let z = draw::normal(stream);
            for (value, share) in values.iter_mut().zip(self.root.row(i)) {
                *value += share * z;
            }
        }
        values
    }
}

/// Paths of several series over the years after their history.
#[derive(Debug, Clone, PartialEq)]
pub struct VarPaths {
    paths: usize,
    years: usize,
    series: usize,
    /// Path after path, in it year after year.
    values: Vec<f64>,
}

impl VarPaths {
    /// How many paths.
    pub fn paths(&self) -> usize {
        self.paths
    }

    /// How many years.
    pub fn years(&self) -> usize {
        self.years
    }

    /// How many series.
    pub fn series(&self) -> usize {
        self.series
    }

    /// The values of all series on a path, in the `year`-th year counted from 0; empty where there are none.
    pub fn at(&self, path: usize, year: usize) -> &[f64] {
        if path >= self.paths || year >= self.years {
            return &[];
        }
        let start = (path * self.years + year) * self.series;
        &self.values[start..start + self.series]
    }
}
