//! Does a plan with actuals say what it should: against closed forms, against plans that simply began later, and to the last bit where nothing is known?

use plancast::analyse::{Review, ReviewOutcome, ReviewRow};
use plancast::evidence::Evidence;
use plancast::prelude::*;
use plancast::scenario::{Actual, Actuals, ScenarioBuilder};
use plancast::stats::normal;
use proptest::prelude::*;
use statrs::distribution::{ContinuousCDF, StudentsT};

const PATHS: u64 = 200_000;
const SEED: u64 = 2027;

fn plan() -> ScenarioBuilder {
    Scenario::builder("Test", 2025, 2030)
}

fn indicator(baseline: impl Into<Quantity>, process: impl Into<Process>) -> IndicatorDraft {
    IndicatorDraft::new("An indicator", "unit").baseline(baseline).process(process)
}

fn built(builder: ScenarioBuilder) -> Scenario {
    builder.build().unwrap_or_else(|error| panic!("{error}"))
}

fn run(scenario: &Scenario) -> Outcome {
    Simulation::new(scenario).paths(PATHS).seed(SEED).run().unwrap_or_else(|error| panic!("{error}"))
}

/// Within four standard errors of the truth, of so many independent paths.
#[track_caller]
fn met(outcome: &Outcome, target: &str, truth: f64) {
    let found = outcome.target(target).expect("the target").probability.estimate;
    let error = (truth * (1.0 - truth) / outcome.paths as f64).sqrt();
    assert!((found - truth).abs() <= 4.0 * error, "{target}: {found} instead of {truth} +- {error}");
}

/// Ten yearly log growths with mean 5.3 and standard deviation 1.5 log points, as levels up to 100 in 2025.
fn ten_years() -> History {
    let off = 0.015 * (0.9_f64).sqrt();
    let growth = |year: i32| 0.053 + if year % 2 == 0 { off } else { -off };
    let level = |year: i32| 100.0 * libm::exp(-(year + 1..=2025).map(growth).sum::<f64>());
    History::values(HistoryForm::Level, (2015..=2025).map(|year| (year, level(year))))
}

/// 4.5 log points in each of two years.
fn two_actuals() -> Actuals {
    Actuals::new([2026, 2027].map(|year| ("gdp", year, 100.0 * libm::exp(0.045 * f64::from(year - 2025)))))
}

/// An average of 5 log points a year.
fn growth_target() -> TargetDraft {
    TargetDraft::average_growth("gdp").at_least(libm::expm1(0.05))
}

/// The check of the issue. Of 25 log points 9 are there, so the three years left need 16.
///
/// * **Parameters fixed, 0.485**: mean and standard deviation of the ten years as if they were known:
///   P(N(3 x 5.3, 3 x 1.5^2) >= 16) = 1 - Phi(0.1 / (1.5 sqrt 3)) = 0.4847.
/// * **Parameters learned, 0.428**: the posterior predictive of twelve years under the flat prior. Mean (53 + 9) / 12 = 5.1667, squares
///   9 x 1.5^2 + 10 x 2 / 12 x 0.8^2 = 21.317, s^2 = 21.317 / 11: t with 11 degrees of freedom, location 15.5, scale s sqrt(3 + 9 / 12):
///   P(>= 16) = 1 - T11(0.1855) = 0.4281.
/// * Between them, with the posterior of the first ten years drawn but not updated: 1 - T9(0.1 / (1.5 sqrt(3 + 9 / 10))) = 0.4869.
#[test]
fn two_lean_years_by_parameters_fixed_and_learned() {
    let (actuals, half) = (two_actuals(), 16.0);
    let t = |df: f64, location: f64, scale: f64| 1.0 - StudentsT::new(location, scale, df).unwrap().cdf(half);
    let s = (21.0 + 19.0 / 60.0_f64) / 11.0;
    let fixed = normal::upper(0.1 / (1.5 * 3.0_f64.sqrt()));
    let (drawn, learned) = (t(9.0, 15.9, 1.5 * 3.9_f64.sqrt()), t(11.0, 15.5, (s * 3.75).sqrt()));
    assert!((fixed - 0.485).abs() < 5e-4 && (learned - 0.428).abs() < 5e-4 && (drawn - 0.487).abs() < 5e-4);

    let stated = built(
        plan()
            .indicator("gdp", indicator(100.0, RandomWalk::new(0.053, 0.015)).history(ten_years()))
            .target("growth", growth_target()),
    );
    met(&run(&stated.updated(&actuals).unwrap()), "growth", fixed);
    let estimated = built(
        plan()
            .indicator(
                "gdp",
                indicator(100.0, RandomWalk::estimated(Estimate::default())).history(ten_years()),
            )
            .target("growth", growth_target()),
    );
    met(&run(&estimated.updated(&actuals).unwrap()), "growth", learned);
    met(&run(&estimated.starting_from(&actuals).unwrap()), "growth", drawn);
    // Learning alone: five years to come from the posterior of twelve.
    let all_five =
        1.0 - StudentsT::new(5.0 * 62.0 / 12.0, (s * (5.0 + 25.0 / 12.0)).sqrt(), 11.0).unwrap().cdf(25.0);
    met(&run(&estimated.learning_from(&actuals).unwrap()), "growth", all_five);
}

