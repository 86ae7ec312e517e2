//! Combinations of targets: all, any, at least k of them.
//!
//! ```text
//! met[t] = (number of members met as at t, or as at their own earlier year) >= k
//! ```
//!
//! All: k is the number of members; any: k = 1. Members are counted on the same path, so no independence is assumed.
//! **Limiting cases.** Independent members: products of their probabilities; members that always go together: the least of them.
//! **Reference.** Fréchet (1935), Fundamenta Mathematicae 25, for the bounds in between.

/// A combination of other targets.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Combination {
    /// Met when every one is met.
    All(Vec<String>),
    /// Met when one of them is met.
    Any(Vec<String>),
    /// Met when at least `k` of them are met.
    AtLeastK {
        /// How many, 1 ..= number of targets.
        k: usize,
        /// Which.
        of: Vec<String>,
    },
}

impl Combination {
    /// How many of its members have to be met, and which they are.
    pub(crate) fn at_least(&self) -> (usize, &[String]) {
        match self {
            Self::All(members) => (members.len(), members),
            Self::Any(members) => (1, members),
            Self::AtLeastK { k, of } => (*k, of),
        }
    }
}
