//! Conditions as they are stated, checked against the plan.

use super::View;
use super::bring::{Aim, Wanted};
use super::figure::{Figure, Gauge};
use super::pass::{Filter, Viewed};
use crate::analyse::Goal;
use crate::analyse::refuse;
use crate::error::Result;
use crate::label::Label;
use crate::model::Model;
use crate::outcome::format;
use crate::quantity::{Distribution, Normal};
use crate::random::{Key, Transform};
use crate::scenario::Scenario;

/// The least share of a soft value's law that has to lie where the indicator can be.
const WITHIN: f64 = 0.9;

/// A condition as it is stated.
#[derive(Debug, Clone)]
pub(super) enum Asked {
    /// A value, or a normal law.
    Value {
        figure: Figure,
        value: f64,
        sd: Option<f64>,
    },
    Bound {
        figure: Figure,
        value: f64,
        at_least: bool,
    },
    Goal {
        goal: Goal,
        met: bool,
    },
    View(View),
}

/// All conditions by kind, each kind in the order in which they were stated.
pub(super) struct Checked {
    pub(super) aims: Vec<Aim>,
    /// Of each aim: the latent form of its value, and the variance of its own that a soft one adds.
    pub(super) wanted: Vec<(f64, f64)>,
    pub(super) filters: Vec<Filter>,
    pub(super) views: Vec<Viewed>,
}

/// Which of its kind a condition is.
#[derive(Debug, Clone, Copy)]
pub(super) enum Place {
    Aim(usize),
    Filter(usize),
    View(usize),
}

impl Checked {
    /// Checks every condition.
    pub(super) fn new(asked: &[Asked], scenario: &Scenario, model: &Model, seed: u64) -> Result<Self> {
        if asked.is_empty() {
            return refuse("condition", "no condition was stated", "state one, or run the simulation itself");
        }
        let mut all = Self { aims: Vec::new(), wanted: Vec::new(), filters: Vec::new(), views: Vec::new() };
        for (position, condition) in asked.iter().enumerate() {
            match condition {
                Asked::Value { figure, value, sd } => {
                    let is_it =
                        |other: &Asked| matches!(other, Asked::Value { figure: f, .. } if f == figure);
                    if asked[..position].iter().any(is_it) {
                        return refuse(figure.path(), "it is given twice", "leave out one of the two");
                    }
                    all.value(figure, *value, *sd, scenario, model, seed)?;
                }
                Asked::Bound { figure, value, at_least } => {
                    let gauge = figure.gauge(scenario, model)?;
                    check_reach(figure, &gauge, *value)?;
                    // On the bound but for rounding is on it, as for a target.
                    let slack = 1e-9 * value.abs() + 1e-12;
                    let near = if *at_least { value - slack } else { value + slack };
                    let edge = gauge.latent(near).or(gauge.latent(*value)).unwrap_or(f64::NAN);
                    all.filters.push(Filter::Bound { gauge, at_least: *at_least, edge });
                }
                Asked::Goal { goal, met } => {
                    let success = goal.resolve(scenario)?;
                    all.filters.push(Filter::Goal { success, met: *met });
                }
                Asked::View(View { figure, value, share }) => {
                    let gauge = figure.gauge(scenario, model)?;
                    check_reach(figure, &gauge, *value)?;
                    if let Some(p) = share
                        && !(*p > 0.0 && *p < 1.0)
                    {
                        let problem =
                            format!("a quantile of {p} was asked for; it is a share between 0 and 1");
                        return refuse(figure.path(), problem, "take 0.5 for the median");
                    }
                    if share.is_none() && !model.nodes[gauge.node].has_mean {
                        let problem =
                            "a mean was asked for that does not exist: the law of the indicator has too \
                                       heavy tails, or a volatility that is not known"
                                .to_string();
                        return refuse(figure.path(), problem, "state a view on the median");
                    }
                    all.views.push(Viewed { gauge, value: *value, share: *share });
                }
            }
        }
        Ok(all)
    }

