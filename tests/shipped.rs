//! Do the shipped scenarios, with all their variants, load, survive being written, run, and give what they gave?

use plancast::history::History;
use plancast::prelude::*;
use plancast::simulate::{KeepPaths, Paths};
use std::fmt::Write;
use std::path::{Path, PathBuf};
use std::sync::OnceLock;

const ROOT: &str = env!("CARGO_MANIFEST_DIR");
const PATHS: u64 = 4096;
const SEED: u64 = 2030;

/// Every scenario file that is shipped.
fn files() -> Vec<PathBuf> {
    let entries = std::fs::read_dir(Path::new(ROOT).join("scenarios")).unwrap();
    let mut files: Vec<PathBuf> = entries.map(|entry| entry.unwrap().path()).collect();
    files.retain(|path| path.extension().is_some_and(|extension| extension == "toml"));
    files.sort();
    assert!(files.len() >= 3, "only {} scenarios were found", files.len());
    files
}

/// A scenario, or one of its variants, that was run.
struct Run {
    /// Id of the variant; empty for the scenario as it is.
    variant: String,
    scenario: Scenario,
    outcome: Outcome,
    paths: Paths,
}

fn run(variant: &str, scenario: Scenario) -> Run {
    let keep = KeepPaths::all(&scenario);
    let run = Simulation::new(&scenario).paths(PATHS).seed(SEED).run_with(&keep);
    let (outcome, paths) = run.unwrap_or_else(|e| panic!("{e}"));
    Run { variant: variant.to_string(), scenario, outcome, paths }
}

/// Every scenario with all its variants, run once for all tests.
fn runs() -> &'static [(PathBuf, Vec<Run>)] {
    static RUNS: OnceLock<Vec<(PathBuf, Vec<Run>)>> = OnceLock::new();
    RUNS.get_or_init(|| {
        let of_file = |path: PathBuf| {
            let base = Scenario::load(&path).unwrap_or_else(|e| panic!("{e}"));
            let ids: Vec<String> = base.draft().variant.keys().cloned().collect();
            let mut runs = vec![run("", base)];
            for id in ids {
                let scenario = Scenario::load_variant(&path, &id).unwrap_or_else(|e| panic!("{e}"));
                assert_eq!(scenario.variant(), Some(id.as_str()));
                runs.push(run(&id, scenario));
            }
            (path, runs)
        };
        files().into_iter().map(of_file).collect()
    })
}

/// The runs of one file.
fn runs_of(name: &str) -> &'static [Run] {
    let found = runs().iter().find(|(path, _)| path.ends_with(name));
    &found.unwrap_or_else(|| panic!("there is no {name}")).1
}

/// A draft with the files of its histories named in full, wherever it was read from.
fn in_full(mut draft: Draft) -> Draft {
    let in_full = |history: &mut History| {
        let folder = std::mem::take(&mut history.folder);
        let full = history.file.take().map(|file| folder.join(file));
        history.file =
            full.map(|file| file.canonicalize().unwrap_or_else(|e| panic!("{}: {e}", file.display())));
    };
    for indicator in draft.indicator.values_mut() {
        indicator.history.iter_mut().for_each(in_full);
        let estimate = indicator.process.as_mut().and_then(Process::estimate_mut);
        if let Some(history) = estimate.and_then(|estimate| estimate.history.as_deref_mut()) {
            in_full(history);
        }
    }
    draft
}

#[test]
fn what_is_written_is_read_again() {
    for path in files() {
        let draft = Draft::load(&path).unwrap_or_else(|e| panic!("{e}"));
        let text = draft.to_toml().unwrap_or_else(|e| panic!("{e}"));
        let again = Draft::from_toml(&text).unwrap_or_else(|e| panic!("{e}"));
        assert!(text == again.to_toml().unwrap(), "{} changes when it is written twice", path.display());
        assert!(in_full(draft) == in_full(again), "{} is not what was written", path.display());
    }
}

#[test]
fn a_copy_in_another_folder_gives_the_same_numbers() {
    let folder = tempfile::tempdir().unwrap();
    for name in ["kunshan-2030.toml", "china-14th.toml"] {
        let copy = folder.path().join(name);
        let one = &runs_of(name)[0];
        one.scenario.draft().save(&copy).unwrap_or_else(|e| panic!("{e}"));
        let two = run("", Scenario::load(&copy).unwrap_or_else(|e| panic!("{e}")));
        assert_eq!(one.outcome.fingerprint.data, two.outcome.fingerprint.data, "{name}");
        assert!(one.paths == two.paths, "{name} has other paths when it is written and read");
    }
}

/// Renewed by `UPDATE_EXPECTED=1 cargo test --test shipped`; look at the difference before it is committed.
#[test]
fn every_scenario_and_variant_gives_what_it_gave() {
    for (path, runs) in runs() {
        let mut found = String::new();
        let base: Vec<u64> = runs[0].outcome.targets.iter().map(|t| t.probability.hits).collect();
        for Run { variant, outcome, .. } in runs {
            let title = if variant.is_empty() { "as it is" } else { variant.as_str() };
            let _infallible = writeln!(found, "{title}: {PATHS} paths, seed {SEED}");
            for target in &outcome.targets {
                let sd = target.spread.map_or(0.0, |spread| spread.sd);
                let (id, p) = (&target.id, target.probability.estimate);
                let _infallible = writeln!(found, "    {id:40} {p:.4}  spread {sd:.3}  {}", target.evidence);
            }
            let (all, independent) = (outcome.joint.all.estimate, outcome.joint.independent);
            let _infallible = writeln!(found, "    {:40} {all:.4}  independent {independent:.2e}\n", "all");
            // A variant that moves no target would say nothing.
            let hits: Vec<u64> = outcome.targets.iter().map(|t| t.probability.hits).collect();
            assert!(
                variant.is_empty() || hits != base,
                "{}: variant {variant} changes nothing",
                path.display()
            );
        }
        let expected =
            Path::new(ROOT).join("tests/expected").join(path.file_name().unwrap()).with_extension("txt");
        if std::env::var_os("UPDATE_EXPECTED").is_some() {
            std::fs::create_dir_all(expected.parent().unwrap()).unwrap();
            std::fs::write(&expected, &found).unwrap();
        }
        let written = std::fs::read_to_string(&expected).unwrap_or_default().replace("\r\n", "\n");
        for (found, written) in found.lines().zip(written.lines()) {
            assert_eq!(found, written, "{}", expected.display());
        }
        assert_eq!(found.lines().count(), written.lines().count(), "{}", expected.display());
    }
}

