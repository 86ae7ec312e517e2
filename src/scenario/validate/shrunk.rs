//! Rules of a correlation estimated from the indicators' own histories.

use super::{Walk, law, suggest, under};
use crate::correlation::{ShrinkReport, ShrinkTarget, shrink};
use crate::error::Fault;
use crate::quantity::{Quantity, Value};
use crate::scenario::draft::{ShrunkDraft, ShrunkTarget};
use crate::scenario::meant::{Correlated, Indicator, Motion};
use crate::series::Series;
use crate::time::Year;
use indexmap::{IndexMap, IndexSet};

const PATH: &str = "correlation.shrunk";

impl Walk<'_> {
    pub(super) fn shrunk(
        &mut self,
        draft: &ShrunkDraft,
        indicators: &IndexMap<String, Indicator>,
    ) -> Option<Correlated> {
        let names = under(PATH, "indicators");
        let before = self.faults.len();
        let mut once = IndexSet::new();
        for (k, id) in draft.indicators.iter().enumerate() {
            let place = format!("{names}[{k}]");
            if self.correlated(&place, id) {
                self.has_past(&place, id, indicators);
            }
            if !once.insert(id.as_str()) {
                self.fault(place, format!("`{id}` stands twice; each indicator is needed once"));
            }
        }
        if let (Some(from), Some(to)) = (draft.from, draft.to)
            && from > to
        {
            self.fault(under(PATH, "from"), format!("from is {from}; it must not be after to, {to}"));
        }
        let target = self.shrink_target(&draft.target, &once);
        if self.faults.len() > before {
            return None;
        }
        // What an indicator with a fault has left says nothing.
        let taken = |id: &String| {
            let drivers =
                self.draft.indicator.get(id).into_iter().flat_map(|indicator| indicator.driver.keys());
            drivers.chain([id]).any(|id| self.at_fault(id))
        };
        if draft.indicators.iter().any(taken) {
            return None;
        }
        let meant: Option<Vec<&Indicator>> = draft.indicators.iter().map(|id| indicators.get(id)).collect();
        let used =
            |year: Year| draft.from.is_none_or(|from| year >= from) && draft.to.is_none_or(|to| year <= to);
        let past: Vec<Series> = meant?
            .into_iter()
            .map(|indicator| Series::new(innovations(indicator, indicators).filter(|(year, _)| used(*year))))
            .collect();
        let named: Vec<(&str, &Series)> = draft.indicators.iter().map(String::as_str).zip(&past).collect();
        match shrink(&named, &target) {
            Ok((correlation, report)) => {
                self.notices.push(said(draft, &report));
                let rows = correlation.entries().chunks(past.len()).map(<[f64]>::to_vec).collect();
                Some(Correlated::Matrix { indicators: draft.indicators.clone(), rows })
            }
            Err(fault) => {
                let path = match fault.path.as_str() {
                    "target" => under(PATH, "target"),
                    place => format!("{names}{place}"),
                };
                self.faults.push(Fault { path, ..fault });
                None
            }
        }
    }

    /// Whether a fault of an indicator has been found, after which its past may be missing.
    fn at_fault(&self, id: &str) -> bool {
        let path = under("indicator", id);
        let within = |rest: &str| rest.is_empty() || rest.starts_with(['.', '[']);
        self.faults.iter().any(|fault| fault.path.strip_prefix(&path).is_some_and(within))
    }

    /// An indicator, and what drives it, have growth to learn from.
    fn has_past(&mut self, place: &str, id: &str, indicators: &IndexMap<String, Indicator>) {
        let Some(indicator) = indicators.get(id).filter(|_| !self.at_fault(id)) else { return };
        if indicator.growth.is_empty() {
            self.refuse(
                place,
                format!("`{id}` has no history with two years in a row to learn from"),
                "give it a `history`, or state the correlation with `[correlation.pairs]`",
            );
            return;
        }
        let Motion::Process(moved) = &indicator.motion else { return };
        for (driver, ..) in &moved.drivers {
            let unknown = indicators.get(driver).is_some_and(|driver| driver.growth.is_empty());
            if unknown && !self.at_fault(driver) {
                self.refuse(
                    place,
                    format!(
                        "`{id}` follows `{driver}`, whose past growth is not known; what is left of `{id}` without it is needed"
                    ),
                    format!("give `{driver}` a `history`, or leave `{id}` out"),
                );
            }
        }
    }

    /// The target, with its groups by number.
    fn shrink_target(&mut self, target: &ShrunkTarget, indicators: &IndexSet<&str>) -> ShrinkTarget {
        let groups = match target {
            ShrunkTarget::Identity => return ShrinkTarget::Identity,
            ShrunkTarget::Equicorrelated => return ShrinkTarget::Equicorrelated,
            ShrunkTarget::Block(groups) => groups,
        };
        let mut group_of: IndexMap<&str, usize> = IndexMap::new();
        for (g, group) in groups.iter().enumerate() {
            for (k, id) in group.iter().enumerate() {
                let place = format!("{PATH}.target.block[{g}][{k}]");
                if !indicators.contains(id.as_str()) {
                    let remedy = suggest::remedy(id, indicators.iter().copied(), "indicators here");
                    self.refuse(place, format!("`{id}` is not among the indicators correlated here"), remedy);
                } else if group_of.insert(id, g).is_some() {
                    self.refuse(place, format!("`{id}` stands in the groups twice"), "keep one of the two");
                }
            }
        }
        // Those in no group follow, each by itself.
        let alone = |(k, id): (usize, &&str)| group_of.get(id).copied().unwrap_or(groups.len() + k);
        ShrinkTarget::Block(indicators.iter().enumerate().map(alone).collect())
    }
}

