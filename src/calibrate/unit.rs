//! One unit's history under the growth model: its latent states, and a sweep of the Gibbs sampler over them.

use super::draw;
use super::observation::{Observation, Observed, Seen};
use super::truncated::normal_between;
use super::volatility::{Filtered, VolatilityLevels};
use crate::random::Stream;
use crate::time::Year;
use libm::log;

/// What is believed of a unit, as the sampler wants it; the symbols of [`super::GrowthPrior`].
#[derive(Debug, Clone)]
pub(super) struct Belief {
    /// Mean and precision of the drift; precision 0 is a flat prior, an infinite one says that it is known.
    pub(super) drift: (f64, f64),
    pub(super) persistence: PersistenceBelief,
    /// Degrees of freedom and squared scale of sigma^2; 0 degrees are the flat prior 1 / sigma^2, infinitely many say that it is known.
    pub(super) variance: (f64, f64),
    /// Stationary variance and persistence of the moving part of the drift.
    pub(super) moving: Option<(f64, f64)>,
    pub(super) volatility: Option<VolatilityLevels>,
}

/// What is believed of phi.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum PersistenceBelief {
    Fixed(f64),
    /// Normal with this mean and precision (0: uniform), between two bounds.
    Between {
        mean: f64,
        precision: f64,
        low: f64,
        high: f64,
    },
}

/// An unknown number of the history, and what was seen of it.
#[derive(Debug, Clone, Copy)]
struct Free {
    /// Position in the levels where those are seen, in z otherwise.
    at: usize,
    low: f64,
    high: f64,
    /// Reported value and the precision of its error.
    report: Option<(f64, f64)>,
}

/// A unit with its present draw.
#[derive(Debug, Clone)]
pub(super) struct Unit {
    seen: Seen,
    free: Vec<Free>,
    /// Levels, of which z is the change; empty where z itself is seen.
    levels: Vec<f64>,
    /// The series that moves, year by year without gaps.
    pub(super) z: Vec<f64>,
    pub(super) drift: f64,
    pub(super) persistence: f64,
    pub(super) variance: f64,
    /// Deviation of the drift of each year from `drift`.
    pub(super) moving: Vec<f64>,
    /// Volatility level of each year, and 1 / h.
    pub(super) level: Vec<u8>,
    weight: Vec<f64>,
    squares: Vec<f64>,
    filtered: Filtered,
    system: Tridiagonal,
}

impl Unit {
    /// From what was observed, with all years of z from the first observed one, or from `since` where that is earlier, to `last`; at least two years
    /// of levels or one of z.
    pub(super) fn new(observed: &Observed, seen: Seen, since: Option<Year>, last: Year) -> Option<Self> {
        let first = observed.iter().next().map_or(last, |(year, _)| year);
        let first = since.map_or(first, |since| match seen {
            Seen::Itself => first.min(since),
            // A change needs the level of the year before.
            Seen::AsLevels => first.min(Year(since.0 - 1)),
        });
        let years = usize::try_from(last.0 - first.0).ok()? + 1;
        let n = match seen {
            Seen::Itself => years,
            Seen::AsLevels => years.checked_sub(1)?,
        };
        if n == 0 {
            return None;
        }
        let mut path = interpolated(observed, first, years);
        let mut free = Vec::new();
        for (at, value) in path.iter_mut().enumerate() {
            let unknown = Free { at, low: f64::NEG_INFINITY, high: f64::INFINITY, report: None };
            match observed.get(Year(first.0 + at as i32)) {
                Some(Observation::Exact(_)) => {}
                Some(Observation::Between { low, high }) => {
                    *value = value.clamp(low, high);
                    free.push(Free { low, high, ..unknown });
                }
                Some(Observation::Noisy { value, sd }) => {
                    free.push(Free { report: Some((value, 1.0 / (sd * sd))), ..unknown });
                }
                None => free.push(unknown),
            }
        }
        let (levels, z) = match seen {
            Seen::Itself => (Vec::new(), path),
            Seen::AsLevels => {
                let z = path.windows(2).map(|pair| pair[1] - pair[0]).collect();
                (path, z)
            }
        };
        let drift = z.iter().sum::<f64>() / n as f64;
        let variance = z.iter().map(|z| (z - drift) * (z - drift)).sum::<f64>() / n as f64;
        Some(Self {
            seen,
            free,
            levels,
            z,
            drift,
            persistence: 0.0,
            // A start only; a history that never varied starts from something above 0.
            variance: variance + 1e-10,
            moving: vec![0.0; n],
            level: Vec::new(),
            weight: vec![1.0; n],
            squares: vec![0.0; n],
            filtered: Filtered::default(),
            system: Tridiagonal::new(n),
        })
    }

