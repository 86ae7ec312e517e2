//! Elasticity of one growth series to another, with a lag: regression with the normal-inverse-gamma prior.

use super::draw;
use crate::error::Fault;
use crate::evidence::Evidence;
use crate::quantity::{Quantity, StudentT};
use crate::random::Stream;
use crate::series::Series;
use crate::time::Year;
use std::f64::consts::PI;

/// What is believed of an elasticity before the history is seen:
///
/// ```text
/// sigma^2 ~ Scaled-Inv-chi^2(df, residual^2),   beta | sigma^2 ~ N(mean, (sd / residual)^2 sigma^2)
/// ```
///
/// so that beta by itself has a t law with `df` degrees of freedom, location `mean` and scale `sd`. Of the intercept
/// nothing is believed.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct ElasticityPrior {
    /// Elasticity expected.
    pub mean: f64,
    /// How far the elasticity may be from it, > 0: a scale, the standard deviation for large `df`.
    pub sd: f64,
    /// Standard deviation of the residual expected, > 0, in the unit of the growth explained.
    pub residual: f64,
    /// Degrees of freedom of that belief, > 0.
    pub df: f64,
}

/// What a history says of an elasticity beta:
///
/// ```text
/// y[t] = a + beta x[t-lag] + sigma e[t],   e standard normal and independent
/// sigma^2 ~ Scaled-Inv-chi^2(df, scale^2)
/// beta | sigma^2 ~ N(beta, sigma^2 / weight),   a | beta, sigma^2 ~ N(mean_y - beta mean_x, sigma^2 / years)
/// ```
///
/// x and y are yearly growth in the latent state (log points for a log link), so that beta is what a scenario's
/// `driver` calls `elasticity`, and a the drift that is left. Series are matched by year: a year t counts when y\[t\] and
/// x\[t-lag\] are both known; all other years are left out, and nothing is put into a gap.
///
/// **Limiting cases.** The flat prior 1 / sigma^2: ordinary least squares with its t law, n - 2 degrees of freedom. A prior
/// of small `sd`: its mean. **Reference.** Gelman et al. (2013), Bayesian Data Analysis, 3rd ed., sections 14.2 and 14.8;
/// the marginal likelihood: Zellner (1971), An Introduction to Bayesian Inference in Econometrics, chapter 3 and section 10.2.
///
/// **Errors in x.** The regression takes x as exact. Where x is measured with an error of variance v that is independent of
/// its true growth, of variance V, the elasticity found is too near to 0 by the factor V / (V + v), however
/// long the history is, and its interval is too narrow. Growth of rounded or revised levels has such errors: state a prior
/// from elsewhere, or an elasticity with a spread of its own, where v is not small beside V. Common causes of x and y are
/// taken for an effect of x as well.
#[derive(Debug, Clone, PartialEq)]
pub struct Elasticity {
    /// Years between x and what it acts on.
    pub lag: u32,
    /// The years of y that were used, in order.
    pub years: Vec<Year>,
    /// Mean of beta, where it exists; its median always.
    pub beta: f64,
    /// The precision of beta is `weight / sigma^2`; > 0.
    pub weight: f64,
    /// Degrees of freedom of sigma^2, > 0.
    pub df: f64,
    /// Scale of sigma, > 0: sigma^2 ~ df scale^2 / chi^2(df).
    pub scale: f64,
    /// Mean of y over the years used.
    pub mean_y: f64,
    /// Mean of the lagged x over the years used.
    pub mean_x: f64,
}

impl Elasticity {
    /// The elasticity of `y` to `x` of `lag` years before; the flat prior when none is given.
    ///
    /// # Errors
    /// A [`Fault`] when a figure is not finite, when the prior is no law, when fewer than three years match (two with a
    /// prior), when x never varied or, without a prior, when y follows x without any residual.
    pub fn new(y: &Series, x: &Series, lag: u32, prior: Option<ElasticityPrior>) -> Result<Self, Fault> {
        Pairs::new(y, x, lag, |_| true)?.posterior(lag, prior)
    }

