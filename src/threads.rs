//! How many threads work.
//!
//! Layer 0.

use crate::error::{Error, Fault, Result};

/// More threads than any machine that this runs on has.
const MOST: usize = 4096;

/// Refuses numbers of threads that cannot be; none is as many as the machine has.
pub(crate) fn check(threads: Option<usize>) -> Result<()> {
    match threads {
        Some(threads) if threads == 0 || threads > MOST => {
            let problem = format!("{threads} threads were asked for; 1 to {MOST} are possible");
            let fault = Fault::new("threads", problem);
            Err(Error::Run(fault.remedy("leave it out to use all of the machine's")))
        }
        _ => Ok(()),
    }
}

/// Does some work with so many threads.
///
/// # Errors
/// Those of the work; [`Error::Run`] when the threads cannot be started.
pub(crate) fn with<T: Send>(threads: Option<usize>, work: impl FnOnce() -> Result<T> + Send) -> Result<T> {
    let Some(threads) = threads else { return work() };
    let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build();
    let pool = pool.map_err(|e| {
        Error::Run(Fault::new("threads", format!("{threads} threads cannot be started: {e}")))
    })?;
    pool.install(work)
}
