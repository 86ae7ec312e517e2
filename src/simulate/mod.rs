//! Simulation: blocks of paths in parallel, the same bits for any number of threads.
//!
//! Layer 6. The paths of a run are cut into a fixed grid of blocks of [`LANES`] paths. A block draws its parameters
//! and innovations by address (seed, name, path, year), steps every indicator through the years, judges every
//! target and is counted; then it is forgotten. Blocks are counted in tasks, tasks are merged in
//! the order of the paths, so nothing depends on which thread did what, and more paths keep the first ones.

mod assemble;
mod block;
mod draw;
mod layers;
mod observe;
mod plain;
mod rows;
mod step;
mod streams;
mod tally;
mod verdict;
mod workspace;

pub use observe::{KeepPaths, Observer, Paths};
pub use rows::LANES;
pub use workspace::Block;

use layers::Layers;
use tally::Tally;

use crate::error::{Error, Fault, Result};
use crate::model::Model;
use crate::outcome::Outcome;
use crate::scenario::Scenario;
use crate::target::Nature;
use crate::threads;
use block::Broken;
use draw::Who;
use rayon::prelude::*;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, PoisonError};
use streams::{Purpose, Streams};
use tally::{Shape, Sums};
use workspace::Workspace;

/// Blocks of a task: the unit of work that a thread takes, and of merging.
const TASK_BLOCKS: u64 = 32;

/// Paths of a task.
const TASK: u64 = TASK_BLOCKS * LANES as u64;

/// How far a run is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Progress {
    /// Paths done.
    pub done: u64,
    /// Paths in all.
    pub total: u64,
}

type Watcher<'a> = dyn Fn(Progress) + Sync + 'a;

/// A run of a scenario: how many paths, from which seed, on how many threads.
///
/// ```no_run
/// use plancast::prelude::*;
/// let scenario = Scenario::load("scenarios/kunshan-2030.toml")?;
/// let outcome = Simulation::new(&scenario).paths(1_000_000).seed(15).run()?;
/// println!("P(all) = {}", outcome.joint.all.estimate);
/// # Ok::<(), plancast::error::Error>(())
/// ```
pub struct Simulation<'a> {
    scenario: &'a Scenario,
    paths: u64,
    seed: u64,
    threads: Option<usize>,
    confidence: f64,
    watcher: Option<Box<Watcher<'a>>>,
}

impl<'a> Simulation<'a> {
    /// The most paths of one run.
    pub const MAX_PATHS: u64 = 1 << 48;

    /// 100 000 paths, seed 1, all threads, intervals at 95 %.
    pub fn new(scenario: &'a Scenario) -> Self {
        Self { scenario, paths: 100_000, seed: 1, threads: None, confidence: 0.95, watcher: None }
    }

    /// Number of paths, 1 ..= [`Simulation::MAX_PATHS`]. More paths keep the first ones.
    #[must_use]
    pub fn paths(mut self, paths: u64) -> Self {
        self.paths = paths;
        self
    }

    /// The seed; every number is as good as any other.
    #[must_use]
    pub fn seed(mut self, seed: u64) -> Self {
        self.seed = seed;
        self
    }

    /// Number of threads; all of the machine's when not called. The result does not depend on it.
    #[must_use]
    pub fn threads(mut self, threads: usize) -> Self {
        self.threads = Some(threads);
        self
    }

    /// Confidence level of the intervals of the Monte Carlo error, at least 0.5 and below 1.
    #[must_use]
    pub fn confidence(mut self, level: f64) -> Self {
        self.confidence = level;
        self
    }

    /// Is called now and then, from any thread, with how far the run is.
    #[must_use]
    pub fn on_progress(mut self, watcher: impl Fn(Progress) + Sync + 'a) -> Self {
        self.watcher = Some(Box::new(watcher));
        self
    }

    /// Runs it.
    ///
    /// # Errors
    /// [`Error::Run`] when an option is out of range, or when a level or measure stops being a finite number
    /// (named with its year).
    pub fn run(&self) -> Result<Outcome> {
        self.run_with(&()).map(|(outcome, ())| outcome)
    }

    /// Runs it with an observer that sees every block.
    ///
    /// # Errors
    /// As [`Simulation::run`].
    pub fn run_with<O: Observer>(&self, observer: &O) -> Result<(Outcome, O::Part)> {
        self.check()?;
        threads::with(self.threads, || self.simulate(observer))
    }

    fn check(&self) -> Result<()> {
        let fault = |option: &str, problem: String, remedy: &str| {
            Err(Error::Run(Fault::new(option, problem).remedy(remedy)))
        };
        if self.paths == 0 || self.paths > Self::MAX_PATHS {
            let problem =
                format!("{} paths were asked for; 1 to {} are possible", self.paths, Self::MAX_PATHS);
            return fault("paths", problem, "take 100 000 for a first look, 1 000 000 for a table");
        }
        if !(self.confidence >= 0.5 && self.confidence < 1.0) {
            let problem =
                format!("a confidence level of {} was asked for; it lies between 0.5 and 1", self.confidence);
            return fault("confidence", problem, "take 0.95");
        }
        threads::check(self.threads)
    }

