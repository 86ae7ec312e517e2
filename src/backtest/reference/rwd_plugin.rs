//! Random walk with drift, its parameters taken for known.

use crate::backtest::forecaster::{Draws, Fitted, Forecast, Forecaster};
use crate::backtest::protocol::Training;
use crate::error::Result;
use crate::quantity::Normal;

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

    fn fit<'t>(&'t self, training: &'t Training<'_>, _: Draws<'t>) -> Result<Box<dyn Fitted + 't>> {
        let years = training.horizon as f64;
        let forecasts = training.units.iter().map(|unit| {
            Forecast::Normal(Normal {
                mean: unit.state + years * unit.mean(),
                sd: (years * unit.variance()).sqrt(),
            })
        });
        Ok(Box::new(forecasts.collect::<Vec<_>>()))
    }
}
