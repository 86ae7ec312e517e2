//! The growth model of one unit, filtered: what its numbers are worth, and where it stands in the last year.

use super::volatility::{LEVELS, Law, VolatilityLevels};
use libm::log;

/// Added to the density of every year, so that one impossible figure does not end the search for the rest.
const FLOOR: f64 = 1e-10;

/// The numbers that all units share.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Shared {
    /// phi.
    pub(super) persistence: f64,
    /// rho and omega^2 of the moving drift.
    pub(super) drift_persistence: f64,
    pub(super) drift_variance: f64,
    /// sigma^2, and its levels.
    pub(super) variance: f64,
    pub(super) levels: VolatilityLevels,
}

/// Where a unit stands: for each level of volatility its probability, and mean and covariance of the drift a and the deviation u.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Standing {
    pub(super) level: Law,
    pub(super) drift: Law,
    pub(super) deviation: Law,
    pub(super) drift_variance: Law,
    pub(super) covariance: Law,
    pub(super) deviation_variance: Law,
}

impl Standing {
    /// Before anything was seen: the stationary law.
    pub(super) fn start(shared: &Shared) -> Self {
        let stationary = shared.variance / (1.0 - shared.persistence * shared.persistence);
        Self {
            level: shared.levels.weight,
            drift: [0.0; LEVELS],
            deviation: [0.0; LEVELS],
            drift_variance: [shared.drift_variance; LEVELS],
            covariance: [0.0; LEVELS],
            deviation_variance: shared.levels.factor.map(|h| h * stationary),
        }
    }

    /// A year on. The laws of the levels that lead to one are joined into a normal law with their mean and covariance
    /// (Blom and Bar-Shalom 1988, IEEE Transactions on Automatic Control 33(8)).
    fn step(&mut self, shared: &Shared) {
        let keep = shared.levels.keep;
        let (phi, rho) = (shared.persistence, shared.drift_persistence);
        let innovation = shared.drift_variance * (1.0 - rho * rho);
        // All levels together: probability, means, and covariance about the means.
        let over = |row: &Law| self.level.iter().zip(row).map(|(p, x)| p * x).sum::<f64>();
        let total: f64 = self.level.iter().sum();
        let (mean_a, mean_u) = (over(&self.drift) / total, over(&self.deviation) / total);
        let (mut all_aa, mut all_au, mut all_uu) = (0.0, 0.0, 0.0);
        for k in 0..LEVELS {
            let (p, off_a, off_u) = (self.level[k], self.drift[k] - mean_a, self.deviation[k] - mean_u);
            all_aa += p * (self.drift_variance[k] + off_a * off_a);
            all_au += p * (self.covariance[k] + off_a * off_u);
            all_uu += p * (self.deviation_variance[k] + off_u * off_u);
        }
        for k in 0..LEVELS {
            // The level was kept, or drawn anew from any.
            let (kept, drawn) = (keep * self.level[k], (1.0 - keep) * shared.levels.weight[k]);
            let p = kept + drawn * total;
            let a = (kept * self.drift[k] + drawn * total * mean_a) / p;
            let u = (kept * self.deviation[k] + drawn * total * mean_u) / p;
            let joined = |own: f64, all: f64, own_off: f64, all_off: f64| {
                (kept * (own + own_off) + drawn * (all + total * all_off)) / p
            };
            let (own_a, own_u) = (self.drift[k] - a, self.deviation[k] - u);
            let (all_a, all_u) = (mean_a - a, mean_u - u);
            let aa = joined(self.drift_variance[k], all_aa, own_a * own_a, all_a * all_a);
            let au = joined(self.covariance[k], all_au, own_a * own_u, all_a * all_u);
            let uu = joined(self.deviation_variance[k], all_uu, own_u * own_u, all_u * all_u);
            self.level[k] = p;
            self.drift[k] = rho * a;
            self.deviation[k] = phi * u;
            self.drift_variance[k] = rho * rho * aa + innovation;
            self.covariance[k] = rho * phi * au;
            self.deviation_variance[k] = phi * phi * uu + shared.variance * shared.levels.factor[k];
        }
    }

