//! Shapley effects: shares of the variance that add up, of dependent inputs as well.

use super::cells::Cells;
use super::cube::{Estimate, UnitCube, mixed};
use super::groups::{Correlated, Input};
use super::study::{Asked, Study, differ};
use crate::analyse::Goal;
use crate::correlation::{Correlation, cholesky};
use crate::error::{Error, Fault, Result};
use crate::model::Draw;
use crate::random::{Key, normal_scores, uniform_at};
use crate::simulate::{Simulation, Streams, count};

/// Shapley effects of the inputs of a plan on meeting a goal: shares of the variance that are never negative in expectation and add up to 1,
/// of correlated shocks as well (Song, Nelson and Staum 2016, SIAM/ASA J. Uncertainty Quantification 4(1), 1060-1083; Owen and
/// Prieur 2017, same journal 5(1), 986-1002).
///
/// ```text
/// Sh_i = average over all orders of  V(those before i, and i) - V(those before i),   V(u) = Var E[Y | X_u]
/// ```
///
/// Orders are drawn, one for each block of 512 paths. Along an order, inputs of a future B take their draws from a future A one after
/// the other; a matrix of correlated shocks is factored anew in that order, so that what is not yet taken is drawn given what is
/// (conditional sampling of Gaussian scores). With y the output, f(A) that at the end:
///
/// ```text
/// Sh_i = mean ((f(A) - y_before)^2 - (f(A) - y_after)^2) / 2
/// ```
///
/// (Goda 2021, Reliability Engineering and System Safety 213, 107702, for independent inputs; it holds wherever y shares with A
/// what is taken and is else drawn given that). The sum over the inputs is `(f(A) - f(B))^2 / 2` on every path, so effects add up to exactly 1.
///
/// **When not to use it.** An input that the goal does not depend on but which is correlated with one that it does has an
/// effect above 0: it tells of the other one. To find what may be held anywhere take [`Sensitivity`](super::Sensitivity).
#[derive(Debug)]
pub struct Shapley<'a> {
    simulation: &'a Simulation<'a>,
    goal: Goal,
}

/// Shapley effects on meeting a goal.
#[derive(Debug, Clone, PartialEq)]
pub struct ShapleyEffects {
    /// The question.
    pub asked: Asked,
    /// Every input with its effect, a share of the variance; the greatest first.
    pub inputs: Vec<(Input, Estimate)>,
}

/// Squared distances along orders of inputs.
#[derive(Debug, Clone, PartialEq)]
pub struct Chain {
    sums: Vec<f64>,
}

impl Chain {
    /// Of so many inputs.
    pub fn new(inputs: usize) -> Self {
        Self { sums: vec![0.0; inputs] }
    }

    /// Adds an order of the inputs with the squared distances of the outputs to f(A): that of f(B) first, then after each input of the
    /// order was taken from A. The last one is 0.
    pub fn add(&mut self, order: &[usize], distances: &[f64]) {
        add(&mut self.sums, order, distances);
    }

    /// The effects, which add up to 1; none where the output does not vary.
    pub fn effects(&self) -> Option<Vec<f64>> {
        effects(&self.sums)
    }
}

fn add(sums: &mut [f64], order: &[usize], distances: &[f64]) {
    for (input, pair) in order.iter().zip(distances.windows(2)) {
        sums[*input] += 0.5 * (pair[0] - pair[1]);
    }
}

fn effects(sums: &[f64]) -> Option<Vec<f64>> {
    let all: f64 = sums.iter().sum();
    (all > 0.0).then(|| sums.iter().map(|sum| sum / all).collect())
}

/// An order of `n` inputs, each as likely.
fn order(key: Key, number: u64, n: usize) -> Vec<usize> {
    let mut order: Vec<usize> = (0..n).collect();
    for last in (1..n).rev() {
        let u = uniform_at(key, number, last as u32);
        order.swap(last, ((u * (last + 1) as f64) as usize).min(last));
    }
    order
}

impl<'a> Shapley<'a> {
    /// Of meeting a goal, with the paths, seed, threads and confidence of a simulation.
    pub fn new(simulation: &'a Simulation<'a>, goal: Goal) -> Self {
        Self { simulation, goal }
    }