#[test]
fn growth_of_the_last_known_year_persists() {
    // AR(1): deviations from 0.04 are halved; the last actual growth is 0.10 in logarithms.
    let scenario = built(
        plan()
            .indicator("x", indicator(100.0, Ar1Growth::new(0.04, 0.5, 0.02)))
            .target("level", TargetDraft::level("x").at_least(100.0 * libm::exp(0.31)))
            .target("grown", TargetDraft::level("x").at_least(120.0).year(2027)),
    );
    let actuals = Actuals::new([("x", 2026, 100.0), ("x", 2027, 100.0 * libm::exp(0.1))]);
    let outcome = run(&scenario.updated(&actuals).unwrap());
    let mean = 0.1 + 3.0 * 0.04 + 0.06 * (0.5 + 0.25 + 0.125);
    let sd = 0.02 * (1.0 + 1.5 * 1.5 + 1.75 * 1.75_f64).sqrt();
    met(&outcome, "level", normal::upper((0.31 - mean) / sd));
    assert_eq!(outcome.target("grown").unwrap().probability.hits, 0);
    let bands = &outcome.indicator("x").unwrap().bands;
    let level = 100.0 * libm::exp(0.1);
    assert_eq!(bands[2].quantiles.central(0.98), (level, level));
    assert_eq!(outcome.indicator("x").unwrap().history.last(), Some(&(Year(2027), level)));
}

/// Two random walks, of which the second one's innovation is drawn given what the actual of the first implies: 1.5 standard deviations.
fn pair(correlation: CorrelationDraft, first: &str, second: &str) -> ScenarioBuilder {
    let draft = |id: &str| match id {
        "gdp" => indicator(100.0, RandomWalk::new(0.05, 0.02)),
        _ => indicator(100.0, RandomWalk::new(0.01, 0.03)),
    };
    // A year with a median of the conditional law: log growth 0.01 + 0.03 x 0.6 x 1.5 = 0.037.
    plan()
        .indicator(first, draft(first))
        .indicator(second, draft(second))
        .correlation(correlation)
        .target("mean", TargetDraft::level("jobs").at_least(100.0 * libm::exp(0.037)).year(2026))
        .target("spread", TargetDraft::level("jobs").at_least(100.0 * libm::exp(0.037 + 0.024)).year(2026))
        .target("last", TargetDraft::level("jobs").at_least(100.0 * libm::exp(0.037 + 0.04)))
}

#[test]
fn correlated_innovations_are_drawn_given_what_an_actual_implies() {
    let actuals = Actuals::new([("gdp", 2026, 100.0 * libm::exp(0.08))]);
    let head = "plancast = 1\nplan = { name = 'p', base_year = 2025, last_year = 2030 }\n";
    let pairs = || {
        let text = format!(
            "{head}correlation.pairs = {{ of = [['gdp', 'jobs', 0.6]] }}\nindicator.gdp = {{ name='g', unit='1', baseline=1.0, process.random_walk={{drift=0.0, volatility=0.1}} }}\nindicator.jobs = {{ name='g', unit='1', baseline=1.0, process.random_walk={{drift=0.0, volatility=0.1}} }}\n[target.t]\nindicator='gdp'\nat_least=1.0"
        );
        Draft::from_toml(&text).unwrap().correlation.unwrap()
    };
    let factors = |builder: ScenarioBuilder| {
        // 0.75 x 0.8 = 0.6.
        builder.factor("all", Factor::new("All").load("gdp", 0.75).load("jobs", 0.8))
    };
    let scenarios = [
        pair(pairs(), "gdp", "jobs"),
        pair(pairs(), "jobs", "gdp"),
        factors(pair(CorrelationDraft::Factors, "jobs", "gdp")),
    ];
    for scenario in scenarios.map(built) {
        let outcome = run(&scenario.updated(&actuals).unwrap());
        met(&outcome, "mean", 0.5);
        met(&outcome, "spread", normal::upper(1.0));
        // Later years are free again.
        let sd = (0.024_f64 * 0.024 + 4.0 * 0.03 * 0.03).sqrt();
        met(&outcome, "last", 0.5_f64.max(normal::upper(0.0 / sd)));
        // Draws of the indicator that is not known stay: with the actual as expected, paths are shifted, not drawn anew.
        assert!(outcome.indicator("gdp").unwrap().bands[1].quantiles.central(0.98).0 > 108.0);
    }
}

