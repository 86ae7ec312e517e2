//! Reports: an outcome in words and tables.
//!
//! Layer 8.

mod backtest;
mod learned;
mod plans;
mod scorecard;

pub use backtest::BacktestTables;
pub use learned::LearnedTable;
pub use plans::PlanTables;
pub use scorecard::Scorecard;
