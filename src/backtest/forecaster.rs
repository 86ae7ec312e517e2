//! What is proved: a model that makes forecasts, of this crate or of the user's own.

use super::protocol::Training;
use crate::error::{Error, Fault, Result};
use crate::quantity::{Normal, StudentT};
use crate::random::Key;
use crate::time::Year;

/// A model that forecasts the units of a panel from what is known at an origin.
pub trait Forecaster: Sync {
    /// Its name in tables; each model of a backtest has its own.
    fn name(&self) -> &str;

    /// Learns from a training set. What is random comes from `draws` alone: the same bits then come from any number of threads.
    ///
    /// # Errors
    /// When the training set does not suffice; the backtest stops with it.
    fn fit<'t>(&'t self, training: &'t Training<'_>, draws: Draws<'t>) -> Result<Box<dyn Fitted + 't>>;
}

impl<F: Forecaster + ?Sized> Forecaster for Box<F> {
    fn name(&self) -> &str {
        (**self).name()
    }

    fn fit<'t>(&'t self, training: &'t Training<'_>, draws: Draws<'t>) -> Result<Box<dyn Fitted + 't>> {
        (**self).fit(training, draws)
    }
}

/// A model that has learned from a training set.
pub trait Fitted {
    /// The forecast of z_(T+horizon) for a unit of the training set, by its place there.
    ///
    /// # Errors
    /// When there is none; the backtest stops with it.
    fn forecast(&self, unit: usize) -> Result<Forecast>;

    /// So many paths z_(T+1) … z_(T+horizon) of a unit, one after the other, for the joint scores of a forecast that is not [`Forecast::Paths`] itself;
    /// none when the model forecasts the end of the horizon alone.
    ///
    /// # Errors
    /// When there is no forecast; the backtest stops with it.
    fn paths(&self, _unit: usize, _paths: usize) -> Result<Option<Vec<f64>>> {
        Ok(None)
    }
}

/// Forecasts that are all made at once, in the order of the units.
impl Fitted for Vec<Forecast> {
    fn forecast(&self, unit: usize) -> Result<Forecast> {
        self.get(unit).cloned().ok_or_else(|| {
            let problem =
                format!("no forecast for unit {unit} of the training set; there are {}", self.len());
            Error::Run(Fault::new("forecast", problem).remedy("make one for each unit, in their order"))
        })
    }
}

/// The law of the latent state at the end of the horizon.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub enum Forecast {
    /// A normal law.
    Normal(Normal),
    /// A Student t law.
    StudentT(StudentT),
    /// A mixture of normal laws, as (weight, law): a law for each draw of the parameters.
    Mixture(Vec<(f64, Normal)>),
    /// Values of z_(T+horizon) that were drawn from the law.
    Sample(Vec<f64>),
    /// Paths z_(T+1) … z_(T+horizon) that were drawn, one after the other: scored at their end as a sample, and as a
    /// whole by the joint scores.
    Paths(Vec<f64>),
}

/// Where a model takes its random numbers from: keys that depend on the seed, the model's name, the origin and the unit's
/// name, and on nothing else. Another model, another origin or another unit leaves them alone.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Draws<'t> {
    pub(super) seed: u64,
    pub(super) model: &'t str,
    pub(super) origin: Year,
}

impl Draws<'_> {
    /// For what belongs to one unit.
    pub fn unit(&self, name: &str) -> Key {
        Key::new(self.seed, &format!("backtest {} {} unit", self.origin, self.model), name)
    }

    /// For what all units share.
    pub fn pooled(&self) -> Key {
        Key::new(self.seed, &format!("backtest {} pooled", self.origin), self.model)
    }
}
