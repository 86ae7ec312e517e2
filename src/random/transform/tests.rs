//! Transforms against closed forms, moments by quadrature, and 30-digit quantiles.

use super::*;
use crate::math::at_every_level;
use crate::quantity::{Beta, Gamma, LogNormal, Normal, StudentT, Triangular, Uniform};
use crate::random::law::tests::families;
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
        assert!((m - mean).abs() < 1e-6 * mean && (v - variance).abs() < 1e-6 * variance, "{law:?}: {m} {v}");
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
fn symmetric_laws_have_symmetric_ends() {
    let transform = Transform::new(&whole(StudentT { df: 4.0, location: 0.0, scale: 1.0 }));
    for z in [0.3, 8.2, 8.25, 8.5, 1e300, f64::INFINITY] {
        let (low, high) = (transform.apply(-z), transform.apply(z));
        assert!((low + high).abs() < 1e-9 * high && high.is_finite(), "{z}: {low} {high}");
    }
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
fn yearly_probability_of_an_event() {
    // Two events in 17 years with Jeffreys' prior: 1 - (17/18)^2.5; sd and quantiles from SciPy's gamma law
    // (tests/reference/conjugate.py).
    let transform = Transform::yearly_probability(2.5, 17.0);
    let (mean, variance) = mean_and_variance(&transform);
    assert!((mean - (1.0 - libm::pow(17.0 / 18.0, 2.5))).abs() < 1e-9);
    assert!((variance.sqrt() - 0.076350813851).abs() < 1e-9);
    for (p, expected) in [(0.05, 0.033129273174), (0.5, 0.120132651548), (0.95, 0.277908107559)] {
        assert!((transform.apply(normal::quantile(p)) - expected).abs() < 1e-9);
    }
    // A record of half an event: hardly ever, but never below 0, nor above 1.
    let rare = Transform::yearly_probability(0.5, 1e6);
    assert!(
        rare.apply(-8.2) >= 0.0 && (Transform::yearly_probability(50.0, 0.1).apply(8.2) - 1.0).abs() < 1e-15
    );
    assert_eq!(Transform::yearly_probability(f64::NAN, 1.0).apply(0.0), 0.0);
    for shape in [1e-300, 1e-3, 1e6] {
        let law = Transform::yearly_probability(shape, 1e6);
        assert!([-8.2, 0.0, 8.2].iter().all(|z| (0.0..=1.0).contains(&law.apply(*z))), "{shape}");
    }
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
