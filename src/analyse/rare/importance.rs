//! Paths led to where success is, each with the weight that makes up for it.

use super::learn::learn;
use super::search::Design;
use super::space::{Bench, Space, each_lane};
use super::tilt::Tilt;
use crate::error;
use crate::math::{exp, ln};
use crate::random::{Key, uniform_lanes};
use crate::simulate::{Broken, LANES, Row, Survey, TASK, ZEROS};

/// The share of the paths that are drawn as plain ones: no weight is above its inverse.
pub(super) const PLAIN: f64 = 0.1;

/// Blocks of a pilot.
const PILOT: usize = 16;
/// The pilots draw from paths that no run has.
const PILOTS: u64 = 1 << 50;
/// Successes of a pilot, counted by their weight, from which bounds are read off.
pub(super) const ENOUGH: f64 = 60.0;
/// The share of the successes that a bound may leave outside, to each side.
const OUTSIDE: f64 = 0.004;

/// A mixture of plain draws and of tilted ones, one tilt a way to succeed.
#[derive(Debug, Clone)]
pub(super) struct Proposal {
    /// With shares that add up to 1.
    tilts: Vec<(f64, Tilt)>,
    key: Key,
}

/// What a thread needs besides.
pub(super) struct Room<'m> {
    bench: Bench<'m>,
    z: Vec<Row>,
    x: Vec<Row>,
}

/// What weighted paths add up to.
#[derive(Debug, Clone)]
pub(super) struct Weighed {
    pub(super) paths: u64,
    pub(super) hits: u64,
    /// Of the weights of the hits, and of their squares.
    pub(super) sum: f64,
    pub(super) squares: f64,
    pub(super) largest: f64,
    /// Sums of weight times draw.
    pub(super) draws: Vec<f64>,
}

impl Proposal {
    pub(super) fn new(designs: &[Design], seed: u64) -> Self {
        let share = 1.0 / designs.len() as f64;
        let tilts = designs.iter().map(|design| (share, Tilt::new(&design.faces))).collect();
        Self { tilts, key: Key::new(seed, "rare way", "") }
    }

    /// The same with the tilts that successes tell, where there are enough of them.
    pub(super) fn learned(
        &self,
        space: &Space<'_>,
        survey: &Survey<'_>,
        designs: &[Design],
        successes: &[Vec<f64>],
    ) -> error::Result<Self> {
        let learned = survey.each(designs.len(), |way| learn(space, &designs[way], successes))?;
        let tilts = self.tilts.iter().zip(learned).flat_map(|((share, tilt), learned)| {
            let parts = learned.unwrap_or_else(|| vec![(1.0, tilt.clone())]);
            parts.into_iter().map(move |(part, tilt)| (share * part, tilt))
        });
        Ok(Self { tilts: tilts.collect(), key: self.key })
    }

    /// Draws a block of paths and simulates it; the logarithms of the densities of the tilts over the plain one, and the weights.
    fn simulate(&self, room: &mut Room<'_>, first: u64, len: usize) -> Result<(Vec<Row>, Row), Broken> {
        let Room { bench, z, x } = room;
        bench.normals(first, z);
        let mut u = ZEROS;
        uniform_lanes(self.key, first, 0, &mut u);
        let mut from = PLAIN;
        for (share, tilt) in &self.tilts {
            let to = from + (1.0 - PLAIN) * share;
            let lanes: Vec<usize> = (0..LANES).filter(|lane| from <= u[*lane] && u[*lane] < to).collect();
            tilt.lead(z, &mut x[..tilt.len()], &lanes);
            from = to;
        }
        let of_tilt = |(share, tilt): &(f64, Tilt)| {
            tilt.project(z, &mut x[..tilt.len()]);
            tilt.ln_density(&x[..tilt.len()]).map(|density| density + ln(*share))
        };
        let densities: Vec<Row> = self.tilts.iter().map(of_tilt).collect();
        let weights = std::array::from_fn(|lane| {
            let largest = densities.iter().map(|row| row[lane]).fold(0.0, f64::max);
            let tilted: f64 = densities.iter().map(|row| exp(row[lane] - largest)).sum();
            exp(-largest - ln(PLAIN * exp(-largest) + (1.0 - PLAIN) * tilted))
        });
        bench.simulate(z, first, len)?;
        Ok((densities, weights))
    }

