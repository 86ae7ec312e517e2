//! The best spending against closed forms: two random walks whose drifts money lifts, an effect that is not known, a stock of knowledge.

use plancast::analyse::{Budget, Goal, Objective};
use plancast::prelude::*;
use plancast::scenario::{KnowledgeStock, Lever, LeverEffect, Response, Saturation, Variant};
use plancast::stats::normal;

const YEARS: f64 = 5.0;
const VOLATILITY: f64 = 0.02;

/// A random walk of logarithms with a target of average growth: met with probability Phi of the distance of the drift to it.
fn met(drift: f64, growth: f64) -> f64 {
    normal::cdf((drift - libm::log1p(growth)) * YEARS.sqrt() / VOLATILITY)
}

fn half(half: f64) -> Response {
    Response::Saturating(Saturation { half })
}

fn lever(indicator: &str, by: impl Into<Quantity>, response: Response) -> Lever {
    Lever::new(indicator, "m yuan a year", 100.0)
        .effect("growth", LeverEffect::drift(indicator, by, response))
}

fn walk(drift: f64) -> IndicatorDraft {
    IndicatorDraft::new("Output", "bn").baseline(100.0).process(RandomWalk::new(drift, VOLATILITY))
}

/// Two independent walks; both targets ask for 4 % a year.
fn two_walks() -> plancast::scenario::ScenarioBuilder {
    Scenario::builder("Two walks", 2025, 2030)
        .indicator("a", walk(0.03))
        .indicator("b", walk(0.035))
        .correlation(CorrelationDraft::Independent)
        .target("a", TargetDraft::average_growth("a").at_least(0.04))
        .target("b", TargetDraft::average_growth("b").at_least(0.04))
}

fn two_levers() -> Scenario {
    let levers =
        two_walks().lever("a", lever("a", 0.03, half(20.0))).lever("b", lever("b", 0.015, half(10.0)));
    levers.build().unwrap()
}

/// P(both) of [`two_levers`] when so much is spent.
fn both(a: f64, b: f64) -> f64 {
    met(0.03 + 0.03 * a / (a + 20.0), 0.04) * met(0.035 + 0.015 * b / (b + 10.0), 0.04)
}

/// The interval is at 95 %; a claim of four standard errors is kept by a sound program 15 999 times in 16 000.
fn within_four(value: f64, error: f64, expected: f64) -> bool {
    (value - expected).abs() <= 4.0 * error
}

#[test]
fn the_best_spending_is_that_of_the_closed_form() {
    let scenario = two_levers();
    let simulation = Simulation::new(&scenario).paths(60_000).seed(5);
    let best = Budget::new(&simulation, 40.0).objective(Objective::Probability(Goal::All)).run().unwrap();
    let grid = (0..=4000).map(|k| both(f64::from(k) * 0.01, 40.0 - f64::from(k) * 0.01)).fold(0.0, f64::max);
    let (a, b) = (best.spends[0].spend, best.spends[1].spend);
    assert!(a + b <= 40.0 && a + b > 39.0, "{a} + {b}");
    // What is lost to having chosen by counts on n paths is of the order n^(-2/3) (Kim and Pollard 1990, Annals of Statistics 18).
    assert!(
        grid - both(a, b) < libm::pow(60_000.0, -2.0 / 3.0),
        "P at {a}, {b} is {}, the best {grid}",
        both(a, b)
    );
    for judged in [&best.in_sample, &best.fresh] {
        assert!(
            within_four(judged.value.estimate, judged.value.error, both(a, b)),
            "{judged:?} {}",
            both(a, b)
        );
        assert!(within_four(judged.nothing.estimate, judged.nothing.error, both(0.0, 0.0)), "{judged:?}");
        assert!(
            within_four(judged.gain.estimate, judged.gain.error, both(a, b) - both(0.0, 0.0)),
            "{judged:?}"
        );
        // Paired: smaller than the errors of two runs together.
        assert!(judged.gain.error < judged.value.error.hypot(judged.nothing.error));
    }
    assert!(
        best.fresh.value.low < best.fresh.value.estimate && best.fresh.value.estimate < best.fresh.value.high
    );
}

