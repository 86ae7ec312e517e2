//! Draws of a block: parameters once; scores, events and regimes year by year.

use super::rows::{Bits, LANES, Row, TILE, View, add, add_product, bits, each, multiply, set, view, zip};
use super::streams::{Held, Streams};
use super::workspace::Workspace;
use crate::math::simd;
use crate::model::{Model, ParameterRule, ScoreCorrelation, Severity};
use crate::random::{normal_at, normal_lanes, uniform_at, uniform_lanes};

/// Whose parameters a block has.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Who {
    /// Every path its own.
    Each,
    /// So many neighbouring paths those of one draw, the next ones those of the next draw.
    Draws { first: u64, paths: usize },
}

/// Draws every parameter.
pub(crate) fn parameters(model: &Model, streams: &Streams, who: Who, w: &mut Workspace) {
    let drawn = &model.drawn;
    for (k, parameter) in model.parameters.list.iter().enumerate().filter(|(k, _)| drawn.parameters[*k]) {
        let [z, ..] = &mut *w.scratch;
        if let Some(design) = &streams.design {
            design.parameter(k, w.first_path, z);
        } else if let Some(key) = streams.parameters[k] {
            let uniform = matches!(parameter.rule, ParameterRule::Rank { .. });
            match who {
                Who::Each if uniform => uniform_lanes(key, w.first_path, 0, z),
                Who::Each => normal_lanes(key, w.first_path, 0, z),
                Who::Draws { first, paths } => {
                    for (draw, z) in (first..).zip(z.chunks_mut(paths)) {
                        z.fill(if uniform { uniform_at(key, draw, 0) } else { normal_at(key, draw, 0) });
                    }
                }
            }
        }
        for held in &streams.held {
            if let Held::Parameter(of, at) = held
                && *of == k
            {
                z.fill(*at);
            }
        }
        let (before, rest) = w.parameters.split_at_mut(k);
        let out = &mut rest[0];
        match &parameter.rule {
            ParameterRule::Transform(transform) => transform.apply_lanes(z, out),
            ParameterRule::Given { mean, scale, sd } => {
                out.copy_from_slice(&before[*sd]);
                multiply(out, View::Row(z));
                let (mean, scale) = (*mean, *scale);
                each(out, move |y| mean + scale * y);
            }
            ParameterRule::Sum { of, add } => {
                out.copy_from_slice(&before[*of]);
                let add = *add;
                each(out, move |y| y + add);
            }
            ParameterRule::Both { of, and } => {
                out.copy_from_slice(&before[*of]);
                add(out, View::Row(&before[*and]));
            }
            ParameterRule::Times { of, by } => {
                out.copy_from_slice(&before[*of]);
                let by = *by;
                each(out, move |y| y * by);
            }
            ParameterRule::Rank { rows, .. } => {
                // A uniform number is below 1, but its product with the number of rows may be rounded up to that.
                let (rows, last) = (*rows as f64, *rows as f64 - 1.0);
                zip(out, z, move |_, u| f64::min((rows * u).floor(), last));
            }
            ParameterRule::Entry { row, column } => {
                for (out, row) in out.iter_mut().zip(&before[*row]) {
                    *out = column[*row as usize];
                }
            }
        }
        if let Some(link) = parameter.link {
            link.states_in_place(out);
        }
    }
}

/// Draws the correlated normal scores of a year.
pub(crate) fn scores(model: &Model, streams: &Streams, step: usize, w: &mut Workspace) {
    independent(model, streams, step, w);
    correlate(streams.correlation.as_ref().unwrap_or(&model.correlation), &model.drawn.scores, w);
    let Workspace { added, scores, .. } = w;
    for (score, row) in added.get(step - 1).into_iter().flatten() {
        add(&mut scores[*score], View::Row(row));
    }
}

/// Draws what the scores of a year are made of.
fn independent(model: &Model, streams: &Streams, step: usize, w: &mut Workspace) {
    let (first, year) = (w.first_path, address(model, step));
    if let Some(design) = &streams.design {
        return design.year(step, first, &w.shocks, &mut w.factors, &mut w.scores, &mut w.tail);
    }
    let drawn = &model.drawn;
    let sources =
        [(&mut w.factors, &streams.factors, &drawn.factors), (&mut w.scores, &streams.scores, &drawn.scores)];
    for (rows, keys, drawn) in sources {
        for ((row, key), _) in rows.iter_mut().zip(keys).zip(drawn).filter(|(_, drawn)| **drawn) {
            normal_lanes(*key, first, year, row);
        }
    }
    if drawn.tail {
        normal_lanes(streams.tail, first, year, &mut w.tail);
    }
    for held in &streams.held {
        match *held {
            Held::Score(k, at) => w.scores[k].fill(at),
            Held::Factor(k, at) => w.factors[k].fill(at),
            Held::Tail(at) => w.tail.fill(at),
            Held::Parameter(..) | Held::NoEvent(_) | Held::Regime(..) => {}
        }
    }
}

