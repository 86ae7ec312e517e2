//! Do the numbers agree with closed forms, and where there are none with values that another program has computed?
//!
//! Every test writes a small plan whose truth is known and holds the outcome against it; see [`check`] for how.

mod barrier;
mod check;
mod compare;
mod controls;
mod formulas;
mod growth;
mod innovation_matrix;
mod innovations;
mod joint;
mod learned;
mod shocks;
mod targets;
mod unknowns;
#[path = "../../benches/workloads/mod.rs"]
mod workload;
mod workloads;
