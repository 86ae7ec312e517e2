//! Rules of levers.

use super::quantity::Rule;
use super::{Hyphen, Walk, suggest, under};
use crate::scenario::{ActsOn, Lever, LeverEffect, Response};
use indexmap::IndexMap;

/// Longer than this nothing takes effect in a plan.
const LONGEST_LAG: f64 = 50.0;

impl Walk<'_> {
    pub(super) fn levers(&mut self) -> IndexMap<String, Lever> {
        let draft = self.draft;
        for (id, lever) in &draft.lever {
            // Spending on levers is added up.
            if let Some((first, other)) = draft.lever.first().filter(|(_, other)| other.unit != lever.unit) {
                self.refuse(
                    under(&under("lever", id), "unit"),
                    format!(
                        "the unit is \"{}\" here and \"{}\" of `{first}`; it must be the same for all levers, whose spending is added up",
                        lever.unit, other.unit
                    ),
                    "convert `most` and the numbers of the responses",
                );
            }
        }
        draft.lever.iter().map(|(id, lever)| (id.clone(), self.lever(id, lever))).collect()
    }

    fn lever(&mut self, id: &str, lever: &Lever) -> Lever {
        let path = under("lever", id);
        self.id(&path, id, Hyphen::Refused);
        self.texts(
            &path,
            &[
                ("name", Some(&lever.name)),
                ("name_zh", lever.name_zh.as_ref()),
                ("unit", Some(&lever.unit)),
                ("unit_zh", lever.unit_zh.as_ref()),
            ],
        );
        self.number(&under(&path, "most"), "most", lever.most, &Rule::any().above(0.0));
        if let Some(from) = lever.from {
            self.simulated(&under(&path, "from"), "the first year", from);
        }
        let path = under(&path, "effect");
        if lever.effect.is_empty() {
            self.refuse(
                &path,
                "effect is empty; a lever must do something",
                "add one: `effect.growth = { on.drift = \"gdp\", by = 0.001, response = \"linear\" }`",
            );
        }
        let effects = lever.effect.iter();
        let effect = effects.map(|(name, effect)| (name.clone(), self.effect(&path, name, effect))).collect();
        Lever { effect, ..lever.clone() }
    }

    fn effect(&mut self, path: &str, name: &str, effect: &LeverEffect) -> LeverEffect {
        let path = under(path, name);
        self.id(&path, name, Hyphen::Refused);
        self.acts_on(&under(&path, "on"), &effect.on);
        let by = self.quantity(&under(&path, "by"), &effect.by, &Rule::any());
        self.response(&under(&path, "response"), effect);
        LeverEffect { by, ..effect.clone() }
    }

    fn acts_on(&mut self, path: &str, on: &ActsOn) {
        let draft = self.draft;
        match on {
            ActsOn::Drift(indicator) => {
                self.pushable(&under(path, "drift"), indicator);
            }
            ActsOn::Level(indicator) => {
                self.pushable(&under(path, "level"), indicator);
            }
            ActsOn::Elasticity(of) => {
                let path = under(path, "elasticity");
                if !self.known(&under(&path, "indicator"), &of.indicator) {
                    return;
                }
                let drivers = &draft.indicator[&of.indicator].driver;
                if !drivers.contains_key(&of.driver) {
                    let remedy = suggest::remedy(&of.driver, drivers.keys().map(String::as_str), "drivers");
                    let problem = format!("`{}` is no driver of `{}`", of.driver, of.indicator);
                    self.refuse(under(&path, "driver"), problem, remedy);
                }
            }
            ActsOn::Probability(event) => {
                if !draft.event.contains_key(event) {
                    let remedy = suggest::remedy(event, draft.event.keys().map(String::as_str), "events");
                    self.refuse(under(path, "probability"), format!("there is no event `{event}`"), remedy);
                }
            }
        }
    }

    fn response(&mut self, path: &str, effect: &LeverEffect) {
        let above = Rule::any().above(0.0);
        match effect.response {
            Response::Linear => {}
            Response::Saturating(saturation) => {
                self.number(&under(&under(path, "saturating"), "half"), "half", saturation.half, &above);
            }
            Response::Power(power) => {
                let rule = Rule::any().above(0.0).at_most(1.0);
                self.number(&under(&under(path, "power"), "exponent"), "exponent", power.exponent, &rule);
            }
            Response::KnowledgeStock(stock) => {
                let path = under(path, "knowledge_stock");
                if !matches!(effect.on, ActsOn::Drift(_)) {
                    self.refuse(
                        &path,
                        "a stock of knowledge gives the growth that it adds; it must act on a drift",
                        "write `on.drift`, or another response",
                    );
                }
                self.number(&under(&path, "base"), "base", stock.base, &above);
                let share = Rule::any().above(0.0).at_most(1.0);
                let sound =
                    self.number(&under(&path, "depreciation"), "depreciation", stock.depreciation, &share);
                let least = if sound { -stock.depreciation } else { -1.0 };
                let rule = Rule::any().above(least).at_most(1.0);
                self.number(&under(&path, "growth"), "growth", stock.growth, &rule);
                let rule = Rule::any().at_least(0.0).at_most(LONGEST_LAG);
                self.number(&under(&path, "lag"), "lag", f64::from(stock.lag), &rule);
            }
        }
    }
}
