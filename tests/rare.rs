//! Rare success against normal probabilities that are known, against plain paths, and against itself.

use plancast::analyse::rare::{Method, Rare};
use plancast::analyse::{Goal, RareSuccess};
use plancast::label::Language;
use plancast::prelude::*;
use plancast::report::RareReport;
use plancast::scenario::MatrixDraft;

fn phi(x: f64) -> f64 {
    plancast::stats::normal::cdf(x)
}

/// An indicator that after one year is a standard normal number.
fn normal() -> IndicatorDraft {
    IndicatorDraft::new("X", "1").link(Link::Identity).baseline(0.0).process(RandomWalk::new(0.0, 1.0))
}

/// So many standard normals with the same correlation, each with a target at `h`.
fn equal(n: usize, rho: f64, h: f64) -> Scenario {
    let mut factor = Factor::new("Common");
    let mut plan = Scenario::builder("Equal", 2025, 2026).correlation(CorrelationDraft::Factors);
    for i in 0..n {
        let id = format!("x{i}");
        factor = factor.load(&id, rho.sqrt());
        plan = plan.indicator(&id, normal()).target(&id, TargetDraft::level(&id).at_least(h));
    }
    plan.factor("common", factor).build().expect("a plan")
}

/// P(all >= h): given the factor t they are independent; the trapezoid rule over t is exact to all digits here.
fn all_above(n: i32, rho: f64, h: f64) -> f64 {
    let value = |t: f64| {
        let each = phi((rho.sqrt() * t - h) / (1.0 - rho).sqrt());
        plancast::stats::normal::density(t) * each.powi(n)
    };
    (-12_000..=12_000).map(|k| 0.001 * value(0.001 * f64::from(k))).sum()
}

fn ask(scenario: &Scenario, paths: u64, seed: u64, method: Option<Method>) -> Rare {
    let simulation = Simulation::new(scenario).paths(paths).seed(seed);
    let question = RareSuccess::new(&simulation, Goal::All);
    let question = match method {
        Some(method) => question.method(method),
        None => question,
    };
    question.run().expect("an answer")
}

/// Within four standard errors, and these within what is asked.
#[track_caller]
fn near(rare: &Rare, truth: f64, relative: f64) {
    let p = rare.probability;
    let found = p.relative_error().expect("an estimate");
    assert!(found < relative, "relative error {found}: {:?} {:?}", rare.method, rare.checks);
    assert!((p.estimate - truth).abs() < 4.0 * p.error, "{:e} +- {:e}, truth {truth:e}", p.estimate, p.error);
}

#[test]
fn the_integral_is_right() {
    // Orthants at correlation 1/2: 1/(n + 1).
    assert!((all_above(5, 0.5, 0.0) - 1.0 / 6.0).abs() < 1e-12);
    assert!((all_above(25, 0.5, 0.0) - 1.0 / 26.0).abs() < 1e-12);
}

#[test]
fn five_and_twenty_five_dimensions() {
    // Down to 3e-8 and 6e-9: two in a hundred million.
    for (n, rho, h) in
        [(5, 0.5, 0.0), (5, 0.3, 2.0), (5, 0.5, 4.0), (25, 0.3, 0.0), (25, 0.3, 1.0), (25, 0.5, 2.0)]
    {
        let rare = ask(&equal(n, rho, h), 20_000, 7, None);
        assert_eq!(rare.method, Method::ImportanceSampling, "{n} {rho} {h}: {:?}", rare.checks);
        near(&rare, all_above(n as i32, rho, h), 0.04);
        let p = rare.probability;
        assert!(p.low < p.estimate && p.estimate < p.high && rare.gain > 0.5, "{p:?}");
    }
}

#[test]
fn independent_targets_that_are_all_needed() {
    // 2^-25 = 3e-8: a normal law around a point would need millions of paths.
    let mut plan = Scenario::builder("Independent", 2025, 2026).correlation(CorrelationDraft::Independent);
    for i in 0..25 {
        let id = format!("x{i}");
        plan = plan.indicator(&id, normal()).target(&id, TargetDraft::level(&id).at_least(0.0));
    }
    let rare = ask(&plan.build().expect("a plan"), 20_000, 7, None);
    assert_eq!(rare.method, Method::ImportanceSampling, "{:?}", rare.checks);
    near(&rare, (0.5_f64).powi(25), 0.04);
}

