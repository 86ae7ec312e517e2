//! What a path is told apart by: growth early and on average, what was drawn of the parameters, events, regimes.

use crate::analyse::names::{Names, both};
use crate::label::Label;
use crate::link::Link;
use crate::model::{ConditionOp, Draw, Model, ParameterRule, Reach};
use crate::scenario::Scenario;
use crate::simulate::{Bits, Desk, Streams, Workspace, is_set};

/// What a feature is of a path.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, serde::Serialize)]
#[serde(rename_all = "snake_case")]
pub enum FeatureKind {
    /// Growth, or the change, of an indicator in the first year.
    FirstYear,
    /// The same over the first two years, a year.
    FirstTwoYears,
    /// The same over all years of the plan, a year.
    Average,
    /// A parameter, baseline or bound that was drawn.
    Parameter,
    /// Whether an event happens at all: 1 or 0.
    Event,
    /// Number of years in a state of a regime.
    Regime,
}

/// A feature of the paths: one number each.
#[derive(Debug, Clone, PartialEq, serde::Serialize)]
pub struct Feature {
    /// Its name for a reader: `growth of Exports in 2026`.
    pub name: Label,
    /// Its unit; empty for pure numbers.
    pub unit: Label,
    /// What it is.
    pub kind: FeatureKind,
    /// A twentieth of the paths lies below the first, a twentieth above the second: for a picture of how far a box reaches.
    pub range: (f64, f64),
}

/// Where the values of a feature are found in a block.
#[derive(Debug, Clone, Copy)]
enum Place {
    /// Growth (in per cent) or change of a node from the base year to a step, a year.
    Growth {
        node: usize,
        step: usize,
        relative: bool,
    },
    /// A parameter, in the unit shown: as a level of the link where it is kept as a state.
    Parameter {
        position: usize,
        link: Option<Link>,
        factor: f64,
    },
    Event(usize),
    Regime {
        regime: usize,
        state: usize,
    },
}

/// The features of a plan under study.
pub(super) struct Features {
    list: Vec<(Feature, Place)>,
    /// Positions of the events and whether a regime is looked at: they are drawn once more.
    events: Vec<usize>,
    looks_at_regimes: bool,
}

/// A column a feature, a value a path.
pub(super) type Columns = Vec<Vec<f64>>;

impl Features {
    /// Of what some targets hang on. Growth up to the year of a target is left out for the indicator that the target bounds, and all growth of it where
    /// it is the only one, unless that is asked for: that a target is missed where its indicator grows slowly says nothing.
    pub(super) fn of(
        scenario: &Scenario,
        model: &Model,
        streams: &Streams,
        targets: &[usize],
        kinds: &[FeatureKind],
        own: bool,
    ) -> Self {
        let wants = |kind: FeatureKind| kinds.contains(&kind);
        let mut list = Vec::new();
        let names = Names { scenario, model };
        let needed = model.needed_by(targets);
        let alone = judged(model, targets).windows(2).all(|pair| pair[0] == pair[1]);
        for (kind, steps) in growths(model.horizon.steps()).filter(|(kind, _)| wants(*kind)) {
            let nodes = (0..scenario.indicators().len()).filter(|node| needed[*node]);
            let until = if alone { usize::MAX } else { steps };
            for node in nodes.filter(|node| own || !decides(model, targets, *node, until)) {
                list.push(growth(scenario, model, node, kind, steps));
            }
        }
        let reach = Reach::of(model, targets.iter().copied());
        let parameters = &model.parameters.list;
        let is_told = |k: &usize| match parameters[*k].rule {
            ParameterRule::Entry { .. } => true,
            ParameterRule::Rank { .. } => false,
            _ => streams.parameters[*k].is_some(),
        };
        for k in
            (0..parameters.len()).filter(|k| wants(FeatureKind::Parameter) && reach.has(Draw::Parameter(*k)))
        {
            if is_told(&k) {
                list.push(parameter(scenario, &names, k));
            }
        }
        for k in (0..model.events.len()).filter(|k| wants(FeatureKind::Event) && reach.has(Draw::Event(*k))) {
            let (en, zh) = names.event(&model.events[k].name);
            list.push((feature(both(&en, &zh), both("", ""), FeatureKind::Event), Place::Event(k)));
        }
        for k in
            (0..model.regimes.len()).filter(|k| wants(FeatureKind::Regime) && reach.has(Draw::Regime(*k)))
        {
            let (id, (en, zh)) = (&model.regimes[k].name, names.regime(&model.regimes[k].name));
            for state in 1..model.regimes[k].transition.len() {
                let called = scenario.regimes().get(id).and_then(|regime| regime.states.get(state));
                let called = called.cloned().unwrap_or_else(|| state.to_string());
                let name = both(
                    &format!("years of {en} in the state {called}"),
                    &format!("{zh}处于“{called}”的年数"),
                );
                let unit = both("years", "年");
                list.push((feature(name, unit, FeatureKind::Regime), Place::Regime { regime: k, state }));
            }
        }
        let event = |place: &Place| if let Place::Event(k) = place { Some(*k) } else { None };
        Self {
            events: list.iter().filter_map(|(_, place)| event(place)).collect(),
            looks_at_regimes: list.iter().any(|(_, place)| matches!(place, Place::Regime { .. })),
            list,
        }
    }

