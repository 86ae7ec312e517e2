//! What is meant: a scenario that is complete, checked and read-only.

use super::change::Change;
use super::draft::{Draft, OwnMeasure, OwnProcess};
use super::learning::Learning;
use super::lever::Lever;
use super::update::Update;
use crate::event::Event;
use crate::evidence::Evidence;
use crate::formula::Formula;
use crate::history::Recorded;
use crate::innovation::Innovation;
use crate::label::Label;
use crate::link::Link;
use crate::process::Dynamics;
use crate::quantity::Quantity;
use crate::random::Laws;
use crate::regime::Regime;
use crate::series::Series;
use crate::target::{Bound, Combination, Measure, Nature};
use crate::time::{Horizon, Year};
use indexmap::IndexMap;
use std::sync::Arc;

/// A plan as meant. Made by [`Draft::validate`] or [`Scenario::load`]; every id in it exists, every number is in its range.
#[derive(Debug, Clone)]
pub struct Scenario {
    pub(crate) draft: Draft,
    pub(crate) name: Label,
    pub(crate) source: Option<Label>,
    pub(crate) horizon: Horizon,
    pub(crate) variant: Option<String>,
    pub(crate) indicators: IndexMap<String, Indicator>,
    pub(crate) correlation: Correlated,
    pub(crate) events: IndexMap<String, Event>,
    pub(crate) regimes: IndexMap<String, Regime>,
    pub(crate) levers: IndexMap<String, Lever>,
    pub(crate) targets: IndexMap<String, Target>,
    /// Made since it was written; by id.
    pub(crate) changes: IndexMap<String, Change>,
    pub(crate) notices: Vec<String>,
    /// Its laws, made once for it and for all that is made of it by changes.
    pub(crate) laws: Arc<Laws>,
    /// What came of its first years.
    pub(crate) update: Update,
}

/// An indicator as meant.
#[derive(Debug, Clone)]
pub struct Indicator {
    /// Name.
    pub name: Label,
    /// Unit.
    pub unit: Label,
    /// Link between level and state.
    pub link: Link,
    /// Where its values come from.
    pub motion: Motion,
    /// Past levels, in the unit, at most up to the base year; empty when unknown. Here and below, what is learned from actuals is past as well.
    pub history: Series,
    /// Past growth in the latent state, by the later year; from the levels, or as given.
    pub growth: Series,
    /// The same past as it is learned from: with its bounds, rounding and errors.
    pub recorded: Recorded,
    /// Grade of its numbers that carry none of their own.
    pub evidence: Evidence,
    /// Where its numbers are from.
    pub source: Option<String>,
}

/// Where the values of an indicator come from.
#[derive(Debug, Clone)]
pub enum Motion {
    /// The growth equation.
    Process(Box<Moved>),
    /// A formula over other indicators.
    Formula {
        /// The formula.
        formula: Formula,
        /// The level of the base year, where the formula itself cannot give it.
        baseline: Option<Quantity>,
    },
}

/// The growth equation of one indicator.
#[derive(Debug, Clone)]
pub struct Moved {
    /// Level in the base year.
    pub baseline: Quantity,
    /// Coefficients; the default where `custom` is given.
    pub dynamics: Dynamics,
    /// What the coefficients that are not stated are learned from.
    pub learning: Option<Learning>,
    /// A process of the user's own instead.
    pub custom: Option<OwnProcess>,
    /// The law of the innovation.
    pub innovation: Innovation,
    /// (driver's id, elasticity, lag).
    pub drivers: Vec<(String, Quantity, u32)>,
}

/// Correlation of the normal scores of the yearly innovations, checked.
#[derive(Debug, Clone)]
pub enum Correlated {
    /// None.
    Independent,
    /// By common factors: factor id to loads by indicator.
    Factors(IndexMap<String, IndexMap<String, f64>>),
    /// By a positive semi-definite matrix over some indicators.
    Matrix {
        /// Rows and columns.
        indicators: Vec<String>,
        /// The rows.
        rows: Vec<Vec<f64>>,
    },
}

/// A target as meant.
#[derive(Debug, Clone)]
pub struct Target {
    /// Name.
    pub name: Label,
    /// Number in the plan.
    pub number: Option<u32>,
    /// Unit of the measure, where it is not the indicator's.
    pub unit: Option<Label>,
    /// What has to hold.
    pub condition: Condition,
    /// The year as at which it is measured.
    pub year: Year,
    /// Binding or anticipatory.
    pub nature: Nature,
    /// Whether its value is assigned by the level above and assumed here.
    pub assigned: bool,
    /// Grade of the bound.
    pub evidence: Evidence,
    /// Where it is from.
    pub source: Option<String>,
}

/// What has to hold for a target to be met.
#[derive(Debug, Clone)]
#[expect(clippy::large_enum_variant, reason = "a plan has few targets")]
pub enum Condition {
    /// A bound on a measure of an indicator.
    Bounded {
        /// The indicator's id; none for a measure of the user's own.
        indicator: Option<String>,
        /// What is measured.
        measure: Measure,
        /// The indicator to keep pace with.
        with: Option<String>,
        /// A measure of the user's own instead.
        custom: Option<OwnMeasure>,
        /// The bound; for `keep_pace` at least minus the tolerance.
        bound: Bound,
        /// Whether the boundary does not count as met.
        strict: bool,
    },
    /// A combination of other targets.
    Combined(Combination),
}

impl Scenario {
    /// Name of the plan.
    pub fn name(&self) -> &Label {
        &self.name
    }

    /// Base year and last year.
    pub fn horizon(&self) -> Horizon {
        self.horizon
    }

    /// The variant that was laid over it.
    pub fn variant(&self) -> Option<&str> {
        self.variant.as_deref()
    }

    /// Indicators by id, in the order of the plan.
    pub fn indicators(&self) -> &IndexMap<String, Indicator> {
        &self.indicators
    }

    /// Targets by id, in the order of the plan.
    pub fn targets(&self) -> &IndexMap<String, Target> {
        &self.targets
    }

    /// Where the plan is from.
    pub fn source(&self) -> Option<&Label> {
        self.source.as_ref()
    }

    /// Shocks that may happen, by id.
    pub fn events(&self) -> &IndexMap<String, Event> {
        &self.events
    }

    /// Markov chains of states of the world, by id.
    pub fn regimes(&self) -> &IndexMap<String, Regime> {
        &self.regimes
    }

    /// Correlation of the innovations.
    pub fn correlation(&self) -> &Correlated {
        &self.correlation
    }

    /// Name of a variant; its id where it has none.
    pub(crate) fn variant_name(&self, id: &str) -> Label {
        match self.draft.variant.get(id) {
            Some(variant) => Label::both(variant.name.clone(), variant.name_zh.clone()),
            None => Label::new(id),
        }
    }

    /// What was changed to make the scenario usable, for instance a repaired correlation matrix.
    pub fn notices(&self) -> &[String] {
        &self.notices
    }

    /// The scenario as written, for writing it again.
    pub fn draft(&self) -> &Draft {
        &self.draft
    }
}