#[test]
fn splitting_finds_the_same() {
    for (n, rho, h) in [(5, 0.5, 2.0), (25, 0.3, 1.0)] {
        let rare = ask(&equal(n, rho, h), 2_000, 7, Some(Method::Splitting));
        assert_eq!(rare.method, Method::Splitting);
        near(&rare, all_above(n as i32, rho, h), 0.2);
    }
}

#[test]
fn unequal_correlations_against_genz() {
    // tests/reference/rare.py: scipy's multivariate_normal.cdf.
    let rows: Vec<Vec<f64>> =
        (0..5).map(|i: i32| (0..5).map(|j: i32| 0.8_f64.powi((i - j).abs())).collect()).collect();
    let ids: Vec<String> = (0..5).map(|i| format!("x{i}")).collect();
    for (bounds, truth) in [([1.0, 1.5, 2.0, 2.5, 1.0], GENZ[0]), ([2.0, 4.0, 3.0, 3.5, 2.5], GENZ[1])] {
        let matrix = MatrixDraft { indicators: ids.clone(), rows: rows.clone(), repair: false };
        let mut plan = Scenario::builder("Genz", 2025, 2026).correlation(CorrelationDraft::Matrix(matrix));
        for (id, bound) in ids.iter().zip(bounds) {
            plan = plan.indicator(id, normal()).target(id, TargetDraft::level(id).at_least(bound));
        }
        let rare = ask(&plan.build().expect("a plan"), 20_000, 7, None);
        assert_eq!(rare.method, Method::ImportanceSampling, "{:?}", rare.checks);
        near(&rare, truth, 0.03);
        // The shares of correlated shocks add up to everything.
        let shares: f64 = rare.story.expect("a way").helps.iter().map(|help| help.share).sum();
        assert!((shares - 1.0).abs() < 0.01, "{shares}");
    }
}

/// A plan of 25 correlated normals, each with its bound.
fn twenty_five(bounds: impl Fn(i32) -> f64, correlation: impl Fn(i32, i32) -> f64) -> Scenario {
    let ids: Vec<String> = (0..25).map(|i| format!("x{i}")).collect();
    let rows = (0..25).map(|i| (0..25).map(|j| correlation(i, j)).collect()).collect();
    let matrix = MatrixDraft { indicators: ids.clone(), rows, repair: false };
    let mut plan = Scenario::builder("Genz", 2025, 2026).correlation(CorrelationDraft::Matrix(matrix));
    for (i, id) in (0..25).zip(&ids) {
        plan = plan.indicator(id, normal()).target(id, TargetDraft::level(id).at_least(bounds(i)));
    }
    plan.build().expect("a plan")
}

#[test]
fn twenty_five_unequal_dimensions_against_genz() {
    // tests/reference/rare.py: bounds between 0.1 and 1.1; neighbours at 0.7^|i-j|, then neighbours and blocks of five. On both ways.
    let bounds = |i: i32| 0.1 * f64::from(7 * i % 11) + 0.1;
    let chain = twenty_five(bounds, |i, j| 0.7_f64.powi((i - j).abs()));
    let blocks = twenty_five(bounds, |i, j| {
        let block = if i / 5 == j / 5 { 0.3 } else { 0.0 };
        0.5 * 0.8_f64.powi((i - j).abs()) + block + if i == j { 0.2 } else { 0.0 }
    });
    for (plan, truth) in [(chain, GENZ_OF_25[0]), (blocks, GENZ_OF_25[1])] {
        let rare = ask(&plan, 20_000, 7, None);
        assert_eq!(rare.method, Method::ImportanceSampling, "{:?}", rare.checks);
        near(&rare, truth, 0.04);
        near(&ask(&plan, 1_000, 7, Some(Method::Splitting)), truth, 0.2);
    }
}

