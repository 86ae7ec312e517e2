//! The early years of an average-growth target: whether growth is enough so far, without a logarithm.

use super::rows::{Bits, Row, bits, zip2};
use super::verdict::slack;
use super::workspace::Years;
use crate::model::{BoundOp, Coefficient, MeasureOp, Model};

/// Average growth before the year of its target, where only whether it is enough is asked: without a logarithm.
///
/// ```text
/// (X[t]/X[t0])^(1/n) - 1 >= r   is   X[t] >= X[t0] (1 + r)^n
/// ```
pub(super) struct Early {
    node: usize,
    /// (1 + r)^n.
    factor: f64,
    at_least: bool,
    strict: bool,
}

impl Early {
    /// For positive levels and a rate that is the same on all paths.
    pub(super) fn of(
        model: &Model,
        measure: &MeasureOp,
        bound: &BoundOp,
        strict: bool,
        step: usize,
    ) -> Option<Self> {
        let MeasureOp::AverageGrowth(node) = measure else { return None };
        let positive = model.nodes[*node].is_positive();
        let (rate, at_least) = match bound {
            BoundOp::AtLeast(Coefficient::Number(rate)) => (rate, true),
            BoundOp::AtMost(Coefficient::Number(rate)) => (rate, false),
            _ => return None,
        };
        // The boundary has the same width as for the rate itself, and belongs to what is met unless strict.
        let slack = slack(measure, bound);
        let edge = 1.0 + if at_least == strict { rate + slack } else { rate - slack };
        let factor = (0..step).fold(1.0, |factor, _| factor * edge);
        (positive && edge > 0.0).then_some(Self { node: *node, factor, at_least, strict })
    }

    pub(super) fn bits(&self, levels: &Years, step: usize, excess: &mut Row) -> Bits {
        let factor = self.factor;
        zip2(excess, levels.at(self.node, step), levels.at(self.node, 0), move |_, now, base| {
            now - base * factor
        });
        match (self.at_least, self.strict) {
            (true, true) => bits(excess, |x| x > 0.0),
            (true, false) => bits(excess, |x| x >= 0.0),
            (false, true) => bits(excess, |x| x < 0.0),
            (false, false) => bits(excess, |x| x <= 0.0),
        }
    }
}
