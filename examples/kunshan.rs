//! Will Kunshan's 15th Five-Year Plan be met?
//!
//! ```text
//! cargo run --release --example kunshan
//! ```
//!
//! Loads `scenarios/kunshan-2030.toml`, simulates a million correlated futures of 2026-2030, prints the
//! scorecard (look first at the probability of each target and its spread, then at the joint block: 25 likely
//! targets need not be likely together) and writes charts, `targets.csv`, `bands.csv` and
//! `result.json` into `out/kunshan`. Any other scenario runs the same way:
//!
//! ```text
//! cargo run --release --example kunshan -- --scenario scenarios/china-14th.toml --out out/china
//! ```

use clap::{Parser, ValueEnum};
use indicatif::{ProgressBar, ProgressStyle};
use plancast::label::Language;
use plancast::prelude::*;
use plancast::{chart, export, files};
use std::path::PathBuf;
use std::process::ExitCode;

/// Will the plan be met? Simulates a scenario and prints a probability for every target and for all of them.
#[derive(Parser)]
#[command(
    version,
    after_help = "Example: cargo run --release --example kunshan -- --variant trade-shock --lang zh"
)]
struct Options {
    /// Scenario file (TOML).
    #[arg(long, default_value = concat!(env!("CARGO_MANIFEST_DIR"), "/scenarios/kunshan-2030.toml"))]
    scenario: PathBuf,
    /// Variant of the scenario to lay over it; `--variant list` prints those that it has.
    #[arg(long)]
    variant: Option<String>,
    /// Number of simulated futures; more keep the first ones.
    #[arg(long, default_value_t = 1_000_000)]
    paths: u64,
    /// Seed: the same file and seed give the same bits.
    #[arg(long, default_value_t = 2030)]
    seed: u64,
    /// Threads; all of the machine's by default. The result does not depend on it.
    #[arg(long)]
    threads: Option<usize>,
    /// Folder for charts and tables.
    #[arg(long, default_value = "out/kunshan")]
    out: PathBuf,
    /// Language of the scorecard and the charts.
    #[arg(long, value_enum, default_value_t = Lang::En)]
    lang: Lang,
    /// Print what was learned from histories as well: believed before, seen, believed now.
    #[arg(long)]
    learned: bool,
    /// Print only, write nothing.
    #[arg(long)]
    dry: bool,
}

#[derive(Clone, Copy, ValueEnum)]
enum Lang {
    /// English
    En,
    /// Chinese
    Zh,
}

fn main() -> ExitCode {
    match run(&Options::parse()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{error}");
            ExitCode::FAILURE
        }
    }
}

fn run(options: &Options) -> Result<()> {
    let language = match options.lang {
        Lang::En => Language::En,
        Lang::Zh => Language::Zh,
    };
    let scenario = match options.variant.as_deref() {
        None => Scenario::load(&options.scenario)?,
        Some("list") => {
            for (id, variant) in Scenario::load(&options.scenario)?.variants() {
                println!("{id}: {}\n    {}", variant.name, variant.reasoning);
            }
            return Ok(());
        }
        Some(id) => Scenario::load_variant(&options.scenario, id)?,
    };
    // A folder that cannot be written is found out before the work, not after it.
    if !options.dry {
        files::folder(&options.out)?;
        files::check_writable(&options.out)?;
    }
    // Drawn only when a person is watching: in a pipe the bar is hidden.
    let bar = ProgressBar::new(options.paths);
    if let Ok(style) =
        ProgressStyle::with_template("{bar:40} {percent:>3} %  {human_pos} of {human_len} paths  {eta} left")
    {
        bar.set_style(style);
    }
    let mut simulation = Simulation::new(&scenario)
        .paths(options.paths)
        .seed(options.seed)
        .on_progress(|progress| bar.set_position(progress.done));
    if let Some(threads) = options.threads {
        simulation = simulation.threads(threads);
    }
    let outcome = simulation.run()?;
    bar.finish_and_clear();
    print!("{}", Scorecard::new(&outcome).language(language));
    if options.learned {
        print!("\n{}", LearnedTable::new(&outcome).language(language));
    }
    if !options.dry {
        let tables = export::all(&outcome, &options.out)?;
        let charts = chart::all(&outcome, language, options.out.join("charts"))?;
        println!(
            "\nwritten to {}: {} tables, {} charts as SVG and PNG",
            options.out.display(),
            tables.len(),
            charts.len()
        );
    }
    Ok(())
}
