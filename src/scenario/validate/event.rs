//! Rules of events.

use super::quantity::Rule;
use super::{Hyphen, Walk, under};
use crate::event::Event;
use indexmap::IndexMap;

impl Walk<'_> {
    pub(super) fn events(&mut self) -> IndexMap<String, Event> {
        let draft = self.draft;
        draft.event.iter().map(|(id, event)| (id.clone(), self.event(id, event))).collect()
    }

    fn event(&mut self, id: &str, event: &Event) -> Event {
        let path = under("event", id);
        self.id(&path, id, Hyphen::Refused);
        self.texts(&path, &[("name", Some(&event.name)), ("name_zh", event.name_zh.as_ref())]);
        let share = Rule::any().at_least(0.0).at_most(1.0);
        let probability = self.quantity(&under(&path, "probability"), &event.probability, &share);
        if let Some((first, last)) = event.years {
            let path = under(&path, "years");
            if first > last {
                self.fault(
                    path,
                    format!("years is [{first}, {last}]; the first year must not be after the last"),
                );
            } else {
                let _ = self.simulated(&path, "the first year", first)
                    && self.simulated(&path, "the last year", last);
            }
        }
        let severity = self.quantity(&under(&path, "severity"), &event.severity, &Rule::any());
        let left = Rule::any().at_least(0.0).below(1.0);
        let persistence = self.quantity(&under(&path, "persistence"), &event.persistence, &left);
        let path = under(&path, "load");
        if event.load.is_empty() {
            self.fault(&path, "load is empty; an event must load on at least one indicator");
        }
        let mut load = IndexMap::new();
        for (indicator, size) in &event.load {
            let path = under(&path, indicator);
            self.pushable(&path, indicator);
            load.insert(indicator.clone(), self.quantity(&path, size, &Rule::any()));
        }
        Event { probability, severity, persistence, load, ..event.clone() }
    }
}
