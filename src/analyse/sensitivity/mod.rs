//! What meeting a target hangs on, and what would be worth finding out.
//!
//! Layer 7. The output is not some indicator but the answer: Y = 1 on paths on which a [`Goal`](super::Goal) is met, 0 on all others, with
//! variance p (1 - p). The inputs of a plan are what is drawn independently of everything else: each indicator's shocks, each
//! common factor, each parameter or table of parameters drawn together, each baseline, each event, each regime ([`Input`]). They
//! belong to one of two layers: *what will happen* (chance) and *what we do not know* (knowledge), and only the second can be made
//! smaller by better data.
//!
//! | question | method | a number for each input |
//! |---|---|---|
//! | what would knowing it remove? what has it a part in? | [`Sensitivity`] | first-order and total Sobol index |
//! | which way, and how far? | [`Tornado`] | P(goal) at its 10th and 90th percentile |
//! | which inputs may be left out? | [`Morris`] | share of the futures that it turns |
//! | a fair share, with shocks that are correlated | [`Shapley`] | Shapley effect; they add up to 1 |
//!
//! ```no_run
//! use plancast::analyse::{Goal, sensitivity::{Morris, Sensitivity, Shapley, Tornado}};
//! use plancast::prelude::*;
//! # let scenario = Scenario::load("scenarios/kunshan-2030.toml")?;
//! let simulation = Simulation::new(&scenario).paths(65_536).seed(2030);
//! let found = Sensitivity::new(&simulation, Goal::Binding).run()?;
//! let bars = Tornado::new(&simulation, Goal::Binding).run()?;
//! let screen = Morris::new(&simulation, Goal::Binding).run()?;
//! let fair = Shapley::new(&simulation, Goal::Binding).run()?;
//! # Ok::<(), Error>(())
//! ```
//!
//! All four exchange or hold the draws of one input and leave those of all others alone, which is simple because draws are addressed by
//! name. The estimators are functions of evaluated outputs ([`PickFreeze`], [`ElementaryEffects`], [`Chain`]); [`UnitCube`] runs them on
//! any function, as the literature tests them.
//!
//! Intervals are told by the bootstrap from 64 cells of paths; those of a tornado are those of paired counts.

mod cells;
mod cube;
mod drivers;
mod groups;
mod indices;
mod morris;
mod shapley;
mod study;
mod tornado;

pub use cube::{Estimate, UnitCube};
pub use drivers::{Driver, Drivers, Sensitivity};
pub(in crate::analyse) use groups::Correlated;
pub use groups::{Input, Kind, Layer};
pub use indices::{Indices, PickFreeze};
pub use morris::{Effects, ElementaryEffects, Morris, Screening};
pub use shapley::{Chain, Shapley, ShapleyEffects};
pub use study::Asked;
pub(in crate::analyse) use study::Study;
pub use tornado::{Bar, Bars, End, Tornado};
