//! What is so under conditions, beside what was so without them.

use crate::analyse::Estimate;
use crate::label::Label;
use crate::outcome::{Band, Outcome, Probability};

/// The answer of a [`Conditional`](super::Conditional): a what-if, not a forecast.
#[derive(Debug, Clone)]
pub struct Given {
    /// The plain run with the same draws. Targets and indicators below stand in its order.
    pub unconditional: Outcome,
    /// Whether a condition of a year acted through the shocks of that year only.
    pub sequential: bool,
    /// The conditions in the order in which they were stated.
    pub conditions: Vec<Stated>,
    /// All given values together, hard and soft: how far they are from what the plan itself expects. None without any, or where that
    /// cannot be told for rounding.
    pub together: Option<Distance>,
    /// The share of the paths that meet all inequalities and targets together, given the values, before their shocks are drawn anew.
    /// None without any.
    pub mass: Option<Probability>,
    /// Paths that meet all conditions.
    pub paths: u64,
    /// How many equally weighted paths they are worth: 1 / sum of squared shares. Without views that is their number.
    pub effective_sample_size: f64,
    /// Each target of the plan.
    pub targets: Vec<Chance>,
    /// All targets that are no combinations, together.
    pub all: Chance,
    /// All binding ones of them; none when no target is binding.
    pub binding: Option<Chance>,
    /// Each indicator of the plan: one band a year, the base year first.
    pub bands: Vec<Vec<Band>>,
    /// What the reader has to know of this answer.
    pub notices: Vec<Label>,
}

/// A probability with and without the conditions.
#[derive(Debug, Clone)]
pub struct Chance {
    /// What has to happen.
    pub name: Label,
    /// Its probability given the conditions. Where views weigh the paths, estimate and interval are of the weighted paths, and hits count
    /// the paths before they were weighed.
    pub probability: Probability,
    /// Its probability without them, on the same draws.
    pub unconditional: Probability,
    /// The one less the other; its error is that of paired paths, far below that of two separate runs.
    pub shift: Estimate,
}

/// A condition and how plausible it is.
#[derive(Debug, Clone)]
pub struct Stated {
    /// In words: `Real GDP in 2026 = 5,100 100m yuan`.
    pub words: Label,
    /// How plausible it is.
    pub plausibility: Plausibility,
}

/// How plausible a condition is before it is imposed.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Plausibility {
    /// Of a given value.
    Distance(Distance),
    /// Of an inequality or a target: the share of the paths that meet it, given the values that are given.
    Mass(Probability),
    /// Of a view.
    View {
        /// The mean or the quantile that the paths had, in the unit of the view.
        before: f64,
        /// The share of the paths that did not exceed the value of the view.
        below: Probability,
    },
}

/// How far given values are from what the plan expects of them, all uncertainty included.
///
/// ```text
/// d^2 = (b - m)' S^-1 (b - m)
/// ```
///
/// b the latent forms of the values (log levels, log growth, logits), m and S their means and covariances over the unconditional paths; for a
/// soft value its own variance is added. The tail is that of the chi-squared law: exact where the latent forms have a normal law, a guide
/// where events, regimes or Student t tails give them another.
///
/// Reference: Mahalanobis (1936), On the generalised distance in statistics, Proceedings of the National Institute of Sciences of India 2.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Distance {
    /// d^2.
    pub squared: f64,
    /// Number of values: degrees of freedom.
    pub degrees: u32,
    /// Probability of values so far out or further, by the chi-squared law.
    pub tail: f64,
}

impl Distance {
    pub(super) fn new(squared: f64, degrees: usize) -> Self {
        let tail = crate::stats::special::gamma_tails(0.5 * degrees as f64, 0.5 * squared).upper;
        Self { squared, degrees: degrees as u32, tail }
    }
}

impl Given {
    /// A target by id.
    pub fn target(&self, id: &str) -> Option<&Chance> {
        let position = self.unconditional.targets.iter().position(|target| target.id == id)?;
        self.targets.get(position)
    }

    /// The bands of an indicator by id.
    pub fn indicator(&self, id: &str) -> Option<&[Band]> {
        let position = self.unconditional.indicators.iter().position(|indicator| indicator.id == id)?;
        self.bands.get(position).map(Vec::as_slice)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tails_are_those_of_the_chi_squared_table() {
        // Upper 5 % points of the chi-squared law: 3.841 (1), 5.991 (2), 11.070 (5); Pearson and Hartley, Biometrika Tables, table 8.
        for (degrees, point) in [(1, 3.841), (2, 5.991), (5, 11.070)] {
            let tail = Distance::new(point, degrees).tail;
            assert!((tail - 0.05).abs() < 2e-5, "{degrees}: {tail}");
        }
        assert_eq!(Distance::new(0.0, 3).tail, 1.0);
    }
}
