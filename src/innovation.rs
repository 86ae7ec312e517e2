//! Innovations: the laws of the yearly surprise `eps`, all with mean 0 and variance 1, so that
//! sigma alone carries the size.
//!
//! Layer 2. The correlated normal scores of a path and year are drawn first; each indicator's
//! law is then a monotone function of its score, so correlation is kept in ranks (a Gaussian copula), and
//! the Student t laws of all indicators share one scale per path and year, so that their tails come together.

use serde::{Deserialize, Serialize};

/// The law of an indicator's yearly innovation.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Innovation {
    /// Standard normal.
    #[default]
    Normal,
    /// See [`StudentT`].
    StudentT(StudentT),
    /// See [`TwoPiece`].
    TwoPiece(TwoPiece),
    /// See [`Resample`].
    Resample(Resample),
}

/// Student t with unit variance.
///
/// ```text
/// eps = z sqrt((df - 2) / df) sqrt(df / W),   W ~ chi^2(df)
/// ```
///
/// z is the correlated normal score; W comes from one score per path and year that all Student t
/// indicators share (a grouped t copula where their df differ). Tail dependence follows from the shared scale.
///
/// **Limiting case.** df to infinity: normal. **Reference.** Demarta and McNeil (2005),
/// International Statistical Review 73(1). A level whose log growth is Student t has no mean.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct StudentT {
    /// Degrees of freedom, > 2 so that the variance exists.
    pub df: f64,
}

/// Two-piece normal with mean 0 and variance 1: the fan chart's skew.
///
/// Two halves of normal laws with standard deviations s1 (below the mode) and s2 = `ratio` s1 (above
/// it) joined at the mode, shifted and scaled to mean 0 and variance 1. ratio > 1 leans upwards.
///
/// **Limiting case.** ratio = 1: normal. **Reference.** Britton, Fisher and Whitley (1998), Bank of
/// England Quarterly Bulletin 38(1); Wallis (2014), Statistical Science 29(1).
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct TwoPiece {
    /// Standard deviation above the mode over that below it, > 0.
    pub ratio: f64,
}

/// One of the values given, each as likely as the other, standardised to mean 0 and variance 1.
///
/// The draw is the value at the rank of the correlated normal score. **Limiting case.** Many values:
/// the law that they come from. **Reference.** Efron and Tibshirani (1993), An Introduction to the Bootstrap.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Resample {
    /// At least two values that are not all the same, in any unit.
    pub values: Vec<f64>,
}
