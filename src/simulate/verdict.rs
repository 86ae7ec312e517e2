//! Whether each target is met on each path of a block, as at every year: measures, margins, bits.

use super::rows::{Bits, LANES, Row, View, add, and, bits, each, set, view, zip, zip2};
use super::workspace::{Workspace, Years};
use crate::link::Link;
use crate::math;
use crate::model::{BoundOp, Coefficient, ConditionOp, MeasureOp, Model, MotionOp};
use crate::target::{MeasureView, Side};
use crate::time::Year;

/// A measure that is not a finite number.
#[derive(Debug, Clone, Copy)]
pub(crate) struct NotMeasured {
    pub(crate) target: usize,
    pub(crate) step: usize,
}

/// On the boundary means within this share of the bound's size, because a level that is 65 on paper need not
/// be 65 to the last bit of a logarithm.
const RELATIVE: f64 = 1e-9;
/// The same for a bound of 0.
const ABSOLUTE: f64 = 1e-12;

/// Judges every target as at every step up to its own.
pub(crate) fn judge(model: &Model, w: &mut Workspace) -> Result<(), NotMeasured> {
    for &target in &model.target_order {
        let op = &model.targets[target];
        match &op.condition {
            ConditionOp::Combined { k, of } => {
                for step in 1..=op.step {
                    let at_step = |member: &usize| {
                        let last = model.targets[*member].step;
                        w.met[*member][step.min(last) - 1]
                    };
                    w.met[target][step - 1] = at_least(*k, of.iter().map(at_step));
                }
            }
            ConditionOp::Bounded { measure, bound, strict } => {
                let (value, margin) = (&mut w.measures[target], &mut w.margins[target]);
                let [running, other, worst_value, worst_margin, ..] = &mut *w.scratch;
                let every_year = matches!(measure, MeasureOp::EveryYear(_));
                running.fill(0.0);
                for step in 1..=op.step {
                    if step < op.step
                        && let Some(early) = Early::of(model, measure, bound, *strict, step)
                    {
                        w.met[target][step - 1] = early.bits(&w.levels, step, other);
                        continue;
                    }
                    if every_year && step > 1 {
                        worst_value.copy_from_slice(value);
                        worst_margin.copy_from_slice(margin);
                    }
                    measured(model, measure, step, &w.levels, running, other, value);
                    if !super::rows::all_finite(value) {
                        return Err(NotMeasured { target, step });
                    }
                    let size = margin_of(bound, value, &w.parameters, op.step, other, margin);
                    if every_year && step > 1 {
                        // The worst year so far: its margin and its level.
                        for lane in 0..LANES {
                            let worse = margin[lane] < worst_margin[lane];
                            value[lane] = if worse { value[lane] } else { worst_value[lane] };
                            margin[lane] = if worse { margin[lane] } else { worst_margin[lane] };
                        }
                    }
                    let slack = RELATIVE * size + ABSOLUTE;
                    w.met[target][step - 1] = if *strict {
                        bits(margin, move |m| m > slack)
                    } else {
                        bits(margin, move |m| m >= -slack)
                    };
                }
            }
        }
    }
    Ok(())
}

/// Average growth before the year of its target, where only whether it is enough is asked: without a logarithm.
///
/// ```text
/// (X[t]/X[t0])^(1/n) - 1 >= r   is   X[t] >= X[t0] (1 + r)^n
/// ```
struct Early {
    node: usize,
    /// (1 + r)^n.
    factor: f64,
    at_least: bool,
    strict: bool,
}

impl Early {
    /// For positive levels and a rate that is the same on all paths.
    fn of(model: &Model, measure: &MeasureOp, bound: &BoundOp, strict: bool, step: usize) -> Option<Self> {
        let MeasureOp::AverageGrowth(node) = measure else { return None };
        let moved = &model.nodes[*node];
        let positive = moved.link == Link::Log && matches!(moved.motion, MotionOp::Process(_));
        let (rate, at_least) = match bound {
            BoundOp::AtLeast(Coefficient::Number(rate)) => (rate, true),
            BoundOp::AtMost(Coefficient::Number(rate)) => (rate, false),
            _ => return None,
        };
        // The boundary has the same width as for the rate itself, and belongs to what is met unless strict.
        let slack = RELATIVE * rate.abs() + ABSOLUTE;
        let edge = 1.0 + if at_least == strict { rate + slack } else { rate - slack };
        let factor = (0..step).fold(1.0, |factor, _| factor * edge);
        (positive && edge > 0.0).then_some(Self { node: *node, factor, at_least, strict })
    }