#[test]
fn spending_on_a_lever_is_a_drift_that_is_higher() {
    let levers = two_walks().lever("a", lever("a", 0.0004, Response::Linear)).build().unwrap();
    let pulled = levers.pulled([("a", 25.0)]).unwrap();
    let stated = two_walks();
    let mut stated = stated.draft().clone();
    stated.indicator.get_mut("a").unwrap().process = Some(RandomWalk::new(0.04, VOLATILITY).into());
    let stated = stated.validate().unwrap();
    let run = |scenario: &Scenario| Simulation::new(scenario).paths(20_000).seed(3).run().unwrap();
    let (pulled, stated, plain) = (run(&pulled), run(&stated), run(&levers));
    let quantile = |outcome: &Outcome| outcome.indicator("a").unwrap().bands[5].quantiles.median();
    assert!((quantile(&pulled) / quantile(&stated) - 1.0).abs() < 1e-9);
    assert_eq!(pulled.targets[0].probability, stated.targets[0].probability);
    // The other indicator keeps its draws, and a lever that is not pulled changes nothing at all.
    assert_eq!(pulled.targets[1].probability, plain.targets[1].probability);
    let without = run(&two_walks().build().unwrap());
    assert_eq!(plain.targets[0].probability, without.targets[0].probability);
    assert_eq!(
        run(&levers.pulled([("a", 0.0)]).unwrap()).targets[0].probability,
        without.targets[0].probability
    );
}

#[test]
fn an_effect_that_is_not_known_is_integrated_over() {
    // The drift gains e s with e normal: the sum of five years has the variance of the walk and 5 s sd of e, squared.
    let by = Quantity::normal(0.0003, 0.0004);
    let scenario = two_walks().lever("a", lever("a", by, Response::Linear)).build().unwrap();
    let pulled = scenario.pulled([("a", 40.0)]).unwrap();
    let outcome = Simulation::new(&pulled).paths(200_000).seed(8).run().unwrap();
    let sd = (YEARS * VOLATILITY * VOLATILITY + (YEARS * 40.0 * 0.0004_f64).powi(2)).sqrt();
    let expected = normal::cdf(YEARS * (0.03 + 40.0 * 0.0003 - libm::log1p(0.04)) / sd);
    let p = outcome.targets[0].probability;
    let error = (expected * (1.0 - expected) / 200_000.0).sqrt();
    assert!(within_four(p.estimate, error, expected), "{} and {expected}", p.estimate);
    // Taken at its mean it would be seen to differ.
    assert!(!within_four(met(0.03 + 40.0 * 0.0003, 0.04), error, expected));
}

#[test]
fn knowledge_raises_output_by_its_elasticity() {
    let stock = KnowledgeStock { base: 200.0, growth: 0.05, depreciation: 0.15, lag: 1 };
    let by = 0.1;
    let lever = lever("a", by, Response::KnowledgeStock(stock)).from(2026);
    let scenario = two_walks().lever("rd", lever).build().unwrap();
    let run = |scenario: &Scenario| Simulation::new(scenario).paths(2_000).seed(3).run().unwrap();
    let (plain, pulled) = (run(&scenario), run(&scenario.pulled([("rd", 60.0)]).unwrap()));
    // Both stocks, year by year; what is known at the end of a year works in the next.
    let (mut with, mut without, mut stream) = (200.0 * 1.05 / 0.2, 200.0 * 1.05 / 0.2, 200.0);
    let mut known = vec![0.0];
    for _ in 1..=5 {
        stream *= 1.05;
        without = 0.85 * without + stream;
        with = 0.85 * with + stream + 60.0;
        known.push(libm::log(with / without));
    }
    let median =
        |outcome: &Outcome, step: usize| outcome.indicator("a").unwrap().bands[step].quantiles.median();
    for step in 1..=5 {
        let raised = libm::log(median(&pulled, step) / median(&plain, step));
        let expected = by * known[step - 1];
        assert!((raised - expected).abs() < 1e-6, "year {step}: {raised} and {expected}");
    }
}

#[test]
fn luck_shows_with_few_paths_and_is_gone_with_many() {
    let scenario = two_levers();
    let optimism = |paths: u64, seeds: std::ops::Range<u64>| {
        let each = seeds.map(|seed| {
            let simulation = Simulation::new(&scenario).paths(paths).seed(seed);
            let best = Budget::new(&simulation, 40.0).fresh(20_000).run().unwrap();
            best.optimism
        });
        let each: Vec<_> = each.collect();
        let n = each.len() as f64;
        let mean = each.iter().map(|e| e.estimate).sum::<f64>() / n;
        let error = each.iter().map(|e| e.error * e.error).sum::<f64>().sqrt() / n;
        (mean, error)
    };
    let (few, error) = optimism(100, 0..200);
    assert!(few > 4.0 * error, "with 100 paths the gain looks larger by {few} ± {error}");
    let (many, error) = optimism(40_000, 0..4);
    assert!(
        many < few / 5.0 && many < 4.0 * error,
        "with 40 000 paths by {many} ± {error}, with 100 by {few}"
    );
}

