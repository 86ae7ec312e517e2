//! Controls: the closed forms that the crate finds itself, and what it makes of them.

use crate::check::*;
use crate::workload::{Kind, Workload, YEARS, w1, w2};
use plancast::analyse::{Controlled, Controls, Goal};
use plancast::error::Fault;
use plancast::innovation::StudentT;
use plancast::prelude::*;
use plancast::quantity::{LogNormal, Normal, Uniform};
use plancast::scenario::{PairsDraft, ScenarioBuilder};

/// What counts as on a bound reaches a billionth of it further: less than this of probability.
const ON_THE_BOUND: f64 = 1e-7;

fn controls(plan: ScenarioBuilder) -> Controls {
    Controls::new(&plan.build().unwrap_or_else(|e| panic!("{e}"))).unwrap()
}

#[track_caller]
fn is_known(controls: &Controls, target: &str, truth: f64) {
    let found = controls.known(target).unwrap_or_else(|| panic!("{target} has a closed form"));
    assert!((found - truth).abs() < ON_THE_BOUND, "{target}: {found} instead of {truth}");
}

#[test]
fn workloads() {
    for workload in [w1(), w2()] {
        let scenario = workload.scenario().unwrap();
        let controls = Controls::new(&scenario).unwrap();
        for i in 0..workload.indicators {
            let id = workload.id(i);
            is_known(&controls, &id, workload.probability(i, YEARS));
            for year in 1..=YEARS {
                let (location, sd) = workload.latent(i, year);
                let truth = libm::exp(location + 0.5 * sd * sd);
                let found = controls.mean(&id, Year(2025 + year as i32));
                match workload.kind(i) {
                    Kind::Share { .. } => assert_eq!(found, None),
                    _ => assert!((found.unwrap() / truth - 1.0).abs() < 1e-12, "{id}: {found:?}, {truth}"),
                }
            }
        }
        assert_eq!((controls.known("first_four"), controls.known("none")), (None, None));
        assert_eq!((controls.mean("none", Year(2030)), controls.mean("i00", Year(2031))), (None, None));
    }
}

#[test]
fn parameters_drivers_and_measures() {
    let draw = |mean, sd| Quantity::uncertain(Normal { mean, sd });
    let pairs = PairsDraft { of: vec![("x".into(), "y".into(), 0.3)], repair: false };
    let controls = controls(
        plan()
            .indicator("x", indicator(100.0, RandomWalk::new(draw(0.03, 0.01), 0.02)))
            .indicator(
                "y",
                indicator(
                    Quantity::uncertain(LogNormal { median: 50.0, sigma: 0.05 }),
                    RandomWalk::new(0.01, 0.03),
                )
                .driver("x", 0.5),
            )
            .indicator("damped", indicator(10.0, DampedTrend::new(0.1, 0.7, 0.02)))
            .indicator(
                "path",
                indicator(0.3, Path::new(Quantity::by_year([(2026, 0.32), (2030, 0.4)]), 0.1))
                    .share(0.0, 1.0),
            )
            .indicator("balance", indicator(draw(1.0, 0.2), RandomWalk::new(0.1, 0.4)).link(Link::Identity))
            .target("x", TargetDraft::average_growth("x").at_least(0.03))
            .target("y", TargetDraft::level("y").at_least(58.0))
            .target("y_change", TargetDraft::change("y").at_least(0.1))
            .target("damped", TargetDraft::level("damped").at_most(13.0))
            .target("damped_about", TargetDraft::level("damped").about(13.0, 0.4))
            .target("path", TargetDraft::level("path").at_least(0.41))
            .target("balance", TargetDraft::level("balance").at_least(1.0))
            .target("balance_2027", TargetDraft::level("balance").at_least(1.0).year(2027))
            .correlation(CorrelationDraft::Pairs(pairs)),
    );
    let ln = libm::log;
    let above = |edge: f64, mean: f64, variance: f64| phi((mean - edge) / variance.sqrt());
    is_known(&controls, "x", above(five_years_at(0.03), 0.15, 25.0 * 1e-4 + 5.0 * 4e-4));
    // Half of what moves x, drift and shocks, moves y; the shocks are correlated.
    let shocks = 5.0 * (9e-4 + 0.25 * 4e-4 + 2.0 * 0.5 * 0.3 * 0.02 * 0.03);
    let (mean, variance) = (0.05 + 0.5 * 0.15, shocks + 0.25 * 25.0 * 1e-4);
    is_known(&controls, "y", above(ln(58.0 / 50.0), mean, variance + 0.0025));
    is_known(&controls, "y_change", above(ln(1.1), mean, variance));
    let mean = ln(10.0) + 0.1 * (1.0 - libm::pow(0.7, 5.0)) / 0.3;
    let below = |level: f64| 1.0 - above(ln(level), mean, 5.0 * 4e-4);
    is_known(&controls, "damped", below(13.0));
    is_known(&controls, "damped_about", below(13.4) - below(12.6));
    let logit = |x: f64| ln(x / (1.0 - x));
    is_known(&controls, "path", above(logit(0.41), logit(0.4), 0.01));
    is_known(&controls, "balance", above(1.0, 1.5, 0.04 + 5.0 * 0.16));
    is_known(&controls, "balance_2027", above(1.0, 1.2, 0.04 + 2.0 * 0.16));
    assert!((controls.mean("balance", Year(2030)).unwrap() - 1.5).abs() < 1e-12);
    let mean = 50.0 * libm::exp(0.05 + 0.5 * 0.15 + 0.5 * (variance + 0.0025));
    assert!((controls.mean("y", Year(2030)).unwrap() / mean - 1.0).abs() < 1e-12);
}

