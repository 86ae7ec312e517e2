//! Drift and volatility learned from a short history, and drawn per path from their posterior.

use crate::time::Year;
use serde::{Deserialize, Serialize};

/// Learn drift and volatility from the indicator's own history.
///
/// Growth y of the years used is taken as y\[t\] ~ N(mu, sigma^2), independent (for an
/// autoregressive process the quasi-differences (y\[t\] - phi y\[t-1\]) / (1 - phi)), with the conjugate
/// normal-inverse-chi-square prior
///
/// ```text
/// sigma^2 ~ Scaled-Inv-chi^2(df, sd^2),   mu | sigma^2 ~ N(mean, sigma^2 / weight)
/// ```
///
/// Every path draws its own (mu, sigma) from the posterior, so the spread of the outcome is the
/// posterior predictive one. Reference: Gelman et al. (2013), Bayesian Data Analysis, 3rd ed., section 3.3.
#[derive(Debug, Clone, Copy, PartialEq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Estimate {
    /// First year of growth used; all of the history when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub from: Option<Year>,
    /// Last year of growth used.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub to: Option<Year>,
    /// What is believed before the history is seen; the flat prior 1/sigma^2 when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub prior: Option<Prior>,
}

/// The prior of an [`Estimate`]: worth `weight` observations of the mean and `df` of the variance.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Prior {
    /// Mean growth expected, a year, in the latent state's unit (log points for a log link).
    pub mean: f64,
    /// Number of observations that this belief is worth, >= 0.
    pub weight: f64,
    /// Standard deviation of yearly growth expected, > 0.
    pub sd: f64,
    /// Degrees of freedom of that belief, >= 0.
    pub df: f64,
}

/// The posterior of (mu, sigma) of an [`Estimate`]: normal-inverse-chi-square.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Posterior {
    /// Posterior mean of mu.
    pub mean: f64,
    /// Number of observations that it is worth.
    pub weight: f64,
    /// Degrees of freedom of sigma^2.
    pub df: f64,
    /// Scale of sigma: sigma^2 ~ df scale^2 / chi^2(df).
    pub scale: f64,
}

impl Estimate {
    /// The posterior after the growth figures given, in any order. `None` when they and the prior together
    /// leave no degree of freedom or no scale (fewer than two figures without a prior, or all the same).
    pub fn posterior(&self, growth: &[f64]) -> Option<Posterior> {
        let n = growth.len() as f64;
        let average = if growth.is_empty() { 0.0 } else { growth.iter().sum::<f64>() / n };
        let squares: f64 = growth.iter().map(|y| (y - average) * (y - average)).sum();
        let (mean0, weight0, df0, squares0) = match self.prior {
            Some(p) => (p.mean, p.weight, p.df, p.df * p.sd * p.sd),
            // The flat prior p(mu, sigma^2) ~ 1 / sigma^2 takes one degree of freedom.
            None => (average, 0.0, -1.0, 0.0),
        };
        let weight = weight0 + n;
        let df = df0 + n;
        if !(weight > 0.0 && df > 0.0) {
            return None;
        }
        let gap = average - mean0;
        let sum = squares0 + squares + weight0 * n / weight * gap * gap;
        let scale = (sum / df).sqrt();
        let mean = (weight0 * mean0 + n * average) / weight;
        (scale > 0.0 && scale.is_finite()).then_some(Posterior { mean, weight, df, scale })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_flat_prior_gives_the_t_law_of_the_sample_mean() {
        let growth = [7.0, 6.1, 4.0, 7.8, 1.8, 5.0, 6.1, 5.8];
        let p = Estimate::default().posterior(&growth).unwrap();
        // Mean 5.45 and standard deviation sqrt(24.52 / 7) of these eight figures, by hand.
        assert!((p.mean - 5.45).abs() < 1e-12 && (p.scale - 1.871_592_1).abs() < 1e-6);
        assert_eq!((p.weight, p.df), (8.0, 7.0));
    }

    #[test]
    fn a_prior_counts_as_the_observations_it_is_worth() {
        let prior = Prior { mean: 2.0, weight: 2.0, sd: 1.0, df: 3.0 };
        let p = Estimate { prior: Some(prior), ..Estimate::default() }.posterior(&[4.0, 6.0]).unwrap();
        // Gelman et al. (2013), section 3.3: (2*2 + 2*5)/4; df 5; 3*1 + 2 + 2*2/4*(5-2)^2 = 14.
        assert_eq!((p.mean, p.weight, p.df), (3.5, 4.0, 5.0));
        assert!((p.scale * p.scale * p.df - 14.0).abs() < 1e-12);
    }

    #[test]
    fn nothing_to_learn_from_is_no_posterior() {
        assert_eq!(Estimate::default().posterior(&[5.0]), None);
        assert_eq!(Estimate::default().posterior(&[5.0, 5.0, 5.0]), None);
    }
}
