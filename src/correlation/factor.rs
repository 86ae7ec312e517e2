//! Layer 1: correlation through common factors.

use super::Correlation;
use crate::error::Fault;

/// Correlation through a few common factors:
///
/// ```text
/// eps_i = sum_f loading_if F_f + sqrt(1 - sum_f loading_if^2) e_i,   F and e independent standard normal
/// ```
///
/// so that `corr(eps_i, eps_j) = sum_f loading_if loading_jf`: always a correlation matrix, with `factors`
/// numbers for each series where a full matrix of n series has (n - 1)/2.
///
/// Without factors all series are independent; a sum of squares of 1 leaves nothing of a series' own.
#[derive(Debug, Clone, PartialEq)]
pub struct FactorModel {
    series: usize,
    factors: usize,
    loadings: Vec<f64>,
    residual_sds: Vec<f64>,
}

impl FactorModel {
    /// Checks loadings: one row for each series, one column for each factor.
    ///
    /// # Errors
    /// A [`Fault`] with an empty path, to be filled in by the caller, for rows of different length, a loading that is
    /// no number, or squares that add up to more than 1.
    pub fn new(rows: &[Vec<f64>]) -> Result<Self, Fault> {
        let factors = rows.first().map_or(0, Vec::len);
        let mut loadings = Vec::with_capacity(rows.len() * factors);
        let mut residual_sds = Vec::with_capacity(rows.len());
        for (i, row) in rows.iter().enumerate() {
            if row.len() != factors {
                return Err(Fault::new(
                    "",
                    format!("series {} has {} loadings; the first one has {factors}", i + 1, row.len()),
                ));
            }
            if let Some(loading) = row.iter().find(|loading| !loading.is_finite()) {
                return Err(Fault::new(
                    "",
                    format!("series {} has the loading {loading}; it must be a number", i + 1),
                ));
            }
            let common: f64 = row.iter().map(|loading| loading * loading).sum();
            if common > 1.0 + 1e-9 {
                return Err(Fault::new(
                    "",
                    format!(
                        "the squared loadings of series {} add up to {common:.4}; they are shares of its variance and \
                         must not exceed 1",
                        i + 1
                    ),
                )
                .remedy(format!("multiply its loadings by {:.4} or less", 1.0 / common.sqrt())));
            }
            loadings.extend_from_slice(row);
            residual_sds.push((1.0 - common).max(0.0).sqrt());
        }
        Ok(Self { series: rows.len(), factors, loadings, residual_sds })
    }

    /// How many series.
    pub fn series(&self) -> usize {
        self.series
    }

    /// How many factors.
    pub fn factors(&self) -> usize {
        self.factors
    }

    /// The loadings, series after series.
    pub fn loadings(&self) -> &[f64] {
        &self.loadings
    }

    /// The loadings of one series; none for a series that does not exist.
    pub fn loadings_of(&self, series: usize) -> &[f64] {
        self.loadings.get(series * self.factors..(series + 1) * self.factors).unwrap_or(&[])
    }

    /// The standard deviation of each series' own part.
    pub fn residual_sds(&self) -> &[f64] {
        &self.residual_sds
    }

    /// The correlation matrix that the loadings amount to.
    pub fn correlation(&self) -> Correlation {
        let n = self.series;
        let mut entries = vec![1.0; n * n];
        for i in 0..n {
            for j in 0..i {
                let products = self.loadings_of(i).iter().zip(self.loadings_of(j)).map(|(a, b)| a * b);
                let value = products.sum::<f64>().clamp(-1.0, 1.0);
                entries[i * n + j] = value;
                entries[j * n + i] = value;
            }
        }
        Correlation::from_checked(n, entries)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn loadings_amount_to_their_products() {
        let model = FactorModel::new(&[vec![0.6, 0.0], vec![0.5, 0.5], vec![0.0, 1.0]]).unwrap();
        assert_eq!((model.series(), model.factors()), (3, 2));
        assert_eq!(model.residual_sds(), [0.8, 0.5_f64.sqrt(), 0.0]);
        assert_eq!(model.loadings_of(1), [0.5, 0.5]);
        assert!(model.loadings_of(9).is_empty());
        let correlation = model.correlation();
        assert_eq!([(0, 1), (0, 2), (1, 2)].map(|(i, j)| correlation.get(i, j)), [0.3, 0.0, 0.5]);
    }

    #[test]
    fn no_factors_are_independence() {
        let model = FactorModel::new(&[vec![], vec![]]).unwrap();
        assert!(model.correlation().is_independent());
        assert_eq!(model.residual_sds(), [1.0, 1.0]);
        assert!(model.loadings_of(1).is_empty());
    }

    #[test]
    fn what_is_no_share_of_a_variance_is_refused() {
        let refused = |rows: &[Vec<f64>]| FactorModel::new(rows).unwrap_err();
        let fault = refused(&[vec![0.5, 0.5], vec![0.9, 0.6]]);
        assert!(fault.problem.contains("series 2 add up to 1.1700"), "{}", fault.problem);
        assert!(fault.remedy.unwrap().contains("0.9245"));
        assert!(refused(&[vec![0.5], vec![0.9, 0.6]]).problem.contains("series 2 has 2 loadings"));
        assert!(refused(&[vec![f64::NAN]]).problem.contains("must be a number"));
    }
}
