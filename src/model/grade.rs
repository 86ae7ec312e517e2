//! Which means exist. Cautious: where it is not certain that a mean exists, it is said not to.
//!
//! A level whose log growth has a Student t law, or a volatility drawn from a posterior, has none: the exponential
//! outgrows the tail. Neither has a quotient whose denominator can be 0, nor what is calculated from such levels.

use super::motion::{Forced, MotionOp, Node};
use crate::innovation::Innovation;
use crate::link::Link;
use crate::quantity::{Distribution, Family, Quantity, Value};
use crate::random::Transform;
use crate::scenario::{Indicator, Motion, Moved, Scenario};

/// Tails of an indicator.
#[derive(Clone, Copy, Default, PartialEq)]
struct Tails {
    /// The latent state, or the level of a formula, has a tail that an exponential outgrows.
    heavy: bool,
    /// Its mean or variance is not certain to exist under any link without bounds.
    lost: bool,
    /// The level can be 0 or change its sign.
    crosses_zero: bool,
}

/// Sets `has_mean` of every node, in the order of evaluation.
pub(super) fn means(scenario: &Scenario, nodes: &mut [Node], order: &[usize]) {
    let mut tails = vec![Tails::default(); nodes.len()];
    // A lagged loop may carry a tail back to an indicator evaluated earlier. Marks only grow, so as many rounds as
    // there are nodes are enough; it ends with the first that changes nothing.
    for _ in 0..=nodes.len() {
        let before = tails.clone();
        for &n in order {
            let Some((id, indicator)) = scenario.indicators.get_index(n) else { continue };
            tails[n] = match (&nodes[n].motion, &indicator.motion) {
                (MotionOp::Process(p), Motion::Process(moved)) => {
                    of_process(scenario, id, indicator, moved, &p.forced, &tails)
                }
                (MotionOp::Formula(f), Motion::Formula { formula, baseline }) => {
                    let inputs: Vec<Tails> = f.inputs.iter().map(|input| tails[input.node]).collect();
                    let mut tails = of_formula(&formula.to_string(), &inputs);
                    tails.lost |= baseline.as_ref().is_some_and(is_wide);
                    tails
                }
                // Nothing is known of a process of the user's own.
                _ => Tails { heavy: true, lost: true, crosses_zero: true },
            };
        }
        if before == tails {
            break;
        }
    }
    for (n, node) in nodes.iter_mut().enumerate() {
        let bounded = matches!((&node.motion, node.link), (MotionOp::Process(_), Link::Logit(_)));
        let outgrown =
            tails[n].heavy && matches!((&node.motion, node.link), (MotionOp::Process(_), Link::Log));
        node.has_mean = bounded || !(outgrown || tails[n].lost);
    }
}

fn of_formula(formula: &str, inputs: &[Tails]) -> Tails {
    let any = |pick: fn(&Tails) -> bool| inputs.iter().any(pick);
    let divides = formula.contains(['/', '^']) || formula.contains("ln(");
    // `[-1]` is a year, not a difference.
    let crosses_zero = any(|t| t.crosses_zero) || formula.replace("[-", "[").contains('-');
    let lost = any(|t| t.heavy || t.lost) || (divides && any(|t| t.crosses_zero));
    Tails { heavy: lost, lost, crosses_zero }
}

