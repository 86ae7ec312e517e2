//! What can be told from latent states alone, so that no level has to be computed for it.
//!
//! A level is an increasing function of its state. So the quantiles of a level are the levels of the quantiles of the
//! state, and a bound on a level, or on what it grew by since the base year, is a bound on the state. The exponential
//! of every path and year is then left out.

use super::coefficient::Coefficient;
use super::motion::{Forced, FormulaMotion, MotionOp, Node};
use super::target::{BoundOp, ConditionOp, MeasureOp, TargetOp};
use crate::innovation::Law;
use crate::link::Link;
use crate::target::{Reading, Seen, Side, Turn};

/// The form in which the distribution of an indicator is counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Form {
    /// By its latent state: quantiles and means are taken through the link afterwards.
    State,
    /// By its level: what has no state of its own, or whose law may have atoms, which are better summed.
    Level,
}

/// A formula that is a product of powers: its state is a weighted sum of states.
#[derive(Debug)]
pub(crate) struct WeightedSum {
    pub(crate) constant: f64,
    /// (node, weight).
    pub(crate) terms: Vec<(usize, f64)>,
}

/// A condition on the state of one indicator, x, or on x less that of the base year.
#[derive(Debug)]
pub(crate) struct Latent {
    pub(crate) node: usize,
    /// Whether the state of the base year is taken away: it is not the same on all paths.
    pub(crate) from_base: bool,
    /// Whether it has to hold in every year up to the one asked for.
    pub(crate) every_year: bool,
    /// Whether it holds from the edge on upwards; otherwise from the edge on downwards.
    pub(crate) above: bool,
    /// As at the steps 1, 2, …: what is on the edge is within.
    pub(crate) edges: Vec<f64>,
    /// From there to the measure, and to the margin.
    pub(crate) measure: Reading,
    pub(crate) margin: Reading,
}

impl Latent {
    /// Whether what is counted is the state itself, as at the year of the target.
    pub(crate) fn is_state(&self) -> bool {
        !self.from_base && !self.every_year
    }
}

/// Decides what is counted in which form and which levels are needed.
pub(super) fn settle(nodes: &mut [Node], order: &[usize], targets: &mut [TargetOp]) {
    for &n in order {
        settle_sum(nodes, n);
        nodes[n].keeps_state |= nodes[n].has_state();
        nodes[n].form = if is_smooth(nodes, n) { Form::State } else { Form::Level };
        nodes[n].needs_level = nodes[n].form == Form::Level;
    }
    for n in 0..nodes.len() {
        let MotionOp::Formula(FormulaMotion { sum: None, inputs, .. }) = &nodes[n].motion else { continue };
        for input in inputs.iter().map(|input| input.node).collect::<Vec<_>>() {
            nodes[input].needs_level = true;
        }
    }
    for target in targets {
        let ConditionOp::Bounded { measure, bound, strict } = &target.condition else { continue };
        target.latent = latent(nodes, measure, bound, *strict, target.step);
        if target.latent.is_none() {
            for node in measure.nodes() {
                nodes[node].needs_level = true;
            }
        }
    }
}

/// Keeps the weighted sum of a formula only where all its terms are logarithms of levels of the same year.
fn settle_sum(nodes: &mut [Node], n: usize) {
    let usable = |(node, _): &(usize, f64)| nodes[*node].link == Link::Log && nodes[*node].has_state();
    let link = nodes[n].link;
    let keep = match &nodes[n].motion {
        MotionOp::Formula(FormulaMotion { sum: Some(sum), start: None, .. }) => {
            link == Link::Log && sum.terms.iter().all(usable)
        }
        _ => false,
    };
    if let MotionOp::Formula(f) = &mut nodes[n].motion
        && !keep
    {
        f.sum = None;
    }
}

/// Whether the state of a year has a law without atoms, given the years before.
fn is_smooth(nodes: &[Node], n: usize) -> bool {
    if !nodes[n].known.is_empty() {
        return false;
    }
    match &nodes[n].motion {
        MotionOp::Process(p) => has_smooth_noise(&p.forced),
        MotionOp::Formula(FormulaMotion { sum: Some(sum), .. }) => {
            sum.terms.iter().any(|(node, _)| nodes[*node].form == Form::State)
        }
        MotionOp::Own(_) | MotionOp::Formula(_) => false,
    }
}

