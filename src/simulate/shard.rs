//! A part of a run: some paths that follow each other, simulated anywhere, to be merged with the others.

use super::TASK;
use super::forest::Forest;
use super::shard_file::{self, Unreadable};
use super::tally::{Shape, Sums, Tally};
use super::work::Done;
use crate::error::{Error, Fault, Result};
use crate::files;
use crate::outcome::{Fingerprint, format};
use serde::{Deserialize, Serialize};
use std::ops::Range;
use std::path::Path;

/// What was counted and summed on some of the paths of a run.
///
/// Shards of one run, made by [`super::Simulation::shard`] in any number of processes, are merged to the bits of the whole
/// run, whatever the split and the order; [`super::Simulation::finish`] makes an outcome of them. See
/// `examples/shard_and_merge.rs`.
///
/// A file holds the run's identity (scenario as meant, histories, seed, version of this crate), the paths, all counts, and
/// the floating-point sums along the tree in which they are merged. It is for one version of this crate: another version may
/// count other things.
#[derive(Clone, PartialEq)]
pub struct Shard {
    pub(super) of: Identity,
    paths: Range<u64>,
    tally: Tally,
    sums: Forest<Sums>,
}

/// What defines a run but for its number of paths.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Identity {
    pub(super) version: String,
    scenario: String,
    data: String,
    seed: u64,
}

/// What stands at the beginning of the content of a file, in every version of it.
#[derive(Serialize, Deserialize)]
struct Head {
    of: Identity,
    paths: Range<u64>,
}

impl Identity {
    pub(super) fn new(print: Fingerprint) -> Self {
        let Fingerprint { scenario, data, version, seed, .. } = print;
        Self { version, scenario, data, seed }
    }

    /// In what another run differs, in words.
    fn difference(&self, other: &Self) -> Option<String> {
        let differ = |what: &str| Some(format!("the {what} is another one"));
        match () {
            () if self.version != other.version => {
                Some(format!("plancast {} was used, here it is {}", other.version, self.version))
            }
            () if self.scenario != other.scenario => differ("scenario or its variant"),
            () if self.data != other.data => Some("the histories that were read differ".into()),
            () if self.seed != other.seed => {
                Some(format!("the seed is {}, here it is {}", other.seed, self.seed))
            }
            () => None,
        }
    }
}

impl Shard {
    pub(super) fn new(of: Identity, done: Done<()>) -> Self {
        Self { of, paths: done.paths, tally: done.tally, sums: done.sums }
    }

    /// The paths that it holds, counted from 0.
    pub fn paths(&self) -> Range<u64> {
        self.paths.clone()
    }

    /// Merges shards of one run, given in any order, to one. Together they have to be some paths that follow each other,
    /// each once.
    ///
    /// # Errors
    /// [`Error::Run`] when there is none, when they are not of one run, when two hold the same paths, or when paths between
    /// them are missing.
    pub fn merge(shards: impl IntoIterator<Item = Self>) -> Result<Self> {
        let mut shards: Vec<Self> = shards.into_iter().collect();
        shards.sort_by_key(|shard| (shard.paths.start, shard.paths.end));
        let mut shards = shards.into_iter();
        let Some(mut total) = shards.next() else {
            return Err(refused("there is no shard to merge", "give at least one"));
        };
        for later in shards {
            let both = || format!("the shards of {} and {}", named(&total.paths), named(&later.paths));
            if let Some(difference) = total.of.difference(&later.of) {
                let problem = format!("{} are not of one run: of the second {difference}", both());
                return Err(refused(&problem, "merge shards of the same scenario, seed and version"));
            }
            if later.paths.start < total.paths.end {
                let problem = format!("{} overlap: each path counts once", both());
                return Err(refused(&problem, "leave one of them out"));
            }
            if later.paths.start > total.paths.end {
                let missing = named(&(total.paths.end..later.paths.start));
                let problem = format!("between {} {missing} are missing", both());
                return Err(refused(&problem, "add the shards that hold them"));
            }
            if !total.paths.end.is_multiple_of(TASK) && !later.paths.is_empty() {
                let problem = format!("{} meet inside a task of {TASK} paths", both());
                return Err(refused(&problem, "end every shard but the last one of a run at a whole task"));
            }
            total.paths.end = later.paths.end;
            total.tally.merge(&later.tally);
            total.sums.append(later.sums, Sums::merge);
        }
        Ok(total)
    }

