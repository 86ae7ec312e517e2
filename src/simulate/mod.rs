//! Simulation: blocks of paths in parallel, the same bits for any number of threads.
//!
//! Layer 6. The paths of a run are cut into a fixed grid of blocks of [`LANES`] paths. A block draws its parameters
//! and innovations by address (seed, name, path, year), steps every indicator through the years, judges every
//! target and is counted; then it is forgotten. Blocks are counted in tasks of [`TASK`] paths; counts are whole numbers, and
//! sums are merged along a fixed binary tree over the tasks. So nothing depends on which thread, process or machine did what,
//! nor on where a run was cut into shards or taken up again, and more paths keep the first ones.

mod assemble;
mod block;
mod bridge;
mod checkpoint;
mod design;
mod distance;
mod draw;
mod forest;
mod joint;
mod known;
mod layers;
mod looks;
mod observe;
mod plain;
mod replicates;
mod rows;
mod run;
mod shard;
mod shard_file;
mod step;
mod stop;
mod streams;
mod survey;
mod tally;
mod until;
mod verdict;
mod work;
mod workspace;

pub use observe::{KeepPaths, Observer, Paths};
pub use rows::LANES;
pub use shard::Shard;
pub use stop::Stopper;
pub use workspace::Block;

pub(crate) use block::Broken;
pub(crate) use design::Draw;
pub(crate) use distance::distances_of;
pub(crate) use joint::add_counts;
pub(crate) use rows::{Bits, Row, View, ZEROS, add_product, and, bits, count, first_lanes, is_set};
pub(crate) use run::explain;
pub(crate) use step::NotFinite;
pub(crate) use streams::{Held, Purpose, Streams};
pub(crate) use survey::{Desk, Survey};
pub(crate) use workspace::Workspace;

use layers::Layers;
use tally::Tally;

use crate::error::{Error, Fault, Result};
use crate::outcome::{Outcome, Precision};
use crate::sampling::Sampling;
use crate::scenario::Scenario;
use crate::threads;
use std::ops::Range;
use std::path::PathBuf;
use std::time::Duration;

/// Blocks of a task: the unit of work that a thread takes, and of merging.
const TASK_BLOCKS: u64 = 32;

/// Paths of a task. A [`Shard`] begins and ends at multiples of it, but that the last one ends with the run.
pub const TASK: u64 = TASK_BLOCKS * LANES as u64;

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
    paths: Option<u64>,
    seed: u64,
    threads: Option<usize>,
    confidence: f64,
    watcher: Option<Box<Watcher<'a>>>,
    stopper: Option<Stopper>,
    checkpoint: Option<(PathBuf, Duration)>,
    until: Vec<Precision>,
    sampling: Sampling,
}

impl<'a> Simulation<'a> {
    /// The most paths of one run.
    pub const MAX_PATHS: u64 = 1 << 48;

    /// The most paths of a run that ends when it is precise enough, where no other number is given.
    pub const UNTIL_PATHS: u64 = 1_000_000_000;

    /// 100 000 independent paths, seed 1, all threads, intervals at 95 %.
    pub fn new(scenario: &'a Scenario) -> Self {
        Self {
            scenario,
            paths: None,
            seed: 1,
            threads: None,
            confidence: 0.95,
            watcher: None,
            stopper: None,
            checkpoint: None,
            until: Vec::new(),
            sampling: Sampling::Independent,
        }
    }

    /// Number of paths, 1 ..= [`Simulation::MAX_PATHS`]; with [`Simulation::until`] the most. More paths keep the first ones.
    #[must_use]
    pub fn paths(mut self, paths: u64) -> Self {
        self.paths = Some(paths);
        self
    }

