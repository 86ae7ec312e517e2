//! Rules of regimes.

use super::quantity::Rule;
use super::{Hyphen, Walk, short, under};
use crate::regime::Regime;
use indexmap::{IndexMap, IndexSet};

/// Probabilities add up to 1 within this.
const ROUNDING: f64 = 1e-9;

impl Walk<'_> {
    pub(super) fn regimes(&mut self) -> IndexMap<String, Regime> {
        let draft = self.draft;
        for (id, regime) in &draft.regime {
            self.regime(id, regime);
        }
        draft.regime.clone()
    }

    fn regime(&mut self, id: &str, regime: &Regime) {
        let path = under("regime", id);
        self.id(&path, id, Hyphen::Refused);
        self.texts(&path, &[("name", Some(&regime.name)), ("name_zh", regime.name_zh.as_ref())]);
        let place = under(&path, "states");
        let n = regime.states.len();
        if n == 0 {
            self.fault(&place, "states is empty; a regime has at least one state");
        }
        let mut once = IndexSet::new();
        for state in &regime.states {
            if state.trim().is_empty() {
                self.fault(&place, "a state has no name");
            } else if !once.insert(state) {
                self.fault(&place, format!("the state `{state}` stands twice"));
            }
        }
        self.probabilities(&under(&path, "initial"), "initial", &regime.initial, n);
        let place = under(&path, "transition");
        if regime.transition.len() != n {
            self.fault(
                &place,
                format!(
                    "transition has {} rows and must have {n}, one for each state",
                    regime.transition.len()
                ),
            );
        }
        for (k, (state, row)) in regime.states.iter().zip(&regime.transition).enumerate() {
            self.probabilities(&format!("{place}[{k}]"), &format!("the row of `{state}`"), row, n);
        }
        if regime.shift.is_empty() && regime.scale.is_empty() {
            self.refuse(
                &path,
                "neither shift nor scale is given; the regime would change nothing",
                "add for instance `shift.gdp = [0.0, -0.03]`, one number for each state",
            );
        }
        for (key, of, rule) in
            [("shift", &regime.shift, Rule::any()), ("scale", &regime.scale, Rule::any().at_least(0.0))]
        {
            for (indicator, values) in of {
                let place = under(&under(&path, key), indicator);
                self.pushable(&place, indicator);
                if values.len() != n {
                    self.fault(
                        &place,
                        format!("{key} is {} long; it must be {n}, one for each state", values.len()),
                    );
                }
                for (k, (state, x)) in regime.states.iter().zip(values).enumerate() {
                    self.number(&format!("{place}[{k}]"), &format!("{key} in `{state}`"), *x, &rule);
                }
            }
        }
    }

    fn probabilities(&mut self, path: &str, name: &str, row: &[f64], n: usize) {
        if row.len() != n {
            self.fault(path, format!("{name} is {} long; it must be {n}, one for each state", row.len()));
            return;
        }
        let share = Rule::any().at_least(0.0).at_most(1.0);
        let mut sound = true;
        for (k, x) in row.iter().enumerate() {
            sound &= self.number(&format!("{path}[{k}]"), &format!("a probability of {name}"), *x, &share);
        }
        let sum: f64 = row.iter().sum();
        if sound && n > 0 && f64::abs(sum - 1.0) > ROUNDING {
            self.fault(path, format!("{name} adds up to {}; it must add up to 1", short(sum)));
        }
    }
}
