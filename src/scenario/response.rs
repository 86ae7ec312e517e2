//! Responses: how spending becomes effect, year by year.
//!
//! Layer 3.

use crate::time::{Horizon, Year};
use serde::{Deserialize, Serialize};

/// How the spending s on a lever becomes the factor that multiplies its effect, from the first year of spending on; 0 for no spending.
///
/// | response | factor of a year | the effect is that of |
/// |---|---|---|
/// | `linear` | s | one unit of spending |
/// | `saturating = { half }` | s / (s + half) | endless spending; `half` brings half of it |
/// | `power = { exponent }` | s^exponent | one unit of spending |
/// | `knowledge_stock` | extra growth of ln K | elasticity: growth per growth of the stock |
///
/// All but `linear` have diminishing returns. Where a lever has an end (a list of firms to advise, of boilers to replace), `saturating` says so;
/// `power` never ends, and its first units are worth the most of all: infinitely much, at the very first.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum Response {
    /// Each unit does as much as the one before.
    Linear,
    /// Each unit does less than the one before, and there is a most that can be had.
    Saturating(Saturation),
    /// Each unit does less than the one before, without an end.
    Power(Power),
    /// Spending builds up a stock of knowledge, which raises the level of what it acts on.
    KnowledgeStock(KnowledgeStock),
}

/// s / (s + half), the law of Michaelis and Menten.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Saturation {
    /// The spending that has half of the largest effect, in the unit of the lever, > 0.
    pub half: f64,
}

/// s^exponent.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Power {
    /// Elasticity of the effect to spending, in (0, 1].
    pub exponent: f64,
}

/// A stock of knowledge by perpetual inventory: spending s each year on top of a stream of R&D that grows steadily.
///
/// ```text
/// K[t] = (1 - depreciation) K[t-1] + R[t],   R[t] = base (1 + growth)^(t - t0)        without the lever
/// E[t] = (1 - depreciation) E[t-1] + s       from the first year of spending on       what it adds
/// factor[t] = g[t-lag] - g[t-lag-1],         g[t] = ln((K[t] + E[t]) / K[t])
/// ```
///
/// K of the base year is that of the steady state, `base (1 + growth) / (growth + depreciation)`. With the effect as elasticity, output is higher by
/// `elasticity * g` of the year `lag` years before: a level, to which growth is added on the way and from which none is left once the stock has
/// settled. That is the reading of semi-endogenous growth (Jones 1995, Journal of Political Economy 103): more research raises the path of
/// productivity, not its slope for ever.
///
/// **Source.** Griliches (1979), Bell Journal of Economics 10; Hall, Mairesse and Mohnen (2010), Handbook of the Economics of Innovation 2, ch. 24 (a
/// depreciation of 0.15 is usual there, and how weak its grounds are is told). **When not.** For spending that does not add to R&D but replaces what firms would
/// have spent: then the effect has to be smaller by as much.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct KnowledgeStock {
    /// R&D of the base year without the lever, in the unit of the lever, > 0.
    pub base: f64,
    /// Its growth a year, as a share; more than minus the depreciation.
    pub growth: f64,
    /// Share of the stock that is worth nothing any more a year later, in (0, 1].
    pub depreciation: f64,
    /// Years from a change of the stock to its effect.
    #[serde(default)]
    pub lag: u32,
}

impl Response {
    /// The factor of each year t0+1 … T when so much is spent each year from a year on; every one of them is finite for a response and a spending that are valid.
    ///
    /// ```
    /// use plancast::scenario::{Response, Saturation};
    /// use plancast::time::{Horizon, Year};
    /// let horizon = Horizon::new(Year(2025), Year(2028)).expect("three years");
    /// let response = Response::Saturating(Saturation { half: 20.0 });
    /// assert_eq!(response.over(20.0, Year(2027), horizon), [0.0, 0.5, 0.5]);
    /// ```
    pub fn over(&self, spending: f64, from: Year, horizon: Horizon) -> Vec<f64> {
        let steady = match *self {
            Self::KnowledgeStock(stock) => return stock.growth_added(spending, from, horizon),
            _ if spending <= 0.0 => 0.0,
            Self::Linear => spending,
            Self::Saturating(Saturation { half }) => spending / (spending + half),
            Self::Power(Power { exponent }) => libm::pow(spending, exponent),
        };
        horizon.years().map(|year| if year < from { 0.0 } else { steady }).collect()
    }
}

