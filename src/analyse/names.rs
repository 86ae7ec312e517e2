//! What a reader calls the draws of a plan: parameters, shocks, factors, events, regimes; English and Chinese.

use crate::label::Label;
use crate::model::{Draw, Model, ParameterRule, ScoreCorrelation};
use crate::scenario::{Condition, Scenario};

/// Finds names for the reader.
pub(super) struct Names<'a> {
    pub(super) scenario: &'a Scenario,
    pub(super) model: &'a Model,
}

impl Names<'_> {
    pub(super) fn indicator(&self, id: &str) -> (String, String) {
        let found = self.scenario.indicators().get(id);
        found.map_or_else(|| (id.to_owned(), id.to_owned()), |indicator| pair(&indicator.name))
    }

    pub(super) fn event(&self, id: &str) -> (String, String) {
        self.scenario.events().get(id).map_or_else(
            || (id.to_owned(), id.to_owned()),
            |event| (event.name.clone(), event.name_zh.clone().unwrap_or_else(|| event.name.clone())),
        )
    }

    pub(super) fn regime(&self, id: &str) -> (String, String) {
        self.scenario.regimes().get(id).map_or_else(
            || (id.to_owned(), id.to_owned()),
            |regime| (regime.name.clone(), regime.name_zh.clone().unwrap_or_else(|| regime.name.clone())),
        )
    }

    pub(super) fn factor(&self, id: &str) -> Label {
        let factor = self.scenario.draft().factor.get(id);
        let en = factor.map_or(id, |factor| &factor.name);
        let zh = factor.and_then(|factor| factor.name_zh.as_deref()).unwrap_or(en);
        both(&format!("common factor: {en}"), &format!("共同因子：{zh}"))
    }

    /// Shocks of some scores.
    pub(super) fn shocks(&self, scores: &[usize]) -> Label {
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
    pub(super) fn parameters(&self, draws: &[Draw]) -> Label {
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
                    words.retain(|(en, _)| {
                        !["last growth", "posterior", "present departure of the drift", "present turbulence"]
                            .contains(en)
                    });
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
const WORDS: [(&str, &str, &str); 11] = [
    ("baseline", "baseline", "基期水平"),
    ("drift", "drift", "平均增长"),
    ("level", "long-run level", "长期水平"),
    ("damping", "damping", "衰减"),
    ("persistence", "persistence", "持续性"),
    ("speed", "speed of reversion", "回归速度"),
    ("volatility", "volatility", "波动"),
    ("last_growth", "last growth", "上年增长"),
    ("posterior", "posterior", "后验"),
    ("moving", "present departure of the drift", "平均增长的当前偏离"),
    ("turbulence", "present turbulence", "当前的波动水平"),
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

pub(super) fn both(en: &str, zh: &str) -> Label {
    Label::both(en, Some(zh.to_owned()))
}