#[test]
fn what_breaks_the_normal_law_has_no_closed_form() {
    let walk = || indicator(100.0, RandomWalk::new(0.03, 0.02));
    let uniform = |low, high| Quantity::uncertain(Uniform { low, high });
    let drafts = [
        ("drift", indicator(100.0, RandomWalk::new(uniform(0.01, 0.05), 0.02))),
        ("volatility", indicator(100.0, RandomWalk::new(0.03, uniform(0.01, 0.03)))),
        ("persistence", indicator(100.0, Ar1Growth::new(0.03, uniform(0.1, 0.5), 0.02))),
        (
            "baseline",
            indicator(Quantity::uncertain(Normal { mean: 100.0, sd: 2.0 }), RandomWalk::new(0.03, 0.02)),
        ),
        ("simple", indicator(100.0, Ar1SimpleGrowth::new(0.03, 0.3, 0.02))),
        ("tails", walk().innovation(Innovation::StudentT(StudentT { df: 5.0 }))),
        ("driven", walk().driver("tails", 0.5)),
        ("elasticity", walk().driver("walk", uniform(0.1, 0.5))),
        ("sum", IndicatorDraft::new("Sum", "unit").formula("walk + 1")),
        ("walk", walk()),
    ];
    let plan = drafts.into_iter().fold(plan(), |plan, (id, draft)| {
        plan.indicator(id, draft).target(id, TargetDraft::level(id).at_least(110.0))
    });
    let found = controls(
        plan.target("every", TargetDraft::every_year("walk").at_least(95.0))
            .target("cumulative", TargetDraft::cumulative("walk").at_least(500.0))
            .target("bound", TargetDraft::level("walk").at_least(uniform(100.0, 120.0)))
            .correlation(CorrelationDraft::Independent),
    );
    for id in
        ["drift", "volatility", "persistence", "baseline", "simple", "tails", "driven", "elasticity", "sum"]
    {
        assert_eq!(found.known(id), None, "{id}");
        assert_eq!(found.mean(id, Year(2030)), None, "{id}");
    }
    for id in ["every", "cumulative", "bound"] {
        assert_eq!(found.known(id), None, "{id}");
    }
    is_known(&found, "walk", phi((0.15 - libm::log(1.1)) / (0.02 * 5.0_f64.sqrt())));
    let shocked = |body: &str| {
        let text = format!(
            "plancast = 1\nplan = {{ name = \"Test\", base_year = 2025, last_year = 2030 }}\n[indicator.x]\nname = \"x\"\nunit = \"1\"\n\
             baseline = 100\nprocess.random_walk = {{ drift = 0.03, volatility = 0.02 }}\n[target.x]\nindicator = \"x\"\nat_least = 110\n{body}"
        );
        Controls::new(&Scenario::from_toml(&text).unwrap_or_else(|e| panic!("{e}"))).unwrap().known("x")
    };
    assert!(shocked("").is_some());
    assert_eq!(
        shocked("[event.slump]\nname = \"Slump\"\nprobability = 0.1\nseverity = 1\nload = { x = -0.02 }\n"),
        None
    );
    let regime = "[regime.cycle]\nname = \"Cycle\"\nstates = [\"up\", \"down\"]\ninitial = [0.8, 0.2]\ntransition = [[0.9, 0.1], [0.4, 0.6]]\n";
    assert_eq!(shocked(&format!("{regime}shift = {{ x = [0.01, -0.02] }}\n")), None);
    assert_eq!(shocked(&format!("{regime}scale = {{ x = [1.0, 2.0] }}\n")), None);
}