    /// Runs it.
    ///
    /// # Errors
    /// As [`Sensitivity::run`](super::Sensitivity::run).
    pub fn run(&self) -> Result<ShapleyEffects> {
        let study = Study::new(self.simulation, &self.goal, "Shapley effects", Correlated::Apart)?;
        let reached = study.reached();
        let (own, other) = (study.own(), study.other());
        let key = Key::new(study.survey.seed, "sensitivity", "orders");
        let inputs = reached.len();
        // Paths, hits, then twice the sum of every input.
        let cells = study.survey.pass(
            || (study.desk(), study.other()),
            || Cells::new(2 + inputs),
            |(desk, streams), first, len, cells| {
                let order = order(key, first / crate::simulate::LANES as u64, inputs);
                let taken: Vec<&Input> = order.iter().map(|k| &study.inputs[reached[*k]]).collect();
                streams.correlation = study.model.correlation.reordered(&scores(&taken));
                study.inputs.iter().for_each(|input| streams.take(&other, &input.draws));
                let mut met = vec![study.met(desk, streams, first, len)?];
                for input in taken {
                    take(streams, &own, input);
                    met.push(study.met(desk, streams, first, len)?);
                }
                let a = met[inputs];
                let distances: Vec<f64> = met.iter().map(|y| count(&differ(&a, y)) as f64).collect();
                let sums = cells.of(first);
                (sums[0], sums[1]) = (sums[0] + len as f64, sums[1] + count(&a) as f64);
                add(&mut sums[2..], &order, &distances);
                Ok(())
            },
            Cells::merge,
        )?;
        let total = cells.total();
        let asked = study.asked(total[1] as u64)?;
        let found = effects(&total[2..]).unwrap_or_default();
        let intervals =
            cells.intervals(asked.about.paths, asked.about.seed, asked.about.confidence, |sums| {
                effects(&sums[2..])
            });
        let mut inputs: Vec<(Input, Estimate)> = study
            .inputs
            .iter()
            .enumerate()
            .map(|(k, input)| {
                let place = reached.iter().position(|r| *r == k);
                let effect = place.map_or(Estimate::ZERO, |at| Estimate {
                    estimate: found[at],
                    low: intervals[at].low,
                    high: intervals[at].high,
                });
                (input.clone(), effect)
            })
            .collect();
        inputs.sort_by(|(_, a), (_, b)| b.estimate.total_cmp(&a.estimate));
        Ok(ShapleyEffects { asked, inputs })
    }
}

fn take(streams: &mut Streams, from: &Streams, input: &Input) {
    streams.take(from, &input.draws);
}

/// The scores of some inputs, in their order.
fn scores(inputs: &[&Input]) -> Vec<usize> {
    let draws = inputs.iter().flat_map(|input| &input.draws);
    draws
        .filter_map(|draw| match draw {
            Draw::Score(k) => Some(*k),
            _ => None,
        })
        .collect()
}

impl UnitCube {
    /// Shapley effects of a function of standard normal numbers that are correlated: `f` gets them, not uniform numbers. Every
    /// coordinate is an input of its own.
    ///
    /// # Errors
    /// [`Error::Run`] when coordinates or confidence are out of range, when the correlations are those of another number of coordinates, or when
    /// coordinates are put into groups.
    pub fn shapley_effects(
        &self,
        correlation: &Correlation,
        f: impl Fn(&[f64]) -> f64,
    ) -> Result<Vec<Estimate>> {
        let n = self.dims;
        if correlation.size() != n || self.groups.len() != n {
            let problem = format!(
                "there are correlations of {} numbers and {} inputs for {n} coordinates",
                correlation.size(),
                self.groups.len()
            );
            let fault = Fault::new("correlation", problem);
            return Err(Error::Run(fault.remedy("give a row for every coordinate, and leave out groups")));
        }
        let key = Key::new(self.seed, "sensitivity", "orders");
        let (mut scores, mut other) = (vec![0.0; n], vec![0.0; n]);
        let chains = self.replicates(
            || Chain::new(n),
            |chain, number, a, b| {
                let order = order(key, number, n);
                let moved: Vec<f64> =
                    order.iter().flat_map(|i| order.iter().map(move |j| correlation.get(*i, *j))).collect();
                let factor = cholesky(n, &moved);
                let output = |independent: &[f64]| {
                    let mut x = vec![0.0; n];
                    for (row, k) in order.iter().enumerate() {
                        x[*k] = (0..=row).map(|c| factor[row * n + c] * independent[order[c]]).sum();
                    }
                    f(&x)
                };
                scores.copy_from_slice(a);
                other.copy_from_slice(b);
                normal_scores(&mut scores);
                normal_scores(&mut other);
                let of_a = output(&scores);
                let square = |y: f64| (y - of_a) * (y - of_a);
                let mut distances = vec![square(output(&other))];
                for k in &order {
                    mixed(&mut other, &scores, &[*k]);
                    distances.push(square(output(&other)));
                }
                chain.add(&order, &distances);
            },
        )?;
        let each: Vec<Vec<f64>> = chains.iter().filter_map(Chain::effects).collect();
        let of = |k: usize| {
            let values: Vec<f64> = each.iter().map(|effects| effects[k]).collect();
            if values.is_empty() { Estimate::ZERO } else { Estimate::of_replicates(&values, self.confidence) }
        };
        Ok((0..n).map(of).collect())
    }
}
