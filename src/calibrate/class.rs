//! Reference classes: what is believed of a unit because of units like it.

use super::growth::GrowthPrior;
use super::panel_model::PanelModel;
use crate::error::{Error, Fault, Faults, Result};
use crate::evidence::Evidence;
use crate::link::Link;
use crate::panel::Panel;
use crate::series::Series;
use crate::time::Year;
use serde::{Deserialize, Serialize};

/// Fewest yearly changes of a unit that takes part.
const FEWEST: usize = 5;
/// Changes whose mean square about their mean is below this never varied; what is left is rounding.
const STILL: f64 = 1e-20;
/// How far ahead the common growth of the units is followed when a class is learned; the prior does not depend on it.
const AHEAD: usize = 5;
/// Digits of a number in a file: more would say more than a few dozen units can.
const DIGITS: i32 = 4;

/// What the units of a panel say of one more unit like them: a small file that a scenario names as its prior.
///
/// Fast growth regresses to its reference class (Pritchett and Summers 2014, NBER Working Paper 20573; Kahneman and Tversky 1979 for the
/// outside view): a unit with a short history of its own is believed to grow as its class does until its history says otherwise.
///
/// Learned by [`Self::learn`] (from the command line: `examples/reference_class.rs`). Three are shipped: `world-gdp`, `world-rd-share`,
/// `world-carbon-intensity`.
///
/// ```
/// use plancast::calibrate::ReferenceClass;
/// let world = ReferenceClass::shipped("world-gdp").expect("it is shipped");
/// assert!(world.units > 100 && world.prior.check().is_ok());
/// assert!(ReferenceClass::shipped("mars-gdp").is_none());
/// ```
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ReferenceClass {
    /// What the class is, for people.
    pub name: String,
    /// Where its panel is from, and under which terms.
    pub source: String,
    /// Grade of its numbers for a unit that is not in the panel.
    pub evidence: Evidence,
    /// The link between level and latent state, whose yearly change the prior is about.
    pub link: Link,
    /// How many units it was learned from.
    pub units: usize,
    /// First year of growth that was learned from.
    pub from: Year,
    /// Last one.
    pub to: Year,
    /// What is believed of a unit.
    pub prior: GrowthPrior,
}

/// The shipped classes and their files.
const SHIPPED: [(&str, &str); 3] = [
    ("world-gdp", include_str!("../../scenarios/priors/world-gdp.toml")),
    ("world-rd-share", include_str!("../../scenarios/priors/world-rd-share.toml")),
    ("world-carbon-intensity", include_str!("../../scenarios/priors/world-carbon-intensity.toml")),
];

impl ReferenceClass {
    /// Learns a class from the levels of a panel, from the growth of the years `from` to the last one of the panel. Units with fewer than five yearly changes in
    /// that time, or whose changes never vary, take no part; nor do levels that the link cannot take.
    ///
    /// # Errors
    /// [`Error::Data`] when fewer than three units are left, or nothing can be learned from them.
    pub fn learn(name: &str, source: &str, panel: &Panel, link: Link, from: Option<Year>) -> Result<Self> {
        let refused = |fault: Fault| {
            let mut faults = Faults::new();
            faults.push(fault);
            Error::Data(faults)
        };
        let latent = panel.transform(link).panel;
        let growth: Vec<Series> = latent.iter().filter_map(|(_, unit)| usable(unit, from)).collect();
        let last = growth.iter().filter_map(|unit| unit.iter().last()).map(|(year, _)| year).max();
        let Some(last) = last else {
            let problem = format!("no unit has {FEWEST} yearly changes that vary");
            return Err(refused(
                Fault::new("", problem).remedy("give a longer panel, or an earlier first year"),
            ));
        };
        let units: Vec<&Series> = growth.iter().collect();
        let model = PanelModel::learn(&units, last, AHEAD).map_err(refused)?;
        let (first, last) = model.years();
        Ok(Self {
            name: name.to_owned(),
            source: source.to_owned(),
            // Estimated from published figures, but of other places than the one it will be used for.
            evidence: Evidence::Proxy,
            link,
            units: model.units(),
            from: first,
            to: last,
            prior: model.prior().rounded(DIGITS),
        })
    }

