//! Layer 1: an uncertain quantity as an increasing function of one standard normal score.

use super::law::{self, Coordinate};
use super::table::Table;
use crate::math::{exp, simd};
use crate::quantity::{Distribution, Family, TwoPieceNormal};
use crate::stats::normal;
use crate::stats::special::{Tails, ln_gamma_density, ln_gamma_quantile};
use std::f64::consts::{FRAC_2_PI, PI};

/// The normal-score transform of a law:
///
/// ```text
/// x = Q(Phi(z)),   z standard normal,  Phi its distribution function,  Q the quantile function of the law
/// ```
///
/// Every transform is increasing in `z` (never falling but for the last digit): correlated scores give quantities
/// with the same rank correlation, and a higher score is a higher value for every law.
/// Where there is a closed form it is taken (normal, log-normal); otherwise a table of 2049 nodes on
/// [-8.25, 8.25] with an error below 1e-7 of the value or of the law's spread; scores beyond are taken as the end.
/// Values are finite and never outside the bounds of the law.
///
/// ```
/// use plancast::quantity::{Distribution, Triangular};
/// use plancast::random::Transform;
/// let law = Triangular { low: 1.0, mode: 2.0, high: 4.0 };
/// let transform = Transform::new(&Distribution { family: law.into(), between: None });
/// // A score of 0 is the median, here 4 - sqrt(3).
/// assert!((transform.apply(0.0) - 2.267_949_192).abs() < 1e-9);
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct Transform {
    shape: Shape,
}

#[derive(Debug, Clone, PartialEq)]
enum Shape {
    Constant(f64),
    /// `location + scale z`.
    Affine {
        location: f64,
        scale: f64,
    },
    /// `median e^(sigma z)`.
    Exponential {
        median: f64,
        sigma: f64,
    },
    Table {
        table: Table,
        coordinate: Coordinate,
        low: f64,
        high: f64,
    },
    /// Equally likely values in order, and the scores at which the next one begins.
    Steps {
        values: Vec<f64>,
        scores: Vec<f64>,
    },
}

impl Transform {
    /// The transform of a distribution whose parameters are in order; for others the result is finite, but
    /// means nothing.
    pub fn new(distribution: &Distribution) -> Self {
        let family = &distribution.family;
        if let Some(value) = only_value(family) {
            let (low, high) = distribution.between.unwrap_or((f64::MIN, f64::MAX));
            return Self::constant(value.max(low).min(high));
        }
        match (family, distribution.between) {
            (Family::Normal(law), None) => Self::affine(law.mean, law.sd),
            (Family::LogNormal(law), None) => {
                Self { shape: Shape::Exponential { median: law.median, sigma: law.sigma } }
            }
            (_, between) => Self::tabulated(family, between),
        }
    }

    /// The same value whatever the score.
    pub fn constant(value: f64) -> Self {
        Self { shape: Shape::Constant(value) }
    }

    /// `location + scale z`.
    pub fn affine(location: f64, scale: f64) -> Self {
        Self { shape: Shape::Affine { location, scale } }
    }

    /// The factor that makes standard normals Student t with `df` degrees of freedom and variance 1:
    ///
    /// ```text
    /// s = sqrt((df - 2) / df) sqrt(df / C) = sqrt((df - 2) / C),   C chi-square with df degrees of freedom
    /// ```
    ///
    /// **Increasing** in the score: a high score is a wild year. `C` is the quantile at `Phi(-z)`. Needs `df > 2`,
    /// for there is no variance otherwise; other `df` give a factor of 1. For large `df` the factor tends to 1.
    pub fn student_t_scale(df: f64) -> Self {
        if df > 2.0 && df.is_finite() {
            root_of_inverse_chi_square(df, df - 2.0)
        } else {
            Self::constant(1.0)
        }
    }

    /// A standard deviation whose square has the scaled inverse chi-square law with `df` degrees of freedom: the
    /// posterior of a residual standard deviation that was estimated as `scale`.
    ///
    /// ```text
    /// sigma = scale sqrt(df / C),   C chi-square with df degrees of freedom
    /// ```
    ///
    /// **Increasing** in the score. For large `df` it tends to `scale`.
    pub fn inverse_chi_square_sd(df: f64, scale: f64) -> Self {
        if df > 0.0 && df.is_finite() && scale > 0.0 {
            root_of_inverse_chi_square(df, df * scale * scale)
        } else {
            Self::constant(scale)
        }
    }

