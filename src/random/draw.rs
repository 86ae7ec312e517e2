//! Layer 1: normals and uniforms by address, one number or a slice of neighbouring paths.

use super::key::Key;
use super::philox::philox4x32_10;
use crate::math::{polynomial, simd};

/// The fourth word of the counter keeps kinds of draws apart; streams have the top bit set.
const NORMAL: u64 = 0;
const UNIFORM: u64 = 1;

/// The 128 bits at an address.
#[inline(always)]
pub(super) fn bits_at(key: Key, path: u64, index: u32, kind: u64) -> [u64; 4] {
    let key = [key.bits() & 0xFFFF_FFFF, key.bits() >> 32];
    philox4x32_10([path & 0xFFFF_FFFF, path >> 32, u64::from(index), kind], key)
}

/// The middle of one of 2^52 equal parts of (0, 1), from two words of 32 bits: never 0, never 1.
#[inline(always)]
fn open_unit(low: u64, high: u64) -> f64 {
    open_unit_of(low | (high << 32))
}

/// The same of one word of 64 bits.
#[inline(always)]
pub(super) fn open_unit_of(word: u64) -> f64 {
    f64::from_bits((word >> 12) | ONE) - (1.0 - f64::EPSILON / 2.0)
}

/// Bits of the number 1.
const ONE: u64 = 0x3FF0_0000_0000_0000;

/// `sqrt(-2 ln u)` with u the middle of one of 2^40 equal parts of (0, 1), from the upper 40 bits.
#[inline(always)]
fn radius(bits: u64) -> f64 {
    // (-2 ln((1 + s) / (1 - s)) + 4 s) / s^3 in s^2, fitted at Chebyshev nodes: relative error of -2 ln u below 2e-11.
    const TAIL: [f64; 4] = [
        -1.333_333_331_089_941_8,
        -0.800_002_436_796_122_5,
        -0.571_016_416_319_213_3,
        -0.466_609_344_326_076_7,
    ];
    const SQRT_HALF: u64 = 0x3FE6_A09E_667F_3BCD;
    let u = f64::from_bits(((bits >> 12) & !0xFFF) | ONE) - (1.0 - f64::EPSILON * 2048.0);
    // u = 2^k m, sqrt(1/2) <= m < sqrt(2), as in [`crate::math::ln`].
    let bits = u.to_bits().wrapping_add(ONE - SQRT_HALF);
    let k = f64::from_bits((bits >> 52) | 0x4330_0000_0000_0000) - (4_503_599_627_370_496.0 + 1023.0);
    let m = f64::from_bits((bits & 0x000F_FFFF_FFFF_FFFF) + SQRT_HALF);
    let s = (m - 1.0) / (m + 1.0);
    let z = s * s;
    (s * (z * polynomial(z, TAIL) - 4.0) - k * (2.0 * std::f64::consts::LN_2)).sqrt()
}

/// A point on the unit circle, at one of 2^24 evenly spaced angles, from the lower 24 bits; within 3e-11.
#[inline(always)]
fn direction(bits: u64) -> (f64, f64) {
    // cos(pi x), and sin(pi x) / x, in x^2 for |x| < 1/2, fitted at Chebyshev nodes.
    const COS: [f64; 7] = [
        0.999_999_999_999_247_9,
        -4.934_802_200_249_85,
        4.058_712_107_537_437_5,
        -1.335_262_315_261_57,
        0.235_325_436_587_711_2,
        -0.025_776_316_427_315_86,
        0.001_839_989_493_726_907_3,
    ];
    const SIN: [f64; 6] = [
        3.141_592_653_536_132,
        -5.167_712_764_593,
        2.550_163_317_938_427,
        -0.599_252_186_531_583,
        0.082_050_350_201_472_47,
        -0.007_028_303_855_203_096,
    ];
    // 23 bits place it on the right half of the circle, the last one says whether it is turned to the left half.
    let x = f64::from_bits(((bits & 0x7F_FFFF) << 29) | ONE) - (1.5 - f64::EPSILON * 268_435_456.0);
    let turned = (bits << 40) & 0x8000_0000_0000_0000;
    let q = x * x;
    let (cos, sin) = (polynomial(q, COS), x * polynomial(q, SIN));
    (f64::from_bits(cos.to_bits() ^ turned), f64::from_bits(sin.to_bits() ^ turned))
}