/// Kunshan's plan in small: levels and growth that are not known, volatilities from a table, an income that follows growth in a way
/// that is not known, a common factor, and a slump that may come and hits all.
fn small_kunshan() -> Scenario {
    let mut text = String::from(
        r#"
        plancast = 1
        correlation = "factors"
        plan = { name = "Small", base_year = 2025, last_year = 2030 }
        [event.slump]
        name = "Slump"
        probability = { triangular = { low = 0.02, mode = 0.07, high = 0.16 } }
        severity = { gamma = { mean = 1.0, sd = 0.4 } }
        persistence = { uniform = { low = 0.1, high = 0.5 } }
        load = { x0 = -0.03, x1 = -0.02, x2 = -0.03, x3 = -0.02, x4 = -0.01, x5 = -0.02, x6 = -0.03 }
        [factor.cycle]
        name = "Cycle"
        load = { x0 = 0.7, x1 = 0.5, x2 = 0.4, x3 = 0.3, x4 = -0.4, x5 = 0.3, x6 = 0.2 }
        [indicator.income]
        name = "Income"
        unit = "1"
        baseline = 1.0
        process.random_walk = { drift = { normal = { mean = 0.012, sd = 0.008 } }, volatility = 0.012 }
        driver.x0 = { elasticity = { normal = { mean = 0.6, sd = 0.2 }, between = [0.0, 1.2] } }
        [target.pace]
        indicator = "income"
        measure = "keep_pace"
        with = "x0"
        "#,
    );
    for i in 0..7 {
        text += &format!(
            r#"
            [indicator.x{i}]
            name = "X{i}"
            unit = "1"
            baseline = {{ uniform = {{ low = 0.97, high = 1.03 }} }}
            process.random_walk = {{ drift = {{ normal = {{ mean = 0.04, sd = 0.01 }} }}, volatility = {{ gamma = {{ mean = 0.03, sd = 0.012 }} }} }}
            [target.t{i}]
            indicator = "x{i}"
            measure = "level"
            at_least = {}
            "#,
            1.20 + 0.01 * f64::from(i),
        );
    }
    Scenario::from_toml(&text).expect("a plan")
}

#[test]
fn a_plan_like_kunshan_as_plain_paths_see_it() {
    let scenario = small_kunshan();
    // A million plain paths and the weighted ones share nothing.
    let plain = Simulation::new(&scenario).paths(1_000_000).seed(1).run().expect("a run").joint.all;
    let plain_error = (plain.estimate / 1e6).sqrt();
    assert!(plain.estimate > 3e-4 && plain.estimate < 3e-3, "{plain:?}");
    for method in [Method::ImportanceSampling, Method::Splitting] {
        let rare = ask(&scenario, 20_000, 7, Some(method));
        let p = rare.probability;
        assert!(rare.checks.is_some_and(|checks| checks.hold()), "{:?}", rare.checks);
        let both = (p.error * p.error + plain_error * plain_error).sqrt();
        assert!(p.relative_error().is_some_and(|error| error < 0.1) && rare.method == method, "{p:?}");
        assert!((p.estimate - plain.estimate).abs() < 4.0 * both, "{method:?} {p:?} {plain:?}");
    }
}

fn kunshan() -> Scenario {
    Scenario::load(concat!(env!("CARGO_MANIFEST_DIR"), "/scenarios/kunshan-2030.toml")).expect("it loads")
}

/// P(all 25 targets) of Kunshan's plan by plain paths: 1199 of 2e8, seed 15, plancast 0.1.0 of 27 November 2026. Clopper-Pearson at 95 %: 5.67e-6 to
/// 6.34e-6. To do it again (some 5 minutes on an idle machine of two cores): `cargo run --release --example kunshan -- --paths 200000000 --seed 15`.
const ALL_OF_KUNSHAN: (f64, f64) = (1199.0, 2e8);

/// Within four standard errors of both together, and its own within what is asked.
#[track_caller]
fn near_kunshan(p: &plancast::analyse::Estimate, relative: f64) {
    let (hits, paths) = ALL_OF_KUNSHAN;
    let truth = hits / paths;
    let both = (p.error * p.error + hits / (paths * paths)).sqrt();
    assert!((p.estimate - truth).abs() < 4.0 * both, "{p:?}, plain {truth:e}");
    assert!(p.relative_error().is_some_and(|error| error < relative), "{p:?}");
}

#[test]
fn all_targets_of_kunshan_as_two_hundred_million_plain_paths_see_them() {
    let scenario = kunshan();
    let rare = ask(&scenario, 80_000, 2030, None);
    assert_eq!(rare.method, Method::ImportanceSampling, "{:?}", rare.checks);
    near_kunshan(&rare.probability, 0.06);
    near_kunshan(&rare.splitting.expect("a witness"), 0.25);
    assert!(
        rare.gain > 50.0 && rare.effective_sample_size > 300.0,
        "{} {}",
        rare.gain,
        rare.effective_sample_size
    );
    // On average over all successes, as both see it: draws have a standard deviation of 1, over some 450 and 360 effective hits.
    let averages = |rare: &Rare| -> Vec<f64> {
        rare.story.iter().flat_map(|story| story.helps.iter().take(6).map(|help| help.average)).collect()
    };
    let by_weights = averages(&rare);
    // So few weighted paths are not believed, and splitting answers.
    let rare = ask(&scenario, 10_000, 2030, None);
    assert!(by_weights.len() == 6 && by_weights.iter().all(|x| x.abs() > 0.1), "{by_weights:?}");
    for (a, b) in by_weights.iter().zip(averages(&rare)) {
        assert!((a - b).abs() < 4.0 * (1.0_f64 / 450.0 + 1.0 / 360.0).sqrt(), "{a} {b}");
    }
    assert_eq!(rare.method, Method::Splitting, "{:?}", rare.checks);
    assert!(rare.checks.is_some_and(|checks| !checks.effective), "{:?}", rare.checks);
    near_kunshan(&rare.probability, 0.12);
}