fn of_process(
    scenario: &Scenario,
    id: &str,
    indicator: &Indicator,
    moved: &Moved,
    forced: &Forced,
    tails: &[Tails],
) -> Tails {
    let dynamics = &moved.dynamics;
    let coefficients = [&dynamics.drift, &dynamics.volatility, &dynamics.last_growth];
    let pull = dynamics.pull.iter().flat_map(|p| [&p.speed, &p.level]).flatten();
    let elasticities = moved.drivers.iter().map(|(_, elasticity, _)| elasticity);
    let changes = scenario.changes.values().filter(|change| change.on.is_of(id)).map(|change| &change.by);
    let quantities: Vec<&Quantity> =
        coefficients.into_iter().flatten().chain(pull).chain(elasticities).chain(changes).collect();
    let driven = |pick: fn(&Tails) -> bool| {
        forced.drivers.iter().any(|d| !d.elasticity.is_zero() && pick(&tails[d.node]))
    };
    // Draws from a posterior are finitely many, but stand for a law whose tails outgrow an exponential.
    let learning = moved.learning.as_ref().filter(|learning| !learning.plug_in);
    let heavy = learning.is_some()
        || matches!(moved.innovation, Innovation::StudentT(_))
        || quantities.iter().any(|q| law_of(q).is_some_and(is_heavy))
        || loaded(scenario, id, moved)
        || driven(|t| t.heavy);
    let severities =
        scenario.events.values().filter_map(|event| Some([&event.severity, event.load.get(id)?]));
    let lost = is_wide(&moved.baseline)
        || quantities.iter().any(|q| is_wide(q))
        || severities.flatten().any(is_wide)
        || learning.is_some_and(|learning| learning.df() <= 2.0)
        || (!matches!(indicator.link, Link::Logit(_)) && driven(|t| t.lost));
    let bounded = matches!(indicator.link, Link::Logit(_));
    let crosses_zero = match indicator.link {
        Link::Log => false,
        Link::Logit(bounds) => bounds.lower < 0.0 && bounds.upper > 0.0,
        Link::Identity => true,
    };
    Tails { heavy: heavy && !bounded, lost, crosses_zero }
}

/// Whether an event pushes the growth of an indicator up with a tail that an exponential outgrows.
fn loaded(scenario: &Scenario, id: &str, moved: &Moved) -> bool {
    scenario.events.values().filter_map(|event| Some((event, event.load.get(id)?))).any(|(event, load)| {
        let Some(law) = law_of(&event.severity).filter(|law| is_open(law)) else { return false };
        let upwards = highest(load);
        match law.family {
            Family::StudentT(_) => true,
            Family::LogNormal(_) => upwards > 0.0,
            // E e^(c J) exists for c < mean / sd^2. A shock that persists, in the event or in growth, counts again; a half
            // is left for what others pass on.
            Family::Gamma(gamma) => {
                let persists = |q: &Quantity| 1.0 / (1.0 - highest(q).clamp(0.0, 0.999));
                let again =
                    persists(&event.persistence) * moved.dynamics.persistence.as_ref().map_or(1.0, persists);
                upwards * again >= 0.5 * gamma.mean / (gamma.sd * gamma.sd)
            }
            _ => false,
        }
    })
}

/// The law of an uncertain quantity, or of the shift of a course.
fn law_of(quantity: &Quantity) -> Option<&Distribution> {
    match &quantity.value {
        Value::Number(_) => None,
        Value::Uncertain(law) => Some(law),
        Value::ByYear(course) => course.plus.as_ref(),
    }
}

/// A law that reaches infinity more slowly than an exponential grows.
fn is_heavy(law: &Distribution) -> bool {
    is_open(law) && matches!(law.family, Family::StudentT(_) | Family::LogNormal(_) | Family::Gamma(_))
}

/// Whether a law goes on for ever on one side; the greatest number stands for no end as well.
fn is_open(law: &Distribution) -> bool {
    law.between.is_none_or(|(low, high)| low <= f64::MIN || high >= f64::MAX)
}

/// Whether the law of a quantity has no variance, so that a mean, if there is one, has no error that could be told.
pub(super) fn is_wide(quantity: &Quantity) -> bool {
    let has_none = |law: &Distribution| matches!(law.family, Family::StudentT(t) if t.df <= 2.0);
    law_of(quantity).is_some_and(|law| is_open(law) && has_none(law))
}

/// The greatest value that is drawn of a quantity.
fn highest(quantity: &Quantity) -> f64 {
    match &quantity.value {
        Value::Number(x) => *x,
        Value::Uncertain(law) => Transform::new(law).apply(8.6),
        Value::ByYear(course) => course.years.values().copied().fold(f64::NEG_INFINITY, f64::max),
    }
}
