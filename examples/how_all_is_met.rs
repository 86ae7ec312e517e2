//! How likely is it that everything is met, when hardly a path does it, and what would have to go well?
//!
//! ```text
//! cargo run --release --example how_all_is_met
//! ```
//!
//! Asks Kunshan's plan for the probability that all 25 targets are met together, and that all binding ones are. Look first at the probability beside what
//! plain paths say, then at the most likely way: what has to help, by how many standard deviations, and which targets it meets just so.
//! A chart of the way goes into `out/how-all-is-met`, in English and Chinese.

use clap::Parser;
use plancast::analyse::{Goal, RareSuccess};
use plancast::label::Language;
use plancast::prelude::*;
use plancast::report::RareReport;
use plancast::{chart, files};
use std::path::PathBuf;

#[derive(Parser)]
struct Options {
    /// Scenario file.
    #[arg(long, default_value = concat!(env!("CARGO_MANIFEST_DIR"), "/scenarios/kunshan-2030.toml"))]
    scenario: PathBuf,
    /// Number of weighted paths, and of plain ones beside them.
    #[arg(long, default_value_t = 100_000)]
    paths: u64,
    /// Seed.
    #[arg(long, default_value_t = 2030)]
    seed: u64,
    /// Folder for the charts.
    #[arg(long, default_value = "out/how-all-is-met")]
    out: PathBuf,
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
    files::folder(&options.out)?;
    let scenario = Scenario::load(&options.scenario)?;
    let simulation = Simulation::new(&scenario).paths(options.paths).seed(options.seed);
    let mut goals = vec![(Goal::All, "all")];
    if Goal::Binding.positions(&scenario).is_ok() {
        goals.push((Goal::Binding, "binding"));
    }
    for (goal, name) in goals {
        let rare = RareSuccess::new(&simulation, goal).run()?;
        print!("{}", RareReport::new(&rare));
        println!();
        print!("{}", RareReport::new(&rare).language(Language::Zh));
        println!("\n{}\n", "─".repeat(80));
        for (language, ending) in [(Language::En, "en"), (Language::Zh, "zh")] {
            chart::story(&rare, language, options.out.join(format!("{name}-{ending}")))?;
        }
    }
    println!("charts written to {}", options.out.display());
    Ok(())
}