fn has_smooth_noise(forced: &Forced) -> bool {
    let Some(noise) = &forced.noise else { return false };
    let moves = match &noise.volatility {
        Coefficient::Number(x) => *x > 0.0,
        Coefficient::Course(years) => years.iter().all(|x| *x > 0.0),
        Coefficient::Drawn(_) | Coefficient::Shifted(..) | Coefficient::Yearly(_) => true,
    };
    let smooth = match &noise.law {
        Law::Normal | Law::Scaled(_) => true,
        Law::Shaped(transform) => transform.is_smooth(),
    };
    moves && smooth && noise.scales.iter().all(|(_, by_state)| by_state.iter().all(|x| *x > 0.0))
}

/// A condition with one bound that is the same on all paths, on a measure that is an increasing function of a state.
pub(super) fn latent(
    nodes: &[Node],
    measure: &MeasureOp,
    bound: &BoundOp,
    strict: bool,
    steps: usize,
) -> Option<Latent> {
    let &(MeasureOp::Level(node)
    | MeasureOp::AverageGrowth(node)
    | MeasureOp::Change(node)
    | MeasureOp::Difference(node)
    | MeasureOp::EveryYear(node)) = measure
    else {
        return None;
    };
    let Node { link, fixed_start, .. } = nodes[node];
    if !nodes[node].has_state() {
        return None;
    }
    let (limit, above) = one_sided(bound)?;
    // What is on the bound but for rounding is on it; see [`super::target::slack`].
    let slack = super::target::slack(measure, limit);
    let edge = if above == strict { limit + slack } else { limit - slack };
    let start = fixed_start.map(|level| link.state(level));
    let level = |x: f64| match link {
        _ if link.allows(x) => link.state(x),
        // A level beyond what the link allows is beyond every path.
        Link::Logit(bounds) if x >= bounds.upper => f64::INFINITY,
        _ => f64::NEG_INFINITY,
    };
    let ln_factor = |growth: f64| if growth > -1.0 { libm::log1p(growth) } else { f64::NEG_INFINITY };
    let base = start.unwrap_or(0.0);
    let same = |edge: f64| vec![edge; steps];
    let (edges, seen, less) = match measure {
        MeasureOp::Level(_) | MeasureOp::EveryYear(_) => (same(level(edge)), Seen::Level(link), 0.0),
        MeasureOp::Difference(_) => (same(level(fixed_start? + edge)), Seen::Level(link), fixed_start?),
        MeasureOp::AverageGrowth(_) if link == Link::Log => (
            (1..=steps).map(|step| base + step as f64 * ln_factor(edge)).collect(),
            Seen::Growth { base, years: steps as f64 },
            0.0,
        ),
        MeasureOp::Change(_) if link == Link::Log => {
            (same(base + ln_factor(edge)), Seen::Growth { base, years: 1.0 }, 0.0)
        }
        _ => return None,
    };
    let from_base = start.is_none() && matches!(seen, Seen::Growth { .. });
    let turn = if above { Turn::Above(limit + less) } else { Turn::Below(limit + less) };
    Some(Latent {
        node,
        from_base,
        every_year: matches!(measure, MeasureOp::EveryYear(_)),
        above,
        edges,
        measure: Reading { seen, turn: if less == 0.0 { Turn::Same } else { Turn::Above(less) } },
        margin: Reading { seen, turn },
    })
}

/// The bound of a condition that has one, the same on all paths and in all years, and whether it is a lower one.
pub(crate) fn one_sided(bound: &BoundOp) -> Option<(f64, bool)> {
    match bound {
        BoundOp::AtLeast(Coefficient::Number(limit)) => Some((*limit, true)),
        BoundOp::AtMost(Coefficient::Number(limit)) => Some((*limit, false)),
        BoundOp::About { value: Coefficient::Number(value), tolerance: Coefficient::Number(width), side } => {
            match side {
                Side::AtLeast => Some((value - width, true)),
                Side::AtMost => Some((value + width, false)),
                Side::Both => None,
            }
        }
        _ => None,
    }
}
