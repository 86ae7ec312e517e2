//! Layer 1: points that are spread more evenly than chance does, by their number: Sobol points and Latin hypercubes.
//!
//! A coordinate of point i is a bitwise sum of *direction numbers*, those of the binary digits of i, and of a random shift: a
//! *digital* point. Both kinds are random in such a way that a single point is uniform, and that two points have exactly the law of the
//! classical construction, so every mean has its variance; but what is random is merged into the direction
//! numbers once, and a point costs a bitwise sum. All have 64 binary digits, though the number of a point has no more than
//! 32: the digits below are filled at random, so that the tails are right.
//!
//! **Sobol points under Owen's scrambling.** Direction numbers of Joe and Kuo (2008), Constructing Sobol' sequences with better two-dimensional
//! projections, SIAM J. Sci. Comput. 30(5), 2635-2654, for up to 1000 coordinates; the scrambling is Matoušek's random
//! linear one (1998, On the L2-discrepancy for anchored boxes, J. Complexity 14, 527-556). The digits of a coordinate become
//!
//! ```text
//! x' = L x + s   (mod 2),   L lower triangular, 1 on its diagonal, random below;   s random
//! ```
//!
//! Two points whose coordinates first differ in digit k agree in k - 1 random digits of x', differ in
//! the k-th and are independent in all that follow: the law of a pair under nested scrambling (Owen 1995, Randomly
//! permuted (t,m,s)-nets and (t,s)-sequences). The variance of the mean of a smooth function falls nearly as n^-3 (Owen
//! 1997, Ann. Statist. 25(4), 1541-1562).
//!
//! **Latin hypercubes** (McKay, Beckman and Conover 1979, Technometrics 21(2), 239-245): each coordinate of n = 2^m points has one of them in each of n equal
//! parts, at a random place, in an order of its own. The order is a random affine permutation of the m digits, x' = A i + s with A
//! drawn from all invertible matrices: any two points go to any two parts with the same probability, as under a permutation
//! drawn from all. For every function the variance of the mean is at most n/(n - 1) times that of random points
//! (Owen 1997, SIAM J. Numer. Anal. 34(5), 1884-1910).

use super::draw::{bits_at, open_unit_of};
use super::key::Key;
use crate::math::simd;
use sobol::params::JoeKuoD6;

/// The fourth word of the counter, see [`super::draw`].
const SCRAMBLE: u64 = 2;

/// Neighbouring points whose sums over the low digits of their numbers are formed once for all.
const RUN: usize = 64;

/// Binary digits of the numbers of neighbours.
const RUN_DIGITS: usize = RUN.trailing_zeros() as usize;

/// Some points, found by their number.
#[derive(Debug, Clone)]
pub(crate) struct Points {
    coordinates: Vec<Coordinate>,
}

#[derive(Debug, Clone)]
struct Coordinate {
    /// One a binary digit of the number of a point, least significant first.
    directions: Vec<u64>,
    shift: u64,
}

impl Points {
    /// The most coordinates of Sobol points.
    pub(crate) const SOBOL_COORDINATES: usize = 1000;

    /// The most binary digits of the number of a point.
    pub(crate) const DIGITS: u32 = 32;

    /// Sobol points of so many coordinates whose numbers have so many binary digits, not scrambled: the first is the origin.
    pub(crate) fn sobol(coordinates: usize, digits: u32) -> Self {
        let coordinates = coordinates.min(Self::SOBOL_COORDINATES);
        let params = if coordinates <= 100 { JoeKuoD6::minimal() } else { JoeKuoD6::standard() };
        let directions = sobol::Sobol::<u64>::init_direction_vals::<u32>(coordinates, held(digits), &params);
        let coordinate = |directions| Coordinate { directions, shift: 0 };
        Self { coordinates: directions.into_iter().map(coordinate).collect() }
    }

    /// The same points under the scrambling of a key.
    pub(crate) fn scrambled(&self, key: Key) -> Self {
        let coordinates = self.coordinates.iter().zip(0..);
        Self { coordinates: coordinates.map(|(plain, index)| plain.scrambled(key, index)).collect() }
    }

