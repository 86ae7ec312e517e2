//! Is a plan under conditions what the theory of Gaussian laws says? Tolerances are four standard errors at the number of paths.

use plancast::analyse::Estimate;
use plancast::analyse::condition::Plausibility;
use plancast::analyse::{Conditional, Figure, Given, Goal, View};
use plancast::error::Error;
use plancast::outcome::{Band, Mean};
use plancast::prelude::*;
use plancast::scenario::{PairsDraft, ScenarioBuilder};

const PATHS: u64 = 40_000;
const RHO: f64 = 0.6;

/// An indicator in units of its own standard deviation a year.
fn walk(drift: impl Into<Quantity>) -> IndicatorDraft {
    IndicatorDraft::new("A walk", "units")
        .link(Link::Identity)
        .baseline(0.0)
        .process(RandomWalk::new(drift, 1.0))
}

/// An indicator above 0.
fn grows(baseline: f64, drift: f64, volatility: f64) -> IndicatorDraft {
    IndicatorDraft::new("Grows", "units").baseline(baseline).process(RandomWalk::new(drift, volatility))
}

fn pair(a: &str, b: &str) -> CorrelationDraft {
    CorrelationDraft::Pairs(PairsDraft { of: vec![(a.into(), b.into(), RHO)], repair: false })
}

fn plan() -> ScenarioBuilder {
    Scenario::builder("Test", 2025, 2030)
}

/// Two walks whose shocks are correlated.
fn two_walks() -> Scenario {
    plan()
        .indicator("a", walk(0.0))
        .indicator("b", walk(0.0))
        .correlation(pair("a", "b"))
        .target("b", TargetDraft::level("b").at_least(1.0).year(2026))
        .target("late", TargetDraft::level("b").at_least(1.0).year(2030))
        .build()
        .unwrap()
}

fn ask(scenario: &Scenario, ask: impl Fn(Conditional<'_>) -> Conditional<'_>) -> Given {
    let simulation = Simulation::new(scenario).paths(PATHS).seed(2030);
    ask(Conditional::new(&simulation)).run().unwrap_or_else(|e| panic!("{e}"))
}

fn band<'g>(given: &'g Given, id: &str, year: i32) -> &'g Band {
    &given.indicator(id).unwrap()[(year - 2025) as usize]
}

/// Mean and standard deviation of an indicator that has a normal law.
#[track_caller]
fn normal(given: &Given, id: &str, year: i32, mean: f64, variance: f64) {
    let Mean::Exists { mean: found, sd, error } = band(given, id, year).mean else {
        panic!("{id} has a mean")
    };
    let (truth, n) = (variance.sqrt(), given.effective_sample_size);
    let allowed = 4.0 * truth / n.sqrt() + 1e-9;
    assert!((found - mean).abs() <= allowed, "mean of {id} in {year}: {found} instead of {mean}");
    let allowed = 4.0 * truth / (2.0 * n).sqrt() + 1e-6;
    assert!((sd - truth).abs() <= allowed, "sd of {id} in {year}: {sd} instead of {truth}");
    assert!((error - truth / n.sqrt()).abs() <= 0.05 * truth / n.sqrt() + 1e-9, "error {error}");
}

#[track_caller]
fn near(found: f64, truth: f64, error: f64) {
    assert!((found - truth).abs() <= 4.0 * error, "{found} instead of {truth}, error {error}");
}

fn phi(z: f64) -> f64 {
    0.5 * libm::erfc(-z * std::f64::consts::FRAC_1_SQRT_2)
}

