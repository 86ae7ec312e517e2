//! One year of every indicator: the growth equation, formulas, processes of the user's own.

use super::draw::{add_by_state, multiply_by_state};
use super::rows::{Row, View, add, add_product, all_finite, each, multiply, set, view, zip, zip2};
use super::workspace::Workspace;
use crate::innovation::Law;
use crate::model::{Coefficient, Forced, FormulaMotion, Model, MotionOp, OwnMotion, ProcessMotion};
use crate::process::{GrowthScale, StepView};
use crate::time::Year;

/// A level that is not a finite number.
#[derive(Debug, Clone, Copy)]
pub(crate) struct NotFinite {
    pub(crate) node: usize,
    pub(crate) step: usize,
}

/// Growth rates below this cannot happen under [`GrowthScale::Simple`].
const LOWEST_SIMPLE_GROWTH: f64 = -0.95;

/// Levels and states of the base year.
pub(crate) fn start(model: &Model, w: &mut Workspace) -> Result<(), NotFinite> {
    for &node in &model.order {
        let op = &model.nodes[node];
        let (level, state) = match &op.motion {
            MotionOp::Process(p) => (&p.level, &p.start),
            MotionOp::Own(p) => (&p.level, &p.start),
            MotionOp::Formula(f) => {
                match &f.start {
                    Some(start) => set_level(w, node, 0, start),
                    None => formula(f, node, 0, w),
                }
                if op.keeps_state {
                    *w.state_mut(node, 0) = *w.level(node, 0);
                    op.link.states_in_place(w.state_mut(node, 0));
                }
                check(w, node, 0)?;
                continue;
            }
        };
        set_level(w, node, 0, level);
        let mut row = w.scratch[0];
        set(&mut row, view(state, &w.parameters, 1));
        *w.state_mut(node, 0) = row;
        first_growth(&op.motion, node, w);
        check(w, node, 0)?;
    }
    Ok(())
}

fn set_level(w: &mut Workspace, node: usize, step: usize, level: &Coefficient) {
    let mut row = w.scratch[0];
    set(&mut row, view(level, &w.parameters, 1));
    *w.level_mut(node, step) = row;
}

/// dx of the base year: stated, or what the first year's drift is.
fn first_growth(motion: &MotionOp, node: usize, w: &mut Workspace) {
    let mut row = w.scratch[0];
    match motion {
        MotionOp::Process(p) => match &p.last_growth {
            Some(growth) => set(&mut row, view(growth, &w.parameters, 1)),
            None => drift(p, 1, &w.parameters, &mut row),
        },
        MotionOp::Own(_) | MotionOp::Formula(_) => row.fill(0.0),
    }
    w.growth[node] = row;
}

/// Moves every indicator by a year.
pub(crate) fn year(model: &Model, step: usize, w: &mut Workspace) -> Result<(), NotFinite> {
    for &node in &model.order {
        let op = &model.nodes[node];
        match &op.motion {
            MotionOp::Formula(f) => {
                formula(f, node, step, w);
                if op.keeps_state {
                    *w.state_mut(node, step) = *w.level(node, step);
                    op.link.states_in_place(w.state_mut(node, step));
                }
                check(w, node, step)?;
                continue;
            }
            MotionOp::Process(p) => process(model, p, node, step, w),
            MotionOp::Own(p) => own(model, p, node, step, w),
        }
        let mut row = *w.state(node, step);
        op.link.levels_in_place(&mut row);
        *w.level_mut(node, step) = row;
        check(w, node, step)?;
    }
    Ok(())
}

fn check(w: &Workspace, node: usize, step: usize) -> Result<(), NotFinite> {
    if all_finite(w.level(node, step)) { Ok(()) } else { Err(NotFinite { node, step }) }
}

/// m of a step; damped from the second year on.
fn drift(p: &ProcessMotion, step: usize, parameters: &[Row], out: &mut Row) {
    set(out, view(&p.drift, parameters, step));
    if let Some(damping) = &p.damping {
        for _ in 1..step {
            multiply(out, view(damping, parameters, step));
        }
    }
}

