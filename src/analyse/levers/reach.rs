//! What hangs on what: which levers can move a target at all.

use crate::scenario::{ActsOn, Condition, LeverEffect, Motion, Scenario};
use crate::target::Combination;
use indexmap::IndexSet;

/// The indicators that some targets hang on, through formulas and drivers.
pub(super) struct Reach<'s> {
    scenario: &'s Scenario,
    indicators: IndexSet<&'s str>,
}

impl<'s> Reach<'s> {
    pub(super) fn of(scenario: &'s Scenario, targets: impl IntoIterator<Item = usize>) -> Self {
        let mut reach = Self { scenario, indicators: IndexSet::new() };
        let mut left: Vec<usize> = targets.into_iter().collect();
        let mut seen = IndexSet::new();
        while let Some(target) = left.pop() {
            if !seen.insert(target) {
                continue;
            }
            match &scenario.targets()[target].condition {
                Condition::Bounded { indicator, with, custom, .. } => {
                    for id in indicator.iter().chain(with) {
                        reach.add(id);
                    }
                    for id in custom.iter().flat_map(|own| own.0.indicators()) {
                        reach.add(&id);
                    }
                }
                Condition::Combined(combination) => {
                    let of = match combination {
                        Combination::All(of) | Combination::Any(of) | Combination::AtLeastK { of, .. } => of,
                    };
                    left.extend(of.iter().filter_map(|id| scenario.targets().get_index_of(id)));
                }
            }
        }
        reach.follow();
        reach
    }

    fn add(&mut self, id: &str) {
        if let Some((id, _)) = self.scenario.indicators().get_key_value(id) {
            self.indicators.insert(id);
        }
    }

    /// Adds whatever the indicators follow.
    fn follow(&mut self) {
        let mut next = 0;
        while let Some(id) = self.indicators.get_index(next).copied() {
            next += 1;
            match &self.scenario.indicators()[id].motion {
                Motion::Process(moved) => moved.drivers.iter().for_each(|(driver, ..)| self.add(driver)),
                Motion::Formula { formula, .. } => {
                    formula.references().iter().for_each(|reference| self.add(&reference.id));
                }
            }
        }
    }

    /// Whether an effect of a lever can move one of the targets.
    pub(super) fn includes(&self, effect: &LeverEffect) -> bool {
        match &effect.on {
            ActsOn::Drift(id) | ActsOn::Level(id) => self.indicators.contains(id.as_str()),
            ActsOn::Elasticity(of) => self.indicators.contains(of.indicator.as_str()),
            ActsOn::Probability(event) => self
                .scenario
                .events()
                .get(event)
                .is_some_and(|event| event.load.keys().any(|id| self.indicators.contains(id.as_str()))),
        }
    }
}
