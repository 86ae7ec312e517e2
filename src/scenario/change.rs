//! A change of a plan: what a lever does, what is asked for, what somebody wonders about.
//!
//! A change leaves every draw of the plan alone, so the paths with and without it are the same futures.

use super::meant::Scenario;
use crate::error::Result;
use crate::evidence::Evidence;
use crate::quantity::Quantity;
use crate::time::Year;

/// What a change acts on.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Handle {
    /// The mean growth of an indicator, in its unit: log points a year for a log link (0.01 is about one percentage point), a
    /// change of the state for the other links, a growth rate for `ar1_simple_growth`. Persistence does not add to it. Where the process is
    /// pulled to a level, the level that it settles at moves by the change over the speed.
    Drift {
        /// Id of the indicator.
        indicator: String,
    },
    /// The level of an indicator from a year on, in its latent state: log points for a log link (0.01 is about 1 %), log odds for
    /// a logit link, the unit itself for an identity. The whole path is shifted; where it is pulled to a level, that level too.
    Level {
        /// Id of the indicator.
        indicator: String,
        /// The first year of the shift.
        from: Year,
    },
    /// By how much an indicator follows a driver: change of its state per change of the driver's.
    Elasticity {
        /// Id of the indicator.
        indicator: String,
        /// Id of the driver.
        driver: String,
    },
    /// The yearly probability of an event; what leaves 0 to 1 counts as 0 or 1.
    Probability {
        /// Id of the event.
        event: String,
    },
}

/// A change of a plan: so much, times a factor for each year.
#[derive(Debug, Clone, PartialEq)]
pub struct Change {
    /// What it acts on.
    pub on: Handle,
    /// How much: a number, or a distribution that is drawn once a path; in the unit of the handle.
    pub by: Quantity,
    /// What `by` is multiplied with in each year t0+1 … T; 1 in every year when empty.
    pub over: Vec<f64>,
}

impl Handle {
    /// The drift of an indicator.
    pub fn drift(indicator: impl Into<String>) -> Self {
        Self::Drift { indicator: indicator.into() }
    }

    /// The level of an indicator from a year on.
    pub fn level(indicator: impl Into<String>, from: Year) -> Self {
        Self::Level { indicator: indicator.into(), from }
    }

    /// The elasticity of an indicator to one of its drivers.
    pub fn elasticity(indicator: impl Into<String>, driver: impl Into<String>) -> Self {
        Self::Elasticity { indicator: indicator.into(), driver: driver.into() }
    }

    /// The probability of an event.
    pub fn probability(event: impl Into<String>) -> Self {
        Self::Probability { event: event.into() }
    }

    /// Whether it acts on an indicator itself.
    pub(crate) fn is_of(&self, id: &str) -> bool {
        match self {
            Self::Drift { indicator }
            | Self::Level { indicator, .. }
            | Self::Elasticity { indicator, .. } => indicator == id,
            Self::Probability { .. } => false,
        }
    }
}

impl Change {
    /// The same in every year.
    pub fn new(on: Handle, by: impl Into<Quantity>) -> Self {
        Self { on, by: by.into(), over: Vec::new() }
    }

    /// With a factor for each year t0+1 … T.
    #[must_use]
    pub fn over(mut self, factors: impl Into<Vec<f64>>) -> Self {
        self.over = factors.into();
        self
    }

    /// The factor of each of so many years.
    pub(crate) fn factors(&self, steps: usize) -> Vec<f64> {
        if self.over.is_empty() { vec![1.0; steps] } else { self.over.clone() }
    }

    /// Grade of its size: an assumption unless it says something else.
    pub(crate) fn evidence(&self) -> Evidence {
        self.by.evidence.unwrap_or(Evidence::Assumption)
    }
}

impl Scenario {
    /// This scenario with a change, which has an id of its own: its draw, where it is uncertain, is addressed by that. Everything else
    /// keeps its draws. A change under the same id is replaced.
    ///
    /// ```
    /// use plancast::prelude::*;
    /// use plancast::scenario::{Change, Handle};
    /// # let scenario = Scenario::builder("Plan", 2025, 2030)
    /// #     .indicator("gdp", IndicatorDraft::new("GDP", "bn").baseline(1.0).process(RandomWalk::new(0.0, 0.1)))
    /// #     .target("gdp", TargetDraft::level("gdp").at_least(1.0))
    /// #     .build()?;
    /// // One percentage point more growth a year, give or take a half.
    /// let more = Change::new(Handle::drift("gdp"), Quantity::normal(0.01, 0.005));
    /// let before = Simulation::new(&scenario).run()?;
    /// let after = Simulation::new(&scenario.changed("more", more)?).run()?;
    /// assert!(after.joint.all.estimate > before.joint.all.estimate);
    /// # Ok::<(), Error>(())
    /// ```
    ///
    /// # Errors
    /// [`crate::error::Error::Scenario`] when the scenario has nothing of that name, or a number is out of range: all faults at once.
    pub fn changed(&self, id: &str, change: Change) -> Result<Scenario> {
        let change = self.draft.change(self, &format!("change.{id}"), change)?;
        let mut changed = self.clone();
        changed.changes.insert(id.to_owned(), change);
        Ok(changed)
    }
}
