//! How is one run spread over several processes or machines?
//!
//! ```text
//! cargo run --release --example shard_and_merge
//! ```
//!
//! Starts two processes of itself, each of which simulates half of the paths of Kunshan's plan and writes a file; then
//! merges the files and prints the joint probability beside that of the whole run in one process: the same, to
//! the last bit. In a job array of a cluster, each job does what `--part` does here.

use clap::Parser;
use plancast::prelude::*;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};

/// Simulates the halves of a run in two processes, merges them, and compares with the whole.
#[derive(Parser)]
#[command(version)]
struct Options {
    /// Scenario file (TOML).
    #[arg(long, default_value = concat!(env!("CARGO_MANIFEST_DIR"), "/scenarios/kunshan-2030.toml"))]
    scenario: PathBuf,
    /// Number of simulated futures of the whole run.
    #[arg(long, default_value_t = 400_000)]
    paths: u64,
    /// Seed.
    #[arg(long, default_value_t = 2030)]
    seed: u64,
    /// Simulate this part alone, counted from 0, and write it to `--file`.
    #[arg(long, requires = "file")]
    part: Option<usize>,
    /// Where a part is written.
    #[arg(long)]
    file: Option<PathBuf>,
}

/// Parts of the run.
const PARTS: u64 = 2;

fn main() -> ExitCode {
    match run(&Options::parse()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{error}");
            ExitCode::FAILURE
        }
    }
}

fn run(options: &Options) -> std::result::Result<(), Box<dyn std::error::Error>> {
    let scenario = Scenario::load(&options.scenario)?;
    let simulation = Simulation::new(&scenario).paths(options.paths).seed(options.seed);
    let ranges = simulation.split(PARTS);
    if let (Some(part), Some(file)) = (options.part, &options.file) {
        let range = ranges.get(part).ok_or("there is no such part")?;
        simulation.threads(1).shard(range.clone())?.save(file)?;
        return Ok(());
    }
    let folder = tempfile::tempdir()?;
    let files: Vec<PathBuf> =
        (0..ranges.len()).map(|part| folder.path().join(format!("{part}.shard"))).collect();
    in_processes(options, &files)?;
    // In the order in which they happen to be at hand.
    let shards = files.iter().rev().map(Shard::load).collect::<Result<Vec<_>>>()?;
    for shard in &shards {
        println!("a shard of paths {}..{}", shard.paths().start, shard.paths().end);
    }
    let merged = simulation.finish(Shard::merge(shards)?)?;
    let whole = simulation.run()?;
    println!("P(all), merged: {:?}", merged.joint.all.estimate);
    println!("P(all), whole:  {:?}", whole.joint.all.estimate);
    // The text of an outcome has every number with all its digits: counts, means, quantiles.
    let same = format!("{merged:?}") == format!("{whole:?}");
    println!("every number of the two outcomes is {}", if same { "the same" } else { "NOT the same" });
    if same { Ok(()) } else { Err("the shards do not give the whole".into()) }
}

/// Runs all parts at the same time, each in a process of its own.
fn in_processes(options: &Options, files: &[PathBuf]) -> std::result::Result<(), Box<dyn std::error::Error>> {
    let start = |(part, file): (usize, &PathBuf)| command(options, part, file)?.spawn();
    let children = files.iter().enumerate().map(start).collect::<std::io::Result<Vec<_>>>()?;
    for mut child in children {
        let status = child.wait()?;
        if !status.success() {
            return Err(format!("a part ended with {status}").into());
        }
    }
    Ok(())
}

fn command(options: &Options, part: usize, file: &Path) -> std::io::Result<Command> {
    let mut command = Command::new(std::env::current_exe()?);
    command.arg("--scenario").arg(&options.scenario);
    command.args(["--paths", &options.paths.to_string(), "--seed", &options.seed.to_string()]);
    command.args(["--part", &part.to_string()]).arg("--file").arg(file);
    Ok(command)
}
