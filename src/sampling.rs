//! How the paths of a run are drawn: each on its own, or spread more evenly, in independent replicates.
//!
//! Layer 2.
//!
//! # What it brings
//!
//! The variance of an answer from independent paths over that from the same *time* with others, on the Kunshan plan (its parameters are
//! drawn, so that a path has some 300 draws): mean of the level, quantiles of the measure (10, 50 and 90 %, geometric mean), probability. 65 536
//! paths, 16 replicates, 40 repetitions, so a ratio is known to a factor of 1.6; a path takes 1.2 (antithetic) to 2 times (the others) as long. Made by
//! `cargo bench --bench variance -- --table`.
//!
//! | target | P | antithetic: mean | quantiles | P | Latin hypercube: mean | quantiles | P | Sobol: mean | quantiles | P |
//! |---|---|---|---|---|---|---|---|---|---|---|
//! | 1 gdp_real_growth_average | 0.479 | – | 1.3 | 1.9 | – | 0.8 | 0.9 | – | 1.2 | 1.1 |
//! | 2 labour_productivity | 0.665 | – | 1.4 | 1.4 | – | 1.2 | 1.1 | – | 1.3 | 1.7 |
//! | 3 manufacturing_va_share | 0.369 | 5.9 | 1.8 | 2.1 | 6.2 | 0.9 | 0.6 | 10 | 2.2 | 1.3 |
//! | 4 strategic_emerging_share | 0.522 | 4.8 | 1.9 | 5.1 | 9.0 | 1.2 | 1.5 | 9.2 | 2.5 | 3.9 |
//! | 5 retail_sales_growth_average | 0.639 | – | 1.8 | 2.0 | – | 1.2 | 1.5 | – | 2.0 | 1.8 |
//! | 6 producer_services_share | 0.609 | 9.2 | 2.6 | 1.7 | 5.2 | 1.7 | 1.7 | 5.1 | 2.9 | 3.3 |
//! | 7 digital_core_revenue_share | 0.343 | 33 | 1.6 | 1.6 | 68 | 1.4 | 1.3 | 141 | 2.3 | 2.9 |
//! | 8 rd_share | 0.614 | 9.4 | 1.7 | 2.5 | 3.6 | 1.1 | 3.8 | 3.6 | 1.6 | 3.8 |
//! | 9 high_value_patents_per_10k | 0.653 | – | 1.7 | 3.2 | – | 1.2 | 1.7 | – | 1.5 | 3.1 |
//! | 10 high_tech_firms | 0.701 | – | 2.2 | 1.5 | – | 1.1 | 1.6 | – | 1.9 | 2.2 |
//! | 11 specialised_firms | 0.506 | – | 2.4 | 7.1 | – | 0.7 | 0.9 | – | 1.3 | 1.2 |
//! | 12 high_level_talent | 0.559 | – | 1.4 | 3.4 | – | 1.2 | 1.6 | – | 1.4 | 2.9 |
//! | 13 urban_rural_income_ratio | 0.724 | – | 1.9 | 0.8 | – | 0.8 | 1.0 | – | 2.0 | 3.3 |
//! | 14 industrial_land_renewal | 0.650 | 7.7 | 1.3 | 1.8 | 27 | 1.4 | 1.8 | 246 | 1.8 | 1.8 |
//! | 15 village_operating_income_average | 0.493 | – | 1.2 | 3.6 | – | 1.2 | 1.4 | – | 1.7 | 1.6 |
//! | 16 co2_intensity_reduction | 0.208 | – | 1.4 | 1.4 | – | 0.8 | 0.9 | – | 0.9 | 1.3 |
//! | 17 surface_water_good_ratio | 0.782 | 1.6 | 1.3 | 0.8 | 2.1 | 0.7 | 0.7 | 208 | 2.0 | 2.2 |
//! | 18 pm25 | 0.561 | – | 2.6 | 3.3 | – | 1.1 | 1.4 | – | 2.2 | 4.0 |
//! | 19 disposable_income_growth | 0.518 | – | 1.4 | 3.4 | – | 0.9 | 0.7 | – | 1.4 | 1.4 |
//! | 20 urban_new_jobs | 0.676 | 8.2 | 1.2 | 1.2 | 13 | 1.3 | 0.7 | 96 | 1.4 | 1.1 |
//! | 21 senior_high_places | 0.726 | 3.4 | 1.6 | 0.9 | 17 | 1.0 | 0.9 | 788 | 1.8 | 1.2 |
//! | 22 premature_mortality_ncd | 0.562 | – | 1.7 | 3.6 | – | 1.0 | 1.0 | – | 2.2 | 3.1 |
//! | 23 licensed_doctors_per_1000 | 0.553 | – | 2.8 | 5.6 | – | 1.9 | 1.9 | – | 2.9 | 2.3 |
//! | 24 public_culture_sports_area_per_head | 0.482 | – | 2.6 | 15 | – | 1.7 | 1.9 | – | 3.2 | 2.6 |
//! | 25 production_safety_death_rate | 0.779 | – | 1.3 | 0.9 | – | 1.1 | 1.1 | – | 1.4 | 1.9 |
//! | all | 0.000 | – | – | 0.7 | – | – | 0.6 | – | – | 0.3 |
//! | all binding | 0.086 | – | – | 1.8 | – | – | 0.9 | – | – | 1.9 |
//! | number met (mean) | | 4.5 | – | – | 2.4 | – | – | 2.9 | – | – |
//!
//! Means gain tens to hundreds of times where they exist, probabilities about twice at best, and all 25 together, of which P is a few in a
//! million, lose. So independent paths are the default: their intervals are exact, need no replicates, and every run can be stopped, resumed
//! and cut. Take Sobol points for means, and for probabilities of a plan with few draws: on the first reference workload (20 draws, a path takes 3.8 times as long)
//! they bring 4 000 to 9 000 on means, 3.5 and more on probabilities.
//!
//! Control variates from closed forms ([`Controls`](crate::analyse::Controls)) cost nothing a path and need independent ones. They bring
//! nothing on the Kunshan plan (a column of 1.0): its parameters are learned, so none of its targets has a closed form. On the first reference
//! workload the probabilities of all four targets are known exactly, and that of meeting all of them together has a variance 1.4 times smaller.
//!
//! # References
//!
//! Sobol points: direction numbers of Joe and Kuo (2008), Constructing Sobol' sequences with better two-dimensional projections,
//! SIAM J. Sci. Comput. 30(5), 2635-2654; Matoušek's random linear scrambling with a shift (1998, J. Complexity 14,
//! 527-556), under which any two points have the law that they have under Owen's (1995). Latin hypercubes (McKay, Beckman and
//! Conover 1979, Technometrics 21(2), 239-245) in orders that are random affine permutations of binary digits.

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
    /// Sobol points, scrambled so that any two have the law that they have under Owen's scrambling: evenly spread in few draws together as well.
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
