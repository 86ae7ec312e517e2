//! Splitting: success in steps, each of which some of the paths take that took the one before.

use super::space::{Bench, Space, each_lane};
use crate::error;
use crate::random::{Key, uniform_at};
use crate::simulate::{Broken, LANES, Row, Survey, ZEROS};

/// The share of the paths that should take a step.
const SHARE: f64 = 0.2;
/// Moves of every path between two steps.
const MOVES: usize = 8;
/// Blocks of the pilot, and of a replicate.
const PILOT: usize = 4;
const BLOCKS: usize = 2;
/// Below 0.2^80 = 1e-56 nothing is looked for.
const MOST_STEPS: usize = 80;
/// Its paths are those of no run and of no pilot of importance sampling; each replicate has so many.
const PATHS: u64 = 1 << 56;
const OWN: u64 = 1 << 40;

/// Steps to success, fixed by a pilot.
///
/// ```text
/// P(success) = P(s >= l_1) P(s >= l_2 | s >= l_1) … P(success | s >= l_n)
/// ```
///
/// with s the score of [`super::aim::Aim::score`]. Paths that take a step are drawn again, with replacement, and moved by
///
/// ```text
/// z' = sqrt(1 - b^2) z + b e,   e standard normal;   stay where s(z') < l
/// ```
///
/// which leaves the law of the draws given `s >= l` as it is. References: Au and Beck (2001), Estimation of small failure probabilities in high dimensions by
/// subset simulation, Probabilistic Engineering Mechanics 16(4), 263-277; moves of Papaioannou, Betz, Zwirglmaier and Straub (2015), Probabilistic
/// Engineering Mechanics 41, 89-103. With levels that are fixed beforehand the product of the shares is unbiased (Del Moral 2004, Feynman-Kac
/// Formulae, theorem 7.4.2), so the mean over independent replicates is, and their spread tells its error.
#[derive(Debug, Clone)]
pub(super) struct Ladder {
    levels: Vec<f64>,
    /// b of the moves at each level.
    sizes: Vec<f64>,
    scales: Vec<f64>,
    /// The successful draws of the pilot that are nearest to their middle.
    pub(super) nearest: Vec<f64>,
}

/// What a replicate says.
pub(super) struct Replicate {
    pub(super) probability: f64,
    /// The draws of each success.
    pub(super) successes: Vec<Vec<f64>>,
}

impl Replicate {
    /// Mean of a draw over the successes; 0 where there is none.
    pub(super) fn mean(&self, coordinate: usize) -> f64 {
        let sum: f64 = self.successes.iter().map(|z| z[coordinate]).sum();
        sum / self.successes.len().max(1) as f64
    }
}

/// Paths as they stand.
struct Crowd<'a, 'm> {
    space: &'a Space<'m>,
    bench: &'a mut Bench<'m>,
    z: Vec<Vec<Row>>,
    scores: Vec<Row>,
    scales: &'a [f64],
    trial: Vec<Row>,
    key: Key,
    /// The address of the next block.
    next: u64,
}

impl Crowd<'_, '_> {
    fn address(&mut self) -> u64 {
        let address = self.next;
        self.next += LANES as u64;
        address
    }

    /// Scores of a block of draws; success is above everything else.
    fn scores_of(&mut self, draws: Option<usize>, address: u64) -> Result<Row, Broken> {
        let z = draws.map_or(&self.trial, |block| &self.z[block]);
        self.bench.simulate(z, address, LANES)?;
        self.bench.measure(&self.space.aim);
        let mut scores = self.space.aim.score(&self.bench.distances, self.scales);
        // A score of 0 without success is one on a bound that is excluded, or of rounding.
        scores.iter_mut().for_each(|score| *score = score.min(-1e-12));
        each_lane(&self.bench.hits(&self.space.aim), |lane| scores[lane] = f64::INFINITY);
        Ok(scores)
    }