#[test]
fn a_known_driver_drives_and_settles_what_follows_it() {
    // jobs follow gdp, both known: the innovation of jobs, which is correlated with that of `other`, is 0.04 - 0.01 - 0.5 x 0.06 = 0.
    let scenario = built(
        plan()
            .indicator("gdp", indicator(100.0, RandomWalk::new(0.05, 0.02)))
            .indicator("jobs", indicator(100.0, RandomWalk::new(0.01, 0.01)).driver("gdp", 0.5))
            .indicator("follower", indicator(100.0, RandomWalk::new(0.0, 0.01)).driver("gdp", 2.0))
            .indicator("other", indicator(100.0, RandomWalk::new(0.02, 0.03)))
            .correlation(CorrelationDraft::Factors)
            .factor("f", Factor::new("F").load("jobs", 0.8).load("other", 0.8))
            .target(
                "other",
                TargetDraft::level("other")
                    .at_least(100.0 * libm::exp(0.02 + 0.03 * 0.768_374_908_491_942))
                    .year(2026),
            )
            .target("follower", TargetDraft::level("follower").at_least(100.0 * libm::exp(0.13)).year(2026)),
    );
    let level = |x: f64| 100.0 * libm::exp(x);
    let actuals = Actuals::new([("gdp", 2026, level(0.06)), ("jobs", 2026, level(0.04))]);
    let outcome = run(&scenario.updated(&actuals).unwrap());
    // Given a score of 0 the other one has the variance 1 - 0.64^2 = 0.768^2.
    met(&outcome, "other", normal::upper(1.0));
    met(&outcome, "follower", normal::upper(1.0));
}

#[test]
fn sums_and_every_year_count_the_years_that_are_known() {
    // Flows as a random walk: 10, 9, 12, then free. The sum is 10 + 9 + 12 + 2 x 12 + 2 e4 + e5.
    let flow = |id: &str, target: TargetDraft, name: &str| {
        plan()
            .indicator(id, indicator(10.0, RandomWalk::new(0.0, 1.0)).link(Link::Identity))
            .target(name, target)
    };
    let actuals = Actuals::new([("x", 2026, 10.0), ("x", 2027, 9.0), ("x", 2028, 12.0)]);
    let of = |target, name: &str| run(&built(flow("x", target, name)).updated(&actuals).unwrap());
    let sum = of(TargetDraft::cumulative("x").at_least(56.0), "sum");
    met(&sum, "sum", normal::upper(1.0 / 5.0_f64.sqrt()));
    // The years known are judged: 9 was below 9.5, and above 8.5, after which both years to come count: P by the law of two steps.
    let broken = of(TargetDraft::every_year("x").at_least(9.5), "every");
    assert_eq!(broken.target("every").unwrap().probability.hits, 0);
    let held = of(TargetDraft::every_year("x").at_least(8.5).year(2029), "every");
    met(&held, "every", normal::cdf(3.5));
}

#[test]
fn growth_is_known_where_the_level_of_the_base_year_is_not() {
    let scenario = built(
        plan()
            .indicator("x", indicator(Quantity::normal(100.0, 10.0), RandomWalk::new(0.02, 0.01)))
            .target("x", TargetDraft::average_growth("x").at_least(libm::expm1(0.03))),
    );
    let actuals: Actuals = [Actual::growth("x", 2026, 100.0 * libm::expm1(0.06))].into_iter().collect();
    // 0.15 needed, 0.06 there, four years of 0.02 +- 0.01.
    met(&run(&scenario.updated(&actuals).unwrap()), "x", normal::upper((0.09 - 0.08) / 0.02));
}

