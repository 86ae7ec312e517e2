//! What is measured on a path, as at a year t of the plan with base year t0.

use serde::{Deserialize, Serialize};

/// The measure of a target. X is the level of the target's indicator, n = t - t0.
///
/// | measure | value as at year t | unit |
/// |---|---|---|
/// | `level` | X\[t\] | of the indicator |
/// | `average_growth` | (X\[t\]/X\[t0\])^(1/n) - 1, geometric | a year |
/// | `average_growth_arithmetic` | mean of X\[s\]/X\[s-1\] - 1, s = t0+1..t | a year |
/// | `cumulative` | sum of X\[s\], s = t0+1..t | of the indicator |
/// | `change` | X\[t\]/X\[t0\] - 1 | 1 |
/// | `difference` | X\[t\] - X\[t0\] | of the indicator |
/// | `every_year` | the worst X\[s\], s = t0+1..t: the least for `at_least`, the greatest for `at_most` | of the indicator |
/// | `keep_pace` | average growth of X less that of the indicator `with` | a year |
///
/// A geometric and an arithmetic average of 5 % are different events: the geometric one is never above the other.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Measure {
    /// The level at the year.
    #[default]
    Level,
    /// Geometric average growth since the base year.
    AverageGrowth,
    /// Arithmetic average of the yearly growth rates since the base year.
    AverageGrowthArithmetic,
    /// Sum of the yearly flows after the base year.
    Cumulative,
    /// Relative change since the base year.
    Change,
    /// Absolute change since the base year.
    Difference,
    /// The condition holds in each year after the base year.
    EveryYear,
    /// Average growth compared with that of another indicator.
    KeepPace,
}

impl Measure {
    /// Whether the measure is a rate, which is shown in per cent.
    pub fn is_rate(self) -> bool {
        matches!(self, Self::AverageGrowth | Self::AverageGrowthArithmetic | Self::Change | Self::KeepPace)
    }
}
