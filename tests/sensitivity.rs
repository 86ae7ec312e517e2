//! What meeting a target hangs on: against published test functions, closed forms of small plans, and what must hold of any plan.

use plancast::analyse::Goal;
use plancast::analyse::sensitivity::{Estimate, Layer, Morris, Sensitivity, Shapley, Tornado, UnitCube};
use plancast::correlation::Correlation;
use plancast::error::Error;
use plancast::prelude::*;
use plancast::scenario::PairsDraft;
use plancast::stats::normal::{cdf, density, quantile};
use std::f64::consts::PI;

/// P(Z1 >= h, Z2 >= h) at a correlation in [0, 1), by the trapezoidal rule over the common part.
fn both_above(h: f64, rho: f64) -> f64 {
    let step = 18.0 / 6000.0;
    let given = |z: f64| cdf((rho.sqrt() * z - h) / (1.0 - rho).sqrt());
    (0..=6000).map(|k| -9.0 + f64::from(k) * step).map(|z| density(z) * given(z) * given(z) * step).sum()
}

/// The first-order index of a part of a normal sum that is to exceed h standard deviations, from its share of the variance.
fn first_order(h: f64, share: f64) -> f64 {
    let p = cdf(-h);
    (both_above(h, share) - p * p) / (p * (1.0 - p))
}

#[track_caller]
fn near(found: Estimate, truth: f64, least: f64, what: &str) {
    // The half-width at 95 % is about two standard errors: four of them.
    let allowed = (found.high - found.low).max(least);
    assert!((found.estimate - truth).abs() <= allowed, "{what}: {found:?} instead of {truth}");
    // The error is one that says something.
    assert!(found.high - found.low < 0.1, "{what}: {found:?}");
}

#[test]
fn ishigami() {
    // Ishigami and Homma (1990); closed form as in Saltelli et al. (2008), Global sensitivity analysis, section 4.
    let (a, b) = (7.0, 0.1);
    let f = |u: &[f64]| {
        let x: Vec<f64> = u.iter().map(|u| PI * (2.0 * u - 1.0)).collect();
        let sin = libm::sin(x[1]);
        libm::sin(x[0]) + a * sin * sin + b * x[2] * x[2] * x[2] * x[2] * libm::sin(x[0])
    };
    let (pi4, pi8) = (PI.powi(4), PI.powi(8));
    let v1 = 0.5 * (1.0 + b * pi4 / 5.0) * (1.0 + b * pi4 / 5.0);
    let (v2, v13) = (a * a / 8.0, b * b * pi8 * 8.0 / 225.0);
    let v = v1 + v2 + v13;
    let found = UnitCube::new(3).points(65_536).seed(5).sobol_indices(f).unwrap();
    let first = [v1 / v, v2 / v, 0.0];
    let total = [(v1 + v13) / v, v2 / v, v13 / v];
    // The published digits.
    assert!((first[0] - 0.3139).abs() < 5e-5 && (total[2] - 0.2437).abs() < 5e-5);
    for k in 0..3 {
        near(found[k].first, first[k], 0.0, "first");
        near(found[k].total, total[k], 0.0, "total");
        // Scrambled points are far better than chance, which is some 0.005 at as many.
        assert!((found[k].total.estimate - total[k]).abs() < 0.002);
    }
    // Inputs of several coordinates: 1 and 3 together have all that is not of 2.
    let grouped = UnitCube::new(3).groups(vec![vec![0, 2], vec![1]]).points(65_536).sobol_indices(f).unwrap();
    near(grouped[0].first, 1.0 - v2 / v, 0.0, "a group");
    near(grouped[0].total, 1.0 - v2 / v, 0.0, "a group");
}

