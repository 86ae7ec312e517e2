//! How much is needed: the least amount at which a count of paths reaches a number.
//!
//! With common random numbers the number of paths on which something happens is a step function of the amount, and whatever
//! that function does between two amounts that were looked at, it is the same function each time: so an ordinary search for a
//! root is right (retrospective approximation: Chen and Schmeiser 2001, IIE Transactions 33(3), 259-275). It is looked at on an
//! even grid first, which shows whether it rises all the way; then a secant on the scale of normal scores, where a probability is
//! nearly a straight line in a drift, is kept between two amounts on either side. The step that is left is smaller than a
//! twentieth of what the Monte Carlo error hides.

use crate::error::Result;
use crate::stats::normal;

/// Amounts looked at before anything is searched.
const GRID: u32 = 8;

/// Looks that a search takes, about: those of the grid, and two for each of the three crossings of a probability (its interval has two ends).
pub(super) const fn about_looks(probabilities: u64) -> u64 {
    GRID as u64 + 1 + 6 * probabilities
}

/// Amounts nearer to each other than this share of the range are one.
const NEAREST: f64 = 1e-6;

/// Looks for a maximum inside the range: each halves the step of the grid around it.
const HALVINGS: u32 = 5;

/// From which side a step is approached.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Side {
    /// The last amount below it counts.
    Below,
    /// The first amount on it counts.
    On,
}

/// A place that was looked at.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Look {
    /// Share of the way from the first amount to the last.
    pub(super) at: f64,
    /// Hits of each goal.
    pub(super) hits: Vec<u64>,
}

/// What was looked at so far, in the order of the amounts.
pub(super) struct Looks<F> {
    count: F,
    paths: u64,
    looks: Vec<Look>,
}

impl<F: FnMut(f64) -> Result<Vec<u64>>> Looks<F> {
    /// Looks at the grid. `count` says of a share of the way how many of the paths each goal has.
    pub(super) fn new(paths: u64, count: F) -> Result<Self> {
        let mut looks = Self { count, paths, looks: Vec::new() };
        for k in 0..=GRID {
            looks.at(f64::from(k) / f64::from(GRID))?;
        }
        Ok(looks)
    }

    /// All looks, in the order of the amounts.
    pub(super) fn all(&self) -> &[Look] {
        &self.looks
    }

    /// The first look with at least so many hits of a goal, refined until it misses them by no more than `slack` from the side that
    /// counts; none where none has so many.
    pub(super) fn reach(&mut self, goal: usize, hits: u64, slack: u64, side: Side) -> Result<Option<usize>> {
        let mut looked = 0;
        loop {
            let Some(on) = self.looks.iter().position(|look| look.hits[goal] >= hits) else {
                return Ok(None);
            };
            let Some(below) = on.checked_sub(1) else { return Ok(Some(0)) };
            let (a, b) = (&self.looks[below], &self.looks[on]);
            let near = match side {
                Side::Below => hits - a.hits[goal] <= slack,
                Side::On => b.hits[goal] - hits <= slack,
            };
            if near || b.at - a.at <= NEAREST {
                return Ok(Some(if side == Side::Below { below } else { on }));
            }
            looked += 1;
            // A step that a straight line does not find is found by halves.
            let share = if looked % 4 == 0 { 0.5 } else { self.share(goal, hits, slack, side, (a, b)) };
            let at = a.at + share * (b.at - a.at);
            self.at(at)?;
        }
    }

    /// Where on the way from one look to the next the hits should be reached, a little to the side that counts.
    fn share(&self, goal: usize, hits: u64, slack: u64, side: Side, (a, b): (&Look, &Look)) -> f64 {
        let score = |hits: f64| normal::quantile((hits + 0.5) / (self.paths as f64 + 1.0));
        let aim = match side {
            Side::Below => hits as f64 - 0.4 * slack as f64,
            Side::On => hits as f64 + 0.4 * slack as f64,
        };
        let (low, high) = (score(a.hits[goal] as f64), score(b.hits[goal] as f64));
        let share = (score(aim.clamp(0.0, self.paths as f64)) - low) / (high - low);
        if share.is_finite() { share.clamp(0.02, 0.98) } else { 0.5 }
    }

    /// Position of the look with the most hits of a goal, the first of several.
    pub(super) fn best(&self, goal: usize) -> usize {
        let mut best = 0;
        for (k, look) in self.looks.iter().enumerate() {
            if look.hits[goal] > self.looks[best].hits[goal] {
                best = k;
            }
        }
        best
    }

