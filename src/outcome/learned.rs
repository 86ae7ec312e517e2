//! What a plan's parameters were learned from, and what came out.

use crate::calibrate::Learned;
use crate::label::Label;
use crate::link::Link;
use crate::process::{GrowthScale, Learns};
use crate::scenario::{Indicator, Moved};
use serde::Serialize;

/// What was learned of one indicator: what was believed, what its history says, what is believed now.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct LearnedOutcome {
    /// Id of the indicator.
    pub id: String,
    /// Its name.
    pub name: Label,
    /// Unit of drift and volatility a year.
    pub unit: Label,
    /// Whether it reverts to a level: `learned.drift` is then that level, in `level_unit`.
    pub reverts: bool,
    /// Unit of the indicator.
    pub level_unit: Label,
    /// The numbers.
    #[serde(flatten)]
    pub learned: Learned,
}

impl LearnedOutcome {
    pub(crate) fn new(id: &str, indicator: &Indicator, moved: &Moved, learned: Learned) -> Self {
        let unit = match (moved.dynamics.growth, indicator.link) {
            (GrowthScale::Simple, _) => Label::both("a year", Some("每年".into())),
            (GrowthScale::Latent, Link::Log) => Label::both("log points", Some("对数点".into())),
            (GrowthScale::Latent, Link::Logit(_)) => Label::both("logit points", Some("logit点".into())),
            (GrowthScale::Latent, Link::Identity) => indicator.unit.clone(),
        };
        Self {
            id: id.to_owned(),
            name: indicator.name.clone(),
            unit,
            reverts: moved.dynamics.learns == Learns::Reversion,
            level_unit: indicator.unit.clone(),
            learned,
        }
    }
}
