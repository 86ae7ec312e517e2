//! Morris screening: elementary effects, their mean size and spread.

use super::cells::Cells;
use super::cube::{Estimate, UnitCube, mixed};
use super::groups::{Correlated, Input};
use super::study::{Asked, Study, differ, without};
use crate::analyse::Goal;
use crate::error::Result;
use crate::model::{Draw, Model, ParameterRule};
use crate::random::{Key, normal_lanes, uniform_lanes};
use crate::simulate::{Bits, LANES, Simulation, Streams, and, count};

/// Morris screening of the inputs of a plan: what may be left out of a longer look (Morris 1991, Technometrics 33(2), 161-174; mu* and
/// groups: Campolongo, Cariboni and Saltelli 2007, Environmental Modelling and Software 22(10), 1509-1518; radial design:
/// Campolongo, Saltelli and Cariboni 2011, Computer Physics Communications 182(4), 978-988).
///
/// From each of the futures one step is taken along every input: to an independent draw of it, all else as it was. The elementary effect
/// is 1 where the goal becomes met, -1 where it becomes missed, 0 where nothing changes; its sign is turned where the step went
/// down (fewer occurrences of an event, a lower sum of the scores of the years).
///
/// * **mu\*** is the mean size: the share of the futures in which another draw of this input alone turns the answer.
/// * **mu** is the mean: positive where more of the input helps. Where it is nearer to 0 than mu\*, more helps in some futures and
///   hurts in others.
/// * **sigma** is the standard deviation, which for an answer that is yes or no follows from both: `sqrt(mu* - mu^2)`.
///
/// **When not to use it.** For shares: it ranks, and says which inputs hardly matter, from few paths. mu\* is twice the numerator of the
/// total Sobol index, so with many paths [`Sensitivity`](super::Sensitivity) says more for the same work.
#[derive(Debug)]
pub struct Morris<'a> {
    simulation: &'a Simulation<'a>,
    goal: Goal,
}

/// What a screening found.
#[derive(Debug, Clone, PartialEq)]
pub struct Screening {
    /// The question.
    pub asked: Asked,
    /// Every input with its elementary effects, the greatest mu\* first.
    pub inputs: Vec<(Input, Effects)>,
}

/// Elementary effects of an input.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Effects {
    /// Mean of the sizes.
    pub mu_star: Estimate,
    /// Mean.
    pub mu: Estimate,
    /// Standard deviation.
    pub sigma: f64,
}

/// Sums of elementary effects.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct ElementaryEffects {
    n: f64,
    sum: f64,
    sizes: f64,
    squares: f64,
}

impl ElementaryEffects {
    /// Of evaluated effects.
    pub fn of(effects: &[f64]) -> Self {
        let mut sums = Self::default();
        effects.iter().for_each(|effect| sums.add(*effect));
        sums
    }

    /// Adds one: the change of the output over the step of the input.
    pub fn add(&mut self, effect: f64) {
        self.n += 1.0;
        self.sum += effect;
        self.sizes += effect.abs();
        self.squares += effect * effect;
    }

    /// Of steps of which some changed an answer from no to yes, some from yes to no.
    fn counted(n: f64, up: f64, down: f64) -> Self {
        Self { n, sum: up - down, sizes: up + down, squares: up + down }
    }

    /// Mean; 0 of none.
    pub fn mu(&self) -> f64 {
        self.sum / self.n.max(1.0)
    }

    /// Mean of the sizes; 0 of none.
    pub fn mu_star(&self) -> f64 {
        self.sizes / self.n.max(1.0)
    }

    /// Standard deviation; 0 of fewer than two.
    pub fn sigma(&self) -> f64 {
        let squares = self.squares - self.sum * self.sum / self.n.max(1.0);
        if self.n > 1.0 { (squares.max(0.0) / (self.n - 1.0)).sqrt() } else { 0.0 }
    }
}

impl<'a> Morris<'a> {
    /// Of meeting a goal, with the paths, seed, threads and confidence of a simulation: a step along every input from each path.
    pub fn new(simulation: &'a Simulation<'a>, goal: Goal) -> Self {
        Self { simulation, goal }
    }

