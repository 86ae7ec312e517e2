//! From the counts of a run to an outcome.

use super::replicates::{Counted, Counts, Replicates};
use super::tally::{Shape, Sums};
use super::{Layers, Tally};
use crate::calibrate::Learned;
use crate::evidence::Evidence;
use crate::label::Label;
use crate::link::Link;
use crate::model::{ConditionOp, Model, MotionOp};
use crate::outcome::{
    Band, Ending, Fingerprint, FirstYear, IndicatorOutcome, Joint, LearnedOutcome, Mean, Outcome, Pair,
    Probability, Sense, TargetOutcome, Until, goal,
};
use crate::quantity::Quantity;
use crate::sampling::Sampling;
use crate::scenario::{Condition, Known, Motion, Moved, Scenario, Target};
use crate::stats::Histogram;
use crate::target::{Bound, Measure, Nature, Side};
use crate::time::Year;
use std::collections::BTreeMap;

/// A finished run, before it is put into words.
pub(crate) struct Run<'a> {
    pub(crate) scenario: &'a Scenario,
    pub(crate) model: &'a Model,
    pub(crate) tally: Tally,
    pub(crate) sums: &'a Sums,
    pub(crate) shape: &'a Shape,
    pub(crate) layers: &'a Layers,
    pub(crate) seed: u64,
    pub(crate) confidence: f64,
    pub(crate) ending: Ending,
    pub(crate) until: Option<Until>,
    pub(crate) sampling: Sampling,
    /// What was counted a replicate, where paths depend on each other.
    pub(crate) replicates: Option<(&'a Replicates, &'a Counts)>,
}

