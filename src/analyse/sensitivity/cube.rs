//! A function over the unit cube, as the literature tests methods: the same estimators as for a plan, on points that are more even.

use crate::error::{Error, Fault, Result};
use crate::random::{Key, Points};
use crate::stats::mean_of_replicates;
use crate::stats::special::{Tails, student_quantile};

/// A number with the interval of its Monte Carlo error.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Estimate {
    /// The estimate.
    pub estimate: f64,
    /// Lower end of the interval.
    pub low: f64,
    /// Upper end.
    pub high: f64,
}

impl Estimate {
    /// Exactly zero.
    pub const ZERO: Self = Self { estimate: 0.0, low: 0.0, high: 0.0 };

    /// Student's t interval from independent replicates; everything from their least to their greatest where there is no such interval.
    pub(super) fn of_replicates(values: &[f64], confidence: f64) -> Self {
        let (low, high) = values
            .iter()
            .fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), x| (low.min(*x), high.max(*x)));
        let Some((estimate, error)) = mean_of_replicates(values) else {
            return Self { estimate: values.iter().sum::<f64>() / values.len() as f64, low, high };
        };
        let tail = 0.5 * (1.0 - confidence);
        let t = student_quantile(values.len() as f64 - 1.0, Tails { lower: 1.0 - tail, upper: tail });
        Self { estimate, low: estimate - t * error, high: estimate + t * error }
    }

    /// Every number brought between two bounds.
    pub(super) fn within(self, low: f64, high: f64) -> Self {
        let held = |x: f64| x.clamp(low, high);
        Self { estimate: held(self.estimate), low: held(self.low), high: held(self.high) }
    }
}

/// Replicates: independent scramblings of the same points.
const REPLICATES: u64 = 16;

/// Functions of so many independent uniform numbers, and how closely they are looked at.
///
/// Two independent points A and B of the cube are the two halves of one Sobol point of twice as many coordinates, under Owen's scrambling
/// (Saltelli et al. 2010, Computer Physics Communications 181, 259-270, who use them unscrambled); errors are told
/// from 16 independent scramblings, by Student's t.
///
/// ```
/// use plancast::analyse::sensitivity::UnitCube;
/// let cube = UnitCube::new(2).points(4096);
/// // x + 2 y: shares of the variance 1/5 and 4/5.
/// let [x, y] = cube.sobol_indices(|u| u[0] + 2.0 * u[1])?[..] else { panic!("two inputs") };
/// assert!((x.first.estimate - 0.2).abs() < 1e-3 && (y.total.estimate - 0.8).abs() < 1e-3);
/// # Ok::<(), plancast::error::Error>(())
/// ```
#[derive(Debug, Clone)]
pub struct UnitCube {
    pub(super) dims: usize,
    pub(super) groups: Vec<Vec<usize>>,
    points: u64,
    pub(super) seed: u64,
    pub(super) confidence: f64,
}

impl UnitCube {
    /// Of so many coordinates, each an input; 65 536 points, seed 1, intervals at 95 %.
    pub fn new(dims: usize) -> Self {
        Self { dims, groups: (0..dims).map(|k| vec![k]).collect(), points: 65_536, seed: 1, confidence: 0.95 }
    }

    /// Inputs of several coordinates each. Every coordinate belongs to exactly one.
    #[must_use]
    pub fn groups(mut self, groups: Vec<Vec<usize>>) -> Self {
        self.groups = groups;
        self
    }

    /// Number of points A, rounded up to 16 times a power of 2, at least 1024.
    #[must_use]
    pub fn points(mut self, points: u64) -> Self {
        self.points = points;
        self
    }

    /// The seed of the scramblings.
    #[must_use]
    pub fn seed(mut self, seed: u64) -> Self {
        self.seed = seed;
        self
    }

    /// Confidence level of the intervals, at least 0.5 and below 1.
    #[must_use]
    pub fn confidence(mut self, level: f64) -> Self {
        self.confidence = level;
        self
    }

    /// Visits the pairs of points of each replicate, and gives what each replicate found.
    pub(super) fn replicates<T>(
        &self,
        mut start: impl FnMut() -> T,
        mut visit: impl FnMut(&mut T, u64, &[f64], &[f64]),
    ) -> Result<Vec<T>> {
        self.check()?;
        let each = self.points.div_ceil(REPLICATES).clamp(64, 1 << Points::DIGITS).next_power_of_two();
        let plain = Points::sobol(2 * self.dims, each.trailing_zeros());
        let mut found = Vec::with_capacity(REPLICATES as usize);
        // Coordinate after coordinate, some points at a time.
        const CHUNK: u64 = 64;
        let mut rows = vec![[0.0; CHUNK as usize]; 2 * self.dims];
        let mut point = vec![0.0; 2 * self.dims];
        for replicate in 0..REPLICATES {
            let points = plain.scrambled(Key::new(self.seed, "unit cube", &replicate.to_string()));
            let mut part = start();
            for first in (0..each).step_by(CHUNK as usize) {
                for (coordinate, row) in rows.iter_mut().enumerate() {
                    points.lanes(coordinate, first, row);
                }
                for lane in 0..CHUNK {
                    for (x, row) in point.iter_mut().zip(&rows) {
                        *x = row[lane as usize];
                    }
                    let (a, b) = point.split_at(self.dims);
                    visit(&mut part, replicate * each + first + lane, a, b);
                }
            }
            found.push(part);
        }
        Ok(found)
    }

    fn check(&self) -> Result<()> {
        let most = Points::SOBOL_COORDINATES / 2;
        if !(1..=most).contains(&self.dims) {
            let problem = format!("{} coordinates were asked for; 1 to {most} are possible", self.dims);
            return Err(Error::Run(Fault::new("dims", problem).remedy("put several into one")));
        }
        if !(self.confidence >= 0.5 && self.confidence < 1.0) {
            let problem =
                format!("a confidence level of {} was asked for; it lies between 0.5 and 1", self.confidence);
            return Err(Error::Run(Fault::new("confidence", problem).remedy("take 0.95")));
        }
        let mut members: Vec<usize> = self.groups.iter().flatten().copied().collect();
        members.sort_unstable();
        if self.groups.iter().any(Vec::is_empty) || members != (0..self.dims).collect::<Vec<_>>() {
            let problem = format!("the groups are {:?} of {} coordinates", self.groups, self.dims);
            let fault = Fault::new("groups", problem);
            return Err(Error::Run(
                fault.remedy("put every coordinate, from 0 on, into exactly one of them"),
            ));
        }
        Ok(())
    }
}

/// The point that takes some coordinates of another.
pub(super) fn mixed(into: &mut [f64], from: &[f64], members: &[usize]) {
    members.iter().for_each(|k| into[*k] = from[*k]);
}
