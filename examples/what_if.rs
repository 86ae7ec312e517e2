//! What if growth is weak for two years? What if it keeps to its goal? What if somebody else's forecast of research is right?
//!
//! ```text
//! cargo run --release --example what_if
//! ```
//!
//! Asks Kunshan's plan three questions and prints for each how plausible its condition is (look there first: a condition that the plan
//! holds for one in a hundred says little of the future) and the probability of every target without and with it. A chart of each is
//! written into `out/what-if`. Any other plan runs the same way, with conditions of your own:
//!
//! ```text
//! cargo run --release --example what_if -- --scenario scenarios/china-14th.toml --out out/china-if --growth gdp:2021:0.06
//! ```
//!
//! Conditions: `--path INDICATOR:YEAR:LEVEL`, `--growth INDICATOR:YEAR:RATE` (0.05 is 5 %), `--about INDICATOR:YEAR:LEVEL:SD`,
//! `--at-least INDICATOR:YEAR:AVERAGE_GROWTH`, `--met TARGET`, `--median INDICATOR:YEAR:LEVEL`; those of one call are given together.

use clap::{Parser, ValueEnum};
use plancast::analyse::{Conditional, Figure, Goal, View};
use plancast::error::Fault;
use plancast::label::Language;
use plancast::prelude::*;
use plancast::report::GivenTables;
use plancast::{chart, files};
use std::path::PathBuf;

#[derive(Parser)]
struct Options {
    /// Scenario file.
    #[arg(long, default_value = concat!(env!("CARGO_MANIFEST_DIR"), "/scenarios/kunshan-2030.toml"))]
    scenario: PathBuf,
    /// Number of simulated futures.
    #[arg(long, default_value_t = 50_000)]
    paths: u64,
    /// Seed.
    #[arg(long, default_value_t = 2030)]
    seed: u64,
    /// Folder for the charts.
    #[arg(long, default_value = "out/what-if")]
    out: PathBuf,
    /// Language of the tables and the charts.
    #[arg(long, value_enum, default_value_t = Lang::En)]
    lang: Lang,
    /// A condition of a year acts through the shocks of that year only.
    #[arg(long)]
    sequential: bool,
    /// A level is known.
    #[arg(long, value_name = "INDICATOR:YEAR:LEVEL")]
    path: Vec<String>,
    /// Growth on the year before is known.
    #[arg(long, value_name = "INDICATOR:YEAR:RATE")]
    growth: Vec<String>,
    /// A level is about known.
    #[arg(long, value_name = "INDICATOR:YEAR:LEVEL:SD")]
    about: Vec<String>,
    /// Average growth since the base year is no less.
    #[arg(long, value_name = "INDICATOR:YEAR:RATE")]
    at_least: Vec<String>,
    /// A target is met.
    #[arg(long, value_name = "TARGET")]
    met: Vec<String>,
    /// Somebody forecasts this median.
    #[arg(long, value_name = "INDICATOR:YEAR:LEVEL")]
    median: Vec<String>,
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
    let scenario = Scenario::load(&options.scenario)?;
    let simulation = Simulation::new(&scenario).paths(options.paths).seed(options.seed);
    files::folder(&options.out)?;
    let language = match options.lang {
        Lang::En => Language::En,
        Lang::Zh => Language::Zh,
    };
    for (name, asked) in questions(options, &scenario, &simulation)? {
        let given = if options.sequential { asked.sequential() } else { asked }.run()?;
        println!("{}", GivenTables::new(&given).language(language));
        let files = chart::given(&given, language, options.out.join(format!("{name}.svg")))?;
        println!("{}\n", files.png.display());
    }
    Ok(())
}

/// The conditions of the command line, or three questions to the first indicator that a growth target bounds.
fn questions<'a>(
    options: &Options,
    scenario: &Scenario,
    simulation: &'a Simulation<'a>,
) -> Result<Vec<(&'static str, Conditional<'a>)>> {
    let mut asked = Conditional::new(simulation);
    let mut any = false;
    for (kind, texts) in [
        ("path", &options.path),
        ("growth", &options.growth),
        ("about", &options.about),
        ("at-least", &options.at_least),
        ("met", &options.met),
        ("median", &options.median),
    ] {
        for text in texts {
            any = true;
            asked = match (kind, text.split(':').collect::<Vec<_>>().as_slice()) {
                ("met", [target]) => asked.met(Goal::target(*target)),
                ("path", [id, year, x]) => asked.fixed((*id, number(kind, year)?), number(kind, x)?),
                ("growth", [id, year, x]) => {
                    asked.fixed(Figure::growth(*id, number(kind, year)?), number(kind, x)?)
                }
                ("about", [id, year, x, sd]) => {
                    asked.about((*id, number(kind, year)?), number(kind, x)?, number(kind, sd)?)
                }
                ("at-least", [id, year, x]) => {
                    asked.at_least(Figure::average_growth(*id, number(kind, year)?), number(kind, x)?)
                }
                ("median", [id, year, x]) => {
                    asked.view(View::median((*id, number(kind, year)?), number(kind, x)?))
                }
                _ => return Err(wrong(kind, text)),
            };
        }
    }
    if any {
        return Ok(vec![("asked", asked)]);
    }
    let (base, last) = (scenario.horizon().base().0, scenario.horizon().last().0);
    let plain = Simulation::new(scenario).paths(20_000.min(options.paths)).seed(options.seed).run()?;
    let of_growth = |t: &&plancast::outcome::TargetOutcome| t.measure == Some(Measure::AverageGrowth);
    let of_indicator = |t: &&plancast::outcome::TargetOutcome| t.indicator.is_some();
    let Some(target) =
        plain.targets.iter().find(of_growth).or_else(|| plain.targets.iter().find(of_indicator))
    else {
        let fault = Fault::new(
            "target",
            "the plan has no target that bounds an indicator, so nothing is asked by itself",
        );
        return Err(Error::Question(
            fault.remedy("state a condition, for instance `--at-least gdp:2026:0.05`"),
        ));
    };
    let id = target.indicator.clone().unwrap_or_default();
    let level = plain.indicator(&id).map_or(0.0, |i| i.bands.last().map_or(0.0, |b| b.quantiles.at(0.35)));
    // Nobody forecasts to more than three digits.
    let digit = 10_f64.powi(level.abs().max(1e-9).log10().floor() as i32 - 2);
    let level = (level / digit).round() * digit;
    let ask = || Conditional::new(simulation);
    let mut questions = vec![
        ("target-met", ask().met(Goal::target(&target.id))),
        // A forecaster who is gloomier than two thirds of the paths.
        ("gloomy-forecaster", ask().view(View::median((id.as_str(), last), level))),
    ];
    if of_growth(&target) {
        // Two years of 3 %: below what any target asks for.
        let weak = (base + 1..=last).take(2).map(|year| (year, 0.03));
        questions.insert(0, ("two-weak-years", ask().growth(&id, weak)));
    }
    Ok(questions)
}

fn number<T: std::str::FromStr>(kind: &str, text: &str) -> Result<T> {
    text.parse().map_err(|_| wrong(kind, text))
}

fn wrong(kind: &str, text: &str) -> Error {
    let fault = Fault::new(format!("--{kind}"), format!("`{text}` cannot be read"));
    Error::Question(fault.remedy("write INDICATOR:YEAR:NUMBER, for instance gdp:2026:0.03"))
}