    fn start(&mut self) -> Result<(), Broken> {
        for block in 0..self.z.len() {
            let address = self.address();
            let Self { bench, z, .. } = self;
            bench.normals(address, &mut z[block]);
            self.scores[block] = self.scores_of(Some(block), address)?;
        }
        Ok(())
    }

    /// (block, lane) of those that reach a level.
    fn survivors(&self, level: f64) -> Vec<(usize, usize)> {
        let lanes = (0..self.z.len()).flat_map(|block| (0..LANES).map(move |lane| (block, lane)));
        lanes.filter(|(block, lane)| self.scores[*block][*lane] >= level).collect()
    }

    fn all(&self) -> usize {
        self.z.len() * LANES
    }

    /// Draws everybody anew from those who reached the level.
    fn draw_again(&mut self, from: &[(usize, usize)]) {
        let chosen: Vec<(usize, usize)> = (0..self.all() as u64)
            .map(|k| {
                let u = uniform_at(self.key, self.next + k, 0);
                from[((u * from.len() as f64) as usize).min(from.len() - 1)]
            })
            .collect();
        self.next += self.all() as u64;
        let pick = |rows: &dyn Fn(usize, usize) -> f64, block: usize| -> Row {
            std::array::from_fn(|lane| {
                let (from, at) = chosen[block * LANES + lane];
                rows(from, at)
            })
        };
        for coordinate in 0..self.space.size() {
            let rows: Vec<Row> =
                (0..self.z.len()).map(|block| pick(&|b, l| self.z[b][coordinate][l], block)).collect();
            for (block, row) in rows.into_iter().enumerate() {
                self.z[block][coordinate] = row;
            }
        }
        self.scores = (0..self.z.len()).map(|block| pick(&|b, l| self.scores[b][l], block)).collect();
    }

    /// Moves everybody once and says which share moved.
    fn make_moves(&mut self, level: f64, size: f64) -> Result<f64, Broken> {
        let keep = (1.0 - size * size).max(0.0).sqrt();
        let mut moved = 0;
        for block in 0..self.z.len() {
            let address = self.address();
            let Self { bench, trial, z, .. } = self;
            bench.normals(address, trial);
            for (trial, z) in trial.iter_mut().zip(&z[block]) {
                trial.iter_mut().zip(z).for_each(|(e, z)| *e = keep * z + size * *e);
            }
            let scores = self.scores_of(None, address)?;
            let goes: [bool; LANES] = std::array::from_fn(|lane| scores[lane] >= level);
            moved += goes.iter().filter(|goes| **goes).count();
            let Self { trial, z, scores: stand, .. } = self;
            for (z, trial) in z[block].iter_mut().zip(&*trial).chain([(&mut stand[block], &scores)]) {
                for ((z, trial), goes) in z.iter_mut().zip(trial).zip(&goes) {
                    *z = if *goes { *trial } else { *z };
                }
            }
        }
        Ok(moved as f64 / self.all() as f64)
    }
}

/// A crowd of so many blocks, at its own addresses.
fn crowd<'a, 'm>(
    space: &'a Space<'m>,
    bench: &'a mut Bench<'m>,
    scales: &'a [f64],
    blocks: usize,
    (key, which): (Key, u64),
) -> Crowd<'a, 'm> {
    Crowd {
        space,
        bench,
        z: vec![space.rows(); blocks],
        scores: vec![ZEROS; blocks],
        scales,
        trial: space.rows(),
        key,
        next: PATHS + which * OWN,
    }
}

fn key(seed: u64) -> Key {
    Key::new(seed, "rare splitting", "")
}

