//! The model: a scenario compiled. Names are resolved to positions, quantities to coefficients, the
//! order of evaluation is fixed; there are no options, no names and no maps in what the kernel reads.
//!
//! Layer 4. Made by [`Model::compile`], run by [`crate::simulate`].

mod change;
mod coefficient;
mod compile;
mod gaussian;
mod grade;
mod known;
mod latent;
mod learn;
mod motion;
mod needed;
mod order;
mod reach;
mod target;
mod world;

pub(crate) use coefficient::{Coefficient, ParameterRule, Parameters};
pub(crate) use gaussian::Gaussian;
pub(crate) use known::KnownYear;
pub(crate) use latent::{Form, Latent, WeightedSum, one_sided};
pub(crate) use motion::{Forced, FormulaInput, FormulaMotion, MotionOp, Node, OwnMotion, ProcessMotion};
pub(crate) use needed::Drawn;
pub(crate) use reach::{Draw, Reach};
pub(crate) use target::{BoundOp, ConditionOp, MeasureOp, TargetOp, slack};
pub(crate) use world::{EventOp, RegimeOp, Severity};

use crate::calibrate::Learned;
use crate::time::Horizon;

/// A compiled scenario, ready to be run any number of times.
#[derive(Debug)]
pub struct Model {
    pub(crate) horizon: Horizon,
    /// Everything that is drawn once per path.
    pub(crate) parameters: Parameters,
    /// Names of the normal scores of the yearly innovations, one a noisy indicator, in the order of the file.
    pub(crate) scores: Vec<String>,
    /// How those scores are correlated.
    pub(crate) correlation: ScoreCorrelation,
    /// Whether an innovation has a Student t law, which needs the score that all of them share.
    pub(crate) has_common_tail: bool,
    pub(crate) events: Vec<EventOp>,
    pub(crate) regimes: Vec<RegimeOp>,
    /// Indicators in the order of the file.
    pub(crate) nodes: Vec<Node>,
    /// Positions in `nodes` in the order of evaluation within a year.
    pub(crate) order: Vec<usize>,
    /// Targets in the order of the file.
    pub(crate) targets: Vec<TargetOp>,
    /// Positions in `targets` in the order of evaluation: combinations after what they combine.
    pub(crate) target_order: Vec<usize>,
    /// Levels before the base year that formulas look back to.
    pub(crate) past: Vec<f64>,
    /// How many drifts move.
    pub(crate) wandering: usize,
    /// Years in which something is known already, from the first step on.
    pub(crate) known_years: Vec<KnownYear>,
    /// What is drawn of all that.
    pub(crate) drawn: Drawn,
    /// What was learned from histories, by the indicator's id.
    pub(crate) learned: Vec<(String, Learned)>,
}

/// Correlation of the normal scores, compiled.
#[derive(Debug)]
pub(crate) enum ScoreCorrelation {
    /// Each score is its own draw.
    Independent,
    /// score_i = sum of load * factor + own * e_i.
    Factors {
        /// Names of the factors, which have draws of their own.
        names: Vec<String>,
        /// Per score: (factor, load) and the weight of its own draw.
        rows: Vec<(Vec<(usize, f64)>, f64)>,
    },
    /// The scores listed are a lower triangular product of their draws, in this order.
    Triangular {
        /// Positions in the scores.
        scores: Vec<usize>,
        /// Row after row, square, zeros above the diagonal.
        factor: Vec<f64>,
    },
}
