//! Means of regimes and their transitions, from years whose regime is known.

use super::draw;
use crate::error::Fault;
use crate::evidence::Evidence;
use crate::random::Stream;
use crate::regime::Regime;
use crate::series::Series;
use crate::time::Year;
use std::collections::BTreeMap;

/// Which regime each year was in.
#[derive(Debug, Clone, PartialEq)]
pub struct RegimeYears {
    states: Vec<String>,
    years: BTreeMap<Year, usize>,
}

impl RegimeYears {
    /// The names of the states, and for each year the position of its state among them. Years may be missing.
    ///
    /// # Errors
    /// A [`Fault`] when there is no state or no year, when a year stands twice, or when a position is not one of a state.
    pub fn new<S: Into<String>>(
        states: impl IntoIterator<Item = S>,
        years: impl IntoIterator<Item = (Year, usize)>,
    ) -> Result<Self, Fault> {
        let states: Vec<String> = states.into_iter().map(Into::into).collect();
        let mut known = BTreeMap::new();
        for (year, state) in years {
            if state >= states.len() {
                return Err(Fault::new(
                    format!("labels.{year}"),
                    format!("the state is number {state}; there are {}, counted from 0", states.len()),
                ));
            }
            if known.insert(year, state).is_some() {
                return Err(Fault::new(format!("labels.{year}"), "the year stands twice")
                    .remedy("keep one label of a year"));
            }
        }
        if known.is_empty() {
            return Err(Fault::new("labels", "no year has a label; at least one is needed"));
        }
        Ok(Self { states, years: known })
    }
}

/// What is believed of regimes before the history is seen.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct RegimePrior {
    /// Variance of the regimes' means about their common mean, over the variance of a year about the mean of its regime;
    /// > 0. When absent it is learned, with the uniform shrinkage prior.
    pub between: Option<f64>,
    /// Moves counted beforehand from each state to each, > 0.
    pub moves: f64,
}

impl Default for RegimePrior {
    /// The ratio learned; half a move from each state to each, Jeffreys' prior.
    fn default() -> Self {
        Self { between: None, moves: 0.5 }
    }
}

/// What a history says of the growth of regimes and of their transitions:
///
/// ```text
/// y[t] ~ N(mu_k, sigma^2), k the state of year t
/// mu_k ~ N(common, ratio sigma^2),   p(common, sigma^2) ~ 1 / sigma^2
/// ratio / (1 + ratio) uniform on the middles of 64 equal parts of (0, 1), or known
/// transition[j] ~ Dirichlet(moves from j to each state + prior)
/// ```
///
/// y is yearly growth in the latent state. The mean of a regime seen in few years is pulled to the common one, by
/// 1 / (1 + ratio n): partial pooling. A year without a label or without growth teaches no mean; a move counts when a year
/// and the next one are both labelled. The states of the years are taken as known; where they are themselves guessed from
/// the growth, the means found are too far apart.
///
/// **Limiting cases.** ratio -> 0: one mean for all; ratio -> infinity: each regime's own average. A state never seen: the
/// common mean, with the spread between regimes. **Reference.** Lindley and Smith (1972), J. Roy. Statist. Soc. B 34(1);
/// the prior of the ratio: Daniels (1999), Canadian Journal of Statistics 27(3), 567-578.
#[derive(Debug, Clone, PartialEq)]
pub struct RegimePosterior {
    /// Names of the states.
    pub states: Vec<String>,
    /// The last year that has a label, and its state.
    pub last: (Year, usize),
    /// Years of each state that taught its mean.
    pub years: Vec<u32>,
    /// Parameters of the Dirichlet law of each row of the transition matrix.
    pub moves: Vec<Vec<f64>>,
    /// Averages of the years of each state; 0 where there are none.
    averages: Vec<f64>,
    /// Degrees of freedom of sigma^2.
    df: f64,
    /// The posterior at each ratio.
    pooled: Vec<Pooled>,
}

/// The posterior given a ratio: `sigma^2 ~ Scaled-Inv-chi^2(df, scale^2)`, `common | sigma^2 ~ N(common, sigma^2 / weight)`.
#[derive(Debug, Clone, PartialEq)]
struct Pooled {
    probability: f64,
    ratio: f64,
    common: f64,
    weight: f64,
    scale: f64,
}