    /// How the paths are drawn: independently when not called. Any other [`Sampling`] takes its own next number of
    /// paths ([`Sampling::paths`]; [`Outcome::paths`] says it), and the whole of it: it cannot be cut into shards, stopped early or
    /// resumed, because its error is told from whole replicates.
    ///
    /// ```no_run
    /// # use plancast::prelude::*;
    /// # let scenario = Scenario::load("scenarios/kunshan-2030.toml")?;
    /// let outcome = Simulation::new(&scenario).sampling(Sampling::sobol()).run()?;
    /// assert_eq!(outcome.paths, 131_072);
    /// # Ok::<(), plancast::error::Error>(())
    /// ```
    #[must_use]
    pub fn sampling(mut self, sampling: Sampling) -> Self {
        self.sampling = sampling;
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

    /// Lets the run be stopped before its end. It then ends within about a second with the outcome of the paths done so far,
    /// which [`Outcome::ending`] says; only whole tasks of [`TASK`] paths count.
    ///
    /// Of a model so large that a task takes longer than half a second on one thread, what was done in the last second
    /// or so is given up, a task for each thread at most.
    #[must_use]
    pub fn stop_on(mut self, stopper: &Stopper) -> Self {
        self.stopper = Some(stopper.clone());
        self
    }

    /// Keeps what was done in a file, as a [`Shard`], and goes on from there when the file exists: to the bits of a run that
    /// was never interrupted. It is written, whole or not at all, about every so often, when the run is stopped, and at its end;
    /// so a run with more paths goes on from the end of one with fewer.
    ///
    /// A file that is anything but a checkpoint of this run (scenario, histories, seed, version of this crate) is refused and
    /// left as it is. What an [`Observer`] gathers is not kept, so the two do not go together.
    #[must_use]
    pub fn checkpoint(mut self, file: impl Into<PathBuf>, every: Duration) -> Self {
        self.checkpoint = Some((file.into(), every));
        self
    }

    /// Lets the run end as soon as a probability is precise enough, at [`Simulation::confidence`]; called more than once, as
    /// soon as all are. It has at most [`Simulation::paths`] paths, [`Simulation::UNTIL_PATHS`] when that was not called; what
    /// was reached stands in [`Outcome::until`].
    ///
    /// Stopping when an interval is narrow makes it hold less often than it says. Therefore the run looks at few numbers of
    /// paths, which a scout with draws of its own chooses beforehand, shares out among the looks what an interval may fail,
    /// and forms exact intervals; so every interval of the outcome holds at the confidence of the run, whatever made it stop
    /// (alpha spending: Lan and DeMets 1983, Biometrika 70(3), 659-663; Clopper and Pearson 1934). It takes 20 to 65 % more
    /// paths than a run whose number of paths were known beforehand, and far fewer than a confidence sequence.
    ///
    /// The number of paths follows from scenario, seed and precision alone; the paths are those of a plain run of so many.
    /// Observers and checkpoints are possible; shards are not, for none of them knows when all are precise.
    ///
    /// ```
    /// use plancast::outcome::{Of, Precision};
    /// use plancast::prelude::*;
    /// # let scenario = Scenario::builder("Plan", 2025, 2030)
    /// #     .indicator("gdp", IndicatorDraft::new("GDP", "bn").baseline(1.0).process(RandomWalk::new(0.0, 0.1)))
    /// #     .target("gdp", TargetDraft::level("gdp").at_least(1.0))
    /// #     .build()?;
    /// // Half a percentage point, or better.
    /// let outcome = Simulation::new(&scenario).until(Precision::absolute(Of::Joint, 0.005)).run()?;
    /// let all = outcome.joint.all;
    /// assert!(0.5 * (all.high - all.low) <= 0.005);
    /// # Ok::<(), Error>(())
    /// ```
    #[must_use]
    pub fn until(mut self, precision: Precision) -> Self {
        self.until.push(precision);
        self
    }

    pub(crate) fn scenario(&self) -> &'a Scenario {
        self.scenario
    }

    /// Runs it.
    ///
    /// # Errors
    /// [`Error::Run`] when an option is out of range, when a level or measure stops being a finite number
    /// (named with its year), when the run is stopped before its first task is done, or when the checkpoint is of another run;
    /// [`Error::Read`] or [`Error::Write`] when the checkpoint cannot be read or written.
    pub fn run(&self) -> Result<Outcome> {
        self.check()?;
        threads::with(self.threads, || self.simulate(&())).map(|(outcome, ())| outcome)
    }

    /// Runs it with an observer that sees every block.
    ///
    /// # Errors
    /// As [`Simulation::run`]; [`Error::Run`] when a checkpoint is asked for as well.
    pub fn run_with<O: Observer>(&self, observer: &O) -> Result<(Outcome, O::Part)> {
        self.check()?;
        if self.checkpoint.is_some() {
            let problem = "a checkpoint does not keep what an observer gathers";
            return fault("checkpoint", problem.into(), "leave out one of the two");
        }
        threads::with(self.threads, || self.simulate(observer))
    }

