//! Latent states that are sums of normal numbers, and what is known of them exactly.
//!
//! Where the coefficients that multiply are numbers, drifts and starts numbers or normal in the state, and innovations
//! normal, the growth equation is linear: every state is a constant plus a weighted sum of standard normals, and so is what
//! a target on it is judged by. Its probability is then one of the normal law.

use super::coefficient::{Coefficient, Parameter, ParameterRule};
use super::latent::{WeightedSum, latent};
use super::motion::{FormulaMotion, MotionOp, Node, ProcessMotion};
use super::target::{BoundOp, ConditionOp};
use super::{Latent, Model, ScoreCorrelation};
use crate::innovation::Law;
use crate::link::Link;
use crate::process::GrowthScale;
use crate::stats::normal;
use crate::target::Side;
use std::collections::BTreeMap;

/// A standard normal that states are made of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Source {
    /// What a parameter is drawn from.
    Parameter(usize),
    /// A score of a step; those of the same step are correlated.
    Score { step: usize, score: usize },
}

/// A constant plus weights times standard normals.
#[derive(Debug, Clone, Default, PartialEq)]
struct Linear {
    constant: f64,
    weights: BTreeMap<Source, f64>,
}

/// Every state that is linear, node by node, t0 … T.
pub(crate) struct Gaussian<'m> {
    model: &'m Model,
    states: Vec<Vec<Option<Linear>>>,
    /// Per parameter: itself, or its logarithm.
    parameters: Vec<Option<Drawn>>,
}

/// A parameter that is normal, or whose logarithm is.
#[derive(Debug, Clone)]
enum Drawn {
    Itself(Linear),
    Logarithm(Linear),
}

/// What a step leaves to the next one.
struct Moving {
    growth: Vec<Option<Linear>>,
    wander: Vec<Option<Linear>>,
}

impl Linear {
    fn number(constant: f64) -> Self {
        Self { constant, weights: BTreeMap::new() }
    }

    fn normal(constant: f64, weight: f64, source: Source) -> Self {
        Self { constant, weights: BTreeMap::from([(source, weight)]) }
    }

    /// Adds another one so many times.
    fn plus(mut self, times: f64, other: &Self) -> Self {
        self.constant += times * other.constant;
        for (source, weight) in &other.weights {
            *self.weights.entry(*source).or_insert(0.0) += times * weight;
        }
        self
    }

    fn times(self, by: f64) -> Self {
        Self::default().plus(by, &self)
    }
}

impl<'m> Gaussian<'m> {
    /// Looks for them.
    pub(crate) fn new(model: &'m Model) -> Self {
        let mut of = Self { model, states: vec![Vec::new(); model.nodes.len()], parameters: Vec::new() };
        for (k, parameter) in model.parameters.list.iter().enumerate() {
            let drawn = of.drawn(k, parameter);
            of.parameters.push(drawn);
        }
        let mut moving =
            Moving { growth: vec![None; model.nodes.len()], wander: vec![None; model.wandering] };
        for step in 0..=model.horizon.steps() {
            for &node in &model.order {
                let op = &model.nodes[node];
                let state = match &op.motion {
                    // Changes and actuals are left to the paths.
                    MotionOp::Process(p) if !p.pushes.is_empty() || !model.known_years.is_empty() => None,
                    MotionOp::Process(p) if step == 0 => of.start(op, p, node, &mut moving),
                    MotionOp::Process(p) => of.process(p, node, step, &mut moving),
                    MotionOp::Formula(FormulaMotion { sum: Some(sum), .. }) => of.weighted_sum(sum, step),
                    MotionOp::Formula(_) | MotionOp::Own(_) => None,
                };
                of.states[node].push(state);
            }
        }
        of
    }

    /// The probability that a target is met as at its year.
    pub(crate) fn probability(&self, target: usize) -> Option<f64> {
        let op = &self.model.targets[target];
        if let Some(latent) = &op.latent {
            return self.beyond(latent, op.step);
        }
        // Within a tolerance on both sides: what is left between the two tails.
        let ConditionOp::Bounded { measure, bound, strict } = &op.condition else { return None };
        let BoundOp::About {
            value: Coefficient::Number(value),
            tolerance: Coefficient::Number(width),
            side: Side::Both,
        } = bound
        else {
            return None;
        };
        let within = |bound: BoundOp| {
            let side = latent(&self.model.nodes, measure, &bound, *strict, op.step)?;
            self.beyond(&side, op.step)
        };
        let above = within(BoundOp::AtLeast(Coefficient::Number(value - width)))?;
        let below = within(BoundOp::AtMost(Coefficient::Number(value + width)))?;
        Some((above + below - 1.0).max(0.0))
    }