/// Two targets with scores `h` and `k` to reach at a correlation, both in a year.
fn two(h: f64, k: f64, rho: f64) -> Scenario {
    let walk = || indicator(0.0, RandomWalk::new(0.0, 1.0)).link(Link::Identity);
    let pairs = PairsDraft { of: vec![("a".into(), "b".into(), rho)], repair: false };
    one_year()
        .indicator("a", walk())
        .indicator("b", walk())
        .target("a", TargetDraft::level("a").at_least(h).binding())
        .target("b", TargetDraft::level("b").at_least(k).binding())
        .correlation(CorrelationDraft::Pairs(pairs))
        .build()
        .unwrap()
}

/// Controlled estimates of many small runs, each with what was counted.
fn many(scenario: &Scenario, goal: &Goal) -> Vec<Controlled> {
    let controls = Controls::new(scenario).unwrap();
    let run = |seed| Simulation::new(scenario).paths(2_000).seed(seed).run().unwrap();
    (0..RUNS).map(|seed| controls.estimate(&run(seed), goal).unwrap()).collect()
}

const RUNS: u64 = 600;

/// Unbiased, intervals that hold, and a variance that is as much smaller as theory and the estimate itself say.
#[track_caller]
fn check_many(found: &[Controlled], truth: f64, ratio: f64) {
    let n = RUNS as f64;
    let mean_and_variance = |of: &dyn Fn(&Controlled) -> f64| {
        let mean = found.iter().map(of).sum::<f64>() / n;
        (mean, found.iter().map(|run| (of(run) - mean) * (of(run) - mean)).sum::<f64>() / (n - 1.0))
    };
    let (mean, variance) = mean_and_variance(&|run| run.estimate);
    near(mean, truth, (variance / n).sqrt(), "mean of the estimates");
    let (_, counted) = mean_and_variance(&|run| run.counted.estimate);
    // The logarithm of a ratio of two variances that are correlated by 1/ratio has a variance of 4 (1 - 1/ratio) / n.
    let error = (4.0 * (1.0 - 1.0 / ratio) / n).sqrt();
    near(libm::log(counted / variance), libm::log(ratio), error, "logarithm of the variance ratio");
    let (said, spread) = mean_and_variance(&|run| run.ratio);
    // What a run says of itself is biased by the degrees of freedom and the skewness of a ratio: some thousandths.
    assert!(
        (said / ratio - 1.0).abs() < 4.0 * (spread / n).sqrt() / ratio + 0.01,
        "{said} instead of {ratio}"
    );
    let within = found.iter().filter(|run| run.low <= truth && truth <= run.high).count();
    near(within as f64 / n, 0.95, (0.95 * 0.05 / n).sqrt(), "coverage");
}