/// From draws that are independent to scores that are not.
fn correlate(correlation: &ScoreCorrelation, drawn: &[bool], w: &mut Workspace) {
    match correlation {
        ScoreCorrelation::Independent => {}
        ScoreCorrelation::Factors { rows, .. } => {
            for ((score, (loads, own)), drawn) in w.scores.iter_mut().zip(rows).zip(drawn) {
                if loads.is_empty() || !drawn {
                    continue;
                }
                multiply(score, View::Number(*own));
                for (factor, load) in loads {
                    add_product(score, View::Number(*load), &w.factors[*factor]);
                }
            }
        }
        ScoreCorrelation::Triangular { scores: listed, factor }
            if listed.iter().any(|score| drawn[*score]) =>
        {
            triangular(&mut w.scores, listed, factor, &mut w.tiles);
        }
        ScoreCorrelation::Triangular { .. } => {}
    }
}

/// The year of a step, as draws are addressed by it.
fn address(model: &Model, step: usize) -> u32 {
    (model.horizon.base().0 + step as i32) as u32
}

/// scores = L scores, from the last row to the first so that no draw is lost before it is used.
///
/// A tile of lanes of all rows is brought together first: rows lie a multiple of 4 KiB apart, so that the same lanes of
/// many rows would push each other out of the nearest cache. Two rows of the product are formed at a time, from the same reads.
fn triangular(scores: &mut [Row], listed: &[usize], factor: &[f64], together: &mut Vec<[f64; TILE]>) {
    let n = listed.len();
    together.resize(n, [0.0; TILE]);
    simd(
        #[inline(always)]
        || {
            for tile in 0..LANES / TILE {
                for (draws, row) in together.iter_mut().zip(listed) {
                    *draws = scores[*row].as_chunks::<TILE>().0[tile];
                }
                let mut write = |k: usize, sum: &[f64; TILE]| {
                    scores[listed[k]].as_chunks_mut::<TILE>().0[tile] = *sum;
                };
                let mut rows = n;
                while rows > 1 {
                    let k = rows - 1;
                    let (above, below) = (&factor[(k - 1) * n..][..k], &factor[k * n..][..k + 1]);
                    let (mut first, mut second) = ([0.0; TILE], [0.0; TILE]);
                    for ((a, b), draws) in above.iter().zip(below).zip(&*together) {
                        // Two loops, each short enough to be unrolled, so that the sums stay in registers.
                        for (first, draw) in first.iter_mut().zip(draws) {
                            *first += a * draw;
                        }
                        for (second, draw) in second.iter_mut().zip(draws) {
                            *second += b * draw;
                        }
                    }
                    for (second, draw) in second.iter_mut().zip(&together[k]) {
                        *second += below[k] * draw;
                    }
                    write(k - 1, &first);
                    write(k, &second);
                    rows -= 2;
                }
                if rows == 1 {
                    let mut sum = [0.0; TILE];
                    for (sum, draw) in sum.iter_mut().zip(&together[0]) {
                        *sum += factor[0] * draw;
                    }
                    write(0, &sum);
                }
            }
        },
    );
}

/// Moves every event by a year: s = persistence s + occurrence * severity.
pub(crate) fn events(model: &Model, streams: &Streams, step: usize, w: &mut Workspace) {
    let year = address(model, step);
    for (k, event) in model.events.iter().enumerate().filter(|(k, _)| model.drawn.events[*k]) {
        let state = &mut w.events[k];
        if step == 1 {
            state.fill(0.0);
            w.happened[k].fill(0.0);
        }
        multiply(state, view(&event.persistence, &w.parameters, step));
        if let Some(severity) = event.known.get(step - 1) {
            let (severity, happened) = (*severity, f64::from(u8::from(*severity != 0.0)));
            each(state, move |s| s + severity);
            each(&mut w.happened[k], move |before| before + happened);
            continue;
        }
        if step < event.steps.0 || step > event.steps.1 {
            continue;
        }
        if streams.held.contains(&Held::NoEvent(k)) {
            continue;
        }
        let [occurs, probability, size, ..] = &mut *w.scratch;
        match &streams.design {
            Some(design) => design.occurrence(k, step, w.first_path, occurs),
            None => uniform_lanes(streams.events[k].0, w.first_path, year, occurs),
        }
        set(probability, view(&event.probability, &w.parameters, step));
        if event.once {
            zip(probability, &w.happened[k], |p, happened| if happened > 0.0 { 0.0 } else { p });
        }
        zip(occurs, probability, |u, p| if u < p { 1.0 } else { 0.0 });
        if event.once {
            add(&mut w.happened[k], View::Row(occurs));
        }
        match &event.severity {
            Severity::Fixed(x) => add_product(state, View::Number(*x), occurs),
            Severity::Drawn(law) => {
                match &streams.design {
                    Some(design) => design.severity(k, step, w.first_path, probability),
                    None => normal_lanes(streams.events[k].1, w.first_path, year, probability),
                }
                law.apply_lanes(probability, size);
                add_product(state, View::Row(size), occurs);
            }
        }
    }
}

