//! What an analysis runs: any number of models over the same paths, in parallel, with the same bits for any number of threads.

use super::block::{self, Broken};
use super::design::Design;
use super::draw::{self, Who};
use super::forest::Forest;
use super::rows::{Bits, LANES};
use super::stop::Watch;
use super::streams::{Purpose, Streams};
use super::workspace::Workspace;
use super::{Progress, Simulation, Watcher, fault, run};
use crate::error::{self, Error};
use crate::model::Model;
use crate::sampling::Sampling;
use crate::scenario::Scenario;
use crate::threads;
use rayon::prelude::*;
use std::sync::atomic::{AtomicU64, Ordering};

/// Paths of a task: fewer than those of a plain run, because an analysis that goes over few paths often has to keep all threads busy.
const TASK: u64 = 4 * LANES as u64;

/// Tasks that are done before what they gathered is put together: memory does not grow with the number of paths.
const WAVE: u64 = 1024;

/// How an analysis runs: what a [`Simulation`] says of scenario, paths, seed, threads and confidence.
pub(crate) struct Survey<'a> {
    pub(crate) scenario: &'a Scenario,
    pub(crate) paths: u64,
    pub(crate) seed: u64,
    /// Confidence level of its intervals.
    pub(crate) confidence: f64,
    threads: Option<usize>,
    watch: Watch,
    watcher: Option<&'a Watcher<'a>>,
    /// Paths that all passes together will simulate, as far as is known, and did.
    expected: AtomicU64,
    done: AtomicU64,
}

/// A model with its draws and the memory of a block.
pub(crate) struct Desk<'m> {
    pub(crate) model: &'m Model,
    pub(crate) streams: Streams,
    pub(crate) workspace: Workspace,
}

impl<'m> Desk<'m> {
    /// With the draws of the run itself, which variants of a plan share name by name. `shown`: whether levels and margins will be read that
    /// nothing else needs; see [`Workspace::show`].
    pub(crate) fn new(model: &'m Model, seed: u64, shown: bool) -> Self {
        let streams = Streams::new(model, seed, Purpose::Main);
        Self { model, streams, workspace: Workspace::new(model, shown) }
    }

    /// With draws that are given for each block, and keys of their own for what cannot be given.
    pub(crate) fn given(model: &'m Model, seed: u64, shown: bool) -> Self {
        let mut streams = Streams::new(model, seed, Purpose::Rare);
        streams.design = Some(Design::given(model, &streams));
        Self { model, streams, workspace: Workspace::new(model, shown) }
    }

    /// The design of a desk that is given its draws.
    pub(crate) fn design(&mut self) -> &mut Design {
        let Some(design) = &mut self.streams.design else {
            unreachable!("only a desk that is given its draws is asked for them")
        };
        design
    }

    /// Simulates `len` paths from a path on, which begins a block.
    pub(crate) fn simulate(&mut self, first: u64, len: usize) -> Result<(), Broken> {
        block::simulate(self.model, &self.streams, Who::Each, first, len, &mut self.workspace)
    }

    /// The same with other draws.
    pub(crate) fn simulate_with(&mut self, streams: &Streams, first: u64, len: usize) -> Result<(), Broken> {
        block::simulate(self.model, streams, Who::Each, first, len, &mut self.workspace)
    }

    /// The paths of the block just simulated on which an event happens at least once.
    pub(crate) fn ever_happens(&mut self, event: usize) -> Bits {
        draw::ever_happens(self.model, &self.streams, event, &mut self.workspace)
    }

    /// In how many years each path of that block is in each state of each regime.
    pub(crate) fn years_in_states(&mut self) -> Vec<Vec<Vec<f64>>> {
        draw::years_in_states(self.model, &self.streams, &mut self.workspace)
    }
}

