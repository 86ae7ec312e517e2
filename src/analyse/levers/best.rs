//! What a search for the best spending found.

use super::objective::Unit;
use crate::analyse::{About, Estimate};
use crate::label::{Label, Language};
use crate::outcome::format;

/// The best spending of a budget, judged twice: on the paths that it was chosen on, and on fresh ones.
///
/// Of many spendings the one that looked best was partly lucky: on the paths that chose it, it does better than it will (the winner's curse;
/// Smith and Winkler 2006, Management Science 52, 311-322). [`BestBudget::fresh`] is the number to believe, and the interval in sample does not hold.
#[derive(Debug, Clone, serde::Serialize)]
pub struct BestBudget {
    /// The plan, the paths that the spending was chosen on, and the seed of these and the fresh ones.
    pub about: About,
    /// The objective.
    pub objective: Label,
    /// What its numbers are.
    pub unit: Unit,
    /// What can be spent each year.
    pub budget: f64,
    /// In which unit.
    pub currency: Label,
    /// What is spent on each lever, in the order of the plan.
    pub spends: Vec<Spend>,
    /// On the paths that the spending was chosen on.
    pub in_sample: Judged,
    /// On as many others.
    pub fresh: Judged,
    /// By how much the objective looks better in sample than on fresh paths (a regret: smaller); above 0 for luck.
    pub difference: Estimate,
    /// By how much the gain over nothing looks larger in sample than on fresh paths. The luck that all spendings share is not in it, so it shows the
    /// winner's curse best.
    pub optimism: Estimate,
    /// Of a regret: the plan and its variants, on fresh paths.
    pub worlds: Vec<WorldRegret>,
    /// Fresh paths.
    pub fresh_paths: u64,
}

/// What is spent on a lever.
#[derive(Debug, Clone, serde::Serialize)]
pub struct Spend {
    /// Id.
    pub id: String,
    /// Name.
    pub name: Label,
    /// Spending each year, in the unit of the levers.
    pub spend: f64,
    /// The most that could be.
    pub most: f64,
    /// Nothing that the objective looks at hangs on it.
    pub idle: bool,
}

/// A spending judged on some paths.
#[derive(Debug, Clone, Copy, serde::Serialize)]
pub struct Judged {
    /// The objective with it.
    pub value: Estimate,
    /// The objective when nothing is spent.
    pub nothing: Estimate,
    /// What it gains over nothing, paired path by path; above 0 is better, of a regret too.
    pub gain: Estimate,
}

/// A spending in one of the worlds of a regret.
#[derive(Debug, Clone, serde::Serialize)]
pub struct WorldRegret {
    /// The plan, or the variant.
    pub name: Label,
    /// Probability that the goal is met.
    pub value: Estimate,
    /// The same with the spending that is best in this world.
    pub best: Estimate,
    /// What is lost to it, paired path by path.
    pub regret: Estimate,
}

/// The best spending of some budgets, the smallest first: what more money brings.
#[derive(Debug, Clone, serde::Serialize)]
pub struct BudgetFront {
    /// One a budget. In sample a larger budget is never worth less, because the best of the smaller one is among its choices.
    pub points: Vec<BestBudget>,
}

impl BestBudget {
    /// All that is spent, each year.
    pub fn spent(&self) -> f64 {
        self.spends.iter().map(|spend| spend.spend).sum()
    }
}

impl Unit {
    /// What a shown number is multiplied by: shares are shown in per cent.
    pub fn scale(self) -> f64 {
        match self {
            Self::Probability | Self::Regret => 100.0,
            Self::Number => 1.0,
        }
    }

    /// A number with the digits that its error supports: `62.3 %`, `17.4`.
    pub fn shown(self, estimate: &Estimate, language: Language) -> String {
        let number = self.digits(estimate.estimate, estimate);
        match (self, language) {
            (Self::Number, _) => number,
            (_, Language::En) => format!("{number} %"),
            (_, Language::Zh) => format!("{number}%"),
        }
    }

    /// The ends of its interval, without a unit: `61.9–62.6`.
    pub fn interval(self, estimate: &Estimate) -> String {
        format!("{}–{}", self.digits(estimate.low, estimate), self.digits(estimate.high, estimate))
    }

    /// A difference of two such numbers: `+3.1 points`, `−0.02`.
    pub fn difference(self, estimate: &Estimate, language: Language) -> String {
        let number = self.digits(estimate.estimate, estimate);
        let signed = if estimate.estimate > 0.0 { format!("+{number}") } else { number };
        match (self, language) {
            (Self::Number, _) => signed,
            (_, Language::En) => format!("{signed} points"),
            (_, Language::Zh) => format!("{signed} 个百分点"),
        }
    }

    /// Rounded to a power of ten that is at most half its interval.
    fn digits(self, value: f64, estimate: &Estimate) -> String {
        let half = 0.5 * (estimate.high - estimate.low);
        format::level(self.scale() * value, 5.0 * self.scale() * half)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_have_the_digits_that_their_error_supports() {
        let of = |value: f64, half: f64| Estimate {
            estimate: value,
            error: half / 2.0,
            low: value - half,
            high: value + half,
        };
        assert_eq!(Unit::Probability.shown(&of(0.623_45, 0.004), Language::En), "62.3 %");
        assert_eq!(Unit::Probability.interval(&of(0.623_45, 0.004)), "61.9–62.7");
        assert_eq!(Unit::Regret.difference(&of(0.0312, 0.02), Language::Zh), "+3 个百分点");
        assert_eq!(Unit::Number.difference(&of(-0.0421, 0.003), Language::En), "−0.042");
        assert_eq!(Unit::Number.shown(&of(17.4321, 0.03), Language::En), "17.43");
    }
}
