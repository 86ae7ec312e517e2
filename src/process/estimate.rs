//! Drift and volatility learned from a short history, and drawn per path from their posterior.

use crate::history::History;
use crate::time::Year;
use serde::{Deserialize, Deserializer, Serialize, Serializer, de};
use std::fmt;
use std::path::PathBuf;

/// Learn the parameters of a process from the indicator's own history, or from one that stands in for it.
///
/// What is learned: drift and volatility of growth, and its persistence where that is not stated; level, speed and volatility
/// of a process that reverts to a level. Every path draws its own parameters from the posterior, all of them from the same
/// draw, so the spread of the outcome is the posterior predictive one.
///
/// **In closed form** where every value is known exactly, the persistence is a stated number, and the prior is numbers or
/// none. Growth y of the years used is taken as y\[t\] ~ N(mu, sigma^2), independent (for an
/// autoregressive process the quasi-differences (y\[t\] - phi y\[t-1\]) / (1 - phi)), with the conjugate
/// normal-inverse-chi-square prior
///
/// ```text
/// sigma^2 ~ Scaled-Inv-chi^2(df, sd^2),   mu | sigma^2 ~ N(mean, sigma^2 / weight)
/// ```
///
/// Reference: Gelman et al. (2013), Bayesian Data Analysis, 3rd ed., section 3.3.
///
/// **By a sampler** otherwise ([`crate::calibrate::GrowthPrior`]): gaps, bounds, rounding and errors are taken as what they are. The draws
/// are a function of the scenario alone, not of the seed of a run. A prior in numbers then says of the drift N(mean, sd^2 / weight),
/// whatever sigma is.
///
/// **Histories that hold little.** None at all, or a single level: with a prior for drift and volatility that prior is used as it is, and a
/// notice says so; else refused. Fewer than three figures, or growth that never varied: refused without such a prior. Gaps: the closed
/// form leaves growth across them out (a notice lists the years), the sampler draws the years between. Unsorted or doubled years of a file,
/// levels that the link cannot have: refused with their line.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Estimate {
    /// First year of growth (or of the level, for a process that reverts to one) used; all of the history when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub from: Option<Year>,
    /// Last year used.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub to: Option<Year>,
    /// What is believed before the history is seen: the name of a reference class, or numbers; flat when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub prior: Option<PriorSource>,
    /// Another history that stands in for the indicator's own, which is drawn in charts all the same. What is learned
    /// is then a proxy.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub history: Option<Box<History>>,
    /// Use the means of the posterior as if they were known. The spread of the outcome then leaves out what is not known of them.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub plug_in: bool,
    /// Folder of the scenario file that names the prior; set by the loader, not written.
    #[serde(skip)]
    pub folder: PathBuf,
}

/// Where the prior of an [`Estimate`] comes from.
#[derive(Debug, Clone, PartialEq)]
pub enum PriorSource {
    /// Numbers of this scenario.
    Numbers(Prior),
    /// A reference class: the file `priors/<name>.toml` beside the scenario file, else one that is shipped with the crate; or a file, when it ends with `.toml`.
    Class(String),
}

/// The prior of an [`Estimate`] in numbers: worth `weight` observations of the mean and `df` of the variance.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Prior {
    /// Mean growth expected, a year, in the latent state's unit (log points for a log link); of a process that reverts to a level, that
    /// level as a latent state.
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
    /// The same with a prior in numbers.
    #[must_use]
    pub fn prior(mut self, prior: Prior) -> Self {
        self.prior = Some(PriorSource::Numbers(prior));
        self
    }

    /// The same with a reference class as its prior.
    #[must_use]
    pub fn class(mut self, name: impl Into<String>) -> Self {
        self.prior = Some(PriorSource::Class(name.into()));
        self
    }

    /// The prior in numbers, where it is that.
    pub fn numbers(&self) -> Option<&Prior> {
        match &self.prior {
            Some(PriorSource::Numbers(prior)) => Some(prior),
            _ => None,
        }
    }

    /// The posterior in closed form after the growth figures given, in any order. `None` when they and the prior together
    /// leave no degree of freedom or no scale (fewer than two figures without a prior, or all the same), and for a reference class.
    pub fn posterior(&self, growth: &[f64]) -> Option<Posterior> {
        let n = growth.len() as f64;
        let average = if growth.is_empty() { 0.0 } else { growth.iter().sum::<f64>() / n };
        let squares: f64 = growth.iter().map(|y| (y - average) * (y - average)).sum();
        let (mean0, weight0, df0, squares0) = match &self.prior {
            Some(PriorSource::Numbers(p)) => (p.mean, p.weight, p.df, p.df * p.sd * p.sd),
            // The flat prior p(mu, sigma^2) ~ 1 / sigma^2 takes one degree of freedom.
            None => (average, 0.0, -1.0, 0.0),
            Some(PriorSource::Class(_)) => return None,
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

impl Posterior {
    /// Mean of sigma; the scale where it has none (df <= 1).
    ///
    /// ```text
    /// E sigma = scale sqrt(df / 2) Gamma((df - 1) / 2) / Gamma(df / 2)
    /// ```
    pub fn mean_volatility(&self) -> f64 {
        mean_of_root(self.df, self.scale).unwrap_or(self.scale)
    }
}

/// E sigma for sigma^2 ~ df scale^2 / chi^2(df); none for df <= 1.
pub(crate) fn mean_of_root(df: f64, scale: f64) -> Option<f64> {
    let gammas = || libm::lgamma(0.5 * (df - 1.0)) - libm::lgamma(0.5 * df);
    (df > 1.0).then(|| scale * (0.5 * df).sqrt() * libm::exp(gammas()))
}

impl From<Prior> for PriorSource {
    fn from(prior: Prior) -> Self {
        Self::Numbers(prior)
    }
}

impl Serialize for PriorSource {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Numbers(prior) => prior.serialize(serializer),
            Self::Class(name) => serializer.serialize_str(name),
        }
    }
}