#[test]
fn two_targets_gain_what_theory_says() {
    for (h, k, rho) in [(0.0, 0.5, 0.3), (-0.5, -0.8, 0.0), (0.2, 0.2, 0.8)] {
        let (p, q, both) = (phi(-h), phi(-k), both_above(h, k, rho));
        let (of_p, of_q, shared) = (p * (1.0 - p), q * (1.0 - q), both - p * q);
        let (with_p, with_q) = (both * (1.0 - p), both * (1.0 - q));
        let told = (with_p * with_p * of_q - 2.0 * with_p * with_q * shared + with_q * with_q * of_p)
            / (of_p * of_q - shared * shared);
        let ratio = 1.0 / (1.0 - told / (both * (1.0 - both)));
        assert!(ratio > 1.3, "{ratio}");
        let scenario = two(h, k, rho);
        let found = many(&scenario, &Goal::All);
        assert!(found.iter().all(|run| run.controls == ["a", "b"]));
        check_many(&found, both, ratio);
        // The same question in other words.
        let outcome = Simulation::new(&scenario).paths(2_000).seed(0).run().unwrap();
        for goal in [Goal::Binding, Goal::together(["b", "a"])] {
            assert_eq!(Controls::new(&scenario).unwrap().estimate(&outcome, &goal).unwrap(), found[0]);
        }
    }
}

#[test]
fn a_target_without_closed_form_gains_from_its_pairs() {
    // The bound is drawn: no condition on the state alone. With its standard deviation of 0.5 the margin has a variance of 1.25.
    let walk = || indicator(0.0, RandomWalk::new(0.0, 1.0)).link(Link::Identity);
    let drawn = Quantity::uncertain(Normal { mean: 0.3, sd: 0.5 });
    let scenario = one_year()
        .indicator("a", walk())
        .target("a", TargetDraft::level("a").at_least(0.0))
        .target("drawn", TargetDraft::level("a").at_least(drawn))
        .correlation(CorrelationDraft::Independent)
        .build()
        .unwrap();
    let rho = 1.0 / 1.25_f64.sqrt();
    let (p, both) = (phi(-0.3 * rho), both_above(0.3 * rho, 0.0, rho));
    let told = (both - 0.5 * p) * (both - 0.5 * p) / 0.25;
    check_many(&many(&scenario, &Goal::target("drawn")), p, 1.0 / (1.0 - told / (p * (1.0 - p))));
}

#[test]
fn all_but_one_and_many_targets() {
    let workload: Workload = w1();
    let scenario = workload.scenario().unwrap();
    let controls = Controls::new(&scenario).unwrap();
    let outcome = Simulation::new(&scenario).paths(PATHS).seed(SEED).run().unwrap();
    let all = controls.estimate(&outcome, &Goal::All).unwrap();
    near(all.estimate, reference("workload_1"), all.error, "all four");
    assert!(all.ratio > 1.2 && all.counted == outcome.joint.all, "{all:?}");
    // All targets serve where all but one are asked for, the one as well; of four targets even where two are, for two and a
    // third are all but one.
    let three = controls.estimate(&outcome, &Goal::together(["i00", "i01", "i03"])).unwrap();
    assert!(three.controls.len() == 4 && three.counted == outcome.joint.without[2], "{three:?}");
    let pair = controls.estimate(&outcome, &Goal::together(["i00", "i03"])).unwrap();
    assert!(pair.controls.len() == 4 && pair.ratio > 1.2, "{pair:?}");
    let rho = workload.margin_correlation(0, 3);
    near(
        pair.estimate,
        both_above(workload.threshold(0, YEARS), workload.threshold(3, YEARS), rho),
        pair.error,
        "a pair",
    );
}

