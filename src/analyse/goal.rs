//! What has to happen: one target, or several together.

use crate::error::{Error, Fault, Result};
use crate::label::Label;
use crate::scenario::{Condition, Scenario};
use crate::simulate::{Bits, Block, Workspace, and, first_lanes};
use crate::target::Nature;

/// What has to happen for a path to count as a success.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Goal {
    /// A target is met, by its id; combinations too.
    Target(String),
    /// All targets that are not combinations are met together.
    All,
    /// All binding ones of them.
    Binding,
    /// These targets are met together, by their ids.
    Together(Vec<String>),
}

impl Goal {
    /// One target.
    pub fn target(id: impl Into<String>) -> Self {
        Self::Target(id.into())
    }

    /// Some targets together.
    pub fn together(ids: impl IntoIterator<Item = impl Into<String>>) -> Self {
        Self::Together(ids.into_iter().map(Into::into).collect())
    }

    /// Its name in a plan.
    ///
    /// ```
    /// # use plancast::prelude::*;
    /// use plancast::analyse::Goal;
    /// # let scenario = Scenario::builder("Plan", 2025, 2030)
    /// #     .indicator("gdp", IndicatorDraft::new("GDP", "bn").baseline(1.0).process(RandomWalk::new(0.0, 0.1)))
    /// #     .target("gdp", TargetDraft::level("gdp").at_least(1.0))
    /// #     .build()?;
    /// assert_eq!(Goal::All.name(&scenario)?.en, "All targets together");
    /// # Ok::<(), Error>(())
    /// ```
    ///
    /// # Errors
    /// As [`Goal::positions`].
    pub fn name(&self, scenario: &Scenario) -> Result<Label> {
        let positions = self.positions(scenario)?;
        let names = positions.iter().map(|t| &scenario.targets()[*t].name);
        Ok(match self {
            Self::All => Label::both("All targets together", Some("全部指标".into())),
            Self::Binding => Label::both("All binding targets", Some("全部约束性指标".into())),
            Self::Target(_) | Self::Together(_) => {
                let (en, zh): (Vec<&str>, Vec<&str>) =
                    names.map(|name| (name.en.as_str(), name.zh.as_deref().unwrap_or(&name.en))).unzip();
                Label::both(en.join(" + "), Some(zh.join(" + ")))
            }
        })
    }

    /// Positions in the plan of the targets that have to be met together.
    ///
    /// # Errors
    /// [`Error::Question`] when a target is unknown, or when there is none.
    pub fn positions(&self, scenario: &Scenario) -> Result<Vec<usize>> {
        let targets = scenario.targets();
        let find = |id: &String| {
            targets.get_index_of(id).ok_or_else(|| {
                let known: Vec<&str> = targets.keys().map(String::as_str).collect();
                let fault = Fault::new("goal", format!("there is no target `{id}`"));
                Error::Question(fault.remedy(format!("take one of {}", known.join(", "))))
            })
        };
        let bounded = |binding: bool| {
            let counts = move |(_, t): &(usize, &crate::scenario::Target)| {
                !matches!(t.condition, Condition::Combined(_)) && (!binding || t.nature == Nature::Binding)
            };
            targets.values().enumerate().filter(counts).map(|(position, _)| position).collect::<Vec<_>>()
        };
        let positions = match self {
            Self::Target(id) => vec![find(id)?],
            Self::All => bounded(false),
            Self::Binding => bounded(true),
            Self::Together(ids) => ids.iter().map(find).collect::<Result<Vec<_>>>()?,
        };
        if positions.is_empty() {
            let problem = match self {
                Self::Binding => "the plan has no binding target",
                Self::Together(_) => "no target is named",
                _ => "the plan has no target",
            };
            return Err(Error::Question(Fault::new("goal", problem).remedy("ask for a target by its id")));
        }
        Ok(positions)
    }

    pub(crate) fn resolve(&self, scenario: &Scenario) -> Result<Success> {
        let horizon = scenario.horizon();
        let place = |t: usize| (t, horizon.step(scenario.targets()[t].year).unwrap_or(horizon.steps()));
        Ok(Success { targets: self.positions(scenario)?.into_iter().map(place).collect() })
    }
}

/// A goal by positions: what the kernel asks.
#[derive(Debug, Clone)]
pub(crate) struct Success {
    /// (target, step as at which it is judged).
    targets: Vec<(usize, usize)>,
}

impl Success {
    /// The paths of a block on which it happens.
    pub(crate) fn bits(&self, w: &Workspace) -> Bits {
        let met = self.targets.iter().map(|(target, step)| &w.met[*target][step - 1]);
        met.fold(first_lanes(w.len), |all, bits| and(&all, bits))
    }

    /// The same of a block as an observer sees it.
    pub(crate) fn bits_of(&self, block: &Block<'_>) -> Bits {
        self.bits(block.workspace())
    }
}