    /// `2^digits` points of so many coordinates, a Latin hypercube in the orders of a key.
    pub(crate) fn latin_hypercube(key: Key, coordinates: usize, digits: u32) -> Self {
        let coordinate = |index| Coordinate::permuted(key, index, held(digits));
        Self { coordinates: (0..coordinates as u32).map(coordinate).collect() }
    }

    /// One coordinate of the points `first`, `first + 1`, …, each in the open interval (0, 1). `first` is a multiple of 64.
    pub(crate) fn lanes(&self, coordinate: usize, first: u64, out: &mut [f64]) {
        let Coordinate { directions, shift } = &self.coordinates[coordinate];
        let (low, high) = directions.split_at(RUN_DIGITS);
        let mut run = [0_u64; RUN];
        for (digit, direction) in low.iter().enumerate() {
            let (known, next) = run[..2 << digit].split_at_mut(1 << digit);
            for (next, known) in next.iter_mut().zip(known) {
                *next = *known ^ direction;
            }
        }
        for (number, out) in (first / RUN as u64..).zip(out.chunks_mut(RUN)) {
            let of_digit =
                |(digit, direction): (usize, &u64)| direction & (number >> digit & 1).wrapping_neg();
            let base = high.iter().enumerate().map(of_digit).fold(*shift, |sum, direction| sum ^ direction);
            simd(
                #[inline(always)]
                || {
                    for (out, low) in out.iter_mut().zip(&run) {
                        *out = open_unit_of(base ^ low);
                    }
                },
            );
        }
    }
}

/// Digits within what is possible.
fn held(digits: u32) -> usize {
    digits.clamp(RUN_DIGITS as u32, Points::DIGITS) as usize
}

impl Coordinate {
    fn scrambled(&self, key: Key, index: u32) -> Self {
        // The columns of L: the diagonal, and below it whatever comes.
        let top = |k: usize| 1_u64 << (63 - k);
        let column = |k: usize| top(k) | (word(key, k as u64, index) & (top(k) - 1));
        let columns: Vec<u64> = (0..self.directions.len()).map(column).collect();
        let times = |direction: &u64| {
            let taken = columns.iter().enumerate().filter(|(k, _)| direction & top(*k) != 0);
            taken.fold(0, |sum, (_, column)| sum ^ column)
        };
        Self { directions: self.directions.iter().map(times).collect(), shift: word(key, u64::MAX, index) }
    }

    fn permuted(key: Key, index: u32, digits: usize) -> Self {
        let mut words = (0..).map(|k| word(key, k, index));
        // Each column is any that is no sum of those before it, in the digits that say which part: A is any invertible matrix.
        let (mut directions, mut basis) = (Vec::with_capacity(digits), Vec::<u64>::with_capacity(digits));
        while directions.len() < digits
            && let Some(column) = words.next()
        {
            let rest = basis.iter().fold(column >> (64 - digits), |rest: u64, b| rest.min(rest ^ b));
            if rest != 0 {
                basis.push(rest);
                directions.push(column);
            }
        }
        Self { directions, shift: word(key, u64::MAX, index) }
    }
}

