//! The conjugate estimators: drift, elasticity, regimes, frequency.
//!
//! Under a flat prior there is nothing to draw a truth from. It is the right Haar prior of a shift and a scale, under
//! which the ranks do not depend on the truth: one that is fixed must be ranked uniformly as well.

use crate::{DRAWS, assert_calibrated};
use plancast::calibrate::{
    DriftPosterior, Elasticity, ElasticityPrior, EventRate, Lags, RegimeParameters, RegimePosterior,
    RegimePrior, RegimeYears,
};
use plancast::event::{ObservedEvents, PriorEvents};
use plancast::prelude::*;
use plancast::random::{Key, Stream};
use plancast::series::Series;
use rand::RngExt;
use rand_distr::{Beta, ChiSquared, Distribution, Gamma, Poisson, StandardNormal};

/// Simulations of an estimator.
const CASES: u64 = 4000;

/// [`assert_calibrated`] with a stream for each simulation.
fn calibrated<const N: usize>(
    estimator: &str,
    names: [&str; N],
    mut case: impl FnMut(&mut Stream) -> ([f64; N], Vec<[f64; N]>),
) {
    assert_calibrated(names, CASES, |simulation| {
        case(&mut Stream::new(Key::new(2026, "sbc", estimator), simulation, 0))
    });
}

fn normal(stream: &mut Stream) -> f64 {
    StandardNormal.sample(stream)
}

/// A standard deviation whose square is scaled inverse chi-square.
fn sigma(stream: &mut Stream, df: f64, scale: f64) -> f64 {
    scale * (df / ChiSquared::new(df).unwrap().sample(stream)).sqrt()
}

/// One posterior ranked: drift, volatility, and the growth of the five years after the history.
fn drift_case(
    stream: &mut Stream,
    (mu, sigma): (f64, f64),
    prior: Option<Prior>,
) -> ([f64; 3], Vec<[f64; 3]>) {
    let growth: Vec<f64> = (0..8).map(|_| mu + sigma * normal(stream)).collect();
    let total: f64 = (0..5).map(|_| mu + sigma * normal(stream)).sum();
    let posterior = DriftPosterior::new(&growth, prior).unwrap();
    let law = posterior.total(5);
    let draws = (0..DRAWS).map(|_| {
        let (mu, sigma) = posterior.draw(stream);
        let t = normal(stream) * (law.df / ChiSquared::new(law.df).unwrap().sample(stream)).sqrt();
        [mu, sigma, law.location + law.scale * t]
    });
    ([mu, sigma, total], draws.collect())
}

#[test]
fn drift_with_a_prior() {
    let prior = Prior { mean: 0.04, weight: 3.0, sd: 0.02, df: 5.0 };
    calibrated("drift with a prior", ["mu", "sigma", "five years"], |stream| {
        let sigma = sigma(stream, prior.df, prior.sd);
        let mu = prior.mean + sigma / prior.weight.sqrt() * normal(stream);
        drift_case(stream, (mu, sigma), Some(prior))
    });
}

#[test]
fn drift_under_the_flat_prior() {
    calibrated("drift, flat", ["mu", "sigma", "five years"], |stream| drift_case(stream, (0.04, 0.02), None));
}

/// Ten years of x and of y, without one year of each; y follows x of `lag` years before.
fn regression(stream: &mut Stream, (a, beta, sigma): (f64, f64, f64), lag: usize) -> (Series, Series) {
    let x: Vec<f64> = (0..12).map(|_| 0.05 + 0.03 * normal(stream)).collect();
    let y: Vec<f64> = (2..12).map(|t| a + beta * x[t - lag] + sigma * normal(stream)).collect();
    let years = |first: i32, values: Vec<f64>, gap: i32| {
        Series::new((first..).map(Year).zip(values).filter(|(year, _)| year.0 != gap))
    };
    (years(2002, y, 2008), years(2000, x, 2004))
}

fn elasticity_case(
    stream: &mut Stream,
    truth: (f64, f64, f64),
    prior: Option<ElasticityPrior>,
) -> ([f64; 3], Vec<[f64; 3]>) {
    let (y, x) = regression(stream, truth, 1);
    let posterior = Elasticity::new(&y, &x, 1, prior).unwrap();
    let draws = (0..DRAWS).map(|_| posterior.draw(stream).into());
    (truth.into(), draws.collect())
}

const PRIOR: ElasticityPrior = ElasticityPrior { mean: 0.8, sd: 0.3, residual: 0.02, df: 5.0 };