impl<'a> Simulation<'a> {
    /// The same for an analysis, which is named.
    ///
    /// # Errors
    /// [`Error::Run`] when an option is out of range, or means nothing to an analysis.
    pub(crate) fn survey(&'a self, what: &str) -> error::Result<Survey<'a>> {
        self.check()?;
        let foreign = [
            ("until", !self.until.is_empty()),
            ("checkpoint", self.checkpoint.is_some()),
            ("sampling", self.sampling != Sampling::Independent),
        ];
        if let Some((option, _)) = foreign.iter().find(|(_, asked)| *asked) {
            let problem = format!("`{option}` was asked for, which {what} does not know");
            return fault(option, problem, "leave it out, and ask for a number of paths");
        }
        Ok(Survey {
            scenario: self.scenario,
            paths: self.most(),
            seed: self.seed,
            confidence: self.confidence,
            threads: self.threads,
            watch: Watch::new(self.stopper.clone()),
            watcher: self.watcher.as_deref(),
            expected: AtomicU64::new(0),
            done: AtomicU64::new(0),
        })
    }
}

impl Survey<'_> {
    /// Says how many passes over all paths are still to come, for those who watch.
    pub(crate) fn expect(&self, passes: u64) {
        let done = self.done.load(Ordering::Relaxed);
        self.expected.store(done.saturating_add(passes.saturating_mul(self.paths)), Ordering::Relaxed);
    }

    /// Goes over all paths once. `desk` is what a thread needs; `block` simulates `len` paths from `first` on and gathers from them; what
    /// was gathered of tasks that follow each other is merged in their order, along a fixed tree.
    ///
    /// # Errors
    /// What broke first, in the order of the paths, in the words of the scenario.
    pub(crate) fn pass<D, P: Send>(
        &self,
        desk: impl Fn() -> D + Sync + Send,
        start: impl Fn() -> P + Sync + Send,
        block: impl Fn(&mut D, u64, usize, &mut P) -> Result<(), Broken> + Sync + Send,
        merge: impl Fn(&mut P, P) + Sync + Send,
    ) -> error::Result<P> {
        threads::with(self.threads, || {
            let tasks = self.paths.div_ceil(TASK);
            let mut forest = Forest::new();
            for first in (0..tasks).step_by(WAVE as usize) {
                let end = tasks.min(first + WAVE);
                let next = AtomicU64::new(first);
                // Tasks are handed out in order, so that the first one that breaks is always found.
                let take = || Some(next.fetch_add(1, Ordering::Relaxed)).filter(|task| *task < end);
                let worker = |_| {
                    let (mut seat, mut parts) = (None, Vec::new());
                    while let Some(task) = take() {
                        let part = self.task(task, seat.get_or_insert_with(&desk), &start, &block);
                        if part.is_err() {
                            next.fetch_max(end, Ordering::Relaxed);
                        }
                        parts.push((task, part));
                    }
                    parts
                };
                let workers = (0..rayon::current_num_threads()).into_par_iter().with_max_len(1);
                let mut parts: Vec<(u64, Result<P, Broken>)> = workers.flat_map_iter(worker).collect();
                parts.sort_unstable_by_key(|(task, _)| *task);
                for (task, part) in parts {
                    forest.push(task, part.map_err(|broken| self.explain(broken))?, &merge);
                }
            }
            Ok(forest.fold(&merge).unwrap_or_else(&start))
        })
    }

    /// Does several things that do not depend on each other, on all threads; the results in their order.
    ///
    /// # Errors
    /// What broke first, in their order, in the words of the scenario.
    pub(crate) fn each<T: Send>(
        &self,
        count: usize,
        work: impl Fn(usize) -> Result<T, Broken> + Sync + Send,
    ) -> error::Result<Vec<T>> {
        let each = || Ok((0..count).into_par_iter().map(work).collect());
        let results: Vec<Result<T, Broken>> = threads::with(self.threads, each)?;
        results.into_iter().map(|result| result.map_err(|broken| self.explain(broken))).collect()
    }

    /// Does other work on its threads.
    ///
    /// # Errors
    /// [`Error::Run`] when the threads cannot be started.
    pub(crate) fn on_threads<T: Send>(&self, work: impl FnOnce() -> T + Send) -> error::Result<T> {
        threads::with(self.threads, || Ok(work()))
    }

