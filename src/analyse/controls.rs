//! Control variates: what targets whose probability is known exactly tell of the error of a probability that is not.

use super::Goal;
use crate::analyse::refuse;
use crate::error::Result;
use crate::model::{Gaussian, Model};
use crate::outcome::{Fingerprint, Outcome, Probability};
use crate::sampling::Sampling;
use crate::scenario::Scenario;
use crate::stats::{Control, normal};
use crate::target::Nature;
use crate::time::Year;
use std::collections::BTreeSet;

/// Below this many paths that tell something apart, a normal law says nothing about it.
const FEW: f64 = 50.0;

/// The closed forms of a plan, and what they bring: probabilities with a smaller error from the same paths.
///
/// A target has a closed form where its measure is a level, an average or total growth or a difference on one indicator, its bounds are numbers, and the
/// latent state is normal: random walk, persistent growth, reversion, damped trend or stated path (of a drift, level
/// and baseline that are numbers, or normal in the latent state; every other coefficient a number), normal innovations, drivers of that kind, no
/// event and no regime on it; or a product of powers of such levels. A condition that has to hold in every year has none. Learned
/// parameters are drawn from posteriors that are not normal, so whatever they move has none.
///
/// How often the targets of known probability were met shows by how much the run is off, and the regression on them takes out of
/// another probability what of its error goes with that:
///
/// ```text
/// estimate = p - beta' (q - known),   beta = S^-1 c
/// error^2  = (v - c' S^-1 c) (1 + (q - known)' S^-1 (q - known)) / (n - 1 - k)
/// ```
///
/// with the shares p and q of the paths, S and c the covariances of the k controls with each other and with the goal, v = p (1 - p). All
/// of these are counts of an [`Outcome`]: of targets, of pairs of them, and of all. Targets that are not in a goal serve as controls
/// only where their pair with it was counted: for one target, or for all targets but one.
///
/// **What it brings.** A variance 1 / (1 - R^2) times smaller, at no cost: 1.4 times for all four targets of the reference workload W1. Many targets
/// tell little of all of them together, and a plan whose parameters are learned, as Kunshan's, has no closed form at all. Means of levels need
/// none: where there is a closed form it is exact ([`Controls::mean`]), and elsewhere products of levels are not counted.
///
/// **When not to use it.** beta comes from the same paths, so there is a bias of the order of 1 / n, far below the error from
/// a thousand paths on; the interval is that of a normal law. Therefore controls, and differences between them, that fewer
/// than 50 paths tell apart are left out, and the estimate of a goal that fewer than 50 paths meet, or miss, is left as counted.
///
/// References: Lavenberg and Welch (1981), Management Science 27(3), 322-335; Nelson (1990), Control variate remedies, Operations
/// Research 38(6), 974-992.
///
/// ```
/// use plancast::analyse::{Controls, Goal};
/// use plancast::prelude::*;
/// # let gdp = |drift| IndicatorDraft::new("GDP", "bn").baseline(100.0).process(RandomWalk::new(drift, 0.02));
/// # let scenario = Scenario::builder("Plan", 2025, 2030)
/// #     .indicator("gdp", gdp(0.05))
/// #     .indicator("exports", gdp(0.03))
/// #     .target("gdp", TargetDraft::level("gdp").at_least(125.0))
/// #     .target("exports", TargetDraft::level("exports").at_least(120.0))
/// #     .correlation(CorrelationDraft::Independent)
/// #     .build()?;
/// let controls = Controls::new(&scenario)?;
/// // Log levels of 2030: normal around ln 100 + 5 * 0.05 with a standard deviation of 0.02 sqrt 5.
/// assert!((controls.known("gdp").unwrap() - 0.725).abs() < 1e-3);
/// let outcome = Simulation::new(&scenario).paths(10_000).run()?;
/// let all = controls.estimate(&outcome, &Goal::All)?;
/// assert!(all.ratio > 1.5 && all.high - all.low < outcome.joint.all.high - outcome.joint.all.low);
/// # Ok::<(), Error>(())
/// ```
#[derive(Debug, Clone)]
pub struct Controls {
    scenario: Scenario,
    /// Per target.
    known: Vec<Option<f64>>,
    /// Per indicator, t0 … T.
    means: Vec<Vec<Option<f64>>>,
}

