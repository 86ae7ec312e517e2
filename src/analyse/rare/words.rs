//! What a draw is, in words.

use crate::label::Label;
use crate::model::{Model, ScoreCorrelation};
use crate::scenario::Scenario;
use crate::simulate::Draw;

/// What a coordinate is called.
pub(super) fn of(model: &Model, scenario: &Scenario, draw: &Draw) -> Label {
    match draw {
        Draw::Parameter(p) => parameter(scenario, &model.parameters.list[*p].name),
        Draw::Factor { factor, .. } => {
            let ScoreCorrelation::Factors { names, .. } = &model.correlation else { return Label::default() };
            let id = &names[*factor];
            let known = scenario.draft().factor.get(id);
            known.map_or_else(|| Label::new(id.clone()), |f| Label::both(f.name.clone(), f.name_zh.clone()))
        }
        Draw::Score { score, .. } => match model.scores[*score].strip_suffix(" drift") {
            Some(id) => joined(&indicator(scenario, id), "drift moves", "趋势变动"),
            None => indicator(scenario, &model.scores[*score]),
        },
        Draw::Tail { .. } => Label::both("How wild the year is", Some("当年波动剧烈程度".into())),
        Draw::Occurrence { event: e, .. } => {
            joined(&event(scenario, &model.events[*e].name), "stays away", "不发生")
        }
        Draw::Severity { event: e, .. } => {
            joined(&event(scenario, &model.events[*e].name), "severity", "严重程度")
        }
        Draw::Regime { regime, .. } => {
            let id = &model.regimes[*regime].name;
            let known = scenario.regimes().get(id);
            known.map_or_else(|| Label::new(id.clone()), |r| Label::both(r.name.clone(), r.name_zh.clone()))
        }
    }
}

fn indicator(scenario: &Scenario, id: &str) -> Label {
    scenario.indicators().get(id).map_or_else(|| Label::new(id), |indicator| indicator.name.clone())
}

fn event(scenario: &Scenario, id: &str) -> Label {
    let known = scenario.events().get(id);
    known.map_or_else(|| Label::new(id), |event| Label::both(event.name.clone(), event.name_zh.clone()))
}

/// `Real GDP: average growth`.
fn joined(of: &Label, en: &str, zh: &str) -> Label {
    let zh_name = of.zh.as_deref().unwrap_or(&of.en);
    Label::both(format!("{}: {en}", of.en), Some(format!("{zh_name}：{zh}")))
}

/// From its path in the scenario.
fn parameter(scenario: &Scenario, path: &str) -> Label {
    let parts: Vec<&str> = path.split('.').collect();
    match parts.as_slice() {
        ["indicator", id, "driver", driver, ..] => {
            let (of, by) = (indicator(scenario, id), indicator(scenario, driver));
            let by_zh = by.zh.as_deref().unwrap_or(&by.en);
            joined(&of, &format!("response to {}", by.en), &format!("对“{by_zh}”的弹性"))
        }
        ["indicator", id, rest @ ..] => {
            let key = rest.last().copied().unwrap_or_default();
            let (en, zh) = key_words(key);
            joined(&indicator(scenario, id), en, zh)
        }
        ["event", id, "load", of] => {
            let of = indicator(scenario, of);
            let of_zh = of.zh.as_deref().unwrap_or(&of.en);
            joined(&event(scenario, id), &format!("effect on {}", of.en), &format!("对“{of_zh}”的影响"))
        }
        ["event", id, key] => {
            let (en, zh) = key_words(key);
            joined(&event(scenario, id), en, zh)
        }
        ["target", id, key] => {
            let (en, zh) = key_words(key);
            let name = scenario.targets().get(*id).map_or_else(|| Label::new(*id), |t| t.name.clone());
            joined(&name, en, zh)
        }
        _ => Label::new(path),
    }
}

/// The words for a key; the key itself where it is a parameter of the user's own.
fn key_words(key: &str) -> (&str, &str) {
    match key {
        "baseline" => ("starting level", "基期水平"),
        "drift" => ("average growth", "平均增长"),
        "posterior" => ("what its history leaves open", "历史数据未能确定的部分"),
        "volatility" => ("volatility", "波动幅度"),
        "persistence" => ("persistence", "持续性"),
        "last_growth" => ("growth of the base year", "基年增速"),
        "level" => ("level that it returns to", "回归水平"),
        "ceiling" => ("ceiling", "上限"),
        "speed" => ("speed", "调整速度"),
        "damping" => ("fading of the trend", "趋势衰减"),
        "probability" => ("probability", "发生概率"),
        "at_least" | "at_most" | "about" => ("bound of the target", "目标值"),
        "tolerance" => ("tolerance of the target", "目标容差"),
        other => (other, other),
    }
}
