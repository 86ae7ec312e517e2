//! What if: a plan beside its variants, on the same draws.

use super::about::About;
use super::goal::{Goal, Success};
use crate::error::{Error, Fault, Result};
use crate::label::Label;
use crate::model::Model;
use crate::outcome::{Difference, Probability};
use crate::scenario::{Condition, Scenario};
use crate::simulate::{self, Bits, Broken, Desk, Simulation, Workspace, count};
use crate::target::Nature;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Mutex, PoisonError};

/// A plan beside any number of variants of it, in one run over the same draws.
///
/// A draw is a function of seed, name, path and year, so what a variant does not change has the same draws as in the plan. On each
/// path both are judged, and the paths on which a target turns are counted: `b` gained, `c` lost, of `n`. The difference of
/// the two probabilities is `(b - c) / n`, and its error hangs on the few paths that turn:
///
/// ```text
/// standard error = sqrt(b + c - (b - c)^2 / n) / n
/// ```
///
/// (McNemar 1947, Psychometrika 12, 153-157), with the interval of [`crate::stats::paired_interval`] (Tango 1998). All counts are of
/// 2 x 2 tables, so memory does not grow with the number of paths.
///
/// A variant is a what-if, not a forecast: the difference is what follows from its assumptions, and its interval says
/// how well so many paths know that number, not how far to trust them. Two scenarios that name the same thing differently
/// share no draws; their difference is right, and its error no smaller than that of two runs.
///
/// ```
/// use plancast::analyse::Comparison;
/// use plancast::prelude::*;
///
/// let town = |drift| {
///     Scenario::builder("Town", 2025, 2030)
///         .indicator("gdp", IndicatorDraft::new("GDP", "bn").baseline(100.0).process(RandomWalk::new(drift, 0.02)))
///         .target("gdp", TargetDraft::average_growth("gdp").at_least(0.05))
///         .build()
/// };
/// let (base, slower) = (town(0.05)?, town(0.045)?);
/// let simulation = Simulation::new(&base).paths(20_000).seed(7);
/// let compared = Comparison::new(&simulation).variant("slower", &slower).run()?;
/// let gdp = &compared.rows[0];
/// let (slower, difference) = (gdp.variants[0].probability, gdp.variants[0].difference);
/// assert_eq!(slower.hits + difference.lost, gdp.base.hits + difference.gained);
/// assert!(difference.high < 0.0 && difference.gained == 0);
/// # Ok::<(), Error>(())
/// ```
pub struct Comparison<'a> {
    simulation: &'a Simulation<'a>,
    variants: Vec<(Label, &'a Scenario)>,
    also: Vec<Goal>,
}

/// A plan beside its variants.
#[derive(Debug, Clone)]
pub struct Compared {
    /// Plan, paths, seed and confidence.
    pub about: About,
    /// Names of the variants, in the order given.
    pub variants: Vec<Label>,
    /// Every target that all of them have, in the order of the plan; all targets together; all binding ones, where all have some;
    /// then what was asked for besides.
    pub rows: Vec<ComparedRow>,
    /// Where the targets of a variant are not those of the plan: "all targets" is then of each its own.
    pub unshared: Vec<Unshared>,
}

/// What has to happen, and how likely it is.
#[derive(Debug, Clone)]
pub struct ComparedRow {
    /// What has to happen.
    pub goal: Goal,
    /// Its name in the plan.
    pub name: Label,
    /// Number in the plan, of a single target that has one.
    pub number: Option<u32>,
    /// Whether it is a single target that binds.
    pub binding: bool,
    /// Its probability in the plan.
    pub base: Probability,
    /// The same in each variant.
    pub variants: Vec<Varied>,
}

/// What a variant makes of it.
#[derive(Debug, Clone, PartialEq)]
pub struct Varied {
    /// Its probability in the variant: just that of a plain run of the variant with this seed.
    pub probability: Probability,
    /// How much likelier it is than in the plan.
    pub difference: Difference,
    /// Whether the variant leaves it alone: its margins (of a goal: those of all its targets) have the same bits on every path. The
    /// difference is then 0 without an error.
    pub untouched: bool,
    /// Numbers of the first paths that are gained, at most [`Comparison::SHOWN`], counted from 0 as
    /// [`crate::simulate::Block::first_path`] counts them: a run of one path more keeps it ([`crate::simulate::KeepPaths`]).
    pub gained_paths: Vec<u64>,
    /// Numbers of the first paths that are lost.
    pub lost_paths: Vec<u64>,
}

/// Targets that only one of the two has, by their ids.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unshared {
    /// Position of the variant.
    pub variant: usize,
    /// Targets of the plan that the variant lacks; they have no row.
    pub lacks: Vec<String>,
    /// Targets of the variant that the plan lacks; they have no row.
    pub adds: Vec<String>,
}

