//! Where a goal is missed: boxes against closed forms and against the paths themselves, the same bits for any threads, bad questions refused.

use plancast::analyse::discover::{Discovered, FeatureKind, Restriction};
use plancast::analyse::{Discovery, Goal};
use plancast::prelude::*;
use plancast::report::DiscoveryTable;
use plancast::simulate::{KeepPaths, Paths};
use plancast::stats::normal;

const PATHS: u64 = 16_384;

/// Two indicators whose drifts are not known, and a bit of chance; the plan wants one of the two.
fn two() -> Scenario {
    let walk = || {
        let drift = Quantity::normal(0.03, 0.02);
        IndicatorDraft::new("X", "bn").baseline(1.0).process(RandomWalk::new(drift, 1e-9))
    };
    Scenario::builder("Two", 2025, 2030)
        .indicator("a", walk())
        .indicator("b", walk())
        .indicator("c", walk())
        .correlation(CorrelationDraft::Independent)
        .target("a", TargetDraft::level("a").at_least(1.15))
        .target("b", TargetDraft::level("b").at_least(1.15))
        .target("one", TargetDraft::any(["a", "b"]))
        .target("sure", TargetDraft::level("c").at_least(0.5))
        .build()
        .unwrap()
}

/// Of one restriction of a drift of the two, in standard deviations from the mean.
fn score(restriction: &Restriction) -> f64 {
    assert_eq!(restriction.low, None);
    (restriction.high.unwrap() - 3.0) / 2.0
}

#[test]
fn the_box_of_two_low_drifts_is_found_and_worth_what_the_normal_law_says() {
    let scenario = two();
    let simulation = Simulation::new(&scenario).paths(32_768).seed(5);
    let found = Discovery::new(&simulation, Goal::target("one"))
        .only([FeatureKind::Parameter])
        .samples(4)
        .run()
        .unwrap();
    // Missed where both drifts are below ln 1.15 / 5 = 2.795 %: z = -0.1024.
    let bound = (100.0 * libm::log(1.15) / 5.0 - 3.0) / 2.0;
    let p = normal::cdf(bound);
    assert!((found.happens.estimate - p * p).abs() < 4.0 * (p * p * (1.0 - p * p) / 16_384.0).sqrt());
    let [x, y] = &found.recommended.restrictions[..] else { panic!("{:?}", found.recommended) };
    let names: Vec<&str> = [x, y].iter().map(|r| found.features[r.feature].name.en.as_str()).collect();
    assert_eq!((names[0], names[1], found.features.len()), ("drift of X", "drift of X", 2));
    assert!(x.feature < y.feature && x.quasi_p < 1e-9 && y.quasi_p < 1e-9);
    // Peeled by twentieths: no further off than that.
    let (zx, zy) = (score(x), score(y));
    assert!((zx - bound).abs() < 0.12 && (zy - bound).abs() < 0.12, "{zx} {zy} {bound}");
    let within = normal::cdf(zx) * normal::cdf(zy);
    let hit = normal::cdf(zx.min(bound)) * normal::cdf(zy.min(bound));
    for (told, truth) in [
        (found.recommended.mass, within),
        (found.recommended.density, hit / within),
        (found.recommended.coverage, hit / (p * p)),
    ] {
        // Four standard errors of so many paths.
        let error = (truth * (1.0 - truth) / told.paths as f64).sqrt();
        assert!((told.estimate - truth).abs() < 4.0 * error + 1e-12, "{told:?} {truth}");
    }
    // Every sample brings both about again.
    assert_eq!(found.again.iter().map(|(_, high)| *high).collect::<Vec<_>>(), [1.0, 1.0]);
    let said = found.sentence(Language::En);
    assert!(said.contains("” is missed mostly where drift of X is below 2."), "{said}");
    assert!(said.contains("of all misses lie there"), "{said}");
    assert!(found.sentence(Language::Zh).contains("落空"));
    let table = DiscoveryTable::new(&found).to_string();
    assert!(
        table.contains("recommended (2)") && table.contains("< 0.001") && table.contains("100 %"),
        "{table}"
    );
}

