//! Which coordinate of a point is which draw, and the draws of a block from its points.
//!
//! The coordinates are given out in the order of their weight, because the first ones of Sobol points are the most even: the parameters in the order in
//! which they are computed; the first component of every yearly shock over the years (see [`Bridge`]), common factors before
//! the indicators' own; whether each event happens and what each regime does, year by year, with the common score of the
//! Student t laws; the other components; the severities. The order is that of the scenario and of nothing else. So another
//! indicator moves the coordinates of those behind it: under a design, unlike with independent paths, a draw does not
//! belong to a name.
//!
//! What the points have no coordinate for, and what a process of the user's own draws, is independent.

use super::bridge::Bridge;
use super::rows::{LANES, Row, View, ZEROS, add_product};
use super::streams::Streams;
use crate::model::{Coefficient, Model, MotionOp, ParameterRule, ProcessMotion};
use crate::random::{Key, Points, normal_lanes, normal_scores, uniform_lanes};
use crate::sampling::Sampling;

// A replicate is a number of whole blocks.
const _: () = assert!(Sampling::LEAST.is_multiple_of(LANES as u64));

/// Which point of which replicate a path is: blocks of paths go to the replicates by turns, so that more paths keep the
/// first ones.
#[derive(Debug, Clone, Copy)]
pub(super) struct Layout {
    pub(super) replicates: u64,
}

impl Layout {
    /// Replicate and number of the first point of the block that begins with a path.
    pub(super) fn place(self, first_path: u64) -> (usize, u64) {
        let block = first_path / LANES as u64;
        ((block % self.replicates) as usize, block / self.replicates * LANES as u64)
    }
}

/// How the paths of a run depend on each other.
pub(crate) struct Design {
    layout: Layout,
    spread: Spread,
    parameters: Vec<Option<Slot>>,
    /// Factors, then scores: a slot a component.
    shocks: Vec<(Bridge, Vec<Slot>)>,
    /// How many of the shocks are factors.
    factors: usize,
    /// Per year; empty where no law needs it.
    tail: Vec<Slot>,
    /// Per event: occurrence and severity of each year.
    events: Vec<[Vec<Slot>; 2]>,
    /// Per regime: the base year and every year.
    regimes: Vec<Vec<Slot>>,
}

/// What makes them depend on each other.
enum Spread {
    /// The second half of a block mirrors the first.
    Mirrored,
    /// A coordinate a draw: points for each replicate.
    Points(Vec<Points>),
}

/// The address of a draw: a coordinate of the points, or a stream and an index of its own.
struct Slot {
    coordinate: Option<usize>,
    key: Key,
    index: u32,
    uniform: bool,
}

