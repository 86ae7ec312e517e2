//! How many instructions does the kernel take? By callgrind, so that a change shows on a noisy machine.
//!
//! Needs `valgrind` and `gungraun-runner` (see `benches/README.md`); without them it says so and does nothing. All work is
//! done on one thread at the level `v3` (AVX2), since valgrind knows no AVX-512. Setting up is not counted.
//! The two sizes of a workload tell the fixed part from the part of a path.

mod workloads;

use plancast::math;
use plancast::prelude::*;
use plancast::random::{Key, normal_lanes, uniform_lanes};
use plancast::stats::Histogram;
use rayon::{ThreadPool, ThreadPoolBuilder};
use std::process::{Command, Stdio};
use std::sync::OnceLock;
use workloads::{Answer, Workload, w1, w2};

/// Numbers that a part works on.
const NUMBERS: usize = 65_536;

/// A workload and its scenario.
struct Ready {
    workload: Workload,
    scenario: Scenario,
    paths: u64,
}

fn ready(workload: Workload, paths: u64) -> Ready {
    let scenario = workload.scenario().expect("the workload is valid");
    // What a pool costs is no part of a run.
    only_thread();
    Ready { workload, scenario, paths }
}

/// A pool of the thread that calls: the thread that counts must be the one that works.
fn only_thread() -> &'static ThreadPool {
    static POOL: OnceLock<ThreadPool> = OnceLock::new();
    let pool = || ThreadPoolBuilder::new().num_threads(1).use_current_thread().build();
    POOL.get_or_init(|| pool().expect("the thread is there already"))
}

fn simulate(ready: &Ready) -> Outcome {
    let run = Simulation::new(&ready.scenario).paths(ready.paths);
    only_thread().install(|| run.run()).expect("the workload runs")
}

fn numbers() -> Vec<f64> {
    let mut z = vec![0.0; NUMBERS];
    normals(&mut z);
    z
}

fn normals(z: &mut [f64]) {
    normal_lanes(Key::new(1, "innovation", "gdp"), 0, 2026, z);
}

fn uniforms(u: &mut [f64]) {
    uniform_lanes(Key::new(1, "event", "slump"), 0, 2026, u);
}

fn count(z: &[f64]) -> Histogram {
    let mut histogram = Histogram::new(0.0, 2.7);
    z.chunks(512).for_each(|z| histogram.add_lanes(z));
    histogram
}

mod counts {
    use super::*;
    use gungraun::{LibraryBenchmarkConfig, library_benchmark, library_benchmark_group, main};
    use std::hint::black_box;

    #[library_benchmark]
    #[bench::w1_few(ready(w1(), 16_384))]
    #[bench::w1_many(ready(w1(), 65_536))]
    #[bench::w2_few(ready(w2(), 16_384))]
    #[bench::w2_many(ready(w2(), 65_536))]
    fn workload(ready: Ready) -> (Outcome, Ready) {
        (black_box(simulate(black_box(&ready))), ready)
    }

    #[library_benchmark]
    #[bench::normals(normals, vec![0.0; NUMBERS])]
    #[bench::uniforms(uniforms, vec![0.0; NUMBERS])]
    #[bench::exponentials(math::exp_in_place, numbers())]
    #[bench::logistics(math::logistic_in_place, numbers())]
    fn lanes(work: fn(&mut [f64]), mut z: Vec<f64>) -> Vec<f64> {
        work(black_box(&mut z));
        z
    }

    #[library_benchmark]
    #[bench::count(numbers())]
    fn histogram(z: Vec<f64>) -> (Histogram, Vec<f64>) {
        (black_box(count(black_box(&z))), z)
    }

    library_benchmark_group!(name = kernel, benchmarks = [workload, lanes, histogram]);

    main!(
        config = LibraryBenchmarkConfig::default().env("PLANCAST_SIMD", "v3"),
        library_benchmark_groups = kernel
    );

    pub fn start() {
        main();
    }
}

/// What is counted is right.
fn check() {
    for workload in [w1(), w2()] {
        let ready = ready(workload, 16_384);
        Answer::of(&ready.workload, &simulate(&ready)).check(&ready.workload);
    }
    let z = numbers();
    let mean = z.iter().sum::<f64>() / NUMBERS as f64;
    assert!(mean.abs() < 4.0 / (NUMBERS as f64).sqrt(), "{mean}");
    let median = count(&z).quantile(0.5).expect("there are values");
    assert!(median.abs() < 4.0 * 1.2533 / (NUMBERS as f64).sqrt(), "{median}");
}

/// Whether a program is there.
fn is_there(program: &str) -> bool {
    let asked = Command::new(program).arg("--version").stdout(Stdio::null()).stderr(Stdio::null()).status();
    asked.is_ok_and(|status| status.success())
}

fn main() {
    // The runner calls this program again, with a bare environment, to have it count.
    if std::env::args().any(|argument| argument == "--gungraun-run") {
        return counts::start();
    }
    check();
    let runner = option_env!("GUNGRAUN_RUNNER").unwrap_or("gungraun-runner");
    let missing: Vec<&str> = ["valgrind", runner].into_iter().filter(|program| !is_there(program)).collect();
    if std::env::args().any(|argument| argument == "--test") {
        println!("instructions: results are right, nothing counted");
    } else if missing.is_empty() {
        counts::start();
    } else {
        println!("instructions: not counted, {} is missing; see benches/README.md", missing.join(" and "));
    }
}
