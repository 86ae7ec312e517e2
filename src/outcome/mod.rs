//! Outcomes: what a run returns, finished and typed; charts, exports and reports only read it.
//!
//! Layer 5.

mod bands;
mod fingerprint;
pub mod format;
pub(crate) mod goal;
mod joint;
mod target;

pub(crate) use bands::Image;
pub use bands::{Band, IndicatorOutcome, Mean, QuantileCurve, SamplePath};
pub use fingerprint::Fingerprint;
pub use joint::{Joint, Pair};
pub use target::{Basis, FirstYear, Probability, Spread, TargetOutcome};

use crate::label::Label;
use crate::time::Horizon;

/// The result of a run.
#[derive(Debug, Clone)]
pub struct Outcome {
    /// Name of the plan.
    pub plan: Label,
    /// Id and name of the variant, where one was laid over the scenario.
    pub variant: Option<(String, Label)>,
    /// Where the plan is from.
    pub source: Option<Label>,
    /// Base year and last year.
    pub horizon: Horizon,
    /// Number of paths.
    pub paths: u64,
    /// Confidence level of every interval of the Monte Carlo error, for instance 0.95.
    pub confidence: f64,
    /// What identifies the run.
    pub fingerprint: Fingerprint,
    /// Indicators in the order of the plan.
    pub indicators: Vec<IndicatorOutcome>,
    /// Targets in the order of the plan, combinations included.
    pub targets: Vec<TargetOutcome>,
    /// All targets that are not combinations, together.
    pub joint: Joint,
    /// What the reader has to know: repaired correlation, assumed assigned values, a run that was stopped.
    pub notices: Vec<String>,
}

impl Outcome {
    /// An indicator by id.
    pub fn indicator(&self, id: &str) -> Option<&IndicatorOutcome> {
        self.indicators.iter().find(|i| i.id == id)
    }

    /// A target by id.
    pub fn target(&self, id: &str) -> Option<&TargetOutcome> {
        self.targets.iter().find(|t| t.id == id)
    }
}
