//! From what is meant to what is run: names become positions, quantities become coefficients.

use super::coefficient::{Coefficient, ParameterRule, Parameters};
use super::grade;
use super::latent::{self, Form, WeightedSum};
use super::learn::Wandering;
use super::motion::{
    Drive, Forced, FormulaInput, FormulaMotion, MotionOp, Node, OwnMotion, ProcessMotion, Score, Wander,
};
use super::needed::Drawn;
use super::order::order;
use super::target::ConditionOp;
use super::{Model, ScoreCorrelation, known, world};
use crate::calibrate::Learned;
use crate::correlation::Correlation;
use crate::error::{Error, Fault, Result};
use crate::evidence::Evidence;
use crate::formula::{Product, Reference};
use crate::innovation::Law;
use crate::link::Link;
use crate::process::{GrowthScale, Pull};
use crate::quantity::{Quantity, Value};
use crate::scenario::{Correlated, Handle, Indicator, Motion, Moved, Scenario};
use crate::time::Year;
use std::sync::Arc;

impl Model {
    /// Compiles a scenario.
    ///
    /// # Errors
    /// [`Error::Run`] for what cannot be run although it can be meant; none is known for a validated scenario.
    pub fn compile(scenario: &Scenario) -> Result<Self> {
        Compiler {
            scenario,
            parameters: Parameters { laws: Arc::clone(&scenario.laws), ..Parameters::default() },
            scores: Vec::new(),
            past: Vec::new(),
            wandering: 0,
            learned: Vec::new(),
        }
        .compile()
    }
}

pub(super) struct Compiler<'a> {
    pub(super) scenario: &'a Scenario,
    pub(super) parameters: Parameters,
    scores: Vec<String>,
    past: Vec<f64>,
    /// Drifts that move, so far.
    wandering: usize,
    pub(super) learned: Vec<(String, Learned)>,
}

