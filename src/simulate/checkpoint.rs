//! What was done, kept in a file now and then, so that a run can go on from there.

use super::TASK;
use super::shard::{self, Identity, Shard};
use super::tally::Shape;
use super::work::Done;
use crate::error::{Error, Fault, Result};
use crate::files;
use crate::outcome::format::count;
use std::ops::Range;
use std::path::Path;
use std::time::{Duration, Instant};

/// The file of a run.
pub(super) struct Checkpoint<'a> {
    file: &'a Path,
    pub(super) every: Duration,
    of: Identity,
    kept: Instant,
}

impl<'a> Checkpoint<'a> {
    /// A place that cannot be written is found out before the work, not after it.
    pub(super) fn new(file: &'a Path, every: Duration, of: Identity) -> Result<Self> {
        let folder = file.parent().filter(|p| !p.as_os_str().is_empty()).unwrap_or(Path::new("."));
        files::check_writable(folder)?;
        Ok(Self { file, every, of, kept: Instant::now() })
    }

    /// What the file holds of some paths of the run; none when there is no file yet.
    pub(super) fn resume<P>(&self, paths: &Range<u64>, shape: &Shape) -> Result<Option<Done<P>>> {
        let kept = match Shard::load(self.file) {
            Err(Error::Read { source, .. }) if source.kind() == std::io::ErrorKind::NotFound => {
                return Ok(None);
            }
            kept => {
                kept?.resumed::<P>(&self.of, shape, &format!("the checkpoint {}", self.file.display()))?
            }
        };
        let fits = kept.paths.start == paths.start && kept.paths.end <= paths.end;
        if fits && kept.paths.end.is_multiple_of(TASK) {
            return Ok(Some(kept));
        }
        let problem = format!(
            "the checkpoint {} holds {}, which are not the first of {}",
            self.file.display(),
            shard::named(&kept.paths),
            shard::named(paths),
        );
        let remedy = format!("ask for at least {} paths, or name another file", count(kept.paths.end));
        Err(Error::Run(Fault::new("checkpoint", problem).remedy(remedy)))
    }

    /// Writes what was done, when it is time or `now`. What does not end at a whole task is not kept.
    pub(super) fn keep<P>(&mut self, done: &Done<P>, now: bool) -> Result<()> {
        let due = now || self.kept.elapsed() >= self.every;
        if due && done.paths.end.is_multiple_of(TASK) && !done.paths.is_empty() {
            files::write(self.file, &shard::to_bytes(&self.of, &done.paths, &done.tally, &done.sums))?;
            self.kept = Instant::now();
        }
        Ok(())
    }
}