/// The growth equation of [`crate::process`], term by term.
fn process(model: &Model, p: &ProcessMotion, node: usize, step: usize, w: &mut Workspace) {
    let mut dx = [0.0; super::LANES];
    drift(p, step, &w.parameters, &mut dx);
    if let Some(persistence) = &p.persistence {
        let mut deviation = w.growth[node];
        let mut before = [0.0; super::LANES];
        // The drift of the base year counts as that of the first year.
        drift(p, step.saturating_sub(1).max(1), &w.parameters, &mut before);
        zip(&mut deviation, &before, |growth, m| growth - m);
        add_product(&mut dx, view(persistence, &w.parameters, step), &deviation);
    }
    if let Some((speed, theta)) = &p.pull {
        let mut gap = [0.0; super::LANES];
        set(&mut gap, view(theta, &w.parameters, step));
        zip(&mut gap, w.state(node, step - 1), |theta, x| theta - x);
        add_product(&mut dx, view(speed, &w.parameters, step), &gap);
    }
    push(&p.forced, step, w, &mut dx);
    if let Some(noise) = innovation(model, &p.forced, step, w) {
        add(&mut dx, View::Row(&noise));
    }
    let mut next = *w.state(node, step - 1);
    match p.growth {
        GrowthScale::Latent => zip(&mut next, &dx, |x, dx| x + dx),
        GrowthScale::Simple => {
            each(&mut dx, |g| if g > LOWEST_SIMPLE_GROWTH { g } else { LOWEST_SIMPLE_GROWTH });
            zip(&mut next, &dx, |x, g| x + crate::math::ln(1.0 + g));
        }
    }
    *w.state_mut(node, step) = next;
    w.growth[node] = dx;
}

/// Drivers, events and regimes.
fn push(forced: &Forced, step: usize, w: &Workspace, dx: &mut Row) {
    for drive in &forced.drivers {
        let elasticity = view(&drive.elasticity, &w.parameters, step);
        let mut growth = [0.0; super::LANES];
        if step > drive.lag {
            let (now, before) =
                (w.state(drive.node, step - drive.lag), w.state(drive.node, step - drive.lag - 1));
            zip2(&mut growth, now, before, |_, now, before| now - before);
        } else {
            set(&mut growth, view(&drive.before[drive.lag - step], &w.parameters, step));
        }
        add_product(dx, elasticity, &growth);
    }
    for (event, load) in &forced.events {
        add_product(dx, view(load, &w.parameters, step), &w.events[*event]);
    }
    for (regime, values) in &forced.shifts {
        add_by_state(dx, &w.regimes[*regime], values);
    }
}

/// sigma eps of a year.
fn innovation(model: &Model, forced: &Forced, step: usize, w: &Workspace) -> Option<Row> {
    let noise = forced.noise.as_ref()?;
    let year = model.horizon.base().0 + step as i32;
    let half = (year & 1) as usize;
    let score = &w.scores[half][noise.score];
    let mut eps = [0.0; super::LANES];
    match &noise.law {
        Law::Normal => eps.copy_from_slice(score),
        Law::Shaped(law) => law.apply_lanes(score, &mut eps),
        Law::Scaled(scale) => {
            scale.apply_lanes(&w.tail[half], &mut eps);
            zip(&mut eps, score, |scale, z| scale * z);
        }
    }
    multiply(&mut eps, view(&noise.volatility, &w.parameters, step));
    for (regime, values) in &noise.scales {
        multiply_by_state(&mut eps, &w.regimes[*regime], values);
    }
    Some(eps)
}

fn own(model: &Model, p: &OwnMotion, node: usize, step: usize, w: &mut Workspace) {
    let mut pushed = [0.0; super::LANES];
    push(&p.forced, step, w, &mut pushed);
    let noise = innovation(model, &p.forced, step, w).unwrap_or([0.0; super::LANES]);
    let mut parameters = vec![[0.0; super::LANES]; p.parameters.len()];
    for (row, coefficient) in parameters.iter_mut().zip(&p.parameters) {
        set(row, view(coefficient, &w.parameters, step));
    }
    let rows: Vec<&[f64]> = parameters.iter().map(|row| row.as_slice()).collect();
    let before = *w.state(node, step - 1);
    let mut next = before;
    let view = StepView {
        year: Year(model.horizon.base().0 + step as i32),
        step,
        state: &before,
        growth: &w.growth[node],
        innovation: &noise,
        pushed: &pushed,
        parameters: &rows,
    };
    p.step.step(&view, &mut next);
    *w.state_mut(node, step) = next;
    zip(&mut next, &before, |x, before| x - before);
    w.growth[node] = next;
}

fn formula(f: &FormulaMotion, node: usize, step: usize, w: &mut Workspace) {
    let mut out = [0.0; super::LANES];
    let mut stack = std::mem::take(&mut w.stack);
    {
        let inputs: Vec<&[f64]> = f
            .inputs
            .iter()
            // Before the base year there is nothing; the base year stands for it.
            .map(|(input, lag)| w.level(*input, step.saturating_sub(*lag)).as_slice())
            .collect();
        f.program.run(&inputs, &mut stack, &mut out);
    }
    w.stack = stack;
    *w.level_mut(node, step) = out;
}