impl<'a> Comparison<'a> {
    /// Numbers of paths that are kept of those that turn, each way.
    pub const SHOWN: usize = 8;

    /// Of the plan, paths, seed, threads and confidence of a simulation.
    pub fn new(simulation: &'a Simulation<'a>) -> Self {
        Self { simulation, variants: Vec::new(), also: Vec::new() }
    }

    /// Adds a variant under a name: a scenario of the same years. [`Scenario::with_variant`] gives those that a file lists.
    #[must_use]
    pub fn variant(mut self, name: impl Into<Label>, scenario: &'a Scenario) -> Self {
        self.variants.push((name.into(), scenario));
        self
    }

    /// Compares something besides each target, all and all binding ones, which are always there.
    #[must_use]
    pub fn also(mut self, goal: Goal) -> Self {
        self.also.push(goal);
        self
    }

    /// Runs the plan and all variants, path by path.
    ///
    /// # Errors
    /// [`Error::Question`] when there is no variant, two have the same name, one has other years than the plan, or a goal asked for
    /// is not there; [`Error::Run`] for the options of the simulation, and when a level or measure stops being a finite
    /// number.
    pub fn run(&self) -> Result<Compared> {
        let survey = self.simulation.survey("a comparison")?;
        let base = survey.scenario;
        self.check(base)?;
        let goals = self.goals(base)?;
        let scenarios: Vec<&Scenario> =
            std::iter::once(base).chain(self.variants.iter().map(|(_, scenario)| *scenario)).collect();
        let models = scenarios.iter().map(|scenario| Model::compile(scenario)).collect::<Result<Vec<_>>>()?;
        let cases = (0..scenarios.len())
            .map(|k| {
                Case::new(&goals, scenarios[0], scenarios[k], &models[k])
                    .map_err(|error| self.within(k, error))
            })
            .collect::<Result<Vec<_>>>()?;
        survey.expect(1);
        // What broke in which scenario, by the first path of the block: blocks come in any order, the first of the paths counts.
        let broken: Mutex<BTreeMap<u64, (usize, Broken)>> = Mutex::default();
        let counts = survey.pass(
            || Desks::new(&cases, survey.seed),
            || Counts::new(&cases, goals.len()),
            |desks, first, len, counts| {
                counts.add(desks, &cases, first, len).map_err(|(case, why)| {
                    broken.lock().unwrap_or_else(PoisonError::into_inner).insert(first, (case, why));
                    why
                })
            },
            Counts::merge,
        );
        let broken = broken.into_inner().unwrap_or_else(PoisonError::into_inner);
        let counts = counts.map_err(|error| match broken.into_values().next() {
            Some((case, why)) => self.within(case, simulate::explain(scenarios[case], why)),
            None => error,
        })?;
        let rows = goals
            .into_iter()
            .enumerate()
            .map(|(row, goal)| self.row(row, goal, &cases, &counts, survey.confidence));
        Ok(Compared {
            about: About::of(&survey),
            variants: self.variants.iter().map(|(name, _)| name.clone()).collect(),
            rows: rows.collect::<Result<_>>()?,
            unshared: (1..scenarios.len()).filter_map(|k| unshared(k - 1, base, scenarios[k])).collect(),
        })
    }

    fn check(&self, base: &Scenario) -> Result<()> {
        let question = |path: String, problem: String, remedy: &str| {
            Err(Error::Question(Fault::new(path, problem).remedy(remedy)))
        };
        if self.variants.is_empty() {
            let remedy =
                "add one with `.variant(name, &scenario)`; `Scenario::variants` lists those of a file";
            return question("variant".into(), "there is no variant to compare the plan with".into(), remedy);
        }
        for (k, (name, scenario)) in self.variants.iter().enumerate() {
            let path = format!("variant {}", name.en);
            if self.variants[..k].iter().any(|(other, _)| other.en == name.en) {
                return question(path, "two variants have this name".into(), "give each a name of its own");
            }
            let (ours, theirs) = (base.horizon(), scenario.horizon());
            if ours != theirs {
                let years = |of: crate::time::Horizon| format!("{} to {}", of.base(), of.last());
                let problem = format!("it goes from {}, the plan from {}", years(theirs), years(ours));
                return question(path, problem, "compare plans of the same years");
            }
        }
        Ok(())
    }

    /// Every row, once.
    fn goals(&self, base: &Scenario) -> Result<Vec<Goal>> {
        let scenarios = || self.variants.iter().map(|(_, scenario)| *scenario);
        let shared = |id: &&String| scenarios().all(|scenario| scenario.targets().contains_key(*id));
        let mut goals: Vec<Goal> = base.targets().keys().filter(shared).map(Goal::target).collect();
        Goal::All.positions(base)?;
        goals.push(Goal::All);
        if std::iter::once(base).chain(scenarios()).all(|scenario| Goal::Binding.positions(scenario).is_ok())
        {
            goals.push(Goal::Binding);
        }
        for goal in &self.also {
            goal.positions(base)?;
            if !goals.contains(goal) {
                goals.push(goal.clone());
            }
        }
        Ok(goals)
    }

