//! Layer 1: scores of several quantities, or several years of one, forecast together.
//!
//! The forecast is a sample of `m` paths of dimension `d`, stored path after path (`paths[k * d..][..d]`); `d` is the
//! length of what came. The scores add what is in the components as it is: bring them to comparable sizes first (logarithms,
//! or divided by a standard deviation from the past), or the largest unit decides.
//!
//! References: Gneiting and Raftery (2007), JASA 102(477), 359-378, section 4.3; Scheuerer and Hamill (2015), Variogram-based
//! proper scoring rules for probabilistic forecasts of multivariate quantities, Monthly Weather Review 143(4), 1321-1334.

use super::finite;

/// The energy score of the law that the paths were drawn from, without bias:
///
/// ```text
/// 1/m sum_k |x_k - y| - 1/(2 m (m - 1)) sum_k sum_l |x_k - x_l|,   |.| the Euclidean norm
/// ```
///
/// The CRPS in several dimensions ([`super::crps::fair`] when `d` is 1), in the unit of the values. Strictly proper in expectation;
/// it sees wrong means and spreads well and wrong correlations badly: pair it with [`variogram`].
///
/// O(m^2 d) time, no memory: 1000 paths of 5 years take half a million distances. None for a single path.
///
/// ```
/// use plancast::score::joint;
/// // Two paths of two years, around what came.
/// let score = joint::energy_fair(&[3.0, 4.0, -3.0, -4.0], &[0.0, 0.0]);
/// assert_eq!(score, Some(5.0 - 10.0 / 2.0));
/// ```
pub fn energy_fair(paths: &[f64], outcome: &[f64]) -> Option<f64> {
    let m = sound(paths, outcome)? as f64;
    finite(mean_distance(paths, outcome) - pair_distances(paths, outcome.len()) / (m * (m - 1.0)))
}

/// The energy score of the step law of the paths, with the divisor `2 m^2` in [`energy_fair`]: never below 0, and too high for
/// the law that they were drawn from. Same cost.
pub fn energy_empirical(paths: &[f64], outcome: &[f64]) -> Option<f64> {
    let m = sound(paths, outcome)? as f64;
    finite(mean_distance(paths, outcome) - pair_distances(paths, outcome.len()) / (m * m))
}

/// How many paths there are, at least one, when shape and values are in order.
fn sound(paths: &[f64], outcome: &[f64]) -> Option<usize> {
    let finite = |values: &[f64]| values.iter().all(|x| x.is_finite());
    let d = outcome.len();
    let whole = d > 0 && !paths.is_empty() && paths.len().is_multiple_of(d);
    (whole && finite(paths) && finite(outcome)).then(|| paths.len() / d)
}

fn mean_distance(paths: &[f64], outcome: &[f64]) -> f64 {
    let d = outcome.len();
    paths.chunks_exact(d).map(|path| norm(path, outcome)).sum::<f64>() / (paths.len() / d) as f64
}

/// The sum over pairs of paths of the distance between the two.
fn pair_distances(paths: &[f64], d: usize) -> f64 {
    let to_later =
        |(k, path)| paths[(k + 1) * d..].chunks_exact(d).map(|later| norm(path, later)).sum::<f64>();
    paths.chunks_exact(d).enumerate().map(to_later).sum()
}

fn norm(a: &[f64], b: &[f64]) -> f64 {
    a.iter().zip(b).map(|(a, b)| (a - b) * (a - b)).sum::<f64>().sqrt()
}

