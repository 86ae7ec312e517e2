//! Scenarios: a plan as written, and as meant.
//!
//! Layer 3. [`Draft`] is what a file or a Rust program writes; [`Draft::validate`] is the one place
//! of every rule and turns it into a [`Scenario`]: complete, checked, read-only.

mod actuals;
mod build;
mod change;
mod csv_text;
mod document;
mod draft;
mod history;
mod learning;
mod lever;
mod load;
mod meant;
mod memory;
mod nearest;
mod overlay;
mod places;
mod prior;
mod render;
mod response;
#[cfg(feature = "schema")]
mod schema;
mod structure;
mod update;
mod validate;
mod variant;
mod words;
mod write;

pub use crate::history::{History, HistoryBounds, HistoryForm, ReportedError, Rounding};
pub(crate) use actuals::Known;
pub use actuals::{Actual, Actuals};
pub use build::ScenarioBuilder;
pub use change::{Change, Handle};
pub use draft::*;
pub use learning::{Belief, Learning};
pub use lever::{ActsOn, ElasticityOf, Lever, LeverEffect};
pub use meant::*;
pub(crate) use memory::Memory;
pub use response::{KnowledgeStock, Power, Response, Saturation};
#[cfg(feature = "schema")]
pub use schema::json_schema;
pub(crate) use update::Taken;
