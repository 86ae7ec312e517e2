//! How an indicator moved of late, as far as its history and its actuals say.

use super::effort::{Pace, Trend};
use crate::process::Learns;
use crate::scenario::{Indicator, Known, Motion, Scenario};
use crate::series::Series;
use crate::time::Year;

/// A history that ends longer before the latest year known is no recent one.
const RECENT: i32 = 5;

/// How many years after the base year are known of an indicator, from its actuals; of a formula without, from those of its inputs of
/// the same year.
pub(super) fn years_known(scenario: &Scenario, id: &str) -> usize {
    let of_formula = |id: &str| match &scenario.indicators().get(id)?.motion {
        Motion::Formula { formula, .. } => {
            let inputs = formula.references().into_iter().filter(|input| input.lag == 0);
            inputs.map(|input| years_known(scenario, &input.id)).min()
        }
        Motion::Process(_) => None,
    };
    known(scenario, id).map(<[Known]>::len).or_else(|| of_formula(id)).unwrap_or(0)
}

/// The actuals of an indicator, from the year after the base year on.
fn known<'a>(scenario: &'a Scenario, id: &str) -> Option<&'a [Known]> {
    scenario.known()?.indicators.get(id).map(Vec::as_slice)
}

/// The levels of a history with those of the actuals behind them, in the unit.
fn with_actuals(scenario: &Scenario, id: &str, levels: &Series) -> Series {
    let base = scenario.horizon().base().0;
    let later = known(scenario, id).unwrap_or_default().iter().zip(base + 1..);
    let level = later.filter_map(|(known, year)| match known {
        Known::Level(level) => Some((Year(year), *level)),
        Known::Growth(_) => None,
    });
    Series::new(levels.iter().chain(level))
}

/// What is known of how an indicator moved up to the latest year known.
#[derive(Debug, Clone, Default)]
pub(super) struct Past {
    /// In the unit.
    levels: Series,
    /// In the latent state, by the later year.
    growth: Series,
    /// Whether it is that of another series which stands in.
    stand_in: bool,
}

impl Past {
    /// Of an indicator: its own history; of a formula without one, what the histories of its inputs make of it; else that of the series
    /// which stands in for it where it learns how it moves. `stands` are the levels of the years known, t0 first.
    pub(super) fn of(scenario: &Scenario, id: &str, stands: &[f64]) -> Self {
        let Some(indicator) = scenario.indicators().get(id) else { return Self::default() };
        if !(indicator.history.is_empty() && indicator.growth.is_empty()) {
            let (base, state) = (scenario.horizon().base().0, |level: f64| indicator.link.state(level));
            let moves = stands.windows(2).map(|pair| state(pair[1]) - state(pair[0]));
            let later = (base + 1..).map(Year).zip(moves).filter(|_| !indicator.growth.is_empty());
            return Self {
                levels: with_actuals(scenario, id, &indicator.history),
                growth: Series::new(indicator.growth.iter().chain(later)),
                stand_in: false,
            };
        }
        match &indicator.motion {
            Motion::Formula { .. } => {
                let levels = levels_of(scenario, id, &mut Vec::new());
                Self { levels, ..Self::default() }
            }
            Motion::Process(moved) => moved.learning.as_ref().map_or_else(Self::default, |learning| {
                let figures = learning.figures.clone();
                let (levels, growth) = match learning.learns {
                    Learns::Reversion => {
                        let level = |(year, state)| (year, indicator.link.level(state));
                        (Series::new(figures.iter().map(level)), Series::default())
                    }
                    Learns::Growth | Learns::PersistentGrowth => (Series::default(), figures),
                };
                Self { levels, growth, stand_in: learning.stand_in }
            }),
        }
    }

    /// The average pace over at most so many of the last years known; none where fewer than two neighbouring values are, or where
    /// they are too old. `now` is the level of the latest year known, at which changes of a state are read as changes of the level.
    pub(super) fn trend(
        &self,
        indicator: &Indicator,
        pace: Pace,
        years: i32,
        latest: Year,
        now: f64,
    ) -> Option<Trend> {
        let trend = self.of_levels(pace, years).or_else(|| self.of_growth(indicator, pace, years, now))?;
        (trend.to.0 >= latest.0 - RECENT && trend.pace.is_finite()).then_some(trend)
    }

    fn of_levels(&self, pace: Pace, years: i32) -> Option<Trend> {
        let (to, last) = self.levels.iter().last()?;
        let (from, first) = self.levels.iter().find(|(year, _)| year.0 >= to.0 - years && *year < to)?;
        let pace = pace.between(first, last, f64::from(to.0 - from.0))?;
        Some(Trend { from, to, pace, stand_in: self.stand_in })
    }

    /// From the run of growth figures without a gap at the end.
    fn of_growth(&self, indicator: &Indicator, pace: Pace, years: i32, now: f64) -> Option<Trend> {
        let (to, _) = self.growth.iter().last()?;
        let run: Vec<f64> = (0..years).map_while(|back| self.growth.get(Year(to.0 - back))).collect();
        let mean = run.iter().sum::<f64>() / run.len() as f64;
        let link = indicator.link;
        let before = link.level(link.state(now) - mean);
        let pace = pace.between(before, now, 1.0)?;
        Some(Trend { from: Year(to.0 - run.len() as i32), to, pace, stand_in: self.stand_in })
    }
}

/// Past levels of an indicator; of a formula from those of its inputs. `within` are the formulas on the way, so that one which looks back at
/// itself ends.
fn levels_of(scenario: &Scenario, id: &str, within: &mut Vec<String>) -> Series {
    let Some(indicator) = scenario.indicators().get(id) else { return Series::default() };
    let own = || with_actuals(scenario, id, &indicator.history);
    let Motion::Formula { formula, .. } = &indicator.motion else { return own() };
    if !indicator.history.is_empty() || within.iter().any(|outer| outer == id) {
        return own();
    }
    within.push(id.to_owned());
    let inputs = formula.references();
    let known: Vec<Series> = inputs.iter().map(|input| levels_of(scenario, &input.id, within)).collect();
    within.pop();
    let place = |id: &str, lag: u32| inputs.iter().position(|input| input.id == id && input.lag == lag);
    let Ok(program) = formula.compile(&mut |id, lag| place(id, lag)) else { return Series::default() };
    let base = scenario.horizon().base();
    let latest = base.0 + years_known(scenario, id) as i32;
    let first = known.iter().filter_map(|series| series.iter().next()).map(|(year, _)| year.0).min();
    let level = |year: i32| {
        let at = inputs.iter().zip(&known).map(|(input, series)| series.get(Year(year - input.lag as i32)));
        let level = program.eval_scalar(&at.collect::<Option<Vec<f64>>>()?);
        level.is_finite().then_some((Year(year), level))
    };
    Series::new((first.unwrap_or(base.0)..=latest).filter_map(level))
}