    /// Looks more closely around the most hits of a goal, where they lie within the range.
    pub(super) fn refine_best(&mut self, goal: usize) -> Result<()> {
        for _ in 0..HALVINGS {
            let best = self.best(goal);
            let neighbour = |k: Option<usize>| k.and_then(|k| self.looks.get(k)).map(|look| look.at);
            let (Some(before), Some(after)) = (neighbour(best.checked_sub(1)), neighbour(Some(best + 1)))
            else {
                return Ok(());
            };
            let at = self.looks[best].at;
            for place in [0.5 * (before + at), 0.5 * (at + after)] {
                self.at(place)?;
            }
        }
        Ok(())
    }

    /// Whether the hits of a goal never fall on the way by more than chance may do.
    ///
    /// A fall of d paths stands, by the paired test of McNemar (1947, Psychometrika 12(2), 153-157), against at least d paths that
    /// differ, so its score is at most sqrt(d): below z^2 paths it is no evidence.
    pub(super) fn rises(&self, goal: usize, confidence: f64) -> bool {
        let z = normal::two_sided(confidence);
        let mut most = 0;
        self.looks.iter().all(|look| {
            most = most.max(look.hits[goal]);
            ((most - look.hits[goal]) as f64) < z * z
        })
    }

    fn at(&mut self, at: f64) -> Result<()> {
        let place = self.looks.partition_point(|look| look.at < at);
        if self.looks.get(place).is_none_or(|look| look.at != at) {
            let hits = (self.count)(at)?;
            self.looks.insert(place, Look { at, hits });
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::cell::Cell;
    use std::rc::Rc;

    const PATHS: u64 = 100_000;

    /// How often it was looked.
    type Calls = Rc<Cell<u32>>;

    fn looks_of(count: impl Fn(f64) -> f64) -> (Looks<impl FnMut(f64) -> Result<Vec<u64>>>, Calls) {
        let calls = Rc::new(Cell::new(0));
        let counted = Rc::clone(&calls);
        let looks = Looks::new(PATHS, move |at| {
            counted.set(counted.get() + 1);
            Ok(vec![(count(at) * PATHS as f64) as u64])
        });
        (looks.unwrap(), calls)
    }

    #[test]
    fn a_rising_probability_is_crossed_where_it_is_and_after_few_looks() {
        let (mut looks, calls) = looks_of(|at| normal::cdf(6.0 * at - 2.0));
        let mut places = Vec::new();
        for (p, side) in [(0.5, Side::On), (0.8, Side::Below), (0.8, Side::On), (0.9, Side::On)] {
            let hits = (p * PATHS as f64) as u64;
            let found = looks.reach(0, hits, 12, side).unwrap().unwrap();
            let truth = (normal::quantile(p) + 2.0) / 6.0;
            // Twelve paths of 100 000 over the slope of at least 1.05.
            assert!(
                (looks.all()[found].at - truth).abs() < 12e-5 / 1.05,
                "{p}: {:?} {truth}",
                looks.all()[found]
            );
            places.push(looks.all()[found].at);
        }
        assert!(places.windows(2).all(|pair| pair[0] < pair[1]));
        // Nine of the grid, and two or so for each crossing.
        assert!(calls.get() <= 9 + 12, "{}", calls.get());
        assert!(looks.rises(0, 0.95));
    }

    #[test]
    fn a_jump_is_found_where_it_is() {
        let (mut looks, _) = looks_of(|at| if at < 0.123_456 { 0.1 } else { 0.9 });
        let on = looks.reach(0, 50_000, 10, Side::On).unwrap().unwrap();
        assert!((looks.all()[on].at - 0.123_456).abs() <= NEAREST && looks.all()[on].hits[0] == 90_000);
        let below = looks.reach(0, 50_000, 10, Side::Below).unwrap().unwrap();
        assert_eq!((below + 1, looks.all()[below].hits[0]), (on, 10_000));
    }

    #[test]
    fn what_rises_and_falls_again_is_told_and_its_greatest_found() {
        let (mut looks, _) = looks_of(|at| 0.7 - 2.0 * (at - 0.3) * (at - 0.3));
        assert!(!looks.rises(0, 0.95));
        assert_eq!(looks.reach(0, 70_001, 10, Side::On).unwrap(), None);
        looks.refine_best(0).unwrap();
        let best = &looks.all()[looks.best(0)];
        assert!((best.at - 0.3).abs() < 1.0 / 8.0 / 32.0 && best.hits[0] > 69_990, "{best:?}");
        // The first of the two places where it crosses.
        let on = looks.reach(0, 65_000, 10, Side::On).unwrap().unwrap();
        assert!((looks.all()[on].at - (0.3 - 0.025_f64.sqrt())).abs() < 1e-3);
    }

    #[test]
    fn what_holds_from_the_start_needs_nothing() {
        let (mut looks, calls) = looks_of(|_| 0.9);
        assert_eq!(looks.reach(0, 80_000, 10, Side::On).unwrap(), Some(0));
        assert_eq!(calls.get(), 9);
    }
}
