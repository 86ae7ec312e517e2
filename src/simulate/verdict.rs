//! Whether each target is met on each path of a block, as at every year: measures, margins, bits.

use super::rows::{Bits, LANES, Row, View, add, and, bits, each, set, view, zip, zip2};
use super::workspace::Workspace;
use crate::math;
use crate::model::{BoundOp, ConditionOp, MeasureOp, Model};
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
                let (mut worst_margin, mut worst) = ([0.0; LANES], [0.0; LANES]);
                let mut running = [0.0; LANES];
                for step in 1..=op.step {
                    let (mut value, mut margin) = ([0.0; LANES], [0.0; LANES]);
                    measured(model, measure, step, w, &mut running, &mut value);
                    if !super::rows::all_finite(&value) {
                        return Err(NotMeasured { target, step });
                    }
                    let size = margin_of(bound, &value, &w.parameters, op.step, &mut margin);
                    if matches!(measure, MeasureOp::EveryYear(_)) && step > 1 {
                        // The worst year so far: its margin and its level.
                        zip2(&mut worst, &worst_margin, &margin, |_, a, b| if b < a { 1.0 } else { 0.0 });
                        for lane in 0..LANES {
                            value[lane] =
                                if worst[lane] == 1.0 { value[lane] } else { w.measures[target][lane] };
                        }
                        zip(
                            &mut margin,
                            &worst_margin,
                            |now, before| if now < before { now } else { before },
                        );
                    }
                    worst_margin = margin;
                    let slack = RELATIVE * size + ABSOLUTE;
                    w.met[target][step - 1] =
                        if *strict { bits(&margin, |m| m > slack) } else { bits(&margin, |m| m >= -slack) };
                    w.measures[target] = value;
                    w.margins[target] = margin;
                }
            }
        }
    }
    Ok(())
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
    w: &Workspace,
    running: &mut Row,
    out: &mut Row,
) {
    match measure {
        MeasureOp::Level(n) | MeasureOp::EveryYear(n) => *out = *w.level(*n, step),
        MeasureOp::Difference(n) => zip2(out, w.level(*n, step), w.level(*n, 0), |_, now, base| now - base),
        MeasureOp::Change(n) => zip2(out, w.level(*n, step), w.level(*n, 0), |_, now, base| now / base - 1.0),
        MeasureOp::Cumulative(n) => {
            add(running, View::Row(w.level(*n, step)));
            *out = *running;
        }
        MeasureOp::AverageGrowthArithmetic(n) => {
            zip2(out, w.level(*n, step), w.level(*n, step - 1), |_, now, before| now / before - 1.0);
            add(running, View::Row(out));
            *out = *running;
            let years = step as f64;
            each(out, move |sum| sum / years);
        }
        MeasureOp::AverageGrowth(n) => average_growth(w, *n, step, out),
        MeasureOp::KeepPace(a, b) => {
            let mut other = [0.0; LANES];
            average_growth(w, *a, step, out);
            average_growth(w, *b, step, &mut other);
            zip(out, &other, |a, b| a - b);
        }
        MeasureOp::Own { measured, nodes } => {
            let levels: Vec<Vec<&[f64]>> =
                nodes.iter().map(|n| (0..=step).map(|s| w.level(*n, s).as_slice()).collect()).collect();
            let year = Year(model.horizon.base().0 + step as i32);
            measured.measure(&MeasureView { year, step, levels: &levels }, out);
        }
    }
}

/// (X[t]/X[t0])^(1/n) - 1.
fn average_growth(w: &Workspace, node: usize, step: usize, out: &mut Row) {
    zip2(out, w.level(node, step), w.level(node, 0), |_, now, base| now / base);
    math::ln_in_place(out);
    let years = step as f64;
    each(out, move |ln| ln / years);
    math::exp_in_place(out);
    each(out, |factor| factor - 1.0);
}

/// Distance to the bound, positive when met; returns the size of the bound, for the width of the boundary.
fn margin_of(bound: &BoundOp, value: &Row, parameters: &[Row], step: usize, out: &mut Row) -> f64 {
    match bound {
        BoundOp::AtLeast(limit) => {
            set(out, view(limit, parameters, step));
            let size = out[0].abs();
            zip(out, value, |limit, x| x - limit);
            size
        }
        BoundOp::AtMost(limit) => {
            set(out, view(limit, parameters, step));
            let size = out[0].abs();
            zip(out, value, |limit, x| limit - x);
            size
        }
        BoundOp::About { value: centre, tolerance, side } => {
            let mut width = [0.0; LANES];
            set(out, view(centre, parameters, step));
            set(&mut width, view(tolerance, parameters, step));
            let size = out[0].abs();
            match side {
                Side::Both => zip(out, value, |c, x| -(x - c).abs()),
                Side::AtLeast => zip(out, value, |c, x| x - c),
                Side::AtMost => zip(out, value, |c, x| c - x),
            }
            add(out, View::Row(&width));
            size
        }
    }
}