#[test]
fn g_function() {
    // Sobol's g with a = 0, 1, 4.5, 9, 99, 99, 99, 99: V_i = 1/(3 (1 + a_i)^2), all parts a product (Saltelli et al. 2010, section 5).
    let a = [0.0, 1.0, 4.5, 9.0, 99.0, 99.0, 99.0, 99.0];
    let f =
        |u: &[f64]| u.iter().zip(a).map(|(u, a)| ((4.0 * u - 2.0).abs() + a) / (1.0 + a)).product::<f64>();
    let part = |a: f64| 1.0 / (3.0 * (1.0 + a) * (1.0 + a));
    let all: f64 = a.iter().map(|a| 1.0 + part(*a)).product();
    let v = all - 1.0;
    let found = UnitCube::new(8).points(65_536).seed(5).sobol_indices(f).unwrap();
    for (k, a) in a.iter().enumerate() {
        near(found[k].first, part(*a) / v, 0.0, "first");
        near(found[k].total, part(*a) * all / (1.0 + part(*a)) / v, 0.0, "total");
        assert!(found[k].first.low <= found[k].total.high);
    }
    assert!((part(0.0) / v - 0.7165).abs() < 5e-4, "as published");
}

#[test]
fn shapley_effects_of_two_dependent_normal_numbers() {
    // Owen and Prieur (2017), section 5: y = b1 x1 + b2 x2, unit variances, correlation rho.
    for (b1, b2, rho) in [(1.0, 2.0, 0.5), (1.0, 0.0, 0.8), (1.0, -1.0, 0.3), (2.0, 1.0, 0.0)] {
        let correlation = Correlation::new(&[vec![1.0, rho], vec![rho, 1.0]]).unwrap();
        let cube = UnitCube::new(2).points(32_768).seed(3);
        let found = cube.shapley_effects(&correlation, |x| b1 * x[0] + b2 * x[1]).unwrap();
        let v = b1 * b1 + b2 * b2 + 2.0 * rho * b1 * b2;
        let one = b1 * b1 * (1.0 - rho * rho / 2.0) + rho * b1 * b2 + b2 * b2 * rho * rho / 2.0;
        near(found[0], one / v, 0.0, "the first");
        near(found[1], 1.0 - one / v, 0.0, "the second");
        assert!((found[0].estimate + found[1].estimate - 1.0).abs() < 1e-12);
    }
    let three = UnitCube::new(3).shapley_effects(&Correlation::independent(2), |x| x[0]);
    assert!(three.unwrap_err().to_string().contains("correlations of 2 numbers"));
}

#[test]
fn elementary_effects_of_known_functions() {
    // c x has the effect c everywhere; x1 x2 has x2 along x1: mean 1/2, variance 1/12; (x - 1/2)^2 goes down and up alike.
    let f = |u: &[f64]| 3.0 * u[0] + u[1] * u[2] + (u[3] - 0.5) * (u[3] - 0.5);
    let found = UnitCube::new(5).points(16_384).elementary_effects(f).unwrap();
    assert!((found[0].mu.estimate - 3.0).abs() < 1e-9 && found[0].sigma < 1e-6, "{:?}", found[0]);
    near(found[1].mu, 0.5, 0.0, "mu of a product");
    assert!((found[1].sigma - (1.0_f64 / 12.0).sqrt()).abs() < 0.01);
    // (b - 1/2)^2 - (a - 1/2)^2 over b - a is a + b - 1: mean 0, mean size 1/3, variance 1/6.
    near(found[3].mu, 0.0, 0.0, "mu of a parabola");
    near(found[3].mu_star, 1.0 / 3.0, 0.0, "mu* of a parabola");
    assert!((found[3].sigma - (1.0_f64 / 6.0).sqrt()).abs() < 0.01);
    assert_eq!(found[4].mu_star.estimate, 0.0);
}

#[test]
fn requests_over_the_cube_that_make_no_sense_are_refused() {
    for cube in [
        UnitCube::new(0),
        UnitCube::new(501),
        UnitCube::new(2).confidence(95.0),
        UnitCube::new(2).groups(vec![vec![0]]),
        UnitCube::new(2).groups(vec![vec![0, 1], vec![1]]),
        UnitCube::new(1).groups(vec![vec![0], vec![]]),
    ] {
        assert!(matches!(cube.sobol_indices(|_| 0.0), Err(Error::Run(_))), "{cube:?}");
    }
    assert_eq!(UnitCube::new(1).sobol_indices(|_| 2.0).unwrap()[0].total.estimate, 0.0);
}