    /// Names of the classes that are shipped.
    pub fn shipped_names() -> impl Iterator<Item = &'static str> {
        SHIPPED.iter().map(|(name, _)| *name)
    }

    /// A class that is shipped, by its name.
    pub fn shipped(name: &str) -> Option<Self> {
        let (_, text) = SHIPPED.iter().find(|(shipped, _)| *shipped == name)?;
        Self::from_toml(text).ok()
    }

    /// Reads a class from the text of its file.
    ///
    /// # Errors
    /// A [`Fault`] with the first thing that is wrong: its key, what was given, what is allowed.
    pub fn from_toml(text: &str) -> std::result::Result<Self, Fault> {
        let class: Self = toml::from_str(text).map_err(|error| Fault::new("", error.to_string()))?;
        let under_prior = |fault: Fault| Fault { path: format!("prior.{}", fault.path), ..fault };
        class.prior.check().map_err(under_prior)?;
        Ok(class)
    }

    /// The text of its file.
    ///
    /// # Errors
    /// A [`Fault`] when a number cannot be written, which a class that was learned or read does not have.
    pub fn to_toml(&self) -> std::result::Result<String, Fault> {
        toml::to_string(self).map_err(|error| Fault::new("", error.to_string()))
    }
}

/// The yearly changes of a unit, when there are enough of them and they vary.
fn usable(unit: &Series, from: Option<Year>) -> Option<Series> {
    let changes: Vec<(Year, f64)> = unit
        .iter()
        .filter(|(year, _)| from.is_none_or(|from| *year >= from))
        .filter_map(|(year, state)| Some((year, state - unit.get(Year(year.0 - 1))?)))
        .collect();
    let n = changes.len() as f64;
    let mean = changes.iter().map(|(_, x)| x).sum::<f64>() / n;
    let square = changes.iter().map(|(_, x)| (x - mean) * (x - mean)).sum::<f64>() / n;
    (changes.len() >= FEWEST && square > STILL).then(|| Series::new(changes))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_shipped_class_can_be_read_and_written() {
        for name in ReferenceClass::shipped_names() {
            let class = ReferenceClass::shipped(name).unwrap();
            assert_eq!(ReferenceClass::from_toml(&class.to_toml().unwrap()).unwrap(), class);
        }
    }

    #[test]
    fn a_class_with_a_wrong_number_is_refused() {
        let (_, text) = SHIPPED[0];
        let wrong = text.replace("spread = 0.88", "spread = -1.0");
        assert_ne!(wrong, text);
        let fault = ReferenceClass::from_toml(&wrong).unwrap_err();
        assert!(fault.path == "prior.spread" && fault.problem.contains("-1"), "{fault}");
        assert!(ReferenceClass::from_toml("name = 3").is_err());
    }

    #[test]
    fn units_that_say_nothing_take_no_part() {
        let unit = |values: &[f64]| Series::new((2000..).map(Year).zip(values.iter().copied()));
        let wavy = |k: i32| {
            unit(&(0..9).map(|t| 0.1 * f64::from(t) + 0.05 * f64::from((t * k) % 4)).collect::<Vec<_>>())
        };
        assert!(usable(&unit(&[1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0]), None).is_none());
        assert!(usable(&unit(&[1.0, 2.5, 3.0]), None).is_none());
        assert!(usable(&wavy(3), None).is_some() && usable(&wavy(3), Some(Year(2006))).is_none());
        let panel = |units: Vec<Series>| {
            Panel::new(units.into_iter().enumerate().map(|(k, s)| (format!("u{k}"), s))).unwrap()
        };
        let learn = |units| ReferenceClass::learn("test", "test", &panel(units), Link::Identity, None);
        assert!(learn(vec![wavy(1), wavy(3)]).unwrap_err().to_string().contains("at least 3"));
        assert!(learn(vec![]).unwrap_err().to_string().contains("no unit has 5"));
        let class = learn(vec![wavy(1), wavy(3), wavy(5), unit(&[1.0; 9])]).unwrap();
        assert_eq!((class.units, class.from, class.to), (3, Year(2001), Year(2008)));
    }
}