#[test]
fn an_event_is_as_severe_as_it_was() {
    let mut event = Event {
        name: "Shock".into(),
        probability: Some(Quantity::number(1.0)),
        persistence: Quantity::number(0.5),
        ..Draft::from_toml("plancast = 1\nplan = { name = 'p', base_year = 2025, last_year = 2030 }\nindicator.x = { name = 'x', unit = '1', baseline = 1.0, process.random_walk = { drift = 0.0, volatility = 0.1 } }\nevent.e = { name = 'e', probability = 0.5, load = { x = 1.0 } }\n[target.t]\nindicator = 'x'\nat_least = 1.0").unwrap().event["e"].clone()
    };
    event.years = Some((Year(2026), Year(2026)));
    let scenario = built(
        plan()
            .indicator("x", indicator(0.0, RandomWalk::new(0.0, 1.0)).link(Link::Identity))
            .event("e", event)
            .target("x", TargetDraft::level("x").at_least(4.0).year(2027)),
    );
    // Severity 2, and half of it a year later: 3 in two years; without it 0.
    for (severity, mean) in [(2.0, 3.0), (0.0, 0.0)] {
        let outcome = run(&scenario.updated(&Actuals::new([("e", 2026, severity)])).unwrap());
        met(&outcome, "x", normal::upper((4.0 - mean) / 2.0_f64.sqrt()));
    }
}

/// What is learned with actuals is what a plan learns that begins when they are history.
#[test]
fn learning_is_that_of_a_history_that_goes_on() {
    let levels = [80.1, 84.0, 88.2, 90.1, 94.9, 100.0, 103.1, 109.3];
    let history = |last: i32| {
        let years = (2020..).zip(levels).filter(|(year, _)| *year <= last);
        History::values(HistoryForm::Level, years.collect::<Vec<_>>())
    };
    let actuals = Actuals::new([("x", 2026, 103.1), ("x", 2027, 109.3)]);
    let estimate = Estimate::default;
    let processes: [Process; 4] = [
        RandomWalk::estimated(estimate()).into(),
        RandomWalk::estimated(estimate().class("world-gdp")).into(),
        Ar1Growth { persistence: None, ..Ar1Growth::estimated(0.0, estimate().class("world-gdp")) }.into(),
        Ar1Growth::estimated(0.4, estimate()).into(),
    ];
    for process in processes {
        let of = |base: i32, baseline: f64| {
            built(
                Scenario::builder("Test", base, 2030)
                    .indicator("x", indicator(baseline, process.clone()).history(history(base)))
                    .target("x", TargetDraft::level("x").at_least(125.0)),
            )
        };
        let went_on = run(&of(2025, 100.0).updated(&actuals).unwrap());
        let later = run(&of(2027, 109.3));
        assert_eq!(went_on.learned, later.learned, "{process:?}");
        // And so are the years to come: of independent paths, since a plan's first year has no part in the address of a draw, the same ones.
        let [a, b] = [&went_on, &later].map(|outcome| outcome.targets[0].probability.hits);
        let n = PATHS as f64;
        assert!((a as f64 - b as f64).abs() <= 4.0 * (0.5 * n).sqrt(), "{process:?}: {a} and {b}");
    }
}

#[test]
fn nothing_known_changes_no_bit() {
    let scenario = Scenario::load("scenarios/kunshan-2030.toml").unwrap();
    let outcome = |scenario: &Scenario| Simulation::new(scenario).paths(20_000).seed(SEED).run().unwrap();
    let (plain, updated) = (outcome(&scenario), outcome(&scenario.updated(&Actuals::default()).unwrap()));
    assert_eq!(plain.joint.number_met, updated.joint.number_met);
    assert_eq!(plain.learned, updated.learned);
    for (a, b) in plain.targets.iter().zip(&updated.targets) {
        assert_eq!((a.probability, a.spread, &a.by_year), (b.probability, b.spread, &b.by_year));
    }
    for (a, b) in plain.indicators.iter().zip(&updated.indicators) {
        for (a, b) in a.bands.iter().zip(&b.bands) {
            assert_eq!(a.quantiles.median().to_bits(), b.quantiles.median().to_bits());
        }
    }
}

