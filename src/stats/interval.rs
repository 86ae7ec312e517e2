//! Layer 1: intervals for a probability of which `hits` of `n` independent paths were seen.

use super::normal;
use super::special::{Tails, logit_beta_quantile};
use crate::math;

/// An interval for a probability.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Interval {
    /// Lower end.
    pub low: f64,
    /// Upper end.
    pub high: f64,
}

impl Interval {
    /// Upper end less lower end.
    pub fn width(&self) -> f64 {
        self.high - self.low
    }

    /// Whether a value lies in it, ends included.
    pub fn contains(&self, value: f64) -> bool {
        self.low <= value && value <= self.high
    }
}

/// Below this many hits or misses the exact interval is taken.
const FEW: u64 = 50;

/// The interval that every probability of a result carries: [`clopper_pearson`] where there are fewer than
/// 50 hits or misses, [`wilson`] otherwise. Only for independent paths of equal weight.
///
/// With no path at all it is 0 to 1; no hit gives a lower end of 0 exactly, no miss an upper end
/// of 1. More hits than paths count as all; levels are held between 0.5 and 1 - 1e-12.
///
/// ```
/// let interval = plancast::stats::binomial_interval(0, 1000, 0.95);
/// assert_eq!(interval.low, 0.0);
/// assert!((interval.high - 0.00368).abs() < 1e-5);
/// ```
pub fn binomial_interval(hits: u64, n: u64, level: f64) -> Interval {
    let hits = hits.min(n);
    if hits.min(n - hits) < FEW { clopper_pearson(hits, n, level) } else { wilson(hits, n, level) }
}

/// A level held between 0.5 and 1 - 1e-12.
pub(super) fn held(level: f64) -> f64 {
    if level.is_nan() { 0.95 } else { level.clamp(0.5, 1.0 - 1e-12) }
}

/// Wilson's score interval: the probabilities p that a normal test at hits/n does not reject.
///
/// ```text
/// (h + z^2/2 -+ z sqrt(h m / n + z^2/4)) / (n + z^2),  h hits, m misses, z the two-sided score
/// ```
///
/// Reference: Wilson (1927), Probable inference, the law of succession, and statistical inference, JASA 22,
/// 209-212.
pub fn wilson(hits: u64, n: u64, level: f64) -> Interval {
    let hits = hits.min(n);
    wilson_of(hits as f64, (n - hits) as f64, level)
}

/// [`wilson`] for hits and misses that need not be whole: cases that hang together count as fewer than there are. The
/// interval from 0 to 1 without any, or for numbers that are no counts.
pub fn wilson_of(hits: f64, misses: f64, level: f64) -> Interval {
    let (h, m, n) = (hits, misses, hits + misses);
    if !(h >= 0.0 && m >= 0.0 && n > 0.0 && n.is_finite()) {
        return Interval { low: 0.0, high: 1.0 };
    }
    let z = normal::two_sided(held(level));
    let zz = z * z;
    let root = z * (h * m / n + 0.25 * zz).sqrt();
    let end = |h: f64| {
        // The lower root as product of the roots over the upper one: no cancellation.
        (h * h / n) / (h + 0.5 * zz + root)
    };
    let low = if h == 0.0 { 0.0 } else { end(h) };
    let high = match m {
        0.0 => 1.0,
        // What is below the last digit of 1 would be lost.
        m if h < 1e-9 * m => (h + 0.5 * zz + root) / (n + zz),
        m => 1.0 - end(m),
    };
    Interval { low, high }
}