    fn bits(&self, levels: &Years, step: usize, excess: &mut Row) -> Bits {
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

/// Lanes on which at least `k` hold.
fn at_least(k: usize, members: impl Iterator<Item = Bits> + Clone) -> Bits {
    let count = members.clone().count();
    if k == count {
        return members.fold([u64::MAX; LANES / 64], |all, bits| and(&all, &bits));
    }
    std::array::from_fn(|word| {
        (0..64).fold(0, |held, lane| {
            let hits = members.clone().filter(|bits| bits[word] >> lane & 1 == 1).count();
            held | u64::from(hits >= k) << lane
        })
    })
}

/// The measure as at a step. `running` carries sums from step to step.
fn measured(
    model: &Model,
    measure: &MeasureOp,
    step: usize,
    levels: &Years,
    running: &mut Row,
    other: &mut Row,
    out: &mut Row,
) {
    match measure {
        MeasureOp::Level(n) | MeasureOp::EveryYear(n) => out.copy_from_slice(levels.at(*n, step)),
        MeasureOp::Difference(n) => {
            zip2(out, levels.at(*n, step), levels.at(*n, 0), |_, now, base| now - base)
        }
        MeasureOp::Change(n) => {
            zip2(out, levels.at(*n, step), levels.at(*n, 0), |_, now, base| now / base - 1.0)
        }
        MeasureOp::Cumulative(n) => {
            add(running, View::Row(levels.at(*n, step)));
            out.copy_from_slice(running);
        }
        MeasureOp::AverageGrowthArithmetic(n) => {
            zip2(out, levels.at(*n, step), levels.at(*n, step - 1), |_, now, before| now / before - 1.0);
            add(running, View::Row(out));
            let years = step as f64;
            zip(out, running, move |_, sum| sum / years);
        }
        MeasureOp::AverageGrowth(n) => average_growth(levels, *n, step, out),
        MeasureOp::KeepPace(a, b) => {
            average_growth(levels, *a, step, out);
            average_growth(levels, *b, step, other);
            zip(out, other, |a, b| a - b);
        }
        MeasureOp::Own { measured, nodes } => {
            let levels: Vec<Vec<&[f64]>> =
                nodes.iter().map(|n| (0..=step).map(|s| levels.at(*n, s).as_slice()).collect()).collect();
            let year = Year(model.horizon.base().0 + step as i32);
            measured.measure(&MeasureView { year, step, levels: &levels }, out);
        }
    }
}

/// (X[t]/X[t0])^(1/n) - 1.
fn average_growth(levels: &Years, node: usize, step: usize, out: &mut Row) {
    let share = 1.0 / step as f64;
    zip2(out, levels.at(node, step), levels.at(node, 0), |_, now, base| now / base);
    math::ln_in_place(out);
    each(out, move |ln| ln * share);
    math::exp_in_place(out);
    each(out, |factor| factor - 1.0);
}

/// Distance to the bound, positive when met; returns the size of the bound, for the width of the boundary.
fn margin_of(
    bound: &BoundOp,
    value: &Row,
    parameters: &[Row],
    step: usize,
    width: &mut Row,
    out: &mut Row,
) -> f64 {
    let (BoundOp::AtLeast(limit) | BoundOp::AtMost(limit) | BoundOp::About { value: limit, .. }) = bound;
    set(out, view(limit, parameters, step));
    let size = out[0].abs();
    match bound {
        BoundOp::AtLeast(_) => zip(out, value, |limit, x| x - limit),
        BoundOp::AtMost(_) => zip(out, value, |limit, x| limit - x),
        BoundOp::About { tolerance, side, .. } => {
            match side {
                Side::Both => zip(out, value, |c, x| -(x - c).abs()),
                Side::AtLeast => zip(out, value, |c, x| x - c),
                Side::AtMost => zip(out, value, |c, x| c - x),
            }
            set(width, view(tolerance, parameters, step));
            add(out, View::Row(width));
        }
    }
    size
}
