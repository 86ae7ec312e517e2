//! Where to look for the best spending: the greedy way for a start, the simplex of Nelder and Mead to refine it.

use crate::error::{Error, Fault, Result};
use argmin::core::{CostFunction, Executor, State};
use argmin::solver::neldermead::NelderMead;
use std::cell::RefCell;

/// Pieces in which the greedy way spends a budget.
const PIECES: u32 = 6;

/// What can be spent: at most so much on each lever, and so much on all together.
#[derive(Debug, Clone)]
pub(super) struct Room {
    pub(super) most: Vec<f64>,
    pub(super) budget: f64,
}

/// A spending and what it is worth.
#[derive(Debug, Clone)]
pub(super) struct Found {
    pub(super) spending: Vec<f64>,
    pub(super) value: f64,
}

/// What is made as large as possible.
pub(super) type Value<'v> = dyn FnMut(&[f64]) -> Result<f64> + 'v;

impl Room {
    /// What can be spent at all.
    pub(super) fn total(&self) -> f64 {
        self.budget.min(self.most.iter().sum())
    }

    /// The allowed spending that is nearest to some numbers (the Euclidean projection): each less the same amount, held between 0 and its most.
    pub(super) fn nearest(&self, wanted: &[f64]) -> Vec<f64> {
        let less = |by: f64| -> Vec<f64> {
            wanted.iter().zip(&self.most).map(|(x, most)| (x - by).clamp(0.0, *most)).collect()
        };
        let free = less(0.0);
        if free.iter().sum::<f64>() <= self.budget {
            return free;
        }
        // What is spent falls with what is taken off; halved until no bit is left to gain, always on the side that is allowed.
        let (mut low, mut high) = (0.0, wanted.iter().copied().fold(0.0, f64::max));
        loop {
            let middle = 0.5 * (low + high);
            if middle <= low || middle >= high {
                return less(high);
            }
            if less(middle).iter().sum::<f64>() > self.budget {
                low = middle;
            } else {
                high = middle;
            }
        }
    }

    /// All of it, as evenly as the levers allow.
    pub(super) fn even(&self) -> Vec<f64> {
        self.nearest(&self.most.iter().map(|most| most + self.budget).collect::<Vec<_>>())
    }

    /// Spends the budget piece by piece, each where it brings the most: the best spending where the levers' worth adds up and diminishes
    /// (Gross 1956, in Ibaraki and Katoh 1988, Resource allocation problems, ch. 4), and a good start where it is only nearly so. Gives the best on the way.
    pub(super) fn greedy(&self, value: &mut Value<'_>) -> Result<Found> {
        let piece = self.total() / f64::from(PIECES);
        let spending = vec![0.0; self.most.len()];
        let mut now = Found { value: value(&spending)?, spending };
        let mut best = now.clone();
        loop {
            let left = self.total() - now.spending.iter().sum::<f64>();
            let mut next: Option<Found> = None;
            for (k, most) in self.most.iter().enumerate() {
                let add = piece.min(left).min(most - now.spending[k]);
                // What rounding leaves is no piece.
                if add <= 1e-9 * piece {
                    continue;
                }
                let mut spending = now.spending.clone();
                spending[k] += add;
                let value = value(&spending)?;
                if next.as_ref().is_none_or(|next| value > next.value) {
                    next = Some(Found { spending, value });
                }
            }
            let Some(next) = next else { return Ok(best) };
            if next.value > best.value {
                best = next.clone();
            }
            now = next;
        }
    }

