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
use crate::stats::normal;

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
    /// A coordinate a draw: whoever asks for a block has laid a row there for each.
    Given(Vec<Row>),
}

/// A draw of a path: what a coordinate is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Draw {
    /// Something drawn once, by its position in the model.
    Parameter(usize),
    /// A common factor in a step, before it is loaded.
    Factor { factor: usize, step: usize },
    /// A score's own part in a step, before the scores are correlated.
    Score { score: usize, step: usize },
    /// What the Student t laws share in a step.
    Tail { step: usize },
    /// Whether an event happens in a step.
    Occurrence { event: usize, step: usize },
    /// How severe it is.
    Severity { event: usize, step: usize },
    /// Where a regime goes in a step; 0 is the base year.
    Regime { regime: usize, step: usize },
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
        let most = match sampling {
            Sampling::Sobol { .. } => Points::SOBOL_COORDINATES,
            _ => usize::MAX,
        };
        let (mut design, given_out) = Self::slots(model, streams, most);
        let coordinates = given_out.min(most);
        let digits = sampling.digits(paths);
        let key = |replicate: u32| Key::new(seed, "sampling", &replicate.to_string());
        design.spread = match sampling {
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
        design.layout = Layout { replicates: u64::from(replicates) };
        Some(design)
    }

    /// The draws of every block are laid there before it is simulated, see [`Design::give`].
    pub(crate) fn given(model: &Model, streams: &Streams) -> Self {
        let (mut design, coordinates) = Self::slots(model, streams, usize::MAX);
        design.spread = Spread::Given(vec![ZEROS; coordinates]);
        design
    }

    /// Gives out the coordinates, the first `most` draws one each; and how many draws there are.
    fn slots(model: &Model, streams: &Streams, most: usize) -> (Self, usize) {
        let steps = model.horizon.steps();
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
        let factors = streams.factors.len();
        let weights = (0..keys.len()).map(|k| match k.checked_sub(factors) {
            None => vec![1.0; steps],
            Some(score) => weights(model, score),
        });
        let design = Self {
            layout: Layout { replicates: 1 },
            spread: Spread::Mirrored,
            parameters,
            shocks: weights.map(|weights| Bridge::new(&weights)).zip(components).collect(),
            factors,
            tail,
            events,
            regimes,
        };
        (design, given_out)
    }

    /// What each coordinate is, in their order.
    pub(crate) fn draws(&self) -> Vec<Draw> {
        let mut out: Vec<(usize, Draw)> = Vec::new();
        let mut add = |slot: &Slot, draw: Draw| out.extend(slot.coordinate.map(|at| (at, draw)));
        for (k, slot) in self.parameters.iter().enumerate() {
            slot.iter().for_each(|slot| add(slot, Draw::Parameter(k)));
        }
        for (k, (_, slots)) in self.shocks.iter().enumerate() {
            for (step, slot) in (1..).zip(slots) {
                add(
                    slot,
                    match k.checked_sub(self.factors) {
                        None => Draw::Factor { factor: k, step },
                        Some(score) => Draw::Score { score, step },
                    },
                );
            }
        }
        (1..).zip(&self.tail).for_each(|(step, slot)| add(slot, Draw::Tail { step }));
        for (event, [occurs, severity]) in self.events.iter().enumerate() {
            (1..).zip(occurs).for_each(|(step, slot)| add(slot, Draw::Occurrence { event, step }));
            (1..).zip(severity).for_each(|(step, slot)| add(slot, Draw::Severity { event, step }));
        }
        for (regime, slots) in self.regimes.iter().enumerate() {
            (0..).zip(slots).for_each(|(step, slot)| add(slot, Draw::Regime { regime, step }));
        }
        out.sort_unstable_by_key(|(at, _)| *at);
        out.into_iter().map(|(_, draw)| draw).collect()
    }

    /// Independent standard normals for every coordinate, each from the stream that addresses its draw.
    pub(crate) fn normals(&self, first_path: u64, z: &mut [Row]) {
        self.each_slot(|slot, at| normal_lanes(slot.key, first_path, slot.index, &mut z[at]));
    }

    /// Lays out the draws of the next block, as normal scores; where a draw is a uniform number it is that of its score.
    pub(crate) fn give(&mut self, z: &[Row]) {
        let Spread::Given(mut rows) = std::mem::replace(&mut self.spread, Spread::Mirrored) else {
            unreachable!("only a design that is given its draws is asked to take them")
        };
        // Inside the open interval, as uniform draws are.
        let uniform = |z: f64| normal::cdf(z).clamp(f64::EPSILON / 2.0, 1.0 - f64::EPSILON / 2.0);
        self.each_slot(|slot, at| {
            rows[at].copy_from_slice(&z[at]);
            if slot.uniform {
                rows[at].iter_mut().for_each(|z| *z = uniform(*z));
            }
        });
        self.spread = Spread::Given(rows);
    }

    /// Every draw that has a coordinate.
    fn each_slot(&self, mut visit: impl FnMut(&Slot, usize)) {
        let shocks = self.shocks.iter().flat_map(|(_, slots)| slots);
        let events = self.events.iter().flatten().flatten();
        let yearly = shocks.chain(&self.tail).chain(events).chain(self.regimes.iter().flatten());
        for slot in self.parameters.iter().flatten().chain(yearly) {
            if let Some(at) = slot.coordinate {
                visit(slot, at);
            }
        }
    }

    /// The draws of a parameter that has some: scores, or uniform numbers for the row of a table.
    pub(crate) fn parameter(&self, which: usize, first_path: u64, out: &mut Row) {
        if let Some(slot) = &self.parameters[which] {
            self.draw(slot, first_path, out);
        }
    }

    /// Prepares a block: the shocks of every year, before they are correlated.
    pub(crate) fn start(&self, first_path: u64, shocks: &mut Vec<Row>) {
        if !matches!(self.spread, Spread::Points(_)) {
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
                Spread::Mirrored | Spread::Given(_) => self.draw(&slots[step - 1], first_path, out),
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
            (Spread::Given(rows), Some(coordinate)) => out.copy_from_slice(&rows[coordinate]),
            (Spread::Points(_) | Spread::Given(_), None) => independent(out),
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