    /// One sweep: every unknown drawn from its law given all the others.
    pub(super) fn sweep(&mut self, belief: &Belief, stream: &mut Stream) {
        self.persistence = match belief.persistence {
            PersistenceBelief::Fixed(persistence) => persistence,
            PersistenceBelief::Between { low, high, .. } => self.persistence.clamp(low, high),
        };
        if belief.variance.0 == f64::INFINITY {
            self.variance = belief.variance.1;
        }
        if belief.drift.1 == f64::INFINITY {
            self.drift = belief.drift.0;
        }
        self.draw_history(stream);
        if let Some(levels) = &belief.volatility {
            self.draw_levels(levels, stream);
        }
        self.draw_variance(belief, stream);
        self.draw_persistence(belief, stream);
        self.draw_moving(belief, stream);
        self.draw_drift(belief, stream);
    }

    /// u\[t\]: growth less its drift of the year.
    pub(super) fn deviation(&self, t: usize) -> f64 {
        self.z[t] - self.drift - self.moving[t]
    }

    /// Innovation of a year: u\[t\] - phi u\[t-1\]; in the first year, whose law is the stationary one, scaled to the same variance.
    fn residual(&self, t: usize) -> f64 {
        match t {
            0 => self.deviation(0) * (1.0 - self.persistence * self.persistence).sqrt(),
            _ => self.deviation(t) - self.persistence * self.deviation(t - 1),
        }
    }

    /// What the residual of a year gains when z\[t\] and z\[t-1\] gain these.
    fn slope(&self, t: usize, now: f64, before: f64) -> f64 {
        match t {
            0 => now * (1.0 - self.persistence * self.persistence).sqrt(),
            _ => now - self.persistence * before,
        }
    }

    /// Unknown numbers of the history, one after the other, each from a (truncated) normal law.
    fn draw_history(&mut self, stream: &mut Stream) {
        let n = self.z.len();
        for k in 0..self.free.len() {
            let Free { at, low, high, report } = self.free[k];
            // How z moves with this number: up in one year and down in the next where it is a level.
            let change = |t: usize| match self.seen {
                Seen::Itself => f64::from(u8::from(t == at)),
                Seen::AsLevels => f64::from(u8::from(t + 1 == at)) - f64::from(u8::from(t == at)),
            };
            let from = match self.seen {
                Seen::Itself => at,
                Seen::AsLevels => at.saturating_sub(1),
            };
            let value = match self.seen {
                Seen::Itself => self.z[at],
                Seen::AsLevels => self.levels[at],
            };
            let (mut precision, mut pull) = report.map_or((0.0, 0.0), |(v, p)| (p, p * (v - value)));
            for t in from..n.min(at + 2) {
                let slope = self.slope(t, change(t), if t > 0 { change(t - 1) } else { 0.0 });
                let weight = self.weight[t] / self.variance;
                precision += weight * slope * slope;
                pull -= weight * slope * self.residual(t);
            }
            let drawn = normal_between(value + pull / precision, (1.0 / precision).sqrt(), low, high, stream);
            match self.seen {
                Seen::Itself => self.z[at] = drawn,
                Seen::AsLevels => {
                    self.levels[at] = drawn;
                    if at > 0 {
                        self.z[at - 1] = drawn - self.levels[at - 1];
                    }
                    if at < n {
                        self.z[at] = self.levels[at + 1] - drawn;
                    }
                }
            }
        }
    }

    /// The level of every year, all at once.
    fn draw_levels(&mut self, levels: &VolatilityLevels, stream: &mut Stream) {
        for t in 0..self.z.len() {
            let residual = self.residual(t);
            self.squares[t] = residual * residual / self.variance;
        }
        levels.filter(&self.squares, &mut self.filtered);
        levels.sample(&self.filtered, stream, &mut self.level);
        for (weight, level) in self.weight.iter_mut().zip(&self.level) {
            *weight = 1.0 / levels.factor[usize::from(*level)];
        }
    }

