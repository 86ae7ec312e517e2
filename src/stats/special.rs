//! Layer 1: incomplete gamma and beta functions and their inverses, accurate in both tails.
//!
//! Both tails are always returned together, each with its own relative accuracy, and quantiles take
//! both tail probabilities: the smaller one carries the digits. The leading factors are formed as Loader
//! (2000, Fast and accurate computation of binomial probabilities) does it, from deviances and errors
//! of Stirling's formula; differences of log-gammas of size 1e10 would lose ten digits.

use std::f64::consts::PI;

/// A probability from both sides: `lower + upper = 1`, each accurate where it is small.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Tails {
    /// P(X <= x).
    pub lower: f64,
    /// P(X > x).
    pub upper: f64,
}

impl Tails {
    /// From the lower side; the upper one is the difference to 1.
    pub fn from_lower(lower: f64) -> Self {
        Self { lower, upper: 1.0 - lower }
    }

    /// From the upper side; the lower one is the difference to 1.
    pub fn from_upper(upper: f64) -> Self {
        Self { lower: 1.0 - upper, upper }
    }

    /// The sides exchanged.
    #[must_use]
    pub fn swap(self) -> Self {
        Self { lower: self.upper, upper: self.lower }
    }
}

/// Terms of a series or continued fraction at most; those of shapes up to 1e8 need fewer.
const TERMS: usize = 200_000;
const TINY: f64 = 1e-300;
const LN_SQRT_2_PI: f64 = 0.918_938_533_204_672_8;

/// `ln Gamma(n + 1) - ((n + 1/2) ln n - n + ln sqrt(2 pi))` for `n > 0`.
fn stirling_error(n: f64) -> f64 {
    if n < 16.0 {
        return libm::lgamma(n + 1.0) - (n + 0.5) * libm::log(n) + n - LN_SQRT_2_PI;
    }
    let nn = n * n;
    let series = 1.0 / 1188.0 - 691.0 / 360_360.0 / nn;
    let series = 1.0 / 1680.0 - series / nn;
    let series = 1.0 / 1260.0 - series / nn;
    let series = 1.0 / 360.0 - series / nn;
    (1.0 / 12.0 - series / nn) / n
}

/// `x ln(x / m) + m - x >= 0` without cancellation near `x = m`; `ln_m` is the logarithm of `m`,
/// which may be too small to be written.
fn deviance(x: f64, m: f64, ln_m: f64) -> f64 {
    let d = x - m;
    if d.abs() < 0.1 * (x + m) {
        // With v = d / (x + m): ln(x/m) = 2 atanh(v).
        let v = d / (x + m);
        let mut sum = d * v;
        let mut power = 2.0 * x * v;
        for j in 1..1000 {
            power *= v * v;
            let next = sum + power / f64::from(2 * j + 1);
            if next == sum {
                break;
            }
            sum = next;
        }
        return sum;
    }
    x * (libm::log(x) - ln_m) + m - x
}

/// The logarithm of the density of `ln X` for a gamma law with shape `a` and scale 1: that of `x^a e^-x / Gamma(a)`.
pub fn ln_gamma_density(a: f64, ln_x: f64) -> f64 {
    0.5 * libm::log(a / (2.0 * PI)) - stirling_error(a) - deviance(a, libm::exp(ln_x), ln_x)
}

/// The regularised incomplete gamma functions P(a, x) and Q(a, x): the tails of a gamma law with shape
/// `a > 0` and scale 1. `x <= 0` counts as 0; a `x` that cannot be told from 0 is given by its logarithm to
/// [`gamma_tails_ln`].
pub fn gamma_tails(a: f64, x: f64) -> Tails {
    if x > 0.0 { gamma_tails_ln(a, libm::log(x)) } else { Tails::from_lower(0.0) }
}

/// [`gamma_tails`] at `x = e^ln_x`.
pub fn gamma_tails_ln(a: f64, ln_x: f64) -> Tails {
    let (tails, _) = gamma_parts(a, ln_x);
    tails
}

