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

/// Two standard normals for each of the paths `first_path`, `first_path + 1`, …: by convention `z0`
/// for the even and `z1` for the odd year of the pair. As many paths as the shorter slice holds.
pub fn normal_pair_lanes(key: Key, first_path: u64, pair_index: u32, z0: &mut [f64], z1: &mut [f64]) {
    simd(
        #[inline(always)]
        || {
            let mut path = first_path;
            for (z0, z1) in z0.iter_mut().zip(z1) {
                (*z0, *z1) = normal_pair_at(key, path, pair_index);
                path = path.wrapping_add(1);
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
