//! The protocol of a backtest: which forecasts are made, from what, and which of them are scored.

use crate::error::{Error, Fault, Result};
use crate::panel::Panel;
use crate::series::Series;
use crate::time::{Horizon, Year};
use std::ops::RangeInclusive;

/// Increments whose mean square about their mean is not above this do not vary; what is left is rounding.
const STILL: f64 = 1e-20;

/// Rolling origins: at every origin T, every unit that is observed at T and has enough increments is forecast `horizon` years
/// ahead from what is known at T, and scored where the year T + horizon is observed.
///
/// ```text
/// x_t = z_t - z_(t-1)        increments of the latent state z
/// training at T              the increments up to T that `gaps` and `window` let in, of all units with at least `fewest`
/// case                       a unit of the training set whose z_(T+horizon) is observed
/// ```
///
/// Every model sees the same training set and is scored on the same cases. What is pooled over units is pooled over the whole
/// training set, whether or not a unit's future is known. Units whose increments do not vary are left out: a
/// variance of zero says that a figure was carried forward.
///
/// ```
/// use plancast::backtest::{Protocol, Window};
/// // The reference protocol for GDP: 33 origins, five years ahead, from the last 20 increments.
/// let protocol = Protocol::new(1980..=2012, 5).window(Window::Last(20)).fewest(20);
/// assert_eq!(protocol.origins().count(), 33);
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Protocol {
    /// First origin.
    pub first: Year,
    /// Last origin.
    pub last: Year,
    /// Years from the origin to the year that is scored, at least 1.
    pub horizon: usize,
    /// Which of the increments up to the origin are used.
    pub window: Window,
    /// Units with fewer increments are not forecast; at least 3, so that a mean, a persistence and a variance can be told.
    pub fewest: usize,
    /// What a missing year means.
    pub gaps: Gaps,
}

/// How far back a training set looks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Window {
    /// To the beginning.
    Expanding,
    /// The last so many increments.
    Last(usize),
}

/// What a missing year means for the increments before it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Gaps {
    /// The history begins after the last gap: one unbroken run of increments that ends at the origin.
    Unbroken,
    /// All increments between neighbouring years count; gaps are jumped over.
    OneYearIncrements,
}

impl Protocol {
    /// Every year of a range as origin, so many years ahead; expanding window, at least 20 increments, unbroken.
    pub fn new(origins: RangeInclusive<i32>, horizon: usize) -> Self {
        Self {
            first: Year(*origins.start()),
            last: Year(*origins.end()),
            horizon,
            window: Window::Expanding,
            fewest: 20,
            gaps: Gaps::Unbroken,
        }
    }

    /// How far back training sets look.
    #[must_use]
    pub fn window(mut self, window: Window) -> Self {
        self.window = window;
        self
    }

    /// The fewest increments of a unit.
    #[must_use]
    pub fn fewest(mut self, increments: usize) -> Self {
        self.fewest = increments;
        self
    }

    /// What a missing year means.
    #[must_use]
    pub fn gaps(mut self, gaps: Gaps) -> Self {
        self.gaps = gaps;
        self
    }

    /// The origins, in order.
    pub fn origins(&self) -> impl Iterator<Item = Year> + use<> {
        (self.first.0..=self.last.0).map(Year)
    }

    /// Whether it can be carried out.
    ///
    /// # Errors
    /// [`Error::Run`] that names the option which is out of range.
    pub fn check(&self) -> Result<()> {
        let fault = |option: &str, problem: String| Err(Error::Run(Fault::new(option, problem)));
        if !(self.first <= self.last && self.first >= Year(1) && self.last <= Year(9999)) {
            let problem = format!(
                "origins from {} to {}; they lie between 1 and 9999, in order",
                self.first, self.last
            );
            return fault("origins", problem);
        }
        if !(1..=Horizon::MAX_STEPS).contains(&self.horizon) {
            let most = Horizon::MAX_STEPS;
            return fault(
                "horizon",
                format!("a horizon of {} years; 1 to {most} are possible", self.horizon),
            );
        }
        if self.fewest < 3 {
            return fault("fewest", format!("at least {} increments; it must be 3 or more", self.fewest));
        }
        match self.window {
            Window::Last(last) if last < self.fewest => fault(
                "window",
                format!("the last {last} increments; fewer than the {} that a unit must have", self.fewest),
            ),
            _ => Ok(()),
        }
    }