    /// Runs it.
    ///
    /// # Errors
    /// As [`Sensitivity::run`](super::Sensitivity::run).
    pub fn run(&self) -> Result<Screening> {
        let study = Study::new(self.simulation, &self.goal, "a screening", Correlated::Together)?;
        let reached = study.reached();
        let (own, other) = (study.own(), study.other());
        let sets: Vec<_> = reached.iter().map(|k| study.exchanged([&study.inputs[*k]])).collect();
        // Paths, hits; then for every input how often more of it, and how often less of it, made the goal met.
        let cells = study.survey.pass(
            || study.desk(),
            || Cells::new(2 + 2 * sets.len()),
            |desk, first, len, cells| {
                desk.simulate(first, len)?;
                let a = study.success.bits(&desk.workspace);
                let sums = cells.of(first);
                (sums[0], sums[1]) = (sums[0] + len as f64, sums[1] + count(&a) as f64);
                for ((k, set), sums) in reached.iter().zip(&sets).zip(sums[2..].chunks_exact_mut(2)) {
                    let x = study.met(desk, set, first, len)?;
                    let up = rises(&study.model, &study.inputs[*k].draws, &own, &other, first);
                    let (better, changed) = (without(&x, &a), differ(&x, &a));
                    // The answer rose with the input, or fell with it.
                    let with = count(&and(&better, &up)) + count(&without(&without(&changed, &better), &up));
                    sums[0] += with as f64;
                    sums[1] += (count(&changed) - with) as f64;
                }
                Ok(())
            },
            Cells::merge,
        )?;
        let total = cells.total();
        let asked = study.asked(total[1] as u64)?;
        let of =
            |sums: &[f64], at: usize| ElementaryEffects::counted(sums[0], sums[2 + 2 * at], sums[3 + 2 * at]);
        let intervals =
            cells.intervals(asked.about.paths, asked.about.seed, asked.about.confidence, |sums| {
                Some((0..sets.len()).flat_map(|at| [of(sums, at).mu_star(), of(sums, at).mu()]).collect())
            });
        let effects = |at: usize| {
            let sums = of(&total, at);
            let with = |estimate: f64, k: usize| {
                let interval = intervals[2 * at + k];
                Estimate { estimate, low: interval.low, high: interval.high }
            };
            Effects { mu_star: with(sums.mu_star(), 0), mu: with(sums.mu(), 1), sigma: sums.sigma() }
        };
        let none = Effects { mu_star: Estimate::ZERO, mu: Estimate::ZERO, sigma: 0.0 };
        let place = |k: usize| reached.iter().position(|r| *r == k);
        let mut inputs: Vec<(Input, Effects)> = study
            .inputs
            .iter()
            .enumerate()
            .map(|(k, input)| (input.clone(), place(k).map_or(none, effects)))
            .collect();
        inputs.sort_by(|(_, a), (_, b)| b.mu_star.estimate.total_cmp(&a.mu_star.estimate));
        Ok(Screening { asked, inputs })
    }
}

/// The paths of a block on which an input is greater in the other draws: the sum of its scores over the years.
fn rises(model: &Model, draws: &[Draw], own: &Streams, other: &Streams, first: u64) -> Bits {
    let (mut sum, mut row) = ([0.0; LANES], [0.0; LANES]);
    let base = model.horizon.base().0;
    let years: Vec<u32> = (1..=model.horizon.steps()).map(|step| (base + step as i32) as u32).collect();
    for draw in draws {
        let uniform = match draw {
            Draw::Parameter(k) => matches!(model.parameters.list[*k].rule, ParameterRule::Rank { .. }),
            Draw::Event(_) | Draw::Regime(_) => true,
            Draw::Score(_) | Draw::Factor(_) | Draw::Tail => false,
        };
        let index: &[u32] = if matches!(draw, Draw::Parameter(_)) { &[0] } else { &years };
        // A small uniform number is an occurrence, a great one a later state.
        let sign = if matches!(draw, Draw::Event(_)) { -1.0 } else { 1.0 };
        for (streams, sign) in [(other, sign), (own, -sign)] {
            let Some(key) = key_of(streams, *draw) else { continue };
            for year in index {
                match uniform {
                    true => uniform_lanes(key, first, *year, &mut row),
                    false => normal_lanes(key, first, *year, &mut row),
                }
                sum.iter_mut().zip(&row).for_each(|(sum, x)| *sum += sign * x);
            }
        }
    }
    let mut bits = [0; LANES / 64];
    for (word, sums) in bits.iter_mut().zip(sum.as_chunks::<64>().0) {
        *word = sums.iter().enumerate().fold(0, |word, (k, x)| word | u64::from(*x > 0.0) << k);
    }
    bits
}

/// The key of a draw; of an event that of its occurrence.
fn key_of(streams: &Streams, draw: Draw) -> Option<Key> {
    match draw {
        Draw::Parameter(k) => streams.parameters[k],
        Draw::Score(k) => Some(streams.scores[k]),
        Draw::Factor(k) => Some(streams.factors[k]),
        Draw::Tail => Some(streams.tail),
        Draw::Event(k) => Some(streams.events[k].0),
        Draw::Regime(k) => Some(streams.regimes[k]),
    }
}

impl UnitCube {
    /// Elementary effects of every input in a radial design: from a point A along each input to that of an independent point. Of an input of
    /// one coordinate the effect is the change of the output over the step, of one of several coordinates the change alone.
    ///
    /// # Errors
    /// [`Error::Run`](crate::error::Error::Run) when coordinates, groups or confidence are out of range.
    pub fn elementary_effects(&self, f: impl Fn(&[f64]) -> f64) -> Result<Vec<Effects>> {
        let inputs = self.groups.len();
        let mut point = vec![0.0; self.dims];
        let sums = self.replicates(
            || vec![ElementaryEffects::default(); inputs],
            |sums, _, a, b| {
                let of_a = f(a);
                for (members, sums) in self.groups.iter().zip(sums) {
                    point.copy_from_slice(a);
                    mixed(&mut point, b, members);
                    let step = match members[..] {
                        [only] => b[only] - a[only],
                        _ => 1.0,
                    };
                    sums.add((f(&point) - of_a) / step);
                }
            },
        )?;
        let of = |input: usize| {
            let each = |of: fn(&ElementaryEffects) -> f64| -> Vec<f64> {
                sums.iter().map(|replicate| of(&replicate[input])).collect()
            };
            let sigmas = each(ElementaryEffects::sigma);
            let mean_square = sigmas.iter().map(|sigma| sigma * sigma).sum::<f64>() / sigmas.len() as f64;
            Effects {
                mu_star: Estimate::of_replicates(&each(ElementaryEffects::mu_star), self.confidence),
                mu: Estimate::of_replicates(&each(ElementaryEffects::mu), self.confidence),
                sigma: mean_square.sqrt(),
            }
        };
        Ok((0..inputs).map(of).collect())
    }
}
