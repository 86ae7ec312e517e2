//! From what is meant to what is run: names become positions, quantities become coefficients.

use super::coefficient::{Coefficient, ParameterRule, Parameters};
use super::grade;
use super::motion::{Drive, Forced, FormulaMotion, Law, MotionOp, Node, OwnMotion, ProcessMotion, Score};
use super::order::order;
use super::target::{BoundOp, ConditionOp, MeasureOp, TargetOp};
use super::{EventOp, Model, RegimeOp, ScoreCorrelation, Severity};
use crate::correlation::Correlation;
use crate::error::{Error, Fault, Result};
use crate::evidence::Evidence;
use crate::innovation::Innovation;
use crate::process::{Dynamics, GrowthScale};
use crate::quantity::{Distribution, Quantity, Value};
use crate::random::Transform;
use crate::scenario::{Condition, Correlated, Indicator, Motion, Moved, Scenario};
use crate::target::{Bound, Combination, Measure};
use crate::time::Year;
use std::sync::Arc;

impl Model {
    /// Compiles a scenario.
    ///
    /// # Errors
    /// [`Error::Run`] for what cannot be run although it can be meant; none is known for a validated scenario.
    pub fn compile(scenario: &Scenario) -> Result<Self> {
        Compiler { scenario, parameters: Parameters::default(), scores: Vec::new() }.compile()
    }
}

struct Compiler<'a> {
    scenario: &'a Scenario,
    parameters: Parameters,
    scores: Vec<String>,
}

