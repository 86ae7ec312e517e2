//! Outcomes: what a run returns, finished and typed; charts, exports and reports only read it.
//!
//! Layer 5.

mod bands;
mod difference;
mod ending;
mod fingerprint;
pub mod format;
pub(crate) mod goal;
mod joint;
mod learned;
mod precision;
mod target;

pub use bands::{Band, IndicatorOutcome, Mean, QuantileCurve, SamplePath};
pub use difference::Difference;
pub use ending::Ending;
pub use fingerprint::Fingerprint;
pub use joint::{Joint, Pair};
pub use learned::LearnedOutcome;
pub use precision::{HalfWidth, Of, Precision, Reached, Until};
pub use target::{Basis, FirstYear, Probability, Sense, Spread, TargetOutcome};

use crate::error::{Error, Fault, Result};
use crate::label::Label;
use crate::sampling::Sampling;
use crate::time::Horizon;

/// The result of a run.
#[derive(Debug, Clone)]
pub struct Outcome {
    /// Name of the plan.
    pub plan: Label,
    /// Id and name of the variant, where one was laid over the scenario.
    pub variant: Option<(String, Label)>,
    /// Where the plan is from.
    pub source: Option<Label>,
    /// Base year and last year.
    pub horizon: Horizon,
    /// Number of paths.
    pub paths: u64,
    /// Why it ended at that number.
    pub ending: Ending,
    /// What was reached of the precision asked for; none where none was.
    pub until: Option<Until>,
    /// How the paths were drawn. Under any but independent paths the intervals of the probabilities of targets, of all years, of
    /// all and all binding targets and of all but one, and the errors of the means, come from the replicates. Pairs of targets and
    /// [`Outcome::conditional`] keep the interval of as many independent paths; other counts and quantiles never carry one.
    pub sampling: Sampling,
    /// Confidence level of every interval of the Monte Carlo error, for instance 0.95.
    pub confidence: f64,
    /// What identifies the run.
    pub fingerprint: Fingerprint,
    /// Indicators in the order of the plan.
    pub indicators: Vec<IndicatorOutcome>,
    /// Targets in the order of the plan, combinations included.
    pub targets: Vec<TargetOutcome>,
    /// All targets that are not combinations, together.
    pub joint: Joint,
    /// What the reader has to know of the scenario, for instance a correlation matrix that was repaired.
    pub notices: Vec<String>,
    /// What was learned from histories, in the order of the plan.
    pub learned: Vec<LearnedOutcome>,
}

impl Outcome {
    /// An indicator by id.
    pub fn indicator(&self, id: &str) -> Option<&IndicatorOutcome> {
        self.indicators.iter().find(|i| i.id == id)
    }

    /// A target by id.
    pub fn target(&self, id: &str) -> Option<&TargetOutcome> {
        self.targets.iter().find(|t| t.id == id)
    }

    /// P(a target is met | another one is met), counted on the paths that meet the other one.
    ///
    /// ```
    /// # use plancast::prelude::*;
    /// # fn ask(outcome: &Outcome) -> Result<()> {
    /// let given_growth = outcome.conditional("rd_share", "gdp_growth")?;
    /// println!("{:.2}, from {} paths", given_growth.estimate, given_growth.paths);
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// [`Error::Question`] when one of them is no target of the plan or a combination, or when no path meets the other one.
    pub fn conditional(&self, target: &str, given: &str) -> Result<Probability> {
        let (target, given) = (self.member(target)?, self.member(given)?);
        let condition = self.targets[given].probability.hits;
        if condition == 0 {
            let id = &self.targets[given].id;
            let fault =
                Fault::new(format!("target.{id}"), "no path meets it, so nothing can be said given it");
            return Err(Error::Question(fault.remedy("simulate more paths, or ask for another condition")));
        }
        let (first, second) = (target.min(given), target.max(given));
        let both = match self.joint.pairs.iter().find(|p| p.first == first && p.second == second) {
            Some(pair) => pair.both.hits,
            None => condition,
        };
        Ok(self.counted(both, condition))
    }

    /// A probability counted on some of the paths, with the interval that holds in this run.
    pub fn counted(&self, hits: u64, paths: u64) -> Probability {
        Until::probability(self.until.as_ref(), hits, paths, self.confidence)
    }

    /// Position of a target that is counted jointly.
    fn member(&self, id: &str) -> Result<usize> {
        let found = self.joint.members.iter().copied().find(|m| self.targets[*m].id == id);
        found.ok_or_else(|| {
            let known: Vec<&str> = self.joint.members.iter().map(|m| self.targets[*m].id.as_str()).collect();
            let fault = Fault::new(format!("target.{id}"), "there is no such target, or it is a combination");
            Error::Question(fault.remedy(format!("take one of {}", known.join(", "))))
        })
    }
}
