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
//!
//! `--until 0.1` takes as many futures as it needs to know each probability to a tenth of a percentage point. Ctrl-C ends a run
//! with what is done: the scorecard says so and at how many paths, and files go to the folder `stopped-early` within `--out`,
//! so that no finished result is lost. With `--checkpoint FILE` the next call goes on from there, to the same bits.

use clap::{Parser, ValueEnum};
use indicatif::{ProgressBar, ProgressStyle};
use plancast::label::Language;
use plancast::prelude::*;
use plancast::{chart, export, files};
use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Duration;

/// What a shell expects of a program that was ended by Ctrl-C.
const INTERRUPTED: u8 = 130;

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
    /// Number of simulated futures, a million if nothing else is said; more keep the first ones. With `--until` the most.
    #[arg(long)]
    paths: Option<u64>,
    /// Simulate until the probability of each target and of all together is known to so many percentage points.
    #[arg(long, value_name = "POINTS")]
    until: Option<f64>,
    /// Keep what is done in this file once a minute, and go on from it when it exists.
    #[arg(long, value_name = "FILE")]
    checkpoint: Option<PathBuf>,
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
        Ok(code) => code,
        Err(error) => {
            eprintln!("{error}");
            ExitCode::FAILURE
        }
    }
}

fn run(options: &Options) -> Result<ExitCode> {
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
            return Ok(ExitCode::SUCCESS);
        }
        Some(id) => Scenario::load_variant(&options.scenario, id)?,
    };
    // A folder that cannot be written is found out before the work, not after it.
    if !options.dry {
        files::folder(&options.out)?;
        files::check_writable(&options.out)?;
    }
    let stopper = Stopper::new();
    let asked = stopper.clone();
    // Where there is no such signal the run can be stopped all the same, if less kindly.
    let _without = ctrlc::set_handler(move || asked.stop());
    let mut simulation = Simulation::new(&scenario).seed(options.seed).stop_on(&stopper);
    let paths = options.paths.unwrap_or(match options.until {
        Some(_) => Simulation::UNTIL_PATHS,
        None => 1_000_000,
    });
    simulation = simulation.paths(paths);
    if let Some(points) = options.until {
        let precise = |of| Precision::absolute(of, points / 100.0);
        simulation = simulation.until(precise(Of::EveryTarget)).until(precise(Of::Joint));
    }
    if let Some(file) = &options.checkpoint {
        simulation = simulation.checkpoint(file, Duration::from_secs(60));
    }
    if let Some(threads) = options.threads {
        simulation = simulation.threads(threads);
    }
    // Drawn only when a person is watching: in a pipe the bar is hidden.
    let bar = ProgressBar::new(paths);
    if let Ok(style) =
        ProgressStyle::with_template("{bar:40} {percent:>3} %  {human_pos} of {human_len} paths  {eta} left")
    {
        bar.set_style(style);
    }
    let outcome = simulation.on_progress(|progress| bar.set_position(progress.done)).run()?;
    bar.finish_and_clear();
    print!("{}", Scorecard::new(&outcome).language(language));
    if options.learned {
        print!("\n{}", LearnedTable::new(&outcome).language(language));
    }
    let early = outcome.ending.is_early();
    if !options.dry {
        let out = if early { options.out.join("stopped-early") } else { options.out.clone() };
        let tables = export::all(&outcome, &out)?;
        let charts = chart::all(&outcome, language, out.join("charts"))?;
        println!(
            "\nwritten to {}: {} tables, {} charts as SVG and PNG",
            out.display(),
            tables.len(),
            charts.len()
        );
    }
    Ok(if early { ExitCode::from(INTERRUPTED) } else { ExitCode::SUCCESS })
}
