//! Observers: something of the user's own that sees every block of paths.

use super::workspace::Block;
use crate::outcome::Probability;
use crate::scenario::Scenario;

/// Sees every block of a run, in parallel. What it gathers of tasks that follow each other is merged in the order of the
/// paths, along the same fixed binary tree as the sums of the run; so the result is the same for any number of threads,
/// and wherever the run was stopped. What it gathers of paths that do not count, because a run was stopped amid them, is
/// dropped. See `examples/own_observer.rs`.
pub trait Observer: Sync {
    /// Whether it looks at blocks at all. Levels and margins that nothing else needs are computed only for an observer that
    /// does.
    const LOOKS: bool = true;

    /// What is gathered.
    type Part: Send;

    /// Nothing gathered yet.
    fn start(&self) -> Self::Part;

    /// Gathers from a block; blocks of one part come in the order of their paths.
    fn observe(&self, block: &Block<'_>, part: &mut Self::Part);

    /// Adds what was gathered from later paths.
    fn merge(&self, total: &mut Self::Part, later: Self::Part);
}

/// Gathers nothing.
impl Observer for () {
    const LOOKS: bool = false;
    type Part = ();
    fn start(&self) {}
    fn observe(&self, _block: &Block<'_>, _part: &mut ()) {}
    fn merge(&self, _total: &mut (), _later: ()) {}
}

/// Keeps every path: 8 bytes per path, indicator and year, and a bit-set of met targets.
///
/// This is the one thing of a run whose memory grows with the number of paths.
#[derive(Debug, Clone)]
pub struct KeepPaths {
    indicators: Vec<usize>,
    steps: usize,
    targets: Vec<usize>,
    target_steps: Vec<usize>,
}

impl KeepPaths {
    /// All indicators and targets of a scenario.
    pub fn all(scenario: &Scenario) -> Self {
        let horizon = scenario.horizon();
        let step = |t: &crate::scenario::Target| horizon.step(t.year).unwrap_or(horizon.steps());
        Self {
            indicators: (0..scenario.indicators().len()).collect(),
            steps: horizon.steps(),
            targets: (0..scenario.targets().len()).collect(),
            target_steps: scenario.targets().values().map(step).collect(),
        }
    }
}

/// Every path of a run, kept by [`KeepPaths`]. Positions are those in the scenario.
#[derive(Debug, Clone, PartialEq)]
pub struct Paths {
    /// `levels[indicator][step]`: one value a path, step 0 being the base year.
    levels: Vec<Vec<Vec<f64>>>,
    /// `met[target]`: whether it is met as at its year, one a path.
    met: Vec<Vec<bool>>,
}

impl Paths {
    /// Levels of an indicator at a step (0: the base year), one a path, in its unit; none outside the plan.
    pub fn level(&self, indicator: usize, step: usize) -> Option<&[f64]> {
        self.levels.get(indicator)?.get(step).map(Vec::as_slice)
    }

    /// Whether a target is met as at its year, one a path; none for an unknown target.
    pub fn met(&self, target: usize) -> Option<&[bool]> {
        self.met.get(target).map(Vec::as_slice)
    }

    /// P(all of some targets are met | all of some others are), counted on the kept paths: any joint question. Positions
    /// outside the plan are met on no path; an empty `given` is no condition. Of a run that ended when it was precise enough,
    /// [`crate::outcome::Outcome::counted`] has the interval that holds.
    pub fn joint(&self, met: &[usize], given: &[usize], confidence: f64) -> Probability {
        let holds = |targets: &[usize], path: usize| {
            targets.iter().all(|t| self.met.get(*t).is_some_and(|target| target[path]))
        };
        let condition = (0..self.len()).filter(|path| holds(given, *path));
        let (mut hits, mut paths) = (0, 0);
        for path in condition {
            paths += 1;
            hits += u64::from(holds(met, path));
        }
        Probability::counted(hits, paths, confidence)
    }

    /// Number of paths.
    pub fn len(&self) -> usize {
        self.met
            .first()
            .map_or_else(|| self.levels.first().and_then(|steps| steps.first()).map_or(0, Vec::len), Vec::len)
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
}

impl Observer for KeepPaths {
    type Part = Paths;

    fn start(&self) -> Paths {
        Paths {
            levels: vec![vec![Vec::new(); self.steps + 1]; self.indicators.len()],
            met: vec![Vec::new(); self.targets.len()],
        }
    }

    fn observe(&self, block: &Block<'_>, part: &mut Paths) {
        for (indicator, steps) in self.indicators.iter().zip(&mut part.levels) {
            for (step, kept) in steps.iter_mut().enumerate() {
                kept.extend_from_slice(block.level(*indicator, step).unwrap_or_default());
            }
        }
        for ((target, step), kept) in self.targets.iter().zip(&self.target_steps).zip(&mut part.met) {
            kept.extend((0..block.len()).map(|lane| block.is_met(*target, *step, lane)));
        }
    }

    fn merge(&self, total: &mut Paths, later: Paths) {
        for (total, later) in total.levels.iter_mut().flatten().zip(later.levels.into_iter().flatten()) {
            total.extend(later);
        }
        for (total, later) in total.met.iter_mut().zip(later.met) {
            total.extend(later);
        }
    }
}