impl Design {
    /// None where every path is independent.
    pub(crate) fn new(
        model: &Model,
        streams: &Streams,
        sampling: Sampling,
        seed: u64,
        paths: u64,
    ) -> Option<Self> {
        let replicates = sampling.replicates()?;
        let steps = model.horizon.steps();
        let most = match sampling {
            Sampling::Sobol { .. } => Points::SOBOL_COORDINATES,
            _ => usize::MAX,
        };
        let mut given_out = 0;
        let mut slot = |key: Key, index: u32, uniform: bool| {
            given_out += 1;
            let coordinate = (given_out <= most).then(|| given_out - 1);
            Slot { coordinate, key, index, uniform }
        };
        let year = |step: usize| (model.horizon.base().0 + step as i32) as u32;
        let parameters = model.parameters.list.iter().zip(&streams.parameters).map(|(parameter, key)| {
            let uniform = matches!(parameter.rule, ParameterRule::Rank { .. });
            key.map(|key| slot(key, 0, uniform))
        });
        let parameters = parameters.collect();
        let keys: Vec<Key> = streams.factors.iter().chain(&streams.scores).copied().collect();
        let mut components: Vec<Vec<Slot>> =
            keys.iter().map(|key| vec![slot(*key, year(1), false)]).collect();
        let mut tail = Vec::new();
        let mut regimes: Vec<Vec<Slot>> =
            streams.regimes.iter().map(|key| vec![slot(*key, year(0), true)]).collect();
        let mut events: Vec<[Vec<Slot>; 2]> =
            streams.events.iter().map(|_| [Vec::new(), Vec::new()]).collect();
        for step in 1..=steps {
            for (event, (occurs, _)) in events.iter_mut().zip(&streams.events) {
                event[0].push(slot(*occurs, year(step), true));
            }
            for (regime, key) in regimes.iter_mut().zip(&streams.regimes) {
                regime.push(slot(*key, year(step), true));
            }
            if model.has_common_tail {
                tail.push(slot(streams.tail, year(step), false));
            }
        }
        for step in 2..=steps {
            for (components, key) in components.iter_mut().zip(&keys) {
                components.push(slot(*key, year(step), false));
            }
        }
        for (event, (_, severity)) in events.iter_mut().zip(&streams.events) {
            event[1] = (1..=steps).map(|step| slot(*severity, year(step), false)).collect();
        }
        let coordinates = given_out.min(most);
        let digits = sampling.digits(paths);
        let key = |replicate: u32| Key::new(seed, "sampling", &replicate.to_string());
        let spread = match sampling {
            Sampling::Independent | Sampling::Antithetic { .. } => Spread::Mirrored,
            Sampling::LatinHypercube { .. } => {
                let points = |r| Points::latin_hypercube(key(r), coordinates, digits);
                Spread::Points((0..replicates).map(points).collect())
            }
            Sampling::Sobol { .. } => {
                let plain = Points::sobol(coordinates, digits);
                Spread::Points((0..replicates).map(|r| plain.scrambled(key(r))).collect())
            }
        };
        let factors = streams.factors.len();
        let weights = (0..keys.len()).map(|k| match k.checked_sub(factors) {
            None => vec![1.0; steps],
            Some(score) => weights(model, score),
        });
        Some(Self {
            layout: Layout { replicates: u64::from(replicates) },
            spread,
            parameters,
            shocks: weights.map(|weights| Bridge::new(&weights)).zip(components).collect(),
            factors,
            tail,
            events,
            regimes,
        })
    }

    /// The draws of a parameter that has some: scores, or uniform numbers for the row of a table.
    pub(crate) fn parameter(&self, which: usize, first_path: u64, out: &mut Row) {
        if let Some(slot) = &self.parameters[which] {
            self.draw(slot, first_path, out);
        }
    }

    /// Prepares a block: the shocks of every year, before they are correlated.
    pub(crate) fn start(&self, first_path: u64, shocks: &mut Vec<Row>) {
        if matches!(self.spread, Spread::Mirrored) {
            return;
        }
        let steps = self.shocks.first().map_or(0, |(_, components)| components.len());
        shocks.resize((self.shocks.len() + 1) * steps, ZEROS);
        let (years, components) = shocks.split_at_mut(self.shocks.len() * steps);
        for ((bridge, slots), years) in self.shocks.iter().zip(years.chunks_mut(steps.max(1))) {
            for (slot, component) in slots.iter().zip(&mut *components) {
                self.draw(slot, first_path, component);
            }
            for (year, shock) in years.iter_mut().enumerate() {
                shock.fill(0.0);
                let loads = bridge.loads(year).iter().zip(&*components);
                loads.filter(|(load, _)| **load != 0.0).for_each(|(load, component)| {
                    add_product(shock, View::Number(*load), component);
                });
            }
        }
    }

    /// The shocks of a step of a block that was prepared: factors, then scores, then the common score of the Student t laws.
    pub(crate) fn year(
        &self,
        step: usize,
        first_path: u64,
        shocks: &[Row],
        factors: &mut [Row],
        scores: &mut [Row],
        tail: &mut Row,
    ) {
        debug_assert_eq!(factors.len(), self.factors);
        for (k, (out, (_, slots))) in factors.iter_mut().chain(scores).zip(&self.shocks).enumerate() {
            match self.spread {
                Spread::Mirrored => self.draw(&slots[step - 1], first_path, out),
                Spread::Points(_) => out.copy_from_slice(&shocks[k * slots.len() + step - 1]),
            }
        }
        if let Some(slot) = self.tail.get(step - 1) {
            self.draw(slot, first_path, tail);
        }
    }

