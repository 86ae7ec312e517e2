//! What most programs need: `use plancast::prelude::*;`

pub use crate::error::{Error, Result};
pub use crate::event::Event;
pub use crate::evidence::Evidence;
pub use crate::history::{History, HistoryForm};
pub use crate::innovation::Innovation;
pub use crate::label::Language;
pub use crate::link::{Bounds, Link};
pub use crate::outcome::{Of, Outcome, Precision, Probability};
pub use crate::process::{
    Ar1Growth, Ar1SimpleGrowth, DampedTrend, Estimate, Logistic, MeanReverting, Path, Prior, Process,
    RandomWalk, Resampled, Saturating,
};
pub use crate::quantity::Quantity;
pub use crate::regime::Regime;
pub use crate::report::{LearnedTable, Scorecard};
pub use crate::sampling::Sampling;
pub use crate::scenario::{CorrelationDraft, Draft, Factor, IndicatorDraft, Scenario, TargetDraft};
pub use crate::simulate::{Progress, Shard, Simulation, Stopper};
pub use crate::target::{Measure, Nature, Side};
pub use crate::time::Year;
