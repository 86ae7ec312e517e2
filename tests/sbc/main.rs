//! Simulation-based calibration: parameters from the prior, a history from the parameters, draws from the posterior after that
//! history. The rank of the true parameter among the draws is then uniform, if all is right.
//!
//! Talts, Betancourt, Simpson, Vehtari and Gelman (2018), Validating Bayesian inference algorithms with
//! simulation-based calibration, arXiv:1804.06788. One file an estimator.

mod conjugate;
mod growth;
mod var;

/// Draws of a posterior; a rank is then one of 100 numbers.
pub const DRAWS: usize = 99;

/// Classes of five ranks.
const CLASSES: usize = 20;

/// What chi-square with 19 degrees of freedom exceeds with probability 0.001.
const LIMIT: f64 = 43.82;

/// Asserts for each named quantity that the ranks of its true values are uniform: by chi-square over 20 classes, and by their
/// mean, which sees a small shift sooner (4 standard errors). `simulate` makes the true values and
/// [`DRAWS`] independent draws from the posterior, for the number of a simulation: a fixed seed of its own.
pub fn assert_calibrated<const N: usize>(
    names: [&str; N],
    simulations: u64,
    mut simulate: impl FnMut(u64) -> ([f64; N], Vec<[f64; N]>),
) {
    let mut counts = [[0u64; CLASSES]; N];
    let mut sums = [0; N];
    for simulation in 0..simulations {
        let (truth, draws) = simulate(simulation);
        assert_eq!(draws.len(), DRAWS);
        for i in 0..N {
            let rank = draws.iter().filter(|draw| draw[i] < truth[i]).count();
            counts[i][rank * CLASSES / (DRAWS + 1)] += 1;
            sums[i] += rank;
        }
    }
    let n = simulations as f64;
    let (expected, ranks) = (n / CLASSES as f64, DRAWS as f64 + 1.0);
    for (i, name) in names.iter().enumerate() {
        let of = |count: &u64| (*count as f64 - expected).powi(2) / expected;
        let chi_square: f64 = counts[i].iter().map(of).sum();
        let mean = sums[i] as f64 / n;
        let errors = (mean - 0.5 * DRAWS as f64) / ((ranks * ranks - 1.0) / 12.0 / n).sqrt();
        assert!(
            chi_square < LIMIT && errors.abs() < 4.0,
            "{name}: chi-square {chi_square:.1}, mean rank {mean:.1} ({errors:.1} standard errors), classes {:?}",
            counts[i]
        );
    }
}

#[test]
fn the_right_posterior_passes_and_a_narrow_one_fails() {
    use plancast::random::{Key, normal_at};
    let run = |width: f64| {
        assert_calibrated(["mean"], 2000, |simulation| {
            // Prior N(0, 1), one observation with error N(0, 1): posterior N(y / 2, 1 / 2).
            let z = |index: usize| normal_at(Key::new(1, "sbc", "harness"), simulation, index as u32);
            let truth = z(0);
            let y = truth + z(1);
            ([truth], (0..DRAWS).map(|i| [0.5 * y + width * z(2 + i)]).collect())
        });
    };
    run(0.5f64.sqrt());
    assert!(std::panic::catch_unwind(|| run(0.85 * 0.5f64.sqrt())).is_err());
}