/// The tails, and the density of `ln X`, at `ln_x`.
fn gamma_parts(a: f64, ln_x: f64) -> (Tails, f64) {
    let x = libm::exp(ln_x);
    if x == f64::INFINITY {
        return (Tails::from_upper(0.0), 0.0);
    }
    let factor = libm::exp(ln_gamma_density(a, ln_x));
    let tails = if x < a + 1.0 {
        let (mut term, mut sum) = (1.0 / a, 1.0 / a);
        for k in 1..TERMS {
            term *= x / (a + k as f64);
            sum += term;
            if term < sum * 1e-17 {
                break;
            }
        }
        Tails::from_lower((factor * sum).min(1.0))
    } else {
        // Legendre's continued fraction by the method of Lentz.
        let mut b = x + 1.0 - a;
        let mut c = 1.0 / TINY;
        let mut d = 1.0 / b;
        let mut h = d;
        for k in 1..TERMS {
            let k = k as f64;
            let numerator = -k * (k - a);
            b += 2.0;
            d = 1.0 / away_from_zero(numerator * d + b);
            c = away_from_zero(b + numerator / c);
            h *= d * c;
            if (d * c - 1.0).abs() < 1e-16 {
                break;
            }
        }
        Tails::from_upper((factor * h).clamp(0.0, 1.0))
    };
    (tails, factor)
}

fn away_from_zero(x: f64) -> f64 {
    if x.abs() < TINY { TINY } else { x }
}

/// The regularised incomplete beta function I_x(a, b) and its complement: the tails of a beta law with shapes
/// `a, b > 0` at `x`; `y = 1 - x` is given beside `x` because it may be the accurate one.
pub fn beta_tails(a: f64, b: f64, x: f64, y: f64) -> Tails {
    if x <= 0.0 {
        return Tails::from_lower(0.0);
    }
    if y <= 0.0 {
        return Tails::from_upper(0.0);
    }
    let ln_x = if x < 0.5 { libm::log(x) } else { libm::log1p(-y) };
    let ln_y = if y < 0.5 { libm::log(y) } else { libm::log1p(-x) };
    beta_parts(a, b, [x, y], [ln_x, ln_y]).0
}

/// The logarithm of the beta function B(a, b) for `a, b > 0`, without differences of large log-gammas.
pub fn ln_beta(a: f64, b: f64) -> f64 {
    let n = a + b;
    let ln_share =
        |part: f64, other: f64| if part < other { libm::log(part / n) } else { libm::log1p(-other / n) };
    LN_SQRT_2_PI - 0.5 * libm::log(a / n * b)
        + a * ln_share(a, b)
        + b * ln_share(b, a)
        + stirling_error(a)
        + stirling_error(b)
        - stirling_error(n)
}

/// The logarithm of the density of the logit of X for a beta law: that of `x^a (1 - x)^b / B(a, b)`.
pub fn logit_beta_density(a: f64, b: f64, logit: f64) -> f64 {
    let (xy, ln_xy) = from_logit(logit);
    ln_beta_factor(a, b, xy, ln_xy)
}

fn ln_beta_factor(a: f64, b: f64, [x, y]: [f64; 2], [ln_x, ln_y]: [f64; 2]) -> f64 {
    let n = a + b;
    let ln_n = libm::log(n);
    0.5 * libm::log(a / n * b / (2.0 * PI)) + stirling_error(n)
        - stirling_error(a)
        - stirling_error(b)
        - deviance(a, n * x, ln_n + ln_x)
        - deviance(b, n * y, ln_n + ln_y)
}

/// `x` and `1 - x` for a logit, and their logarithms.
fn from_logit(logit: f64) -> ([f64; 2], [f64; 2]) {
    let small = libm::exp(-logit.abs());
    let ln_near = -libm::log1p(small);
    let (near, far) = (1.0 / (1.0 + small), small / (1.0 + small));
    let ln_far = ln_near - logit.abs();
    if logit < 0.0 { ([far, near], [ln_far, ln_near]) } else { ([near, far], [ln_near, ln_far]) }
}

/// The tails, and the density of the logit of X.
fn beta_parts(a: f64, b: f64, [x, y]: [f64; 2], ln_xy: [f64; 2]) -> (Tails, f64) {
    let n = a + b;
    let factor = libm::exp(ln_beta_factor(a, b, [x, y], ln_xy));
    // a - (a + b) x, from the smaller of x and y.
    let excess = if x < y { a - n * x } else { n * y - b };
    let tails = if excess >= 0.0 {
        Tails::from_lower((factor * beta_fraction(a, b, [x, y], excess)).clamp(0.0, 1.0))
    } else {
        Tails::from_upper((factor * beta_fraction(b, a, [y, x], -excess)).clamp(0.0, 1.0))
    };
    (tails, factor)
}

