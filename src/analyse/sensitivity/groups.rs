//! The inputs of a plan: what is drawn together and independently of everything else.

use crate::analyse::names::{Names, both};
use crate::evidence::Evidence;
use crate::label::Label;
use crate::model::{Draw, Model, ParameterRule, Reach, ScoreCorrelation};
use crate::scenario::Scenario;
use crate::simulate::Streams;

/// What an input is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Kind {
    /// What one indicator's yearly shocks have of their own, over all years; of several indicators where a matrix correlates them.
    Shocks,
    /// A common factor of the shocks, over all years.
    Factor,
    /// The yearly score that all Student t laws share.
    CommonTail,
    /// An event: whether it happens in each year, and how severe it is.
    Event,
    /// A regime: its states over all years.
    Regime,
    /// A parameter, or several that are drawn together.
    Parameter,
    /// The level of the base year.
    Baseline,
    /// The bound of a target, where that is not known.
    Bound,
}

/// The two layers of uncertainty.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Layer {
    /// What will happen: shocks, factors, events, regimes. No data of today remove it.
    Chance,
    /// What we do not know: parameters, baselines, bounds. Better data would remove it.
    Knowledge,
}

impl Kind {
    /// The layer that it belongs to.
    pub fn layer(self) -> Layer {
        match self {
            Self::Shocks | Self::Factor | Self::CommonTail | Self::Event | Self::Regime => Layer::Chance,
            Self::Parameter | Self::Baseline | Self::Bound => Layer::Knowledge,
        }
    }
}

/// An input of a plan.
#[derive(Debug, Clone, PartialEq)]
pub struct Input {
    /// Its name for a reader: `drift, persistence and volatility of Real GDP`.
    pub name: Label,
    /// What it is.
    pub kind: Kind,
    /// Grade of the number, the weakest where several are drawn together; none for what will happen.
    pub evidence: Option<Evidence>,
    /// Whether the goal depends on it at all, by the structure of the plan. Where not, its indices are exactly 0.
    pub reaches: bool,
    pub(super) draws: Vec<Draw>,
}

/// What to do with shocks that a matrix correlates.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::analyse) enum Correlated {
    /// One input, because they are not independent.
    Together,
    /// An input each.
    Apart,
}

/// All inputs, in the order of the file: parameters, shocks, factors, events, regimes.
pub(super) fn inputs(
    scenario: &Scenario,
    model: &Model,
    streams: &Streams,
    goal: &[usize],
    correlated: Correlated,
) -> Vec<Input> {
    let names = Names { scenario, model };
    let mut inputs: Vec<Input> = Vec::new();
    let list = &model.parameters.list;
    for k in (0..list.len()).filter(|k| streams.parameters[*k].is_some()) {
        let has = |input: &Input, other: usize| input.draws.contains(&Draw::Parameter(other));
        // One draw can serve twice, and a mean is drawn given its standard deviation.
        let mate = match list[k].rule {
            ParameterRule::Given { sd, .. } => inputs.iter().position(|input| has(input, sd)),
            _ => inputs.iter().position(|input| {
                (0..k).any(|other| has(input, other) && streams.parameters[other] == streams.parameters[k])
            }),
        };
        match mate {
            Some(mate) => inputs[mate].draws.push(Draw::Parameter(k)),
            None => inputs.push(Input {
                name: Label::default(),
                kind: kind(&list[k].name),
                evidence: Some(list[k].evidence),
                reaches: false,
                draws: vec![Draw::Parameter(k)],
            }),
        }
        if let Some(input) = inputs.get_mut(mate.unwrap_or(usize::MAX)) {
            input.evidence = input.evidence.max(Some(list[k].evidence));
        }
    }
    for input in &mut inputs {
        input.name = names.parameters(&input.draws);
    }
    let chance = |name, kind, draws| Input { name, kind, evidence: None, reaches: false, draws };
    let mut placed = vec![false; model.scores.len()];
    for score in 0..model.scores.len() {
        if std::mem::replace(&mut placed[score], true) {
            continue;
        }
        let members = match correlated {
            Correlated::Together => model.correlation.component(score),
            Correlated::Apart => vec![score],
        };
        members.iter().for_each(|member| placed[*member] = true);
        let draws = members.iter().map(|member| Draw::Score(*member)).collect();
        inputs.push(chance(names.shocks(&members), Kind::Shocks, draws));
    }
    if let ScoreCorrelation::Factors { names: factors, .. } = &model.correlation {
        for (k, id) in factors.iter().enumerate() {
            inputs.push(chance(names.factor(id), Kind::Factor, vec![Draw::Factor(k)]));
        }
    }
    if model.has_common_tail {
        let name = both("turbulence that all Student t shocks share", "t 分布冲击共同的波动幅度");
        inputs.push(chance(name, Kind::CommonTail, vec![Draw::Tail]));
    }
    for (k, event) in model.events.iter().enumerate() {
        let name = names.event(&event.name);
        let name = both(&format!("event: {}", name.0), &format!("事件：{}", name.1));
        inputs.push(chance(name, Kind::Event, vec![Draw::Event(k)]));
    }
    for (k, regime) in model.regimes.iter().enumerate() {
        let (en, zh) = names.regime(&regime.name);
        let name = both(&format!("regime: {en}"), &format!("状态：{zh}"));
        inputs.push(chance(name, Kind::Regime, vec![Draw::Regime(k)]));
    }
    let reach = Reach::of(model, goal.iter().copied());
    for input in &mut inputs {
        input.reaches = input.draws.iter().any(|draw| reach.has(*draw));
    }
    inputs
}

/// What kind of number a path in the scenario is.
fn kind(path: &str) -> Kind {
    match path {
        path if path.starts_with("target.") => Kind::Bound,
        path if path.starts_with("indicator.") && path.ends_with(".baseline") => Kind::Baseline,
        _ => Kind::Parameter,
    }
}
