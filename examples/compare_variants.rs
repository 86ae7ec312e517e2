//! What would a trade shock, a push for research or a slow decade do to the plan?
//!
//! ```text
//! cargo run --release --example compare_variants
//! ```
//!
//! Runs Kunshan's plan and all of its variants on the same draws and prints, for every target and for all of them together, the
//! probability in each and the difference from the plan with its error, which is far smaller than that of two separate runs. Look along a
//! row: a dot means that the variant does not touch the target at all, to the last path, because what is not changed
//! keeps its draws. The last lines say on how many futures the whole plan turns, and which they are. The chart goes to
//! `out/compare`. `--variant` (again for another one) takes some of the variants only; any other scenario with variants runs the same
//! way:
//!
//! ```text
//! cargo run --release --example compare_variants -- --scenario scenarios/china-14th.toml
//! ```

use clap::{Parser, ValueEnum};
use plancast::analyse::Comparison;
use plancast::label::Label;
use plancast::prelude::*;
use plancast::report::CompareTable;
use plancast::{chart, files};
use std::path::PathBuf;

#[derive(Parser)]
struct Options {
    /// Scenario file with variants.
    #[arg(long, default_value = concat!(env!("CARGO_MANIFEST_DIR"), "/scenarios/kunshan-2030.toml"))]
    scenario: PathBuf,
    /// Variants to compare, by id; all of the file when none is named.
    #[arg(long)]
    variant: Vec<String>,
    /// Number of simulated futures of each variant.
    #[arg(long, default_value_t = 200_000)]
    paths: u64,
    /// Seed of all of them.
    #[arg(long, default_value_t = 2030)]
    seed: u64,
    /// Folder for the chart.
    #[arg(long, default_value = "out/compare")]
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
    let base = Scenario::load(&options.scenario)?;
    let ids = match options.variant.is_empty() {
        true => base.variants().keys().cloned().collect(),
        false => options.variant.clone(),
    };
    let variants = ids
        .iter()
        .map(|id| Ok((id, base.with_variant(id)?)))
        .collect::<Result<Vec<(&String, Scenario)>>>()?;
    files::folder(&options.out)?;

    let simulation = Simulation::new(&base).paths(options.paths).seed(options.seed);
    let mut comparison = Comparison::new(&simulation);
    for (id, scenario) in &variants {
        let variant = &base.variants()[*id];
        comparison = comparison.variant(Label::both(variant.name.clone(), variant.name_zh.clone()), scenario);
    }
    let compared = comparison.run()?;
    print!("{}", CompareTable::new(&compared).language(language));

    let varied = || compared.rows.iter().flat_map(|row| &row.variants);
    let untouched = varied().filter(|varied| varied.untouched).count();
    println!("\n{untouched} of {} numbers are those of the plan to the last path", varied().count());
    let chart = chart::dumbbell(&compared, language, options.out.join("dumbbell"))?;
    println!("written to {} and {}", chart.svg.display(), chart.png.display());
    Ok(())
}