/// I_x(a, b) over its leading factor, for `excess = a - (a + b) x >= 0`: the continued fraction of Didonato and
/// Morris (1992, Algorithm 708, ACM TOMS 18(3), 360-373), which has no differences of nearly equal numbers even
/// where `a` is 1e10 and `x` nearly 1; evaluated by the method of Lentz.
fn beta_fraction(a: f64, b: f64, [x, y]: [f64; 2], excess: f64) -> f64 {
    let mut h = away_from_zero(a / (a + 1.0) * (excess + 1.0));
    let (mut c, mut d) = (h, 0.0);
    for n in 1..TERMS {
        let n = n as f64;
        let middle = a + 2.0 * n - 1.0;
        let share = n * (b - n) * x / middle;
        let above = share * x * (a + n - 1.0) * ((a + b + n - 1.0) / middle);
        let below = n + share + (a + n) / (middle + 2.0) * (excess + 1.0 + n * (1.0 + y));
        d = 1.0 / away_from_zero(below + above * d);
        c = away_from_zero(below + above / c);
        h *= c * d;
        if (c * d - 1.0).abs() < 1e-16 {
            break;
        }
    }
    1.0 / h
}

/// The logarithm of the quantile of a gamma law with shape `a > 0` and scale 1: its logarithm, because for
/// small shapes the quantile itself cannot be written. `-inf` and `+inf` at the ends.
pub fn ln_gamma_quantile(a: f64, p: Tails) -> f64 {
    if p.lower <= 0.0 {
        return f64::NEG_INFINITY;
    }
    if p.upper <= 0.0 {
        return f64::INFINITY;
    }
    // Below the bulk P(a, x) is nearly x^a / Gamma(a + 1); elsewhere Wilson and Hilferty's cube.
    let small = (libm::log(p.lower) + libm::lgamma(a + 1.0)) / a;
    let z = if p.lower < p.upper {
        super::normal::quantile(p.lower)
    } else {
        super::normal::upper_quantile(p.upper)
    };
    if a >= LARGE_SHAPE {
        return ln_gamma_quantile_large(a, z);
    }
    let cube = 1.0 - 1.0 / (9.0 * a) + z / (3.0 * a.sqrt());
    let start = if cube > 0.3 { libm::log(a) + 3.0 * libm::log(cube) } else { small };
    solve(start, p, |ln_x| gamma_parts(a, ln_x))
}

/// From this shape on the asymptotic inverse is better than 1e-8 of the standard deviation, and series get long.
const LARGE_SHAPE: f64 = 1e4;

/// [`ln_gamma_quantile`] for large shapes at a normal score of at most 40: Temme (1992), Asymptotic inversion of
/// incomplete gamma functions, Mathematics of Computation 58(198), 755-764, first order in 1/a, as series in eta.
fn ln_gamma_quantile_large(a: f64, z: f64) -> f64 {
    let eta = z / a.sqrt();
    let first = -1.0 / 3.0 + eta * (1.0 / 36.0 + eta * (1.0 / 1620.0 - eta * 7.0 / 6480.0));
    let eta = eta + first / a;
    // lambda = x / a with eta^2 / 2 = lambda - 1 - ln(lambda).
    let series = 1.0 / 36.0 + eta * (-1.0 / 270.0 + eta * (1.0 / 4320.0 + eta / 17010.0));
    let lambda_less_1 = eta * (1.0 + eta * (1.0 / 3.0 + eta * series));
    libm::log(a) + libm::log1p(lambda_less_1)
}

