//! The reference workloads W1 (4 indicators) and W2 (25 indicators): as scenarios, as bare numbers, and in closed
//! form. All of them take the numbers from here.
//!
//! Indicator i, group g = i / 4, kind k = i mod 4; yearly 2026-2030, Gaussian shocks:
//!
//! | k | process | target (2030) |
//! |---|---|---|
//! | 0 | level, log growth AR(1): mu = 0.05 - 0.003 g, phi = 0.3 + 0.05 g, sigma = 0.02 + 0.001 g, from 5615.3 (1 + 0.1 g) | average growth >= mu |
//! | 1 | share, logit: x += kappa (theta - x) + 0.02 e, kappa = 0.2 + 0.02 g, from s = 0.039 + 0.002 g, theta = logit(s + 0.002) | share >= s + 0.001 |
//! | 2 | level of i - 2 over employment; log change of employment N(0.003 - 0.0005 g, 0.01), from 138 | ratio >= 50 (1 + 0.1 g) |
//! | 3 | level of i - 3 times intensity; log change of intensity N(-0.035 + 0.002 g, 0.015), from 1 | intensity down by 18 % or more |
//!
//! Correlation of the shocks: W1 0.3; W2 0.25 + 0.75 exp(-|i - j| / 5).

#![allow(dead_code, reason = "every program takes a part of it")]

use plancast::prelude::*;
use plancast::scenario::MatrixDraft;
use plancast::stats::normal;

/// Years simulated.
pub const YEARS: usize = 5;

/// The quantiles asked for.
pub const QUANTILES: [f64; 7] = [0.05, 0.10, 0.25, 0.50, 0.75, 0.90, 0.95];

/// One of the workloads.
#[derive(Debug, Clone)]
pub struct Workload {
    pub name: &'static str,
    pub indicators: usize,
    /// Correlation of the shocks, one an indicator.
    pub correlation: Vec<Vec<f64>>,
}

/// How an indicator moves.
#[derive(Debug, Clone, Copy)]
pub enum Kind {
    Growth {
        start: f64,
        mu: f64,
        phi: f64,
        sigma: f64,
    },
    Share {
        start: f64,
        theta: f64,
        kappa: f64,
        sigma: f64,
        at_least: f64,
    },
    /// Level of `of` over employment.
    Ratio {
        of: usize,
        start: f64,
        drift: f64,
        sigma: f64,
        at_least: f64,
    },
    /// Level of `of` times an intensity.
    Product {
        of: usize,
        drift: f64,
        sigma: f64,
        at_most: f64,
    },
}

pub fn w1() -> Workload {
    Workload::new("W1", 4, |_, _| 0.3)
}

pub fn w2() -> Workload {
    Workload::new("W2", 25, |i, j| 0.25 + 0.75 * libm::exp(-((i as f64 - j as f64).abs()) / 5.0))
}

impl Workload {
    fn new(name: &'static str, indicators: usize, off_diagonal: impl Fn(usize, usize) -> f64) -> Self {
        let row = |i| (0..indicators).map(|j| if i == j { 1.0 } else { off_diagonal(i, j) }).collect();
        Self { name, indicators, correlation: (0..indicators).map(row).collect() }
    }

    pub fn kind(&self, i: usize) -> Kind {
        let g = (i / 4) as f64;
        let start = 0.039 + 0.002 * g;
        match i % 4 {
            0 => Kind::Growth {
                start: 5615.3 * (1.0 + 0.1 * g),
                mu: 0.05 - 0.003 * g,
                phi: 0.3 + 0.05 * g,
                sigma: 0.02 + 0.001 * g,
            },
            1 => Kind::Share {
                start,
                theta: start + 0.002,
                kappa: 0.2 + 0.02 * g,
                sigma: 0.02,
                at_least: start + 0.001,
            },
            2 => Kind::Ratio {
                of: i - 2,
                start: 138.0,
                drift: 0.003 - 0.0005 * g,
                sigma: 0.01,
                at_least: 50.0 * (1.0 + 0.1 * g),
            },
            _ => Kind::Product { of: i - 3, drift: -0.035 + 0.002 * g, sigma: 0.015, at_most: -0.18 },
        }
    }

    /// Id of the indicator whose shock is the i-th.
    pub fn owner(&self, i: usize) -> String {
        match self.kind(i) {
            Kind::Growth { .. } | Kind::Share { .. } => self.id(i),
            Kind::Ratio { .. } => format!("employment_{i:02}"),
            Kind::Product { .. } => format!("intensity_{i:02}"),
        }
    }

    /// Id of an indicator and of its target.
    pub fn id(&self, i: usize) -> String {
        format!("i{i:02}")
    }

