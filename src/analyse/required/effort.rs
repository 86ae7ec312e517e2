//! From where we stand: the yearly pace that each target still asks for, beside that of late and that of the model.

use super::past::{Past, years_known};
use crate::error::{Error, Fault, Result};
use crate::label::Label;
use crate::link::Link;
use crate::outcome::{Fingerprint, Outcome, Probability, TargetOutcome};
use crate::quantity::{Quantity, Value};
use crate::scenario::{Condition, Indicator, Scenario};
use crate::target::{Bound, Measure, Side};
use crate::time::Year;

/// What each target still asks for a year, beside what was achieved of late and what the model expects. No draw is needed for it but
/// those of the outcome, which say where uncertain baselines and the model's median path are.
///
/// With the level X\[t0\] of the base year and X\[s\] of the latest year that is known (the base year, or that of the latest actual of a plan that was
/// [updated](Scenario::updated); medians where they are uncertain), n years in all and m of them left, and the bound L:
///
/// | measure | pace needed from s on, if it were the same every year |
/// |---|---|
/// | level, positive indicator | growth (L/X\[s\])^(1/m) - 1 |
/// | level, other links | change (L - X\[s\])/m |
/// | `average_growth` | as the level X\[t0\] (1 + L)^n: growth L where nothing is known yet |
/// | `average_growth_arithmetic` | growth (n L - growth of the years known)/m |
/// | `change` | as the level X\[t0\] (1 + L) |
/// | `difference` | as the level X\[t0\] + L |
/// | `cumulative` | the growth g (or yearly change) with sum of X\[s\] (1 + g)^k over k = 1..m = L less the years known; and the constant flow |
/// | `every_year` | as the level, in m years where the latest year is on the right side, else within the first year |
/// | `keep_pace` | as `average_growth`, with growth of the other indicator (the model's median) plus the bound |
///
/// It says nothing of chance: a pace that is met on average is met with about even odds only ([`super::Required`] asks for more), and
/// a constant pace is not the only way to a target. Not to be used where a target is not about a pace: measures of the user's own
/// and combinations are left out, and named.
///
/// ```no_run
/// use plancast::analyse::Effort;
/// use plancast::prelude::*;
/// let scenario = Scenario::load("scenarios/kunshan-2030.toml")?;
/// let outcome = Simulation::new(&scenario).run()?;
/// let effort = Effort::new(&scenario, &outcome)?;
/// let growth = effort.target("gdp_real_growth_average").expect("it is in the plan");
/// println!("needed {:?} a year, of late {:?}", growth.needed(), growth.recent(5));
/// # Ok::<(), plancast::error::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct Effort {
    /// Name of the plan.
    pub plan: Label,
    /// The base year.
    pub base: Year,
    /// A row a target, in the order of the plan.
    pub targets: Vec<TargetEffort>,
    /// Targets that are not about the pace of one indicator, with the reason.
    pub left_out: Vec<(String, Label)>,
}

/// What one target asks for.
#[derive(Debug, Clone, PartialEq)]
pub struct TargetEffort {
    /// Id of the target.
    pub id: String,
    /// Its number in the plan.
    pub number: Option<u32>,
    /// Its name.
    pub name: Label,
    /// Id of the indicator.
    pub indicator: String,
    /// The target in words and numbers.
    pub goal: Label,
    /// The year as at which it is measured.
    pub year: Year,
    /// Unit of the indicator.
    pub unit: Label,
    /// The latest year that is known, from which is counted: the base year, or that of the latest actual.
    pub from: Year,
    /// Level in that year, in the unit: the median where it is uncertain.
    pub level: f64,
    /// A tenth of the draws of that level lie below the first, a tenth above the second; none where it is one number.
    pub level_range: Option<(f64, f64)>,
    /// What a pace is here.
    pub pace: Pace,
    /// Least pace that meets the target, where it has a lower bound.
    pub at_least: Option<f64>,
    /// Greatest pace that meets it, where it has an upper bound.
    pub at_most: Option<f64>,
    /// The pace needed from either end of the range of the level, the smaller first; none where the level is one number.
    pub needed_range: Option<(f64, f64)>,
    /// The yearly flow that gives what a sum still lacks, if it were the same every year; for `cumulative` only.
    pub flow: Option<f64>,
    /// Pace over the last three years known, at most; none where the history says nothing.
    pub last_three: Option<Trend>,
    /// Pace over the last five years known, at most.
    pub last_five: Option<Trend>,
    /// Pace of the model: of the median level, from the latest year known to the year of the target.
    pub model: f64,
    /// Probability of the target.
    pub probability: Probability,
}