    /// The mean of a level at a step.
    pub(crate) fn mean(&self, node: usize, step: usize) -> Option<f64> {
        let state = self.states[node].get(step)?.as_ref()?;
        let mean = match self.model.nodes[node].link {
            Link::Log => libm::exp(state.constant + 0.5 * self.variance(state)),
            Link::Identity => state.constant,
            Link::Logit(_) => return None,
        };
        mean.is_finite().then_some(mean)
    }

    /// The probability of a condition on a state as at a step.
    fn beyond(&self, latent: &Latent, step: usize) -> Option<f64> {
        // In every year at once is a normal law of several dimensions.
        if latent.every_year && step > 1 {
            return None;
        }
        let states = &self.states[latent.node];
        let mut judged = states[step].clone()?;
        if latent.from_base {
            judged = judged.plus(-1.0, states[0].as_ref()?);
        }
        let (off, sd) = (latent.edges[step - 1] - judged.constant, self.variance(&judged).sqrt());
        let p = match (sd > 0.0, latent.above) {
            (true, true) => normal::upper(off / sd),
            (true, false) => normal::cdf(off / sd),
            (false, true) => f64::from(u8::from(off <= 0.0)),
            (false, false) => f64::from(u8::from(off >= 0.0)),
        };
        p.is_finite().then_some(p)
    }

    fn variance(&self, of: &Linear) -> f64 {
        let mut variance = 0.0;
        let mut years: BTreeMap<usize, Vec<(usize, f64)>> = BTreeMap::new();
        for (source, weight) in &of.weights {
            match source {
                Source::Parameter(_) => variance += weight * weight,
                Source::Score { step, score } => years.entry(*step).or_default().push((*score, *weight)),
            }
        }
        let of_year = |year: &Vec<(usize, f64)>| {
            let pairs = year.iter().flat_map(|a| year.iter().map(move |b| (a, b)));
            pairs.map(|((i, a), (j, b))| a * b * self.correlation(*i, *j)).sum::<f64>()
        };
        variance + years.values().map(of_year).sum::<f64>()
    }

    /// The correlation of two scores of a year.
    fn correlation(&self, i: usize, j: usize) -> f64 {
        if i == j {
            return 1.0;
        }
        match &self.model.correlation {
            ScoreCorrelation::Independent => 0.0,
            ScoreCorrelation::Factors { rows, .. } => {
                let loads = rows[i].0.iter().flat_map(|a| rows[j].0.iter().map(move |b| (a, b)));
                loads.filter(|(a, b)| a.0 == b.0).map(|(a, b)| a.1 * b.1).sum()
            }
            ScoreCorrelation::Triangular { scores, factor } => {
                let row = |score: usize| {
                    let k = scores.iter().position(|listed| *listed == score)?;
                    Some(&factor[k * scores.len()..][..scores.len()])
                };
                match (row(i), row(j)) {
                    (Some(a), Some(b)) => a.iter().zip(b).map(|(a, b)| a * b).sum(),
                    _ => 0.0,
                }
            }
        }
    }

    /// A parameter, from those before it.
    fn drawn(&self, k: usize, parameter: &Parameter) -> Option<Drawn> {
        let raw = match &parameter.rule {
            ParameterRule::Transform(law) => {
                // Parameters of one name have the same draws.
                let list = &self.model.parameters.list;
                let source = list.iter().position(|other| other.name == parameter.name).unwrap_or(k);
                let normal = |(location, scale)| Linear::normal(location, scale, Source::Parameter(source));
                let itself = law.as_normal().map(|law| Drawn::Itself(normal(law)));
                itself.or_else(|| law.as_log_normal().map(|law| Drawn::Logarithm(normal(law))))?
            }
            ParameterRule::Sum { of, add } => match self.parameters[*of].clone()? {
                Drawn::Itself(x) => Drawn::Itself(x.plus(1.0, &Linear::number(*add))),
                Drawn::Logarithm(x) if *add == 0.0 => Drawn::Logarithm(x),
                Drawn::Logarithm(_) => return None,
            },
            ParameterRule::Both { of, and } => {
                match (self.parameters[*of].clone()?, self.parameters[*and].as_ref()?) {
                    (Drawn::Itself(x), Drawn::Itself(y)) => Drawn::Itself(x.plus(1.0, y)),
                    _ => return None,
                }
            }
            ParameterRule::Times { of, by } => match self.parameters[*of].clone()? {
                Drawn::Itself(x) => Drawn::Itself(x.times(*by)),
                Drawn::Logarithm(_) => return None,
            },
            ParameterRule::Given { .. } | ParameterRule::Rank { .. } | ParameterRule::Entry { .. } => {
                return None;
            }
        };
        match (parameter.link, raw) {
            (None | Some(Link::Identity), raw) => Some(raw),
            (Some(Link::Log), Drawn::Logarithm(x)) => Some(Drawn::Itself(x)),
            (Some(_), _) => None,
        }
    }

