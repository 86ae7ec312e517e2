//! Events and regimes: exact by going through every pattern of occurrences or states over five years.

use crate::check::*;
use plancast::event::{ObservedEvents, PriorEvents};
use plancast::prelude::*;
use plancast::scenario::ScenarioBuilder;

/// A walk with drift 0 and volatility 0.02 from 100; the target is not to have lost more than 3 % in five years.
fn walk() -> ScenarioBuilder {
    plan()
        .indicator("gdp", indicator(100.0, RandomWalk::new(0.0, 0.02)))
        .target("t", TargetDraft::change("gdp").at_least(-0.03))
}

/// P(T) when pattern k of the shocks has probability p and moves the log level of 2030 normally, by mean and variance.
fn mixed(patterns: impl IntoIterator<Item = (f64, f64, f64)>) -> f64 {
    let (mut total, mut met) = (0.0, 0.0);
    for (p, mean, variance) in patterns {
        total += p;
        met += p * phi((mean - libm::log(0.97)) / (5.0 * 4e-4 + variance).sqrt());
    }
    assert!((total - 1.0).abs() < 1e-12, "patterns add up to {total}");
    met
}

/// Every pattern of an event over five years: its probability and the years 1 .. 5 in which it happens.
fn occurrences(p: f64) -> impl Iterator<Item = (f64, Vec<usize>)> {
    (0_u32..32).map(move |pattern| {
        let years: Vec<usize> = (1..=5).filter(|year| pattern >> (year - 1) & 1 == 1).collect();
        let (k, n) = (years.len() as f64, (5 - years.len()) as f64);
        (libm::pow(p, k) * libm::pow(1.0 - p, n), years)
    })
}

#[test]
fn an_event_that_may_happen_each_year() {
    let (p, size) = (0.15, -0.06);
    let outcome = run(walk().event("shock", Event::new("Shock", p).severity(1.5).load("gdp", -0.04)));
    met(&outcome, "t", mixed(occurrences(p).map(|(p, years)| (p, size * years.len() as f64, 0.0))));
    // Compound Bernoulli: the mean of the level, E e^(sJ) = 1 + p (e^size - 1) a year.
    let factor = 1.0 + p * libm::expm1(size);
    let square = 1.0 + p * libm::expm1(2.0 * size);
    let growth = factor * libm::exp(2e-4);
    let expected = 100.0 * libm::pow(growth, 5.0);
    let second = 1e4 * libm::pow(square * libm::exp(8e-4), 5.0);
    mean(&outcome, "gdp", 2030, expected, (second - expected * expected).sqrt());
}

#[test]
fn an_event_of_random_size() {
    let (p, mean, sd) = (0.3, -0.02, 0.05);
    let event = Event::new("Shock", p).severity(Quantity::normal(mean, sd)).load("gdp", 1.0);
    let outcome = run(walk().event("shock", event));
    // Sizes are drawn anew each time, so their variances add up.
    let pattern = |(p, years): (f64, Vec<usize>)| {
        let k = years.len() as f64;
        (p, mean * k, sd * sd * k)
    };
    met(&outcome, "t", mixed(occurrences(p).map(pattern)));
}

#[test]
fn an_event_that_lasts() {
    let (p, size, keep) = (0.2, -0.02, 0.6);
    let event = Event::new("Shock", p).persistence(keep).load("gdp", size);
    let outcome = run(walk().event("shock", event));
    // An occurrence in year t adds J (1 + keep + … + keep^(5-t)) to the log level of year 5.
    let effect = |year: usize| size * (1.0 - libm::pow(keep, (6 - year) as f64)) / (1.0 - keep);
    let pattern = |(p, years): (f64, Vec<usize>)| (p, years.into_iter().map(effect).sum(), 0.0);
    met(&outcome, "t", mixed(occurrences(p).map(pattern)));
}

#[test]
fn an_event_at_most_once() {
    let (p, size, keep) = (0.2, -0.05, 0.5);
    let event = Event::new("Shock", p).once().persistence(keep).load("gdp", size);
    let outcome = run(walk().event("shock", event));
    let effect = |year: i32| size * (1.0 - libm::pow(keep, f64::from(6 - year))) / (1.0 - keep);
    let first = (1..=5).map(|year| (p * libm::pow(1.0 - p, f64::from(year - 1)), effect(year), 0.0));
    met(&outcome, "t", mixed(first.chain([(libm::pow(1.0 - p, 5.0), 0.0, 0.0)])));
}

#[test]
fn an_event_in_some_years_only() {
    let event = Event::new("Shock", 0.25).years(2027, 2028).load("gdp", -0.04);
    let outcome = run(walk().event("shock", event));
    let patterns = [(0.75 * 0.75, 0.0, 0.0), (2.0 * 0.25 * 0.75, -0.04, 0.0), (0.25 * 0.25, -0.08, 0.0)];
    met(&outcome, "t", mixed(patterns));
    // Before it can happen there is nothing of it.
    law(&outcome, "gdp", 2026, |x| phi(libm::log(x / 100.0) / 0.02));
}

