//! Layer 1, numerics: how good a probability forecast was, once the truth is known.
//!
//! A **scoring rule** gives a number to a forecast and the value that came; here always so that **smaller is better**.
//! It is *proper* when nobody can do better on average than by stating what they believe, and *strictly* proper when anything
//! else does worse. Only proper scores rank models. Coverage, width, PIT and bias say what is wrong with a forecast, and rank
//! nothing.
//!
//! | function | of | proper | unit | when |
//! |---|---|---|---|---|
//! | [`crps::normal`], [`crps::student_t`], [`crps::mixture`] | a law | strictly | of the value | the first choice for one quantity: the whole law, mild on outliers |
//! | [`crps::fair`] | a sample | in expectation as its law | of the value | simulated forecasts: the size of the sample does not matter |
//! | [`crps::empirical`] | a sample | as a step law; as its law it favours samples that are too narrow | of the value | the sample *is* the forecast |
//! | [`density::normal`], [`density::student_t`], [`density::mixture`] | a law | strictly, local | nats | tails and sharpness count in full; one miss far out decides |
//! | [`density::dawid_sebastiani`] | a mean and a standard deviation | yes, not strictly: only the two moments count | none | simulated forecasts, when a density is asked for |
//! | [`interval::score`] | a central interval | yes, for the two quantiles | of the value | intervals as they are published: width plus a fine for misses |
//! | [`interval::weighted`] | some intervals and a median | yes, for the quantiles | of the value | a forecast given as quantiles; tends to the CRPS |
//! | [`interval::pinball`] | a quantile | yes, for that quantile | of the value | one quantile |
//! | [`joint::energy_fair`], [`joint::energy_empirical`] | sampled paths | strictly (fair: in expectation) | of the values | several quantities or years at once; weak on correlation |
//! | [`joint::variogram`] | sampled paths | yes, not strictly: blind to a shift common to all | of the values, to the 2p | is the dependence right |
//! | [`brier::score`], [`brier::Decomposition`] | a probability | strictly | none | was the target met; and why the score is what it is |
//! | [`interval::coverage`], [`interval::mean_width`] | intervals | no score | none; of the value | honest or not; sharp or not |
//! | [`pit`] | laws or samples | no score | none | the shape of what is wrong: bias, too narrow, too wide |
//!
//! [`skill`] compares a mean score with that of a reference. [`cluster`] gives the mean its standard error, where cases of a unit
//! or a period go together; for two models use the differences of their scores on the same cases.
//!
//! **What has no answer.** Nothing here panics, and nothing returns NaN or infinity. A function returns `None` when a
//! number that it was given is not finite, a parameter lies outside of its range, lengths do not fit together, there is nothing to
//! average, or the score itself is too large to be written. A sample with a single NaN is no sample ([`Sample::new`]):
//! leaving values out in silence would make a forecast look better than it is.
//!
//! References: Gneiting and Raftery (2007), Strictly proper scoring rules, prediction, and estimation, JASA 102(477),
//! 359-378; Gneiting, Balabdaoui and Raftery (2007), Probabilistic forecasts, calibration and sharpness, JRSS B 69(2), 243-268.

pub mod brier;
pub mod cluster;
pub mod crps;
pub mod density;
pub mod interval;
pub mod joint;
pub mod pit;
mod sample;

pub use sample::Sample;

use crate::quantity::{Normal, StudentT};

/// The share of a reference's mean score that a forecast saves: `1 - score / reference`. 1 is perfect, 0 no better, below 0
/// worse. For scores whose perfect value is 0 (not the log score); none for a reference that is not above 0.
///
/// A skill is no average of skills: form it from mean scores over the same cases.
///
/// ```
/// assert_eq!(plancast::score::skill(6.0, 8.0), Some(0.25));
/// assert_eq!(plancast::score::skill(6.0, 0.0), None);
/// ```
pub fn skill(score: f64, reference: f64) -> Option<f64> {
    if reference > 0.0 { finite(1.0 - score / reference) } else { None }
}

/// The number, when it is one that can be written.
fn finite(x: f64) -> Option<f64> {
    x.is_finite().then_some(x)
}

/// The mean of some numbers, added in their order; none without any, or when it is not finite.
fn mean(values: impl ExactSizeIterator<Item = f64>) -> Option<f64> {
    let n = values.len() as f64;
    finite(values.sum::<f64>() / n)
}

/// The weight of all parts of a mixture, when each is a weight >= 0 and a sound law, and not all are 0.
fn total_weight(parts: &[(f64, Normal)]) -> Option<f64> {
    if !parts.iter().all(|(weight, law)| *weight >= 0.0 && is_normal(law)) {
        return None;
    }
    finite(parts.iter().map(|(weight, _)| weight).sum()).filter(|total| *total > 0.0)
}

/// Whether a normal law is one; a standard deviation of 0 is a point.
fn is_normal(law: &Normal) -> bool {
    law.mean.is_finite() && law.sd >= 0.0 && law.sd.is_finite()
}

fn is_student_t(law: &StudentT) -> bool {
    let positive = |x: f64| x > 0.0 && x.is_finite();
    law.location.is_finite() && positive(law.scale) && positive(law.df)
}

#[cfg(test)]
mod tests;
