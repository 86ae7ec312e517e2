//! Reports: an outcome in words and tables.
//!
//! Layer 8.

mod learned;
mod scorecard;

pub use learned::LearnedTable;
pub use scorecard::Scorecard;
