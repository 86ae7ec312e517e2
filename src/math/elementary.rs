//! Layer 1: exponential, logarithm, sine and cosine, logistic function, on one number or on lanes.
//!
//! Method: reduction to a short interval by exact operations, then a polynomial that was fitted
//! at Chebyshev nodes in 60 digits (relative error of each below 2^-54), evaluated by Horner's
//! rule, without a fused multiply-add.

use super::simd;

/// Adding and taking away 1.5 * 2^52 rounds to the nearest whole number; while it is added, that
/// number stands in the low bits of the sum.
const ROUNDING: f64 = 6_755_399_441_055_744.0;
const LOG2_E: f64 = std::f64::consts::LOG2_E;
/// ln 2 to 32 binary digits, so that its product with an exponent is exact; and the rest.
const LN_2_HIGH: f64 = 0.693_147_180_369_123_8;
const LN_2_LOW: f64 = 1.908_214_929_270_587_7e-10;

/// A polynomial in `x`, coefficients from the constant upwards.
#[inline(always)]
pub(crate) fn polynomial<const N: usize>(x: f64, coefficients: [f64; N]) -> f64 {
    let mut sum = coefficients[N - 1];
    let mut i = N - 1;
    while i > 0 {
        i -= 1;
        sum = sum * x + coefficients[i];
    }
    sum
}

/// `e^x`, within 1 unit in the last place.
///
/// `+inf` above 709.78, 0 below -745.13, gradual underflow between -708.4 and -745.13 (within half
/// the smallest number there); never NaN unless `x` is.
#[inline(always)]
pub fn exp(x: f64) -> f64 {
    // (e^r - 1 - r) / r^2 for |r| <= ln(2) / 2.
    const TAIL: [f64; 11] = [
        0.5,
        0.166_666_666_666_666_7,
        0.041_666_666_666_666_67,
        0.008_333_333_333_326_112,
        0.001_388_888_888_888_373,
        0.000_198_412_698_749_012_6,
        2.480_158_732_560_532_4e-5,
        2.755_725_529_796_964_3e-6,
        2.755_727_357_010_214e-7,
        2.510_525_953_844_849_4e-8,
        2.091_471_734_171_637_8e-9,
    ];
    let x = if x > 710.0 { 710.0 } else { x };
    let x = if x < -746.0 { -746.0 } else { x };
    let k = (x * LOG2_E + ROUNDING) - ROUNDING;
    let r = (x - k * LN_2_HIGH) - k * LN_2_LOW;
    let value = 1.0 + (r + r * r * polynomial(r, TAIL));
    // 2^k as a product of two, so that the last powers on both ends come out right.
    let half = k * 0.5 + ROUNDING;
    let rest = (k - (half - ROUNDING)) + ROUNDING;
    value * power_of_two(half) * power_of_two(rest)
}

/// `2^k` for `shifted = k + ROUNDING`, `|k| < 1022`.
#[inline(always)]
fn power_of_two(shifted: f64) -> f64 {
    f64::from_bits(shifted.to_bits().wrapping_add(1023) << 52)
}

/// Natural logarithm, within 1 unit in the last place.
///
/// `-inf` at 0, `+inf` at `+inf`, NaN below 0; right for subnormal numbers too.
#[inline(always)]
pub fn ln(x: f64) -> f64 {
    let small = x < f64::MIN_POSITIVE;
    let scaled = if small { x * 18_014_398_509_481_984.0 } else { x };
    let shift = if small { 54.0 } else { 0.0 };
    let value = ln_scaled(scaled, shift);
    let value = if x == f64::INFINITY { x } else { value };
    let value = if x == 0.0 { f64::NEG_INFINITY } else { value };
    if x < 0.0 || x.is_nan() { f64::NAN } else { value }
}

/// [`ln`] of a positive, finite, normal number: what the kernel takes where it knows that.
#[inline(always)]
pub(crate) fn ln_positive(x: f64) -> f64 {
    ln_scaled(x, 0.0)
}

