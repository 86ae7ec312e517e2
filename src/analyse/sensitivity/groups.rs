//! The inputs of a plan: what is drawn together and independently of everything else.

use crate::evidence::Evidence;
use crate::label::Label;
use crate::model::{Draw, Model, ParameterRule, Reach, ScoreCorrelation};
use crate::scenario::{Condition, Scenario};
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
pub(super) enum Correlated {
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
        let (en, zh) = scenario.regimes().get(&regime.name).map_or_else(
            || (regime.name.clone(), regime.name.clone()),
            |r| (r.name.clone(), r.name_zh.clone().unwrap_or_else(|| r.name.clone())),
        );
        let name = both(&format!("regime: {en}"), &format!("状态：{zh}"));
        inputs.push(chance(name, Kind::Regime, vec![Draw::Regime(k)]));
    }
    let reach = Reach::of(model, goal.iter().copied());
    for input in &mut inputs {
        input.reaches = input.draws.iter().any(|draw| reach.has(*draw));
    }
    inputs
}

fn both(en: &str, zh: &str) -> Label {
    Label::both(en, Some(zh.to_owned()))
}

/// What kind of number a path in the scenario is.
fn kind(path: &str) -> Kind {
    match path {
        path if path.starts_with("target.") => Kind::Bound,
        path if path.starts_with("indicator.") && path.ends_with(".baseline") => Kind::Baseline,
        _ => Kind::Parameter,
    }
}

/// Finds names for the reader.
struct Names<'a> {
    scenario: &'a Scenario,
    model: &'a Model,
}

