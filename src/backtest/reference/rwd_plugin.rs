//! Random walk with drift, its parameters taken for known.

use super::growth_law::{GrowthLaw, GrowthLaws};
use crate::backtest::forecaster::{Draws, Fitted, Forecaster};
use crate::backtest::protocol::Training;
use crate::error::Result;

/// `RWD-plugin`: what most spreadsheets do.
///
/// ```text
/// z_(T+H) ~ N(z_T + H m, H s^2)
/// ```
///
/// Its intervals are too narrow: they leave out that m and s are estimates.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct RwdPlugin;

impl Forecaster for RwdPlugin {
    fn name(&self) -> &str {
        "RWD-plugin"
    }

    fn fit<'t>(&'t self, training: &'t Training<'_>, draws: Draws<'t>) -> Result<Box<dyn Fitted + 't>> {
        let laws = training.units.iter().map(|unit| GrowthLaw::known(unit.mean(), unit.variance()));
        Ok(GrowthLaws::new(training, draws, laws.collect()))
    }
}