impl Run<'_> {
    /// The outcome.
    pub(crate) fn outcome(mut self) -> Outcome {
        let scenario = self.scenario;
        let grades = self.grades();
        let targets: Vec<TargetOutcome> =
            (0..scenario.targets.len()).map(|t| self.target(t, grades[t])).collect();
        // Most of what was counted is handed over, not copied.
        let mut cells = std::mem::take(&mut self.tally.cells).into_iter();
        let indicators =
            (0..scenario.indicators.len()).map(|n| self.indicator(n, &mut cells, &targets)).collect();
        let joint = self.joint(&targets);
        Outcome {
            plan: scenario.name.clone(),
            variant: scenario.variant.as_ref().map(|id| (id.clone(), scenario.variant_name(id))),
            source: scenario.source.clone(),
            horizon: scenario.horizon,
            paths: self.tally.paths,
            ending: self.ending,
            until: self.until.clone(),
            sampling: self.sampling,
            confidence: self.confidence,
            fingerprint: Fingerprint::of(scenario, self.seed, self.tally.paths, self.sampling),
            indicators,
            targets,
            joint,
            notices: scenario.notices.clone(),
            learned: self.learned(),
        }
    }

    /// What was learned, in the order of the plan.
    fn learned(&self) -> Vec<LearnedOutcome> {
        let known = |(id, learned): &(String, Learned)| {
            let indicator = self.scenario.indicators.get(id)?;
            let Motion::Process(moved) = &indicator.motion else { return None };
            Some(LearnedOutcome::new(id, indicator, moved, learned.clone()))
        };
        self.model.learned.iter().filter_map(known).collect()
    }

    fn probability(&self, hits: u64) -> Probability {
        Until::probability(self.until.as_ref(), hits, self.tally.paths, self.confidence)
    }

    /// The same, with the error that the replicates tell where there are some.
    fn counted(&self, what: Counted, hits: u64) -> Probability {
        match self.replicates {
            Some((replicates, counts)) => replicates.probability(counts, what, self.confidence),
            None => self.probability(hits),
        }
    }

    /// Takes the cells of the node off those that are left.
    fn indicator(
        &self,
        node: usize,
        cells: &mut impl Iterator<Item = Histogram>,
        targets: &[TargetOutcome],
    ) -> IndicatorOutcome {
        let steps = self.model.horizon.steps();
        let Some((id, indicator)) = self.scenario.indicators.get_index(node) else {
            unreachable!("nodes are the scenario's indicators")
        };
        let base = self.model.horizon.base();
        let bands = cells.take(steps + 1).enumerate().map(|(step, cell)| Band {
            year: Year(base.0 + step as i32),
            mean: self.mean(&cell, node, step),
            quantiles: self.shape.level(cell, node, step),
        });
        // Actuals are history, whether they are learned from or not.
        let mut history: BTreeMap<Year, f64> = indicator.history.iter().collect();
        for (place, known) in self.model.nodes[node].known.iter().enumerate() {
            if let Known::Level(level) = known {
                history.insert(Year(base.0 + 1 + place as i32), *level);
            }
        }
        let of_it = |t: &TargetOutcome| t.indicator.as_deref() == Some(id.as_str());
        IndicatorOutcome {
            id: id.clone(),
            name: indicator.name.clone(),
            unit: indicator.unit.clone(),
            history: history.into_iter().collect(),
            bands: bands.collect(),
            evidence: self.grade(node),
            samples: self.sums.samples[node].clone(),
            targets: (0..targets.len()).filter(|t| of_it(&targets[*t])).collect(),
        }
    }

    /// The mean of a level, with the error that the replicates tell where there are some.
    fn mean(&self, cell: &Histogram, node: usize, step: usize) -> Mean {
        match (self.shape.mean(cell, self.sums, node, step), self.replicates) {
            (Mean::Exists { mean, sd, .. }, Some((replicates, counts))) => replicates
                .mean_error(counts, node, step)
                .map_or(Mean::DoesNotExist, |error| Mean::Exists { mean, sd, error }),
            (mean, _) => mean,
        }
    }

    fn target(&self, position: usize, evidence: Evidence) -> TargetOutcome {
        let Some((id, target)) = self.scenario.targets.get_index(position) else {
            unreachable!("targets are the scenario's")
        };
        let tally = &self.tally.targets[position];
        let base = self.model.horizon.base();
        let year = |k: usize| Year(base.0 + 1 + k as i32);
        let at = |(k, hits): (usize, &u64)| (year(k), self.counted(Counted::Target(position, k + 1), *hits));
        let by_year: Vec<(Year, Probability)> = tally.met.iter().enumerate().map(at).collect();
        let first: u64 = tally.first.iter().sum();
        // Whether a condition holds in every year is known in the last of them.
        let every_year = matches!(&target.condition, Condition::Bounded { measure: Measure::EveryYear, .. });
        let counts = |year: Year| !every_year || year == target.year;
        let likely =
            by_year.iter().find(|(year, p)| counts(*year) && 2 * p.hits > p.paths).map(|(year, _)| *year);
        let shares = self.layers.bases[position].as_ref();
        let own = matches!(&target.condition, Condition::Bounded { custom: Some(_), .. });
        let (indicator, measure, node) = self.measured(target, position);
        let unit = match (measure, node) {
            (Some(measure), Some(_)) if measure.is_rate() => Label::both("%", Some("%".into())),
            // A measure of the user's own need not be in the unit of what it looks at.
            (_, Some(node)) if !own => {
                target.unit.clone().unwrap_or_else(|| self.scenario.indicators[node].unit.clone())
            }
            _ => target.unit.clone().unwrap_or_default(),
        };
        let scale = if measure.is_some_and(Measure::is_rate) { 100.0 } else { 1.0 };
        let curves = self.shape.curves(&self.tally, position);
        let (outcome, margin) =
            curves.map_or((None, None), |(outcome, margin)| (Some(outcome), Some(margin)));
        let mean_exists = self.model.targets[position].has_mean;
        TargetOutcome {
            id: id.clone(),
            number: target.number,
            name: target.name.clone(),
            indicator,
            measure,
            goal: goal::goal(target, scale),
            unit,
            scale,
            bound: bound(target),
            sense: sense(target),
            tolerance: tolerance(target),
            baseline: node
                .filter(|_| !own)
                .zip(measure)
                .and_then(|(node, measure)| self.baseline(node, measure)),
            year: target.year,
            nature: target.nature,
            assigned: target.assigned,
            evidence,
            basis: shares.map(|s| s.basis),
            probability: by_year.last().map_or_else(|| self.probability(0), |(_, probability)| *probability),
            spread: self.layers.spreads[position],
            outcome,
            margin,
            shortfall: self.shape.shortfall(&self.tally, self.sums, position).filter(|_| mean_exists),
            first_year: FirstYear {
                counts: tally.first.iter().enumerate().map(|(k, n)| (year(k), *n)).collect(),
                never: self.tally.paths - first,
                likely,
            },
            by_year,
        }
    }

    /// Indicator, measure and node of a target; none for a combination.
    fn measured(&self, target: &Target, position: usize) -> (Option<String>, Option<Measure>, Option<usize>) {
        let node = match &self.model.targets[position].condition {
            ConditionOp::Bounded { measure, .. } => measure.nodes().first().copied(),
            ConditionOp::Combined { .. } => None,
        };
        match &target.condition {
            Condition::Bounded { indicator, measure, custom, .. } => {
                (indicator.clone(), custom.is_none().then_some(*measure), node)
            }
            Condition::Combined(_) => (None, None, None),
        }
    }

    /// Where a measure stands in the base year.
    fn baseline(&self, node: usize, measure: Measure) -> Option<f64> {
        match measure {
            Measure::Level | Measure::EveryYear => Some(self.shape.start(&self.tally, node)),
            Measure::AverageGrowth | Measure::AverageGrowthArithmetic => {
                let indicator = &self.scenario.indicators[node];
                let known = indicator.growth.get(self.model.horizon.base());
                known.filter(|_| indicator.link == Link::Log).map(libm::expm1)
            }
            Measure::Cumulative | Measure::Change | Measure::Difference => Some(0.0),
            Measure::KeepPace => None,
        }
    }

    /// Weakest grade of a number that each target rests on; of a combination, that its targets do.
    fn grades(&self) -> Vec<Evidence> {
        let stated = self.scenario.targets.values().map(|target| target.evidence);
        let mut grades: Vec<Evidence> = stated.collect();
        // Combinations come after their targets.
        for &position in &self.model.target_order {
            let learned = self.layers.bases[position].as_ref().and_then(|shares| shares.weakest);
            let rest = match &self.model.targets[position].condition {
                ConditionOp::Bounded { measure, .. } => {
                    measure.nodes().into_iter().map(|node| self.grade(node)).max()
                }
                ConditionOp::Combined { of, .. } => of.iter().map(|member| grades[*member]).max(),
            };
            grades[position] = rest.into_iter().chain(learned).fold(grades[position], Evidence::max);
        }
        grades
    }

    /// Weakest grade of the numbers that place an indicator: its baseline, and what its growth is on average where that
    /// is stated as a plain number (drift, level, speed, elasticities); for a formula, those of all its inputs. Uncertain
    /// numbers count where they matter: by their share of the variance.
    fn grade(&self, node: usize) -> Evidence {
        let mut seen = vec![false; self.model.nodes.len()];
        let mut waiting = vec![node];
        let mut weakest = Evidence::Plan;
        while let Some(node) = waiting.pop() {
            if std::mem::replace(&mut seen[node], true) {
                continue;
            }
            let indicator = &self.scenario.indicators[node];
            let of = |q: &Quantity| q.evidence.unwrap_or(indicator.evidence);
            match (&indicator.motion, &self.model.nodes[node].motion) {
                (Motion::Process(moved), _) => {
                    let placing = placing(moved).map(of);
                    weakest = placing.fold(weakest.max(of(&moved.baseline)), Evidence::max);
                    let id = self.scenario.indicators.get_index(node).map(|(id, _)| id);
                    let changes = self.scenario.changes.values();
                    let changed = changes.filter(|change| id.is_some_and(|id| change.on.is_of(id)));
                    weakest = changed.fold(weakest, |weakest, change| weakest.max(change.evidence()));
                    // What was learned and is used as if it were known is a plain number as well.
                    let learned = self.model.learned.iter().filter(|(of, _)| Some(of) == id);
                    let plugged_in = learned.filter(|(_, learned)| learned.plug_in);
                    weakest = plugged_in.fold(weakest, |weakest, (_, learned)| weakest.max(learned.evidence));
                    let known = self.scenario.known().zip(id).and_then(|(known, id)| known.evidence.get(id));
                    weakest = weakest.max(known.copied().unwrap_or(weakest));
                }
                (Motion::Formula { baseline, .. }, MotionOp::Formula(f)) => {
                    weakest = weakest.max(baseline.as_ref().map_or(Evidence::Plan, of));
                    waiting.extend(f.inputs.iter().map(|input| input.node));
                }
                (Motion::Formula { .. }, _) => {}
            }
        }
        weakest
    }

    fn joint(&self, targets: &[TargetOutcome]) -> Joint {
        let (members, tally) = (self.shape.members(), &self.tally.joint);
        let hits = |member: usize| targets[members[member]].probability.hits;
        let share = |member: usize| targets[members[member]].probability.estimate;
        let is_binding = |member: &usize| targets[members[*member]].nature == Nature::Binding;
        let all_members = 0..members.len();
        let binding: Vec<usize> = all_members.clone().filter(is_binding).collect();
        let mut pairs = Vec::with_capacity(tally.pairs.len());
        for i in all_members.clone() {
            for j in i + 1..members.len() {
                let both = tally.pairs[pairs.len()];
                pairs.push(Pair {
                    first: members[i],
                    second: members[j],
                    both: self.probability(both),
                    correlation: phi(hits(i), hits(j), both, self.tally.paths),
                });
            }
        }
        let misses: f64 = all_members.clone().map(|m| 1.0 - share(m)).sum();
        let least = all_members.clone().map(share).fold(1.0, f64::min);
        Joint {
            members: members.to_vec(),
            all: self.counted(Counted::All, tally.all),
            all_spread: self.layers.all,
            binding: (!binding.is_empty()).then(|| self.counted(Counted::Binding, tally.binding)),
            number_met: tally.number_met.clone(),
            independent: all_members.map(share).product(),
            independent_binding: (!binding.is_empty()).then(|| binding.iter().map(|m| share(*m)).product()),
            frechet: ((1.0 - misses).max(0.0), least),
            pairs,
            without: tally
                .without
                .iter()
                .enumerate()
                .map(|(member, hits)| self.counted(Counted::Without(member), *hits))
                .collect(),
        }
    }
}