    /// Uniform numbers for whether an event happens in a step.
    pub(crate) fn occurrence(&self, event: usize, step: usize, first_path: u64, out: &mut Row) {
        self.draw(&self.events[event][0][step - 1], first_path, out);
    }

    /// Scores of the severity of an event in a step.
    pub(crate) fn severity(&self, event: usize, step: usize, first_path: u64, out: &mut Row) {
        self.draw(&self.events[event][1][step - 1], first_path, out);
    }

    /// Uniform numbers for where a regime goes in a step; 0 is the base year.
    pub(crate) fn regime(&self, regime: usize, step: usize, first_path: u64, out: &mut Row) {
        self.draw(&self.regimes[regime][step], first_path, out);
    }

    fn draw(&self, slot: &Slot, first_path: u64, out: &mut Row) {
        let independent = |out: &mut [f64]| match slot.uniform {
            true => uniform_lanes(slot.key, first_path, slot.index, out),
            false => normal_lanes(slot.key, first_path, slot.index, out),
        };
        match (&self.spread, slot.coordinate) {
            (Spread::Mirrored, _) => {
                // A whole block is drawn faster than half of one.
                independent(out);
                let (first, second) = out.split_at_mut(LANES / 2);
                for (second, first) in second.iter_mut().zip(first) {
                    *second = if slot.uniform { 1.0 - *first } else { -*first };
                }
            }
            (Spread::Points(replicates), Some(coordinate)) => {
                let (replicate, point) = self.layout.place(first_path);
                replicates[replicate].lanes(coordinate, point, out);
                if !slot.uniform {
                    normal_scores(out);
                }
            }
            (Spread::Points(_), None) => independent(out),
        }
    }
}

/// What a shock of each year weighs in the last one, to first order and with parameters at their middle.
fn weights(model: &Model, score: usize) -> Vec<f64> {
    let steps = model.horizon.steps();
    for node in &model.nodes {
        let MotionOp::Process(p) = &node.motion else { continue };
        let own = p.forced.noise.as_ref().is_some_and(|noise| noise.score == score);
        let wander = p.wander.as_ref().filter(|wander| wander.score == score);
        if own || wander.is_some() {
            let persistence = wander.map(|wander| wander.persistence);
            return (1..=steps).map(|year| response(model, p, persistence, year)).collect();
        }
    }
    vec![1.0; steps]
}

/// What the last state gains from a shock of 1 in a year: to the growth, or to a drift that moves and so persists.
fn response(model: &Model, p: &ProcessMotion, wander: Option<f64>, year: usize) -> f64 {
    let at = |coefficient: Option<&Coefficient>, step| coefficient.map_or(0.0, |c| middle(model, c, step));
    let (mut state, mut growth, mut drift) = (0.0, 0.0, 0.0);
    for step in year..=model.horizon.steps() {
        let shock = if step == year { 1.0 } else { 0.0 };
        let before = drift;
        let pushed = match wander {
            Some(persistence) => {
                drift = persistence * drift + shock;
                drift
            }
            None => shock,
        };
        growth = at(p.persistence.as_ref(), step) * (growth - before) + pushed
            - at(p.pull.as_ref().map(|(speed, _)| speed), step) * state;
        state += growth;
    }
    state
}

/// A coefficient with its parameter at the median, where that is a plain law.
fn middle(model: &Model, coefficient: &Coefficient, step: usize) -> f64 {
    let drawn = |p: usize| match &model.parameters.list[p].rule {
        ParameterRule::Transform(law) => law.apply(0.0),
        ParameterRule::Given { mean, .. } => *mean,
        ParameterRule::Entry { column, .. } => column.iter().sum::<f64>() / column.len().max(1) as f64,
        _ => 0.0,
    };
    match coefficient {
        Coefficient::Number(x) => *x,
        Coefficient::Drawn(p) => drawn(*p),
        Coefficient::Course(years) => years[step - 1],
        Coefficient::Shifted(years, p) => years[step - 1] + drawn(*p),
        Coefficient::Yearly(p) => drawn(p[step - 1]),
    }
}