impl Compiler<'_> {
    fn compile(mut self) -> Result<Model> {
        let scenario = self.scenario;
        let events =
            scenario.events.iter().map(|(id, event)| self.event(id, event)).collect::<Result<Vec<_>>>()?;
        let regimes =
            scenario.regimes.iter().map(|(id, regime)| world::regime(id, regime)).collect::<Vec<_>>();
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
        for &node in &order {
            nodes[node].fixed_start = self.fixed_start(&nodes, node);
        }
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
        latent::settle(&mut nodes, &order, &mut targets);
        let correlation = self.correlation()?;
        let mut model = Model {
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
            past: self.past,
            wandering: self.wandering,
            known_years: Vec::new(),
            drawn: Drawn::default(),
            learned: self.learned,
        };
        model.known_years = known::years(&model);
        model.drawn = Drawn::new(&model, |_| true);
        Ok(model)
    }

    pub(super) fn number(&mut self, path: String, quantity: &Quantity, fallback: Evidence) -> Coefficient {
        self.parameters.coefficient(&path, quantity, None, self.scenario.horizon, fallback)
    }

    pub(super) fn position(&self, id: &str) -> Result<usize> {
        let found = self.scenario.indicators.get_index_of(id);
        found.ok_or_else(|| internal(id, "there is no such indicator"))
    }

    fn node(&mut self, id: &str, indicator: &Indicator) -> Result<Node> {
        let motion = match &indicator.motion {
            Motion::Process(moved) => self.process(id, indicator, moved)?,
            Motion::Formula { formula, baseline } => {
                let mut inputs: Vec<FormulaInput> = Vec::new();
                let program = formula.compile(&mut |name, lag| {
                    let (node, _, looked_at) = self.scenario.indicators.get_full(name)?;
                    let past = self.past.len();
                    // The validator has seen that these years are known.
                    for back in 1..lag as i32 {
                        let year = Year(self.scenario.horizon.base().0 - back);
                        self.past.push(looked_at.history.get(year)?);
                    }
                    inputs.push(FormulaInput { node, lag: lag as usize, past });
                    Some(inputs.len() - 1)
                });
                let program = program.map_err(|_| internal(id, "the formula has an unknown name"))?;
                let sum = formula.product().and_then(|product| self.weighted_sum(&product));
                let start = baseline
                    .as_ref()
                    .map(|q| self.number(format!("indicator.{id}.baseline"), q, indicator.evidence));
                MotionOp::Formula(FormulaMotion { program, sum, inputs, start })
            }
        };
        let keeps_state = !matches!(motion, MotionOp::Formula(_));
        Ok(Node {
            link: indicator.link,
            motion,
            keeps_state,
            form: Form::Level,
            needs_level: true,
            fixed_start: None,
            has_mean: true,
            known: self
                .scenario
                .known()
                .and_then(|known| known.indicators.get(id).cloned())
                .unwrap_or_default(),
        })
    }

    /// The level of the base year, where it is the same on all paths; of nodes in the order of evaluation.
    fn fixed_start(&self, nodes: &[Node], node: usize) -> Option<f64> {
        let level = match (&self.scenario.indicators[node].motion, &nodes[node].motion) {
            (Motion::Process(moved), _) => moved.baseline.as_number(),
            (Motion::Formula { baseline: Some(baseline), .. }, _) => baseline.as_number(),
            (Motion::Formula { .. }, MotionOp::Formula(f)) => {
                let of =
                    |input: &FormulaInput| if input.lag == 0 { nodes[input.node].fixed_start } else { None };
                let levels = f.inputs.iter().map(of).collect::<Option<Vec<_>>>();
                levels.map(|levels| f.program.eval_scalar(&levels))
            }
            (Motion::Formula { .. }, _) => None,
        };
        level.filter(|level| level.is_finite())
    }

    /// A product of levels of the same year as a sum of states.
    fn weighted_sum(&self, product: &Product) -> Option<WeightedSum> {
        let term = |(level, power): &(Reference, f64)| {
            let node = self.scenario.indicators.get_index_of(&level.id)?;
            (level.lag == 0).then_some((node, *power))
        };
        let terms = product.powers.iter().map(term).collect::<Option<Vec<_>>>()?;
        Some(WeightedSum { constant: product.ln_constant, terms })
    }

    fn process(&mut self, id: &str, indicator: &Indicator, moved: &Moved) -> Result<MotionOp> {
        let path = |key: &str| format!("indicator.{id}.{key}");
        let (link, grade, horizon) = (indicator.link, indicator.evidence, self.scenario.horizon);
        let baseline_path = path("baseline");
        let level = match &moved.baseline.value {
            Value::Uncertain(law) => {
                let evidence = moved.baseline.evidence.unwrap_or(grade);
                let law = super::coefficient::within(&self.parameters.laws, law, link);
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
            let parameters = parameters
                .iter()
                .map(|(name, q)| self.number(path(&format!("custom.{name}")), q, grade))
                .collect();
            let volatility = Coefficient::Number(1.0);
            let forced = self.forced(id, indicator, moved, volatility, None)?;
            let (pushes, _) = self.pushes(id);
            return Ok(MotionOp::Own(Box::new(OwnMotion {
                start,
                step: Arc::clone(&own.0),
                parameters,
                pushes,
                forced,
            })));
        }
        let dynamics = &moved.dynamics;
        let learned = self.learn(id, indicator, dynamics, moved.learning.as_ref())?;
        let mut coefficient = |key: &str, quantity: &Quantity| self.number(path(key), quantity, grade);
        let drift = match (&dynamics.drift, &learned) {
            (Some(drift), _) => coefficient("drift", drift),
            (None, Some(learned)) => learned.drift.clone(),
            (None, None) => Coefficient::Number(0.0),
        };
        let damping = dynamics.damping.as_ref().map(|q| coefficient("damping", q));
        let stated = dynamics.persistence.as_ref().map(|q| coefficient("persistence", q));
        let persistence = stated.or_else(|| learned.as_ref()?.persistence.clone());
        let last_growth = match (&dynamics.last_growth, learned.as_ref().and_then(|l| l.last_growth.clone()))
        {
            (Some(stated), _) => Some(coefficient("last_growth", stated)),
            (None, Some(learned)) => Some(learned),
            (None, None) => indicator.growth.get(horizon.base()).map(|known| {
                Coefficient::Number(match dynamics.growth {
                    GrowthScale::Latent => known,
                    GrowthScale::Simple => libm::expm1(known),
                })
            }),
        };
        let stated = |pick: fn(&Pull) -> &Option<Quantity>| {
            dynamics.pull.as_ref().and_then(|pull| pick(pull).as_ref())
        };
        let speed = stated(|pull| &pull.speed).map(|speed| coefficient("speed", speed));
        let volatility = match (&dynamics.volatility, &learned) {
            (Some(volatility), _) => coefficient("volatility", volatility),
            (None, Some(learned)) => learned.volatility.clone(),
            (None, None) => Coefficient::Number(0.0),
        };
        let theta = stated(|pull| &pull.level)
            .map(|level| self.parameters.coefficient(&path("level"), level, Some(link), horizon, grade));
        let pull = match learned.as_ref().and_then(|learned| learned.pull.clone()) {
            Some((learned_speed, learned_theta)) => {
                Some((speed.unwrap_or(learned_speed), theta.unwrap_or(learned_theta)))
            }
            None => speed.zip(theta),
        };
        let (pushes, raised) = self.pushes(id);
        let pull = pull.map(|(speed, theta)| {
            let theta = raised.iter().fold(theta, |theta, raise| {
                self.parameters.sum(&path("level"), &theta, raise, horizon.steps(), grade)
            });
            (speed, theta)
        });
        let (wander, law) = learned.map_or((None, None), |learned| (learned.wander, learned.law));
        let forced = self.forced(id, indicator, moved, volatility, law)?;
        let wander = wander.map(|Wandering { start, persistence, volatility, known }| {
            self.scores.push(format!("{id} drift"));
            self.wandering += 1;
            let (score, place) = (self.scores.len() - 1, self.wandering - 1);
            Wander { start, persistence, volatility, score, place, known }
        });
        Ok(MotionOp::Process(Box::new(ProcessMotion {
            start,
            drift,
            pushes,
            damping,
            persistence,
            last_growth,
            wander,
            pull,
            growth: dynamics.growth,
            forced,
        })))
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
            let elasticity = self.changed(elasticity, |on| *on == Handle::elasticity(id, driver));
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
            let law = law.unwrap_or_else(|| moved.innovation.law());
            Score { score: self.scores.len() - 1, volatility, law, scales }
        });
        Ok(Forced { drivers, events, shifts, noise })
    }

    /// Growth of a driver `k` years before the base year's: from its history, or its stated last growth.
    fn growth_before(&mut self, driver: &str, k: usize) -> Coefficient {
        let year = Year(self.scenario.horizon.base().0 - k as i32);
        let Some(indicator) = self.scenario.indicators.get(driver) else { return Coefficient::Number(0.0) };
        let stated = match &indicator.motion {
            Motion::Process(moved) if k == 0 => Some(&moved.dynamics),
            _ => None,
        };
        let Some((dynamics, quantity)) = stated.and_then(|d| Some((d, d.last_growth.as_ref()?))) else {
            return Coefficient::Number(indicator.growth.get(year).unwrap_or(0.0));
        };
        let path = format!("indicator.{driver}.last_growth");
        let growth = self.number(path.clone(), quantity, indicator.evidence);
        // Drivers act by the growth of the latent state: ln(1 + g) where growth is stated as a simple rate.
        match (dynamics.growth, growth) {
            (GrowthScale::Simple, Coefficient::Number(g)) => Coefficient::Number(libm::log1p(g)),
            (GrowthScale::Simple, Coefficient::Drawn(of)) => {
                let rule = ParameterRule::Sum { of, add: 1.0 };
                Coefficient::Drawn(self.parameters.add(path, rule, Some(Link::Log), indicator.evidence))
            }
            (_, growth) => growth,
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
}

/// What a node needs in the same year.
fn needs_of(node: &Node) -> Vec<usize> {
    match &node.motion {
        MotionOp::Formula(f) => {
            f.inputs.iter().filter(|input| input.lag == 0).map(|input| input.node).collect()
        }
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
    forced.noise.as_ref().is_some_and(|noise| matches!(noise.law, Law::Scaled(_)))
}

pub(super) fn internal(path: &str, problem: &str) -> Error {
    Error::Run(Fault::new(path, problem).remedy("validate the scenario first; if it was, please report this"))
}
