//! What meeting a goal hangs on: Sobol indices of every input of a plan.

use super::cells::Cells;
use super::cube::Estimate;
use super::groups::{Correlated, Input, Layer};
use super::indices::{Indices, PickFreeze};
use super::study::{Asked, Study};
use crate::analyse::Goal;
use crate::error::Result;
use crate::simulate::{Simulation, and, count};
use crate::stats::{Interval, clopper_pearson};

/// First-order and total Sobol indices of Y = 1 where a goal is met, 0 where not, for every input of a plan.
///
/// A future A and another one B, independent of it, are drawn; then A again with the draws of one input taken from B, for each input
/// ([`PickFreeze`]): as many runs as inputs that the goal depends on, and three more. A is the plain run of the same seed.
/// The variance of Y is p (1 - p).
///
/// * The **first-order** index of an input is the share of that variance that knowing it alone would remove, on average. For what we
///   do not know, it ranks the figures worth finding out.
/// * The **total** index is what the input has a part in, by itself or together with others. Where it is 0, the input may be held
///   anywhere.
/// * All that we do not know together, as one input: its first-order index is the share that better data would remove in all;
///   one less its total index is the share that chance has for itself; what is between is both together.
///
/// Paths are independent, not Sobol points: of an answer that is yes or no and hangs on many inputs, points bring nothing (the table in
/// [`Sampling`](crate::sampling::Sampling)). Shocks that a matrix correlates are one input.
///
/// **When not to use it.** For parts of correlated shocks: [`Shapley`](super::Shapley). For the direction of an effect:
/// [`Tornado`](super::Tornado). Shares are shares of a variance, not of a probability: where p is near 0 or 1, nearly all of it is
/// interplay, first-order indices are small, and totals say more.
///
/// ```
/// use plancast::analyse::{Goal, sensitivity::Sensitivity};
/// use plancast::prelude::*;
/// # let town = IndicatorDraft::new("GDP", "bn").baseline(1.0);
/// # let drift = Quantity::normal(0.02, 0.03);
/// # let scenario = Scenario::builder("Plan", 2025, 2030)
/// #     .indicator("gdp", town.process(RandomWalk::new(drift, 0.02)))
/// #     .target("gdp", TargetDraft::level("gdp").at_least(1.1))
/// #     .build()?;
/// let simulation = Simulation::new(&scenario).paths(16_384).seed(2030);
/// let found = Sensitivity::new(&simulation, Goal::All).run()?;
/// // A drift that is known to 3 points, five years long, outweighs yearly shocks of 2.
/// let worth = found.worth_finding_out().next().expect("one parameter");
/// assert_eq!(worth.input.name.en, "drift of GDP");
/// assert!(found.knowledge.first.estimate > 0.5);
/// # Ok::<(), Error>(())
/// ```
#[derive(Debug)]
pub struct Sensitivity<'a> {
    simulation: &'a Simulation<'a>,
    goal: Goal,
}

/// What meeting a goal hangs on.
#[derive(Debug, Clone, PartialEq)]
pub struct Drivers {
    /// The question.
    pub asked: Asked,
    /// Every input with its indices, the greatest total index first.
    pub inputs: Vec<Driver>,
    /// All that we do not know, together: parameters, baselines and bounds.
    pub knowledge: Indices,
}

/// An input with its indices.
#[derive(Debug, Clone, PartialEq)]
pub struct Driver {
    /// The input.
    pub input: Input,
    /// Its indices: shares of the variance of meeting the goal.
    pub indices: Indices,
}

/// Below this many paths on which an input changes the answer, the exact interval of so many counts as well.
const FEW: f64 = 50.0;

impl<'a> Sensitivity<'a> {
    /// Of meeting a goal, with the paths, seed, threads and confidence of a simulation.
    pub fn new(simulation: &'a Simulation<'a>, goal: Goal) -> Self {
        Self { simulation, goal }
    }

