//! Innovations: the laws of the yearly surprise `eps`, all with mean 0 and variance 1, so that
//! sigma alone carries the size.
//!
//! Layer 2. The correlated normal scores of a path and year are drawn first; each indicator's
//! law is then a monotone function of its score, so correlation is kept in ranks (a Gaussian copula), and
//! the Student t laws of all indicators share one scale per path and year, so that their tails come together.

mod resample;
mod student_t;
mod two_piece;

pub use resample::Resample;
pub use student_t::StudentT;
pub use two_piece::TwoPiece;

use crate::random::Transform;
use serde::{Deserialize, Serialize};

/// The law of an indicator's yearly innovation.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Innovation {
    /// The standard normal law: the score itself.
    ///
    /// ```text
    /// eps = z
    /// ```
    #[default]
    Normal,
    /// See [`StudentT`].
    StudentT(StudentT),
    /// See [`TwoPiece`].
    TwoPiece(TwoPiece),
    /// See [`Resample`].
    Resample(Resample),
}

/// How an innovation comes from its correlated normal score, ready to be run.
#[derive(Debug)]
pub(crate) enum Law {
    /// The score itself.
    Normal,
    /// The score times a scale that is a function of the one score of the year that all Student t laws share.
    Scaled(Transform),
    /// A monotone function of the score.
    Shaped(Transform),
}

impl Innovation {
    /// The law, ready to be run.
    pub(crate) fn law(&self) -> Law {
        match self {
            Self::Normal => Law::Normal,
            Self::StudentT(law) => law.law(),
            Self::TwoPiece(law) => law.law(),
            Self::Resample(law) => law.law(),
        }
    }
}
