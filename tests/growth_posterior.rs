//! Do the draws of the growth model come from the posterior that the model and the history have?
//!
//! Each case has an answer that does not come from a sampler: a closed form, or an integral on a fine grid. Draws of a Gibbs sampler
//! depend on each other: 20 000 draws are taken for 2 000 independent ones, and tolerances are four standard errors of those.

use plancast::calibrate::{
    Believed, DriftPrior, GrowthDraws, GrowthPrior, Observation, Observed, PersistencePrior, Seen,
    VolatilityPrior,
};
use plancast::random::Key;
use plancast::stats::normal;
use plancast::time::Year;

const DRAWS: usize = 20_000;
const INDEPENDENT: f64 = 2_000.0;
/// Real growth of Kunshan 2018-2025 as first published, per cent.
const GROWTH: [f64; 8] = [7.0, 6.1, 4.0, 7.8, 1.8, 5.0, 6.1, 5.8];

fn history(values: &[(i32, Observation)]) -> Observed {
    Observed::new(values.iter().map(|(year, seen)| (Year(*year), *seen))).unwrap()
}

fn exactly(values: &[f64]) -> Observed {
    let exact = values.iter().zip(2018..).map(|(value, year)| (year, Observation::Exact(*value)));
    history(&exact.collect::<Vec<_>>())
}

fn posterior(prior: &GrowthPrior, observed: &Observed, seen: Seen) -> GrowthDraws {
    let last = observed.iter().next_back().unwrap().0;
    prior.posterior(observed, seen, last, 5, DRAWS, Key::new(1, "test", "growth")).unwrap()
}

/// Mean and standard deviation.
fn moments(draws: &[f64]) -> (f64, f64) {
    let n = draws.len() as f64;
    let mean = draws.iter().sum::<f64>() / n;
    (mean, (draws.iter().map(|x| (x - mean) * (x - mean)).sum::<f64>() / n).sqrt())
}

/// The draws' mean and standard deviation against the true ones; the law is taken for not much heavier in its tails than a t with 7 degrees
/// of freedom, whose sample standard deviation has a standard error of sd sqrt((kurtosis - 1) / 4n) = 0.87 sd / sqrt n.
fn assert_moments(what: &str, draws: &[f64], mean: f64, sd: f64) {
    let (found, spread) = moments(draws);
    let error = sd / INDEPENDENT.sqrt();
    assert!((found - mean).abs() < 4.0 * error, "{what}: mean {found}, not {mean} +- {error}");
    assert!((spread - sd).abs() < 4.0 * 0.87 * error, "{what}: sd {spread}, not {sd}");
}

/// Mean and standard deviation of a weight on a grid.
fn on_grid(points: &[(f64, f64)]) -> (f64, f64) {
    let total: f64 = points.iter().map(|(_, w)| w).sum();
    let mean = points.iter().map(|(x, w)| x * w).sum::<f64>() / total;
    (mean, (points.iter().map(|(x, w)| (x - mean) * (x - mean) * w).sum::<f64>() / total).sqrt())
}

/// Mean and standard deviation of phi on a grid: sigma and b are integrated out in closed form. With e = L(phi) z,
/// x = L(phi) 1: p(phi) ~ sqrt(1 - phi^2) (x'x)^(-1/2) S(phi)^(-(n-1)/2), S the residual sum of squares of e on x.
fn exact_persistence(growth: &[f64]) -> (f64, f64) {
    let n = growth.len();
    let mut persistence = Vec::new();
    for i in 0..4000 {
        let phi: f64 = -0.98 + 1.96 * (f64::from(i) + 0.5) / 4000.0;
        let root = (1.0 - phi * phi).sqrt();
        let row = |t: usize, now: f64, before: f64| if t == 0 { root * now } else { now - phi * before };
        let e: Vec<f64> =
            (0..n).map(|t| row(t, growth[t], if t > 0 { growth[t - 1] } else { 0.0 })).collect();
        let x: Vec<f64> = (0..n).map(|t| row(t, 1.0, 1.0)).collect();
        let dot = |a: &[f64], b: &[f64]| a.iter().zip(b).map(|(a, b)| a * b).sum::<f64>();
        let rest = dot(&e, &e) - dot(&e, &x) * dot(&e, &x) / dot(&x, &x);
        persistence.push((phi, root / dot(&x, &x).sqrt() * libm::pow(rest, -0.5 * (n as f64 - 1.0))));
    }
    on_grid(&persistence)
}