/// Parameters of regimes: the posterior means, or one draw.
#[derive(Debug, Clone, PartialEq)]
pub struct RegimeParameters {
    /// Mean of the means.
    pub common: f64,
    /// Mean growth a year of each state.
    pub means: Vec<f64>,
    /// Standard deviation of a year about the mean of its state.
    pub sigma: f64,
    /// One row a state: probabilities of the states of the next year.
    pub transition: Vec<Vec<f64>>,
}

/// Points of the uniform shrinkage prior.
const POINTS: u32 = 64;

impl RegimePosterior {
    /// The posterior after this growth in labelled years.
    ///
    /// # Errors
    /// A [`Fault`] when a figure is not finite, when the prior is no law, when fewer than three years have both growth and a
    /// label, or when growth never varied.
    pub fn new(growth: &Series, labels: &RegimeYears, prior: RegimePrior) -> Result<Self, Fault> {
        if let Some((year, value)) = growth.iter().find(|(_, value)| !value.is_finite()) {
            let problem = format!("the growth of {year} is {value}; growth must be finite");
            return Err(Fault::new(format!("growth.{year}"), problem));
        }
        let sound = |x: f64| x > 0.0 && x.is_finite();
        if !(sound(prior.moves) && prior.between.is_none_or(sound)) {
            return Err(Fault::new(
                "prior",
                format!(
                    "between {:?} and moves {} is no prior; both must be finite and above 0",
                    prior.between, prior.moves
                ),
            ));
        }
        let used: Vec<(usize, f64)> =
            growth.iter().filter_map(|(year, y)| Some((*labels.years.get(&year)?, y))).collect();
        if used.len() < 3 {
            return Err(Fault::new(
                "growth",
                format!("{} years have both growth and a label; at least 3 are needed", used.len()),
            )
            .remedy("label more years of the history"));
        }
        if used.windows(2).all(|pair| pair[0].1 == pair[1].1) {
            return Err(Fault::new("growth", "the growth of the labelled years never varied; it must vary"));
        }
        let (mut sums, mut years) = (vec![0.0; labels.states.len()], vec![0_u32; labels.states.len()]);
        for (state, y) in &used {
            sums[*state] += y;
            years[*state] += 1;
        }
        let averages: Vec<f64> =
            sums.iter().zip(&years).map(|(sum, n)| if *n > 0 { sum / f64::from(*n) } else { 0.0 }).collect();
        let within: f64 = used.iter().map(|(state, y)| (y - averages[*state]) * (y - averages[*state])).sum();
        let df = used.len() as f64 - 1.0;
        let pooled = pooled(&averages, &years, within, df, prior.between);
        if !pooled.iter().all(|p| p.scale > 0.0 && p.scale.is_finite() && p.probability.is_finite()) {
            return Err(Fault::new("growth", "the growth figures are too large or too small to be squared"));
        }
        let Some((last_year, last_state)) = labels.years.last_key_value() else {
            return Err(Fault::new("labels", "no year has a label; at least one is needed"));
        };
        Ok(Self {
            states: labels.states.clone(),
            last: (*last_year, *last_state),
            moves: moves(labels, prior.moves),
            pooled,
            years,
            averages,
            df,
        })
    }

    /// Posterior means of all parameters.
    pub fn mean(&self) -> RegimeParameters {
        let average = |f: &dyn Fn(&Pooled) -> f64| self.pooled.iter().map(|p| p.probability * f(p)).sum();
        // E sigma of a scaled inverse chi-square sigma^2 is this times its scale.
        let root = (0.5 * self.df).sqrt()
            * libm::exp(libm::lgamma(0.5 * (self.df - 1.0)) - libm::lgamma(0.5 * self.df));
        let row = |row: &Vec<f64>| {
            let sum: f64 = row.iter().sum();
            row.iter().map(|moves| moves / sum).collect()
        };
        RegimeParameters {
            common: average(&|p| p.common),
            means: (0..self.states.len()).map(|k| average(&|p| self.given(p, k, p.common).0)).collect(),
            sigma: average(&|p| root * p.scale),
            transition: self.moves.iter().map(row).collect(),
        }
    }

