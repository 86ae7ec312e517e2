//! The least change with which a goal is met with a stated probability.

use super::chance::Chance;
use super::counts::{Agreeing, enough};
use super::knob::{Knob, Scale};
use super::solve::{Look, Looks, Side, about_looks};
use crate::analyse::refuse;
use crate::analyse::{About, Goal};
use crate::error::Result;
use crate::label::Label;
use crate::outcome::Probability;
use crate::scenario::{Handle, Scenario};
use crate::simulate::Simulation;

/// How much of a change it takes for a goal to be met with stated probabilities.
///
/// ```text
/// a(p) = the least a of the range, counted from its first end, with P(goal; plan changed by a) >= p
/// ```
///
/// P(goal; a) is counted on the same draws for every a, so it is a step function of a that is searched as any function is. What
/// the paths cannot tell is said by turning the interval of P round: the interval of a(p) holds every amount at which the Monte
/// Carlo interval of P contains p (test inversion; for a lone threshold a path that is the distribution-free interval of a quantile). It
/// is as sure as the confidence of the simulation.
///
/// It is looked at nine amounts of the range first. Where P does not rise all the way (a target met within two sides, several targets
/// that ask for opposite things), the answer is the first crossing and [`Need::rises`] says so; what rises and falls
/// again between two of the nine is not seen, so take a narrow range.
///
/// The amount is that of the model: it says how much the plan would have to change by the stated handle, not whether anybody can
/// change it, nor at what cost. Do not read an amount far beyond what was ever seen as advice.
///
/// References: common random numbers, Glasserman and Yao (1992), Management Science 38(6), 884-908; roots of simulated functions,
/// Chen and Schmeiser (2001), IIE Transactions 33(3), 259-275; probabilistic constraints from samples, Luedtke and Ahmed (2008), SIAM J.
/// Optim. 19(2), 674-699.
///
/// ```
/// use plancast::analyse::{Answer, Goal, Required};
/// use plancast::prelude::*;
/// use plancast::scenario::Handle;
/// # let scenario = Scenario::builder("Plan", 2025, 2030)
/// #     .indicator("gdp", IndicatorDraft::new("GDP", "bn").baseline(1.0).process(RandomWalk::new(0.045, 0.02)))
/// #     .target("growth", TargetDraft::average_growth("gdp").at_least(0.05))
/// #     .build()?;
/// let simulation = Simulation::new(&scenario).paths(20_000).seed(2030);
/// let outcome = Required::new(&simulation, Goal::target("growth"))
///     .by(Handle::drift("gdp"))
///     .within(0.0, 0.05)
///     .probabilities([0.5, 0.8])
///     .run()?;
/// let Answer::Reached { amount, low, .. } = outcome.needs[0].answers[1].1 else { panic!("it is within reach") };
/// // ln 1.05 - 0.045 + 0.84 * 0.02 / sqrt(5): 1.13 log points a year.
/// assert!(low <= amount && (amount - 0.0113).abs() < 0.0004);
/// # Ok::<(), Error>(())
/// ```
#[must_use = "it is run by `run`"]
pub struct Required<'a> {
    simulation: &'a Simulation<'a>,
    goals: Vec<Goal>,
    knob: Option<Knob<'a>>,
    over: Vec<f64>,
    range: Option<(f64, f64)>,
    probabilities: Vec<f64>,
}

/// What it takes.
#[derive(Debug, Clone, PartialEq)]
pub struct RequiredOutcome {
    /// The plan, the paths and the seed.
    pub about: About,
    /// What is changed.
    pub change: Label,
    /// How amounts are shown.
    pub scale: Scale,
    /// First and last amount of the range.
    pub range: (f64, f64),
    /// What each goal needs, in the order in which they were asked for.
    pub needs: Vec<Need>,
}

/// What one goal needs.
#[derive(Debug, Clone, PartialEq)]
pub struct Need {
    /// The goal.
    pub goal: Goal,
    /// Its name.
    pub name: Label,
    /// The probabilities asked for, in rising order, with what each takes.
    pub answers: Vec<(f64, Answer)>,
    /// Probability at every amount that was looked at, in the order of the range.
    pub curve: Vec<(f64, Probability)>,
    /// Whether P rises (or stays) all the way from the first amount to the last, as far as was looked.
    pub rises: bool,
}

