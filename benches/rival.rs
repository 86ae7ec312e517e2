//! Is it worth it? The reference workloads through the public API, beside the program that a competent user would
//! write instead, in the same run; both are held against closed forms and against each other first.
//!
//! `cargo bench --bench rival` prints criterion's figures, then the ratio of the medians of paired repetitions.

mod straightforward;
mod workloads;

use criterion::{BenchmarkId, Criterion, Throughput, criterion_group};
use plancast::prelude::*;
use std::hint::black_box;
use std::time::Instant;
use workloads::{Answer, Workload, w1, w2};

/// Paths of one run.
const PATHS: u64 = 200_000;

/// Paired repetitions.
const PAIRS: usize = 15;

fn ours(scenario: &Scenario, seed: u64) -> Outcome {
    Simulation::new(scenario).paths(PATHS).seed(seed).run().expect("the workload runs")
}

/// Both programs answer the same question, and rightly.
fn check(workload: &Workload, scenario: &Scenario) {
    let ours = Answer::of(workload, &ours(scenario, 1));
    let theirs = straightforward::run(workload, PATHS as usize, 1);
    ours.check(workload);
    theirs.check(workload);
    ours.compare(&theirs, workload);
}

fn rival(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("rival");
    group.sample_size(10).throughput(Throughput::Elements(PATHS));
    for workload in [w1(), w2()] {
        let scenario = workload.scenario().expect("the workload is valid");
        check(&workload, &scenario);
        group.bench_function(BenchmarkId::new(workload.name, "plancast"), |b| b.iter(|| ours(&scenario, 1)));
        group.bench_function(BenchmarkId::new(workload.name, "straightforward"), |b| {
            b.iter(|| straightforward::run(&workload, PATHS as usize, 1));
        });
    }
    group.finish();
}

/// Both in turn, so that whatever else the machine does falls on both; medians of times and of ratios. Wall-clock
/// time is what a user waits for; the time on the processors (Linux only) is not disturbed by other programs.
fn paired(workload: &Workload) {
    let scenario = workload.scenario().expect("the workload is valid");
    let timed = |work: &dyn Fn()| {
        let (start, busy) = (Instant::now(), on_processors());
        work();
        [start.elapsed().as_nanos() as f64, (on_processors() - busy) as f64]
    };
    let pairs: Vec<[[f64; 2]; 2]> = (0..PAIRS as u64)
        .map(|seed| {
            let fast = timed(&|| drop(black_box(ours(&scenario, seed))));
            let slow = timed(&|| drop(black_box(straightforward::run(workload, PATHS as usize, seed))));
            [fast, slow]
        })
        .collect();
    for (clock, name) in ["wall clock", "processors"].iter().enumerate() {
        let times = |program: usize| median(pairs.iter().map(|pair| pair[program][clock] / PATHS as f64));
        println!(
            "{}, {name}: plancast {:.1} ns a path, straightforward {:.1} ns a path, ratio {:.2} (medians of {PAIRS} pairs)",
            workload.name,
            times(0),
            times(1),
            median(pairs.iter().map(|[fast, slow]| slow[clock] / fast[clock])),
        );
    }
}

fn median(values: impl Iterator<Item = f64>) -> f64 {
    let mut values: Vec<f64> = values.collect();
    values.sort_unstable_by(f64::total_cmp);
    values[values.len() / 2]
}

/// Nanoseconds that the threads of this program have been running; 0 where the system does not say.
fn on_processors() -> u64 {
    let Ok(threads) = std::fs::read_dir("/proc/self/task") else { return 0 };
    let of_thread = |path: std::path::PathBuf| {
        let text = std::fs::read_to_string(path.join("schedstat")).ok()?;
        text.split(' ').next()?.parse::<u64>().ok()
    };
    threads.filter_map(|thread| of_thread(thread.ok()?.path())).sum()
}

criterion_group!(benches, rival);

fn main() {
    let is = |flag: &str| std::env::args().any(|argument| argument == flag);
    if !is("--pairs") {
        benches();
        Criterion::default().configure_from_args().final_summary();
    }
    if !is("--test") {
        [w1(), w2()].iter().for_each(paired);
    }
}
