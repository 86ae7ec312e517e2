//! Actuals: what came of a plan's indicators in the years that are over.
//!
//! Layer 3. They are read or given in Rust as they are published ([`read`]), and checked against a scenario when they are used
//! ([`known`]), because only a scenario says which indicators there are and what values they can have.

mod known;
mod past;
mod read;

pub(crate) use known::Known;
pub(super) use known::KnownYears;
pub(super) use past::with_actuals;

use crate::evidence::Evidence;
use crate::history::HistoryForm;
use crate::time::Year;

/// What came of indicators, and of events, in the first years of a plan.
///
/// In a file, a row for each indicator and year, in any order, with the columns `indicator_id`, `year`, `value` and, where they are wanted, `form`
/// (`level`, the default, or `growth_percent`: growth on the year before), `evidence` (a grade; `statistics` when empty) and `source`; other columns are
/// nobody's business here. Lines that begin with `#` are comments.
///
/// ```text
/// # Statistical bulletins of 2026 and 2027
/// indicator_id,year,value,form,evidence,source
/// gdp,2026,4.6,growth_percent,statistics,bulletin of 2026
/// gdp,2027,4.9,growth_percent,statistics,bulletin of 2027
/// rd_share,2026,3.94,,statistics,bulletin of 2026
/// export_shock,2026,0,,assumption,no slump
/// ```
///
/// * An indicator's years follow each other from the first year of the plan on; indicators may end in different years, and most may be absent.
/// * A value is in the unit of the indicator, or growth in per cent where the link is the logarithm. It is taken as exact.
/// * A formula has no actuals of its own; those of the indicators that it is made of decide it.
/// * A row with the id of an event says how severe it was in that year, 0 where it did not happen. Events without a row are drawn in the
///   years that are over as in all others.
///
/// A file of actuals is complete: it replaces those that a scenario was updated with before.
///
/// ```
/// use plancast::scenario::Actuals;
/// let actuals = Actuals::new([("gdp", 2026, 5874.0), ("gdp", 2027, 6130.0)]);
/// assert_eq!(actuals.iter().count(), 2);
/// ```
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Actuals {
    rows: Vec<Actual>,
}

/// One value of one year.
#[derive(Debug, Clone, PartialEq)]
pub struct Actual {
    /// Id of the indicator, or of the event.
    pub id: String,
    /// The year.
    pub year: Year,
    /// The value: in the unit of the indicator, or growth in per cent; of an event its severity.
    pub value: f64,
    /// Which of these it is.
    pub form: HistoryForm,
    /// How far it can be trusted.
    pub evidence: Evidence,
    /// Where it is from.
    pub source: Option<String>,
    /// File and line, where it was read.
    place: Option<String>,
}

impl Actual {
    /// A published level (or the severity of an event).
    pub fn new(id: impl Into<String>, year: i32, value: f64) -> Self {
        Self {
            id: id.into(),
            year: Year(year),
            value,
            form: HistoryForm::Level,
            evidence: Evidence::Statistics,
            source: None,
            place: None,
        }
    }

    /// Published growth on the year before, in per cent.
    pub fn growth(id: impl Into<String>, year: i32, percent: f64) -> Self {
        Self { form: HistoryForm::GrowthPercent, ..Self::new(id, year, percent) }
    }

    /// Its grade, where it is not published statistics.
    #[must_use]
    pub fn evidence(mut self, evidence: Evidence) -> Self {
        self.evidence = evidence;
        self
    }
}

impl Actuals {
    /// Levels, as (indicator, year, value in its unit).
    pub fn new<I: Into<String>>(levels: impl IntoIterator<Item = (I, i32, f64)>) -> Self {
        levels.into_iter().map(|(id, year, value)| Actual::new(id, year, value)).collect()
    }

    /// One after the other, as given.
    pub fn iter(&self) -> std::slice::Iter<'_, Actual> {
        self.rows.iter()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }
}

impl FromIterator<Actual> for Actuals {
    fn from_iter<T: IntoIterator<Item = Actual>>(rows: T) -> Self {
        Self { rows: rows.into_iter().collect() }
    }
}
