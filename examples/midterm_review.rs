//! Two years are over: how likely is the plan now, and what moved it?
//!
//! ```text
//! cargo run --release --example midterm_review -- --paths 200000
//! ```
//!
//! Takes the actuals of a file, here made up and so called in its head, and says how far they were from the forecast, how the
//! probability of every target moved, and which part of that is surprise (paths start from the actuals), learning (parameters learn
//! from them) and changed assumptions (a variant of the plan, or another file). Draws the waterfalls in English and Chinese.

use clap::Parser;
use plancast::analyse::Review;
use plancast::prelude::*;
use plancast::report::ReviewTables;
use plancast::scenario::Actuals;
use plancast::{chart, files};
use std::path::PathBuf;

#[derive(Parser)]
struct Options {
    /// Scenario file of the plan as it was seen before.
    #[arg(long, default_value = concat!(env!("CARGO_MANIFEST_DIR"), "/scenarios/kunshan-2030.toml"))]
    scenario: PathBuf,
    /// CSV file of what came.
    #[arg(long, default_value = concat!(env!("CARGO_MANIFEST_DIR"), "/scenarios/kunshan-actuals-illustrative.csv"))]
    actuals: PathBuf,
    /// Scenario file of the plan as it is seen now.
    #[arg(long, conflicts_with = "variant")]
    now: Option<PathBuf>,
    /// A variant of the plan that has become the assumption, such as `ai-upgrade`.
    #[arg(long)]
    variant: Option<String>,
    /// Number of simulated futures of each of the plans compared.
    #[arg(long, default_value_t = 100_000)]
    paths: u64,
    /// Seed of all of them.
    #[arg(long, default_value_t = 2030)]
    seed: u64,
    /// Folder of the charts.
    #[arg(long, default_value = "out/midterm_review")]
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
    let plan = Scenario::load(&options.scenario)?;
    files::folder(&options.out)?;
    let actuals = Actuals::read(&options.actuals)?;
    let now = match (&options.now, &options.variant) {
        (Some(file), _) => Some(Scenario::load(file)?),
        (None, Some(id)) => Some(plan.with_variant(id)?),
        (None, None) => None,
    };
    let simulation = Simulation::new(&plan).paths(options.paths).seed(options.seed);
    let review = Review::new(&simulation, &actuals);
    let review = if let Some(now) = &now { review.assumptions(now) } else { review }.run()?;
    println!("{}\n", review.about.plan.en);
    print!("{}", ReviewTables::new(&review));
    for (language, name) in [(Language::En, "review"), (Language::Zh, "review-zh")] {
        let files = chart::review(&review, language, options.out.join(name))?;
        println!("{}", files.png.display());
    }
    Ok(())
}
