//! Changes of a plan, compiled: what they add to the coefficients.

use super::coefficient::Coefficient;
use super::compile::Compiler;
use crate::scenario::{Change, Handle};

impl Compiler<'_> {
    /// A coefficient with the changes that act on it.
    pub(super) fn changed(
        &mut self,
        coefficient: Coefficient,
        is_it: impl Fn(&Handle) -> bool,
    ) -> Coefficient {
        let (scenario, steps) = (self.scenario, self.scenario.horizon.steps());
        let changes = scenario.changes.iter().filter(|(_, change)| is_it(&change.on));
        changes.fold(coefficient, |coefficient, (id, change)| {
            let more = self.scaled(id, change, &change.factors(steps));
            self.parameters.sum(&named(id), &coefficient, &more, steps, change.evidence())
        })
    }

    /// What changes add to the growth of an indicator, year by year, and to the level that it is pulled to.
    pub(super) fn pushes(&mut self, id: &str) -> (Vec<Coefficient>, Vec<Coefficient>) {
        let (scenario, steps) = (self.scenario, self.scenario.horizon.steps());
        let (mut pushes, mut raised) = (Vec::new(), Vec::new());
        for (name, change) in scenario.changes.iter().filter(|(_, change)| change.on.is_of(id)) {
            let factors = change.factors(steps);
            match &change.on {
                Handle::Drift { .. } => pushes.push(self.scaled(name, change, &factors)),
                Handle::Level { from, .. } => {
                    // The shift of each year, that of the year before, and what is added between them.
                    let first = scenario.horizon.step(*from).unwrap_or(1);
                    let shift = |step: usize| if step < first { 0.0 } else { factors[step - 1] };
                    let added: Vec<f64> = (1..=steps).map(|step| shift(step) - shift(step - 1)).collect();
                    let before: Vec<f64> = (0..steps).map(shift).collect();
                    pushes.push(self.scaled(name, change, &added));
                    raised.push(self.scaled(name, change, &before));
                }
                Handle::Elasticity { .. } | Handle::Probability { .. } => {}
            }
        }
        (pushes, raised)
    }

    fn scaled(&mut self, id: &str, change: &Change, factors: &[f64]) -> Coefficient {
        self.parameters.scaled(&named(id), &change.by, factors, change.evidence())
    }
}

/// What addresses the draw of a change.
fn named(id: &str) -> String {
    format!("change.{id}")
}
