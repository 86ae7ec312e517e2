//! Targets, compiled.

use super::coefficient::Coefficient;
use super::compile::{Compiler, internal};
use super::grade::is_wide;
use super::latent::Latent;
use super::motion::Node;
use crate::error::Result;
use crate::quantity::Quantity;
use crate::scenario::Condition;
use crate::target::{Bound, Measure, Measured, Side};
use std::sync::Arc;

/// One target.
#[derive(Debug)]
pub(crate) struct TargetOp {
    /// The step as at which it is measured.
    pub(crate) step: usize,
    pub(crate) condition: ConditionOp,
    /// The same on a latent state, where it can be told from that.
    pub(crate) latent: Option<Latent>,
    /// Whether the mean of its measure exists.
    pub(crate) has_mean: bool,
}

/// What has to hold.
#[derive(Debug)]
pub(crate) enum ConditionOp {
    Bounded {
        measure: MeasureOp,
        bound: BoundOp,
        strict: bool,
    },
    /// At least `k` of these targets.
    Combined {
        k: usize,
        of: Vec<usize>,
    },
}

/// What is measured; positions are of nodes.
#[derive(Debug)]
pub(crate) enum MeasureOp {
    Level(usize),
    AverageGrowth(usize),
    AverageGrowthArithmetic(usize),
    Cumulative(usize),
    Change(usize),
    Difference(usize),
    EveryYear(usize),
    /// Average growth of the first less that of the second.
    KeepPace(usize, usize),
    Own {
        measured: Arc<dyn Measured>,
        nodes: Vec<usize>,
    },
}

/// The bound on it.
#[derive(Debug)]
pub(crate) enum BoundOp {
    AtLeast(Coefficient),
    AtMost(Coefficient),
    About { value: Coefficient, tolerance: Coefficient, side: Side },
}

impl MeasureOp {
    /// Whether it is a growth rate, which is taken of levels above 0.
    pub(crate) fn is_rate(&self) -> bool {
        matches!(
            self,
            Self::AverageGrowth(_) | Self::AverageGrowthArithmetic(_) | Self::Change(_) | Self::KeepPace(..)
        )
    }

    /// The nodes that it looks at.
    pub(crate) fn nodes(&self) -> Vec<usize> {
        match self {
            Self::Level(n)
            | Self::AverageGrowth(n)
            | Self::AverageGrowthArithmetic(n)
            | Self::Cumulative(n)
            | Self::Change(n)
            | Self::Difference(n)
            | Self::EveryYear(n) => vec![*n],
            Self::KeepPace(a, b) => vec![*a, *b],
            Self::Own { nodes, .. } => nodes.clone(),
        }
    }
}

/// On the boundary means within this share of the bound's size, because a level that is 65 on paper need not
/// be 65 to the last bit of a logarithm.
const RELATIVE: f64 = 1e-9;
/// The same for a bound of 0, and for rates, which are differences from 1.
const ABSOLUTE: f64 = 1e-12;

/// How near to a bound is on it, in the unit of the measure.
pub(crate) fn slack(measure: &MeasureOp, limit: f64) -> f64 {
    let absolute = if measure.is_rate() || limit == 0.0 { ABSOLUTE } else { 0.0 };
    RELATIVE * limit.abs() + absolute
}

impl Compiler<'_> {
    /// A target of a scenario.
    pub(super) fn target(&mut self, id: &str, nodes: &[Node]) -> Result<TargetOp> {
        let target = &self.scenario.targets[id];
        let step = self.scenario.horizon.step(target.year).unwrap_or(self.scenario.horizon.steps());
        let (condition, has_mean) = match &target.condition {
            Condition::Combined(combination) => {
                let (k, names) = combination.at_least();
                let position = |name: &String| {
                    let found = self.scenario.targets.get_index_of(name);
                    found.ok_or_else(|| internal(name, "there is no such target"))
                };
                let of = names.iter().map(position).collect::<Result<Vec<_>>>()?;
                (ConditionOp::Combined { k, of }, false)
            }
            Condition::Bounded { indicator, measure, with, custom, bound, strict } => {
                let node = |name: &Option<String>| self.position(name.as_deref().unwrap_or_default());
                let measure = match (custom, measure) {
                    (Some(own), _) => {
                        let ids = own.0.indicators();
                        let nodes = ids.iter().map(|id| self.position(id)).collect::<Result<Vec<_>>>()?;
                        MeasureOp::Own { measured: Arc::clone(&own.0), nodes }
                    }
                    (None, Measure::Level) => MeasureOp::Level(node(indicator)?),
                    (None, Measure::AverageGrowth) => MeasureOp::AverageGrowth(node(indicator)?),
                    (None, Measure::AverageGrowthArithmetic) => {
                        MeasureOp::AverageGrowthArithmetic(node(indicator)?)
                    }
                    (None, Measure::Cumulative) => MeasureOp::Cumulative(node(indicator)?),
                    (None, Measure::Change) => MeasureOp::Change(node(indicator)?),
                    (None, Measure::Difference) => MeasureOp::Difference(node(indicator)?),
                    (None, Measure::EveryYear) => MeasureOp::EveryYear(node(indicator)?),
                    (None, Measure::KeepPace) => MeasureOp::KeepPace(node(indicator)?, node(with)?),
                };
                let wide = match bound {
                    Bound::AtLeast(q) | Bound::AtMost(q) => is_wide(q),
                    Bound::About { value, tolerance, .. } => is_wide(value) || is_wide(tolerance),
                };
                let has_mean = !wide && measure.nodes().iter().all(|n| nodes[*n].has_mean);
                let grade = target.evidence;
                let mut coefficient =
                    |key: &str, q: &Quantity| self.number(format!("target.{id}.{key}"), q, grade);
                let bound = match bound {
                    Bound::AtLeast(q) => BoundOp::AtLeast(coefficient("at_least", q)),
                    Bound::AtMost(q) => BoundOp::AtMost(coefficient("at_most", q)),
                    Bound::About { value, tolerance, side } => BoundOp::About {
                        value: coefficient("about", value),
                        tolerance: coefficient("tolerance", tolerance),
                        side: *side,
                    },
                };
                (ConditionOp::Bounded { measure, bound, strict: *strict }, has_mean)
            }
        };
        Ok(TargetOp { step, condition, latent: None, has_mean })
    }
}