#[test]
fn without_persistence_the_drift_has_the_t_law_of_the_sample_mean() {
    let draws = posterior(&GrowthPrior::FLAT.with_persistence(0.0), &exactly(&GROWTH), Seen::Itself);
    // Mean 5.45, s = 1.8716; t with 7 degrees of freedom and scale s / sqrt 8: sd = scale sqrt(7/5).
    assert_moments("drift", &draws.drift, 5.45, 1.871_592 / 8.0_f64.sqrt() * 1.4_f64.sqrt());
    // The sum of five years is t with the same degrees and scale s sqrt(5 + 25/8).
    let changes = draws.changes(Key::new(2, "test", "growth"));
    assert_moments("change", &changes[4], 27.25, 1.871_592 * 8.125_f64.sqrt() * 1.4_f64.sqrt());
    assert!(draws.persistence.iter().all(|phi| *phi == 0.0));
    assert!(draws.last.iter().all(|z| *z == 5.8));
}

#[test]
fn years_missing_between_levels_cost_nothing_but_their_own_news() {
    // Levels of 2018, 2020, 2021, 2025, 2026: changes d over n years are N(n b, n sigma^2), so b is t with K - 1 = 3 degrees of
    // freedom about sum d / sum n, scale^2 = s^2 / sum n with s^2 = sum (d - n b)^2 / n / 3. With 3 degrees the fourth moment does not exist,
    // so quantiles are compared: 0.7649 scale from the median to either quartile.
    let levels = [(2018, 0.0), (2020, 2.3), (2021, 2.9), (2025, 7.5), (2026, 7.9)];
    let observed = history(&levels.map(|(year, x)| (year, Observation::Exact(x))));
    let draws = posterior(&GrowthPrior::FLAT.with_persistence(0.0), &observed, Seen::AsLevels);
    let drift = 7.9 / 8.0;
    let sum: f64 = levels
        .windows(2)
        .map(|p| (f64::from(p[1].0 - p[0].0), p[1].1 - p[0].1))
        .map(|(n, d)| (d - n * drift) * (d - n * drift) / n)
        .sum();
    let scale = (sum / 3.0 / 8.0).sqrt();
    let mut sorted = draws.drift.clone();
    sorted.sort_unstable_by(f64::total_cmp);
    for (share, at) in [(0.25, -0.764_892), (0.5, 0.0), (0.75, 0.764_892)] {
        // Standard error of a quantile: sqrt(p(1-p)/n) / density; the t density at 0 is 0.3676, at the quartile 0.2573 (per scale).
        let density = if share == 0.5 { 0.3676 } else { 0.2573 };
        let limit = 4.0 * scale * (share * (1.0_f64 - share) / INDEPENDENT).sqrt() / density;
        let found = sorted[(share * DRAWS as f64) as usize];
        assert!((found - (drift + at * scale)).abs() < limit, "{share}: {found} {}", drift + at * scale);
    }
}

#[test]
fn rounded_figures_and_bounds_are_what_they_are() {
    // Five figures rounded to whole per cents, one "over 6", one reported with an error of 1.5. Beliefs: b ~ N(4, 2^2), sigma^2 ~ Inv-chi^2(5, 1.5^2).
    let rounded = |x: f64| Observation::Between { low: x - 0.5, high: x + 0.5 };
    let over = Observation::Between { low: 6.0, high: f64::INFINITY };
    let noisy = Observation::Noisy { value: 3.0, sd: 1.5 };
    let seen = [rounded(7.0), rounded(6.0), over, rounded(4.0), noisy, rounded(5.0), rounded(6.0)];
    let observed = history(&seen.iter().zip(2018..).map(|(s, year)| (year, *s)).collect::<Vec<_>>());
    let prior = GrowthPrior {
        drift: DriftPrior::Normal(Believed { mean: 4.0, sd: 2.0 }),
        persistence: PersistencePrior::Known(0.0),
        volatility: VolatilityPrior::Scaled { df: 5.0, scale: 1.5 },
        ..GrowthPrior::FLAT
    };
    let draws = posterior(&prior, &observed, Seen::Itself);
    let (mut drifts, mut volatilities) = (Vec::new(), Vec::new());
    for i in 0..400 {
        let b = -2.0 + 12.0 * (f64::from(i) + 0.5) / 400.0;
        let mut column = 0.0;
        for j in 0..400 {
            // Even steps of sigma; the density of sigma is that of sigma^2 times 2 sigma.
            let sigma = 0.1 + 7.9 * (f64::from(j) + 0.5) / 400.0;
            let mut ln = -0.5 * ((b - 4.0) / 2.0).powi(2)
                - 6.0 * libm::log(sigma)
                - 5.0 * 1.5 * 1.5 / (2.0 * sigma * sigma);
            for seen in &seen {
                ln += match *seen {
                    Observation::Between { low, high } => {
                        libm::log(normal::upper((low - b) / sigma) - normal::upper((high - b) / sigma))
                    }
                    Observation::Noisy { value, sd } => {
                        let variance = sigma * sigma + sd * sd;
                        -0.5 * (value - b) * (value - b) / variance - 0.5 * libm::log(variance)
                    }
                    Observation::Exact(_) => unreachable!(),
                };
            }
            column += libm::exp(ln);
            volatilities.push((sigma, libm::exp(ln)));
        }
        drifts.push((b, column));
    }
    let ((mean, sd), (volatility, spread)) = (on_grid(&drifts), on_grid(&volatilities));
    assert_moments("drift", &draws.drift, mean, sd);
    assert_moments("volatility", &draws.volatility, volatility, spread);
}

