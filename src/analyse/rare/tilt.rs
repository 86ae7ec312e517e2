//! Normal draws led into a polyhedron, with their density: where success is, to first order.

use super::search::{Face, dot};
use super::slab::Slab;
use crate::math::{exp, ln};
use crate::simulate::{LANES, Row, View, ZEROS, add_product};

/// A law of the draws that lies, but for a small share of each bound, within bounds `low <= a_k . z <= high`:
///
/// ```text
/// x = Q z,  A = L Q:     the bounds on a_1 . z, a_2 . z, … become bounds on x_1, x_2 given x_1, …
/// q(x_k | x_1 … x_{k-1}) = (1 - e) TN(x_k; mu_k, low_k, high_k) + e N(x_k; m_k, 1)
/// ```
///
/// and what is orthogonal to all of the bounds stays standard normal. TN is the normal with mean `mu_k` and variance 1 cut to the bounds.
/// One bound after the other is the method of Geweke, Hajivassiliou and Keane, in the order of Gibson, Glasbey and Elston
/// (1994); the `mu_k` are those of Botev (2017), The normal law under linear restrictions: simulation and estimation via minimax tilting, JRSS B
/// 79(1), 125-148, under which the weights are all but constant. The second part is ours: bounds are only tangents, so that success
/// a little outside of them has to be seen.
#[derive(Debug, Clone)]
pub(super) struct Tilt {
    /// Orthonormal: Q.
    directions: Vec<Vec<f64>>,
    /// Row k has k + 1 entries: L.
    lower: Vec<Vec<f64>>,
    bounds: Vec<(f64, f64)>,
    /// mu.
    shift: Vec<f64>,
    /// m.
    centre: Vec<f64>,
    /// e.
    soft: f64,
}

/// Bounds that are met on all but so few paths, in standard deviations, are left to the paths themselves.
const SURE: f64 = -3.7;
/// Two bounds closer to parallel than this are one.
const PARALLEL: f64 = 0.9995;
/// A bound that so little of it is new is left out.
const LITTLE: f64 = 0.02;

impl Tilt {
    /// Within some bounds.
    pub(super) fn new(faces: &[Face]) -> Self {
        let faces = merged(faces);
        let soft = (0.6 / faces.len().max(1) as f64).clamp(0.01, 0.1);
        Self::beyond(&faces, soft)
    }

    /// Within some bounds, but for a share `soft` beyond each.
    pub(super) fn beyond(faces: &[Face], soft: f64) -> Self {
        let faces = merged(faces);
        let mut tilt = Self {
            directions: Vec::new(),
            lower: Vec::new(),
            bounds: Vec::new(),
            shift: Vec::new(),
            centre: Vec::new(),
            soft,
        };
        tilt.order(&faces);
        tilt.settle();
        tilt
    }

    /// Number of bounds.
    pub(super) fn len(&self) -> usize {
        self.bounds.len()
    }

    /// The bounds from the one that is hardest to meet to the easiest, each given the means of those before.
    fn order(&mut self, faces: &[Face]) {
        let mut rest: Vec<(&Face, Vec<f64>)> = faces.iter().map(|face| (face, Vec::new())).collect();
        loop {
            // What is left of a bound, given those before: its standard deviation and interval.
            let slab = |(face, loads): &(&Face, Vec<f64>), means: &[f64]| {
                let sd = (1.0 - dot(loads, loads)).max(0.0).sqrt();
                let mean = dot(loads, means);
                (sd, Slab::new((face.low - mean) / sd.max(LITTLE), (face.high - mean) / sd.max(LITTLE)))
            };
            rest.retain(|entry| slab(entry, &self.centre).0 > LITTLE);
            let mass = |entry: &(&Face, Vec<f64>)| slab(entry, &self.centre).1.mass();
            let Some(next) = (0..rest.len()).min_by(|a, b| mass(&rest[*a]).total_cmp(&mass(&rest[*b])))
            else {
                return;
            };
            let (sd, interval) = slab(&rest[next], &self.centre);
            let (face, mut loads) = rest.remove(next);
            let mut direction = face.direction.clone();
            for (load, known) in loads.iter().zip(&self.directions) {
                direction.iter_mut().zip(known).for_each(|(a, q)| *a -= load * q);
            }
            // Its length is the standard deviation up to rounding.
            let length = dot(&direction, &direction).sqrt();
            direction.iter_mut().for_each(|a| *a /= length);
            for (other, loads) in &mut rest {
                loads.push(dot(&other.direction, &direction));
            }
            loads.push(sd);
            self.centre.push(interval.mean());
            self.shift.push(0.0);
            self.lower.push(loads);
            self.bounds.push((face.low, face.high));
            self.directions.push(direction);
        }
    }

