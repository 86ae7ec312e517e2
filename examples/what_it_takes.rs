//! What would it take to meet the plan?
//!
//! ```text
//! cargo run --release --example what_it_takes
//! ```
//!
//! Prints four answers. How fast each target wants its indicator to move, beside how fast it moved of late: the effort. For every target
//! that is less likely than 80 %, how much its indicator's drift would have to change for 50, 80 and 90 %, with what the simulation leaves open.
//! The other way round, the bounds that would be met with 80 %. And for two targets together, which pairs of changes bring 80 %. Charts of
//! the second and the last go into `out/what-it-takes`. Look first at the effort: where it is far above 1, the drift that is
//! needed is not one that was ever seen.

use clap::{Parser, ValueEnum};
use plancast::analyse::{Ambition, Effort, Frontier, Goal, Required};
use plancast::outcome::{Outcome, Sense, TargetOutcome};
use plancast::prelude::*;
use plancast::report::{AmbitionTable, EffortTable, FrontierTable, RequiredTable};
use plancast::scenario::{Handle, Motion};
use plancast::{chart, files};
use std::path::PathBuf;

/// The ambition.
const WANTED: f64 = 0.8;

#[derive(Parser)]
struct Options {
    /// Scenario file.
    #[arg(long, default_value = concat!(env!("CARGO_MANIFEST_DIR"), "/scenarios/kunshan-2030.toml"))]
    scenario: PathBuf,
    /// Number of simulated futures, the same ones for every amount.
    #[arg(long, default_value_t = 20_000)]
    paths: u64,
    /// Seed of all of them.
    #[arg(long, default_value_t = 2030)]
    seed: u64,
    /// Folder for charts.
    #[arg(long, default_value = "out/what-it-takes")]
    out: PathBuf,
    /// Language of the tables and the charts.
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
    let simulation = Simulation::new(&scenario).paths(options.paths).seed(options.seed);
    let outcome = simulation.run()?;
    println!("{}", EffortTable::new(&Effort::new(&scenario, &outcome)?).language(language));

    let (mut needed, mut turned) = (Vec::new(), Vec::new());
    for target in outcome.targets.iter().filter(|target| target.probability.estimate < WANTED) {
        let Some((handle, range)) = drift_of(&scenario, &outcome, target) else { continue };
        let question =
            Required::new(&simulation, Goal::target(&target.id)).by(handle.clone()).within(range.0, range.1);
        needed.push(question.run()?);
        turned.push((target, handle));
    }
    println!("{}", RequiredTable::new(&needed).language(language));
    for ((target, ..), outcome) in turned.iter().zip(&needed) {
        for need in &outcome.needs {
            chart::required(outcome, need, language, options.out.join(format!("{}.svg", target.id)))?;
        }
    }

    println!("{}", AmbitionTable::new(&Ambition::all(&outcome, WANTED)?).language(language));

    // Two targets with a drift of their own each, that want to go one way and can get there.
    let reaching = turned.iter().zip(&needed).filter_map(|((target, handle), outcome)| {
        let most = outcome.needs[0].answers.last()?.1.amount(outcome.range)?;
        // Together they take more than each alone.
        (target.sense != Some(Sense::Within)).then_some((target, handle, (0.0, 2.0 * most)))
    });
    let reaching: Vec<_> = reaching.filter(|(_, _, range)| range.0 != range.1).collect();
    let pair = reaching
        .split_first()
        .and_then(|(first, rest)| Some((first, rest.iter().find(|(_, handle, _)| *handle != first.1)?)));
    if let Some(((one, first, range), (two, second, other))) = pair {
        let frontier = Frontier::new(&simulation, Goal::together([&one.id, &two.id]))
            .first((*first).clone(), *range)
            .second((*second).clone(), *other)
            .probability(WANTED)
            .run()?;
        println!("{}", FrontierTable::new(&frontier).language(language));
        chart::frontier(&frontier, language, options.out.join("frontier.svg"))?;
    }
    println!("charts are in {}", options.out.display());
    Ok(())
}

/// The drift of a target's indicator, or of the first indicator of its formula, and a range that should hold what is needed: towards
/// the bound, by so much a year that the level moves by twice its 80 % band.
fn drift_of(scenario: &Scenario, outcome: &Outcome, target: &TargetOutcome) -> Option<(Handle, (f64, f64))> {
    let mut id = target.indicator.clone()?;
    while let Motion::Formula { formula, .. } = &scenario.indicators()[&id].motion {
        id = formula.references().first().filter(|reference| reference.lag == 0)?.id.clone();
    }
    let step = outcome.horizon.step(target.year)?;
    let (low, high) = outcome.indicator(&id)?.bands[step].quantiles.central(0.8);
    let link = scenario.indicators()[&id].link;
    let most = 2.0 * (link.state(high) - link.state(low)) / step as f64;
    let down = match target.sense? {
        Sense::AtLeast => false,
        Sense::AtMost => true,
        Sense::Within => target.outcome.as_ref()?.median() > target.bound?,
    };
    (most > 0.0).then_some((Handle::drift(id), (0.0, if down { -most } else { most })))
}
