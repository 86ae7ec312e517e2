//! Why, what if, what would it take: from a probability to a decision.
//!
//! Layer 7. An analysis takes a [`Simulation`](crate::simulate::Simulation), which says of what plan, with how many paths, from which
//! seed and at which confidence; and it uses common random numbers: what is compared has the same draws, name by
//! name, so that a difference carries the error of a difference. A few ([`Effort`], [`Ambition`], [`Controls`]) only read a finished
//! [`Outcome`](crate::outcome::Outcome).
//!
//! | question | analysis | example |
//! |---|---|---|
//! | What is different in a variant? | [`Comparison`] | `compare_variants` |
//! | What would it take? | [`Effort`], [`Required`], [`Ambition`], [`Frontier`] | `what_it_takes` |
//! | What changed since last year? | [`Review`] | `midterm_review` |
//! | What if this is given? | [`Conditional`] | `what_if` |
//! | What does it hang on, and what is most worth finding out? | [`Sensitivity`], [`Shapley`], [`Morris`], [`Tornado`] | `what_drives_it` |
//! | Where is it missed? | [`Discovery`]; [`discover::Prim`] on a table of features | `where_it_fails` |
//! | What is best done with a budget? | [`Budget`] | `best_budget` |
//! | How is everything met, where that is rare? | [`RareSuccess`] | `how_all_is_met` |
//! | What do known probabilities take out of an error? | [`Controls`] | |

mod about;
mod compare;
pub mod condition;
mod controls;
pub mod discover;
mod estimate;
mod goal;
pub mod levers;
mod names;
pub mod rare;
mod required;
pub mod sensitivity;
mod update;

use crate::error::{Error, Fault, Result};

pub use about::About;
pub use compare::{Compared, ComparedRow, Comparison, Unshared, Varied};
pub use condition::{Conditional, Figure, Given, View};
pub use controls::{Controlled, Controls};
pub use discover::Discovery;
pub use estimate::Estimate;
pub use goal::Goal;
pub use levers::{BestBudget, Budget, BudgetFront, Objective};
pub use rare::RareSuccess;
pub use required::{
    Ambition, Answer, Effort, Frontier, FrontierOutcome, Need, Pace, Required, RequiredOutcome, Scale,
    TargetEffort, Trend,
};
pub use sensitivity::{Morris, Sensitivity, Shapley, Tornado};
pub use update::{Part, Review, ReviewOutcome, ReviewRow, Surprise};

/// Refuses what was asked: where, what is wrong with it, what to do.
fn refuse<T>(path: impl Into<String>, problem: impl Into<String>, remedy: impl Into<String>) -> Result<T> {
    Err(Error::Question(Fault::new(path, problem).remedy(remedy)))
}
