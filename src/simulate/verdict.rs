//! Whether each target is met on each path of a block, as at every year: measures, margins, bits.

use super::rows::{Bits, LANES, Row, View, add, and, bits, set, view, zip, zip2};
use super::workspace::{Workspace, Years};
use crate::model::{BoundOp, Coefficient, ConditionOp, Latent, MeasureOp, Model};
use crate::target::{MeasureView, Side, average_growth, change, cumulative, every_year, keep_pace, level};
use crate::time::Year;

/// A measure that is not a finite number.
#[derive(Debug, Clone, Copy)]
pub(crate) struct NotMeasured {
    pub(crate) target: usize,
    pub(crate) step: usize,
}

/// Judges every target as at every step up to its own.
pub(crate) fn judge(model: &Model, w: &mut Workspace) -> Result<(), NotMeasured> {
    for &target in &model.target_order {
        let op = &model.targets[target];
        if let Some(latent) = &op.latent {
            by_state(latent, target, w);
            continue;
        }
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
                let slack = slack(measure, bound);
                running.fill(0.0);
                for step in 1..=op.step {
                    if every_year && step > 1 {
                        worst_value.copy_from_slice(value);
                        worst_margin.copy_from_slice(margin);
                    }
                    measured(model, measure, step, &w.levels, running, other, value);
                    if !(super::rows::all_finite(value)
                        && can_be_measured(model, measure, step, &w.levels, w.len))
                    {
                        return Err(NotMeasured { target, step });
                    }
                    margin_of(bound, value, &w.parameters, op.step, other, margin);
                    if every_year && step > 1 {
                        every_year::worst(value, margin, worst_value, worst_margin);
                    }
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

/// How near to the bound is on it. A bound that is drawn is hit exactly on no path.
fn slack(measure: &MeasureOp, bound: &BoundOp) -> f64 {
    let (BoundOp::AtLeast(limit) | BoundOp::AtMost(limit) | BoundOp::About { value: limit, .. }) = bound;
    let Coefficient::Number(limit) = limit else { return 0.0 };
    crate::model::slack(measure, *limit)
}

/// Judges a target by the state of its indicator.
fn by_state(latent: &Latent, target: usize, w: &mut Workspace) {
    let Workspace { states, measures, met, .. } = w;
    let row = &mut measures[target];
    let above = latent.above;
    for (step, edge) in latent.edges.iter().enumerate() {
        let (edge, now) = (*edge, states.at(latent.node, step + 1));
        let holds = |row: &Row| {
            if above { bits(row, move |x| x >= edge) } else { bits(row, move |x| x <= edge) }
        };
        met[target][step] = if latent.from_base {
            zip2(row, now, states.at(latent.node, 0), |_, now, base| now - base);
            holds(row)
        } else if latent.every_year && step > 0 {
            // The worst year so far.
            if above {
                zip(row, now, |worst, x| if x < worst { x } else { worst });
            } else {
                zip(row, now, |worst, x| if x > worst { x } else { worst });
            }
            holds(row)
        } else {
            if latent.every_year {
                row.copy_from_slice(now);
            }
            holds(now)
        };
    }
}

/// Whether every level that a growth rate is taken of is above 0; other measures ask for nothing.
fn can_be_measured(model: &Model, measure: &MeasureOp, step: usize, levels: &Years, len: usize) -> bool {
    !measure.is_rate()
        || measure.nodes().into_iter().filter(|n| !model.nodes[*n].is_positive()).all(|n| {
            let above = |step: usize| levels.at(n, step)[..len].iter().all(|x| *x > 0.0);
            above(step - 1) && above(step) && above(0)
        })
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
    let years = step as f64;
    match measure {
        MeasureOp::Level(n) | MeasureOp::EveryYear(n) => level::level(levels.at(*n, step), out),
        MeasureOp::Difference(n) => change::in_units(levels.at(*n, step), levels.at(*n, 0), out),
        MeasureOp::Change(n) => change::relative(levels.at(*n, step), levels.at(*n, 0), out),
        MeasureOp::Cumulative(n) => cumulative::cumulative(levels.at(*n, step), running, out),
        MeasureOp::AverageGrowth(n) => {
            average_growth::geometric(levels.at(*n, step), levels.at(*n, 0), years, out);
        }
        MeasureOp::AverageGrowthArithmetic(n) => {
            let (now, before) = (levels.at(*n, step), levels.at(*n, step - 1));
            average_growth::arithmetic(now, before, years, running, out);
        }
        MeasureOp::KeepPace(a, b) => {
            average_growth::geometric(levels.at(*a, step), levels.at(*a, 0), years, out);
            average_growth::geometric(levels.at(*b, step), levels.at(*b, 0), years, other);
            keep_pace::less(out, other);
        }
        MeasureOp::Own { measured, nodes } => {
            let levels: Vec<Vec<&[f64]>> =
                nodes.iter().map(|n| (0..=step).map(|s| levels.at(*n, s).as_slice()).collect()).collect();
            let year = Year(model.horizon.base().0 + step as i32);
            measured.measure(&MeasureView { year, step, levels: &levels }, out);
        }
    }
}

/// Distance to the bound, positive when met.
fn margin_of(bound: &BoundOp, value: &Row, parameters: &[Row], step: usize, width: &mut Row, out: &mut Row) {
    let (BoundOp::AtLeast(limit) | BoundOp::AtMost(limit) | BoundOp::About { value: limit, .. }) = bound;
    set(out, view(limit, parameters, step));
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
}
