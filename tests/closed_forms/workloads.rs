//! The reference workloads of the benchmarks: groups of four indicators, all normal in log or logit space.
//!
//! Indicator i, group g = i div 4, kind k = i mod 4: 0 a level with AR(1) log growth, 1 a share that reverts, 2 the level per
//! employed, 3 the level times an intensity. Innovations have the correlation of their indicators' numbers.

use crate::check::*;
use plancast::prelude::*;
use plancast::scenario::MatrixDraft;

/// Numbers of a group.
struct Group {
    drift: f64,
    persistence: f64,
    volatility: f64,
    level: f64,
    speed: f64,
    share: f64,
    employment: f64,
    intensity: f64,
}

impl Group {
    fn new(g: usize) -> Self {
        let g = g as f64;
        Self {
            drift: 0.05 - 0.003 * g,
            persistence: 0.3 + 0.05 * g,
            volatility: 0.02 + 0.001 * g,
            level: 5615.3 * (1.0 + 0.1 * g),
            speed: 0.2 + 0.02 * g,
            share: 0.039 + 0.002 * g,
            employment: 0.003 - 0.0005 * g,
            intensity: -0.035 + 0.002 * g,
        }
    }
}

/// The workload with so many indicators.
fn workload(size: usize, correlation: impl Fn(usize, usize) -> f64) -> Scenario {
    let mut plan = plan();
    let mut noisy = Vec::new();
    for i in 0..size {
        let (g, id) = (i / 4, format!("i{i:02}"));
        let group = Group::new(g);
        let level = format!("i{:02}", 4 * g);
        let (own, draft) = match i % 4 {
            0 => {
                let process = Ar1Growth::new(group.drift, group.persistence, group.volatility);
                (id.clone(), indicator(group.level, process))
            }
            1 => {
                let process = MeanReverting::new(group.share + 0.002, group.speed, 0.02);
                (id.clone(), indicator(group.share, process).share(0.0, 1.0))
            }
            2 => (format!("employed{g}"), indicator(138.0, RandomWalk::new(group.employment, 0.01))),
            _ => (format!("intensity{g}"), indicator(1.0, RandomWalk::new(group.intensity, 0.015))),
        };
        plan = plan.indicator(&own, draft);
        let formula = match i % 4 {
            2 => Some(format!("{level} / {own}")),
            3 => Some(format!("{level} * {own}")),
            _ => None,
        };
        if let Some(formula) = formula {
            plan = plan.indicator(&id, IndicatorDraft::new("A formula", "unit").formula(formula));
        }
        let target = match i % 4 {
            0 => TargetDraft::average_growth(&id).at_least(group.drift),
            1 => TargetDraft::level(&id).at_least(group.share + 0.001),
            2 => TargetDraft::level(&id).at_least(50.0 * (1.0 + 0.1 * g as f64)),
            _ => TargetDraft::change(&own).at_most(-0.18),
        };
        plan = plan.target(&id, target);
        noisy.push(own);
    }
    plan = plan.target("first_four", TargetDraft::all(["i00", "i01", "i02", "i03"]).name("The first four"));
    let row = |i: usize| (0..size).map(|j| if i == j { 1.0 } else { correlation(i, j) }).collect();
    let rows = (0..size).map(row).collect();
    let matrix = MatrixDraft { indicators: noisy, rows, repair: false };
    plan.correlation(CorrelationDraft::Matrix(matrix)).build().unwrap()
}

fn simulated(scenario: &Scenario) -> Outcome {
    Simulation::new(scenario).paths(PATHS).seed(SEED).run().unwrap()
}

/// Every target, and every quantile of every indicator in every year.
fn check(outcome: &Outcome, size: usize, correlation: impl Fn(usize, usize) -> f64) {
    for i in 0..size {
        let (group, base, id) = (Group::new(i / 4), i / 4 * 4, format!("i{i:02}"));
        let logit = |x: f64| libm::log(x / (1.0 - x));
        let (mut share, mut share_variance) = (logit(group.share), 0.0);
        let (mut weight, mut log_variance) = (0.0, 0.0);
        // Growth of the level and the second log-linear part: minus employment, or plus intensity.
        let (sign, second, drift) = match i % 4 {
            2 => (-1.0, 0.01, -group.employment),
            3 => (1.0, 0.015, group.intensity),
            _ => (0.0, 0.0, 0.0),
        };
        let rho = correlation(base, i);
        for n in 1..=5 {
            weight = 1.0 + group.persistence * weight;
            let first = group.volatility * weight;
            log_variance += first * first + second * second + 2.0 * sign * rho * first * second;
            share += group.speed * (logit(group.share + 0.002) - share);
            share_variance = share_variance * (1.0 - group.speed) * (1.0 - group.speed) + 4e-4;
            let (m, sd) = (f64::from(n) * (group.drift + drift), f64::sqrt(log_variance));
            let start = if i % 4 == 2 { group.level / 138.0 } else { group.level };
            if i % 4 == 1 {
                law(outcome, &id, 2025 + n, |x| phi((logit(x) - share) / f64::sqrt(share_variance)));
            } else {
                law(outcome, &id, 2025 + n, |x| phi((libm::log(x / start) - m) / sd));
                let expected = start * libm::exp(m + 0.5 * log_variance);
                mean(outcome, &id, 2025 + n, expected, expected * libm::expm1(log_variance).sqrt());
            }
            if n == 5 {
                let truth = match i % 4 {
                    0 => phi((m - five_years_at(group.drift)) / sd),
                    1 => phi((share - logit(group.share + 0.001)) / f64::sqrt(share_variance)),
                    2 => phi((m - libm::log(50.0 * (1.0 + 0.1 * (i / 4) as f64) / start)) / sd),
                    _ => phi((libm::log(0.82) - 5.0 * group.intensity) / (0.015 * 5.0_f64.sqrt())),
                };
                met(outcome, &id, truth);
            }
        }
    }
}

#[test]
fn four_indicators() {
    let correlation = |_, _| 0.3;
    let outcome = simulated(&workload(4, correlation));
    check(&outcome, 4, correlation);
    met(&outcome, "first_four", reference("workload_1"));
    probability(&outcome.joint.all, reference("workload_1"), "all");
}

#[test]
fn twenty_five_indicators() {
    let correlation = |i: usize, j: usize| 0.25 + 0.75 * libm::exp(-(i.abs_diff(j) as f64) / 5.0);
    let outcome = simulated(&workload(25, correlation));
    check(&outcome, 25, correlation);
    met(&outcome, "first_four", reference("workload_2"));
    assert_eq!(outcome.joint.members.len(), 25);
    assert_eq!(outcome.joint.number_met.iter().sum::<u64>(), PATHS);
}