/// What a yearly pace is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Pace {
    /// Growth, as a share of the level a year: of indicators with positive levels.
    Growth,
    /// Change in the unit of the indicator a year: of shares and of what may be negative.
    Change,
}

/// A pace of the past.
#[derive(Debug, Clone, Copy, PartialEq, serde::Serialize)]
pub struct Trend {
    /// The year from which is counted.
    pub from: Year,
    /// The last year known.
    pub to: Year,
    /// Average pace between them.
    pub pace: f64,
    /// It is that of another series, which stands in for the indicator's own.
    pub stand_in: bool,
}

/// What meets a target: lower and upper ends of the pace.
type Ends = (Option<f64>, Option<f64>);

impl Pace {
    /// The constant pace from one level to another; none where growth has no meaning.
    pub(super) fn between(self, from: f64, to: f64, years: f64) -> Option<f64> {
        match self {
            Self::Growth if from > 0.0 && to > 0.0 => Some(libm::expm1(libm::log(to / from) / years)),
            Self::Growth => None,
            Self::Change => Some((to - from) / years),
        }
    }
}

impl Effort {
    /// Of a plan and its outcome.
    ///
    /// # Errors
    /// [`Error::Question`] when the outcome is that of another scenario.
    pub fn new(scenario: &Scenario, outcome: &Outcome) -> Result<Self> {
        let print = &outcome.fingerprint;
        let own = Fingerprint::of(scenario, print.seed, print.paths, print.sampling);
        if own.scenario != print.scenario || own.data != print.data {
            let fault = Fault::new("effort", "the outcome is that of another scenario");
            return Err(Error::Question(fault.remedy("simulate this scenario and give its outcome")));
        }
        let (mut targets, mut left_out) = (Vec::new(), Vec::new());
        for target in &outcome.targets {
            match asked(scenario, outcome, target) {
                Ok(row) => targets.push(row),
                Err(why) => left_out.push((target.id.clone(), why)),
            }
        }
        Ok(Self { plan: outcome.plan.clone(), base: outcome.horizon.base(), targets, left_out })
    }

    /// A target by id.
    pub fn target(&self, id: &str) -> Option<&TargetEffort> {
        self.targets.iter().find(|target| target.id == id)
    }
}

impl TargetEffort {
    /// The pace needed: of those that meet the target the one nearest to standing still where it asks for both sides.
    pub fn needed(&self) -> f64 {
        nearest((self.at_least, self.at_most))
    }

    /// The pace over the last so many years known: of five, or of three where `years` is less than five.
    pub fn recent(&self, years: u32) -> Option<Trend> {
        if years < 5 { self.last_three } else { self.last_five }
    }

    /// Whether a pace, kept up, meets the target.
    pub fn is_enough(&self, pace: f64) -> bool {
        // On the bound but for rounding is on it.
        let slack = 1e-9 * self.needed().abs() + 1e-12;
        self.at_least.is_none_or(|least| pace >= least - slack)
            && self.at_most.is_none_or(|most| pace <= most + slack)
    }

    /// How many times another pace is needed: needed / pace, where both go the same way; none where the other one stands still or goes
    /// the other way, or where none is needed.
    pub fn ratio(&self, pace: f64) -> Option<f64> {
        let ratio = self.needed() / pace;
        (ratio.is_finite() && ratio > 0.0).then_some(ratio)
    }
}

/// Of the paces that meet a target the one that matters.
fn nearest((at_least, at_most): Ends) -> f64 {
    match (at_least, at_most) {
        (Some(least), Some(most)) => 0.0_f64.max(least).min(most),
        (Some(one), None) | (None, Some(one)) => one,
        (None, None) => 0.0,
    }
}