    /// Refines a spending by the method of Nelder and Mead (1965), which compares values and asks for no slope: the values are shares of a finite
    /// number of paths and go up in steps. What it tries outside of the room counts as the nearest spending inside, less a little for the way. `reach` is
    /// the first step, as a share of what a lever can take.
    pub(super) fn refine(
        &self,
        start: Found,
        reach: f64,
        steps: u64,
        value: &mut Value<'_>,
    ) -> Result<Found> {
        let scale: Vec<f64> = self.most.iter().map(|most| most.min(self.budget)).collect();
        let unit: Vec<f64> = start.spending.iter().zip(&scale).map(|(s, scale)| s / scale).collect();
        let mut simplex = vec![unit.clone()];
        for k in 0..unit.len() {
            let mut corner = unit.clone();
            // Away from the end that is near.
            corner[k] += if corner[k] > 0.5 { -reach } else { reach };
            simplex.push(corner);
        }
        let search = Search {
            room: self,
            scale,
            far: 1e-3 * start.value.abs(),
            state: RefCell::new(Progress { value, best: start, failed: None }),
        };
        let solver = NelderMead::new(simplex);
        let run = Executor::new(&search, solver).configure(|state| state.max_iters(steps)).run();
        let refused = run.map(|found| found.state().get_best_param().is_none()).map_err(|e| e.to_string());
        let Progress { best, failed, .. } = search.state.into_inner();
        match (failed, refused) {
            (Some(error), _) => Err(error),
            (None, Err(what)) => Err(Error::Run(Fault::new(
                "budget",
                format!("the search for the best spending failed: {what}"),
            ))),
            (None, Ok(_)) => Ok(best),
        }
    }

    /// Takes back what brings nothing, the smallest spending first.
    pub(super) fn spare(&self, found: Found, value: &mut Value<'_>) -> Result<Found> {
        let mut best = found;
        let mut order: Vec<usize> = (0..self.most.len()).filter(|k| best.spending[*k] > 0.0).collect();
        order.sort_by(|a, b| best.spending[*a].total_cmp(&best.spending[*b]));
        for k in order {
            let mut spending = best.spending.clone();
            spending[k] = 0.0;
            let value = value(&spending)?;
            if value >= best.value {
                best = Found { spending, value };
            }
        }
        Ok(best)
    }
}

struct Progress<'p, 'v> {
    value: &'p mut Value<'v>,
    best: Found,
    /// What went wrong first; the search only sees a place that is not worth going to.
    failed: Option<Error>,
}

/// Spending in shares of what each lever can take, as the search sees it.
struct Search<'p, 'v> {
    room: &'p Room,
    scale: Vec<f64>,
    far: f64,
    state: RefCell<Progress<'p, 'v>>,
}

impl CostFunction for &Search<'_, '_> {
    type Param = Vec<f64>;
    type Output = f64;