    /// All parameters, drawn together.
    pub fn draw(&self, stream: &mut Stream) -> RegimeParameters {
        let mut u = draw::uniform(stream);
        let mut at = 0;
        while at + 1 < self.pooled.len() && u > self.pooled[at].probability {
            u -= self.pooled[at].probability;
            at += 1;
        }
        let pooled = &self.pooled[at];
        let sigma = pooled.scale * (self.df / draw::chi_square(stream, self.df)).sqrt();
        let common = pooled.common + sigma / pooled.weight.sqrt() * draw::normal(stream);
        let means = (0..self.states.len()).map(|k| {
            let (mean, spread) = self.given(pooled, k, common);
            mean + sigma * spread * draw::normal(stream)
        });
        let means = means.collect();
        let transition = self.moves.iter().map(|row| {
            // A Dirichlet row is one of gamma numbers over their sum.
            let gammas: Vec<f64> = row.iter().map(|shape| draw::gamma(stream, *shape)).collect();
            let sum: f64 = gammas.iter().sum();
            gammas.iter().map(|gamma| gamma / sum).collect()
        });
        RegimeParameters { common, transition: transition.collect(), sigma, means }
    }

    /// A regime with these parameters (the posterior mean, or a draw) that moves one indicator, of grade derived: in each
    /// state it adds to the growth of the indicator, whose process has this `drift`, what is missing to the mean of
    /// the state. The base year is taken to be in the state of the last labelled year.
    pub fn regime(
        &self,
        name: impl Into<String>,
        indicator: impl Into<String>,
        drift: f64,
        parameters: &RegimeParameters,
    ) -> Regime {
        let initial = (0..self.states.len()).map(|k| f64::from(u8::from(k == self.last.1)));
        let shift: Vec<f64> = parameters.means.iter().map(|mean| mean - drift).collect();
        let states = self.states.iter().cloned().zip(initial);
        let mut regime = Regime::new(name, states, parameters.transition.clone()).shift(indicator, shift);
        regime.evidence = Some(Evidence::Derived);
        regime
    }

    /// Mean of a regime's mean given the common one, and its standard deviation over sigma.
    fn given(&self, pooled: &Pooled, state: usize, common: f64) -> (f64, f64) {
        let left = 1.0 / (1.0 + pooled.ratio * f64::from(self.years[state]));
        let mean = common + (1.0 - left) * (self.averages[state] - common);
        (mean, (pooled.ratio * left).sqrt())
    }
}

/// Moves from each state to each between years in a row, plus those counted beforehand.
fn moves(labels: &RegimeYears, before: f64) -> Vec<Vec<f64>> {
    let n = labels.states.len();
    let mut moves = vec![vec![before; n]; n];
    let years: Vec<(i32, usize)> = labels.years.iter().map(|(year, state)| (year.0, *state)).collect();
    for pair in years.windows(2) {
        if i64::from(pair[1].0) - i64::from(pair[0].0) == 1 {
            moves[pair[0].1][pair[1].1] += 1.0;
        }
    }
    moves
}