/// How much is needed.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Answer {
    /// Nothing: the first amount of the range has that probability already.
    Already {
        /// Probability at the first amount.
        probability: Probability,
    },
    /// So much.
    Reached {
        /// The least amount with that probability, in the unit of the handle; to a twentieth of its interval.
        amount: f64,
        /// The first end of its interval: the end nearer to the first amount of the range.
        low: f64,
        /// The other end; none where the range ends before the paths are sure.
        high: Option<f64>,
        /// Probability at that amount.
        probability: Probability,
    },
    /// No amount of the range has that probability.
    Unreachable {
        /// The amount with the greatest probability.
        best: f64,
        /// Probability there.
        probability: Probability,
    },
}

impl Answer {
    /// The amount, where it is reached; the first one of the range where it is reached already.
    pub fn amount(&self, range: (f64, f64)) -> Option<f64> {
        match self {
            Self::Already { .. } => Some(range.0),
            Self::Reached { amount, .. } => Some(*amount),
            Self::Unreachable { .. } => None,
        }
    }

    /// The probability at the amount, the first amount or the best one.
    pub fn probability(&self) -> Probability {
        match self {
            Self::Already { probability }
            | Self::Reached { probability, .. }
            | Self::Unreachable { probability, .. } => *probability,
        }
    }
}

impl<'a> Required<'a> {
    /// What a goal takes, at 50, 80 and 90 %; with the paths, seed, threads and confidence of a simulation.
    pub fn new(simulation: &'a Simulation<'a>, goal: Goal) -> Self {
        Self {
            simulation,
            goals: vec![goal],
            knob: None,
            over: Vec::new(),
            range: None,
            probabilities: vec![0.5, 0.8, 0.9],
        }
    }

    /// Another goal by the same change: what was simulated for one serves all.
    pub fn and(mut self, goal: Goal) -> Self {
        self.goals.push(goal);
        self
    }

    /// What is changed.
    pub fn by(mut self, handle: Handle) -> Self {
        self.knob = Some(Knob::Handle(handle));
        self
    }

    /// How much of it comes in each year t0+1 … T, as a factor: all of it in every year when not called. So a path is
    /// changed: `[0.0, 0.5, 1.0, 1.0, 1.0]` begins in the second year.
    pub fn over(mut self, course: impl IntoIterator<Item = f64>) -> Self {
        self.over = course.into_iter().collect();
        self
    }

    /// Anything else that has an amount, such as several handles together: the plan at an amount. What is not changed keeps its draws,
    /// as between variants of a plan; the targets have to stay the same.
    pub fn by_plan(
        mut self,
        name: impl Into<String>,
        at: impl Fn(&Scenario, f64) -> Result<Scenario> + 'a,
    ) -> Self {
        self.knob = Some(Knob::Own(Label::new(name), Box::new(at)));
        self
    }

    /// The amounts that are possible, from the least change to the greatest: `(0.0, 0.05)`, or `(0.0, -0.05)` for a goal that
    /// wants less.
    pub fn within(mut self, first: f64, last: f64) -> Self {
        self.range = Some((first, last));
        self
    }

    /// The probabilities asked for, each within (0, 1).
    pub fn probabilities(mut self, probabilities: impl IntoIterator<Item = f64>) -> Self {
        self.probabilities = probabilities.into_iter().collect();
        self
    }

    /// Looks for it.
    ///
    /// # Errors
    /// [`Error::Question`](crate::error::Error::Question) for what cannot be asked: no change or range, a probability outside (0, 1), an unknown goal, a change of
    /// something that no goal depends on; [`Error::Scenario`](crate::error::Error::Scenario) where the plan cannot be changed so; and as
    /// [`Simulation::run`].
    pub fn run(&self) -> Result<RequiredOutcome> {
        let Some(knob) = &self.knob else {
            return refuse(
                "by",
                "nothing was named that could be changed",
                "name it: `.by(Handle::drift(\"gdp\"))`",
            );
        };
        let range = checked_range("within", self.range)?;
        let probabilities = checked(&self.probabilities)?;
        let chance = Chance::new(self.simulation, "required", &self.goals)?;
        let scenario = chance.scenario();
        let course = knob.course(&self.over)?;
        chance.check_depends(knob)?;
        chance.expect(about_looks((self.goals.len() * probabilities.len()) as u64));
        let mut looks = Looks::new(chance.paths(), |at| {
            chance.hits(&knob.changed(scenario, "required", amount(range, at), &course)?)
        })?;
        let answers = (0..self.goals.len())
            .map(|goal| solve(&mut looks, goal, &probabilities, range, &chance))
            .collect::<Result<Vec<_>>>()?;
        let needs = self.goals.iter().zip(answers).enumerate().map(|(k, (goal, answers))| {
            let at = |look: &Look| (amount(range, look.at), chance.probability(look.hits[k]));
            Ok(Need {
                goal: goal.clone(),
                name: goal.name(scenario)?,
                answers,
                curve: looks.all().iter().map(at).collect(),
                rises: looks.rises(k, chance.confidence()),
            })
        });
        Ok(RequiredOutcome {
            about: chance.about(),
            change: knob.name(scenario),
            scale: knob.scale(scenario),
            range,
            needs: needs.collect::<Result<Vec<_>>>()?,
        })
    }
}

