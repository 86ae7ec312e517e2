//! The target that an ambition corresponds to: the bound that would be met with a stated probability.

use super::counts::Agreeing;
use crate::analyse::refuse;
use crate::error::Result;
use crate::label::Label;
use crate::outcome::{Outcome, Probability, Sense, TargetOutcome};
use crate::sampling::Sampling;
use crate::time::Year;

/// The bound of a target that would be met with a stated probability: a quantile of what is measured.
///
/// ```text
/// at least:  bound = Q(1 - p)       at most:  bound = Q(p)       within:  tolerance = quantile p of |M - c|
/// ```
///
/// for the measure M of the target, less or plus its tolerance where it is "about". The interval is that of order statistics: the
/// bounds which as many paths meet as agree with p by the interval of the Monte Carlo error. It supposes no law of the
/// measure (Wilks 1948, Bull. AMS 54; David and Nagaraja 2003, Order Statistics, 7.1), and holds for independent paths only. It is read
/// off the histogram of the outcome, whose error is far below that of the paths.
///
/// It says how the bound would have to be set, everything else being as it is: where the indicator moves *because* the target was set, it
/// says nothing. Under a bound that differs by path (a distribution) the answer is one number for all paths.
///
/// ```
/// use plancast::analyse::Ambition;
/// use plancast::prelude::*;
/// # let scenario = Scenario::builder("Plan", 2025, 2030)
/// #     .indicator("gdp", IndicatorDraft::new("GDP", "bn").baseline(1.0).process(RandomWalk::new(0.05, 0.02)))
/// #     .target("gdp", TargetDraft::average_growth("gdp").at_least(0.05))
/// #     .build()?;
/// let outcome = Simulation::new(&scenario).run()?;
/// let ambition = Ambition::new(&outcome, "gdp", 0.8)?;
/// // Growth of e^0.05 - 1 in the middle, less 0.84 standard deviations of 0.9 points.
/// assert!((ambition.bound - 0.0434).abs() < 0.0003 && ambition.low < ambition.high);
/// # Ok::<(), Error>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct Ambition {
    /// Id of the target.
    pub id: String,
    /// Its number in the plan.
    pub number: Option<u32>,
    /// Its name.
    pub name: Label,
    /// The target in words and numbers.
    pub goal: Label,
    /// The year as at which it is measured.
    pub year: Year,
    /// The probability asked for.
    pub wanted: f64,
    /// On which side of the bound the target is met. Where it is within, [`Ambition::bound`] is the tolerance.
    pub sense: Sense,
    /// The bound that is met with that probability, in the unit of the measure; the tolerance for a target met within one.
    pub bound: f64,
    /// Lower end of its interval at the confidence of the outcome.
    pub low: f64,
    /// Upper end.
    pub high: f64,
    /// The same of the plan: its bound, or its tolerance.
    pub plan: f64,
    /// Unit of the measure as shown.
    pub unit: Label,
    /// What shown numbers are multiplied by: 100 where the measure is a rate, 1 otherwise.
    pub scale: f64,
    /// Probability of the target as the plan has it.
    pub probability: Probability,
}

impl Ambition {
    /// Of a target of an outcome, and a probability within (0, 1).
    ///
    /// # Errors
    /// [`Error::Question`](crate::error::Error::Question) for an unknown target or a combination, a probability outside (0, 1) or nearer to 0 or 1 than the paths
    /// can tell, and for paths that are not independent.
    pub fn new(outcome: &Outcome, id: &str, wanted: f64) -> Result<Self> {
        let path = format!("target.{id}");
        let Some(target) = outcome.target(id) else {
            let known: Vec<&str> = outcome.targets.iter().map(|target| target.id.as_str()).collect();
            let remedy = format!("take one of {}", known.join(", "));
            return refuse(path, "there is no such target", &remedy);
        };
        if !(wanted > 0.0 && wanted < 1.0) {
            let problem =
                format!("a probability of {wanted} was asked for; it lies between 0 and 1, without them");
            return refuse("probability", problem, "take 0.8");
        }
        if outcome.sampling != Sampling::Independent {
            let problem = format!(
                "the paths are {:?}; ranks have an interval for independent paths only",
                outcome.sampling
            );
            return refuse("sampling", problem, "simulate without `sampling`");
        }
        let (Some(sense), Some(bound), Some(measured), Some(margin)) =
            (target.sense, target.bound, &target.outcome, &target.margin)
        else {
            return refuse(
                path,
                "it combines other targets, so it has no bound",
                "ask for one of its targets",
            );
        };
        let paths = outcome.paths;
        let agreeing = Agreeing::with(wanted, paths, |hits| outcome.counted(hits, paths));
        if agreeing.least == 0 || agreeing.greatest >= paths {
            let problem =
                format!("{paths} paths do not tell the bound that is met with a probability of {wanted}");
            return refuse("probability", problem, "simulate more paths, or ask for a less extreme one");
        }
        let tolerance = target.tolerance.unwrap_or(0.0);
        let met = |share: f64| match sense {
            Sense::AtLeast => measured.at(1.0 - share) + tolerance,
            Sense::AtMost => measured.at(share) - tolerance,
            Sense::Within => tolerance - margin.at(1.0 - share),
        };
        let ends = [agreeing.least, agreeing.greatest].map(|hits| met(hits as f64 / paths as f64));
        Ok(Self {
            id: target.id.clone(),
            number: target.number,
            name: target.name.clone(),
            goal: target.goal.clone(),
            year: target.year,
            wanted,
            sense,
            bound: met(wanted),
            low: ends[0].min(ends[1]),
            high: ends[0].max(ends[1]),
            plan: if sense == Sense::Within { tolerance } else { bound },
            unit: target.unit.clone(),
            scale: target.scale,
            probability: target.probability,
        })
    }

    /// Of every target that is no combination, in the order of the plan.
    ///
    /// # Errors
    /// As [`Ambition::new`].
    pub fn all(outcome: &Outcome, wanted: f64) -> Result<Vec<Self>> {
        let bounded = |target: &&TargetOutcome| target.sense.is_some();
        outcome.targets.iter().filter(bounded).map(|target| Self::new(outcome, &target.id, wanted)).collect()
    }
}