fn kunshan(threads: usize) -> ReviewOutcome {
    let scenario = Scenario::load("scenarios/kunshan-2030.toml").unwrap();
    let new = scenario.with_variant("slow-decade").unwrap();
    let actuals = Actuals::read("scenarios/kunshan-actuals-illustrative.csv").unwrap();
    let simulation = Simulation::new(&scenario).paths(20_000).seed(SEED).threads(threads);
    Review::new(&simulation, &actuals).assumptions(&new).run().unwrap_or_else(|error| panic!("{error}"))
}

fn all_rows(review: &ReviewOutcome) -> impl Iterator<Item = &ReviewRow> {
    review.rows.iter().chain([&review.all]).chain(&review.binding)
}

#[test]
fn a_review_adds_up_and_ends_where_plain_runs_do() {
    let review = kunshan(2);
    let scenario = Scenario::load("scenarios/kunshan-2030.toml").unwrap();
    let actuals = Actuals::read("scenarios/kunshan-actuals-illustrative.csv").unwrap();
    let new = scenario.with_variant("slow-decade").unwrap().updated(&actuals).unwrap();
    let [before, after] =
        [&scenario, &new].map(|scenario| Simulation::new(scenario).paths(20_000).seed(SEED).run().unwrap());
    assert_eq!(review.rows.len(), before.targets.len());
    for row in &review.rows {
        let id = row.id.as_deref().unwrap();
        assert_eq!(row.before, before.target(id).unwrap().probability, "{id}");
        assert_eq!(row.after, after.target(id).unwrap().probability, "{id}");
    }
    assert_eq!((review.all.before, review.all.after), (before.joint.all, after.joint.all));
    let mut moved = [0; 3];
    for row in all_rows(&review) {
        let parts = [row.surprise, row.learning, row.assumptions];
        let sixths: i64 = parts.iter().map(|part| part.sixths).sum();
        assert_eq!(sixths, row.change.sixths);
        assert_eq!(sixths, 6 * (row.after.hits as i64 - row.before.hits as i64));
        for (moved, part) in moved.iter_mut().zip(parts) {
            *moved += u32::from(part.sixths != 0);
        }
    }
    assert!(moved.iter().all(|n| *n > 3), "{moved:?} rows moved by surprise, learning and assumptions");
    assert!(!review.learned.is_empty() && !review.actuals.is_empty());
}

#[test]
fn a_review_is_the_same_for_any_number_of_threads() {
    let (one, two) = (kunshan(1), kunshan(2));
    for (a, b) in all_rows(&one).zip(all_rows(&two)) {
        assert_eq!((a.before, a.after, a.change), (b.before, b.after, b.change));
        assert_eq!((a.surprise, a.learning, a.assumptions), (b.surprise, b.learning, b.assumptions));
    }
    assert_eq!(one.actuals, two.actuals);
}

#[test]
fn a_surprise_is_told_by_its_place_in_the_old_forecast() {
    let scenario = built(
        plan()
            .indicator("gdp", indicator(100.0, RandomWalk::new(0.05, 0.02)))
            .target("growth", growth_target()),
    );
    let actuals =
        Actuals::new([("gdp", 2026, 100.0 * libm::exp(0.03)), ("gdp", 2027, 100.0 * libm::exp(0.1))]);
    let simulation = Simulation::new(&scenario).paths(PATHS).seed(SEED);
    let review = Review::new(&simulation, &actuals).run().unwrap();
    let [first, second] = review.actuals.as_slice() else { panic!("two actuals") };
    // One standard deviation below, and on the median. Four standard errors of a share, and of that in sigmas by the density.
    let error = |p: f64| 4.0 * (p * (1.0 - p) / PATHS as f64).sqrt();
    let p = normal::cdf(-1.0);
    assert!(
        (first.percentile - p).abs() < error(p)
            && (first.sigmas + 1.0).abs() < error(p) / normal::density(1.0)
    );
    assert!((second.percentile - 0.5).abs() < error(0.5) && !second.beyond);
    // Deciles 0.05 +- 1.2816 x 0.02, to four errors of a decile, 1.71 sd / sqrt(n).
    let low = 100.0 * libm::exp(0.05 - 1.281_551_6 * 0.02);
    assert!((first.low / low - 1.0).abs() < 4.0 * 1.71 * 0.02 / (PATHS as f64).sqrt(), "{}", first.low);
    assert_eq!((first.actual, first.evidence), (100.0 * libm::exp(0.03), Evidence::Statistics));
    // A review of the next year knows the first year already.
    let known = scenario.updated(&Actuals::new([("gdp", 2026, 100.0 * libm::exp(0.03))])).unwrap();
    let next = Simulation::new(&known).paths(PATHS).seed(SEED);
    let review = Review::new(&next, &actuals).run().unwrap();
    assert_eq!(review.actuals.len(), 1);
    // The second year was 0.07 after a forecast of 0.05 +- 0.02.
    assert!((review.actuals[0].sigmas - 1.0).abs() < error(p) / normal::density(1.0));
}

