//! What a run does from beginning to end.

use super::block::{self, Broken};
use super::checkpoint::Checkpoint;
use super::design::Design;
use super::draw::Who;
use super::forest::Forest;
use super::layers::{self, Layers};
use super::replicates::{Both, Counts, Replicates};
use super::shard::{Identity, Shard};
use super::stop::Watch;
use super::streams::{Purpose, Streams};
use super::tally::{Shape, Sums, Tally};
use super::until::Aim;
use super::work::{Done, Work};
use super::workspace::Workspace;
use super::{LANES, Observer, Simulation, TASK, assemble};
use crate::error::{Error, Fault, Result};
use crate::model::Model;
use crate::outcome::{Ending, Fingerprint, Outcome};
use crate::scenario::Scenario;
use crate::target::Nature;
use std::ops::Range;
use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

/// How long a run that can be interrupted goes on before it puts together what was done.
const STRETCH: Duration = Duration::from_secs(1);

impl Simulation<'_> {
    pub(super) fn simulate<O: Observer>(&self, observer: &O) -> Result<(Outcome, O::Part)> {
        let ready = self.prepare()?;
        // First, so that a run that is stopped has them at hand.
        let layers = ready.layers()?;
        let paths = 0..self.most();
        let Some(replicates) = ready.replicates() else {
            let aim = self.aim(&ready)?;
            let done = self.go(&ready.work(observer, &paths), &paths, aim.as_ref())?;
            let (counted, observed) = done.split();
            let outcome = ready.outcome(&layers, counted, aim.as_ref(), None)?;
            return Ok((outcome, gathered(observer, observed)));
        };
        let both = Both(&replicates, observer);
        let (counted, observed) = self.go(&ready.work(&both, &paths), &paths, None)?.split();
        let (counts, part) = gathered(&both, observed);
        let outcome = ready.outcome(&layers, counted, None, Some((&replicates, &counts)))?;
        Ok((outcome, part))
    }

    pub(super) fn simulate_shard(&self, paths: Range<u64>) -> Result<Shard> {
        let ready = self.prepare()?;
        let done = self.go(&ready.work(&(), &paths), &paths, None)?;
        Ok(Shard::new(self.identity(), done))
    }

    pub(super) fn finish_shard(&self, shard: Shard) -> Result<Outcome> {
        let ready = self.prepare()?;
        let done = shard.resumed::<()>(&self.identity(), &ready.shape, "the shard")?;
        ready.outcome(&ready.layers()?, done.split().0, None, None)
    }

    fn prepare(&self) -> Result<Ready<'_>> {
        let model = Model::compile(self.scenario)?;
        let watch = Watch::new(self.stopper.clone());
        let shape = self.shape(&model).map_err(|broken| self.explain(broken))?;
        Ok(Ready { simulation: self, model, shape, watch })
    }

    /// What has to be precise; none when nothing has to.
    fn aim(&self, ready: &Ready<'_>) -> Result<Option<Aim<'_>>> {
        if self.until.is_empty() {
            return Ok(None);
        }
        let Ready { model, shape, watch, .. } = ready;
        let bounds = (self.most(), self.confidence);
        let aim = Aim::new(&self.until, self.scenario, model, self.seed, shape.members(), bounds, watch);
        aim.map(Some).map_err(|broken| self.explain(broken))
    }

    /// Does the work on some paths, or on as many of the first of them as there was time for or as the aim takes.
    fn go<O: Observer>(
        &self,
        work: &Work<'_, O>,
        paths: &Range<u64>,
        aim: Option<&Aim<'_>>,
    ) -> Result<Done<O::Part>> {
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
        let is_over = |done: &Done<O::Part>| {
            done.paths.end == paths.end || aim.is_some_and(|aim| aim.is_reached(&done.tally))
        };
        while !is_over(&done) {
            let next = aim.map_or(u64::MAX, |aim| aim.next(done.paths.end));
            let to = pace.next(done.paths.end).min(next).min(paths.end);
            let to = if done.paths.end < whole { to.min(whole) } else { to };
            work.advance(&mut done, to).map_err(|broken| self.explain(broken))?;
            let stopped = done.paths.end < to;
            if let Some(kept) = &mut checkpoint {
                kept.keep(&done, stopped || done.paths.end == whole || is_over(&done))?;
            }
            if stopped {
                break;
            }
        }
        if done.paths.is_empty() { Err(self.explain(Broken::Stopped)) } else { Ok(done) }
    }

    /// What defines the run but for its number of paths.
    fn identity(&self) -> Identity {
        Identity::new(Fingerprint::of(self.scenario, self.seed, self.most(), self.sampling))
    }

    /// Looks where the values are, with draws of its own.
    fn shape(&self, model: &Model) -> std::result::Result<Shape, Broken> {
        let streams = Streams::new(model, self.seed, Purpose::Pilot);
        // One block is enough: it places the bins, and quartiles of 512 values are right to a tenth of their spread.
        let mut pilot = Workspace::new(model, false);
        block::simulate(model, &streams, Who::Each, 0, LANES, &mut pilot)?;
        Ok(Shape::new(model, &self.binding(), &pilot))
    }

    /// Which targets are binding.
    fn binding(&self) -> Vec<bool> {
        self.scenario.targets().values().map(|t| t.nature == Nature::Binding).collect()
    }

    fn explain(&self, broken: Broken) -> Error {
        explain(self.scenario, broken)
    }
}

