//! All targets together.

use super::target::{Probability, Spread};

/// The targets that are not combinations, together. Positions refer to [`super::Outcome::targets`].
#[derive(Debug, Clone)]
pub struct Joint {
    /// Positions of the targets counted.
    pub members: Vec<usize>,
    /// All of them are met.
    pub all: Probability,
    /// Spread of that probability over parameters and baselines.
    pub all_spread: Option<Spread>,
    /// All binding ones are met; none when no target is binding.
    pub binding: Option<Probability>,
    /// `number_met[k]`: paths on which exactly k are met, k = 0 ..= members.
    pub number_met: Vec<u64>,
    /// What independence would have said: the product of the marginal probabilities.
    pub independent: f64,
    /// What independence would have said of the binding ones.
    pub independent_binding: Option<f64>,
    /// Fréchet bounds of P(all) that the marginals alone allow.
    pub frechet: (f64, f64),
    /// Every pair, `i < j` in the order of `members`.
    pub pairs: Vec<Pair>,
    /// Per member: P(all the others are met). The bottleneck is the member without which the rest is likeliest.
    pub without: Vec<Probability>,
}

/// Two targets.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Pair {
    /// Position of the first in [`super::Outcome::targets`].
    pub first: usize,
    /// Position of the second.
    pub second: usize,
    /// Both are met.
    pub both: Probability,
    /// Correlation of the two events (phi coefficient); none when one of them is certain.
    pub correlation: Option<f64>,
}

impl Joint {
    /// The number of targets met on the middle path: at least half of the paths meet no more than so many.
    /// None without paths.
    pub fn median_met(&self) -> Option<usize> {
        let paths: u64 = self.number_met.iter().sum();
        let mut below = 0;
        self.number_met.iter().position(|&count| {
            below += count;
            paths > 0 && below >= paths.div_ceil(2)
        })
    }

    /// The members without which the others are likeliest to be all met, worst first.
    pub fn bottlenecks(&self, how_many: usize) -> Vec<(usize, Probability)> {
        let mut ranked: Vec<_> = self.members.iter().copied().zip(self.without.iter().copied()).collect();
        ranked.sort_by(|a, b| b.1.hits.cmp(&a.1.hits).then(a.0.cmp(&b.0)));
        ranked.truncate(how_many);
        ranked
    }
}