    fn cost(&self, at: &Vec<f64>) -> std::result::Result<f64, argmin::core::Error> {
        let wanted: Vec<f64> = at.iter().zip(&self.scale).map(|(x, scale)| x * scale).collect();
        let spending = self.room.nearest(&wanted);
        let way = wanted.iter().zip(&spending).zip(&self.scale).map(|((w, s), scale)| (w - s).abs() / scale);
        let off: f64 = way.sum();
        let mut state = self.state.borrow_mut();
        if state.failed.is_some() {
            return Ok(f64::MAX);
        }
        match (state.value)(&spending) {
            Ok(value) => {
                if value > state.best.value {
                    state.best = Found { spending, value };
                }
                Ok(-value + self.far * off)
            }
            Err(error) => {
                state.failed = Some(error);
                Ok(f64::MAX)
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn room(most: &[f64], budget: f64) -> Room {
        Room { most: most.to_vec(), budget }
    }

    fn search(room: &Room, value: impl Fn(&[f64]) -> f64) -> Found {
        let mut value = |s: &[f64]| Ok(value(s));
        let start = room.greedy(&mut value).unwrap();
        let found = room.refine(start, 0.2, 200, &mut value).unwrap();
        room.spare(found, &mut value).unwrap()
    }

    /// Concave and separable: at the optimum the last unit brings the same everywhere, `a / (s + h)^2 h`.
    #[test]
    fn the_optimum_of_saturating_levers_is_that_of_lagrange() {
        let room = room(&[100.0, 100.0, 100.0], 60.0);
        let (a, h) = ([1.0, 2.0, 0.5], [10.0, 40.0, 5.0]);
        let worth = |s: &[f64]| (0..3).map(|k| a[k] * s[k] / (s[k] + h[k])).sum::<f64>();
        // s_k + h_k = sqrt(a_k h_k / m) with m from the budget.
        let root: Vec<f64> = (0..3).map(|k| f64::sqrt(a[k] * h[k])).collect();
        let per = (60.0 + h.iter().sum::<f64>()) / root.iter().sum::<f64>();
        let best: Vec<f64> = (0..3).map(|k| root[k] * per - h[k]).collect();
        assert!(best.iter().all(|s| *s > 0.0), "the optimum is inside: {best:?}");
        let found = search(&room, worth);
        assert!((found.spending.iter().sum::<f64>() - 60.0).abs() < 1e-6, "{found:?}");
        assert!(worth(&best) - found.value < 1e-6, "{found:?} and {best:?}");
    }

    #[test]
    fn a_corner_is_found_and_what_brings_nothing_is_spared() {
        let room = room(&[4.0, 10.0, 10.0], 8.0);
        // Linear: first to its most, then the second; the third does nothing.
        let found = search(&room, |s| 3.0 * s[0] + s[1]);
        assert!((found.value - 16.0).abs() < 1e-3 && found.spending[2] == 0.0, "{found:?}");
        // More than enough is not spent.
        let found = search(&room, |s| -(s[0] - 1.0) * (s[0] - 1.0) - 0.1 * s[1] - 0.1 * s[2]);
        assert!((found.spending[0] - 1.0).abs() < 0.01 && found.spending[1..] == [0.0, 0.0], "{found:?}");
    }

    #[test]
    fn steps_do_not_stop_it() {
        let room = room(&[50.0, 50.0], 50.0);
        let smooth = |s: &[f64]| 0.5 * s[0] / (s[0] + 10.0) + 0.4 * s[1] / (s[1] + 5.0);
        let found = search(&room, |s| libm::floor(smooth(s) * 20_000.0) / 20_000.0);
        let best = (0..=5000)
            .map(|k| smooth(&[f64::from(k) * 0.01, 50.0 - f64::from(k) * 0.01]))
            .fold(0.0, f64::max);
        assert!(best - smooth(&found.spending) < 2e-4, "{found:?}");
    }

    #[test]
    fn what_fails_is_told() {
        let mut calls = 0;
        let mut value = |_: &[f64]| {
            calls += 1;
            if calls < 3 { Ok(1.0) } else { Err(Error::Run(Fault::new("x", "stopped"))) }
        };
        let start = Found { spending: vec![1.0, 1.0], value: 1.0 };
        let said = room(&[2.0, 2.0], 3.0).refine(start, 0.1, 50, &mut value).unwrap_err().to_string();
        assert!(said.contains("stopped"), "{said}");
    }

    proptest! {
        #![proptest_config(ProptestConfig {
            rng_seed: proptest::test_runner::RngSeed::Fixed(1),
            failure_persistence: None,
            ..ProptestConfig::default()
        })]

        #[test]
        fn the_nearest_spending_is_allowed_and_none_is_nearer(
            wanted in prop::collection::vec(-20.0..40.0_f64, 3),
            other in prop::collection::vec(0.0..1.0_f64, 3),
            budget in 0.1..50.0_f64,
        ) {
            let room = room(&[5.0, 20.0, 30.0], budget);
            let near = room.nearest(&wanted);
            prop_assert!(near.iter().sum::<f64>() <= budget);
            prop_assert!(near.iter().zip(&room.most).all(|(s, most)| (0.0..=*most).contains(s)));
            let distance = |s: &[f64]| s.iter().zip(&wanted).map(|(s, w)| (s - w) * (s - w)).sum::<f64>();
            // Any other allowed spending, made by shrinking a point of the box.
            let full: Vec<f64> = other.iter().zip(&room.most).map(|(u, most)| u * most).collect();
            let shrink = (budget / full.iter().sum::<f64>().max(1e-9)).min(1.0);
            let other: Vec<f64> = full.iter().map(|s| s * shrink).collect();
            prop_assert!(distance(&near) <= distance(&other) + 1e-6);
        }
    }
}
