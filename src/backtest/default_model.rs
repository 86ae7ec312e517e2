//! The default of this crate as a forecaster.

use super::forecaster::{Draws, Fitted, Forecast, Forecaster};
use super::protocol::Training;
use crate::calibrate::PanelModel;
use crate::error::{Error, Result};
use crate::quantity::Normal;
use crate::series::Series;

/// `plancast`: the growth model that scenarios learn from, with what the units share learned from all of them; see [`PanelModel`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct DefaultModel;

struct Learned {
    model: PanelModel,
    horizon: usize,
    states: Vec<f64>,
}

impl Forecaster for DefaultModel {
    fn name(&self) -> &str {
        "plancast"
    }

    fn fit<'t>(&'t self, training: &'t Training<'_>, _: Draws<'t>) -> Result<Box<dyn Fitted + 't>> {
        let growth: Vec<Series> = training
            .units
            .iter()
            .map(|unit| Series::new(unit.increments.iter().map(|x| (x.year, x.change))))
            .collect();
        let growth: Vec<&Series> = growth.iter().collect();
        let model = PanelModel::learn(&growth, training.origin, training.horizon).map_err(Error::Run)?;
        let states = training.units.iter().map(|unit| unit.state).collect();
        Ok(Box::new(Learned { model, horizon: training.horizon, states }))
    }
}

impl Fitted for Learned {
    fn forecast(&self, unit: usize) -> Result<Forecast> {
        let parts = self.model.forecast(unit, self.horizon).unwrap_or_default();
        let from = self.states.get(unit).copied().unwrap_or_default();
        let shifted = |(weight, law): (f64, Normal)| (weight, Normal { mean: from + law.mean, sd: law.sd });
        Ok(Forecast::Mixture(parts.into_iter().map(shifted).collect()))
    }
}
