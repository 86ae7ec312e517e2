//! The plan's life: how actuals moved the probabilities, and why.
//!
//! Three things change between the old forecast and the new one: paths **start** from the actuals, parameters **learn** from them, and the author may have
//! changed **assumptions**, in a new scenario file. Each can be on or off; so there are eight plans, of which the first is the old forecast and the last the new one.
//! All are simulated with the same draws, and the change of the probability is shared out by what each of the three adds, averaged over the orders
//! in which they can be switched on:
//!
//! ```text
//! part_i = sum over S without i of  |S|! (2 - |S|)! / 3!  (v(S and i) - v(S)),      v: paths that meet the target
//! ```
//!
//! **Source.** Shapley (1953), A value for n-person games, Contributions to the Theory of Games II; as a decomposition: Shorrocks (2013), Journal of Economic
//! Inequality 11(1). It is the one rule that is symmetric, gives nothing to what changes nothing, and adds up: here in whole sixths of paths, so without a rounding error.
//! Standard errors are those of the paired paths.
//!
//! **When not to use it.** It says what moved the forecast, not what caused the actuals. Where no path turned a standard error is 0, which says that the part is
//! below some three paths in all, not that it is nothing.

mod shapley;
mod surprise;

pub use surprise::Surprise;

use super::goal::{Goal, Success};
use crate::analyse::About;
use crate::calibrate::Learned;
use crate::error::{Error, Fault, Result};
use crate::label::Label;
use crate::model::Model;
use crate::outcome::{LearnedOutcome, Probability};
use crate::scenario::{Actuals, Motion, Scenario};
use crate::simulate::{Bits, Desk, Simulation};
use crate::target::Nature;
use crate::time::Horizon;
use shapley::{MODELS, Turns};

/// A review of a plan: the forecast from before, actuals, and new assumptions where there are any.
///
/// ```
/// # use plancast::prelude::*;
/// use plancast::analyse::Review;
/// use plancast::scenario::Actuals;
/// # let scenario = Scenario::builder("Plan", 2025, 2030)
/// #     .indicator("gdp", IndicatorDraft::new("GDP", "bn").baseline(100.0).process(RandomWalk::new(0.05, 0.02)))
/// #     .target("gdp", TargetDraft::average_growth("gdp").at_least(0.05))
/// #     .build()?;
/// let actuals = Actuals::new([("gdp", 2026, 104.0), ("gdp", 2027, 108.0)]);
/// let simulation = Simulation::new(&scenario).paths(20_000).seed(7);
/// let review = Review::new(&simulation, &actuals).run()?;
/// let growth = &review.rows[0];
/// assert!(growth.surprise.value < 0.0);
/// // Nothing is learned here, and all adds up.
/// assert_eq!(growth.learning.sixths, 0);
/// assert_eq!(growth.surprise.sixths, growth.change.sixths);
/// # Ok::<(), Error>(())
/// ```
#[derive(Debug)]
#[must_use = "it is made by `run`"]
pub struct Review<'a> {
    simulation: &'a Simulation<'a>,
    actuals: &'a Actuals,
    assumptions: Option<&'a Scenario>,
}

/// What a review found.
#[derive(Debug, Clone)]
pub struct ReviewOutcome {
    /// The plan, the paths and the seed.
    pub about: About,
    /// Base year and last year.
    pub horizon: Horizon,
    /// Name of the scenario with the new assumptions, where there is one.
    pub assumptions: Option<Label>,
    /// The actuals beside what was forecast, in the order in which they were given; those that the old forecast knew are left out.
    pub actuals: Vec<Surprise>,
    /// The targets that both scenarios have, combinations included, in the order of the old plan.
    pub rows: Vec<ReviewRow>,
    /// All targets together that are no combinations: of the old plan before, of the new one after.
    pub all: ReviewRow,
    /// All binding ones of them, where both have some.
    pub binding: Option<ReviewRow>,
    /// What was learned before, and what is learned with the actuals under the old assumptions: indicators of which the two differ.
    pub learned: Vec<(LearnedOutcome, LearnedOutcome)>,
    /// What the reader has to know of the updated scenario.
    pub notices: Vec<String>,
}

