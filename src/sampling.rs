//! How the paths of a run are drawn: each on its own, or spread more evenly, in independent replicates.
//!
//! Layer 2.

use crate::error::{Error, Fault, Result};
use crate::random::Points;
use serde::Serialize;

/// How the paths of a run are drawn.
///
/// All but the first spread the paths more evenly than chance does, in `replicates` that are independent of each other: what differs between
/// the replicates says how large the error is. Each single path has the same law under all of them, so every estimate is unbiased.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Sampling {
    /// Every path on its own.
    #[default]
    Independent,
    /// Paths in pairs: the second has the opposite of every draw of the first.
    Antithetic {
        /// Independent replicates, 2 ..= 1024.
        replicates: u32,
    },
    /// Every draw of the n paths of a replicate has one of them in each of n equally likely parts, in an order of its own.
    LatinHypercube {
        /// Independent replicates, 2 ..= 1024.
        replicates: u32,
    },
    /// Sobol points under Owen's scrambling: evenly spread in few draws together as well.
    Sobol {
        /// Independent replicates, 2 ..= 1024.
        replicates: u32,
    },
}

impl Sampling {
    /// Replicates where nothing else is said: a t interval of 16 is 9 % wider than one of infinitely many.
    pub const REPLICATES: u32 = 16;

    /// The least paths of a replicate.
    pub(crate) const LEAST: u64 = 512;

    /// The most replicates.
    pub const MAX_REPLICATES: u32 = 1024;

    /// Pairs, in [`Sampling::REPLICATES`] replicates.
    pub const fn antithetic() -> Self {
        Self::Antithetic { replicates: Self::REPLICATES }
    }

    /// Latin hypercubes, [`Sampling::REPLICATES`] of them.
    pub const fn latin_hypercube() -> Self {
        Self::LatinHypercube { replicates: Self::REPLICATES }
    }

    /// Scrambled Sobol points, under [`Sampling::REPLICATES`] scramblings.
    pub const fn sobol() -> Self {
        Self::Sobol { replicates: Self::REPLICATES }
    }

    /// Number of replicates; none where every path is independent.
    pub const fn replicates(self) -> Option<u32> {
        match self {
            Self::Independent => None,
            Self::Antithetic { replicates }
            | Self::LatinHypercube { replicates }
            | Self::Sobol { replicates } => Some(replicates),
        }
    }

    /// How many paths a run takes that is asked for so many at least: as many when they are independent, otherwise the next
    /// number that fills every replicate. Antithetic replicates have a multiple of 512 paths; the others a power of two, 512 at
    /// least, because that is what Sobol points are even for.
    ///
    /// ```
    /// use plancast::sampling::Sampling;
    /// assert_eq!(Sampling::Independent.paths(100_000), 100_000);
    /// assert_eq!(Sampling::antithetic().paths(100_000), 16 * 512 * 13);
    /// assert_eq!(Sampling::sobol().paths(100_000), 16 * 8192);
    /// ```
    pub const fn paths(self, at_least: u64) -> u64 {
        let Some(replicates) = self.replicates() else { return at_least };
        let replicates = if replicates == 0 { 1 } else { replicates as u64 };
        let blocks = at_least.div_ceil(Self::LEAST).div_ceil(replicates);
        let blocks = match self {
            Self::Independent | Self::Antithetic { .. } => blocks,
            Self::LatinHypercube { .. } | Self::Sobol { .. } => blocks.next_power_of_two(),
        };
        blocks.saturating_mul(replicates).saturating_mul(Self::LEAST)
    }

    /// Whether a run of so many paths can be laid out.
    pub(crate) fn check(self, paths: u64) -> Result<()> {
        let Some(replicates) = self.replicates() else { return Ok(()) };
        let fault =
            |problem: String, remedy: String| Err(Error::Run(Fault::new("sampling", problem).remedy(remedy)));
        if !(2..=Self::MAX_REPLICATES).contains(&replicates) {
            let problem = format!(
                "{replicates} replicates were asked for; 2 to {} are possible, because their error is told from how they differ",
                Self::MAX_REPLICATES
            );
            return fault(problem, format!("take {}", Self::REPLICATES));
        }
        if matches!(self, Self::Antithetic { .. }) {
            return Ok(());
        }
        let points = paths / u64::from(replicates);
        if points > 1 << Points::DIGITS {
            let problem = format!(
                "{points} paths fall on each of {replicates} replicates; there are 2^{} points",
                Points::DIGITS
            );
            return fault(problem, "take more replicates, fewer paths, or independent paths".into());
        }
        Ok(())
    }

    /// Binary digits of the number of a point of a replicate.
    pub(crate) fn digits(self, paths: u64) -> u32 {
        let points = paths / u64::from(self.replicates().unwrap_or(1)).max(1);
        points.max(1).next_power_of_two().trailing_zeros()
    }
}
