//! Does a comparison give what the runs of its scenarios give, the same on any number of threads, and a clear answer to what cannot be asked?

use plancast::analyse::{Compared, Comparison, Goal};
use plancast::error::Error;
use plancast::outcome::{Of, Precision};
use plancast::prelude::*;
use plancast::report::CompareTable;
use plancast::simulate::KeepPaths;
use proptest::prelude::*;

/// Neither a multiple of a task nor below one.
const PATHS: u64 = 40_000;

/// Output, trade and research; a target on each of the first two, one on a ratio of output, one of two others.
fn town(drift: f64) -> String {
    format!(
        r#"
        plancast = 1
        correlation = "independent"
        plan = {{ name = "Town", base_year = 2025, last_year = 2030 }}
        [indicator.gdp]
        name = "Output"
        unit = "bn"
        baseline = 100.0
        process.random_walk = {{ drift = {drift:?}, volatility = 0.02 }}
        [indicator.trade]
        name = "Trade"
        unit = "bn"
        baseline = 100.0
        process.random_walk = {{ drift = 0.03, volatility = 0.04 }}
        [indicator.research]
        name = "Research"
        unit = "bn"
        baseline = 3.0
        process.random_walk = {{ drift = 0.05, volatility = 0.03 }}
        [indicator.ratio]
        name = "Research to output"
        unit = "1"
        formula = "research / gdp"
        [target.gdp]
        number = 1
        indicator = "gdp"
        measure = "average_growth"
        nature = "binding"
        at_least = 0.05
        [target.trade]
        number = 2
        indicator = "trade"
        at_least = 115.0
        [target.ratio]
        number = 3
        indicator = "ratio"
        nature = "binding"
        at_least = 0.03
        [target.either]
        name = "Trade or ratio"
        any = ["trade", "ratio"]
        "#
    )
}

fn scenario(text: &str) -> Scenario {
    Scenario::from_toml(text).unwrap_or_else(|error| panic!("{error}"))
}

fn compare(base: &Scenario, variants: &[(&str, &Scenario)], threads: usize) -> Result<Compared> {
    let simulation = Simulation::new(base).paths(PATHS).seed(11).threads(threads);
    // The first one is a row already.
    let mut comparison =
        Comparison::new(&simulation).also(Goal::target("gdp")).also(Goal::together(["gdp", "trade"]));
    for (name, variant) in variants {
        comparison = comparison.variant(*name, variant);
    }
    comparison.run()
}

#[track_caller]
fn refused(result: Result<Compared>) -> String {
    match result {
        Err(Error::Question(fault)) => fault.to_string(),
        Err(other) => panic!("another error: {other}"),
        Ok(_) => panic!("it was answered"),
    }
}

#[test]
fn probabilities_are_those_of_plain_runs() {
    let (base, slow, fast) = (scenario(&town(0.05)), scenario(&town(0.04)), scenario(&town(0.06)));
    let compared = compare(&base, &[("slow", &slow), ("fast", &fast)], 2).unwrap();
    let names: Vec<&str> = compared.rows.iter().map(|row| row.name.en.as_str()).collect();
    assert_eq!(
        names,
        [
            "Output",
            "Trade",
            "Research to output",
            "Trade or ratio",
            "All targets together",
            "All binding targets",
            "Output + Trade"
        ]
    );
    let plain = |scenario| Simulation::new(scenario).paths(PATHS).seed(11).run().unwrap();
    let outcomes = [plain(&base), plain(&slow), plain(&fast)];
    for (row, shown) in compared.rows.iter().enumerate() {
        for (case, outcome) in outcomes.iter().enumerate() {
            let of_plain = match row {
                0..=3 => outcome.targets[row].probability,
                4 => outcome.joint.all,
                5 => outcome.joint.binding.unwrap(),
                _ => outcome.joint.pairs[0].both,
            };
            let found = case.checked_sub(1).map_or(shown.base, |k| shown.variants[k].probability);
            assert_eq!(found, of_plain, "{}, case {case}", names[row]);
        }
    }
    // Output does not touch trade; it touches the ratio, and with that what combines it.
    let touched = |row: usize| !compared.rows[row].variants[0].untouched;
    assert_eq!([0, 1, 2, 3, 4, 5].map(touched), [true, false, true, true, true, true]);
}

#[test]
fn any_number_of_threads_gives_the_same_bits() {
    let (base, slow, fast) = (scenario(&town(0.05)), scenario(&town(0.04)), scenario(&town(0.06)));
    let on = |threads| format!("{:?}", compare(&base, &[("slow", &slow), ("fast", &fast)], threads).unwrap());
    let one = on(1);
    assert_eq!(one, on(2));
    assert_eq!(one, on(5));
}

#[test]
fn turned_paths_can_be_found_again() {
    let (base, slow) = (scenario(&town(0.05)), scenario(&town(0.045)));
    let compared = compare(&base, &[("slow", &slow)], 2).unwrap();
    let kept = |scenario: &Scenario| {
        Simulation::new(scenario).paths(PATHS).seed(11).run_with(&KeepPaths::all(scenario)).unwrap().1
    };
    let (before, after) = (kept(&base), kept(&slow));
    let mut turned = 0;
    for (row, target) in [(0, 0), (1, 1), (2, 2), (3, 3)] {
        let (before, after) = (before.met(target).unwrap(), after.met(target).unwrap());
        let of = |from: bool| -> Vec<u64> {
            let paths =
                (0..PATHS).filter(|path| before[*path as usize] == from && after[*path as usize] != from);
            paths.take(Comparison::SHOWN).collect()
        };
        let varied = &compared.rows[row].variants[0];
        assert_eq!((&varied.lost_paths, &varied.gained_paths), (&of(true), &of(false)));
        turned += varied.lost_paths.len() + varied.gained_paths.len();
    }
    // Slower output loses growth and gains the ratio.
    assert!(turned >= 2 * Comparison::SHOWN, "{turned}");
}