/// What the history leaves of an indicator's yearly innovation but for a constant, by year: the growth equation solved for
/// it, with what is uncertain at its median and a level that it is pulled to that has not changed.
///
/// A process of the user's own leaves its growth, and so does a persistence or speed that is learned: which it is, is
/// known only when the scenario is compiled.
fn innovations<'a>(
    indicator: &'a Indicator,
    indicators: &'a IndexMap<String, Indicator>,
) -> impl Iterator<Item = (Year, f64)> + 'a {
    let moved = match &indicator.motion {
        Motion::Process(moved) if moved.custom.is_none() => Some(moved),
        _ => None,
    };
    let stated = |quantity: Option<&Quantity>| quantity.map_or(0.0, before_the_plan);
    let dynamics = moved.map(|moved| &moved.dynamics);
    let persistence = stated(dynamics.and_then(|d| d.persistence.as_ref()));
    let speed = stated(dynamics.and_then(|d| d.pull.as_ref()).and_then(|pull| pull.speed.as_ref()));
    let left = move |year: Year, growth: f64| {
        let back = |years: i32| Year(year.0.saturating_sub(years));
        let mut left = growth;
        if persistence != 0.0 {
            left -= persistence * indicator.growth.get(back(1))?;
        }
        if speed != 0.0 {
            left += speed * indicator.link.state(indicator.history.get(back(1))?);
        }
        for (driver, elasticity, lag) in moved.iter().flat_map(|moved| &moved.drivers) {
            let past = indicators.get(driver)?.growth.get(back(i32::try_from(*lag).ok()?))?;
            left -= before_the_plan(elasticity) * past;
        }
        Some((year, left))
    };
    indicator.growth.iter().filter_map(move |(year, growth)| left(year, growth))
}

/// The value of a quantity in the years before the plan: of a course over the years the first one.
fn before_the_plan(quantity: &Quantity) -> f64 {
    match &quantity.value {
        Value::Number(x) => *x,
        Value::Uncertain(law) => law::median(law),
        Value::ByYear(course) => course.years.values().next().copied().unwrap_or(0.0),
    }
}

/// The notice of what was estimated from how much.
fn said(draft: &ShrunkDraft, report: &ShrinkReport) -> String {
    let (fewest, most) = (report.fewest_years, report.most_years);
    let years = if fewest == most { format!("{most}") } else { format!("{fewest} to {most}") };
    let towards = match report.target_means.as_slice() {
        [] => "no correlation".to_owned(),
        [mean] => format!("equal correlations of {mean:.2}"),
        means => {
            let between = means.get(1).copied().unwrap_or_default();
            format!("{:.2} within and {between:.2} between groups", means[0])
        }
    };
    let pairs = draft.indicators.len() * (draft.indicators.len() - 1) / 2;
    let worth = match report.target_years {
        Some(years) => format!(" (as much as {years:.1} further years)"),
        None => String::new(),
    };
    let mut text = format!(
        "correlation: estimated from {years} common years of {}, drawn towards {towards} with intensity {:.2}{worth}; \
         {:.1} effective degrees of freedom of {pairs}, smallest eigenvalue {:.3}",
        draft.indicators.join(", "),
        report.intensity,
        report.degrees_of_freedom,
        report.smallest_eigenvalue
    );
    if report.sample_smallest_eigenvalue < -1e-9 {
        text.push_str(&format!(
            " ({:.3} before, as pairs have different years)",
            report.sample_smallest_eigenvalue
        ));
    }
    if report.identity_share > 0.0 {
        text.push_str(&format!("; a share of {:.2} of the identity was added", report.identity_share));
    }
    text
}
