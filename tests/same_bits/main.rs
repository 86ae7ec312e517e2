//! Do seeds, threads, instruction sets, more paths and other indicators leave the bits alone?

use plancast::math::{Level, level};
use plancast::prelude::*;
use plancast::simulate::{KeepPaths, Paths};
use sha2::{Digest, Sha256};
use std::fmt::Write;

const PLAN: &str = include_str!("plan.toml");
const LEARNED: &str = include_str!("learned.toml");
const GOLDEN: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/same_bits/golden.txt");

/// More than a wave of tasks on one thread, and no multiple of a block.
const PATHS: u64 = 100_001;

fn scenario(text: &str) -> Scenario {
    Scenario::from_toml(text).unwrap_or_else(|e| panic!("{e}"))
}

fn outcome(scenario: &Scenario, set: impl FnOnce(Simulation<'_>) -> Simulation<'_>) -> Outcome {
    set(Simulation::new(scenario).paths(PATHS).seed(15)).run().unwrap_or_else(|e| panic!("{e}"))
}

fn kept(scenario: &Scenario, paths: u64, seed: u64) -> Paths {
    let run = Simulation::new(scenario).paths(paths).seed(seed);
    run.run_with(&KeepPaths::all(scenario)).unwrap_or_else(|e| panic!("{e}")).1
}

/// Everything of an outcome: its text has every number with all its digits, histograms included.
fn digest(outcome: &Outcome) -> String {
    Sha256::digest(format!("{outcome:?}")).iter().fold(String::new(), |mut text, byte| {
        let _infallible = write!(text, "{byte:02x}");
        text
    })
}

/// Of both plans.
fn digests() -> String {
    [PLAN, LEARNED].map(|text| digest(&outcome(&scenario(text), |s| s))).concat()
}

/// Levels of an indicator by its id, year after year, as bits.
fn bits(scenario: &Scenario, paths: &Paths, id: &str) -> Vec<Vec<u64>> {
    let position = scenario.indicators().get_index_of(id).unwrap_or_else(|| panic!("no indicator {id}"));
    let years = 0..=scenario.horizon().steps();
    years.map(|step| paths.level(position, step).unwrap().iter().map(|x| x.to_bits()).collect()).collect()
}

/// Ids of the plan's indicators.
fn ids() -> Vec<String> {
    scenario(PLAN).indicators().keys().cloned().collect()
}

#[test]
fn for_any_number_of_threads() {
    let plan = scenario(PLAN);
    let whole = digest(&outcome(&plan, |s| s));
    for threads in [1, 2, 3, 7] {
        assert_eq!(digest(&outcome(&plan, |s| s.threads(threads))), whole, "{threads} threads");
    }
    let keep = KeepPaths::all(&plan);
    let (watched, paths) = Simulation::new(&plan).paths(PATHS).seed(15).threads(3).run_with(&keep).unwrap();
    assert_eq!(digest(&watched), whole, "with an observer");
    assert_eq!(paths, kept(&plan, PATHS, 15), "kept paths");
    let learned = scenario(LEARNED);
    let of = |threads: usize| digest(&outcome(&learned, |s| s.threads(threads)));
    assert_eq!(of(1), of(3), "learned");
}

#[test]
fn the_digest_sees_the_seed_the_paths_and_the_plan() {
    let plan = scenario(PLAN);
    let base = digest(&outcome(&plan, |s| s));
    assert_ne!(digest(&outcome(&plan, |s| s.seed(16))), base);
    assert_ne!(digest(&outcome(&plan, |s| s.paths(PATHS + 1))), base);
    let other = scenario(&PLAN.replace("probability = 0.3", "probability = 0.300001"));
    assert_ne!(digest(&outcome(&other, |s| s)), base);
}

/// In a child process: prints the digest and the instruction set; see [`for_every_instruction_set`].
#[test]
fn child() {
    if std::env::var_os("PLANCAST_TEST_CHILD").is_some() {
        println!("\nbits {} {:?}", digests(), level());
    }
}

#[test]
fn for_every_instruction_set() {
    let here = digests();
    for (name, asked) in [("baseline", Level::Baseline), ("v3", Level::V3), ("v4", Level::V4)] {
        let output = std::process::Command::new(std::env::current_exe().unwrap())
            .args(["--exact", "child", "--nocapture"])
            .env("PLANCAST_TEST_CHILD", "1")
            .env("PLANCAST_SIMD", name)
            .output()
            .unwrap();
        let text = String::from_utf8_lossy(&output.stdout);
        let line =
            text.lines().find_map(|line| line.strip_prefix("bits ")).unwrap_or_else(|| panic!("{text}"));
        let (bits, used) = line.split_once(' ').unwrap();
        // A level that the machine does not have falls back to the best one that it has.
        assert_eq!(used, format!("{:?}", asked.min(level())), "{name}");
        assert_eq!(bits, here, "{name}");
    }
}

#[test]
fn more_paths_keep_the_first_ones() {
    let plan = scenario(PLAN);
    let all = kept(&plan, 100_000, 7);
    assert_eq!(all.len(), 100_000);
    // Around a path, a block of 256 and a task of 16 384.
    for n in [1, 255, 256, 257, 1000, 16_383, 16_384, 16_385] {
        let some = kept(&plan, n as u64, 7);
        assert_eq!(some.len(), n);
        for indicator in 0..plan.indicators().len() {
            for step in 0..=5 {
                let (some, all) = (some.level(indicator, step).unwrap(), all.level(indicator, step).unwrap());
                assert!(some.iter().zip(all).all(|(a, b)| a.to_bits() == b.to_bits()), "{n} paths");
            }
        }
        for target in 0..plan.targets().len() {
            assert_eq!(some.met(target).unwrap(), &all.met(target).unwrap()[..n], "{n} paths");
        }
    }
}

#[test]
fn counts_are_those_of_the_kept_paths() {
    let plan = scenario(PLAN);
    for n in [1, 255, 257, 16_385] {
        let (outcome, paths) =
            Simulation::new(&plan).paths(n).seed(3).run_with(&KeepPaths::all(&plan)).unwrap();
        for (position, target) in outcome.targets.iter().enumerate() {
            let hits = paths.met(position).unwrap().iter().filter(|met| **met).count() as u64;
            assert_eq!((target.probability.hits, target.probability.paths), (hits, n), "{}", target.id);
        }
        let all = (0..n as usize).filter(|path| (0..7).all(|t| paths.met(t).unwrap()[*path])).count() as u64;
        assert_eq!(outcome.joint.all.hits, all);
        for (position, indicator) in outcome.indicators.iter().enumerate() {
            for (step, band) in indicator.bands.iter().enumerate() {
                let levels = paths.level(position, step).unwrap();
                let least = levels.iter().copied().fold(f64::INFINITY, f64::min);
                let most = levels.iter().copied().fold(f64::NEG_INFINITY, f64::max);
                assert_eq!(band.quantiles.range(), (least, most), "{} in step {step}", indicator.id);
            }
        }
    }
}

/// Runs two texts and compares the paths of the indicators named.
#[track_caller]
fn same_paths(before: &str, after: &str, ids: &[impl AsRef<str>]) {
    let (before, after) = (scenario(before), scenario(after));
    let (old, new) = (kept(&before, 700, 4), kept(&after, 700, 4));
    for id in ids.iter().map(AsRef::as_ref) {
        assert!(bits(&before, &old, id) == bits(&after, &new, id), "{id} has other paths");
    }
}

const EXTRA: &str = "[indicator.extra]\nname = \"Extra\"\nunit = \"1\"\nbaseline = 10.0\n\
    process.random_walk = { drift = { normal = { mean = 0.01, sd = 0.01 } }, volatility = 0.05 }\n\
    innovation.student_t.df = 4.0\n\n";

/// The plan with a section before its first indicator.
fn first(section: &str) -> String {
    PLAN.replacen("[indicator.gdp]", &format!("{section}[indicator.gdp]"), 1)
}

/// The plan with a section at its end.
fn last(section: &str) -> String {
    format!("{PLAN}\n{section}")
}

#[test]
fn another_indicator_leaves_the_others_alone() {
    for text in [first(EXTRA), last(EXTRA)] {
        same_paths(PLAN, &text, &ids());
        // Loaded on a factor that others share.
        let loaded = text.replace("load = { gdp = 0.8,", "load = { extra = 0.9, gdp = 0.8,");
        assert_ne!(loaded, text);
        same_paths(PLAN, &loaded, &ids());
        // On a factor of its own.
        same_paths(
            PLAN,
            &format!("{text}\n[factor.aaa]\nname = \"New\"\nload = {{ extra = 0.5 }}\n"),
            &ids(),
        );
    }
}

#[test]
fn an_indicator_without_correlation_leaves_a_matrix_alone() {
    let matrix = "[correlation.matrix]\nindicators = [\"gdp\", \"income\", \"air\"]\n\
        rows = [[1.0, 0.5, -0.2], [0.5, 1.0, 0.1], [-0.2, 0.1, 1.0]]\n";
    let factors = PLAN.find("[factor.demand]").unwrap()..PLAN.find("[event.trade]").unwrap();
    let plain = PLAN.replace(&PLAN[factors], "").replace("correlation = \"factors\"\n", "");
    let with = format!("{plain}\n{matrix}");
    same_paths(&with, &with.replacen("[indicator.gdp]", &format!("{EXTRA}[indicator.gdp]"), 1), &ids());
    // The first of a matrix have the paths that they have without correlation.
    let independent = plain.replace("plancast = 1\n", "plancast = 1\ncorrelation = \"independent\"\n");
    same_paths(&independent, &with, &["gdp", "rd", "employed", "productivity"]);
}

#[test]
fn events_regimes_and_targets_leave_alone_what_they_do_not_touch() {
    let event = "[event.aaa]\nname = \"New\"\nprobability = 0.5\nload = { air = 0.1 }\n";
    let untouched: Vec<String> = ids().into_iter().filter(|id| id != "air").collect();
    same_paths(PLAN, &last(event), &untouched);
    same_paths(PLAN, &first(event), &untouched);
    let regime = "[regime.aaa]\nname = \"New\"\nstates = [\"a\", \"b\"]\ninitial = [0.5, 0.5]\n\
        transition = [[0.5, 0.5], [0.5, 0.5]]\nscale = { air = [1.0, 2.0] }\n";
    same_paths(PLAN, &first(regime), &untouched);
    let target = "[target.aaa]\nindicator = \"air\"\nat_most = { normal = { mean = 28.0, sd = 1.0 } }\n";
    same_paths(PLAN, &PLAN.replacen("[target.growth]", &format!("{target}[target.growth]"), 1), &ids());
    // And what is touched is.
    let (before, after) = (scenario(PLAN), scenario(&last(event)));
    assert_ne!(bits(&before, &kept(&before, 700, 4), "air"), bits(&after, &kept(&after, 700, 4), "air"));
}

#[test]
fn a_variant_shares_the_draws() {
    let file = tempfile::Builder::new().suffix(".toml").tempfile().unwrap();
    std::fs::write(file.path(), PLAN).unwrap();
    let (base, variant) =
        (Scenario::load(file.path()).unwrap(), Scenario::load_variant(file.path(), "slow").unwrap());
    let (before, after) = (kept(&base, 2000, 9), kept(&variant, 2000, 9));
    for id in ["rd", "income", "retail", "air"] {
        assert!(bits(&base, &before, id) == bits(&variant, &after, id), "{id} has other paths");
    }
    // A point less drift: with 0.3 of last year's gap, known growth of the base year and the same draws, the log of GDP
    // in 2030 is lower by the same amount on every path: 0.01 (5 - (0.3 + 0.3^2 + … + 0.3^5)).
    let expected = 0.01 * (5.0 - (0.3 + 0.09 + 0.027 + 0.0081 + 0.00243));
    for (a, b) in before.level(0, 5).unwrap().iter().zip(after.level(0, 5).unwrap()) {
        let gap = libm::log(a / b);
        assert!((gap - expected).abs() < 1e-12, "{gap} instead of {expected}");
    }
}

#[test]
fn another_seed_is_another_future() {
    let plan = scenario(PLAN);
    let (one, two) = (kept(&plan, 5000, 1), kept(&plan, 5000, 2));
    for id in ids() {
        let (one, two) = (bits(&plan, &one, &id), bits(&plan, &two, &id));
        let same = one[5].iter().zip(&two[5]).filter(|(a, b)| a == b).count();
        // Seven years of history drawn again give some levels twice; everything else is continuous.
        assert!(same <= if id == "retail" { 50 } else { 0 }, "{id}: {same} equal levels");
    }
}

/// The values of a seed are part of what the library promises. They change only with an announcement; then
/// `UPDATE_EXPECTED=1 cargo test --test same_bits` writes them anew.
#[test]
fn the_values_are_those_of_earlier_releases() {
    let plan = scenario(PLAN);
    let (outcome, paths) =
        Simulation::new(&plan).paths(20_000).seed(2030).run_with(&KeepPaths::all(&plan)).unwrap();
    let mut found = String::new();
    for (position, id) in plan.indicators().keys().enumerate() {
        let levels = paths.level(position, 5).unwrap();
        let _infallible =
            writeln!(found, "{id} 2030 paths 0, 255, 19999: {:?}", [levels[0], levels[255], levels[19_999]]);
        let band = &outcome.indicators[position].bands[5];
        let _infallible = writeln!(found, "{id} 2030 {:?} {:?}", band.mean, band.quantiles.central(0.8));
    }
    for target in &outcome.targets {
        let hits: Vec<u64> = target.by_year.iter().map(|(_, p)| p.hits).collect();
        let _infallible = writeln!(
            found,
            "{} met {hits:?} shortfall {:?} {:?}",
            target.id, target.shortfall, target.spread
        );
    }
    let _infallible = writeln!(found, "number met {:?}", outcome.joint.number_met);
    if std::env::var_os("UPDATE_EXPECTED").is_some() {
        std::fs::write(GOLDEN, &found).unwrap();
    }
    let golden = std::fs::read_to_string(GOLDEN).unwrap_or_default().replace("\r\n", "\n");
    assert!(found == golden, "the values of a seed have changed\nfound:\n{found}\nwritten down:\n{golden}");
}