/// Finds the steps; none where there is no way on, so that no success is found.
pub(super) fn climb(space: &Space<'_>, survey: &Survey<'_>) -> error::Result<Option<Ladder>> {
    let pilot = |_| {
        let mut bench = space.bench(false);
        let scales = scales(space, &mut bench)?;
        let mut crowd = crowd(space, &mut bench, &scales, PILOT, (key(survey.seed), 0));
        crowd.start()?;
        let (mut levels, mut sizes): (Vec<f64>, Vec<f64>) = (Vec::new(), Vec::new());
        let mut size = 0.6;
        loop {
            let successes = crowd.survivors(f64::INFINITY);
            if successes.len() as f64 >= SHARE * crowd.all() as f64 {
                let length = |(block, lane): &(usize, usize)| -> f64 {
                    crowd.z[*block].iter().map(|row| row[*lane] * row[*lane]).sum()
                };
                let nearest = successes.iter().min_by(|a, b| length(a).total_cmp(&length(b)));
                let nearest =
                    nearest.map(|(block, lane)| crowd.z[*block].iter().map(|row| row[*lane]).collect());
                let (nearest, scales) = (nearest.unwrap_or_default(), scales.clone());
                return Ok(Some(Ladder { levels, sizes, scales, nearest }));
            }
            let mut scores: Vec<f64> = crowd.scores.concat();
            scores.sort_unstable_by(|a, b| b.total_cmp(a));
            let level = scores[(SHARE * scores.len() as f64) as usize];
            let is_higher = levels.last().is_none_or(|last| level > *last + 1e-9);
            if !is_higher || levels.len() == MOST_STEPS {
                return Ok(None);
            }
            crowd.draw_again(&crowd.survivors(level));
            for _ in 0..MOVES {
                let share = crowd.make_moves(level, size)?;
                size = match share {
                    share if share > 0.45 => (1.25 * size).min(0.98),
                    share if share < 0.25 => (0.8 * size).max(0.02),
                    _ => size,
                };
            }
            levels.push(level);
            sizes.push(size);
        }
    };
    Ok(survey.each(1, pilot)?.pop().flatten())
}

impl Ladder {
    /// So many replicates, each independent of the others and of the pilot.
    pub(super) fn replicates(
        &self,
        space: &Space<'_>,
        survey: &Survey<'_>,
        count: usize,
    ) -> error::Result<Vec<Replicate>> {
        survey.each(count, |replicate| {
            let mut bench = space.bench(false);
            let address = (key(survey.seed), 1 + replicate as u64);
            let mut crowd = crowd(space, &mut bench, &self.scales, BLOCKS, address);
            crowd.start()?;
            let mut probability = 1.0;
            for (level, size) in self.levels.iter().zip(&self.sizes) {
                let survivors = crowd.survivors(*level);
                probability *= survivors.len() as f64 / crowd.all() as f64;
                if survivors.is_empty() {
                    return Ok(Replicate { probability, successes: Vec::new() });
                }
                crowd.draw_again(&survivors);
                for _ in 0..MOVES {
                    crowd.make_moves(*level, *size)?;
                }
            }
            let successes = crowd.survivors(f64::INFINITY);
            probability *= successes.len() as f64 / crowd.all() as f64;
            let of = |(block, lane): &(usize, usize)| crowd.z[*block].iter().map(|row| row[*lane]).collect();
            let successes = successes.iter().map(of).collect();
            Ok(Replicate { probability, successes })
        })
    }

    /// Paths that a replicate simulates.
    pub(super) fn paths(&self) -> u64 {
        (BLOCKS * LANES * (1 + MOVES * self.levels.len())) as u64
    }
}

/// Standard deviation of each distance over a block of plain paths.
fn scales(space: &Space<'_>, bench: &mut Bench<'_>) -> Result<Vec<f64>, Broken> {
    let mut z = space.rows();
    let first = PATHS - LANES as u64;
    bench.normals(first, &mut z);
    bench.simulate(&z, first, LANES)?;
    bench.measure(&space.aim);
    let scale = |row: &Row| {
        let mean = row.iter().sum::<f64>() / LANES as f64;
        let variance = row.iter().map(|x| (x - mean) * (x - mean)).sum::<f64>() / LANES as f64;
        if variance > 0.0 && variance.is_finite() { variance.sqrt() } else { 1.0 }
    };
    Ok(bench.distances.iter().map(scale).collect())
}