impl Compiler<'_> {
    fn compile(mut self) -> Result<Model> {
        let scenario = self.scenario;
        let events = scenario.events.iter().map(|(id, event)| self.event(id, event)).collect::<Vec<_>>();
        let regimes = scenario.regimes.iter().map(|(id, regime)| regime_op(id, regime)).collect::<Vec<_>>();
        let mut nodes = Vec::with_capacity(scenario.indicators.len());
        for (id, indicator) in &scenario.indicators {
            nodes.push(self.node(id, indicator)?);
        }
        let needs: Vec<Vec<usize>> = nodes.iter().map(needs_of).collect();
        let order = order(&needs).ok_or_else(|| internal("indicator", "the indicators form a loop"))?;
        for node in 0..nodes.len() {
            for drive in drives_of(&nodes[node]).iter().map(|d| d.node).collect::<Vec<_>>() {
                nodes[drive].keeps_state = true;
            }
        }
        grade::means(scenario, &mut nodes, &order);
        let memory = 2 + nodes.iter().flat_map(drives_of).map(|d| d.lag).max().unwrap_or(0);
        let mut targets = Vec::with_capacity(scenario.targets.len());
        for id in scenario.targets.keys() {
            targets.push(self.target(id, &nodes)?);
        }
        let needs: Vec<Vec<usize>> = targets
            .iter()
            .map(|t| match &t.condition {
                ConditionOp::Combined { of, .. } => of.clone(),
                ConditionOp::Bounded { .. } => Vec::new(),
            })
            .collect();
        let target_order =
            super::order::order(&needs).ok_or_else(|| internal("target", "the combinations form a loop"))?;
        let correlation = self.correlation()?;
        Ok(Model {
            horizon: scenario.horizon,
            parameters: self.parameters,
            scores: self.scores,
            correlation,
            has_common_tail: nodes.iter().any(has_common_tail),
            events,
            regimes,
            nodes,
            order,
            targets,
            target_order,
            memory,
        })
    }

    fn number(&mut self, path: String, quantity: &Quantity, fallback: Evidence) -> Coefficient {
        self.parameters.coefficient(&path, quantity, None, self.scenario.horizon, fallback)
    }

    fn position(&self, id: &str) -> Result<usize> {
        let found = self.scenario.indicators.get_index_of(id);
        found.ok_or_else(|| internal(id, "there is no such indicator"))
    }

    fn event(&mut self, id: &str, event: &crate::event::Event) -> EventOp {
        let path = |key: &str| format!("event.{id}.{key}");
        let fallback = event.evidence.unwrap_or(Evidence::Assumption);
        let horizon = self.scenario.horizon;
        let steps = event.years.map_or((1, horizon.steps()), |(from, to)| {
            let step = |year: Year| (year.0 - horizon.base().0).max(0) as usize;
            (step(from).max(1), step(to).min(horizon.steps()))
        });
        let severity = match &event.severity.value {
            Value::Number(x) => Severity::Fixed(*x),
            Value::Uncertain(law) => Severity::Drawn(Transform::new(law)),
            // Refused by the validator; the mean course would be a second meaning of severity.
            Value::ByYear(course) => Severity::Fixed(course.at(horizon.last())),
        };
        EventOp {
            name: id.to_string(),
            probability: self.number(path("probability"), &event.probability, fallback),
            steps,
            once: event.once,
            severity,
            persistence: self.number(path("persistence"), &event.persistence, fallback),
        }
    }

    fn node(&mut self, id: &str, indicator: &Indicator) -> Result<Node> {
        let motion = match &indicator.motion {
            Motion::Process(moved) => self.process(id, indicator, moved)?,
            Motion::Formula { formula, baseline } => {
                let mut inputs: Vec<(usize, usize)> = Vec::new();
                let program = formula.compile(&mut |name, lag| {
                    let node = self.scenario.indicators.get_index_of(name)?;
                    let input = (node, lag as usize);
                    Some(inputs.iter().position(|i| *i == input).unwrap_or_else(|| {
                        inputs.push(input);
                        inputs.len() - 1
                    }))
                });
                let program = program.map_err(|_| internal(id, "the formula has an unknown name"))?;
                let start = baseline
                    .as_ref()
                    .map(|q| self.number(format!("indicator.{id}.baseline"), q, indicator.evidence));
                MotionOp::Formula(FormulaMotion { program, inputs, start })
            }
        };
        let keeps_state = !matches!(motion, MotionOp::Formula(_));
        Ok(Node { link: indicator.link, motion, keeps_state, has_mean: true })
    }

    fn process(&mut self, id: &str, indicator: &Indicator, moved: &Moved) -> Result<MotionOp> {
        let path = |key: &str| format!("indicator.{id}.{key}");
        let (link, grade, horizon) = (indicator.link, indicator.evidence, self.scenario.horizon);
        let baseline_path = path("baseline");
        let level = match &moved.baseline.value {
            Value::Uncertain(law) => {
                let evidence = moved.baseline.evidence.unwrap_or(grade);
                let law = super::coefficient::within(law, link);
                Coefficient::Drawn(self.parameters.law(&baseline_path, &law, None, evidence))
            }
            _ => self.number(baseline_path.clone(), &moved.baseline, grade),
        };
        let start = match &level {
            Coefficient::Drawn(of) => {
                let evidence = moved.baseline.evidence.unwrap_or(grade);
                let rule = ParameterRule::Sum { of: *of, add: 0.0 };
                Coefficient::Drawn(self.parameters.add(baseline_path, rule, Some(link), evidence))
            }
            Coefficient::Number(x) => Coefficient::Number(link.state(*x)),
            other => other.clone(),
        };
        if let Some(own) = &moved.custom {
            let parameters = own.0.parameters();
            let parameters = parameters.iter().map(|(name, q)| self.number(path(name), q, grade)).collect();
            let volatility = Coefficient::Number(1.0);
            let forced = self.forced(id, indicator, moved, volatility, None)?;
            return Ok(MotionOp::Own(Box::new(OwnMotion {
                level,
                start,
                step: Arc::clone(&own.0),
                parameters,
                forced,
            })));
        }
        let dynamics = &moved.dynamics;
        let learned = self.learn(id, indicator, dynamics)?;
        let mut coefficient = |key: &str, quantity: &Quantity| self.number(path(key), quantity, grade);
        let drift = match (&dynamics.drift, &learned) {
            (Some(drift), _) => coefficient("drift", drift),
            (None, Some(learned)) => learned.drift.clone(),
            (None, None) => Coefficient::Number(0.0),
        };
        let damping = dynamics.damping.as_ref().map(|q| coefficient("damping", q));
        let persistence = dynamics.persistence.as_ref().map(|q| coefficient("persistence", q));
        let last_growth = dynamics.last_growth.as_ref().map(|q| coefficient("last_growth", q));
        let speed = dynamics.pull.as_ref().map(|p| coefficient("speed", &p.speed));
        let volatility = match (&dynamics.volatility, &learned) {
            (Some(volatility), _) => coefficient("volatility", volatility),
            (None, Some(learned)) => learned.volatility.clone(),
            (None, None) => Coefficient::Number(0.0),
        };
        let pull = dynamics.pull.as_ref().zip(speed).map(|(pull, speed)| {
            let theta = self.parameters.coefficient(&path("level"), &pull.level, Some(link), horizon, grade);
            (speed, theta)
        });
        let forced = self.forced(id, indicator, moved, volatility, learned.and_then(|l| l.law))?;
        Ok(MotionOp::Process(Box::new(ProcessMotion {
            level,
            start,
            drift,
            damping,
            persistence,
            last_growth,
            pull,
            growth: dynamics.growth,
            forced,
        })))
    }

    /// Drift and volatility learned from the history; for resampling the law as well.
    fn learn(&mut self, id: &str, indicator: &Indicator, dynamics: &Dynamics) -> Result<Option<Learned>> {
        let Some(estimate) = &dynamics.estimate else { return Ok(None) };
        let persistence = dynamics.persistence.as_ref().and_then(Quantity::as_number).unwrap_or(0.0);
        let sample = growth_sample(indicator, dynamics, persistence);
        let nothing = || internal(&format!("indicator.{id}"), "the history leaves nothing to learn from");
        if dynamics.resample {
            let n = sample.len() as f64;
            let mean = sample.iter().sum::<f64>() / n;
            let sd = (sample.iter().map(|y| (y - mean) * (y - mean)).sum::<f64>() / n).sqrt();
            if !(n >= 1.0) {
                return Err(nothing());
            }
            let law = (sd > 0.0).then(|| Law::Shaped(Transform::resample(&sample)));
            let drift = Coefficient::Number(mean);
            return Ok(Some(Learned { drift, volatility: Coefficient::Number(sd), law }));
        }
        let posterior = estimate.posterior(&sample).ok_or_else(nothing)?;
        // A learned number is derived from the history, whatever the grade of the indicator.
        let grade = Evidence::Derived;
        let path = |key: &str| format!("indicator.{id}.{key}");
        let law = Transform::inverse_chi_square_sd(posterior.df, posterior.scale);
        let sd = self.parameters.add(path("volatility"), ParameterRule::Transform(law), None, grade);
        let rule = ParameterRule::Given { mean: posterior.mean, scale: posterior.weight.sqrt().recip(), sd };
        let drift = Coefficient::Drawn(self.parameters.add(path("drift"), rule, None, grade));
        // Quasi-differences are larger than the innovations by 1 / (1 - phi).
        let volatility = if persistence == 0.0 {
            sd
        } else {
            let rule = ParameterRule::Times { of: sd, by: 1.0 - persistence };
            self.parameters.add(path("volatility"), rule, None, grade)
        };
        Ok(Some(Learned { drift, volatility: Coefficient::Drawn(volatility), law: None }))
    }

    fn forced(
        &mut self,
        id: &str,
        indicator: &Indicator,
        moved: &Moved,
        volatility: Coefficient,
        law: Option<Law>,
    ) -> Result<Forced> {
        let scenario = self.scenario;
        let mut drivers = Vec::with_capacity(moved.drivers.len());
        for (driver, elasticity, lag) in &moved.drivers {
            let node = self.position(driver)?;
            let path = format!("indicator.{id}.driver.{driver}.elasticity");
            let elasticity = self.number(path, elasticity, indicator.evidence);
            let lag = *lag as usize;
            let before = (0..lag).map(|k| self.growth_before(driver, k)).collect();
            drivers.push(Drive { node, elasticity, lag, before });
        }
        let mut events = Vec::new();
        for (position, (event_id, event)) in scenario.events.iter().enumerate() {
            if let Some(load) = event.load.get(id) {
                let path = format!("event.{event_id}.load.{id}");
                let fallback = event.evidence.unwrap_or(Evidence::Assumption);
                events.push((position, self.number(path, load, fallback)));
            }
        }
        let of_regimes = |pick: &dyn Fn(&crate::regime::Regime) -> Option<Vec<f64>>| {
            let regimes = scenario.regimes.values().enumerate();
            regimes.filter_map(|(k, regime)| pick(regime).map(|row| (k, row))).collect::<Vec<_>>()
        };
        let shifts = of_regimes(&|regime| regime.shift.get(id).cloned());
        let scales = of_regimes(&|regime| regime.scale.get(id).cloned());
        let noise = (!volatility.is_zero()).then(|| {
            self.scores.push(id.to_string());
            let law = law.unwrap_or_else(|| match &moved.innovation {
                Innovation::Normal => Law::Normal,
                Innovation::StudentT(t) => Law::StudentT(Transform::student_t_scale(t.df)),
                Innovation::TwoPiece(t) => Law::Shaped(Transform::two_piece_standard(t.ratio)),
                Innovation::Resample(r) => Law::Shaped(Transform::resample(&r.values)),
            });
            Score { score: self.scores.len() - 1, volatility, law, scales }
        });
        Ok(Forced { drivers, events, shifts, noise })
    }

    /// Growth of a driver `k` years before the base year's: from its history, or its stated last growth.
    fn growth_before(&mut self, driver: &str, k: usize) -> Coefficient {
        let year = Year(self.scenario.horizon.base().0 - k as i32);
        let Some(indicator) = self.scenario.indicators.get(driver) else { return Coefficient::Number(0.0) };
        let stated = match &indicator.motion {
            Motion::Process(moved) if k == 0 => moved.dynamics.last_growth.as_ref(),
            _ => None,
        };
        match (stated, indicator.growth.get(year)) {
            (Some(quantity), _) => {
                let path = format!("indicator.{driver}.last_growth");
                let existing = self.parameters.list.iter().position(|p| p.name == path);
                match existing {
                    Some(parameter) => Coefficient::Drawn(parameter),
                    None => self.number(path, quantity, indicator.evidence),
                }
            }
            (None, known) => Coefficient::Number(known.unwrap_or(0.0)),
        }
    }

    fn correlation(&self) -> Result<ScoreCorrelation> {
        match &self.scenario.correlation {
            Correlated::Independent => Ok(ScoreCorrelation::Independent),
            Correlated::Factors(factors) => {
                let rows = self.scores.iter().map(|id| {
                    let loads: Vec<(usize, f64)> = factors
                        .values()
                        .enumerate()
                        .filter_map(|(k, load)| load.get(id).map(|x| (k, *x)))
                        .collect();
                    let common: f64 = loads.iter().map(|(_, x)| x * x).sum();
                    (loads, (1.0 - common).max(0.0).sqrt())
                });
                Ok(ScoreCorrelation::Factors {
                    names: factors.keys().cloned().collect(),
                    rows: rows.collect(),
                })
            }
            Correlated::Matrix { indicators, rows } => {
                // Only rows of indicators that have noise matter; the others have no score.
                let kept: Vec<(usize, usize)> = indicators
                    .iter()
                    .enumerate()
                    .filter_map(|(row, id)| Some((row, self.scores.iter().position(|s| s == id)?)))
                    .collect();
                let matrix: Vec<Vec<f64>> =
                    kept.iter().map(|(i, _)| kept.iter().map(|(j, _)| rows[*i][*j]).collect()).collect();
                let checked = Correlation::new(&matrix).map_err(Error::Run)?;
                Ok(ScoreCorrelation::Triangular {
                    scores: kept.into_iter().map(|(_, score)| score).collect(),
                    factor: checked.factor().to_vec(),
                })
            }
        }
    }

    fn target(&mut self, id: &str, nodes: &[Node]) -> Result<TargetOp> {
        let target = &self.scenario.targets[id];
        let step = self.scenario.horizon.step(target.year).unwrap_or(self.scenario.horizon.steps());
        let (condition, has_mean) = match &target.condition {
            Condition::Combined(combination) => {
                let (k, names) = match combination {
                    Combination::All(names) => (names.len(), names),
                    Combination::Any(names) => (1, names),
                    Combination::AtLeastK { k, of } => (*k, of),
                };
                let position = |name: &String| {
                    let found = self.scenario.targets.get_index_of(name);
                    found.ok_or_else(|| internal(name, "there is no such target"))
                };
                let of = names.iter().map(position).collect::<Result<Vec<_>>>()?;
                (ConditionOp::Combined { k, of }, false)
            }
            Condition::Bounded { indicator, measure, with, custom, bound, strict } => {
                let node = |name: &Option<String>| self.position(name.as_deref().unwrap_or_default());
                let measure = match (custom, measure) {
                    (Some(own), _) => {
                        let ids = own.0.indicators();
                        let nodes = ids.iter().map(|id| self.position(id)).collect::<Result<Vec<_>>>()?;
                        MeasureOp::Own { measured: Arc::clone(&own.0), nodes }
                    }
                    (None, Measure::Level) => MeasureOp::Level(node(indicator)?),
                    (None, Measure::AverageGrowth) => MeasureOp::AverageGrowth(node(indicator)?),
                    (None, Measure::AverageGrowthArithmetic) => {
                        MeasureOp::AverageGrowthArithmetic(node(indicator)?)
                    }
                    (None, Measure::Cumulative) => MeasureOp::Cumulative(node(indicator)?),
                    (None, Measure::Change) => MeasureOp::Change(node(indicator)?),
                    (None, Measure::Difference) => MeasureOp::Difference(node(indicator)?),
                    (None, Measure::EveryYear) => MeasureOp::EveryYear(node(indicator)?),
                    (None, Measure::KeepPace) => MeasureOp::KeepPace(node(indicator)?, node(with)?),
                };
                let has_mean = measure.nodes().iter().all(|n| nodes[*n].has_mean);
                let grade = target.evidence;
                let mut coefficient =
                    |key: &str, q: &Quantity| self.number(format!("target.{id}.{key}"), q, grade);
                let bound = match bound {
                    Bound::AtLeast(q) => BoundOp::AtLeast(coefficient("at_least", q)),
                    Bound::AtMost(q) => BoundOp::AtMost(coefficient("at_most", q)),
                    Bound::About { value, tolerance, side } => BoundOp::About {
                        value: coefficient("about", value),
                        tolerance: coefficient("tolerance", tolerance),
                        side: *side,
                    },
                };
                (ConditionOp::Bounded { measure, bound, strict: *strict }, has_mean)
            }
        };
        Ok(TargetOp { step, condition, has_mean })
    }
}

