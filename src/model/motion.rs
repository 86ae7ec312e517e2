//! How indicators move, compiled: positions and coefficients only.

use super::coefficient::Coefficient;
use super::latent::{Form, WeightedSum};
use crate::formula::Program;
use crate::innovation::Law;
use crate::link::Link;
use crate::process::{GrowthScale, Step};
use crate::scenario::Known;
use std::sync::Arc;

/// One indicator.
#[derive(Debug)]
pub(crate) struct Node {
    pub(crate) link: Link,
    pub(crate) motion: MotionOp,
    /// Whether the latent state is needed: it moves itself, or drives another.
    pub(crate) keeps_state: bool,
    /// In which form its distribution is counted.
    pub(crate) form: Form,
    /// Whether its levels are needed: to be counted, by a formula or by a target.
    pub(crate) needs_level: bool,
    /// Its level in the base year, where that is the same on all paths.
    pub(crate) fixed_start: Option<f64>,
    /// Whether the mean of its level exists.
    pub(crate) has_mean: bool,
    /// What is known of it in the steps 1, 2, …; empty while the plan's years are all to come.
    pub(crate) known: Vec<Known>,
}

impl Node {
    /// Whether it has a latent state from which its level follows.
    pub(crate) fn has_state(&self) -> bool {
        !matches!(&self.motion, MotionOp::Formula(FormulaMotion { sum: None, .. }))
    }

    /// Whether its level is above 0 by its link. The link of a formula says how others follow it, not what it gives.
    pub(crate) fn is_positive(&self) -> bool {
        let above = match self.link {
            Link::Log => true,
            Link::Logit(bounds) => bounds.lower >= 0.0,
            Link::Identity => false,
        };
        above && self.has_state()
    }
}

/// Where its values come from.
#[derive(Debug)]
pub(crate) enum MotionOp {
    Process(Box<ProcessMotion>),
    Own(Box<OwnMotion>),
    Formula(FormulaMotion),
}

/// The growth equation of one indicator.
#[derive(Debug)]
pub(crate) struct ProcessMotion {
    /// Latent state of the base year.
    pub(crate) start: Coefficient,
    pub(crate) drift: Coefficient,
    /// What changes of the plan add to the drift, not damped.
    pub(crate) pushes: Vec<Coefficient>,
    pub(crate) damping: Option<Coefficient>,
    pub(crate) persistence: Option<Coefficient>,
    pub(crate) last_growth: Option<Coefficient>,
    pub(crate) wander: Option<Wander>,
    /// kappa and theta (a latent state).
    pub(crate) pull: Option<(Coefficient, Coefficient)>,
    pub(crate) growth: GrowthScale,
    pub(crate) forced: Forced,
}

/// A drift that moves: `drift + a`, a\[t\] = persistence a\[t-1\] + volatility eta\[t\].
#[derive(Debug)]
pub(crate) struct Wander {
    /// a of the base year.
    pub(crate) start: Coefficient,
    pub(crate) persistence: f64,
    pub(crate) volatility: f64,
    /// Position in the model's scores of eta.
    pub(crate) score: usize,
    /// Position among the drifts that move.
    pub(crate) place: usize,
    /// a of the steps 1, 2, …, where it was learned from actuals of them.
    pub(crate) known: Vec<Coefficient>,
}

/// A process of the user's own.
#[derive(Debug)]
pub(crate) struct OwnMotion {
    pub(crate) start: Coefficient,
    pub(crate) step: Arc<dyn Step>,
    pub(crate) parameters: Vec<Coefficient>,
    /// What changes of the plan add to its growth.
    pub(crate) pushes: Vec<Coefficient>,
    pub(crate) forced: Forced,
}

/// What pushes an indicator besides its own dynamics.
#[derive(Debug)]
pub(crate) struct Forced {
    pub(crate) drivers: Vec<Drive>,
    /// (event, load).
    pub(crate) events: Vec<(usize, Coefficient)>,
    /// (regime, what each state adds).
    pub(crate) shifts: Vec<(usize, Vec<f64>)>,
    /// The yearly innovation; none when there is no noise.
    pub(crate) noise: Option<Score>,
}

/// The yearly innovation of an indicator.
#[derive(Debug)]
pub(crate) struct Score {
    /// Position in the model's scores.
    pub(crate) score: usize,
    pub(crate) volatility: Coefficient,
    pub(crate) law: Law,
    /// (regime, what each state multiplies the volatility with).
    pub(crate) scales: Vec<(usize, Vec<f64>)>,
}

/// A driver.
#[derive(Debug)]
pub(crate) struct Drive {
    /// Position in the nodes.
    pub(crate) node: usize,
    pub(crate) elasticity: Coefficient,
    pub(crate) lag: usize,
    /// Growth of the driver in t0, t0-1, … (`lag` of them), for the years before the plan.
    pub(crate) before: Vec<Coefficient>,
}

/// A formula.
#[derive(Debug)]
pub(crate) struct FormulaMotion {
    pub(crate) program: Program,
    /// The same as a sum of states, where it is a product of powers of levels of the same year.
    pub(crate) sum: Option<WeightedSum>,
    pub(crate) inputs: Vec<FormulaInput>,
    /// Level of the base year, where the formula itself cannot give it.
    pub(crate) start: Option<Coefficient>,
}

/// An input of a formula: the level of a node some years back.
#[derive(Debug)]
pub(crate) struct FormulaInput {
    pub(crate) node: usize,
    pub(crate) lag: usize,
    /// Where the model's past levels have its level one year before the base year; that of two years before follows.
    pub(crate) past: usize,
}