    /// Says of an error in which variant it is.
    fn within(&self, case: usize, error: Error) -> Error {
        let Some((name, _)) = case.checked_sub(1).map(|k| &self.variants[k]) else { return error };
        let named = |mut fault: Fault| {
            fault.path = format!("variant {}: {}", name.en, fault.path);
            fault
        };
        match error {
            Error::Question(fault) => Error::Question(named(fault)),
            Error::Run(fault) => Error::Run(named(fault)),
            other => other,
        }
    }

    fn row(
        &self,
        row: usize,
        goal: Goal,
        cases: &[Case<'_>],
        counts: &Counts,
        confidence: f64,
    ) -> Result<ComparedRow> {
        let base = self.simulation.scenario();
        let (hits, paths) = (counts.base[row], counts.paths);
        let varied = cases[1..].iter().zip(&counts.variants).map(|(case, turned)| {
            let Turns { gained, lost, gained_paths, lost_paths } = turned.rows[row].clone();
            let untouched =
                case.likes[row].as_ref().is_some_and(|of| of.iter().all(|target| !turned.moved[*target]));
            let difference = match untouched {
                true => Difference::none(paths),
                false => Difference::counted(gained, lost, paths, confidence),
            };
            let probability = Probability::counted(hits - lost + gained, paths, confidence);
            Varied { probability, difference, untouched, gained_paths, lost_paths }
        });
        let single = match &goal {
            Goal::Target(id) => base.targets().get(id),
            _ => None,
        };
        Ok(ComparedRow {
            name: goal.name(base)?,
            number: single.and_then(|target| target.number),
            binding: single.is_some_and(|target| target.nature == Nature::Binding),
            base: Probability::counted(hits, paths, confidence),
            variants: varied.collect(),
            goal,
        })
    }
}

impl std::fmt::Debug for Comparison<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let names: Vec<&str> = self.variants.iter().map(|(name, _)| name.en.as_str()).collect();
        f.debug_struct("Comparison")
            .field("variants", &names)
            .field("also", &self.also)
            .finish_non_exhaustive()
    }
}

fn unshared(variant: usize, base: &Scenario, other: &Scenario) -> Option<Unshared> {
    let only = |a: &Scenario, b: &Scenario| -> Vec<String> {
        a.targets().keys().filter(|id| !b.targets().contains_key(*id)).cloned().collect()
    };
    let (lacks, adds) = (only(base, other), only(other, base));
    (!lacks.is_empty() || !adds.is_empty()).then_some(Unshared { variant, lacks, adds })
}

/// One of the scenarios, ready to be run.
struct Case<'m> {
    model: &'m Model,
    goals: Vec<Success>,
    /// Per target of the plan: its position here.
    twins: Vec<Option<usize>>,
    /// Per goal: the targets of the plan that are measured for it; none where it asks for something else here.
    likes: Vec<Option<BTreeSet<usize>>>,
}

impl<'m> Case<'m> {
    fn new(goals: &[Goal], base: &Scenario, scenario: &Scenario, model: &'m Model) -> Result<Self> {
        let twins = base.targets().keys().map(|id| scenario.targets().get_index_of(id)).collect();
        let mut case = Self { model, goals: Vec::new(), twins, likes: Vec::new() };
        for goal in goals {
            let mut measured = BTreeSet::new();
            let (ours, theirs) = (goal.positions(base)?, goal.positions(scenario)?);
            let like = ours.len() == theirs.len()
                && ours.iter().all(|t| case.twins[*t].is_some_and(|twin| theirs.contains(&twin)))
                && ours.iter().all(|t| case.is_like(base, scenario, *t, &mut measured));
            case.goals.push(goal.resolve(scenario)?);
            case.likes.push(like.then_some(measured));
        }
        Ok(case)
    }

    /// Whether a target asks for the same here but for its bound, whose margin tells; gathers what is measured.
    fn is_like(
        &self,
        base: &Scenario,
        scenario: &Scenario,
        target: usize,
        measured: &mut BTreeSet<usize>,
    ) -> bool {
        let Some(twin) = self.twins[target] else { return false };
        let (ours, theirs) = (&base.targets()[target], &scenario.targets()[twin]);
        if ours.year != theirs.year {
            return false;
        }
        match (&ours.condition, &theirs.condition) {
            (Condition::Bounded { strict: a, .. }, Condition::Bounded { strict: b, .. }) => {
                measured.insert(target);
                a == b
            }
            (Condition::Combined(a), Condition::Combined(b)) => {
                let of = a.at_least().1.iter().filter_map(|id| base.targets().get_index_of(id));
                a == b && of.into_iter().all(|member| self.is_like(base, scenario, member, measured))
            }
            _ => false,
        }
    }
}

