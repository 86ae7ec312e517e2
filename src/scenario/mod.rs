//! Scenarios: a plan as written, and as meant.
//!
//! Layer 3. [`Draft`] is what a file or a Rust program writes; [`Draft::validate`] is the one place
//! of every rule and turns it into a [`Scenario`]: complete, checked, read-only.

mod build;
mod document;
mod draft;
mod history;
mod learning;
mod load;
mod meant;
mod nearest;
mod overlay;
mod places;
mod prior;
mod render;
#[cfg(feature = "schema")]
mod schema;
mod structure;
mod validate;
mod variant;
mod words;
mod write;

pub use crate::history::{History, HistoryBounds, HistoryForm, ReportedError, Rounding};
pub use build::ScenarioBuilder;
pub use draft::*;
pub use learning::{Belief, Learning};
pub use meant::*;
#[cfg(feature = "schema")]
pub use schema::json_schema;