    /// A coefficient of a step that may be added.
    fn added(&self, coefficient: &Coefficient, step: usize) -> Option<Linear> {
        let drawn = |p: usize| match &self.parameters[p] {
            Some(Drawn::Itself(x)) => Some(x.clone()),
            _ => None,
        };
        let year = step.saturating_sub(1);
        match coefficient {
            Coefficient::Number(x) => Some(Linear::number(*x)),
            Coefficient::Course(years) => Some(Linear::number(years[year])),
            Coefficient::Drawn(p) => drawn(*p),
            Coefficient::Shifted(years, p) => Some(drawn(*p)?.plus(1.0, &Linear::number(years[year]))),
            Coefficient::Yearly(p) => drawn(p[year]),
        }
    }

    /// A coefficient of a step that multiplies: it has to be the same on all paths.
    fn factor(&self, coefficient: &Coefficient, step: usize) -> Option<f64> {
        match coefficient {
            Coefficient::Number(x) => Some(*x),
            Coefficient::Course(years) => Some(years[step.saturating_sub(1)]),
            Coefficient::Drawn(_) | Coefficient::Shifted(..) | Coefficient::Yearly(_) => None,
        }
    }

    fn drift(&self, p: &ProcessMotion, step: usize) -> Option<Linear> {
        let drift = self.added(&p.drift, step)?;
        let damping = p.damping.as_ref().map_or(Some(1.0), |damping| self.factor(damping, step))?;
        Some((1..step).fold(drift, |drift, _| drift.times(damping)))
    }

    fn start(&self, op: &Node, p: &ProcessMotion, node: usize, moving: &mut Moving) -> Option<Linear> {
        moving.growth[node] = match &p.last_growth {
            Some(stated) => self.added(stated, 1),
            None => self.drift(p, 1),
        };
        if let Some(wander) = &p.wander {
            moving.wander[wander.place] = self.added(&wander.start, 1);
        }
        match op.fixed_start {
            Some(level) => Some(Linear::number(op.link.state(level))),
            None => self.added(&p.start, 1),
        }
    }

    /// The growth equation of [`crate::process`], term by term as in the kernel.
    fn process(&self, p: &ProcessMotion, node: usize, step: usize, moving: &mut Moving) -> Option<Linear> {
        let before = moving.growth[node].take();
        let wander = p.wander.as_ref().map(|wander| (wander, moving.wander[wander.place].take()));
        if !(p.growth == GrowthScale::Latent && p.forced.events.is_empty() && p.forced.shifts.is_empty()) {
            return None;
        }
        let mut dx = self.drift(p, step)?;
        if let Some(persistence) = &p.persistence {
            let mut off = before?.plus(-1.0, &self.drift(p, step.saturating_sub(1).max(1))?);
            if let Some((_, moved)) = &wander {
                off = off.plus(-1.0, moved.as_ref()?);
            }
            dx = dx.plus(self.factor(persistence, step)?, &off);
        }
        if let Some((wander, moved)) = wander {
            let shock = Linear::normal(0.0, wander.volatility, Source::Score { step, score: wander.score });
            let moved = moved?.times(wander.persistence).plus(1.0, &shock);
            dx = dx.plus(1.0, &moved);
            moving.wander[wander.place] = Some(moved);
        }
        let state = self.states[node][step - 1].as_ref()?;
        if let Some((speed, theta)) = &p.pull {
            let gap = self.added(theta, step)?.plus(-1.0, state);
            dx = dx.plus(self.factor(speed, step)?, &gap);
        }
        for drive in &p.forced.drivers {
            let of = |back: usize| self.states[drive.node][step - back].as_ref();
            let growth = if step > drive.lag {
                of(drive.lag)?.clone().plus(-1.0, of(drive.lag + 1)?)
            } else {
                self.added(&drive.before[drive.lag - step], step)?
            };
            dx = dx.plus(self.factor(&drive.elasticity, step)?, &growth);
        }
        if let Some(noise) = &p.forced.noise {
            if !(matches!(noise.law, Law::Normal) && noise.scales.is_empty()) {
                return None;
            }
            let volatility = self.factor(&noise.volatility, step)?;
            dx = dx.plus(1.0, &Linear::normal(0.0, volatility, Source::Score { step, score: noise.score }));
        }
        let next = state.clone().plus(1.0, &dx);
        moving.growth[node] = Some(dx);
        Some(next)
    }

    /// The logarithm of a product of levels.
    fn weighted_sum(&self, sum: &WeightedSum, step: usize) -> Option<Linear> {
        let add = |total: Linear, (node, power): &(usize, f64)| {
            Some(total.plus(*power, self.states[*node].get(step)?.as_ref()?))
        };
        sum.terms.iter().try_fold(Linear::number(sum.constant), add)
    }
}
