//! Numbers as they are printed: with the digits that their error supports, and no more.
//!
//! Layer 5. Tables, charts and reports print through these, so that one number looks the same everywhere.

use super::{Difference, Probability};
use crate::label::Language;

/// The most digits after the point that anything is printed with.
const MOST: i32 = 9;

/// A probability in per cent: its last digit stands for at least a quarter of the interval of its Monte Carlo
/// error, and it has at least one digit that is not zero (nor nine, close to certainty). Without a hit it
/// is the upper end of the interval, without a miss the lower one; without paths a dash.
///
/// ```
/// use plancast::label::Language;
/// use plancast::outcome::{Probability, format};
///
/// let shown = |hits, paths| format::percent(&Probability::counted(hits, paths, 0.95), Language::En);
/// assert_eq!(shown(62_345, 100_000), "62 %");
/// assert_eq!(shown(6_231_000, 10_000_000), "62.3 %");
/// assert_eq!(shown(3, 1_000_000), "0.0003 %");
/// assert_eq!(shown(0, 1_000_000), "< 0.0004 %");
/// ```
pub fn percent(probability: &Probability, language: Language) -> String {
    let Probability { hits, paths, low, high, .. } = *probability;
    match () {
        () if paths == 0 => "–".into(),
        () if hits == 0 => format!("< {}", with_sign(&bound_above(100.0 * high), language)),
        () if hits >= paths => {
            let above = bound_above(100.0 * (1.0 - low));
            let decimals = above.split_once('.').map_or(0, |(_, digits)| digits.len());
            let missing: f64 = above.parse().unwrap_or(0.0);
            format!("> {}", with_sign(&number((100.0 - missing).max(0.0), decimals), language))
        }
        () => with_sign(&digits(probability), language),
    }
}

/// The digits of [`percent`] where something was both met and missed.
pub(crate) fn digits(probability: &Probability) -> String {
    number(100.0 * probability.estimate, decimals(probability, 0))
}

/// The ends of the interval of the Monte Carlo error in per cent, without the sign: `61.9–62.1`; one digit more
/// than [`percent`].
pub fn interval(probability: &Probability) -> String {
    let decimals = decimals(probability, 1);
    // An end that rounds to 0 or 100 is said so, without decimals that it has not.
    let end = |share: f64| {
        let digits = number(100.0 * share, decimals);
        match digits.parse() {
            Ok(0.0) => "0".into(),
            Ok(100.0) => "100".into(),
            _ => digits,
        }
    };
    format!("{}–{}", end(probability.low), end(probability.high))
}

/// The probability and its interval: `62 % (61.9–62.1)`; without hits or misses the bound alone.
pub fn percent_with_interval(probability: &Probability, language: Language) -> String {
    let middle = percent(probability, language);
    if probability.hits == 0 || probability.hits >= probability.paths {
        return middle;
    }
    match language {
        Language::En => format!("{middle} ({})", interval(probability)),
        Language::Zh => format!("{middle}（{}）", interval(probability)),
    }
}

/// A difference of probabilities in percentage points, with its sign and the digits that its interval supports, as in [`percent`]:
/// `+3.2`, `−0.05`; `0` where there is none for a reason that is known.
///
/// ```
/// use plancast::outcome::{Difference, format};
/// assert_eq!(format::points(&Difference::counted(10, 13_800, 200_000, 0.95)), "−6.9");
/// assert_eq!(format::points_interval(&Difference::counted(10, 13_800, 200_000, 0.95)), "−7.01…−6.78");
/// assert_eq!(format::points(&Difference::none(200_000)), "0");
/// ```
pub fn points(difference: &Difference) -> String {
    signed(100.0 * difference.estimate, point_decimals(difference, 0))
}

/// The ends of the interval of a difference in percentage points, one digit more than [`points`].
pub fn points_interval(difference: &Difference) -> String {
    let decimals = point_decimals(difference, 1);
    format!("{}…{}", signed(100.0 * difference.low, decimals), signed(100.0 * difference.high, decimals))
}