/// The plain numbers, other than 0, that say what growth is on average.
fn placing(moved: &Moved) -> impl Iterator<Item = &Quantity> {
    let pull = moved.dynamics.pull.iter().flat_map(|pull| [&pull.speed, &pull.level]).flatten();
    let elasticities = moved.drivers.iter().map(|(_, elasticity, _)| elasticity);
    let all = moved.dynamics.drift.iter().chain(pull).chain(elasticities);
    all.filter(|quantity| quantity.as_number().is_some_and(|x| x != 0.0))
}

/// The bound as one number, where it is one.
fn bound(target: &Target) -> Option<f64> {
    match &target.condition {
        Condition::Bounded { bound, .. } => match bound {
            Bound::AtLeast(q) | Bound::AtMost(q) | Bound::About { value: q, .. } => Some(goal::middle(q)),
        },
        Condition::Combined(_) => None,
    }
}

/// On which side of the bound it is met.
fn sense(target: &Target) -> Option<Sense> {
    let Condition::Bounded { bound, .. } = &target.condition else { return None };
    Some(match bound {
        Bound::AtLeast(_) | Bound::About { side: Side::AtLeast, .. } => Sense::AtLeast,
        Bound::AtMost(_) | Bound::About { side: Side::AtMost, .. } => Sense::AtMost,
        Bound::About { side: Side::Both, .. } => Sense::Within,
    })
}

/// How far from the bound still counts.
fn tolerance(target: &Target) -> Option<f64> {
    match &target.condition {
        Condition::Bounded { bound: Bound::About { tolerance, .. }, .. } => Some(goal::middle(tolerance)),
        _ => None,
    }
}

/// Correlation of two events; none when one of them always or never happens.
fn phi(a: u64, b: u64, both: u64, paths: u64) -> Option<f64> {
    let share = |hits: u64| hits as f64 / paths as f64;
    let variance = |p: f64| p * (1.0 - p);
    let product = variance(share(a)) * variance(share(b));
    (product > 0.0).then(|| ((share(both) - share(a) * share(b)) / product.sqrt()).clamp(-1.0, 1.0))
}