    /// The law of beta: Student t with `df` degrees of freedom.
    pub fn law(&self) -> StudentT {
        StudentT { df: self.df, location: self.beta, scale: self.scale / self.weight.sqrt() }
    }

    /// The law of beta as the elasticity of a driver, of grade derived.
    ///
    /// ```
    /// use plancast::calibrate::Elasticity;
    /// use plancast::prelude::*;
    /// use plancast::series::Series;
    /// let by_year = |growth: [f64; 6]| Series::new((2019..).map(Year).zip(growth));
    /// let gdp = by_year([0.061, 0.040, 0.078, 0.018, 0.050, 0.061]);
    /// let power = by_year([0.052, 0.031, 0.085, 0.030, 0.042, 0.070]);
    /// let found = Elasticity::new(&power, &gdp, 0, None).expect("six years that vary");
    /// assert!(0.5 < found.beta && found.beta < 1.5 && found.df == 4.0);
    /// let power = IndicatorDraft::new("Electricity", "TWh").driver("gdp", found.quantity());
    /// # let _ = power;
    /// ```
    pub fn quantity(&self) -> Quantity {
        Quantity::uncertain(self.law()).evidence(Evidence::Derived)
    }

    /// Intercept, elasticity and residual standard deviation (a, beta, sigma), drawn together.
    pub fn draw(&self, stream: &mut Stream) -> (f64, f64, f64) {
        let sigma = self.scale * (self.df / draw::chi_square(stream, self.df)).sqrt();
        let beta = self.beta + sigma / self.weight.sqrt() * draw::normal(stream);
        let middle = self.mean_y - beta * self.mean_x;
        (middle + sigma / (self.years.len() as f64).sqrt() * draw::normal(stream), beta, sigma)
    }
}

/// How likely each lag is, after the history.
#[derive(Debug, Clone, PartialEq)]
pub struct Lags {
    /// The elasticity at each lag 0, 1, …, from all years that it can use.
    pub elasticities: Vec<Elasticity>,
    /// Probability of each lag; they add up to 1. All lags are compared on the same years of y.
    pub probabilities: Vec<f64>,
    /// The logarithm of the marginal likelihood of each lag on those years. Under the flat prior it holds up to a number that
    /// is the same for every lag.
    pub ln_marginal_likelihoods: Vec<f64>,
    /// The years of y on which they were compared.
    pub years: Vec<Year>,
}

impl Lags {
    /// Compares the lags 0 to `longest`, each as likely as the others beforehand, by their marginal likelihood on the
    /// years of y for which x is known at every lag. Flat priors may be compared here, because intercept, elasticity and
    /// sigma have the same unit and prior at every lag.
    ///
    /// # Errors
    /// As [`Elasticity::new`], for the years that all lags share.
    pub fn new(y: &Series, x: &Series, longest: u32, prior: Option<ElasticityPrior>) -> Result<Self, Fault> {
        let everywhere = |year: Year| (0..=longest).all(|lag| before(x, year, lag).is_some());
        let (mut elasticities, mut likelihoods, mut years) = (Vec::new(), Vec::new(), Vec::new());
        for lag in 0..=longest {
            let pairs = Pairs::new(y, x, lag, everywhere)?;
            let shared = pairs.posterior(lag, prior)?;
            likelihoods.push(pairs.ln_marginal_likelihood(&shared, prior));
            years = shared.years;
            elasticities.push(Elasticity::new(y, x, lag, prior)?);
        }
        let most = likelihoods.iter().copied().fold(f64::NEG_INFINITY, f64::max);
        let shares: Vec<f64> = likelihoods.iter().map(|l| libm::exp(l - most)).collect();
        let sum: f64 = shares.iter().sum();
        Ok(Self {
            elasticities,
            probabilities: shares.iter().map(|share| share / sum).collect(),
            ln_marginal_likelihoods: likelihoods,
            years,
        })
    }