fn level(drift: impl Into<Quantity>, volatility: f64) -> IndicatorDraft {
    IndicatorDraft::new("Balance", "bn")
        .link(Link::Identity)
        .baseline(0.0)
        .process(RandomWalk::new(drift, volatility))
}

const SD: f64 = 0.75;
const BOUND: f64 = 0.6;

/// One year, drift N(0, SD), shock N(0, 1): the sum has to reach BOUND. And an indicator that nothing depends on.
fn sum() -> Scenario {
    Scenario::builder("Sum", 2025, 2026)
        .indicator("a", level(Quantity::normal(0.0, SD), 1.0))
        .indicator("idle", level(Quantity::normal(0.0, 1.0), 1.0))
        .correlation(CorrelationDraft::Independent)
        .target("a", TargetDraft::level("a").at_least(BOUND))
        .build()
        .unwrap()
}

#[test]
fn a_normal_sum_has_the_indices_of_the_bivariate_normal_law() {
    let scenario = sum();
    let simulation = Simulation::new(&scenario).paths(65_536).seed(11);
    let found = Sensitivity::new(&simulation, Goal::All).run().unwrap();
    let outcome = simulation.run().unwrap();
    assert_eq!(found.asked.probability, outcome.targets[0].probability, "A is the plain run");
    let variance = 1.0 + SD * SD;
    let h = BOUND / variance.sqrt();
    let (drift, shock) = (first_order(h, SD * SD / variance), first_order(h, 1.0 / variance));
    let of = |name: &str| found.inputs.iter().find(|d| d.input.name.en.contains(name)).unwrap();
    let (of_drift, of_shock) = (of("drift of Balance").indices, of("shocks to Balance").indices);
    assert!(found.inputs[0].input.reaches && found.inputs[1].input.reaches);
    near(of_drift.first, drift, 0.0, "drift, first");
    near(of_drift.total, 1.0 - shock, 0.0, "drift, total");
    near(of_shock.first, shock, 0.0, "shock, first");
    near(of_shock.total, 1.0 - drift, 0.0, "shock, total");
    // The drift is all that we do not know.
    assert_eq!(found.removable(), of_drift.first);
    near(found.chance(), shock, 0.0, "chance for itself");
    // Two inputs have no effect, exactly.
    let idle: Vec<_> = found.inputs.iter().filter(|driver| !driver.input.reaches).collect();
    assert_eq!(idle.len(), 2);
    assert!(idle.iter().all(|d| d.indices.total == Estimate::ZERO && d.indices.first == Estimate::ZERO));
    let worth: Vec<_> = found.worth_finding_out().collect();
    assert_eq!((worth.len(), worth[0].input.kind.layer()), (1, Layer::Knowledge));
    let p = found.asked.probability.estimate;
    assert!((found.moves(&of_drift) - (of_drift.first.estimate * p * (1.0 - p)).sqrt()).abs() < 1e-15);

    // Two independent inputs share the interplay alike.
    let fair = Shapley::new(&simulation, Goal::All).run().unwrap();
    let effect = |name: &str| {
        let is_it = |(input, _): &&(plancast::analyse::sensitivity::Input, Estimate)| {
            input.reaches && input.name.en.starts_with(name)
        };
        fair.inputs.iter().find(is_it).unwrap().1
    };
    near(effect("drift"), 0.5 * (1.0 + drift - shock), 0.0, "Shapley effect of the drift");
    let all: f64 = fair.inputs.iter().map(|(_, effect)| effect.estimate).sum();
    assert!((all - 1.0).abs() < 1e-12);

    // mu* is twice the numerator of the total index; more of either helps everywhere.
    let screen = Morris::new(&simulation, Goal::All).run().unwrap();
    let p = cdf(-h);
    for (input, effects) in &screen.inputs {
        if !input.reaches {
            assert_eq!(effects.mu_star, Estimate::ZERO);
            continue;
        }
        let total = if input.kind.layer() == Layer::Knowledge { 1.0 - shock } else { 1.0 - drift };
        near(effects.mu_star, 2.0 * p * (1.0 - p) * total, 0.0, "mu*");
        assert_eq!(
            effects.mu.estimate, effects.mu_star.estimate,
            "the answer never falls with {}",
            input.name.en
        );
        let (mu, sigma) = (effects.mu.estimate, effects.sigma);
        assert!((sigma - (mu - mu * mu).sqrt()).abs() < 1e-5);
    }

    // Held at a percentile, a normal law is left.
    let bars = Tornado::new(&simulation, Goal::All).run().unwrap();
    assert_eq!(bars.bars.len(), 2);
    let z = quantile(0.9);
    for bar in &bars.bars {
        let (held, rest) = if bar.input.kind.layer() == Layer::Knowledge { (SD, 1.0) } else { (1.0, SD) };
        for (end, z) in [(&bar.low, -z), (&bar.high, z)] {
            let truth = cdf((z * held - BOUND) / rest);
            let p = end.probability;
            assert!((p.estimate - truth).abs() < 2.0 * (p.high - p.low), "{bar:?} instead of {truth}");
        }
        let truth = cdf((z * held - BOUND) / rest) - cdf((-z * held - BOUND) / rest);
        near(bar.swing, truth, 0.0, "swing");
    }
    assert!(bars.bars[0].swing.estimate >= bars.bars[1].swing.estimate);
}