/// A probability from which controls have taken a part of the Monte Carlo error.
#[derive(Debug, Clone, PartialEq, serde::Serialize)]
pub struct Controlled {
    /// The probability.
    pub estimate: f64,
    /// Its standard error.
    pub error: f64,
    /// Lower end of the interval at the confidence of the run.
    pub low: f64,
    /// Upper end.
    pub high: f64,
    /// The same as counted, without controls.
    pub counted: Probability,
    /// How many times smaller the variance is than that of as many paths without controls.
    pub ratio: f64,
    /// Ids of the targets that served.
    pub controls: Vec<String>,
}

impl Controls {
    /// Looks for the closed forms of a plan.
    ///
    /// # Errors
    /// As [`Model::compile`].
    pub fn new(scenario: &Scenario) -> Result<Self> {
        let model = Model::compile(scenario)?;
        let gaussian = Gaussian::new(&model);
        let steps = 0..=scenario.horizon().steps();
        let means = |node| steps.clone().map(|step| gaussian.mean(node, step)).collect();
        Ok(Self {
            scenario: scenario.clone(),
            known: (0..scenario.targets().len()).map(|target| gaussian.probability(target)).collect(),
            means: (0..scenario.indicators().len()).map(means).collect(),
        })
    }

    /// The probability of a target, where it has a closed form: exact but for what counts as on the bound, below 1e-7.
    pub fn known(&self, target: &str) -> Option<f64> {
        self.known[self.scenario.targets().get_index_of(target)?]
    }

    /// The mean of the level of an indicator in a year, in its unit, where the level is log-normal or normal: exact.
    pub fn mean(&self, indicator: &str, year: Year) -> Option<f64> {
        let steps = &self.means[self.scenario.indicators().get_index_of(indicator)?];
        let step = year.0.checked_sub(self.scenario.horizon().base().0)?;
        *steps.get(usize::try_from(step).ok()?)?
    }

    /// The probability of a goal with the help of the targets that are known: of all targets, of all binding ones, of one, of two,
    /// or of all but one.
    ///
    /// # Errors
    /// [`Error::Question`](crate::error::Error::Question) when the probability is known, when no target that could serve has a closed form, or when the goal was not counted;
    /// when the outcome is of another plan, or its paths are not independent or ended because of what they showed
    /// ([`Simulation::until`](crate::simulate::Simulation::until)).
    pub fn estimate(&self, outcome: &Outcome, goal: &Goal) -> Result<Controlled> {
        self.check(outcome)?;
        let goal: BTreeSet<usize> = goal.positions(&self.scenario)?.into_iter().collect();
        if let (Some(target), 1) = (goal.first(), goal.len())
            && self.known[*target].is_some()
        {
            let problem = format!("the probability of `{}` is known exactly", outcome.targets[*target].id);
            return refuse("goal", &problem, "read `Controls::known`");
        }
        let Some(counted) = together(outcome, &goal) else {
            let problem = "no run counts how often just these targets are met together";
            return refuse("goal", problem, "ask for one target, two, all, all binding ones, or all but one");
        };
        let members = outcome.joint.members.iter();
        let candidates: Vec<Candidate> =
            members.filter_map(|target| self.candidate(outcome, &goal, *target)).collect();
        if candidates.is_empty() {
            let problem = "no target that was counted together with it has a probability in closed form: parameters that are drawn \
                           or learned, events, regimes or other than normal innovations act on all of them";
            let remedy =
                "keep the estimate of the run; more paths or `Simulation::sampling` make it more precise";
            return refuse("goal", problem, remedy);
        }
        Ok(controlled(outcome, counted, &candidates))
    }

    /// A target whose probability is known, where it was counted together with the goal.
    fn candidate(&self, outcome: &Outcome, goal: &BTreeSet<usize>, target: usize) -> Option<Candidate> {
        let mut both = goal.clone();
        both.insert(target);
        Some(Candidate { target, known: self.known[target]?, with_goal: together(outcome, &both)?.hits })
    }