    fn task<D, P>(
        &self,
        task: u64,
        desk: &mut D,
        start: &impl Fn() -> P,
        block: &impl Fn(&mut D, u64, usize, &mut P) -> Result<(), Broken>,
    ) -> Result<P, Broken> {
        let mut part = start();
        let (from, end) = (task * TASK, self.paths.min((task + 1) * TASK));
        for first in (from..end).step_by(LANES) {
            self.watch.go_on()?;
            block(desk, first, (end - first).min(LANES as u64) as usize, &mut part)?;
        }
        let done = self.done.fetch_add(end - from, Ordering::Relaxed) + end - from;
        if let Some(watcher) = self.watcher {
            watcher(Progress { done, total: self.expected.load(Ordering::Relaxed).max(done) });
        }
        Ok(part)
    }

    /// What broke, in the words of the scenario.
    pub(crate) fn explain(&self, broken: Broken) -> Error {
        run::explain(self.scenario, broken)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::prelude::{CorrelationDraft, IndicatorDraft, RandomWalk, TargetDraft};
    use crate::scenario::MatrixDraft;

    /// Paths on which each target is met in its year, and its measure, as bits.
    fn seen(desk: &mut Desk<'_>, target: usize) -> (Bits, u64) {
        desk.simulate(512, LANES).unwrap();
        let (model, w) = (desk.model, &desk.workspace);
        let met = w.met[target][model.targets[target].step - 1];
        let combined = matches!(model.targets[target].condition, crate::model::ConditionOp::Combined { .. });
        let sum = if combined {
            0
        } else {
            w.measured(model, target).iter().fold(0, |sum, x| sum ^ x.to_bits().rotate_left(sum as u32 % 63))
        };
        (met, sum)
    }

    /// Two pairs of indicators, correlated within each by a matrix.
    fn pairs() -> Scenario {
        let ids = ["a", "b", "c", "d"];
        let entry = |i: usize, j: usize| match (i == j, i / 2 == j / 2) {
            (true, _) => 1.0,
            (_, within) => f64::from(u8::from(within)) * 0.6,
        };
        let rows = (0..4).map(|i| (0..4).map(|j| entry(i, j)).collect()).collect();
        let matrix = MatrixDraft { indicators: ids.map(String::from).to_vec(), rows, repair: false };
        let plan = ids.iter().fold(Scenario::builder("Pairs", 2025, 2028), |plan, id| {
            let walk = IndicatorDraft::new(*id, "1").baseline(1.0).process(RandomWalk::new(0.02, 0.02));
            plan.indicator(*id, walk).target(*id, TargetDraft::level(*id).at_least(1.05))
        });
        plan.correlation(CorrelationDraft::Matrix(matrix)).build().unwrap()
    }

    #[test]
    fn what_a_target_does_not_hang_on_is_left_out_without_a_trace() {
        let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/scenarios");
        let shipped = |file: &str| Scenario::load(format!("{folder}/{file}.toml")).unwrap();
        let plans =
            [("kunshan", shipped("kunshan-2030")), ("china", shipped("china-14th")), ("pairs", pairs())];
        for (file, scenario) in plans {
            let whole = Model::compile(&scenario).unwrap();
            let mut whole_desk = Desk::new(&whole, 7, false);
            let mut drawn = Vec::new();
            for target in 0..whole.targets.len() {
                let mut kept = Model::compile(&scenario).unwrap();
                kept.keep(&[target]);
                assert_eq!(
                    seen(&mut Desk::new(&kept, 7, false), target),
                    seen(&mut whole_desk, target),
                    "{file} {target}"
                );
                drawn.push(kept.drawn.scores.iter().filter(|drawn| **drawn).count());
            }
            // Less is drawn for most of them.
            assert!(
                drawn.iter().filter(|n| **n < whole.scores.len()).count() > drawn.len() / 2,
                "{file}: {drawn:?}"
            );
        }
    }
}