/// Two correlated shocks, of which the goal asks for the first alone.
fn pair(rho: f64) -> Scenario {
    Scenario::builder("Pair", 2025, 2026)
        .indicator("a", level(0.0, 1.0))
        .indicator("b", level(0.0, 1.0))
        .indicator("c", level(0.0, 1.0))
        .correlation(CorrelationDraft::Pairs(PairsDraft {
            of: vec![("a".into(), "b".into(), rho)],
            repair: false,
        }))
        .target("a", TargetDraft::level("a").at_least(BOUND))
        .build()
        .unwrap()
}

#[test]
fn correlated_shocks_are_one_input_of_sobol_and_shared_out_by_shapley() {
    let scenario = pair(0.7);
    let simulation = Simulation::new(&scenario).paths(65_536).seed(2);
    let found = Sensitivity::new(&simulation, Goal::All).run().unwrap();
    let first = &found.inputs[0];
    assert_eq!(first.input.name.en, "correlated shocks to Balance and Balance");
    assert!(
        (first.indices.first.estimate - 1.0).abs() < 0.02
            && (first.indices.total.estimate - 1.0).abs() < 0.02
    );
    assert_eq!(found.inputs.len(), 2);
    // V(a) = V(a, b) = 1, V(b) = that of a part 0.49 of the variance.
    let fair = Shapley::new(&simulation, Goal::All).run().unwrap();
    let of_b = 0.5 * first_order(BOUND, 0.49);
    near(fair.inputs[0].1, 1.0 - of_b, 0.0, "the one asked for");
    near(fair.inputs[1].1, of_b, 0.0, "its companion");
    assert_eq!(fair.inputs[2].1, Estimate::ZERO);
    // Held at its percentile, the companion moves the one asked for by its correlation.
    let bars = Tornado::new(&simulation, Goal::All).run().unwrap();
    let z = quantile(0.9);
    let of = |z: f64| cdf((0.7 * z - BOUND) / (1.0 - 0.49_f64).sqrt());
    near(bars.bars[1].swing, of(z) - of(-z), 0.0, "the companion held");
    assert_eq!((bars.bars[0].low.probability.hits, bars.bars[0].high.probability.hits), (0, 65_536));
}

