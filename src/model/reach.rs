//! Which draws a target depends on: along formulas, drivers, parameters, events and regimes, by the structure alone.

use super::coefficient::{Coefficient, ParameterRule};
use super::motion::{Forced, MotionOp};
use super::target::{BoundOp, ConditionOp};
use super::{Model, ScoreCorrelation};
use crate::innovation::Law;

/// Something that is drawn: what an analysis exchanges or holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Draw {
    /// Position of a parameter that has a draw of its own.
    Parameter(usize),
    /// Position of a normal score; what it has of its own where common factors act.
    Score(usize),
    /// Position of a common factor.
    Factor(usize),
    /// The score that all Student t laws share.
    Tail,
    /// Position of an event: occurrence and severity.
    Event(usize),
    /// Position of a regime.
    Regime(usize),
}

/// What some targets depend on.
pub(crate) struct Reach<'m> {
    model: &'m Model,
    nodes: Vec<bool>,
    parameters: Vec<bool>,
    scores: Vec<bool>,
    tail: bool,
    events: Vec<bool>,
    regimes: Vec<bool>,
}

impl<'m> Reach<'m> {
    /// Of some targets together.
    pub(crate) fn of(model: &'m Model, targets: impl IntoIterator<Item = usize>) -> Self {
        let none = |n: usize| vec![false; n];
        let mut reach = Self {
            model,
            nodes: none(model.nodes.len()),
            parameters: none(model.parameters.list.len()),
            scores: none(model.scores.len()),
            tail: false,
            events: none(model.events.len()),
            regimes: none(model.regimes.len()),
        };
        targets.into_iter().for_each(|target| reach.target(target));
        reach
    }

    /// Whether a draw can change whether they are met. A score that is correlated with one that can counts as well.
    pub(crate) fn has(&self, draw: Draw) -> bool {
        match draw {
            Draw::Parameter(k) => self.parameters[k],
            Draw::Score(k) => self.scores[k],
            Draw::Factor(k) => match &self.model.correlation {
                ScoreCorrelation::Factors { rows, .. } => rows
                    .iter()
                    .zip(&self.scores)
                    .any(|((loads, _), has)| *has && loads.iter().any(|(f, load)| *f == k && *load != 0.0)),
                _ => false,
            },
            Draw::Tail => self.tail,
            Draw::Event(k) => self.events[k],
            Draw::Regime(k) => self.regimes[k],
        }
    }

    fn target(&mut self, target: usize) {
        match &self.model.targets[target].condition {
            ConditionOp::Combined { of, .. } => of.iter().for_each(|member| self.target(*member)),
            ConditionOp::Bounded { measure, bound, .. } => {
                measure.nodes().into_iter().for_each(|node| self.node(node));
                match bound {
                    BoundOp::AtLeast(limit) | BoundOp::AtMost(limit) => self.coefficient(limit),
                    BoundOp::About { value, tolerance, .. } => {
                        self.coefficient(value);
                        self.coefficient(tolerance);
                    }
                }
            }
        }
    }

    /// Adds what a node depends on.
    pub(super) fn node(&mut self, node: usize) {
        if std::mem::replace(&mut self.nodes[node], true) {
            return;
        }
        let model = self.model;
        match &model.nodes[node].motion {
            MotionOp::Formula(f) => {
                f.inputs.iter().for_each(|input| self.node(input.node));
                f.start.iter().for_each(|start| self.coefficient(start));
            }
            MotionOp::Own(own) => {
                self.coefficient(&own.start);
                own.pushes.iter().for_each(|push| self.coefficient(push));
                own.parameters.iter().for_each(|parameter| self.coefficient(parameter));
                self.forced(&own.forced);
            }
            MotionOp::Process(p) => {
                let may_be = [&p.damping, &p.persistence, &p.last_growth].into_iter().flatten();
                let pull = p.pull.iter().flat_map(|(speed, level)| [speed, level]);
                for coefficient in [&p.start, &p.drift].into_iter().chain(may_be).chain(pull) {
                    self.coefficient(coefficient);
                }
                p.pushes.iter().for_each(|push| self.coefficient(push));
                if let Some(wander) = &p.wander {
                    self.coefficient(&wander.start);
                    self.score(wander.score);
                }
                self.forced(&p.forced);
            }
        }
    }

