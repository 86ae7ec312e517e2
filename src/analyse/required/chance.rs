//! The probability of goals in a changed plan, on the draws of the plan itself.

use super::knob::Knob;
use crate::analyse::goal::Success;
use crate::analyse::refuse;
use crate::analyse::{About, Goal};
use crate::error::Result;
use crate::model::Model;
use crate::outcome::Probability;
use crate::scenario::Scenario;
use crate::simulate::{Desk, Simulation, Survey, count};

/// Counts the paths on which goals are met.
pub(super) struct Chance<'a> {
    survey: Survey<'a>,
    goals: Vec<Success>,
    /// Positions of their targets.
    targets: Vec<usize>,
}

impl<'a> Chance<'a> {
    /// `what`: the analysis.
    pub(super) fn new(simulation: &'a Simulation<'a>, what: &str, goals: &[Goal]) -> Result<Self> {
        let survey = simulation.survey(what)?;
        let resolved = goals.iter().map(|goal| goal.resolve(survey.scenario)).collect::<Result<Vec<_>>>()?;
        let mut targets = Vec::new();
        for goal in goals {
            targets.extend(goal.positions(survey.scenario)?);
        }
        Ok(Self { survey, goals: resolved, targets })
    }

    pub(super) fn scenario(&self) -> &'a Scenario {
        self.survey.scenario
    }

    pub(super) fn paths(&self) -> u64 {
        self.survey.paths
    }

    pub(super) fn about(&self) -> About {
        About::of(&self.survey)
    }

    pub(super) fn confidence(&self) -> f64 {
        self.survey.confidence
    }

    /// Says how many plans are still to be simulated, about, for those who watch.
    pub(super) fn expect(&self, plans: u64) {
        self.survey.expect(plans);
    }

    /// A count as a probability.
    pub(super) fn probability(&self, hits: u64) -> Probability {
        Probability::counted(hits, self.survey.paths, self.survey.confidence)
    }

    /// Refuses a change of what no goal hangs on.
    pub(super) fn check_depends(&self, knob: &Knob<'_>) -> Result<()> {
        if matches!(knob, Knob::Own(..)) {
            return Ok(());
        }
        let scenario = self.survey.scenario;
        let model = Model::compile(scenario)?;
        let needed = model.needed_by(&self.targets);
        if knob.acts_on(scenario, &model, &needed) {
            return Ok(());
        }
        let ids = scenario
            .indicators()
            .keys()
            .zip(&needed)
            .filter(|(_, needed)| **needed)
            .map(|(id, _)| id.as_str());
        let remedy = format!("change something of {}", ids.collect::<Vec<_>>().join(", "));
        refuse(
            "by",
            format!(
                "nothing that was asked for depends on it, or it is not there: {}",
                knob.name(scenario).en
            ),
            &remedy,
        )
    }

    /// The number of paths on which each goal is met in a plan.
    pub(super) fn hits(&self, plan: &Scenario) -> Result<Vec<u64>> {
        let mut model = Model::compile(plan)?;
        if model.targets.len() != self.survey.scenario.targets().len() {
            return refuse(
                "by",
                "the changed plan has other targets",
                "change how it moves, not what it wants",
            );
        }
        model.keep(&self.targets);
        let (survey, goals) = (&self.survey, &self.goals);
        survey.pass(
            || Desk::new(&model, survey.seed, false),
            || vec![0; goals.len()],
            |desk, first, len, hits| {
                desk.simulate(first, len)?;
                for (hits, goal) in hits.iter_mut().zip(goals) {
                    *hits += count(&goal.bits(&desk.workspace));
                }
                Ok(())
            },
            |total, later| total.iter_mut().zip(later).for_each(|(total, later)| *total += later),
        )
    }
}