    /// Writes it to a file, whole or not at all.
    ///
    /// # Errors
    /// [`Error::Write`] with the reason of the system; what stood there before still stands.
    pub fn save(&self, path: impl AsRef<Path>) -> Result<()> {
        files::write(path.as_ref(), &to_bytes(&self.of, &self.paths, &self.tally, &self.sums))
    }

    /// Reads it from a file.
    ///
    /// # Errors
    /// [`Error::Read`] when the file cannot be read; [`Error::Run`] when it is no shard, cut off, damaged, or written by another
    /// version of this crate.
    pub fn load(path: impl AsRef<Path>) -> Result<Self> {
        let path = path.as_ref();
        let bytes = shard_file::read(path)?;
        Self::from_bytes(&bytes).map_err(|unreadable| {
            let fault = Fault::new(path.display().to_string(), unreadable.to_string());
            Error::Run(fault.remedy(unreadable.remedy()))
        })
    }

    fn from_bytes(bytes: &[u8]) -> std::result::Result<Self, Unreadable> {
        let mut content = shard_file::open(bytes)?;
        let Head { of, paths } = content.take()?;
        let version = env!("CARGO_PKG_VERSION");
        if of.version != version {
            return Err(Unreadable::Version(of.version));
        }
        let shard = Self { of, paths, tally: content.take()?, sums: content.take()? };
        content.end()?;
        if shard.is_sound() { Ok(shard) } else { Err(Unreadable::Senseless) }
    }

    /// Whether everything in it goes together: a file with the right checksum can still say anything.
    fn is_sound(&self) -> bool {
        let Range { start, end } = self.paths;
        start <= end
            && end <= super::Simulation::MAX_PATHS
            && start.is_multiple_of(TASK)
            && self.tally.can_be_of(end - start)
            && self.sums.holds(&(start / TASK..end.div_ceil(TASK)))
            && self.sums.values().all(|(tasks, sums)| sums.can_be_of((tasks.end - tasks.start) * TASK))
    }

    /// What was done, for the run of an identity that goes on with it.
    pub(super) fn resumed<P>(self, of: &Identity, shape: &Shape, whose: &str) -> Result<Done<P>> {
        if let Some(difference) = of.difference(&self.of) {
            let problem = format!("{whose} is of another run: {difference}");
            return Err(refused(&problem, "give the scenario, variant and seed that it was made with"));
        }
        let Self { paths, tally, sums, .. } = self;
        if !sums.values().all(|(_, sums)| shape.fits(&tally, sums)) {
            let problem = format!("{whose} does not have the rows of this run");
            return Err(refused(&problem, "simulate these paths again"));
        }
        Ok(Done { paths, tally, sums, observed: Forest::new() })
    }
}

/// The bytes of a shard's file.
pub(super) fn to_bytes(of: &Identity, paths: &Range<u64>, tally: &Tally, sums: &Forest<Sums>) -> Vec<u8> {
    let mut content = shard_file::Content::default();
    content.put(&Head { of: of.clone(), paths: paths.clone() });
    content.put(tally);
    content.put(sums);
    content.seal()
}

/// A range of paths in words.
pub(super) fn named(paths: &Range<u64>) -> String {
    format!("paths {}..{}", format::count(paths.start), format::count(paths.end))
}

fn refused(problem: &str, remedy: &str) -> Error {
    Error::Run(Fault::new("shard", problem).remedy(remedy))
}

impl std::fmt::Debug for Shard {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Shard").field("of", &self.of).field("paths", &self.paths).finish_non_exhaustive()
    }
}
