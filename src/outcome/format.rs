//! Numbers as readers see them: to the digit that their error supports, and no further.

use super::target::Probability;

/// A probability in per cent, to the digit that its Monte Carlo interval supports: `62.3 %`, `< 0.0004 %`
/// where it never happened, `> 99.9996 %` where it always did.
pub fn percent(probability: &Probability) -> String {
    let decimals = decimals(50.0 * (probability.high - probability.low));
    if probability.hits == 0 {
        return format!("< {} %", upwards(100.0 * probability.high));
    }
    if probability.hits == probability.paths {
        return format!("> {} %", 100.0 - upwards(100.0 * (1.0 - probability.low)).parse().unwrap_or(0.0));
    }
    format!("{:.decimals$} %", 100.0 * probability.estimate)
}

/// The Monte Carlo interval of a probability in per cent, a digit finer than the estimate: `62.21–62.40`.
pub fn interval(probability: &Probability) -> String {
    let decimals = decimals(50.0 * (probability.high - probability.low)) + 1;
    format!("{:.decimals$}–{:.decimals$}", 100.0 * probability.low, 100.0 * probability.high)
}

/// A share in per cent whose error is not known exactly, such as a spread: no decimals, except near 0 and 100.
pub fn rough_percent(share: f64) -> String {
    let percent = 100.0 * share;
    if percent > 0.0 && percent < 0.5 {
        "< 1 %".into()
    } else if percent < 100.0 && percent > 99.5 {
        "> 99 %".into()
    } else {
        format!("{percent:.0} %")
    }
}

/// A level or a measure, to about a fiftieth of the spread of what it belongs to (its 80 % band), and to six
/// digits at most. A spread of 0 leaves six digits.
pub fn level(value: f64, spread: f64) -> String {
    if !value.is_finite() {
        return "–".into();
    }
    let most = super::goal::plain(value, 6);
    if !(spread > 0.0) {
        return most;
    }
    // The spread's own two leading digits.
    let decimals = decimals(spread / 50.0).min(12);
    let rounded = format!("{value:.decimals$}");
    if most.len() < rounded.len() && !most.contains('e') { most } else { rounded }
}

/// A number with so many significant digits; `0.00…` is not shortened to a power of ten.
pub fn significant(value: f64, digits: usize) -> String {
    super::goal::plain(value, digits)
}

/// Decimals such that a unit of the last one is not smaller than an error.
fn decimals(error: f64) -> usize {
    if error > 0.0 && error.is_finite() {
        (-libm::floor(libm::log10(error))).clamp(0.0, 9.0) as usize
    } else {
        0
    }
}

/// Rounded up to one digit.
fn upwards(x: f64) -> String {
    if !(x > 0.0) {
        return "0".into();
    }
    let unit = libm::exp10(libm::floor(libm::log10(x)));
    let decimals = (-libm::floor(libm::log10(x))).clamp(0.0, 12.0) as usize;
    format!("{:.decimals$}", libm::ceil(x / unit) * unit)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn counted(hits: u64, paths: u64) -> Probability {
        Probability::counted(hits, paths, 0.95)
    }

    #[test]
    fn probabilities_have_the_digits_that_their_error_supports() {
        assert_eq!(percent(&counted(623_061, 1_000_000)), "62.31 %");
        assert_eq!(percent(&counted(623, 1_000)), "62 %");
        assert_eq!(percent(&counted(17, 1_000_000)), "0.0017 %");
        // Clopper-Pearson: no hit in a million is at most 3.7e-6 at 95 %, on both sides.
        assert_eq!(percent(&counted(0, 1_000_000)), "< 0.0004 %");
        assert_eq!(percent(&counted(1_000_000, 1_000_000)), "> 99.9996 %");
        assert_eq!(interval(&counted(623_061, 1_000_000)), "62.211–62.401");
    }

    #[test]
    fn levels_have_the_digits_that_their_spread_asks_for() {
        assert_eq!(level(7123.456, 800.0), "7123");
        assert_eq!(level(0.001_834_6, 0.0004), "0.001835");
        assert_eq!(level(65.0, 0.0), "65");
        assert_eq!(level(f64::NAN, 1.0), "–");
    }
}