/// The logit of the quantile of a beta law with shapes `a, b > 0`: the quantile is `1 / (1 + e^-logit)`, and its
/// distance to 1 is `1 / (1 + e^logit)`. `-inf` and `+inf` at the ends.
pub fn logit_beta_quantile(a: f64, b: f64, p: Tails) -> f64 {
    if p.lower <= 0.0 {
        return f64::NEG_INFINITY;
    }
    if p.upper <= 0.0 {
        return f64::INFINITY;
    }
    // The logit of a beta law is near ln(a/b) with a spread of sqrt(1/a + 1/b).
    let ln_beta = libm::lgamma(a) + libm::lgamma(b) - libm::lgamma(a + b);
    let spread = (1.0 / a + 1.0 / b).sqrt();
    let start = if spread < 0.5 {
        let z = if p.lower < p.upper {
            super::normal::quantile(p.lower)
        } else {
            super::normal::upper_quantile(p.upper)
        };
        libm::log(a / b) + z * spread
    } else if p.lower < p.upper {
        ((libm::log(p.lower * a) + ln_beta) / a).min(0.0)
    } else {
        -((libm::log(p.upper * b) + ln_beta) / b).min(0.0)
    };
    solve(start, p, |logit| {
        let (xy, ln_xy) = from_logit(logit);
        beta_parts(a, b, xy, ln_xy)
    })
}

/// The `y` at which a law has the tails `p`, by Newton's method on the logarithm of the smaller tail
/// (concave for our laws), kept inside a bracket. `law` gives tails and density.
fn solve(start: f64, p: Tails, law: impl Fn(f64) -> (Tails, f64)) -> f64 {
    let by_lower = p.lower <= p.upper;
    let target = libm::log(if by_lower { p.lower } else { p.upper });
    let (mut below, mut above) = (f64::NEG_INFINITY, f64::INFINITY);
    let mut y = if start.is_finite() { start } else { 0.0 };
    let mut stride = 1.0;
    for _ in 0..500 {
        let (tails, density) = law(y);
        let tail = if by_lower { tails.lower } else { tails.upper };
        let distance = libm::log(tail) - target;
        if distance == 0.0 {
            return y;
        }
        if (distance < 0.0) == by_lower {
            below = y;
        } else {
            above = y;
        }
        let slope = if by_lower { density / tail } else { -density / tail };
        let mut next = y - distance / slope;
        if !(next > below && next < above && next.is_finite()) {
            next = match (below.is_finite(), above.is_finite()) {
                (true, true) => 0.5 * (below + above),
                (true, false) => y + stride,
                _ => y - stride,
            };
            stride *= 2.0;
        }
        if (next - y).abs() <= 4e-16 * y.abs().max(1e-3) || next == below || next == above {
            return next;
        }
        y = next;
    }
    y
}

/// Tails of Student's t law with `df > 0` at `t`.
pub fn student_tails(df: f64, t: f64) -> Tails {
    let square = t * t;
    let x = df / (df + square);
    let y = if square.is_finite() { square / (df + square) } else { 1.0 };
    // Both tails outside |t|: I_x(df/2, 1/2).
    let outside = beta_tails(0.5 * df, 0.5, x, y);
    let beyond = Tails { lower: 0.5 * outside.lower, upper: 0.5 + 0.5 * outside.upper };
    if t < 0.0 { beyond } else { beyond.swap() }
}

/// The logarithm of the density of Student's t law with `df > 0` at `t`, however far out.
pub fn student_ln_density(df: f64, t: f64) -> f64 {
    -ln_beta(0.5 * df, 0.5) - 0.5 * libm::log(df) - 0.5 * (df + 1.0) * student_ln_spread(df, t)
}

/// `ln(1 + t^2 / df)`, where the square may be too large to be written.
pub fn student_ln_spread(df: f64, t: f64) -> f64 {
    let ratio = t * (t / df);
    if ratio.is_finite() { libm::log1p(ratio) } else { 2.0 * libm::log(t.abs()) - libm::log(df) }
}

/// The quantile of Student's t law with `df > 0`: finite, at most 1e300 in size.
pub fn student_quantile(df: f64, p: Tails) -> f64 {
    let tail = p.lower.min(p.upper);
    // x = df / (df + t^2) has the law Beta(df/2, 1/2); t^2 = df (1 - x) / x = df e^-logit.
    let outside = Tails { lower: 2.0 * tail, upper: (p.lower - p.upper).abs() };
    let logit = logit_beta_quantile(0.5 * df, 0.5, outside);
    let size = libm::exp(0.5 * (libm::log(df) - logit)).min(1e300);
    if p.lower < p.upper { -size } else { size }
}

#[cfg(test)]
#[allow(clippy::excessive_precision, reason = "reference values with all their digits")]
mod tests;