/// Two independent standard normals from 64 random bits (Box and Muller 1958).
///
/// ```text
/// r = sqrt(-2 ln u),  z0 = r cos(2 pi v),  z1 = r sin(2 pi v),  |z| <= 7.54
/// ```
///
/// u has 40 bits, so that tails go on to where a path in 10^13 is, and v has 24: the law of `r cos(2 pi v)` is an average
/// over evenly spaced angles, the trapezoidal rule on a smooth periodic function, and differs from the normal law by
/// nothing that a double could show.
#[inline(always)]
fn pair(bits: u64) -> (f64, f64) {
    let (radius, (cos, sin)) = (radius(bits), direction(bits));
    (radius * cos, radius * sin)
}

/// Neighbouring paths whose normals are drawn together: path p has place p mod 512 in block p / 512.
pub const BLOCK: usize = 512;

/// A counter gives four normals, to paths that lie a quarter of a block apart.
const QUARTER: usize = BLOCK / 4;

/// The two words of 64 bits from which the normals of four paths come: of the places `place`, `place + 256`, and
/// `place + 128`, `place + 384`.
#[inline(always)]
fn words(key: Key, block: u64, place: u64, index: u32) -> [u64; 2] {
    let [a, b, c, d] = bits_at(key, block.wrapping_mul(QUARTER as u64).wrapping_add(place), index, NORMAL);
    [a | b << 32, c | d << 32]
}

/// One standard normal at an address: within 3e-10 of the exact transformation of its bits, and the same bits as in
/// [`normal_lanes`].
#[inline]
pub fn normal_at(key: Key, path: u64, index: u32) -> f64 {
    let (block, place) = (path / BLOCK as u64, path % BLOCK as u64);
    let (quarter, place) = (place / QUARTER as u64, place % QUARTER as u64);
    let [even, odd] = words(key, block, place, index);
    let (first, second) = pair(if quarter % 2 == 0 { even } else { odd });
    if quarter < 2 { first } else { second }
}

/// One standard normal for each of the paths `first_path`, `first_path + 1`, …, as [`normal_at`] gives it; whole
/// [`BLOCK`]s, from a multiple of 512 on, are drawn several times as fast as other paths.
pub fn normal_lanes(key: Key, first_path: u64, index: u32, z: &mut [f64]) {
    // Up to the next block, whole blocks, the rest.
    let before = (first_path.wrapping_neg() % BLOCK as u64).min(z.len() as u64) as usize;
    let (before, z) = z.split_at_mut(before);
    let mut path = first_path;
    for z in before {
        *z = normal_at(key, path, index);
        path = path.wrapping_add(1);
    }
    let (blocks, rest) = z.as_chunks_mut::<BLOCK>();
    for z in blocks {
        normal_block(key, path / BLOCK as u64, index, z);
        path = path.wrapping_add(BLOCK as u64);
    }
    for z in rest {
        *z = normal_at(key, path, index);
        path = path.wrapping_add(1);
    }
}

/// The normals of a whole block.
fn normal_block(key: Key, block: u64, index: u32, z: &mut [f64; BLOCK]) {
    let (first, second) = z.split_at_mut(2 * QUARTER);
    // Two short loops: a processor overlaps more turns of a short one, and the roots and quotients of one turn with
    // the polynomials of others.
    simd(
        #[inline(always)]
        || {
            let (even, odd) = first.split_at_mut(QUARTER);
            for (place, (even, odd)) in even.iter_mut().zip(odd).enumerate() {
                let [a, b] = words(key, block, place as u64, index);
                (*even, *odd) = (f64::from_bits(a), f64::from_bits(b));
            }
            for (first, second) in first.iter_mut().zip(second) {
                (*first, *second) = pair(first.to_bits());
            }
        },
    );
}

