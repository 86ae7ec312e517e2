//! A change does to every path exactly what it says, and nothing else.

use plancast::error::Error;
use plancast::event::Event;
use plancast::prelude::*;
use plancast::scenario::{Change, Handle};
use plancast::simulate::{KeepPaths, Paths};

const STEPS: usize = 5;

/// Indicators of every kind, an event, and targets that need their levels.
fn plan() -> Scenario {
    let draft = |process: Process| IndicatorDraft::new("Level", "1").baseline(100.0).process(process);
    let share = IndicatorDraft::new("Share", "%").share(0.0, 100.0).baseline(40.0);
    let bust = Event::new("Bust", 0.2).load("walk", -0.1);
    Scenario::builder("Plan", 2025, 2030)
        .indicator("walk", draft(RandomWalk::new(0.03, 0.02).into()))
        .indicator("persistent", draft(Ar1Growth::new(0.03, 0.6, 0.02).last_growth(0.08).into()))
        .indicator("pulled", draft(MeanReverting::new(120.0, 0.3, 0.02).into()))
        .indicator("share", share.process(MeanReverting::new(60.0, 0.3, 0.1)))
        .indicator("follower", draft(RandomWalk::new(0.0, 0.01).into()).driver("walk", 0.5))
        .indicator("ratio", IndicatorDraft::new("Ratio", "1").formula("walk / persistent"))
        .indicator("simple", draft(Ar1SimpleGrowth::new(0.03, 0.5, 0.02).into()))
        .event("bust", bust)
        .correlation(CorrelationDraft::Independent)
        .target("walk", TargetDraft::average_growth("walk").at_least(0.03))
        .build()
        .expect("a scenario")
}

fn paths(scenario: &Scenario) -> Paths {
    let run = Simulation::new(scenario).paths(600).seed(3);
    run.run_with(&KeepPaths::all(scenario)).expect("it runs").1
}

/// How far the state of an indicator is shifted at a step, the same on all paths to within rounding.
#[track_caller]
fn shift(scenario: &Scenario, change: Change, id: &str, step: usize) -> f64 {
    let position = scenario.indicators().get_index_of(id).expect("an indicator");
    let link = scenario.indicators()[position].link;
    let changed = scenario.changed("it", change).expect("a change");
    let (before, after) = (paths(scenario), paths(&changed));
    let of = |paths: &Paths| paths.level(position, step).expect("a level").to_vec();
    let shifts: Vec<f64> =
        of(&before).iter().zip(of(&after)).map(|(a, b)| link.state(b) - link.state(*a)).collect();
    let spread = shifts.iter().map(|s| (s - shifts[0]).abs()).fold(0.0, f64::max);
    assert!(spread < 1e-12, "{id} is shifted by {spread} more on some paths");
    shifts[0]
}

#[track_caller]
fn is(found: f64, wanted: f64) {
    assert!((found - wanted).abs() < 1e-12, "{found}, not {wanted}");
}

#[test]
fn a_drift_adds_up_over_the_years() {
    let scenario = plan();
    for step in 1..=STEPS {
        let by = |id: &str| shift(&scenario, Change::new(Handle::drift(id), 0.01), id, step);
        is(by("walk"), 0.01 * step as f64);
        // Persistence is of what growth is off its mean: the new mean is no news to it.
        is(by("persistent"), 0.01 * step as f64);
        // A share of 0.3 of what is above the level is lost each year.
        let pulled = 0.01 * (1.0 - 0.7_f64.powi(step as i32)) / 0.3;
        is(by("pulled"), pulled);
        is(by("share"), pulled);
    }
}

