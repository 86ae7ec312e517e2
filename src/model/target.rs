//! Targets, compiled.

use super::coefficient::Coefficient;
use crate::target::{Measured, Side};
use std::sync::Arc;

/// One target.
#[derive(Debug)]
pub(crate) struct TargetOp {
    /// The step as at which it is measured.
    pub(crate) step: usize,
    pub(crate) condition: ConditionOp,
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