#[test]
fn a_larger_budget_is_never_worth_less_and_zero_is_nothing() {
    let scenario = two_levers();
    let simulation = Simulation::new(&scenario).paths(4_000).seed(2);
    let front = Budget::new(&simulation, 80.0).front([0.0, 40.0, 10.0, 20.0]).unwrap();
    let budgets: Vec<f64> = front.points.iter().map(|point| point.budget).collect();
    assert_eq!(budgets, [0.0, 10.0, 20.0, 40.0, 80.0]);
    assert!(
        front
            .points
            .windows(2)
            .all(|pair| pair[0].in_sample.value.estimate <= pair[1].in_sample.value.estimate)
    );
    assert_eq!(front.points[0].spent(), 0.0);
    assert_eq!(front.points[0].fresh.gain.estimate, 0.0);
    // The closed form along the front, to the error of the fresh paths.
    for point in &front.points {
        let expected = both(point.spends[0].spend, point.spends[1].spend);
        assert!(within_four(point.fresh.value.estimate, point.fresh.value.error, expected), "{point:?}");
    }
}

#[test]
fn the_answer_does_not_depend_on_threads() {
    let scenario = two_levers();
    let ask = |threads: usize| {
        let simulation = Simulation::new(&scenario).paths(40_000).seed(11).threads(threads);
        let best = Budget::new(&simulation, 30.0).fresh(50_000).run().unwrap();
        serde_json::to_string(&best).unwrap()
    };
    assert_eq!(ask(1), ask(3));
}

#[test]
fn the_expected_number_is_the_sum_of_probabilities() {
    let scenario = two_levers();
    let simulation = Simulation::new(&scenario).paths(40_000).seed(4);
    let best = Budget::new(&simulation, 40.0).objective(Objective::expected_met()).run().unwrap();
    let number =
        |a: f64, b: f64| met(0.03 + 0.03 * a / (a + 20.0), 0.04) + met(0.035 + 0.015 * b / (b + 10.0), 0.04);
    let (a, b) = (best.spends[0].spend, best.spends[1].spend);
    let grid =
        (0..=4000).map(|k| number(f64::from(k) * 0.01, 40.0 - f64::from(k) * 0.01)).fold(0.0, f64::max);
    assert!(grid - number(a, b) < libm::pow(40_000.0, -2.0 / 3.0), "{a}, {b}: {} and {grid}", number(a, b));
    assert!(within_four(best.fresh.value.estimate, best.fresh.value.error, number(a, b)));
    // A target that counts ten times draws the money to its lever.
    let weights = Objective::ExpectedMet(vec![("a".into(), 1.0), ("b".into(), 10.0)]);
    let tilted = Budget::new(&simulation, 40.0).objective(weights).run().unwrap();
    assert!(tilted.spends[1].spend > b + 2.0, "{:?}", tilted.spends);
}

#[test]
fn the_worst_regret_is_evened_out() {
    let mut draft = two_levers().draft().clone();
    for (id, drift) in [("a", 0.02), ("b", 0.025)] {
        let text = format!("indicator.{id}.process.random_walk.drift = {drift}");
        let patch = toml::from_str(&text).unwrap();
        let variant =
            Variant { name: format!("Slump of {id}"), name_zh: None, reasoning: "made up".into(), patch };
        draft.variant.insert(format!("slump-{id}"), variant);
    }
    let scenario = draft.validate().unwrap();
    let simulation = Simulation::new(&scenario).paths(20_000).seed(6);
    let objective = Objective::WorstRegret(Goal::All, vec!["slump-a".into(), "slump-b".into()]);
    let best = Budget::new(&simulation, 40.0).objective(objective).run().unwrap();
    // The closed form of each world.
    let worlds = [(0.03, 0.035), (0.02, 0.035), (0.03, 0.025)];
    let p = |world: (f64, f64), a: f64, b: f64| {
        met(world.0 + 0.03 * a / (a + 20.0), 0.04) * met(world.1 + 0.015 * b / (b + 10.0), 0.04)
    };
    let along = |f: &dyn Fn(f64, f64) -> f64| {
        (0..=4000)
            .map(|k| f(f64::from(k) * 0.01, 40.0 - f64::from(k) * 0.01))
            .fold(f64::NEG_INFINITY, f64::max)
    };
    let own: Vec<f64> = worlds.iter().map(|world| along(&|a, b| p(*world, a, b))).collect();
    let regret = |a: f64, b: f64| {
        worlds.iter().zip(&own).map(|(world, own)| own - p(*world, a, b)).fold(f64::NEG_INFINITY, f64::max)
    };
    let least = -along(&|a, b| -regret(a, b));
    let found = regret(best.spends[0].spend, best.spends[1].spend);
    assert!(found - least < 2e-3, "{found} and {least}: {:?}", best.spends);
    assert_eq!(best.worlds.len(), 3);
    let worst = best.worlds.iter().map(|world| world.regret.estimate).fold(f64::NEG_INFINITY, f64::max);
    assert_eq!(worst, best.fresh.value.estimate);
    assert!(best.fresh.gain.estimate > 0.0);
}