    /// Growth, less what is common, was seen: Bayes' rule and a Kalman step in each level. Returns the logarithm of its density.
    fn see(&mut self, growth: f64) -> f64 {
        let mut total = 0.0;
        for k in 0..LEVELS {
            let to_drift = self.drift_variance[k] + self.covariance[k];
            let to_deviation = self.covariance[k] + self.deviation_variance[k];
            let variance = to_drift + to_deviation;
            let error = growth - self.drift[k] - self.deviation[k];
            let density = crate::math::exp(-0.5 * error * error / variance)
                / (2.0 * std::f64::consts::PI * variance).sqrt();
            let (gain_drift, gain_deviation) = (to_drift / variance, to_deviation / variance);
            self.drift[k] += gain_drift * error;
            self.deviation[k] += gain_deviation * error;
            // Not below 0 by a last digit, where one figure is many powers of ten beyond the others.
            self.drift_variance[k] = (self.drift_variance[k] - gain_drift * to_drift).max(0.0);
            self.covariance[k] -= gain_drift * to_deviation;
            self.deviation_variance[k] =
                (self.deviation_variance[k] - gain_deviation * to_deviation).max(0.0);
            self.level[k] *= density + FLOOR;
            total += self.level[k];
        }
        self.level.iter_mut().for_each(|p| *p /= total);
        log(total)
    }
}

/// The logarithm of the density of a unit's growth less what is common, year by year (none where it was not seen), and where it stands in the last year.
/// Years before the first one seen are passed over.
pub(super) fn filter(growth: &[Option<f64>], shared: &Shared) -> (f64, Standing) {
    let mut standing = Standing::start(shared);
    let mut likelihood = 0.0;
    let known = growth.iter().skip_while(|z| z.is_none());
    for (t, z) in known.enumerate() {
        if t > 0 {
            standing.step(shared);
        }
        if let Some(z) = z {
            likelihood += standing.see(*z);
        }
    }
    (likelihood, standing)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn with_levels_that_stay_it_is_a_mixture_of_exact_gaussian_laws() {
        // keep = 1: no joining, so the density is sum_k weight_k N(z; 0, C_k) with C_k from the autocovariances.
        let shared = Shared {
            persistence: 0.3,
            drift_persistence: 0.8,
            drift_variance: 1.7,
            variance: 0.9,
            levels: VolatilityLevels::new(0.8, 1.0),
        };
        let z = [1.3, -0.2, 0.0, 2.1, 0.4];
        let seen = [0, 1, 3, 4];
        let mut density = 0.0;
        let mut ahead = 0.0;
        for k in 0..LEVELS {
            let of_drift = |i: usize, j: usize| 1.7 * 0.8_f64.powi(i.abs_diff(j) as i32);
            let of_rest = |i: usize, j: usize| {
                0.9 * shared.levels.factor[k] / (1.0 - 0.09) * 0.3_f64.powi(i.abs_diff(j) as i32)
            };
            let c = nalgebra::DMatrix::from_fn(4, 4, |i, j| {
                of_drift(seen[i], seen[j]) + of_rest(seen[i], seen[j])
            });
            let x = nalgebra::DVector::from_fn(4, |i, _| z[seen[i]]);
            let solved = c.clone().lu().solve(&x).unwrap();
            let part = shared.levels.weight[k]
                * libm::exp(
                    -0.5 * x.dot(&solved)
                        - 0.5 * log(c.determinant())
                        - 2.0 * log(2.0 * std::f64::consts::PI),
                );
            density += part;
            ahead += part * (0..4).map(|i| of_drift(seen[i], 4) * solved[i]).sum::<f64>();
        }
        let growth: Vec<Option<f64>> =
            z.iter().enumerate().map(|(t, z)| seen.contains(&t).then_some(*z)).collect();
        let (likelihood, standing) = filter(&growth, &shared);
        assert!((likelihood - log(density)).abs() < 1e-8, "{likelihood} {}", log(density));
        let mean: f64 = (0..LEVELS).map(|k| standing.level[k] * standing.drift[k]).sum();
        assert!((mean - ahead / density).abs() < 1e-8);
        assert_eq!(filter(&[None, None, Some(1.0)], &shared), filter(&[Some(1.0)], &shared));
    }
}
