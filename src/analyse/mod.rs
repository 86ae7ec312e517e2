//! Why, what if, what would it take: from a probability to a decision.
//!
//! Layer 7. Every analysis takes a [`Simulation`](crate::simulate::Simulation), which says of what plan, with how many paths, from which
//! seed and at which confidence; and every one uses common random numbers: what is compared has the same draws, name by
//! name, so that a difference carries the error of a difference.

mod about;
mod compare;
pub mod condition;
mod controls;
pub mod discover;
mod goal;
pub mod levers;
pub mod rare;
mod required;
pub mod sensitivity;
mod update;

pub use about::About;
pub use compare::{Compared, ComparedRow, Comparison, Unshared, Varied};
pub use condition::{Conditional, Figure, Given, View};
pub use controls::{Controlled, Controls};
pub use goal::Goal;
pub use levers::{BestBudget, Budget, BudgetFront, Objective};
pub use rare::RareSuccess;
pub use required::{
    Ambition, Answer, Effort, Frontier, FrontierOutcome, Need, Pace, Required, RequiredOutcome, Scale,
    TargetEffort, Trend,
};
pub use sensitivity::{Morris, Sensitivity, Shapley, Tornado};
pub use update::{Part, Review, ReviewOutcome, ReviewRow, Surprise};
