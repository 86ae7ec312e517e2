//! Layer 1: normals and uniforms by address, one number or a slice of neighbouring paths.

use super::key::Key;
use super::philox::philox4x32_10;
use crate::math::{ln_positive, simd, sin_cos_turns};

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
    let bits = (low | (high << 32)) >> 12;
    f64::from_bits(bits | 0x3FF0_0000_0000_0000) - (1.0 - f64::EPSILON / 2.0)
}

/// Two independent standard normals at an address; the same bits as the lanes of [`normal_pair_lanes`].
///
/// ```text
/// r = sqrt(-2 ln u1),  z0 = r cos(2 pi u2),  z1 = r sin(2 pi u2),  |z| <= 8.572
/// ```
#[inline(always)]
pub fn normal_pair_at(key: Key, path: u64, pair_index: u32) -> (f64, f64) {
    let [a, b, c, d] = bits_at(key, path, pair_index, NORMAL);
    let radius = (-2.0 * ln_positive(open_unit(a, b))).sqrt();
    let (sin, cos) = sin_cos_turns(open_unit(c, d));
    (radius * cos, radius * sin)
}

/// One standard normal at an address: the first of its pair.
#[inline(always)]
pub fn normal_at(key: Key, path: u64, index: u32) -> f64 {
    normal_pair_at(key, path, index).0
}

/// One uniform number in the open interval (0, 1) at an address.
#[inline(always)]
pub fn uniform_at(key: Key, path: u64, index: u32) -> f64 {
    let [a, b, _, _] = bits_at(key, path, index, UNIFORM);
    open_unit(a, b)
}

/// Paths that a step of [`normal_pair_lanes`] takes at a time, so that they stay in the nearest cache.
const CHUNK: usize = 128;

/// Two standard normals for each of the paths `first_path`, `first_path + 1`, …: by convention `z0`
/// for the even and `z1` for the odd year of the pair. As many paths as the shorter slice holds.
pub fn normal_pair_lanes(key: Key, first_path: u64, pair_index: u32, z0: &mut [f64], z1: &mut [f64]) {
    let paths = z0.len().min(z1.len());
    let (z0, z1) = (&mut z0[..paths], &mut z1[..paths]);
    // [`normal_pair_at`] in three short loops: a processor overlaps more turns of a short one.
    simd(
        #[inline(always)]
        || {
            let mut path = first_path;
            for (z0, z1) in z0.chunks_mut(CHUNK).zip(z1.chunks_mut(CHUNK)) {
                for (u1, u2) in z0.iter_mut().zip(&mut *z1) {
                    let [a, b, c, d] = bits_at(key, path, pair_index, NORMAL);
                    (*u1, *u2) = (open_unit(a, b), open_unit(c, d));
                    path = path.wrapping_add(1);
                }
                for radius in &mut *z0 {
                    *radius = (-2.0 * ln_positive(*radius)).sqrt();
                }
                for (z0, z1) in z0.iter_mut().zip(z1) {
                    let (sin, cos) = sin_cos_turns(*z1);
                    (*z0, *z1) = (*z0 * cos, *z0 * sin);
                }
            }
        },
    );
}

