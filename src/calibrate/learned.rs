//! What was learned, in a few numbers: what was believed, what was seen, what is believed now.

use crate::evidence::Evidence;
use serde::Serialize;

/// A law in a few numbers.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Summary {
    /// Mean.
    pub mean: f64,
    /// Standard deviation; none where it does not exist.
    pub sd: Option<f64>,
    /// 10 % of it lie below.
    pub low: f64,
    /// 10 % of it lie above.
    pub high: f64,
}

/// A parameter before and after the history was seen.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct LearnedNumber {
    /// Mean and standard deviation of what was believed; none where that was flat, the standard deviation none where it does not exist.
    pub prior: Option<(f64, Option<f64>)>,
    /// What is believed now; a number that is used as if it were known has no spread.
    pub posterior: Summary,
}

/// The history in a few numbers.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct LearnedData {
    /// Years with a value, bounds or an error.
    pub years: usize,
    /// Figures of what moves: growth between neighbouring years, or levels of a process that reverts to one.
    pub figures: usize,
    /// Their mean; none without a figure.
    pub mean: Option<f64>,
    /// Their standard deviation (divisor n - 1); none for fewer than two.
    pub sd: Option<f64>,
}

/// What was learned of a process.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Learned {
    /// Name of the reference class, where there is one.
    pub class: Option<String>,
    /// Mean growth a year, in the first year of the plan where it moves; the level of a process that reverts to one, in the unit of the
    /// indicator.
    pub drift: LearnedNumber,
    /// Persistence of growth; of a process that reverts, the share of the gap to its level that is left a year later. None where it is stated, or known by the class.
    pub persistence: Option<LearnedNumber>,
    /// Standard deviation of the yearly innovation, in the first year of the plan where it comes and goes.
    pub volatility: LearnedNumber,
    /// What was seen.
    pub data: LearnedData,
    /// Share of the precision of the drift that is from the data, 0 to 1: 1 less its variance now by that before.
    pub data_share: f64,
    /// Grade of what was learned.
    pub evidence: Evidence,
    /// Whether the history is that of something else.
    pub stand_in: bool,
    /// Whether the means are used as if they were known.
    pub plug_in: bool,
}

impl Summary {
    /// Of draws of equal weight.
    pub fn of(draws: &[f64]) -> Self {
        let n = draws.len() as f64;
        let mean = draws.iter().sum::<f64>() / n;
        let squares = draws.iter().map(|x| (x - mean) * (x - mean)).sum::<f64>();
        let mut sorted = draws.to_vec();
        sorted.sort_unstable_by(f64::total_cmp);
        let at = |share: f64| {
            let position = libm::round(share * (n - 1.0)) as usize;
            sorted.get(position).copied().unwrap_or(mean)
        };
        let sd = (n > 1.0).then(|| (squares / (n - 1.0)).sqrt());
        Self { mean, sd, low: at(0.1), high: at(0.9) }
    }
}

impl LearnedData {
    /// Of figures, in so many observed years.
    pub fn of(years: usize, figures: &[f64]) -> Self {
        let n = figures.len();
        let mean = (n > 0).then(|| figures.iter().sum::<f64>() / n as f64);
        let spread = |mean: f64| {
            let squares: f64 = figures.iter().map(|x| (x - mean) * (x - mean)).sum();
            (squares / (n as f64 - 1.0)).sqrt()
        };
        Self { years, figures: n, mean, sd: mean.filter(|_| n > 1).map(spread) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn draws_in_a_few_numbers() {
        let draws: Vec<f64> = (0..=100).rev().map(f64::from).collect();
        let summary = Summary::of(&draws);
        // Variance of 0 ..= n, divisor n: (n + 1)(n + 2)/12 n/(n) with n = 100: 858.5.
        assert_eq!((summary.mean, summary.low, summary.high), (50.0, 10.0, 90.0));
        assert!((summary.sd.unwrap() - 858.5_f64.sqrt()).abs() < 1e-12);
    }

    #[test]
    fn few_figures_have_no_spread() {
        assert_eq!(LearnedData::of(1, &[]), LearnedData { years: 1, figures: 0, mean: None, sd: None });
        assert_eq!(LearnedData::of(2, &[3.0]).sd, None);
        assert_eq!(LearnedData::of(3, &[1.0, 3.0]).sd, Some(2.0_f64.sqrt()));
    }
}
