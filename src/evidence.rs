//! Where a number is from, and how far it can be trusted.
//!
//! Layer 0. Every number of a scenario may carry a source and a grade; every result shows
//! the weakest grade that it rests on.

use crate::label::Language;
use serde::{Deserialize, Serialize};
use std::fmt;

/// The grade of a number, from the strongest to the weakest; the order is the order of trust.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum Evidence {
    /// Printed in the plan itself.
    Plan,
    /// Published by a statistical office or in an official report.
    Statistics,
    /// Calculated or estimated from published figures.
    Derived,
    /// A figure of another place, level or measure, used as a stand-in.
    Proxy,
    /// Stated by the author of the scenario, for want of data.
    Assumption,
}

impl Evidence {
    /// All grades, strongest first.
    pub const ALL: [Evidence; 5] =
        [Self::Plan, Self::Statistics, Self::Derived, Self::Proxy, Self::Assumption];

    /// The word used in files.
    pub fn word(self) -> &'static str {
        match self {
            Self::Plan => "plan",
            Self::Statistics => "statistics",
            Self::Derived => "derived",
            Self::Proxy => "proxy",
            Self::Assumption => "assumption",
        }
    }

    /// What a table in a language calls it.
    pub fn get(self, language: Language) -> &'static str {
        match self {
            Self::Plan => language.say("plan", "规划"),
            Self::Statistics => language.say("statistics", "统计"),
            Self::Derived => language.say("derived", "推算"),
            Self::Proxy => language.say("proxy", "替代"),
            Self::Assumption => language.say("assumption", "假定"),
        }
    }
}

impl fmt::Display for Evidence {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.word())
    }
}
