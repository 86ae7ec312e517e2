//! Layer 1: distribution functions, quantiles and densities of the families of [`crate::quantity`].
//!
//! Everything is a function of both tails, so that a truncation far out in either of them keeps its digits.

use crate::math;
use crate::quantity::Family;
use crate::stats::normal;
use crate::stats::special::{
    Tails, beta_tails, gamma_tails, ln_gamma_density, ln_gamma_quantile, logit_beta_density,
    logit_beta_quantile, student_quantile, student_tails,
};
use libm::{exp, lgamma, log, log1p};
use std::f64::consts::PI;

/// The tails of a family at `x`.
pub(super) fn tails(family: &Family, x: f64) -> Tails {
    match family {
        Family::Normal(law) => normal_tails((x - law.mean) / law.sd),
        Family::LogNormal(law) if x > 0.0 => normal_tails(log(x / law.median) / law.sigma),
        Family::LogNormal(_) => Tails::from_lower(0.0),
        Family::StudentT(law) => student_tails(law.df, (x - law.location) / law.scale),
        Family::Uniform(law) => {
            let width = law.high - law.low;
            Tails { lower: share(x - law.low, width), upper: share(law.high - x, width) }
        }
        Family::Triangular(law) => {
            let width = law.high - law.low;
            if x <= law.low {
                Tails::from_lower(0.0)
            } else if x >= law.high {
                Tails::from_upper(0.0)
            } else if x < law.mode {
                let u = x - law.low;
                Tails::from_lower(u * u / (width * (law.mode - law.low)))
            } else {
                let u = law.high - x;
                Tails::from_upper(u * u / (width * (law.high - law.mode)))
            }
        }
        Family::TwoPieceNormal(law) => {
            let total = law.sd_low + law.sd_high;
            if x < law.mode {
                let z = (x - law.mode) / law.sd_low;
                Tails::from_lower(2.0 * law.sd_low / total * normal::cdf(z))
            } else {
                let z = (x - law.mode) / law.sd_high;
                Tails::from_upper(2.0 * law.sd_high / total * normal::upper(z))
            }
        }
        Family::Beta(law) => {
            let width = law.high - law.low;
            beta_tails(law.alpha, law.beta, share(x - law.low, width), share(law.high - x, width))
        }
        Family::Gamma(law) => {
            let (shape, scale) = gamma_shape_scale(law.mean, law.sd);
            gamma_tails(shape, x / scale)
        }
    }
}

fn normal_tails(z: f64) -> Tails {
    Tails { lower: normal::cdf(z), upper: normal::upper(z) }
}

/// `part / whole`, held between 0 and 1.
fn share(part: f64, whole: f64) -> f64 {
    (part / whole).clamp(0.0, 1.0)
}

/// Shape and scale of a gamma law: shape = (mean/sd)^2, scale = sd^2 / mean.
pub(super) fn gamma_shape_scale(mean: f64, sd: f64) -> (f64, f64) {
    ((mean / sd) * (mean / sd), sd * (sd / mean))
}

/// The normal score that belongs to both tails.
pub(super) fn score(p: Tails) -> f64 {
    if p.lower < p.upper { normal::quantile(p.lower) } else { normal::upper_quantile(p.upper) }
}

/// The coordinate in which a family is a smooth function of the normal score; see [`Coordinate::value`].
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Coordinate {
    /// The value itself.
    Plain,
    /// `ln(x / scale)`.
    Log { scale: f64 },
    /// `ln((x - low) / (high - x))`.
    Logit { low: f64, high: f64 },
    /// `asinh((x - location) / scale)`.
    Asinh { location: f64, scale: f64 },
    /// `ln(-ln(1 - x) / scale)`: the logarithm of a rate, of which x is the probability that something happens.
    Rate { scale: f64 },
}

impl Coordinate {
    /// The coordinate for a family: logarithms where its quantile runs over many powers of ten.
    pub(super) fn of(family: &Family) -> Self {
        match family {
            Family::LogNormal(law) => Self::Log { scale: law.median },
            Family::Gamma(law) => Self::Log { scale: gamma_shape_scale(law.mean, law.sd).1 },
            Family::Beta(law) => Self::Logit { low: law.low, high: law.high },
            Family::StudentT(law) => Self::Asinh { location: law.location, scale: law.scale },
            _ => Self::Plain,
        }
    }

    /// The value at a coordinate, held between two bounds.
    #[inline(always)]
    pub(super) fn value(self, y: f64, low: f64, high: f64) -> f64 {
        let x = match self {
            Self::Plain => y,
            Self::Log { scale } => scale * math::exp(y),
            Self::Logit { low, high } => low + (high - low) * math::logistic(y),
            Self::Asinh { location, scale } => {
                let e = math::exp(y);
                location + scale * (0.5 * (e - 1.0 / e))
            }
            Self::Rate { scale } => 1.0 - math::exp(-scale * math::exp(y)),
        };
        let x = if x > low { x } else { low };
        if x < high { x } else { high }
    }

