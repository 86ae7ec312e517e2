//! What some targets hang on, and a model that leaves the rest out.

use super::Model;
use super::motion::{MotionOp, Node};
use super::target::ConditionOp;

impl Model {
    /// Which targets have to be judged to know some of them: themselves, and those that they combine.
    fn judged_for(&self, targets: &[usize]) -> Vec<bool> {
        let mut judged = vec![false; self.targets.len()];
        let mut waiting = targets.to_vec();
        while let Some(target) = waiting.pop() {
            if std::mem::replace(&mut judged[target], true) {
                continue;
            }
            if let ConditionOp::Combined { of, .. } = &self.targets[target].condition {
                waiting.extend(of);
            }
        }
        judged
    }

    /// Which nodes some targets hang on, in any year.
    pub(crate) fn needed_by(&self, targets: &[usize]) -> Vec<bool> {
        let judged = self.judged_for(targets);
        let mut needed = vec![false; self.nodes.len()];
        let mut waiting: Vec<usize> = Vec::new();
        for (target, _) in self.targets.iter().zip(judged).filter(|(_, judged)| *judged) {
            if let ConditionOp::Bounded { measure, .. } = &target.condition {
                waiting.extend(measure.nodes());
            }
        }
        while let Some(node) = waiting.pop() {
            if !std::mem::replace(&mut needed[node], true) {
                waiting.extend(inputs(&self.nodes[node]));
            }
        }
        needed
    }

    /// Whether an event acts on one of some nodes.
    pub(crate) fn event_acts_on(&self, event: usize, nodes: &[bool]) -> bool {
        let acts = |node: &Node| match &node.motion {
            MotionOp::Process(p) => p.forced.events.iter().any(|(e, _)| *e == event),
            MotionOp::Own(p) => p.forced.events.iter().any(|(e, _)| *e == event),
            MotionOp::Formula(_) => false,
        };
        self.nodes.iter().zip(nodes).any(|(node, needed)| *needed && acts(node))
    }

    /// Leaves out of the evaluation what these targets do not hang on. The draws of what is left are the same; rows of what was left
    /// out hold nothing.
    pub(crate) fn keep(&mut self, targets: &[usize]) {
        let (judged, needed) = (self.judged_for(targets), self.needed_by(targets));
        self.order.retain(|node| needed[*node]);
        self.target_order.retain(|target| judged[*target]);
    }
}

/// Nodes that a node looks at, in the same year or before.
fn inputs(node: &Node) -> Vec<usize> {
    match &node.motion {
        MotionOp::Process(p) => p.forced.drivers.iter().map(|drive| drive.node).collect(),
        MotionOp::Own(p) => p.forced.drivers.iter().map(|drive| drive.node).collect(),
        MotionOp::Formula(f) => f.inputs.iter().map(|input| input.node).collect(),
    }
}
