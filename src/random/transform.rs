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
            Shape::Affine { location, scale } => simd(
                #[inline(always)]
                || lanes.for_each(|(out, z)| *out = location + scale * z),
            ),
            Shape::Exponential { median, sigma } => simd(
                #[inline(always)]
                || lanes.for_each(|(out, z)| *out = median * exp(sigma * z)),
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
mod tests {
    use super::super::law::tests::families;
    use super::*;
    use crate::math::at_every_level;
    use crate::quantity::{Beta, Gamma, LogNormal, Normal, Triangular, Uniform};
    use proptest::prelude::*;

    fn whole(family: impl Into<Family>) -> Distribution {
        Distribution { family: family.into(), between: None }
    }

    fn cut(family: impl Into<Family>, low: f64, high: f64) -> Distribution {
        Distribution { family: family.into(), between: Some((low, high)) }
    }

    /// Mean and variance by the trapezoidal rule in the score, which for smooth functions is exact to rounding.
    fn mean_and_variance(transform: &Transform) -> (f64, f64) {
        let integral = |f: &dyn Fn(f64) -> f64| {
            let step = 1.0 / 512.0;
            (-4224..=4224)
                .map(|i| f64::from(i) * step)
                .map(|z| f(transform.apply(z)) * normal::density(z) * step)
                .sum::<f64>()
        };
        let mean = integral(&|x| x);
        (mean, integral(&|x| (x - mean) * (x - mean)))
    }

    #[test]
    fn tables_agree_with_the_quantile_function() {
        for family in families() {
            let transform = Transform::tabulated(&family, None);
            let coordinate = Coordinate::of(&family);
            let mut worst: f64 = 0.0;
            for i in -16_399..16_400 {
                let z = f64::from(i) * 0.000_503;
                let p = Tails { lower: normal::cdf(z), upper: normal::upper(z) };
                let exact = coordinate.value(law::quantile(&family, p), f64::MIN, f64::MAX);
                worst = worst.max((transform.apply(z) - exact).abs() / exact.abs().max(1e-3));
            }
            assert!(worst < 1e-7, "{family:?}: {worst:e}");
        }
    }

    #[test]
    fn means_and_variances_of_the_laws() {
        let checks = [
            (whole(Gamma { mean: 2.0, sd: 0.5 }), 2.0, 0.25),
            (whole(Gamma { mean: 1.0, sd: 1.5 }), 1.0, 2.25),
            (whole(Beta { alpha: 2.0, beta: 5.0, low: 0.0, high: 1.0 }), 2.0 / 7.0, 10.0 / (49.0 * 8.0)),
            (whole(Uniform { low: 1.0, high: 4.0 }), 2.5, 0.75),
            // (a + b + c) / 3 and (a^2 + b^2 + c^2 - ab - ac - bc) / 18.
            (whole(Triangular { low: 1.0, mode: 1.2, high: 2.0 }), 4.2 / 3.0, 0.84 / 18.0),
            (
                whole(LogNormal { median: 3.0, sigma: 0.4 }),
                3.0 * libm::exp(0.08),
                9.0 * libm::exp(0.16) * libm::expm1(0.16),
            ),
            // Half-normal: sqrt(2/pi) and 1 - 2/pi.
            (cut(Normal { mean: 0.0, sd: 1.0 }, 0.0, 1e6), FRAC_2_PI.sqrt(), 1.0 - FRAC_2_PI),
            // An exponential law above 3 is that law moved by 3.
            (cut(Gamma { mean: 1.0, sd: 1.0 }, 3.0, 1e6), 4.0, 1.0),
        ];
        for (law, mean, variance) in checks {
            let (m, v) = mean_and_variance(&Transform::new(&law));
            assert!(
                (m - mean).abs() < 1e-6 * mean && (v - variance).abs() < 1e-6 * variance,
                "{law:?}: {m} {v}"
            );
        }
    }

    #[test]
    fn closed_forms_are_exact() {
        let normal = Transform::new(&whole(Normal { mean: 5.0, sd: 2.0 }));
        assert_eq!(normal.apply(-1.5), 2.0);
        let log_normal = Transform::new(&whole(LogNormal { median: 3.0, sigma: 0.5 }));
        assert_eq!(log_normal.apply(2.0), 3.0 * exp(1.0));
        for law in [
            whole(Normal { mean: 5.0, sd: 0.0 }),
            whole(Uniform { low: 5.0, high: 5.0 }),
            whole(LogNormal { median: 5.0, sigma: 0.0 }),
            cut(Normal { mean: 7.0, sd: 0.0 }, 4.0, 5.0),
        ] {
            assert_eq!(Transform::new(&law).apply(1.3), 5.0, "{law:?}");
        }
    }

    #[test]
    fn truncated_laws_stay_within_their_bounds_and_have_the_right_median() {
        // (law, median of the truncated law from the inverse of Phi).
        let above = |a: f64, b: f64| normal::upper_quantile(0.5 * (normal::upper(a) + normal::upper(b)));
        let middle = |a: f64, b: f64| if a < -b { -above(-b, -a) } else { above(a, b) };
        for (low, high) in [(-1.0, 2.0), (3.0, 4.0), (8.0, 9.0), (20.0, 21.0), (-9.0, -8.0)] {
            let transform = Transform::new(&cut(Normal { mean: 0.0, sd: 1.0 }, low, high));
            assert!((transform.apply(0.0) - middle(low, high)).abs() < 1e-7, "{low} {high}");
            assert!(transform.apply(-9.0) >= low && transform.apply(9.0) <= high);
            assert!((transform.apply(-8.2) - low).abs() < 1e-6 && (transform.apply(8.2) - high).abs() < 1e-6);
        }
    }

    #[test]
    fn mass_within_the_bounds() {
        let law = Normal { mean: 0.0, sd: 1.0 };
        assert_eq!(Transform::mass(&whole(law)), 1.0);
        assert!((Transform::mass(&cut(law, -1.96, 1.96)) - 0.95).abs() < 1e-4);
        assert_eq!(Transform::mass(&cut(law, 50.0, 60.0)), 0.0);
        assert_eq!(Transform::mass(&cut(Normal { mean: 3.0, sd: 0.0 }, 0.0, 1.0)), 0.0);
        // Nothing to scale up: the nearer bound, and no NaN.
        assert_eq!(Transform::new(&cut(law, 50.0, 60.0)).apply(0.3), 50.0);
        assert_eq!(Transform::new(&cut(law, -60.0, -50.0)).apply(0.3), -50.0);
    }

    #[test]
    fn student_t_factor() {
        // sqrt((df - 2) / C) with the chi-square quantile C at Phi(-z), inverted in 30 digits.
        let values = [
            (3.0, -7.3, 0.126_128_421_796_019_68),
            (3.0, 2.05, 2.318_721_985_331_715_7),
            (3.0, 7.9, 57_561.439_911_617_869),
            (5.0, -1.2, 0.582_121_151_650_699_4),
            (5.0, 0.0, 0.830_315_451_698_195_35),
            (30.0, 2.05, 1.309_627_224_438_567_6),
            (30.0, 7.9, 4.519_348_371_229_539_4),
        ];
        for (df, z, expected) in values {
            let found = Transform::student_t_scale(df).apply(z);
            assert!((found / expected - 1.0).abs() < 1e-9, "{df} {z}: {found}");
        }
        // The variance is 1: the mean of the square, which for df = 12 is smooth enough to integrate.
        let (mean, variance) = mean_and_variance(&Transform::student_t_scale(12.0));
        assert!((mean * mean + variance - 1.0).abs() < 1e-8);
        assert_eq!(Transform::student_t_scale(2.0).apply(3.0), 1.0);
        assert!((Transform::student_t_scale(1e9).apply(3.0) - 1.0).abs() < 1e-3);
    }

    #[test]
    fn posterior_of_a_standard_deviation() {
        // E sigma^2 = scale^2 df / (df - 2); the median of C with 9 degrees of freedom is 8.3428 (R: qchisq).
        let transform = Transform::inverse_chi_square_sd(9.0, 0.02);
        let (mean, variance) = mean_and_variance(&transform);
        assert!(((mean * mean + variance) / (0.0004 * 9.0 / 7.0) - 1.0).abs() < 1e-6);
        assert!((transform.apply(0.0) - 0.02 * (9.0_f64 / 8.342_833).sqrt()).abs() < 1e-8);
        assert_eq!(Transform::inverse_chi_square_sd(9.0, 0.0).apply(1.0), 0.0);
    }

    #[test]
    fn two_piece_law_has_mean_0_and_variance_1() {
        for ratio in [0.2, 0.5, 1.0, 1.3, 4.0] {
            let transform = Transform::two_piece_standard(ratio);
            let (mean, variance) = mean_and_variance(&transform);
            assert!(mean.abs() < 1e-6 && (variance - 1.0).abs() < 1e-6, "{ratio}: {mean} {variance}");
            // The far tails are those of normal laws with the two standard deviations.
            let slope = |z: f64| transform.apply(z + 0.5) - transform.apply(z - 0.5);
            assert!((slope(7.0) / slope(-7.0) / ratio - 1.0).abs() < 0.05, "{ratio}");
        }
    }

    #[test]
    fn resampled_values() {
        let transform = Transform::resample(&[3.0, 1.0, 2.0, f64::NAN]);
        let root = 1.5_f64.sqrt();
        let z = [-9.0, -0.44, -0.42, 0.42, 0.44, 9.0];
        let found = z.map(|z| transform.apply(z));
        for (found, expected) in found.into_iter().zip([-root, -root, 0.0, 0.0, root, root]) {
            assert!((found - expected).abs() < 1e-15);
        }
        assert_eq!(Transform::resample(&[2.0, 2.0]).apply(1.0), 0.0);
        assert_eq!(Transform::resample(&[]).apply(1.0), 0.0);
    }

    #[test]
    fn lanes_have_the_bits_of_the_scalar_at_every_level() {
        let z: Vec<f64> = (0..1003).map(|i| -9.0 + f64::from(i) * 0.018).collect();
        let mut transforms: Vec<Transform> =
            families().iter().map(|family| Transform::new(&whole(*family))).collect();
        transforms.push(Transform::resample(&[1.0, 5.0, 2.0]));
        transforms.push(Transform::student_t_scale(4.0));
        transforms.push(Transform::new(&cut(Normal { mean: 0.0, sd: 1.0 }, -1.0, 2.0)));
        for transform in &transforms {
            let scalar: Vec<u64> = z.iter().map(|z| transform.apply(*z).to_bits()).collect();
            for run in at_every_level(|| {
                let mut out = vec![0.0; z.len()];
                transform.apply_lanes(&z, &mut out);
                out.iter().map(|x| x.to_bits()).collect::<Vec<_>>()
            }) {
                assert_eq!(run, scalar, "{transform:?}");
            }
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]
        #[test]
        fn every_transform_is_increasing_finite_and_within_bounds(
            which in 0..15usize,
            bounds in prop::option::of((-3.0..3.0f64, 0.01..5.0f64)),
            scores in prop::collection::vec(-9.0..9.0f64, 2..200),
        ) {
            let between = bounds.map(|(low, width)| (low, low + width));
            let transform = Transform::new(&Distribution { family: families()[which], between });
            let mut scores = scores;
            scores.sort_by(f64::total_cmp);
            let values: Vec<f64> = scores.iter().map(|z| transform.apply(*z)).collect();
            let slack = |x: f64| 4e-16 * x.abs();
            for pair in values.windows(2) {
                prop_assert!(pair[0] <= pair[1] + slack(pair[1]), "{:?}", pair);
            }
            let (low, high) = between.unwrap_or((f64::MIN, f64::MAX));
            for x in values {
                prop_assert!(x.is_finite() && low <= x && x <= high);
            }
        }
    }
}
