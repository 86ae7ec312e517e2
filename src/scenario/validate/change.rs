//! Rules of changes: what they act on is there, and their size is a number or a law.

use super::quantity::Rule;
use super::{Walk, suggest, under};
use crate::error::{Error, Faults, Result};
use crate::process::GrowthScale;
use crate::scenario::{Change, Draft, Handle, Motion, Scenario};

impl Draft {
    /// A change of the scenario that this draft means, checked.
    pub(in crate::scenario) fn change(
        &self,
        scenario: &Scenario,
        path: &str,
        change: Change,
    ) -> Result<Change> {
        let mut walk = Walk::new(self, Faults::new(), None);
        let by = walk.quantity(&under(path, "by"), &change.by, &Rule::any());
        walk.handle(scenario, path, &change.on);
        let (given, steps) = (change.over.len(), scenario.horizon.steps());
        if given != 0 && given != steps {
            let problem = format!(
                "over has {given} factors; it must have one for each of the {steps} years of the plan"
            );
            walk.fault(under(path, "over"), problem);
        }
        if let Some(factor) = change.over.iter().find(|factor| !factor.is_finite()) {
            walk.fault(under(path, "over"), format!("a factor is {factor}; it must be a finite number"));
        }
        if walk.faults.is_empty() { Ok(Change { by, ..change }) } else { Err(Error::Scenario(walk.faults)) }
    }
}

impl Walk<'_> {
    /// What a change acts on.
    fn handle(&mut self, scenario: &Scenario, path: &str, on: &Handle) {
        match on {
            Handle::Probability { event } => {
                if !scenario.events.contains_key(event) {
                    let remedy = suggest::remedy(event, scenario.events.keys().map(String::as_str), "events");
                    self.refuse(path, format!("there is no event `{event}`"), remedy);
                }
            }
            Handle::Drift { indicator } => {
                self.pushable(path, indicator);
            }
            Handle::Level { indicator, from } => {
                self.simulated(path, "the first year of the shift", *from);
                let simple = self.pushable(path, indicator)
                    && moved(scenario, indicator).is_some_and(|m| m.dynamics.growth == GrowthScale::Simple);
                if simple {
                    self.refuse(
                        path,
                        format!("`{indicator}` moves by a simple growth rate, whose level cannot be shifted exactly"),
                        "change its drift",
                    );
                }
            }
            Handle::Elasticity { indicator, driver } => {
                if !self.pushable(path, indicator) {
                    return;
                }
                let drivers =
                    moved(scenario, indicator).map(|moved| moved.drivers.as_slice()).unwrap_or_default();
                if !drivers.iter().any(|(id, ..)| id == driver) {
                    let remedy =
                        suggest::remedy(driver, drivers.iter().map(|(id, ..)| id.as_str()), "drivers");
                    self.refuse(path, format!("`{indicator}` does not follow a driver `{driver}`"), remedy);
                }
            }
        }
    }
}

fn moved<'a>(scenario: &'a Scenario, id: &str) -> Option<&'a crate::scenario::Moved> {
    match &scenario.indicators.get(id)?.motion {
        Motion::Process(moved) => Some(moved),
        Motion::Formula { .. } => None,
    }
}
