//! Which means exist: a level whose log growth has a Student t law, or a volatility drawn from a
//! posterior, has none, and neither has what is calculated from it.

use super::motion::{Forced, MotionOp, Node};
use crate::link::Link;
use crate::quantity::{Distribution, Family, Quantity, Value};
use crate::scenario::{Motion, Moved, Scenario};

/// Sets `has_mean` of every node, in the order of evaluation. Cautious: where it is not certain that the mean
/// exists, it is said not to.
pub(super) fn means(scenario: &Scenario, nodes: &mut [Node], order: &[usize]) {
    let mut heavy = vec![false; nodes.len()];
    // A lagged loop may carry a heavy tail back to an indicator evaluated earlier: twice round is enough,
    // because the marks only grow along chains that the second round completes.
    for _ in 0..2 {
        for &n in order {
            let Some((id, indicator)) = scenario.indicators.get_index(n) else { continue };
            heavy[n] = match (&nodes[n].motion, &indicator.motion) {
                (MotionOp::Formula(f), _) => f.inputs.iter().any(|(input, _)| !nodes[*input].has_mean),
                (MotionOp::Process(p), Motion::Process(moved)) => {
                    own_tail(scenario, id, moved) || driven(&p.forced, &heavy)
                }
                // Nothing is known of a process of the user's own.
                _ => true,
            };
            let unbounded =
                matches!((&nodes[n].motion, indicator.link), (MotionOp::Formula(_), _) | (_, Link::Log));
            let own = matches!(nodes[n].motion, MotionOp::Own(_));
            let lost = own || (heavy[n] && unbounded);
            nodes[n].has_mean = !lost;
        }
    }
}

fn driven(forced: &Forced, heavy: &[bool]) -> bool {
    forced.drivers.iter().any(|d| !d.elasticity.is_zero() && heavy[d.node])
}

fn own_tail(scenario: &Scenario, id: &str, moved: &Moved) -> bool {
    let dynamics = &moved.dynamics;
    let quantities = [&dynamics.drift, &dynamics.volatility, &dynamics.last_growth];
    let of_pull = dynamics.pull.iter().flat_map(|p| [&p.speed, &p.level]);
    let learned = dynamics.estimate.is_some() && !dynamics.resample;
    let loaded = scenario
        .events
        .values()
        .filter(|event| event.load.contains_key(id))
        .any(|event| is_heavy(&event.severity) || event.load.get(id).is_some_and(is_heavy));
    learned
        || matches!(moved.innovation, crate::innovation::Innovation::StudentT(_))
        || quantities.into_iter().flatten().chain(of_pull).any(is_heavy)
        || moved.drivers.iter().any(|(_, elasticity, _)| is_heavy(elasticity))
        || loaded
}

fn is_heavy(quantity: &Quantity) -> bool {
    match &quantity.value {
        Value::Number(_) => false,
        Value::Uncertain(law) => has_heavy_tail(law),
        Value::ByYear(course) => course.plus.as_ref().is_some_and(has_heavy_tail),
    }
}

/// A law that reaches infinity faster than a log link can bear has no mean level.
fn has_heavy_tail(law: &Distribution) -> bool {
    law.between.is_none_or(|(low, high)| low.is_infinite() || high.is_infinite())
        && matches!(law.family, Family::StudentT(_) | Family::LogNormal(_) | Family::Gamma(_))
}
