//! Targets: what the plan wants, with an exact meaning on every path.
//!
//! Layer 2. A target is a **measure** of a path (a level, an average growth, a sum of flows …)
//! and a **bound** on it; or a combination of other targets. The margin is the distance to the bound,
//! positive when met, in the unit of the measure. The boundary counts as met unless the target is `strict`. A target may be
//! `assigned`: its value is set by the level above and stated here as an assumption while it is unknown.

pub(crate) mod average_growth;
mod bound;
pub(crate) mod change;
mod combination;
pub(crate) mod cumulative;
mod custom;
pub(crate) mod every_year;
pub(crate) mod keep_pace;
pub(crate) mod level;
mod measure;
mod reading;

pub use bound::{Bound, Side};
pub use combination::Combination;
pub use custom::{MeasureView, Measured};
pub use measure::Measure;
pub(crate) use reading::{Reading, Seen, Turn};

use serde::{Deserialize, Serialize};

/// How hard a target is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum Nature {
    /// The government is answerable for it.
    Binding,
    /// Expected of the market and society.
    #[default]
    Anticipatory,
}
