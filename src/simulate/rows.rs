//! Rows of lanes: one value a path of a block, and the few loops over them that the kernel is made of.
//!
//! Every loop is plain and branch-free, so that it is compiled once per vector unit (see [`crate::math::simd`])
//! and gives the same bits on all of them.

use crate::math::simd;
use crate::model::Coefficient;

/// Paths of a block. Part of what a seed means: sums over paths are formed in blocks of this size.
pub const LANES: usize = crate::random::BLOCK;

/// One value a path of a block.
pub(crate) type Row = [f64; LANES];

/// Lanes that a sum over many rows takes at a time, so that it stays in registers.
pub(crate) const TILE: usize = 32;

/// A row of zeros.
pub(crate) const ZEROS: Row = [0.0; LANES];

/// A coefficient in one year: the same on all paths, or a row, or a row plus a number.
#[derive(Clone, Copy)]
pub(crate) enum View<'a> {
    Number(f64),
    Row(&'a Row),
    Shifted(f64, &'a Row),
}

/// A coefficient as it stands in a step (1 is the first year after the base year; 0 counts as 1).
pub(crate) fn view<'a>(coefficient: &Coefficient, parameters: &'a [Row], step: usize) -> View<'a> {
    let year = step.saturating_sub(1);
    match coefficient {
        Coefficient::Number(x) => View::Number(*x),
        Coefficient::Drawn(p) => View::Row(&parameters[*p]),
        Coefficient::Course(years) => View::Number(years[year]),
        Coefficient::Shifted(years, p) => View::Shifted(years[year], &parameters[*p]),
        Coefficient::Yearly(p) => View::Row(&parameters[p[year]]),
    }
}

/// out = coefficient.
pub(crate) fn set(out: &mut Row, coefficient: View<'_>) {
    match coefficient {
        View::Number(a) => out.fill(a),
        View::Row(a) => out.copy_from_slice(a),
        View::Shifted(b, a) => {
            out.copy_from_slice(a);
            add(out, View::Number(b));
        }
    }
}

/// out += coefficient.
pub(crate) fn add(out: &mut Row, coefficient: View<'_>) {
    match coefficient {
        View::Number(a) => each(out, move |y| y + a),
        View::Row(a) => zip(out, a, |y, a| y + a),
        View::Shifted(b, a) => zip(out, a, move |y, a| y + (b + a)),
    }
}

/// out += coefficient * x.
pub(crate) fn add_product(out: &mut Row, coefficient: View<'_>, x: &Row) {
    match coefficient {
        View::Number(a) => zip(out, x, move |y, x| y + a * x),
        View::Row(a) => zip2(out, a, x, |y, a, x| y + a * x),
        View::Shifted(b, a) => zip2(out, a, x, move |y, a, x| y + (b + a) * x),
    }
}

/// out *= coefficient.
pub(crate) fn multiply(out: &mut Row, coefficient: View<'_>) {
    match coefficient {
        View::Number(a) => each(out, move |y| y * a),
        View::Row(a) => zip(out, a, |y, a| y * a),
        View::Shifted(b, a) => zip(out, a, move |y, a| y * (b + a)),
    }
}

/// out = f(out), lane by lane. Here and below, what `f` captures is moved into it: behind a reference it could change with
/// every store for all that the compiler knows, and the loop would not be vectorised.
#[inline(always)]
pub(crate) fn each(out: &mut Row, f: impl Fn(f64) -> f64) {
    simd(
        #[inline(always)]
        move || {
            for y in out.iter_mut() {
                *y = f(*y);
            }
        },
    );
}

/// out = f(out, x), lane by lane.
#[inline(always)]
pub(crate) fn zip(out: &mut Row, x: &Row, f: impl Fn(f64, f64) -> f64) {
    simd(
        #[inline(always)]
        move || {
            for (y, x) in out.iter_mut().zip(x) {
                *y = f(*y, *x);
            }
        },
    );
}

/// out = f(out, a, x), lane by lane.
#[inline(always)]
pub(crate) fn zip2(out: &mut Row, a: &Row, x: &Row, f: impl Fn(f64, f64, f64) -> f64) {
    simd(
        #[inline(always)]
        move || {
            for ((y, a), x) in out.iter_mut().zip(a).zip(x) {
                *y = f(*y, *a, *x);
            }
        },
    );
}

/// Whether every lane is finite.
pub(crate) fn all_finite(row: &Row) -> bool {
    // x * 0 is 0 for a finite number and NaN otherwise; sums side by side keep the vector units busy.
    sum(row, |x| x * 0.0) == 0.0
}

/// The sum of f(x) over the lanes, in a fixed order.
#[inline(always)]
pub(crate) fn sum(lanes: &[f64], f: impl Fn(f64) -> f64) -> f64 {
    simd(
        #[inline(always)]
        || {
            let mut sums = [0.0; TILE];
            let (tiles, rest) = lanes.as_chunks::<TILE>();
            let add = |sums: &mut [f64; TILE], lanes: &[f64]| {
                for (sum, x) in sums.iter_mut().zip(lanes) {
                    *sum += f(*x);
                }
            };
            for tile in tiles {
                add(&mut sums, tile);
            }
            add(&mut sums, rest);
            sums.iter().sum()
        },
    )
}

/// The sum of the products of two rows, in a fixed order.
pub(crate) fn dot(a: &Row, b: &Row) -> f64 {
    simd(
        #[inline(always)]
        || {
            let mut sums = [0.0; TILE];
            for (a, b) in a.as_chunks::<TILE>().0.iter().zip(b.as_chunks::<TILE>().0) {
                for ((sum, a), b) in sums.iter_mut().zip(a).zip(b) {
                    *sum += a * b;
                }
            }
            sums.iter().sum()
        },
    )
}

/// A bit a path of a block.
pub(crate) type Bits = [u64; LANES / 64];

/// The lanes on which a condition holds.
#[inline(always)]
pub(crate) fn bits(row: &Row, holds: impl Fn(f64) -> bool) -> Bits {
    let mut words = [0; LANES / 64];
    simd(
        #[inline(always)]
        || {
            for (word, lanes) in words.iter_mut().zip(row.as_chunks::<64>().0) {
                let mut bits = 0;
                for (k, x) in lanes.iter().enumerate() {
                    bits |= u64::from(holds(*x)) << k;
                }
                *word = bits;
            }
        },
    );
    words
}

/// The first `count` lanes.
pub(crate) fn first_lanes(count: usize) -> Bits {
    std::array::from_fn(|word| match count.saturating_sub(64 * word) {
        0 => 0,
        n if n >= 64 => u64::MAX,
        n => (1 << n) - 1,
    })
}

/// Lanes in both.
#[inline(always)]
pub(crate) fn and(a: &Bits, b: &Bits) -> Bits {
    std::array::from_fn(|k| a[k] & b[k])
}

/// Whether the bit of a lane is set.
#[inline(always)]
pub(crate) fn is_set(bits: &Bits, lane: usize) -> bool {
    bits[lane / 64] >> (lane % 64) & 1 == 1
}

/// How many lanes.
#[inline(always)]
pub(crate) fn count(bits: &[u64]) -> u64 {
    bits.iter().map(|word| u64::from(word.count_ones())).sum()
}
