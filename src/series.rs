//! Yearly series: the history of an indicator.
//!
//! Layer 0.

use crate::time::Year;
use std::collections::BTreeMap;

/// Values of some years, in order, each year once; years may be missing.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Series {
    values: BTreeMap<Year, f64>,
}

impl Series {
    /// From (year, value) pairs; a later value of the same year replaces the earlier one.
    pub fn new(values: impl IntoIterator<Item = (Year, f64)>) -> Self {
        Self { values: values.into_iter().collect() }
    }

    /// The value of a year.
    pub fn get(&self, year: Year) -> Option<f64> {
        self.values.get(&year).copied()
    }

    /// (year, value) in the order of the years.
    pub fn iter(&self) -> impl Iterator<Item = (Year, f64)> + '_ {
        self.values.iter().map(|(y, v)| (*y, *v))
    }

    /// How many years have a value.
    pub fn len(&self) -> usize {
        self.values.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.values.is_empty()
    }
}