    fn check(&self, outcome: &Outcome) -> Result<()> {
        let Outcome { fingerprint, paths, sampling, .. } = outcome;
        if Fingerprint::of(&self.scenario, fingerprint.seed, *paths, *sampling) != *fingerprint {
            let remedy = "take the closed forms of the plan that was run";
            return refuse("outcome", "the outcome is of another plan", remedy);
        }
        if *sampling != Sampling::Independent {
            let problem = "its paths depend on each other, so their counts do not tell the error";
            return refuse("outcome", problem, "draw the paths independently");
        }
        if outcome.until.is_some() {
            let problem = "the run ended because of what its paths showed";
            return refuse("outcome", problem, "ask for a number of paths");
        }
        Ok(())
    }
}

/// A target that may serve as a control.
struct Candidate {
    target: usize,
    known: f64,
    /// Paths that meet it and the goal.
    with_goal: u64,
}

/// The regression of a goal on the candidates that enough paths tell apart.
fn controlled(outcome: &Outcome, counted: Probability, candidates: &[Candidate]) -> Controlled {
    let n = counted.paths as f64;
    let share = |hits: u64| hits as f64 / n;
    let is_told = |hits: u64| hits.min(counted.paths - hits) as f64 >= FEW;
    let hits = |target: usize| outcome.targets[target].probability.hits;
    let p = counted.estimate;
    let (mut control, mut kept) = (Control::default(), Vec::new());
    for Candidate { target, known, with_goal } in candidates {
        if !(is_told(counted.hits) && is_told(hits(*target))) {
            continue;
        }
        let q = share(hits(*target));
        let covariance = |other: &usize| {
            let both = together(outcome, &BTreeSet::from([*target, *other]));
            share(both.map_or(0, |both| both.hits)) - q * share(hits(*other))
        };
        let mut covariances: Vec<f64> = kept.iter().map(covariance).collect();
        covariances.push(q * (1.0 - q));
        if control.add(&covariances, share(*with_goal) - p * q, q - known, FEW / n) {
            kept.push(*target);
        }
    }
    if kept.is_empty() {
        let Probability { estimate, low, high, .. } = counted;
        let error = (p * (1.0 - p) / n).sqrt();
        return Controlled { estimate, error, low, high, counted, ratio: 1.0, controls: Vec::new() };
    }
    let variance = p * (1.0 - p);
    // What fewer than FEW paths show is left may be more by chance.
    let rest = (variance - control.told()).max(FEW / n).min(variance);
    let freedom = (n - 1.0 - kept.len() as f64).max(1.0);
    let squared = rest * (1.0 + control.distance()) / freedom;
    let estimate = (p - control.shift()).clamp(0.0, 1.0);
    let (error, reach) = (squared.sqrt(), normal::two_sided(outcome.confidence) * squared.sqrt());
    Controlled {
        estimate,
        error,
        low: (estimate - reach).max(0.0),
        high: (estimate + reach).min(1.0),
        counted,
        ratio: variance / (squared * n),
        controls: kept.iter().map(|target| outcome.targets[*target].id.clone()).collect(),
    }
}

/// How often these targets were met together, where a run counts that.
fn together(outcome: &Outcome, targets: &BTreeSet<usize>) -> Option<Probability> {
    let joint = &outcome.joint;
    let missing: Vec<usize> =
        (0..joint.members.len()).filter(|place| !targets.contains(&joint.members[*place])).collect();
    let is_binding = |target: &usize| outcome.targets[*target].nature == Nature::Binding;
    let mut ordered = targets.iter().copied();
    match (ordered.next(), ordered.next(), targets.len()) {
        (Some(target), None, _) => return Some(outcome.targets[target].probability),
        (Some(first), Some(second), 2) => {
            let pair = joint.pairs.iter().find(|pair| (pair.first, pair.second) == (first, second));
            return pair.map(|pair| pair.both);
        }
        _ => {}
    }
    // Some may be combinations, which are no members.
    if targets.len() + missing.len() != joint.members.len() {
        return None;
    }
    match missing.as_slice() {
        [] => Some(joint.all),
        [place] => Some(joint.without[*place]),
        _ if missing.iter().all(|place| !is_binding(&joint.members[*place]))
            && targets.iter().all(is_binding) =>
        {
            joint.binding
        }
        _ => None,
    }
}