    /// The probability of at least one event in a year whose rate has a gamma law: `shape` events in `years` years.
    ///
    /// ```text
    /// p = 1 - e^-r,   r = G / years,   G gamma with this shape and scale 1
    /// ```
    ///
    /// **Increasing** in the score. For large `shape` and `years` it tends to `1 - e^-(shape / years)`.
    pub fn yearly_probability(shape: f64, years: f64) -> Self {
        if !(shape > 0.0 && shape.is_finite() && years > 0.0 && years.is_finite()) {
            return Self::constant(0.0);
        }
        let table = Table::new(f64::INFINITY, |z| {
            let ln_g = ln_gamma_quantile(shape, Tails { lower: normal::cdf(z), upper: normal::upper(z) });
            let ln_slope = -0.5 * z * z - 0.5 * libm::log(2.0 * PI) - ln_gamma_density(shape, ln_g);
            (ln_g, libm::exp(ln_slope))
        });
        let coordinate = Coordinate::Rate { scale: 1.0 / years };
        Self { shape: Shape::Table { table, coordinate, low: 0.0, high: 1.0 } }
    }

    /// The two-piece normal law with mean 0 and variance 1 whose upper standard deviation is `ratio` times the lower
    /// one. At ratio 1 it is the standard normal; ratios are held between 1/1000 and 1000.
    ///
    /// ```text
    /// mean = mode + sqrt(2/pi) (s2 - s1),   variance = (1 - 2/pi) (s2 - s1)^2 + s1 s2
    /// ```
    ///
    /// Reference: John (1982), The three-parameter two-piece normal family of distributions and its fitting,
    /// Commun. Statist. Theory Methods 11(8), 879-885.
    pub fn two_piece_standard(ratio: f64) -> Self {
        if ratio == 1.0 || ratio.is_nan() {
            return Self::affine(0.0, 1.0);
        }
        let ratio = ratio.clamp(1e-3, 1e3);
        let gap = ratio - 1.0;
        let sd = ((1.0 - FRAC_2_PI) * gap * gap + ratio).sqrt();
        let law =
            TwoPieceNormal { mode: -FRAC_2_PI.sqrt() * gap / sd, sd_low: 1.0 / sd, sd_high: ratio / sd };
        Self::tabulated(&law.into(), None)
    }

    /// Equally likely values, brought to mean 0 and variance 1 (divisor n): what resampled residuals are drawn
    /// with. A step function of the score. Values that are all equal, or none, give 0.
    pub fn resample(values: &[f64]) -> Self {
        let mut values: Vec<f64> = values.iter().copied().filter(|x| x.is_finite()).collect();
        values.sort_unstable_by(f64::total_cmp);
        let n = values.len() as f64;
        let mean = values.iter().sum::<f64>() / n;
        let sd = (values.iter().map(|x| (x - mean) * (x - mean)).sum::<f64>() / n).sqrt();
        if !(sd > 0.0 && sd.is_finite() && sd > 1e-14 * mean.abs()) {
            return Self::constant(0.0);
        }
        for value in &mut values {
            *value = (*value - mean) / sd;
        }
        let scores = (1..values.len()).map(|k| normal::quantile(k as f64 / n)).collect();
        Self { shape: Shape::Steps { values, scores } }
    }

    /// The probability that a distribution gives to its own bounds before it is truncated; 1 without bounds.
    /// Where this is 0 there is nothing to scale up.
    pub fn mass(distribution: &Distribution) -> f64 {
        let Some((low, high)) = distribution.between else { return 1.0 };
        match only_value(&distribution.family) {
            Some(value) => f64::from(u8::from(low <= value && value <= high)),
            None => Truncation::new(&distribution.family, low, high).mass,
        }
    }

    /// Whether the law has no atoms.
    pub(crate) fn is_smooth(&self) -> bool {
        !matches!(self.shape, Shape::Constant(_) | Shape::Steps { .. })
    }

    /// Mean and standard deviation of a normal law, or of a single value.
    pub(crate) fn as_normal(&self) -> Option<(f64, f64)> {
        match self.shape {
            Shape::Affine { location, scale } => Some((location, scale)),
            Shape::Constant(value) => Some((value, 0.0)),
            _ => None,
        }
    }

    /// Mean and standard deviation of the logarithm under a log-normal law.
    pub(crate) fn as_log_normal(&self) -> Option<(f64, f64)> {
        match self.shape {
            Shape::Exponential { median, sigma } => Some((libm::log(median), sigma)),
            _ => None,
        }
    }

    /// The value at a score; the same bits as [`Self::apply_lanes`].
    pub fn apply(&self, z: f64) -> f64 {
        match &self.shape {
            Shape::Constant(value) => *value,
            Shape::Affine { location, scale } => location + scale * z,
            Shape::Exponential { median, sigma } => median * exp(sigma * z),
            Shape::Table { table, coordinate, low, high } => coordinate.value(table.at(z), *low, *high),
            Shape::Steps { values, scores } => step(values, scores, z),
        }
    }