    /// The interval of x_k given the ones before.
    fn interval(&self, k: usize, x: impl Fn(usize) -> f64) -> (f64, f64) {
        let loads = &self.lower[k];
        let mean: f64 = loads[..k].iter().enumerate().map(|(j, load)| load * x(j)).sum();
        let (low, high) = self.bounds[k];
        ((low - mean) / loads[k], (high - mean) / loads[k])
    }

    /// Finds the saddle point of Botev's psi: `x_k = mu_k + Psi_k`, `mu_k = sum over j > k of L_jk / L_jj Psi_j`, Psi_j being the mean of what is left
    /// of x_j - mu_j. By Newton's method with differences; where that does not settle, the best that was seen: every mu is right, some
    /// only need more paths.
    fn settle(&mut self) {
        let n = self.len();
        let residuals = |at: &[f64]| -> Vec<f64> {
            let (x, shift) = at.split_at(n);
            let means: Vec<f64> = (0..n)
                .map(|k| {
                    let (low, high) = self.interval(k, |j| x[j]);
                    Slab::new(low - shift[k], high - shift[k]).mean()
                })
                .collect();
            let of_x = (0..n).map(|k| x[k] - shift[k] - means[k]);
            let of_shift = (0..n).map(|k| {
                let pull = (k + 1..n).map(|j| self.lower[j][k] / self.lower[j][j] * means[j]);
                shift[k] - pull.sum::<f64>()
            });
            of_x.chain(of_shift).collect()
        };
        let mut at: Vec<f64> = self.centre.iter().chain(&self.shift).copied().collect();
        let mut left = residuals(&at);
        for _ in 0..60 {
            let size = dot(&left, &left);
            if size < 1e-20 {
                break;
            }
            let mut slopes: Vec<Vec<f64>> = vec![Vec::with_capacity(2 * n + 1); 2 * n];
            for i in 0..2 * n {
                let mut beside = at.clone();
                beside[i] += 1e-6;
                for ((row, there), here) in slopes.iter_mut().zip(residuals(&beside)).zip(&left) {
                    row.push((there - here) / 1e-6);
                }
            }
            let Some(step) = solve(slopes, &left) else { break };
            let best = [1.0, 0.5, 0.25, 0.1, 0.03, 0.01].into_iter().find_map(|share| {
                let next: Vec<f64> = at.iter().zip(&step).map(|(a, s)| a - share * s).collect();
                let left = residuals(&next);
                (dot(&left, &left) < size).then_some((next, left))
            });
            let Some((next, rest)) = best else { break };
            (at, left) = (next, rest);
        }
        if at.iter().all(|x| x.is_finite()) {
            self.centre.copy_from_slice(&at[..n]);
            self.shift.copy_from_slice(&at[n..]);
        }
    }

    /// Q z of a block.
    pub(super) fn project(&self, z: &[Row], x: &mut [Row]) {
        for (x, direction) in x.iter_mut().zip(&self.directions) {
            x.fill(0.0);
            for (z, load) in z.iter().zip(direction).filter(|(_, load)| **load != 0.0) {
                add_product(x, View::Number(*load), z);
            }
        }
    }

    /// a_k . z of a path of a block, from its x.
    pub(super) fn reached(&self, k: usize, x: &[Row], lane: usize) -> f64 {
        self.lower[k].iter().zip(x).map(|(load, x)| load * x[lane]).sum()
    }

    /// Leads the draws of some lanes: each x_k is the quantile at the rank of the standard normal that it was.
    pub(super) fn lead(&self, z: &mut [Row], x: &mut [Row], lanes: &[usize]) {
        self.project(z, x);
        for k in 0..self.len() {
            let mut by = ZEROS;
            for &lane in lanes {
                let before = x[k][lane];
                let next = self.next(k, |j| x[j][lane], crate::stats::normal::cdf(before));
                x[k][lane] = next;
                by[lane] = next - before;
            }
            for (z, load) in z.iter_mut().zip(&self.directions[k]).filter(|(_, load)| **load != 0.0) {
                add_product(z, View::Number(*load), &by);
            }
        }
    }

    fn next(&self, k: usize, x: impl Fn(usize) -> f64, u: f64) -> f64 {
        let inside = |u: f64| u.clamp(1e-16, 1.0 - 1e-16);
        if u < self.soft {
            return self.centre[k] + crate::stats::normal::quantile(inside(u / self.soft));
        }
        let (low, high) = self.interval(k, x);
        let (u, shift) = ((u - self.soft) / (1.0 - self.soft), self.shift[k]);
        shift + Slab::new(low - shift, high - shift).quantile(inside(u))
    }