    /// The workload as an economist would write it: employment and intensity are indicators of their own.
    pub fn scenario(&self) -> Result<Scenario> {
        let mut plan = Scenario::builder(self.name, 2025, 2025 + YEARS as i32);
        for i in 0..self.indicators {
            let (id, owner) = (self.id(i), self.owner(i));
            let own = |start: f64| IndicatorDraft::new(&*owner, "1").baseline(start);
            let derived = |formula: String| IndicatorDraft::new(&*id, "1").formula(formula);
            plan = match self.kind(i) {
                Kind::Growth { start, mu, phi, sigma } => plan
                    .indicator(&id, own(start).process(Ar1Growth::new(mu, phi, sigma)))
                    .target(&id, TargetDraft::average_growth(&id).at_least(mu)),
                Kind::Share { start, theta, kappa, sigma, at_least } => plan
                    .indicator(
                        &id,
                        own(start).share(0.0, 1.0).process(MeanReverting::new(theta, kappa, sigma)),
                    )
                    .target(&id, TargetDraft::level(&id).at_least(at_least)),
                Kind::Ratio { of, start, drift, sigma, at_least } => plan
                    .indicator(&owner, own(start).process(RandomWalk::new(drift, sigma)))
                    .indicator(&id, derived(format!("{} / {owner}", self.id(of))))
                    .target(&id, TargetDraft::level(&id).at_least(at_least)),
                Kind::Product { of, drift, sigma, at_most } => plan
                    .indicator(&owner, own(1.0).process(RandomWalk::new(drift, sigma)))
                    .indicator(&id, derived(format!("{} * {owner}", self.id(of))))
                    .target(&id, TargetDraft::change(&owner).at_most(at_most)),
            };
        }
        plan = plan.target("first_four", TargetDraft::all((0..4).map(|i| self.id(i))).name("The first four"));
        let indicators = (0..self.indicators).map(|i| self.owner(i)).collect();
        let matrix = MatrixDraft { indicators, rows: self.correlation.clone(), repair: false };
        plan.correlation(CorrelationDraft::Matrix(matrix)).build()
    }

    /// Mean and standard deviation of the latent state of an indicator in a year (1 ..= [`YEARS`]), which is Gaussian:
    /// the logarithm of a level, the logit of a share.
    pub fn latent(&self, i: usize, year: usize) -> (f64, f64) {
        let state = self.state_of(i, year);
        (state.mean, self.covariance(&state, &state).sqrt())
    }

    fn state_of(&self, i: usize, year: usize) -> Gaussian {
        let years = year as f64;
        match self.kind(i) {
            Kind::Growth { start, mu, phi, sigma } => {
                let weight = |j| sigma * (0..year - j).map(|n| libm::pow(phi, n as f64)).sum::<f64>();
                let weights = vec![(i, (0..year).map(weight).collect())];
                Gaussian { mean: libm::log(start) + years * mu, weights }
            }
            Kind::Share { start, theta, kappa, sigma, .. } => {
                let kept = |n: usize| libm::pow(1.0 - kappa, n as f64);
                let (start, theta) = (logit(start), logit(theta));
                let weights = vec![(i, (0..year).map(|j| sigma * kept(year - 1 - j)).collect())];
                Gaussian { mean: theta + kept(year) * (start - theta), weights }
            }
            Kind::Ratio { of, start, drift, sigma, .. } => {
                let mut state = self.state_of(of, year);
                state.mean -= libm::log(start) + years * drift;
                state.weights.push((i, vec![-sigma; year]));
                state
            }
            Kind::Product { of, drift, sigma, .. } => {
                let mut state = self.state_of(of, year);
                state.mean += years * drift;
                state.weights.push((i, vec![sigma; year]));
                state
            }
        }
    }

    /// What must not be below 0 for the target of an indicator to be met as at a year, in the latent space.
    fn margin(&self, i: usize, year: usize) -> Gaussian {
        let (years, mut state) = (year as f64, self.state_of(i, year));
        match self.kind(i) {
            Kind::Growth { start, mu, .. } => state.mean -= libm::log(start) + years * libm::log1p(mu),
            Kind::Share { at_least, .. } => state.mean -= logit(at_least),
            Kind::Ratio { at_least, .. } => state.mean -= libm::log(at_least),
            // The intensity alone.
            Kind::Product { drift, sigma, at_most, .. } => {
                let mean = libm::log1p(at_most) - years * drift;
                return Gaussian { mean, weights: vec![(i, vec![-sigma; year])] };
            }
        }
        state
    }

    fn covariance(&self, a: &Gaussian, b: &Gaussian) -> f64 {
        let shocks = a.weights.iter().flat_map(|a| b.weights.iter().map(move |b| (a, b)));
        shocks
            .map(|((i, a), (j, b))| {
                self.correlation[*i][*j] * a.iter().zip(b).map(|(a, b)| a * b).sum::<f64>()
            })
            .sum()
    }