#[test]
fn a_value_moves_all_years_and_the_correlated_indicator() {
    let given = ask(&two_walks(), |c| c.path("a", [(2028, 2.0)]));
    for t in 1..=5 {
        let (year, shared) = (2025 + t, f64::from(t.min(3)));
        let t = f64::from(t);
        // A Brownian bridge up to the third year, a walk from there on.
        let (mean, variance) = (2.0 * shared / 3.0, t - shared * shared / 3.0);
        normal(&given, "a", year, mean, variance);
        normal(&given, "b", year, RHO * mean, t - RHO * RHO * shared * shared / 3.0);
    }
    let at = &band(&given, "a", 2028).quantiles;
    assert!((at.at(0.0) - 2.0).abs() < 1e-9 && (at.at(1.0) - 2.0).abs() < 1e-9);
    // P(b >= 1 in 2026): mean RHO 2/3, variance 1 - RHO^2 / 3.
    let truth = phi((RHO * 2.0 / 3.0 - 1.0) / (1.0 - RHO * RHO / 3.0).sqrt());
    let chance = given.target("b").unwrap();
    near(chance.probability.estimate, truth, (truth * (1.0 - truth) / PATHS as f64).sqrt());
    near(chance.shift.estimate, truth - phi(-1.0), chance.shift.error);
    // d^2 = 2^2 / 3; its upper tail is that of a normal number beyond 2 / sqrt(3) on either side.
    let Plausibility::Distance(distance) = given.conditions[0].plausibility else { panic!() };
    near(distance.squared, 4.0 / 3.0, 0.03);
    near(distance.tail, 2.0 * phi(-2.0 / 3.0_f64.sqrt()), 0.005);
    assert_eq!((given.paths, given.mass), (PATHS, None));
    let plain = Simulation::new(&two_walks()).paths(PATHS).seed(2030).run().unwrap();
    assert_eq!(chance.unconditional, plain.targets[0].probability);
    assert_eq!(given.unconditional.targets[1].probability, plain.targets[1].probability);
}

#[test]
fn one_after_the_other_leaves_earlier_years_alone() {
    let given = ask(&two_walks(), |c| c.path("a", [(2028, 2.0)]).sequential());
    for id in ["a", "b"] {
        for (year, plain) in (2026..=2027).zip(&given.unconditional.indicator(id).unwrap().bands[1..]) {
            for p in [0.0, 0.1, 0.5, 0.9, 1.0] {
                assert_eq!(band(&given, id, year).quantiles.at(p), plain.quantiles.at(p), "{id} {year} {p}");
            }
        }
    }
    normal(&given, "a", 2028, 2.0, 0.0);
    // b[3] = b[2] + RHO (2 - a[2]) + sqrt(1 - RHO^2) e.
    normal(&given, "b", 2028, 2.0 * RHO, 3.0 * (1.0 - RHO * RHO));
    normal(&given, "b", 2030, 2.0 * RHO, 3.0 * (1.0 - RHO * RHO) + 2.0);
    assert_eq!(given.target("b").unwrap().shift.estimate, 0.0);
}

#[test]
fn two_values_pin_a_path_at_both() {
    let given = ask(&two_walks(), |c| c.path("a", [(2027, 1.0), (2029, -1.0)]));
    normal(&given, "a", 2026, 0.5, 0.5);
    normal(&given, "a", 2028, 0.0, 0.5);
    normal(&given, "a", 2030, -1.0, 1.0);
    // b follows the bridge by RHO; of its own it has 1 - RHO^2 a year.
    normal(&given, "b", 2028, 0.0, RHO * RHO * 0.5 + 3.0 * (1.0 - RHO * RHO));
    // Covariance [2 2; 2 4] has the inverse [1 -1/2; -1/2 1/2]: 1 + 1 + 1/2.
    let together = given.together.unwrap();
    near(together.squared, 2.5, 0.06);
    assert_eq!(together.degrees, 2);
    near(together.tail, libm::exp(-1.25), 0.01);
}