    /// Logarithm of the density over that of standard normals, per path.
    pub(super) fn ln_density(&self, x: &[Row]) -> Row {
        let mut out = ZEROS;
        for k in 0..self.len() {
            let (shift, centre) = (self.shift[k], self.centre[k]);
            for lane in 0..LANES {
                let value = x[k][lane];
                let (low, high) = self.interval(k, |j| x[j][lane]);
                let slab = Slab::new(low - shift, high - shift);
                let soft = self.soft * exp(centre * value - 0.5 * centre * centre);
                let hard = match slab.contains(value - shift) {
                    true => (1.0 - self.soft) * exp(shift * value - 0.5 * shift * shift) / slab.mass(),
                    false => 0.0,
                };
                out[lane] += ln(soft + hard);
            }
        }
        debug_assert!(out.iter().all(|x| !x.is_nan()));
        out
    }

    /// The same with bounds that hold what a pilot saw succeed.
    pub(super) fn with_bounds(&self, bounds: &[(f64, f64)]) -> Self {
        let faces: Vec<Face> = bounds
            .iter()
            .enumerate()
            .map(|(k, (low, high))| {
                let mut direction = vec![0.0; self.directions[k].len()];
                for (load, q) in self.lower[k].iter().zip(&self.directions) {
                    direction.iter_mut().zip(q).for_each(|(a, q)| *a += load * q);
                }
                Face { leaf: 0, direction, low: *low, high: *high, pull: 0.0 }
            })
            .collect();
        Self::beyond(&faces, self.soft)
    }

    /// Lower and upper bounds, in their order.
    pub(super) fn bounds(&self) -> &[(f64, f64)] {
        &self.bounds
    }
}

/// Bounds that matter, parallel ones made one.
fn merged(faces: &[Face]) -> Vec<Face> {
    let mut out: Vec<Face> = Vec::new();
    for face in faces.iter().filter(|face| face.low > SURE || face.high < -SURE) {
        let known = out.iter_mut().find_map(|known| {
            let cosine = dot(&known.direction, &face.direction);
            (cosine.abs() > PARALLEL).then_some((known, cosine > 0.0))
        });
        match known {
            None => out.push(face.clone()),
            Some((known, same)) => {
                let (low, high) = if same { (face.low, face.high) } else { (-face.high, -face.low) };
                known.low = known.low.max(low);
                known.high = known.high.min(high);
            }
        }
    }
    out
}

