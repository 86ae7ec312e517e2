//! A growth process of the user's own.

use crate::quantity::Quantity;
use crate::random::{Key, Stream};
use crate::time::Year;
use std::fmt::Debug;

/// A growth process of the user's own: how the latent state of an indicator moves in one year,
/// for a whole block of paths at a time. See `examples/own_process.rs`.
///
/// The result must depend on nothing but what the view shows, so that the same seed gives the same bits.
pub trait Step: Debug + Send + Sync {
    /// Parameters by name, drawn once per path when they are uncertain; the view shows them in this order.
    fn parameters(&self) -> Vec<(String, Quantity)> {
        Vec::new()
    }

    /// Writes the latent state of the year into `next`, one value a path. A value that is not finite
    /// ends the run with an error that names the indicator and the year.
    fn step(&self, view: &StepView<'_>, next: &mut [f64]);
}

/// What a [`Step`] sees of one indicator in one year: rows with one value a path.
#[derive(Debug)]
#[non_exhaustive]
pub struct StepView<'a> {
    /// The year being simulated.
    pub year: Year,
    /// Number of the year, 1 for the first after the base year.
    pub step: usize,
    /// x\[t-1\], the latent state of the year before.
    pub state: &'a [f64],
    /// dx\[t-1\], the growth of the year before; in the first year that of `last_growth` or 0.
    pub growth: &'a [f64],
    /// eps\[t\], the correlated innovation: mean 0, variance 1.
    pub innovation: &'a [f64],
    /// Drivers, events and regimes: what they add to the growth of this year.
    pub pushed: &'a [f64],
    /// One row for each of [`Step::parameters`].
    pub parameters: &'a [&'a [f64]],
    /// Addresses of the draws of this indicator.
    pub(crate) key: Key,
    pub(crate) first_path: u64,
}

impl StepView<'_> {
    /// Random numbers of this indicator, this year and one path of the block (0 ..= number of rows), for laws that the
    /// innovation does not cover: a generator for any law of `rand_distr`. The same address gives the same numbers.
    pub fn stream(&self, path: usize) -> Stream {
        Stream::new(self.key, self.first_path + path as u64, self.year.0)
    }
}