    /// What is known at an origin, by the names of the units: their order in the panel changes nothing.
    pub fn training<'p>(&self, panel: &'p Panel, origin: Year) -> Training<'p> {
        let mut units: Vec<History<'p>> =
            panel.iter().filter_map(|(name, series)| self.history(name, series, origin)).collect();
        units.sort_by_key(|unit| unit.name);
        Training { origin, horizon: self.horizon, units }
    }

    /// The history of a unit at an origin, when it has one that is long enough.
    fn history<'p>(&self, name: &'p str, series: &Series, origin: Year) -> Option<History<'p>> {
        let state = series.get(origin)?;
        let mut known: Vec<Increment> = Vec::new();
        let mut before: Option<(Year, f64)> = None;
        for (year, z) in series.iter().take_while(|(year, _)| *year <= origin) {
            match before {
                Some((last, from)) if last.0 + 1 == year.0 => {
                    known.push(Increment { year, from, change: z - from })
                }
                Some(_) if self.gaps == Gaps::Unbroken => known.clear(),
                _ => {}
            }
            before = Some((year, z));
        }
        if known.len() < self.fewest {
            return None;
        }
        if let Window::Last(last) = self.window {
            known.drain(..known.len().saturating_sub(last));
        }
        let history = History { name, state, increments: known };
        (history.mean_square() > STILL).then_some(history)
    }

    /// What came after an origin, of the units of its training set whose last year is observed.
    pub(super) fn truths(&self, panel: &Panel, training: &Training<'_>) -> Vec<Truth> {
        let after = |series: &Series| -> Option<Vec<Option<f64>>> {
            let year = |step: usize| Year(training.origin.0 + step as i32);
            series.get(year(self.horizon))?;
            Some((1..=self.horizon).map(|step| series.get(year(step))).collect())
        };
        let units = training.units.iter().enumerate();
        units
            .filter_map(|(unit, history)| Some(Truth { unit, path: after(panel.unit(history.name)?)? }))
            .collect()
    }
}

/// What is known at an origin: the training set that all models share.
#[derive(Debug, Clone, PartialEq)]
pub struct Training<'p> {
    /// The origin T.
    pub origin: Year,
    /// Years ahead that a forecast is made for.
    pub horizon: usize,
    /// The units, by name.
    pub units: Vec<History<'p>>,
}

/// What is known of a unit at an origin.
#[derive(Debug, Clone, PartialEq)]
pub struct History<'p> {
    /// The unit.
    pub name: &'p str,
    /// z_T, the latent state at the origin.
    pub state: f64,
    /// The increments up to T, in order; at least as many as the protocol asks for. The last one need not end at T
    /// when gaps are jumped over.
    pub increments: Vec<Increment>,
}

/// The change of the latent state over one year.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Increment {
    /// The year t in which it ends.
    pub year: Year,
    /// z_(t-1), from which it starts.
    pub from: f64,
    /// x_t = z_t - z_(t-1).
    pub change: f64,
}

impl History<'_> {
    /// The increments as numbers.
    pub fn changes(&self) -> Vec<f64> {
        self.increments.iter().map(|x| x.change).collect()
    }

    /// The mean of the increments.
    pub fn mean(&self) -> f64 {
        self.increments.iter().map(|x| x.change).sum::<f64>() / self.increments.len() as f64
    }

    /// Their variance, with divisor n - 1.
    pub fn variance(&self) -> f64 {
        let n = self.increments.len() as f64;
        self.mean_square() * n / (n - 1.0)
    }

    fn mean_square(&self) -> f64 {
        let mean = self.mean();
        let squares = self.increments.iter().map(|x| (x.change - mean) * (x.change - mean));
        squares.sum::<f64>() / self.increments.len() as f64
    }
}

/// What came after an origin.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Truth {
    /// Place of the unit in the training set.
    pub(super) unit: usize,
    /// z_(T+1) … z_(T+horizon); the last one is observed.
    pub(super) path: Vec<Option<f64>>,
}

#[cfg(test)]
mod tests {
    use super::*;

    fn panel(units: &[(&str, &[(i32, f64)])]) -> Panel {
        let series = |values: &[(i32, f64)]| Series::new(values.iter().map(|(y, z)| (Year(*y), *z)));
        Panel::new(units.iter().map(|(name, values)| ((*name).to_owned(), series(values)))).expect("a panel")
    }

