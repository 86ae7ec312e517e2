//! Volatility that comes and goes: a Markov chain over levels of the log variance.

use super::draw;
use crate::random::Stream;
use libm::exp;

/// Levels of the log variance.
pub(super) const LEVELS: usize = 9;
/// The outermost levels, in standard deviations.
const REACH: f64 = 3.0;
/// A weight for each level.
pub(super) type Law = [f64; LEVELS];

/// Levels of the log variance on an even grid of three standard deviations either way, with normal weights. Each year the level is kept with
/// probability `keep` and drawn anew from these weights otherwise.
///
/// ```text
/// variance of year t = sigma^2 h[t],   ln h = sd z,   z = -3 … 3 in nine steps with weights ~ exp(-z^2 / 2)
/// ```
///
/// One device gives units volatilities of their own (levels last), clusters of volatility, breaks, and heavy tails (a single year at a high level).
#[derive(Debug, Clone, PartialEq)]
pub(super) struct VolatilityLevels {
    /// h of each level, a factor on the variance.
    pub(super) factor: Law,
    /// Weights of the levels.
    pub(super) weight: Law,
    /// Probability that a level is kept for another year.
    pub(super) keep: f64,
    inverse: Law,
    root: Law,
}

/// Room for the filter of one unit.
#[derive(Debug, Clone, Default)]
pub(super) struct Filtered(Vec<Law>);

impl VolatilityLevels {
    /// Levels with the standard deviation of ln h and the probability of keeping one.
    pub(super) fn new(sd: f64, keep: f64) -> Self {
        let mut levels = Self {
            factor: [1.0; LEVELS],
            weight: [1.0; LEVELS],
            keep,
            inverse: [1.0; LEVELS],
            root: [1.0; LEVELS],
        };
        for k in 0..LEVELS {
            let z = REACH * (2.0 * k as f64 / (LEVELS - 1) as f64 - 1.0);
            levels.factor[k] = exp(sd * z);
            levels.inverse[k] = exp(-sd * z);
            levels.root[k] = exp(-0.5 * sd * z);
            levels.weight[k] = exp(-0.5 * z * z);
        }
        let total: f64 = levels.weight.iter().sum();
        levels.weight.iter_mut().for_each(|p| *p /= total);
        levels
    }

    /// The standard deviation of ln h that it was made with.
    pub(super) fn spread(&self) -> f64 {
        libm::log(self.factor[LEVELS - 1]) / REACH
    }

    /// Laws of the level of each year given the years up to it: the forward filter over squared residuals in units of sigma^2.
    pub(super) fn filter(&self, squares: &[f64], filtered: &mut Filtered) {
        filtered.0.clear();
        let mut law = self.weight;
        for (t, square) in squares.iter().enumerate() {
            if t > 0 {
                for (p, weight) in law.iter_mut().zip(&self.weight) {
                    *p = self.keep * *p + (1.0 - self.keep) * weight;
                }
            }
            let mut total = 0.0;
            for (p, (root, inverse)) in law.iter_mut().zip(self.root.iter().zip(&self.inverse)) {
                *p *= root * crate::math::exp(-0.5 * square * inverse);
                total += *p;
            }
            if total > 0.0 {
                law.iter_mut().for_each(|p| *p /= total);
            } else {
                // Further out than numbers go: only the highest level can be meant.
                law = [0.0; LEVELS];
                law[LEVELS - 1] = 1.0;
            }
            filtered.0.push(law);
        }
    }

    /// Draws the levels of all years, given what [`Self::filter`] left: the last year first.
    pub(super) fn sample(&self, filtered: &Filtered, stream: &mut Stream, levels: &mut Vec<u8>) {
        levels.clear();
        levels.resize(filtered.0.len(), 0);
        let mut after: Option<usize> = None;
        for (t, law) in filtered.0.iter().enumerate().rev() {
            let mut law = *law;
            if let Some(after) = after {
                for (k, p) in law.iter_mut().enumerate() {
                    let kept = if k == after { self.keep } else { 0.0 };
                    *p *= kept + (1.0 - self.keep) * self.weight[after];
                }
            }
            let level = pick(&law, stream);
            levels[t] = level as u8;
            after = Some(level);
        }
    }

    /// The level of the year after.
    pub(super) fn step(&self, level: u8, stream: &mut Stream) -> u8 {
        if draw::uniform(stream) < self.keep { level } else { pick(&self.weight, stream) as u8 }
    }
}

/// A position drawn with probabilities in proportion to the weights.
fn pick(weights: &Law, stream: &mut Stream) -> usize {
    let mut left = draw::uniform(stream) * weights.iter().sum::<f64>();
    for (k, weight) in weights.iter().enumerate() {
        left -= weight;
        if left < 0.0 {
            return k;
        }
    }
    LEVELS - 1
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::random::Key;

    #[test]
    #[expect(clippy::needless_range_loop, reason = "a way is three positions")]
    fn filter_and_sample_agree_with_all_the_ways_counted() {
        let chain = VolatilityLevels::new(1.0, 0.6);
        let squares = [0.2, 9.0, 1.5];
        let step = |from: usize, to: usize| (if from == to { 0.6 } else { 0.0 }) + 0.4 * chain.weight[to];
        // The law of the middle year by summing over all 729 ways.
        let mut middle = [0.0; LEVELS];
        for a in 0..LEVELS {
            for b in 0..LEVELS {
                for c in 0..LEVELS {
                    let density = |k: usize, x: f64| exp(-0.5 * x / chain.factor[k]) / chain.factor[k].sqrt();
                    middle[b] += chain.weight[a]
                        * step(a, b)
                        * step(b, c)
                        * density(a, squares[0])
                        * density(b, squares[1])
                        * density(c, squares[2]);
                }
            }
        }
        let total: f64 = middle.iter().sum();
        let mut filtered = Filtered::default();
        chain.filter(&squares, &mut filtered);
        let n = 40_000;
        let mut counts = [0.0; LEVELS];
        let mut levels = Vec::new();
        let mut stream = Stream::new(Key::new(1, "test", "volatility"), 0, 0);
        for _ in 0..n {
            chain.sample(&filtered, &mut stream, &mut levels);
            counts[usize::from(levels[1])] += 1.0;
        }
        for k in 0..LEVELS {
            let p = middle[k] / total;
            let limit = 4.0 * (p * (1.0 - p) / f64::from(n)).sqrt();
            assert!((counts[k] / f64::from(n) - p).abs() < limit, "level {k}");
        }
    }

    #[test]
    fn a_year_beyond_all_numbers_is_at_the_highest_level() {
        let chain = VolatilityLevels::new(0.5, 0.9);
        let mut filtered = Filtered::default();
        chain.filter(&[1e6, 0.0], &mut filtered);
        assert_eq!(filtered.0[0][LEVELS - 1], 1.0);
        let later: f64 = filtered.0[1].iter().sum();
        assert!((later - 1.0).abs() < 1e-12);
    }
}