    /// [`Self::value`] of every lane, in place.
    pub(super) fn values(self, lanes: &mut [f64], low: f64, high: f64) {
        // One loop for each coordinate: a choice inside the loop would keep it from being vectorised.
        macro_rules! loop_over {
            ($coordinate:expr) => {
                math::simd(
                    #[inline(always)]
                    || lanes.iter_mut().for_each(|x| *x = $coordinate.value(*x, low, high)),
                )
            };
        }
        match self {
            Self::Plain => loop_over!(Self::Plain),
            Self::Log { scale } => loop_over!(Self::Log { scale }),
            Self::Logit { low: from, high: to } => loop_over!(Self::Logit { low: from, high: to }),
            Self::Asinh { location, scale } => loop_over!(Self::Asinh { location, scale }),
            Self::Rate { scale } => loop_over!(Self::Rate { scale }),
        }
    }
}

/// The quantile of a family, in the coordinate [`Coordinate::of`] it.
pub(super) fn quantile(family: &Family, p: Tails) -> f64 {
    match family {
        Family::Normal(law) => law.mean + law.sd * score(p),
        Family::LogNormal(law) => law.sigma * score(p),
        Family::StudentT(law) => libm::asinh(student_quantile(law.df, p)),
        Family::Uniform(law) => {
            let width = law.high - law.low;
            if p.lower < p.upper { law.low + width * p.lower } else { law.high - width * p.upper }
        }
        Family::Triangular(law) => {
            let width = law.high - law.low;
            let rising = law.mode - law.low;
            if p.lower * width < rising {
                law.low + (p.lower * width * rising).sqrt()
            } else {
                law.high - (p.upper * width * (law.high - law.mode)).sqrt()
            }
        }
        Family::TwoPieceNormal(law) => {
            let total = law.sd_low + law.sd_high;
            if p.lower * total < law.sd_low {
                law.mode + law.sd_low * normal::quantile(p.lower * total / (2.0 * law.sd_low))
            } else {
                law.mode + law.sd_high * normal::upper_quantile(p.upper * total / (2.0 * law.sd_high))
            }
        }
        Family::Beta(law) => logit_beta_quantile(law.alpha, law.beta, p),
        Family::Gamma(law) => ln_gamma_quantile(gamma_shape_scale(law.mean, law.sd).0, p),
    }
}

/// The logarithm of the density of the coordinate [`Coordinate::of`] a family, at a coordinate.
pub(super) fn ln_density(family: &Family, y: f64) -> f64 {
    let normal = |z: f64, sd: f64| -0.5 * z * z - log(sd * (2.0 * PI).sqrt());
    match family {
        Family::Normal(law) => normal((y - law.mean) / law.sd, law.sd),
        Family::LogNormal(law) => normal(y / law.sigma, law.sigma),
        Family::StudentT(law) => {
            let half = 0.5 * (law.df + 1.0);
            // ln cosh y, and ln(1 + sinh^2 y / df), without overflow.
            let ln_cosh = y.abs() + log1p(exp(-2.0 * y.abs())) - std::f64::consts::LN_2;
            let ln_tail = if y.abs() < 300.0 {
                let t = libm::sinh(y);
                log1p(t * t / law.df)
            } else {
                2.0 * ln_cosh - log(law.df)
            };
            lgamma(half) - lgamma(0.5 * law.df) - 0.5 * log(law.df * PI) - half * ln_tail + ln_cosh
        }
        Family::Uniform(law) => -log(law.high - law.low),
        Family::Triangular(law) => {
            let width = law.high - law.low;
            let height = if y < law.mode {
                (y - law.low) / (law.mode - law.low)
            } else if y > law.mode {
                (law.high - y) / (law.high - law.mode)
            } else {
                1.0
            };
            log(2.0 / width * height.max(0.0))
        }
        Family::TwoPieceNormal(law) => {
            let sd = if y < law.mode { law.sd_low } else { law.sd_high };
            normal((y - law.mode) / sd, 0.5 * (law.sd_low + law.sd_high))
        }
        Family::Beta(law) => logit_beta_density(law.alpha, law.beta, y),
        Family::Gamma(law) => ln_gamma_density(gamma_shape_scale(law.mean, law.sd).0, y),
    }
}