#[test]
fn a_dated_event_is_certain_and_wears_off() {
    let event = Event::new("Shock", 1.0).years(2027, 2027).persistence(0.5).load("gdp", -0.08);
    let outcome = run(walk().event("shock", event));
    for (year, lost) in [(2026, 0.0), (2027, -0.08), (2028, -0.12), (2029, -0.14), (2030, -0.15)] {
        let n = f64::from(year - 2025);
        law(&outcome, "gdp", year, |x| phi((libm::log(x / 100.0) - lost) / (0.02 * n.sqrt())));
    }
}

#[test]
fn what_persists_of_growth_persists_of_an_event_as_well() {
    // The growth equation carries all of last year's growth on: 0.08 (1 + 0.5 + 0.25 + …), as with persistence 0.5 of the event.
    let event = Event::new("Shock", 1.0).years(2027, 2027).load("gdp", -0.08);
    let outcome = run(plan()
        .indicator("gdp", indicator(100.0, Ar1Growth::new(0.0, 0.5, 0.02)))
        .event("shock", event)
        .target("t", TargetDraft::change("gdp").at_least(-0.15)));
    let v: f64 = [1.0_f64, 1.5, 1.75, 1.875, 1.9375].iter().map(|c| 4e-4 * c * c).sum();
    law(&outcome, "gdp", 2030, |x| phi((libm::log(x / 100.0) + 0.15) / v.sqrt()));
    met(&outcome, "t", phi((-0.15 - libm::log(0.85)) / v.sqrt()));
}

#[test]
fn one_event_hits_several_indicators_at_once() {
    let outcome = run(one_year()
        .indicator("a", indicator(100.0, RandomWalk::new(0.0, 0.02)))
        .indicator("b", indicator(100.0, RandomWalk::new(0.0, 0.02)))
        .correlation(CorrelationDraft::Independent)
        .event("shock", Event::new("Shock", 0.1).load("a", -0.06).load("b", 0.06))
        .target("a", TargetDraft::level("a").at_most(96.0))
        .target("b", TargetDraft::level("b").at_least(104.0)));
    let (low, high) = (libm::log(0.96) / 0.02, libm::log(1.04) / 0.02);
    let (a, b) = (phi(low), phi(-high));
    let (a_hit, b_hit) = (phi(low + 3.0), phi(-high + 3.0));
    met(&outcome, "a", 0.9 * a + 0.1 * a_hit);
    met(&outcome, "b", 0.9 * b + 0.1 * b_hit);
    probability(&outcome.joint.all, 0.9 * a * b + 0.1 * a_hit * b_hit, "both");
}

#[test]
fn an_uncertain_probability_makes_occurrences_come_in_bunches() {
    // P(no event in five years) = E (1 - p)^5 with p uniform, not (1 - E p)^5.
    let event = Event::new("Shock", Quantity::uniform(0.0, 0.4)).load("x", 1.0);
    let outcome = run(plan()
        .indicator("x", indicator(0.0, RandomWalk::new(0.0, 0.0)).link(Link::Identity))
        .event("shock", event)
        .target("none", TargetDraft::level("x").at_most(0.5))
        .target("five", TargetDraft::level("x").at_least(5.0)));
    met(&outcome, "none", (1.0 - libm::pow(0.6, 6.0)) / 6.0 / 0.4);
    met(&outcome, "five", libm::pow(0.4, 6.0) / 6.0 / 0.4);
}

#[test]
fn an_event_learned_from_its_record_has_the_posterior_predictive_law() {
    // Two events in 17 years, Jeffreys' prior: the rate r is Gamma(2.5, 17), the same in all years of a path. With
    // E e^-kr = (17 / (17 + k))^2.5, binomially: P(n of five years) = C(5, n) sum_j C(n, j) (-1)^j E e^-(5 - n + j)r.
    let record = ObservedEvents::new(2, 17.0);
    let outcome = run(plan()
        .indicator("x", indicator(0.0, RandomWalk::new(0.0, 0.0)).link(Link::Identity))
        .event("shock", Event::observed("Shock", record).load("x", 1.0))
        .target("first", TargetDraft::level("x").year(2026).at_least(0.5))
        .target("none", TargetDraft::level("x").at_most(0.5))
        .target("one", TargetDraft::level("x").at_most(1.5))
        .target("five", TargetDraft::level("x").at_least(4.5)));
    let left = |k: i32| libm::pow(17.0 / (17.0 + f64::from(k)), 2.5);
    met(&outcome, "first", 1.0 - left(1));
    met(&outcome, "none", left(5));
    met(&outcome, "one", left(5) + 5.0 * (left(4) - left(5)));
    let all = 1.0 - 5.0 * left(1) + 10.0 * left(2) - 10.0 * left(3) + 5.0 * left(4) - left(5);
    met(&outcome, "five", all);
    // What is learned from a record is derived.
    let basis = outcome.target("none").unwrap().basis.unwrap();
    assert!(basis.parameters > 0.05 && basis.assumptions == 0.0, "{basis:?}");
}

