//! Layer 1: what independent replicates say of the error of their mean.

use super::interval::{Interval, clopper_pearson};
use super::special::{Tails, student_quantile};

/// The mean of replicates that are independent and have one law, with the standard error of it; none for fewer than two, or
/// where a number is not finite.
///
/// ```text
/// error = sqrt(sum (y_r - mean)^2 / (R - 1) / R)
/// ```
pub fn mean_of_replicates(values: &[f64]) -> Option<(f64, f64)> {
    let n = values.len() as f64;
    let mean = values.iter().sum::<f64>() / n;
    let squares: f64 = values.iter().map(|y| (y - mean) * (y - mean)).sum();
    let error = (squares / (n - 1.0) / n).sqrt();
    (values.len() > 1 && mean.is_finite() && error.is_finite()).then_some((mean, error))
}

/// Below this many hits or misses the interval of independent paths counts as well.
const FEW: u64 = 50;

/// An interval for a probability from replicates of equally many points each, points that depend on each other within
/// a replicate: Student's t interval of the replicates' shares.
///
/// ```text
/// share -+ t sqrt(sum (share_r - share)^2 / (R - 1) / R),   t two-sided, R - 1 degrees of freedom
/// ```
///
/// Two things keep it honest where the replicates say too little:
/// * It reaches to both sides at least as far as the exact interval of as many independent paths does without a hit (3.7/n at 95 %):
///   replicates that agree could differ by a hit.
/// * With fewer than 50 hits or misses in all it contains [`clopper_pearson`]'s interval of as many independent paths, for a few hits are
///   spread too unevenly over the replicates for a t interval.
///
/// Fewer than two replicates, or none of their points, give 0 to 1.
pub fn replicated_interval(hits: &[u64], points: u64, level: f64) -> Interval {
    let all = points.saturating_mul(hits.len() as u64);
    let shares: Vec<f64> = hits.iter().map(|hits| (*hits).min(points) as f64 / points as f64).collect();
    let Some((mean, error)) = mean_of_replicates(&shares) else { return Interval { low: 0.0, high: 1.0 } };
    let level = if level.is_nan() { 0.95 } else { level.clamp(0.5, 1.0 - 1e-12) };
    let tail = 0.5 * (1.0 - level);
    let t = student_quantile(hits.len() as f64 - 1.0, Tails { lower: 1.0 - tail, upper: tail });
    let reach = (t * error).max(clopper_pearson(0, all, level).high);
    let (mut low, mut high) = ((mean - reach).max(0.0), (mean + reach).min(1.0));
    let total: u64 = hits.iter().map(|hits| (*hits).min(points)).sum();
    if total.min(all - total) < FEW {
        let exact = clopper_pearson(total, all, level);
        (low, high) = (low.min(exact.low), high.max(exact.high));
    }
    Interval { low, high }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_that_can_be_checked_by_hand() {
        let (mean, error) = mean_of_replicates(&[1.0, 2.0, 3.0, 6.0]).unwrap();
        // Sum of squares 4 + 1 + 0 + 9 = 14.
        assert_eq!((mean, error), (3.0, (14.0_f64 / 12.0).sqrt()));
        assert_eq!(mean_of_replicates(&[1.0]), None);
        assert_eq!(mean_of_replicates(&[1.0, f64::INFINITY]), None);
        // 400, 420, 440 hits of 1000: mean 0.42, error 0.02/sqrt 3; with 2 degrees of freedom t = (2p - 1)/sqrt(2p(1 - p)).
        let interval = replicated_interval(&[400, 420, 440], 1000, 0.95);
        let reach = 0.95 / (2.0 * 0.975 * 0.025_f64).sqrt() * 0.02 / 3.0_f64.sqrt();
        assert!(
            (interval.low - (0.42 - reach)).abs() < 1e-12 && (interval.high - (0.42 + reach)).abs() < 1e-12
        );
    }

    #[test]
    fn replicates_that_agree_are_not_certain() {
        // No hit: the exact bound of independent paths.
        assert_eq!(replicated_interval(&[0; 16], 1024, 0.95), clopper_pearson(0, 16_384, 0.95));
        let (sure, exact) =
            (replicated_interval(&[1024; 16], 1024, 0.95), clopper_pearson(16_384, 16_384, 0.95));
        assert!(sure.high == 1.0 && (sure.low - exact.low).abs() < 1e-15);
        // Half of each: as far to both sides.
        let reach = clopper_pearson(0, 16_384, 0.95).high;
        let interval = replicated_interval(&[512; 16], 1024, 0.95);
        assert_eq!([interval.low, interval.high], [0.5 - reach, 0.5 + reach]);
        // A few hits that happen to be spread evenly.
        let even = replicated_interval(&[1; 16], 1024, 0.95);
        let exact = clopper_pearson(16, 16_384, 0.95);
        assert_eq!(even, exact);
    }

    #[test]
    fn nonsense_gives_everything() {
        for (hits, points) in [(&[][..], 10), (&[3], 10), (&[0, 0], 0)] {
            assert_eq!(replicated_interval(hits, points, 0.95), Interval { low: 0.0, high: 1.0 });
        }
        for level in [f64::NAN, -1.0, 2.0] {
            let interval = replicated_interval(&[3, 12], 10, level);
            assert!(interval.low >= 0.0 && interval.high <= 1.0 && interval.low < interval.high);
        }
    }
}
