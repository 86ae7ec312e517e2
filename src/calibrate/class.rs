//! Reference classes: what is believed of a unit because of units like it.

use super::growth::GrowthPrior;
use crate::error::Fault;
use crate::evidence::Evidence;
use serde::{Deserialize, Serialize};

/// What the units of a panel say of one more unit like them.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ReferenceClass {
    /// What the class is.
    pub name: String,
    /// Where its panel is from.
    pub source: String,
    /// Grade of its numbers.
    pub evidence: Evidence,
    /// What is believed of a unit.
    pub prior: GrowthPrior,
}

const WORLD_GDP: &str = "name = 'World GDP'\nsource = 'sketch'\nevidence = 'derived'\n[prior]\ndrift.normal = { mean = 0.038, sd = 0.012 }\npersistence.normal = { mean = 0.3, sd = 0.15 }\nvolatility.scaled = { df = 5.0, scale = 0.03 }\nmoving = { sd = 0.012, persistence = 0.85 }\nturbulence = { sd = 0.9, persistence = 0.9 }\nspread = 0.9\n";

impl ReferenceClass {
    /// Names of the classes that are shipped.
    pub fn shipped_names() -> impl Iterator<Item = &'static str> {
        ["world-gdp"].into_iter()
    }

    /// A class that is shipped.
    pub fn shipped(name: &str) -> Option<Self> {
        (name == "world-gdp").then(|| Self::from_toml(WORLD_GDP).ok()).flatten()
    }

    /// Reads a class.
    ///
    /// # Errors
    /// A [`Fault`].
    pub fn from_toml(text: &str) -> Result<Self, Fault> {
        let class: Self = toml::from_str(text).map_err(|e| Fault::new("", e.message().to_owned()))?;
        class.prior.check()?;
        Ok(class)
    }
}
