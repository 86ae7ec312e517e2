//! Entropic tilting: the weights nearest to equal ones under which means are what somebody says.

use crate::math;

/// Repetitions of Newton's method.
const TURNS: usize = 200;

/// How near to its value a tilted mean has to come, in standard deviations of the untilted paths.
const NEAR: f64 = 1e-10;

/// How near is near enough where rounding keeps any step from coming nearer.
const NEAR_ENOUGH: f64 = 1e-6;

/// Weights exp(lambda' g - shift), 1 on average over the paths that they were found on.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Tilt {
    pub(super) lambda: Vec<f64>,
    pub(super) shift: f64,
}

/// Finds the tilt under which the mean of each row of `g` is 0. None where there is none: when 0 is outside of what the rows can reach.
///
/// The weights minimise the relative entropy to equal ones; lambda minimises ln mean exp(lambda' g), which is convex, so that Newton's
/// method with halved steps finds it. A step is taken where the function falls as it should, or where its slope along the step halves at least: near the
/// minimum a sum over many paths is rounded by more than the function falls. Reference: Robertson, Tallman and Whiteman (2005), Forecasting using relative entropy, Journal of
/// Money, Credit and Banking 37(3), 383-401, equations 5 and 6.
pub(super) fn tilt(g: &[Vec<f64>]) -> Option<Tilt> {
    let n = g.first().map_or(0, Vec::len);
    // In standard deviations, so that views in different units count alike.
    let scales: Vec<f64> = g.iter().map(|row| spread(row)).collect();
    if n == 0 || scales.iter().any(|scale| !(*scale > 0.0)) {
        return None;
    }
    let k = g.len();
    let mut lambda = vec![0.0; k];
    let mut now = Look::at(g, &lambda);
    let is_near = |look: &Look, near: f64| {
        look.mean.iter().zip(&scales).all(|(mean, scale)| mean.abs() <= near * scale)
    };
    for _ in 0..TURNS {
        if is_near(&now, NEAR) {
            return Some(Tilt { lambda, shift: now.ln_mean });
        }
        let mut step: Vec<f64> = now.mean.iter().map(|mean| -mean).collect();
        if !super::bring::solve(&mut now.covariance.clone(), &mut step) {
            return None;
        }
        let slope: f64 = step.iter().zip(&now.mean).map(|(s, m)| s * m).sum();
        let mut share = 1.0;
        let (next, look) = loop {
            let next: Vec<f64> = lambda.iter().zip(&step).map(|(l, s)| l + share * s).collect();
            let look = Look::at(g, &next);
            let along: f64 = step.iter().zip(&look.mean).map(|(s, m)| s * m).sum();
            if look.ln_mean <= now.ln_mean + 1e-4 * share * slope || along.abs() <= 0.5 * slope.abs() {
                break (next, look);
            }
            share *= 0.5;
            if share < 1e-10 {
                return is_near(&now, NEAR_ENOUGH).then_some(Tilt { lambda, shift: now.ln_mean });
            }
        };
        (lambda, now) = (next, look);
    }
    None
}

impl Tilt {
    /// Equal weights.
    pub(super) fn none() -> Self {
        Self { lambda: Vec::new(), shift: 0.0 }
    }

    /// The weight of a path with these features.
    pub(super) fn weight(&self, g: impl Iterator<Item = f64>) -> f64 {
        let exponent: f64 = self.lambda.iter().zip(g).map(|(lambda, g)| lambda * g).sum();
        libm::exp(exponent - self.shift)
    }
}

/// The standard deviation of a row.
fn spread(row: &[f64]) -> f64 {
    crate::stats::Moments::of(row).sd().unwrap_or(0.0)
}

/// What the weights of a lambda give.
struct Look {
    /// ln mean exp(lambda' g).
    ln_mean: f64,
    /// Weighted means of the rows, and their covariance: the first and second derivatives.
    mean: Vec<f64>,
    covariance: Vec<f64>,
}

