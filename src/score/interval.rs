//! Layer 1: scores of intervals and quantiles, and how often intervals hold what they promise.
//!
//! A central interval at level `L` leaves out `alpha = 1 - L`, half on each side. Scores are in the unit of the value; smaller is
//! better, 0 is perfect.
//!
//! References: Winkler (1972), A decision-theoretic approach to interval estimation, JASA 67, 187-191; Gneiting and Raftery
//! (2007), JASA 102(477), 359-378, section 6; Bracher, Ray, Gneiting and Reich (2021), Evaluating epidemic forecasts in an
//! interval format, PLOS Computational Biology 17(2), e1008618.

use super::{finite, mean};
use crate::stats::Interval;

/// The interval score (Winkler's; equation 43 of Gneiting and Raftery):
///
/// ```text
/// (high - low) + 2/alpha (low - y)+ + 2/alpha (y - high)+,   alpha = 1 - level
/// ```
///
/// Proper: on average least for the quantiles `alpha/2` and `1 - alpha/2`. None for a level below 0 or from 1 on, or ends
/// in the wrong order.
///
/// ```
/// use plancast::{score::interval, stats::Interval};
/// let growth = Interval { low: 3.0, high: 5.0 };
/// assert_eq!(interval::score(&growth, 0.5, 4.2), Some(2.0));
/// assert_eq!(interval::score(&growth, 0.5, 6.0), Some(2.0 + 4.0));
/// ```
pub fn score(interval: &Interval, level: f64, value: f64) -> Option<f64> {
    let ordered = interval.low <= interval.high;
    if !(ordered && (0.0..1.0).contains(&level) && value.is_finite()) {
        return None;
    }
    finite(interval.width() + 2.0 / (1.0 - level) * beyond(interval, value))
}

/// How far a value lies outside.
fn beyond(interval: &Interval, value: f64) -> f64 {
    (interval.low - value).max(value - interval.high).max(0.0)
}

/// The weighted interval score of a median and some central intervals, given as (level, interval):
///
/// ```text
/// (|y - median| / 2 + sum_k alpha_k / 2 IS_k(y)) / (K + 1/2)
/// ```
///
/// With the weights of Bracher et al. It is twice the mean [`pinball`] score over all the quantiles, and
/// tends to the CRPS as evenly spaced levels get many. Without intervals it is the distance to the median.
pub fn weighted(median: f64, intervals: &[(f64, Interval)], value: f64) -> Option<f64> {
    let mut sum = 0.5 * (value - median).abs();
    for (level, interval) in intervals {
        sum += 0.5 * (1.0 - level) * score(interval, *level, value)?;
    }
    finite(sum / (intervals.len() as f64 + 0.5))
}

/// The pinball score of a quantile at `p`, also called quantile or check score:
///
/// ```text
/// p (y - q)  for y >= q,   (1 - p) (q - y)  for y < q
/// ```
///
/// Proper for that quantile. Twice its integral over `p` is the CRPS. None for `p` outside of 0 to 1, ends excluded.
pub fn pinball(quantile: f64, p: f64, value: f64) -> Option<f64> {
    if !(p > 0.0 && p < 1.0) {
        return None;
    }
    let above = value - quantile;
    finite(if above >= 0.0 { p * above } else { (p - 1.0) * above })
}

/// The share of the values that lie in their intervals, ends included. None without any, for a value that is not finite, ends in the
/// wrong order, or another number of intervals than of values.
///
/// Honest intervals at level `L` have a coverage near `L`; how near, [`super::cluster`] says (score a hit as 1).
pub fn coverage(intervals: &[Interval], values: &[f64]) -> Option<f64> {
    if !(intervals.len() == values.len() && values.iter().all(|y| y.is_finite()) && ordered(intervals)) {
        return None;
    }
    mean(intervals.iter().zip(values).map(|(interval, y)| if interval.contains(*y) { 1.0 } else { 0.0 }))
}

/// The mean width: how sharp intervals are, which counts only among those that are honest. None without any.
pub fn mean_width(intervals: &[Interval]) -> Option<f64> {
    if ordered(intervals) { mean(intervals.iter().map(Interval::width)) } else { None }
}

