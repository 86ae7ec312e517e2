//! One year of every indicator: the growth equation, formulas, processes of the user's own.

use super::draw::{add_by_state, multiply_by_state};
use super::plain::Plain;
use super::rows::{Row, View, ZEROS, add, add_product, all_finite, each, multiply, set, view, zip, zip2};
use super::streams::Streams;
use super::workspace::{Others, Workspace, Years};
use crate::innovation::Law;
use crate::model::{
    Coefficient, Forced, FormulaInput, FormulaMotion, Model, MotionOp, Node, OwnMotion, ProcessMotion,
    WeightedSum,
};
use crate::process::{GrowthScale, StepView};
use crate::scenario::Known;
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
        match op.fixed_start {
            Some(level) if !w.prepared => {
                if w.levels.has(node) {
                    w.levels.at_mut(node, 0).fill(level);
                }
                if w.states.has(node) {
                    w.states.at_mut(node, 0).fill(op.link.state(level));
                }
            }
            Some(_) => {}
            None => {
                match &op.motion {
                    MotionOp::Process(p) => drawn_start(op, &p.start, node, w),
                    MotionOp::Own(p) => drawn_start(op, &p.start, node, w),
                    MotionOp::Formula(f) => match &f.start {
                        Some(start) => {
                            set(w.levels.at_mut(node, 0), view(start, &w.parameters, 1));
                            keep_state(op, node, 0, w);
                        }
                        None => formula(op, f, node, 0, w),
                    },
                }
                check(op, w, node, 0)?;
            }
        }
        if let MotionOp::Process(p) = &op.motion
            && let Some(wander) = &p.wander
        {
            set(&mut w.wander[wander.place], view(&wander.start, &w.parameters, 1));
        }
        first_growth(&op.motion, &w.parameters, &mut w.growth[node]);
    }
    w.prepared = true;
    Ok(())
}

/// A state that is drawn, and the level that follows from it.
fn drawn_start(op: &Node, state: &Coefficient, node: usize, w: &mut Workspace) {
    set(w.states.at_mut(node, 0), view(state, &w.parameters, 1));
    if w.levels.has(node) {
        op.link.levels(w.states.at(node, 0), w.levels.at_mut(node, 0));
    }
}

/// dx of the base year: stated, or what the first year's drift is.
fn first_growth(motion: &MotionOp, parameters: &[Row], growth: &mut Row) {
    match motion {
        MotionOp::Process(p) => match &p.last_growth {
            Some(stated) => set(growth, view(stated, parameters, 1)),
            None => drift(p, 1, parameters, growth),
        },
        MotionOp::Own(_) | MotionOp::Formula(_) => growth.fill(0.0),
    }
}

/// Moves every indicator by a year.
pub(crate) fn year(
    model: &Model,
    streams: &Streams,
    step: usize,
    w: &mut Workspace,
) -> Result<(), NotFinite> {
    for &node in &model.order {
        let op = &model.nodes[node];
        // What is known was settled before.
        if !op.is_known(step) {
            match &op.motion {
                MotionOp::Formula(f) => formula(op, f, node, step, w),
                MotionOp::Process(p) => process(p, node, step, w),
                MotionOp::Own(p) => own(model, streams, p, node, step, w),
            }
            if op.has_state() && op.needs_level {
                level(op, node, step, w);
            }
        }
        check(op, w, node, step)?;
    }
    Ok(())
}

/// The level of a step, from its state; as it was published where it is known.
pub(super) fn level(op: &Node, node: usize, step: usize, w: &mut Workspace) {
    match step.checked_sub(1).and_then(|k| op.known.get(k)) {
        Some(Known::Level(level)) => w.levels.at_mut(node, step).fill(*level),
        _ => op.link.levels(w.states.at(node, step), w.levels.at_mut(node, step)),
    }
}

/// The latent state of a formula, where another indicator follows it.
fn keep_state(op: &Node, node: usize, step: usize, w: &mut Workspace) {
    if w.states.has(node) {
        let state = w.states.at_mut(node, step);
        state.copy_from_slice(w.levels.at(node, step));
        op.link.states_in_place(state);
    }
}

