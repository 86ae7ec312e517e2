//! Formulas over indicators.

/// A parsed formula.
#[derive(Debug, Clone, PartialEq)]
pub struct Formula;
