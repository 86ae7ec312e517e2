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

fn held(level: f64) -> f64 {
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
    if n == 0 {
        return Interval { low: 0.0, high: 1.0 };
    }
    let hits = hits.min(n);
    let (h, m, n) = (hits as f64, (n - hits) as f64, n as f64);
    let z = normal::two_sided(held(level));
    let zz = z * z;
    let root = z * (h * m / n + 0.25 * zz).sqrt();
    let end = |h: f64| {
        // The lower root as product of the roots over the upper one: no cancellation.
        (h * h / n) / (h + 0.5 * zz + root)
    };
    let low = if h == 0.0 { 0.0 } else { end(h) };
    let high = if m == 0.0 { 1.0 } else { 1.0 - end(m) };
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
