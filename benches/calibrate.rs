//! What does it cost to learn parameters from a history? Criterion prints fits or drawn paths a second.

use criterion::{BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};
use plancast::calibrate::{Explosive, Minnesota, VarLeastSquares, VarPosterior};
use plancast::random::{Key, normal_at};
use plancast::series::Series;
use plancast::time::Year;

/// Twenty-five years of growth of some series that move together.
fn histories(series: usize) -> Vec<Series> {
    let noise = |name: String, year: i32| normal_at(Key::new(1, "bench", &name), 0, year as u32);
    let growth =
        |i: usize, year: i32| 0.05 + 0.02 * noise("common".into(), year) + 0.03 * noise(i.to_string(), year);
    (0..series).map(|i| Series::new((2000..2025).map(|year| (Year(year), growth(i, year))))).collect()
}

fn var(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("var");
    for (series, lags) in [(3, 1), (5, 2)] {
        let case = format!("{series} series, {lags} lags, 25 years");
        let data = histories(series);
        let fit = || VarLeastSquares::new(&data, lags).expect("the histories are long enough");
        assert_eq!(fit().rows(), 25 - lags);
        group.throughput(Throughput::Elements(1));
        group.bench_function(BenchmarkId::new(format!("fit/{case}"), "least squares"), |b| b.iter(fit));
        let prior = Minnesota::growth(series);
        let learn = || VarPosterior::new(&data, lags, Some(&prior)).expect("the prior is proper");
        let posterior = learn();
        assert!(posterior.ln_marginal_likelihood().is_some_and(f64::is_finite));
        group.bench_function(BenchmarkId::new(format!("fit/{case}"), "posterior"), |b| b.iter(learn));
        let paths = 1000;
        let forecast = || {
            posterior
                .forecast(Key::new(1, "bench", "paths"), paths, 5, Explosive::Drop)
                .expect("draws are left")
        };
        let drawn = forecast();
        let mean = (0..paths).map(|path| drawn.at(path, 4)[0]).sum::<f64>() / paths as f64;
        assert!((mean - 0.05).abs() < 0.03, "{mean}");
        group.throughput(Throughput::Elements(paths as u64));
        group.bench_function(BenchmarkId::new(format!("5 years ahead/{case}"), "posterior"), |b| {
            b.iter(forecast)
        });
    }
    group.finish();
}

criterion_group!(benches, var);
criterion_main!(benches);
