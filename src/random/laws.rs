//! Layer 1: laws made into transforms once, for all models that are compiled with them. A table takes thousands of quantiles.

use super::transform::Transform;
use crate::quantity::Distribution;
use std::sync::{Mutex, PoisonError};

/// What a transform is of.
#[derive(Debug, Clone, PartialEq)]
enum Law {
    Stated(Distribution),
    /// Square root of the inverse of a chi-square: degrees of freedom and scale.
    Deviation(f64, f64),
}

/// The laws seen so far. A plan has some dozens.
#[derive(Debug, Default)]
pub(crate) struct Laws(Mutex<Vec<(Law, Transform)>>);

impl Laws {
    /// See [`Transform::new`].
    pub(crate) fn stated(&self, law: &Distribution) -> Transform {
        self.of(Law::Stated(law.clone()), || Transform::new(law))
    }

    /// See [`Transform::inverse_chi_square_sd`].
    pub(crate) fn deviation(&self, df: f64, scale: f64) -> Transform {
        self.of(Law::Deviation(df, scale), || Transform::inverse_chi_square_sd(df, scale))
    }

    fn of(&self, law: Law, make: impl FnOnce() -> Transform) -> Transform {
        let mut known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((_, transform)) = known.iter().find(|(other, _)| *other == law) {
            return transform.clone();
        }
        let transform = make();
        known.push((law, transform.clone()));
        transform
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::quantity::{Gamma, StudentT};

    #[test]
    fn what_is_kept_is_what_would_be_made() {
        let laws = Laws::default();
        let law = |mean| Distribution { family: Gamma { mean, sd: 1.0 }.into(), between: None };
        let other = Distribution {
            family: StudentT { df: 4.0, location: 0.0, scale: 1.0 }.into(),
            between: Some((-1.0, 2.0)),
        };
        for _ in 0..2 {
            for law in [&law(2.0), &law(3.0), &other] {
                assert_eq!(laws.stated(law), Transform::new(law));
            }
            assert_eq!(laws.deviation(9.0, 0.02), Transform::inverse_chi_square_sd(9.0, 0.02));
            assert_eq!(laws.deviation(9.0, 0.03), Transform::inverse_chi_square_sd(9.0, 0.03));
        }
    }
}
