//! Levels watched in every year: first passage, every year, targets of different years.

use crate::check::*;
use plancast::prelude::*;

/// P that a driftless walk with unit steps reaches 1.25 for the first time in year k (of five), by quadrature.
fn first_passage() -> [f64; 5] {
    std::array::from_fn(|k| reference(&format!("barrier_{}", k + 1)))
}

#[test]
fn a_barrier_is_watched_yearly_not_continuously() {
    let walk = indicator(0.0, RandomWalk::new(0.0, 1.0)).link(Link::Identity);
    let outcome = run(plan()
        .indicator("x", walk)
        .target("reached", TargetDraft::level("x").at_least(1.25))
        .target("kept", TargetDraft::every_year("x").at_most(1.25).strict())
        .target("three", TargetDraft::every_year("x").at_most(1.25).strict().year(2028)));
    let first = first_passage();
    let ever: f64 = first.iter().sum();
    assert!((ever - 0.424).abs() < 0.0005, "as known, {ever}");
    let continuous = 2.0 * phi(-1.25 / 5.0_f64.sqrt());
    assert!((continuous - 0.576).abs() < 0.0005, "as known, {continuous}");

    let target = outcome.target("reached").unwrap();
    let counts: Vec<u64> = target.first_year.counts.iter().map(|(_, n)| *n).collect();
    let n = PATHS as f64;
    for (year, (count, truth)) in counts.iter().zip(first).enumerate() {
        share(*count as f64 / n, truth, n, &format!("first reached in year {}", year + 1));
    }
    share(target.first_year.never as f64 / n, 1.0 - ever, n, "never reached");
    // Standing at or above it in the last year is another event than having reached it.
    met(&outcome, "reached", phi(-1.25 / 5.0_f64.sqrt()));
    assert_eq!(target.first_year.likely, None);

    met(&outcome, "kept", 1.0 - ever);
    met(&outcome, "three", 1.0 - first[..3].iter().sum::<f64>());
    assert_eq!(outcome.target("kept").unwrap().probability.hits, target.first_year.never);
    // As at each year: kept so far.
    let kept = outcome.target("kept").unwrap();
    for (k, (year, p)) in kept.by_year.iter().enumerate() {
        probability(p, 1.0 - first[..=k].iter().sum::<f64>(), &format!("kept until {year}"));
    }
}

#[test]
fn the_measure_of_every_year_is_the_worst_year() {
    let level = Quantity::by_year([(2026, 31.0), (2027, 24.0), (2028, 29.0), (2030, 35.0)]);
    let noise = || indicator(30.0, Path::new(level.clone(), 0.04));
    let outcome = run(plan()
        .indicator("x", noise())
        .target("least", TargetDraft::every_year("x").at_least(22.0))
        .target("greatest", TargetDraft::every_year("x").at_most(37.0)));
    // Independent years around 31, 24, 29, 32, 35: products of distribution functions.
    let cdf = |x: f64, level: f64| phi(libm::log(x / level) / 0.04);
    let years = [31.0, 24.0, 29.0, 32.0, 35.0];
    let least = |x: f64| 1.0 - years.iter().map(|level| 1.0 - cdf(x, *level)).product::<f64>();
    let greatest = |x: f64| years.iter().map(|level| cdf(x, *level)).product::<f64>();
    met(&outcome, "least", 1.0 - least(22.0));
    met(&outcome, "greatest", greatest(37.0));
    for p in [0.1, 0.5, 0.9] {
        let at = |target: &str| outcome.target(target).unwrap().outcome.as_ref().unwrap().at(p);
        share(least(at("least")), p, PATHS as f64, "quantile of the least year");
        share(greatest(at("greatest")), p, PATHS as f64, "quantile of the greatest year");
        let margin = outcome.target("greatest").unwrap().margin.as_ref().unwrap().at(1.0 - p);
        share(greatest(37.0 - margin), p, PATHS as f64, "quantile of the margin");
    }
}

#[test]
fn when_it_is_more_likely_met_than_not() {
    // Median 100 e^(0.05 n): above 112 from the third year on.
    let outcome = run(plan()
        .indicator("x", indicator(100.0, RandomWalk::new(0.05, 0.03)))
        .target("t", TargetDraft::level("x").at_least(112.0)));
    assert_eq!(outcome.target("t").unwrap().first_year.likely, Some(Year(2028)));
    for (year, p) in &outcome.target("t").unwrap().by_year {
        let n = f64::from(year.0 - 2025);
        probability(p, phi((0.05 * n - libm::log(1.12)) / (0.03 * n.sqrt())), &format!("as at {year}"));
    }
}

#[test]
fn targets_of_different_years_are_met_together_each_in_its_own() {
    // S2 and S5 of one walk have a correlation of sqrt(2/5).
    let outcome = run(plan()
        .indicator("x", indicator(0.0, RandomWalk::new(0.0, 1.0)).link(Link::Identity))
        .target("early", TargetDraft::level("x").at_least(0.5).year(2027))
        .target("late", TargetDraft::level("x").at_least(-1.0))
        .target("both", TargetDraft::all(["early", "late"]).name("Both")));
    let both = both_above(0.5 / 2.0_f64.sqrt(), -1.0 / 5.0_f64.sqrt(), 0.4_f64.sqrt());
    met(&outcome, "early", phi(-0.5 / 2.0_f64.sqrt()));
    met(&outcome, "late", phi(1.0 / 5.0_f64.sqrt()));
    met(&outcome, "both", both);
    probability(&outcome.joint.all, both, "all");
    assert_eq!(outcome.target("both").unwrap().year, Year(2030));
}
