//! What is written: the mirror of a scenario file, which the builder in Rust fills in as well.
//!
//! File and builder meet here, before [`Draft::validate`], so every rule exists once.

use super::lever::Lever;
use crate::event::Event;
use crate::evidence::Evidence;
use crate::history::History;
use crate::innovation::Innovation;
use crate::link::Link;
use crate::process::{Process, Step};
use crate::quantity::Quantity;
use crate::regime::Regime;
use crate::target::{Measure, Measured, Nature, Side};
use crate::time::Year;
use indexmap::IndexMap;
use serde::{Deserialize, Serialize};
use std::path::PathBuf;
use std::sync::Arc;

/// The version of the scenario format that this crate writes and the only one that it reads.
pub const FORMAT: u32 = 1;

/// A scenario as written, complete (after `extends`) but not yet checked.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[cfg_attr(feature = "schema", schemars(rename = "Scenario"))]
#[serde(deny_unknown_fields)]
pub struct Draft {
    /// Version of the format: 1.
    pub plancast: u32,
    /// Another scenario file, beside this one, that this one adds to and changes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub extends: Option<PathBuf>,
    /// What plan it is.
    pub plan: Plan,
    /// Indicators by id, in the order of the plan.
    #[serde(default, skip_serializing_if = "IndexMap::is_empty")]
    pub indicator: IndexMap<String, IndicatorDraft>,
    /// Common factors of the yearly innovations, by id.
    #[serde(default, skip_serializing_if = "IndexMap::is_empty")]
    pub factor: IndexMap<String, Factor>,
    /// How the yearly innovations are correlated.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub correlation: Option<CorrelationDraft>,
    /// Shocks that may happen, by id.
    #[serde(default, skip_serializing_if = "IndexMap::is_empty")]
    pub event: IndexMap<String, Event>,
    /// Markov chains of states of the world, by id.
    #[serde(default, skip_serializing_if = "IndexMap::is_empty")]
    pub regime: IndexMap<String, Regime>,
    /// What money could do for the plan, by id.
    #[serde(default, skip_serializing_if = "IndexMap::is_empty")]
    pub lever: IndexMap<String, Lever>,
    /// Targets by id, in the order of the plan.
    #[serde(default, skip_serializing_if = "IndexMap::is_empty")]
    pub target: IndexMap<String, TargetDraft>,
    /// Named changes of this scenario, by id.
    #[serde(default, skip_serializing_if = "IndexMap::is_empty")]
    pub variant: IndexMap<String, Variant>,
}

/// The plan's name, years and source.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Plan {
    /// Name in English.
    pub name: String,
    /// Name in Chinese.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name_zh: Option<String>,
    /// The base year t0, the year of the baselines.
    pub base_year: Year,
    /// The last year simulated, T.
    pub last_year: Year,
    /// What the scenario is, in a few sentences.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub about: Option<String>,
    /// Where the plan is from; stands under the charts.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub source: Option<String>,
    /// The same in Chinese.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub source_zh: Option<String>,
}

/// An indicator: a process of its own (with a baseline), or a formula over others.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct IndicatorDraft {
    /// Name in English.
    pub name: String,
    /// Name in Chinese.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name_zh: Option<String>,
    /// Unit in English.
    pub unit: String,
    /// Unit in Chinese.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub unit_zh: Option<String>,
    /// The link between level and state; log when absent.
    #[serde(default)]
    pub link: Link,
    /// Level in the base year, in the unit. A formula needs none, unless it looks at the year before.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub baseline: Option<Quantity>,
    /// How it moves by itself.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub process: Option<Process>,
    /// The law of its yearly innovation; normal when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub innovation: Option<Innovation>,
    /// Indicators whose growth it follows, by id.
    #[serde(default, skip_serializing_if = "IndexMap::is_empty")]
    pub driver: IndexMap<String, Driver>,
    /// A formula over the levels of other indicators, instead of a process:
    /// `gdp / employment`; `knowledge[-1]` is the level of the year before.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub formula: Option<String>,
    /// Its past.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub history: Option<History>,
    /// Where its numbers are from, unless they say otherwise.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub source: Option<String>,
    /// Grade of its numbers that carry none of their own; assumption when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub evidence: Option<Evidence>,
    /// Why it is modelled as it is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
    /// A process of the user's own, instead of `process`; only in Rust.
    #[serde(skip)]
    pub custom: Option<OwnProcess>,
}

/// A process of the user's own; equal only to itself.
#[derive(Debug, Clone)]
pub struct OwnProcess(pub Arc<dyn Step>);

impl PartialEq for OwnProcess {
    fn eq(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.0, &other.0)
    }
}

/// A measure of the user's own; equal only to itself.
#[derive(Debug, Clone)]
pub struct OwnMeasure(pub Arc<dyn Measured>);

impl PartialEq for OwnMeasure {
    fn eq(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.0, &other.0)
    }
}

/// A driver: adds `elasticity * dx[driver, t - lag]` to the growth of the indicator.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Driver {
    /// Change of the indicator's growth per unit of the driver's growth (both in their latent states).
    pub elasticity: Quantity,
    /// Years by which it lags behind; 0: the same year. Years before the base year need the
    /// driver's history; the growth of the base year can be its `last_growth` as well.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub lag: u32,
}

fn is_zero(lag: &u32) -> bool {
    *lag == 0
}

