//! Events: what a target asks of the end of the horizon, such as a growth of 5 % a year on average.

use super::record::Record;
use crate::score::brier::{Decomposition, equal_edges};
use crate::time::Year;
use std::ops::RangeBounds;

/// An event of every case: the latent state changes by at least so much over the horizon.
///
/// ```text
/// met when z_(T+H) - z_T >= change
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct Event {
    /// What it is called in tables.
    pub name: String,
    /// The change of the latent state over the whole horizon.
    pub change: f64,
}

impl Event {
    /// Growth of at least `rate` a year on average (geometric), for a panel in logarithms; 0.05 is 5 %. Rates of -1 and below are
    /// always met.
    ///
    /// ```
    /// use plancast::backtest::Event;
    /// let event = Event::average_growth(0.05, 5);
    /// assert!((event.change - 5.0 * 0.048_790_164).abs() < 1e-8);
    /// ```
    pub fn average_growth(rate: f64, horizon: usize) -> Self {
        let change = if rate > -1.0 { horizon as f64 * libm::log1p(rate) } else { f64::MIN };
        // 100 times 0.07 is not quite 7.
        let percent = (1e6 * rate).round() / 1e4;
        Self { name: format!("growth of at least {percent} % a year over {horizon} years"), change }
    }
}

/// Classes of probability of the reliability curve.
pub(super) const CLASSES: usize = 10;

impl Record {
    /// The Brier score of a model's probabilities of an event over the cases of some origins, with its parts and its reliability
    /// curve in tenths. None for a model or event that is not there, or no case.
    pub fn brier(&self, event: usize, model: &str, origins: impl RangeBounds<Year>) -> Option<Decomposition> {
        let change = self.events.get(event)?.change;
        let model = self.model(model)?;
        let chosen =
            || self.cases.iter().zip(&model.scores).filter(|(case, _)| origins.contains(&case.origin));
        let probabilities: Vec<f64> =
            chosen().map(|(_, score)| score.events.get(event).copied().unwrap_or(f64::NAN)).collect();
        let met: Vec<bool> = chosen().map(|(case, _)| case.outcome - case.start >= change).collect();
        Decomposition::new(&probabilities, &met, &equal_edges(CLASSES))
    }
}
