//! Layer 1: the standard normal law: distribution function, quantile, two-sided score of a level.
//!
//! Quantile: Wichura (1988), Algorithm AS 241 (PPND16), Applied Statistics 37(3), 477-484, relative error about
//! 1e-16. Each function has a form for the upper tail, because `1 - p` loses the digits of a small
//! probability.

#![allow(clippy::excessive_precision, reason = "constants and reference values as published")]

use std::f64::consts::{FRAC_1_SQRT_2, PI};

/// P(Z <= z); relative error below 2e-14 above -8, and below 4e-13 as far down as it can be written.
pub fn cdf(z: f64) -> f64 {
    0.5 * libm::erfc(-z * FRAC_1_SQRT_2)
}

/// P(Z > z), accurate where it is small.
pub fn upper(z: f64) -> f64 {
    cdf(-z)
}

/// Density at `z`.
pub fn density(z: f64) -> f64 {
    crate::math::exp(-0.5 * z * z) / (2.0 * PI).sqrt()
}

/// The `z` with P(Z <= z) = `p`: `-inf` at 0 and below, `+inf` at 1 and above, NaN for NaN.
pub fn quantile(p: f64) -> f64 {
    let q = p - 0.5;
    if p.is_nan() {
        p
    } else if p <= 0.0 {
        f64::NEG_INFINITY
    } else if p >= 1.0 {
        f64::INFINITY
    } else if q.abs() <= 0.425 {
        let r = 0.180625 - q * q;
        q * ratio(r, CENTRE)
    } else if q < 0.0 {
        -tail(p)
    } else {
        tail(1.0 - p)
    }
}

/// The `z` with P(Z > z) = `p`, accurate where `p` is small.
pub fn upper_quantile(p: f64) -> f64 {
    -quantile(p)
}

/// The `z` with P(-z <= Z <= z) = `level`: 1.96 for 0.95. Levels outside 0 to 1 count as the nearer end.
pub fn two_sided(level: f64) -> f64 {
    // `0.5 - level / 2` is exact enough: the callers' levels stay away from 1.
    upper_quantile(0.5 * (1.0 - level.clamp(0.0, 1.0)))
}

/// The quantile of the upper tail for `p` below 0.075.
fn tail(p: f64) -> f64 {
    let r = (-libm::log(p)).sqrt();
    if r <= 5.0 { ratio(r - 1.6, MIDDLE) } else { ratio(r - 5.0, FAR) }
}

fn ratio(r: f64, [above, below]: [[f64; 8]; 2]) -> f64 {
    let horner = |c: [f64; 8]| c.iter().rev().fold(0.0, |sum, c| sum * r + c);
    horner(above) / horner(below)
}

pub(crate) const CENTRE: [[f64; 8]; 2] = [
    [
        3.387_132_872_796_366_608,
        1.331_416_678_917_843_774_5e2,
        1.971_590_950_306_551_442_7e3,
        1.373_169_376_550_946_112_5e4,
        4.592_195_393_154_987_145_7e4,
        6.726_577_092_700_870_085_3e4,
        3.343_057_558_358_812_810_5e4,
        2.509_080_928_730_122_672_7e3,
    ],
    [
        1.0,
        4.231_333_070_160_091_125_2e1,
        6.871_870_074_920_579_083e2,
        5.394_196_021_424_751_107_7e3,
        2.121_379_430_158_659_586_7e4,
        3.930_789_580_009_271_061e4,
        2.872_908_573_572_194_267_4e4,
        5.226_495_278_852_854_561e3,
    ],
];
pub(crate) const MIDDLE: [[f64; 8]; 2] = [
    [
        1.423_437_110_749_683_577_34,
        4.630_337_846_156_545_295_9,
        5.769_497_221_460_691_405_5,
        3.647_848_324_763_204_605_04,
        1.270_458_252_452_368_382_58,
        2.417_807_251_774_506_117_7e-1,
        2.272_384_498_926_918_458_33e-2,
        7.745_450_142_783_414_076_4e-4,
    ],
    [
        1.0,
        2.053_191_626_637_758_821_87,
        1.676_384_830_183_803_849_4,
        6.897_673_349_851_000_045_5e-1,
        1.481_039_764_274_800_745_9e-1,
        1.519_866_656_361_645_719_66e-2,
        5.475_938_084_995_344_946e-4,
        1.050_750_071_644_416_843_24e-9,
    ],
];
pub(crate) const FAR: [[f64; 8]; 2] = [
    [
        6.657_904_643_501_103_777_2,
        5.463_784_911_164_114_369_9,
        1.784_826_539_917_291_335_8,
        2.965_605_718_285_048_912_3e-1,
        2.653_218_952_657_612_309_3e-2,
        1.242_660_947_388_078_438_6e-3,
        2.711_555_568_743_487_578_15e-5,
        2.010_334_399_292_288_132_65e-7,
    ],
    [
        1.0,
        5.998_322_065_558_879_376_9e-1,
        1.369_298_809_227_358_053_1e-1,
        1.487_536_129_085_061_485_25e-2,
        7.868_691_311_456_132_591e-4,
        1.846_318_317_510_054_681_8e-5,
        1.421_511_758_316_445_888_7e-7,
        2.044_263_103_389_939_785_64e-15,
    ],
];

#[cfg(test)]
mod tests {
    use super::*;

    fn close(a: f64, b: f64, tolerance: f64) -> bool {
        (a - b).abs() <= tolerance * b.abs()
    }

    #[test]
    fn distribution_function() {
        // 40-digit values of erfc(z / sqrt 2) / 2.
        let values = [
            (0.1, 0.460_172_162_722_971_019),
            (1.96, 0.024_997_895_148_220_434_1),
            (8.0, 6.220_960_574_271_784_12e-16),
            (37.0, 5.725_571_222_524_576_82e-300),
        ];
        for (z, expected) in values {
            assert!(close(upper(z), expected, 4e-13), "{z}");
            assert!(close(cdf(-z), expected, 4e-13), "{z}");
            assert!(close(cdf(z), 1.0 - expected, 1e-15), "{z}");
        }
    }

    #[test]
    fn quantiles() {
        // 40-digit values.
        let values = [
            (0.25, 0.674_489_750_196_081_743),
            (0.07, 1.475_791_028_179_170_74),
            (0.001, 3.090_232_306_167_813_54),
            (1e-10, 6.361_340_902_404_056_2),
            (1e-20, 9.262_340_089_798_407_57),
            (1e-300, 37.047_096_299_361_199_2),
        ];
        for (p, expected) in values {
            assert!(close(upper_quantile(p), expected, 1e-15), "{p}");
            assert!(close(quantile(p), -expected, 1e-15), "{p}");
        }
        assert!(close(quantile(0.75), 0.674_489_750_196_081_743, 1e-15));
        assert_eq!(quantile(0.5), 0.0);
        assert_eq!(quantile(0.0), f64::NEG_INFINITY);
        assert_eq!(quantile(1.0), f64::INFINITY);
        assert!(quantile(f64::NAN).is_nan());
    }

    #[test]
    fn two_sided_scores() {
        assert!(close(two_sided(0.95), 1.959_963_984_540_054, 1e-15));
        assert_eq!(two_sided(0.0), 0.0);
    }

    #[test]
    fn density_is_the_derivative() {
        for z in [-3.0, -0.5, 0.0, 1.7] {
            let h = 1e-5;
            assert!(close((cdf(z + h) - cdf(z - h)) / (2.0 * h), density(z), 1e-8));
        }
    }
}
