//! **Will the plan be met?** plancast reads a development plan (indicators, where they stand, how they move,
//! what they must reach by when), simulates many correlated futures of it in parallel, and says for each target, and for
//! all of them together, how likely it is to be met, how sure that number is, and what it rests on.
//!
//! It is not a forecast of one future, not a model of an economy that derives its own equations, and not a planner:
//! what goes in is stated in a file, and what comes out is what follows from it.
//!
//! # A walk through the crate
//!
//! The modules in the order in which a plan passes through them; each imports only those above it.
//!
//! **1. A plan is written**, as a file ([`scenario`]; `scenarios/kunshan-2030.toml` is a large one) or in Rust. Indicators
//! move by a [`process`] of their own, follow others as drivers, or are a [`formula`] over them. Every number is a
//! [`quantity`]: known, or a distribution, with its source and its grade of [`evidence`].
//!
//! ```
//! use plancast::prelude::*;
//!
//! let scenario = Scenario::from_toml(r#"
//!     plancast = 1
//!     correlation.pairs = { of = [["gdp", "employed", 0.3]] }
//!
//!     [plan]
//!     name = "A town's plan"
//!     base_year = 2025
//!     last_year = 2030
//!
//!     [indicator.gdp]
//!     name = "Real GDP"
//!     unit = "100m yuan"
//!     baseline = 120.0
//!     process.random_walk = { drift = { normal = { mean = 0.047, sd = 0.01 } }, volatility = 0.02 }
//!
//!     [indicator.employed]
//!     name = "Employed persons"
//!     unit = "10k persons"
//!     baseline = { normal = { mean = 6.0, sd = 0.2 } }
//!     process.random_walk = { drift = 0.005, volatility = 0.01 }
//!
//!     [indicator.productivity]
//!     name = "GDP per employed person"
//!     unit = "10k yuan"
//!     formula = "gdp / employed"
//!
//!     [target.growth]
//!     indicator = "gdp"
//!     measure = "average_growth"
//!     at_least = 0.05
//!
//!     [target.productivity]
//!     indicator = "productivity"
//!     at_least = 24.0
//! "#)?;
//! # Ok::<(), Error>(())
//! ```
//!
//! A file with faults is refused with all of them at once, each with its place, what was given, what is allowed, what to do.
//!
//! **2. It is compiled** ([`model`]): names become positions, quantities become coefficients, the order of evaluation is
//! fixed. **3. It is simulated** ([`simulate`]): in blocks of paths, on all threads, in a memory that does not grow with
//! the number of paths. A draw is a function of (seed, name, path, year) alone, so the same file and seed give the same bits
//! on any number of threads and any machine, more paths keep the first ones, and another indicator leaves
//! the draws of the others alone.
//!
//! ```
//! # use plancast::prelude::*;
//! # let scenario = Scenario::from_toml(r#"
//! #     plancast = 1
//! #     [plan]
//! #     name = "A town's plan"
//! #     base_year = 2025
//! #     last_year = 2030
//! #     [indicator.gdp]
//! #     name = "Real GDP"
//! #     unit = "100m yuan"
//! #     baseline = 120.0
//! #     process.random_walk = { drift = { normal = { mean = 0.047, sd = 0.01 } }, volatility = 0.02 }
//! #     [target.growth]
//! #     indicator = "gdp"
//! #     measure = "average_growth"
//! #     at_least = 0.05
//! # "#)?;
//! let outcome = Simulation::new(&scenario).paths(50_000).seed(7).run()?;
//!
//! // **4. The outcome** is typed: probabilities with their error …
//! let growth = &outcome.targets[0];
//! assert!(growth.probability.low < growth.probability.estimate);
//! // … the spread of that probability over what is not known (here: the drift) …
//! let spread = growth.spread.expect("the drift is uncertain");
//! assert!(spread.low < growth.probability.estimate && growth.probability.estimate < spread.high);
//! // … and the distribution of every indicator in every year.
//! let (low, high) = outcome.indicator("gdp").expect("it is in the plan").bands[5].quantiles.central(0.8);
//! assert!(low < 120.0 * 1.05_f64.powi(5) && 120.0 * 1.05_f64.powi(5) < high);
//!
//! // **5. It is shown**: as a scorecard, as charts ([`chart`]), as CSV and JSON ([`export`]).
//! println!("{}", Scorecard::new(&outcome));
//! # Ok::<(), Error>(())
//! ```
//!
//! # Parameters learned, and forecasts proved
//!
//! Where a history is known, an indicator learns how it moves ([`calibrate`]): from figures as they are ([`history`]: rounded, bounded, with gaps), and from what units
//! like it say, a reference class. Every path draws its own parameters from the posterior.
//!
//! ```
//! # use plancast::prelude::*;
//! let scenario = Scenario::from_toml(r#"
//!     plancast = 1
//!     [plan]
//!     name = "A town's plan"
//!     base_year = 2025
//!     last_year = 2030
//!     [indicator.gdp]
//!     name = "Real GDP"
//!     unit = "100m yuan"
//!     baseline = 120.0
//!     process.ar1_growth.estimate = { prior = "world-gdp" }
//!     [indicator.gdp.history]
//!     form = "growth_percent"
//!     rounding = 0.1
//!     values = { 2020 = 2.1, 2021 = 8.3, 2022 = 3.0, 2023 = 5.2, 2024 = 5.0, 2025 = 5.1 }
//!     [target.growth]
//!     indicator = "gdp"
//!     measure = "average_growth"
//!     at_least = 0.05
//! "#)?;
//! let outcome = Simulation::new(&scenario).paths(50_000).seed(7).run()?;
//! // Six years of 4.8 % and the world's economies together say less.
//! let drift = outcome.learned[0].learned.drift.posterior.mean;
//! assert!(0.03 < drift && drift < 0.048);
//! println!("{}", LearnedTable::new(&outcome));
//! # Ok::<(), Error>(())
//! ```
//!
//! A [`panel`] of many units gives reference classes ([`calibrate::ReferenceClass`]) and the proof: a [`backtest`] forecasts every unit from every past year with what was known
//! then, and scores the forecasts by proper rules ([`score`]). `cargo run --release --example backtest` prints the record of the default beside the models that one would
//! use instead.
//!
//! ```
//! use plancast::backtest::{Backtest, DefaultModel, Forecaster, Protocol, reference};
//! use plancast::panel::Panel;
//! use plancast::prelude::*;
//! use plancast::series::Series;
//!
//! // Eight towns whose growth wavers, each in its own way.
//! let log = |town: i32| (0..45).map(move |k| (Year(1980 + k), 0.03 * f64::from(k) + 0.01 * f64::from(town * k * k % 11)));
//! let panel = Panel::new((1..9).map(|town| (format!("town {town}"), Series::new(log(town)))))?;
//! let models: Vec<Box<dyn Forecaster>> = vec![Box::new(reference::RwdPlugin), Box::new(DefaultModel)];
//! let record = Backtest::new(&panel, Protocol::new(2005..=2012, 5)).run(&models)?;
//! let of = record.summary("plancast", ..).expect("it was run");
//! assert!(of.cases == 64 && of.crps > 0.0 && record.skill("plancast", "RWD-plugin", ..).is_some());
//! # Ok::<(), Error>(())
//! ```
//!
//! # Long runs
//!
//! A run can end when a probability is precise enough, with intervals that hold although it looked
//! ([`Simulation::until`](simulate::Simulation::until)); it can be asked to stop, and then is a run of the paths done so far
//! ([`simulate::Stopper`]); it can be taken up again from a file
//! ([`Simulation::checkpoint`](simulate::Simulation::checkpoint)); and it can be cut into shards for any number of processes or
//! machines ([`simulate::Shard`], `examples/shard_and_merge.rs`). The bits are always those of one plain run.
//!
//! # Extension points
//!
//! A process of your own ([`process::Step`], `examples/own_process.rs`), a measure for targets of your own
//! ([`target::Measured`], `examples/own_target.rs`), an observer that sees every block of paths ([`simulate::Observer`],
//! `examples/own_observer.rs`; [`simulate::KeepPaths`] keeps them all), a model of your own to be proved on the past
//! ([`backtest::Forecaster`], `examples/backtest.rs`).
//!
//! # Features
//!
//! | feature | default | what it adds |
//! |---|---|---|
//! | `charts` | yes | [`chart`]: SVG and PNG with an embedded font for Latin and Chinese; no system package |
//! | `schema` | yes | `scenario::json_schema`, the format of the files for editors |

pub mod analyse;
pub mod backtest;
pub mod calibrate;
#[cfg(feature = "charts")]
pub mod chart;
pub mod correlation;
pub mod error;
pub mod event;
pub mod evidence;
pub mod export;
pub mod files;
pub mod formula;
pub mod history;
pub mod innovation;
pub mod label;
pub mod link;
pub mod math;
pub mod model;
pub mod outcome;
pub mod panel;
pub mod prelude;
pub mod process;
pub mod quantity;
pub mod random;
pub mod regime;
pub mod report;
pub mod sampling;
pub mod scenario;
pub mod score;
pub mod series;
pub mod simulate;
pub mod stats;
pub mod target;
mod threads;
pub mod time;

/// Every block of Rust in the README is compiled and run with the tests.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;