    fn room<'m>(&self, space: &Space<'m>) -> Room<'m> {
        let most = self.tilts.iter().map(|(_, tilt)| tilt.len()).max().unwrap_or(0);
        Room { bench: space.bench(false), z: space.rows(), x: vec![ZEROS; most] }
    }

    /// The same with bounds moved out to where a pilot saw success, and shares as it saw it; and how many effective hits the pilot had.
    pub(super) fn improved(
        &self,
        space: &Space<'_>,
        survey: &Survey<'_>,
        round: u64,
    ) -> error::Result<(Self, f64)> {
        let blocks = survey.each(PILOT, |block| {
            let mut room = self.room(space);
            let first = PILOTS * (1 + round) + (block * LANES) as u64;
            let (densities, weights) = self.simulate(&mut room, first, LANES)?;
            let mut seen = Vec::new();
            for (way, (_, tilt)) in self.tilts.iter().enumerate() {
                tilt.project(&room.z, &mut room.x[..tilt.len()]);
                each_lane(&room.bench.hits(&space.aim), |lane| {
                    let all: f64 = densities.iter().map(|row| exp(row[lane] - densities[way][lane])).sum();
                    let reached = (0..tilt.len()).map(|k| tilt.reached(k, &room.x, lane)).collect();
                    seen.push((way, weights[lane] / all, reached));
                });
            }
            Ok(seen)
        })?;
        let seen: Vec<(usize, f64, Vec<f64>)> = blocks.concat();
        let total: f64 = seen.iter().map(|(_, weight, _)| weight).sum();
        let squares: f64 = seen.iter().map(|(_, weight, _)| weight * weight).sum();
        let effective = if squares > 0.0 { total * total / squares } else { 0.0 };
        let mut tilts: Vec<(f64, Tilt)> = Vec::new();
        for (way, (share, tilt)) in self.tilts.iter().enumerate() {
            let of_way: Vec<(f64, &Vec<f64>)> = seen
                .iter()
                .filter(|(w, ..)| *w == way)
                .map(|(_, weight, reached)| (*weight, reached))
                .collect();
            let sum: f64 = of_way.iter().map(|(weight, _)| weight).sum();
            let squares: f64 = of_way.iter().map(|(weight, _)| weight * weight).sum();
            if !(sum * sum >= ENOUGH * squares) || squares == 0.0 {
                tilts.push((*share, tilt.clone()));
                continue;
            }
            let bounds = (0..tilt.len()).map(|k| {
                let (low, high) = tilt.bounds()[k];
                let mut values: Vec<(f64, f64)> =
                    of_way.iter().map(|(weight, reached)| (reached[k], *weight)).collect();
                values.sort_unstable_by(|a, b| a.0.total_cmp(&b.0));
                // Never inwards: what a pilot did not see between would then be seen too seldom.
                (low.min(outer(values.iter(), sum)), high.max(outer(values.iter().rev(), sum)))
            });
            let bounds: Vec<(f64, f64)> = bounds.collect();
            tilts.push(((sum / total).max(0.05), tilt.with_bounds(&bounds)));
        }
        let shares: f64 = tilts.iter().map(|(share, _)| share).sum();
        tilts.iter_mut().for_each(|(share, _)| *share /= shares);
        Ok((Self { tilts, key: self.key }, effective))
    }

    /// Goes over all paths.
    pub(super) fn weigh(&self, space: &Space<'_>, survey: &Survey<'_>) -> error::Result<Weighed> {
        survey.expect(1);
        survey.pass(
            || self.room(space),
            || Weighed::new(space.size()),
            |room, first, len, part| {
                let (_, weights) = self.simulate(room, first, len)?;
                part.add(&room.bench, space, &room.z, &weights, len);
                Ok(())
            },
            Weighed::merge,
        )
    }
}

/// The value beyond which the first so-and-so many of the weighted values lie.
fn outer<'a>(values: impl Iterator<Item = &'a (f64, f64)>, sum: f64) -> f64 {
    let mut before = 0.0;
    let mut at = 0.0;
    for (value, weight) in values {
        at = *value;
        before += weight;
        if before > OUTSIDE * sum {
            break;
        }
    }
    at
}

impl Weighed {
    fn new(size: usize) -> Self {
        Self { paths: 0, hits: 0, sum: 0.0, squares: 0.0, largest: 0.0, draws: vec![0.0; size] }
    }

    fn add(&mut self, bench: &Bench<'_>, space: &Space<'_>, z: &[Row], weights: &Row, len: usize) {
        self.paths += len as u64;
        let mut hit = ZEROS;
        each_lane(&bench.hits(&space.aim), |lane| {
            let weight = weights[lane];
            hit[lane] = weight;
            self.hits += 1;
            self.sum += weight;
            self.squares += weight * weight;
            self.largest = self.largest.max(weight);
        });
        for (sum, z) in self.draws.iter_mut().zip(z) {
            *sum += super::search::dot(z, &hit);
        }
    }

    fn merge(&mut self, later: Self) {
        self.paths += later.paths;
        self.hits += later.hits;
        self.sum += later.sum;
        self.squares += later.squares;
        self.largest = self.largest.max(later.largest);
        self.draws.iter_mut().zip(later.draws).for_each(|(sum, later)| *sum += later);
    }

    /// The probability and its standard error.
    pub(super) fn estimate(&self) -> (f64, f64) {
        let n = self.paths as f64;
        let p = self.sum / n;
        let variance = (self.squares / n - p * p).max(0.0) / (n - 1.0).max(1.0);
        (p, variance.sqrt())
    }

    /// As many hits of equal weight would tell as much: (sum w)^2 / sum w^2.
    pub(super) fn effective(&self) -> f64 {
        if self.squares > 0.0 { self.sum * self.sum / self.squares } else { 0.0 }
    }

    /// The share that the largest weight has of all.
    pub(super) fn largest_share(&self) -> f64 {
        if self.sum > 0.0 { self.largest / self.sum } else { 0.0 }
    }
}

// Pilots draw from other paths than any run.
const _: () = assert!(PILOTS > crate::simulate::Simulation::MAX_PATHS && (PILOT * LANES) as u64 <= TASK);