/// The exact interval: the probabilities p under which neither so many nor so few hits have a
/// probability below (1 - level)/2. Its coverage is never below the level.
///
/// ```text
/// low  = quantile (1 - level)/2 of Beta(h, m + 1),  high = quantile (1 + level)/2 of Beta(h + 1, m)
/// ```
///
/// Reference: Clopper and Pearson (1934), The use of confidence or fiducial limits illustrated in
/// the case of the binomial, Biometrika 26, 404-413.
pub fn clopper_pearson(hits: u64, n: u64, level: f64) -> Interval {
    let hits = hits.min(n);
    let (h, m) = (hits as f64, (n - hits) as f64);
    let tail = 0.5 * (1.0 - held(level));
    let low = if hits == 0 {
        0.0
    } else {
        math::logistic(logit_beta_quantile(h, m + 1.0, Tails::from_lower(tail)))
    };
    let high = if hits == n {
        1.0
    } else {
        math::logistic(logit_beta_quantile(h + 1.0, m, Tails::from_upper(tail)))
    };
    Interval { low, high }
}

#[cfg(test)]
#[allow(clippy::excessive_precision, reason = "reference values with all their digits")]
mod tests {
    use super::*;

    #[test]
    fn a_share_near_nothing_keeps_its_upper_end() {
        // 27 778 hits of 5.25e27: nearly those of the square root transform, (sqrt h + z/2)^2 / n.
        let (h, n) = (27_778.0_f64, 5.25e27_f64);
        let interval = wilson_of(h, n - h, 0.95);
        let truth = (h.sqrt() + 0.98).powi(2) / n;
        assert!(close(interval.high, truth, 1e-4) && interval.low < h / n, "{interval:?} {truth}");
        // The two forms meet.
        let [below, above] = [0.999e-9, 1.001e-9].map(|p| wilson_of(1e4, 1e4 / p, 0.95).high / p);
        assert!(close(below, above, 1e-6), "{below} {above}");
    }

    fn close(a: f64, b: f64, tolerance: f64) -> bool {
        (a - b).abs() <= tolerance * b.abs()
    }

    #[test]
    fn published_examples() {
        // Newcombe (1998), Statistics in Medicine 17, 857-872, table I: 81/263 and 15/148 at 95 %.
        let rounded = |interval: Interval| [interval.low, interval.high].map(|x| (x * 1e4).round() / 1e4);
        assert_eq!(rounded(wilson(81, 263, 0.95)), [0.2553, 0.3662]);
        assert_eq!(rounded(wilson(15, 148, 0.95)), [0.0624, 0.1605]);
        assert_eq!(rounded(clopper_pearson(81, 263, 0.95)), [0.2527, 0.3676]);
        assert_eq!(rounded(clopper_pearson(15, 148, 0.95)), [0.0578, 0.1617]);
    }

    #[test]
    fn exact_interval_in_high_precision() {
        // Roots of the binomial sums in 60 digits, level 0.95.
        let values = [
            (17, 1_000_000, 9.903_156_658_857_423e-6, 2.721_850_774_695_885_1e-5),
            (17, 10_000_000, 9.903_129_488_514_722_7e-7, 2.721_863_290_901_889_2e-6),
            (17, 1_000_000_000, 9.903_126_499_796_342_6e-9, 2.721_864_667_683_774_2e-8),
            (49, 10_000_000_000, 3.625_046_977_012_544e-9, 6.478_059_854_180_446_5e-9),
            (1, 10, 0.002_528_578_544_461_784_5, 0.445_016_117_028_197_42),
        ];
        for (hits, n, low, high) in values {
            let interval = binomial_interval(hits, n, 0.95);
            assert!(close(interval.low, low, 1e-12), "{hits}/{n}: {:e}", interval.low);
            assert!(close(interval.high, high, 1e-12), "{hits}/{n}: {:e}", interval.high);
            let mirror = binomial_interval(n - hits, n, 0.95);
            assert!((1.0 - mirror.high - low).abs() < 1e-14 && (1.0 - mirror.low - high).abs() < 1e-14);
        }
    }

