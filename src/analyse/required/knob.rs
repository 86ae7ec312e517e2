//! What is turned: a handle of the plan, or anything else that has an amount.

use crate::analyse::refuse;
use crate::error::Result;
use crate::label::{Label, Language};
use crate::link::Link;
use crate::model::Model;
use crate::outcome::goal::middle;
use crate::scenario::{Change, Handle, Motion, Scenario};

/// The plan at an amount.
type Own<'a> = Box<dyn Fn(&Scenario, f64) -> Result<Scenario> + 'a>;

/// What is changed.
pub(super) enum Knob<'a> {
    Handle(Handle),
    Own(Label, Own<'a>),
}

/// How the amounts of a change are shown to people.
#[derive(Debug, Clone, PartialEq)]
pub struct Scale {
    /// What an amount is multiplied by to be shown.
    pub factor: f64,
    /// In which unit it then is.
    pub unit: Label,
}

impl Knob<'_> {
    /// The plan at an amount. `id` names the change among those of the plan.
    pub(super) fn changed(
        &self,
        scenario: &Scenario,
        id: &str,
        amount: f64,
        course: &[f64],
    ) -> Result<Scenario> {
        match self {
            Self::Handle(handle) => scenario.changed(id, Change::new(handle.clone(), amount).over(course)),
            Self::Own(_, plan) => plan(scenario, amount),
        }
    }

    /// How much of the amount comes in each year.
    pub(super) fn course(&self, over: &[f64]) -> Result<Vec<f64>> {
        if !over.is_empty() && matches!(self, Self::Own(..)) {
            return refuse(
                "over",
                "a course was given for a plan of your own",
                "put it into the plan itself",
            );
        }
        Ok(over.to_vec())
    }

    /// Whether it acts on one of the nodes that are needed.
    pub(super) fn acts_on(&self, scenario: &Scenario, model: &Model, needed: &[bool]) -> bool {
        let indicator = |id: &str| scenario.indicators().get_index_of(id).is_none_or(|node| needed[node]);
        match self {
            // An indicator or event that is not there is refused by the change itself.
            Self::Handle(
                Handle::Drift { indicator: id }
                | Handle::Level { indicator: id, .. }
                | Handle::Elasticity { indicator: id, .. },
            ) => indicator(id),
            Self::Handle(Handle::Probability { event }) => {
                scenario.events().get_index_of(event).is_none_or(|event| model.event_acts_on(event, needed))
            }
            Self::Own(..) => true,
        }
    }

    /// Its name in a plan.
    pub(super) fn name(&self, scenario: &Scenario) -> Label {
        let names = |id: &str| {
            let name = scenario.indicators().get(id).map(|indicator| indicator.name.clone());
            let Label { en, zh } = name.unwrap_or_else(|| Label::new(id));
            (en.clone(), zh.unwrap_or(en))
        };
        let both = |en: String, zh: String| Label::both(en, Some(zh));
        match self {
            Self::Own(name, _) => name.clone(),
            Self::Handle(Handle::Drift { indicator }) => {
                let (en, zh) = names(indicator);
                both(format!("drift of {en}"), format!("{zh}的趋势增长"))
            }
            Self::Handle(Handle::Level { indicator, from }) => {
                let (en, zh) = names(indicator);
                both(format!("level of {en} from {from}"), format!("{zh}自{from}年起的水平"))
            }
            Self::Handle(Handle::Elasticity { indicator, driver }) => {
                let ((en, zh), (of, of_zh)) = (names(indicator), names(driver));
                both(format!("elasticity of {en} to {of}"), format!("{zh}对{of_zh}的弹性"))
            }
            Self::Handle(Handle::Probability { event }) => {
                let (en, zh) = scenario.events().get(event).map_or((event, event), |event| {
                    (&event.name, event.name_zh.as_ref().unwrap_or(&event.name))
                });
                both(format!("yearly probability of {en}"), format!("{zh}的年发生概率"))
            }
        }
    }

    /// How its amounts are shown.
    pub(super) fn scale(&self, scenario: &Scenario) -> Scale {
        let scale =
            |factor: f64, en: &str, zh: &str| Scale { factor, unit: Label::both(en, Some(zh.into())) };
        let (id, yearly) = match self {
            Self::Handle(Handle::Drift { indicator }) => (indicator, true),
            Self::Handle(Handle::Level { indicator, .. }) => (indicator, false),
            Self::Handle(Handle::Probability { .. }) => return scale(100.0, "points", "百分点"),
            Self::Handle(Handle::Elasticity { .. }) | Self::Own(..) => return scale(1.0, "", ""),
        };
        let Some(indicator) = scenario.indicators().get(id) else { return scale(1.0, "", "") };
        if indicator.link == Link::Log {
            return if yearly {
                scale(100.0, "log points a year", "对数点/年")
            } else {
                scale(100.0, "log points", "对数点")
            };
        }
        // What a small step of the state is at the level of the base year.
        let factor = match &indicator.motion {
            Motion::Process(moved) => 1.0 / indicator.link.slope(middle(&moved.baseline)),
            Motion::Formula { .. } => 1.0,
        };
        let (en, zh) = match (indicator.unit.en.as_str(), indicator.unit.get(Language::Zh)) {
            ("%", _) => ("points", "百分点"),
            (en, zh) => (en, zh),
        };
        let (mut en, mut zh) = (en.to_owned(), zh.to_owned());
        if yearly {
            (en, zh) = (format!("{en} a year"), format!("{zh}/年"));
        }
        if matches!(indicator.link, Link::Logit(_)) {
            let base = scenario.horizon().base();
            (en, zh) = (format!("{en} at the level of {base}"), format!("{zh}（按{base}年水平）"));
        }
        Scale { factor, unit: Label::both(en, Some(zh)) }
    }
}
