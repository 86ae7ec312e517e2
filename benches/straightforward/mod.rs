//! The program that a competent user would write instead: normals of `rand_distr`, a Cholesky factor, a loop over
//! the paths on all threads, every value kept, quantiles by sorting.
//!
//! No straw man: a fast small generator, one for each chunk of paths; no allocation within a path; one
//! exponential a level; columns sorted in parallel without stability.

// What the standard library has is what this program would use.
#![allow(clippy::disallowed_methods)]

use super::workloads::{Answer, Kind, QUANTILES, Workload, YEARS};
use nalgebra::DMatrix;
use rand::rngs::SmallRng;
use rand::{RngExt, SeedableRng};
use rand_distr::StandardNormal;
use rayon::prelude::*;

/// Paths of a chunk, which has a generator of its own.
const CHUNK: usize = 1024;

/// Most indicators of a workload.
const MOST: usize = 25;

/// Simulates and summarises.
pub fn run(workload: &Workload, paths: usize, seed: u64) -> Answer {
    let n = workload.indicators;
    let cells = n * YEARS;
    let matrix = DMatrix::from_fn(n, n, |i, j| workload.correlation[i][j]);
    let factor = matrix.cholesky().expect("the matrix is positive definite").l();
    let factor: Vec<Vec<f64>> = (0..n).map(|i| (0..=i).map(|j| factor[(i, j)]).collect()).collect();
    let kinds: Vec<Kind> = (0..n).map(|i| workload.kind(i)).collect();
    let mut levels = vec![0.0; paths * cells];
    let counts = levels
        .par_chunks_mut(CHUNK * cells)
        .enumerate()
        .map(|(chunk, levels)| {
            let mut rng = SmallRng::seed_from_u64(seed + chunk as u64);
            let mut counts = [0_u64; MOST + 1];
            for path in levels.chunks_exact_mut(cells) {
                let met = simulate(&kinds, &factor, &mut rng, path);
                for (count, met) in counts.iter_mut().zip(&met[..n]) {
                    *count += u64::from(*met);
                }
                counts[MOST] += u64::from(met[..4].iter().all(|met| *met));
            }
            counts
        })
        .reduce(|| [0; MOST + 1], |a, b| std::array::from_fn(|i| a[i] + b[i]));
    let (means, quantiles) = (0..cells)
        .into_par_iter()
        .map(|cell| {
            let mut column: Vec<f64> = levels.iter().skip(cell).step_by(cells).copied().collect();
            let mean = column.iter().sum::<f64>() / paths as f64;
            column.sort_unstable_by(f64::total_cmp);
            let quantiles = QUANTILES.map(|p| {
                let place = p * (paths - 1) as f64;
                let (below, share) = (place.floor() as usize, place.fract());
                column[below] + share * (column[(below + 1).min(paths - 1)] - column[below])
            });
            (mean, quantiles)
        })
        .unzip();
    Answer { paths: paths as u64, met: counts[..n].to_vec(), first_four: counts[MOST], means, quantiles }
}

/// One path: levels into `path`, indicator by indicator; which targets are met.
fn simulate(kinds: &[Kind], factor: &[Vec<f64>], rng: &mut SmallRng, path: &mut [f64]) -> [bool; MOST] {
    // Log level, logit, log employment or log intensity; and the growth of the year before.
    let (mut state, mut growth) = ([0.0; MOST], [0.0; MOST]);
    for (i, kind) in kinds.iter().enumerate() {
        match *kind {
            Kind::Growth { start, mu, .. } => (state[i], growth[i]) = (start.ln(), mu),
            Kind::Share { start, .. } => state[i] = logit(start),
            Kind::Ratio { start, .. } => state[i] = start.ln(),
            Kind::Product { .. } => state[i] = 0.0,
        }
    }
    let mut z = [0.0; MOST];
    for year in 0..YEARS {
        for z in &mut z[..kinds.len()] {
            *z = rng.sample(StandardNormal);
        }
        for (i, kind) in kinds.iter().enumerate() {
            let shock: f64 = factor[i].iter().zip(&z).map(|(weight, z)| weight * z).sum();
            let level = match *kind {
                Kind::Growth { mu, phi, sigma, .. } => {
                    growth[i] = mu + phi * (growth[i] - mu) + sigma * shock;
                    state[i] += growth[i];
                    state[i].exp()
                }
                Kind::Share { theta, kappa, sigma, .. } => {
                    state[i] += kappa * (logit(theta) - state[i]) + sigma * shock;
                    1.0 / (1.0 + (-state[i]).exp())
                }
                Kind::Ratio { of, drift, sigma, .. } => {
                    state[i] += drift + sigma * shock;
                    (state[of] - state[i]).exp()
                }
                Kind::Product { of, drift, sigma, .. } => {
                    state[i] += drift + sigma * shock;
                    (state[of] + state[i]).exp()
                }
            };
            path[i * YEARS + year] = level;
        }
    }
    let mut met = [false; MOST];
    for (i, kind) in kinds.iter().enumerate() {
        let last = path[i * YEARS + YEARS - 1];
        met[i] = match *kind {
            Kind::Growth { start, mu, .. } => state[i] - start.ln() >= YEARS as f64 * mu.ln_1p(),
            Kind::Share { at_least, .. } | Kind::Ratio { at_least, .. } => last >= at_least,
            Kind::Product { at_most, .. } => state[i] <= at_most.ln_1p(),
        };
    }
    met
}

fn logit(share: f64) -> f64 {
    (share / (1.0 - share)).ln()
}