/// A common factor: a standard normal of each year that several innovations share.
///
/// The normal score of indicator i is `sum_f load_if F_f + sqrt(1 - sum_f load_if^2) e_i`, so the
/// correlation of two indicators is the sum of the products of their loads.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Factor {
    /// Name in English.
    pub name: String,
    /// Name in Chinese.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name_zh: Option<String>,
    /// Correlation of each indicator's innovation with the factor, in [-1, 1].
    pub load: IndexMap<String, f64>,
    /// Where its loads are from.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub source: Option<String>,
    /// Grade of its loads.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub evidence: Option<Evidence>,
}

/// How the yearly innovations are correlated. Needed as soon as two indicators are uncertain.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum CorrelationDraft {
    /// Explicitly none.
    Independent,
    /// By the common factors of `[factor.*]`.
    Factors,
    /// A matrix.
    Matrix(MatrixDraft),
    /// Pair by pair; pairs not named are uncorrelated.
    Pairs(PairsDraft),
    /// Estimated from the indicators' own histories, drawn towards a simple target by as much as it is uncertain.
    Shrunk(ShrunkDraft),
}

/// A correlation matrix; indicators not named are uncorrelated with all others.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct MatrixDraft {
    /// The indicators of the rows and columns.
    pub indicators: Vec<String>,
    /// The rows.
    pub rows: Vec<Vec<f64>>,
    /// Replace a matrix that is no correlation matrix by the nearest one (Higham 2002), and report it.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub repair: bool,
}

/// Correlations pair by pair.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct PairsDraft {
    /// (indicator, indicator, correlation).
    pub of: Vec<(String, String, f64)>,
    /// Replace a matrix that is no correlation matrix by the nearest one (Higham 2002), and report it.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub repair: bool,
}

/// A correlation matrix estimated with shrinkage (Schaefer and Strimmer 2005) from what the histories of some indicators
/// leave of their innovations: growth, less what persistence, pull and drivers make of it where these are stated (at the
/// median of what is uncertain). Where persistence is learned it is growth itself, whose correlation is near that of the
/// innovations when both persist alike. Indicators not named are uncorrelated with all others.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct ShrunkDraft {
    /// The indicators; each has a history, and each two have at least 4 years in common.
    pub indicators: Vec<String>,
    /// What the sample is drawn towards.
    pub target: ShrunkTarget,
    /// First year used.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub from: Option<Year>,
    /// Last year used.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub to: Option<Year>,
}

/// What sample correlations are drawn towards.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum ShrunkTarget {
    /// No correlation.
    Identity,
    /// The mean of all correlations, for three indicators or more.
    Equicorrelated,
    /// The mean of all correlations within these groups, and that of those between them; an indicator in none is a group by itself.
    Block(Vec<Vec<String>>),
}

/// A target: a measure of an indicator with a bound, or a combination of other targets.
///
/// Exactly one of `at_least`, `at_most`, `about` (with `tolerance`), `all`, `any`, `at_least_k`,
/// or the measure `keep_pace` with `with`.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct TargetDraft {
    /// Name in English; the indicator's when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// Name in Chinese.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name_zh: Option<String>,
    /// Number in the plan.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub number: Option<u32>,
    /// Unit of the measure in English, where it is not the indicator's: the sum of a yearly flow. Rates are in per cent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub unit: Option<String>,
    /// Unit of the measure in Chinese.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub unit_zh: Option<String>,
    /// The indicator measured.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub indicator: Option<String>,
    /// What is measured.
    #[serde(default)]
    pub measure: Measure,
    /// The measure must be at least this.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub at_least: Option<Quantity>,
    /// The measure must be at most this.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub at_most: Option<Quantity>,
    /// The measure must be about this, within `tolerance`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub about: Option<Quantity>,
    /// The tolerance of `about` or of `keep_pace`, in the unit of the measure.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tolerance: Option<Quantity>,
    /// The side of `about` that counts; both when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub side: Option<Side>,
    /// The boundary itself does not count as met ("over", "under").
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub strict: bool,
    /// The indicator to keep pace with.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub with: Option<String>,
    /// Met when all of these targets are.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub all: Option<Vec<String>>,
    /// Met when one of these targets is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub any: Option<Vec<String>>,
    /// Met when at least `k` of these targets are.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub at_least_k: Option<AtLeastK>,
    /// The year as at which it is measured; the last year when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub year: Option<Year>,
    /// Binding or anticipatory.
    #[serde(default)]
    pub nature: Nature,
    /// The level above assigns the value; the one given here is the scenario's assumption while it is unknown.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub assigned: bool,
    /// The wording of the plan, where the reading is a choice.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub wording: Option<String>,
    /// Where it is from.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub source: Option<String>,
    /// Grade of its bound; plan when absent, assumption when assigned.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub evidence: Option<Evidence>,
    /// Why it is read as it is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
    /// A measure of the user's own, instead of `measure`; only in Rust.
    #[serde(skip)]
    pub custom: Option<OwnMeasure>,
}

/// At least `k` of these.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct AtLeastK {
    /// How many.
    pub k: usize,
    /// Which targets.
    pub of: Vec<String>,
}

/// A named change of a scenario: a patch laid over it, with its reasoning.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Variant {
    /// Name in English.
    pub name: String,
    /// Name in Chinese.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name_zh: Option<String>,
    /// Why it is of interest and where its numbers are from.
    pub reasoning: String,
    /// The same structure as a scenario, with only what changes.
    #[cfg_attr(feature = "schema", schemars(with = "serde_json::Value"))]
    pub patch: toml::Table,
}
