//! Is it worth it? The reference workloads through the public API, beside the program that a competent user would
//! write instead, in the same run; both are held against closed forms and against each other first.
//!
//! `cargo bench --bench rival` prints criterion's figures. With `-- --pairs` it prints the medians of paired
//! repetitions instead, at 100 000 and a million paths (`--paths N` for another number) on all threads (`--threads N`).

mod clock;
mod straightforward;
mod workloads;

use clock::{Middle, Took, is, middle, number, timed};
use criterion::{BenchmarkId, Criterion, Throughput, criterion_group};
use plancast::prelude::*;
use std::hint::black_box;
use workloads::{Answer, Workload, w1, w2};

/// Paths of one run.
const PATHS: u64 = 200_000;

/// Paths of the paired runs.
const PAIRED: [u64; 2] = [100_000, 1_000_000];

/// Paired repetitions.
const PAIRS: u64 = 15;

fn ours(scenario: &Scenario, paths: u64, seed: u64) -> Outcome {
    Simulation::new(scenario).paths(paths).seed(seed).run().expect("the workload runs")
}

/// Both programs answer the same question, and rightly.
fn check(workload: &Workload, scenario: &Scenario, paths: u64) {
    let ours = Answer::of(workload, &ours(scenario, paths, 1));
    let theirs = straightforward::run(workload, paths as usize, 1);
    ours.check(workload);
    theirs.check(workload);
    ours.compare(&theirs, workload);
}

fn rival(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("rival");
    group.sample_size(10).throughput(Throughput::Elements(PATHS));
    for workload in [w1(), w2()] {
        let scenario = workload.scenario().expect("the workload is valid");
        check(&workload, &scenario, PATHS);
        group.bench_function(BenchmarkId::new(workload.name, "plancast"), |b| {
            b.iter(|| ours(&scenario, PATHS, 1))
        });
        group.bench_function(BenchmarkId::new(workload.name, "straightforward"), |b| {
            b.iter(|| straightforward::run(&workload, PATHS as usize, 1));
        });
    }
    group.finish();
}

/// Both in turn, so that whatever else the machine does falls on both, and each of them first in every other pair;
/// medians of times and of ratios, with their quartiles.
fn paired(workload: &Workload, paths: u64) {
    let scenario = workload.scenario().expect("the workload is valid");
    check(workload, &scenario, paths);
    let fast = |seed| timed(|| drop(black_box(ours(&scenario, paths, seed)))).0;
    let slow = |seed| timed(|| drop(black_box(straightforward::run(workload, paths as usize, seed)))).0;
    let pairs: Vec<(Took, Took)> = (0..PAIRS)
        .map(|seed| {
            if seed % 2 == 0 {
                let fast = fast(seed);
                (fast, slow(seed))
            } else {
                let slow = slow(seed);
                (fast(seed), slow)
            }
        })
        .collect();
    print(workload, paths, "wall clock", pairs.iter().map(|(fast, slow)| [fast.wall, slow.wall]));
    print(workload, paths, "processors", pairs.iter().map(|(fast, slow)| [fast.busy, slow.busy]));
}

/// Nanoseconds of both programs, pair by pair.
fn print(workload: &Workload, paths: u64, clock: &str, pairs: impl Iterator<Item = [f64; 2]> + Clone) {
    let text = |Middle { low, median, high }: Middle, digits: usize| {
        format!("{median:.digits$} [{low:.digits$}, {high:.digits$}]")
    };
    let of = |program: usize| middle(pairs.clone().map(|pair| pair[program] / paths as f64));
    println!(
        "rival/{}, {paths} paths/{clock}: plancast {} ns a path, straightforward {} ns a path, ratio {}",
        workload.name,
        text(of(0), 0),
        text(of(1), 0),
        text(middle(pairs.clone().map(|[fast, slow]| slow / fast)), 1),
    );
}

criterion_group!(benches, rival);

fn main() {
    if is("--pairs") {
        let pool = clock::threads(number("--threads").map_or(0, |threads| threads as usize));
        println!("{} threads, medians [quartiles] of {PAIRS} pairs", pool.current_num_threads());
        let sizes = number("--paths").map_or(PAIRED.to_vec(), |paths| vec![paths]);
        for workload in [w1(), w2()] {
            sizes.iter().for_each(|paths| pool.install(|| paired(&workload, *paths)));
        }
    } else {
        benches();
        Criterion::default().configure_from_args().final_summary();
    }
}