    /// Runs it.
    ///
    /// # Errors
    /// [`Error::Run`](crate::error::Error::Run) as [`Simulation::run`], and with fewer than 16 384 paths;
    /// [`Error::Question`](crate::error::Error::Question) when a target is unknown, or when the goal is met, or missed, on fewer than 50 paths.
    pub fn run(&self) -> Result<Drivers> {
        let study = Study::new(self.simulation, &self.goal, "a sensitivity analysis", Correlated::Together)?;
        let reached = study.reached();
        let other = study.other();
        let known = study.inputs.iter().filter(|i| i.reaches && i.kind.layer() == Layer::Knowledge);
        let mut sets: Vec<_> = reached.iter().map(|k| study.exchanged([&study.inputs[*k]])).collect();
        sets.push(study.exchanged(known));
        // Paths, A, B, both; then for every set X, A and X, B and X.
        let cells = study.survey.pass(
            || study.desk(),
            || Cells::new(4 + 3 * sets.len()),
            |desk, first, len, cells| {
                desk.simulate(first, len)?;
                let a = study.success.bits(&desk.workspace);
                let b = study.met(desk, &other, first, len)?;
                let sums = cells.of(first);
                let head = [len as u64, count(&a), count(&b), count(&and(&a, &b))];
                sums.iter_mut().zip(head).for_each(|(sum, n)| *sum += n as f64);
                for (set, sums) in sets.iter().zip(sums[4..].chunks_exact_mut(3)) {
                    let x = study.met(desk, set, first, len)?;
                    let counts = [count(&x), count(&and(&a, &x)), count(&and(&b, &x))];
                    sums.iter_mut().zip(counts).for_each(|(sum, n)| *sum += n as f64);
                }
                Ok(())
            },
            Cells::merge,
        )?;
        let total = cells.total();
        let asked = study.asked(total[1] as u64)?;
        let statistics = |sums: &[f64]| {
            let pairs = (0..sets.len()).map(|set| {
                let sums = counted(sums, set);
                Some([sums.first()?, sums.total()?])
            });
            Some(pairs.collect::<Option<Vec<_>>>()?.concat())
        };
        let intervals =
            cells.intervals(asked.about.paths, asked.about.seed, asked.about.confidence, statistics);
        let of_set = |set: usize| {
            let sums = counted(&total, set);
            indices(&sums, &intervals[2 * set..], asked.about.confidence)
        };
        let knowledge = of_set(sets.len() - 1);
        let place = |k: usize| reached.iter().position(|r| *r == k);
        let mut inputs: Vec<Driver> = study
            .inputs
            .iter()
            .enumerate()
            .map(|(k, input)| Driver {
                input: input.clone(),
                indices: place(k).map_or(Indices::ZERO, of_set),
            })
            .collect();
        inputs.sort_by(|a, b| b.indices.total.estimate.total_cmp(&a.indices.total.estimate));
        Ok(Drivers { asked, inputs, knowledge })
    }
}

/// The sums of a set from its counts: an answer of 0 or 1 is its own square.
fn counted(sums: &[f64], set: usize) -> PickFreeze {
    let &[n, a, b, ab, ..] = sums else { return PickFreeze::default() };
    let (x, ax, bx) = (sums[4 + 3 * set], sums[5 + 3 * set], sums[6 + 3 * set]);
    PickFreeze { n, a, b, ab, aa: a, bb: b, x, xx: x, ax, bx }
}

/// Indices with their intervals, brought between 0 and 1, where the true ones are.
fn indices(sums: &PickFreeze, intervals: &[Interval], confidence: f64) -> Indices {
    let estimate = |value: Option<f64>, interval: &Interval| Estimate {
        estimate: value.unwrap_or(0.0),
        low: interval.low,
        high: interval.high,
    };
    let mut first = estimate(sums.first(), &intervals[0]);
    let mut total = estimate(sums.total(), &intervals[1]);
    // On few paths the answer changes: their number has an exact interval, and no first-order index exceeds the total one.
    let changed = sums.a + sums.x - 2.0 * sums.ax;
    if let Some(variance) = sums.variance().filter(|_| changed < FEW) {
        let exact = clopper_pearson(changed as u64, sums.n as u64, confidence);
        total.low = total.low.min(exact.low / (2.0 * variance));
        total.high = total.high.max(exact.high / (2.0 * variance));
        first.low = first.low.min(0.0);
        first.high = first.high.max(total.high);
    }
    Indices { first: first.within(0.0, 1.0), total: total.within(0.0, 1.0) }
}

impl Drivers {
    /// What we do not know, the figure most worth finding out first: by the share of the variance that knowing it alone would
    /// remove. Inputs that the goal does not depend on are left out.
    pub fn worth_finding_out(&self) -> impl Iterator<Item = &Driver> {
        let is_unknown =
            |driver: &&Driver| driver.input.reaches && driver.input.kind.layer() == Layer::Knowledge;
        let mut unknown: Vec<&Driver> = self.inputs.iter().filter(is_unknown).collect();
        unknown.sort_by(|a, b| b.indices.first.estimate.total_cmp(&a.indices.first.estimate));
        unknown.into_iter()
    }

    /// Share of the variance that better data would remove in all.
    pub fn removable(&self) -> Estimate {
        self.knowledge.first
    }

    /// Share of the variance that chance has for itself: what would be left of it if all else were averaged over.
    pub fn chance(&self) -> Estimate {
        let Estimate { estimate, low, high } = self.knowledge.total;
        Estimate { estimate: 1.0 - estimate, low: 1.0 - high, high: 1.0 - low }
    }

    /// By how much the probability would move, one way or the other, if an input became known: the standard deviation of P(met | input),
    /// as a probability.
    ///
    /// ```text
    /// sqrt(first p (1 - p))
    /// ```
    pub fn moves(&self, indices: &Indices) -> f64 {
        let p = self.asked.probability.estimate;
        (indices.first.estimate.max(0.0) * p * (1.0 - p)).sqrt()
    }
}