#[test]
fn an_event_learned_with_a_prior() {
    // 2 + 1 events in 17 + 30 years; a prior of more years than the record is an assumption.
    let prior = Some(PriorEvents { events: 1.0, years: 30.0 });
    let record = ObservedEvents { prior, ..ObservedEvents::new(2, 17.0) };
    let outcome = run(plan()
        .indicator("x", indicator(0.0, RandomWalk::new(0.0, 0.0)).link(Link::Identity))
        .event("shock", Event::observed("Shock", record).load("x", 1.0))
        .target("none", TargetDraft::level("x").at_most(0.5)));
    met(&outcome, "none", libm::pow(47.0 / 52.0, 3.0));
    let basis = outcome.target("none").unwrap().basis.unwrap();
    assert!(basis.parameters == 0.0 && basis.assumptions > 0.02, "{basis:?}");
}

/// Every path of a chain of two states over the base year and five years: its probability and states of years 1 .. 5.
fn states(initial: [f64; 2], transition: [[f64; 2]; 2]) -> impl Iterator<Item = (f64, Vec<usize>)> {
    (0_usize..64).map(move |pattern| {
        let chain: Vec<usize> = (0..6).map(|year| pattern >> year & 1).collect();
        let steps = chain.windows(2).map(|w| transition[w[0]][w[1]]);
        (initial[chain[0]] * steps.product::<f64>(), chain[1..].to_vec())
    })
}

#[test]
fn two_regimes_that_persist() {
    let (initial, transition) = ([0.8, 0.2], [[0.85, 0.15], [0.4, 0.6]]);
    let regime = Regime::new(
        "Cycle",
        [("boom", initial[0]), ("slump", initial[1])],
        transition.map(Vec::from).to_vec(),
    )
    .shift("gdp", [0.01, -0.03])
    .scale("gdp", [1.0, 2.5]);
    let outcome = run(walk().regime("cycle", regime));
    let truth: f64 = states(initial, transition)
        .map(|(p, states)| {
            let mean: f64 = states.iter().map(|s| [0.01, -0.03][*s]).sum();
            let variance: f64 = states.iter().map(|s| [4e-4, 25e-4][*s]).sum();
            p * phi((mean - libm::log(0.97)) / variance.sqrt())
        })
        .sum();
    met(&outcome, "t", truth);
    // The first year: a mixture with the probabilities of the states of 2026.
    let boom = 0.8 * 0.85 + 0.2 * 0.4;
    law(&outcome, "gdp", 2026, |x| {
        let y = libm::log(x / 100.0);
        boom * phi((y - 0.01) / 0.02) + (1.0 - boom) * phi((y + 0.03) / 0.05)
    });
}

#[test]
fn states_of_the_world_persist() {
    // The state itself as a level: the sum of five years of state 1.
    let transition = [[0.9, 0.1], [0.2, 0.8]];
    let regime = Regime::new("Cycle", [("calm", 1.0), ("storm", 0.0)], transition.map(Vec::from).to_vec())
        .shift("storms", [0.0, 1.0]);
    let mut plan = plan()
        .indicator("storms", indicator(0.0, RandomWalk::new(0.0, 0.0)).link(Link::Identity))
        .regime("cycle", regime);
    for k in 0..=5 {
        let target = TargetDraft::level("storms").about(f64::from(k), 0.5);
        plan = plan.target(format!("t{k}"), target);
    }
    let outcome = run(plan);
    for k in 0..=5 {
        let years = states([1.0, 0.0], transition).filter(|(_, s)| s.iter().sum::<usize>() == k);
        met(&outcome, &format!("t{k}"), years.map(|(p, _)| p).sum());
    }
}

#[test]
fn three_states_with_equal_rows_are_a_mixture() {
    let row = vec![0.2, 0.5, 0.3];
    let states = [("a", 1.0), ("b", 0.0), ("c", 0.0)];
    let regime =
        Regime::new("Weather", states, vec![row; 3]).shift("x", [-1.0, 0.0, 2.0]).scale("x", [1.0, 0.5, 0.0]);
    let outcome = run(one_year()
        .indicator("x", indicator(0.0, RandomWalk::new(0.0, 1.0)).link(Link::Identity))
        .regime("weather", regime)
        .target("low", TargetDraft::level("x").at_most(-0.5))
        .target("two", TargetDraft::level("x").about(2.0, 0.0)));
    met(&outcome, "low", 0.2 * phi(0.5) + 0.5 * phi(-1.0));
    // With volatility times 0 the third state is certain to give 2 (and the others hardly ever do).
    met(&outcome, "two", 0.3);
}