    /// The elasticity at the most likely lag; the shorter lag of two that are equally likely.
    pub fn likeliest(&self) -> Option<&Elasticity> {
        let mut best: Option<(f64, &Elasticity)> = None;
        for (p, elasticity) in self.probabilities.iter().zip(&self.elasticities) {
            if best.is_none_or(|(most, _)| *p > most) {
                best = Some((*p, elasticity));
            }
        }
        best.map(|(_, elasticity)| elasticity)
    }
}

/// x of `lag` years before.
fn before(x: &Series, year: Year, lag: u32) -> Option<f64> {
    x.get(Year(year.0.checked_sub_unsigned(lag)?))
}

/// Matched figures, by their means and squared deviations.
struct Pairs {
    years: Vec<Year>,
    mean_x: f64,
    mean_y: f64,
    /// Sum of (x - mean)^2.
    xx: f64,
    /// Least squares slope.
    slope: f64,
    /// Sum of squared residuals.
    residuals: f64,
}

impl Pairs {
    fn new(y: &Series, x: &Series, lag: u32, keep: impl Fn(Year) -> bool) -> Result<Self, Fault> {
        for (name, series) in [("y", y), ("x", x)] {
            if let Some((year, value)) = series.iter().find(|(_, value)| !value.is_finite()) {
                let problem = format!("the growth of {year} is {value}; growth must be finite");
                return Err(Fault::new(format!("{name}.{year}"), problem));
            }
        }
        let pairs: Vec<(Year, f64, f64)> = y
            .iter()
            .filter(|(year, _)| keep(*year))
            .filter_map(|(year, y)| Some((year, before(x, year, lag)?, y)))
            .collect();
        let n = pairs.len() as f64;
        if pairs.len() < 2 {
            return Err(Fault::new(
                "y",
                format!("{n} years are known of both series at lag {lag}; at least 3 are needed, or 2 with a prior"),
            )
            .remedy("use longer histories, or a shorter lag"));
        }
        let mean_x = pairs.iter().map(|(_, x, _)| x).sum::<f64>() / n;
        let mean_y = pairs.iter().map(|(_, _, y)| y).sum::<f64>() / n;
        let xx: f64 = pairs.iter().map(|(_, x, _)| (x - mean_x) * (x - mean_x)).sum();
        let xy: f64 = pairs.iter().map(|(_, x, y)| (x - mean_x) * (y - mean_y)).sum();
        let varies = pairs.windows(2).any(|pair| pair[0].1 != pair[1].1);
        if !(varies && xx > 0.0 && xx.is_finite() && xy.is_finite()) {
            return Err(Fault::new(
                "x",
                format!(
                    "the growth of the driver never varied in the years used at lag {lag}; it must vary to teach an elasticity"
                ),
            ));
        }
        let slope = xy / xx;
        let residual = |x: f64, y: f64| y - mean_y - slope * (x - mean_x);
        let residuals = pairs.iter().map(|(_, x, y)| residual(*x, *y) * residual(*x, *y)).sum();
        let years = pairs.iter().map(|(year, ..)| *year).collect();
        Ok(Self { years, mean_x, mean_y, xx, slope, residuals })
    }

