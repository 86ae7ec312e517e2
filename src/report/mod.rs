//! Reports: an outcome in words and tables.
//!
//! Layer 8.

mod scorecard;

pub use scorecard::Scorecard;