#[test]
fn persistence_is_that_of_the_exact_likelihood() {
    // Flat in b, ln sigma and phi within (-0.98, 0.98).
    // The second history comes down slowly from a first year far off, where leaving out the law of that year would be seen.
    const SLOWING: [f64; 8] = [12.0, 9.5, 7.1, 6.5, 5.2, 5.6, 4.8, 5.1];
    let (mean, sd) = exact_persistence(&GROWTH);
    let draws = posterior(&GrowthPrior::FLAT, &exactly(&GROWTH), Seen::Itself);
    assert_moments("persistence", &draws.persistence, mean, sd);
    let (slow_mean, slow_sd) = exact_persistence(&SLOWING);
    let draws = posterior(&GrowthPrior::FLAT, &exactly(&SLOWING), Seen::Itself);
    assert_moments("persistence of what slows down", &draws.persistence, slow_mean, slow_sd);
    // Years that nobody saw, before the base year, add nothing to what is known of it.
    let later = GrowthPrior::FLAT
        .posterior(&exactly(&GROWTH), Seen::Itself, Year(2028), 5, DRAWS, Key::new(3, "test", "growth"))
        .unwrap();
    assert_moments("persistence, three years on", &later.persistence, mean, sd);
}

#[test]
fn a_drift_that_moves_has_the_law_of_its_gaussian_process() {
    // With sigma, b and phi known, a is Gaussian: its law in the last year given the history by solving the normal equations.
    let prior = GrowthPrior {
        drift: DriftPrior::Known(5.0),
        persistence: PersistencePrior::Known(0.3),
        volatility: VolatilityPrior::Known(1.2),
        moving: Some(plancast::calibrate::Wander { sd: 1.5, persistence: 0.8 }),
        ..GrowthPrior::FLAT
    };
    let draws = posterior(&prior, &exactly(&GROWTH), Seen::Itself);
    let n = GROWTH.len();
    let of_moving = |i: usize, j: usize| 2.25 * 0.8_f64.powi(i.abs_diff(j) as i32);
    let of_rest = |i: usize, j: usize| 1.44 / (1.0 - 0.09) * 0.3_f64.powi(i.abs_diff(j) as i32);
    let total = nalgebra::DMatrix::from_fn(n, n, |i, j| of_moving(i, j) + of_rest(i, j));
    // a one year ahead of the last: covariance with the history 0.8^(distance).
    let ahead = nalgebra::DVector::from_fn(n, |i, _| of_moving(i, n));
    let seen = nalgebra::DVector::from_fn(n, |i, _| GROWTH[i] - 5.0);
    let solved = total.lu().solve(&ahead).unwrap();
    let mean = 5.0 + solved.dot(&seen);
    let sd = (2.25 - solved.dot(&ahead)).sqrt();
    assert_moments("drift ahead", &draws.drift_ahead[0], mean, sd);
}