#[test]
fn everything_that_does_not_fit_is_said_at_once() {
    let scenario = built(
        plan()
            .indicator("gdp", indicator(100.0, RandomWalk::new(0.05, 0.02)))
            .indicator("share", indicator(50.0, RandomWalk::new(0.0, 0.02)).share(0.0, 100.0))
            .indicator("double", IndicatorDraft::new("Double", "unit").formula("2 * gdp"))
            .correlation(CorrelationDraft::Independent)
            .target("growth", growth_target()),
    );
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("actuals.csv");
    let read = |text: &str| {
        std::fs::write(&file, text).unwrap();
        Actuals::read(&file)
    };
    let text = "# made up\nindicator_id,year,value,form\ngpd,2026,1,\ngdp,2027,104,\ngdp,2027,105,\nshare,2026,120,\n\
                share,2027,1,growth_percent\ndouble,2026,3,\ngdp,2031,9,\ngdp,2025,100,\n";
    let said = scenario.updated(&read(text).unwrap()).unwrap_err().to_string();
    for (line, part) in [
        (3, "there is no indicator and no event `gpd`"),
        (3, "did you mean `gdp`?"),
        (4, "2027 of `gdp` is given without 2026"),
        (5, "2027 of `gdp` stands twice"),
        (6, "the value of 2026 is 120; it must be"),
        (7, "growth_percent needs a log link"),
        (8, "`double` is the formula `2 * gdp`"),
        (8, "give the actuals of gdp"),
        (9, "the year is 2031; the plan's years are 2026 to 2030"),
        (10, "the year is 2025"),
    ] {
        assert!(
            said.contains(part) && said.contains(&format!("actuals.csv line {line}: ")),
            "{part}\nin\n{said}"
        );
    }
    assert!(said.contains("the data have 8 faults"), "{said}");
    let said =
        read("indicator_id,year,value,evidence\ngdp,20x6,1,\ngdp,2026,\"1,000\",\ngdp,2026,1,gossip\n")
            .unwrap_err()
            .to_string();
    for part in [
        "line 2: `20x6` is not a year",
        "line 3: `1,000` is not a finite number",
        "line 4: `gossip` is no grade",
    ] {
        assert!(said.contains(part), "{part}\nin\n{said}");
    }
    assert!(read("id,year\n").unwrap_err().to_string().contains("the columns are id, year"));
    assert!(Actuals::read(folder.path().join("none.csv")).unwrap_err().to_string().contains("cannot read"));
    let simulation = Simulation::new(&scenario);
    let said = Review::new(&simulation, &Actuals::default()).run().unwrap_err().to_string();
    assert!(said.contains("nothing to review"), "{said}");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]
    /// Whatever is known is so on every path, and nobody else's draws change where nothing ties them.
    #[test]
    fn what_is_known_is_known_on_every_path(levels in prop::collection::vec(50.0..200.0f64, 1..=5)) {
        let scenario = built(
            plan()
                .indicator("x", indicator(Quantity::normal(100.0, 3.0), Ar1Growth::new(0.03, 0.3, 0.05)))
                .indicator("y", indicator(100.0, RandomWalk::new(0.03, 0.05)))
                .correlation(CorrelationDraft::Independent)
                .target("x", TargetDraft::average_growth("x").at_least(0.02))
                .target("y", TargetDraft::average_growth("y").at_least(0.02)),
        );
        let actuals = Actuals::new((2026..).zip(&levels).map(|(year, level)| ("x", year, *level)));
        let run = |scenario: &Scenario| Simulation::new(scenario).paths(1_000).seed(SEED).run().unwrap();
        let (before, after) = (run(&scenario), run(&scenario.updated(&actuals).unwrap()));
        for (k, level) in levels.iter().enumerate() {
            let band = &after.indicator("x").unwrap().bands[k + 1];
            prop_assert_eq!(band.quantiles.central(0.98), (*level, *level));
        }
        prop_assert_eq!(before.targets[1].probability, after.targets[1].probability);
    }
}