#[test]
fn a_soft_value_has_the_law_that_was_stated() {
    let given = ask(&two_walks(), |c| c.about(("a", 2028), 2.0, 0.7));
    normal(&given, "a", 2028, 2.0, 0.49);
    for t in 1..=3 {
        let t = f64::from(t);
        let share = t / 3.0;
        normal(&given, "a", 2025 + t as i32, 2.0 * share, t - t * share + share * share * 0.49);
        let variance = t - RHO * RHO * t * share + RHO * RHO * share * share * 0.49;
        normal(&given, "b", 2025 + t as i32, 2.0 * share * RHO, variance);
    }
    let Plausibility::Distance(distance) = given.conditions[0].plausibility else { panic!() };
    near(distance.squared, 4.0 / 3.49, 0.03);
}

/// Drift 1 with a standard deviation of 1/2; what happens in a year, after the condition, tells what is believed of it.
fn drifting() -> Scenario {
    plan()
        .indicator("a", walk(Quantity::normal(1.0, 0.5)))
        .indicator(
            "last",
            IndicatorDraft::new("Change of a", "units")
                .link(Link::Identity)
                .formula("a - a[-1]")
                .baseline(0.0),
        )
        .target("a", TargetDraft::level("a").at_least(5.0))
        .build()
        .unwrap()
}

#[test]
fn assumptions_never_teach_parameters() {
    let scenario = drifting();
    // Were it taught by a level of 10 in 2029, the drift would become (0.5^2 * 4 * 6) / (4^2 0.5^2 + 4) = 0.75 higher, with variance 0.125.
    let value = ask(&scenario, |c| c.path("a", [(2029, 10.0)]));
    normal(&value, "last", 2030, 1.0, 0.25 + 1.0);
    normal(&value, "a", 2030, 11.0, 1.25);
    // The same of an inequality that half of the paths meet; were it taught, by 0.8 4 0.5^2 / sqrt(8) = 0.28.
    let bound = ask(&scenario, |c| c.at_least(("a", 2029), 4.0));
    let Plausibility::Mass(mass) = bound.conditions[0].plausibility else { panic!() };
    near(mass.estimate, 0.5, 0.0025);
    assert!(bound.paths > PATHS / 100 * 98, "{} {:?}", bound.paths, bound.notices);
    normal(&bound, "last", 2030, 1.0, 1.25);
    // A view is evidence, and does: the mean of a[4] moved by 1 moves the drift by 4 0.5^2 / 8.
    let view = ask(&scenario, |c| c.view(View::mean(("a", 2029), 5.0)));
    let Mean::Exists { mean, error, .. } = band(&view, "last", 2030).mean else { panic!() };
    near(mean, 1.125, error);
}

#[test]
fn growth_that_persists_hands_a_value_on() {
    let (drift, rho, sigma, last) = (0.04, 0.5, 0.02, 0.06);
    let scenario = plan()
        .indicator(
            "gdp",
            IndicatorDraft::new("GDP", "bn")
                .baseline(100.0)
                .process(Ar1Growth::new(drift, rho, sigma).last_growth(last)),
        )
        .target("gdp", TargetDraft::level("gdp").at_least(100.0))
        .build()
        .unwrap();
    let given = ask(&scenario, |c| c.growth("gdp", [(2027, 0.0)]));
    // dx1 = m + rho (g - m) + e1, dx2 = m + rho^2 (g - m) + rho e1 + e2 = 0.
    let first = drift + rho * (last - drift);
    let second = drift + rho * rho * (last - drift);
    let pull = -second / (1.0 + rho * rho);
    let x1 = libm::log(100.0) + first + rho * pull;
    let x2 = x1;
    // dx3 = m + rho (0 - m) + e3.
    let x3 = x2 + drift * (1.0 - rho);
    let own = sigma * sigma / (1.0 + rho * rho);
    for (year, mean, variance) in [(2026, x1, own), (2027, x2, own), (2028, x3, own + sigma * sigma)] {
        let curve = &band(&given, "gdp", year).quantiles;
        let sd = variance.sqrt();
        let error = sd / (PATHS as f64).sqrt();
        near(libm::log(curve.median()), mean, 1.2534 * error);
        // Quartiles of a normal law; the density there is 0.3178.
        let (low, high) = curve.central(0.5);
        near(0.5 * (libm::log(high) - libm::log(low)), 0.674_49 * sd, 0.433 / 0.3178 * error);
    }
    let Plausibility::Distance(distance) = given.conditions[0].plausibility else { panic!() };
    let truth = second * second / (sigma * sigma * (1.0 + rho * rho));
    near(distance.squared, truth, 0.02 * truth);
}