/// The memory of a thread.
struct Desks<'m> {
    all: Vec<Desk<'m>>,
    /// Where each goal is reached in the plan.
    reached: Vec<Bits>,
}

impl<'m> Desks<'m> {
    fn new(cases: &[Case<'m>], seed: u64) -> Self {
        Self {
            all: cases.iter().map(|case| Desk::new(case.model, seed, false)).collect(),
            reached: Vec::new(),
        }
    }
}

/// What is counted of the plan and of each variant.
struct Counts {
    paths: u64,
    /// Per goal.
    base: Vec<u64>,
    variants: Vec<Turned>,
}

struct Turned {
    /// Per goal.
    rows: Vec<Turns>,
    /// Per target of the plan: whether its margin differs on some path.
    moved: Vec<bool>,
}

#[derive(Clone, Default)]
struct Turns {
    gained: u64,
    lost: u64,
    gained_paths: Vec<u64>,
    lost_paths: Vec<u64>,
}

impl Counts {
    fn new(cases: &[Case<'_>], goals: usize) -> Self {
        let turned = |case: &Case<'_>| Turned {
            rows: vec![Turns::default(); goals],
            moved: vec![false; case.twins.len()],
        };
        Self { paths: 0, base: vec![0; goals], variants: cases[1..].iter().map(turned).collect() }
    }

    fn add(
        &mut self,
        desks: &mut Desks<'_>,
        cases: &[Case<'_>],
        first: u64,
        len: usize,
    ) -> std::result::Result<(), (usize, Broken)> {
        for (case, desk) in desks.all.iter_mut().enumerate() {
            desk.simulate(first, len).map_err(|broken| (case, broken))?;
            desk.workspace.show_targets(desk.model);
        }
        let Desks { all, reached } = desks;
        let Some((plan, variants)) = all.split_first() else { return Ok(()) };
        reached.clear();
        reached.extend(cases[0].goals.iter().map(|goal| goal.bits(&plan.workspace)));
        self.paths += len as u64;
        self.base.iter_mut().zip(reached.iter()).for_each(|(hits, bits)| *hits += count(bits));
        for ((case, desk), turned) in cases[1..].iter().zip(variants).zip(&mut self.variants) {
            for (target, moved) in turned.moved.iter_mut().enumerate() {
                let Some(twin) = case.twins[target] else { continue };
                *moved = *moved || !same_bits(&plan.workspace, target, &desk.workspace, twin);
            }
            for ((goal, before), turns) in case.goals.iter().zip(reached.iter()).zip(&mut turned.rows) {
                turns.add(first, before, &goal.bits(&desk.workspace));
            }
        }
        Ok(())
    }

    fn merge(&mut self, later: Self) {
        self.paths += later.paths;
        simulate::add_counts(&mut self.base, &later.base);
        for (total, later) in self.variants.iter_mut().zip(later.variants) {
            for (total, later) in total.moved.iter_mut().zip(later.moved) {
                *total |= later;
            }
            for (total, later) in total.rows.iter_mut().zip(later.rows) {
                total.gained += later.gained;
                total.lost += later.lost;
                keep(&mut total.gained_paths, later.gained_paths);
                keep(&mut total.lost_paths, later.lost_paths);
            }
        }
    }
}

/// Whether the margins of a target are the same to the last bit; of a combination, which has none, they are.
fn same_bits(a: &Workspace, target: usize, b: &Workspace, twin: usize) -> bool {
    let (a, b) = (&a.margins[target][..a.len], &b.margins[twin][..b.len]);
    a.iter().zip(b).all(|(a, b)| a.to_bits() == b.to_bits())
}

impl Turns {
    fn add(&mut self, first: u64, before: &Bits, now: &Bits) {
        let gained: Bits = std::array::from_fn(|word| now[word] & !before[word]);
        let lost: Bits = std::array::from_fn(|word| before[word] & !now[word]);
        for (bits, total, kept) in
            [(gained, &mut self.gained, &mut self.gained_paths), (lost, &mut self.lost, &mut self.lost_paths)]
        {
            *total += count(&bits);
            if kept.len() < Comparison::SHOWN {
                let lanes = (0..64 * bits.len()).filter(|lane| bits[lane / 64] >> (lane % 64) & 1 == 1);
                keep(kept, lanes.map(|lane| first + lane as u64));
            }
        }
    }
}

/// Adds later numbers of paths, as long as there is room.
fn keep(kept: &mut Vec<u64>, later: impl IntoIterator<Item = u64>) {
    let room = Comparison::SHOWN.saturating_sub(kept.len());
    kept.extend(later.into_iter().take(room));
}
