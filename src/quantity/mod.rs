//! A number of a scenario: known, uncertain, or changing over the years; with its source and grade.
//!
//! Layer 0. In a file a quantity is a plain number or a table:
//!
//! ```toml
//! drift = 0.045
//! drift = { value = 0.045, source = "own estimate", evidence = "derived" }
//! drift = { normal = { mean = 0.045, sd = 0.01 }, evidence = "assumption" }
//! drift = { normal = { mean = 0.045, sd = 0.01 }, between = [0.0, 0.09] }
//! drift = { by_year = { 2026 = 0.05, 2028 = 0.045 }, plus = { normal = { mean = 0.0, sd = 0.01 } } }
//! ```
//!
//! An uncertain quantity is drawn **once per path**: it is something that is not known, not
//! something that happens anew each year.

mod family;
mod file;

pub use family::{Beta, Family, Gamma, LogNormal, Normal, StudentT, Triangular, TwoPieceNormal, Uniform};

use crate::evidence::Evidence;
use crate::time::Year;
use std::collections::BTreeMap;

/// A number, a distribution or a course over the years, with source and evidence.
#[derive(Debug, Clone, PartialEq)]
pub struct Quantity {
    /// What is known of it.
    pub value: Value,
    /// Where it is from.
    pub source: Option<String>,
    /// How far it can be trusted; the grade of what contains it when absent.
    pub evidence: Option<Evidence>,
}

/// What is known of a quantity.
#[derive(Debug, Clone, PartialEq)]
pub enum Value {
    /// One number.
    Number(f64),
    /// A distribution, drawn once per path.
    Uncertain(Distribution),
    /// A course over the years.
    ByYear(Course),
}

/// A course over the years: the years given, straight lines between them, the first value
/// before the first year given, the last one after the last; plus a shift common to all years.
#[derive(Debug, Clone, PartialEq)]
pub struct Course {
    /// Values in the years given.
    pub years: BTreeMap<Year, f64>,
    /// A shift added to every year, drawn once per path.
    pub plus: Option<Distribution>,
}

/// A distribution with optional truncation.
#[derive(Debug, Clone, PartialEq)]
pub struct Distribution {
    /// The family and its parameters, in the unit of the quantity.
    pub family: Family,
    /// Values outside are impossible; the rest is scaled up.
    pub between: Option<(f64, f64)>,
}

impl Quantity {
    /// A known number without a source.
    pub fn number(value: f64) -> Self {
        Self { value: Value::Number(value), source: None, evidence: None }
    }

    /// An uncertain quantity without a source.
    pub fn uncertain(family: impl Into<Family>) -> Self {
        let value = Value::Uncertain(Distribution { family: family.into(), between: None });
        Self { value, source: None, evidence: None }
    }

    /// A normal law: mean and standard deviation, in the unit of the quantity.
    pub fn normal(mean: f64, sd: f64) -> Self {
        Self::uncertain(Normal { mean, sd })
    }

    /// Every value between two ends equally likely.
    pub fn uniform(low: f64, high: f64) -> Self {
        Self::uncertain(Uniform { low, high })
    }

    /// A triangular law: lower end, most likely value, upper end.
    pub fn triangular(low: f64, mode: f64, high: f64) -> Self {
        Self::uncertain(Triangular { low, mode, high })
    }

    /// Values outside `low..high` are impossible; the rest of the law is scaled up.
    /// Without effect on a number.
    #[must_use]
    pub fn between(mut self, low: f64, high: f64) -> Self {
        if let Value::Uncertain(law) = &mut self.value {
            law.between = Some((low, high));
        }
        self
    }

    /// A course over the years without a source.
    pub fn by_year(years: impl IntoIterator<Item = (i32, f64)>) -> Self {
        let years = years.into_iter().map(|(y, v)| (Year(y), v)).collect();
        Self { value: Value::ByYear(Course { years, plus: None }), source: None, evidence: None }
    }

    /// Adds the grade.
    #[must_use]
    pub fn evidence(mut self, evidence: Evidence) -> Self {
        self.evidence = Some(evidence);
        self
    }

    /// Adds the source.
    #[must_use]
    pub fn source(mut self, source: impl Into<String>) -> Self {
        self.source = Some(source.into());
        self
    }

    /// The number, where it is one.
    pub fn as_number(&self) -> Option<f64> {
        match self.value {
            Value::Number(x) => Some(x),
            _ => None,
        }
    }
}

impl From<f64> for Quantity {
    fn from(value: f64) -> Self {
        Self::number(value)
    }
}

impl Course {
    /// The value in a year, without the shift; 0 when no year is given.
    pub fn at(&self, year: Year) -> f64 {
        let after = self.years.range(year..).next();
        let before = self.years.range(..=year).next_back();
        match (before, after) {
            (Some((y0, v0)), Some((y1, v1))) if y0 < y1 => {
                let share = f64::from(year.0 - y0.0) / f64::from(y1.0 - y0.0);
                v0 + share * (v1 - v0)
            }
            (Some((_, v)), _) | (None, Some((_, v))) => *v,
            (None, None) => 0.0,
        }
    }
}
