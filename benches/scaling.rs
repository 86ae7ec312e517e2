//! Does time grow as it should: with threads, paths, indicators and years? And does memory not grow?
//!
//! `cargo bench --bench scaling` prints all tables, in nanoseconds a cell (path x indicator x year), so that what is linear
//! stays the same down a column; `-- --long` adds 10^8 and 10^9 paths, `-- --memory` prints the peak of memory alone.

mod clock;
mod workloads;

use clock::{is, middle, timed};
use plancast::prelude::*;
use plancast::scenario::{Factor, MatrixDraft};
use plancast::stats::normal;
use std::hint::black_box;
use std::process::Command;
use workloads::{Answer, Workload, w1, w2};

/// Repetitions of a measurement that takes a second at most; of a longer one there is one.
const TURNS: usize = 5;

/// How the innovations of a plan hang together.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Structure {
    Independent,
    /// One factor with a load of 0.5 on every indicator.
    Factor,
    /// The same correlation, 0.25, as a matrix.
    Matrix,
}

/// Random walks with a drift of 3 % and a volatility of 2 % a year, and so many targets.
fn walks(indicators: usize, years: usize, structure: Structure, targets: usize) -> Scenario {
    let ids: Vec<String> = (0..indicators).map(|k| format!("i{k}")).collect();
    let mut plan = Scenario::builder("Walks", 2025, 2025 + years as i32);
    for (k, id) in ids.iter().enumerate() {
        let walk = IndicatorDraft::new(id.as_str(), "1").baseline(100.0).process(RandomWalk::new(0.03, 0.02));
        plan = plan.indicator(id, walk);
        if k < targets {
            plan = plan.target(id, TargetDraft::level(id).at_least(100.0 * libm::exp(0.03 * years as f64)));
        }
    }
    let correlation = match structure {
        Structure::Independent => CorrelationDraft::Independent,
        Structure::Factor => {
            let load = ids.iter().map(|id| (id.clone(), 0.5)).collect();
            let factor = Factor { name: "Common".into(), name_zh: None, load, source: None, evidence: None };
            plan = plan.factor("common", factor);
            CorrelationDraft::Factors
        }
        Structure::Matrix => {
            let row = |i| (0..indicators).map(|j| if i == j { 1.0 } else { 0.25 }).collect();
            let rows = (0..indicators).map(row).collect();
            CorrelationDraft::Matrix(MatrixDraft { indicators: ids, rows, repair: false })
        }
    };
    plan.correlation(correlation).build().expect("the plan is valid")
}

fn run(scenario: &Scenario, paths: u64) -> Outcome {
    Simulation::new(scenario).paths(paths).run().expect("the scenario runs")
}

/// Every median against its closed form, within four standard errors of a median, sqrt(pi / 2n); and every
/// target, which is met with probability one half.
fn check(outcome: &Outcome) {
    let n = outcome.paths as f64;
    // Of so many numbers the largest may be further off.
    let numbers = outcome.indicators.len() * (outcome.indicators[0].bands.len() - 1);
    let limit = 4.0_f64.max(normal::upper_quantile(0.0005 / numbers as f64));
    for indicator in &outcome.indicators {
        for (step, band) in indicator.bands.iter().enumerate().skip(1) {
            let spread = 0.02 * (step as f64).sqrt();
            let off = (libm::log(band.quantiles.median() / 100.0) - 0.03 * step as f64) / spread;
            let error = (std::f64::consts::FRAC_PI_2 / n).sqrt();
            assert!(off.abs() < limit * error, "{} in step {step}: {off}, allowed {error}", indicator.id);
        }
    }
    for target in &outcome.targets {
        let off = target.probability.estimate - 0.5;
        assert!(off.abs() < limit * 0.5 / n.sqrt(), "target {}: {off}", target.id);
    }
}

/// What a run takes on the processors, in nanoseconds: the median of some repetitions, each of as many runs as last
/// long enough to be measured; one run where it takes a second or more.
fn took(scenario: &Scenario, paths: u64) -> f64 {
    let time = |runs: u32| {
        let (took, ()) = timed(|| (0..runs).for_each(|_| drop(black_box(run(scenario, paths)))));
        took.work() / f64::from(runs)
    };
    let first = time(1);
    let runs = (5e7 / first).clamp(1.0, 1000.0).ceil() as u32;
    if first < 1e9 { middle((0..TURNS).map(|_| time(runs))).median } else { first }
}

/// The part of a run that grows with the paths, in nanoseconds a path: the median of some repetitions.
fn path(scenario: &Scenario, paths: u64) -> f64 {
    let part = || clock::parts(paths / 4, paths, |paths| drop(black_box(run(scenario, paths)))).path;
    middle((0..TURNS).map(|_| part())).median
}

fn cells(workload: &Workload) -> f64 {
    (workload.indicators * workloads::YEARS) as f64
}

/// One thread beside two, in turn.
fn threads(paths: u64) {
    println!(
        "\nscaling/threads: {paths} paths, medians of {TURNS} turns; efficiency is t1 / 2 t2 by the clock"
    );
    println!(
        "{:<20}{:>16}{:>16}{:>14}{:>22}",
        "", "1 thread, ns", "2 threads, ns", "efficiency", "processors, t2 / t1"
    );
    let [one, two] = [1, 2].map(clock::threads);
    for workload in [w1(), w2()] {
        let scenario = workload.scenario().expect("the workload is valid");
        let digest = |pool: &rayon::ThreadPool| pool.install(|| format!("{:?}", run(&scenario, 40_000)));
        assert_eq!(digest(&one), digest(&two), "the bits depend on the threads");
        let turns: Vec<_> = (0..TURNS)
            .map(|_| {
                [&one, &two].map(|pool| pool.install(|| timed(|| drop(black_box(run(&scenario, paths)))).0))
            })
            .collect();
        let wall = |k: usize| {
            middle(turns.iter().map(|turn| turn[k].wall)).median / (paths as f64 * cells(&workload))
        };
        println!(
            "{:<20}{:>16.2}{:>16.2}{:>14.2}{:>22.2}",
            workload.name,
            wall(0),
            wall(1),
            middle(turns.iter().map(|[one, two]| one.wall / (2.0 * two.wall))).median,
            middle(turns.iter().map(|[one, two]| two.busy / one.busy)).median,
        );
    }
}