#[test]
fn a_product_is_met_by_its_factors() {
    let scenario = plan()
        .indicator("persons", grows(10.0, 0.01, 0.01))
        .indicator("each", grows(3.0, 0.03, 0.02))
        .indicator("all", IndicatorDraft::new("All", "units").formula("persons * each"))
        .correlation(CorrelationDraft::Independent)
        .target("all", TargetDraft::level("all").at_least(30.0))
        .build()
        .unwrap();
    let given = ask(&scenario, |c| c.path("all", [(2027, 30.0)]));
    let at = &band(&given, "all", 2027).quantiles;
    assert!((at.at(0.0) - 30.0).abs() < 3e-8 && (at.at(1.0) - 30.0).abs() < 3e-8);
    // The log is 0.08 below what was expected; variances of 0.0002 and 0.0008 share that 1 to 4.
    for (id, mean, own, share) in [("persons", 10.0, 2e-4, 0.2), ("each", 3.0, 8e-4, 0.8)] {
        let expected = libm::log(mean) + if id == "persons" { 0.02 } else { 0.06 } - share * 0.08;
        let sd = f64::sqrt(own * (1.0 - share));
        near(
            libm::log(band(&given, id, 2027).quantiles.median()),
            expected,
            1.2534 * sd / (PATHS as f64).sqrt(),
        );
    }
}

/// E f(A) for A = e^(x), B = e^(y), independent normal x and y, given A + B = s: by the trapezoidal rule over A.
fn given_sum(s: f64, (m, v): (f64, f64), (k, u): (f64, f64), f: impl Fn(f64) -> f64) -> f64 {
    let density = |x: f64, m: f64, v: f64| libm::exp(-0.5 * (x - m) * (x - m) / v);
    let (mut total, mut sum) = (0.0, 0.0);
    for step in 1..20_000 {
        let a = s * f64::from(step) / 20_000.0;
        let weight = density(libm::log(a), m, v) * density(libm::log(s - a), k, u) / (a * (s - a));
        total += weight;
        sum += weight * f(a);
    }
    sum / total
}

#[test]
fn a_sum_is_met_and_its_parts_have_nearly_their_law() {
    let scenario = plan()
        .indicator("a", grows(10.0, 0.0, 0.2))
        .indicator("b", grows(20.0, 0.0, 0.1))
        .indicator("sum", IndicatorDraft::new("Sum", "units").formula("a + b"))
        .correlation(CorrelationDraft::Independent)
        .target("a", TargetDraft::level("a").at_least(12.0).year(2026))
        .build()
        .unwrap();
    let given = ask(&scenario, |c| c.path("sum", [(2026, 35.0)]));
    let at = &band(&given, "sum", 2026).quantiles;
    assert!((at.at(0.0) - 35.0).abs() < 35e-9 && (at.at(1.0) - 35.0).abs() < 35e-9);
    let law = |f: fn(f64) -> f64| given_sum(35.0, (libm::log(10.0), 0.04), (libm::log(20.0), 0.01), f);
    let Mean::Exists { mean, .. } = band(&given, "a", 2026).mean else { panic!() };
    // To first order, for a value two standard deviations out: 12.5 instead of 12.7, where the plain law has 10.2.
    assert!((mean / law(|a| a) - 1.0).abs() < 0.015, "{mean} {}", law(|a| a));
    let p = given.target("a").unwrap().probability.estimate;
    assert!((p - law(|a| f64::from(u8::from(a >= 12.0)))).abs() < 0.04, "{p}");
}