#[test]
fn controls_that_few_paths_tell_apart_are_left_out() {
    // Two targets that are one, one that is nearly certain, and one that is met on the same paths but for a few.
    let walk = || indicator(0.0, RandomWalk::new(0.0, 1.0)).link(Link::Identity);
    let at = |bound: f64| TargetDraft::level("a").at_least(bound);
    let scenario = one_year()
        .indicator("a", walk())
        .target("one", at(0.0))
        .target("same", at(0.0))
        .target("certain", at(-3.9))
        .target("close", at(0.0001))
        .correlation(CorrelationDraft::Independent)
        .build()
        .unwrap();
    let outcome = Simulation::new(&scenario).paths(10_000).run().unwrap();
    let all = Controls::new(&scenario).unwrap().estimate(&outcome, &Goal::All).unwrap();
    assert_eq!(all.controls, ["one"]);
    // What is left of the error is not nothing, although hardly a path shows it.
    assert!(
        all.error >= 50.0_f64.sqrt() / 10_000.0 && all.low < phi(-0.0001) && phi(-0.0001) < all.high,
        "{all:?}"
    );
    // Too few paths for any of it.
    let few = Simulation::new(&scenario).paths(60).run().unwrap();
    let all = Controls::new(&scenario).unwrap().estimate(&few, &Goal::All).unwrap();
    let Probability { estimate, low, high, .. } = few.joint.all;
    assert_eq!((all.estimate, all.low, all.high, all.ratio), (estimate, low, high, 1.0));
    assert!(all.controls.is_empty());
}

#[test]
fn what_cannot_be_answered_is_refused() {
    let scenario = two(0.0, 0.5, 0.3);
    let controls = Controls::new(&scenario).unwrap();
    let refused = |outcome: &Outcome, controls: &Controls, goal: Goal| -> Fault {
        match controls.estimate(outcome, &goal) {
            Err(Error::Question(fault)) => fault,
            other => panic!("{other:?}"),
        }
    };
    let run = |scenario: &Scenario| Simulation::new(scenario).paths(1_000).run().unwrap();
    let outcome = run(&scenario);
    let known = refused(&outcome, &controls, Goal::target("a"));
    assert!(known.problem.contains("known exactly"), "{known:?}");
    let other = refused(&run(&two(0.0, 0.6, 0.3)), &controls, Goal::All);
    assert!(other.problem.contains("another plan"), "{other:?}");
    let spread = Simulation::new(&scenario).paths(8_192).sampling(Sampling::sobol()).run().unwrap();
    let spread = refused(&spread, &controls, Goal::All);
    assert!(spread.problem.contains("depend on each other"), "{spread:?}");
    let until = Simulation::new(&scenario).until(Precision::absolute(Of::Joint, 0.05)).run().unwrap();
    let until = refused(&until, &controls, Goal::All);
    assert!(until.problem.contains("because of what its paths showed"), "{until:?}");
    let w2 = w2().scenario().unwrap();
    let some = refused(&run(&w2), &Controls::new(&w2).unwrap(), Goal::together(["i00", "i01", "i02"]));
    assert!(some.problem.contains("no run counts"), "{some:?}");
}

#[test]
fn a_plan_without_closed_forms_says_so() {
    let file = concat!(env!("CARGO_MANIFEST_DIR"), "/scenarios/kunshan-2030.toml");
    let scenario = Scenario::load(file).unwrap();
    let controls = Controls::new(&scenario).unwrap();
    let known: Vec<&String> = scenario.targets().keys().filter(|id| controls.known(id).is_some()).collect();
    assert!(known.is_empty(), "{known:?}");
    let outcome = Simulation::new(&scenario).paths(512).run().unwrap();
    let Err(Error::Question(fault)) = controls.estimate(&outcome, &Goal::All) else { panic!("it answered") };
    assert!(fault.problem.contains("no target that was counted together with it"), "{fault:?}");
}
