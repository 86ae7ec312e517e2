//! The rows of the regression: the years in which all series and all their lags are known.

use crate::calibrate::linear::Matrix;
use crate::error::Fault;
use crate::series::Series;
use crate::time::Year;

/// What is regressed on what.
#[derive(Debug, Clone)]
pub(super) struct Rows {
    /// One row per year: the values of all series.
    pub(super) values: Matrix,
    /// One row per year: 1, the values of the year before, of the year before that, …
    pub(super) terms: Matrix,
    /// The terms of the year after the last row.
    pub(super) next: Vec<f64>,
    /// The year of the last row.
    pub(super) last: Year,
    pub(super) lags: usize,
}

impl Rows {
    /// The complete years of the series, in order.
    pub(super) fn new(series: &[Series], lags: usize) -> Result<Self, Fault> {
        if series.is_empty() {
            return Err(Fault::new("series", "there is no series; at least 1 is needed"));
        }
        for (i, one) in series.iter().enumerate() {
            if let Some((year, value)) = one.iter().find(|(_, value)| !value.is_finite()) {
                return Err(Fault::new(
                    format!("series[{i}].{year}"),
                    format!("the value is {value}; values must be finite"),
                )
                .remedy("leave out the year: gaps are allowed"));
            }
        }
        let n = series.len();
        let complete = |year: Year| series.iter().map(|one| one.get(year)).collect::<Option<Vec<f64>>>();
        // The years of `count` rows before and with a year, the latest first.
        let history = |year: Year, first: usize| -> Option<Vec<f64>> {
            let mut values = Vec::new();
            for lag in first..=lags {
                let back = i32::try_from(lag).ok().and_then(|lag| year.0.checked_sub(lag))?;
                values.extend(complete(Year(back))?);
            }
            Some(values)
        };
        let years: Vec<(Year, Vec<f64>)> =
            series[0].iter().filter_map(|(year, _)| Some((year, history(year, 0)?))).collect();
        let Some((last, latest)) = years.last() else {
            return Err(Fault::new(
                "series",
                format!(
                    "there is no year in which all {n} series and their {lags} years before are known; at least 1 is \
                     needed"
                ),
            )
            .remedy("use longer histories or fewer lags"));
        };
        let next = std::iter::once(1.0).chain(latest[..n * lags].iter().copied()).collect();
        let terms =
            Matrix::from_fn(
                years.len(),
                1 + n * lags,
                |t, j| {
                    if j == 0 { 1.0 } else { years[t].1[n + j - 1] }
                },
            );
        let values = Matrix::from_fn(years.len(), n, |t, j| years[t].1[j]);
        Ok(Self { values, terms, next, last: *last, lags })
    }

    pub(super) fn count(&self) -> usize {
        self.values.rows()
    }

    pub(super) fn series(&self) -> usize {
        self.values.columns()
    }

    /// Without a prior every coefficient and every variance takes a row.
    pub(super) fn enough_without_prior(&self) -> Result<(), Fault> {
        let needed = self.terms.columns() + self.series();
        if self.count() >= needed {
            return Ok(());
        }
        Err(Fault::new(
            "series",
            format!(
                "in {} years all {} series and their {} years before are known; {needed} such years are needed without a \
                 prior",
                self.count(),
                self.series(),
                self.lags
            ),
        )
        .remedy("use longer histories, fewer lags, or a prior"))
    }
}

/// A regression, reduced to triangles.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Reduced {
    /// Least squares, one column per equation.
    pub(super) coefficients: Matrix,
    /// Upper triangle R with R'R = X'X.
    pub(super) design: Matrix,
    /// Upper triangle U with U'U = the squares and products of the residuals.
    pub(super) residuals: Matrix,
}

/// What is left of a column, as a share of it, below which it is nothing but rounding.
const COLLINEAR: f64 = 1e-10;

impl Reduced {
    /// Regresses the right columns of a matrix on its `terms` left ones.
    pub(super) fn new(all: Matrix, terms: usize) -> Result<Self, Fault> {
        let columns = all.columns();
        let n = columns - terms;
        let lengths: Vec<f64> = (0..columns)
            .map(|j| (0..all.rows()).map(|i| all[(i, j)] * all[(i, j)]).sum::<f64>().sqrt())
            .collect();
        let triangle = all.triangle();
        for (j, length) in lengths.iter().enumerate() {
            let left = triangle[(j, j)];
            if left > COLLINEAR * length && length.is_finite() {
                continue;
            }
            let fault = if !length.is_finite() {
                let series = if j < terms { (j + n - 1) % n } else { j - terms };
                Fault::new(format!("series[{series}]"), "the values are too large to be squared")
            } else if j < terms {
                let (lag, series) = (j.saturating_sub(1) / n + 1, j.saturating_sub(1) % n);
                Fault::new(
                    format!("series[{series}]"),
                    format!(
                        "its values {lag} years before are the same in all years, or a sum of multiples of the other \
                         terms: the coefficients cannot be told apart"
                    ),
                )
                .remedy("leave out the series, or use a prior")
            } else {
                Fault::new(
                    format!("series[{}]", j - terms),
                    "it is the same in all years, or follows from the other terms and the series before it without any \
                     error: there is no spread to learn from",
                )
                .remedy("leave out the series")
            };
            return Err(fault);
        }
        let design = triangle.block(0..terms, 0..terms);
        let coefficients = design.solve_upper(&triangle.block(0..terms, terms..columns));
        let residuals = triangle.block(terms..columns, terms..columns);
        Ok(Self { coefficients, design, residuals })
    }
}
