//! Normal numbers between two bounds.

use super::draw;
use crate::random::Stream;
use crate::stats::normal;

/// A normal number with the mean and standard deviation given, between two bounds of which either may be infinite; by the
/// inverse of the distribution function, taken from the nearer tail so that bounds far out keep their digits.
///
/// Beyond some 37 standard deviations nothing of the law is left between the bounds; the nearer bound is returned.
pub(super) fn normal_between(mean: f64, sd: f64, low: f64, high: f64, stream: &mut Stream) -> f64 {
    let (from, to) = ((low - mean) / sd, (high - mean) / sd);
    if from == f64::NEG_INFINITY && to == f64::INFINITY {
        return mean + sd * draw::normal(stream);
    }
    // The upper tail is the lower one of the mirror image.
    let mirrored = from > 0.0;
    let (from, to) = if mirrored { (-to, -from) } else { (from, to) };
    let (below, within) = (normal::cdf(from), normal::cdf(to));
    let p = below + draw::uniform(stream) * (within - below);
    let z = if p > 0.0 { normal::quantile(p).clamp(from, to) } else { to };
    let z = if mirrored { -z } else { z };
    (mean + sd * z).clamp(low, high)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::random::Key;

    #[test]
    fn means_and_bounds_are_those_of_the_truncated_law() {
        // E[Z | a < Z < b] = (density(a) - density(b)) / (cdf(b) - cdf(a)): Johnson, Kotz and Balakrishnan (1994),
        // Continuous Univariate Distributions, vol. 1, section 10.1. Variances are below 1, so four standard errors are below 4 / sqrt n.
        let mut stream = Stream::new(Key::new(1, "test", "truncated"), 0, 0);
        let n = 20_000;
        for (low, high) in
            [(-1.0, 0.5), (2.0, f64::INFINITY), (f64::NEG_INFINITY, -3.0), (6.0, 6.5), (-9.0, -8.0)]
        {
            let draws: Vec<f64> = (0..n).map(|_| normal_between(0.0, 1.0, low, high, &mut stream)).collect();
            assert!(draws.iter().all(|x| (low..=high).contains(x)));
            let mean = draws.iter().sum::<f64>() / f64::from(n);
            // The upper tail by its mirror image, where differences keep their digits.
            let (a, b, sign) = if low > 0.0 { (-high, -low, -1.0) } else { (low, high, 1.0) };
            let density = |x: f64| if x.is_finite() { normal::density(x) } else { 0.0 };
            let expected = sign * (density(a) - density(b)) / (normal::cdf(b) - normal::cdf(a));
            assert!((mean - expected).abs() < 4.0 / f64::from(n).sqrt(), "{low} {high}: {mean} {expected}");
        }
        assert_eq!(normal_between(0.0, 1.0, 60.0, 70.0, &mut stream), 60.0);
        assert_eq!(normal_between(0.0, 1.0, f64::NEG_INFINITY, -60.0, &mut stream), -60.0);
    }
}