    fn posterior(&self, lag: u32, prior: Option<ElasticityPrior>) -> Result<Elasticity, Fault> {
        let n = self.years.len() as f64;
        let (mean0, weight0, df0, squares0) = match prior {
            Some(p) => {
                let ElasticityPrior { mean, sd, residual, df } = p;
                let finite = mean.is_finite() && sd.is_finite() && residual.is_finite() && df.is_finite();
                if !(finite && sd > 0.0 && residual > 0.0 && df > 0.0) {
                    return Err(Fault::new(
                        "prior",
                        format!(
                            "mean {mean}, sd {sd}, residual {residual}, df {df} is no prior; all must be finite, and all but the mean above 0"
                        ),
                    ));
                }
                (mean, (residual / sd) * (residual / sd), df, df * residual * residual)
            }
            // The flat prior takes a degree of freedom.
            None => (self.slope, 0.0, -1.0, 0.0),
        };
        // The intercept takes one.
        let (weight, df) = (weight0 + self.xx, df0 + n - 1.0);
        if !(df > 0.0) {
            return Err(Fault::new(
                "y",
                format!(
                    "{n} years are known of both series at lag {lag}; at least 3 are needed without a prior"
                ),
            )
            .remedy("use longer histories, a shorter lag, or a prior"));
        }
        let gap = self.slope - mean0;
        let squares = squares0 + self.residuals + weight0 * self.xx / weight * gap * gap;
        // Residuals that are nothing but rounding of the figures are none.
        let size =
            self.mean_y * self.mean_y + self.slope * self.slope * (self.xx + self.mean_x * self.mean_x);
        if !(squares > 1e-28 * n * size && squares.is_finite()) {
            return Err(Fault::new(
                "y",
                format!("y follows x exactly in the years used at lag {lag}; there must be a residual, or a prior of it"),
            )
            .remedy("state the elasticity as a number"));
        }
        Ok(Elasticity {
            lag,
            years: self.years.clone(),
            beta: (weight0 * mean0 + self.xx * self.slope) / weight,
            weight,
            df,
            scale: (squares / df).sqrt(),
            mean_y: self.mean_y,
            mean_x: self.mean_x,
        })
    }