/// The posterior at every ratio, with its probability from the marginal likelihood.
fn pooled(averages: &[f64], years: &[u32], within: f64, df: f64, between: Option<f64>) -> Vec<Pooled> {
    let ratios: Vec<f64> = match between {
        Some(ratio) => vec![ratio],
        None => (0..POINTS).map(|j| (f64::from(j) + 0.5) / (f64::from(POINTS - j) - 0.5)).collect(),
    };
    let seen: Vec<(f64, f64)> =
        averages.iter().zip(years).filter(|(_, n)| **n > 0).map(|(y, n)| (*y, f64::from(*n))).collect();
    let mut all = Vec::with_capacity(ratios.len());
    let mut likelihoods = Vec::with_capacity(ratios.len());
    for ratio in ratios {
        // The average of n years has the variance sigma^2 (1 / n + ratio) about the common mean.
        let precision = |n: f64| n / (1.0 + ratio * n);
        let weight: f64 = seen.iter().map(|(_, n)| precision(*n)).sum();
        let common = seen.iter().map(|(y, n)| precision(*n) * y).sum::<f64>() / weight;
        let among: f64 = seen.iter().map(|(y, n)| precision(*n) * (y - common) * (y - common)).sum();
        let scale = ((within + among) / df).sqrt();
        let ln_precisions: f64 = seen.iter().map(|(_, n)| libm::log1p(ratio * n)).sum();
        likelihoods.push(-0.5 * ln_precisions - 0.5 * libm::log(weight) - df * libm::log(scale));
        all.push(Pooled { probability: 0.0, ratio, common, weight, scale });
    }
    let most = likelihoods.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    let sum: f64 = likelihoods.iter().map(|l| libm::exp(l - most)).sum();
    for (pooled, likelihood) in all.iter_mut().zip(likelihoods) {
        pooled.probability = libm::exp(likelihood - most) / sum;
    }
    all
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::random::Key;
    use crate::stats::Moments;

    const GROWTH: [f64; 11] = [0.061, 0.040, 0.078, 0.052, 0.066, -0.012, 0.004, 0.058, 0.049, 0.021, 0.071];
    const STATE: [usize; 11] = [0, 0, 0, 0, 0, 1, 1, 0, 0, 1, 0];

    fn growth() -> Series {
        Series::new((2010..).map(Year).zip(GROWTH))
    }

    fn labels() -> RegimeYears {
        RegimeYears::new(["normal", "slump"], (2010..).map(Year).zip(STATE)).unwrap()
    }

    fn fit(prior: RegimePrior) -> RegimePosterior {
        RegimePosterior::new(&growth(), &labels(), prior).unwrap()
    }

    fn close(found: f64, expected: f64) -> bool {
        (found - expected).abs() < 1e-11
    }

    #[test]
    fn means_agree_with_those_of_the_whole_covariance() {
        // tests/reference/conjugate.py (NumPy 2.4.6, SciPy 1.17.1): `regimes()`.
        let mean = fit(RegimePrior::default()).mean();
        assert!(close(mean.common, 0.032920983052), "{mean:?}");
        assert!(close(mean.means[0], 0.058094820337) && close(mean.means[1], 0.007747145768), "{mean:?}");
        assert!(close(mean.sigma, 0.015872602032), "{mean:?}");
        let mean = fit(RegimePrior { between: Some(2.0), ..RegimePrior::default() }).mean();
        assert!(close(mean.common, 0.033140186916), "{mean:?}");
        assert!(close(mean.means[0], 0.057831775701) && close(mean.means[1], 0.008448598131), "{mean:?}");
    }

    #[test]
    fn pooling_goes_from_one_mean_for_all_to_each_its_own() {
        let with = |ratio| fit(RegimePrior { between: Some(ratio), ..RegimePrior::default() }).mean().means;
        let all = GROWTH.iter().sum::<f64>() / 11.0;
        assert!(with(1e-12).iter().all(|mean| (mean - all).abs() < 1e-12));
        // Averages of the eight and of the three years, by hand: 0.475 / 8, 0.013 / 3.
        let own = with(1e12);
        assert!((own[0] - 0.059375).abs() < 1e-12 && (own[1] - 0.013 / 3.0).abs() < 1e-12);
    }

    #[test]
    fn moves_are_counted_between_years_in_a_row() {
        let posterior = fit(RegimePrior::default());
        // 0 0 0 0 0 1 1 0 0 1 0: five stay, two go, two come back, one stays; half a move beforehand.
        assert_eq!(posterior.moves, [[5.5, 2.5], [2.5, 1.5]]);
        assert_eq!(posterior.mean().transition, [[5.5 / 8.0, 2.5 / 8.0], [2.5 / 4.0, 1.5 / 4.0]]);
        let gap =
            RegimeYears::new(["normal", "slump"], [(2010, 0), (2011, 1), (2013, 0), (2014, 0)].map(of_year));
        let posterior = RegimePosterior::new(&growth(), &gap.unwrap(), RegimePrior::default()).unwrap();
        assert_eq!(posterior.moves, [[1.5, 1.5], [0.5, 0.5]]);
        assert_eq!(posterior.last, (Year(2014), 0));
    }

    fn of_year((year, state): (i32, usize)) -> (Year, usize) {
        (Year(year), state)
    }

    #[test]
    fn a_state_never_seen_has_the_common_mean() {
        let labels = RegimeYears::new(["normal", "slump", "boom"], (2010..).map(Year).zip(STATE)).unwrap();
        let posterior = RegimePosterior::new(&growth(), &labels, RegimePrior::default()).unwrap();
        let (mean, two) = (posterior.mean(), fit(RegimePrior::default()).mean());
        assert!(close(mean.means[2], mean.common) && close(mean.means[0], two.means[0]));
        assert_eq!(mean.transition[2], [1.0 / 3.0; 3]);
    }

    #[test]
    fn draws_have_the_posterior_means() {
        const N: usize = 40_000;
        let posterior = fit(RegimePrior::default());
        let mean = posterior.mean();
        let mut stream = Stream::new(Key::new(1, "calibrate", "regime"), 0, 0);
        let draws: Vec<RegimeParameters> = (0..N).map(|_| posterior.draw(&mut stream)).collect();
        let check = |what: &str, f: &dyn Fn(&RegimeParameters) -> f64| {
            let moments = Moments::of(&draws.iter().map(f).collect::<Vec<_>>());
            let (found, expected) = (moments.mean().unwrap(), f(&mean));
            // Four standard errors; the means have t laws with ten degrees of freedom.
            let error = moments.variance().unwrap().sqrt() / (N as f64).sqrt();
            assert!((found - expected).abs() < 4.0 * error, "{what}: {found} {expected} {error}");
        };
        check("normal", &|p| p.means[0]);
        check("slump", &|p| p.means[1]);
        check("sigma", &|p| p.sigma);
        check("stays", &|p| p.transition[0][0]);
        check("stays", &|p| p.transition[1][1]);
        assert!(draws.iter().all(|p| p.transition.iter().all(|r| close(r.iter().sum(), 1.0))));
    }

    #[test]
    fn what_is_learned_is_a_regime_of_a_scenario() {
        use crate::prelude::*;
        let posterior = fit(RegimePrior::default());
        let mean = posterior.mean();
        let regime = posterior.regime("World", "gdp", mean.common, &mean);
        assert_eq!(regime.initial, [1.0, 0.0]);
        let shift = &regime.shift["gdp"];
        assert!(shift[0] > 0.0 && close(shift[1], mean.means[1] - mean.common));
        let gdp = IndicatorDraft::new("GDP", "100m yuan").baseline(100.0);
        let scenario = Scenario::builder("Town", 2020, 2025)
            .indicator("gdp", gdp.process(RandomWalk::new(mean.common, mean.sigma)))
            .regime("world", regime)
            .target("level", TargetDraft::level("gdp").at_least(120.0))
            .build();
        assert!(scenario.is_ok(), "{scenario:?}");
    }

    #[test]
    fn what_cannot_be_learned_from_is_refused() {
        let refused = |growth: &[f64]| {
            let growth = Series::new((2010..).map(Year).zip(growth.iter().copied()));
            RegimePosterior::new(&growth, &labels(), RegimePrior::default()).unwrap_err().to_string()
        };
        assert!(refused(&[]).contains("0 years have both"));
        assert!(refused(&[0.1, 0.2]).contains("at least 3 are needed"));
        assert!(refused(&[0.1, 0.1, 0.1, 0.1]).contains("never varied"));
        assert!(refused(&[1e200, -1e200, 0.1]).contains("too large"));
        assert!(refused(&[0.1, f64::INFINITY, 0.1]).contains("the growth of 2011 is inf"));
        let twice = RegimeYears::new(["a"], [(2010, 0), (2010, 0)].map(of_year)).unwrap_err();
        assert!(twice.to_string().contains("stands twice"));
        let unknown = RegimeYears::new(["a"], [(2010, 1)].map(of_year)).unwrap_err();
        assert!(unknown.to_string().contains("the state is number 1; there are 1"));
        assert!(RegimeYears::new(["a"], []).is_err());
        for prior in
            [RegimePrior { between: Some(0.0), moves: 0.5 }, RegimePrior { between: None, moves: 0.0 }]
        {
            assert!(RegimePosterior::new(&growth(), &labels(), prior).is_err());
        }
    }
}