impl Look {
    fn at(g: &[Vec<f64>], lambda: &[f64]) -> Self {
        let (k, n) = (g.len(), g[0].len());
        let mut weights = vec![0.0; n];
        for (row, lambda) in g.iter().zip(lambda) {
            weights.iter_mut().zip(row).for_each(|(w, g)| *w += lambda * g);
        }
        // The largest exponent is taken out, so that nothing overflows.
        let most = weights.iter().copied().fold(f64::NEG_INFINITY, f64::max);
        weights.iter_mut().for_each(|w| *w -= most);
        math::exp_in_place(&mut weights);
        let total: f64 = weights.iter().sum();
        let mean: Vec<f64> =
            g.iter().map(|row| row.iter().zip(&weights).map(|(g, w)| g * w).sum::<f64>() / total).collect();
        let mut covariance = vec![0.0; k * k];
        for a in 0..k {
            for b in 0..=a {
                let product = |s: usize| weights[s] * (g[a][s] - mean[a]) * (g[b][s] - mean[b]);
                covariance[a * k + b] = (0..n).map(product).sum::<f64>() / total;
                covariance[b * k + a] = covariance[a * k + b];
            }
        }
        Self { ln_mean: most + libm::log(total / n as f64), mean, covariance }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::random::{Key, normal_lanes};

    fn normals(name: &str, n: usize) -> Vec<f64> {
        let mut z = vec![0.0; n];
        normal_lanes(Key::new(7, "test", name), 0, 0, &mut z);
        z
    }

    #[test]
    fn two_values_have_weights_that_can_be_done_by_hand() {
        // 1 on three of four paths, to be 1 on half: weights (1/2) / (3/4) and (1/2) / (1/4).
        let found = tilt(&[vec![0.5, 0.5, 0.5, -0.5]]).unwrap();
        assert!((found.weight([0.5].into_iter()) - 2.0 / 3.0).abs() < 1e-12);
        assert!((found.weight([-0.5].into_iter()) - 2.0).abs() < 1e-12);
        assert_eq!(tilt(&[vec![0.5, 0.1]]), None);
        assert_eq!(tilt(&[vec![0.0, 0.0]]), None);
        assert_eq!(tilt(&[Vec::new()]), None);
    }

    #[test]
    fn a_normal_mean_moved_by_a_standard_deviation_is_the_normal_law_moved() {
        // exp(lambda z) times a normal density is the density moved by lambda. The mean of n normals is off by 1/sqrt(n) and their
        // variance by sqrt(2/n): lambda = 1 within 4 sqrt(1 + 2) / sqrt(n), taken together.
        let z = normals("a", 200_000);
        let found = tilt(&[z.iter().map(|z| z - 1.0).collect()]).unwrap();
        assert!((found.lambda[0] - 1.0).abs() < 4.0 * (3.0_f64 / 2e5).sqrt() * 1.5, "{found:?}");
    }

    #[test]
    fn a_view_that_is_possible_is_never_refused_for_rounding() {
        // A share of 6.5 % of the paths that is to be 25 %: (1/4) / p on them, (3/4) / (1 - p) on the others.
        for (n, seed) in [(20_000, "a"), (50_000, "b"), (100_000, "c"), (200_000, "d"), (200_000, "e")] {
            let z = normals(seed, n);
            let below: Vec<f64> = z.iter().map(|z| f64::from(u8::from(*z < -1.514)) - 0.25).collect();
            let p = below.iter().filter(|x| **x > 0.0).count() as f64 / n as f64;
            let found = tilt(&[below]).unwrap_or_else(|| panic!("{n} {seed}"));
            assert!((found.weight([0.75].into_iter()) * p / 0.25 - 1.0).abs() < 1e-9);
            assert!((found.weight([-0.25].into_iter()) * (1.0 - p) / 0.75 - 1.0).abs() < 1e-9);
        }
    }

    #[test]
    fn two_views_hold_together() {
        let (a, b) = (normals("a", 20_000), normals("b", 20_000));
        let mixed: Vec<f64> = a.iter().zip(&b).map(|(a, b)| 100.0 * (0.8 * a + 0.6 * b) - 50.0).collect();
        let g = [a.iter().map(|a| a - 0.3).collect::<Vec<_>>(), mixed];
        let found = tilt(&g).unwrap();
        let weights: Vec<f64> = (0..20_000).map(|s| found.weight(g.iter().map(|row| row[s]))).collect();
        let mean = |row: &[f64]| row.iter().zip(&weights).map(|(g, w)| g * w).sum::<f64>() / 2e4;
        assert!((weights.iter().sum::<f64>() / 2e4 - 1.0).abs() < 1e-12);
        assert!(mean(&g[0]).abs() < 1e-9 && mean(&g[1]).abs() < 1e-7);
    }
}
