//! Scenarios: a plan as written, and as meant.
//!
//! Layer 3. [`Draft`] is what a file or a Rust program writes; [`Draft::validate`] is the one place
//! of every rule and turns it into a [`Scenario`]: complete, checked, read-only.

mod build;
mod draft;
mod history;
mod meant;
mod validate;

pub use build::ScenarioBuilder;
pub use draft::*;
pub use meant::*;