fn ordered(intervals: &[Interval]) -> bool {
    intervals.iter().all(|interval| interval.low <= interval.high)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::quantity::Normal;
    use crate::score::crps;
    use crate::stats::normal as standard;
    use proptest::prelude::*;

    const NAN: f64 = f64::NAN;

    fn interval(low: f64, high: f64) -> Interval {
        Interval { low, high }
    }

    fn central(level: f64) -> Interval {
        interval(-standard::two_sided(level), standard::two_sided(level))
    }

    /// The expectation over a standard normal truth, at 20 000 midpoints in probability.
    fn expected(rule: impl Fn(f64) -> Option<f64>) -> f64 {
        let values = (0..20_000).map(|k| standard::quantile((f64::from(k) + 0.5) / 20_000.0));
        values.map(|y| rule(y).unwrap()).sum::<f64>() / 20_000.0
    }

    #[test]
    fn a_miss_costs_its_distance_times_two_over_alpha() {
        let at = |y| score(&interval(-1.0, 2.0), 0.8, y).unwrap();
        assert_eq!([at(-1.0), at(0.0), at(2.0)], [3.0; 3]);
        assert!((at(2.5) - 8.0).abs() < 1e-14 && (at(-1.5) - 8.0).abs() < 1e-14);
    }

    #[test]
    fn the_true_quantiles_score_best_on_average() {
        let honest = expected(|y| score(&central(0.8), 0.8, y));
        // The closed form: 2/alpha times twice the density at the quantile.
        let z = standard::two_sided(0.8);
        assert!((honest - 20.0 * standard::density(z)).abs() < 1e-3, "{honest}");
        for (low, high) in [(-1.2, z), (-z, 1.4), (-1.0, 1.0), (-1.6, 1.6), (-1.1, 1.5)] {
            assert!(expected(|y| score(&interval(low, high), 0.8, y)) > honest + 1e-3, "{low} {high}");
        }
        let best = expected(|y| pinball(standard::quantile(0.9), 0.9, y));
        for q in [1.1, 1.4, -1.2] {
            assert!(expected(|y| pinball(q, 0.9, y)) > best + 1e-3, "{q}");
        }
    }

    #[test]
    fn many_levels_are_the_crps() {
        // Levels 0.001, 0.003, … 0.999: the midpoint rule for twice the integral of the pinball score.
        let levels: Vec<(f64, Interval)> =
            (0..500).map(|k| f64::from(2 * k + 1) / 1000.0).map(|level| (level, central(level))).collect();
        for y in [0.0, 0.7, -3.0] {
            let limit = crps::normal(&Normal { mean: 0.0, sd: 1.0 }, y).unwrap();
            assert!((weighted(0.0, &levels, y).unwrap() - limit).abs() < 2e-3 * limit.max(1.0), "{y}");
        }
        assert_eq!(weighted(1.0, &[], 3.5), Some(2.5));
    }

    #[test]
    fn coverage_counts_ends_and_width_does_not_look_at_values() {
        let intervals = [interval(0.0, 1.0), interval(2.0, 3.0), interval(0.0, 4.0), interval(1.0, 1.0)];
        assert_eq!(coverage(&intervals, &[1.0, 1.9, 5.0, 1.0]), Some(0.5));
        assert_eq!(mean_width(&intervals), Some(1.5));
    }

    #[test]
    fn what_cannot_be_scored() {
        let good = interval(0.0, 1.0);
        for level in [-0.1, 1.0, NAN] {
            assert_eq!(score(&good, level, 0.5), None);
            assert_eq!(weighted(0.5, &[(0.5, good), (level, good)], 0.5), None);
        }
        for bad in [interval(1.0, 0.0), interval(NAN, 1.0), interval(0.0, NAN), interval(0.0, f64::INFINITY)]
        {
            assert_eq!(score(&bad, 0.5, 0.5), None, "{bad:?}");
            assert_eq!(mean_width(&[good, bad]), None);
        }
        assert_eq!(score(&good, 0.5, NAN), None);
        assert_eq!(weighted(NAN, &[], 0.5), None);
        for (q, p, y) in [(0.0, 0.0, 1.0), (0.0, 1.0, 1.0), (0.0, NAN, 1.0), (NAN, 0.5, 1.0), (0.0, 0.5, NAN)]
        {
            assert_eq!(pinball(q, p, y), None);
        }
        assert_eq!(coverage(&[], &[]), None);
        assert_eq!(coverage(&[good], &[0.5, 0.6]), None);
        assert_eq!(coverage(&[good], &[NAN]), None);
        assert_eq!(coverage(&[interval(1.0, 0.0)], &[0.5]), None);
        assert_eq!(mean_width(&[]), None);
    }

    proptest! {
        #[test]
        fn an_interval_is_scored_as_its_two_quantiles(
            low in -5.0..5.0f64, width in 0.0..5.0f64, level in 0.01..0.99f64, y in -9.0..9.0f64,
        ) {
            let alpha = 1.0 - level;
            let both = pinball(low, alpha / 2.0, y).unwrap() + pinball(low + width, 1.0 - alpha / 2.0, y).unwrap();
            let found = score(&interval(low, low + width), level, y).unwrap();
            prop_assert!((found - 2.0 / alpha * both).abs() < 1e-9 / alpha, "{} {}", found, both);
        }
    }
}