/// The amount at a share of the way through a range.
pub(super) fn amount(range: (f64, f64), at: f64) -> f64 {
    if at == 1.0 { range.1 } else { range.0 + at * (range.1 - range.0) }
}

/// What the probabilities take of one goal.
pub(super) fn solve<F: FnMut(f64) -> Result<Vec<u64>>>(
    looks: &mut Looks<F>,
    goal: usize,
    probabilities: &[f64],
    range: (f64, f64),
    chance: &Chance<'_>,
) -> Result<Vec<(f64, Answer)>> {
    let paths = chance.paths();
    let wanted: Vec<(f64, u64, Agreeing)> = probabilities
        .iter()
        .map(|p| (*p, enough(*p, paths), Agreeing::with(*p, paths, |hits| chance.probability(hits))))
        .collect();
    // What is most asked for decides whether to look for more than the grid shows.
    let most = wanted.iter().map(|(_, _, agreeing)| agreeing.greatest).max().unwrap_or(0);
    if looks.all()[looks.best(goal)].hits[goal] <= most {
        looks.refine_best(goal)?;
    }
    wanted
        .into_iter()
        .map(|(p, hits, Agreeing { least, greatest })| {
            // A twentieth of half the interval.
            let slack = ((greatest - least) / 40).max(1);
            let Some(on) = looks.reach(goal, hits, slack, Side::On)? else {
                let best = &looks.all()[looks.best(goal)];
                let probability = chance.probability(best.hits[goal]);
                return Ok((p, Answer::Unreachable { best: amount(range, best.at), probability }));
            };
            let look = &looks.all()[on];
            let (at, probability) = (look.at, chance.probability(look.hits[goal]));
            if on == 0 {
                return Ok((p, Answer::Already { probability }));
            }
            let place =
                |looks: &Looks<F>, found: Option<usize>| found.map(|k| amount(range, looks.all()[k].at));
            let low = looks.reach(goal, least, slack, Side::Below)?;
            let low = place(looks, low).unwrap_or(range.0);
            let high =
                if greatest < paths { looks.reach(goal, greatest + 1, slack, Side::On)? } else { None };
            let high = place(looks, high);
            Ok((p, Answer::Reached { amount: amount(range, at), low, high, probability }))
        })
        .collect()
}

/// A range that can be searched.
pub(super) fn checked_range(option: &str, range: Option<(f64, f64)>) -> Result<(f64, f64)> {
    match range {
        Some((first, last)) if first.is_finite() && last.is_finite() && first != last => Ok((first, last)),
        Some((first, last)) => {
            let problem = format!(
                "amounts from {first} to {last} were given; they have to be two different finite numbers"
            );
            refuse(option, &problem, "give the least change first: `.within(0.0, 0.05)`")
        }
        None => refuse(
            option,
            "no range of amounts was given",
            "give the least change first: `.within(0.0, 0.05)`",
        ),
    }
}

/// Probabilities that can be asked for, in rising order, each once.
pub(super) fn checked(probabilities: &[f64]) -> Result<Vec<f64>> {
    let mut sorted = probabilities.to_vec();
    if let Some(p) = sorted.iter().find(|p| !(**p > 0.0 && **p < 1.0)) {
        let problem = format!("a probability of {p} was asked for; it lies between 0 and 1, without them");
        return refuse("probabilities", &problem, "take 0.8; certainty cannot be counted on paths");
    }
    sorted.sort_by(f64::total_cmp);
    sorted.dedup();
    if sorted.is_empty() {
        return refuse("probabilities", "no probability was asked for", "take 0.5, 0.8 and 0.9");
    }
    Ok(sorted)
}