    fn draw_variance(&mut self, belief: &Belief, stream: &mut Stream) {
        let (df, scale) = belief.variance;
        if df == f64::INFINITY {
            return;
        }
        let sum: f64 = (0..self.z.len()).map(|t| self.weight[t] * self.residual(t) * self.residual(t)).sum();
        let drawn = (df * scale + sum) / draw::chi_square(stream, df + self.z.len() as f64);
        // A history that never varied and no prior: as close to 0 as numbers with some digits left go.
        self.variance = drawn.max(1e-24);
    }

    /// phi: a normal proposal from all years but the first, accepted by the stationary law of the first.
    fn draw_persistence(&mut self, belief: &Belief, stream: &mut Stream) {
        let PersistenceBelief::Between { mean, precision, low, high } = belief.persistence else { return };
        let (mut total, mut pull) = (precision, precision * mean);
        for t in 1..self.z.len() {
            let weight = self.weight[t] / self.variance;
            let before = self.deviation(t - 1);
            total += weight * before * before;
            pull += weight * before * self.deviation(t);
        }
        let proposed = if total > 0.0 {
            normal_between(pull / total, (1.0 / total).sqrt(), low, high, stream)
        } else {
            low + (high - low) * draw::uniform(stream)
        };
        let first = self.deviation(0) * self.deviation(0) * self.weight[0] / self.variance;
        let square = |phi: f64| phi * phi;
        let (new, old) = (square(proposed), square(self.persistence));
        let gain = 0.5 * log((1.0 - new) / (1.0 - old)) + 0.5 * first * (new - old);
        if log(draw::uniform(stream)) < gain {
            self.persistence = proposed;
        }
    }

    /// The moving part of the drift, all years at once, and then the drift around it.
    fn draw_moving(&mut self, belief: &Belief, stream: &mut Stream) {
        let Some((variance, rho)) = belief.moving else { return };
        let n = self.z.len();
        let phi = self.persistence;
        let system = &mut self.system;
        let innovation = 1.0 / (variance * (1.0 - rho * rho));
        for t in 0..n {
            let inner = t > 0 && t + 1 < n;
            system.diagonal[t] = if inner { innovation * (1.0 + rho * rho) } else { innovation };
            system.below[t] = -innovation * rho;
            system.right[t] = 0.0;
        }
        if n == 1 {
            system.diagonal[0] = 1.0 / variance;
        }
        for t in 0..n {
            let weight = self.weight[t] / self.variance;
            let now = self.z[t] - self.drift;
            if t == 0 {
                let weight = weight * (1.0 - phi * phi);
                system.diagonal[0] += weight;
                system.right[0] += weight * now;
            } else {
                let seen = now - phi * (self.z[t - 1] - self.drift);
                system.diagonal[t] += weight;
                system.diagonal[t - 1] += weight * phi * phi;
                system.below[t] -= weight * phi;
                system.right[t] += weight * seen;
                system.right[t - 1] -= weight * phi * seen;
            }
        }
        system.draw(stream, &mut self.moving);
        if belief.drift.1 == f64::INFINITY {
            return;
        }
        // The drift given the drift of every year (the other parametrisation, which mixes where this one does not:
        // Yu and Meng 2011, J. Comput. Graph. Statist. 20(3)).
        let (mean, precision) = belief.drift;
        let (mut total, mut pull) = (precision, precision * mean);
        let course = |t: usize| self.moving[t] + self.drift;
        total += 1.0 / variance;
        pull += course(0) / variance;
        for t in 1..n {
            total += innovation * (1.0 - rho) * (1.0 - rho);
            pull += innovation * (1.0 - rho) * (course(t) - rho * course(t - 1));
        }
        let drift = pull / total + draw::normal(stream) / total.sqrt();
        let shift = self.drift - drift;
        self.moving.iter_mut().for_each(|a| *a += shift);
        self.drift = drift;
    }

    fn draw_drift(&mut self, belief: &Belief, stream: &mut Stream) {
        let (mean, precision) = belief.drift;
        if precision == f64::INFINITY {
            return;
        }
        let (mut total, mut pull) = (precision, precision * mean);
        for t in 0..self.z.len() {
            let weight = self.weight[t] / self.variance;
            let slope = self.slope(t, 1.0, 1.0);
            total += weight * slope * slope;
            pull += weight * slope * (self.residual(t) + slope * self.drift);
        }
        self.drift = pull / total + draw::normal(stream) / total.sqrt();
    }
}