impl KnowledgeStock {
    fn growth_added(&self, spending: f64, from: Year, horizon: Horizon) -> Vec<f64> {
        let (left, grown) = (1.0 - self.depreciation, 1.0 + self.growth);
        let mut stream = self.base;
        let mut stock = self.base * grown / (self.growth + self.depreciation);
        let mut extra = 0.0;
        // ln of the stock with the lever over the one without, t0 … T.
        let mut gap = vec![0.0];
        for year in horizon.years() {
            stream *= grown;
            stock = left * stock + stream;
            extra = left * extra + if year < from { 0.0 } else { spending };
            gap.push(libm::log1p(extra / stock));
        }
        let before = |step: usize| step.checked_sub(self.lag as usize).map_or(0.0, |step| gap[step]);
        (1..=horizon.steps()).map(|step| before(step) - before(step - 1)).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn horizon(steps: i32) -> Horizon {
        Horizon::new(Year(2025), Year(2025 + steps)).expect("a horizon")
    }

    /// The two stocks written down year by year, as in the definition.
    #[test]
    fn a_knowledge_stock_is_its_recursion() {
        let stock = KnowledgeStock { base: 220.0, growth: 0.06, depreciation: 0.15, lag: 1 };
        let factors = Response::KnowledgeStock(stock).over(20.0, Year(2027), horizon(6));
        let (mut with, mut without) = (220.0 * 1.06 / 0.21, 220.0 * 1.06 / 0.21);
        let mut logs = vec![0.0];
        for t in 1..=6 {
            let stream = 220.0 * libm::pow(1.06, f64::from(t));
            without = 0.85 * without + stream;
            with = 0.85 * with + stream + if t >= 2 { 20.0 } else { 0.0 };
            logs.push(libm::log(with) - libm::log(without));
        }
        assert_eq!(factors[..2], [0.0, 0.0], "spending begins in 2027 and works a year later");
        for t in 2..=6 {
            let expected = logs[t - 1] - logs[t - 2];
            assert!((factors[t - 1] - expected).abs() < 1e-13, "{t}: {} and {expected}", factors[t - 1]);
        }
        // The first year by hand: K of 2027 is 220 * 1.06^3 / 0.21 because the stock grows at 6 % as the stream does.
        let first = libm::log1p(20.0 / (220.0 * 1.191_016 / 0.21));
        assert!((factors[2] - first).abs() < 1e-13);
    }

    #[test]
    fn knowledge_raises_a_level_and_not_growth_for_ever() {
        let stock = KnowledgeStock { base: 100.0, growth: 0.0, depreciation: 0.15, lag: 0 };
        let factors = Response::KnowledgeStock(stock).over(10.0, Year(2026), horizon(150));
        // Without growth the stock settles a tenth higher.
        let sum: f64 = factors.iter().sum();
        assert!((sum - libm::log(1.1)).abs() < 1e-9, "{sum}");
        assert!(factors[149] < 1e-9 && factors.windows(2).all(|pair| pair[1] <= pair[0]));
    }

    proptest! {
        #![proptest_config(ProptestConfig {
            rng_seed: proptest::test_runner::RngSeed::Fixed(1),
            failure_persistence: None,
            ..ProptestConfig::default()
        })]

        #[test]
        fn more_does_more_and_each_unit_no_more_than_the_one_before(
            s in 0.0..1e4_f64, more in 1e-3..1e4_f64, half in 1e-3..1e4_f64, exponent in 0.01..1.0_f64,
            growth in -0.1..0.3_f64, lag in 0..4_u32,
        ) {
            let stock = KnowledgeStock { base: half, growth, depreciation: 0.15, lag };
            for response in [
                Response::Linear,
                Response::Saturating(Saturation { half }),
                Response::Power(Power { exponent }),
                Response::KnowledgeStock(stock),
            ] {
                // Of a stock it is the level reached that rises, the sum of what was added.
                let total = |s: f64| response.over(s, Year(2026), horizon(5)).iter().sum::<f64>();
                let (low, middle, high) = (total(s), total(s + more), total(s + 2.0 * more));
                let near = 1e-9 * (1.0 + high.abs());
                prop_assert!(low.is_finite() && high.is_finite() && total(0.0) == 0.0);
                prop_assert!(low <= middle + near && middle <= high + near, "{response:?}");
                prop_assert!(high - middle <= middle - low + near, "{response:?}");
            }
        }
    }
}
