//! Drift and volatility of independent yearly growth: the normal law with the normal-inverse-chi-square prior.

use super::draw;
use crate::error::Fault;
use crate::process::Prior;
use crate::quantity::StudentT;
use crate::random::Stream;
use std::f64::consts::PI;

/// What a history says of drift mu and volatility sigma:
///
/// ```text
/// y[t] ~ N(mu, sigma^2) independent
/// sigma^2 ~ Scaled-Inv-chi^2(df, scale^2),   mu | sigma^2 ~ N(mean, sigma^2 / weight)
/// ```
///
/// Prior and posterior have this form. The flat prior is p(mu, sigma^2) ~ 1 / sigma^2. Growth is that of the latent
/// state (log points for a log link) a year; its years need no order, and gaps are simply not there.
///
/// **Limiting cases.** Flat prior: mean and sample variance, with n - 1 degrees of freedom. A prior of great weight and
/// df: the prior. **Reference.** Gelman et al. (2013), Bayesian Data Analysis, 3rd ed., section 3.3; the marginal
/// likelihood: Murphy (2007), Conjugate Bayesian analysis of the Gaussian distribution, equation 171.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct DriftPosterior {
    /// Mean of mu.
    pub mean: f64,
    /// Number of observations that it is worth, > 0.
    pub weight: f64,
    /// Degrees of freedom of sigma^2, > 0.
    pub df: f64,
    /// Scale of sigma, > 0: sigma^2 ~ df scale^2 / chi^2(df).
    pub scale: f64,
}

impl DriftPosterior {
    /// The posterior after these growth figures; the flat prior when none is given.
    ///
    /// # Errors
    /// A [`Fault`] when a figure is not finite, when the prior is no law, or when both together leave no degree of freedom
    /// or no spread: without a prior fewer than two figures, or figures that are all the same.
    pub fn new(growth: &[f64], prior: Option<Prior>) -> Result<Self, Fault> {
        let sample = Sample::new(growth)?;
        if let Some(prior) = prior {
            sound(&prior)?;
        }
        let n = sample.n;
        let (mean0, weight0, df0, squares0) = match prior {
            // A mean of which nothing was known takes one degree of freedom.
            Some(p) if p.weight == 0.0 => (sample.mean, 0.0, p.df - 1.0, p.df * p.sd * p.sd),
            Some(p) => (p.mean, p.weight, p.df, p.df * p.sd * p.sd),
            None => (sample.mean, 0.0, -1.0, 0.0),
        };
        let (weight, df) = (weight0 + n, df0 + n);
        if !(weight > 0.0 && df > 0.0) {
            return Err(Fault::new(
                "growth",
                format!("{n} growth figures with this prior teach no volatility; at least 2 are needed without a prior"),
            )
            .remedy("use a longer history, or a prior"));
        }
        let gap = sample.mean - mean0;
        let squares = squares0 + sample.squares + weight0 * n / weight * gap * gap;
        let scale = (squares / df).sqrt();
        if !(scale > 0.0 && scale.is_finite()) {
            return Err(Fault::new(
                "growth",
                "the growth figures are all the same and teach no volatility; at least two must differ",
            )
            .remedy("use a prior for the volatility"));
        }
        Ok(Self { mean: (weight0 * mean0 + n * sample.mean) / weight, weight, df, scale })
    }

    /// The law of the growth of `years` years together, as it is predicted: parameters and innovations both unknown.
    ///
    /// ```text
    /// sum of H years ~ t(df), location H mean, scale^2 = scale^2 (H + H^2 / weight)
    /// ```
    pub fn total(&self, years: u32) -> StudentT {
        let h = f64::from(years);
        StudentT {
            df: self.df,
            location: h * self.mean,
            scale: self.scale * (h + h * h / self.weight).sqrt(),
        }
    }

    /// Mean of sigma; the scale where it has none (df <= 1).
    ///
    /// ```text
    /// E sigma = scale sqrt(df / 2) Gamma((df - 1) / 2) / Gamma(df / 2)
    /// ```
    pub fn mean_volatility(&self) -> f64 {
        mean_of_root(self.df, self.scale).unwrap_or(self.scale)
    }

    /// Drift and volatility (mu, sigma), drawn together.
    pub fn draw(&self, stream: &mut Stream) -> (f64, f64) {
        let sigma = self.scale * (self.df / draw::chi_square(stream, self.df)).sqrt();
        (self.mean + sigma / self.weight.sqrt() * draw::normal(stream), sigma)
    }

