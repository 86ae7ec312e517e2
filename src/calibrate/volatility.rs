//! Volatility that comes and goes: a Markov chain over levels of the log variance.

use super::draw;
use crate::random::Stream;
use libm::{exp, lgamma, log};

/// Levels of the log variance.
pub(super) const LEVELS: usize = 7;

/// A stationary AR(1) of the log variance on a grid of seven levels.
///
/// ```text
/// ln h[t] = persistence * ln h[t-1] + ...,   sd(ln h) = sd,   variance of the year = sigma^2 h[t]
/// ```
///
/// The grid and its transitions are those of Rouwenhorst, which match mean, variance and persistence of the AR(1) exactly;
/// the stationary law is binomial. Reference: Kopecky and Suen (2010), Review of Economic Dynamics 13(3), section 3.
#[derive(Debug, Clone)]
pub(super) struct VolatilityChain {
    /// h of each level, a factor on the variance.
    pub(super) factor: [f64; LEVELS],
    /// 1 / h, and 1 / sqrt h.
    inverse: [f64; LEVELS],
    root: [f64; LEVELS],
    stationary: [f64; LEVELS],
    transition: [[f64; LEVELS]; LEVELS],
}

/// Room for the filter of one unit.
#[derive(Debug, Clone, Default)]
pub(super) struct Filtered(Vec<[f64; LEVELS]>);

impl VolatilityChain {
    /// The chain with the standard deviation of ln h and its persistence from year to year, in [0, 1).
    pub(super) fn new(sd: f64, persistence: f64) -> Self {
        let steps = LEVELS - 1;
        let stay = 0.5 * (1.0 + persistence);
        let choose = |n: usize, k: usize| {
            exp(lgamma(n as f64 + 1.0) - lgamma(k as f64 + 1.0) - lgamma((n - k) as f64 + 1.0))
        };
        let power = |x: f64, n: usize| (0..n).fold(1.0, |product, _| product * x);
        let mut chain = Self {
            factor: [1.0; LEVELS],
            inverse: [1.0; LEVELS],
            root: [1.0; LEVELS],
            stationary: [0.0; LEVELS],
            transition: [[0.0; LEVELS]; LEVELS],
        };
        for from in 0..LEVELS {
            let log_variance = sd * (steps as f64).sqrt() * (2.0 * from as f64 / steps as f64 - 1.0);
            chain.factor[from] = exp(log_variance);
            chain.inverse[from] = exp(-log_variance);
            chain.root[from] = exp(-0.5 * log_variance);
            chain.stationary[from] = choose(steps, from) / power(2.0, steps);
            // A level is the number of coins that show heads; each keeps its side with probability `stay`.
            for to in 0..LEVELS {
                chain.transition[from][to] = (0..=from.min(to))
                    .filter(|kept| to - kept <= steps - from)
                    .map(|kept| {
                        let turned = to - kept;
                        choose(from, kept)
                            * choose(steps - from, turned)
                            * power(stay, kept + steps - from - turned)
                            * power(1.0 - stay, from - kept + turned)
                    })
                    .sum();
            }
        }
        chain
    }

    /// ln p(residuals | sigma^2), up to a constant: the forward filter over squared residuals in units of sigma^2.
    pub(super) fn filter(&self, squares: &[f64], filtered: &mut Filtered) -> f64 {
        let laws = &mut filtered.0;
        laws.clear();
        let mut likelihood = 0.0;
        let mut law = self.stationary;
        for (t, square) in squares.iter().enumerate() {
            if t > 0 {
                law = self.next(&law);
            }
            let mut total = 0.0;
            for k in 0..LEVELS {
                law[k] *= self.root[k] * crate::math::exp(-0.5 * square * self.inverse[k]);
                total += law[k];
            }
            // A residual of some forty standard deviations: what is left of the laws is rounding.
            let total = total.max(1e-280);
            likelihood += log(total);
            law.iter_mut().for_each(|p| *p /= total);
            laws.push(law);
        }
        likelihood
    }

    /// Draws the levels of all years, given what [`Self::filter`] left: the last year first.
    pub(super) fn sample(&self, filtered: &Filtered, stream: &mut Stream, levels: &mut Vec<u8>) {
        let laws = &filtered.0;
        levels.clear();
        levels.resize(laws.len(), 0);
        let mut after = None;
        for t in (0..laws.len()).rev() {
            let mut law = laws[t];
            if let Some(after) = after {
                (0..LEVELS).for_each(|k| law[k] *= self.transition[k][after]);
            }
            let level = pick(&law, stream);
            levels[t] = level as u8;
            after = Some(level);
        }
    }

    /// The level of the year after.
    pub(super) fn step(&self, level: u8, stream: &mut Stream) -> u8 {
        pick(&self.transition[usize::from(level)], stream) as u8
    }

    fn next(&self, law: &[f64; LEVELS]) -> [f64; LEVELS] {
        let mut next = [0.0; LEVELS];
        for (p, row) in law.iter().zip(&self.transition) {
            for (sum, q) in next.iter_mut().zip(row) {
                *sum += p * q;
            }
        }
        next
    }
}

/// A position drawn with probabilities in proportion to the weights.
fn pick(weights: &[f64; LEVELS], stream: &mut Stream) -> usize {
    let total: f64 = weights.iter().sum();
    let mut left = draw::uniform(stream) * total;
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
    fn the_chain_has_the_moments_of_the_autoregression() {
        let chain = VolatilityChain::new(1.2, 0.8);
        let g: Vec<f64> = chain.factor.iter().map(|h| log(*h)).collect();
        let mean = |f: &dyn Fn(usize) -> f64| (0..LEVELS).map(|k| chain.stationary[k] * f(k)).sum::<f64>();
        assert!((mean(&|_| 1.0) - 1.0).abs() < 1e-13 && mean(&|k| g[k]).abs() < 1e-13);
        assert!((mean(&|k| g[k] * g[k]) - 1.44).abs() < 1e-12);
        // E g[t] g[t+1] = persistence * variance.
        let lagged = mean(&|k| g[k] * (0..LEVELS).map(|j| chain.transition[k][j] * g[j]).sum::<f64>());
        assert!((lagged - 0.8 * 1.44).abs() < 1e-12);
        for row in &chain.transition {
            assert!((row.iter().sum::<f64>() - 1.0).abs() < 1e-13);
        }
        // The stationary law stays.
        let next = chain.next(&chain.stationary);
        assert!((0..LEVELS).all(|k| (next[k] - chain.stationary[k]).abs() < 1e-13));
    }

    #[test]
    fn filter_and_sample_agree_with_all_the_ways_counted() {
        let chain = VolatilityChain::new(1.0, 0.6);
        let squares = [0.2, 9.0, 1.5];
        // The likelihood and the law of the middle year by summing over all 343 ways.
        let (mut total, mut middle) = (0.0, [0.0; LEVELS]);
        for a in 0..LEVELS {
            for b in 0..LEVELS {
                for c in 0..LEVELS {
                    let density = |k: usize, x: f64| exp(-0.5 * x / chain.factor[k]) / chain.factor[k].sqrt();
                    let p = chain.stationary[a]
                        * chain.transition[a][b]
                        * chain.transition[b][c]
                        * density(a, squares[0])
                        * density(b, squares[1])
                        * density(c, squares[2]);
                    total += p;
                    middle[b] += p;
                }
            }
        }
        let mut filtered = Filtered::default();
        assert!((chain.filter(&squares, &mut filtered) - log(total)).abs() < 1e-12);
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
}
