//! Actuals as a scenario takes them: year by year of each indicator, every rule checked.

use super::{Actual, Actuals};
use crate::error::{Fault, Faults, Result};
use crate::evidence::Evidence;
use crate::history::HistoryForm;
use crate::link::Link;
use crate::scenario::Scenario;
use crate::scenario::meant::{Indicator, Motion};
use crate::scenario::validate::{suggest, under};
use crate::time::Year;
use indexmap::IndexMap;

/// What is known of an indicator in a year that is over.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum Known {
    /// Its level, in its unit.
    Level(f64),
    /// Its log growth, where the level before it is not the same on all paths.
    Growth(f64),
}

/// What is known of each indicator and event, from the first year of the plan on.
#[derive(Debug, Clone, PartialEq, Default)]
pub(crate) struct KnownYears {
    pub(crate) indicators: IndexMap<String, Vec<Known>>,
    /// Severity in each year.
    pub(crate) events: IndexMap<String, Vec<f64>>,
    /// The weakest grade of each indicator's actuals.
    pub(crate) evidence: IndexMap<String, Evidence>,
}

impl Actuals {
    /// Checks every rule against a scenario.
    ///
    /// # Errors
    /// [`crate::error::Error::Data`] with every fault at once.
    pub(crate) fn known(&self, scenario: &Scenario) -> Result<KnownYears> {
        let mut faults = Faults::new();
        let mut series: IndexMap<&str, Vec<&Actual>> = IndexMap::new();
        for row in &self.rows {
            let sound = is_possible(row, scenario);
            let fits = sound.is_ok();
            if let Err(fault) = sound {
                faults.push(fault);
            }
            // Years of a value that cannot be are there all the same; those of an unknown id are not looked at.
            if fits || scenario.indicators.contains_key(&row.id) {
                series.entry(&row.id).or_default().push(row);
            }
        }
        let mut known = KnownYears::default();
        for (id, mut rows) in series {
            rows.sort_by_key(|row| row.year);
            in_order(&rows, scenario, &mut faults);
            match scenario.indicators.get(id) {
                Some(indicator) => {
                    let weakest = rows.iter().map(|row| row.evidence).max().unwrap_or(Evidence::Statistics);
                    known.evidence.insert(id.to_owned(), weakest);
                    known.indicators.insert(id.to_owned(), years(&rows, indicator, &mut faults));
                }
                None => {
                    known.events.insert(id.to_owned(), rows.iter().map(|row| row.value).collect());
                }
            }
        }
        faults.or_data(known)
    }
}

fn fault(row: &Actual, problem: String) -> Fault {
    let place = row.place.as_ref().map_or(String::new(), |place| format!("{place}: "));
    Fault::new(under(&under("actual", &row.id), &row.year.to_string()), format!("{place}{problem}"))
}

/// Whether there is such an indicator or event, such a year, and such a value of it.
fn is_possible(row: &Actual, scenario: &Scenario) -> std::result::Result<(), Fault> {
    let Actual { id, year, value, form, .. } = row;
    let (first, last) = (scenario.horizon.base().0 + 1, scenario.horizon.last());
    let years = || {
        if scenario.horizon.step(*year).is_some() {
            return Ok(());
        }
        let fault = fault(row, format!("the year is {year}; the plan's years are {first} to {last}"));
        Err(if year.0 < first {
            fault.remedy(
                "what was before the plan is `history`, and the level of its base year the `baseline`",
            )
        } else {
            fault.remedy("leave the row out")
        })
    };
    if scenario.events.contains_key(id) && !scenario.indicators.contains_key(id) {
        if *form != HistoryForm::Level || !value.is_finite() {
            let problem =
                format!("the value of {year} is {value}; that of an event is its severity, a finite number");
            return Err(fault(row, problem).remedy("write 0 where it did not happen, and leave `form` empty"));
        }
        return years();
    }
    let Some(indicator) = scenario.indicators.get(id) else {
        let ids = scenario.indicators.keys().chain(scenario.events.keys()).map(String::as_str);
        let fault = fault(row, format!("there is no indicator and no event `{id}`"));
        return Err(fault.remedy(suggest::remedy(id, ids, "indicators and events")));
    };
    if let Motion::Formula { formula, .. } = &indicator.motion {
        let mut inputs: Vec<String> =
            formula.references().into_iter().map(|reference| reference.id).collect();
        inputs.dedup();
        let fault = fault(row, format!("`{id}` is the formula `{formula}` and has no value of its own"));
        return Err(fault.remedy(format!("give the actuals of {}", inputs.join(", "))));
    }
    years()?;
    match form {
        HistoryForm::GrowthPercent if indicator.link != Link::Log => {
            Err(fault(row, format!("growth_percent needs a log link; `{id}` has another"))
                .remedy("give levels instead"))
        }
        HistoryForm::GrowthPercent if !(*value > -100.0 && value.is_finite()) => {
            Err(fault(row, format!("the growth of {year} is {value}; it must be above -100 per cent")))
        }
        HistoryForm::Level if !indicator.link.allows(*value) => {
            let must = indicator.link.allowed();
            Err(fault(row, format!("the value of {year} is {value}; it must be {must}")))
        }
        HistoryForm::Level | HistoryForm::GrowthPercent => Ok(()),
    }
}

/// Every year once, and none left out from the first year of the plan on.
fn in_order(rows: &[&Actual], scenario: &Scenario, faults: &mut Faults) {
    let mut last = scenario.horizon.base();
    for row in rows.iter().filter(|row| scenario.horizon.step(row.year).is_some()) {
        let Actual { id, year, .. } = row;
        if *year == last {
            let problem = format!("{year} of `{id}` stands twice");
            faults.push(fault(row, problem).remedy("keep one of the rows"));
        } else if year.0 > last.0 + 1 {
            let missing: Vec<String> = (last.0 + 1..year.0).map(|year| year.to_string()).collect();
            let problem = format!("{year} of `{id}` is given without {}", missing.join(", "));
            faults.push(
                fault(row, problem)
                    .remedy("give the years before it as well: paths go on from the last year known"),
            );
        }
        last = *year;
    }
}

/// Year by year: levels, where they can be told.
fn years(rows: &[&Actual], indicator: &Indicator, faults: &mut Faults) -> Vec<Known> {
    let mut before = match &indicator.motion {
        Motion::Process(moved) => moved.baseline.as_number(),
        Motion::Formula { .. } => None,
    };
    let mut known = Vec::with_capacity(rows.len());
    for row in rows {
        known.push(match (row.form, before) {
            (HistoryForm::Level, _) => Known::Level(row.value),
            (HistoryForm::GrowthPercent, Some(level)) => Known::Level(level * (1.0 + row.value / 100.0)),
            (HistoryForm::GrowthPercent, None) => Known::Growth(libm::log1p(row.value / 100.0)),
        });
        before = match known.last() {
            Some(Known::Level(level)) => Some(*level),
            _ => None,
        };
        let by_growth = row.form == HistoryForm::GrowthPercent && indicator.link == Link::Log;
        // Growth that cannot be has been refused for that.
        if by_growth && row.value > -100.0 && before.is_some_and(|level| !indicator.link.allows(level)) {
            let problem = format!("growth of {} per cent leads to a level that is no number", row.value);
            faults.push(fault(row, problem).remedy("check the growth and the baseline"));
        }
    }
    known
}

impl KnownYears {
    /// The year that a place in the list is of.
    pub(crate) fn year(base: Year, place: usize) -> Year {
        Year(base.0 + 1 + place as i32)
    }
}