/// The variogram score of order `p > 0`:
///
/// ```text
/// sum_i sum_j w_ij (|y_i - y_j|^p - 1/m sum_k |x_ki - x_kj|^p)^2
/// ```
///
/// over all ordered pairs of components. `p` of 0.5 is the usual choice; weights are `d * d` numbers >= 0, row after row, or
/// 1 for all. Proper when the law has moments of order `2p`; blind to a shift that is common to all components, and to their
/// means where differences are the same, so it stands beside [`energy_fair`] and does not replace it. In the unit of
/// the values to the power `2p`.
///
/// The mean over paths has a sampling error, which adds its variance to the score: compare forecasts with the same number of paths.
///
/// O(m d^2) time, no memory. None for a single component, which has no pair.
pub fn variogram(paths: &[f64], outcome: &[f64], p: f64, weights: Option<&[f64]>) -> Option<f64> {
    let m = sound(paths, outcome)? as f64;
    let d = outcome.len();
    let fit = |weights: &[f64]| weights.len() == d * d && weights.iter().all(|w| *w >= 0.0 && w.is_finite());
    if !(d > 1 && p > 0.0 && p.is_finite() && weights.is_none_or(fit)) {
        return None;
    }
    let mut score = 0.0;
    for i in 1..d {
        for j in 0..i {
            let forecast = paths.chunks_exact(d).map(|path| power(path[i] - path[j], p)).sum::<f64>() / m;
            let error = power(outcome[i] - outcome[j], p) - forecast;
            let weight = weights.map_or(2.0, |w| w[i * d + j] + w[j * d + i]);
            score += weight * error * error;
        }
    }
    finite(score)
}