#[test]
fn a_tilted_normal_law_is_the_law_moved() {
    let delta = 0.8;
    let given = ask(&two_walks(), |c| c.view(View::mean(("a", 2026), delta)));
    // E w^2 = exp(delta^2); its error from that of the fourth moment of the weights, which is large: a tenth is seen.
    near(given.effective_sample_size / PATHS as f64, libm::exp(-delta * delta), 0.01);
    normal_tilted(&given, "a", delta);
    normal_tilted(&given, "b", RHO * delta);
    // E w^2 (b - m)^2 = exp(delta^2) (1 + m^2): weights squared move a by twice delta.
    let Mean::Exists { error, .. } = band(&given, "b", 2026).mean else { panic!() };
    let moved = RHO * delta;
    let truth = (libm::exp(delta * delta) * (1.0 + moved * moved) / PATHS as f64).sqrt();
    assert!((error / truth - 1.0).abs() < 0.1, "{error} {truth}");
    let chance = given.target("b").unwrap();
    near(
        chance.probability.estimate,
        phi(RHO * delta - 1.0),
        0.25 * (chance.probability.high - chance.probability.low),
    );
    let Plausibility::View { before, below } = given.conditions[0].plausibility else { panic!() };
    near(before, 0.0, 1.0 / (PATHS as f64).sqrt());
    near(below.estimate, phi(delta), 0.003);
    let Mean::Exists { mean, .. } = band(&given, "a", 2026).mean else { panic!() };
    assert!((mean - delta).abs() < 1e-8, "{mean}");
}

#[track_caller]
fn normal_tilted(given: &Given, id: &str, mean: f64) {
    let Mean::Exists { mean: found, sd, error } = band(given, id, 2026).mean else { panic!() };
    near(found, mean, error);
    near(sd, 1.0, 2.0 * error);
    for z in [-1.0, 0.0, 1.0] {
        near(band(given, id, 2026).quantiles.at(phi(z)), mean + z, 3.0 * error);
    }
}

#[test]
fn a_view_of_a_quantile_weighs_two_sides() {
    let given = ask(&two_walks(), |c| c.view(View::quantile(("a", 2026), 0.9, 0.5)));
    near(band(&given, "a", 2026).quantiles.at(0.9), 0.5, 0.005);
    // P(b >= 1) by both sides of a = 0.5, weighted 0.9 and 0.1.
    let (above, low) = (both_above(1.0, 0.5), phi(0.5));
    let truth = 0.9 * (phi(-1.0) - above) / low + 0.1 * above / (1.0 - low);
    near(given.target("b").unwrap().probability.estimate, truth, 0.004);
    // Weights 0.9 / low and 0.1 / (1 - low).
    near(given.effective_sample_size / PATHS as f64, 1.0 / (0.81 / low + 0.01 / (1.0 - low)), 0.003);
}

/// P(b >= h and a >= k) of two normal numbers with correlation RHO, by the trapezoidal rule.
fn both_above(h: f64, k: f64) -> f64 {
    let rest = (1.0 - RHO * RHO).sqrt();
    let step = 1e-3;
    (0..9000)
        .map(|j| k + (f64::from(j) + 0.5) * step)
        .map(|a| {
            libm::exp(-0.5 * a * a) / (2.0 * std::f64::consts::PI).sqrt() * phi((RHO * a - h) / rest) * step
        })
        .sum()
}

#[test]
fn an_inequality_keeps_what_meets_it() {
    for (k, at_least) in [(0.5, true), (0.5, false)] {
        let given =
            ask(
                &two_walks(),
                |c| {
                    if at_least { c.at_least(("a", 2026), k) } else { c.at_most(("a", 2026), k) }
                },
            );
        let (mass, both) = match at_least {
            true => (phi(-k), both_above(1.0, k)),
            false => (phi(k), phi(-1.0) - both_above(1.0, k)),
        };
        let truth = both / mass;
        near(given.mass.unwrap().estimate, mass, (mass * (1.0 - mass) / PATHS as f64).sqrt());
        let chance = given.target("b").unwrap();
        // No path is lost: what does not meet it is drawn anew.
        assert_eq!((given.paths, chance.probability.paths), (PATHS, PATHS));
        near(chance.probability.estimate, truth, (truth * (1.0 - truth) / PATHS as f64).sqrt());
        near(chance.shift.estimate, truth - phi(-1.0), chance.shift.error);
        let curve = &band(&given, "a", 2026).quantiles;
        assert!(if at_least { curve.at(0.0) >= k - 1e-9 } else { curve.at(1.0) <= k + 1e-9 });
    }
}