/// Says in the words of a scenario where a number stopped being one.
pub(crate) fn explain(scenario: &Scenario, broken: Broken) -> Error {
    let base = scenario.horizon().base().0;
    let name = |map: Option<&String>| map.cloned().unwrap_or_default();
    let (path, what, year) = match broken {
        Broken::Stopped => {
            let problem = "it was asked to stop before there was anything to show";
            let remedy = format!("let it run longer: {TASK} paths are the least that counts");
            return Error::Run(Fault::new("run", problem).remedy(remedy));
        }
        Broken::Level(at) => {
            let id = name(scenario.indicators().get_index(at.node).map(|(id, _)| id));
            (format!("indicator.{id}"), "the level", base + at.step as i32)
        }
        Broken::Measure(at) => {
            let id = name(scenario.targets().get_index(at.target).map(|(id, _)| id));
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

/// What an observer has of all paths.
fn gathered<O: Observer>(observer: &O, observed: Forest<O::Part>) -> O::Part {
    let all = observed.fold(|total, later| observer.merge(total, later));
    all.unwrap_or_else(|| observer.start())
}

/// A run before its first path: compiled, and with histograms that look where the values are.
struct Ready<'a> {
    simulation: &'a Simulation<'a>,
    model: Model,
    shape: Shape,
    watch: Watch,
}

impl Ready<'_> {
    fn layers(&self) -> Result<Layers> {
        let layers = layers::run(&self.model, self.simulation.seed, self.shape.members(), &self.watch);
        layers.map_err(|broken| self.simulation.explain(broken))
    }

    fn work<'w, O: Observer>(&'w self, observer: &'w O, paths: &Range<u64>) -> Work<'w, O> {
        let Simulation { seed, sampling, .. } = *self.simulation;
        let mut streams = Streams::new(&self.model, seed, Purpose::Main);
        streams.design = Design::new(&self.model, &streams, sampling, seed, self.simulation.most());
        Work {
            model: &self.model,
            streams,
            shape: &self.shape,
            observer,
            watch: &self.watch,
            watcher: self.simulation.watcher.as_deref(),
            end: paths.end,
            total: paths.end - paths.start,
            reported: AtomicU64::new(0),
            desks: Mutex::new(Vec::new()),
        }
    }

    /// What is counted a replicate; none where every path is independent.
    fn replicates(&self) -> Option<Replicates> {
        let sampling = self.simulation.sampling;
        sampling.replicates()?;
        let binding = self.simulation.binding();
        Some(Replicates::new(&self.model, self.shape.members(), &binding, sampling))
    }

    /// From what was counted to the outcome.
    fn outcome(
        &self,
        layers: &Layers,
        (paths, mut tally, sums): (Range<u64>, Tally, Forest<Sums>),
        aim: Option<&Aim<'_>>,
        replicates: Option<(&Replicates, &Counts)>,
    ) -> Result<Outcome> {
        let sums = sums.fold(Sums::merge).unwrap_or_else(|| self.shape.no_sums());
        self.shape.finish(&mut tally);
        if let Some(broken) = self.shape.overflow(&tally) {
            return Err(self.simulation.explain(broken));
        }
        let asked = self.simulation.most();
        let ending = match aim {
            Some(aim) if aim.is_reached(&tally) => Ending::Sure,
            Some(_) if paths.end == asked => Ending::Capped,
            None if paths.end == asked => Ending::Complete,
            _ => Ending::Interrupted { asked },
        };
        let run = assemble::Run {
            scenario: self.simulation.scenario,
            model: &self.model,
            until: aim.map(|aim| aim.until(&tally)),
            tally,
            sums: &sums,
            shape: &self.shape,
            layers,
            seed: self.simulation.seed,
            confidence: self.simulation.confidence,
            ending,
            sampling: self.simulation.sampling,
            replicates,
        };
        Ok(run.outcome())
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
