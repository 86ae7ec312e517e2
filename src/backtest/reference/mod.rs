//! Reference models: what a forecast has to beat, each a file with its formula.
//!
//! Symbols: unit i has n increments x with mean m and variance s^2 (divisor n - 1), z_T is its state at the origin, H the
//! horizon.
//!
//! | model | drift | persistence | uncertain parameters | pooled over units |
//! |---|---|---|---|---|
//! | [`RwdPlugin`] | own mean | none | no | nothing |
//! | [`RwdT`] | own mean | none | yes | nothing |
//! | [`Ar1Plugin`] | own | own | no | nothing |
//! | [`Ar1Bayes`] | own | own | yes | nothing |
//! | [`EbDrift`] | shrunk | none | variance and drift | variance, drift |
//! | [`EbAr`] | shrunk | of all | variance and drift | variance, drift, persistence |

mod ar1_bayes;
mod ar1_plugin;
mod eb_ar;
mod eb_drift;
mod growth_law;
mod pooled;
mod regression;
mod rwd_plugin;
mod rwd_t;

pub use ar1_bayes::Ar1Bayes;
pub use ar1_plugin::Ar1Plugin;
pub use eb_ar::EbAr;
pub use eb_drift::EbDrift;
pub use rwd_plugin::RwdPlugin;
pub use rwd_t::RwdT;

use super::forecaster::Forecaster;

/// All of them, in the order of the table above.
pub fn all() -> Vec<Box<dyn Forecaster>> {
    let mut models = closed_form();
    models.insert(3, Box::new(Ar1Bayes::default()));
    models
}

/// Those whose forecasts are a formula, so that nothing is simulated.
pub fn closed_form() -> Vec<Box<dyn Forecaster>> {
    vec![Box::new(RwdPlugin), Box::new(RwdT), Box::new(Ar1Plugin), Box::new(EbDrift), Box::new(EbAr)]
}
