//! Layer 1, numerics: intervals for probabilities, quantiles, moments, and the special functions under
//! them.
//!
//! Counts are whole numbers and merge exactly; means and variances merge in the order of the
//! blocks. So a result has the same bits for any number of threads.

mod bins;
mod control;
#[cfg(test)]
pub(crate) mod empirical;
mod histogram;
mod interval;
mod moments;
pub mod normal;
mod paired;
pub mod polygamma;
mod replicates;
pub mod special;

pub(crate) use bins::Bins;
pub(crate) use control::Control;
pub use histogram::Histogram;
pub use interval::{Interval, binomial_interval, clopper_pearson, wilson, wilson_of};
pub use moments::Moments;
pub use paired::{paired_error, paired_interval};
pub use replicates::{mean_of_replicates, replicated_interval};