/// `ln(x / 2^shift)` for positive, finite, normal `x`.
#[inline(always)]
fn ln_scaled(x: f64, shift: f64) -> f64 {
    // (2 atanh(s) - 2 s) / s^3 in s^2, for m between sqrt(1/2) and sqrt(2), s = (m - 1) / (m + 1).
    const TAIL: [f64; 7] = [
        0.666_666_666_666_667,
        0.399_999_999_998_992,
        0.285_714_286_261_145_2,
        0.222_222_111_121_049_48,
        0.181_828_907_780_261_3,
        0.153_316_666_765_971_75,
        0.146_171_283_998_073,
    ];
    const ONE: u64 = 0x3FF0_0000_0000_0000;
    const SQRT_HALF: u64 = 0x3FE6_A09E_667F_3BCD;
    // x = 2^k m. The exponent is read through the bits of 2^52 + e, which every vector unit can do.
    let bits = x.to_bits().wrapping_add(ONE - SQRT_HALF);
    let k = f64::from_bits((bits >> 52) | 0x4330_0000_0000_0000) - (4_503_599_627_370_496.0 + 1023.0);
    let k = k - shift;
    let m = f64::from_bits((bits & 0x000F_FFFF_FFFF_FFFF) + SQRT_HALF);
    let f = m - 1.0;
    let s = f / (2.0 + f);
    let z = s * s;
    let half_square = 0.5 * f * f;
    // ln m = f - (f^2/2 - s (f^2/2 + R)): the large term f is exact, the rest is small beside it.
    let rest = s * (half_square + z * polynomial(z, TAIL)) + k * LN_2_LOW;
    k * LN_2_HIGH - ((half_square - rest) - f)
}

/// Sine and cosine of `turns` full turns, for `turns` between 0 and 1; absolute error below 2.3e-16.
#[inline(always)]
pub fn sin_cos_turns(turns: f64) -> (f64, f64) {
    const SIN: [f64; 7] = [
        std::f64::consts::TAU,
        -41.341_702_240_399_634,
        81.605_249_275_947_71,
        -76.705_859_704_177_09,
        42.058_685_006_799_02,
        -15.093_803_374_091_41,
        3.780_849_511_595_410_4,
    ];
    const COS: [f64; 7] = [
        -19.739_208_802_178_716,
        64.939_394_022_668_24,
        -85.456_817_206_643_68,
        60.244_641_352_663_7,
        -26.426_253_270_601_96,
        7.903_206_582_963_948,
        -1.699_026_748_776_578_9,
    ];
    // The nearest quarter turn, and what is left: exact, at most an eighth of a turn.
    let shifted = turns * 4.0 + ROUNDING;
    let quarter = shifted.to_bits();
    let t = turns - (shifted - ROUNDING) * 0.25;
    let q = t * t;
    let sin = t * polynomial(q, SIN);
    let cos = 1.0 + q * polynomial(q, COS);
    let odd = quarter & 1 == 1;
    let (a, b) = if odd { (cos, sin) } else { (sin, cos) };
    let sign_sin = (quarter & 2) << 62;
    let sign_cos = (quarter.wrapping_add(1) & 2) << 62;
    (f64::from_bits(a.to_bits() ^ sign_sin), f64::from_bits(b.to_bits() ^ sign_cos))
}

/// `1 / (1 + e^-x)`, within 2 units in the last place above -708, 0 below -709.78.
#[inline(always)]
pub fn logistic(x: f64) -> f64 {
    1.0 / (1.0 + exp(-x))
}

/// [`exp`] of every lane; as many as the shorter slice holds.
pub fn exp_lanes(x: &[f64], out: &mut [f64]) {
    simd(
        #[inline(always)]
        || out.iter_mut().zip(x).for_each(|(out, x)| *out = exp(*x)),
    );
}

/// [`exp`] of every lane, in place.
pub fn exp_in_place(x: &mut [f64]) {
    simd(
        #[inline(always)]
        || x.iter_mut().for_each(|x| *x = exp(*x)),
    );
}

/// [`ln`] of every lane; as many as the shorter slice holds.
pub fn ln_lanes(x: &[f64], out: &mut [f64]) {
    simd(
        #[inline(always)]
        || out.iter_mut().zip(x).for_each(|(out, x)| *out = ln(*x)),
    );
}

/// [`ln`] of every lane, in place.
pub fn ln_in_place(x: &mut [f64]) {
    simd(
        #[inline(always)]
        || x.iter_mut().for_each(|x| *x = ln(*x)),
    );
}

