//! Simulation-based calibration: parameters from the prior, a history from the parameters, draws from the posterior after that
//! history. The rank of the true parameter among the draws is then uniform, if all is right.
//!
//! Talts, Betancourt, Simpson, Vehtari and Gelman (2018), Validating Bayesian inference algorithms with
//! simulation-based calibration, arXiv:1804.06788. One file an estimator.

mod conjugate;

/// Draws of a posterior; a rank is then one of 100 numbers.
pub const DRAWS: usize = 99;

/// Classes of five ranks.
const CLASSES: usize = 20;

/// What chi-square with 19 degrees of freedom exceeds with probability 0.001.
const LIMIT: f64 = 43.82;

/// Asserts for each named quantity that the ranks of its true values are uniform. `simulate` makes the true values and
/// [`DRAWS`] independent draws from the posterior, for the number of a simulation: a fixed seed of its own.
pub fn assert_calibrated<const N: usize>(
    names: [&str; N],
    simulations: u64,
    mut simulate: impl FnMut(u64) -> ([f64; N], Vec<[f64; N]>),
) {
    let mut counts = [[0u64; CLASSES]; N];
    for simulation in 0..simulations {
        let (truth, draws) = simulate(simulation);
        assert_eq!(draws.len(), DRAWS);
        for (i, counts) in counts.iter_mut().enumerate() {
            let rank = draws.iter().filter(|draw| draw[i] < truth[i]).count();
            counts[rank * CLASSES / (DRAWS + 1)] += 1;
        }
    }
    let expected = simulations as f64 / CLASSES as f64;
    for (name, counts) in names.iter().zip(&counts) {
        let chi_square: f64 = counts.iter().map(|count| (*count as f64 - expected).powi(2) / expected).sum();
        assert!(chi_square < LIMIT, "{name}: chi-square {chi_square:.1}, classes {counts:?}");
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