/// One uniform number in the open interval (0, 1) at an address.
#[inline(always)]
pub fn uniform_at(key: Key, path: u64, index: u32) -> f64 {
    let [a, b, _, _] = bits_at(key, path, index, UNIFORM);
    open_unit(a, b)
}

/// One uniform number in (0, 1) for each path, as [`uniform_at`] gives it.
pub fn uniform_lanes(key: Key, first_path: u64, index: u32, u: &mut [f64]) {
    simd(
        #[inline(always)]
        || {
            let mut path = first_path;
            for u in u {
                *u = uniform_at(key, path, index);
                path = path.wrapping_add(1);
            }
        },
    );
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::math::at_every_level;
    use crate::stats::empirical::kolmogorov_smirnov;
    use crate::stats::{Moments, normal};

    const N: usize = 1_000_000;

    fn key(name: &str) -> Key {
        Key::new(2026, "innovation", name)
    }

    fn normals(name: &str, first_path: u64, index: u32, n: usize) -> Vec<f64> {
        let mut z = vec![0.0; n];
        normal_lanes(key(name), first_path, index, &mut z);
        z
    }

    fn correlation(a: &[f64], b: &[f64]) -> f64 {
        let products: Vec<f64> = a.iter().zip(b).map(|(a, b)| a * b).collect();
        Moments::of(&products).mean().unwrap()
    }

    #[test]
    fn values_are_stable() {
        // A change is a change of every result: to renew them on purpose, take the values that the failing test prints
        // and announce it.
        let key = Key::from_bits(0x0123_4567_89ab_cdef);
        let found = [
            normal_at(key, 0, 0),
            normal_at(key, 256, 0),
            normal_at(key, 12_345_678_901, 1013),
            normal_at(key, u64::MAX, u32::MAX),
            uniform_at(key, 0, 0),
            uniform_at(key, 7, 3),
        ];
        let golden: [f64; 6] = [
            0.6642712726037282,
            0.2777040420678159,
            -1.006620101322224,
            -0.03076382773493074,
            0.9956595524717001,
            0.8129602615092816,
        ];
        assert_eq!(found.map(f64::to_bits), golden.map(f64::to_bits), "{found:?}");
    }

    #[test]
    fn normals_are_those_of_box_and_muller() {
        // By libm from the same bits, without the polynomials: ends of both scales, and a walk through the bits.
        let walk = (0..200_000_u64).map(|k| k.wrapping_mul(0x9E37_79B9_7F4A_7C15));
        for bits in walk.chain([0, u64::MAX, 0xFF_FFFF, !0xFF_FFFF, 0x80_0000, 0x7F_FFFF]) {
            let u = ((bits >> 24) as f64 + 0.5) / (1_u64 << 40) as f64;
            let half_turns = ((bits & 0x7F_FFFF) as f64 + 0.5) / (1_u64 << 23) as f64 - 0.5;
            let sign = if bits >> 23 & 1 == 1 { -1.0 } else { 1.0 };
            let radius = (-2.0 * libm::log(u)).sqrt() * sign;
            let angle = std::f64::consts::PI * half_turns;
            let (z0, z1) = pair(bits);
            assert!((z0 - radius * libm::cos(angle)).abs() < 3e-10, "{bits:x}: {z0}");
            assert!((z1 - radius * libm::sin(angle)).abs() < 3e-10, "{bits:x}: {z1}");
            assert!(z0.hypot(z1) < 7.54);
        }
    }

    #[test]
    fn ends_of_the_open_unit_interval() {
        assert_eq!(open_unit(0, 0), f64::EPSILON / 2.0);
        assert_eq!(open_unit(0xFFFF_FFFF, 0xFFFF_FFFF), 1.0 - f64::EPSILON / 2.0);
    }

    #[test]
    fn lanes_have_the_bits_of_the_scalar_at_every_level() {
        // Paths around 2^32, where the low word of the counter runs over; parts of blocks at both ends.
        let first = (1 << 34) - 700;
        let n = 2003;
        let runs = at_every_level(|| {
            let mut u = vec![0.0; n];
            uniform_lanes(key("a"), first, 9, &mut u);
            [normals("a", first, 9, n), u]
        });
        for [z, u] in runs {
            for i in 0..n {
                let path = first + i as u64;
                let scalar = [normal_at(key("a"), path, 9), uniform_at(key("a"), path, 9)];
                assert_eq!([z[i], u[i]].map(f64::to_bits), scalar.map(f64::to_bits), "{path}");
            }
        }
    }

    #[test]
    fn more_paths_keep_the_first_ones() {
        let (few, many) = (normals("a", 0, 0, 10), normals("a", 0, 0, 1500));
        assert_eq!(few, many[..10]);
        assert_eq!(normals("a", 100, 0, 1050), many[100..1150]);
    }

    #[test]
    fn moments_of_a_million_normals() {
        // Standard errors of the first four moments of n normals: 1, sqrt 2, sqrt 15, sqrt 96 over sqrt n.
        let z = normals("moments", 0, 1, N);
        for (power, expected, spread) in [(1, 0.0, 1.0), (2, 1.0, 2.0), (3, 0.0, 15.0), (4, 3.0, 96.0)] {
            let powers: Vec<f64> = z.iter().map(|z| z.powi(power)).collect();
            let mean = Moments::of(&powers).mean().unwrap();
            assert!((mean - expected).abs() < 4.0 * (spread / N as f64).sqrt(), "{power}: {mean}");
        }
    }

    #[test]
    fn distribution_of_a_million_normals_and_uniforms() {
        // 1.95 is exceeded with probability 0.001 (Kolmogorov's limit law, 2 exp(-2 x^2)); the seed is fixed.
        let z = normals("shape", 0, 1, N);
        assert!(kolmogorov_smirnov(&z, normal::cdf) < 1.95);
        let mut u = vec![0.0; N];
        uniform_lanes(key("shape"), 0, 1, &mut u);
        assert!(kolmogorov_smirnov(&u, |u| u) < 1.95);
        // And the test can fail: normals that are 1 % too wide.
        let wide: Vec<f64> = z.iter().map(|z| 1.01 * z).collect();
        assert!(kolmogorov_smirnov(&wide, normal::cdf) > 1.95);
    }

    #[test]
    fn neighbours_are_uncorrelated() {
        // The correlation of n independent pairs has the standard error 1/sqrt n; so has that of squares, over 2.
        let limit = 4.0 / (N as f64).sqrt();
        let z = normals("a", 0, 1013, N);
        let mut other_seed = vec![0.0; N];
        normal_lanes(Key::new(2027, "innovation", "a"), 0, 1013, &mut other_seed);
        let mut uniforms = vec![0.0; N];
        uniform_lanes(key("a"), 0, 1013, &mut uniforms);
        let scores: Vec<f64> = uniforms.iter().map(|u| normal::quantile(*u)).collect();
        let shifted = |by: usize| [&z[by..], &z[..by]].concat();
        let neighbours: [(&str, &[f64]); 7] = [
            ("years", &normals("a", 0, 1014, N)),
            ("names", &normals("b", 0, 1013, N)),
            ("seeds", &other_seed),
            ("paths", &shifted(1)),
            // Those that share a counter, and those that share a radius.
            ("paths a quarter of a block apart", &shifted(QUARTER)),
            ("paths half a block apart", &shifted(2 * QUARTER)),
            ("kinds", &scores),
        ];
        for (what, other) in neighbours {
            assert!(correlation(&z, other).abs() < limit, "{what}");
            let squares = |z: &[f64]| z.iter().map(|z| (z * z - 1.0) / 2.0_f64.sqrt()).collect::<Vec<_>>();
            assert!(correlation(&squares(&z), &squares(other)).abs() < limit, "{what}, squares");
        }
    }
}