/// How the probability of a target, or of several together, moved.
#[derive(Debug, Clone)]
pub struct ReviewRow {
    /// Id of the target; none for several together.
    pub id: Option<String>,
    /// Number in the plan.
    pub number: Option<u32>,
    /// Its name.
    pub name: Label,
    /// Binding or anticipatory; none for several together.
    pub nature: Option<Nature>,
    /// The probability in the old forecast.
    pub before: Probability,
    /// The probability now.
    pub after: Probability,
    /// After less before.
    pub change: Part,
    /// What starting from the actuals does to it.
    pub surprise: Part,
    /// What learning from the actuals does to it.
    pub learning: Part,
    /// What the new scenario does to it; nothing where there is none.
    pub assumptions: Part,
}

/// A part of a change of a probability.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Part {
    /// The part, as a share: -0.05 is five percentage points less.
    pub value: f64,
    /// Its standard error, from the paired paths.
    pub error: f64,
    /// The same in sixths of paths; in these the parts add up to the change exactly.
    pub sixths: i64,
}

impl<'a> Review<'a> {
    /// Of the forecast that a simulation makes: its scenario is the plan as it was seen before.
    pub fn new(simulation: &'a Simulation<'a>, actuals: &'a Actuals) -> Self {
        Self { simulation, actuals, assumptions: None }
    }

    /// The scenario as it is written now; without actuals, which it is updated with here.
    pub fn assumptions(mut self, scenario: &'a Scenario) -> Self {
        self.assumptions = Some(scenario);
        self
    }

    /// Runs it: all eight plans (four without new assumptions), on the paths of the simulation.
    ///
    /// # Errors
    /// Those of [`Scenario::updated`] for either scenario; [`Error::Run`] for options of the simulation that a review does not know (`until`, a
    /// checkpoint, a sampling) and where the run breaks; [`Error::Question`] when there are no actuals, when the new
    /// scenario is for other years, or when the two have no target in common.
    pub fn run(&self) -> Result<ReviewOutcome> {
        let survey = self.simulation.survey("a review")?;
        let old = survey.scenario;
        let new = self.assumptions.unwrap_or(old);
        if self.actuals.is_empty() {
            let fault = Fault::new("actuals", "there are none, so there is nothing to review");
            return Err(Error::Question(fault.remedy("compare the two scenarios instead")));
        }
        if old.horizon() != new.horizon() {
            let years = |scenario: &Scenario| {
                format!("{} to {}", scenario.horizon().base(), scenario.horizon().last())
            };
            let problem = format!("the new scenario is for {}, the old one for {}", years(new), years(old));
            let fault = Fault::new("assumptions", problem);
            return Err(Error::Question(fault.remedy("give both the same base year and last year")));
        }
        let models = if self.assumptions.is_some() { MODELS } else { MODELS / 2 };
        let scenarios: Vec<Scenario> = (0..models)
            .map(|model| {
                let is_on = |switch: usize| model >> switch & 1 == 1;
                let of = if is_on(2) { new } else { old };
                let start = if is_on(0) { Some(self.actuals) } else { old.started_from() };
                let learn = if is_on(1) { Some(self.actuals) } else { old.learned_from() };
                of.with_update(start, learn)
            })
            .collect::<Result<_>>()?;
        let compiled: Vec<Model> = scenarios.iter().map(Model::compile).collect::<Result<_>>()?;
        let asked = asked(old, new)?;
        let goals: Vec<Vec<Success>> = scenarios
            .iter()
            .map(|scenario| asked.iter().map(|row| row.goal.resolve(scenario)).collect())
            .collect::<Result<_>>()?;
        let last = &scenarios[models - 1];
        let seen = surprise::seen(self.actuals, &scenarios[0], last, &compiled[0]);
        let pilot =
            surprise::pilot(&compiled[0], survey.seed, &seen).map_err(|broken| survey.explain(broken))?;
        survey.expect(1);
        let (turns, forecasts) = survey.pass(
            || compiled.iter().map(|model| Desk::new(model, survey.seed, false)).collect::<Vec<_>>(),
            || (vec![Turns::none(); asked.len()], pilot.clone()),
            |desks, first, len, (turns, forecasts)| {
                for desk in desks.iter_mut() {
                    desk.simulate(first, len)?;
                }
                for (row, turns) in turns.iter_mut().enumerate() {
                    let mut met = [[0; size_of::<Bits>() / 8]; MODELS];
                    for ((met, desk), goals) in met.iter_mut().zip(&*desks).zip(&goals) {
                        *met = goals[row].bits(&desk.workspace);
                    }
                    turns.add(&met, len);
                }
                forecasts
                    .iter_mut()
                    .zip(&seen)
                    .for_each(|(forecast, seen)| forecast.add(seen, &desks[0].workspace));
                Ok(())
            },
            |total, later| {
                total.0.iter_mut().zip(&later.0).for_each(|(total, later)| total.merge(later));
                total.1.iter_mut().zip(&later.1).for_each(|(total, later)| total.merge(later));
            },
        )?;
        let row = |asked: &Asked, turns: &Turns| asked.outcome(turns, models, survey.confidence);
        let rows = asked.iter().zip(&turns).map(|(asked, turns)| (&asked.goal, row(asked, turns)));
        let of = |goal: Goal| rows.clone().find(|(of, _)| **of == goal).map(|(_, row)| row);
        let Some(all) = of(Goal::All) else { unreachable!("it is always asked for") };
        let binding = of(Goal::Binding);
        let rows = rows.filter(|(_, row)| row.id.is_some()).map(|(_, row)| row).collect();
        Ok(ReviewOutcome {
            about: About::of(&survey),
            horizon: old.horizon(),
            assumptions: self.assumptions.map(|new| match new.variant() {
                Some(variant) => new.variant_name(variant),
                None => new.name().clone(),
            }),
            actuals: forecasts.iter().zip(&seen).map(|(forecast, seen)| forecast.surprise(seen)).collect(),
            rows,
            all,
            binding,
            // By the actuals alone, without the new assumptions.
            learned: relearned(&scenarios[3], &compiled[0], &compiled[3]),
            notices: last.notices().to_vec(),
        })
    }
}

