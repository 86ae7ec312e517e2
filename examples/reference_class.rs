//! What do units like mine say of mine?
//!
//! ```text
//! cargo run --release --example reference_class -- --panel my-cities.csv --name "Cities of the province" \
//!     --source "Statistical yearbooks 2000-2024" --out priors/my-cities.toml
//! ```
//!
//! Learns a reference class from a panel (a CSV file with the columns `region`, `year`, `value`) and writes it as a small file that a
//! scenario names: `estimate = { prior = "my-cities" }`. Look at the drift it believes in, and at how far and how lastingly drifts move. Without options it learns one
//! from all years of the panel of real GDP that is shipped, and prints it. The three shipped classes are made by
//!
//! ```text
//! E="cargo run --release --example reference_class --"; P=scenarios/panel
//! $E --panel $P/real-gdp.csv --from 1998 --out scenarios/priors/world-gdp.toml --name "Real GDP of the world's economies" --source "Penn World Table 9.1, CC BY 4.0"
//! $E --panel $P/rd-share.csv --from 2005 --link share --at-least 1 --out scenarios/priors/world-rd-share.toml --name "R&D spending as share of GDP, economies that began above 1 %" --source "World Development Indicators, GB.XPD.RSDV.GD.ZS, CC BY 4.0"
//! $E --panel $P/co2.csv --per $P/real-gdp.csv --from 1998 --out scenarios/priors/world-carbon-intensity.toml --name "CO2 per unit of GDP" --source "Our World in Data, Global Carbon Project 2019, and Penn World Table 9.1, CC BY 4.0"
//! ```

use clap::{Parser, ValueEnum};
use plancast::calibrate::ReferenceClass;
use plancast::files;
use plancast::panel::{Columns, Panel, Refused};
use plancast::prelude::*;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

/// Learns a reference class from a panel of units, to be named as a prior by a scenario.
#[derive(Parser)]
#[command(version)]
struct Options {
    /// Levels of the units: a CSV file with a row for each unit and year. Without one, the panel of real GDP that is shipped.
    #[arg(long, requires_all = ["name", "source"])]
    panel: Option<PathBuf>,
    /// Another panel of the same units to divide by: CO2 per unit of GDP.
    #[arg(long)]
    per: Option<PathBuf>,
    /// Titles of the columns of unit, year and value.
    #[arg(long, num_args = 3, default_values = ["region", "year", "value"])]
    columns: Vec<String>,
    /// What moves: log growth, or the logit of a share in per cent.
    #[arg(long, value_enum, default_value_t = Scale::Log)]
    link: Scale,
    /// First year of growth that counts.
    #[arg(long)]
    from: Option<i32>,
    /// Only units whose first value is at least this: a class of units that are like yours. The first, because by the last one
    /// those would be picked that rose.
    #[arg(long)]
    at_least: Option<f64>,
    /// What the class is.
    #[arg(long)]
    name: Option<String>,
    /// Where the panel is from, and under which terms.
    #[arg(long)]
    source: Option<String>,
    /// The file to write; printed when absent.
    #[arg(long)]
    out: Option<PathBuf>,
}

#[derive(Clone, Copy, ValueEnum)]
enum Scale {
    /// Levels above 0, whose logarithm moves
    Log,
    /// Shares between 0 and 100 %, whose logit moves
    Share,
    /// Anything else: the value itself moves
    Identity,
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
    let [unit, year, value] = &options.columns[..] else { unreachable!("clap asks for three") };
    let columns = Columns::new(unit, year, value);
    let shipped = concat!(env!("CARGO_MANIFEST_DIR"), "/scenarios/panel/real-gdp.csv");
    let name = options.name.as_deref().unwrap_or("Real GDP of the world's economies");
    let source = options.source.as_deref().unwrap_or("Penn World Table 9.1, CC BY 4.0");
    let mut panel = Panel::read_csv(options.panel.as_deref().unwrap_or(Path::new(shipped)), &columns)?;
    if let Some(per) = &options.per {
        panel = Panel::ratio(&panel, &Panel::read_csv(per, &columns)?)?;
    }
    if let Some(least) = options.at_least {
        panel = panel.filter(|_, unit| unit.iter().next().is_some_and(|(_, value)| value >= least));
    }
    let link = match options.link {
        Scale::Log => Link::Log,
        Scale::Share => Link::Logit(Bounds { lower: 0.0, upper: 100.0 }),
        Scale::Identity => Link::Identity,
    };
    for refused in panel.transform(link).refused {
        let Refused { unit, year, value } = refused;
        eprintln!("left out: {unit}, {year}: {value}; it must be {}", link.allowed());
    }
    let class = ReferenceClass::learn(name, source, &panel, link, options.from.map(Year))?;
    let text = class.to_toml().map_err(Error::Run)?;
    match &options.out {
        None => print!("{text}"),
        Some(path) => {
            files::write(path, text.as_bytes())?;
            println!("{}: {} units, growth of {}-{}", path.display(), class.units, class.from, class.to);
        }
    }
    Ok(())
}
