//! What does it cost to learn parameters from a history? Criterion prints fits or drawn paths a second.

use criterion::{BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};
use plancast::calibrate::{
    DriftPosterior, EventRate, Explosive, Lags, Minnesota, Observed, PanelModel, ReferenceClass,
    RegimePosterior, RegimePrior, RegimeYears, Seen, VarLeastSquares, VarPosterior,
};
use plancast::correlation::{ShrinkTarget, shrink};
use plancast::event::ObservedEvents;
use plancast::quantity::Normal;
use plancast::random::{Key, normal_at};
use plancast::score::{Sample, crps, joint};
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

/// The sampler that a scenario's `estimate` runs once when it is compiled, and what a reference class takes.
fn growth(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("growth");
    group.sample_size(20);
    let class = ReferenceClass::shipped("world-gdp").expect("it is shipped").prior;
    let observed = Observed::exact(&histories(1)[0]);
    let sample = || {
        let key = Key::new(1, "bench", "growth");
        class.posterior(&observed, Seen::Itself, Year(2024), 5, 4096, key).expect("the class is proper")
    };
    let drift = sample().drift_ahead[0].iter().sum::<f64>() / 4096.0;
    assert!((0.0..0.1).contains(&drift), "{drift}");
    group.bench_function(BenchmarkId::new("4096 draws/25 years", "sampler"), |b| b.iter(sample));
    let units = histories(60);
    let units: Vec<&Series> = units.iter().collect();
    let learn = || PanelModel::learn(&units, Year(2024), 5).expect("sixty units are enough");
    assert_eq!(learn().forecast(59, 5).map(|parts| !parts.is_empty()), Some(true));
    group.bench_function(BenchmarkId::new("learn/60 units, 25 years", "panel model"), |b| b.iter(learn));
    let model = learn();
    let forecast = || model.forecast(7, 5);
    group.bench_function(BenchmarkId::new("5 years ahead/one unit", "panel model"), |b| b.iter(forecast));
    group.finish();
}

fn conjugate(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("conjugate");
    let data = histories(2);
    let growth: Vec<f64> = data[0].iter().map(|(_, y)| y).collect();
    let drift = || DriftPosterior::new(&growth, None).expect("25 figures are enough");
    assert_eq!(drift().df, 24.0);
    group.bench_function(BenchmarkId::new("drift/25 years", "closed form"), |b| b.iter(drift));
    let lags = || Lags::new(&data[0], &data[1], 3, None).expect("25 years are enough");
    assert!((lags().probabilities.iter().sum::<f64>() - 1.0).abs() < 1e-9);
    group.bench_function(BenchmarkId::new("elasticity/lags 0 to 3", "closed form"), |b| b.iter(lags));
    let years = data[0].iter().map(|(year, y)| (year, usize::from(y < 0.05)));
    let years = RegimeYears::new(["calm", "slump"], years).expect("every year has one");
    let regimes =
        || RegimePosterior::new(&data[0], &years, RegimePrior::default()).expect("it is long enough");
    assert!(regimes().mean().means.iter().all(|mean| mean.is_finite()));
    group.bench_function(BenchmarkId::new("regimes/25 years", "closed form"), |b| b.iter(regimes));
    let record = ObservedEvents::new(2, 17.0);
    let rate = || EventRate::new(&record).expect("a record of seventeen years");
    assert!((0.05..0.3).contains(&rate().probability()));
    group.bench_function(BenchmarkId::new("event rate/17 years", "closed form"), |b| b.iter(rate));
    group.finish();
}

fn correlations(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("correlation");
    let data = histories(10);
    let names: Vec<String> = (0..10).map(|k| format!("s{k}")).collect();
    let series: Vec<(&str, &Series)> = names.iter().map(String::as_str).zip(&data).collect();
    let run = || shrink(&series, &ShrinkTarget::Equicorrelated).expect("25 common years are enough");
    assert!(run().1.smallest_eigenvalue > 0.0);
    group.bench_function(BenchmarkId::new("10 series, 25 years", "shrinkage"), |b| b.iter(run));
    group.finish();
}

fn scores(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("score");
    let z = |k: u64| normal_at(Key::new(1, "bench", "score"), k, 0);
    let sample = Sample::new((0..1000).map(z).collect::<Vec<_>>()).expect("finite");
    let fair = || crps::fair(&sample, 0.5);
    // CRPS of N(0, 1) at 0.5: 0.3314; a sample of 1000 is within a tenth of it.
    assert!(fair().is_some_and(|score| (score - 0.3314).abs() < 0.033));
    group.bench_function(BenchmarkId::new("crps/1000 draws", "fair"), |b| b.iter(fair));
    let parts: Vec<(f64, Normal)> =
        (0..30).map(|k| (1.0 / 30.0, Normal { mean: 0.1 * z(k), sd: 0.5 + 0.03 * k as f64 })).collect();
    let mixture = || crps::mixture(&parts, 0.5);
    assert!(mixture().is_some_and(|score| score > 0.0));
    group.bench_function(BenchmarkId::new("crps/30 normals", "mixture"), |b| b.iter(mixture));
    let paths: Vec<f64> = (0..1000).map(z).collect();
    let energy = || joint::energy_fair(&paths, &[0.0; 5]);
    assert!(energy().is_some_and(|score| score > 0.0));
    group.bench_function(BenchmarkId::new("energy/200 paths of 5 years", "fair"), |b| b.iter(energy));
    group.finish();
}

criterion_group!(benches, var, growth, conjugate, correlations, scores);
criterion_main!(benches);
