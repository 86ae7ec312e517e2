//! Reports: an outcome in words and tables.
//!
//! Layer 8.

mod ambition;
mod backtest;
mod budget;
mod compare;
mod discovery;
mod effort;
mod given;
mod learned;
mod plans;
mod rare;
mod required;
mod review;
mod scorecard;
mod sensitivity;
mod table;

pub use ambition::AmbitionTable;
pub use backtest::BacktestTables;
pub use budget::BudgetTable;
pub use compare::CompareTable;
pub use discovery::DiscoveryTable;
pub use effort::EffortTable;
pub use given::GivenTables;
pub use learned::LearnedTable;
pub use plans::PlanTables;
pub use rare::RareReport;
pub use required::{FrontierTable, RequiredTable};
pub use review::ReviewTables;
pub use scorecard::Scorecard;
pub use sensitivity::SensitivityTable;

#[cfg(feature = "charts")]
pub(crate) use required::answer as required_answer;