#[test]
fn kunshan_has_the_25_targets_of_its_table() {
    let Run { scenario, outcome, .. } = &runs_of("kunshan-2030.toml")[0];
    let mut numbers: Vec<u32> = scenario.targets().values().filter_map(|target| target.number).collect();
    numbers.sort_unstable();
    assert_eq!(numbers, (1..=25).collect::<Vec<u32>>());
    assert_eq!(outcome.joint.members.len(), 25);
}

#[test]
fn identities_hold_on_every_path() {
    for Run { variant, scenario, paths, .. } in runs_of("kunshan-2030.toml") {
        assert_eq!(paths.len() as u64, PATHS);
        for step in 0..=scenario.horizon().steps() {
            let level = |id: &str| {
                let position = scenario.indicators().get_index_of(id).unwrap_or_else(|| panic!("no {id}"));
                paths.level(position, step).unwrap()
            };
            // whole = combination of the others, path by path.
            let holds = |whole: &str, of: &[&str], combined: fn(&[f64]) -> f64| {
                let parts: Vec<&[f64]> = of.iter().map(|id| level(id)).collect();
                for (path, found) in level(whole).iter().enumerate() {
                    let values: Vec<f64> = parts.iter().map(|part| part[path]).collect();
                    let expected = combined(&values);
                    let off = (found - expected).abs() / expected.abs();
                    assert!(off < 1e-12, "{variant} {whole} on path {path}: {found} instead of {expected}");
                }
            };
            holds("gdp_nominal", &["gdp", "price"], |x| x[0] * x[1]);
            holds("labour_productivity", &["gdp", "employed"], |x| x[0] / x[1]);
            holds("rd_spending", &["rd_share", "gdp", "price"], |x| x[0] / 100.0 * (x[1] * x[2]));
            holds("manufacturing_va", &["manufacturing_va_share", "gdp_nominal"], |x| x[0] / 100.0 * x[1]);
            holds("strategic_emerging_output", &["strategic_emerging_share", "industrial_output"], |x| {
                x[0] / 100.0 * x[1]
            });
            holds("high_value_patents", &["high_value_patents_per_10k", "population"], |x| x[0] * x[1]);
            holds("urban_rural_income_ratio", &["urban_income", "rural_income"], |x| x[0] / x[1]);
            let shares = ["urban_household_weight", "urban_income", "rural_income"];
            holds("disposable_income", &shares, |x| x[2] + x[0] / 100.0 * (x[1] - x[2]));
            holds("disposable_income_real", &["disposable_income", "consumer_price"], |x| x[0] / x[1]);
            // Kaya: emissions are people, output a head, energy per output and carbon per energy.
            let kaya = ["population", "gdp", "energy_intensity", "carbon_content"];
            holds("co2_emissions", &kaya, |x| x[0] * (x[1] / x[0]) * x[2] * x[3]);
            holds("co2_intensity", &["energy_intensity", "carbon_content"], |x| x[0] * x[1]);
            holds("licensed_doctors", &["licensed_doctors_per_1000", "population"], |x| x[0] * x[1] * 10.0);
            let area = ["public_culture_sports_area_per_head", "population"];
            holds("public_culture_sports_area", &area, |x| x[0] * x[1]);
            let deaths = ["production_safety_deaths", "gdp_nominal"];
            holds("production_safety_death_rate", &deaths, |x| x[0] / x[1]);
        }
    }
}

/// Renewed by `UPDATE_EXPECTED=1 cargo test --test shipped`.
#[test]
fn what_was_learned_is_told_beside_the_scenarios() {
    let path = Path::new(ROOT).join("scenarios/LEARNED.md");
    let written = std::fs::read_to_string(&path).unwrap().replace("\r\n", "\n");
    let marker = "<!-- kept current by tests/shipped.rs -->\n";
    let (text, _) = written.split_once(marker).expect("the tables follow the marker");
    let mut found = format!("{text}{marker}");
    for (path, runs) in runs() {
        // A scenario that extends another one and learns nothing of its own has no table.
        let (name, base) = (path.file_name().unwrap().to_string_lossy(), &runs[0]);
        let extends = std::fs::read_to_string(path).unwrap().contains("\nextends = ");
        if extends || base.outcome.learned.is_empty() {
            continue;
        }
        let table = LearnedTable::new(&base.outcome).to_string();
        let lines: Vec<&str> = table.lines().map(str::trim_end).collect();
        let _infallible = write!(found, "\n## `{name}`\n\n```text\n{}\n```\n", lines.join("\n").trim_end());
    }
    if std::env::var_os("UPDATE_EXPECTED").is_some() {
        std::fs::write(&path, &found).unwrap();
    }
    assert_eq!(std::fs::read_to_string(&path).unwrap().replace("\r\n", "\n"), found);
    assert!(found.contains("world-gdp") && found.contains("world-rd-share"), "{found}");
}
