//! Random walk with drift, its parameters as uncertain as its data leave them.

use super::growth_law::{GrowthLaw, GrowthLaws};
use crate::backtest::forecaster::{Draws, Fitted, Forecaster};
use crate::backtest::protocol::Training;
use crate::error::Result;

/// `RWD-t`: the posterior predictive law under the flat prior p(drift, variance) = 1 / variance.
///
/// ```text
/// z_(T+H) ~ t with n - 1 degrees of freedom, location z_T + H m, scale^2 = s^2 (H + H^2 / n)
/// ```
///
/// Reference: Gelman et al. (2013), Bayesian Data Analysis, 3rd edition, section 3.2.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct RwdT;

impl Forecaster for RwdT {
    fn name(&self) -> &str {
        "RWD-t"
    }

    fn fit<'t>(&'t self, training: &'t Training<'_>, draws: Draws<'t>) -> Result<Box<dyn Fitted + 't>> {
        let laws = training.units.iter().map(|unit| {
            let n = unit.increments.len() as f64;
            let variance = unit.variance();
            GrowthLaw { drift_variance: variance / n, df: n - 1.0, ..GrowthLaw::known(unit.mean(), variance) }
        });
        Ok(GrowthLaws::new(training, draws, laws.collect()))
    }
}