    fn simulate<O: Observer>(&self, observer: &O) -> Result<(Outcome, O::Part)> {
        let model = Model::compile(self.scenario)?;
        let shape = self.shape(&model).map_err(|broken| self.explain(broken))?;
        let streams = Streams::new(&model, self.seed, Purpose::Main);
        let desks = Desks { free: Mutex::new(Vec::new()) };
        let done = AtomicU64::new(0);
        let tasks = self.paths.div_ceil(TASK);
        // A wave of tasks is in memory at a time, whatever the number of paths.
        let wave = 4 * rayon::current_num_threads() as u64;
        let (mut sums, mut gathered) = (shape.no_sums(), observer.start());
        for first in (0..tasks).step_by(wave as usize) {
            let parts: Vec<std::result::Result<(Sums, O::Part), Broken>> = (first..tasks.min(first + wave))
                .into_par_iter()
                .map(|task| {
                    let part = self.task(&model, &streams, &shape, observer, &desks, task);
                    let paths = TASK.min(self.paths - task * TASK);
                    let done = done.fetch_add(paths, Ordering::Relaxed) + paths;
                    if let Some(watcher) = &self.watcher {
                        watcher(Progress { done, total: self.paths });
                    }
                    part
                })
                .collect();
            for part in parts {
                let (part, observed) = part.map_err(|broken| self.explain(broken))?;
                sums.merge(part);
                observer.merge(&mut gathered, observed);
            }
        }
        let mut total = shape.empty();
        for desk in desks.all() {
            shape.merge(&mut total, &desk.tally);
        }
        shape.finish(&mut total);
        if let Some(broken) = shape.overflow(&total) {
            return Err(self.explain(broken));
        }
        let layers =
            layers::run(&model, self.seed, shape.members()).map_err(|broken| self.explain(broken))?;
        let run = assemble::Run {
            scenario: self.scenario,
            model: &model,
            tally: &total,
            sums: &sums,
            shape: &shape,
            layers: &layers,
            seed: self.seed,
            confidence: self.confidence,
        };
        Ok((run.outcome(), gathered))
    }

    /// Looks where the values are, with draws of its own.
    fn shape(&self, model: &Model) -> std::result::Result<Shape, Broken> {
        let streams = Streams::new(model, self.seed, Purpose::Pilot);
        // One block is enough: it places the bins, and quartiles of 512 values are right to a tenth of their spread.
        let mut pilot = Workspace::new(model, false);
        block::simulate(model, &streams, Who::Each, 0, LANES, &mut pilot)?;
        let binding: Vec<bool> =
            self.scenario.targets().values().map(|t| t.nature == Nature::Binding).collect();
        Ok(Shape::new(model, &binding, &pilot))
    }

    fn task<O: Observer>(
        &self,
        model: &Model,
        streams: &Streams,
        shape: &Shape,
        observer: &O,
        desks: &Desks,
        task: u64,
    ) -> std::result::Result<(Sums, O::Part), Broken> {
        let mut desk =
            desks.take(|| Desk { workspace: Workspace::new(model, O::LOOKS), tally: shape.empty() });
        let Desk { workspace: w, tally } = &mut desk;
        let (mut sums, mut gathered) = (shape.no_sums(), observer.start());
        let end = self.paths.min((task + 1) * TASK);
        let mut first = task * TASK;
        while first < end {
            let len = (end - first).min(LANES as u64) as usize;
            block::simulate(model, streams, Who::Each, first, len, w)?;
            shape.add(tally, &mut sums, model, w);
            if O::LOOKS {
                w.show(model);
                observer.observe(&w.block(model.horizon), &mut gathered);
            }
            first += LANES as u64;
        }
        desks.give_back(desk);
        Ok((sums, gathered))
    }

    /// Says in the words of the scenario where a number stopped being one.
    fn explain(&self, broken: Broken) -> Error {
        let base = self.scenario.horizon().base().0;
        let name = |map: Option<&String>| map.cloned().unwrap_or_default();
        let (path, what, year) = match broken {
            Broken::Level(at) => {
                let id = name(self.scenario.indicators().get_index(at.node).map(|(id, _)| id));
                (format!("indicator.{id}"), "the level", base + at.step as i32)
            }
            Broken::Measure(at) => {
                let id = name(self.scenario.targets().get_index(at.target).map(|(id, _)| id));
                (format!("target.{id}"), "the measure", base + at.step as i32)
            }
        };
        let rate = if matches!(broken, Broken::Measure(_)) {
            ", or a growth rate of a level that is not above 0,"
        } else {
            ""
        };
        let problem = format!("{what} of {year} is not a finite number{rate} on some path");
        let remedy = "look for a division by something that can be 0, the logarithm of something that can be \
                      negative, or growth that explodes (a volatility in per cent instead of a share?)";
        Error::Run(Fault::new(path, problem).remedy(remedy))
    }
}

impl std::fmt::Debug for Simulation<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Simulation")
            .field("paths", &self.paths)
            .field("seed", &self.seed)
            .field("threads", &self.threads)
            .finish_non_exhaustive()
    }
}

/// What a thread needs for any number of tasks.
struct Desk {
    workspace: Workspace,
    /// All that was counted at this desk.
    tally: Tally,
}

/// The desks at which nobody works; there are no more of them than threads.
struct Desks {
    free: Mutex<Vec<Desk>>,
}

impl Desks {
    fn take(&self, new: impl FnOnce() -> Desk) -> Desk {
        let free = self.free.lock().unwrap_or_else(PoisonError::into_inner).pop();
        free.unwrap_or_else(new)
    }

    fn give_back(&self, desk: Desk) {
        self.free.lock().unwrap_or_else(PoisonError::into_inner).push(desk);
    }

    fn all(self) -> Vec<Desk> {
        self.free.into_inner().unwrap_or_else(PoisonError::into_inner)
    }
}
