//! A measure of the user's own.

use crate::time::Year;
use std::fmt::Debug;

/// A measure of a path of the user's own, for a whole block of paths at a time; the target's bound
/// is put on it. See `examples/own_target.rs`.
pub trait Measured: Debug + Send + Sync {
    /// Ids of the indicators whose levels the measure needs; the view shows them in this order.
    fn indicators(&self) -> Vec<String>;

    /// Writes the measure as at a year into `out`, one value a path. A value that is not finite
    /// ends the run with an error that names the target and the year.
    fn measure(&self, view: &MeasureView<'_>, out: &mut [f64]);
}

/// What a [`Measured`] sees: levels of the indicators that it asked for.
#[derive(Debug)]
#[non_exhaustive]
pub struct MeasureView<'a> {
    /// The year as at which the target is measured.
    pub year: Year,
    /// Number of that year, 1 for the first after the base year.
    pub step: usize,
    /// `levels[indicator][s]` with s = 0 (base year) ..= `step`: one value a path.
    pub levels: &'a [Vec<&'a [f64]>],
}
