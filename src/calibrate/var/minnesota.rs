//! What is believed of a vector autoregression before its history is seen: every series on its own, moving simply.

use super::posterior::VarPosterior;
use super::rows::Rows;
use crate::calibrate::linear::Matrix;
use crate::correlation::Correlation;
use crate::error::Fault;
use crate::series::Series;

/// The Minnesota prior in its conjugate form (normal-inverse-Wishart):
///
/// ```text
/// Sigma ~ IW(S0, df),  E[Sigma] = S0 / (df - n - 1) = D P D,  D = diag(scale), P = correlation
/// c[i]      | Sigma ~ N(constant[i],               Sigma[i][i] / constant_weight)
/// A_l[i][j] | Sigma ~ N(own_first_lag[i] if l = 1 and i = j, otherwise 0,
///                       Sigma[i][i] (tightness / (l^lag_decay scale[j]))^2)
/// ```
///
/// independent over the terms of an equation, correlated over the equations as Sigma is.
///
/// Without lags this is the plain normal-inverse-Wishart prior for a mean vector and a covariance matrix: `constant`
/// is the mean, worth `constant_weight` observations.
///
/// **Limiting cases.** Tightness to 0: every series by itself, white noise about a mean (own first lag 0) or a random
/// walk (1). Tightness large: least squares. **Reference.** Litterman (1986), Forecasting with Bayesian vector
/// autoregressions, J. Bus. Econ. Stat. 4(1), 25-38; Kadiyala and Karlsson (1997), Numerical methods for estimation and
/// inference in Bayesian VAR-models, J. Appl. Econometrics 12, 99-132; Bańbura, Giannone and Reichlin (2010), Large
/// Bayesian vector auto regressions, J. Appl. Econometrics 25, 71-92, where lag_decay is 1.
#[derive(Debug, Clone, PartialEq)]
pub struct Minnesota {
    /// How far coefficients may be from their means: lambda, from 1e-6 to 1e6.
    pub tightness: f64,
    /// How much faster later lags are held to 0: the power of the lag, from 0 to 10.
    pub lag_decay: f64,
    /// The mean of the first own lag of each series: 0 for growth, 1 for levels.
    pub own_first_lag: Vec<f64>,
    /// The mean of each constant, in the units of the series.
    pub constant: Vec<f64>,
    /// How many observations that is worth, from 1e-12 to 1e12.
    pub constant_weight: f64,
    /// Standard deviation of the innovations of each series, > 0, in its units. `None`: that of the residuals of an
    /// autoregression of its own (of order 1; without lags, about its mean), which needs 4 complete years.
    pub scale: Option<Vec<f64>>,
    /// Their correlation. It must be of full rank.
    pub correlation: Correlation,
    /// Degrees of freedom of Sigma, above n + 1 and at most 1e9.
    pub df: f64,
}

/// What [`Minnesota::best_tightness`] chooses from.
const TIGHTNESS: [f64; 8] = [0.05, 0.1, 0.2, 0.3, 0.5, 1.0, 2.0, 5.0];

impl Minnesota {
    /// For growth rates: tightness 0.2, lag decay 1, coefficients about 0, constants worth a ten-thousandth of an
    /// observation, scales from the history, no correlation, n + 2 degrees of freedom.
    pub fn growth(series: usize) -> Self {
        Self {
            tightness: 0.2,
            lag_decay: 1.0,
            own_first_lag: vec![0.0; series],
            constant: vec![0.0; series],
            constant_weight: 1e-4,
            scale: None,
            correlation: Correlation::independent(series),
            df: series as f64 + 2.0,
        }
    }

    /// For levels: as [`Self::growth`], but about random walks.
    pub fn levels(series: usize) -> Self {
        Self { own_first_lag: vec![1.0; series], ..Self::growth(series) }
    }

    /// The same prior with the tightness of 0.05, 0.1, 0.2, 0.3, 0.5, 1, 2 and 5 under which the histories were most likely
    /// (Giannone, Lenza and Primiceri 2015, Prior selection for vector autoregressions, Rev. Econ. Stat. 97(2), 436-451).
    /// The scales are those of the histories from then on.
    ///
    /// # Errors
    /// As [`VarPosterior::new`].
    pub fn best_tightness(&self, series: &[Series], lags: usize) -> Result<Self, Fault> {
        let rows = Rows::new(series, lags)?;
        self.check(rows.series())?;
        let mut tried = Self { scale: Some(self.scales(&rows)?), ..self.clone() };
        let (mut best, mut highest) = (self.tightness, f64::NEG_INFINITY);
        for tightness in TIGHTNESS {
            tried.tightness = tightness;
            let posterior = VarPosterior::from_rows(rows.clone(), &tried)?;
            if let Some(likelihood) = posterior.ln_marginal_likelihood()
                && likelihood > highest
            {
                (best, highest) = (tightness, likelihood);
            }
        }
        Ok(Self { tightness: best, ..tried })
    }

