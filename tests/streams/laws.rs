//! Ten million draws of every law that is drawn by a function of [`plancast::random`].

use crate::cells::{Cells, DRAWS};
use plancast::quantity::{
    Beta, Distribution, Family, Gamma, LogNormal, Normal, StudentT, Triangular, TwoPieceNormal, Uniform,
};
use plancast::random::{Key, Transform, normal_lanes, uniform_lanes};
use statrs::distribution::{ChiSquared, ContinuousCDF};
use statrs::function::gamma::{gamma_lr, gamma_ur};
use std::f64::consts::{FRAC_1_SQRT_2, FRAC_2_PI};

/// Draws made at a time.
const LANES: usize = 4000;

fn phi(z: f64) -> f64 {
    0.5 * libm::erfc(-z * FRAC_1_SQRT_2)
}

/// Draws `draw(first path, lanes)` in lanes and counts them by the distribution function.
fn drawn(draw: impl Fn(u64, &mut [f64]), cdf: impl Fn(f64) -> f64) -> Cells {
    let (mut cells, mut x) = (Cells::new(), [0.0; LANES]);
    for first in (0..DRAWS).step_by(LANES) {
        draw(first as u64, &mut x);
        x.iter().for_each(|x| cells.add(cdf(*x)));
    }
    cells
}

/// Draws through a transform, from normals under a key of its own.
fn transformed(name: &str, transform: &Transform, cdf: impl Fn(f64) -> f64) {
    let key = Key::new(2026, "parameter", name);
    let draw = |first: u64, x: &mut [f64]| {
        let mut z = [0.0; LANES];
        normal_lanes(key, first, 0, &mut z);
        transform.apply_lanes(&z, x);
    };
    drawn(draw, cdf).check(name);
}

fn family(name: &str, law: impl Into<Family>, cdf: impl Fn(f64) -> f64) {
    let law = Distribution { family: law.into(), between: None };
    transformed(name, &Transform::new(&law), cdf);
}

#[test]
fn normals() {
    let key = Key::new(2026, "innovation", "gdp");
    drawn(|first, z| normal_lanes(key, first, 2029, z), phi).check("normals of one year");
    // Ten years of a million paths.
    let years = |first: u64, z: &mut [f64]| {
        normal_lanes(key, first % 1_000_000, 2020 + (first / 1_000_000) as u32, z)
    };
    drawn(years, phi).check("normals of ten years");
}

#[test]
fn uniforms() {
    let key = Key::new(2026, "event", "slump");
    drawn(|first, u| uniform_lanes(key, first, 2029, u), |u| u).check("uniforms");
}

#[test]
fn laws_with_elementary_distribution_functions() {
    family("normal", Normal { mean: 5.0, sd: 2.0 }, |x| phi((x - 5.0) / 2.0));
    family("log-normal", LogNormal { median: 3.0, sigma: 0.4 }, |x| phi(libm::log(x / 3.0) / 0.4));
    family("uniform", Uniform { low: 1.0, high: 4.0 }, |x| (x - 1.0) / 3.0);
    family("triangular", Triangular { low: 1.0, mode: 1.2, high: 2.0 }, |x| {
        if x < 1.2 { (x - 1.0) * (x - 1.0) / 0.2 } else { 1.0 - (2.0 - x) * (2.0 - x) / 0.8 }
    });
    // A share s1 / (s1 + s2) below the mode.
    family("two-piece normal", TwoPieceNormal { mode: 5.0, sd_low: 0.5, sd_high: 1.5 }, |x| {
        if x < 5.0 { 0.5 * phi((x - 5.0) / 0.5) } else { 1.0 - 1.5 * phi((5.0 - x) / 1.5) }
    });
    family("beta, arcsine", Beta { alpha: 0.5, beta: 0.5, low: 0.0, high: 1.0 }, |x| {
        FRAC_2_PI * libm::asin(x.sqrt())
    });
    // P(at least 2 of 6 uniform numbers are below x).
    family("beta", Beta { alpha: 2.0, beta: 5.0, low: 10.0, high: 20.0 }, |x| {
        let x = (x - 10.0) / 10.0;
        let y5 = (1.0 - x).powi(5);
        (1.0 - y5 * (1.0 - x) - 6.0 * x * y5).max(0.0)
    });
}

