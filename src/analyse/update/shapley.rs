//! Which paths turn between the eight plans, and how the change is shared out.

use super::Part;
use crate::simulate::Bits;

/// Plans: each of three switches off and on. Bit 0 of a plan's number: starts from the actuals; bit 1: learns from them; bit 2: new assumptions.
pub(super) const MODELS: usize = 8;

/// How many paths meet a goal in which of the plans: one count for each of the 2^8 patterns. Everything else follows from these, the errors of paired
/// differences too.
#[derive(Debug, Clone)]
pub(super) struct Turns {
    counts: Vec<u64>,
}

impl Turns {
    pub(super) fn none() -> Self {
        Self { counts: vec![0; 1 << MODELS] }
    }

    /// Adds a block of paths.
    pub(super) fn add(&mut self, met: &[Bits; MODELS], len: usize) {
        for lane in 0..len {
            let (word, bit) = (lane / 64, lane % 64);
            let pattern =
                met.iter().enumerate().fold(0, |pattern, (k, bits)| pattern | (bits[word] >> bit & 1) << k);
            self.counts[pattern as usize] += 1;
        }
    }

    pub(super) fn merge(&mut self, later: &Self) {
        self.counts.iter_mut().zip(&later.counts).for_each(|(total, later)| *total += later);
    }

    pub(super) fn paths(&self) -> u64 {
        self.counts.iter().sum()
    }

    /// Paths that meet it in a plan.
    pub(super) fn hits(&self, model: usize) -> u64 {
        self.counts.iter().enumerate().filter(|(pattern, _)| pattern >> model & 1 == 1).map(|(_, n)| n).sum()
    }

    /// What a switch does, of the first `switches`.
    pub(super) fn part(&self, switch: usize, switches: usize) -> Part {
        let factorial = |n: usize| (1..=n as i64).product::<i64>();
        // In sixths: of two switches the orders are two, and count three times.
        let scale = 6 / factorial(switches);
        let mut weights = [0; MODELS];
        for without in (0..1 << switches).filter(|set| set >> switch & 1 == 0) {
            let on = (without as u32).count_ones() as usize;
            let weight = scale * factorial(on) * factorial(switches - 1 - on);
            weights[without] -= weight;
            weights[without | 1 << switch] += weight;
        }
        self.weighted(&weights)
    }

    /// The last plan less the first.
    pub(super) fn change(&self, last: usize) -> Part {
        let mut weights = [0; MODELS];
        weights[0] -= 6;
        weights[last] += 6;
        self.weighted(&weights)
    }

    /// Sixths of a path by a weight for each plan in which it meets the goal.
    fn weighted(&self, weights: &[i64; MODELS]) -> Part {
        let (mut sum, mut squares) = (0_i64, 0_u64);
        for (pattern, count) in self.counts.iter().enumerate() {
            let of_path: i64 =
                (0..MODELS).filter(|model| pattern >> model & 1 == 1).map(|m| weights[m]).sum();
            sum += of_path * *count as i64;
            squares += of_path.unsigned_abs().pow(2) * count;
        }
        let n = self.paths() as f64;
        let mean = sum as f64 / n;
        let variance = (squares as f64 / n - mean * mean).max(0.0);
        Part { value: mean / 6.0, error: (variance / (n - 1.0).max(1.0)).sqrt() / 6.0, sixths: sum }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// The marginal gain of a switch, averaged over the six orders of three, as it is defined.
    fn by_orders(turns: &Turns, switch: usize) -> i64 {
        let orders = [[0, 1, 2], [0, 2, 1], [1, 0, 2], [1, 2, 0], [2, 0, 1], [2, 1, 0]];
        let gain = |order: &[usize; 3]| {
            let before: usize = order.iter().take_while(|s| **s != switch).map(|s| 1 << s).sum();
            turns.hits(before | 1 << switch) as i64 - turns.hits(before) as i64
        };
        orders.iter().map(gain).sum()
    }

    proptest! {
        #[test]
        fn parts_are_the_mean_over_all_orders_and_add_up(counts in prop::collection::vec(0..50u64, 256)) {
            let turns = Turns { counts };
            let parts = [0, 1, 2].map(|switch| turns.part(switch, 3).sixths);
            for (switch, part) in parts.iter().enumerate() {
                prop_assert_eq!(*part, by_orders(&turns, switch));
            }
            prop_assert_eq!(parts.iter().sum::<i64>(), turns.change(7).sixths);
        }
    }

    #[test]
    fn two_switches_share_what_only_both_do() {
        // 30 paths are met only with both, 10 with the first alone already, none otherwise.
        let mut turns = Turns::none();
        turns.counts[0b1000] = 30;
        turns.counts[0b1010] = 10;
        turns.counts[0] = 60;
        let (first, second) = (turns.part(0, 2), turns.part(1, 2));
        assert_eq!((first.sixths, second.sixths), (6 * 25, 6 * 15));
        assert_eq!(turns.change(3).sixths, 6 * 40);
        // Paths add 0 (60 of them), 1/2 (30) or 1 (10): mean 0.25, mean of the squares 0.175.
        let expected = ((0.175_f64 - 0.0625) / 99.0).sqrt();
        assert!((first.value - 0.25).abs() < 1e-15 && (first.error - expected).abs() < 1e-15);
    }
}
