//! Years and the horizon of a plan.
//!
//! Layer 0. A plan has a base year t0, whose values are the baselines, and yearly steps
//! t0+1 … T. All levels are of the year's end or of the whole year, as the indicator defines.

use serde::{Deserialize, Deserializer, Serialize, Serializer, de};
use std::fmt;

/// A calendar year.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Year(pub i32);

impl fmt::Display for Year {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.0)
    }
}

/// Written as an integer; as the key of a table (which TOML wants as text) as its digits.
impl Serialize for Year {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_i32(self.0)
    }
}

impl<'de> Deserialize<'de> for Year {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Visitor;
        impl de::Visitor<'_> for Visitor {
            type Value = Year;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a year such as 2030")
            }
            fn visit_i64<E: de::Error>(self, v: i64) -> Result<Year, E> {
                i32::try_from(v)
                    .ok()
                    .filter(|y| (1..=9999).contains(y))
                    .map(Year)
                    .ok_or_else(|| E::invalid_value(de::Unexpected::Signed(v), &self))
            }
            fn visit_u64<E: de::Error>(self, v: u64) -> Result<Year, E> {
                self.visit_i64(i64::try_from(v).unwrap_or(i64::MAX))
            }
            fn visit_str<E: de::Error>(self, v: &str) -> Result<Year, E> {
                match v.parse::<i64>() {
                    Ok(year) => self.visit_i64(year),
                    Err(_) => Err(E::invalid_value(de::Unexpected::Str(v), &self)),
                }
            }
        }
        deserializer.deserialize_any(Visitor)
    }
}

#[cfg(feature = "schema")]
impl schemars::JsonSchema for Year {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "Year".into()
    }
    fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
        schemars::json_schema!({ "type": "integer", "minimum": 1, "maximum": 9999 })
    }
}

/// The base year and the last year of a plan: at least one step apart, at most [`Horizon::MAX_STEPS`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Horizon {
    base: Year,
    last: Year,
}

impl Horizon {
    /// The most yearly steps that a plan may have.
    pub const MAX_STEPS: usize = 200;

    /// `None` unless `base < last <= base + MAX_STEPS`.
    pub fn new(base: Year, last: Year) -> Option<Self> {
        let steps = i64::from(last.0) - i64::from(base.0);
        (1..=Self::MAX_STEPS as i64).contains(&steps).then_some(Self { base, last })
    }

    /// The base year t0, the year of the baselines.
    pub fn base(&self) -> Year {
        self.base
    }

    /// The last year T.
    pub fn last(&self) -> Year {
        self.last
    }

    /// Number of yearly steps T - t0.
    pub fn steps(&self) -> usize {
        (self.last.0 - self.base.0) as usize
    }

    /// The simulated years t0+1 … T.
    pub fn years(&self) -> impl Iterator<Item = Year> + Clone + use<> {
        (self.base.0 + 1..=self.last.0).map(Year)
    }

    /// Number of the step of a simulated year: 1 for t0+1; `None` outside t0+1 … T.
    pub fn step(&self, year: Year) -> Option<usize> {
        (year > self.base && year <= self.last).then(|| (year.0 - self.base.0) as usize)
    }
}