    /// Whether everything is in order for `n` series.
    pub(super) fn check(&self, n: usize) -> Result<(), Fault> {
        let finite = |values: &[f64]| values.iter().all(|value| value.is_finite());
        let number = |name: &str, value: f64, low: f64, high: f64| {
            if low <= value && value <= high {
                Ok(())
            } else {
                Err(Fault::new(
                    format!("prior.{name}"),
                    format!("it is {value}; it must be between {low} and {high}"),
                ))
            }
        };
        number("tightness", self.tightness, 1e-6, 1e6)?;
        number("lag_decay", self.lag_decay, 0.0, 10.0)?;
        number("constant_weight", self.constant_weight, 1e-12, 1e12)?;
        if !(self.df > n as f64 + 1.0 && self.df <= 1e9) {
            let problem =
                format!("it is {}; with {n} series it must be above {} and at most 1e9", self.df, n + 1);
            return Err(Fault::new("prior.df", problem));
        }
        let list = |name: &str, length: usize, sound: bool, allowed: &str| {
            if length == n && sound {
                Ok(())
            } else {
                Err(Fault::new(
                    format!("prior.{name}"),
                    format!("it is of size {length}; {n} series need size {n}, {allowed}"),
                ))
            }
        };
        list("own_first_lag", self.own_first_lag.len(), finite(&self.own_first_lag), "of finite numbers")?;
        list("constant", self.constant.len(), finite(&self.constant), "of finite numbers")?;
        if let Some(scale) = &self.scale {
            let sound = finite(scale) && scale.iter().all(|sd| *sd > 0.0);
            list("scale", scale.len(), sound, "of finite numbers above 0")?;
        }
        let size = self.correlation.size();
        let full = size == n && (0..n).all(|i| self.correlation.factor()[i * n + i] > 1e-4);
        list("correlation", size, full, "of full rank")
    }

    /// The scales stated, or those of the history.
    fn scales(&self, rows: &Rows) -> Result<Vec<f64>, Fault> {
        if let Some(scale) = &self.scale {
            return Ok(scale.clone());
        }
        let (t, n) = (rows.count(), rows.series());
        if t < 4 {
            return Err(Fault::new(
                "series",
                format!(
                    "in {t} years all {n} series and their {} years before are known; 4 such years are needed for the \
                     scales of the prior",
                    rows.lags
                ),
            )
            .remedy("use longer histories or fewer lags, or state the scales"));
        }
        let own = rows.lags.min(1);
        (0..n)
            .map(|i| {
                let row = |t: usize, j: usize| match j {
                    0 => 1.0,
                    1 if own == 1 => rows.terms[(t, 1 + i)],
                    _ => rows.values[(t, i)],
                };
                let length = (0..t).map(|s| rows.values[(s, i)] * rows.values[(s, i)]).sum::<f64>().sqrt();
                let triangle = Matrix::from_fn(t, 2 + own, row).triangle();
                let left = triangle[(1 + own, 1 + own)];
                let sd = left / ((t - 1 - own) as f64).sqrt();
                // Below this it is nothing but rounding.
                if left > 1e-10 * length && sd.is_finite() {
                    return Ok(sd);
                }
                Err(Fault::new(
                    format!("series[{i}]"),
                    "it moves without any error, or too far to be squared: there is no scale for its prior",
                )
                .remedy("leave out the series, or state the scales"))
            })
            .collect()
    }

    /// The prior as rows of observations: diagonal rows for the coefficients, then rows without terms for Sigma.
    /// With them go the logarithms of the determinants of `Omega0^-1` and of S0.
    pub(super) fn as_rows(&self, rows: &Rows) -> Result<PriorRows, Fault> {
        let (n, k) = (rows.series(), rows.terms.columns());
        let scale = self.scales(rows)?;
        let mut all = Matrix::zeros(k + n, k + n);
        all[(0, 0)] = self.constant_weight.sqrt();
        for i in 0..n {
            all[(0, k + i)] = all[(0, 0)] * self.constant[i];
        }
        for term in 1..k {
            let (lag, j) = ((term - 1) / n + 1, (term - 1) % n);
            all[(term, term)] = libm::pow(lag as f64, self.lag_decay) * scale[j] / self.tightness;
            if lag == 1 {
                all[(term, k + j)] = all[(term, term)] * self.own_first_lag[j];
            }
        }
        // S0 = L L' with L = sqrt(df - n - 1) D times the factor of the correlation; the rows are those of L'.
        let root = (self.df - n as f64 - 1.0).sqrt();
        for i in 0..n {
            for j in 0..=i {
                all[(k + j, k + i)] = root * scale[i] * self.correlation.factor()[i * n + j];
            }
        }
        let ln_det = |diagonal: std::ops::Range<usize>| -> f64 {
            2.0 * diagonal.map(|i| libm::log(all[(i, i)])).sum::<f64>()
        };
        let (ln_det_weights, ln_det_scale) = (ln_det(0..k), ln_det(k..k + n));
        Ok(PriorRows { all, ln_det_weights, ln_det_scale })
    }
}

/// A prior as rows that are put before those of the history.
pub(super) struct PriorRows {
    pub(super) all: Matrix,
    pub(super) ln_det_weights: f64,
    pub(super) ln_det_scale: f64,
}
