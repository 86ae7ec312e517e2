//! Panels: one yearly quantity of many similar units, such as the GDP of all economies.
//!
//! Layer 2, beside [`crate::calibrate`]: priors are learned from a panel, and forecasts are proved on one
//! ([`crate::backtest`]). A panel knows series and links, no scenario and no plan.

mod read;

pub use read::Columns;

use crate::error::{Fault, Faults, Result};
use crate::link::Link;
use crate::series::Series;
use crate::time::Year;
use indexmap::IndexMap;
use indexmap::map::Entry;

/// Yearly series of units, by name, in the order of their file.
///
/// ```
/// use plancast::panel::Panel;
/// use plancast::prelude::*;
/// use plancast::series::Series;
///
/// let town = Series::new([(Year(2020), 100.0), (Year(2021), 104.0), (Year(2023), 110.0)]);
/// let panel = Panel::new([("town".to_owned(), town)])?;
/// let logs = panel.transform(Link::Log);
/// assert!(logs.refused.is_empty());
/// assert_eq!(logs.panel.unit("town").and_then(|town| town.get(Year(2022))), None);
/// # Ok::<(), Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Panel {
    units: IndexMap<String, Series>,
}

/// A panel in the latent state of a link, and the values that the link cannot take.
#[derive(Debug, Clone, PartialEq)]
pub struct Transformed {
    /// x = g(X) of every value that the link allows.
    pub panel: Panel,
    /// The values that it does not allow, which are missing in the panel; in the order of the panel.
    pub refused: Vec<Refused>,
}

/// A value that a link cannot take.
#[derive(Debug, Clone, PartialEq)]
pub struct Refused {
    /// The unit.
    pub unit: String,
    /// The year.
    pub year: Year,
    /// The value.
    pub value: f64,
}

impl Panel {
    /// From (name, series) pairs.
    ///
    /// # Errors
    /// [`crate::error::Error::Data`] that names every unit which stands twice or is without a name, and every value that is not finite.
    pub fn new(units: impl IntoIterator<Item = (String, Series)>) -> Result<Self> {
        let (mut known, mut faults) = (IndexMap::new(), Faults::new());
        for (name, series) in units {
            if name.trim().is_empty() {
                faults.push(Fault::new("unit", "a unit has no name").remedy("name every unit"));
            }
            for (year, value) in series.iter().filter(|(_, value)| !value.is_finite()) {
                faults.push(Fault::new(
                    name.as_str(),
                    format!("the value of {year} is {value}; it must be a finite number"),
                ));
            }
            match known.entry(name) {
                Entry::Occupied(unit) => {
                    faults.push(
                        Fault::new(unit.key().as_str(), "the unit stands twice").remedy("merge its series"),
                    );
                }
                Entry::Vacant(place) => drop(place.insert(series)),
            }
        }
        faults.or_data(Self { units: known })
    }

    /// a / b, year by year: the units and years that both panels have, in the order of `a`. CO2 per unit of GDP.
    ///
    /// # Errors
    /// [`crate::error::Error::Data`] that names every year in which the quotient is no finite number.
    pub fn ratio(a: &Self, b: &Self) -> Result<Self> {
        let mut faults = Faults::new();
        let mut units = IndexMap::new();
        for (name, above) in &a.units {
            let Some(below) = b.units.get(name) else { continue };
            let mut quotients = Vec::new();
            for (year, x) in above.iter() {
                let Some(y) = below.get(year) else { continue };
                if !(x / y).is_finite() {
                    let problem = format!("{x} / {y} in {year} is no finite number");
                    faults.push(Fault::new(name.as_str(), problem).remedy("leave the year out"));
                }
                quotients.push((year, x / y));
            }
            if !quotients.is_empty() {
                units.insert(name.clone(), Series::new(quotients));
            }
        }
        faults.or_data(Self { units })
    }