    /// The values at the scores of lanes; as many as the shorter slice holds.
    pub fn apply_lanes(&self, z: &[f64], out: &mut [f64]) {
        let lanes = out.iter_mut().zip(z);
        match &self.shape {
            Shape::Constant(value) => lanes.for_each(|(out, _)| *out = *value),
            // Numbers are moved into the loops: behind a reference they could change with every store.
            &Shape::Affine { location, scale } => simd(
                #[inline(always)]
                move || lanes.for_each(move |(out, z)| *out = location + scale * z),
            ),
            &Shape::Exponential { median, sigma } => simd(
                #[inline(always)]
                move || lanes.for_each(move |(out, z)| *out = median * exp(sigma * z)),
            ),
            Shape::Table { table, coordinate, low, high } => {
                let n = lanes.len();
                simd(
                    #[inline(always)]
                    || lanes.for_each(|(out, z)| *out = table.at(*z)),
                );
                coordinate.values(&mut out[..n], *low, *high);
            }
            Shape::Steps { values, scores } => lanes.for_each(|(out, z)| *out = step(values, scores, *z)),
        }
    }

    fn tabulated(family: &Family, between: Option<(f64, f64)>) -> Self {
        let coordinate = Coordinate::of(family);
        let bounds = between.unwrap_or((f64::MIN, f64::MAX));
        let cut = match between {
            Some((low, high)) => Truncation::new(family, low, high),
            None => Truncation { lower: 0.0, upper: 0.0, mass: 1.0 },
        };
        if cut.mass <= 0.0 {
            // No probability to scale up: the bound that is nearer to the law.
            let value = if cut.lower > cut.upper { bounds.0 } else { bounds.1 };
            return Self::constant(value.clamp(bounds.0, bounds.1));
        }
        let kink = law::kink(family).map_or(f64::INFINITY, |at| cut.score(law::tails(family, at)));
        let table = Table::new(kink, |z| {
            let y = law::quantile(family, cut.tails(z));
            // dy/dz = phi(z) mass / f(y).
            let ln_slope =
                -0.5 * z * z - 0.5 * libm::log(2.0 * PI) + libm::log(cut.mass) - law::ln_density(family, y);
            (y, libm::exp(ln_slope))
        });
        // What a table of a bounded law gives lies within its bounds up to rounding; hold it there.
        let (low, high) = match family {
            Family::Uniform(law) => (law.low, law.high),
            Family::Triangular(law) => (law.low, law.high),
            Family::Beta(law) => (law.low, law.high),
            _ => (f64::MIN, f64::MAX),
        };
        let (low, high) = (low.max(bounds.0), high.min(bounds.1));
        Self { shape: Shape::Table { table, coordinate, low, high } }
    }
}

/// `sqrt(numerator / C)` with the chi-square quantile C at `Phi(-z)`.
fn root_of_inverse_chi_square(df: f64, numerator: f64) -> Transform {
    let coordinate = Coordinate::Log { scale: (0.5 * numerator).sqrt() };
    let table = Table::new(f64::INFINITY, |z| {
        // C = 2 G with G gamma of shape df/2.
        let p = Tails { lower: normal::upper(z), upper: normal::cdf(z) };
        let shape = 0.5 * df;
        let ln_g = ln_gamma_quantile(shape, p);
        let ln_slope = -0.5 * z * z - 0.5 * libm::log(2.0 * PI) - ln_gamma_density(shape, ln_g);
        (-0.5 * ln_g, 0.5 * libm::exp(ln_slope))
    });
    Transform { shape: Shape::Table { table, coordinate, low: 0.0, high: f64::MAX } }
}

/// What a truncation cuts off on both sides, and what it leaves.
struct Truncation {
    lower: f64,
    upper: f64,
    mass: f64,
}

impl Truncation {
    fn new(family: &Family, low: f64, high: f64) -> Self {
        let (at_low, at_high) = (law::tails(family, low), law::tails(family, high));
        // The difference of the smaller tails keeps its digits.
        let mass =
            if at_low.lower > 0.5 { at_low.upper - at_high.upper } else { at_high.lower - at_low.lower };
        Self { lower: at_low.lower, upper: at_high.upper, mass: mass.clamp(0.0, 1.0) }
    }

    /// The tails of the whole law at the quantile of the truncated one for a score.
    fn tails(&self, z: f64) -> Tails {
        Tails {
            lower: self.lower + self.mass * normal::cdf(z),
            upper: self.upper + self.mass * normal::upper(z),
        }
    }

    /// The score of the truncated law where the whole one has these tails.
    fn score(&self, p: Tails) -> f64 {
        let lower = (p.lower - self.lower) / self.mass;
        let upper = (p.upper - self.upper) / self.mass;
        law::score(Tails { lower, upper })
    }
}

/// The one value of a law without spread.
fn only_value(family: &Family) -> Option<f64> {
    match family {
        Family::Normal(law) if law.sd <= 0.0 => Some(law.mean),
        Family::LogNormal(law) if law.sigma <= 0.0 => Some(law.median),
        Family::Uniform(law) if law.low >= law.high => Some(law.low),
        Family::Triangular(law) if law.low >= law.high => Some(law.mode),
        _ => None,
    }
}

fn step(values: &[f64], scores: &[f64], z: f64) -> f64 {
    values[scores.partition_point(|score| *score <= z)]
}

#[cfg(test)]
#[allow(clippy::excessive_precision, reason = "reference values with all their digits")]
mod tests;
