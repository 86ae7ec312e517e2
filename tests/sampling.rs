//! Does spreading the paths evenly leave every answer where it was, with an error that is told rightly?

use plancast::outcome::{Mean, Probability};
use plancast::prelude::*;
use plancast::simulate::KeepPaths;
use plancast::stats::normal;

/// Every sampling but the independent one.
const ALL: [Sampling; 3] = [Sampling::antithetic(), Sampling::latin_hypercube(), Sampling::sobol()];

/// Two correlated random walks over five years, one of them with an uncertain drift.
fn plan() -> Scenario {
    let law = Quantity::uncertain(plancast::quantity::Normal { mean: 0.03, sd: 0.01 });
    Scenario::builder("Two walks", 2025, 2030)
        .indicator("a", IndicatorDraft::new("A", "1").baseline(100.0).process(RandomWalk::new(0.03, 0.02)))
        .indicator("b", IndicatorDraft::new("B", "1").baseline(100.0).process(RandomWalk::new(law, 0.02)))
        .correlation(CorrelationDraft::Independent)
        .target("a", TargetDraft::level("a").at_least(118.0))
        .target("b", TargetDraft::average_growth("b").at_least(0.03))
        .build()
        .unwrap_or_else(|e| panic!("{e}"))
}

/// What theory says of the two targets: ln a is normal with mean ln 100 + 0.15 and variance 5 * 0.02^2; ln b has the variance of
/// its drift besides.
fn exact() -> [f64; 2] {
    let sd = (5.0_f64).sqrt() * 0.02;
    let a = normal::upper((libm::log(1.18) - 0.15) / sd);
    let with_drift = (sd * sd + 0.05 * 0.05_f64).sqrt();
    [a, normal::upper((5.0 * libm::log1p(0.03) - 0.15) / with_drift)]
}

fn run(sampling: Sampling, paths: u64, seed: u64) -> Outcome {
    let plan = plan();
    Simulation::new(&plan).sampling(sampling).paths(paths).seed(seed).run().unwrap_or_else(|e| panic!("{e}"))
}

fn mean_of_a(outcome: &Outcome) -> (f64, f64) {
    match outcome.indicators[0].bands[5].mean {
        Mean::Exists { mean, error, .. } => (mean, error),
        Mean::DoesNotExist => panic!("it exists"),
    }
}

fn covers(p: &Probability, exact: f64) -> bool {
    p.low <= exact && exact <= p.high
}

#[test]
fn answers_stay_where_they_are_and_intervals_hold_as_often_as_they_say() {
    // 500 runs each. An interval at 95 % holds in 95 % of them within 4 standard errors, sqrt(0.95 * 0.05 / 500) each, or
    // more often; the average of the estimates is exact within 4 of its own standard errors.
    const RUNS: u64 = 500;
    let least = 0.95 - 4.0 * (0.95 * 0.05 / RUNS as f64).sqrt();
    let exact = exact();
    let exact_mean = 100.0 * libm::exp(0.15 + 0.5 * 5.0 * 0.02 * 0.02);
    for sampling in ALL {
        let outcomes: Vec<Outcome> = (0..RUNS).map(|seed| run(sampling, 8192, seed)).collect();
        for (target, exact) in exact.iter().enumerate() {
            let of = |outcome: &Outcome| outcome.targets[target].probability;
            let held =
                outcomes.iter().filter(|outcome| covers(&of(outcome), *exact)).count() as f64 / RUNS as f64;
            assert!(held >= least, "{sampling:?}, target {target}: {held}");
            let estimates: Vec<f64> = outcomes.iter().map(|outcome| of(outcome).estimate).collect();
            let moments = plancast::stats::Moments::of(&estimates);
            let (mean, error) = (moments.mean().unwrap(), moments.standard_error().unwrap());
            assert!(
                (mean - exact).abs() < 4.0 * error,
                "{sampling:?}, target {target}: {mean} +- {error}, {exact}"
            );
        }
        // Intervals of means by Student's t with 15 degrees of freedom: 2.131 standard errors at 95 %.
        let held = outcomes
            .iter()
            .map(mean_of_a)
            .filter(|(mean, error)| (mean - exact_mean).abs() <= 2.131 * error)
            .count() as f64
            / RUNS as f64;
        assert!(held >= least, "{sampling:?}, mean: {held}");
    }
}

#[test]
fn errors_are_smaller_than_those_of_independent_paths() {
    // Means of smooth functions: scrambled Sobol points gain most, and more the more there are of them. Ratios of variances over
    // 64 runs scatter by a factor of 1.6 at four standard errors; the limits leave more than that.
    let spread = |sampling: Sampling, paths: u64| {
        let means: Vec<f64> = (0..64).map(|seed| mean_of_a(&run(sampling, paths, seed)).0).collect();
        plancast::stats::Moments::of(&means).variance().unwrap()
    };
    let plain = spread(Sampling::Independent, 16_384);
    for (sampling, least) in ALL.into_iter().zip([20.0, 20.0, 200.0]) {
        let gain = plain / spread(sampling, 16_384);
        assert!(gain > least, "{sampling:?}: {gain}");
    }
    let (few, many) = (spread(Sampling::sobol(), 8192), spread(Sampling::sobol(), 131_072));
    assert!(few / many > 64.0, "16 times the points, {} times the precision", few / many);
}

#[test]
fn the_same_bits_for_any_number_of_threads() {
    let plan = plan();
    for sampling in ALL {
        let run = |threads| {
            let run = Simulation::new(&plan).sampling(sampling).paths(100_000).seed(3).threads(threads);
            format!("{:?}", run.run().unwrap())
        };
        assert!(run(1) == run(3), "{sampling:?}");
    }
}

#[test]
fn what_is_not_possible_is_refused_with_the_reason() {
    let plan = plan();
    let refused = |run: Result<Outcome>, part: &str| {
        let error = run.expect_err("it is refused").to_string();
        assert!(error.contains(part), "{error}");
    };
    let with = |sampling| Simulation::new(&plan).sampling(sampling);
    refused(with(Sampling::Sobol { replicates: 1 }).run(), "2 to 1024 are possible");
    refused(with(Sampling::sobol()).paths(0).run(), "0 paths were asked for");
    refused(with(Sampling::sobol()).stop_on(&Stopper::new()).run(), "a stopper was asked for");
    let folder = tempfile::tempdir().unwrap();
    let checkpoint = folder.path().join("run.checkpoint");
    refused(
        with(Sampling::sobol()).checkpoint(&checkpoint, std::time::Duration::from_secs(1)).run(),
        "a checkpoint was asked for",
    );
    assert!(!checkpoint.exists());
    assert!(with(Sampling::antithetic()).shard(0..16_384).is_err());
}

#[test]
fn antithetic_paths_come_in_pairs_of_opposites() {
    // ln a of the second half of a block mirrors that of the first about its mean, up to rounding.
    let plan = plan();
    let observer = KeepPaths::all(&plan);
    let run = Simulation::new(&plan).sampling(Sampling::antithetic()).paths(8192);
    let (outcome, paths) = run.run_with(&observer).unwrap();
    assert_eq!(outcome.paths, 8192);
    let levels = paths.level(0, 5).unwrap();
    for block in levels.chunks(512) {
        for (first, second) in block[..256].iter().zip(&block[256..]) {
            let sum = libm::log(first / 100.0) + libm::log(second / 100.0);
            assert!((sum - 0.3).abs() < 1e-12, "{sum}");
        }
    }
}