/// Everything from here on is on one thread and in nanoseconds a cell.
fn paths(sizes: &[u64]) {
    println!("\nscaling/paths: one thread, ns a cell (processors); the pilot is a fixed part");
    println!("{:<20}{:>12}{:>12}", "paths", "W1", "W2");
    let workloads = [w1(), w2()].map(|w| (w.scenario().expect("the workload is valid"), w));
    for paths in sizes {
        let [a, b] = workloads.each_ref().map(|(scenario, workload)| {
            Answer::of(workload, &run(scenario, 50_000)).check(workload);
            took(scenario, *paths) / (*paths as f64 * cells(workload))
        });
        println!("{paths:<20}{a:>12.2}{b:>12.2}");
    }
}

fn indicators(sizes: &[usize], per_size: u64) {
    println!("\nscaling/indicators: five years, one thread, ns a cell (processors) without the fixed part");
    println!(
        "{:<12}{:>10}{:>14}{:>14}{:>14}{:>20}{:>24}",
        "indicators", "paths", "independent", "one factor", "matrix", "a target each", "matrix, ns a product"
    );
    for n in sizes {
        let paths = (per_size / *n as u64).next_multiple_of(8192);
        let each = |structure, targets| {
            let scenario = walks(*n, 5, structure, targets);
            check(&run(&scenario, paths));
            path(&scenario, paths) / (5 * n) as f64
        };
        let (independent, matrix) = (each(Structure::Independent, 1), each(Structure::Matrix, 1));
        println!(
            "{n:<12}{paths:>10}{independent:>14.2}{:>14.2}{matrix:>14.2}{:>20.2}{:>24.3}",
            each(Structure::Factor, 1),
            each(Structure::Independent, *n),
            (matrix - independent) / (0.5 * (n + 1) as f64),
        );
    }
    println!(
        "The product with the triangular factor has (n + 1) / 2 multiplications a cell, and every pair of targets is counted: \
         these two grow with the square of the indicators. A factor does not."
    );
}

fn years(sizes: &[usize], paths: u64) {
    println!(
        "\nscaling/years: 8 indicators, {paths} paths, one thread, ns a cell (processors) without the fixed part"
    );
    println!("{:<12}{:>14}{:>14}", "years", "independent", "matrix");
    for years in sizes {
        let [a, b] = [Structure::Independent, Structure::Matrix].map(|structure| {
            let scenario = walks(8, *years, structure, 1);
            check(&run(&scenario, paths));
            path(&scenario, paths) / (8 * years) as f64
        });
        println!("{years:<12}{a:>14.2}{b:>14.2}");
    }
}

/// The peak of a process of its own for each run.
fn memory(sizes: &[u64]) {
    println!("\nscaling/memory: peak of the whole process in MiB, all threads");
    println!("{:<20}{:>12}{:>12}", "paths", "W1", "W2");
    let program = std::env::current_exe().expect("this program has a path");
    for paths in sizes {
        let [a, b] = ["W1", "W2"].map(|name| {
            let child = Command::new(&program).args(["--peak-of", name, &paths.to_string()]).output();
            let output = child.expect("this program runs again");
            assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
            String::from_utf8_lossy(&output.stdout).trim().to_owned()
        });
        println!("{paths:<20}{a:>12}{b:>12}");
    }
}

/// In a process of its own: runs a workload and prints the peak.
fn peak_of(name: &str, paths: u64) {
    let workload = if name == "W1" { w1() } else { w2() };
    let outcome = run(&workload.scenario().expect("the workload is valid"), paths);
    assert_eq!(outcome.paths, paths);
    println!("{}", clock::peak_memory().map_or("unknown".into(), |peak| format!("{peak:.1}")));
}

fn main() {
    let arguments: Vec<String> = std::env::args().collect();
    if let [_, flag, name, paths] = &arguments[..]
        && flag == "--peak-of"
    {
        return peak_of(name, paths.parse().expect("a number of paths"));
    }
    let one = clock::threads(1);
    if is("--test") {
        threads(20_000);
        one.install(|| {
            paths(&[1000, 20_000]);
            indicators(&[4, 40], 100_000);
            years(&[5, 50], 4096);
        });
        return memory(&[20_000]);
    }
    let long = is("--long");
    let more = |sizes: &[u64], longer: &[u64]| [sizes, if long { longer } else { &[] }].concat();
    if !is("--memory") {
        [1_000_000, 10_000_000].into_iter().for_each(threads);
        let powers: Vec<u64> = (3..=7).map(|power| 10_u64.pow(power)).collect();
        one.install(|| {
            paths(&more(&powers, &[100_000_000, 1_000_000_000]));
            indicators(&[4, 16, 64, 250, 1000], 4_000_000);
            years(&[5, 10, 20, 50], 131_072);
        });
    }
    memory(&more(&[100_000, 10_000_000], &[1_000_000_000]));
}