#[test]
fn laws_of_the_gamma_and_student_families() {
    // Closed form for 4 degrees of freedom.
    family("student t", StudentT { df: 4.0, location: 1.0, scale: 2.0 }, |x| {
        let t = (x - 1.0) / 2.0;
        let s = t / (4.0 + t * t).sqrt();
        (0.5 + 0.75 * (s - s * s * s / 3.0)).clamp(0.0, 1.0)
    });
    family("gamma", Gamma { mean: 2.0, sd: 0.5 }, |x| gamma_lr(16.0, x / 0.125));
    family("gamma, steep", Gamma { mean: 1.0, sd: 1.5 }, |x| gamma_lr(4.0 / 9.0, x / 2.25));
}

#[test]
fn laws_of_what_is_learned_and_of_student_scales() {
    let chi_square = |df: f64| ChiSquared::new(df).unwrap();
    // x = sqrt((df - 2) / C): above it where C is below.
    let c = chi_square(5.0);
    transformed("student t scale", &Transform::student_t_scale(5.0), |x| c.sf(3.0 / (x * x)));
    let c = chi_square(9.0);
    let sd = Transform::inverse_chi_square_sd(9.0, 0.02);
    transformed("inverse chi-square", &sd, |x| c.sf(9.0 * 0.0004 / (x * x)));
    // 1 - exp(-G / years), G gamma.
    let probability = Transform::yearly_probability(2.5, 17.0);
    transformed("yearly probability", &probability, |p| 1.0 - gamma_ur(2.5, -17.0 * libm::log1p(-p)));
}

#[test]
fn truncated_and_standardised_laws() {
    let law = Distribution { family: Normal { mean: 0.0, sd: 1.0 }.into(), between: Some((-0.5, 3.0)) };
    let (low, high) = (phi(-0.5), phi(3.0));
    transformed("truncated normal", &Transform::new(&law), |x| {
        ((phi(x) - low) / (high - low)).clamp(0.0, 1.0)
    });
    transformed("two-piece innovation", &Transform::two_piece_standard(1.8), |x| two_piece(1.8, x));
}

/// The distribution function of the two-piece normal law of mean 0 and variance 1 (John 1982).
pub fn two_piece(ratio: f64, x: f64) -> f64 {
    let gap = ratio - 1.0;
    let (mean, sd) = (FRAC_2_PI.sqrt() * gap, ((1.0 - FRAC_2_PI) * gap * gap + ratio).sqrt());
    let y = mean + sd * x;
    if y < 0.0 { 2.0 / (1.0 + ratio) * phi(y) } else { 1.0 - 2.0 * ratio / (1.0 + ratio) * phi(-y / ratio) }
}

#[test]
fn values_drawn_again() {
    // Discrete: the chi-square of the counts, below 4 standard scores (p = 0.0003 for this law).
    let values: Vec<f64> = (0..40).map(|k| libm::exp(0.1 * f64::from(k))).collect();
    let transform = Transform::resample(&values);
    let sorted: Vec<f64> = (0..40)
        .map(|k| transform.apply(plancast::stats::normal::quantile((f64::from(k) + 0.5) / 40.0)))
        .collect();
    let key = Key::new(2026, "innovation", "resampled");
    let (mut counts, mut z, mut x) = ([0_u64; 40], [0.0; LANES], [0.0; LANES]);
    for first in (0..DRAWS).step_by(LANES) {
        normal_lanes(key, first as u64, 0, &mut z);
        transform.apply_lanes(&z, &mut x);
        for x in &x {
            counts[sorted.partition_point(|value| value < x)] += 1;
        }
    }
    let score = |expected: &dyn Fn(usize) -> f64| {
        let squares: f64 = (0..40).map(|k| (counts[k] as f64 - expected(k)).powi(2) / expected(k)).sum();
        (squares - 39.0) / 78.0_f64.sqrt()
    };
    let each = DRAWS as f64 / 40.0;
    println!("values drawn again: chi-square {:.2}", score(&|_| each));
    assert!(score(&|_| each).abs() < 4.0);
    // One value that is drawn two per cent too often.
    assert!(score(&|k| if k == 7 { each / 1.02 } else { each }) > 4.0);
}
