//! Forecasts proved on the past: rolling origins over a panel, any model, proper scores.
//!
//! Layer 7. A probability is worth what its model's record is worth. At each origin, models learn from what was known then and
//! forecast what is known now ([`Protocol`]); each forecast is scored ([`Score`]), and the record ([`Record`]) says how
//! often intervals held, how good the forecasts were beside a reference, and whether the probabilities of targets meant what
//! they said ([`Event`], [`plans`]).
//!
//! A model of your own implements [`Forecaster`]:
//!
//! ```
//! use plancast::backtest::{Backtest, Draws, Fitted, Forecast, Forecaster, Protocol, Training, reference};
//! use plancast::panel::Panel;
//! use plancast::prelude::*;
//! use plancast::quantity::Normal;
//! use plancast::series::Series;
//!
//! /// Everybody grows by 3 % a year, give or take.
//! struct ThreePercent;
//!
//! impl Forecaster for ThreePercent {
//!     fn name(&self) -> &str {
//!         "three per cent"
//!     }
//!
//!     fn fit<'t>(&'t self, training: &'t Training<'_>, _: Draws<'t>) -> Result<Box<dyn Fitted + 't>> {
//!         let years = training.horizon as f64;
//!         let forecasts = training.units.iter().map(|unit| {
//!             Forecast::Normal(Normal { mean: unit.state + 0.03 * years, sd: 0.03 * years.sqrt() })
//!         });
//!         Ok(Box::new(forecasts.collect::<Vec<_>>()))
//!     }
//! }
//!
//! # let log = |town: i32| (0..40).map(move |k| (Year(1980 + k), 0.03 * f64::from(k) + 0.01 * f64::from((town + k) * k % 7)));
//! # let panel = Panel::new([("a".to_owned(), Series::new(log(1))), ("b".to_owned(), Series::new(log(3)))])?;
//! let models: Vec<Box<dyn Forecaster>> = vec![Box::new(reference::RwdT), Box::new(ThreePercent)];
//! let record = Backtest::new(&panel, Protocol::new(2005..=2012, 5)).run(&models)?;
//! assert!(record.skill("three per cent", "RWD-t", ..).is_some());
//! # Ok::<(), Error>(())
//! ```

mod default_model;
mod dependence;
mod events;
mod forecaster;
mod judge;
pub mod plans;
mod protocol;
mod record;
pub mod reference;
mod run;

pub use default_model::DefaultModel;
pub use dependence::Dependence;
pub use events::Event;
pub use forecaster::{Draws, Fitted, Forecast, Forecaster};
pub use judge::Score;
pub use protocol::{Gaps, History, Increment, Protocol, Training, Window};
pub use record::{Case, LEVELS, ModelRecord, Record, Skill, Summary};
pub use run::{Backtest, Progress};

#[cfg(test)]
mod tests;