    /// The latent state of every value, x = g(X). Values that the link cannot take (zeros under a log) are left out
    /// and told: a year that is missing is a gap, never a zero.
    pub fn transform(&self, link: Link) -> Transformed {
        let mut refused = Vec::new();
        let mut units = IndexMap::new();
        for (name, series) in &self.units {
            let mut states = Vec::with_capacity(series.len());
            for (year, value) in series.iter() {
                if link.allows(value) {
                    states.push((year, link.state(value)));
                } else {
                    refused.push(Refused { unit: name.clone(), year, value });
                }
            }
            if !states.is_empty() {
                units.insert(name.clone(), Series::new(states));
            }
        }
        Transformed { panel: Self { units }, refused }
    }

    /// The units for which a condition holds, in the same order.
    #[must_use]
    pub fn filter(&self, keep: impl Fn(&str, &Series) -> bool) -> Self {
        let kept = self.units.iter().filter(|(name, series)| keep(name, series));
        Self { units: kept.map(|(name, series)| (name.clone(), series.clone())).collect() }
    }

    /// (name, series) in the order of the file.
    pub fn iter(&self) -> impl ExactSizeIterator<Item = (&str, &Series)> {
        self.units.iter().map(|(name, series)| (name.as_str(), series))
    }

    /// The series of a unit.
    pub fn unit(&self, name: &str) -> Option<&Series> {
        self.units.get(name)
    }

    /// How many units.
    pub fn len(&self) -> usize {
        self.units.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.units.is_empty()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::link::Bounds;

    fn series(values: &[(i32, f64)]) -> Series {
        Series::new(values.iter().map(|(year, value)| (Year(*year), *value)))
    }

    fn panel(units: &[(&str, &[(i32, f64)])]) -> Panel {
        let units = units.iter().map(|(name, values)| ((*name).to_owned(), series(values)));
        Panel::new(units).expect("a panel")
    }

    #[test]
    fn a_link_leaves_out_what_it_cannot_take_and_says_so() {
        let shares = panel(&[("a", &[(2000, 0.0), (2001, 50.0), (2002, 100.0)]), ("b", &[(2000, 0.0)])]);
        let logit = shares.transform(Link::Logit(Bounds { lower: 0.0, upper: 100.0 }));
        assert_eq!(logit.panel, panel(&[("a", &[(2001, 0.0)])]));
        let told: Vec<_> = logit.refused.iter().map(|r| (r.unit.as_str(), r.year.0, r.value)).collect();
        assert_eq!(told, [("a", 2000, 0.0), ("a", 2002, 100.0), ("b", 2000, 0.0)]);
    }

    #[test]
    fn ratios_are_of_common_units_and_years() {
        let co2 = panel(&[("b", &[(2000, 1.0), (2001, 3.0)]), ("a", &[(2001, 5.0)]), ("c", &[(2000, 1.0)])]);
        let gdp = panel(&[("a", &[(2001, 2.0)]), ("b", &[(2001, 4.0), (2002, 1.0)]), ("c", &[(1999, 1.0)])]);
        let ratio = Panel::ratio(&co2, &gdp).expect("a ratio");
        assert_eq!(ratio, panel(&[("b", &[(2001, 0.75)]), ("a", &[(2001, 2.5)])]));
        assert_eq!(ratio.iter().map(|(name, _)| name).collect::<Vec<_>>(), ["b", "a"]);
        let zero = panel(&[("b", &[(2000, 0.0)])]);
        let said = Panel::ratio(&co2, &zero).expect_err("division by zero").to_string();
        assert!(said.contains("b: 1 / 0 in 2000 is no finite number"), "{said}");
    }

    #[test]
    fn bad_units_are_named_all_at_once() {
        let one = |name: &str, value: f64| (name.to_owned(), series(&[(2000, value)]));
        let said = Panel::new([one("a", 1.0), one("a", 2.0), one("b", f64::NAN), one(" ", 1.0)])
            .expect_err("three faults")
            .to_string();
        for part in [
            "a: the unit stands twice",
            "b: the value of 2000 is NaN",
            "unit: a unit has no name",
            "3 faults",
        ] {
            assert!(said.contains(part), "{part} is not in\n{said}");
        }
    }
}