/// `|x|^p`; the usual orders without the cost of a power.
fn power(x: f64, p: f64) -> f64 {
    match p {
        0.5 => x.abs().sqrt(),
        1.0 => x.abs(),
        2.0 => x * x,
        _ => libm::pow(x.abs(), p),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::random::{Key, normal_at};
    use crate::score::{Sample, crps};
    use crate::stats::Moments;
    use proptest::prelude::*;

    /// Paths of two standard normals with a correlation, `first` to `first + m`.
    fn pairs(first: u64, m: u64, sd: f64, rho: f64) -> Vec<f64> {
        let key = Key::new(11, "test", "joint");
        let pair = |s| {
            let (a, b) = (normal_at(key, s, 0), normal_at(key, s, 2));
            [sd * a, sd * (rho * a + (1.0 - rho * rho).sqrt() * b)]
        };
        (first..first + m).flat_map(pair).collect()
    }

    #[test]
    fn known_by_hand() {
        let paths = [0.0, 0.0, 3.0, 4.0, 6.0, 8.0];
        // Distances to (0, 0): 0, 5, 10; between the paths: 5, 10, 5.
        assert_eq!(energy_fair(&paths, &[0.0, 0.0]), Some(5.0 - 20.0 / 6.0));
        assert_eq!(energy_empirical(&paths, &[0.0, 0.0]), Some(5.0 - 20.0 / 9.0));
        // Differences within the paths: 0, 1, 2, of what came: 3.
        assert_eq!(variogram(&paths, &[1.0, 4.0], 1.0, None), Some(2.0 * 4.0));
        assert_eq!(variogram(&paths, &[1.0, 4.0], 1.0, Some(&[9.0, 0.5, 0.0, 9.0])), Some(2.0));
    }

    #[test]
    fn the_true_law_scores_best_on_average() {
        // 4000 outcomes with correlation 0.8 against 50 paths each, the same normals under every forecast; paired
        // differences of more than 4 standard errors.
        let difference = |sd: f64, rho: f64, rule: fn(&[f64], &[f64]) -> Option<f64>| -> f64 {
            let of = |s: u64| {
                let outcome = pairs(1_000_000 + s, 1, 1.0, 0.8);
                let score = |sd, rho| rule(&pairs(50 * s, 50, sd, rho), &outcome).unwrap();
                score(sd, rho) - score(1.0, 0.8)
            };
            let moments = Moments::of(&(0..4000).map(of).collect::<Vec<f64>>());
            moments.mean().unwrap() / moments.standard_error().unwrap()
        };
        for (sd, rho) in [(0.7, 0.8), (1.4, 0.8), (1.0, 0.0), (1.0, -0.5)] {
            assert!(difference(sd, rho, energy_fair) > 4.0, "energy {sd} {rho}");
        }
        let half: fn(&[f64], &[f64]) -> Option<f64> = |paths, outcome| variogram(paths, outcome, 0.5, None);
        for (sd, rho) in [(0.5, 0.8), (2.0, 0.8), (1.0, 0.0)] {
            assert!(difference(sd, rho, half) > 4.0, "variogram {sd} {rho}");
        }
    }

    #[test]
    fn what_cannot_be_scored() {
        let nan = f64::NAN;
        let bad: [(&[f64], &[f64]); 6] = [
            (&[], &[1.0, 2.0]),
            (&[1.0, 2.0], &[]),
            (&[1.0, 2.0, 3.0], &[1.0, 2.0]),
            (&[1.0, nan, 1.0, 2.0], &[1.0, 2.0]),
            (&[1.0, 2.0, 1.0, 2.0], &[f64::INFINITY, 2.0]),
            (&[1e200, 2.0, 1.0, 2.0], &[-1e200, 2.0]),
        ];
        for (paths, outcome) in bad {
            assert_eq!(energy_fair(paths, outcome), None, "{paths:?}");
            assert_eq!(energy_empirical(paths, outcome), None, "{paths:?}");
            assert_eq!(variogram(paths, outcome, 2.0, None), None, "{paths:?}");
        }
        let (paths, outcome) = ([1.0, 2.0, 3.0, 4.0], [1.0, 2.0]);
        assert_eq!(energy_fair(&paths[..2], &outcome), None);
        for p in [0.0, -1.0, nan, f64::INFINITY] {
            assert_eq!(variogram(&paths, &outcome, p, None), None);
        }
        for weights in [&[1.0; 3][..], &[1.0, -1.0, 1.0, 1.0], &[1.0, nan, 1.0, 1.0]] {
            assert_eq!(variogram(&paths, &outcome, 0.5, Some(weights)), None);
        }
        assert_eq!(variogram(&paths, &[1.0], 0.5, None), None);
    }

    proptest! {
        #[test]
        fn in_one_dimension_the_energy_score_is_the_crps(
            values in prop::collection::vec(-9.0..9.0f64, 2..30), y in -9.0..9.0f64,
        ) {
            let sample = Sample::new(values.clone()).unwrap();
            let fair = energy_fair(&values, &[y]).unwrap() - crps::fair(&sample, y).unwrap();
            let empirical = energy_empirical(&values, &[y]).unwrap() - crps::empirical(&sample, y).unwrap();
            prop_assert!(fair.abs() < 1e-12 && empirical.abs() < 1e-12, "{} {}", fair, empirical);
        }

        #[test]
        fn a_turn_leaves_the_energy_score_and_a_common_shift_the_variogram(
            paths in prop::collection::vec(-9.0..9.0f64, 8), y in -9.0..9.0f64, z in -9.0..9.0f64, shift in -50.0..50.0f64,
        ) {
            // A turn by the angle of (3, 4).
            let turn = |v: &[f64]| -> Vec<f64> {
                v.chunks(2).flat_map(|v| [0.6 * v[0] - 0.8 * v[1], 0.8 * v[0] + 0.6 * v[1]]).collect()
            };
            let (before, after) = (energy_fair(&paths, &[y, z]), energy_fair(&turn(&paths), &turn(&[y, z])));
            prop_assert!((before.unwrap() - after.unwrap()).abs() < 1e-12);
            let moved: Vec<f64> = paths.iter().map(|x| x + shift).collect();
            for p in [0.7, 1.0, 2.0] {
                let before = variogram(&paths, &[y, z], p, None).unwrap();
                let after = variogram(&moved, &[y, z], p, None).unwrap();
                prop_assert!((before - after).abs() < 1e-9 * before.max(1.0), "{} {}", before, after);
            }
        }
    }
}
