//! A number that was estimated from paths, where it is no plain count of them.

use crate::stats::normal;

/// A number that was estimated from paths, with its Monte Carlo error.
#[derive(Debug, Clone, Copy, PartialEq, serde::Serialize)]
pub struct Estimate {
    /// The number.
    pub estimate: f64,
    /// Its standard error.
    pub error: f64,
    /// Lower end of its interval at the confidence level of the run.
    pub low: f64,
    /// Upper end.
    pub high: f64,
}

impl Estimate {
    /// With the interval of a normal law.
    pub(crate) fn normal(estimate: f64, error: f64, level: f64) -> Self {
        let half = normal::two_sided(level) * error;
        Self { estimate, error, low: estimate - half, high: estimate + half }
    }

    /// What it is less another one from other draws.
    pub(crate) fn less(&self, other: &Self, level: f64) -> Self {
        let error = (self.error * self.error + other.error * other.error).sqrt();
        Self::normal(self.estimate - other.estimate, error, level)
    }

    /// Standard error over estimate; none where that is not above 0.
    pub fn relative_error(&self) -> Option<f64> {
        (self.estimate > 0.0).then(|| self.error / self.estimate)
    }
}
