//! The recommended box as a sentence.

use super::{Discovered, Feature, FeatureKind, FoundBox, Restriction};
use crate::label::Language;
use crate::outcome::format;

impl Feature {
    /// A value of it as it is printed, with its unit: as many digits as tell its 5 % from its 95 % quantile a hundred times apart.
    pub fn value(&self, x: f64, language: Language) -> String {
        let number = format::level(x, 0.2 * (self.range.1 - self.range.0));
        match (self.unit.get(language), language) {
            ("", _) => number,
            (unit, Language::Zh) => format!("{number}{unit}"),
            (unit, _) => format!("{number} {unit}"),
        }
    }

    /// A restriction of it in words: `growth of Exports in 2026 is below 1.2 %`.
    pub fn says(&self, restriction: &Restriction, language: Language) -> String {
        let name = self.name.get(language);
        if self.kind == FeatureKind::Event {
            return match (restriction.low.is_some(), language) {
                (true, Language::En) => format!("the event {name} happens"),
                (false, Language::En) => format!("the event {name} does not happen"),
                (true, Language::Zh) => format!("发生“{name}”"),
                (false, Language::Zh) => format!("未发生“{name}”"),
            };
        }
        let shown = |x: f64| self.value(x, language);
        match (restriction.low, restriction.high, language) {
            (Some(low), None, Language::En) => format!("{name} is above {}", shown(low)),
            (None, Some(high), Language::En) => format!("{name} is below {}", shown(high)),
            (Some(low), Some(high), Language::En) => {
                format!("{name} lies between {} and {}", shown(low), shown(high))
            }
            (Some(low), None, Language::Zh) => format!("{name}高于{}", shown(low)),
            (None, Some(high), Language::Zh) => format!("{name}低于{}", shown(high)),
            (Some(low), Some(high), Language::Zh) => format!("{name}介于{}与{}之间", shown(low), shown(high)),
            (None, None, _) => name.to_owned(),
        }
    }
}

impl Discovered {
    /// The recommended box in a sentence, with coverage and density on the paths that the search has not seen.
    pub fn sentence(&self, language: Language) -> String {
        self.sentence_of(&self.recommended, language)
    }

    /// Another box of the trade-off in a sentence.
    pub fn sentence_of(&self, found: &FoundBox, language: Language) -> String {
        let goal = self.asked.goal.get(language);
        let [coverage, density, all] =
            [&found.coverage, &found.density, &self.happens].map(|p| format::percent(p, language));
        let [of_coverage, of_density] = [&found.coverage, &found.density].map(format::interval);
        let met = self.met;
        let is_told = !found.restrictions.is_empty() && found.density.low > self.happens.high;
        if !is_told {
            return match (met, language) {
                (false, Language::En) => format!(
                    "No box of these features holds the misses of “{goal}” apart: it is missed in {all} of all futures, and hardly more often anywhere."
                ),
                (true, Language::En) => format!(
                    "No box of these features holds the successes of “{goal}” apart: it is met in {all} of all futures, and hardly more often anywhere."
                ),
                (false, Language::Zh) => {
                    format!("这些特征未能区分出“{goal}”落空的情形：总体落空的可能为{all}，各处相差无几。")
                }
                (true, Language::Zh) => {
                    format!("这些特征未能区分出“{goal}”实现的情形：总体实现的可能为{all}，各处相差无几。")
                }
            };
        }
        let parts: Vec<String> =
            found.restrictions.iter().map(|r| self.features[r.feature].says(r, language)).collect();
        let mostly = found.coverage.estimate > 0.5;
        match language {
            Language::En => {
                let (missed, misses) = if met { ("met", "successes") } else { ("missed", "misses") };
                let where_ = if mostly { "mostly where" } else { "often where" };
                let when = match parts.split_last() {
                    Some((last, rest)) if !rest.is_empty() => format!("{} and {last}", rest.join(", ")),
                    _ => parts.concat(),
                };
                format!(
                    "“{goal}” is {missed} {where_} {when}: there it is {missed} in {density} ({of_density}) of the futures, against {all} in \
                     all; {coverage} ({of_coverage}) of all {misses} lie there."
                )
            }
            Language::Zh => {
                let missed = if met { "实现" } else { "落空" };
                let mostly = if mostly { "大多" } else { "常常" };
                format!(
                    "“{goal}”{mostly}在以下情形{missed}：{}。其中{missed}的可能为{density}（{of_density}），总体为{all}；全部{missed}情形中有{coverage}（{of_coverage}）属于此类。",
                    parts.join("，且")
                )
            }
        }
    }
}
