//! What units teach each other: variances and drifts shrunk towards those of all.

use crate::stats::polygamma::{digamma, inverse_trigamma, trigamma};

/// Degrees of freedom of a prior that is as good as certain.
const CERTAIN: f64 = 1e6;

/// Variances shrunk by empirical Bayes: the variances behind them have a scaled inverse chi-square law, fitted to the
/// mean and spread of their logarithms.
///
/// ```text
/// e_i = ln s_i^2 - digamma(d_i / 2) + ln(d_i / 2)
/// trigamma(d0 / 2) = var(e) - mean trigamma(d_i / 2),   ln s0^2 = mean(e) + digamma(d0 / 2) - ln(d0 / 2)
/// shrunk_i = (d0 s0^2 + d_i s_i^2) / (d0 + d_i)
/// ```
///
/// Where the logarithms spread no more than chance makes them, d0 is 10^6. Reference: Smyth (2004), Linear models and empirical
/// Bayes methods, Statistical Applications in Genetics and Molecular Biology 3(1), article 3, section 6.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Variances {
    /// Degrees of freedom d0 that the prior is worth.
    pub(super) prior_df: f64,
    /// The shrunk variances.
    pub(super) shrunk: Vec<f64>,
}

impl Variances {
    /// From (variance, degrees of freedom); none for fewer than two, or when one of them is not above 0.
    pub(super) fn shrink(sample: &[(f64, f64)]) -> Option<Self> {
        if sample.len() < 2 || !sample.iter().all(|(variance, df)| *variance > 0.0 && *df > 0.0) {
            return None;
        }
        let n = sample.len() as f64;
        let centred =
            |(variance, df): &(f64, f64)| libm::log(*variance) - digamma(0.5 * df) + libm::log(0.5 * df);
        let mean = sample.iter().map(centred).sum::<f64>() / n;
        let squares: f64 = sample.iter().map(|s| (centred(s) - mean) * (centred(s) - mean)).sum();
        let by_chance = sample.iter().map(|(_, df)| trigamma(0.5 * df)).sum::<f64>() / n;
        let excess = squares / (n - 1.0) - by_chance;
        let (d0, ln_s0) = if excess > 0.0 {
            let d0 = 2.0 * inverse_trigamma(excess);
            (d0, mean + digamma(0.5 * d0) - libm::log(0.5 * d0))
        } else {
            (CERTAIN, mean)
        };
        let s0 = libm::exp(ln_s0);
        let shrunk = sample.iter().map(|(variance, df)| (d0 * s0 + df * variance) / (d0 + df)).collect();
        Some(Self { prior_df: d0, shrunk })
    }
}

/// Drifts shrunk to the mean of all, with the spread between units by the method of moments.
///
/// ```text
/// w = 1 / v,   Q = sum w (m - mean_w)^2,   tau^2 = max(0, (Q - (N - 1)) / (sum w - sum w^2 / sum w))
/// mu = mean of m with weights 1 / (v + tau^2),   B = tau^2 / (tau^2 + v),   b = B m + (1 - B) mu,   V = B v
/// ```
///
/// V leaves out that mu is estimated. Reference: DerSimonian and Laird (1986), Meta-analysis in clinical trials, Controlled
/// Clinical Trials 7(3), 177-188.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Drifts {
    /// (b, V) of each unit.
    pub(super) shrunk: Vec<(f64, f64)>,
}

impl Drifts {
    /// From (estimate m, its variance v > 0).
    pub(super) fn shrink(sample: &[(f64, f64)]) -> Self {
        let weighted = |tau2: f64| {
            let weights = sample.iter().map(|(_, v)| 1.0 / (v + tau2)).sum::<f64>();
            sample.iter().map(|(m, v)| m / (v + tau2)).sum::<f64>() / weights
        };
        let mean = weighted(0.0);
        let q: f64 = sample.iter().map(|(m, v)| (m - mean) * (m - mean) / v).sum();
        let weights: f64 = sample.iter().map(|(_, v)| 1.0 / v).sum();
        let squares: f64 = sample.iter().map(|(_, v)| 1.0 / (v * v)).sum();
        let spread = weights - squares / weights;
        // With a single unit there is nothing between units.
        let tau2 = if spread > 0.0 { ((q - (sample.len() as f64 - 1.0)) / spread).max(0.0) } else { 0.0 };
        let mu = weighted(tau2);
        let one = |(m, v): &(f64, f64)| {
            let own = tau2 / (tau2 + v);
            (own * m + (1.0 - own) * mu, own * v)
        };
        Self { shrunk: sample.iter().map(one).collect() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn variances_as_limma_shrinks_them() {
        let sample = [(0.0004, 19.0), (0.0009, 19.0), (0.0025, 12.0), (0.01, 30.0), (0.0001, 25.0)];
        let found = Variances::shrink(&sample).expect("shrunk");
        let (d0, s0) = (FITTED.0, FITTED.1);
        assert!((found.prior_df / d0 - 1.0).abs() < 1e-9, "{}", found.prior_df);
        for (shrunk, (variance, df)) in found.shrunk.iter().zip(sample) {
            assert!((shrunk / ((d0 * s0 + df * variance) / (d0 + df)) - 1.0).abs() < 1e-9);
        }
        // No more spread than chance: all alike.
        let alike = Variances::shrink(&[(0.0004, 19.0), (0.000_401, 19.0)]).expect("shrunk");
        assert_eq!(alike.prior_df, CERTAIN);
        assert!(Variances::shrink(&[(0.0, 19.0), (1.0, 19.0)]).is_none() && Variances::shrink(&[]).is_none());
    }

    /// d0 and s0^2 of the sample above, by SciPy 1.17.1: the root of polygamma(1, x) by brentq (xtol 1e-15).
    const FITTED: (f64, f64) = (1.359725481985804, 0.00042305841336975143);

    #[test]
    fn drifts_by_hand() {
        // Weights 1, 1, 1: mean 3, Q = 8, tau^2 = (8 - 2) / (3 - 1) = 3, B = 3/4.
        let found = Drifts::shrink(&[(1.0, 1.0), (3.0, 1.0), (5.0, 1.0)]);
        assert_eq!(found.shrunk, [(1.5, 0.75), (3.0, 0.75), (4.5, 0.75)]);
        // Alike: all the mean, and no spread left.
        assert_eq!(Drifts::shrink(&[(2.0, 1.0), (2.0, 1.0)]).shrunk, [(2.0, 0.0), (2.0, 0.0)]);
        assert_eq!(Drifts::shrink(&[(2.0, 1.0)]).shrunk, [(2.0, 0.0)]);
    }
}