/// The value where the density of a family has a kink, when there is one.
pub(super) fn kink(family: &Family) -> Option<f64> {
    match family {
        Family::Triangular(law) => Some(law.mode),
        Family::TwoPieceNormal(law) => Some(law.mode),
        _ => None,
    }
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;
    use crate::quantity::{Beta, Gamma, LogNormal, Normal, StudentT, Triangular, TwoPieceNormal, Uniform};
    use proptest::prelude::*;

    pub(in crate::random) fn families() -> Vec<Family> {
        vec![
            Normal { mean: 0.045, sd: 0.01 }.into(),
            LogNormal { median: 3.0, sigma: 0.4 }.into(),
            StudentT { df: 1.0, location: 0.0, scale: 1.0 }.into(),
            StudentT { df: 5.0, location: -2.0, scale: 0.3 }.into(),
            Uniform { low: -1.0, high: 3.0 }.into(),
            Triangular { low: 1.0, mode: 1.2, high: 2.0 }.into(),
            Triangular { low: 1.0, mode: 1.0, high: 2.0 }.into(),
            Triangular { low: 1.0, mode: 2.0, high: 2.0 }.into(),
            TwoPieceNormal { mode: 5.0, sd_low: 0.5, sd_high: 1.5 }.into(),
            Beta { alpha: 2.0, beta: 5.0, low: 0.0, high: 1.0 }.into(),
            Beta { alpha: 0.5, beta: 0.5, low: -1.0, high: 2.0 }.into(),
            Beta { alpha: 1.0, beta: 1.0, low: 0.0, high: 100.0 }.into(),
            Gamma { mean: 2.0, sd: 0.5 }.into(),
            Gamma { mean: 1.0, sd: 3.0 }.into(),
            Gamma { mean: 1.0, sd: 0.001 }.into(),
        ]
    }

    fn value(family: &Family, y: f64) -> f64 {
        Coordinate::of(family).value(y, f64::MIN, f64::MAX)
    }

    #[test]
    fn published_quantiles() {
        let q = |family: Family, p| value(&family, quantile(&family, Tails::from_lower(p)));
        // NIST/SEMATECH e-Handbook 1.3.6.7: t with 5 degrees of freedom 2.571, chi-square with 4: 9.488.
        assert!(
            (q(StudentT { df: 5.0, location: 1.0, scale: 2.0 }.into(), 0.975) - (1.0 + 2.0 * 2.571)).abs()
                < 1e-3
        );
        let chi_square = Gamma { mean: 4.0, sd: 8.0_f64.sqrt() };
        assert!((q(chi_square.into(), 0.95) - 9.488).abs() < 5e-4);
        // F(0.95; 2, 10) = 4.103 (same tables) is the beta quantile x / (1 - x) * 10 / 2 for shapes 1 and 5.
        let x = q(Beta { alpha: 1.0, beta: 5.0, low: 0.0, high: 1.0 }.into(), 0.95);
        assert!((x / (1.0 - x) * 5.0 - 4.103).abs() < 5e-4);
    }

    #[test]
    fn closed_forms() {
        let q = |family: Family, p| value(&family, quantile(&family, Tails::from_lower(p)));
        let cauchy = StudentT { df: 1.0, location: 0.0, scale: 1.0 };
        assert!((q(cauchy.into(), 0.9) - libm::tan(PI * 0.4)).abs() < 1e-12);
        assert!((q(Triangular { low: 0.0, mode: 1.0, high: 4.0 }.into(), 0.25) - 1.0).abs() < 1e-15);
        assert!((q(Gamma { mean: 2.0, sd: 2.0 }.into(), 0.3) + 2.0 * log1p(-0.3)).abs() < 1e-13);
        assert!(
            (q(Beta { alpha: 0.5, beta: 0.5, low: 0.0, high: 1.0 }.into(), 0.2)
                - libm::pow(libm::sin(0.1 * PI), 2.0))
            .abs()
                < 1e-13
        );
        // Two halves: P(X < mode) = s1 / (s1 + s2).
        let skewed = TwoPieceNormal { mode: 5.0, sd_low: 0.5, sd_high: 1.5 };
        assert!((tails(&skewed.into(), 5.0).lower - 0.25).abs() < 1e-15);
        assert_eq!(q(skewed.into(), 0.25), 5.0);
    }

    #[test]
    fn density_is_the_derivative_of_the_tails() {
        for family in families() {
            for z in [-2.0, -0.7, 0.4, 1.5] {
                let p = |z: f64| Tails { lower: normal::cdf(z), upper: normal::upper(z) };
                let (a, b) = (z - 1e-4, z + 1e-4);
                let slope = (p(b).lower - p(a).lower) / (quantile(&family, p(b)) - quantile(&family, p(a)));
                let density = exp(ln_density(&family, quantile(&family, p(z))));
                assert!((slope / density - 1.0).abs() < 1e-5, "{family:?} at {z}: {slope} {density}");
            }
        }
    }

    proptest! {
        #[test]
        fn quantiles_invert_tails(which in 0..15usize, z in -8.0..8.0f64) {
            let family = &families()[which];
            let p = Tails { lower: normal::cdf(z), upper: normal::upper(z) };
            let x = value(family, quantile(family, p));
            let back = tails(family, x);
            let (smaller, again) = if z < 0.0 { (p.lower, back.lower) } else { (p.upper, back.upper) };
            // A value near a bound or far from its centre is rounded; its tail then moves by this much.
            let eps = 4e-16 * (x.abs() + 1.0);
            let (down, up) = (tails(family, x - eps), tails(family, x + eps));
            let slack = 1e-7 * smaller + (up.lower - down.lower).abs().max((up.upper - down.upper).abs());
            prop_assert!((again - smaller).abs() <= slack, "{:?} {} {} {}", family, z, smaller, again);
        }
    }
}
