//! How far each target is from being met on the paths of a block, on a scale on which it moves evenly.

use super::rows::{Row, View, add, set, view, zip};
use super::workspace::Workspace;
use crate::model::{BoundOp, ConditionOp, Model, TargetOp};
use crate::target::Side;

/// How many distances a target has: two where it is bounded from both sides, none where it combines others.
pub(crate) fn distances_of(target: &TargetOp) -> usize {
    match &target.condition {
        ConditionOp::Combined { .. } => 0,
        ConditionOp::Bounded { bound: BoundOp::About { side: Side::Both, .. }, .. } => 2,
        ConditionOp::Bounded { .. } => 1,
    }
}

impl Workspace {
    /// The distances of a target as at its year, one a path: positive on the side of the bound where it is met. In latent
    /// states where the target is judged by them, which are nearly linear in the draws; in the unit of the measure otherwise.
    pub(crate) fn distances(&self, model: &Model, target: usize, out: &mut [Row]) {
        let op = &model.targets[target];
        let ConditionOp::Bounded { bound, .. } = &op.condition else { return };
        if let Some(latent) = &op.latent {
            let edge = latent.edges[op.step - 1];
            out[0].copy_from_slice(self.measured(model, target));
            let above = latent.above;
            return zip(
                &mut out[0],
                &[0.0; super::LANES],
                move |x, _| if above { x - edge } else { edge - x },
            );
        }
        let BoundOp::About { value, tolerance, side: Side::Both } = bound else {
            return out[0].copy_from_slice(&self.margins[target]);
        };
        let [low, high] = out else { return };
        set(low, view(value, &self.parameters, op.step));
        zip(low, &self.measures[target], |value, x| x - value);
        zip(high, low, |_, above| -above);
        let mut width = [0.0; super::LANES];
        set(&mut width, view(tolerance, &self.parameters, op.step));
        add(low, View::Row(&width));
        add(high, View::Row(&width));
    }
}