fn check(op: &Node, w: &Workspace, node: usize, step: usize) -> Result<(), NotFinite> {
    // Lanes beyond the paths of the block do not count.
    let is_fine = |rows: &Years, step: usize| {
        let row = rows.at(node, step);
        all_finite(row) || row[..w.len].iter().all(|x| x.is_finite())
    };
    let broken = if op.needs_level {
        (!is_fine(&w.levels, step)).then_some(step)
    } else if step == w.steps && !is_fine(&w.states, step) {
        // A state that is not finite stays so: it is looked for when it is the last one.
        (0..=step).find(|step| !is_fine(&w.states, *step))
    } else {
        None
    };
    broken.map_or(Ok(()), |step| Err(NotFinite { node, step }))
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

/// Adds what changes of the plan add to the drift of a step; nothing in the base year.
fn pushes(pushes: &[Coefficient], step: usize, parameters: &[Row], out: &mut Row) {
    for push in pushes.iter().filter(|_| step > 0) {
        add(out, view(push, parameters, step));
    }
}

/// The growth equation of [`crate::process`], term by term, in place: the growth of the year before becomes that of
/// this year.
fn process(p: &ProcessMotion, node: usize, step: usize, w: &mut Workspace) {
    if let Some(plain) = Plain::of(p, step) {
        let (next, others) = w.states.split(node, step);
        let Some(before) = others.at(node, step - 1) else { unreachable!("a process has a state") };
        return plain.step(&w.scores[plain.score], before, &mut w.growth[node], next);
    }
    expected(p, node, step, w);
    let (dx, eps) = (&mut w.growth[node], &mut w.scratch[1]);
    let (next, others) = w.states.split(node, step);
    let Some(before) = others.at(node, step - 1) else { unreachable!("a process has a state") };
    let world = World {
        parameters: &w.parameters,
        events: &w.events,
        regimes: &w.regimes,
        scores: &w.scores,
        tail: &w.tail,
    };
    innovation(&p.forced, step, world, eps, dx);
    match p.growth {
        GrowthScale::Latent => zip2(next, before, dx, |_, x, dx| x + dx),
        GrowthScale::Simple => {
            each(dx, |g| if g > LOWEST_SIMPLE_GROWTH { g } else { LOWEST_SIMPLE_GROWTH });
            zip2(next, before, dx, |_, x, g| x + crate::math::ln(1.0 + g));
        }
    }
}

/// All terms of the growth equation but the innovation, in place of the growth of the year before; a drift that moves moves on.
pub(super) fn expected(p: &ProcessMotion, node: usize, step: usize, w: &mut Workspace) {
    let (dx, parameters) = (&mut w.growth[node], &w.parameters);
    let [row, ..] = &mut *w.scratch;
    match &p.persistence {
        None => {
            drift(p, step, parameters, dx);
            pushes(&p.pushes, step, parameters, dx);
        }
        Some(persistence) => {
            // The drift of the base year counts as that of the first year.
            drift(p, step.saturating_sub(1).max(1), parameters, row);
            pushes(&p.pushes, step - 1, parameters, row);
            if let Some(wander) = &p.wander {
                add(row, View::Row(&w.wander[wander.place]));
            }
            zip(dx, row, |growth, m| growth - m);
            multiply(dx, view(persistence, parameters, step));
            drift(p, step, parameters, row);
            pushes(&p.pushes, step, parameters, row);
            add(dx, View::Row(row));
        }
    }
    if let Some(wander) = &p.wander {
        let moving = &mut w.wander[wander.place];
        match wander.known.get(step - 1) {
            Some(known) => set(moving, view(known, parameters, step)),
            None => {
                multiply(moving, View::Number(wander.persistence));
                add_product(moving, View::Number(wander.volatility), &w.scores[wander.score]);
            }
        }
        add(dx, View::Row(moving));
    }
    let (_, others) = w.states.split(node, step);
    let Some(before) = others.at(node, step - 1) else { unreachable!("a process has a state") };
    if let Some((speed, theta)) = &p.pull {
        set(row, view(theta, parameters, step));
        zip(row, before, |theta, x| theta - x);
        add_product(dx, view(speed, parameters, step), row);
    }
    let world =
        World { parameters, events: &w.events, regimes: &w.regimes, scores: &w.scores, tail: &w.tail };
    push(&p.forced, step, others, world, row, dx);
}

/// What acts on an indicator from outside in a year.
#[derive(Clone, Copy)]
struct World<'a> {
    parameters: &'a [Row],
    events: &'a [Row],
    regimes: &'a [Row],
    scores: &'a [Row],
    tail: &'a Row,
}

