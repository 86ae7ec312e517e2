//! What spending is to bring about.

use crate::analyse::Goal;
use crate::analyse::goal::Success;
use crate::error::{Error, Fault, Result};
use crate::label::Label;
use crate::scenario::{Condition, Scenario};
use crate::simulate::{LANES, Workspace, is_set};

/// What spending is to bring about.
#[derive(Debug, Clone, PartialEq)]
pub enum Objective {
    /// The largest probability that a goal is met.
    Probability(Goal),
    /// The largest expected number of targets met, each counted by a weight above 0, by id; all that are no combinations, each as 1, where none is named.
    ExpectedMet(Vec<(String, f64)>),
    /// The smallest worst regret about a goal over the plan and some of its variants, by id: by how much its probability falls short of the best that
    /// the same budget could have reached, had one known that it would come so (Savage 1951, JASA 46, 55-67). For who does not want to say how likely the
    /// variants are.
    WorstRegret(Goal, Vec<String>),
}

/// What the numbers of an objective are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Unit {
    /// A probability, as a share: more is better.
    Probability,
    /// A number of targets, or the sum of their weights: more is better.
    Number,
    /// A difference of probabilities, as a share: less is better.
    Regret,
}

impl Objective {
    /// The expected number of targets met that are no combinations, each counted as one.
    pub fn expected_met() -> Self {
        Self::ExpectedMet(Vec::new())
    }

    /// What its numbers are.
    pub fn unit(&self) -> Unit {
        match self {
            Self::Probability(_) => Unit::Probability,
            Self::ExpectedMet(_) => Unit::Number,
            Self::WorstRegret(..) => Unit::Regret,
        }
    }

    /// Its name in a plan.
    ///
    /// # Errors
    /// As [`Goal::positions`].
    pub fn name(&self, scenario: &Scenario) -> Result<Label> {
        let named = |goal: &Goal, en: &str, zh: &str| -> Result<Label> {
            let goal = goal.name(scenario)?;
            let chinese = goal.zh.as_deref().unwrap_or(&goal.en);
            Ok(Label::both(format!("{en}: {}", goal.en), Some(format!("{zh}：{chinese}"))))
        };
        match self {
            Self::Probability(goal) => named(goal, "Probability", "概率"),
            Self::WorstRegret(goal, _) => named(goal, "Worst regret", "最大后悔值"),
            Self::ExpectedMet(weights) if weights.is_empty() => {
                Ok(Label::both("Expected number of targets met", Some("预期实现的指标数".into())))
            }
            Self::ExpectedMet(_) => Ok(Label::both(
                "Expected weighted number of targets met",
                Some("预期实现的加权指标数".into()),
            )),
        }
    }

    /// The targets that it looks at, by position.
    pub(super) fn targets(&self, scenario: &Scenario) -> Result<Vec<usize>> {
        match self {
            Self::Probability(goal) | Self::WorstRegret(goal, _) => goal.positions(scenario),
            Self::ExpectedMet(_) => {
                let mut positions = Vec::new();
                for (id, _) in self.weights(scenario)? {
                    positions.extend(Goal::Target(id).positions(scenario)?);
                }
                Ok(positions)
            }
        }
    }

    fn weights(&self, scenario: &Scenario) -> Result<Vec<(String, f64)>> {
        let Self::ExpectedMet(weights) = self else { return Ok(Vec::new()) };
        let refused = |problem: String, remedy: &str| {
            Err(Error::Question(Fault::new("objective", problem).remedy(remedy)))
        };
        if weights.is_empty() {
            let single =
                scenario.targets().iter().filter(|(_, t)| !matches!(t.condition, Condition::Combined(_)));
            return Ok(single.map(|(id, _)| (id.clone(), 1.0)).collect());
        }
        for (k, (id, weight)) in weights.iter().enumerate() {
            if !(*weight > 0.0 && weight.is_finite()) {
                return refused(
                    format!("the weight of `{id}` is {weight}; it must be above 0"),
                    "leave out what does not count",
                );
            }
            if weights[..k].iter().any(|(other, _)| other == id) {
                return refused(format!("`{id}` is weighted twice"), "give each target one weight");
            }
        }
        Ok(weights.clone())
    }

    pub(super) fn score(&self, scenario: &Scenario) -> Result<Score> {
        match self {
            Self::Probability(goal) | Self::WorstRegret(goal, _) => {
                Ok(Score(vec![(goal.resolve(scenario)?, 1.0)]))
            }
            Self::ExpectedMet(_) => {
                let weights = self.weights(scenario)?;
                let each = weights.into_iter().map(|(id, w)| Ok((Goal::Target(id).resolve(scenario)?, w)));
                each.collect::<Result<_>>().map(Score)
            }
        }
    }
}

/// What a path counts for: the weights of what happens on it.
#[derive(Debug, Clone)]
pub(super) struct Score(Vec<(Success, f64)>);

impl Score {
    /// The most that a path can count for.
    pub(super) fn most(&self) -> f64 {
        self.0.iter().map(|(_, weight)| weight).sum()
    }

    /// One score a path of a block.
    pub(super) fn of(&self, w: &Workspace) -> [f64; LANES] {
        let mut out = [0.0; LANES];
        for (success, weight) in &self.0 {
            let bits = success.bits(w);
            for (lane, score) in out.iter_mut().enumerate() {
                *score += weight * f64::from(u8::from(is_set(&bits, lane)));
            }
        }
        out
    }
}
