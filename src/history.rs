//! Histories: the past of an indicator as it is written, and as it is learned from.
//!
//! Layer 2. A scenario reads the values (from a file, or written in it); what they say of the truth, exactly or within
//! bounds or with an error, is a [`Recorded`], from which [`crate::calibrate`] learns.

use crate::calibrate::Observed;
use crate::evidence::Evidence;
use crate::time::Year;
use indexmap::IndexMap;
use serde::{Deserialize, Deserializer, Serialize, Serializer, de};
use std::fmt;
use std::path::PathBuf;

/// The past of an indicator: values here, or a series of a CSV file beside the scenario with the columns
/// `indicator_id`, `year`, `value` and, if tags matter, `note`.
///
/// Values are exact, unless it is said how far they can be trusted: `rounding` for figures printed with few digits (`as_printed`: each as the file has it), `error`
/// for rows whose note carries a tag, `bounds` for years of which a source only says "over" or "under". Charts draw the
/// values; what is learned takes each as what it is (see [`crate::calibrate::Observation`]).
///
/// ```toml
/// history = { file = "history.csv", series = "gdp_real_growth", form = "growth_percent", without = ["conflict"], rounding = 0.1, error = { estimate = { sd = 0.3 } } }
/// ```
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct History {
    /// The CSV file.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub file: Option<PathBuf>,
    /// The `indicator_id` in it; the indicator's own id when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub series: Option<String>,
    /// What the values are.
    #[serde(default)]
    pub form: HistoryForm,
    /// Rows whose note has one of these tags, as `[conflict]`, are left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub without: Option<Vec<String>>,
    /// First year used.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub from: Option<Year>,
    /// Last year used.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub to: Option<Year>,
    /// How the values were rounded: the truth lies within half of the last digit either way.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rounding: Option<Rounding>,
    /// Other series of the file that bound the years without a value of their own.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub bounds: Option<HistoryBounds>,
    /// Error of the rows whose note has a tag, by tag: `{ rough = { relative = 0.03 } }`. Of several tags the largest counts.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub error: Option<IndexMap<String, ReportedError>>,
    /// Grade of the values; statistics when absent. What is learned from them is never graded better.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub evidence: Option<Evidence>,
    /// Folder of the scenario file that names `file`; set by the loader, not written.
    #[serde(skip)]
    pub folder: PathBuf,
    /// The values themselves, year by year, instead of a file.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub values: Option<IndexMap<String, f64>>,
}

/// What the values of a history are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum HistoryForm {
    /// Levels, in the unit of the indicator.
    #[default]
    Level,
    /// Growth on the year before, in per cent; levels are counted back from the baseline.
    GrowthPercent,
}

/// How the values of a history were rounded: a number, or the words `as_printed`.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Rounding {
    /// To multiples of this, in the unit of the values, > 0.
    To(f64),
    /// Each to the last digit that the file prints of it: 3.9 to a tenth, 3.83 to a hundredth, 62 to a whole. Only for the values of a file.
    AsPrinted,
}

impl Rounding {
    /// The word in a file.
    const AS_PRINTED: &str = "as_printed";

    /// Half of the last digit of a value; `printed` is the unit of its last digit in the file, where it stands in one.
    pub(crate) fn half(self, printed: Option<f64>) -> f64 {
        match self {
            Self::To(unit) => 0.5 * unit,
            Self::AsPrinted => 0.5 * printed.unwrap_or(0.0),
        }
    }
}

impl From<f64> for Rounding {
    fn from(unit: f64) -> Self {
        Self::To(unit)
    }
}

impl Serialize for Rounding {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::To(unit) => serializer.serialize_f64(*unit),
            Self::AsPrinted => serializer.serialize_str(Self::AS_PRINTED),
        }
    }
}

impl<'de> Deserialize<'de> for Rounding {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Visitor;
        impl de::Visitor<'_> for Visitor {
            type Value = Rounding;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a number such as 0.1, or `as_printed`")
            }
            fn visit_f64<E: de::Error>(self, unit: f64) -> Result<Rounding, E> {
                Ok(Rounding::To(unit))
            }
            fn visit_i64<E: de::Error>(self, unit: i64) -> Result<Rounding, E> {
                Ok(Rounding::To(unit as f64))
            }
            fn visit_u64<E: de::Error>(self, unit: u64) -> Result<Rounding, E> {
                Ok(Rounding::To(unit as f64))
            }
            fn visit_str<E: de::Error>(self, word: &str) -> Result<Rounding, E> {
                match word {
                    Rounding::AS_PRINTED => Ok(Rounding::AsPrinted),
                    _ => Err(E::invalid_value(de::Unexpected::Str(word), &self)),
                }
            }
        }
        deserializer.deserialize_any(Visitor)
    }
}

#[cfg(feature = "schema")]
impl schemars::JsonSchema for Rounding {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "Rounding".into()
    }
    fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
        schemars::json_schema!({
            "description": "How the values of a history were rounded: to multiples of a number, or each to the last digit that is printed.",
            "anyOf": [{ "type": "number", "exclusiveMinimum": 0 }, { "const": "as_printed" }],
        })
    }
}

/// Series of the same file, in the form of the values, that bound the years which have no value of their own: "over 3500".
///
/// A bound is learned from and not drawn in charts. One that contradicts a value, or the other bound, is refused.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct HistoryBounds {
    /// The `indicator_id` of lower bounds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub at_least: Option<String>,
    /// The `indicator_id` of upper bounds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub at_most: Option<String>,
}

/// How far off a reported value may be: the standard deviation of a normal error.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum ReportedError {
    /// In the unit of the values, > 0; percentage points for growth in per cent.
    Sd(f64),
    /// As a share of the value, > 0; for levels only, because growth can be 0.
    Relative(f64),
}

impl ReportedError {
    /// The standard deviation of the error of a value, in the unit of the value.
    pub fn sd(self, value: f64) -> f64 {
        match self {
            Self::Sd(sd) => sd,
            Self::Relative(share) => share * value.abs(),
        }
    }
}

/// A history as it is learned from: what was observed, in the latent state of the indicator.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Recorded {
    /// Whether levels or growth were observed.
    pub form: HistoryForm,
    /// Latent states (log levels for a log link) or, where growth in per cent was reported, latent growth by the later year.
    pub observed: Observed,
    /// Grade of the values.
    pub evidence: Option<Evidence>,
}