/// A row before it is counted.
struct Asked {
    goal: Goal,
    id: Option<String>,
    number: Option<u32>,
    name: Label,
    nature: Option<Nature>,
}

impl Asked {
    fn outcome(&self, turns: &Turns, models: usize, confidence: f64) -> ReviewRow {
        let switches = models.trailing_zeros() as usize;
        let part = |switch: usize| {
            let nothing = Part { value: 0.0, error: 0.0, sixths: 0 };
            if switch < switches { turns.part(switch, switches) } else { nothing }
        };
        let probability = |model: usize| Probability::counted(turns.hits(model), turns.paths(), confidence);
        ReviewRow {
            id: self.id.clone(),
            number: self.number,
            name: self.name.clone(),
            nature: self.nature,
            before: probability(0),
            after: probability(models - 1),
            change: turns.change(models - 1),
            surprise: part(0),
            learning: part(1),
            assumptions: part(2),
        }
    }
}

/// The targets that both have, and all and all binding ones of each.
fn asked(old: &Scenario, new: &Scenario) -> Result<Vec<Asked>> {
    let mut asked = Vec::new();
    for (id, target) in old.targets() {
        if new.targets().contains_key(id) {
            asked.push(Asked {
                goal: Goal::target(id),
                id: Some(id.clone()),
                number: target.number,
                name: target.name.clone(),
                nature: Some(target.nature),
            });
        }
    }
    if asked.is_empty() {
        let fault = Fault::new("assumptions", "the new scenario has no target of the old one");
        return Err(Error::Question(fault.remedy("give what is the same target the same id in both")));
    }
    for goal in [Goal::All, Goal::Binding] {
        if goal == Goal::Binding && (goal.positions(old).is_err() || goal.positions(new).is_err()) {
            continue;
        }
        goal.positions(new)?;
        let name = goal.name(old)?;
        asked.push(Asked { goal, id: None, number: None, name, nature: None });
    }
    Ok(asked)
}

/// What is learned otherwise than before.
fn relearned(scenario: &Scenario, before: &Model, after: &Model) -> Vec<(LearnedOutcome, LearnedOutcome)> {
    let pair = |(id, now): &(String, Learned)| {
        let (_, then) = before.learned.iter().find(|(of, _)| of == id)?;
        let indicator = scenario.indicators().get(id)?;
        let Motion::Process(moved) = &indicator.motion else { return None };
        let outcome = |learned: &Learned| LearnedOutcome::new(id, indicator, moved, learned.clone());
        (then != now).then(|| (outcome(then), outcome(now)))
    };
    after.learned.iter().filter_map(pair).collect()
}