    /// The logarithm of the density of the y used, with the flat prior of the intercept taken as 1, and with that of beta
    /// and sigma^2 taken as 1 / sigma^2 where there is no prior.
    fn ln_marginal_likelihood(&self, after: &Elasticity, prior: Option<ElasticityPrior>) -> f64 {
        let n = self.years.len() as f64;
        let squares = |df: f64, scale: f64| 0.5 * df * libm::log(0.5 * df * scale * scale);
        let before = match prior {
            Some(p) => libm::log(p.residual / p.sd) + squares(p.df, p.residual) - libm::lgamma(0.5 * p.df),
            None => 0.5 * libm::log(2.0 * PI),
        };
        before - 0.5 * libm::log(after.weight) + libm::lgamma(0.5 * after.df)
            - squares(after.df, after.scale)
            - 0.5 * (n - 1.0) * libm::log(2.0 * PI)
            - 0.5 * libm::log(n)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::random::Key;
    use crate::stats::Moments;
    use crate::stats::special::{Tails, student_quantile};
    use proptest::prelude::*;

    const X: [(i32, f64); 13] = [
        (2008, 0.097),
        (2009, 0.094),
        (2010, 0.106),
        (2011, 0.096),
        (2012, 0.079),
        (2013, 0.078),
        (2014, 0.074),
        (2016, 0.068),
        (2017, 0.069),
        (2018, 0.067),
        (2019, 0.060),
        (2020, 0.022),
        (2021, 0.084),
    ];
    const Y: [(i32, f64); 13] = [
        (2009, 0.067),
        (2010, 0.132),
        (2011, 0.120),
        (2012, 0.056),
        (2013, 0.072),
        (2014, 0.040),
        (2015, 0.009),
        (2016, 0.050),
        (2017, 0.066),
        (2018, 0.085),
        (2019, 0.045),
        (2020, 0.031),
        (2021, 0.103),
    ];
    const PRIOR: ElasticityPrior = ElasticityPrior { mean: 1.0, sd: 0.5, residual: 0.02, df: 4.0 };

    fn series(values: &[(i32, f64)]) -> Series {
        Series::new(values.iter().map(|(year, value)| (Year(*year), *value)))
    }

    fn fit(lag: u32, prior: Option<ElasticityPrior>) -> Elasticity {
        Elasticity::new(&series(&Y), &series(&X), lag, prior).unwrap()
    }

    fn close(found: f64, expected: f64) {
        assert!((found - expected).abs() < 1e-10, "{found} {expected}");
    }

    #[test]
    fn the_flat_prior_gives_least_squares() {
        // tests/reference/conjugate.py (statsmodels 0.15.0): sm.OLS(y, sm.add_constant(x)).fit(): years, intercept, slope, its
        // standard error, residual standard deviation, ends of the 90 % interval.
        let values = [
            (
                0,
                12,
                -0.011858083032,
                1.125191746252,
                0.310529620276,
                0.022072191147,
                0.562368882019,
                1.688014610484,
            ),
            (
                1,
                12,
                0.050282169736,
                0.244630728752,
                0.512482421703,
                0.037825461595,
                -0.684223736709,
                1.173485194214,
            ),
            (
                2,
                11,
                0.009083346588,
                0.724192778750,
                0.817764543583,
                0.039100621441,
                -0.774861981960,
                2.223247539460,
            ),
        ];
        for (lag, n, intercept, slope, error, residual, low, high) in values {
            let found = fit(lag, None);
            assert_eq!((found.years.len(), found.df), (n, n as f64 - 2.0));
            close(found.mean_y - found.beta * found.mean_x, intercept);
            close(found.beta, slope);
            close(found.scale, residual);
            let law = found.law();
            close(law.scale, error);
            let quantile = |p| law.location + law.scale * student_quantile(law.df, Tails::from_lower(p));
            close(quantile(0.05), low);
            close(quantile(0.95), high);
        }
    }

    #[test]
    fn years_are_matched_by_year_and_gaps_left_out() {
        // x of 2015 is missing: y of 2015 finds none at lag 0, y of 2016 none at lag 1.
        let has = |lag, year| fit(lag, None).years.contains(&Year(year));
        assert!(!has(0, 2015) && has(0, 2016) && has(1, 2015) && !has(1, 2016));
        // Other values of unmatched years change nothing.
        let mut other = Y;
        other[6].1 = 9.0;
        assert_eq!(Elasticity::new(&series(&other), &series(&X), 0, None).unwrap(), fit(0, None));
    }

    #[test]
    fn lags_are_compared_by_their_marginal_likelihood() {
        // tests/reference/conjugate.py (SciPy 1.17.1): the likelihood times the prior, beta and ln sigma by dblquad.
        let values = [
            (
                Some(PRIOR),
                [16.932525288, 11.838329888, 12.547904841],
                [0.981739779, 0.006020263, 0.012239958],
            ),
            (None, [18.386166079, 14.793295950, 15.330983040], [0.930549958, 0.025608021, 0.043842020]),
        ];
        for (prior, likelihoods, probabilities) in values {
            let lags = Lags::new(&series(&Y), &series(&X), 2, prior).unwrap();
            for k in 0..3 {
                assert!((lags.ln_marginal_likelihoods[k] - likelihoods[k]).abs() < 2e-8, "{lags:?}");
                assert!((lags.probabilities[k] - probabilities[k]).abs() < 2e-8, "{lags:?}");
            }
            // 2010 to 2014, 2018 to 2021 and 2016 without x of 2015, 2014: nine years.
            assert_eq!(lags.years.len(), 9);
            assert_eq!(lags.likeliest(), Some(&fit(0, prior)));
        }
    }

    #[test]
    fn a_prior_counts_as_a_regression_of_its_own() {
        // Precisions add up: weight 0.02^2 / 0.5^2 beforehand.
        let (flat, with) = (fit(0, None), fit(0, Some(PRIOR)));
        let before = 0.0016;
        close(with.weight, flat.weight + before);
        close(with.beta, (flat.weight * flat.beta + before) / (flat.weight + before));
        close(with.df, 4.0 + 11.0);
        let gap = flat.beta - 1.0;
        let squares =
            4.0 * 4e-4 + 10.0 * flat.scale * flat.scale + before * flat.weight / with.weight * gap * gap;
        close(with.scale, (squares / 15.0).sqrt());
        let sure = ElasticityPrior { sd: 1e-9, ..PRIOR };
        assert!((fit(0, Some(sure)).beta - 1.0).abs() < 1e-9);
    }

    #[test]
    fn draws_have_the_moments_of_the_posterior() {
        const N: usize = 40_000;
        let found = fit(0, None);
        let mut stream = Stream::new(Key::new(1, "calibrate", "elasticity"), 0, 0);
        let draws: Vec<_> = (0..N).map(|_| found.draw(&mut stream)).collect();
        let law = found.law();
        // Variance of a t law: scale^2 df / (df - 2). Limits: four standard errors.
        let error = law.scale * (10.0_f64 / 8.0).sqrt() / (N as f64).sqrt();
        let moments =
            |f: &dyn Fn(&(f64, f64, f64)) -> f64| Moments::of(&draws.iter().map(f).collect::<Vec<_>>());
        assert!((moments(&|d| d.1).mean().unwrap() - found.beta).abs() < 4.0 * error);
        let mean = found.scale * found.scale * 10.0 / 8.0;
        let error = mean * (2.0_f64 / 6.0).sqrt() / (N as f64).sqrt();
        assert!((moments(&|d| d.2 * d.2).mean().unwrap() - mean).abs() < 4.0 * error);
        // The line at the middle is known to sigma / sqrt(n), whatever beta is.
        let score = moments(&|d| (d.0 + d.1 * found.mean_x - found.mean_y) / d.2 * 12.0_f64.sqrt());
        assert!(score.mean().unwrap().abs() < 4.0 / (N as f64).sqrt());
        assert!((score.variance().unwrap() - 1.0).abs() < 4.0 * 2.0_f64.sqrt() / (N as f64).sqrt());
    }

    #[test]
    fn what_cannot_be_learned_from_is_refused() {
        let refused = |y: &[(i32, f64)], x: &[(i32, f64)], prior| {
            Elasticity::new(&series(y), &series(x), 0, prior).unwrap_err().to_string()
        };
        assert!(refused(&[], &X, None).contains("0 years are known of both series"));
        assert!(refused(&Y[..1], &X, Some(PRIOR)).contains("1 years"));
        assert!(refused(&Y[..2], &X, None).contains("2 years are known of both series at lag 0"));
        assert!(Elasticity::new(&series(&Y[..2]), &series(&X), 0, Some(PRIOR)).is_ok());
        let flat: Vec<(i32, f64)> = (2008..2022).map(|year| (year, 0.1)).collect();
        assert!(refused(&Y, &flat, None).contains("never varied"));
        let line: Vec<(i32, f64)> = X.iter().map(|(year, x)| (*year, 0.01 + 0.7 * x)).collect();
        assert!(refused(&line, &X, None).contains("y follows x exactly"));
        assert!(refused(&[(2009, f64::NAN)], &X, None).contains("y.2009: the growth of 2009 is NaN"));
        assert!(refused(&Y, &X, Some(ElasticityPrior { sd: 0.0, ..PRIOR })).contains("is no prior"));
        assert!(Lags::new(&series(&Y), &series(&X), u32::MAX, None).is_err());
    }

    proptest! {
        #[test]
        fn units_are_those_of_the_series(x_unit in 0.01..100.0f64, y_unit in 0.01..100.0f64, x_shift in -1.0..1.0f64) {
            let x: Vec<(i32, f64)> = X.iter().map(|(year, x)| (*year, x_unit * (x + x_shift))).collect();
            let y: Vec<(i32, f64)> = Y.iter().map(|(year, y)| (*year, y_unit * y)).collect();
            let (found, before) = (Elasticity::new(&series(&y), &series(&x), 1, None).unwrap().law(), fit(1, None).law());
            prop_assert!((found.location * x_unit / y_unit - before.location).abs() < 1e-9);
            prop_assert!((found.scale * x_unit / y_unit - before.scale).abs() < 1e-9);
        }
    }
}