    /// Squares of the years since 2000: increments 1, 3, 5, …
    fn squares(years: &[i32]) -> Vec<(i32, f64)> {
        years.iter().map(|year| (*year, f64::from((year - 2000).pow(2)))).collect()
    }

    fn by_hand(training: &Training<'_>) -> Vec<(String, Vec<(i32, f64)>)> {
        let units = training.units.iter();
        units
            .map(|u| (u.name.to_owned(), u.increments.iter().map(|x| (x.year.0, x.change)).collect()))
            .collect()
    }

    #[test]
    fn who_is_forecast_from_what() {
        let whole = squares(&[2000, 2001, 2002, 2003, 2004, 2005, 2006, 2007]);
        let gap = squares(&[2000, 2001, 2003, 2004, 2005, 2007]);
        let late = squares(&[2003, 2004, 2005, 2006, 2007]);
        let blind = squares(&[2000, 2001, 2002, 2003, 2004, 2006, 2007]);
        let still: Vec<(i32, f64)> = (2000..2008).map(|year| (year, 0.1 * f64::from(year - 2000))).collect();
        let panel =
            panel(&[("whole", &whole), ("gap", &gap), ("late", &late), ("blind", &blind), ("still", &still)]);
        let changes = |years: &[i32]| -> Vec<(i32, f64)> {
            years.iter().map(|year| (*year, f64::from(2 * (year - 2000) - 1))).collect()
        };

        let protocol = Protocol::new(2005..=2005, 2).fewest(3);
        let training = protocol.training(&panel, Year(2005));
        // `gap` has two increments since its gap, `late` two, `blind` is not observed, `still` always grows by 0.1.
        assert_eq!(by_hand(&training), [("whole".to_owned(), changes(&[2001, 2002, 2003, 2004, 2005]))]);
        assert_eq!(training.units[0].state, 25.0);
        assert_eq!(training.units[0].increments[4].from, 16.0);
        assert_eq!((training.units[0].mean(), training.units[0].variance()), (5.0, 10.0));

        let jumped = protocol.gaps(Gaps::OneYearIncrements);
        let names = ["gap".to_owned(), "whole".to_owned()];
        let expected = [changes(&[2001, 2004, 2005]), changes(&[2001, 2002, 2003, 2004, 2005])];
        assert_eq!(
            by_hand(&jumped.training(&panel, Year(2005))),
            names.into_iter().zip(expected).collect::<Vec<_>>()
        );

        let window = protocol.window(Window::Last(3)).training(&panel, Year(2005));
        assert_eq!(by_hand(&window), [("whole".to_owned(), changes(&[2003, 2004, 2005]))]);

        // Only units with the last year are cases; the years between may be missing.
        let early = Protocol::new(2003..=2003, 3).fewest(3).gaps(Gaps::OneYearIncrements);
        let training = early.training(&panel, Year(2003));
        assert_eq!(training.units.iter().map(|u| u.name).collect::<Vec<_>>(), ["blind", "whole"]);
        let truths = early.truths(&panel, &training);
        assert_eq!(truths[0], Truth { unit: 0, path: vec![Some(16.0), None, Some(36.0)] });
        assert_eq!(truths[1], Truth { unit: 1, path: vec![Some(16.0), Some(25.0), Some(36.0)] });
        let far = Protocol::new(2003..=2003, 5).fewest(3);
        assert!(far.truths(&panel, &far.training(&panel, Year(2003))).is_empty());
    }

    #[test]
    fn the_future_is_not_seen() {
        let years: Vec<i32> = (2000..2012).collect();
        let full = panel(&[("a", &squares(&years))]);
        let cut = panel(&[("a", &squares(&years[..8]))]);
        let protocol = Protocol::new(2007..=2007, 2).fewest(3);
        assert_eq!(protocol.training(&full, Year(2007)), protocol.training(&cut, Year(2007)));
    }

    #[test]
    fn what_cannot_be_carried_out() {
        let good = Protocol::new(1980..=2012, 5);
        assert!(good.check().is_ok());
        let bad = [
            (Protocol { last: Year(1979), ..good }, "origins"),
            (Protocol::new(0..=i32::MAX, 5), "origins"),
            (Protocol::new(1980..=2012, 0), "horizon"),
            (good.fewest(2), "fewest"),
            (good.window(Window::Last(10)), "window"),
        ];
        for (protocol, option) in bad {
            let said = protocol.check().expect_err(option).to_string();
            assert!(said.contains(&format!("error: {option}: ")), "{said}");
        }
    }
}