/// A first guess of every year: what was observed, straight lines between, level beyond.
fn interpolated(observed: &Observed, first: Year, years: usize) -> Vec<f64> {
    let known: Vec<(usize, f64)> =
        observed.iter().map(|(year, seen)| ((year.0 - first.0) as usize, seen.centre())).collect();
    (0..years)
        .map(|at| {
            let after = known.iter().find(|(k, _)| *k >= at);
            let before = known.iter().rev().find(|(k, _)| *k <= at);
            match (before, after) {
                (Some((i, x)), Some((j, y))) if i < j => x + (y - x) * (at - i) as f64 / (j - i) as f64,
                (Some((_, x)), _) | (None, Some((_, x))) => *x,
                (None, None) => 0.0,
            }
        })
        .collect()
}

/// A normal law given by a tridiagonal precision matrix Q and a right side h: mean Q^-1 h, covariance Q^-1.
///
/// Reference: Rue and Held (2005), Gaussian Markov Random Fields, section 2.4.
#[derive(Debug, Clone)]
struct Tridiagonal {
    diagonal: Vec<f64>,
    /// Q\[t\]\[t-1\].
    below: Vec<f64>,
    right: Vec<f64>,
}

impl Tridiagonal {
    fn new(size: usize) -> Self {
        Self { diagonal: vec![0.0; size], below: vec![0.0; size], right: vec![0.0; size] }
    }

    /// A draw into `out`; the numbers of the system are used up.
    fn draw(&mut self, stream: &mut Stream, out: &mut [f64]) {
        let n = out.len();
        // Q = L L' with L on its diagonal and `below`; then L v = h, and L' x = v + z.
        for t in 0..n {
            if t > 0 {
                self.below[t] /= self.diagonal[t - 1];
                self.diagonal[t] -= self.below[t] * self.below[t];
                self.right[t] -= self.below[t] * self.right[t - 1];
            }
            self.diagonal[t] = self.diagonal[t].sqrt();
            self.right[t] /= self.diagonal[t];
        }
        for t in (0..n).rev() {
            let mut value = self.right[t] + draw::normal(stream);
            if t + 1 < n {
                value -= self.below[t + 1] * out[t + 1];
            }
            out[t] = value / self.diagonal[t];
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::random::Key;

    #[test]
    fn tridiagonal_draws_have_the_mean_and_covariance_of_the_inverse() {
        // Q = [[2, -1, 0], [-1, 3, -1], [0, -1, 2]], det 8; its inverse by cofactors:
        let inverse = [[5.0, 2.0, 1.0], [2.0, 4.0, 2.0], [1.0, 2.0, 5.0]].map(|row| row.map(|x| x / 8.0));
        let right = [1.0, 0.0, -2.0];
        let n = 40_000;
        let mut stream = Stream::new(Key::new(1, "test", "tridiagonal"), 0, 0);
        let mut out = [0.0; 3];
        let (mut first, mut second) = ([0.0; 3], [[0.0; 3]; 3]);
        for _ in 0..n {
            let mut system = Tridiagonal {
                diagonal: vec![2.0, 3.0, 2.0],
                below: vec![0.0, -1.0, -1.0],
                right: right.to_vec(),
            };
            system.draw(&mut stream, &mut out);
            for i in 0..3 {
                first[i] += out[i];
                (0..3).for_each(|j| second[i][j] += out[i] * out[j]);
            }
        }
        let n = f64::from(n);
        for i in 0..3 {
            let mean: f64 = (0..3).map(|j| inverse[i][j] * right[j]).sum();
            assert!((first[i] / n - mean).abs() < 4.0 * (inverse[i][i] / n).sqrt());
            for j in 0..3 {
                let covariance = second[i][j] / n - first[i] / n * first[j] / n;
                // Variance of a sample covariance of normals: (s_ii s_jj + s_ij^2) / n.
                let limit =
                    4.0 * ((inverse[i][i] * inverse[j][j] + inverse[i][j] * inverse[i][j]) / n).sqrt();
                assert!((covariance - inverse[i][j]).abs() < limit);
            }
        }
    }

    #[test]
    fn a_first_guess_goes_straight_between_what_is_known() {
        let exact = Observation::Exact;
        let observed = Observed::new([(Year(2020), exact(1.0)), (Year(2023), exact(4.0))]).unwrap();
        assert_eq!(interpolated(&observed, Year(2020), 6), [1.0, 2.0, 3.0, 4.0, 4.0, 4.0]);
    }
}
