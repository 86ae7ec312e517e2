//! Where does the plan fail?
//!
//! ```text
//! cargo run --release --example where_it_fails
//! ```
//!
//! Looks for the futures in which the binding targets of Kunshan's plan are missed together (or, with `--goal`, one target): growth in the first
//! years, parameters, events. Where a goal is missed more often than not it also looks for those in which it is met. Look at the sentence on top: it says where, how much more often it is missed there, and how many of all misses that
//! explains, each on futures that the search has not seen. The trade-off between the two goes into `out/where_it_fails` as a chart.

use clap::{Parser, ValueEnum};
use plancast::analyse::{Discovery, Goal};
use plancast::prelude::*;
use plancast::report::DiscoveryTable;
use plancast::target::Nature;
use plancast::{chart, files};
use std::path::PathBuf;

#[derive(Parser)]
struct Options {
    /// Scenario file.
    #[arg(long, default_value = concat!(env!("CARGO_MANIFEST_DIR"), "/scenarios/kunshan-2030.toml"))]
    scenario: PathBuf,
    /// Id of a target, `binding` or `all`; by default the binding targets, and the first target of a plan that has none.
    #[arg(long)]
    goal: Option<String>,
    /// Looks at how the targets' own indicators begin, too: an early warning, not a reason.
    #[arg(long)]
    early: bool,
    /// The most restrictions of the recommended box.
    #[arg(long, default_value_t = 4)]
    restrictions: usize,
    /// Futures, at least 16 384: the search sees every other one.
    #[arg(long, default_value_t = 20_000)]
    paths: u64,
    /// Seed.
    #[arg(long, default_value_t = 2030)]
    seed: u64,
    /// Folder for the chart.
    #[arg(long, default_value = "out/where_it_fails")]
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
    let binds = scenario.targets().values().any(|target| target.nature == Nature::Binding);
    let goal = match (options.goal.as_deref(), scenario.targets().keys().next()) {
        (Some("all"), _) => Goal::All,
        (Some("binding"), _) => Goal::Binding,
        (Some(id), _) => Goal::target(id),
        (None, Some(first)) if !binds => Goal::target(first),
        (None, _) => Goal::Binding,
    };
    let simulation = Simulation::new(&scenario).paths(options.paths).seed(options.seed);
    let ask = || {
        let asked = Discovery::new(&simulation, goal.clone()).restrictions(options.restrictions);
        if options.early { asked.own_growth() } else { asked }
    };
    let missed = ask().run()?;
    // Where a goal is mostly missed, where it is met says more.
    let met = if missed.happens.estimate > 0.5 { Some(ask().met().run()?) } else { None };
    for (found, name) in [(Some(&missed), "missed"), (met.as_ref(), "met")] {
        let Some(found) = found else { continue };
        println!("{}", DiscoveryTable::new(found).language(language));
        let files = chart::discovery(found, language, options.out.join(name))?;
        println!("{}\n", files.png.display());
    }
    Ok(())
}
