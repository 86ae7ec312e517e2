//! What does meeting the plan hang on, and which figure is most worth finding out?
//!
//! ```text
//! cargo run --release --example what_drives_it
//! ```
//!
//! Asks of the binding targets of Kunshan's plan together (or, with `--goal`, of one target) which inputs their success hangs on: shares of
//! the variance by Sobol indices, chance apart from what we do not know; a screening; Shapley effects; and a tornado. Look at the sentence
//! below the first table: it names the figure most worth finding out. Charts go into `out/what_drives_it`.

use clap::{Parser, ValueEnum};
use plancast::analyse::Goal;
use plancast::analyse::sensitivity::{Morris, Sensitivity, Shapley, Tornado};
use plancast::outcome::format;
use plancast::prelude::*;
use plancast::report::SensitivityTable;
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
    /// Pairs of futures that are compared, at least 16 384.
    #[arg(long, default_value_t = 32_768)]
    paths: u64,
    /// Seed.
    #[arg(long, default_value_t = 2030)]
    seed: u64,
    /// Folder for the charts.
    #[arg(long, default_value = "out/what_drives_it")]
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
    let binds = scenario.targets().values().any(|target| target.nature == Nature::Binding);
    let goal = match (options.goal.as_deref(), scenario.targets().keys().next()) {
        (Some("all"), _) => Goal::All,
        (Some("binding"), _) => Goal::Binding,
        (Some(id), _) => Goal::target(id),
        (None, Some(first)) if !binds => Goal::target(first),
        (None, _) => Goal::Binding,
    };
    let simulation = Simulation::new(&scenario).paths(options.paths).seed(options.seed);

    let found = Sensitivity::new(&simulation, goal.clone()).run()?;
    println!("{}", SensitivityTable::new(&found).language(language));

    let few = Simulation::new(&scenario).paths(options.paths.min(16_384)).seed(options.seed);
    let screen = Morris::new(&few, goal.clone()).run()?;
    let points = |x: f64| format::number(100.0 * x, 1);
    println!(
        "{}",
        language.say(
            "Another draw of this input alone turns the answer in so many of 100 futures (more of it helps: +)",
            "单独改变该输入的取值，每100条路径中有多少条的结论随之改变（+ 表示增大有利）"
        )
    );
    for (input, effects) in screen.inputs.iter().take(8) {
        let sign = if effects.mu.low > 0.0 {
            "+"
        } else if effects.mu.high < 0.0 {
            "−"
        } else {
            " "
        };
        println!("  {:>5} {sign} {}", points(effects.mu_star.estimate), input.name.get(language));
    }

    let fair = Shapley::new(&simulation, goal.clone()).run()?;
    let (heading, to) = language.say(
        ("Shapley effects, % of the variance; they add up to 100", " to "),
        ("Shapley 效应，占方差的百分比，合计为100", "至"),
    );
    println!("\n{heading}");
    for (input, effect) in fair.inputs.iter().take(8) {
        let [share, low, high] = [effect.estimate, effect.low, effect.high].map(points);
        println!("  {share:>5} ({low}{to}{high}) {}", input.name.get(language));
    }

    let bars = Tornado::new(&simulation, goal).run()?;
    println!(
        "\n{}",
        language.say(
            "P(met) with an input held low and held high (an event: without it and with it), and the difference in points",
            "将某项输入固定在低位与高位（事件：不发生与发生）时的达标概率，及其差（百分点）"
        )
    );
    for bar in bars.bars.iter().take(12) {
        let [low, high] = [&bar.low, &bar.high].map(|end| format::percent(&end.probability, language));
        let [swing, from, until] = [bar.swing.estimate, bar.swing.low, bar.swing.high].map(points);
        println!("  {low:>7} → {high:<7} {swing:>6} ({from}{to}{until})  {}", bar.input.name.get(language));
    }

    let drivers = chart::drivers(&found, language, options.out.join("drivers"))?;
    let tornado = chart::tornado(&bars, language, options.out.join("tornado"))?;
    println!("\nwritten: {} and {}, each as PNG as well", drivers.svg.display(), tornado.svg.display());
    Ok(())
}