impl Names<'_> {
    fn indicator(&self, id: &str) -> (String, String) {
        let found = self.scenario.indicators().get(id);
        found.map_or_else(|| (id.to_owned(), id.to_owned()), |indicator| pair(&indicator.name))
    }

    fn event(&self, id: &str) -> (String, String) {
        self.scenario.events().get(id).map_or_else(
            || (id.to_owned(), id.to_owned()),
            |event| (event.name.clone(), event.name_zh.clone().unwrap_or_else(|| event.name.clone())),
        )
    }

    fn factor(&self, id: &str) -> Label {
        let factor = self.scenario.draft().factor.get(id);
        let en = factor.map_or(id, |factor| &factor.name);
        let zh = factor.and_then(|factor| factor.name_zh.as_deref()).unwrap_or(en);
        both(&format!("common factor: {en}"), &format!("共同因子：{zh}"))
    }

    /// Shocks of some scores.
    fn shocks(&self, scores: &[usize]) -> Label {
        let names: Vec<(String, String)> =
            scores.iter().map(|score| self.indicator(&self.model.scores[*score])).collect();
        let [only] = scores else {
            let (en, zh): (Vec<String>, Vec<String>) = names.into_iter().unzip();
            let more = en.len().saturating_sub(3);
            return match more {
                0 => both(
                    &format!("correlated shocks to {}", listed(&en, ", ", " and ")),
                    &format!("{}的相关冲击", listed(&zh, "、", "与")),
                ),
                _ => both(
                    &format!("correlated shocks to {} and {more} others", en[..3].join(", ")),
                    &format!("{}等 {} 项的相关冲击", zh[..3].join("、"), zh.len()),
                ),
            };
        };
        let name = &self.model.scores[*only];
        if !self.scenario.indicators().contains_key(name)
            && let Some(id) = name.strip_suffix(" drift")
        {
            let (en, zh) = self.indicator(id);
            return both(&format!("moves of the drift of {en}"), &format!("{zh}平均增长的变动"));
        }
        let (en, zh) = &names[0];
        let shared = match &self.model.correlation {
            ScoreCorrelation::Factors { rows, .. } => !rows[*only].0.is_empty(),
            _ => false,
        };
        match shared {
            true => both(&format!("own shocks to {en}"), &format!("{zh}自身的冲击")),
            false => both(&format!("shocks to {en}"), &format!("{zh}的冲击")),
        }
    }

    /// Parameters that are drawn together.
    fn parameters(&self, draws: &[Draw]) -> Label {
        let list = &self.model.parameters.list;
        let drawn: Vec<usize> = draws
            .iter()
            .filter_map(|draw| match draw {
                Draw::Parameter(k) => Some(*k),
                _ => None,
            })
            .collect();
        let paths: Vec<&str> = drawn
            .iter()
            .flat_map(|k| match list[*k].rule {
                ParameterRule::Rank { .. } => list
                    .iter()
                    .filter(|p| matches!(p.rule, ParameterRule::Entry { row, .. } if row == *k))
                    .map(|p| p.name.as_str())
                    .collect(),
                _ => vec![list[*k].name.as_str()],
            })
            .collect();
        let parts: Vec<&str> = paths[0].splitn(3, '.').collect();
        let [of, id, key] = parts[..] else { return Label::new(paths[0]) };
        let key_of = |path: &&str| path.splitn(3, '.').nth(2).unwrap_or_default().to_owned();
        match of {
            "indicator" => {
                let (en, zh) = self.indicator(id);
                if let Some(driver) = key.strip_prefix("driver.").and_then(|k| k.strip_suffix(".elasticity"))
                {
                    let by = self.indicator(driver);
                    return both(
                        &format!("elasticity of {en} to {}", by.0),
                        &format!("{zh}对{}的弹性", by.1),
                    );
                }
                let keys: Vec<String> = paths.iter().map(key_of).collect();
                let mut words: Vec<(&str, &str)> = WORDS
                    .iter()
                    .filter(|(key, ..)| keys.iter().any(|k| k == key))
                    .map(|(_, en, zh)| (*en, *zh))
                    .collect();
                // A table holds where growth stands as well; its reader asks for what it rests on.
                if words.len() > 1 {
                    words.retain(|(en, _)| !["last growth", "posterior"].contains(en));
                }
                if words.is_empty() {
                    words.push((key.strip_prefix("custom.").unwrap_or(key), key));
                }
                let (of_en, of_zh): (Vec<&str>, Vec<&str>) = words.into_iter().unzip();
                both(
                    &format!("{} of {en}", listed(&of_en, ", ", " and ")),
                    &format!("{zh}的{}", listed(&of_zh, "、", "与")),
                )
            }
            "event" => {
                let (en, zh) = self.event(id);
                match key.strip_prefix("load.") {
                    Some(indicator) => {
                        let on = self.indicator(indicator);
                        both(&format!("effect of {en} on {}", on.0), &format!("{zh}对{}的影响", on.1))
                    }
                    None if key == "probability" => {
                        both(&format!("probability of {en}"), &format!("{zh}的概率"))
                    }
                    None => both(&format!("persistence of {en}"), &format!("{zh}的持续性")),
                }
            }
            _ => {
                let target = self.scenario.targets().get(id);
                let (en, zh) = target
                    .filter(|target| !matches!(target.condition, Condition::Combined(_)))
                    .map_or_else(|| (id.to_owned(), id.to_owned()), |target| pair(&target.name));
                match key {
                    "tolerance" => {
                        both(&format!("tolerance of the target: {en}"), &format!("{zh}的允许偏差"))
                    }
                    _ => both(&format!("value of the target: {en}"), &format!("{zh}的目标值")),
                }
            }
        }
    }
}

/// Keys of an indicator's parameters, and what a reader calls them.
const WORDS: [(&str, &str, &str); 9] = [
    ("baseline", "baseline", "基期水平"),
    ("drift", "drift", "平均增长"),
    ("level", "long-run level", "长期水平"),
    ("damping", "damping", "衰减"),
    ("persistence", "persistence", "持续性"),
    ("speed", "speed of reversion", "回归速度"),
    ("volatility", "volatility", "波动"),
    ("last_growth", "last growth", "上年增长"),
    ("posterior", "posterior", "后验"),
];

fn pair(label: &Label) -> (String, String) {
    (label.en.clone(), label.zh.clone().unwrap_or_else(|| label.en.clone()))
}

/// `a, b and c`.
fn listed<S: AsRef<str>>(words: &[S], comma: &str, and: &str) -> String {
    let words: Vec<&str> = words.iter().map(AsRef::as_ref).collect();
    match words.split_last() {
        Some((last, rest)) if !rest.is_empty() => format!("{}{and}{last}", rest.join(comma)),
        _ => words.concat(),
    }
}