/// [`logistic`] of every lane; as many as the shorter slice holds.
pub fn logistic_lanes(x: &[f64], out: &mut [f64]) {
    simd(
        #[inline(always)]
        || out.iter_mut().zip(x).for_each(|(out, x)| *out = logistic(*x)),
    );
}

/// [`logistic`] of every lane, in place.
pub fn logistic_in_place(x: &mut [f64]) {
    simd(
        #[inline(always)]
        || x.iter_mut().for_each(|x| *x = logistic(*x)),
    );
}

/// [`sin_cos_turns`] of every lane; as many as the shortest slice holds.
pub fn sin_cos_turns_lanes(turns: &[f64], sin: &mut [f64], cos: &mut [f64]) {
    simd(
        #[inline(always)]
        || {
            for ((turns, sin), cos) in turns.iter().zip(sin).zip(cos) {
                (*sin, *cos) = sin_cos_turns(*turns);
            }
        },
    );
}

#[cfg(test)]
#[allow(
    clippy::excessive_precision,
    clippy::approx_constant,
    reason = "reference values with all their digits"
)]
mod tests {
    use super::super::at_every_level;
    use super::*;

    /// Distance in units of the last place of `b`.
    fn ulps(a: f64, b: f64) -> f64 {
        if a == b {
            return 0.0;
        }
        let unit = f64::from_bits(b.abs().to_bits() + 1) - b.abs();
        (a - b).abs() / unit
    }

    /// Points that fill an interval without a pattern (multiples of the golden ratio).
    fn points(low: f64, high: f64, count: usize) -> impl Iterator<Item = f64> {
        (0..count).map(move |i| low + (high - low) * (i as f64 * 0.618_033_988_749_894_9).fract())
    }

    #[test]
    fn exp_is_within_2_units_of_libm() {
        for x in points(-708.0, 709.7, 400_000).chain(points(-1.0, 1.0, 400_000)) {
            assert!(ulps(exp(x), libm::exp(x)) <= 2.0, "exp({x})");
        }
    }

    #[test]
    fn ln_is_within_2_units_of_libm() {
        let wide = points(-708.0, 709.7, 400_000).map(libm::exp);
        for x in wide.chain(points(0.3, 3.0, 400_000)) {
            assert!(ulps(ln(x), libm::log(x)) <= 2.0, "ln({x})");
        }
    }

    #[test]
    fn high_precision_values() {
        // Of the doubles nearest to the arguments, computed in 40 digits.
        let exps = [
            (1.0, 2.718_281_828_459_045_235_4),
            (-700.0, 9.859_676_543_759_770_856_7e-305),
            (700.0, 1.014_232_054_735_004_509_5e304),
            (0.1, 1.105_170_918_075_647_630_9),
        ];
        for (x, expected) in exps {
            assert!(ulps(exp(x), expected) <= 1.0, "exp({x})");
        }
        let lns = [
            (2.0, 0.693_147_180_559_945_309_42),
            (0.1, -2.302_585_092_994_045_628_5),
            (1e300, 690.775_527_898_213_705_26),
            (5e-324, -744.440_071_921_381_262_31),
        ];
        for (x, expected) in lns {
            assert!(ulps(ln(x), expected) <= 1.0, "ln({x})");
        }
    }

    #[test]
    fn ends_of_exp() {
        assert_eq!(exp(0.0), 1.0);
        assert_eq!(exp(-0.0), 1.0);
        assert_eq!(exp(f64::INFINITY), f64::INFINITY);
        assert_eq!(exp(f64::MAX), f64::INFINITY);
        assert_eq!(exp(709.79), f64::INFINITY);
        assert!(exp(709.78).is_finite());
        assert_eq!(exp(f64::NEG_INFINITY), 0.0);
        assert_eq!(exp(f64::MIN), 0.0);
        assert_eq!(exp(-745.14), 0.0);
        assert_eq!(exp(-745.0), 5e-324);
        assert_eq!(exp(f64::MIN_POSITIVE), 1.0);
        assert!(exp(f64::NAN).is_nan());
    }

