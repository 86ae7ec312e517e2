//! What would a trade shock, a push for research or a slow decade do to the plan?
//!
//! ```text
//! cargo run --release --example variants -- --paths 1000000
//! ```
//!
//! Runs Kunshan's plan and each of its variants with the same draws and prints the probability of every target side by
//! side. Look along a row: a dot means that the variant does not touch the target at all, to the last path,
//! because what is not changed keeps its draws. The last row is the plan as a whole.

use clap::Parser;
use plancast::outcome::format;
use plancast::prelude::*;
use std::path::PathBuf;

#[derive(Parser)]
struct Options {
    /// Scenario file with variants.
    #[arg(long, default_value = concat!(env!("CARGO_MANIFEST_DIR"), "/scenarios/kunshan-2030.toml"))]
    scenario: PathBuf,
    /// Number of simulated futures of each variant.
    #[arg(long, default_value_t = 200_000)]
    paths: u64,
    /// Seed of all of them.
    #[arg(long, default_value_t = 2030)]
    seed: u64,
}

fn main() -> std::process::ExitCode {
    match run(&Options::parse()) {
        Ok(()) => std::process::ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{error}");
            std::process::ExitCode::FAILURE
        }
    }
}

fn run(options: &Options) -> Result<()> {
    let base = Scenario::load(&options.scenario)?;
    let simulate =
        |scenario: &Scenario| Simulation::new(scenario).paths(options.paths).seed(options.seed).run();
    let mut outcomes = vec![simulate(&base)?];
    for (id, variant) in base.variants() {
        println!("{id}: {}", variant.name);
        outcomes.push(simulate(&base.with_variant(id)?)?);
    }

    let ids: Vec<&str> = std::iter::once("plan").chain(base.variants().keys().map(String::as_str)).collect();
    let widths: Vec<usize> = ids.iter().map(|id| id.len().max(9) + 2).collect();
    let line = |name: &str, cells: &[String]| {
        let cells: Vec<String> =
            cells.iter().zip(&widths).map(|(cell, width)| format!("{cell:>width$}")).collect();
        // Names may be long; the numbers stay below each other.
        let name: String = name.chars().take(38).collect();
        println!("{name:<38}{}", cells.concat());
    };
    println!();
    line("P(met)", &ids.iter().map(ToString::to_string).collect::<Vec<_>>());

    let (mut compared, mut untouched) = (0, 0);
    for target in &outcomes[0].targets {
        let cells = outcomes.iter().enumerate().map(|(at, outcome)| {
            let Some(other) = outcome.target(&target.id) else { return "-".into() };
            compared += u32::from(at > 0);
            if at > 0 && other.probability == target.probability {
                untouched += 1;
                return "·".into();
            }
            format::percent(&other.probability, Language::En)
        });
        line(&target.name.en, &cells.collect::<Vec<_>>());
    }
    let all = outcomes.iter().map(|outcome| format::percent(&outcome.joint.all, Language::En));
    line("All together", &all.collect::<Vec<_>>());

    println!("\n{untouched} of {compared} numbers are those of the plan to the last path");
    assert!(compared > 0, "the scenario has no variants to compare");
    assert!(untouched > 0 || options.paths < 100, "common draws leave untouched targets alone");
    Ok(())
}