    /// Level to latent state.
    pub fn state(&self, i: usize, level: f64) -> f64 {
        if matches!(self.kind(i), Kind::Share { .. }) { logit(level) } else { libm::log(level) }
    }

    /// The score that a standard normal must not be below for the target of an indicator to be met as at a year.
    pub fn threshold(&self, i: usize, year: usize) -> f64 {
        let margin = self.margin(i, year);
        -margin.mean / self.covariance(&margin, &margin).sqrt()
    }

    /// The probability that the target of an indicator is met as at a year.
    pub fn probability(&self, i: usize, year: usize) -> f64 {
        normal::upper(self.threshold(i, year))
    }

    /// The correlation of what two targets are judged by in the last year.
    pub fn margin_correlation(&self, i: usize, j: usize) -> f64 {
        let (a, b) = (self.margin(i, YEARS), self.margin(j, YEARS));
        self.covariance(&a, &b) / (self.covariance(&a, &a) * self.covariance(&b, &b)).sqrt()
    }
}

/// A normal number that is a sum of shocks.
struct Gaussian {
    mean: f64,
    /// Which shock, and its weight in each year.
    weights: Vec<(usize, Vec<f64>)>,
}

fn logit(share: f64) -> f64 {
    libm::log(share / (1.0 - share))
}

/// What is asked of a workload, by whatever program.
#[derive(Debug, Clone)]
pub struct Answer {
    pub paths: u64,
    /// Paths that meet the target of each indicator.
    pub met: Vec<u64>,
    /// Paths that meet the first four together.
    pub first_four: u64,
    /// Indicator by indicator, year by year.
    pub means: Vec<f64>,
    pub quantiles: Vec<[f64; 7]>,
}

impl Answer {
    /// What plancast says.
    pub fn of(workload: &Workload, outcome: &Outcome) -> Self {
        let ids: Vec<String> = (0..workload.indicators).map(|i| workload.id(i)).collect();
        let bands =
            || ids.iter().flat_map(|id| &outcome.indicator(id).expect("it is in the plan").bands[1..]);
        let met: Vec<u64> =
            ids.iter().map(|id| outcome.target(id).expect("it is in the plan").probability.hits).collect();
        let first_four = outcome.target("first_four").expect("it is in the plan").probability.hits;
        Self {
            paths: outcome.paths,
            met,
            first_four,
            means: bands()
                .map(|band| match band.mean {
                    plancast::outcome::Mean::Exists { mean, .. } => mean,
                    plancast::outcome::Mean::DoesNotExist => panic!("every mean exists"),
                })
                .collect(),
            quantiles: bands().map(|band| QUANTILES.map(|p| band.quantiles.at(p))).collect(),
        }
    }

    /// Holds the answer against the closed forms: every probability and every quantile within four standard errors.
    pub fn check(&self, workload: &Workload) {
        let n = self.paths as f64;
        for (i, met) in self.met.iter().enumerate() {
            let p = workload.probability(i, YEARS);
            let error = (p * (1.0 - p) / n).sqrt();
            let found = *met as f64 / n;
            assert!((found - p).abs() <= 4.0 * error, "target {i}: {found} instead of {p} +- {error}");
            for year in 1..=YEARS {
                let (mean, sd) = workload.latent(i, year);
                for (p, x) in QUANTILES.iter().zip(self.quantiles[i * YEARS + year - 1]) {
                    let wanted = normal::quantile(*p);
                    let density = libm::exp(-0.5 * wanted * wanted) / (2.0 * std::f64::consts::PI).sqrt();
                    let error = (p * (1.0 - p) / n).sqrt() / density;
                    let z = (workload.state(i, x) - mean) / sd;
                    assert!(
                        (z - wanted).abs() <= 4.0 * error,
                        "indicator {i}, year {year}: the {p} quantile has the score {z} instead of {wanted} +- {error}"
                    );
                }
            }
        }
    }

    /// Holds two answers against each other: the joint probability, and every mean through its own spread.
    pub fn compare(&self, other: &Self, workload: &Workload) {
        let (p, q) =
            (self.first_four as f64 / self.paths as f64, other.first_four as f64 / other.paths as f64);
        let error = (p * (1.0 - p) / self.paths as f64 + q * (1.0 - q) / other.paths as f64).sqrt();
        assert!((p - q).abs() <= 4.0 * error, "the first four together: {p} and {q} +- {error}");
        for (cell, (a, b)) in self.means.iter().zip(&other.means).enumerate() {
            let (i, year) = (cell / YEARS, cell % YEARS + 1);
            // d level = level (1 - share) d latent is at most level times it.
            let error = a
                * workload.latent(i, year).1
                * 1.2
                * (1.0 / self.paths as f64 + 1.0 / other.paths as f64).sqrt();
            assert!(
                (a - b).abs() <= 4.0 * error,
                "mean of indicator {i} in year {year}: {a} and {b} +- {error}"
            );
        }
    }
}
