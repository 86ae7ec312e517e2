//! The number that a condition is about, and where it is found on a path.

use crate::error::{Error, Fault, Result};
use crate::label::Label;
use crate::link::Link;
use crate::math;
use crate::model::{Model, MotionOp};
use crate::outcome::format;
use crate::scenario::Scenario;
use crate::simulate::{Row, Workspace, ZEROS};
use crate::time::Year;

/// A number of one indicator in one year: its level, its growth in that year, or its average growth up to that year.
///
/// ```
/// use plancast::analyse::Figure;
/// let level: Figure = ("gdp", 2030).into();
/// assert_eq!(level, Figure::level("gdp", 2030));
/// let growth = Figure::growth("gdp", 2026);
/// assert_ne!(growth, level);
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Figure {
    indicator: String,
    year: Year,
    what: What,
}

/// What of the indicator.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum What {
    Level,
    Growth,
    AverageGrowth,
}

impl Figure {
    /// The level of a year, in the unit of the indicator.
    pub fn level(indicator: impl Into<String>, year: i32) -> Self {
        Self { indicator: indicator.into(), year: Year(year), what: What::Level }
    }

    /// X\[t\] / X\[t-1\] - 1, a share: 0.05 is 5 %. For levels above 0.
    pub fn growth(indicator: impl Into<String>, year: i32) -> Self {
        Self { what: What::Growth, ..Self::level(indicator, year) }
    }

    /// (X\[t\] / X\[t0\])^(1/(t - t0)) - 1, the geometric average since the base year t0, a share a year. For levels above 0.
    pub fn average_growth(indicator: impl Into<String>, year: i32) -> Self {
        Self { what: What::AverageGrowth, ..Self::level(indicator, year) }
    }

    /// Id of the indicator.
    pub fn indicator(&self) -> &str {
        &self.indicator
    }

    /// The year.
    pub fn year(&self) -> Year {
        self.year
    }

    /// How faults name it.
    pub(super) fn path(&self) -> String {
        format!("condition.{}.{}", self.indicator, self.year)
    }

    /// What keeps the draws of soft values apart: two figures of one indicator in one year have draws of their own.
    pub(super) fn key_name(&self) -> String {
        format!("{:?} {} {}", self.what, self.indicator, self.year)
    }

    /// Where it is found on a path.
    pub(super) fn gauge(&self, scenario: &Scenario, model: &Model) -> Result<Gauge> {
        let refuse = |problem: String, remedy: String| {
            Err(Error::Question(Fault::new(self.path(), problem).remedy(remedy)))
        };
        let Some(node) = scenario.indicators.get_index_of(&self.indicator) else {
            let known: Vec<&str> = scenario.indicators.keys().map(String::as_str).collect();
            let problem = format!("there is no indicator `{}`", self.indicator);
            return refuse(problem, format!("take one of {}", known.join(", ")));
        };
        let horizon = scenario.horizon;
        let Some(step) = horizon.step(self.year) else {
            let problem = format!(
                "a condition on {} was asked for; the plan simulates {} to {}",
                self.year,
                horizon.base().0 + 1,
                horizon.last()
            );
            return refuse(problem, "take one of these years".into());
        };
        let op = &model.nodes[node];
        let is_formula = matches!(op.motion, MotionOp::Formula(_));
        if self.what != What::Level && !op.is_positive() && !is_formula {
            let problem = format!(
                "the growth rate of `{}` was asked for, whose levels may be 0 or negative",
                self.indicator
            );
            return refuse(problem, "state its level instead".into());
        }
        let growth = match self.what {
            What::Level => None,
            What::Growth => Some((step - 1, 1.0)),
            What::AverageGrowth => Some((0, step as f64)),
        };
        Ok(Gauge { node, step, link: op.link, has_state: op.has_state(), growth })
    }

    /// In words: `Real GDP in 2026`, `growth of Real GDP in 2026`.
    pub(super) fn name(&self, scenario: &Scenario) -> Label {
        let name = scenario.indicators.get(&self.indicator).map(|i| i.name.clone()).unwrap_or_default();
        let (en, zh) = (name.en.as_str(), name.zh.as_deref().unwrap_or(&name.en));
        let (base, year) = (scenario.horizon.base(), self.year);
        let (en, zh) = match self.what {
            What::Level => (format!("{en} in {year}"), format!("{year}年{zh}")),
            What::Growth => (format!("growth of {en} in {year}"), format!("{year}年{zh}增速")),
            What::AverageGrowth => {
                (format!("average growth of {en} {base}-{year}"), format!("{base}-{year}年{zh}年均增速"))
            }
        };
        Label::both(en, Some(zh))
    }

