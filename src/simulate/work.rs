//! The work itself: tasks are handed out in order, done by all threads, and put together in order.

use super::Progress;
use super::block::{self, Broken};
use super::draw::Who;
use super::forest::Forest;
use super::observe::Observer;
use super::rows::LANES;
use super::stop::Watch;
use super::streams::Streams;
use super::tally::{Shape, Sums, Tally};
use super::workspace::Workspace;
use super::{TASK, Watcher};
use crate::model::Model;
use rayon::prelude::*;
use std::collections::BTreeMap;
use std::ops::Range;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Mutex, PoisonError};

/// What every thread works with.
pub(crate) struct Work<'a, O: Observer> {
    pub(crate) model: &'a Model,
    pub(crate) streams: Streams,
    pub(crate) shape: &'a Shape,
    pub(crate) observer: &'a O,
    pub(crate) watch: &'a Watch,
    pub(crate) watcher: Option<&'a Watcher<'a>>,
    /// Where the work ends: one beyond the last path.
    pub(crate) end: u64,
    /// Paths in all and done so far, for those who watch.
    pub(crate) total: u64,
    pub(crate) reported: AtomicU64,
    /// The desks at which nobody works; there are no more of them than threads.
    pub(crate) desks: Mutex<Vec<Desk>>,
}

/// What a thread needs for any number of tasks.
pub(crate) struct Desk {
    workspace: Workspace,
    /// All that was counted at this desk and not yet put together.
    tally: Tally,
}

/// All that is known of some paths that follow each other.
pub(crate) struct Done<P> {
    pub(crate) paths: Range<u64>,
    pub(crate) tally: Tally,
    pub(crate) sums: Forest<Sums>,
    pub(crate) observed: Forest<P>,
}

/// Tasks that were done at the same time, put in order as they come.
struct Fold<P> {
    next: u64,
    waiting: BTreeMap<u64, (Sums, P)>,
    sums: Forest<Sums>,
    observed: Forest<P>,
    /// The first task that broke.
    broken: Option<(u64, Broken)>,
}

impl<P> Done<P> {
    /// What was counted, and what an observer has.
    pub(crate) fn split(self) -> ((Range<u64>, Tally, Forest<Sums>), Forest<P>) {
        ((self.paths, self.tally, self.sums), self.observed)
    }
}

impl<O: Observer> Work<'_, O> {
    /// Nothing done, from a path on.
    pub(crate) fn nothing(&self, first: u64) -> Done<O::Part> {
        Done { paths: first..first, tally: self.shape.empty(), sums: Forest::new(), observed: Forest::new() }
    }

    /// Goes on from where `done` ends to a path, which begins a task or is the end. Stops before when it is asked to: then
    /// `done` has grown by the tasks that were complete, or not at all where one that had begun would have taken too long.
    pub(crate) fn advance(&self, done: &mut Done<O::Part>, to: u64) -> Result<(), Broken> {
        let (first, end) = (done.paths.end / TASK, to.div_ceil(TASK));
        let (next, late) = (AtomicU64::new(first), AtomicBool::new(false));
        let fold = Mutex::new(Fold {
            next: first,
            waiting: BTreeMap::new(),
            sums: Forest::new(),
            observed: Forest::new(),
            broken: None,
        });
        (0..rayon::current_num_threads()).into_par_iter().with_max_len(1).for_each(|_| {
            let mut desk = self.desk();
            while let Some(task) = self.next(&next, end) {
                match self.task(task, &mut desk) {
                    Ok(Some((sums, part))) => lock(&fold).add(task, sums, part, self.observer),
                    Ok(None) => late.store(true, Ordering::Relaxed),
                    Err(broken) => {
                        // All tasks before this one have been handed out: the first that breaks is always found.
                        next.fetch_max(end, Ordering::Relaxed);
                        lock(&fold).broke(task, broken);
                    }
                }
            }
            lock(&self.desks).push(desk);
        });
        let fold = fold.into_inner().unwrap_or_else(PoisonError::into_inner);
        if let Some((_, broken)) = fold.broken {
            return Err(broken);
        }
        let counts = !late.load(Ordering::Relaxed);
        for desk in lock(&self.desks).iter_mut().filter(|desk| desk.tally.paths > 0) {
            if counts && done.tally.paths == 0 {
                // Nothing and something change places: the counts of one thread need no other memory.
                std::mem::swap(&mut done.tally, &mut desk.tally);
                continue;
            }
            let tally = std::mem::replace(&mut desk.tally, self.shape.empty());
            if counts {
                done.tally.merge(&tally);
            }
        }
        if counts {
            done.paths.end = to.min(next.load(Ordering::Relaxed) * TASK);
            done.sums.append(fold.sums, Sums::merge);
            done.observed.append(fold.observed, |total, later| self.observer.merge(total, later));
        }
        Ok(())
    }

    /// The next task, handed out in order, so that those that were begun are the first ones.
    fn next(&self, next: &AtomicU64, end: u64) -> Option<u64> {
        let free = |task: u64| (task < end && !self.watch.is_asked()).then_some(task + 1);
        next.fetch_update(Ordering::Relaxed, Ordering::Relaxed, free).ok()
    }

    fn desk(&self) -> Desk {
        let free = lock(&self.desks).pop();
        free.unwrap_or_else(|| Desk {
            workspace: Workspace::new(self.model, O::LOOKS),
            tally: self.shape.empty(),
        })
    }

    /// A task from beginning to end; none when there was no time for the rest of it.
    fn task(&self, task: u64, desk: &mut Desk) -> Result<Option<(Sums, O::Part)>, Broken> {
        let Desk { workspace: w, tally } = desk;
        let (mut sums, mut part) = (self.shape.no_sums(), self.observer.start());
        let (mut first, end) = (task * TASK, self.end.min((task + 1) * TASK));
        let paths = end - first;
        while first < end {
            if self.watch.is_overdue() {
                return Ok(None);
            }
            let len = (end - first).min(LANES as u64) as usize;
            block::simulate(self.model, &self.streams, Who::Each, first, len, w)?;
            self.shape.add(tally, &mut sums, self.model, w);
            if O::LOOKS {
                w.show(self.model);
                self.observer.observe(&w.block(self.model.horizon), &mut part);
            }
            first += LANES as u64;
        }
        let done = self.reported.fetch_add(paths, Ordering::Relaxed) + paths;
        if let Some(watcher) = self.watcher {
            watcher(Progress { done, total: self.total });
        }
        Ok(Some((sums, part)))
    }
}

impl<P> Fold<P> {
    fn add<O: Observer<Part = P>>(&mut self, task: u64, sums: Sums, part: P, observer: &O) {
        self.waiting.insert(task, (sums, part));
        while let Some((sums, part)) = self.waiting.remove(&self.next) {
            self.sums.push(self.next, sums, Sums::merge);
            self.observed.push(self.next, part, |total, later| observer.merge(total, later));
            self.next += 1;
        }
    }

    fn broke(&mut self, task: u64, broken: Broken) {
        if self.broken.as_ref().is_none_or(|(first, _)| task < *first) {
            self.broken = Some((task, broken));
        }
    }
}

fn lock<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