/// Drift, volatility and law that a history gives.
struct Learned {
    drift: Coefficient,
    volatility: Coefficient,
    law: Option<Law>,
}

/// The growth figures that an estimate uses: quasi-differences where growth is autoregressive, so years
/// after a gap are lost.
fn growth_sample(indicator: &Indicator, dynamics: &Dynamics, persistence: f64) -> Vec<f64> {
    let Some(estimate) = &dynamics.estimate else { return Vec::new() };
    let as_growth = |y: f64| match dynamics.growth {
        GrowthScale::Latent => y,
        GrowthScale::Simple => libm::expm1(y),
    };
    let inside =
        |year: &Year| estimate.from.is_none_or(|f| *year >= f) && estimate.to.is_none_or(|t| *year <= t);
    let growth = indicator.growth.iter().filter(|(year, _)| inside(year));
    if persistence == 0.0 {
        return growth.map(|(_, y)| as_growth(y)).collect();
    }
    growth
        .filter_map(|(year, y)| {
            let before = indicator.growth.get(Year(year.0 - 1))?;
            Some((as_growth(y) - persistence * as_growth(before)) / (1.0 - persistence))
        })
        .collect()
}

fn regime_op(id: &str, regime: &crate::regime::Regime) -> RegimeOp {
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

/// What a node needs in the same year.
fn needs_of(node: &Node) -> Vec<usize> {
    match &node.motion {
        MotionOp::Formula(f) => f.inputs.iter().filter(|(_, lag)| *lag == 0).map(|(n, _)| *n).collect(),
        _ => drives_of(node).iter().filter(|d| d.lag == 0).map(|d| d.node).collect(),
    }
}

fn drives_of(node: &Node) -> &[Drive] {
    match &node.motion {
        MotionOp::Process(p) => &p.forced.drivers,
        MotionOp::Own(p) => &p.forced.drivers,
        MotionOp::Formula(_) => &[],
    }
}

fn has_common_tail(node: &Node) -> bool {
    let forced = match &node.motion {
        MotionOp::Process(p) => &p.forced,
        MotionOp::Own(p) => &p.forced,
        MotionOp::Formula(_) => return false,
    };
    forced.noise.as_ref().is_some_and(|noise| matches!(noise.law, Law::StudentT(_)))
}

fn internal(path: &str, problem: &str) -> Error {
    Error::Run(Fault::new(path, problem).remedy("validate the scenario first; if it was, please report this"))
}

/// A law that reaches infinity faster than a log link can bear has no mean level.
pub(super) fn has_heavy_tail(law: &Distribution) -> bool {
    use crate::quantity::Family;
    law.between.is_none_or(|(low, high)| low.is_infinite() || high.is_infinite())
        && matches!(law.family, Family::StudentT(_) | Family::LogNormal(_) | Family::Gamma(_))
}
