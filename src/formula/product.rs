//! Formulas that are products of powers, whose logarithm is a weighted sum.

use super::{Binary, Formula, Reference, Step, Unary};
use std::collections::BTreeMap;

/// `constant * a^p * b^q * …`, by its logarithm:
///
/// ```text
/// ln value = ln_constant + p ln a + q ln b + …
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct Product {
    /// Logarithm of the constant.
    pub ln_constant: f64,
    /// Each level once, with its power, which is not 0.
    pub powers: Vec<(Reference, f64)>,
}

/// A part of a formula that is a positive constant times powers of levels.
struct Part {
    constant: f64,
    powers: BTreeMap<Reference, f64>,
}

impl Part {
    fn constant(constant: f64) -> Self {
        Self { constant, powers: BTreeMap::new() }
    }

    fn times(mut self, other: Self, sign: f64) -> Self {
        self.constant =
            if sign > 0.0 { self.constant * other.constant } else { self.constant / other.constant };
        for (level, power) in other.powers {
            *self.powers.entry(level).or_default() += sign * power;
        }
        self
    }

    fn raised(mut self, exponent: f64) -> Self {
        self.constant = libm::pow(self.constant, exponent);
        self.powers.values_mut().for_each(|power| *power *= exponent);
        self
    }
}

impl Formula {
    /// The formula as a product of powers of positive levels; none where it is not one.
    ///
    /// ```
    /// use plancast::formula::Formula;
    /// let intensity = Formula::parse("100 * energy / sqrt(gdp)")?.product().unwrap();
    /// assert_eq!(intensity.ln_constant, 100.0_f64.ln());
    /// assert_eq!(intensity.powers.iter().map(|(_, power)| *power).collect::<Vec<_>>(), [1.0, -0.5]);
    /// assert_eq!(Formula::parse("energy + gdp")?.product(), None);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn product(&self) -> Option<Product> {
        let mut parts: Vec<Part> = Vec::new();
        for step in &self.steps {
            let part = match step {
                Step::Number(number) => Part::constant(*number),
                Step::Level(level) => Part { constant: 1.0, powers: [(level.clone(), 1.0)].into() },
                // Positive numbers are their own absolute values.
                Step::Unary(Unary::Abs) => parts.pop()?,
                Step::Unary(Unary::Sqrt) => parts.pop()?.raised(0.5),
                Step::Binary(operator) => {
                    let (right, left) = (parts.pop()?, parts.pop()?);
                    match operator {
                        Binary::Multiply => left.times(right, 1.0),
                        Binary::Divide => left.times(right, -1.0),
                        Binary::Power if right.powers.is_empty() => left.raised(right.constant),
                        _ => return None,
                    }
                }
                Step::Unary(_) => return None,
            };
            parts.push(part);
        }
        let Part { constant, powers } = parts.pop()?;
        let powers: Vec<(Reference, f64)> = powers.into_iter().filter(|(_, power)| *power != 0.0).collect();
        let usable = constant > 0.0 && constant.is_finite() && powers.iter().all(|(_, p)| p.is_finite());
        (usable && !powers.is_empty()).then(|| Product { ln_constant: libm::log(constant), powers })
    }
}