    #[test]
    fn ends_of_ln() {
        assert_eq!(ln(1.0).to_bits(), 0);
        assert_eq!(ln(0.0), f64::NEG_INFINITY);
        assert_eq!(ln(-0.0), f64::NEG_INFINITY);
        assert_eq!(ln(f64::INFINITY), f64::INFINITY);
        assert!(ln(-1.0).is_nan());
        assert!(ln(f64::NAN).is_nan());
        // ln(2^-1022) and the largest number, 40 digits.
        assert_eq!(ln(f64::MIN_POSITIVE), -708.396_418_532_264_106_2);
        assert_eq!(ln(f64::MAX), 709.782_712_893_383_973_1);
    }

    #[test]
    fn sine_and_cosine_of_turns() {
        for turns in points(0.0, 1.0, 400_000) {
            let (sin, cos) = sin_cos_turns(turns);
            // The angle is brought to an eighth turn exactly before it is rounded by 2 pi.
            let quarter = (turns * 4.0).round();
            let angle = (turns - quarter * 0.25) * std::f64::consts::TAU;
            let (s, c) = (libm::sin(angle), libm::cos(angle));
            let (s, c) = [(s, c), (c, -s), (-s, -c), (-c, s)][quarter as usize % 4];
            assert!((sin - s).abs() < 2.3e-16 && (cos - c).abs() < 2.3e-16, "{turns}");
        }
        assert_eq!(sin_cos_turns(0.0), (0.0, 1.0));
        assert_eq!(sin_cos_turns(0.25), (1.0, 0.0));
        assert_eq!(sin_cos_turns(0.5), (0.0, -1.0));
        assert_eq!(sin_cos_turns(0.75), (-1.0, 0.0));
    }

    #[test]
    fn logistic_function() {
        assert_eq!(logistic(0.0), 0.5);
        assert_eq!(logistic(800.0), 1.0);
        assert_eq!(logistic(-800.0), 0.0);
        for x in points(-700.0, 700.0, 100_000) {
            let expected =
                if x < 0.0 { libm::exp(x) / (1.0 + libm::exp(x)) } else { 1.0 / (1.0 + libm::exp(-x)) };
            assert!(ulps(logistic(x), expected) <= 4.0, "{x}");
        }
    }

    #[test]
    fn lanes_have_the_bits_of_the_scalar_at_every_level() {
        // A length that is no multiple of any vector, with every kind of end among the values.
        let mut x: Vec<f64> = points(-760.0, 720.0, 1003).collect();
        x.extend([0.0, -0.0, f64::INFINITY, f64::NEG_INFINITY, 5e-324, f64::MAX, f64::MIN]);
        let positive: Vec<f64> = x.iter().map(|x| x.abs()).collect();
        let turns: Vec<f64> = points(0.0, 1.0, x.len()).collect();
        let bits = |x: &[f64]| x.iter().map(|x| x.to_bits()).collect::<Vec<_>>();
        let scalar = |f: fn(f64) -> f64, x: &[f64]| x.iter().map(|x| f(*x).to_bits()).collect::<Vec<_>>();
        let runs = at_every_level(|| {
            let mut out = [(); 5].map(|()| vec![0.0; x.len()]);
            let [a, b, c, sin, cos] = &mut out;
            exp_lanes(&x, a);
            ln_lanes(&positive, b);
            logistic_lanes(&x, c);
            sin_cos_turns_lanes(&turns, sin, cos);
            let mut in_place = [x.clone(), positive.clone(), x.clone()];
            exp_in_place(&mut in_place[0]);
            ln_in_place(&mut in_place[1]);
            logistic_in_place(&mut in_place[2]);
            for (lanes, in_place) in out.iter().zip(&in_place) {
                assert_eq!(bits(lanes), bits(in_place));
            }
            out.map(|lanes| bits(&lanes))
        });
        for [a, b, c, sin, cos] in runs {
            assert_eq!(a, scalar(exp, &x));
            assert_eq!(b, scalar(ln, &positive));
            assert_eq!(c, scalar(logistic, &x));
            assert_eq!(sin, scalar(|t| sin_cos_turns(t).0, &turns));
            assert_eq!(cos, scalar(|t| sin_cos_turns(t).1, &turns));
        }
    }
}
