//! Layer 1: distribution functions, quantiles and densities of the families of [`crate::quantity`].
//!
//! Everything is a function of both tails, so that a truncation far out in either of them keeps its digits.

use crate::quantity::Family;
use crate::stats::normal;
use crate::stats::special::{
    Tails, beta_tails, gamma_tails, ln_gamma_quantile, logit_beta_quantile, student_quantile, student_tails,
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
            if x < law.mode {
                let u = (x - law.low).max(0.0);
                Tails::from_lower(u * u / (width * (law.mode - law.low)))
            } else {
                let u = (law.high - x).max(0.0);
                Tails::from_upper(if u > 0.0 { u * u / (width * (law.high - law.mode)) } else { 0.0 })
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

/// The coordinate in which a family is a smooth function of the normal score; see [`value`].
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

    /// The value at a coordinate.
    #[inline(always)]
    pub(super) fn value(self, y: f64) -> f64 {
        match self {
            Self::Plain => y,
            Self::Log { scale } => scale * crate::math::exp(y),
            Self::Logit { low, high } => low + (high - low) * crate::math::logistic(y),
            Self::Asinh { location, scale } => {
                let e = crate::math::exp(y);
                location + scale * (0.5 * (e - 1.0 / e))
            }
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
        Family::Beta(law) => {
            let ln_beta = lgamma(law.alpha) + lgamma(law.beta) - lgamma(law.alpha + law.beta);
            let ln_near = -log1p(exp(-y.abs()));
            let (ln_x, ln_1mx) = if y < 0.0 { (y + ln_near, ln_near) } else { (ln_near, ln_near - y) };
            law.alpha * ln_x + law.beta * ln_1mx - ln_beta
        }
        Family::Gamma(law) => {
            let shape = gamma_shape_scale(law.mean, law.sd).0;
            shape * y - exp(y) - lgamma(shape)
        }
    }
}

/// The normal score of the point where the density of a family has a kink, when there is one.
pub(super) fn kink(family: &Family) -> Option<f64> {
    match family {
        Family::Triangular(law) => Some(law.mode),
        Family::TwoPieceNormal(law) => Some(law.mode),
        _ => None,
    }
}