#[track_caller]
fn refused(scenario: &Scenario, ask: impl Fn(Budget<'_>) -> Budget<'_>, budget: f64, words: &[&str]) {
    let simulation = Simulation::new(scenario).paths(2_000).seed(1);
    let said = ask(Budget::new(&simulation, budget)).run().unwrap_err().to_string();
    for word in words {
        assert!(said.contains(word), "`{word}` is not in\n{said}");
    }
}

#[test]
fn what_makes_no_sense_is_refused() {
    let plain = two_walks().build().unwrap();
    refused(&plain, |b| b, 10.0, &["no levers", "[lever.<id>]"]);
    let scenario = two_levers();
    for budget in [0.0, -3.0, f64::NAN, f64::INFINITY] {
        refused(&scenario, |b| b, budget, &["the budget is", "above 0"]);
    }
    let idle = two_walks()
        .indicator("c", walk(0.01))
        .lever("a", lever("a", 0.01, half(10.0)))
        .lever("c", lever("c", 0.01, half(10.0)))
        .build()
        .unwrap();
    refused(&idle, |b| b, 10.0, &["no target of the plan hangs on the lever `c`"]);
    let of = |id: &str| Objective::Probability(Goal::target(id));
    refused(
        &idle,
        |b| b.levers(["a"]).objective(of("b")),
        10.0,
        &["nothing that the objective looks at", "`a`"],
    );
    refused(&scenario, |b| b.levers(["roads"]), 10.0, &["no lever `roads`", "a, b"]);
    refused(&scenario, |b| b.objective(of("x")), 10.0, &["no target `x`"]);
    refused(&scenario, |b| b.fresh(0), 10.0, &["no fresh paths"]);
    refused(&scenario, |b| b.objective(Objective::WorstRegret(Goal::All, vec![])), 10.0, &["needs variants"]);
    let regret = Objective::WorstRegret(Goal::All, vec!["boom".into()]);
    refused(&scenario, |b| b.objective(regret.clone()), 10.0, &["no variant `boom`"]);
    let weights = |w: f64| Objective::ExpectedMet(vec![("a".into(), w)]);
    refused(&scenario, |b| b.objective(weights(-1.0)), 10.0, &["weight of `a` is -1"]);
    let certain = two_walks()
        .target("low", TargetDraft::average_growth("a").at_least(-0.5))
        .target("high", TargetDraft::average_growth("a").at_least(0.5))
        .lever("a", lever("a", 0.001, half(10.0)))
        .build()
        .unwrap();
    refused(&certain, |b| b.objective(of("low")), 10.0, &["reached on all 2000 paths without any spending"]);
    refused(&certain, |b| b.objective(of("high")), 10.0, &["none of 2000 paths", "whatever is spent"]);
    let until = Simulation::new(&scenario).sampling(Sampling::sobol());
    assert!(Budget::new(&until, 10.0).run().unwrap_err().to_string().contains("sampling"));
    assert!(scenario.pulled([("a", 101.0)]).unwrap_err().to_string().contains("at most 100"));
    assert!(scenario.pulled([("a", 1.0), ("a", 1.0)]).unwrap_err().to_string().contains("twice"));
}

/// The fresh paths are those that follow, to the last hit.
#[test]
fn fresh_paths_are_those_after_the_sample() {
    let (scenario, paths) = (two_levers(), plancast::simulate::TASK);
    let simulation = Simulation::new(&scenario).paths(paths).seed(9);
    let best = Budget::new(&simulation, 40.0).run().unwrap();
    let spent: Vec<(&str, f64)> = best.spends.iter().map(|spend| (spend.id.as_str(), spend.spend)).collect();
    let pulled = scenario.pulled(spent).unwrap();
    let hits =
        |paths: u64| Simulation::new(&pulled).paths(paths).seed(9).run().unwrap().joint.all.hits as f64;
    let (first, both) = (hits(paths), hits(2 * paths));
    assert_eq!(best.in_sample.value.estimate, first / paths as f64);
    assert_eq!(best.fresh.value.estimate, (both - first) / paths as f64);
}

#[test]
fn a_lever_that_the_goal_does_not_hang_on_gets_nothing() {
    let scenario = two_levers();
    let simulation = Simulation::new(&scenario).paths(4_000).seed(1);
    let best =
        Budget::new(&simulation, 10.0).objective(Objective::Probability(Goal::target("a"))).run().unwrap();
    assert!(best.spends[1].idle && best.spends[1].spend == 0.0 && !best.spends[0].idle);
    assert!((best.spends[0].spend - 10.0).abs() < 0.1, "{:?}", best.spends);
}