#[test]
fn a_level_is_shifted_from_its_year_on() {
    let scenario = plan();
    for id in ["walk", "persistent", "pulled", "share"] {
        for step in 0..=STEPS {
            let wanted = if step < 3 { 0.0 } else { 0.05 };
            is(shift(&scenario, Change::new(Handle::level(id, Year(2028)), 0.05), id, step), wanted);
            let fading = Change::new(Handle::level(id, Year(2027)), 0.1).over([9.0, 1.0, 0.5, 0.0, 0.0]);
            is(shift(&scenario, fading, id, step), [0.0, 0.0, 0.1, 0.05, 0.0, 0.0][step]);
        }
    }
}

#[test]
fn what_follows_moves_with_it() {
    let scenario = plan();
    let change = Change::new(Handle::drift("walk"), 0.01).over([1.0, 2.0, 0.0, 0.0, -1.0]);
    for (step, sum) in [0.0, 1.0, 3.0, 3.0, 3.0, 2.0].into_iter().enumerate() {
        is(shift(&scenario, change.clone(), "walk", step), 0.01 * sum);
        is(shift(&scenario, change.clone(), "follower", step), 0.005 * sum);
        is(shift(&scenario, change.clone(), "persistent", step), 0.0);
    }
}

#[test]
fn an_elasticity_passes_on_more() {
    let scenario = plan();
    let changed = scenario
        .changed("more", Change::new(Handle::elasticity("follower", "walk"), 0.25))
        .expect("a change");
    let (before, after) = (paths(&scenario), paths(&changed));
    let at = |paths: &Paths, id: &str, path: usize| {
        let position = scenario.indicators().get_index_of(id).expect("an indicator");
        libm::log(paths.level(position, STEPS).expect("levels")[path] / 100.0)
    };
    for path in 0..before.len() {
        is(at(&after, "follower", path) - at(&before, "follower", path), 0.25 * at(&before, "walk", path));
        is(at(&after, "walk", path), at(&before, "walk", path));
    }
}

/// Mean and standard error of ln X / X0 of the last year.
fn mean_growth(scenario: &Scenario, id: &str) -> (f64, f64) {
    let position = scenario.indicators().get_index_of(id).expect("an indicator");
    let run = Simulation::new(scenario).paths(20_000).run_with(&KeepPaths::all(scenario)).expect("it runs").1;
    let logs: Vec<f64> =
        run.level(position, STEPS).expect("levels").iter().map(|x| libm::log(x / 100.0)).collect();
    let n = logs.len() as f64;
    let mean = logs.iter().sum::<f64>() / n;
    let variance = logs.iter().map(|x| (x - mean) * (x - mean)).sum::<f64>() / (n - 1.0);
    (mean, (variance / n).sqrt())
}

#[test]
fn an_event_becomes_rarer() {
    let scenario = plan();
    // An event lowers the walk by a tenth; what leaves 0 to 1 counts as 0 or 1.
    for (by, probability) in [(0.0, 0.2), (-0.1, 0.1), (0.3, 0.5), (-0.5, 0.0), (2.0, 1.0)] {
        let changed = scenario.changed("it", Change::new(Handle::probability("bust"), by)).expect("a change");
        let (mean, error) = mean_growth(&changed, "walk");
        let wanted = STEPS as f64 * (0.03 - 0.1 * probability);
        assert!((mean - wanted).abs() < 4.0 * error, "{by}: {mean}, not {wanted} within {error}");
    }
}