    /// The logarithm of the probability density that a prior gave to these growth figures before they were seen: what
    /// priors are compared by.
    ///
    /// # Errors
    /// A [`Fault`] when a figure is not finite, or when the prior is no law by itself: weight and df must be above 0.
    pub fn ln_marginal_likelihood(growth: &[f64], prior: Prior) -> Result<f64, Fault> {
        if !(prior.weight > 0.0 && prior.df > 0.0) {
            return Err(Fault::new(
                "prior",
                format!(
                    "weight is {} and df is {}; both must be above 0, or the prior is no law that could be compared",
                    prior.weight, prior.df
                ),
            ));
        }
        let after = Self::new(growth, Some(prior))?;
        let squares = |df: f64, scale: f64| 0.5 * df * libm::log(df * scale * scale);
        Ok(libm::lgamma(0.5 * after.df) - libm::lgamma(0.5 * prior.df)
            + 0.5 * libm::log(prior.weight / after.weight)
            + squares(prior.df, prior.sd)
            - squares(after.df, after.scale)
            - 0.5 * growth.len() as f64 * libm::log(PI))
    }
}

/// E sigma for sigma^2 ~ df scale^2 / chi^2(df); none for df <= 1.
pub(crate) fn mean_of_root(df: f64, scale: f64) -> Option<f64> {
    let gammas = || libm::lgamma(0.5 * (df - 1.0)) - libm::lgamma(0.5 * df);
    (df > 1.0).then(|| scale * (0.5 * df).sqrt() * libm::exp(gammas()))
}

/// Number, mean and squared deviations of growth figures.
struct Sample {
    n: f64,
    mean: f64,
    squares: f64,
}

impl Sample {
    fn new(growth: &[f64]) -> Result<Self, Fault> {
        if let Some(y) = growth.iter().find(|y| !y.is_finite()) {
            return Err(Fault::new("growth", format!("a growth figure is {y}; growth must be finite")));
        }
        let n = growth.len() as f64;
        let mean = match growth {
            [] => 0.0,
            // Exactly theirs, so that figures that are all the same have no spread left by rounding.
            [first, rest @ ..] if rest.iter().all(|y| y == first) => *first,
            _ => growth.iter().sum::<f64>() / n,
        };
        Ok(Self { n, mean, squares: growth.iter().map(|y| (y - mean) * (y - mean)).sum() })
    }
}

