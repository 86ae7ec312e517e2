//! Events and regimes, compiled.

use super::coefficient::{Coefficient, ParameterRule};
use super::compile::{Compiler, internal};
use crate::calibrate::EventRate;
use crate::error::{Error, Result};
use crate::event::Event;
use crate::evidence::Evidence;
use crate::quantity::Value;
use crate::random::Transform;
use crate::regime::Regime;
use crate::scenario::Handle;
use crate::time::Year;

/// An event, compiled.
#[derive(Debug)]
pub(crate) struct EventOp {
    pub(crate) name: String,
    pub(crate) probability: Coefficient,
    /// First and last step in which it can happen.
    pub(crate) steps: (usize, usize),
    pub(crate) once: bool,
    /// How severe it was in the steps 1, 2, …, which are over.
    pub(crate) known: Vec<f64>,
    /// One number, or a law drawn anew each time.
    pub(crate) severity: Severity,
    pub(crate) persistence: Coefficient,
}

/// Size of one occurrence of an event.
#[derive(Debug)]
pub(crate) enum Severity {
    /// Always the same.
    Fixed(f64),
    /// Drawn each time.
    Drawn(Transform),
}

/// A regime, compiled: cumulative probabilities, so that a state is found by comparing a uniform.
#[derive(Debug)]
pub(crate) struct RegimeOp {
    pub(crate) name: String,
    /// Cumulative initial probabilities, the last entry left out.
    pub(crate) initial: Vec<f64>,
    /// Per state, cumulative transition probabilities, the last entry left out.
    pub(crate) transition: Vec<Vec<f64>>,
}

impl Compiler<'_> {
    pub(super) fn event(&mut self, id: &str, event: &Event) -> Result<EventOp> {
        let path = |key: &str| format!("event.{id}.{key}");
        let fallback = event.evidence.unwrap_or(Evidence::Assumption);
        let horizon = self.scenario.horizon;
        let steps = event.years.map_or((1, horizon.steps()), |(from, to)| {
            let step = |year: Year| (year.0 - horizon.base().0).max(0) as usize;
            (step(from).max(1), step(to).min(horizon.steps()))
        });
        let severity = match &event.severity.value {
            Value::Number(x) => Severity::Fixed(*x),
            Value::Uncertain(law) => Severity::Drawn(self.parameters.laws.stated(law)),
            // Refused by the validator; the mean course would be a second meaning of severity.
            Value::ByYear(course) => Severity::Fixed(course.at(horizon.last())),
        };
        let probability = match (&event.probability, &event.observed) {
            (Some(stated), _) => self.number(path("probability"), stated, fallback),
            (None, Some(observed)) => {
                let rate = EventRate::new(observed).map_err(Error::Run)?;
                let law = Transform::yearly_probability(rate.shape, rate.years);
                // As with a learned drift: derived from the record, unless what was believed before outweighs it.
                let outweighed = observed.prior.is_some_and(|prior| prior.years >= observed.years);
                let grade = if outweighed { Evidence::Assumption } else { Evidence::Derived };
                let rule = ParameterRule::Transform(law);
                Coefficient::Drawn(self.parameters.add(path("probability"), rule, None, grade))
            }
            (None, None) => return Err(internal(&path("probability"), "the event has no probability")),
        };
        let probability = self.changed(probability, |on| *on == Handle::probability(id));
        Ok(EventOp {
            name: id.to_string(),
            probability,
            steps,
            once: event.once,
            known: self.scenario.known().and_then(|known| known.events.get(id).cloned()).unwrap_or_default(),
            severity,
            persistence: self.number(path("persistence"), &event.persistence, fallback),
        })
    }
}

/// A regime with cumulative probabilities.
pub(super) fn regime(id: &str, regime: &Regime) -> RegimeOp {
    let cumulate = |row: &[f64]| {
        let mut sum = 0.0;
        let all: Vec<f64> = row
            .iter()
            .map(|p| {
                sum += p;
                sum
            })
            .collect();
        all[..all.len().saturating_sub(1)].to_vec()
    };
    RegimeOp {
        name: id.to_string(),
        initial: cumulate(&regime.initial),
        transition: regime.transition.iter().map(|row| cumulate(row)).collect(),
    }
}