/// Moves every regime by a year.
pub(crate) fn regimes(model: &Model, streams: &Streams, step: usize, w: &mut Workspace) {
    for (k, regime) in model.regimes.iter().enumerate().filter(|(k, _)| model.drawn.regimes[*k]) {
        let state = &mut w.regimes[k];
        let [u, ..] = &mut *w.scratch;
        if step == 1 {
            uniforms_of_regime(model, streams, k, 0, w.first_path, u);
            for (state, u) in state.iter_mut().zip(u.iter()) {
                *state = below(&regime.initial, *u);
            }
        }
        uniforms_of_regime(model, streams, k, step, w.first_path, u);
        for (state, u) in state.iter_mut().zip(u.iter()) {
            *state = below(&regime.transition[*state as usize], *u);
        }
        for held in &streams.held {
            if let Held::Regime(of, at) = held
                && *of == k
            {
                state.fill(*at as f64);
            }
        }
    }
}

/// The paths of a block on which an event happens at least once.
pub(crate) fn ever_happens(model: &Model, streams: &Streams, event: usize, w: &mut Workspace) -> Bits {
    let op = &model.events[event];
    let mut ever = [0; LANES / 64];
    let [occurs, probability, ..] = &mut *w.scratch;
    for step in 1..=model.horizon.steps() {
        if let Some(severity) = op.known.get(step - 1) {
            ever = if *severity != 0.0 { [u64::MAX; LANES / 64] } else { ever };
            continue;
        }
        if step < op.steps.0 || step > op.steps.1 {
            continue;
        }
        uniform_lanes(streams.events[event].0, w.first_path, address(model, step), occurs);
        set(probability, view(&op.probability, &w.parameters, step));
        zip(occurs, probability, |u, p| if u < p { 1.0 } else { 0.0 });
        let now = bits(occurs, |x| x > 0.0);
        ever = std::array::from_fn(|word| ever[word] | now[word]);
    }
    ever
}

/// Regime by regime and state by state, in how many years each path of a block is in it.
pub(crate) fn years_in_states(model: &Model, streams: &Streams, w: &mut Workspace) -> Vec<Vec<Vec<f64>>> {
    let none = |regime: &crate::model::RegimeOp| vec![vec![0.0; LANES]; regime.transition.len()];
    let mut years: Vec<Vec<Vec<f64>>> = model.regimes.iter().map(none).collect();
    for step in 1..=model.horizon.steps() {
        regimes(model, streams, step, w);
        for (years, states) in years.iter_mut().zip(&w.regimes) {
            for (lane, state) in states.iter().enumerate() {
                years[*state as usize][lane] += 1.0;
            }
        }
    }
    years
}

/// Uniform numbers for where a regime goes in a step; 0 is the base year.
fn uniforms_of_regime(
    model: &Model,
    streams: &Streams,
    regime: usize,
    step: usize,
    first_path: u64,
    u: &mut Row,
) {
    match &streams.design {
        Some(design) => design.regime(regime, step, first_path, u),
        None => uniform_lanes(streams.regimes[regime], first_path, address(model, step), u),
    }
}

/// The state that a uniform number falls into.
fn below(cumulative: &[f64], u: f64) -> f64 {
    cumulative.iter().map(|bound| f64::from(u8::from(u >= *bound))).sum()
}

/// out += what the state of a regime adds.
pub(crate) fn add_by_state(out: &mut Row, states: &Row, values: &[f64]) {
    for lane in 0..LANES {
        out[lane] += values[states[lane] as usize];
    }
}

/// out *= what the state of a regime multiplies with.
pub(crate) fn multiply_by_state(out: &mut Row, states: &Row, values: &[f64]) {
    for lane in 0..LANES {
        out[lane] *= values[states[lane] as usize];
    }
}
