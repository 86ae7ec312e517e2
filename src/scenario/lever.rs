//! Levers: what money could do for a plan, and how well that is known.
//!
//! Layer 3. A lever that is not pulled changes nothing, to the last bit of every number; [`Scenario::pulled`] pulls some, and
//! [`crate::analyse::Budget`] finds out which.

use super::nearest::nearest;
use super::{Change, Handle, Response, Scenario};
use crate::error::{Error, Fault, Result};
use crate::evidence::Evidence;
use crate::quantity::Quantity;
use crate::time::{Horizon, Year};
use indexmap::IndexMap;
use serde::{Deserialize, Serialize};

/// Something that money can be spent on each year, with what it does.
///
/// What it does is not known: every effect is a distribution, drawn once per path, wide enough to be true. Spending on all levers of a scenario is
/// in one unit, so that it can be added up.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Lever {
    /// Name in English.
    pub name: String,
    /// Name in Chinese.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name_zh: Option<String>,
    /// Unit of its spending in English, the same for all levers: `100m yuan a year`.
    pub unit: String,
    /// The same in Chinese.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub unit_zh: Option<String>,
    /// The most that can sensibly be spent on it, in the unit, > 0.
    pub most: f64,
    /// First year of spending; the first one simulated when absent. It goes on to the last one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub from: Option<Year>,
    /// What it does, by id; wanted and unwanted alike.
    pub effect: IndexMap<String, LeverEffect>,
    /// Where its numbers are from.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub source: Option<String>,
    /// Grade of its numbers that carry none of their own; assumption when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub evidence: Option<Evidence>,
}

/// One thing that a lever does: `by` times the factor of the response in each year is added to what it acts on.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct LeverEffect {
    /// What it acts on.
    pub on: ActsOn,
    /// How much it does per unit of response, a number or a distribution, drawn once per path.
    pub by: Quantity,
    /// How spending becomes effect.
    pub response: Response,
}

/// What a lever acts on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum ActsOn {
    /// The yearly growth of an indicator, in its latent state (log points for the log link), by id.
    Drift(String),
    /// The level of an indicator, as a change of its latent state that begins in the first year of spending and ends with it, by id.
    Level(String),
    /// By how much an indicator follows one of its drivers.
    Elasticity(ElasticityOf),
    /// The yearly probability of an event, by id; it stays between 0 and 1.
    Probability(String),
}

/// An indicator and one of its drivers.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct ElasticityOf {
    /// The indicator that follows.
    pub indicator: String,
    /// The driver that it follows.
    pub driver: String,
}

impl Lever {
    /// A lever with its unit of spending and the most that can be spent on it, without effects.
    pub fn new(name: impl Into<String>, unit: impl Into<String>, most: f64) -> Self {
        Self {
            name: name.into(),
            name_zh: None,
            unit: unit.into(),
            unit_zh: None,
            most,
            from: None,
            effect: IndexMap::new(),
            source: None,
            evidence: None,
        }
    }

    /// Name and unit in Chinese.
    #[must_use]
    pub fn zh(mut self, name: impl Into<String>, unit: impl Into<String>) -> Self {
        self.name_zh = Some(name.into());
        self.unit_zh = Some(unit.into());
        self
    }

    /// First year of spending.
    #[must_use]
    pub fn from(mut self, year: i32) -> Self {
        self.from = Some(Year(year));
        self
    }

    /// What it does.
    #[must_use]
    pub fn effect(mut self, id: impl Into<String>, effect: LeverEffect) -> Self {
        self.effect.insert(id.into(), effect);
        self
    }

    /// Where its numbers are from and how far they can be trusted.
    #[must_use]
    pub fn evidence(mut self, evidence: Evidence, source: impl Into<String>) -> Self {
        self.evidence = Some(evidence);
        self.source = Some(source.into());
        self
    }

    /// The first year of spending.
    pub(crate) fn begins(&self, horizon: Horizon) -> Year {
        self.from.unwrap_or(Year(horizon.base().0 + 1))
    }
}

impl LeverEffect {
    /// Adds to the yearly growth of an indicator.
    pub fn drift(indicator: impl Into<String>, by: impl Into<Quantity>, response: Response) -> Self {
        Self { on: ActsOn::Drift(indicator.into()), by: by.into(), response }
    }

    /// Adds to the level of an indicator, in its latent state.
    pub fn level(indicator: impl Into<String>, by: impl Into<Quantity>, response: Response) -> Self {
        Self { on: ActsOn::Level(indicator.into()), by: by.into(), response }
    }

