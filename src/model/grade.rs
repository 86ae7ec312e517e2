//! Which means exist: a level whose log growth has a Student t law, or a volatility drawn from a
//! posterior, has none, and neither has what is calculated from it. Under the identity link, and for a baseline, a
//! Student t law has to be so heavy that its own variance is infinite: then a mean has no error that could be told.

use super::learn::learned_df;
use super::motion::{Forced, MotionOp, Node};
use crate::link::Link;
use crate::quantity::{Distribution, Family, Quantity, Value};
use crate::scenario::{Indicator, Motion, Moved, Scenario};

/// Sets `has_mean` of every node, in the order of evaluation. Cautious: where it is not certain that the mean
/// exists, it is said not to.
pub(super) fn means(scenario: &Scenario, nodes: &mut [Node], order: &[usize]) {
    let mut heavy = vec![false; nodes.len()];
    let mut wide = vec![false; nodes.len()];
    // A lagged loop may carry a heavy tail back to an indicator evaluated earlier: twice round is enough,
    // because the marks only grow along chains that the second round completes.
    for _ in 0..2 {
        for &n in order {
            let Some((id, indicator)) = scenario.indicators.get_index(n) else { continue };
            heavy[n] = match (&nodes[n].motion, &indicator.motion) {
                (MotionOp::Formula(f), _) => f.inputs.iter().any(|(input, _)| !nodes[*input].has_mean),
                (MotionOp::Process(p), Motion::Process(moved)) => {
                    wide[n] = own_width(scenario, id, indicator, moved) || driven(&p.forced, &wide);
                    own_tail(scenario, id, moved) || driven(&p.forced, &heavy)
                }
                // Nothing is known of a process of the user's own.
                _ => true,
            };
            let unbounded =
                matches!((&nodes[n].motion, indicator.link), (MotionOp::Formula(_), _) | (_, Link::Log));
            let own = matches!(nodes[n].motion, MotionOp::Own(_));
            let starts_wide = match &indicator.motion {
                Motion::Process(moved) => is_wide(&moved.baseline),
                Motion::Formula { baseline, .. } => baseline.as_ref().is_some_and(is_wide),
            };
            let too_wide = (wide[n] || starts_wide) && !matches!(indicator.link, Link::Logit(_));
            let lost = own || (heavy[n] && unbounded) || too_wide;
            nodes[n].has_mean = !lost;
        }
    }
}

fn driven(forced: &Forced, heavy: &[bool]) -> bool {
    forced.drivers.iter().any(|d| !d.elasticity.is_zero() && heavy[d.node])
}

fn own_tail(scenario: &Scenario, id: &str, moved: &Moved) -> bool {
    let learned = moved.dynamics.estimate.is_some() && !moved.dynamics.resample;
    learned
        || matches!(moved.innovation, crate::innovation::Innovation::StudentT(_))
        || coefficients(scenario, id, moved).any(is_heavy)
}

fn own_width(scenario: &Scenario, id: &str, indicator: &Indicator, moved: &Moved) -> bool {
    learned_df(indicator, &moved.dynamics).is_some_and(|df| df <= 2.0)
        || coefficients(scenario, id, moved).any(is_wide)
}

/// What moves the latent state of an indicator; not what stays within bounds whatever its law.
fn coefficients<'a>(
    scenario: &'a Scenario,
    id: &'a str,
    moved: &'a Moved,
) -> impl Iterator<Item = &'a Quantity> {
    let dynamics = &moved.dynamics;
    let own = [&dynamics.drift, &dynamics.volatility, &dynamics.last_growth].into_iter().flatten();
    let pull = dynamics.pull.iter().flat_map(|p| [&p.speed, &p.level]);
    let elasticities = moved.drivers.iter().map(|(_, elasticity, _)| elasticity);
    let events = scenario.events.values();
    let loads = events.filter_map(move |event| Some([&event.severity, event.load.get(id)?])).flatten();
    own.chain(pull).chain(elasticities).chain(loads)
}

fn is_heavy(quantity: &Quantity) -> bool {
    law(quantity).is_some_and(has_heavy_tail)
}

/// Whether the law of a quantity has no variance.
pub(super) fn is_wide(quantity: &Quantity) -> bool {
    let has_none = |law: &Distribution| matches!(law.family, Family::StudentT(t) if t.df <= 2.0);
    law(quantity).is_some_and(|law| is_open(law) && has_none(law))
}

fn law(quantity: &Quantity) -> Option<&Distribution> {
    match &quantity.value {
        Value::Number(_) => None,
        Value::Uncertain(law) => Some(law),
        Value::ByYear(course) => course.plus.as_ref(),
    }
}

/// Whether a law goes on for ever on one side; the greatest number stands for no end as well.
fn is_open(law: &Distribution) -> bool {
    law.between.is_none_or(|(low, high)| low <= f64::MIN || high >= f64::MAX)
}

/// A law that reaches infinity faster than a log link can bear has no mean level.
fn has_heavy_tail(law: &Distribution) -> bool {
    is_open(law) && matches!(law.family, Family::StudentT(_) | Family::LogNormal(_) | Family::Gamma(_))
}