/// As [`decimals`]; a difference whose interval tells its sign has a digit that is not zero.
fn point_decimals(difference: &Difference, more: i32) -> usize {
    let quarter = 25.0 * (difference.high - difference.low);
    let supported =
        if quarter > 0.0 { libm::floor(f64::from(more) - libm::log10(quarter) + 1e-9) as i32 } else { 0 };
    let size = 100.0 * difference.estimate.abs();
    let needed =
        if size > 0.0 && size < 1.0 && !difference.may_be_none() { more - exponent(size) } else { 0 };
    within(supported.max(needed), difference.estimate, (difference.low, difference.high))
}

/// So many digits after the point of a share in per cent, or one more where it would be rounded out of its own interval as that is printed,
/// with one digit more.
fn within(decimals: i32, share: f64, (low, high): (f64, f64)) -> usize {
    let decimals = decimals.clamp(0, MOST);
    let ten = libm::exp10(f64::from(decimals));
    let printed = libm::round(100.0 * share * ten) * 10.0;
    let end = |share: f64| libm::round(1000.0 * share * ten);
    let is_out = printed < end(low) || printed > end(high);
    (decimals + i32::from(is_out)).min(MOST) as usize
}

/// A number with its sign; what is printed as 0 has none.
pub(crate) fn signed(value: f64, decimals: usize) -> String {
    let digits = number(value, decimals);
    let some = digits.bytes().any(|b| matches!(b, b'1'..=b'9'));
    if value > 0.0 && some { format!("+{digits}") } else { digits }
}

/// A share that carries no interval, with two digits that are not zero (nor nine, close to 1).
///
/// ```
/// use plancast::{label::Language, outcome::format};
/// assert_eq!(format::rough(0.000_012_3, Language::En), "0.0012 %");
/// assert_eq!(format::rough(0.734, Language::Zh), "73%");
/// ```
pub fn rough(value: f64, language: Language) -> String {
    let rest = 100.0 * value.min(1.0 - value);
    if rest <= 0.0 {
        return share(value, 0, language);
    }
    if rest < 1e-7 {
        let sign = if value < 0.5 { "< 0.0000001" } else { "> 99.9999999" };
        return with_sign(sign, language);
    }
    share(value, (1 - exponent(rest)).clamp(0, MOST) as usize, language)
}

/// A share that is known to a point or so, such as the spread of a probability: whole points.
///
/// ```
/// use plancast::{label::Language, outcome::format};
/// assert_eq!(format::coarse(0.124, Language::En), "12 %");
/// assert_eq!(format::coarse(0.003, Language::En), "< 1 %");
/// ```
pub fn coarse(value: f64, language: Language) -> String {
    match 100.0 * value {
        x if x < 0.5 => with_sign("< 1", language),
        x if x > 99.5 => with_sign("> 99", language),
        x => with_sign(&number(x, 0), language),
    }
}

/// A level, rounded to a power of ten that is at most a fifth of its spread (a standard deviation, half a
/// band), so that rounding is not seen; without a spread six digits.
///
/// ```
/// use plancast::outcome::format;
/// assert_eq!(format::level(4.0513, 0.21), "4.05");
/// assert_eq!(format::level(56_789.0, 1_234.0), "56,800");
/// assert_eq!(format::level(3.1, 0.0), "3.1");
/// ```
pub fn level(value: f64, spread: f64) -> String {
    if !value.is_finite() {
        return "–".into();
    }
    if spread > 0.0 && spread.is_finite() {
        let place = exponent(spread / 5.0);
        if place <= 0 {
            return number(value, (-place).min(12) as usize);
        }
        let ten = libm::exp10(f64::from(place));
        return number((value / ten).round() * ten, 0);
    }
    let decimals = if value == 0.0 { 0 } else { (5 - exponent(value.abs())).clamp(0, 12) as usize };
    let text = number(value, decimals);
    if text.contains('.') { text.trim_end_matches('0').trim_end_matches('.').into() } else { text }
}

/// A share in per cent with given decimals: `73 %` in English, `73%` in Chinese.
pub fn share(value: f64, decimals: usize, language: Language) -> String {
    with_sign(&number(100.0 * value, decimals), language)
}

/// A whole number with its thousands set apart: `1,000,000`.
pub fn count(n: u64) -> String {
    group(&n.to_string())
}

