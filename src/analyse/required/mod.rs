//! What would it take: pace needed, change needed for a probability, bound that a probability allows, pairs of changes.

mod ambition;
mod amount;
mod chance;
mod counts;
mod effort;
mod frontier;
mod knob;
mod past;
mod solve;

pub use ambition::Ambition;
pub use amount::{Answer, Need, Required, RequiredOutcome};
pub use effort::{Effort, Pace, TargetEffort, Trend};
pub use frontier::{Frontier, FrontierOutcome};
pub use knob::Scale;
