//! Simulation: blocks of paths in parallel, the same bits for any number of threads.
//!
//! Layer 6. The paths of a run are cut into a fixed grid of blocks of [`LANES`] paths. A block draws its parameters
//! and innovations by address (seed, name, path, year), steps every indicator through the years, judges every
//! target and is counted; then it is forgotten. Blocks are counted in tasks of [`TASK`] paths; counts are whole numbers, and
//! sums are merged along a fixed binary tree over the tasks. So nothing depends on which thread, process or machine did what,
//! nor on where a run was cut into shards or taken up again, and more paths keep the first ones.

mod assemble;
mod block;
mod checkpoint;
mod draw;
mod forest;
mod layers;
mod observe;
mod plain;
mod rows;
mod shard;
mod shard_file;
mod step;
mod stop;
mod streams;
mod tally;
mod verdict;
mod work;
mod workspace;

pub use observe::{KeepPaths, Observer, Paths};
pub use rows::LANES;
pub use shard::Shard;
pub use stop::Stopper;
pub use workspace::Block;

use layers::Layers;
use tally::Tally;

use crate::error::{Error, Fault, Result};
use crate::model::Model;
use crate::outcome::{Ending, Fingerprint, Outcome};
use crate::scenario::Scenario;
use crate::target::Nature;
use crate::threads;
use block::Broken;
use checkpoint::Checkpoint;
use draw::Who;
use forest::Forest;
use shard::Identity;
use std::ops::Range;
use std::path::PathBuf;
use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};
use stop::Watch;
use streams::{Purpose, Streams};
use tally::{Shape, Sums};
use work::{Done, Work};
use workspace::Workspace;

/// Blocks of a task: the unit of work that a thread takes, and of merging.
const TASK_BLOCKS: u64 = 32;

/// Paths of a task. A [`Shard`] begins and ends at multiples of it, but that the last one ends with the run.
pub const TASK: u64 = TASK_BLOCKS * LANES as u64;

/// How long a run that can be interrupted goes on before it puts together what was done.
const STRETCH: Duration = Duration::from_secs(1);

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
    stopper: Option<Stopper>,
    checkpoint: Option<(PathBuf, Duration)>,
}

impl<'a> Simulation<'a> {
    /// The most paths of one run.
    pub const MAX_PATHS: u64 = 1 << 48;

    /// 100 000 paths, seed 1, all threads, intervals at 95 %.
    pub fn new(scenario: &'a Scenario) -> Self {
        Self {
            scenario,
            paths: 100_000,
            seed: 1,
            threads: None,
            confidence: 0.95,
            watcher: None,
            stopper: None,
            checkpoint: None,
        }
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
        if !(start < end && end <= self.paths) {
            let problem = format!(
                "paths {start}..{end} were asked for of a run of {}; they have to be some of its paths",
                self.paths
            );
            return fault("shard", problem, "take the ranges of `split`");
        }
        if !(start.is_multiple_of(TASK) && (end.is_multiple_of(TASK) || end == self.paths)) {
            let problem = format!(
                "paths {start}..{end} were asked for; both ends have to be multiples of {TASK}, or the end of the run"
            );
            return fault("shard", problem, "take the ranges of `split`");
        }
        threads::with(self.threads, || {
            let model = Model::compile(self.scenario)?;
            let watch = Watch::new(self.stopper.clone());
            let shape = self.shape(&model).map_err(|broken| self.explain(broken))?;
            let work = self.work(&model, &shape, &(), &watch, &(start..end));
            let done = self.go(&work, &(start..end))?;
            Ok(Shard::new(self.identity(), done))
        })
    }

    /// Cuts the run into so many ranges for [`Simulation::shard`], about equally long; fewer when it has fewer tasks.
    pub fn split(&self, shards: u64) -> Vec<Range<u64>> {
        let tasks = self.paths.div_ceil(TASK);
        let shards = shards.clamp(1, tasks.max(1));
        // A 128-bit product: both can be large.
        let cut = |k: u64| {
            let task = u128::from(tasks) * u128::from(k) / u128::from(shards);
            (task as u64 * TASK).min(self.paths)
        };
        (0..shards).map(|k| cut(k)..cut(k + 1)).collect()
    }

    /// The outcome of all paths, from their merged shards.
    ///
    /// # Errors
    /// [`Error::Run`] when the shard is of another run, or does not hold all of this run's paths.
    pub fn finish(&self, shard: Shard) -> Result<Outcome> {
        self.check()?;
        if shard.paths() != (0..self.paths) {
            let problem = format!(
                "the shard holds {} of the {} that were asked for",
                shard::named(&shard.paths()),
                shard::named(&(0..self.paths)),
            );
            return fault(
                "shard",
                problem,
                "merge it with the shards of the other paths, or ask for as many paths as it has",
            );
        }
        threads::with(self.threads, || {
            let model = Model::compile(self.scenario)?;
            let watch = Watch::new(self.stopper.clone());
            let shape = self.shape(&model).map_err(|broken| self.explain(broken))?;
            let done = shard.resumed::<()>(&self.identity(), &shape, "the shard")?;
            let layers = layers::run(&model, self.seed, shape.members(), &watch)
                .map_err(|broken| self.explain(broken))?;
            Ok(self.outcome(&model, &shape, &layers, done)?.0)
        })
    }