#[test]
fn one_target_has_its_distance_and_its_way() {
    let scenario = equal(1, 0.25, 4.0);
    let rare = ask(&scenario, 10_000, 7, None);
    near(&rare, phi(-4.0), 0.03);
    let story = rare.story.expect("a way");
    assert!((story.distance - 4.0).abs() < 0.01, "{}", story.distance);
    // Factor and own part share it as 1 to 3; the pull on a single bound is its distance.
    assert!((story.helps[0].share - 0.75).abs() < 0.01 && (story.helps[1].share - 0.25).abs() < 0.01);
    assert!((story.tight[0].pull - 4.0).abs() < 0.02);
    // Mean of a normal beyond 4: 4.2256.
    let beyond = story.helps[0].average * 0.75_f64.sqrt() + story.helps[1].average * 0.5;
    assert!((beyond - 4.2256).abs() < 0.02, "{beyond}");
    assert!((story.courses[0].path[1] - 4.0).abs() < 0.01 && story.courses[0].median[1].abs() < 0.05);
}

#[test]
fn any_of_two_has_two_ways() {
    let plan = Scenario::builder("Two ways", 2025, 2026)
        .correlation(CorrelationDraft::Independent)
        .indicator("a", normal())
        .indicator("b", normal())
        .target("a", TargetDraft::level("a").at_least(4.0))
        .target("b", TargetDraft::level("b").at_least(4.1))
        .target("either", TargetDraft::any(["a", "b"]))
        .build()
        .expect("a plan");
    let simulation = Simulation::new(&plan).paths(20_000).seed(7);
    let rare = RareSuccess::new(&simulation, Goal::target("either")).run().expect("an answer");
    assert_eq!(rare.method, Method::ImportanceSampling, "{:?}", rare.checks);
    near(&rare, phi(-4.0) + phi(-4.1) - phi(-4.0) * phi(-4.1), 0.04);
}

#[test]
fn unbiased_with_intervals_that_hold() {
    // 60 small runs: their mean within four of its standard errors; of 60 intervals at 95 % fewer than 51 hold the truth with probability 1e-3.
    let scenario = equal(5, 0.3, 2.0);
    let truth = all_above(5, 0.3, 2.0);
    let runs: Vec<Rare> =
        (0..60).map(|seed| ask(&scenario, 1_000, seed, Some(Method::ImportanceSampling))).collect();
    let values: Vec<f64> = runs.iter().map(|rare| rare.probability.estimate).collect();
    let (mean, error) = plancast::stats::mean_of_replicates(&values).expect("sixty");
    assert!((mean - truth).abs() < 4.0 * error && error < 0.02 * truth, "{mean:e} +- {error:e}: {truth:e}");
    let held = runs.iter().filter(|r| r.probability.low <= truth && truth <= r.probability.high).count();
    assert!(held >= 51, "{held}");
    // Errors are neither too small nor too large: the mean of ((estimate - truth) / error)^2 is about 1, with a standard error of sqrt(2 / 60) = 0.18.
    let squares = runs.iter().map(|r| ((r.probability.estimate - truth) / r.probability.error).powi(2));
    let mean = squares.sum::<f64>() / 60.0;
    assert!(mean > 0.27 && mean < 1.73, "{mean}");
}

#[test]
fn splitting_knows_its_error() {
    // Of 40 runs the mean of ((estimate - truth) / error)^2 is about 1, with a standard error of sqrt(2 / 40) = 0.22.
    let scenario = equal(2, 0.3, 2.0);
    let truth = all_above(2, 0.3, 2.0);
    let squares = (0..40).map(|seed| {
        let p = ask(&scenario, 500, seed, Some(Method::Splitting)).probability;
        ((p.estimate - truth) / p.error).powi(2)
    });
    let mean = squares.sum::<f64>() / 40.0;
    assert!(mean > 0.3 && mean < 1.9, "{mean}");
}