    fn forced(&mut self, forced: &Forced) {
        for drive in forced.drivers.iter().filter(|drive| !drive.elasticity.is_zero()) {
            self.coefficient(&drive.elasticity);
            drive.before.iter().for_each(|growth| self.coefficient(growth));
            self.node(drive.node);
        }
        for (event, load) in forced.events.iter().filter(|(_, load)| !load.is_zero()) {
            self.coefficient(load);
            if !std::mem::replace(&mut self.events[*event], true) {
                let op = &self.model.events[*event];
                self.coefficient(&op.probability);
                self.coefficient(&op.persistence);
            }
        }
        if let Some(noise) = &forced.noise {
            self.score(noise.score);
            self.coefficient(&noise.volatility);
            self.tail |= matches!(noise.law, Law::Scaled(_));
            noise.scales.iter().for_each(|(regime, _)| self.regimes[*regime] = true);
        }
        for (regime, values) in &forced.shifts {
            self.regimes[*regime] |= values.iter().any(|shift| *shift != 0.0);
        }
    }

    /// Marks a score, and those that it is correlated with directly or through others.
    fn score(&mut self, score: usize) {
        let model = self.model;
        let component = model.correlation.component(score);
        component.into_iter().for_each(|member| self.scores[member] = true);
    }

    fn coefficient(&mut self, coefficient: &Coefficient) {
        match coefficient {
            Coefficient::Number(_) | Coefficient::Course(_) => {}
            Coefficient::Drawn(p) | Coefficient::Shifted(_, p) => self.parameter(*p),
            Coefficient::Yearly(years) => years.iter().for_each(|p| self.parameter(*p)),
        }
    }

    fn parameter(&mut self, parameter: usize) {
        self.parameters[parameter] = true;
        match self.model.parameters.list[parameter].rule {
            ParameterRule::Both { of, and } => {
                self.parameter(of);
                self.parameter(and);
            }
            ParameterRule::Given { sd: of, .. }
            | ParameterRule::Sum { of, .. }
            | ParameterRule::Times { of, .. }
            | ParameterRule::Entry { row: of, .. } => self.parameter(of),
            ParameterRule::Transform(_) | ParameterRule::Rank { .. } => {}
        }
    }
}

impl ScoreCorrelation {
    /// The correlations of scores that are the product of a triangular matrix, row after row.
    pub(crate) fn matrix(factor: &[f64], size: usize) -> Vec<f64> {
        let entry = |i: usize, j: usize| {
            (0..=i.min(j)).map(|k| factor[i * size + k] * factor[j * size + k]).sum::<f64>()
        };
        (0..size * size).map(|at| entry(at / size, at % size)).collect()
    }

    /// The scores that a score depends on when common factors are left out: itself, and those that a matrix correlates with it
    /// directly or through others; in the order of the scores.
    pub(crate) fn component(&self, score: usize) -> Vec<usize> {
        let Self::Triangular { scores, factor } = self else { return vec![score] };
        let Some(first) = scores.iter().position(|s| *s == score) else { return vec![score] };
        let size = scores.len();
        let matrix = Self::matrix(factor, size);
        let (mut members, mut seen) = (vec![first], vec![false; size]);
        seen[first] = true;
        let mut next = 0;
        while let Some(&row) = members.get(next) {
            for column in 0..size {
                // Below this a correlation is the rounding of a factor.
                if !seen[column] && matrix[row * size + column].abs() > 1e-12 {
                    seen[column] = true;
                    members.push(column);
                }
            }
            next += 1;
        }
        let mut found: Vec<usize> = members.into_iter().map(|member| scores[member]).collect();
        found.sort_unstable();
        found
    }

    /// The same law with the listed scores drawn in another order, each given those before it.
    pub(crate) fn reordered(&self, order: &[usize]) -> Option<Self> {
        let Self::Triangular { scores, factor } = self else { return None };
        let size = scores.len();
        let matrix = Self::matrix(factor, size);
        let place = |score: &usize| scores.iter().position(|s| s == score);
        let rest = scores.iter().filter(|score| !order.contains(score));
        let order: Vec<usize> =
            order.iter().filter(|score| scores.contains(score)).chain(rest).copied().collect();
        let rows: Vec<usize> = order.iter().filter_map(place).collect();
        let moved: Vec<f64> = rows
            .iter()
            .flat_map(|i| rows.iter().map(|j| matrix[*i * size + j]).collect::<Vec<_>>())
            .collect();
        let factor = crate::correlation::cholesky(size, &moved);
        Some(Self::Triangular { scores: order, factor })
    }
}