#[test]
fn a_target_that_is_met_is_a_condition_and_so_is_one_that_is_missed() {
    let scenario = two_walks();
    let met = ask(&scenario, |c| c.met(Goal::target("b")));
    assert_eq!(met.target("b").unwrap().probability.hits, PATHS);
    let plain = met.unconditional.conditional("late", "b").unwrap();
    let late = met.target("late").unwrap().probability;
    near(late.estimate, plain.estimate, (plain.high - plain.low) / 4.0 + (late.high - late.low) / 4.0);
    let missed = ask(&scenario, |c| c.missed(Goal::target("b")));
    assert_eq!(missed.target("b").unwrap().probability.hits, 0);
    near(met.mass.unwrap().estimate + missed.mass.unwrap().estimate, 1.0, 1e-12);
}

#[test]
fn intervals_hold_as_often_as_they_say() {
    // 120 runs of 2000 paths: of 95 % intervals 114 hold, give or take 2.4.
    let scenario = two_walks();
    let (mut held, mut paired) = ([0; 3], [0; 3]);
    let truths = [
        phi(RHO * 0.8 - 1.0),
        phi((RHO * 2.0 / 3.0 - 1.0) / (1.0 - RHO * RHO / 3.0).sqrt()),
        both_above(1.0, 0.5) / phi(-0.5),
    ];
    for seed in 0..120 {
        let simulation = Simulation::new(&scenario).paths(2000).seed(seed);
        let asked = [
            Conditional::new(&simulation).view(View::mean(("a", 2026), 0.8)),
            Conditional::new(&simulation).path("a", [(2028, 2.0)]),
            Conditional::new(&simulation).at_least(("a", 2026), 0.5),
        ];
        for (k, (asked, truth)) in asked.into_iter().zip(truths).enumerate() {
            let given = asked.run().unwrap();
            let chance = given.target("b").unwrap();
            held[k] += u32::from((chance.probability.low..=chance.probability.high).contains(&truth));
            let Estimate { low, high, .. } = chance.shift;
            paired[k] += u32::from((low..=high).contains(&(truth - phi(-1.0))));
        }
    }
    for held in held.into_iter().chain(paired) {
        assert!(held >= 114 - 10, "{held} of 120");
    }
    assert!(held.iter().chain(&paired).any(|held| *held < 120), "they say too much");
}

/// Growth, a formula, a driver, a share, an event and a Student t law: all kinds of conditions at once.
fn rich() -> Scenario {
    Scenario::from_toml(
        r#"
        plancast = 1
        plan = { name = "Rich", base_year = 2025, last_year = 2030 }
        correlation.pairs = { of = [["gdp", "jobs", 0.4]] }
        [event.slump]
        name = "Slump"
        probability = 0.1
        severity = 1.0
        load = { gdp = -0.05 }
        [indicator.gdp]
        name = "GDP"
        unit = "bn"
        baseline = 100.0
        process.ar1_growth = { drift = { normal = { mean = 0.045, sd = 0.005 } }, persistence = 0.3, volatility = 0.015 }
        innovation.student_t = { df = 6.0 }
        [indicator.jobs]
        name = "Jobs"
        unit = "million"
        baseline = { normal = { mean = 10.0, sd = 0.1 } }
        process.random_walk = { drift = 0.0, volatility = 0.01 }
        driver.gdp = { elasticity = 0.3 }
        [indicator.output]
        name = "Output per job"
        unit = "k"
        formula = "gdp / jobs"
        [indicator.research]
        name = "Research"
        unit = "%"
        link.logit = { lower = 0.0, upper = 100.0 }
        baseline = 3.0
        process.mean_reverting = { speed = 0.3, level = 4.0, volatility = 0.05 }
        [indicator.spent]
        name = "Spent"
        unit = "bn"
        formula = "gdp * research / 100"
        [target.growth]
        indicator = "gdp"
        measure = "average_growth"
        at_least = 0.04
        nature = "binding"
        [target.research]
        indicator = "research"
        at_least = 3.5
        "#,
    )
    .unwrap_or_else(|e| panic!("{e}"))
}

