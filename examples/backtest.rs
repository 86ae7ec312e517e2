//! What are the forecasts worth? The record of every model on the past of all economies.
//!
//! ```text
//! cargo run --release --example backtest
//! ```
//!
//! Every year from 1980 to 2012 each model forecasts the GDP of 180 economies five years ahead from what was known then (and
//! R&D shares from 2008 to 2019), and is scored on what came. Look first at the coverage of the 80 % interval, which should be near
//! 80, then at the CRPS, which should be small. It prints the tables and writes every case and the charts into `out/backtest`.

use clap::{Parser, ValueEnum};
use indicatif::{ProgressBar, ProgressStyle};
use plancast::backtest::plans::{self, Judge, PlanMeasure};
use plancast::backtest::{
    Backtest, DefaultModel, Event, Forecaster, Gaps, Protocol, Record, Window, reference,
};
use plancast::label::Label;
use plancast::panel::{Columns, Panel};
use plancast::prelude::*;
use plancast::report::{BacktestTables, PlanTables};
use plancast::{chart, export, files};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

/// What are the forecasts worth? Proves every model on the past of all economies.
#[derive(Parser)]
#[command(version, after_help = "Example: cargo run --release --example backtest -- --seed 7")]
struct Options {
    /// Folder with the panels.
    #[arg(long, default_value = concat!(env!("CARGO_MANIFEST_DIR"), "/scenarios/panel"))]
    panel: PathBuf,
    /// Seed of the models that simulate.
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// Folder for the charts and the cases.
    #[arg(long, default_value = "out/backtest")]
    out: PathBuf,
    /// Language of the charts.
    #[arg(long, value_enum, default_value_t = Lang::En)]
    lang: Lang,
    /// Print the tables only, write nothing.
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

/// The models, in the order of the tables; a new one goes here.
fn models() -> Vec<Box<dyn Forecaster>> {
    let mut models = reference::all();
    models.push(Box::new(DefaultModel));
    models
}

/// Those in the charts.
const DRAWN: [&str; 3] = ["plancast", "EB-AR", "RWD-t"];

/// What the others are compared with.
const REFERENCE: &str = "EB-AR";

/// Models were chosen on the origins before this year; the later ones are the test.
const CHOSEN_BEFORE: Year = Year(1996);

fn run(options: &Options) -> Result<()> {
    // A folder that cannot be written is found out before the work, not after it.
    if !options.dry {
        files::folder(&options.out)?;
        files::check_writable(&options.out)?;
    }
    let models = models();
    let share = Link::Logit(Bounds { lower: 0.0, upper: 100.0 });
    let gdp = read(&options.panel, "real-gdp.csv")?;
    let rd = read(&options.panel, "rd-share.csv")?;
    let gdp_protocol = Protocol::new(1980..=2012, 5).window(Window::Last(20)).fewest(20);
    let rd_protocol = Protocol::new(2008..=2019, 5).fewest(8).gaps(Gaps::OneYearIncrements);

    let growth = Event::average_growth(0.05, 5);
    let record = prove("GDP", &gdp, Link::Log, gdp_protocol, Some(growth), &models, options.seed)?;
    println!("Real GDP, log points x 100, from the last 20 years\n");
    println!("{}", BacktestTables::new(&record).reference(REFERENCE).chosen_before(CHOSEN_BEFORE));
    let rd_record = prove("R&D share", &rd, share, rd_protocol, None, &models, options.seed)?;
    println!("R&D share of GDP, logit points x 100, from the whole past\n");
    println!("{}", BacktestTables::new(&rd_record).reference(REFERENCE));

    let targets = plans::read(&options.panel.join("plan-targets.csv"))?;
    let judges = [
        Judge {
            indicator: "GDP growth",
            measure: PlanMeasure::AverageGrowth,
            panel: &gdp,
            link: Link::Log,
            protocol: gdp_protocol,
        },
        Judge {
            indicator: "R&D share of GDP",
            measure: PlanMeasure::Level,
            panel: &rd,
            link: share,
            protocol: rd_protocol,
        },
    ];
    println!("Targets of past plans, as at their base year\n");
    println!("{}", PlanTables::new(&plans::judge(&targets, &judges, &models, options.seed)?));

    if !options.dry {
        for (name, record) in [("gdp", &record), ("rd-share", &rd_record)] {
            let cases = options.out.join(format!("{name}.csv"));
            files::write(&cases, export::backtest_csv(record).as_bytes())?;
            chart::backtest::all(&shown(name, record, options.lang), name, &options.out)?;
        }
        let out = options.out.display();
        println!("written to {out}: every case of gdp.csv and rd-share.csv, five charts as SVG and PNG");
    }
    Ok(())
}

/// What the charts of a record say around it.
fn shown<'a>(name: &str, record: &'a Record, lang: Lang) -> chart::backtest::Shown<'a> {
    let (what, source) = match name {
        "gdp" => (["Real GDP, five years ahead", "实际GDP，预测五年"], "Penn World Table 9.1, CC BY 4.0"),
        _ => (
            ["R&D spending as share of GDP, five years ahead", "研发经费占GDP比重，预测五年"],
            "World Development Indicators, July 2026, CC BY 4.0",
        ),
    };
    let label = |[en, zh]: [&str; 2]| Label::both(en, Some(zh.to_owned()));
    chart::backtest::Shown {
        record,
        models: &DRAWN,
        what: label(what),
        source: Label::new(source),
        event: Some(label(["growth of at least 5 % a year over five years", "五年年均增长不低于5%"])),
        language: match lang {
            Lang::En => Language::En,
            Lang::Zh => Language::Zh,
        },
    }
}

fn read(folder: &Path, file: &str) -> Result<Panel> {
    Panel::read_csv(&folder.join(file), &Columns::default())
}

/// Runs a backtest under a bar, which is drawn only when a person is watching.
fn prove(
    name: &'static str,
    panel: &Panel,
    link: Link,
    protocol: Protocol,
    event: Option<Event>,
    models: &[Box<dyn Forecaster>],
    seed: u64,
) -> Result<Record> {
    let latent = panel.transform(link);
    if !latent.refused.is_empty() {
        println!("{name}: {} values that the link cannot take are left out", latent.refused.len());
    }
    let bar = ProgressBar::new(0).with_message(name);
    if let Ok(style) = ProgressStyle::with_template("{msg} {bar:40} {percent:>3} %  {eta} left") {
        bar.set_style(style);
    }
    let mut backtest = Backtest::new(&latent.panel, protocol).seed(seed).on_progress(|progress| {
        bar.set_length(progress.total);
        bar.set_position(progress.done);
    });
    if let Some(event) = event {
        backtest = backtest.event(event);
    }
    let record = backtest.run(models)?;
    bar.finish_and_clear();
    Ok(record)
}