/// A row, or why there is none.
fn asked(
    scenario: &Scenario,
    outcome: &Outcome,
    target: &TargetOutcome,
) -> std::result::Result<TargetEffort, Label> {
    let out = |en: &str, zh: &str| Label::both(en, Some(zh.into()));
    let combined = || out("it combines other targets", "由其他目标组合而成");
    let Condition::Bounded { indicator: Some(id), measure, with, custom: None, bound, .. } =
        &scenario.targets().get(&target.id).ok_or_else(combined)?.condition
    else {
        return Err(match target.sense {
            None => combined(),
            Some(_) => out("its measure is the user's own", "指标口径由使用者自定义"),
        });
    };
    let unknown = || out("its indicator is not in the outcome", "结果中没有该指标");
    let (indicator, bands) = (&scenario.indicators()[id], outcome.indicator(id).ok_or_else(unknown)?);
    let step = outcome.horizon.step(target.year).unwrap_or(outcome.horizon.steps());
    let known = years_known(scenario, id);
    if known >= step {
        return Err(out("its year is over", "目标年份已过"));
    }
    // Levels of the years known, t0 first: their medians, and one in ten and nine in ten of the draws.
    let stand = |p: f64| bands.bands[..=known].iter().map(|band| band.quantiles.at(p)).collect::<Vec<f64>>();
    let [low, stands, high] = [0.1, 0.5, 0.9].map(stand);
    let (level, end) = (stands[known], bands.bands[step].quantiles.median());
    let level_range = Some((low[known], high[known])).filter(|(low, high)| low < high);
    let other = with.as_ref().and_then(|with| outcome.indicator(with)).and_then(|other| {
        let (from, to) = (other.bands[0].quantiles.median(), other.bands[step].quantiles.median());
        Pace::Growth.between(from, to, step as f64)
    });
    let aim = Aim { measure: *measure, bound, year: target.year, years: step, other };
    let pace = aim.pace(indicator, level, end);
    let no_pace = || out("no constant pace leads to it", "没有恒定的年度变化可以达到");
    let ends = aim.ends(pace, &stands).ok_or_else(no_pace)?;
    let needed_range = Some((low, high)).filter(|(low, high)| low != high).and_then(|(low, high)| {
        let (a, b) = (nearest(aim.ends(pace, &low)?), nearest(aim.ends(pace, &high)?));
        Some((a.min(b), a.max(b)))
    });
    let left = (step - known) as f64;
    let flow = || (lower_or_upper(aim.bounds()) - stands[1..].iter().sum::<f64>()) / left;
    let past = Past::of(scenario, id, &stands);
    let trend = |years| past.trend(indicator, pace, years, bands.bands[known].year, level);
    Ok(TargetEffort {
        id: target.id.clone(),
        number: target.number,
        name: target.name.clone(),
        indicator: id.clone(),
        goal: target.goal.clone(),
        year: target.year,
        unit: bands.unit.clone(),
        from: bands.bands[known].year,
        level,
        level_range,
        pace,
        at_least: ends.0,
        at_most: ends.1,
        needed_range,
        flow: (*measure == Measure::Cumulative).then(flow),
        last_three: trend(3),
        last_five: trend(5),
        model: pace.between(level, end, left).ok_or_else(no_pace)?,
        probability: target.probability,
    })
}

/// What is asked of a measure by a year.
struct Aim<'a> {
    measure: Measure,
    bound: &'a Bound,
    year: Year,
    years: usize,
    /// Growth of the indicator to keep pace with.
    other: Option<f64>,
}

