//! How fast is the plan that this was made for? `scenarios/kunshan-2030.toml`, everything included: pilot, both layers
//! of uncertainty, all distributions. Criterion prints paths a second.
//!
//! A run has a fixed part (the pilot and the second layer, some 165 000 paths), so the two sizes differ in more than
//! the number of paths.

use criterion::{BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};
use plancast::prelude::*;

fn kunshan(criterion: &mut Criterion) {
    let file = concat!(env!("CARGO_MANIFEST_DIR"), "/scenarios/kunshan-2030.toml");
    let scenario = Scenario::load(file).expect("the scenario loads");
    let mut group = criterion.benchmark_group("kunshan");
    group.sample_size(10);
    for paths in [16_384, 262_144] {
        let run = || Simulation::new(&scenario).paths(paths).seed(2030).run().expect("the scenario runs");
        let outcome = run();
        assert_eq!(outcome.paths, paths);
        assert_eq!(outcome.joint.number_met.iter().sum::<u64>(), paths);
        assert_eq!(outcome.targets.len(), scenario.targets().len());
        group.throughput(Throughput::Elements(paths));
        group.bench_function(BenchmarkId::new(format!("{paths} paths"), "plancast"), |b| b.iter(run));
    }
    group.finish();
}

criterion_group!(benches, kunshan);
criterion_main!(benches);
