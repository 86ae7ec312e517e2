//! Links between the level of an indicator and the state that moves.
//!
//! Layer 2. `x = g(X)`: `log` for positive levels, `logit` between two bounds for shares,
//! `identity` for what may be negative or is bounded by nothing.

mod identity;
mod log;
mod logit;

pub use logit::Bounds;

use serde::{Deserialize, Serialize};

/// The link g of an indicator.
#[derive(Debug, Clone, Copy, PartialEq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum Link {
    /// For levels above 0: x = ln X. A change of x is a log growth rate.
    #[default]
    Log,
    /// x = ln((X - lower) / (upper - X)), for levels within (lower, upper).
    Logit(Bounds),
    /// x = X.
    Identity,
}

impl Link {
    /// Whether a level can be linked.
    pub fn allows(&self, level: f64) -> bool {
        match self {
            Self::Log => log::allows(level),
            Self::Logit(bounds) => bounds.allows(level),
            Self::Identity => identity::allows(level),
        }
    }

    /// What levels are allowed, in words.
    pub fn allowed(&self) -> String {
        match self {
            Self::Log => log::ALLOWED.into(),
            Self::Logit(bounds) => bounds.allowed(),
            Self::Identity => identity::ALLOWED.into(),
        }
    }

    /// x = g(X) of an allowed level.
    pub fn state(&self, level: f64) -> f64 {
        let mut lane = [level];
        self.states_in_place(&mut lane);
        lane[0]
    }

    /// X = g^-1(x).
    pub fn level(&self, state: f64) -> f64 {
        let mut level = [0.0];
        self.levels(&[state], &mut level);
        level[0]
    }

    /// dx / dX at an allowed level: what a small change of the level changes the state by.
    pub fn slope(&self, level: f64) -> f64 {
        match self {
            Self::Log => 1.0 / level,
            Self::Logit(b) => (b.upper - b.lower) / ((level - b.lower) * (b.upper - level)),
            Self::Identity => 1.0,
        }
    }

    /// Levels to states, lane by lane.
    pub(crate) fn states_in_place(&self, row: &mut [f64]) {
        match self {
            Self::Log => log::states(row),
            Self::Logit(bounds) => bounds.states(row),
            Self::Identity => {}
        }
    }

    /// States to levels, lane by lane.
    pub(crate) fn levels(&self, states: &[f64], levels: &mut [f64]) {
        match self {
            Self::Log => log::levels(states, levels),
            Self::Logit(bounds) => bounds.levels(states, levels),
            Self::Identity => levels.copy_from_slice(states),
        }
    }

    /// States to levels, in place.
    pub(crate) fn levels_in_place(&self, row: &mut [f64]) {
        match self {
            Self::Log => log::levels_in_place(row),
            Self::Logit(bounds) => bounds.levels_in_place(row),
            Self::Identity => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn levels_come_back_from_their_states() {
        let share = Link::Logit(Bounds { lower: 0.0, upper: 100.0 });
        for (link, level) in [(Link::Log, 5615.3), (share, 3.9), (share, 99.5), (Link::Identity, -2.0)] {
            assert!(link.allows(level));
            let back = link.level(link.state(level));
            // A few units in the last place of the exponential.
            assert!((back - level).abs() <= 1e-13 * level.abs(), "{link:?}: {level} came back as {back}");
        }
        for (link, level) in [(Link::Log, 5615.3), (share, 3.9), (Link::Identity, -2.0)] {
            let h = 1e-4;
            let difference = (link.state(level + h) - link.state(level - h)) / (2.0 * h);
            assert!((link.slope(level) / difference - 1.0).abs() < 1e-6, "{link:?}");
        }
        // ln(3.9 / 96.1), by Python 3.11.
        assert!((share.state(3.9) - -3.204_412_762_840_646).abs() < 1e-14);
        for (link, level) in [(Link::Log, 0.0), (share, 100.0), (share, 0.0), (Link::Identity, f64::NAN)] {
            assert!(!link.allows(level), "{link:?} allows {level}");
        }
    }
}
