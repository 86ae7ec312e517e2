//! What a run that stops when it is precise enough has to reach, and what it reached.

use super::TASK;
use super::block::{self, Broken};
use super::draw::Who;
use super::looks::{self, Grid, Look};
use super::rows::{Bits, LANES, and, count};
use super::stop::Watch;
use super::streams::{Purpose, Streams};
use super::tally::Tally;
use super::workspace::Workspace;
use crate::error::{Error, Fault, Result};
use crate::model::Model;
use crate::outcome::{HalfWidth, Of, Precision, Reached, Until};
use crate::scenario::{Condition, Scenario};
use rayon::prelude::*;
use std::ops::Range;

/// Paths that the scout has at least.
const SCOUT: u64 = 8 * LANES as u64;

/// The probabilities that have to be precise, and where the run looks whether they are.
pub(super) struct Aim<'a> {
    precisions: &'a [Precision],
    goals: Vec<Goal>,
    looks: Vec<Look>,
}

/// A probability that has to be precise.
struct Goal {
    /// Position among the precisions asked for.
    precision: usize,
    /// Position among the targets; none for the joint probability.
    target: Option<usize>,
    wanted: HalfWidth,
}

/// Refuses precisions that cannot be reached or are of nothing.
pub(super) fn check(precisions: &[Precision], scenario: &Scenario) -> Result<()> {
    let fault = |problem: String, remedy: &str| Err(Error::Run(Fault::new("until", problem).remedy(remedy)));
    let targets = scenario.targets();
    for precision in precisions {
        let possible = match &precision.of {
            Of::Target(id) if !targets.contains_key(id) => {
                let known: Vec<&str> = targets.keys().map(String::as_str).collect();
                let remedy = format!("take one of {}", known.join(", "));
                return fault(format!("there is no target `{id}`"), &remedy);
            }
            Of::Target(_) => true,
            Of::EveryTarget => !targets.is_empty(),
            Of::Joint => targets.values().any(|target| !matches!(target.condition, Condition::Combined(_))),
        };
        if !possible {
            let problem = "the plan has no target whose probability could be precise".into();
            return fault(problem, "ask for a number of paths instead");
        }
        let (given, most) = match precision.half_width {
            HalfWidth::Absolute(given) => (given, 0.5),
            HalfWidth::Relative(given) => (given, 1.0),
        };
        if !(given > 0.0 && given <= most) {
            let problem =
                format!("half a width of {given} was asked for; above 0 and up to {most} is possible");
            return fault(
                problem,
                "0.001 is a tenth of a percentage point, a share of 0.05 is 5 % of the probability",
            );
        }
    }
    Ok(())
}

impl<'a> Aim<'a> {
    /// Sends the scout and plans the looks.
    pub(super) fn new(
        precisions: &'a [Precision],
        scenario: &Scenario,
        model: &Model,
        seed: u64,
        members: &[usize],
        (cap, confidence): (u64, f64),
        watch: &Watch,
    ) -> std::result::Result<Self, Broken> {
        let mut goals = Vec::new();
        for (precision, Precision { of, half_width: wanted }) in precisions.iter().enumerate() {
            let goal = |target| Goal { precision, target, wanted: *wanted };
            match of {
                Of::Target(id) => goals.push(goal(scenario.targets().get_index_of(id))),
                Of::EveryTarget => goals.extend((0..scenario.targets().len()).map(|t| goal(Some(t)))),
                Of::Joint => goals.push(goal(None)),
            }
        }
        let streams = Streams::new(model, seed, Purpose::Scout);
        let wanted: Vec<HalfWidth> = goals.iter().map(|goal| goal.wanted).collect();
        let grid = Grid { step: TASK, cap, confidence };
        let looks =
            grid.scout(&wanted, SCOUT, |paths| scouted(&goals, model, &streams, members, paths, watch))?;
        Ok(Self { precisions, goals, looks })
    }

    /// Where the run may end next, from a number of paths on.
    pub(super) fn next(&self, done: u64) -> u64 {
        self.looks.iter().map(|look| look.paths).find(|paths| *paths > done).unwrap_or(u64::MAX)
    }

    /// Whether a look is due at what was done, and everything is precise enough.
    pub(super) fn is_reached(&self, tally: &Tally) -> bool {
        self.looks.iter().any(|look| look.paths == tally.paths)
            && self.goals.iter().all(|goal| looks::is_enough(goal.wanted, self.half_width(goal, tally)))
    }

    /// What was reached.
    pub(super) fn until(&self, tally: &Tally) -> Until {
        let reached = self.precisions.iter().enumerate().map(|(position, wanted)| {
            let goals = self.goals.iter().filter(|goal| goal.precision == position);
            let widths = goals.map(|goal| (goal.target, self.half_width(goal, tally)));
            // The first of the widest.
            let widest = widths.reduce(|a, b| if b.1 > a.1 { b } else { a });
            let (target, half_width) = widest.unwrap_or((None, f64::INFINITY));
            let enough = looks::is_enough(wanted.half_width, half_width);
            Reached { wanted: wanted.clone(), target, half_width, enough }
        });
        let before = self.looks.iter().map(|look| look.paths).filter(|paths| *paths < tally.paths);
        Until {
            reached: reached.collect(),
            level: self.level(tally.paths),
            looks: before.chain([tally.paths]).collect(),
        }
    }

    /// The level of the intervals at a number of paths: that of the look which is due there, or would have been next.
    fn level(&self, paths: u64) -> f64 {
        let due = self.looks.iter().find(|look| look.paths >= paths).or(self.looks.last());
        due.map_or(1.0, |look| look.level)
    }

    fn half_width(&self, goal: &Goal, tally: &Tally) -> f64 {
        let hits = match goal.target {
            Some(target) => tally.targets[target].met.last().copied().unwrap_or(0),
            None => tally.joint.all,
        };
        looks::half_width(goal.wanted, hits, tally.paths, self.level(tally.paths))
    }
}

/// How many of the scout's paths hit each of the goals.
fn scouted(
    goals: &[Goal],
    model: &Model,
    streams: &Streams,
    members: &[usize],
    paths: Range<u64>,
    watch: &Watch,
) -> std::result::Result<Vec<u64>, Broken> {
    let blocks = paths.start / LANES as u64..paths.end / LANES as u64;
    let none = || vec![0; goals.len()];
    blocks
        .into_par_iter()
        .map_init(
            || Workspace::new(model, false),
            |w, block| {
                watch.go_on()?;
                block::simulate(model, streams, Who::Each, block * LANES as u64, LANES, w)?;
                let met = |t: usize| w.met[t][model.targets[t].step - 1];
                let all = || members.iter().fold([u64::MAX; LANES / 64], |all: Bits, t| and(&all, &met(*t)));
                Ok(goals.iter().map(|goal| count(&goal.target.map_or_else(all, met))).collect())
            },
        )
        // Whole numbers: the order of adding does not matter.
        .try_reduce(none, |a, b: Vec<u64>| Ok(a.iter().zip(&b).map(|(a, b)| a + b).collect()))
}
