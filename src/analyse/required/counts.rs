//! Which counts agree with a wanted probability.
//!
//! The interval of the Monte Carlo error, turned round: not "which probabilities agree with this count" but "which counts agree
//! with this probability". For Wilson's interval these are the counts h with |h - n p| <= z sqrt(n p (1 - p)), which are also the
//! ranks of the distribution-free interval of a quantile.

use crate::outcome::Probability;

/// The counts of paths that agree with a probability.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Agreeing {
    /// The least of them: fewer hits say that the probability is lower.
    pub(super) least: u64,
    /// The greatest: more hits say that it is higher.
    pub(super) greatest: u64,
}

impl Agreeing {
    /// Of `paths` paths, those with a probability `p` within the interval that `counted` gives to a number of hits; the ends of
    /// that interval rise with the hits.
    pub(super) fn with(p: f64, paths: u64, counted: impl Fn(u64) -> Probability) -> Self {
        let least = first(0, paths, |hits| counted(hits).high >= p);
        let greatest = match first(0, paths, |hits| counted(hits).low > p) {
            beyond if counted(beyond).low > p => beyond.saturating_sub(1),
            _ => paths,
        };
        Self { least, greatest: greatest.max(least) }
    }
}

/// The least number of `from ..= to` from which on something holds; `to` where it never does.
fn first(mut from: u64, mut to: u64, holds: impl Fn(u64) -> bool) -> u64 {
    while from < to {
        let middle = from + (to - from) / 2;
        if holds(middle) { to = middle } else { from = middle + 1 }
    }
    from
}

/// The least number of hits whose share is at least `p`; one where a rounding of the product hides it is found all the same.
pub(super) fn enough(p: f64, paths: u64) -> u64 {
    first(0, paths, |hits| hits as f64 >= p * paths as f64 * (1.0 - 1e-12))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn agreeing(p: f64, paths: u64) -> Agreeing {
        Agreeing::with(p, paths, |hits| Probability::counted(hits, paths, 0.95))
    }

    #[test]
    fn counts_are_those_of_the_score_test() {
        // n p -+ z sqrt(n p q): 80 000 -+ 1.959964 * 126.4911 = 79 752.08 … 80 247.92.
        assert_eq!(agreeing(0.8, 100_000), Agreeing { least: 79_753, greatest: 80_247 });
        assert_eq!(enough(0.8, 100_000), 80_000);
        assert_eq!(enough(0.9, 10), 9);
    }

    #[test]
    fn few_paths_agree_by_the_exact_interval() {
        // Clopper and Pearson at 95 % of 20 paths: 11/20 is 0.315-0.769, 12/20 is 0.361-0.809; 19/20 is 0.751-0.999, 20/20 from
        // 0.832 (R 4.3, binom.test).
        assert_eq!(agreeing(0.8, 20), Agreeing { least: 12, greatest: 19 });
        // No count of ten paths says that a probability is above 0.9.
        assert_eq!(agreeing(0.9, 10).greatest, 10);
    }
}