/// A town of which the features can be read off the paths: a slump takes 30 % at once, a recession 10 % a year.
fn town() -> Scenario {
    let text = r#"
plancast = 1
correlation = "independent"
[plan]
name = "Town"
base_year = 2025
last_year = 2029
[indicator.gdp]
name = "GDP"
unit = "bn"
baseline = { normal = { mean = 100, sd = 2 } }
process.random_walk = { drift = { normal = { mean = 0.03, sd = 0.01 } }, volatility = 0.01 }
[indicator.share]
name = "Share"
unit = "%"
link = "identity"
baseline = 50
process.random_walk = { drift = 0.5, volatility = 0.5 }
[indicator.jobs]
name = "Jobs"
unit = "1"
formula = "gdp * share"
[event.slump]
name = "Slump"
probability = 0.1
load = { gdp = -0.3 }
[regime.cycle]
name = "Cycle"
states = ["up", "down"]
initial = [0.8, 0.2]
transition = [[0.8, 0.2], [0.3, 0.7]]
shift = { share = [0, -10] }
[target.gdp]
indicator = "gdp"
at_least = 110
[target.jobs]
indicator = "jobs"
at_least = 5500
"#;
    Scenario::from_toml(text).unwrap_or_else(|error| panic!("{error}"))
}

/// What a feature is on a path, from the kept levels.
fn read(paths: &Paths, found: &Discovered, feature: usize, path: usize) -> f64 {
    let level = |indicator: usize, step: usize| paths.level(indicator, step).unwrap()[path];
    let name = found.features[feature].name.en.as_str();
    let growth = |indicator: usize, steps: usize| {
        100.0 * (libm::pow(level(indicator, steps) / level(indicator, 0), 1.0 / steps as f64) - 1.0)
    };
    let change = |steps: usize| (level(1, steps) - level(1, 0)) / steps as f64;
    match name {
        "growth of GDP in 2026" => growth(0, 1),
        "growth of Jobs in 2026" => growth(2, 1),
        "average growth of GDP, 2026–2027" => growth(0, 2),
        "average growth of Jobs, 2026–2027" => growth(2, 2),
        "average growth of GDP, 2026–2029" => growth(0, 4),
        "average growth of Jobs, 2026–2029" => growth(2, 4),
        "change of Share in 2026" => change(1),
        "average change of Share, 2026–2027" => change(2),
        "average change of Share, 2026–2029" => change(4),
        "baseline of GDP" => level(0, 0),
        // A slump takes 30 %, and nothing else takes 15.
        "Slump" => f64::from(u8::from((1..5).any(|step| level(0, step) / level(0, step - 1) < 0.85))),
        "years of Cycle in the state down" => {
            (1..5).filter(|step| level(1, *step) - level(1, step - 1) < -5.0).count() as f64
        }
        other => panic!("{other}"),
    }
}

#[test]
fn every_number_is_counted_on_the_paths_that_the_search_has_not_seen() {
    let scenario = town();
    let simulation = Simulation::new(&scenario).paths(PATHS).seed(11);
    let (_, paths) = simulation.run_with(&KeepPaths::all(&scenario)).unwrap();
    let mut told = Vec::new();
    for (kinds, goal, own) in [
        (vec![FeatureKind::FirstYear, FeatureKind::Event, FeatureKind::Regime], Goal::target("jobs"), false),
        (vec![FeatureKind::FirstTwoYears], Goal::All, false),
        (vec![FeatureKind::Average], Goal::target("jobs"), false),
        (vec![FeatureKind::Average, FeatureKind::FirstYear], Goal::All, true),
        (vec![FeatureKind::Event], Goal::target("gdp"), false),
        (vec![FeatureKind::Regime], Goal::target("jobs"), false),
    ] {
        let members = goal.positions(&scenario).unwrap();
        let ask = Discovery::new(&simulation, goal).only(kinds).samples(0);
        let asked = format!("{ask:?}");
        let found = if own { ask.own_growth() } else { ask }.run().unwrap_or_else(|e| panic!("{asked}: {e}"));
        told.extend(found.features.iter().map(|feature| feature.name.en.clone()));
        let missed = |path: usize| !members.iter().all(|t| paths.met(*t).unwrap()[path]);
        let unseen: Vec<usize> = (1..PATHS as usize).step_by(2).collect();
        let misses = unseen.iter().filter(|path| missed(**path)).count() as u64;
        assert_eq!((found.happens.hits, found.happens.paths), (misses, PATHS / 2));
        for of in found.boxes.iter().chain([&found.recommended]) {
            let within: Vec<usize> = unseen
                .iter()
                .copied()
                .filter(|path| {
                    of.restrictions.iter().all(|r| {
                        let x = read(&paths, &found, r.feature, *path);
                        // What is read here is rounded otherwise than there.
                        let slack = 1e-9 * x.abs().max(1e-3);
                        r.low.is_none_or(|low| x >= low - slack)
                            && r.high.is_none_or(|high| x <= high + slack)
                    })
                })
                .collect();
            let hits = within.iter().filter(|path| missed(**path)).count() as u64;
            let cases = within.len() as u64;
            assert_eq!((of.mass.hits, of.mass.paths), (cases, PATHS / 2), "{:?}", of.restrictions);
            assert_eq!((of.density.hits, of.density.paths), (hits, cases));
            assert_eq!((of.coverage.hits, of.coverage.paths), (hits, misses));
        }
        assert!(found.recommended.density.low > found.happens.high, "{}", found.sentence(Language::En));
    }
    told.sort();
    told.dedup();
    // All but what the target itself bounds; growth of GDP decides the target of GDP, and is asked for once.
    assert_eq!(told.len(), 11, "{told:?}");
}

