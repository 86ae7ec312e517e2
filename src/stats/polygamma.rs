//! Layer 1: the derivatives of the logarithm of the gamma function, and an inverse.
//!
//! ```text
//! digamma(x) = d/dx ln Gamma(x),   trigamma(x) = d/dx digamma(x)
//! ```
//!
//! For x > 0: brought above 10 by `psi(x) = psi(x + 1) - 1/x`, then by the asymptotic series (Abramowitz and Stegun
//! 1964, 6.3.5, 6.3.18, 6.4.6, 6.4.12); relative error about 1e-15, absolute where digamma is near its zero.

/// From here on the series is used.
const FAR: f64 = 10.0;

/// The digamma function for `x > 0`; NaN otherwise.
pub fn digamma(x: f64) -> f64 {
    if !(x > 0.0) {
        return f64::NAN;
    }
    let (mut x, mut below) = (x, 0.0);
    while x < FAR {
        below += 1.0 / x;
        x += 1.0;
    }
    let r = 1.0 / (x * x);
    // Bernoulli numbers over 2k: 1/12, -1/120, 1/252, -1/240, 1/132, -691/32760, 1/12.
    let tail = r
        * (1.0 / 12.0
            - r * (1.0 / 120.0
                - r * (1.0 / 252.0
                    - r * (1.0 / 240.0 - r * (1.0 / 132.0 - r * (691.0 / 32_760.0 - r / 12.0))))));
    libm::log(x) - 0.5 / x - tail - below
}

/// The trigamma function for `x > 0`; NaN otherwise.
pub fn trigamma(x: f64) -> f64 {
    if !(x > 0.0) {
        return f64::NAN;
    }
    let (mut x, mut below) = (x, 0.0);
    while x < FAR {
        below += 1.0 / (x * x);
        x += 1.0;
    }
    let r = 1.0 / (x * x);
    // Bernoulli numbers: 1/6, -1/30, 1/42, -1/30, 5/66, -691/2730, 7/6.
    let tail = r
        * (1.0 / 6.0
            - r * (1.0 / 30.0
                - r * (1.0 / 42.0
                    - r * (1.0 / 30.0 - r * (5.0 / 66.0 - r * (691.0 / 2730.0 - r * 7.0 / 6.0))))));
    below + (1.0 + 0.5 / x + tail) / x
}

/// The `x > 0` with `trigamma(x) = y`, for `y > 0`; NaN otherwise.
///
/// By halving an interval in the logarithm of x: trigamma falls without a turn, and lies between `1/x` and `1/x + 1/x^2`.
pub fn inverse_trigamma(y: f64) -> f64 {
    if !(y > 0.0 && y.is_finite()) {
        return f64::NAN;
    }
    // 1/x = y and 1/x + 1/x^2 = y.
    let (mut low, mut high) = (1.0 / y, 0.5 / y + (0.25 / (y * y) + 1.0 / y).sqrt());
    for _ in 0..200 {
        let middle = (low * high).sqrt();
        if !(low < middle && middle < high) {
            break;
        }
        if trigamma(middle) > y { low = middle } else { high = middle }
    }
    (low * high).sqrt()
}

#[cfg(test)]
#[allow(clippy::excessive_precision, reason = "reference values with all their digits")]
mod tests {
    use super::*;

    #[test]
    fn known_values() {
        // Closed forms: psi(1) = -gamma, psi(1/2) = -gamma - 2 ln 2, psi'(1) = pi^2/6, psi'(1/2) = pi^2/2; the others by
        // mpmath 1.3.0, mp.psi(0, x) and mp.psi(1, x) at 40 digits.
        let close = |a: f64, b: f64| (a - b).abs() < 4e-15 * b.abs().max(1.0);
        assert!(close(digamma(1.0), -0.577_215_664_901_532_861));
        assert!(close(digamma(0.5), -1.963_510_026_021_423_479));
        assert!(close(trigamma(1.0), std::f64::consts::PI.powi(2) / 6.0));
        assert!(close(trigamma(0.5), std::f64::consts::PI.powi(2) / 2.0));
        for (x, psi, psi1) in REFERENCE {
            assert!(close(digamma(x), psi), "{x}: {}", digamma(x));
            assert!(close(trigamma(x), psi1), "{x}: {}", trigamma(x));
        }
        assert!(digamma(0.0).is_nan() && trigamma(-1.0).is_nan() && inverse_trigamma(f64::NAN).is_nan());
    }

    const REFERENCE: [(f64, f64, f64); 4] = [
        (0.01, -100.560_885_457_868_672_4, 10_001.621_213_528_312_80),
        (3.5, 1.103_156_640_645_243_187, 0.330_357_756_100_234_865_0),
        (9.99, 2.250_700_372_831_201_122, 0.105_276_950_148_241_784_4),
        (250.0, 5.519_459_584_531_046_417, 0.004_008_010_666_632_533_723),
    ];

    #[test]
    fn the_inverse_inverts() {
        for exponent in -30..=30 {
            let x = libm::exp2(f64::from(exponent));
            let back = inverse_trigamma(trigamma(x));
            assert!((back / x - 1.0).abs() < 1e-13, "{x} came back as {back}");
        }
    }
}
