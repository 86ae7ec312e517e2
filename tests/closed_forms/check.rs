//! How an outcome is held against the truth: within four standard errors of the Monte Carlo estimate, at a fixed
//! seed, with [`PATHS`] paths. A correct library fails one check in sixteen thousand, and with a fixed seed always
//! the same one; an error of a fifth of a percentage point in a probability is seen.

use plancast::prelude::*;
use plancast::scenario::ScenarioBuilder;

pub const PATHS: u64 = 1_000_000;
pub const SEED: u64 = 2030;

/// Standard errors that an estimate may be off.
const ERRORS: f64 = 4.0;

/// Runs a scenario written in Rust.
pub fn run(builder: ScenarioBuilder) -> Outcome {
    simulated(&builder.build().unwrap_or_else(|e| panic!("{e}")))
}

/// Runs a scenario written as a file; the plan's head is put before it, 2025-2030.
pub fn run_toml(body: &str) -> Outcome {
    let head = "plancast = 1\nplan = { name = \"Test\", base_year = 2025, last_year = 2030 }\n";
    simulated(&Scenario::from_toml(&format!("{head}{body}")).unwrap_or_else(|e| panic!("{e}")))
}

fn simulated(scenario: &Scenario) -> Outcome {
    let outcome = Simulation::new(scenario).paths(PATHS).seed(SEED).run().unwrap_or_else(|e| panic!("{e}"));
    assert_eq!(outcome.paths, PATHS);
    outcome
}

/// A plan of 2025-2030.
pub fn plan() -> ScenarioBuilder {
    Scenario::builder("Test", 2025, 2030)
}

/// A plan of one year.
pub fn one_year() -> ScenarioBuilder {
    Scenario::builder("Test", 2025, 2026)
}

/// An indicator without history.
pub fn indicator(baseline: impl Into<Quantity>, process: impl Into<Process>) -> IndicatorDraft {
    IndicatorDraft::new("An indicator", "unit").baseline(baseline).process(process)
}

/// The probability of a target against the truth.
#[track_caller]
pub fn met(outcome: &Outcome, target: &str, truth: f64) {
    let found = outcome.target(target).unwrap_or_else(|| panic!("there is no target {target}"));
    probability(&found.probability, truth, target);
}

/// A counted probability against the truth.
#[track_caller]
pub fn probability(found: &Probability, truth: f64, what: &str) {
    assert!(found.paths == PATHS, "{what}: {} paths", found.paths);
    share(found.estimate, truth, PATHS as f64, what);
}

/// A share of `n` independent paths against the truth.
#[track_caller]
pub fn share(found: f64, truth: f64, n: f64, what: &str) {
    assert!((0.0..=1.0).contains(&truth), "{what}: {truth} is no probability");
    let error = (truth * (1.0 - truth) / n).sqrt();
    near(found, truth, error, what);
}

/// A number against the truth, given its standard error.
#[track_caller]
pub fn near(found: f64, truth: f64, error: f64, what: &str) {
    let off = (found - truth).abs();
    // Rounding of sums and of the kernel's exponential is far below any Monte Carlo error but not 0.
    let allowed = ERRORS * error + 1e-11 * truth.abs();
    assert!(off <= allowed, "{what}: {found} instead of {truth}, {:.2} standard errors off", off / error);
}

/// The quantiles of an indicator's level in a year against its distribution function.
#[track_caller]
pub fn law(outcome: &Outcome, id: &str, year: i32, cdf: impl Fn(f64) -> f64) {
    let band = &outcome.indicator(id).unwrap_or_else(|| panic!("there is no indicator {id}")).bands
        [(year - outcome.horizon.base().0) as usize];
    assert_eq!(band.year, Year(year));
    for p in [0.05, 0.1, 0.25, 0.5, 0.75, 0.9, 0.95] {
        let level = band.quantiles.at(p);
        share(cdf(level), p, PATHS as f64, &format!("share of paths below {level}, {id} in {year}"));
    }
}

/// Mean and standard deviation of an indicator's level in a year against the truth.
#[track_caller]
pub fn mean(outcome: &Outcome, id: &str, year: i32, truth: f64, sd: f64) {
    let band = &outcome.indicator(id).unwrap_or_else(|| panic!("there is no indicator {id}")).bands
        [(year - outcome.horizon.base().0) as usize];
    let plancast::outcome::Mean::Exists { mean, sd: found, error } = band.mean else {
        panic!("{id} has a mean in {year}")
    };
    let truth_error = sd / (PATHS as f64).sqrt();
    near(mean, truth, truth_error, &format!("mean of {id} in {year}"));
    // The laws of these tests have a kurtosis below 9: the standard error of a standard deviation is below sd sqrt(2/n).
    near(found, sd, truth_error * std::f64::consts::SQRT_2, &format!("standard deviation of {id} in {year}"));
    near(error, truth_error, 0.01 * truth_error, &format!("standard error of the mean of {id} in {year}"));
}

/// The distribution function of the standard normal law, from the complementary error function of `libm`.
pub fn phi(z: f64) -> f64 {
    0.5 * libm::erfc(-z * std::f64::consts::FRAC_1_SQRT_2)
}

/// The density of the standard normal law.
pub fn density(z: f64) -> f64 {
    libm::exp(-0.5 * z * z) / (2.0 * std::f64::consts::PI).sqrt()
}

/// E[f(Z)] for a standard normal Z: the trapezoidal rule on -9 to 9, exact to many digits for a smooth f.
pub fn expect(f: impl Fn(f64) -> f64) -> f64 {
    let step = 18.0 / 3600.0;
    (0..=3600).map(|k| -9.0 + f64::from(k) * step).map(|z| density(z) * f(z) * step).sum()
}

/// P(Z1 >= h and Z2 >= k) at a correlation within (-1, 1).
pub fn both_above(h: f64, k: f64, rho: f64) -> f64 {
    let rest = (1.0 - rho * rho).sqrt();
    // From h upwards in steps of its own, so that the end of the range is a node: Simpson's rule.
    let step = (9.0 - h).max(0.0) / 4000.0;
    let value = |j: u32| {
        let z = h + f64::from(j) * step;
        density(z) * phi((rho * z - k) / rest)
    };
    let inner: f64 = (1..4000).map(|j| if j % 2 == 1 { 4.0 * value(j) } else { 2.0 * value(j) }).sum();
    step / 3.0 * (value(0) + inner + value(4000))
}

/// The average growth that is at least `rate`, as a sum of five yearly log changes.
pub fn five_years_at(rate: f64) -> f64 {
    5.0 * libm::log1p(rate)
}

/// A value of `tests/reference/values.csv`, which `compute.py` beside it has computed.
pub fn reference(name: &str) -> f64 {
    let rows = include_str!("../reference/values.csv").lines().filter_map(|line| line.split_once(','));
    let (_, value) =
        rows.into_iter().find(|(key, _)| *key == name).unwrap_or_else(|| panic!("no value {name}"));
    value.parse().unwrap_or_else(|e| panic!("{name}: {e}"))
}