    /// A value of it as it is shown, with the digits that a spread leaves (0: six digits): `5,100 100m yuan`, `5 %`.
    pub(super) fn shown(&self, scenario: &Scenario, value: f64, spread: f64) -> Label {
        if self.what != What::Level {
            return Label::new(format!("{} %", format::level(100.0 * value, 100.0 * spread)));
        }
        let unit = scenario.indicators.get(&self.indicator).map(|i| i.unit.clone()).unwrap_or_default();
        let digits = format::level(value, spread);
        let zh = unit.zh.as_deref().unwrap_or(&unit.en);
        Label::both(format!("{digits} {}", unit.en), Some(format!("{digits} {zh}")))
    }
}

/// The level of an indicator in a year.
impl<S: Into<String>> From<(S, i32)> for Figure {
    fn from((indicator, year): (S, i32)) -> Self {
        Self::level(indicator, year)
    }
}

/// A figure by positions. What is worked with is its latent form: the state of a level, the logarithm of growth.
#[derive(Debug, Clone, Copy)]
pub(super) struct Gauge {
    pub(super) node: usize,
    pub(super) step: usize,
    link: Link,
    /// Whether the kernel has the latent state; of a formula that is no product it has the level alone.
    has_state: bool,
    /// The step that growth is counted from, and the years that it is shared out among.
    growth: Option<(usize, f64)>,
}

impl Gauge {
    /// The latent form on each path of a block; not finite where there is none.
    pub(super) fn read(&self, w: &Workspace, out: &mut Row) {
        let Some((from, _)) = self.growth else {
            if self.has_state {
                out.copy_from_slice(w.states.at(self.node, self.step));
            } else {
                out.copy_from_slice(w.levels.at(self.node, self.step));
                self.link.states_in_place(out);
            }
            return;
        };
        self.logarithm(w, self.step, out);
        let mut before = ZEROS;
        self.logarithm(w, from, &mut before);
        out.iter_mut().zip(&before).for_each(|(now, before)| *now -= before);
    }

    /// The logarithm of the level.
    fn logarithm(&self, w: &Workspace, step: usize, out: &mut Row) {
        match (self.has_state, self.link) {
            (true, Link::Log) => return out.copy_from_slice(w.states.at(self.node, step)),
            (true, link) => link.levels(w.states.at(self.node, step), out),
            (false, _) => out.copy_from_slice(w.levels.at(self.node, step)),
        }
        math::ln_in_place(out);
    }

    /// The latent form of a value; none where no path can have it.
    pub(super) fn latent(&self, value: f64) -> Option<f64> {
        match self.growth {
            Some((_, years)) => (value > -1.0 && value.is_finite()).then(|| years * libm::log1p(value)),
            None => self.link.allows(value).then(|| self.link.state(value)),
        }
    }

    /// What the latent form changes by for a small change of a value that it has.
    pub(super) fn slope(&self, value: f64) -> f64 {
        self.growth.map_or_else(|| self.link.slope(value), |(_, years)| years / (1.0 + value))
    }

    /// The values of latent forms.
    pub(super) fn values(&self, row: &mut [f64]) {
        match self.growth {
            Some((_, years)) => row.iter_mut().for_each(|x| *x = libm::expm1(*x / years)),
            None => self.link.levels_in_place(row),
        }
    }

    /// Between which values, both excluded, a path can be, and that in words.
    pub(super) fn allowed(&self) -> ((f64, f64), String) {
        if self.growth.is_some() {
            return ((-1.0, f64::INFINITY), "a growth rate above -1".into());
        }
        let ends = match self.link {
            Link::Log => (0.0, f64::INFINITY),
            Link::Logit(b) => (b.lower, b.upper),
            Link::Identity => (f64::NEG_INFINITY, f64::INFINITY),
        };
        (ends, self.link.allowed())
    }
}
