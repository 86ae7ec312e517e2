//! What does a backtest cost? Each reference model over the whole protocol on GDP; criterion prints cases a second. The
//! training sets are built in each run.

use criterion::{BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};
use plancast::backtest::{Backtest, Forecaster, Protocol, Window, reference};
use plancast::panel::{Columns, Panel};
use plancast::prelude::*;
use std::path::Path;

fn models(criterion: &mut Criterion) {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("scenarios/panel/real-gdp.csv");
    let panel = Panel::read_csv(&file, &Columns::default()).expect("a panel").transform(Link::Log).panel;
    let backtest = Backtest::new(&panel, Protocol::new(1980..=2012, 5).window(Window::Last(20)));
    let mut group = criterion.benchmark_group("backtest");
    group.sample_size(10);
    for model in reference::all() {
        let model = [model];
        let cases = backtest.run(&model).expect("a record").cases.len() as u64;
        group.throughput(Throughput::Elements(cases));
        group.bench_function(BenchmarkId::from_parameter(model[0].name()), |bencher| {
            bencher.iter(|| backtest.run(&model));
        });
    }
    group.finish();
}

criterion_group!(benches, models);
criterion_main!(benches);
