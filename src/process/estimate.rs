//! Drift and volatility to be learned from a short history: what a scenario says of it. How it is learned:
//! [`crate::calibrate::DriftPosterior`].

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
/// **In closed form** where every value is known exactly and no year is missing, the persistence is a stated number, and the prior is
/// numbers or none. Growth y of the years used is taken as y\[t\] ~ N(mu, sigma^2), independent (for an
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
/// notice says so; else refused. Fewer than three figures, or growth that never varied: refused without such a prior. Gaps: the sampler draws the years
/// between; growth that is given by itself and does not persist stands alone, and the years without it are left out (a notice lists them). Unsorted or doubled years of a file,
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

    /// Whether a year is one of those that are learned from.
    pub(crate) fn covers(&self, year: Year) -> bool {
        self.from.is_none_or(|from| year >= from) && self.to.is_none_or(|to| year <= to)
    }

    /// The prior in numbers, where it is that.
    pub fn numbers(&self) -> Option<&Prior> {
        match &self.prior {
            Some(PriorSource::Numbers(prior)) => Some(prior),
            _ => None,
        }
    }
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
