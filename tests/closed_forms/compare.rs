//! Variants beside a plan: paired differences against the normal law in one and two dimensions.

use crate::check::*;
use plancast::analyse::{Compared, Comparison, Goal, Varied};
use plancast::prelude::*;
use plancast::scenario::PairsDraft;

const FEW: u64 = 200_000;

/// An indicator that after one year is a normal number with a standard deviation of 1.
fn normal(mean: f64) -> IndicatorDraft {
    indicator(0.0, RandomWalk::new(mean, 1.0)).link(Link::Identity)
}

/// Two of them, correlated; the targets `x` and `y` ask for given levels of given ones.
fn two(drift: f64, x: (&str, f64), y: (&str, f64)) -> Scenario {
    let pairs = PairsDraft { of: vec![("a".into(), "b".into(), 0.6)], repair: false };
    one_year()
        .indicator("a", normal(drift))
        .indicator("b", normal(0.0))
        .correlation(CorrelationDraft::Pairs(pairs))
        .target("x", TargetDraft::level(x.0).at_least(x.1))
        .target("y", TargetDraft::level(y.0).at_least(y.1))
        .build()
        .unwrap()
}

fn compare(base: &Scenario, variant: &Scenario) -> Compared {
    let simulation = Simulation::new(base).paths(FEW).seed(SEED);
    Comparison::new(&simulation).variant("variant", variant).run().unwrap()
}

/// What turned against the truth, and the standard error against that of the true shares.
#[track_caller]
fn turned(varied: &Varied, gained: f64, lost: f64, what: &str) {
    let (difference, n) = (varied.difference, FEW as f64);
    share(difference.gained as f64 / n, gained, n, &format!("{what}, gained"));
    share(difference.lost as f64 / n, lost, n, &format!("{what}, lost"));
    let error = ((gained + lost - (gained - lost) * (gained - lost)) / n).sqrt();
    near(difference.estimate, gained - lost, error, what);
    // Counts of some hundred and more: the error is known to some per cent.
    let known = 2.0 / (n * (gained + lost)).sqrt();
    assert!((difference.standard_error / error - 1.0).abs() < known, "{what}: {difference:?}, {error}");
}

#[test]
fn a_drift_turns_the_paths_between_two_bounds() {
    // The same draws: b is 0.6 a and more; x is met from 0.3 on, with a drift of 0.1 from 0.2 on.
    let base = two(0.0, ("a", 0.3), ("b", -0.2));
    let compared = compare(&base, &two(0.1, ("a", 0.3), ("b", -0.2)));
    assert_eq!(compared.rows.len(), 3, "x, y and all; no target binds");
    let [x, y, all] = [0, 1, 2].map(|row| &compared.rows[row]);
    assert_eq!(all.goal, Goal::All);
    turned(&x.variants[0], phi(-0.2) - phi(-0.3), 0.0, "one target");
    let (before, after) = (both_above(0.3, -0.2, 0.6), both_above(0.2, -0.2, 0.6));
    share(all.base.estimate, before, FEW as f64, "all, in the plan");
    share(all.variants[0].probability.estimate, after, FEW as f64, "all, in the variant");
    turned(&all.variants[0], after - before, 0.0, "all");
    // What hangs on b alone is left alone, exactly.
    let left = &y.variants[0];
    assert!(left.untouched && left.probability == y.base);
    let difference = left.difference;
    assert_eq!((difference.estimate, difference.standard_error), (0.0, 0.0));
    assert_eq!((difference.low, difference.high), (0.0, 0.0));
}

#[test]
fn what_is_gained_and_lost_is_counted_apart() {
    // x asks for a in the plan and for b in the variant.
    let base = two(0.0, ("a", 0.5), ("b", 0.0));
    let compared = compare(&base, &two(0.0, ("b", 0.3), ("b", 0.0)));
    let both = both_above(0.5, 0.3, 0.6);
    turned(&compared.rows[0].variants[0], phi(-0.3) - both, phi(-0.5) - both, "another indicator");
    // All: a above 0.5 and b above 0, or b above 0.3.
    let before = both_above(0.5, 0.0, 0.6);
    turned(&compared.rows[2].variants[0], phi(-0.3) - both, before - both, "all");
}

#[test]
fn the_interval_holds_the_truth_as_often_as_it_says() {
    // 400 comparisons of 512 paths; P(gained) is some 0.12, P(lost) some 0.08.
    let base = two(0.0, ("a", 0.5), ("b", 0.0));
    let variant = two(0.0, ("b", 0.3), ("b", 0.0));
    let truth = phi(-0.3) - phi(-0.5);
    let held = (0..400)
        .filter(|seed| {
            let simulation = Simulation::new(&base).paths(512).seed(*seed).threads(1);
            let compared = Comparison::new(&simulation).variant("v", &variant).run().unwrap();
            let difference = compared.rows[0].variants[0].difference;
            difference.low <= truth && truth <= difference.high
        })
        .count();
    share(held as f64 / 400.0, 0.95, 400.0, "coverage");
}