/// A number with `decimals` digits after the point, thousands set apart by commas, and a true minus.
/// What rounds to zero is printed without a minus.
pub fn number(value: f64, decimals: usize) -> String {
    let digits = format!("{:.decimals$}", value.abs());
    let zero = digits.bytes().all(|b| matches!(b, b'0' | b'.'));
    let (whole, rest) = digits.split_at(digits.find('.').unwrap_or(digits.len()));
    let sign = if value < 0.0 && !zero { "−" } else { "" };
    format!("{sign}{}{rest}", group(whole))
}

/// Sets the thousands of a row of digits apart.
fn group(digits: &str) -> String {
    let mut out = String::with_capacity(digits.len() * 4 / 3);
    for (i, digit) in digits.chars().enumerate() {
        if i > 0 && (digits.len() - i).is_multiple_of(3) && digit.is_ascii_digit() {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

fn with_sign(digits: &str, language: Language) -> String {
    match language {
        Language::En => format!("{digits} %"),
        Language::Zh => format!("{digits}%"),
    }
}

/// Digits after the point of a probability in per cent: so many that the last one is at least a quarter of the
/// interval, and `more`; but enough for one digit of the rarer of hit and miss.
fn decimals(probability: &Probability, more: i32) -> usize {
    let quarter = 25.0 * (probability.high - probability.low);
    let rest = 100.0 * probability.estimate.min(1.0 - probability.estimate);
    let supported =
        if quarter > 0.0 { libm::floor(f64::from(more) - libm::log10(quarter) + 1e-9) as i32 } else { 0 };
    let needed = if rest > 0.0 && rest < 1.0 { more - exponent(rest) } else { 0 };
    within(supported.max(needed), probability.estimate, (probability.low, probability.high))
}

/// The power of ten of the first digit of a positive number.
fn exponent(x: f64) -> i32 {
    libm::floor(libm::log10(x) + 1e-12) as i32
}

/// A positive number rounded up to one digit, without grouping.
fn bound_above(x: f64) -> String {
    if !(x > 0.0 && x.is_finite()) {
        return "0".into();
    }
    let place = exponent(x).clamp(-MOST, 2);
    let ten = libm::exp10(f64::from(place.abs()));
    let digit = (if place < 0 { x * ten } else { x / ten } - 1e-9).ceil();
    let value = if place < 0 { digit / ten } else { digit * ten };
    let decimals = if digit >= 10.0 { -place - 1 } else { -place };
    format!("{value:.*}", decimals.max(0) as usize)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn p(hits: u64, paths: u64) -> Probability {
        Probability::counted(hits, paths, 0.95)
    }

    #[test]
    fn a_probability_has_the_digits_that_its_interval_supports() {
        // Half-widths of the normal interval at 0.62: 9.5, 0.95, 0.30, 0.095, 0.030, 0.0095 points.
        for (paths, shown, with) in [
            (100, "62 %", "62 % (52–72)"),
            (10_000, "62 %", "62 % (61.0–62.9)"),
            (100_000, "62 %", "62 % (61.7–62.3)"),
            (1_000_000, "62.0 %", "62.0 % (61.90–62.10)"),
            (10_000_000, "62.0 %", "62.0 % (61.97–62.03)"),
            (100_000_000, "62.00 %", "62.00 % (61.990–62.010)"),
        ] {
            let probability = p(paths / 100 * 62, paths);
            assert_eq!(percent(&probability, Language::En), shown, "{paths}");
            assert_eq!(percent_with_interval(&probability, Language::En), with, "{paths}");
        }
    }

    #[test]
    fn no_estimate_is_rounded_out_of_its_printed_interval() {
        assert_eq!(percent_with_interval(&p(62_345, 100_000), Language::En), "62 % (62.0–62.6)");
        // 61 would lie below 61.2.
        assert_eq!(percent_with_interval(&p(61_460, 100_000), Language::En), "61.5 % (61.2–61.8)");
        let difference = Difference::counted(318, 65, 10_000, 0.95);
        assert_eq!(
            (points(&difference).as_str(), points_interval(&difference).as_str()),
            ("+2.5", "+2.2…+2.9")
        );
        let difference = Difference::counted(300, 100, 10_000, 0.95);
        assert_eq!(
            (points(&difference).as_str(), points_interval(&difference).as_str()),
            ("+2", "+1.6…+2.4")
        );
    }

    #[test]
    fn rare_and_nearly_certain_events_are_never_zero_or_a_hundred() {
        let en = |hits, paths| percent(&p(hits, paths), Language::En);
        assert_eq!(en(3, 1_000_000), "0.0003 %");
        assert_eq!(en(999_997, 1_000_000), "99.9997 %");
        assert_eq!(en(1, 200), "0.5 %");
        assert_eq!(en(199, 200), "99.5 %");
        assert_eq!(interval(&p(3, 1_000_000)), "0.00006–0.00088");
        assert_eq!(interval(&p(0, 1000)), "0–0.37");
        assert_eq!(interval(&p(9_999, 10_000)), "99.944–100");
    }

    #[test]
    fn no_hit_is_an_upper_bound_and_no_miss_a_lower_one() {
        let en = |hits, paths| percent(&p(hits, paths), Language::En);
        // The exact upper ends are 1 - 0.025^(1/n): 3.6889e-6 for a million, 3.68e-3 for a thousand.
        assert_eq!(en(0, 1_000_000), "< 0.0004 %");
        assert_eq!(en(1_000_000, 1_000_000), "> 99.9996 %");
        assert_eq!(en(0, 1000), "< 0.4 %");
        assert_eq!(en(1000, 1000), "> 99.6 %");
        // One path: 97.5 %, upwards to one digit.
        assert_eq!(en(0, 1), "< 100 %");
        assert_eq!(en(1, 1), "> 0 %");
        assert_eq!(percent_with_interval(&p(0, 1000), Language::Zh), "< 0.4%");
        assert_eq!(percent(&p(0, 0), Language::En), "–");
    }

    #[test]
    fn levels_are_rounded_below_what_their_spread_hides() {
        assert_eq!(level(-0.0123, 0.02), "−0.012");
        assert_eq!(level(5615.3, 310.0), "5,620");
        assert_eq!(level(0.001_812, 0.000_3), "0.00181");
        assert_eq!(level(-0.4, 1e9), "0");
        assert_eq!(level(1_234_567.0, 0.0), "1,234,567");
        assert_eq!(level(0.0, 0.0), "0");
        assert_eq!(level(f64::NAN, 1.0), "–");
        assert_eq!(level(4000.0, 0.0), "4,000");
        assert_eq!(level(-17.000_000_000_000_004, 0.0), "−17");
        assert_eq!(level(0.0018, 0.0), "0.0018");
        assert_eq!(level(26.0526, 1.35), "26.1");
    }

    #[test]
    fn differences_have_the_digits_that_their_interval_supports() {
        let shown = |gained, lost, paths| {
            let difference = Difference::counted(gained, lost, paths, 0.95);
            format!("{} ({})", points(&difference), points_interval(&difference))
        };
        assert_eq!(shown(3000, 100, 100_000), "+2.9 (+2.79…+3.01)");
        assert_eq!(shown(0, 0, 20_000), "0.00 (−0.019…+0.019)");
        // Some 0.3 +- 0.2: the sign is known, so it is shown.
        assert_eq!(shown(260, 200, 20_000), "+0.3 (+0.09…+0.51)");
        assert_eq!(shown(230, 226, 20_000), "0 (−0.2…+0.2)");
    }

    #[test]
    fn numbers_are_grouped_and_signed() {
        assert_eq!(number(1234567.891, 1), "1,234,567.9");
        assert_eq!(number(-1000.0, 0), "−1,000");
        assert_eq!(number(999.4, 0), "999");
        assert_eq!(number(-0.04, 1), "0.0");
        assert_eq!(count(10_000), "10,000");
        assert_eq!(share(0.725, 1, Language::En), "72.5 %");
        assert_eq!(rough(0.0, Language::En), "0 %");
        assert_eq!(rough(1e-12, Language::En), "< 0.0000001 %");
        assert_eq!(rough(0.99993, Language::En), "99.9930 %");
    }
}
