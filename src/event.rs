//! Events: shocks that may happen, at a yearly probability or at a date.
//!
//! Layer 2. The state s of an event adds `load * s[t]` to the growth of the indicators that it loads on:
//!
//! ```text
//! s[t] = persistence s[t-1] + B[t] J[t],   B[t] ~ Bernoulli(probability) in the years allowed
//! ```
//!
//! The probability is stated, or learned from how often the event has happened
//! ([`ObservedEvents`]; by [`crate::calibrate::EventRate`]).

use crate::evidence::Evidence;
use crate::quantity::Quantity;
use crate::time::Year;
use indexmap::IndexMap;
use serde::{Deserialize, Serialize};

/// A shock that may happen.
///
/// **Limiting cases.** probability 1 in one year: a dated, certain event; persistence 0: the growth of one
/// year is hit and the level stays where it fell. **Reference.** Merton (1976), Journal of Financial Economics 3, at yearly steps.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Event {
    /// Name in English.
    pub name: String,
    /// Name in Chinese.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name_zh: Option<String>,
    /// Probability that it happens in a year of `years`, each year anew; in [0, 1]. Either this or `observed`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub probability: Option<Quantity>,
    /// How often it has happened: the probability is learned from it, and drawn once per path.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub observed: Option<ObservedEvents>,
    /// First and last year in which it can happen; all simulated years when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub years: Option<(Year, Year)>,
    /// At most once per path.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub once: bool,
    /// J: size of one occurrence, drawn anew each time; the loads give its unit.
    #[serde(default = "one")]
    pub severity: Quantity,
    /// Share of s that is left a year later, in [0, 1).
    #[serde(default = "zero", skip_serializing_if = "is_zero")]
    pub persistence: Quantity,
    /// Change of each indicator's yearly growth (in its latent state) per unit of s.
    pub load: IndexMap<String, Quantity>,
    /// Where its numbers are from.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub source: Option<String>,
    /// Grade of the numbers that carry none of their own.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub evidence: Option<Evidence>,
}

/// A record of an event: how often it has happened, in how many years.
///
/// The rate a year has the gamma law of `events` and `prior.events` together as shape, and of all `years` together as
/// inverse scale. It is drawn once per path, and the event happens in a year with the probability `1 - e^-rate`.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct ObservedEvents {
    /// How many events were observed.
    pub events: u32,
    /// Years over which they were observed, > 0; those without an event count as well.
    pub years: f64,
    /// What was believed before; Jeffreys' prior, half an event in 0 years, when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub prior: Option<PriorEvents>,
}

/// A belief about the rate of an event, worth as much as a record: a gamma law.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct PriorEvents {
    /// Events that it is worth, > 0: the shape of the gamma law.
    pub events: f64,
    /// Years that it is worth, >= 0: the inverse scale of the gamma law.
    pub years: f64,
}

impl ObservedEvents {
    /// So many events in so many years, with Jeffreys' prior.
    pub fn new(events: u32, years: f64) -> Self {
        Self { events, years, prior: None }
    }
}

impl Event {
    /// An event with its probability a year, of severity 1, gone after a year, without loads.
    pub fn new(name: impl Into<String>, probability: impl Into<Quantity>) -> Self {
        Self { probability: Some(probability.into()), ..Self::named(name) }
    }

    /// An event that has happened before, of severity 1, gone after a year, without loads: its probability is learned.
    pub fn observed(name: impl Into<String>, record: ObservedEvents) -> Self {
        Self { observed: Some(record), ..Self::named(name) }
    }

    fn named(name: impl Into<String>) -> Self {
        Self {
            name: name.into(),
            name_zh: None,
            probability: None,
            observed: None,
            years: None,
            once: false,
            severity: one(),
            persistence: zero(),
            load: IndexMap::new(),
            source: None,
            evidence: None,
        }
    }

    /// First and last year in which it can happen.
    #[must_use]
    pub fn years(mut self, first: i32, last: i32) -> Self {
        self.years = Some((Year(first), Year(last)));
        self
    }

    /// At most once per path.
    #[must_use]
    pub fn once(mut self) -> Self {
        self.once = true;
        self
    }

    /// Size of one occurrence.
    #[must_use]
    pub fn severity(mut self, severity: impl Into<Quantity>) -> Self {
        self.severity = severity.into();
        self
    }

    /// Share that is left a year later.
    #[must_use]
    pub fn persistence(mut self, persistence: impl Into<Quantity>) -> Self {
        self.persistence = persistence.into();
        self
    }

    /// Change of an indicator's yearly growth per unit of severity.
    #[must_use]
    pub fn load(mut self, indicator: impl Into<String>, load: impl Into<Quantity>) -> Self {
        self.load.insert(indicator.into(), load.into());
        self
    }
}

fn one() -> Quantity {
    Quantity::number(1.0)
}

fn zero() -> Quantity {
    Quantity::number(0.0)
}

fn is_zero(quantity: &Quantity) -> bool {
    *quantity == zero()
}
