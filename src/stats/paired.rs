//! Layer 1: an interval for the difference of two probabilities that were counted on the same paths.

use super::interval::{Interval, held};
use super::normal;

/// The standard error of the difference `(gained - lost) / n`: on `n` paths something happened `gained` times in the second case
/// only, and `lost` times in the first only.
///
/// ```text
/// sqrt(gained + lost - (gained - lost)^2 / n) / n
/// ```
///
/// 0 without paths, and where no path turned: then [`paired_interval`] still says what may have been missed.
pub fn paired_error(gained: u64, lost: u64, n: u64) -> f64 {
    let (gained, lost) = within(gained, lost, n);
    if n == 0 {
        return 0.0;
    }
    let (b, c, n) = (gained as f64, lost as f64, n as f64);
    (b + c - (b - c) * ((b - c) / n)).max(0.0).sqrt() / n
}

/// Tango's score interval for the difference of two probabilities that were counted on the same `n` independent paths: the
/// differences D that a score test does not reject,
///
/// ```text
/// |gained - lost - n D| <= z sqrt(n (2 q + D (1 - D))),  z the two-sided score of the level,
/// q the likeliest probability of being lost, given D: the positive root of
/// 2 n q^2 + ((2 n - gained + lost) D - gained - lost) q - lost D (1 - D) = 0
/// ```
///
/// It depends on the paths that turned and on `n` alone. Without any it is `z^2 / (n + z^2)` either way, about what may have been
/// missed; without paths it is -1 to 1. More turned paths than `n` count as `n`; levels are held as in
/// [`super::binomial_interval`]. Not for paths that depend on each other, nor for differences of two runs with draws of their own.
///
/// Reference: Tango (1998), Equivalence test and confidence interval for the difference in proportions for the paired-sample
/// design, Statistics in Medicine 17, 891-908. It is among those that Fagerland, Lydersen and Laake (2014), Recommended tests and
/// confidence intervals for paired binomial proportions, Statistics in Medicine 33, 2850-2875, recommend.
///
/// ```
/// // 6 of 161 patients answered to the second therapy only, 16 to the first only.
/// let interval = plancast::stats::paired_interval(6, 16, 161, 0.95);
/// assert!((interval.low + 0.1240).abs() < 5e-5 && (interval.high + 0.0054).abs() < 5e-5);
/// ```
pub fn paired_interval(gained: u64, lost: u64, n: u64, level: f64) -> Interval {
    let (gained, lost) = within(gained, lost, n);
    if n == 0 {
        return Interval { low: -1.0, high: 1.0 };
    }
    let z = normal::two_sided(held(level));
    let (b, c, n) = (gained as f64, lost as f64, n as f64);
    Interval { low: -upper(c, b, n, z), high: upper(b, c, n, z) }
}

fn within(gained: u64, lost: u64, n: u64) -> (u64, u64) {
    let gained = gained.min(n);
    (gained, lost.min(n - gained))
}

/// The upper end, by halving: the score falls from the estimate up to 1.
fn upper(b: f64, c: f64, n: f64, z: f64) -> f64 {
    let rejected = |d: f64| {
        b - c - n * d + z * (n * (2.0 * likeliest(b, c, n, d) + d * (1.0 - d))).max(0.0).sqrt() < 0.0
    };
    let (mut low, mut high) = ((b - c) / n, 1.0);
    if low >= high {
        return high;
    }
    loop {
        let middle = low + 0.5 * (high - low);
        if middle <= low || middle >= high {
            return high;
        }
        if rejected(middle) {
            high = middle;
        } else {
            low = middle;
        }
    }
}

