//! What is remembered of all targets together: counts over the bits of a block.

use super::rows::{Bits, and, count};
use crate::math::simd;
use serde::{Deserialize, Serialize};

/// What is remembered of all targets together.
#[derive(Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct JointTally {
    /// Both of a pair, row i, column j > i, row after row.
    pub(crate) pairs: Vec<u64>,
    pub(crate) number_met: Vec<u64>,
    pub(crate) all: u64,
    pub(crate) binding: u64,
    /// All but one.
    pub(crate) without: Vec<u64>,
}

impl JointTally {
    /// Nothing counted of so many targets.
    pub(crate) fn of(members: usize) -> Self {
        Self {
            pairs: vec![0; members * members.saturating_sub(1) / 2],
            number_met: vec![0; members + 1],
            all: 0,
            binding: 0,
            without: vec![0; members],
        }
    }

    /// Adds a block: where each target is met, positions of the binding ones, the lanes that count.
    pub(crate) fn add(&mut self, met: &[Bits], binding: &[usize], valid: &Bits) {
        // Counting bits is one instruction on a vector unit's own code path.
        simd(
            #[inline(always)]
            || {
                let mut pairs = self.pairs.iter_mut();
                for (i, a) in met.iter().enumerate() {
                    for (b, pair) in met[i + 1..].iter().zip(&mut pairs) {
                        *pair += count(&and(a, b));
                    }
                }
                self.binding += count(&binding.iter().fold(*valid, |all, m| and(&all, &met[*m])));
                self.all += count(&met.iter().fold(*valid, |all, bits| and(&all, bits)));
                // All but one: those before it and those after it.
                let mut before = *valid;
                let mut after: Vec<Bits> = met
                    .iter()
                    .rev()
                    .scan(*valid, |all, bits| {
                        let rest = *all;
                        *all = and(all, bits);
                        Some(rest)
                    })
                    .collect();
                for (without, bits) in self.without.iter_mut().zip(met) {
                    *without += count(&and(&before, &after.pop().unwrap_or(*valid)));
                    before = and(&before, bits);
                }
            },
        );
        self.add_number_met(met, valid);
    }

    /// How many are met on each path, added up digit by digit: the k-th row of bits has the k-th binary digits.
    fn add_number_met(&mut self, met: &[Bits], valid: &Bits) {
        let mut digits: Vec<Bits> = Vec::new();
        for bits in met {
            let mut carry = *bits;
            for digit in &mut digits {
                for (digit, carry) in digit.iter_mut().zip(&mut carry) {
                    (*digit, *carry) = (*digit ^ *carry, *digit & *carry);
                }
            }
            if carry.iter().any(|word| *word != 0) {
                digits.push(carry);
            }
        }
        for (number, total) in self.number_met.iter_mut().enumerate() {
            if number >> digits.len() > 0 {
                continue;
            }
            let fits = digits.iter().enumerate().fold(*valid, |fits, (k, digit)| {
                let has = number >> k & 1 == 1;
                std::array::from_fn(|word| fits[word] & if has { digit[word] } else { !digit[word] })
            });
            *total += count(&fits);
        }
    }

    /// Adds the counts of other paths.
    pub(crate) fn merge(&mut self, later: &Self) {
        add_counts(&mut self.pairs, &later.pairs);
        add_counts(&mut self.number_met, &later.number_met);
        add_counts(&mut self.without, &later.without);
        self.all += later.all;
        self.binding += later.binding;
    }

    /// Every count.
    pub(crate) fn counts(&self) -> impl Iterator<Item = &u64> {
        let rows = self.pairs.iter().chain(&self.number_met).chain(&self.without);
        rows.chain([&self.all, &self.binding])
    }

    /// Whether it is of as many targets as another one.
    pub(crate) fn is_like(&self, other: &Self) -> bool {
        let rows = |of: &Self| [of.pairs.len(), of.number_met.len(), of.without.len()];
        rows(self) == rows(other)
    }
}

/// Adds counts of other paths, place by place.
pub(crate) fn add_counts(total: &mut [u64], later: &[u64]) {
    for (total, later) in total.iter_mut().zip(later) {
        *total += later;
    }
}