    pub(super) fn len(&self) -> usize {
        self.list.len()
    }

    /// Adds the values of the block just simulated.
    pub(super) fn gather(&self, desk: &mut Desk<'_>, len: usize, columns: &mut Columns) {
        let happens: Vec<(usize, Bits)> =
            self.events.iter().map(|event| (*event, desk.ever_happens(*event))).collect();
        let years = if self.looks_at_regimes { desk.years_in_states() } else { Vec::new() };
        for ((_, place), column) in self.list.iter().zip(columns) {
            let value = |lane: usize| place.value(&desk.workspace, &happens, &years, lane);
            column.extend((0..len).map(value));
        }
    }

    /// The features that tell paths apart, with their range, and their columns.
    pub(super) fn told(self, columns: Columns) -> (Vec<Feature>, Columns) {
        let ranges = columns.into_iter().map(|column| (range(&column), column));
        let differ = |((low, high), column): &((f64, f64), Vec<f64>)| {
            (low < high || column.iter().any(|x| x != low)) && column.iter().all(|x| x.is_finite())
        };
        let kept = self.list.into_iter().zip(ranges).filter(|(_, told)| differ(told));
        kept.map(|((feature, _), (range, column))| (Feature { range, ..feature }, column)).unzip()
    }
}

impl Place {
    fn value(self, w: &Workspace, happens: &[(usize, Bits)], years: &[Vec<Vec<f64>>], lane: usize) -> f64 {
        match self {
            Self::Growth { node, step, relative } => {
                let (from, to) = (w.levels.at(node, 0)[lane], w.levels.at(node, step)[lane]);
                match relative {
                    true => 100.0 * libm::expm1(libm::log(to / from) / step as f64),
                    false => (to - from) / step as f64,
                }
            }
            Self::Parameter { position, link, factor } => {
                let x = w.parameters[position][lane];
                factor * link.map_or(x, |link| link.level(x))
            }
            Self::Event(event) => {
                let bits = happens.iter().find(|(k, _)| *k == event);
                bits.map_or(0.0, |(_, bits)| f64::from(u8::from(is_set(bits, lane))))
            }
            Self::Regime { regime, state } => years[regime][state][lane],
        }
    }
}

/// The spans over which growth is looked at, each once.
fn growths(steps: usize) -> impl Iterator<Item = (FeatureKind, usize)> {
    let spans = [(FeatureKind::FirstYear, 1), (FeatureKind::FirstTwoYears, 2), (FeatureKind::Average, steps)];
    spans
        .into_iter()
        .enumerate()
        .filter(move |(k, (_, step))| *k == 0 || (*step > *k && *step <= steps))
        .map(|(_, span)| span)
}