    fn value(
        &mut self,
        figure: &Figure,
        value: f64,
        sd: Option<f64>,
        scenario: &Scenario,
        model: &Model,
        seed: u64,
    ) -> Result<()> {
        let gauge = figure.gauge(scenario, model)?;
        let latent = check_reach(figure, &gauge, value)?;
        if super::bring::scores_behind(model, std::iter::once(gauge.node)).is_empty() {
            let problem =
                "no shock moves the indicator in any year, so it cannot be brought to another value";
            return refuse(
                figure.path(),
                problem,
                "change its process or baseline in a variant of the scenario",
            );
        }
        let Some(sd) = sd else {
            self.aims.push(Aim { gauge, value: Wanted::Fixed(latent) });
            self.wanted.push((latent, 0.0));
            return Ok(());
        };
        if !(sd > 0.0 && sd.is_finite()) {
            let problem = format!("a standard deviation of {sd} was stated; it is a number above 0");
            return refuse(figure.path(), problem, "use `path` or `fixed` for a value that is known exactly");
        }
        let ((low, high), allowed) = gauge.allowed();
        // Not up to the bounds themselves, which have no latent form.
        let margin = 1e-9 * sd;
        let family = Normal { mean: value, sd }.into();
        let law = match low.is_finite() || high.is_finite() {
            true => Distribution { family, between: Some((low + margin, high - margin)) },
            false => Distribution { family, between: None },
        };
        let mass = Transform::mass(&law);
        if !(mass >= WITHIN) {
            let problem = format!(
                "{value} with a standard deviation of {sd} leaves {} of its law outside of what the indicator can be \
                 ({allowed})",
                format::rough(1.0 - mass, crate::label::Language::En)
            );
            return refuse(figure.path(), problem, "state a smaller standard deviation");
        }
        let in_state = sd * gauge.slope(value);
        let key = Key::new(seed, "condition", &figure.key_name());
        let wanted = Wanted::Drawn { key, law: Transform::new(&law) };
        self.aims.push(Aim { gauge, value: wanted });
        self.wanted.push((latent, in_state * in_state));
        Ok(())
    }
}

/// The latent form of a value, which has to be one that the indicator can have.
fn check_reach(figure: &Figure, gauge: &Gauge, value: f64) -> Result<f64> {
    gauge.latent(value).map_or_else(
        || {
            let problem = format!("{value} was stated, which it can be on no path: {}", gauge.allowed().1);
            refuse(figure.path(), problem, "state a value within")
        },
        Ok,
    )
}

impl Asked {
    /// Which of its kind each condition is.
    pub(super) fn places(asked: &[Self]) -> Vec<Place> {
        let (mut aims, mut filters, mut views) = (0.., 0.., 0..);
        let place = |condition: &Self| match condition {
            Self::Value { .. } => Place::Aim(aims.next().unwrap_or_default()),
            Self::Bound { .. } | Self::Goal { .. } => Place::Filter(filters.next().unwrap_or_default()),
            Self::View(_) => Place::View(views.next().unwrap_or_default()),
        };
        asked.iter().map(place).collect()
    }

    /// How faults name it.
    pub(super) fn path(&self) -> String {
        match self {
            Self::Value { figure, .. } | Self::Bound { figure, .. } => figure.path(),
            Self::View(view) => view.figure.path(),
            Self::Goal { .. } => "condition.goal".into(),
        }
    }

    /// In words.
    pub(super) fn words(&self, scenario: &Scenario) -> Result<Label> {
        let told = |figure: &Figure, sign: &str, value: f64| {
            let (name, value) = (figure.name(scenario), figure.shown(scenario, value, 0.0));
            join(&name, sign, &value)
        };
        Ok(match self {
            Self::Value { figure, value, sd: None } => told(figure, "=", *value),
            Self::Value { figure, value, sd: Some(sd) } => {
                let own = figure.shown(scenario, *sd, 0.0);
                join(&told(figure, "=", *value), "±", &own)
            }
            Self::Bound { figure, value, at_least } => {
                told(figure, if *at_least { "≥" } else { "≤" }, *value)
            }
            Self::Goal { goal, met } => {
                let name = goal.name(scenario)?;
                let zh = name.zh.as_deref().unwrap_or(&name.en);
                let (en, word) = if *met { ("met", "达标") } else { ("missed", "未达标") };
                Label::both(format!("{}: {en}", name.en), Some(format!("{zh}：{word}")))
            }
            Self::View(View { figure, value, share }) => {
                let about = told(figure, "=", *value);
                let zh = about.zh.as_deref().unwrap_or(&about.en);
                let (en, word) = match share {
                    None => ("mean".to_owned(), "均值".to_owned()),
                    Some(0.5) => ("median".to_owned(), "中位数".to_owned()),
                    Some(p) => {
                        let digits = format::level(100.0 * p, 0.0);
                        (format!("{digits} % quantile"), format!("{digits}% 分位数"))
                    }
                };
                Label::both(format!("view: {en} of {}", about.en), Some(format!("外部判断：{zh}（{word}）")))
            }
        })
    }
}

/// `a sign b` in both languages.
fn join(a: &Label, sign: &str, b: &Label) -> Label {
    let zh = |label: &Label| label.zh.clone().unwrap_or_else(|| label.en.clone());
    Label::both(format!("{} {sign} {}", a.en, b.en), Some(format!("{} {sign} {}", zh(a), zh(b))))
}
