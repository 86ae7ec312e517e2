//! Rules of events.

use super::quantity::Rule;
use super::{Hyphen, Walk, short, under};
use crate::event::{Event, ObservedEvents};
use indexmap::IndexMap;

/// Years of a record, and events and years of a prior, at most.
const LONGEST: f64 = 1e6;
/// More events a year than this are taken for a slip.
const MOST_A_YEAR: f64 = 3.0;

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
        let stated = event.probability.as_ref();
        let probability = stated.map(|p| self.quantity(&under(&path, "probability"), p, &share));
        match (&event.probability, &event.observed) {
            (None, None) => self.refuse(
                &path,
                "the event has neither a probability nor a record; one of the two is needed",
                "state `probability = 0.1`, or how often it has happened: `observed = { events = 2, years = 17 }`",
            ),
            (Some(_), Some(_)) => self.refuse(
                under(&path, "observed"),
                "the probability is stated and learned from a record; it must be one of the two",
                "leave out `probability`, or leave out `observed`",
            ),
            _ => {}
        }
        if let Some(observed) = &event.observed {
            self.observed(&under(&path, "observed"), observed);
        }
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

    /// Whatever the record and the prior are, they must leave a law of the rate.
    fn observed(&mut self, path: &str, observed: &ObservedEvents) {
        let above = Rule::any().above(0.0).at_most(LONGEST);
        let sound = self.number(&under(path, "years"), "years", observed.years, &above);
        if sound && f64::from(observed.events) > MOST_A_YEAR * observed.years {
            self.refuse(
                under(path, "events"),
                format!(
                    "{} events in {} years are more than {MOST_A_YEAR} a year; they must be fewer, for an event happens at most once a year",
                    observed.events,
                    short(observed.years)
                ),
                "state `probability = 1.0` for what happens every year, and its size as `severity`",
            );
        }
        if let Some(prior) = &observed.prior {
            let path = under(path, "prior");
            self.number(&under(&path, "events"), "events", prior.events, &above);
            let rule = Rule::any().at_least(0.0).at_most(LONGEST);
            self.number(&under(&path, "years"), "years", prior.years, &rule);
        }
    }
}