fn everything<'a>(simulation: &'a Simulation<'a>) -> Conditional<'a> {
    Conditional::new(simulation)
        .growth("gdp", [(2026, 0.05)])
        .about(("output", 2027), 11.0, 0.1)
        .path("spent", [(2028, 3.6)])
        .at_least(Figure::average_growth("jobs", 2030), -0.01)
        .met(Goal::target("research"))
        .view(View::median(("gdp", 2030), 125.0))
}

#[test]
fn all_kinds_of_conditions_hold_together() {
    let scenario = rich();
    let given =
        everything(&Simulation::new(&scenario).paths(5000).seed(8)).run().unwrap_or_else(|e| panic!("{e}"));
    let curve = |id: &str, year: i32| &band(&given, id, year).quantiles;
    assert!(
        (curve("gdp", 2026).at(0.0) - 105.0).abs() < 1e-6
            && (curve("gdp", 2026).at(1.0) - 105.0).abs() < 1e-6
    );
    assert!(
        (curve("spent", 2028).at(0.0) - 3.6).abs() < 1e-8
            && (curve("spent", 2028).at(1.0) - 3.6).abs() < 1e-8
    );
    near(curve("output", 2027).median(), 11.0, 0.005);
    near(curve("gdp", 2030).median(), 125.0, 0.1);
    assert!(curve("research", 2030).at(0.0) >= 3.5 - 1e-6);
    assert_eq!((given.conditions.len(), given.together.unwrap().degrees), (6, 3));
    assert!(given.effective_sample_size > 250.0 && given.effective_sample_size <= given.paths as f64);
    assert_eq!(given.target("research").unwrap().probability.estimate, 1.0);
    let words: Vec<&str> = given.conditions.iter().map(|c| c.words.en.as_str()).collect();
    assert_eq!(words[0], "growth of GDP in 2026 = 5 %");
    assert_eq!(words[1], "Output per job in 2027 = 11 k ± 0.1 k");
    assert_eq!(words[5], "view: median of GDP in 2030 = 125 bn");
}

#[test]
fn the_answer_has_the_same_bits_for_any_number_of_threads() {
    let scenario = rich();
    let run = |threads: usize| {
        let simulation = Simulation::new(&scenario).paths(40_000).seed(8).threads(threads);
        let given = everything(&simulation).run().unwrap();
        let bands: Vec<_> = given
            .bands
            .iter()
            .flatten()
            .map(|b| (b.mean, b.quantiles.at(0.1), b.quantiles.at(0.9)))
            .collect();
        let chances: Vec<_> = given.targets.iter().map(|c| (c.probability, c.shift)).collect();
        let plausible: Vec<_> = given.conditions.iter().map(|c| c.plausibility).collect();
        format!("{bands:?} {chances:?} {plausible:?} {}", given.effective_sample_size)
    };
    assert_eq!(run(1), run(3));
}

/// What is wrong with a condition, and what to do.
#[track_caller]
fn refused(asked: Conditional<'_>) -> (String, String) {
    match asked.run() {
        Err(Error::Question(fault) | Error::Run(fault)) => {
            assert!(fault.remedy.is_some());
            (fault.path, fault.problem)
        }
        Err(other) => panic!("another error: {other}"),
        Ok(_) => panic!("nothing was refused"),
    }
}

