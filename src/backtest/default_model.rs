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

struct Learned<'t> {
    model: PanelModel,
    training: &'t Training<'t>,
    draws: Draws<'t>,
}

impl Forecaster for DefaultModel {
    fn name(&self) -> &str {
        "plancast"
    }

    fn fit<'t>(&'t self, training: &'t Training<'_>, draws: Draws<'t>) -> Result<Box<dyn Fitted + 't>> {
        let growth: Vec<Series> = training
            .units
            .iter()
            .map(|unit| Series::new(unit.increments.iter().map(|x| (x.year, x.change))))
            .collect();
        let growth: Vec<&Series> = growth.iter().collect();
        let model = PanelModel::learn(&growth, training.origin, training.horizon).map_err(Error::Run)?;
        Ok(Box::new(Learned { model, training, draws }))
    }
}

impl Fitted for Learned<'_> {
    fn forecast(&self, unit: usize) -> Result<Forecast> {
        let from = self.training.units[unit].state;
        let parts = self.model.forecast(unit, self.training.horizon).unwrap_or_default();
        let shifted = |(weight, law): (f64, Normal)| (weight, Normal { mean: from + law.mean, sd: law.sd });
        Ok(Forecast::Mixture(parts.into_iter().map(shifted).collect()))
    }

    fn paths(&self, unit: usize, paths: usize) -> Result<Option<Vec<f64>>> {
        let history = &self.training.units[unit];
        let (common, own) = (self.draws.pooled(), self.draws.unit(history.name));
        let changes = self.model.paths(unit, self.training.horizon, paths, common, own);
        Ok(changes.map(|changes| changes.into_iter().map(|change| history.state + change).collect()))
    }
}