    fn check(&self) -> Result<()> {
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
        let watch = Watch::new(self.stopper.clone());
        let shape = self.shape(&model).map_err(|broken| self.explain(broken))?;
        // First, so that a run that is stopped has them at hand.
        let layers =
            layers::run(&model, self.seed, shape.members(), &watch).map_err(|broken| self.explain(broken))?;
        let paths = 0..self.paths;
        let work = self.work(&model, &shape, observer, &watch, &paths);
        let done = self.go(&work, &paths)?;
        let (outcome, observed) = self.outcome(&model, &shape, &layers, done)?;
        let gathered = observed.fold(|total, later| observer.merge(total, later));
        Ok((outcome, gathered.unwrap_or_else(|| observer.start())))
    }

    fn work<'w, O: Observer>(
        &'w self,
        model: &'w Model,
        shape: &'w Shape,
        observer: &'w O,
        watch: &'w Watch,
        paths: &Range<u64>,
    ) -> Work<'w, O> {
        Work {
            model,
            streams: Streams::new(model, self.seed, Purpose::Main),
            shape,
            observer,
            watch,
            watcher: self.watcher.as_deref(),
            end: paths.end,
            total: paths.end - paths.start,
            reported: AtomicU64::new(0),
            desks: Mutex::new(Vec::new()),
        }
    }

    /// Does the work on some paths, or on as many of the first of them as there was time for.
    fn go<O: Observer>(&self, work: &Work<'_, O>, paths: &Range<u64>) -> Result<Done<O::Part>> {
        let mut checkpoint = match &self.checkpoint {
            Some((file, every)) => Some(Checkpoint::new(file, *every, self.identity())?),
            None => None,
        };
        let kept = checkpoint.as_ref().map_or(Ok(None), |kept| kept.resume(paths, work.shape))?;
        let mut done = kept.unwrap_or_else(|| work.nothing(paths.start));
        work.reported.store(done.paths.end - paths.start, Ordering::Relaxed);
        let mut pace = Pace::new(self.stopper.is_some(), checkpoint.as_ref().map(|kept| kept.every));
        // What a checkpoint keeps ends at a whole task.
        let whole = if checkpoint.is_some() { paths.end / TASK * TASK } else { 0 };
        while done.paths.end < paths.end {
            let to = pace.next(done.paths.end).min(paths.end);
            let to = if done.paths.end < whole { to.min(whole) } else { to };
            work.advance(&mut done, to).map_err(|broken| self.explain(broken))?;
            let stopped = done.paths.end < to;
            if let Some(kept) = &mut checkpoint {
                kept.keep(&done, stopped || done.paths.end == whole)?;
            }
            if stopped {
                break;
            }
        }
        if done.paths.is_empty() { Err(self.explain(Broken::Stopped)) } else { Ok(done) }
    }

    /// What defines the run but for its number of paths.
    fn identity(&self) -> Identity {
        Identity::new(Fingerprint::of(self.scenario, self.seed, self.paths))
    }

    /// From what was done to the outcome, and what the observer has.
    fn outcome<P>(
        &self,
        model: &Model,
        shape: &Shape,
        layers: &Layers,
        done: Done<P>,
    ) -> Result<(Outcome, Forest<P>)> {
        let Done { paths, mut tally, sums, observed } = done;
        let sums = sums.fold(Sums::merge).unwrap_or_else(|| shape.no_sums());
        shape.finish(&mut tally);
        if let Some(broken) = shape.overflow(&tally) {
            return Err(self.explain(broken));
        }
        let ending =
            if paths.end < self.paths { Ending::Interrupted { asked: self.paths } } else { Ending::Complete };
        let run = assemble::Run {
            scenario: self.scenario,
            model,
            tally: &tally,
            sums: &sums,
            shape,
            layers,
            seed: self.seed,
            confidence: self.confidence,
            ending,
        };
        Ok((run.outcome(), observed))
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

    /// Says in the words of the scenario where a number stopped being one.
    fn explain(&self, broken: Broken) -> Error {
        let base = self.scenario.horizon().base().0;
        let name = |map: Option<&String>| map.cloned().unwrap_or_default();
        let (path, what, year) = match broken {
            Broken::Stopped => {
                let problem = "it was asked to stop before there was anything to show";
                let remedy = format!("let it run longer: {TASK} paths are the least that counts");
                return Error::Run(Fault::new("run", problem).remedy(remedy));
            }
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

/// How far to go before what was done is put together. It leaves no trace in the result.
struct Pace {
    /// How long a stretch should take; none where nothing is to be gained by an end before the end.
    aim: Option<Duration>,
    tasks: u64,
    began: Option<Instant>,
}

impl Pace {
    fn new(can_stop: bool, every: Option<Duration>) -> Self {
        let aim = (can_stop || every.is_some()).then(|| STRETCH.min(every.unwrap_or(STRETCH)));
        Self { aim, tasks: 0, began: None }
    }

    /// Where the next stretch should end: a task for each thread at first, then as many as take the time aimed at.
    fn next(&mut self, from: u64) -> u64 {
        let Some(aim) = self.aim else { return u64::MAX };
        let threads = rayon::current_num_threads() as u64;
        let tasks = match self.began {
            None => threads,
            Some(began) => {
                let share = aim.as_secs_f64() / began.elapsed().as_secs_f64().max(1e-6);
                // A saturating cast; a multiple of the threads, so that none waits for another.
                let tasks = (self.tasks as f64 * share.min(4.0)) as u64;
                (tasks / threads).max(1) * threads
            }
        };
        (self.tasks, self.began) = (tasks, Some(Instant::now()));
        from.saturating_add(tasks.saturating_mul(TASK))
    }
}

fn fault<T>(option: &str, problem: String, remedy: &str) -> Result<T> {
    Err(Error::Run(Fault::new(option, problem).remedy(remedy)))
}
