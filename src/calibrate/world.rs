//! What all units of a panel share in a year: the world's growth, smoothed and carried on.

use super::linear::Matrix;
use crate::correlation::cholesky;
use libm::{exp, log};

/// Variances of the world's growth that are weighed, as multiples of what its mean over the units shows.
const VARIANCES: [f64; 7] = [0.0, 0.25, 0.5, 0.75, 1.0, 1.5, 2.2];
/// Shares of it that last as a drift does; the rest fades as a deviation does.
const SHARES: [f64; 5] = [0.1, 0.3, 0.5, 0.7, 0.9];

/// The growth that units have in common.
///
/// ```text
/// R[t] = m + F[t] + error,   R the mean over the units, weighed by their precision, error its sampling error
/// cov(F[t], F[t+k]) = v (s rho^k + (1 - s) phi^k)
/// ```
///
/// A Gaussian process with a flat prior on m; v and s are averaged over a grid by their posterior weights. Reference: Rasmussen and Williams
/// (2006), Gaussian Processes for Machine Learning, sections 2.2, 2.7 and 5.2.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct World {
    /// m.
    pub(super) mean: f64,
    /// Its standard error.
    pub(super) mean_error: f64,
    /// Standard deviation of F over all years.
    pub(super) spread: f64,
    /// F of every year of the grid.
    pub(super) course: Vec<f64>,
    /// m + F of the years after the last one: mean, and covariance row after row.
    pub(super) ahead: Vec<f64>,
    pub(super) covariance: Vec<f64>,
}

/// One point of the grid.
struct Point {
    ln_weight: f64,
    variance: f64,
    mean: f64,
    mean_variance: f64,
    course: Vec<f64>,
    ahead: Vec<f64>,
    covariance: Vec<f64>,
}

/// Mean over the units and its sampling variance, year by year; none where no unit was seen.
///
/// `typical` is the variance of a unit that varies, for panels most of whose units do not.
pub(super) fn means(units: &[Vec<Option<f64>>], typical: f64) -> Vec<Option<(f64, f64)>> {
    let variances: Vec<f64> = units.iter().map(|unit| super::moments(unit).1).collect();
    let median = super::median(&variances);
    let typical = if median > 0.0 { median } else { typical };
    let years = units.first().map_or(0, Vec::len);
    let of_year = |t: usize| {
        let (mut total, mut sum, mut error) = (0.0, 0.0, 0.0);
        for (unit, variance) in units.iter().zip(&variances) {
            let Some(growth) = unit[t] else { continue };
            let weight = 1.0 / (variance + typical);
            total += weight;
            sum += weight * growth;
            error += weight * weight * variance;
        }
        (total > 0.0).then(|| (sum / total, error / (total * total)))
    };
    (0..years).map(of_year).collect()
}

impl World {
    /// No more than a number that all units share: for panels of a few units, whose mean says little of a world.
    pub(super) fn still(mean: f64, years: usize, horizon: usize) -> Self {
        Self {
            mean,
            mean_error: 0.0,
            spread: 0.0,
            course: vec![0.0; years],
            ahead: vec![mean; horizon],
            covariance: vec![0.0; horizon * horizon],
        }
    }

    /// From the means over the units, with the persistences of deviation and drift.
    pub(super) fn new(means: &[Option<(f64, f64)>], phi: f64, rho: f64, horizon: usize) -> Self {
        let seen: Vec<(usize, f64, f64)> = means
            .iter()
            .enumerate()
            .filter_map(|(t, mean)| mean.map(|(mean, error)| (t, mean, error)))
            .collect();
        let n = seen.len() as f64;
        let average = seen.iter().map(|(_, mean, _)| mean).sum::<f64>() / n;
        let base = seen.iter().map(|(_, mean, _)| (mean - average) * (mean - average)).sum::<f64>()
            / (n - 1.0).max(1.0);
        if !(base > 0.0) {
            return Self::still(average, means.len(), horizon);
        }
        let mut points = Vec::new();
        for v in VARIANCES {
            // Without variance there is nothing to share.
            let shares: &[f64] = if v > 0.0 { &SHARES } else { &SHARES[2..3] };
            for share in shares {
                let covariance = |k: usize| v * (share * power(rho, k) + (1.0 - share) * power(phi, k));
                points.push(point(&seen, base, covariance, shares.len(), means.len(), horizon));
            }
        }
        averaged(&points)
    }
}

fn power(x: f64, n: usize) -> f64 {
    (0..n).fold(1.0, |product, _| product * x)
}

