//! How precise a probability is to be, and how precise it became.

use super::target::Probability;

/// Which probability.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Of {
    /// That a target is met, by its id.
    Target(String),
    /// That each of the targets is met, combinations included: all of these probabilities.
    EveryTarget,
    /// That all targets are met together.
    Joint,
}

/// Half the width of an interval.
#[derive(Debug, Clone, Copy, PartialEq, serde::Serialize)]
#[serde(rename_all = "snake_case")]
pub enum HalfWidth {
    /// As a probability: 0.001 is a tenth of a percentage point.
    Absolute(f64),
    /// As a share of the estimated probability: 0.05 is 5 % of it. Never reached without a hit.
    Relative(f64),
}

/// How precise a probability is to be: how wide its interval may be at the confidence level of the run.
///
/// ```
/// use plancast::outcome::{Of, Precision};
/// let precision = Precision::absolute(Of::Joint, 0.001);
/// ```
#[derive(Debug, Clone, PartialEq, serde::Serialize)]
pub struct Precision {
    /// Which probability.
    pub of: Of,
    /// How wide half its interval may be.
    pub half_width: HalfWidth,
}

impl Precision {
    /// Half the interval is at most so wide, as a probability above 0 and at most 0.5.
    pub fn absolute(of: Of, half_width: f64) -> Self {
        Self { of, half_width: HalfWidth::Absolute(half_width) }
    }

    /// Half the interval is at most such a share of the estimate, above 0 and at most 1.
    pub fn relative(of: Of, share: f64) -> Self {
        Self { of, half_width: HalfWidth::Relative(share) }
    }
}

/// What became of the wish for a precision.
#[derive(Debug, Clone, PartialEq, serde::Serialize)]
pub struct Until {
    /// Each of the precisions asked for, in the order in which they were.
    pub reached: Vec<Reached>,
    /// Confidence level at which each interval of the outcome was formed. It is above the level of the run, because the
    /// run looked, or could have looked, more than once: all in all the intervals hold at the level of the run.
    pub level: f64,
    /// Numbers of paths at which the run looked whether it was precise enough, the last one where it ended.
    pub looks: Vec<u64>,
}

/// A precision that was asked for, and what was reached.
#[derive(Debug, Clone, PartialEq, serde::Serialize)]
pub struct Reached {
    /// What was asked for.
    pub wanted: Precision,
    /// Position in [`super::Outcome::targets`] of the target that is furthest from it; none for the joint probability.
    pub target: Option<usize>,
    /// Half the width of its interval, in the sense of what was asked for; infinite for a share of no hits.
    pub half_width: f64,
    /// Whether that is enough.
    pub enough: bool,
}

impl Until {
    /// A probability with the interval that holds: the exact one at the level of the look, or the one of a plain run.
    pub(crate) fn probability(until: Option<&Self>, hits: u64, paths: u64, confidence: f64) -> Probability {
        match until {
            Some(until) => Probability::exact(hits, paths, until.level),
            None => Probability::counted(hits, paths, confidence),
        }
    }

    /// Whether everything that was asked for was reached.
    pub fn is_reached(&self) -> bool {
        self.reached.iter().all(|reached| reached.enough)
    }

    /// Position in `reached` of the precision that took most; none when none was asked for.
    pub fn hardest(&self) -> Option<usize> {
        let ratio = |reached: &Reached| match reached.wanted.half_width {
            HalfWidth::Absolute(wanted) | HalfWidth::Relative(wanted) => reached.half_width / wanted,
        };
        (0..self.reached.len()).max_by(|a, b| ratio(&self.reached[*a]).total_cmp(&ratio(&self.reached[*b])))
    }
}
