//! The difference of two probabilities that were counted on the same paths.

use crate::stats::{paired_error, paired_interval};

/// How much likelier something is in a second case than in a first one, both counted on the same independent paths: draws that
/// the two share cancel out, so the error is far below that of two runs of their own.
#[derive(Debug, Clone, Copy, PartialEq, serde::Serialize)]
pub struct Difference {
    /// Probability in the second case less that in the first; 0.01 is a percentage point.
    pub estimate: f64,
    /// Its standard error, [`paired_error`].
    pub standard_error: f64,
    /// Lower end of the interval of its Monte Carlo error, [`paired_interval`].
    pub low: f64,
    /// Upper end.
    pub high: f64,
    /// Paths on which it happens in the second case only.
    pub gained: u64,
    /// Paths on which it happens in the first case only.
    pub lost: u64,
    /// Paths.
    pub paths: u64,
}

impl Difference {
    /// From the paths that turned, at a confidence level.
    pub fn counted(gained: u64, lost: u64, paths: u64, confidence: f64) -> Self {
        let interval = paired_interval(gained, lost, paths, confidence);
        let estimate = if paths == 0 { 0.0 } else { (gained as f64 - lost as f64) / paths as f64 };
        let standard_error = paired_error(gained, lost, paths);
        Self { estimate, standard_error, low: interval.low, high: interval.high, gained, lost, paths }
    }

    /// Of two cases that are the same on every path for a reason that is known: 0, without an error.
    pub fn none(paths: u64) -> Self {
        Self { estimate: 0.0, standard_error: 0.0, low: 0.0, high: 0.0, gained: 0, lost: 0, paths }
    }

    /// Whether its interval holds 0: more paths could tell another sign.
    pub fn may_be_none(&self) -> bool {
        self.low <= 0.0 && 0.0 <= self.high
    }
}
