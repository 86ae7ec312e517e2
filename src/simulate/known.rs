//! The years that are over: what is known in them is set before the others move, and their innovations are drawn given it.

use super::draw::multiply_by_state;
use super::rows::{Row, View, add_product, each, set, view, zip, zip2};
use super::step::{self, formula};
use super::workspace::Workspace;
use crate::model::{Model, MotionOp, ProcessMotion};
use crate::process::GrowthScale;
use crate::scenario::Known;

/// Settles what is known of a step. For the others
///
/// ```text
/// score_other += S_ok S_kk^-1 (score that the actual implies - score drawn)
/// ```
///
/// which gives scores that are normal and correlated the conditional law, whatever was drawn (Matheron's rule).
pub(super) fn settle(model: &Model, step: usize, w: &mut Workspace) {
    let Some(known) = step.checked_sub(1).and_then(|k| model.known_years.get(k)) else { return };
    for &node in &known.settled {
        let op = &model.nodes[node];
        if let Some(known) = op.known.get(step - 1) {
            state(op.link, *known, node, step, w);
        }
        match &op.motion {
            MotionOp::Formula(f) => formula(op, f, node, step, w),
            MotionOp::Own(_) => growth(GrowthScale::Latent, node, step, w),
            MotionOp::Process(p) => {
                step::expected(p, node, step, w);
                if let Some(place) = model.known_years[step - 1].implied.iter().position(|n| *n == node) {
                    implied(p, place, node, step, w);
                }
                growth(p.growth, node, step, w);
            }
        }
        if op.has_state() && op.needs_level {
            step::level(op, node, step, w);
        }
    }
    for (score, gains) in &known.gains {
        for (place, gain) in gains.iter().enumerate() {
            add_product(&mut w.scores[*score], View::Number(*gain), &w.surprises[place]);
        }
    }
}

/// The state of a known node.
fn state(link: crate::link::Link, known: Known, node: usize, step: usize, w: &mut Workspace) {
    let (now, others) = w.states.split(node, step);
    match known {
        Known::Level(level) => now.fill(link.state(level)),
        Known::Growth(growth) => {
            if let Some(before) = others.at(node, step - 1) {
                now.copy_from_slice(before);
                each(now, move |x| x + growth);
            }
        }
    }
}

/// dx of a known node, from its states.
fn growth(scale: GrowthScale, node: usize, step: usize, w: &mut Workspace) {
    let (now, others) = w.states.split(node, step);
    let Some(before) = others.at(node, step - 1) else { return };
    change(scale, now, before, &mut w.growth[node]);
}

fn change(scale: GrowthScale, now: &Row, before: &Row, out: &mut Row) {
    match scale {
        GrowthScale::Latent => zip2(out, now, before, |_, x, before| x - before),
        GrowthScale::Simple => {
            for ((out, x), before) in out.iter_mut().zip(now).zip(before) {
                *out = libm::expm1(x - before);
            }
        }
    }
}

/// The score that an actual implies, less the one that was drawn; `growth` still holds what the equation expects.
fn implied(p: &ProcessMotion, place: usize, node: usize, step: usize, w: &mut Workspace) {
    let Some(noise) = &p.forced.noise else { return };
    let [actual, scale, ..] = &mut *w.scratch;
    let (now, others) = w.states.split(node, step);
    let Some(before) = others.at(node, step - 1) else { return };
    change(p.growth, now, before, actual);
    set(scale, view(&noise.volatility, &w.parameters, step));
    for (regime, values) in &noise.scales {
        multiply_by_state(scale, &w.regimes[*regime], values);
    }
    let (surprise, drawn) = (&mut w.surprises[place], &w.scores[noise.score]);
    zip2(surprise, actual, &w.growth[node], |_, actual, expected| actual - expected);
    // On a path without noise the actual says nothing.
    zip2(surprise, scale, drawn, |off, sigma, drawn| if sigma > 0.0 { off / sigma - drawn } else { 0.0 });
    zip(&mut w.scores[noise.score], surprise, |drawn, off| drawn + off);
}