#[test]
fn the_report_says_who_answers_and_why_others_do_not() {
    let scenario = equal(25, 0.3, 1.0);
    let both = |rare: &Rare| {
        let report = RareReport::new(rare);
        (report.to_string(), report.language(Language::Zh).to_string())
    };
    // 200 paths cannot have 200 effective hits.
    let (en, zh) = both(&ask(&scenario, 200, 7, None));
    assert!(en.contains("answered by splitting") && zh.contains("采用分裂法"), "{en}{zh}");
    assert!(
        en.contains("importance sampling is not believed: its paths tell as much as fewer than 200"),
        "{en}"
    );
    assert!(zh.contains("重要性抽样未予采信") && zh.contains("不足 200 次"), "{zh}");
    let (en, zh) = both(&ask(&scenario, 200, 7, Some(Method::ImportanceSampling)));
    assert!(en.contains("this is not to be relied on") && zh.contains("不可采信"), "{en}{zh}");
    let (en, zh) = both(&ask(&scenario, 20_000, 7, None));
    assert!(en.contains("answered by importance sampling") && en.contains("splitting agrees: "), "{en}");
    assert!(zh.contains("采用重要性抽样") && zh.contains("分裂法结果一致"), "{zh}");
    // One in so many, to two digits.
    let one_in = 1.0 / all_above(25, 0.3, 1.0);
    let said =
        en.split("about 1 in ").nth(1).and_then(|rest| rest.split(' ').next()).expect("one in so many");
    let said: f64 = said.replace(',', "").parse().expect("a number");
    assert!((said / one_in - 1.0).abs() < 0.15 && zh.contains(" 分之一"), "{said} {one_in}");
}

#[test]
fn a_common_goal_is_answered_too() {
    let scenario = equal(3, 0.5, -0.5);
    let rare = ask(&scenario, 20_000, 7, None);
    near(&rare, all_above(3, 0.5, -0.5), 0.02);
    assert!(rare.plain_is_enough() && (rare.probability.estimate - rare.plain.estimate).abs() < 0.02);
}

#[test]
fn what_contradicts_itself_is_not_found() {
    let plan = Scenario::builder("Contradiction", 2025, 2026)
        .indicator("x", normal())
        .target("high", TargetDraft::level("x").at_least(1.0))
        .target("low", TargetDraft::level("x").at_most(0.5))
        .build()
        .expect("a plan");
    let rare = ask(&plan, 10_000, 7, None);
    assert_eq!((rare.method, rare.plain.hits), (Method::Plain, 0));
    assert!(rare.story.is_none() && rare.checks.is_none() && rare.splitting.is_none());
    let p = rare.probability;
    assert!(p.estimate == 0.0 && p.low == 0.0 && p.high == rare.plain.high && p.high > 1e-4);
}

#[test]
fn the_same_bits_for_any_number_of_threads() {
    let scenario = equal(5, 0.3, 2.0);
    let run = |threads: usize| {
        let simulation = Simulation::new(&scenario).paths(20_000).seed(3).threads(threads);
        let rare = RareSuccess::new(&simulation, Goal::All).run().expect("an answer");
        let split = rare.splitting.expect("a witness");
        let average = rare.story.expect("a way").helps[0].average;
        [rare.probability.estimate, rare.probability.error, split.estimate, average].map(f64::to_bits)
    };
    assert_eq!(run(1), run(2));
}

#[test]
fn binding_targets_of_kunshan_as_plain_paths_see_them() {
    let scenario = kunshan();
    let simulation = Simulation::new(&scenario).paths(50_000).seed(2030);
    let rare = RareSuccess::new(&simulation, Goal::Binding).run().expect("an answer");
    assert_eq!(rare.method, Method::ImportanceSampling, "{:?}", rare.checks);
    let p = rare.plain.estimate;
    let both = (p * (1.0 - p) / 50_000.0 + rare.probability.error * rare.probability.error).sqrt();
    assert!((rare.probability.estimate - p).abs() < 4.0 * both && rare.plain_is_enough());
}

/// Means of 20 runs of Genz's method, each to better than 1e-5 of the value.
const GENZ: [f64; 2] = [2.807_521_691e-3, 3.907_630_697e-6];

/// The first by 24 integrals, to all digits; Genz's method gives 1.337863058e-5 with an error of 3.5e-10. The second means of 8 runs of Genz's
/// method with an error of 5.6e-10.
const GENZ_OF_25: [f64; 2] = [1.337_862_505e-5, 2.496_721_97e-5];