/// Weight, smoothed course and future at one point of the grid; variances are in units of `base`.
fn point(
    seen: &[(usize, f64, f64)],
    base: f64,
    covariance: impl Fn(usize) -> f64,
    points: usize,
    years: usize,
    horizon: usize,
) -> Point {
    let n = seen.len();
    let mut matrix = vec![0.0; n * n];
    for (i, (t, _, error)) in seen.iter().enumerate() {
        for (j, (u, ..)) in seen.iter().enumerate() {
            matrix[i * n + j] = covariance(t.abs_diff(*u));
        }
        // A floor keeps the matrix regular where the units' mean has no error.
        matrix[i * n + i] += error / base + 1e-8;
    }
    let factor = cholesky(n, &matrix);
    let factor = Matrix::from_fn(n, n, |i, j| factor[i * n + j]);
    let below = |right: &dyn Fn(usize) -> f64| {
        factor.solve_lower(&Matrix::from_fn(n, 1, |i, _| right(i))).entries().to_vec()
    };
    let ones = below(&|_| 1.0);
    let data = below(&|i| seen[i].1);
    let dot = |a: &[f64], b: &[f64]| a.iter().zip(b).map(|(a, b)| a * b).sum::<f64>();
    let precision = dot(&ones, &ones);
    let mean = dot(&ones, &data) / precision;
    let rest: Vec<f64> = data.iter().zip(&ones).map(|(x, o)| x - mean * o).collect();
    let ln_determinant: f64 = (0..n).map(|i| log(factor[(i, i)])).sum();
    let ln_weight =
        -ln_determinant - 0.5 * dot(&rest, &rest) / base - 0.5 * log(precision) - log(points as f64);
    // Covariances of a year, on the grid or after it, with the years seen, after the triangle.
    let with_seen = |year: usize| below(&|i| covariance(year.abs_diff(seen[i].0)));
    let course = (0..years).map(|year| dot(&with_seen(year), &rest)).collect();
    let future: Vec<Vec<f64>> = (0..horizon).map(|h| with_seen(years + h)).collect();
    let open: Vec<f64> = future.iter().map(|k| 1.0 - dot(k, &ones)).collect();
    let mut ahead_covariance = vec![0.0; horizon * horizon];
    for i in 0..horizon {
        for j in 0..horizon {
            let known = covariance(i.abs_diff(j)) - dot(&future[i], &future[j]);
            ahead_covariance[i * horizon + j] = base * (known + open[i] * open[j] / precision);
        }
    }
    Point {
        ln_weight,
        variance: base * covariance(0),
        mean,
        mean_variance: base / precision,
        course,
        ahead: future.iter().map(|k| mean + dot(k, &rest)).collect(),
        covariance: ahead_covariance,
    }
}

/// The average over the grid by posterior weights; means that differ from point to point add to the covariance.
fn averaged(points: &[Point]) -> World {
    let most = points.iter().map(|p| p.ln_weight).fold(f64::NEG_INFINITY, f64::max);
    let weights: Vec<f64> = points.iter().map(|p| exp(p.ln_weight - most)).collect();
    let total: f64 = weights.iter().sum();
    let over = |pick: &dyn Fn(&Point) -> f64| {
        points.iter().zip(&weights).map(|(point, weight)| weight * pick(point)).sum::<f64>() / total
    };
    let horizon = points[0].ahead.len();
    let ahead: Vec<f64> = (0..horizon).map(|h| over(&|p| p.ahead[h])).collect();
    let covariance = (0..horizon * horizon).map(|ij| {
        let (i, j) = (ij / horizon, ij % horizon);
        over(&|p| p.covariance[ij] + (p.ahead[i] - ahead[i]) * (p.ahead[j] - ahead[j]))
    });
    let mean = over(&|p| p.mean);
    World {
        mean,
        mean_error: over(&|p| p.mean_variance + (p.mean - mean) * (p.mean - mean)).sqrt(),
        spread: over(&|p| p.variance).sqrt(),
        course: (0..points[0].course.len()).map(|t| over(&|p| p.course[t])).collect(),
        covariance: covariance.collect(),
        ahead,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn units_that_are_known_without_error_are_followed() {
        // Sampling errors of nothing: the course is what was seen, and the variance of the world is learned from it.
        let seen: Vec<Option<(f64, f64)>> =
            (0..40).map(|t| Some((4.0 + if t / 10 % 2 == 0 { 1.0 } else { -1.0 }, 0.0))).collect();
        let world = World::new(&seen, 0.2, 0.9, 3);
        for (t, mean) in seen.iter().enumerate() {
            assert!((world.mean + world.course[t] - mean.unwrap().0).abs() < 1e-3);
        }
        // It stood at 3 and comes back.
        assert!(world.ahead[0] > 3.0 && world.ahead[0] < world.ahead[2] && world.ahead[2] < world.mean);
        assert!(world.covariance[0] > 0.0 && world.covariance[8] > world.covariance[0]);
    }

    #[test]
    fn weights_are_those_of_the_inverse_of_the_covariance() {
        // One grid point by the textbook formulas, with matrices inverted by another library.
        let seen = [(0usize, 1.0, 0.3), (1, 2.0, 0.2), (3, 0.5, 0.4)];
        let covariance = |k: usize| 0.7 * (0.6 * 0.9_f64.powi(k as i32) + 0.4 * 0.2_f64.powi(k as i32));
        let base = 2.0;
        let found = point(&seen, base, covariance, 5, 4, 1);
        let c = nalgebra::Matrix3::from_fn(|i, j| {
            base * (covariance(seen[i].0.abs_diff(seen[j].0))
                + if i == j { seen[i].2 / base + 1e-8 } else { 0.0 })
        });
        let inverse = c.try_inverse().unwrap();
        let (ones, data) = (nalgebra::Vector3::repeat(1.0), nalgebra::Vector3::new(1.0, 2.0, 0.5));
        let precision = (ones.transpose() * inverse * ones)[0];
        let mean = (ones.transpose() * inverse * data)[0] / precision;
        let k = nalgebra::Vector3::from_fn(|i, _| base * covariance(4 - seen[i].0));
        let ahead = mean + (k.transpose() * inverse * (data - ones * mean))[0];
        let open = 1.0 - (k.transpose() * inverse * ones)[0];
        let variance = base * covariance(0) - (k.transpose() * inverse * k)[0] + open * open / precision;
        assert!((found.mean - mean).abs() < 1e-10 && (found.mean_variance - 1.0 / precision).abs() < 1e-10);
        assert!((found.ahead[0] - ahead).abs() < 1e-10 && (found.covariance[0] - variance).abs() < 1e-10);
    }
}