/// Gaussian elimination with pivots; none for a singular matrix.
fn solve(mut rows: Vec<Vec<f64>>, right: &[f64]) -> Option<Vec<f64>> {
    let n = rows.len();
    rows.iter_mut().zip(right).for_each(|(row, right)| row.push(*right));
    for k in 0..n {
        let pivot = (k..n).max_by(|a, b| rows[*a][k].abs().total_cmp(&rows[*b][k].abs()))?;
        rows.swap(k, pivot);
        let (done, below) = rows.split_at_mut(k + 1);
        let top = &done[k];
        if !(top[k].abs() > 1e-12) {
            return None;
        }
        for row in below {
            let factor = row[k] / top[k];
            row[k..].iter_mut().zip(&top[k..]).for_each(|(a, b)| *a -= factor * b);
        }
    }
    let mut out = vec![0.0; n];
    for k in (0..n).rev() {
        let known: f64 = (k + 1..n).map(|j| rows[k][j] * out[j]).sum();
        out[k] = (rows[k][n] - known) / rows[k][k];
    }
    Some(out)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::random::{Key, normal_lanes};
    use crate::stats::normal;

    fn face(direction: &[f64], low: f64, high: f64) -> Face {
        Face { leaf: 0, direction: direction.to_vec(), low, high, pull: 0.0 }
    }

    /// Calls back with the draws of blocks that a tilt leads, and the logarithm of its density.
    fn led(tilt: &Tilt, size: usize, blocks: usize, mut visit: impl FnMut(&[Row], &Row)) {
        let lanes: Vec<usize> = (0..LANES).collect();
        let (mut z, mut x) = (vec![ZEROS; size], vec![ZEROS; tilt.len()]);
        for block in 0..blocks {
            for (i, row) in z.iter_mut().enumerate() {
                normal_lanes(Key::new(7, "tilt test", &i.to_string()), (block * LANES) as u64, 0, row);
            }
            tilt.lead(&mut z, &mut x, &lanes);
            tilt.project(&z, &mut x);
            visit(&z, &tilt.ln_density(&x));
        }
    }

    /// Mean of a value a path under a tilt, within four standard errors of a truth, which are not more than asked.
    #[track_caller]
    fn mean_is(truth: f64, most: f64, values: &[f64]) {
        let n = values.len() as f64;
        let mean = values.iter().sum::<f64>() / n;
        let variance = values.iter().map(|x| (x - mean) * (x - mean)).sum::<f64>() / n;
        let error = (variance / n).sqrt();
        assert!((mean - truth).abs() <= 4.0 * error && error < most, "{mean} +- {error}, truth {truth}");
    }

    #[test]
    fn a_density_that_integrates_to_one() {
        // One bound, both sides, and both of a slab: the trapezoid rule over x of density over plain times plain.
        for (low, high) in
            [(1.0, f64::INFINITY), (f64::NEG_INFINITY, -0.5), (-0.3, 0.9), (3.0, f64::INFINITY)]
        {
            let tilt = Tilt::new(&[face(&[1.0], low, high)]);
            let mut all = 0.0;
            for first in (-10_000..10_000).step_by(LANES) {
                let x: Row = std::array::from_fn(|lane| 0.001 * ((first + lane as i32) as f64 + 0.5));
                let density = tilt.ln_density(&[x]);
                all +=
                    (0..LANES).map(|lane| 0.001 * exp(density[lane]) * normal::density(x[lane])).sum::<f64>();
            }
            assert!((all - 1.0).abs() < 1e-4, "{low} {high}: {all}");
        }
    }

    #[test]
    fn weights_average_to_one() {
        let faces = [face(&[0.6, 0.8], 0.3, f64::INFINITY), face(&[1.0, 0.0], -0.2, f64::INFINITY)];
        let tilt = Tilt::beyond(&faces, 0.4);
        let mut weights = Vec::new();
        led(&tilt, 2, 64, |_, density| weights.extend(density.iter().map(|x| exp(-x))));
        mean_is(1.0, 0.03, &weights);
    }

    #[test]
    fn effective_hits_of_a_shift_are_fewer_by_the_exponential_of_its_square() {
        // All of it is the second part, N(m, 1): w = exp(-m x + m^2 / 2), (E w)^2 / E w^2 = exp(-|m|^2).
        let directions = vec![vec![1.0, 0.0], vec![0.0, 1.0]];
        let tilt = Tilt {
            directions,
            lower: vec![vec![1.0], vec![0.0, 1.0]],
            bounds: vec![(0.0, f64::INFINITY); 2],
            shift: vec![0.0; 2],
            centre: vec![0.6, -0.4],
            soft: 1.0,
        };
        let (mut weights, mut first) = (Vec::new(), Vec::new());
        led(&tilt, 2, 128, |z, density| {
            weights.extend(density.iter().map(|x| exp(-x)));
            first.extend_from_slice(&z[0]);
        });
        mean_is(0.6, 0.01, &first);
        let n = weights.len() as f64;
        let sum: f64 = weights.iter().sum();
        let squares: f64 = weights.iter().map(|w| w * w).sum();
        // |m|^2 = 0.52; the variance of w^2 is e^(6 |m|^2) - e^(2 |m|^2) = 19.8, so that four standard errors of the mean of w^2 are 4.2 % of it.
        let effective = sum * sum / squares / n;
        assert!((effective / exp(-0.52) - 1.0).abs() < 0.05, "{effective}");
    }

    #[test]
    fn the_mass_between_correlated_bounds() {
        // P(x >= 0, y >= 0) = 1/4 + arcsin(rho) / (2 pi), at rho = 0.6.
        let bounds = [face(&[1.0, 0.0], 0.0, f64::INFINITY), face(&[0.6, 0.8], 0.0, f64::INFINITY)];
        let tilt = Tilt::new(&bounds);
        let (mut inside, mut seen) = (Vec::new(), 0);
        led(&tilt, 2, 32, |z, density| {
            for lane in 0..LANES {
                let is_in = z[0][lane] >= 0.0 && 0.6 * z[0][lane] + 0.8 * z[1][lane] >= 0.0;
                seen += usize::from(is_in);
                inside.push(if is_in { exp(-density[lane]) } else { 0.0 });
            }
        });
        mean_is(0.25 + libm::asin(0.6) / std::f64::consts::TAU, 0.002, &inside);
        // Most are led inside, and what is there has nearly the same weight.
        assert!(seen as f64 > 0.8 * inside.len() as f64, "{seen}");
    }

    #[test]
    fn parallel_bounds_are_one_and_sure_ones_none() {
        let tilt = Tilt::new(&[
            face(&[1.0, 0.0], 0.5, f64::INFINITY),
            face(&[-1.0, 0.0], -1.5, f64::INFINITY),
            face(&[0.0, 1.0], -4.0, f64::INFINITY),
        ]);
        assert_eq!(tilt.bounds(), [(0.5, 1.5)]);
    }
}