fn sound(prior: &Prior) -> Result<(), Fault> {
    let Prior { mean, weight, sd, df } = *prior;
    let finite = mean.is_finite() && weight.is_finite() && sd.is_finite() && df.is_finite();
    if finite && weight >= 0.0 && sd > 0.0 && df >= 0.0 {
        return Ok(());
    }
    Err(Fault::new(
        "prior",
        format!(
            "mean {mean}, weight {weight}, sd {sd}, df {df} is no prior; all must be finite, weight and df at least 0, sd above 0"
        ),
    ))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::random::Key;
    use crate::stats::Moments;
    use proptest::prelude::*;

    const GROWTH: [f64; 8] = [7.0, 6.1, 4.0, 7.8, 1.8, 5.0, 6.1, 5.8];

    #[test]
    fn the_flat_prior_gives_the_t_law_of_the_sample_mean() {
        let p = DriftPosterior::new(&GROWTH, None).unwrap();
        // Mean 5.45 and standard deviation sqrt(24.52 / 7) of these eight figures, by hand.
        assert!((p.mean - 5.45).abs() < 1e-12 && (p.scale - 1.871_592_1).abs() < 1e-6);
        assert_eq!((p.weight, p.df), (8.0, 7.0));
    }

    #[test]
    fn a_prior_counts_as_the_observations_it_is_worth() {
        let prior = Prior { mean: 2.0, weight: 2.0, sd: 1.0, df: 3.0 };
        let p = DriftPosterior::new(&[4.0, 6.0], Some(prior)).unwrap();
        // Gelman et al. (2013), section 3.3: (2*2 + 2*5)/4; df 5; 3*1 + 2 + 2*2/4*(5-2)^2 = 14.
        assert_eq!((p.mean, p.weight, p.df), (3.5, 4.0, 5.0));
        assert!((p.scale * p.scale * p.df - 14.0).abs() < 1e-12);
    }

    #[test]
    fn the_mean_of_a_volatility_needs_two_degrees_of_freedom() {
        let p = DriftPosterior { mean: 0.0, weight: 1.0, df: 7.0, scale: 2.0 };
        // scipy 1.17.1: scipy.stats.chi(7).expect(lambda x: 2 * 7**.5 / x).
        assert!((p.mean_volatility() - 2.251_737_7).abs() < 1e-6, "{}", p.mean_volatility());
        assert_eq!(DriftPosterior { df: 1.0, ..p }.mean_volatility(), 2.0);
    }

    #[test]
    fn five_years_are_predicted_by_a_t_law() {
        // Location H m, scale^2 = s^2 (H + H^2 / n), n - 1 degrees of freedom: here s^2 = 24.52 / 7, n = 8, H = 5.
        let law = DriftPosterior::new(&GROWTH, None).unwrap().total(5);
        assert_eq!(law.df, 7.0);
        assert!((law.location - 27.25).abs() < 1e-12);
        assert!((law.scale * law.scale - 24.52 / 7.0 * 8.125).abs() < 1e-9);
    }

    #[test]
    fn the_marginal_likelihood_is_the_product_of_the_predictive_laws() {
        // p(y1 … yn) = prod p(y[k] | y1 … y[k-1]), each factor a t density (statrs).
        use statrs::distribution::{Continuous, StudentsT};
        let prior = Prior { mean: 4.0, weight: 1.5, sd: 2.0, df: 3.0 };
        let mut sum = 0.0;
        for k in 0..GROWTH.len() {
            let law = DriftPosterior::new(&GROWTH[..k], Some(prior)).unwrap().total(1);
            sum += StudentsT::new(law.location, law.scale, law.df).unwrap().ln_pdf(GROWTH[k]);
        }
        let whole = DriftPosterior::ln_marginal_likelihood(&GROWTH, prior).unwrap();
        assert!((whole - sum).abs() < 1e-10, "{whole} {sum}");
    }

    #[test]
    fn draws_have_the_moments_of_the_posterior() {
        const N: usize = 40_000;
        let p = DriftPosterior { mean: 0.05, weight: 9.0, df: 12.0, scale: 0.02 };
        let mut stream = Stream::new(Key::new(1, "calibrate", "drift"), 0, 0);
        let draws: Vec<(f64, f64)> = (0..N).map(|_| p.draw(&mut stream)).collect();
        let moments = |f: &dyn Fn(&(f64, f64)) -> f64| Moments::of(&draws.iter().map(f).collect::<Vec<_>>());
        let root = (N as f64).sqrt();
        // mu: t law, variance scale^2 / weight * df / (df - 2). Limits: four standard errors.
        let sd = 0.02 / 3.0 * (12.0_f64 / 10.0).sqrt();
        assert!((moments(&|d| d.0).mean().unwrap() - 0.05).abs() < 4.0 * sd / root);
        // sigma^2: inverse gamma, mean df / (df - 2) scale^2, sd = mean sqrt(2 / (df - 4)).
        let mean = 4e-4 * 1.2;
        let error = mean * (2.0_f64 / 8.0).sqrt() / root;
        assert!((moments(&|d| d.1 * d.1).mean().unwrap() - mean).abs() < 4.0 * error);
        // (mu - mean) / sigma is normal with variance 1 / weight whatever sigma is; its square has the sd sqrt(2) / weight.
        let score = moments(&|d| {
            let z = (d.0 - 0.05) / d.1;
            z * z
        });
        assert!((score.mean().unwrap() - 1.0 / 9.0).abs() < 4.0 * 2.0_f64.sqrt() / 9.0 / root);
    }

    #[test]
    fn nothing_to_learn_from_is_refused() {
        let refused = |growth: &[f64], prior| DriftPosterior::new(growth, prior).unwrap_err().to_string();
        assert!(refused(&[], None).contains("at least 2 are needed"));
        assert!(refused(&[5.0], None).contains("1 growth figures"));
        // The mean of three times 0.1 is rounded; they still are the same.
        assert!(refused(&[0.1, 0.1, 0.1], None).contains("all the same"));
        assert!(refused(&[5.0, f64::NAN], None).contains("a growth figure is NaN"));
        let prior = Prior { mean: 2.0, weight: 2.0, sd: 0.0, df: 3.0 };
        assert!(refused(&[5.0, 6.0], Some(prior)).contains("sd above 0"));
        let improper = Prior { mean: 2.0, weight: 0.0, sd: 1.0, df: 3.0 };
        assert!(DriftPosterior::ln_marginal_likelihood(&[5.0, 6.0], improper).is_err());
    }

    proptest! {
        #[test]
        fn learning_twice_is_learning_at_once(
            growth in prop::collection::vec(-0.2..0.2f64, 2..20),
            cut in 0..20usize,
        ) {
            let prior = Prior { mean: 0.03, weight: 3.0, sd: 0.04, df: 5.0 };
            let (first, second) = growth.split_at(cut.min(growth.len()));
            let half = DriftPosterior::new(first, Some(prior)).unwrap();
            let between = Prior { mean: half.mean, weight: half.weight, sd: half.scale, df: half.df };
            let twice = DriftPosterior::new(second, Some(between)).unwrap();
            let once = DriftPosterior::new(&growth, Some(prior)).unwrap();
            prop_assert!((twice.mean - once.mean).abs() < 1e-12 && (twice.scale - once.scale).abs() < 1e-12);
            prop_assert_eq!((twice.weight, twice.df), (once.weight, once.df));
        }
    }
}
