//! How an indicator moved of late, as far as its history says.

use super::effort::{Pace, Trend};
use crate::process::Learns;
use crate::scenario::{Indicator, Motion, Scenario};
use crate::series::Series;
use crate::time::Year;

/// A history that ends longer before the base year is no recent one.
const RECENT: i32 = 5;

/// What is known of how an indicator moved up to the base year.
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
    /// which stands in for it where it learns how it moves.
    pub(super) fn of(scenario: &Scenario, id: &str) -> Self {
        let Some(indicator) = scenario.indicators().get(id) else { return Self::default() };
        if !(indicator.history.is_empty() && indicator.growth.is_empty()) {
            let (levels, growth) = (indicator.history.clone(), indicator.growth.clone());
            return Self { levels, growth, stand_in: false };
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
    /// they are too old. `now` is the level of the base year, at which changes of a state are read as changes of the level.
    pub(super) fn trend(
        &self,
        indicator: &Indicator,
        pace: Pace,
        years: i32,
        base: Year,
        now: f64,
    ) -> Option<Trend> {
        let trend = self.of_levels(pace, years).or_else(|| self.of_growth(indicator, pace, years, now))?;
        (trend.to.0 >= base.0 - RECENT && trend.pace.is_finite()).then_some(trend)
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
    let Motion::Formula { formula, .. } = &indicator.motion else { return indicator.history.clone() };
    if !indicator.history.is_empty() || within.iter().any(|outer| outer == id) {
        return indicator.history.clone();
    }
    within.push(id.to_owned());
    let inputs = formula.references();
    let known: Vec<Series> = inputs.iter().map(|input| levels_of(scenario, &input.id, within)).collect();
    within.pop();
    let place = |id: &str, lag: u32| inputs.iter().position(|input| input.id == id && input.lag == lag);
    let Ok(program) = formula.compile(&mut |id, lag| place(id, lag)) else { return Series::default() };
    let base = scenario.horizon().base();
    let first = known.iter().filter_map(|series| series.iter().next()).map(|(year, _)| year.0).min();
    let level = |year: i32| {
        let at = inputs.iter().zip(&known).map(|(input, series)| series.get(Year(year - input.lag as i32)));
        let level = program.eval_scalar(&at.collect::<Option<Vec<f64>>>()?);
        level.is_finite().then_some((Year(year), level))
    };
    Series::new((first.unwrap_or(base.0)..=base.0).filter_map(level))
}