    /// Simulates some of its paths: both ends multiples of [`TASK`], the second one the number of paths if not. A run that is
    /// stopped gives a shard that ends earlier. [`Simulation::split`] cuts a run into equal shards.
    ///
    /// ```
    /// use plancast::prelude::*;
    /// # let scenario = Scenario::builder("Plan", 2025, 2030)
    /// #     .indicator("gdp", IndicatorDraft::new("GDP", "bn").baseline(1.0).process(RandomWalk::new(0.0, 0.1)))
    /// #     .target("gdp", TargetDraft::level("gdp").at_least(1.0))
    /// #     .build()?;
    /// let simulation = Simulation::new(&scenario).paths(100_000).seed(15);
    /// // Each in a process of its own, on any machine; `save` and `load` bring them together.
    /// let shards: Vec<Shard> =
    ///     simulation.split(3).into_iter().map(|paths| simulation.shard(paths)).collect::<Result<_>>()?;
    /// let outcome = simulation.finish(Shard::merge(shards)?)?;
    /// assert_eq!(outcome.joint.all, simulation.run()?.joint.all);
    /// # Ok::<(), Error>(())
    /// ```
    ///
    /// # Errors
    /// As [`Simulation::run`]; [`Error::Run`] when the range is none of this run.
    pub fn shard(&self, paths: Range<u64>) -> Result<Shard> {
        self.check()?;
        let Range { start, end } = paths;
        self.check_fixed()?;
        let most = self.most();
        if !(start < end && end <= most) {
            let problem = format!(
                "paths {start}..{end} were asked for of a run of {}; they have to be some of its paths",
                most
            );
            return fault("shard", problem, "take the ranges of `split`");
        }
        if !(start.is_multiple_of(TASK) && (end.is_multiple_of(TASK) || end == most)) {
            let problem = format!(
                "paths {start}..{end} were asked for; both ends have to be multiples of {TASK}, or the end of the run"
            );
            return fault("shard", problem, "take the ranges of `split`");
        }
        threads::with(self.threads, || self.simulate_shard(start..end))
    }

    /// Cuts the run into so many ranges for [`Simulation::shard`], about equally long; fewer when it has fewer tasks.
    pub fn split(&self, shards: u64) -> Vec<Range<u64>> {
        let tasks = self.most().div_ceil(TASK);
        let shards = shards.clamp(1, tasks.max(1));
        // A 128-bit product: both can be large.
        let cut = |k: u64| {
            let task = u128::from(tasks) * u128::from(k) / u128::from(shards);
            (task as u64 * TASK).min(self.most())
        };
        (0..shards).map(|k| cut(k)..cut(k + 1)).collect()
    }

    /// The outcome of all paths, from their merged shards.
    ///
    /// # Errors
    /// [`Error::Run`] when the shard is of another run, or does not hold all of this run's paths.
    pub fn finish(&self, shard: Shard) -> Result<Outcome> {
        self.check()?;
        self.check_fixed()?;
        if shard.paths() != (0..self.most()) {
            let problem = format!(
                "the shard holds {} of the {} that were asked for",
                shard::named(&shard.paths()),
                shard::named(&(0..self.most())),
            );
            return fault(
                "shard",
                problem,
                "merge it with the shards of the other paths, or ask for as many paths as it has",
            );
        }
        threads::with(self.threads, || self.finish_shard(shard))
    }

    fn check(&self) -> Result<()> {
        let paths = self.most();
        if self.paths == Some(0) || paths > Self::MAX_PATHS {
            let asked = self.paths.unwrap_or(paths);
            let problem = format!("{asked} paths were asked for; 1 to {} are possible", Self::MAX_PATHS);
            return fault("paths", problem, "take 100 000 for a first look, 1 000 000 for a table");
        }
        if !(self.confidence >= 0.5 && self.confidence < 1.0) {
            let problem =
                format!("a confidence level of {} was asked for; it lies between 0.5 and 1", self.confidence);
            return fault("confidence", problem, "take 0.95");
        }
        until::check(&self.until, self.scenario)?;
        let ends_early = [
            ("until", !self.until.is_empty()),
            ("a checkpoint", self.checkpoint.is_some()),
            ("a stopper", self.stopper.is_some()),
        ];
        if let Some((what, _)) = ends_early.iter().find(|(_, asked)| *asked)
            && self.sampling != Sampling::Independent
        {
            let problem = format!(
                "{what} was asked for together with {:?} paths, whose error is told from whole replicates",
                self.sampling
            );
            return fault("sampling", problem, "leave one of them out");
        }
        self.sampling.check(paths)?;
        threads::check(self.threads)
    }

    /// A shard has to know where its run ends.
    fn check_fixed(&self) -> Result<()> {
        if self.sampling != Sampling::Independent {
            let problem = "shards of a run were asked for whose error is told from whole replicates";
            return fault(
                "sampling",
                problem.into(),
                "draw the paths independently, or run it in one process",
            );
        }
        if self.until.is_empty() {
            return Ok(());
        }
        let problem = "shards of a run that ends when it is precise enough were asked for; none of them knows when that is";
        fault("until", problem.into(), "ask for a number of paths, or run it in one process")
    }

    /// Number of paths, or the most there can be.
    fn most(&self) -> u64 {
        let asked = self.paths.unwrap_or(if self.until.is_empty() { 100_000 } else { Self::UNTIL_PATHS });
        self.sampling.paths(asked)
    }
}

impl std::fmt::Debug for Simulation<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Simulation")
            .field("paths", &self.most())
            .field("seed", &self.seed)
            .field("threads", &self.threads)
            .finish_non_exhaustive()
    }
}

fn fault<T>(option: &str, problem: String, remedy: &str) -> Result<T> {
    Err(Error::Run(Fault::new(option, problem).remedy(remedy)))
}