fn from_prior(stream: &mut Stream) -> (f64, f64, f64) {
    let sigma = sigma(stream, PRIOR.df, PRIOR.residual);
    (0.01, PRIOR.mean + PRIOR.sd / PRIOR.residual * sigma * normal(stream), sigma)
}

#[test]
fn elasticity_with_a_prior() {
    calibrated("elasticity with a prior", ["intercept", "beta", "sigma"], |stream| {
        let truth = from_prior(stream);
        elasticity_case(stream, truth, Some(PRIOR))
    });
}

#[test]
fn elasticity_under_the_flat_prior() {
    calibrated("elasticity, flat", ["intercept", "beta", "sigma"], |stream| {
        elasticity_case(stream, (0.01, 0.7, 0.02), None)
    });
}

#[test]
fn probabilities_of_lags_are_shares() {
    // Among cases in which a lag has the probability p it is the true one in the share p: over all cases the sum of
    // (is it the true one) - p has mean 0 and variance p (1 - p), also when weighted with p. Limit: four standard errors.
    let (mut sums, mut variances) = ([[0.0_f64; 3]; 2], [[0.0_f64; 3]; 2]);
    for number in 0..CASES {
        let mut stream = Stream::new(Key::new(2026, "sbc", "lags"), number, 0);
        let lag = stream.random_range(0..3_usize);
        let truth = from_prior(&mut stream);
        let (y, x) = regression(&mut stream, truth, lag);
        let found = Lags::new(&y, &x, 2, Some(PRIOR)).unwrap();
        for (k, p) in found.probabilities.into_iter().enumerate() {
            for (row, weight) in [1.0, p].into_iter().enumerate() {
                sums[row][k] += weight * (f64::from(u8::from(k == lag)) - p);
                variances[row][k] += weight * weight * p * (1.0 - p);
            }
        }
    }
    for (sums, variances) in sums.into_iter().zip(variances) {
        for (sum, variance) in sums.into_iter().zip(variances) {
            assert!(variance > 10.0 && sum.abs() < 4.0 * variance.sqrt(), "{sum} {variance}");
        }
    }
}

#[test]
fn regimes() {
    let names = ["common", "first mean", "second mean", "sigma", "first stays", "second stays"];
    calibrated("regimes", names, |stream| {
        // Common mean and sigma are fixed, their prior is flat; the ratio is one of the 64 of the uniform shrinkage prior.
        let (common, sigma) = (0.03, 0.02);
        let share = (f64::from(stream.random_range(0..64_u8)) + 0.5) / 64.0;
        let ratio = share / (1.0 - share);
        let means = [0, 1].map(|_| common + sigma * ratio.sqrt() * normal(stream));
        let rows: [[f64; 2]; 2] = [0, 1].map(|_| {
            let first = Beta::new(0.5, 0.5).unwrap().sample(stream);
            [first, 1.0 - first]
        });
        let mut state = stream.random_range(0..2_usize);
        let mut states = Vec::new();
        for _ in 0..14 {
            states.push(state);
            state = if stream.random::<f64>() < rows[state][0] { 0 } else { 1 };
        }
        let growth: Vec<f64> = states.iter().map(|s| means[*s] + sigma * normal(stream)).collect();
        let labels = RegimeYears::new(["first", "second"], (2000..).map(Year).zip(states)).unwrap();
        // Two years have a label, but no growth.
        let growth = Series::new((2000..2012).map(Year).zip(growth));
        let posterior = RegimePosterior::new(&growth, &labels, RegimePrior::default()).unwrap();
        let listed = |p: &RegimeParameters| {
            [p.common, p.means[0], p.means[1], p.sigma, p.transition[0][0], p.transition[1][1]]
        };
        let truth = RegimeParameters {
            common,
            means: means.to_vec(),
            sigma,
            transition: rows.map(Vec::from).to_vec(),
        };
        (listed(&truth), (0..DRAWS).map(|_| listed(&posterior.draw(stream))).collect())
    });
}

#[test]
fn frequency() {
    let prior = PriorEvents { events: 1.5, years: 10.0 };
    calibrated("frequency", ["rate"], |stream| {
        let rate = Gamma::new(prior.events, 1.0 / prior.years).unwrap().sample(stream);
        let events = Poisson::new(17.0 * rate).map_or(0.0, |law| law.sample(stream)) as u32;
        let observed = ObservedEvents { events, years: 17.0, prior: Some(prior) };
        let posterior = EventRate::new(&observed).unwrap();
        ([rate], (0..DRAWS).map(|_| [posterior.draw(stream)]).collect())
    });
}