#[test]
fn events_and_regimes_are_compared_with_and_without() {
    let scenario = Scenario::builder("World", 2025, 2027)
        .indicator("a", level(0.0, 1.0))
        .event("slump", Event::new("Slump", 0.3).load("a", -1.0))
        .regime(
            "state",
            Regime::new("Climate", [("calm", 0.5), ("storm", 0.5)], vec![vec![0.8, 0.2], vec![0.3, 0.7]])
                .shift("a", [0.0, -0.5]),
        )
        .target("a", TargetDraft::level("a").at_least(0.0))
        .build()
        .unwrap();
    let simulation = Simulation::new(&scenario).paths(65_536).seed(9);
    let bars = Tornado::new(&simulation, Goal::target("a")).run().unwrap();
    let of = |name: &str| bars.bars.iter().find(|bar| bar.input.name.en == name).unwrap();
    // Calm for two years, the slump as it comes: 0, 1, 2 of them.
    let given = |mean: f64| cdf(mean / 2.0_f64.sqrt());
    let slumps = |shift: f64| 0.49 * given(shift) + 0.42 * given(shift - 1.0) + 0.09 * given(shift - 2.0);
    let regime = of("regime: Climate");
    assert_eq!((regime.low.at.en.as_str(), regime.high.at.en.as_str()), ("calm", "storm"));
    near(regime.swing, slumps(-1.0) - slumps(0.0), 0.0, "storm less calm");
    // Given that it happens: once with 0.42/0.51, twice else. Years of storm: the chain from 1/2 to 1/2.
    let event = of("event: Slump");
    assert!(
        (event.low.probability.paths as f64 / 65_536.0 - 0.51).abs()
            < 4.0 * (0.51 * 0.49 / 65_536.0_f64).sqrt()
    );
    let storms: Vec<(f64, f64)> =
        [(0.0, 0.55 * 0.8), (-0.5, 0.55 * 0.2 + 0.45 * 0.3), (-1.0, 0.45 * 0.7)].to_vec();
    let mixed = |shift: f64| storms.iter().map(|(s, p)| p * given(s + shift)).sum::<f64>();
    let truth = (0.42 * mixed(-1.0) + 0.09 * mixed(-2.0)) / 0.51 - mixed(0.0);
    near(event.swing, truth, 0.0, "with the slump less without it");
}

#[test]
fn threads_change_nothing() {
    let scenario = Scenario::load(concat!(env!("CARGO_MANIFEST_DIR"), "/scenarios/china-14th.toml")).unwrap();
    let goal = || Goal::target(scenario.targets().keys().next().unwrap().clone());
    let on = |threads: usize| {
        let simulation = Simulation::new(&scenario).paths(20_000).seed(7).threads(threads);
        (
            Sensitivity::new(&simulation, goal()).run().unwrap(),
            Tornado::new(&simulation, goal()).run().unwrap(),
            Morris::new(&simulation, goal()).run().unwrap(),
            Shapley::new(&simulation, goal()).run().unwrap(),
        )
    };
    let (one, three) = (on(1), on(3));
    assert!(one == three);
    for driver in &one.0.inputs {
        let (first, total) = (driver.indices.first, driver.indices.total);
        assert!(first.low <= total.high && first.low <= first.high && total.low <= total.high, "{driver:?}");
        assert!(!driver.input.name.en.is_empty());
    }
}

#[test]
fn questions_without_an_answer_are_refused_with_the_bound() {
    let scenario = Scenario::builder("Sure", 2025, 2026)
        .indicator("a", level(10.0, 1.0))
        .target("a", TargetDraft::level("a").at_least(0.0))
        .target("never", TargetDraft::level("a").at_most(0.0))
        .build()
        .unwrap();
    let simulation = Simulation::new(&scenario).paths(16_384);
    let refused =
        |goal: &str| Sensitivity::new(&simulation, Goal::target(goal)).run().unwrap_err().to_string();
    assert!(
        refused("a").contains("missed on none of the 16,384 paths, so that P(met) is > 99.97 %"),
        "{}",
        refused("a")
    );
    assert!(
        refused("never").contains("met on none") && refused("never").contains("< 0.03 %"),
        "{}",
        refused("never")
    );
    assert!(matches!(Tornado::new(&simulation, Goal::All).run(), Err(Error::Question(_))));
    let few = Simulation::new(&scenario).paths(1000);
    assert!(matches!(Morris::new(&few, Goal::All).run(), Err(Error::Run(fault)) if fault.path == "paths"));
}