#[test]
fn a_history_that_teaches_nothing_is_refused_or_the_prior_speaks() {
    let ask = |prior: &GrowthPrior, observed: &Observed, seen| {
        prior.posterior(observed, seen, Year(2025), 5, 4000, Key::new(1, "test", "growth"))
    };
    let refused = |values: &[f64], seen| ask(&GrowthPrior::FLAT, &exactly(values), seen).unwrap_err().problem;
    assert!(refused(&[], Seen::Itself).contains("0 growth figures"));
    assert!(refused(&[5.0, 6.0], Seen::Itself).contains("2 growth figures; a flat prior needs at least 3"));
    assert!(refused(&[5.0, 6.0, 7.0], Seen::AsLevels).contains("2 growth figures"));
    assert!(refused(&[5.0, 5.0, 5.0, 5.0], Seen::Itself).contains("never varied"));
    assert!(refused(&[1.0, 2.0, 3.0, 4.0, 5.0], Seen::AsLevels).contains("never varied"));
    // Rounded figures, and figures with errors, that one rate of growth fits: the posterior of a flat volatility has no integral at 0.
    let rounded = [5.0, 5.2, 5.0, 4.8].map(|z| Observation::Between { low: z - 0.3, high: z + 0.3 });
    let noisy = [5.0, 9.0, 1.0, 4.0].map(|value| Observation::Noisy { value, sd: 0.5 });
    let from_2022 = |seen: [Observation; 4]| history(&[0, 1, 2, 3].map(|t| (2022 + t, seen[t as usize])));
    for seen in [rounded, noisy] {
        let fault = ask(&GrowthPrior::FLAT, &from_2022(seen), Seen::Itself).unwrap_err();
        assert!(fault.problem.contains("never varied"), "{}", fault.problem);
    }
    let apart = [5.0, 5.5, 5.0, 4.5].map(|z| Observation::Between { low: z - 0.3, high: z + 0.3 });
    assert!(ask(&GrowthPrior::FLAT, &from_2022(apart), Seen::Itself).is_ok());
    // Levels 0, 1.2, 1.9, 3 rounded to halves lie on a line, those with 1.6 do not.
    let level = |x: f64| Observation::Between { low: x - 0.25, high: x + 0.25 };
    assert!(ask(&GrowthPrior::FLAT, &from_2022([0.0, 1.2, 1.9, 3.0].map(level)), Seen::AsLevels).is_err());
    assert!(from_2022([0.0, 1.2, 1.9, 3.0].map(level)).never_varies(Seen::AsLevels));
    assert!(!from_2022([0.0, 1.6, 1.9, 3.0].map(level)).never_varies(Seen::AsLevels));
    let moving = GrowthPrior {
        moving: Some(plancast::calibrate::Wander { sd: 1.0, persistence: 0.8 }),
        ..GrowthPrior::FLAT
    };
    assert!(ask(&moving, &exactly(&GROWTH), Seen::Itself).unwrap_err().problem.contains("drift that moves"));
    let proper = GrowthPrior {
        drift: DriftPrior::Normal(Believed { mean: 4.0, sd: 2.0 }),
        persistence: PersistencePrior::Normal(Believed { mean: 0.2, sd: 0.2 }),
        volatility: VolatilityPrior::Scaled { df: 8.0, scale: 1.5 },
        ..GrowthPrior::FLAT
    };
    let nothing = ask(&proper, &exactly(&[]), Seen::AsLevels).unwrap();
    let (mean, sd) = moments(&nothing.drift);
    // 4000 draws, nearly independent where there is no history.
    assert!(
        (mean - 4.0).abs() < 4.0 * 2.0 / 1000_f64.sqrt() && (sd - 2.0).abs() < 4.0 * 2.0 / 2000_f64.sqrt()
    );
    let constant = ask(&proper, &exactly(&[5.0; 8]), Seen::Itself).unwrap();
    assert!(constant.volatility.iter().all(|sigma| *sigma > 0.0 && sigma.is_finite()));
    let wrong = GrowthPrior { drift: DriftPrior::Normal(Believed { mean: 4.0, sd: -1.0 }), ..proper };
    assert!(
        ask(&wrong, &exactly(&GROWTH), Seen::Itself).unwrap_err().problem.contains("drift.normal.sd is -1")
    );
    let late =
        proper.posterior(&exactly(&GROWTH), Seen::Itself, Year(2020), 5, 10, Key::new(1, "test", "growth"));
    assert!(late.unwrap_err().problem.contains("must end at the base year 2020"));
}