/// One standard normal for each path, as [`normal_at`] gives it: for draws made once per path.
pub fn normal_lanes(key: Key, first_path: u64, index: u32, z: &mut [f64]) {
    simd(
        #[inline(always)]
        || {
            let mut path = first_path;
            for z in z {
                *z = normal_at(key, path, index);
                path = path.wrapping_add(1);
            }
        },
    );
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

    fn pair(name: &str, first_path: u64, pair_index: u32, n: usize) -> [Vec<f64>; 2] {
        let mut z = [vec![0.0; n], vec![0.0; n]];
        let [z0, z1] = &mut z;
        normal_pair_lanes(key(name), first_path, pair_index, z0, z1);
        z
    }

    fn correlation(a: &[f64], b: &[f64]) -> f64 {
        let products: Vec<f64> = a.iter().zip(b).map(|(a, b)| a * b).collect();
        Moments::of(&products).mean().unwrap()
    }

    #[test]
    fn values_are_stable() {
        // They agree to the last digit with an independent computation in 40 digits. A change is a change of every
        // result: to renew them on purpose, take the values that the failing test prints and announce it.
        let key = Key::from_bits(0x0123_4567_89ab_cdef);
        let found = [
            normal_pair_at(key, 0, 0).0,
            normal_pair_at(key, 0, 0).1,
            normal_pair_at(key, 12_345_678_901, 1013).0,
            normal_pair_at(key, 12_345_678_901, 1013).1,
            normal_at(key, u64::MAX, u32::MAX),
            uniform_at(key, 0, 0),
            uniform_at(key, 7, 3),
        ];
        let golden: [f64; 7] = [
            -0.7134796508792693,
            0.09655385217538988,
            -0.09281486842312478,
            -1.158966423003926,
            1.3894799221151377,
            0.9956595524717001,
            0.8129602615092816,
        ];
        assert_eq!(found.map(f64::to_bits), golden.map(f64::to_bits), "{found:?}");
    }

    #[test]
    fn ends_of_the_open_unit_interval() {
        assert_eq!(open_unit(0, 0), f64::EPSILON / 2.0);
        assert_eq!(open_unit(0xFFFF_FFFF, 0xFFFF_FFFF), 1.0 - f64::EPSILON / 2.0);
        // The largest normal there can be, and the smallest radius.
        assert!((-2.0 * ln_positive(open_unit(0, 0))).sqrt() < 8.572);
        assert!((-2.0 * ln_positive(open_unit(0xFFFF_FFFF, 0xFFFF_FFFF))).sqrt() > 0.0);
    }

    #[test]
    fn lanes_have_the_bits_of_the_scalar_at_every_level() {
        // Paths around 2^32, where the low word of the counter runs over.
        let first = (1 << 32) - 300;
        let n = 1003;
        let runs = at_every_level(|| {
            let [z0, z1] = pair("a", first, 9, n);
            let (mut z, mut u) = (vec![0.0; n], vec![0.0; n]);
            normal_lanes(key("a"), first, 9, &mut z);
            uniform_lanes(key("a"), first, 9, &mut u);
            [z0, z1, z, u]
        });
        for [z0, z1, z, u] in runs {
            for i in 0..n {
                let path = first + i as u64;
                let (a, b) = normal_pair_at(key("a"), path, 9);
                assert_eq!(
                    [z0[i], z1[i], z[i], u[i]].map(f64::to_bits),
                    [a, b, normal_at(key("a"), path, 9), uniform_at(key("a"), path, 9)].map(f64::to_bits)
                );
                assert_eq!(a.to_bits(), z[i].to_bits());
            }
        }
    }

    #[test]
    fn more_paths_keep_the_first_ones() {
        let ([few, _], [many, _]) = (pair("a", 0, 0, 10), pair("a", 0, 0, 500));
        assert_eq!(few, many[..10]);
        let [later, _] = pair("a", 100, 0, 50);
        assert_eq!(later, many[100..150]);
    }

    #[test]
    fn moments_of_a_million_normals() {
        // Standard errors of the first four moments of n normals: 1, sqrt 2, sqrt 15, sqrt 96 over sqrt n.
        for z in pair("moments", 0, 1, N) {
            for (power, expected, spread) in [(1, 0.0, 1.0), (2, 1.0, 2.0), (3, 0.0, 15.0), (4, 3.0, 96.0)] {
                let powers: Vec<f64> = z.iter().map(|z| z.powi(power)).collect();
                let mean = Moments::of(&powers).mean().unwrap();
                assert!((mean - expected).abs() < 4.0 * (spread / N as f64).sqrt(), "{power}: {mean}");
            }
            assert!(z.iter().all(|z| z.abs() < 8.6));
        }
    }

    #[test]
    fn distribution_of_a_million_normals_and_uniforms() {
        // 1.95 is exceeded with probability 0.001 (Kolmogorov's limit law, 2 exp(-2 x^2)); the seed is fixed.
        for z in pair("shape", 0, 1, N) {
            assert!(kolmogorov_smirnov(&z, normal::cdf) < 1.95);
        }
        let mut u = vec![0.0; N];
        uniform_lanes(key("shape"), 0, 1, &mut u);
        assert!(kolmogorov_smirnov(&u, |u| u) < 1.95);
        // And the test can fail: normals that are 1 % too wide.
        let [wide, _] = pair("shape", 0, 1, N).map(|z| z.iter().map(|z| 1.01 * z).collect::<Vec<_>>());
        assert!(kolmogorov_smirnov(&wide, normal::cdf) > 1.95);
    }

    #[test]
    fn neighbours_are_uncorrelated() {
        // The correlation of n independent pairs has the standard error 1/sqrt n; so has that of squares, over 2.
        let limit = 4.0 / (N as f64).sqrt();
        let [even, odd] = pair("a", 0, 1013, N);
        let [next_even, _] = pair("a", 0, 1014, N);
        let [other, _] = pair("b", 0, 1013, N);
        let mut other_seed = vec![0.0; N];
        normal_lanes(Key::new(2027, "innovation", "a"), 0, 1013, &mut other_seed);
        let mut uniforms = vec![0.0; N];
        uniform_lanes(key("a"), 0, 1013, &mut uniforms);
        let scores: Vec<f64> = uniforms.iter().map(|u| normal::quantile(*u)).collect();
        let neighbours: [(&str, &[f64]); 6] = [
            ("years of a pair", &odd),
            ("years of two pairs", &next_even),
            ("names", &other),
            ("seeds", &other_seed),
            ("paths", &[&even[1..], &even[..1]].concat()),
            ("kinds", &scores),
        ];
        for (what, z) in neighbours {
            assert!(correlation(&even, z).abs() < limit, "{what}");
            let squares = |z: &[f64]| z.iter().map(|z| (z * z - 1.0) / 2.0_f64.sqrt()).collect::<Vec<_>>();
            assert!(correlation(&squares(&even), &squares(z)).abs() < limit, "{what}, squares");
        }
    }
}