#[test]
fn what_cannot_be_so_is_refused() {
    let scenario = plan()
        .indicator(
            "a",
            IndicatorDraft::new("Grows", "units")
                .baseline(10.0)
                .process(Ar1Growth::new(0.0, 0.0, 0.1).last_growth(0.0)),
        )
        .indicator("b", grows(10.0, 0.0, 0.1))
        .indicator("ab", IndicatorDraft::new("Product", "units").formula("a * b"))
        .indicator("still", grows(10.0, 0.01, 0.0))
        .indicator("late", grows(10.0, 0.0, 0.0).lagged_driver("a", 1.0, 1))
        .indicator(
            "debt",
            IndicatorDraft::new("Debt", "bn")
                .link(Link::Identity)
                .baseline(-5.0)
                .process(RandomWalk::new(0.0, 1.0)),
        )
        .correlation(CorrelationDraft::Independent)
        .target("a", TargetDraft::level("a").at_least(10.0))
        .build()
        .unwrap();
    let simulation = Simulation::new(&scenario).paths(2000).seed(1);
    let c = || Conditional::new(&simulation);
    let says = |asked: Conditional<'_>, path: &str, words: &str| {
        let (found, problem) = refused(asked);
        assert!(found == path && problem.contains(words), "{found}: {problem}");
    };
    says(c(), "condition", "no condition was stated");
    says(c().path("c", [(2026, 1.0)]), "condition.c.2026", "there is no indicator `c`");
    says(c().path("a", [(2025, 1.0)]), "condition.a.2025", "simulates 2026 to 2030");
    says(c().path("a", [(2026, -1.0)]), "condition.a.2026", "a level above 0");
    says(c().path("a", [(2026, f64::NAN)]), "condition.a.2026", "NaN");
    says(c().growth("a", [(2026, -1.0)]), "condition.a.2026", "a growth rate above -1");
    says(c().growth("debt", [(2026, 0.1)]), "condition.debt.2026", "0 or negative");
    says(c().path("still", [(2026, 11.0)]), "condition.still.2026", "no shock");
    says(c().path("late", [(2026, 11.0)]), "condition.late.2026", "nothing acts on it in time");
    says(c().path("a", [(2026, 11.0), (2026, 12.0)]), "condition.a.2026", "given twice");
    says(
        c().path("a", [(2026, 11.0)]).path("b", [(2026, 11.0)]).path("ab", [(2026, 120.0)]),
        "condition.a.2026",
        "follows from the other",
    );
    says(c().about(("a", 2026), 11.0, 0.0), "condition.a.2026", "a number above 0");
    says(c().about(("a", 2026), 11.0, 20.0), "condition.a.2026", "outside of what");
    says(c().at_least(("a", 2026), 1e3), "condition.a.2026", "0 of 2,000 paths");
    says(c().at_least(("still", 2026), 11.0), "condition.still.2026", "0 of 2,000 paths");
    says(c().view(View::mean(("a", 2026), 1e3)), "condition.a.2026", "one side");
    says(c().view(View::mean(("a", 2026), 13.0)), "condition.a.2026", "5 % are the least");
    says(c().view(View::quantile(("a", 2026), 1.0, 13.0)), "condition.a.2026", "between 0 and 1");
    says(c().met(Goal::target("b")), "goal", "there is no target `b`");
    let few = Simulation::new(&scenario).paths(50);
    says(Conditional::new(&few).path("a", [(2026, 11.0)]), "paths", "needs 100");
    let spread = Simulation::new(&scenario).sampling(Sampling::sobol());
    says(Conditional::new(&spread).path("a", [(2026, 11.0)]), "sampling", "does not know");
    // What can be so only just is not refused.
    assert!(c().path("late", [(2027, 11.0)]).run().is_ok());
    assert!(c().at_least(("still", 2026), 10.0).run().is_ok());
}