#[test]
fn an_uncertain_change_is_drawn_once_a_path() {
    // Nothing but the change is uncertain, so that the law of the level is that of the change.
    let scenario = Scenario::builder("Plan", 2025, 2030)
        .indicator(
            "gdp",
            IndicatorDraft::new("GDP", "bn").baseline(100.0).process(RandomWalk::new(0.03, 0.0)),
        )
        .target("gdp", TargetDraft::average_growth("gdp").at_least(libm::expm1(0.04)))
        .build()
        .expect("a scenario");
    let change =
        Change::new(Handle::drift("gdp"), Quantity::normal(0.012, 0.004)).over([1.0, 1.0, 2.0, 0.0, 1.0]);
    let changed = scenario.changed("push", change).expect("a change");
    let (mean, error) = mean_growth(&changed, "gdp");
    assert!((mean - (0.15 + 0.012 * 5.0)).abs() < 4.0 * error);
    // The standard deviation is known to one part in sqrt(2 n).
    let sd = error * 20_000.0_f64.sqrt();
    assert!((sd / (0.004 * 5.0) - 1.0).abs() < 4.0 / 40_000.0_f64.sqrt(), "{sd}");
    // It is met where the push is above 0.01: Phi(0.5).
    let outcome = Simulation::new(&changed).paths(100_000).run().expect("it runs");
    let p: f64 = 0.691_462_461_274_013_1;
    let met = &outcome.targets[0];
    assert!((met.probability.estimate - p).abs() < 4.0 * (p * (1.0 - p) / 100_000.0).sqrt());
    // It rests on the change: that is an assumption, and everything that is not known.
    assert_eq!(met.evidence, Evidence::Assumption);
    let basis = met.basis.expect("a basis");
    assert!(basis.assumptions > 0.95, "{basis:?}");
    assert_ne!(
        outcome.fingerprint,
        Simulation::new(&scenario).paths(100_000).run().expect("it runs").fingerprint
    );
}

#[test]
fn several_changes_of_one_thing_add_up_and_one_replaces_itself() {
    let scenario = plan();
    let half = |by: f64| Change::new(Handle::drift("walk"), by);
    let two = scenario.changed("a", half(0.004)).and_then(|s| s.changed("b", half(0.006))).expect("changes");
    let again = two.changed("a", half(0.0)).expect("a change");
    let last = |scenario: &Scenario| paths(scenario).level(0, STEPS).expect("levels")[7];
    let plain = last(&scenario);
    is(libm::log(last(&two) / plain), 0.05);
    is(libm::log(last(&again) / plain), 0.03);
}

#[test]
fn every_fault_of_a_change_is_told() {
    let scenario = plan();
    let refused = |change: Change| match scenario.changed("it", change) {
        Err(Error::Scenario(faults)) => faults.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n"),
        other => panic!("not refused: {other:?}"),
    };
    let cases = [
        (Change::new(Handle::drift("wlak"), 0.01), "there is no indicator `wlak`", "did you mean `walk`?"),
        (Change::new(Handle::drift("ratio"), 0.01), "`ratio` is a formula", "name the indicators"),
        (Change::new(Handle::probability("boom"), 0.01), "there is no event `boom`", "the events are bust"),
        (
            Change::new(Handle::elasticity("follower", "share"), 0.01),
            "does not follow a driver `share`",
            "walk",
        ),
        (Change::new(Handle::level("walk", Year(2025)), 0.01), "it must be from 2026 to 2030", "2026"),
        (Change::new(Handle::level("simple", Year(2026)), 0.01), "a simple growth rate", "change its drift"),
        (Change::new(Handle::drift("walk"), f64::NAN), "NaN", "finite"),
        (Change::new(Handle::drift("walk"), Quantity::normal(0.0, -1.0)), "sd is -1", "at least 0"),
        (
            Change::new(Handle::drift("walk"), Quantity::by_year([(2026, 0.1)])),
            "cannot change over the years",
            "one",
        ),
        (Change::new(Handle::drift("walk"), 0.1).over([1.0]), "over has 1 factors", "each of the 5 years"),
        (Change::new(Handle::drift("walk"), 0.1).over([f64::NAN; 5]), "a factor is NaN", "finite"),
    ];
    for (change, problem, remedy) in cases {
        let words = refused(change);
        assert!(words.contains(problem) && words.contains(remedy), "{words}");
    }
    let both = refused(Change::new(Handle::drift("wlak"), f64::INFINITY).over([1.0]));
    for fault in ["wlak", "inf", "1 factors"] {
        assert!(both.contains(fault), "{both}");
    }
}