/// dx += drivers, events and regimes.
fn push(forced: &Forced, step: usize, states: Others<'_>, world: World<'_>, growth: &mut Row, dx: &mut Row) {
    for drive in &forced.drivers {
        let of = |back: usize| states.at(drive.node, step - back);
        let known = if step > drive.lag { of(drive.lag).zip(of(drive.lag + 1)) } else { None };
        match known {
            Some((now, before)) => zip2(growth, now, before, |_, now, before| now - before),
            None => set(growth, view(&drive.before[drive.lag - step], world.parameters, step)),
        }
        add_product(dx, view(&drive.elasticity, world.parameters, step), growth);
    }
    for (event, load) in &forced.events {
        add_product(dx, view(load, world.parameters, step), &world.events[*event]);
    }
    for (regime, values) in &forced.shifts {
        add_by_state(dx, &world.regimes[*regime], values);
    }
}

/// dx += sigma eps of a year.
fn innovation(forced: &Forced, step: usize, world: World<'_>, eps: &mut Row, dx: &mut Row) {
    let Some(noise) = &forced.noise else { return };
    let score = &world.scores[noise.score];
    let volatility = view(&noise.volatility, world.parameters, step);
    match &noise.law {
        Law::Normal if noise.scales.is_empty() => return add_product(dx, volatility, score),
        Law::Normal => eps.copy_from_slice(score),
        Law::Shaped(law) => law.apply_lanes(score, eps),
        Law::Scaled(scale) => {
            scale.apply_lanes(world.tail, eps);
            zip(eps, score, |scale, z| scale * z);
        }
    }
    for (regime, values) in &noise.scales {
        multiply_by_state(eps, &world.regimes[*regime], values);
    }
    add_product(dx, volatility, eps);
}

fn own(model: &Model, streams: &Streams, p: &OwnMotion, node: usize, step: usize, w: &mut Workspace) {
    let [row, eps, pushed, noise, ..] = &mut *w.scratch;
    let (next, others) = w.states.split(node, step);
    let Some(before) = others.at(node, step - 1) else { unreachable!("a process has a state") };
    let world = World {
        parameters: &w.parameters,
        events: &w.events,
        regimes: &w.regimes,
        scores: &w.scores,
        tail: &w.tail,
    };
    next.copy_from_slice(before);
    pushed.fill(0.0);
    push(&p.forced, step, others, world, row, pushed);
    pushes(&p.pushes, step, &w.parameters, pushed);
    noise.fill(0.0);
    innovation(&p.forced, step, world, eps, noise);
    let mut parameters = vec![[0.0; super::LANES]; p.parameters.len()];
    for (row, coefficient) in parameters.iter_mut().zip(&p.parameters) {
        set(row, view(coefficient, &w.parameters, step));
    }
    let rows: Vec<&[f64]> = parameters.iter().map(|row| row.as_slice()).collect();
    let view = StepView {
        year: Year(model.horizon.base().0 + step as i32),
        step,
        state: before,
        growth: &w.growth[node],
        innovation: noise,
        pushed,
        parameters: &rows,
        key: p.forced.noise.as_ref().map_or(streams.tail, |noise| streams.own[noise.score]),
        first_path: w.first_path,
    };
    p.step.step(&view, next);
    zip2(&mut w.growth[node], next, before, |_, x, before| x - before);
}

pub(super) fn formula(op: &Node, f: &FormulaMotion, node: usize, step: usize, w: &mut Workspace) {
    if let Some(sum) = &f.sum {
        let (out, others) = w.states.split(node, step);
        weighted_sum(sum, others, step, out);
        if step == 0 && w.levels.has(node) {
            op.link.levels(w.states.at(node, 0), w.levels.at_mut(node, 0));
        }
        return;
    }
    let (out, others) = w.levels.split(node, step);
    let past = &w.past;
    // An indicator does not look at itself in the same year.
    let input = |input: &FormulaInput| -> &[f64] {
        match step.checked_sub(input.lag) {
            Some(then) => others.at(input.node, then).map_or(&[], |row| row.as_slice()),
            None => past[input.past + (input.lag - step) - 1].as_slice(),
        }
    };
    let inputs: Vec<&[f64]> = f.inputs.iter().map(input).collect();
    f.program.run(&inputs, &mut w.stack, out);
    keep_state(op, node, step, w);
}

/// The logarithm of a product of levels.
fn weighted_sum(sum: &WeightedSum, states: Others<'_>, step: usize, out: &mut Row) {
    let state = |node: usize| states.at(node, step).unwrap_or(&ZEROS);
    let constant = sum.constant;
    let rest = match sum.terms.as_slice() {
        [(a, p), (b, q), rest @ ..] => {
            let (p, q) = (*p, *q);
            zip2(out, state(*a), state(*b), move |_, a, b| constant + (p * a + q * b));
            rest
        }
        rest => {
            out.fill(constant);
            rest
        }
    };
    for (node, power) in rest {
        add_product(out, View::Number(*power), state(*node));
    }
}
