//! Drift and volatility to be learned from a short history: what a scenario says of it. How it is learned:
//! [`crate::calibrate::DriftPosterior`].

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