#[test]
fn what_moves_too_little_to_turn_a_path_keeps_an_error() {
    let (base, near) = (scenario(&town(0.05)), scenario(&town(0.05 + 1e-12)));
    let gdp = &compare(&base, &[("near", &near)], 2).unwrap().rows[0].variants[0];
    assert!(!gdp.untouched && gdp.difference.estimate == 0.0);
    // z^2 / (n + z^2).
    assert!((gdp.difference.high - 3.8415 / (PATHS as f64 + 3.8415)).abs() < 1e-8, "{gdp:?}");
    // Another bound is another target, although the indicator is the same.
    let easier = scenario(&town(0.05).replace("at_least = 115.0", "at_least = 115.0000001"));
    let trade = &compare(&base, &[("easier", &easier)], 2).unwrap().rows[1].variants[0];
    assert!(!trade.untouched && trade.difference.gained == 0);
}

#[test]
fn targets_that_are_not_shared_are_told() {
    let base = scenario(&town(0.05));
    let without =
        town(0.05).replace("[target.trade]", "[target.commerce]").replace(r#"["trade","#, r#"["commerce","#);
    let other = scenario(&without);
    let simulation = Simulation::new(&base).paths(PATHS).seed(11);
    let compared = Comparison::new(&simulation).variant("other", &other).run().unwrap();
    let names: Vec<&str> = compared.rows.iter().map(|row| row.name.en.as_str()).collect();
    assert_eq!(
        names,
        ["Output", "Research to output", "Trade or ratio", "All targets together", "All binding targets"]
    );
    let told = &compared.unshared[0];
    assert_eq!((told.lacks.join(" "), told.adds.join(" ")), ("trade".into(), "commerce".into()));
    // It asks for something else, so nothing is said to be left alone, although no path turns.
    assert!(!compared.rows[3].variants[0].untouched && compared.rows[4].variants[0].untouched);
    let table = CompareTable::new(&compared).to_string();
    assert!(
        table.contains("other lacks the targets trade") && table.contains("other adds the targets commerce"),
        "{table}"
    );
    let said = refused(compare(&base, &[("other", &other)], 2));
    assert!(said.contains("variant other: goal: there is no target `trade`"), "{said}");
}

#[test]
fn what_cannot_be_compared_is_refused_in_words() {
    let base = scenario(&town(0.05));
    let said = refused(compare(&base, &[], 1));
    assert!(said.contains("no variant to compare") && said.contains(".variant(name, &scenario)"), "{said}");
    let said = refused(compare(&base, &[("one", &base), ("two", &base), ("one", &base)], 1));
    assert!(said.contains("variant one: two variants have this name"), "{said}");
    let longer = scenario(&town(0.05).replace("2030", "2035"));
    let said = refused(compare(&base, &[("longer", &longer)], 1));
    assert!(said.contains("variant longer: it goes from 2025 to 2035, the plan from 2025 to 2030"), "{said}");
    let simulation = Simulation::new(&base);
    let said = refused(Comparison::new(&simulation).variant("same", &base).also(Goal::target("rents")).run());
    assert!(said.contains("no target `rents`") && said.contains("gdp, trade"), "{said}");
    let until = Simulation::new(&base).until(Precision::absolute(Of::Joint, 0.01));
    let Err(Error::Run(fault)) = Comparison::new(&until).variant("same", &base).run() else {
        panic!("it ran")
    };
    assert!(fault.problem.contains("which a comparison does not know"), "{fault}");
}

#[test]
fn a_level_that_explodes_is_named_with_its_variant() {
    let base = scenario(&town(0.05));
    let wild = scenario(&town(0.05).replace("research / gdp", "research / (gdp - gdp)"));
    let Err(Error::Run(fault)) = compare(&base, &[("same", &base), ("wild", &wild)], 2) else {
        panic!("it ran")
    };
    assert!(fault.path.starts_with("variant wild: ") && fault.path.contains("ratio"), "{fault}");
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn counts_add_up(drift in -0.02_f64..0.12, other in -0.02_f64..0.12, paths in 1_u64..3000, seed in any::<u64>()) {
        let (base, variant) = (scenario(&town(drift)), scenario(&town(other)));
        let simulation = Simulation::new(&base).paths(paths).seed(seed);
        let compared = Comparison::new(&simulation).variant("other", &variant).run().unwrap();
        let back = Simulation::new(&variant).paths(paths).seed(seed);
        let back = Comparison::new(&back).variant("base", &base).run().unwrap();
        for (row, mirrored) in compared.rows.iter().zip(&back.rows) {
            let (one, other) = (&row.variants[0], &mirrored.variants[0]);
            let d = one.difference;
            prop_assert_eq!(row.base.hits + d.gained, one.probability.hits + d.lost);
            prop_assert_eq!((d.gained, d.lost), (other.difference.lost, other.difference.gained));
            prop_assert_eq!((d.estimate, d.low, d.high), (-other.difference.estimate, -other.difference.high, -other.difference.low));
            prop_assert!(d.low <= d.estimate && d.estimate <= d.high && d.standard_error >= 0.0);
            prop_assert_eq!(one.gained_paths.len() as u64, d.gained.min(Comparison::SHOWN as u64));
            prop_assert!(one.gained_paths.is_sorted() && one.gained_paths.iter().all(|path| *path < paths));
            prop_assert_eq!(one.untouched, other.untouched);
        }
    }
}
