//! What some targets hang on, and a model that leaves the rest out.

use super::motion::{MotionOp, Node};
use super::reach::{Draw, Reach};
use super::target::ConditionOp;
use super::{Model, ScoreCorrelation};

/// What is drawn: all that there is, unless a model was told to keep some targets alone.
#[derive(Debug, Default)]
pub(crate) struct Drawn {
    pub(crate) parameters: Vec<bool>,
    pub(crate) scores: Vec<bool>,
    pub(crate) factors: Vec<bool>,
    pub(crate) tail: bool,
    pub(crate) events: Vec<bool>,
    pub(crate) regimes: Vec<bool>,
}

impl Drawn {
    /// Those draws of a model that are wanted.
    pub(super) fn new(model: &Model, wants: impl Fn(Draw) -> bool) -> Self {
        let factors = match &model.correlation {
            ScoreCorrelation::Factors { names, .. } => names.len(),
            _ => 0,
        };
        let list = |n: usize, draw: fn(usize) -> Draw| (0..n).map(|k| wants(draw(k))).collect();
        Self {
            parameters: list(model.parameters.list.len(), Draw::Parameter),
            scores: list(model.scores.len(), Draw::Score),
            factors: list(factors, Draw::Factor),
            tail: model.has_common_tail && wants(Draw::Tail),
            events: list(model.events.len(), Draw::Event),
            regimes: list(model.regimes.len(), Draw::Regime),
        }
    }
}

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

    /// Leaves out what these targets do not hang on, and does not draw it. The draws of what is left are the same; rows of what was left
    /// out hold nothing.
    pub(crate) fn keep(&mut self, targets: &[usize]) {
        let (judged, needed) = (self.judged_for(targets), self.needed_by(targets));
        // What is known of a year can tell of the scores of any indicator.
        if self.known_years.is_empty() {
            let mut reach = Reach::of(self, targets.iter().copied());
            // A driver of no effect is evaluated all the same.
            (0..needed.len()).filter(|node| needed[*node]).for_each(|node| reach.node(node));
            self.drawn = Drawn::new(self, |draw| reach.has(draw));
        }
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