/// Whether growth of a node up to a step is all that one of the targets looks at, or more.
fn decides(model: &Model, targets: &[usize], node: usize, step: usize) -> bool {
    targets.iter().any(|target| {
        let op = &model.targets[*target];
        match &op.condition {
            ConditionOp::Combined { of, .. } => decides(model, of, node, step),
            ConditionOp::Bounded { measure, .. } => op.step <= step && measure.nodes().first() == Some(&node),
        }
    })
}

/// The nodes that some targets bound.
fn judged(model: &Model, targets: &[usize]) -> Vec<usize> {
    let of = |target: &usize| match &model.targets[*target].condition {
        ConditionOp::Combined { of, .. } => judged(model, of),
        ConditionOp::Bounded { measure, .. } => measure.nodes().into_iter().take(1).collect(),
    };
    targets.iter().flat_map(of).collect()
}

fn feature(name: Label, unit: Label, kind: FeatureKind) -> Feature {
    Feature { name, unit, kind, range: (0.0, 0.0) }
}

fn growth(
    scenario: &Scenario,
    model: &Model,
    node: usize,
    kind: FeatureKind,
    step: usize,
) -> (Feature, Place) {
    let indicator = &scenario.indicators()[node];
    let relative = indicator.link == Link::Log;
    let (en, zh) = (&indicator.name.en, indicator.name.zh.as_ref().unwrap_or(&indicator.name.en));
    let (first, last) = (model.horizon.base().0 + 1, model.horizon.base().0 + step as i32);
    let (what, what_zh) = if relative { ("growth", "增速") } else { ("change", "变化") };
    let name = match kind {
        FeatureKind::FirstYear => {
            both(&format!("{what} of {en} in {first}"), &format!("{first}年{zh}{what_zh}"))
        }
        _ => both(
            &format!("average {what} of {en}, {first}–{last}"),
            &format!("{first}–{last}年{zh}年均{what_zh}"),
        ),
    };
    let unit = match (relative, indicator.unit.en.as_str()) {
        (true, _) => both("%", "%"),
        (false, "%") => both("points", "个百分点"),
        (false, unit) => both(unit, indicator.unit.zh.as_deref().unwrap_or(unit)),
    };
    (feature(name, unit, kind), Place::Growth { node, step, relative })
}

fn parameter(scenario: &Scenario, names: &Names<'_>, position: usize) -> (Feature, Place) {
    let of = &names.model.parameters.list[position];
    let name = names.parameters(&[Draw::Parameter(position)]);
    let parts: Vec<&str> = of.name.splitn(3, '.').collect();
    let indicator = scenario.indicators().get(parts.get(1).copied().unwrap_or_default());
    let (unit, factor) = match (parts.as_slice(), indicator) {
        (["indicator", _, "baseline"], Some(indicator)) => (indicator.unit.clone(), 1.0),
        (["indicator", _, "drift" | "volatility" | "last_growth"], Some(indicator))
            if indicator.link == Link::Log =>
        {
            (both("%", "%"), 100.0)
        }
        (["event", _, "probability"], _) => (both("%", "%"), 100.0),
        _ => (both("", ""), 1.0),
    };
    (feature(name, unit, FeatureKind::Parameter), Place::Parameter { position, link: of.link, factor })
}

/// The 5 and the 95 % quantile.
fn range(column: &[f64]) -> (f64, f64) {
    let mut sorted = column.to_vec();
    sorted.sort_unstable_by(f64::total_cmp);
    let at = |share: f64| sorted.get((share * sorted.len() as f64) as usize).copied().unwrap_or(0.0);
    (at(0.05), at(0.95))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_span_is_looked_at_twice() {
        let spans = |steps| growths(steps).map(|(_, step)| step).collect::<Vec<_>>();
        assert_eq!(
            (spans(1), spans(2), spans(3), spans(5)),
            (vec![1], vec![1, 2], vec![1, 2, 3], vec![1, 2, 5])
        );
    }
}