    /// Adds to the elasticity of an indicator to one of its drivers.
    pub fn elasticity(
        indicator: impl Into<String>,
        driver: impl Into<String>,
        by: impl Into<Quantity>,
        response: Response,
    ) -> Self {
        let of = ElasticityOf { indicator: indicator.into(), driver: driver.into() };
        Self { on: ActsOn::Elasticity(of), by: by.into(), response }
    }

    /// Adds to the yearly probability of an event.
    pub fn probability(event: impl Into<String>, by: impl Into<Quantity>, response: Response) -> Self {
        Self { on: ActsOn::Probability(event.into()), by: by.into(), response }
    }

    /// What changes when so much is spent.
    fn change(&self, spending: f64, from: Year, horizon: Horizon) -> Change {
        let on = match &self.on {
            ActsOn::Drift(indicator) => Handle::Drift { indicator: indicator.clone() },
            ActsOn::Level(indicator) => Handle::Level { indicator: indicator.clone(), from },
            ActsOn::Elasticity(of) => {
                Handle::Elasticity { indicator: of.indicator.clone(), driver: of.driver.clone() }
            }
            ActsOn::Probability(event) => Handle::Probability { event: event.clone() },
        };
        Change { on, by: self.by.clone(), over: self.response.over(spending, from, horizon) }
    }
}

impl Scenario {
    /// The levers that the scenario has, by id.
    pub fn levers(&self) -> &IndexMap<String, Lever> {
        &self.levers
    }

    /// This scenario with so much spent each year on some of its levers; everything else keeps its draws, and a lever on which nothing is spent
    /// changes nothing.
    ///
    /// ```
    /// # use plancast::prelude::*;
    /// # use plancast::scenario::{Lever, LeverEffect, Response, Saturation};
    /// # let scenario = Scenario::builder("Plan", 2025, 2030)
    /// #     .indicator("gdp", IndicatorDraft::new("GDP", "bn").baseline(1.0).process(RandomWalk::new(0.04, 0.02)))
    /// #     .target("gdp", TargetDraft::average_growth("gdp").at_least(0.045))
    /// #     .lever("roads", Lever::new("Roads", "bn a year", 3.0).effect(
    /// #         "growth",
    /// #         LeverEffect::drift("gdp", Quantity::normal(0.005, 0.004), Response::Saturating(Saturation { half: 1.0 })),
    /// #     ))
    /// #     .build()?;
    /// let plain = Simulation::new(&scenario).paths(20_000).run()?;
    /// let built = scenario.pulled([("roads", 2.0)])?;
    /// let outcome = Simulation::new(&built).paths(20_000).run()?;
    /// assert!(outcome.targets[0].probability.estimate > plain.targets[0].probability.estimate);
    /// # Ok::<(), Error>(())
    /// ```
    ///
    /// # Errors
    /// [`Error::Run`] when there is no such lever, when it is named twice, or when less than nothing or more than the most of it is spent.
    pub fn pulled<'s>(&self, spending: impl IntoIterator<Item = (&'s str, f64)>) -> Result<Scenario> {
        let mut scenario = self.clone();
        let mut named: Vec<&str> = Vec::new();
        for (id, spent) in spending {
            let (lever, place) = (self.lever(id)?, format!("lever.{id}"));
            let refused =
                |problem: String, remedy: &str| Err(Error::Run(Fault::new(&place, problem).remedy(remedy)));
            if named.contains(&id) {
                return refused(format!("the lever `{id}` is pulled twice"), "add up what is spent on it");
            }
            named.push(id);
            if !(spent >= 0.0 && spent <= lever.most) {
                let problem =
                    format!("{spent} is spent on `{id}`; it must be at least 0 and at most {}", lever.most);
                return refused(problem, "spend less, or raise the `most` of the lever");
            }
            if spent == 0.0 {
                continue;
            }
            let from = lever.begins(self.horizon);
            for (name, effect) in &lever.effect {
                let change = effect.change(spent, from, self.horizon);
                scenario = scenario.changed(&format!("{place}.{name}"), change)?;
            }
        }
        Ok(scenario)
    }

    fn lever(&self, id: &str) -> Result<&Lever> {
        self.levers.get(id).ok_or_else(|| {
            let fault = Fault::new("lever", format!("there is no lever `{id}`"));
            let ids: Vec<&str> = self.levers.keys().map(String::as_str).collect();
            Error::Run(match (nearest(id, ids.iter().copied()), ids.is_empty()) {
                (_, true) => fault.remedy("the scenario has no levers; add one as `[lever.<id>]`"),
                (Some(near), _) => {
                    fault.remedy(format!("did you mean `{near}`? There are: {}", ids.join(", ")))
                }
                (None, _) => fault.remedy(format!("there are: {}", ids.join(", "))),
            })
        })
    }
}
