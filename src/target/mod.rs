//! Targets: what the plan wants, with an exact meaning on every path.
//!
//! Layer 2. A target is a **measure** of a path (a level, an average growth, a sum of flows …)
//! and a **bound** on it; or a combination of other targets. The margin is the distance to the bound,
//! positive when met, in the unit of the measure. The boundary counts as met unless the target is `strict`.

mod bound;
mod custom;
mod measure;

pub use bound::{Bound, Side};
pub use custom::{MeasureView, Measured};
pub use measure::Measure;

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

/// A combination of other targets.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Combination {
    /// Met when every one is met.
    All(Vec<String>),
    /// Met when one of them is met.
    Any(Vec<String>),
    /// Met when at least `k` of them are met.
    AtLeastK {
        /// How many, 1 ..= number of targets.
        k: usize,
        /// Which.
        of: Vec<String>,
    },
}