/// The probability of being lost that is likeliest where the difference is `d`.
fn likeliest(b: f64, c: f64, n: f64, d: f64) -> f64 {
    let half = 0.5 * ((2.0 * n - b + c) * d - b - c);
    let product = 2.0 * n * c * d * (1.0 - d);
    let root = (half * half + product).max(0.0).sqrt();
    // The one of two forms that takes no difference of near numbers.
    if half > 0.0 { product / (2.0 * n * (half + root)) } else { (root - half) / (2.0 * n) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn published_examples() {
        // Tango (1998), the crossover trial of soft lenses: 44 pairs, one of them turned.
        let rounded =
            |interval: Interval, ten: f64| [interval.low, interval.high].map(|x| (x * ten).round() / ten);
        assert_eq!(rounded(paired_interval(0, 1, 44, 0.95), 1e3), [-0.118, 0.059]);
        // The R package contingencytables 3.0.0, Tango_asymptotic_score_CI_paired_2x2(cavo_2012), and the table of Bentur et al.
        // (2009) in Fagerland, Lydersen and Laake (2014).
        assert_eq!(rounded(paired_interval(6, 16, 161, 0.95), 1e4), [-0.1240, -0.0054]);
        assert_eq!(rounded(paired_interval(1, 7, 21, 0.95), 1e3), [-0.517, -0.026]);
    }

    #[test]
    #[allow(clippy::excessive_precision, reason = "reference values with all their digits")]
    fn in_high_precision() {
        // tests/reference/paired.py: 40 digits, the likelihood maximised without a formula.
        for (gained, lost, n, level, low, high) in [
            (1, 7, 21, 0.95, -0.517_232_276_421_377_365, -0.026_003_032_480_868_536),
            (0, 0, 1000, 0.95, -0.003_826_758_485_555_124_13, 0.003_826_758_485_555_124_13),
            (12, 3, 100, 0.9, 0.028_858_241_616_814_875_2, 0.158_763_694_219_679_365),
            (1203, 57, 200_000, 0.95, 0.005_391_462_654_648_823_49, 0.006_085_757_897_516_449_72),
            (150_000, 140_000, 1_000_000_000, 0.99, 8.612_972_155_796_606_76e-6, 1.138_725_642_954_520_19e-5),
            (30, 0, 30, 0.95, 0.772_973_213_652_062_452, 1.0),
        ] {
            let found = paired_interval(gained, lost, n, level);
            for (found, truth) in [(found.low, low), (found.high, high)] {
                assert!(
                    (found - truth).abs() <= 1e-13 * truth.abs(),
                    "{gained} {lost} {n}: {found:e} {truth:e}"
                );
            }
        }
    }

    #[test]
    fn covers_what_it_says_on_the_whole() {
        // The coverage at probabilities of being gained and lost, summed over all counts of 60 paths.
        let (n, level) = (60_u64, 0.95);
        let log_factorial: Vec<f64> = (0..=n).map(|k| libm::lgamma(k as f64 + 1.0)).collect();
        let (mut least, mut total, mut cases) = (1.0_f64, 0.0, 0.0);
        for (p, q) in
            [(0.05, 0.05), (0.1, 0.02), (0.2, 0.1), (0.3, 0.3), (0.02, 0.15), (0.4, 0.05), (0.03, 0.03)]
        {
            let mut coverage = 0.0;
            for b in 0..=n {
                for c in 0..=n - b {
                    let rest = n - b - c;
                    let [lb, lc, lr] = [b, c, rest].map(|k| log_factorial[k as usize]);
                    let (b64, c64, r64) = (b as f64, c as f64, rest as f64);
                    let weight = log_factorial[n as usize] - lb - lc - lr
                        + b64 * libm::log(p)
                        + c64 * libm::log(q)
                        + r64 * libm::log(1.0 - p - q);
                    // Counts that hardly ever come cost time and change nothing.
                    if weight > -25.0 && paired_interval(b, c, n, level).contains(p - q) {
                        coverage += libm::exp(weight);
                    }
                }
            }
            least = least.min(coverage);
            (total, cases) = (total + coverage, cases + 1.0);
        }
        assert!(least > 0.93, "{least}");
        assert!((0.945..0.965).contains(&(total / cases)), "{}", total / cases);
    }

    #[test]
    fn odd_counts_are_answered() {
        assert_eq!(paired_interval(3, 4, 0, 0.95), Interval { low: -1.0, high: 1.0 });
        assert_eq!(paired_interval(9, 9, 9, 0.95), paired_interval(9, 0, 9, 0.95));
        assert_eq!(paired_error(0, 0, 1000), 0.0);
        assert_eq!(paired_error(5, 5, 0), 0.0);
        // The binomial formula where nothing is lost.
        assert!((paired_error(30, 0, 100) - (0.3 * 0.7 / 100.0_f64).sqrt()).abs() < 1e-15);
    }

    proptest! {
        #[test]
        fn holds_the_estimate_and_mirrors(b in 0_u64..400, c in 0_u64..400, more in 0_u64..100_000, level in 0.5_f64..0.999) {
            let n = b + c + more;
            prop_assume!(n > 0);
            let (one, other) = (paired_interval(b, c, n, level), paired_interval(c, b, n, level));
            let estimate = (b as f64 - c as f64) / n as f64;
            prop_assert!(one.contains(estimate) && one.low >= -1.0 && one.high <= 1.0);
            prop_assert_eq!(one, Interval { low: -other.high, high: -other.low });
            // Where many paths turn, it is the normal interval.
            if b > 200 && c > 200 && more > 50_000 {
                let half = normal::two_sided(level) * paired_error(b, c, n);
                prop_assert!((0.5 * one.width() / half - 1.0).abs() < 0.02);
            }
        }
    }
}