    #[test]
    fn score_interval_in_high_precision() {
        // The formula in 40 digits.
        let values = [
            (500_000, 1_000_000, 0.499_020_019_890_004_784, 0.500_979_980_109_995_216),
            (123_456_789, 10_000_000_000, 0.012_343_514_834_145_823, 0.012_347_843_340_514_975_5),
            (9_999_999_940, 10_000_000_000, 0.999_999_992_277_643_659, 0.999_999_995_338_210_464),
        ];
        for (hits, n, low, high) in values {
            let interval = binomial_interval(hits, n, 0.95);
            assert!(close(interval.low, low, 3e-15) && close(interval.high, high, 3e-15), "{hits}/{n}");
        }
    }

    #[test]
    fn counts_need_not_be_whole() {
        // statsmodels 0.15.0: proportion_confint(2.5, 10, 0.05, "wilson") and (0.25, 80.5, 0.2, "wilson").
        for ((hits, misses, level), (low, high)) in [
            ((2.5, 7.5, 0.95), (0.080_947_824_209_994_41, 0.557_818_575_721_450_2)),
            ((0.25, 80.25, 0.8), (0.000_367_581_056_471_340_26, 0.025_713_652_051_329_96)),
        ] {
            let found = wilson_of(hits, misses, level);
            assert!(close(found.low, low, 1e-13) && close(found.high, high, 1e-13), "{found:?}");
        }
        assert_eq!(wilson_of(3.0, 4.0, 0.9), wilson(3, 7, 0.9));
        for (hits, misses) in [(0.0, 0.0), (-1.0, 5.0), (f64::NAN, 1.0), (f64::INFINITY, 1.0)] {
            assert_eq!(wilson_of(hits, misses, 0.95), Interval { low: 0.0, high: 1.0 });
        }
    }

    #[test]
    fn no_hit_gives_an_upper_bound_and_no_lower_one() {
        let interval = binomial_interval(0, 1_000_000, 0.95);
        assert_eq!(interval.low, 0.0);
        // 1 - 0.025^(1/n) in 60 digits.
        assert!(close(interval.high, 3.688_872_650_206_489_1e-6, 1e-12));
        let interval = binomial_interval(1_000_000, 1_000_000, 0.95);
        assert_eq!(interval.high, 1.0);
        assert!(close(1.0 - interval.low, 3.688_872_650_206_489_1e-6, 1e-9));
    }

    #[test]
    fn every_count_gives_an_interval_around_the_share() {
        for n in [0, 1, 2, 7, 120, 10_000_000_000] {
            for hits in [0, 1, 3, 49, 50, 60, n / 2, n] {
                for level in [f64::NAN, -1.0, 0.5, 0.9, 0.999_999, 1.0] {
                    let Interval { low, high } = binomial_interval(hits, n, level);
                    assert!((0.0..=1.0).contains(&low) && (0.0..=1.0).contains(&high), "{hits}/{n} {level}");
                    let share = if n == 0 { 0.5 } else { hits.min(n) as f64 / n as f64 };
                    assert!(low <= share && share <= high, "{hits}/{n} at {level}: {low} {high}");
                }
            }
        }
    }

    #[test]
    fn exact_interval_covers_at_least_its_level() {
        // The coverage at p, summed over all outcomes of 40 paths: never below 0.9, and not far above on average.
        let n = 40;
        let intervals: Vec<Interval> = (0..=n).map(|hits| clopper_pearson(hits, n, 0.9)).collect();
        let mut total = 0.0;
        for step in 1..200 {
            let p = f64::from(step) / 200.0;
            let mut weight = libm::pow(1.0 - p, n as f64);
            let mut coverage = 0.0;
            for (hits, interval) in intervals.iter().enumerate() {
                coverage += if interval.contains(p) { weight } else { 0.0 };
                weight *= (n as f64 - hits as f64) / (hits as f64 + 1.0) * p / (1.0 - p);
            }
            assert!(coverage >= 0.9, "{p}: {coverage}");
            total += coverage / 199.0;
        }
        assert!(total < 0.96, "{total}");
    }
}
