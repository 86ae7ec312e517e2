//! The reference workloads of the benches at ten million paths: everything that is known of them in closed form.
//!
//! Their states are Gaussian in log or logit space, so all of this is exact: the probability of every target in every year, of
//! every pair of targets and of the first four together, every quantile of every indicator in every year, mean and standard
//! deviation of every level. Each is held within four standard errors. There are some 200 numbers in W1 and 1 600 in W2, so
//! one correct program in ten would have one of them outside; the seed is fixed, so that this is decided once. A probability
//! that is off by 0.07 percentage points is seen, a quantile that is off by 0.3 % of a standard deviation as well.

use crate::check::*;
use crate::innovation_matrix::Innovations;
use crate::workload::{Kind, QUANTILES, Workload, YEARS, w1, w2};
use plancast::outcome::Mean;
use plancast::prelude::*;

/// Paths of these runs.
const MANY: u64 = 10_000_000;

/// Runs a workload and holds all that is known in closed form against the outcome.
fn check(workload: &Workload, first_four: f64) {
    let scenario = workload.scenario().unwrap();
    let innovations = Innovations::new(workload, &scenario);
    let (outcome, products) =
        Simulation::new(&scenario).paths(MANY).seed(SEED).run_with(&innovations).unwrap();
    assert_eq!(outcome.paths, MANY);
    let n = MANY as f64;
    share(outcome.target("first_four").unwrap().probability.estimate, first_four, n, "the first four");
    for i in 0..workload.indicators {
        let id = workload.id(i);
        let target = outcome.target(&id).unwrap();
        assert_eq!(target.by_year.len(), YEARS);
        for (year, (_, found)) in (1..).zip(&target.by_year) {
            share(found.estimate, workload.probability(i, year), n, &format!("target {id} in year {year}"));
        }
        share(target.probability.estimate, workload.probability(i, YEARS), n, &format!("target {id}"));
        for (year, band) in (1..).zip(&outcome.indicator(&id).unwrap().bands[1..]) {
            let (mean, sd) = workload.latent(i, year);
            for p in QUANTILES {
                let level = band.quantiles.at(p);
                let below = phi((workload.state(i, level) - mean) / sd);
                share(below, p, n, &format!("share of paths below {level}, {id} in year {year}"));
            }
            moments(workload, i, year, band.mean);
        }
    }
    pairs(workload, &outcome);
    assert_eq!(outcome.joint.number_met.iter().sum::<u64>(), MANY);
    products.check(workload);
}

/// Mean and standard deviation of a level against those of its log-normal or logit-normal law.
fn moments(workload: &Workload, i: usize, year: usize, found: Mean) {
    let Mean::Exists { mean, sd, error } = found else { panic!("indicator {i} has a mean") };
    let (n, (location, spread)) = (MANY as f64, workload.latent(i, year));
    let is_share = matches!(workload.kind(i), Kind::Share { .. });
    let level = |z: f64| {
        let x = libm::exp(location + spread * z);
        if is_share { x / (1.0 + x) } else { x }
    };
    let truth = if is_share { expect(level) } else { libm::exp(location + 0.5 * spread * spread) };
    let central = |power: i32| expect(|z| (level(z) - truth).powi(power));
    let (variance, fourth) = (central(2), central(4));
    let what = format!("of indicator {i} in year {year}");
    near(mean, truth, (variance / n).sqrt(), &format!("mean {what}"));
    // The variance of a sample variance is (m4 - m2^2) / n, that of its root this over 4 m2.
    let sd_error = ((fourth - variance * variance) / (4.0 * variance * n)).sqrt();
    near(sd, variance.sqrt(), sd_error, &format!("standard deviation {what}"));
    assert!((error / (variance / n).sqrt() - 1.0).abs() < 0.01, "standard error of the mean {what}: {error}");
}

/// Every pair of targets against the normal law of two.
fn pairs(workload: &Workload, outcome: &Outcome) {
    let size = workload.indicators;
    assert_eq!(outcome.joint.pairs.len(), size * (size - 1) / 2);
    for pair in &outcome.joint.pairs {
        let position = |at: usize| (0..size).find(|i| workload.id(*i) == outcome.targets[at].id).unwrap();
        let (i, j) = (position(pair.first), position(pair.second));
        let [h, k] = [i, j].map(|i| workload.threshold(i, YEARS));
        let truth = both_above(h, k, workload.margin_correlation(i, j));
        share(pair.both.estimate, truth, MANY as f64, &format!("targets {i} and {j}"));
    }
}

// The first four together are a normal probability in four dimensions: by quadrature of orthants in
// `tests/reference/compute.py`, and within 1e-9 of it by the method of Genz, SciPy 1.17.1,
// `multivariate_normal.cdf(..., maxpts=10_000_000, abseps=1e-10)`: 0.0506146452 and 0.0243462921.

#[test]
fn four_indicators() {
    check(&w1(), reference("workload_1"));
}

#[test]
fn twenty_five_indicators() {
    check(&w2(), reference("workload_2"));
}
