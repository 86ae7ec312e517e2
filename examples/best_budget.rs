//! Where would money do the most for the plan, and how much of what it seems to bring is luck of the draw?
//!
//! ```text
//! cargo run --release --example best_budget
//! cargo run --release --example best_budget -- --goal binding --budget 30
//! ```
//!
//! Spends a yearly budget on the levers of the scenario so that the expected number of targets met (or the probability of a goal) is largest, for
//! several budgets up to the one asked for. Look first at "best, on fresh paths": the spending was chosen on other paths, where it looks better than it is, by
//! "gain that was luck". Then along a row of levers: what is bought first is what brings the most. Effects are assumptions; a front that is flat says that
//! none of the levers is known to do enough.

use clap::{Parser, ValueEnum};
use plancast::analyse::{Budget, Goal, Objective};
use plancast::label::Language;
use plancast::prelude::*;
use plancast::report::BudgetTable;
use plancast::{chart, files};
use std::path::PathBuf;

#[derive(Parser)]
struct Options {
    /// Scenario file with levers.
    #[arg(long, default_value = concat!(env!("CARGO_MANIFEST_DIR"), "/scenarios/kunshan-2030.toml"))]
    scenario: PathBuf,
    /// The largest budget, a year, in the unit of the levers; all that the levers can take when absent.
    #[arg(long)]
    budget: Option<f64>,
    /// What it is for: the expected number of targets met, `all`, `binding`, or the id of a target.
    #[arg(long, default_value = "number")]
    goal: String,
    /// Makes the worst regret about the goal over these variants small instead.
    #[arg(long, value_delimiter = ',')]
    regret: Vec<String>,
    /// Number of simulated futures that each spending is judged on.
    #[arg(long, default_value_t = 8_192)]
    paths: u64,
    /// Number of fresh ones that judge what was found.
    #[arg(long, default_value_t = 100_000)]
    fresh: u64,
    /// Seed of all of them.
    #[arg(long, default_value_t = 2030)]
    seed: u64,
    /// Folder for the chart.
    #[arg(long, default_value = "out/best_budget")]
    out: PathBuf,
    /// Language of the table and the chart.
    #[arg(long, value_enum, default_value_t = Lang::En)]
    lang: Lang,
}

#[derive(Clone, Copy, ValueEnum)]
enum Lang {
    /// English
    En,
    /// Chinese
    Zh,
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
    let language = match options.lang {
        Lang::En => Language::En,
        Lang::Zh => Language::Zh,
    };
    let scenario = Scenario::load(&options.scenario)?;
    files::folder(&options.out)?;
    let goal = match options.goal.as_str() {
        // The regret of a number of targets is that of all of them together.
        "all" | "number" => Goal::All,
        "binding" => Goal::Binding,
        id => Goal::target(id),
    };
    let objective = match (options.goal.as_str(), options.regret.is_empty()) {
        (_, false) => Objective::WorstRegret(goal, options.regret.clone()),
        ("number", true) => Objective::expected_met(),
        (_, true) => Objective::Probability(goal),
    };
    let budget = options.budget.unwrap_or_else(|| scenario.levers().values().map(|lever| lever.most).sum());
    let simulation = Simulation::new(&scenario).paths(options.paths).seed(options.seed);
    let asked = Budget::new(&simulation, budget).objective(objective).fresh(options.fresh);
    let front = asked.front([0.0, 0.15 * budget, 0.4 * budget])?;
    println!("{}", BudgetTable::front(&front).language(language));
    let files = chart::front(&front, language, options.out.join("front"))?;
    println!("written: {} and {}", files.svg.display(), files.png.display());
    Ok(())
}