impl<'de> Deserialize<'de> for PriorSource {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Visitor;
        impl<'de> de::Visitor<'de> for Visitor {
            type Value = PriorSource;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("the name of a reference class, or a table with `mean`, `weight`, `sd` and `df`")
            }
            fn visit_str<E: de::Error>(self, name: &str) -> Result<PriorSource, E> {
                Ok(PriorSource::Class(name.to_owned()))
            }
            fn visit_map<A: de::MapAccess<'de>>(self, map: A) -> Result<PriorSource, A::Error> {
                Prior::deserialize(de::value::MapAccessDeserializer::new(map)).map(PriorSource::Numbers)
            }
        }
        deserializer.deserialize_any(Visitor)
    }
}

#[cfg(feature = "schema")]
impl schemars::JsonSchema for PriorSource {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "PriorSource".into()
    }
    fn json_schema(generator: &mut schemars::SchemaGenerator) -> schemars::Schema {
        let numbers = generator.subschema_for::<Prior>();
        schemars::json_schema!({
            "description": "The name of a reference class, or a prior in numbers.",
            "anyOf": [{ "type": "string" }, numbers]
        })
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
        let p = Estimate::default().prior(prior).posterior(&[4.0, 6.0]).unwrap();
        // Gelman et al. (2013), section 3.3: (2*2 + 2*5)/4; df 5; 3*1 + 2 + 2*2/4*(5-2)^2 = 14.
        assert_eq!((p.mean, p.weight, p.df), (3.5, 4.0, 5.0));
        assert!((p.scale * p.scale * p.df - 14.0).abs() < 1e-12);
    }

    #[test]
    fn nothing_to_learn_from_is_no_posterior() {
        assert_eq!(Estimate::default().posterior(&[5.0]), None);
        assert_eq!(Estimate::default().posterior(&[5.0, 5.0, 5.0]), None);
    }

    #[test]
    fn the_mean_of_a_volatility_is_above_its_mode_and_needs_two_degrees_of_freedom() {
        let p = Posterior { mean: 0.0, weight: 1.0, df: 7.0, scale: 2.0 };
        // scipy 1.17.1: scipy.stats.chi(7).expect(lambda x: 2 * 7**.5 / x).
        assert!((p.mean_volatility() - 2.251_737_7).abs() < 1e-6, "{}", p.mean_volatility());
        assert_eq!(Posterior { df: 1.0, ..p }.mean_volatility(), 2.0);
    }

    #[test]
    fn a_prior_is_a_name_or_numbers() {
        let read = |text: &str| toml::from_str::<Estimate>(text);
        assert_eq!(read("prior = 'world-gdp'").unwrap(), Estimate::default().class("world-gdp"));
        let numbers = "prior = { mean = 1.0, weight = 2.0, sd = 3.0, df = 4.0 }";
        let prior = Prior { mean: 1.0, weight: 2.0, sd: 3.0, df: 4.0 };
        assert_eq!(read(numbers).unwrap(), Estimate::default().prior(prior));
        for wrong in [
            "prior = 3",
            "prior = { mean = 1.0 }",
            "prior = { mean = 1.0, weight = 2.0, sd = 3.0, df = 4.0, x = 1 }",
        ] {
            assert!(read(wrong).is_err(), "{wrong}");
        }
        let written = toml::to_string(&Estimate::default().class("c")).unwrap();
        assert_eq!(written, "prior = \"c\"\n");
    }
}
