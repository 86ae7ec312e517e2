//! What several tests ask of a run.

use plancast::error::{Error, Fault};
use plancast::prelude::*;

/// The fault for which a run was refused.
#[track_caller]
pub fn refused<T>(result: Result<T>) -> Fault {
    match result {
        Err(Error::Run(fault)) => fault,
        Err(other) => panic!("another error: {other}"),
        Ok(_) => panic!("nothing was refused"),
    }
}