/// A random word of 64 bits.
fn word(key: Key, which: u64, coordinate: u32) -> u64 {
    let [a, b, ..] = bits_at(key, which, coordinate, SCRAMBLE);
    a | (b << 32)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::math::at_every_level;

    fn key(replicate: u64) -> Key {
        Key::new(2030, "points", &replicate.to_string())
    }

    fn coordinate(points: &Points, which: usize, n: usize) -> Vec<f64> {
        let mut out = vec![0.0; n];
        points.lanes(which, 0, &mut out);
        out
    }

    /// The number of a point in the order of Gray's code, in which published sequences come.
    fn gray(i: usize) -> usize {
        i ^ (i >> 1)
    }

    #[test]
    fn unscrambled_points_are_those_published() {
        // The first points that Joe and Kuo's own program prints for three coordinates (web.maths.unsw.edu.au/~fkuo/sobol).
        let published = [
            [0.0, 0.0, 0.0],
            [0.5, 0.5, 0.5],
            [0.75, 0.25, 0.25],
            [0.25, 0.75, 0.75],
            [0.375, 0.375, 0.625],
            [0.875, 0.875, 0.125],
            [0.625, 0.125, 0.875],
            [0.125, 0.625, 0.375],
            [0.1875, 0.3125, 0.9375],
            [0.6875, 0.8125, 0.4375],
        ];
        let points = Points::sobol(1000, 12);
        let all: Vec<Vec<f64>> = (0..3).map(|c| coordinate(&points, c, 16)).collect();
        for (i, point) in published.iter().enumerate() {
            for (c, x) in point.iter().enumerate() {
                // Every coordinate is the middle of one of 2^52 parts.
                assert!((all[c][gray(i)] - x).abs() < f64::EPSILON, "{i} {c}");
            }
        }
        // scipy 1.16, qmc.Sobol(1000, scramble=False): points 1000 and 4095 in some coordinates.
        for (c, at_1000, at_4095) in [
            (1, 0.219_726_562_5, 0.000_244_140_625),
            (10, 0.069_335_937_5, 0.246_337_890_625),
            (100, 0.186_523_437_5, 0.962_646_484_375),
            (500, 0.254_882_812_5, 0.938_720_703_125),
            (1000, 0.200_195_312_5, 0.308_349_609_375),
        ] {
            let x = coordinate(&points, c - 1, 4096);
            assert!((x[gray(1000)] - at_1000).abs() < f64::EPSILON, "{c}");
            assert!((x[gray(4095)] - at_4095).abs() < f64::EPSILON, "{c}");
        }
    }

    #[test]
    fn points_have_their_place_by_number_far_out() {
        // From the digits of a number near 2^32, one by one.
        let points = Points::sobol(20, 32).scrambled(key(0));
        let first = (1_u64 << 32) - 640;
        let mut x = vec![0.0; 640];
        points.lanes(19, first, &mut x);
        let Coordinate { directions, shift } = &points.coordinates[19];
        for (i, x) in (first..).zip(&x) {
            let digits = (0..32).filter(|k| i >> k & 1 == 1);
            assert_eq!(*x, open_unit_of(digits.fold(*shift, |sum, k| sum ^ directions[k])));
        }
    }

    #[test]
    fn every_coordinate_has_one_point_in_each_of_n_parts() {
        for digits in [6, 9, 11] {
            let n = 1 << digits;
            let points = Points::sobol(1000, digits).scrambled(key(1));
            for c in (0..1000).step_by(7) {
                let mut seen = vec![0; n];
                for x in coordinate(&points, c, n) {
                    seen[(x * n as f64) as usize] += 1;
                }
                assert!(seen.iter().all(|count| *count == 1), "{digits} {c}");
            }
        }
    }

    /// The quality parameter t of the first 2^m points in two coordinates: the rows of their generator matrices are independent as
    /// long as there are no more than m - t of them.
    fn quality(points: &Points, pair: [usize; 2], m: usize) -> usize {
        // Row r of a coordinate as a number: digit r of every direction number.
        let row = |c: usize, r: usize| {
            let digits = points.coordinates[c].directions[..m].iter();
            digits.enumerate().fold(0_u64, |row, (k, v)| row | (v >> (63 - r) & 1) << k)
        };
        let independent = |rows: Vec<u64>| {
            let mut basis: Vec<u64> = Vec::new();
            rows.into_iter().all(|row| {
                let rest = basis.iter().fold(row, |rest, b| rest.min(rest ^ b));
                basis.push(rest);
                rest != 0
            })
        };
        let holds = |strength: usize| {
            (0..=strength).all(|a| {
                let rows = (0..a).map(|r| row(pair[0], r));
                independent(rows.chain((0..strength - a).map(|r| row(pair[1], r))).collect())
            })
        };
        (0..=m).find(|t| holds(m - t)).unwrap_or(m)
    }

    #[test]
    fn pairs_of_coordinates_are_nets() {
        let plain = Points::sobol(30, 10);
        let points = plain.scrambled(key(2));
        let mut perfect = 0;
        for m in [6, 8, 10] {
            let n = 1_usize << m;
            for pair in [[0, 1], [0, 2], [1, 2], [2, 4], [3, 7], [10, 29]] {
                let t = quality(&plain, pair, m);
                perfect += usize::from(t == 0);
                let [x, y] = pair.map(|c| coordinate(&points, c, n));
                // Every box of 2^(t - m) has 2^t points, whatever its shape.
                for a in 0..=m - t {
                    let b = m - t - a;
                    let mut seen = vec![0; 1 << (m - t)];
                    for (x, y) in x.iter().zip(&y) {
                        let place = |x: f64, digits: usize| (x * (1 << digits) as f64) as usize;
                        seen[(place(*x, a) << b) | place(*y, b)] += 1;
                    }
                    assert!(seen.iter().all(|count| *count == 1 << t), "{m} {pair:?} {t} {a}");
                }
            }
        }
        // The first two coordinates are a (0,m,2)-net for every m, and the test is no empty one.
        assert!((6..=10).all(|m| quality(&plain, [0, 1], m) == 0) && perfect >= 3, "{perfect}");
    }

    #[test]
    fn every_point_is_uniform_over_the_scramblings() {
        // One point of one coordinate under 4000 keys; 1.95 is exceeded with probability 0.001.
        let plain = Points::sobol(5, 6);
        let at = |point: usize| -> Vec<f64> {
            (0..4000).map(|r| coordinate(&plain.scrambled(key(r)), 4, 64)[point]).collect()
        };
        for point in [0, 1, 37] {
            assert!(crate::stats::empirical::kolmogorov_smirnov(&at(point), |x| x) < 1.95, "{point}");
        }
    }

    #[test]
    fn variance_is_that_of_nested_scrambling() {
        // The mean of x over n = 2^m points: each is uniform in a part of its own, independently for a pair, so the variance is
        // 1/(12 n^3). A digit of x' behind the m-th averages out unless its row of L is 0 in m places, so the error is rare and
        // large: its fourth moment is 0.6 n squared variances. 4 standard errors of the variance from R scramblings.
        let (n, scramblings) = (64, 30_000_u64);
        let plain = Points::sobol(2, 6);
        let mut squares = 0.0;
        for r in 0..scramblings {
            let x = coordinate(&plain.scrambled(Key::from_bits(r.wrapping_mul(0x9E37_79B9_7F4A_7C15))), 1, n);
            let error = x.iter().sum::<f64>() / n as f64 - 0.5;
            squares += error * error / scramblings as f64;
        }
        let ratio = squares * 12.0 * (n * n * n) as f64;
        let limit = 4.0 * (0.6 * n as f64 / scramblings as f64).sqrt();
        assert!((ratio - 1.0).abs() < limit, "{ratio} +- {limit}");
    }

    #[test]
    fn error_of_a_smooth_mean_falls_faster_than_of_random_points() {
        // exp(x + y/2 + z/4) in three coordinates: root mean square error over 50 scramblings, at n and at 16 n. Random points
        // gain a factor of 4; scrambled ones nearly 64.
        let error = |digits: u32| {
            let n = 1 << digits;
            let plain = Points::sobol(3, digits);
            let mean = |r: u64| {
                let points = plain.scrambled(key(r));
                let [x, y, z] = [0, 1, 2].map(|c| coordinate(&points, c, n));
                let f = |i: usize| libm::exp(x[i] + 0.5 * y[i] + 0.25 * z[i]);
                (0..n).map(f).sum::<f64>() / n as f64
            };
            let exact = libm::expm1(1.0) * 2.0 * libm::expm1(0.5) * 4.0 * libm::expm1(0.25);
            let square = |r: u64| (mean(r) - exact) * (mean(r) - exact);
            ((0..50).map(square).sum::<f64>() / 50.0).sqrt()
        };
        let (few, many) = (error(7), error(11));
        assert!(few / many > 16.0, "{few} {many}");
    }

    #[test]
    fn latin_hypercubes_have_one_point_in_each_of_n_parts_at_a_uniform_place() {
        let points = Points::latin_hypercube(key(2), 4, 12);
        for c in 0..4 {
            let mut x = coordinate(&points, c, 4096);
            assert!(x.windows(2).filter(|pair| pair[0] < pair[1]).count() < 2200, "an order of its own");
            x.sort_unstable_by(f64::total_cmp);
            let places: Vec<f64> = x.iter().enumerate().map(|(i, x)| x * 4096.0 - i as f64).collect();
            assert!(places.iter().all(|place| (0.0..1.0).contains(place)));
        }
        // The place of one point within its part under 4000 keys; 1.95 is exceeded with probability 0.001.
        let place = |r: u64| (coordinate(&Points::latin_hypercube(key(r), 2, 6), 1, 64)[9] * 64.0).fract();
        let places: Vec<f64> = (0..4000).map(place).collect();
        assert!(crate::stats::empirical::kolmogorov_smirnov(&places, |x| x) < 1.95);
    }

    #[test]
    fn any_two_points_of_a_latin_hypercube_go_to_any_two_parts() {
        // In 8 groups of the 64 parts, over 20 000 keys. 56/63 of all pairs of parts lie in different groups, each of the
        // 8 equal groups has 1/8 of the rest. 63 degrees of freedom: 63 + 4 sqrt(126) is 108.
        for (i, j) in [(0, 1), (3, 12), (40, 63)] {
            let mut seen = [[0.0; 8]; 8];
            for r in 0..20_000_u64 {
                let x = coordinate(&Points::latin_hypercube(key(r), 1, 6), 0, 64);
                seen[(x[i] * 8.0) as usize][(x[j] * 8.0) as usize] += 1.0;
            }
            let expected = |same: bool| 20_000.0 * if same { 7.0 / 63.0 / 8.0 } else { 8.0 / 63.0 / 8.0 };
            let off = |a: usize, b: usize| {
                let e = expected(a == b);
                (seen[a][b] - e) * (seen[a][b] - e) / e
            };
            let statistic: f64 = (0..64).map(|k| off(k / 8, k % 8)).sum();
            assert!(statistic < 108.0, "{i} {j}: {statistic}");
        }
    }

    #[test]
    fn a_latin_hypercube_takes_sums_and_leaves_products() {
        // Over 20 000 keys. The mean of x has the variance 1/(12 n^3), that of (x - 1/2)(y - 1/2) has n/(n - 1) times the 1/(144 n)
        // of random points less what the places within the parts take, at most 2/n of it. Both errors are rare and large (see
        // above): fourth moments of 0.6 n and of 0.36 n + 3 squared variances. 4 standard errors.
        let (n, keys) = (64.0_f64, 20_000_u64);
        let (mut of_sum, mut of_product) = (0.0, 0.0);
        for r in 0..keys {
            let points = Points::latin_hypercube(key(r), 2, 6);
            let [x, y] = [0, 1].map(|c| coordinate(&points, c, 64));
            let sum = x.iter().sum::<f64>() / n - 0.5;
            let product = x.iter().zip(&y).map(|(x, y)| (x - 0.5) * (y - 0.5)).sum::<f64>() / n;
            of_sum += sum * sum / keys as f64;
            of_product += product * product / keys as f64;
        }
        let limit = |kurtosis: f64| 4.0 * (kurtosis / keys as f64).sqrt();
        let (sum, product) = (of_sum * 12.0 * n * n * n, of_product * 144.0 * n);
        assert!((sum - 1.0).abs() < limit(0.6 * n), "{sum}");
        assert!((product - n / (n - 1.0)).abs() < limit(0.36 * n + 3.0) + 2.0 / n, "{product}");
    }

    #[test]
    fn same_bits_at_every_level() {
        let points = Points::sobol(3, 12).scrambled(key(3));
        let runs = at_every_level(|| coordinate(&points, 2, 4000));
        assert!(runs.windows(2).all(|pair| pair[0] == pair[1]));
    }
}
