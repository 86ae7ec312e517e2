//! Random walk with drift, variance and drift learned from all units.

use super::growth_law::{GrowthLaw, GrowthLaws};
use super::pooled::{Drifts, Variances};
use crate::backtest::forecaster::{Draws, Fitted, Forecaster};
use crate::backtest::protocol::Training;
use crate::error::{Error, Fault, Result};

/// `EB-drift`: variances shrunk to those of all units, drifts to the mean of all (empirical Bayes).
///
/// ```text
/// s~^2 shrunk with n - 1 degrees of freedom and a prior worth d0;   b, V shrunk from (m, s~^2 / n)
/// z_(T+H) ~ t with d0 + n - 1 degrees of freedom, location z_T + H b, scale^2 = H s~^2 + H^2 V
/// ```
///
/// How they are shrunk: Smyth (2004) for the variances, DerSimonian and Laird (1986) for the drifts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct EbDrift;

impl Forecaster for EbDrift {
    fn name(&self) -> &str {
        "EB-drift"
    }

    fn fit<'t>(&'t self, training: &'t Training<'_>, draws: Draws<'t>) -> Result<Box<dyn Fitted + 't>> {
        let units = &training.units;
        let sizes: Vec<f64> = units.iter().map(|unit| unit.increments.len() as f64).collect();
        let variances: Vec<(f64, f64)> =
            units.iter().zip(&sizes).map(|(unit, n)| (unit.variance(), n - 1.0)).collect();
        let variances = Variances::shrink(&variances).ok_or_else(too_few)?;
        let means: Vec<(f64, f64)> = units
            .iter()
            .zip(&variances.shrunk)
            .zip(&sizes)
            .map(|((unit, s2), n)| (unit.mean(), s2 / n))
            .collect();
        let drifts = Drifts::shrink(&means);
        let laws = (0..units.len()).map(|i| {
            let (drift, drift_variance) = drifts.shrunk[i];
            let df = variances.prior_df + sizes[i] - 1.0;
            GrowthLaw { drift_variance, df, ..GrowthLaw::known(drift, variances.shrunk[i]) }
        });
        Ok(GrowthLaws::new(training, draws, laws.collect()))
    }
}

/// Too few units to pool.
pub(super) fn too_few() -> Error {
    Error::Run(
        Fault::new("panel", "fewer than two units whose growth varies; nothing can be pooled")
            .remedy("take later origins, or fewer increments with `fewest`"),
    )
}
