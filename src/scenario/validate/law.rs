//! Distributions as the rules see them: how much lies where, and the median.

use crate::quantity::{Distribution, Quantity, Value};
use crate::random::Transform;

/// No normal score that is ever drawn lies further out.
const FURTHEST: f64 = 8.6;

/// The middle of a quantity: the number itself, or the median. `None` for a course over the years.
pub(super) fn median_of(quantity: &Quantity) -> Option<f64> {
    match &quantity.value {
        Value::Number(x) => Some(*x),
        Value::Uncertain(law) => Some(median(law)),
        Value::ByYear(_) => None,
    }
}

/// The median of a law whose parameters are in order.
pub(super) fn median(law: &Distribution) -> f64 {
    Transform::new(law).apply(0.0)
}

/// Share of the whole law that its truncation keeps.
pub(super) fn kept(law: &Distribution) -> f64 {
    Transform::mass(law)
}

/// Probability of values below `low` or above `high`, the truncation considered.
pub(super) fn outside(law: &Distribution, low: f64, high: f64) -> f64 {
    let between = narrowed(law, low, high);
    if between.0 > between.1 {
        return 1.0;
    }
    let inside = Transform::mass(&Distribution { family: law.family, between: Some(between) });
    (1.0 - inside / kept(law)).clamp(0.0, 1.0)
}

/// The law with everything outside cut away; the law itself where no draw could get there.
pub(super) fn held(law: &Distribution, low: f64, high: f64) -> Distribution {
    let transform = Transform::new(law);
    if transform.apply(-FURTHEST) >= low && transform.apply(FURTHEST) <= high {
        return law.clone();
    }
    Distribution { family: law.family, between: Some(narrowed(law, low, high)) }
}

/// The truncation of a law and the interval, both.
fn narrowed(law: &Distribution, low: f64, high: f64) -> (f64, f64) {
    let (a, b) = law.between.unwrap_or((f64::MIN, f64::MAX));
    (a.max(low), b.min(high))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::quantity::{Family, Gamma, LogNormal, Normal, StudentT, TwoPieceNormal, Uniform};

    fn law(family: impl Into<Family>, between: Option<(f64, f64)>) -> Distribution {
        Distribution { family: family.into(), between }
    }

    #[test]
    fn probabilities_agree_with_known_values() {
        let inf = f64::INFINITY;
        let normal = law(Normal { mean: 0.0, sd: 1.0 }, None);
        assert!((outside(&normal, -1.959963984540054, 1.959963984540054) - 0.05).abs() < 1e-12);
        // t with 2 degrees of freedom: F(x) = 1/2 + x / (2 sqrt(2 + x^2)).
        let t = law(StudentT { df: 2.0, location: 1.0, scale: 2.0 }, None);
        assert!((outside(&t, -inf, 3.0) - (0.5 - 0.5 / 3f64.sqrt())).abs() < 1e-12);
        let skew = law(TwoPieceNormal { mode: 0.0, sd_low: 1.0, sd_high: 3.0 }, None);
        assert!((outside(&skew, 0.0, inf) - 0.25).abs() < 1e-12);
        let certain = law(Normal { mean: 2.0, sd: 0.0 }, None);
        assert_eq!((outside(&certain, 0.0, 2.0), outside(&certain, 3.0, inf)), (0.0, 1.0));
        assert_eq!(outside(&law(Uniform { low: -2.0, high: -1.0 }, None), 0.0, inf), 1.0);
    }

    #[test]
    fn truncation_scales_the_rest_up() {
        let half = law(Normal { mean: 0.0, sd: 1.0 }, Some((0.0, f64::MAX)));
        assert!((kept(&half) - 0.5).abs() < 1e-12);
        assert!((outside(&half, 0.0, 1.0) - 0.317310507862914).abs() < 1e-12);
        // The median of a half-normal is the third quartile of the normal.
        assert!((median(&half) - 0.674489750196082).abs() < 1e-7);
        // Gamma with mean 2 and sd 2 is exponential.
        assert!((median(&law(Gamma { mean: 2.0, sd: 2.0 }, None)) - 1.386294361119891).abs() < 1e-6);
    }

    #[test]
    fn a_law_is_cut_only_where_a_draw_could_get_outside() {
        let inf = f64::INFINITY;
        let far = law(Normal { mean: 5600.0, sd: 50.0 }, None);
        assert_eq!(held(&far, 0.0, inf), far);
        let positive = law(LogNormal { median: 5600.0, sigma: 2.0 }, None);
        assert_eq!(held(&positive, f64::MIN_POSITIVE, inf), positive);
        let near = law(Normal { mean: 5.0, sd: 0.8 }, None);
        assert_eq!(held(&near, 0.0, inf).between, Some((0.0, f64::MAX)));
        assert_eq!(held(&law(near.family, Some((1.0, 4.0))), 2.0, inf).between, Some((2.0, 4.0)));
    }
}
