//! Growth with persistence, its parameters taken for known.

use super::growth_law::{GrowthLaw, GrowthLaws};
use super::regression::Regression;
use crate::backtest::forecaster::{Draws, Fitted, Forecaster};
use crate::backtest::protocol::Training;
use crate::error::Result;

/// `AR1-plugin`: least squares of growth on the growth before.
///
/// ```text
/// x_t = c + phi x_(t-1) + e,   c and the residuals e by least squares; phi then held within +-0.98;
/// s_e^2 = sum e^2 / (n - 3),   b = c / (1 - phi)
/// z_(T+H) ~ N(z_T + H b + (x_T - b) sum_k phi^k,  s_e^2 sum_k ((1 - phi^k) / (1 - phi))^2),   k = 1 … H
/// ```
///
/// The slope of a short history is too small on average (Kendall 1954, Biometrika 41), and nothing here says how uncertain it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Ar1Plugin;

/// Slopes beyond this are taken for it.
const STEEPEST: f64 = 0.98;

impl Forecaster for Ar1Plugin {
    fn name(&self) -> &str {
        "AR1-plugin"
    }

    fn fit<'t>(&'t self, training: &'t Training<'_>, draws: Draws<'t>) -> Result<Box<dyn Fitted + 't>> {
        let mut laws = Vec::with_capacity(training.units.len());
        for unit in &training.units {
            let fit = Regression::new(unit)?;
            let persistence = fit.slope.clamp(-STEEPEST, STEEPEST);
            let drift = fit.constant / (1.0 - persistence);
            let known = GrowthLaw::known(drift, fit.residual / (fit.pairs - 2.0));
            laws.push(GrowthLaw { persistence, last: fit.last, ..known });
        }
        Ok(GrowthLaws::new(training, draws, laws))
    }
}