#[test]
fn where_it_is_met_is_the_other_side() {
    let scenario = town();
    let simulation = Simulation::new(&scenario).paths(PATHS).seed(11);
    let ask = || Discovery::new(&simulation, Goal::target("gdp")).only([FeatureKind::Event]).samples(3);
    let (missed, met) = (ask().run().unwrap(), ask().met().run().unwrap());
    assert_eq!(missed.happens.hits + met.happens.hits, PATHS / 2);
    let said = |found: &Discovered| found.sentence(Language::En);
    assert!(
        said(&missed).contains("“GDP” is missed mostly where the event Slump happens"),
        "{}",
        said(&missed)
    );
    assert!(
        said(&met).contains("“GDP” is met mostly where the event Slump does not happen"),
        "{}",
        said(&met)
    );
    // Two values, one of them off at a time: two boxes, and each sample finds the same one.
    assert_eq!((missed.boxes.len(), missed.again[0].0), (2, 1.0));
}

#[test]
fn any_number_of_threads_gives_the_same_answer() {
    let scenario = town();
    let on = |threads: usize| {
        let simulation = Simulation::new(&scenario).paths(PATHS).seed(3).threads(threads);
        format!("{:?}", Discovery::new(&simulation, Goal::All).samples(3).run().unwrap())
    };
    assert_eq!(on(1), on(3));
}

#[test]
fn what_hangs_on_nothing_that_is_looked_at_is_said_so() {
    let scenario = two();
    let simulation = Simulation::new(&scenario).paths(PATHS).seed(5);
    // b says nothing of a.
    let found =
        Discovery::new(&simulation, Goal::target("a")).only([FeatureKind::FirstYear]).own_growth().samples(0);
    assert!(found.run().unwrap().recommended.density.estimate > 0.95);
    let nothing =
        Discovery::new(&simulation, Goal::target("a")).only([FeatureKind::FirstYear]).run().unwrap_err();
    assert!(nothing.to_string().contains("no feature of these kinds"), "{nothing}");
}

#[test]
fn questions_that_mean_nothing_are_refused() {
    let scenario = two();
    let simulation = Simulation::new(&scenario).paths(PATHS);
    let few = Simulation::new(&scenario).paths(1_000);
    let many = Simulation::new(&scenario).paths(1 << 40);
    let ask = |goal: &str| Discovery::new(&simulation, Goal::target(goal));
    for (asked, said) in [
        (ask("nowhere"), "no target `nowhere`"),
        (ask("sure"), "missed on none"),
        (ask("a").only([]), "no feature of these kinds"),
        (ask("a").only([FeatureKind::Event]), "no feature of these kinds"),
        (ask("a").restrictions(0), "without restrictions"),
        (ask("a").prim(plancast::analyse::discover::Prim::default().peel(0.0)), "a share of 0"),
        (Discovery::new(&few, Goal::target("a")), "at least 16,384"),
        (Discovery::new(&many, Goal::target("a")), "kept in memory"),
    ] {
        let error = asked.run().unwrap_err().to_string();
        assert!(error.contains(said), "{said}: {error}");
    }
}