impl Aim<'_> {
    /// Lower and upper bound of the measure.
    fn bounds(&self) -> [Option<f64>; 2] {
        let at = |quantity: &Quantity| match &quantity.value {
            Value::ByYear(course) => course.at(self.year),
            _ => crate::outcome::goal::middle(quantity),
        };
        match self.bound {
            Bound::AtLeast(q) => [Some(at(q)), None],
            Bound::AtMost(q) => [None, Some(at(q))],
            Bound::About { value, tolerance, side } => {
                let (value, tolerance) = (at(value), at(tolerance));
                let [below, above] = [Some(value - tolerance), Some(value + tolerance)];
                match side {
                    Side::Both => [below, above],
                    Side::AtLeast => [below, None],
                    Side::AtMost => [None, above],
                }
            }
        }
    }

    /// What a pace is for this target.
    fn pace(&self, indicator: &Indicator, level: f64, end: f64) -> Pace {
        match self.measure {
            Measure::AverageGrowth
            | Measure::AverageGrowthArithmetic
            | Measure::Change
            | Measure::KeepPace => Pace::Growth,
            _ => {
                let ends = self.bounds().into_iter().flatten();
                let less = if self.measure == Measure::Difference { level } else { 0.0 };
                let positive = level > 0.0 && end > 0.0 && ends.map(|x| x + less).all(|x| x > 0.0);
                if indicator.link == Link::Log && positive { Pace::Growth } else { Pace::Change }
            }
        }
    }

    /// Least and greatest pace after the levels of the years known; none where no pace leads to a bound.
    fn ends(&self, pace: Pace, stands: &[f64]) -> Option<Ends> {
        let [lower, upper] = self.bounds();
        let end = |bound: Option<f64>, lower: bool| match bound {
            None => Some(None),
            Some(bound) => self.constant(pace, stands, bound, lower).map(Some),
        };
        Some((end(lower, true)?, end(upper, false)?))
    }

    /// The constant pace that puts the measure on a bound.
    fn constant(&self, pace: Pace, stands: &[f64], bound: f64, lower: bool) -> Option<f64> {
        let (base, level) = (*stands.first()?, *stands.last()?);
        let (known, years) = (&stands[1..], self.years as f64);
        let left = years - known.len() as f64;
        let to = |end: f64| pace.between(level, end, left);
        let average = |growth: f64| match known {
            [] => Some(growth),
            _ => to(base * libm::pow(1.0 + growth, years)),
        };
        let holds = |level: &f64| if lower { *level >= bound } else { *level <= bound };
        match self.measure {
            Measure::Level => to(bound),
            Measure::AverageGrowth => average(bound),
            Measure::AverageGrowthArithmetic => {
                let of_late: f64 = stands.windows(2).map(|pair| pair[1] / pair[0] - 1.0).sum();
                Some((years * bound - of_late) / left)
            }
            Measure::Change => to(base * (1.0 + bound)),
            Measure::Difference => to(base + bound),
            Measure::Cumulative => {
                cumulative(pace, level, bound - known.iter().sum::<f64>(), self.years - known.len())
            }
            Measure::EveryYear if !known.iter().all(holds) => None,
            Measure::EveryYear => pace.between(level, bound, if holds(&level) { left } else { 1.0 }),
            Measure::KeepPace => average(self.other? + bound),
        }
    }
}

/// The bound of a target that has one; the lower one where it has two.
fn lower_or_upper([lower, upper]: [Option<f64>; 2]) -> f64 {
    lower.or(upper).unwrap_or(0.0)
}

/// The constant pace under which the flows of the years after the base year add up to a sum.
fn cumulative(pace: Pace, level: f64, sum: f64, years: usize) -> Option<f64> {
    let n = years as f64;
    match pace {
        // sum of X + k c over k = 1..n.
        Pace::Change => Some((sum - n * level) / (0.5 * n * (n + 1.0))),
        Pace::Growth => {
            let total = |factor: f64| (0..years).fold(0.0, |sum, _| (sum + level) * factor);
            let (mut low, mut high) = (0.0, 2.0);
            while total(high) < sum {
                high *= 2.0;
                if !(high < 1e12) {
                    return None;
                }
            }
            // The sum rises with the factor; 200 halves leave nothing of the interval.
            for _ in 0..200 {
                let middle = 0.5 * (low + high);
                if total(middle) < sum { low = middle } else { high = middle }
            }
            Some(high - 1.0)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn flows_that_grow_add_up_to_the_sum() {
        // numpy 2.1: 9.5 (1.05 + 1.05^2 + … + 1.05^5) = 55.118 171 6 …
        let sum = 9.5 * (1.05 + 1.1025 + 1.157_625 + 1.215_506_25 + 1.276_281_562_5);
        let g = cumulative(Pace::Growth, 9.5, sum, 5).unwrap();
        assert!((g - 0.05).abs() < 1e-12, "{g}");
        // 10 + 1 to 10 + 5: 65.
        assert_eq!(cumulative(Pace::Change, 10.0, 65.0, 5), Some(1.0));
        assert_eq!(cumulative(Pace::Growth, 9.0, 45.0, 5).map(|g| g.abs() < 1e-12), Some(true));
    }

    #[test]
    fn a_pace_leads_from_one_level_to_the_other() {
        assert!((Pace::Growth.between(100.0, 121.0, 2.0).unwrap() - 0.1).abs() < 1e-15);
        assert_eq!(Pace::Change.between(60.0, 65.0, 5.0), Some(1.0));
        assert_eq!(Pace::Growth.between(-1.0, 65.0, 5.0), None);
    }
}
