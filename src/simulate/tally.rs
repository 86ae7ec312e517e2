//! What is remembered of the paths: counts, histograms and moments that merge, in a memory that
//! does not grow with the number of paths.

use super::block::Broken;
use super::joint::{JointTally, add_counts};
use super::rows::{Bits, LANES, and, count, first_lanes, sum};
use super::step::NotFinite;
use super::verdict::NotMeasured;
use super::workspace::Workspace;
use crate::model::{ConditionOp, Form, MeasureOp, Model, one_sided};
use crate::outcome::{Mean, QuantileCurve, SamplePath};
use crate::stats::{Bins, Histogram, Moments};
use crate::target::{Reading, Turn};
use serde::{Deserialize, Serialize};

/// How many paths are kept whole for the charts.
const SAMPLES: usize = 40;

/// Which cells and targets there are, and the bins of their values.
pub(crate) struct Shape {
    steps: usize,
    /// Node by node, t0 … T.
    cells: Vec<Bins>,
    nodes: Vec<Counted>,
    /// Target by target; none for a combination.
    targets: Vec<Option<Curves>>,
    /// Positions of the targets that count jointly: all that are not combinations.
    members: Vec<usize>,
    /// Step of each target.
    target_steps: Vec<usize>,
    /// Positions in `members` of the binding ones.
    binding: Vec<usize>,
}

/// What is counted of a node.
struct Counted {
    form: Form,
    /// From what is counted to the level.
    level: Reading,
    /// Whether the mean of its level exists.
    has_mean: bool,
    /// Level of the base year, where it is the same on all paths: counted once, at the end.
    fixed_start: Option<f64>,
}

/// Where the distributions of a target are found.
struct Curves {
    counted: Source,
    /// From what is counted to the measure.
    measure: Reading,
    margin: Margin,
    /// The number at which the target is met and missed, and whether it is met above it, where that is all there is to it.
    edge: Option<(f64, bool)>,
}

enum Source {
    /// A cell, which has the same numbers.
    Cell(usize),
    /// A histogram of its own.
    Own(Bins),
}

enum Margin {
    /// A reading of what is counted of the measure.
    Read(Reading),
    /// A histogram of its own.
    Own(Bins),
}

/// Whole numbers remembered of some paths. They add up to the same in any order, so a thread needs only one of these,
/// however many paths it simulates.
#[derive(Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct Tally {
    pub(crate) paths: u64,
    /// Node by node, t0 … T.
    pub(crate) cells: Vec<Histogram>,
    pub(crate) targets: Vec<TargetTally>,
    pub(crate) joint: JointTally,
}

/// What has to be added up in the order of the paths: sums of rounded numbers, and paths themselves.
#[derive(Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct Sums {
    /// Node by node, t0 … T: of levels, where those are counted.
    pub(crate) moments: Vec<Moments>,
    /// Per target: distances to the bound, summed over the paths that miss it, where the margins are not read off what is counted.
    pub(crate) shortfalls: Vec<f64>,
    /// Node by node: the first paths, whole.
    pub(crate) samples: Vec<Vec<SamplePath>>,
}

/// What is remembered of a target.
#[derive(Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct TargetTally {
    /// Per step 1 ..= its own: paths on which the condition holds as at that step.
    pub(crate) met: Vec<u64>,
    /// Per step: paths on which it holds for the first time.
    pub(crate) first: Vec<u64>,
    /// Measure and margin, where they are not found elsewhere; see [`Shape::curves`].
    measure: Option<Histogram>,
    margin: Option<Histogram>,
}

impl Curves {
    /// Bins of the measure and of the margin, where they have histograms of their own.
    fn own(curves: Option<&Self>) -> [Option<Bins>; 2] {
        let measure = curves.and_then(|curves| match curves.counted {
            Source::Own(bins) => Some(bins),
            Source::Cell(_) => None,
        });
        let margin = curves.and_then(|curves| match curves.margin {
            Margin::Own(bins) => Some(bins),
            Margin::Read(_) => None,
        });
        [measure, margin]
    }
}

impl Shape {
    /// From a block of a pilot, which shows where the values are.
    pub(crate) fn new(model: &Model, binding: &[bool], pilot: &Workspace) -> Self {
        let steps = model.horizon.steps();
        let cell = |node: usize, step: usize| Bins::from_pilot(pilot.counted(&model.nodes[node], node, step));
        let is_bounded = |t: usize| matches!(model.targets[t].condition, ConditionOp::Bounded { .. });
        let members: Vec<usize> = (0..model.targets.len()).filter(|t| is_bounded(*t)).collect();
        let nodes = model.nodes.iter().map(|node| Counted {
            form: node.form,
            level: match node.form {
                Form::State => Reading::level(node.link),
                Form::Level => Reading::ITSELF,
            },
            has_mean: node.has_mean,
            fixed_start: node.fixed_start,
        });
        Self {
            steps,
            cells: (0..model.nodes.len())
                .flat_map(|node| (0..=steps).map(move |step| (node, step)))
                .map(|(node, step)| cell(node, step))
                .collect(),
            nodes: nodes.collect(),
            targets: (0..model.targets.len()).map(|t| curves(model, t, pilot)).collect(),
            binding: (0..members.len()).filter(|m| binding[members[*m]]).collect(),
            members,
            target_steps: model.targets.iter().map(|t| t.step).collect(),
        }
    }

    /// Counts what is the same on all paths, when all of them have been added.
    pub(crate) fn finish(&self, total: &mut Tally) {
        for (node, counted) in self.nodes.iter().enumerate() {
            if let Some(level) = counted.fixed_start {
                total.cells[self.cell(node, 0)].add_repeated(level, total.paths);
            }
        }
    }

    fn cell(&self, node: usize, step: usize) -> usize {
        node * (self.steps + 1) + step
    }

    /// The distribution of the level of a node at a step, whose cell this is.
    pub(crate) fn level(&self, cell: Histogram, node: usize, step: usize) -> QuantileCurve {
        QuantileCurve { histogram: cell, reading: self.reading(node, step) }
    }

    /// The median level of a node in the base year.
    pub(crate) fn start(&self, total: &Tally, node: usize) -> f64 {
        self.level(total.cells[self.cell(node, 0)].clone(), node, 0).median()
    }

    /// From what is counted of a node at a step to its level: in the base year that is the level itself where it is fixed.
    fn reading(&self, node: usize, step: usize) -> Reading {
        let counted = &self.nodes[node];
        if step == 0 && counted.fixed_start.is_some() { Reading::ITSELF } else { counted.level }
    }

    /// Mean and spread of the level of a node at a step, whose cell this is.
    pub(crate) fn mean(&self, cell: &Histogram, sums: &Sums, node: usize, step: usize) -> Mean {
        let counted = &self.nodes[node];
        let n = cell.count() as f64;
        let (mean, sd) = match counted {
            Counted { has_mean: false, .. } => return Mean::DoesNotExist,
            Counted { fixed_start: Some(level), .. } if step == 0 => (Some(*level), (n > 1.0).then_some(0.0)),
            Counted { form: Form::State, level, .. } => cell
                .mean_and_sd(|row| level.in_place(row))
                .map_or((None, None), |(m, sd)| (Some(m), Some(sd))),
            Counted { form: Form::Level, .. } => {
                let moments = &sums.moments[self.cell(node, step)];
                (moments.mean(), moments.sd())
            }
        };
        match mean.zip(sd) {
            Some((mean, sd)) if mean.is_finite() && sd.is_finite() => {
                Mean::Exists { mean, sd, error: sd / n.sqrt() }
            }
            _ => Mean::DoesNotExist,
        }
    }

    /// A cell or a target some of whose values are too large for the level or measure to be a number.
    pub(crate) fn overflow(&self, total: &Tally) -> Option<Broken> {
        let is_fine = |histogram: &Histogram, reading: Reading| {
            [histogram.min(), histogram.max()].into_iter().flatten().all(|x| reading.of(x).is_finite())
        };
        for node in 0..self.nodes.len() {
            for step in 0..=self.steps {
                if !is_fine(&total.cells[self.cell(node, step)], self.reading(node, step)) {
                    return Some(Broken::Level(NotFinite { node, step }));
                }
            }
        }
        for (target, curves) in self.targets.iter().enumerate() {
            if let Some(curves) = curves
                && !is_fine(self.histogram(curves, total, target), curves.measure)
            {
                return Some(Broken::Measure(NotMeasured { target, step: self.target_steps[target] }));
            }
        }
        None
    }

    /// What is counted of the measure of a target.
    fn histogram<'a>(&self, curves: &Curves, total: &'a Tally, target: usize) -> &'a Histogram {
        match (&curves.counted, &total.targets[target].measure) {
            (Source::Cell(cell), _) => &total.cells[*cell],
            (Source::Own(_), Some(own)) => own,
            (Source::Own(_), None) => unreachable!("a tally has the histograms of its shape"),
        }
    }

    /// The distributions of the measure and of the margin of a target; none for a combination.
    pub(crate) fn curves(&self, total: &Tally, target: usize) -> Option<(QuantileCurve, QuantileCurve)> {
        let curves = self.targets[target].as_ref()?;
        let counted = self.histogram(curves, total, target);
        let curve = |histogram: &Histogram, reading| QuantileCurve { histogram: histogram.clone(), reading };
        let margin = match (&curves.margin, &total.targets[target].margin) {
            (Margin::Read(reading), _) => curve(counted, *reading),
            (Margin::Own(_), Some(own)) => curve(own, Reading::ITSELF),
            (Margin::Own(_), None) => unreachable!("a tally has the histograms of its shape"),
        };
        Some((curve(counted, curves.measure), margin))
    }

    /// Mean distance to the bound on the paths that miss a target; none where none does.
    pub(crate) fn shortfall(&self, total: &Tally, sums: &Sums, target: usize) -> Option<f64> {
        let curves = self.targets[target].as_ref()?;
        let missed = total.paths - total.targets[target].met.last()?;
        if missed == 0 {
            return None;
        }
        match (curves.edge, &curves.margin) {
            (Some((edge, above)), Margin::Read(margin)) => {
                let (low, high) = if above { (f64::NEG_INFINITY, edge) } else { (edge, f64::INFINITY) };
                let counted = self.histogram(curves, total, target);
                counted.mean_between(low, high, |row| {
                    margin.in_place(row);
                    row.iter_mut().for_each(|x| *x = (-*x).max(0.0));
                })
            }
            _ => Some(sums.shortfalls[target] / missed as f64),
        }
    }

    pub(crate) fn members(&self) -> &[usize] {
        &self.members
    }

    /// A tally of nothing.
    pub(crate) fn empty(&self) -> Tally {
        Tally {
            paths: 0,
            cells: self.cells.iter().map(|bins| Histogram::of(*bins)).collect(),
            targets: self
                .targets
                .iter()
                .zip(&self.target_steps)
                .map(|(curves, steps)| {
                    let [measure, margin] = Curves::own(curves.as_ref()).map(|bins| bins.map(Histogram::of));
                    TargetTally { met: vec![0; *steps], first: vec![0; *steps], measure, margin }
                })
                .collect(),
            joint: JointTally::of(self.members.len()),
        }
    }

    /// Sums of nothing.
    pub(crate) fn no_sums(&self) -> Sums {
        Sums {
            moments: vec![Moments::new(); self.cells.len()],
            shortfalls: vec![0.0; self.targets.len()],
            samples: vec![Vec::new(); self.nodes.len()],
        }
    }

    /// Adds a block of paths.
    pub(crate) fn add(&self, tally: &mut Tally, sums: &mut Sums, model: &Model, w: &Workspace) {
        let valid = first_lanes(w.len);
        tally.paths += w.len as u64;
        for (node, counted) in self.nodes.iter().enumerate() {
            for step in usize::from(counted.fixed_start.is_some())..=self.steps {
                let (cell, row) = (self.cell(node, step), w.counted(&model.nodes[node], node, step));
                tally.cells[cell].add_lanes(&row[..w.len]);
                if counted.has_mean && counted.form == Form::Level {
                    sums.moments[cell].merge(&Moments::of(&row[..w.len]));
                }
            }
        }
        for (target, into) in tally.targets.iter_mut().enumerate() {
            let mut already: Bits = [0; LANES / 64];
            for step in 0..into.met.len() {
                let met = and(&w.met[target][step], &valid);
                into.met[step] += count(&met);
                let fresh: Bits = std::array::from_fn(|k| met[k] & !already[k]);
                into.first[step] += count(&fresh);
                already = std::array::from_fn(|k| already[k] | met[k]);
            }
            if let Some(measure) = &mut into.measure {
                measure.add_lanes(&w.measured(model, target)[..w.len]);
            }
            if let Some(margin) = &mut into.margin {
                margin.add_lanes(&w.margins[target][..w.len]);
            }
            if let Some(curves) = &self.targets[target]
                && curves.edge.is_none()
            {
                // Whoever misses it on the boundary itself misses it by nothing.
                let distance = |margin: f64| if margin < 0.0 { -margin } else { 0.0 };
                sums.shortfalls[target] += sum(&w.margins[target][..w.len], distance);
            }
        }
        let met = |t: &usize| and(&w.met[*t][self.target_steps[*t] - 1], &valid);
        let met: Vec<Bits> = self.members.iter().map(met).collect();
        tally.joint.add(&met, &self.binding, &valid);
        self.add_samples(sums, model, w);
    }

    fn add_samples(&self, sums: &mut Sums, model: &Model, w: &Workspace) {
        if w.first_path >= SAMPLES as u64 {
            return;
        }
        for (node, samples) in sums.samples.iter_mut().enumerate() {
            for lane in 0..w.len.min(SAMPLES) {
                let level = |step: usize| match (step, self.nodes[node].fixed_start) {
                    (0, Some(level)) => level,
                    _ => self.nodes[node].level.of(w.counted(&model.nodes[node], node, step)[lane]),
                };
                let levels = (0..=self.steps).map(level).collect();
                samples.push(SamplePath { path: w.first_path + lane as u64, levels });
            }
        }
    }

    /// Whether a tally of so many paths, and sums of those paths, have the rows of this shape: they may come from a file.
    pub(crate) fn fits(&self, tally: &Tally, sums: &Sums) -> bool {
        let has = |own: &Option<Histogram>, bins: Option<Bins>| match (own, bins) {
            (Some(own), Some(bins)) => own.has(bins),
            (own, bins) => own.is_none() && bins.is_none(),
        };
        let none = self.no_sums();
        tally.cells.len() == self.cells.len()
            && tally.cells.iter().zip(&self.cells).all(|(own, bins)| own.has(*bins))
            && tally.targets.len() == self.targets.len()
            && tally.targets.iter().zip(self.targets.iter().zip(&self.target_steps)).all(
                |(tally, (curves, steps))| {
                    let [measure, margin] = Curves::own(curves.as_ref());
                    tally.met.len() == *steps
                        && tally.first.len() == *steps
                        && has(&tally.measure, measure)
                        && has(&tally.margin, margin)
                },
            )
            && tally.joint.is_like(&JointTally::of(self.members.len()))
            && sums.moments.len() == none.moments.len()
            && sums.shortfalls.len() == none.shortfalls.len()
            && sums.samples.len() == none.samples.len()
            && sums.samples.iter().flatten().all(|sample| sample.levels.len() == self.steps + 1)
    }
}

impl Tally {
    /// Adds the tally of other paths. Histograms of one shape always fit.
    pub(crate) fn merge(&mut self, later: &Self) {
        self.paths += later.paths;
        for (total, later) in self.cells.iter_mut().zip(&later.cells) {
            let _same_shape = total.merge(later);
        }
        for (total, later) in self.targets.iter_mut().zip(&later.targets) {
            add_counts(&mut total.met, &later.met);
            add_counts(&mut total.first, &later.first);
            for (total, later) in [(&mut total.measure, &later.measure), (&mut total.margin, &later.margin)] {
                if let (Some(total), Some(later)) = (total, later) {
                    let _same_shape = total.merge(later);
                }
            }
        }
        self.joint.merge(&later.joint);
    }

    /// Whether so many paths can have been counted like this: no count is above theirs, so that sums of counts stay in
    /// range.
    pub(crate) fn can_be_of(&self, paths: u64) -> bool {
        let of_targets = self.targets.iter().flat_map(|t| t.met.iter().chain(&t.first));
        let own = self.targets.iter().flat_map(|t| t.measure.iter().chain(&t.margin));
        self.paths == paths
            && self.joint.counts().chain(of_targets).all(|count| *count <= paths)
            && self
                .targets
                .iter()
                .all(|t| t.first.iter().fold(0, |sum: u64, n| sum.saturating_add(*n)) <= paths)
            && self.cells.iter().chain(own).all(|values| {
                let ends = [values.min(), values.max()];
                values.count() <= paths && ends.into_iter().flatten().all(f64::is_finite)
            })
    }
}

impl Sums {
    /// Adds the sums of later paths.
    pub(crate) fn merge(&mut self, later: Self) {
        for (total, later) in self.moments.iter_mut().zip(&later.moments) {
            total.merge(later);
        }
        for (total, later) in self.shortfalls.iter_mut().zip(&later.shortfalls) {
            *total += later;
        }
        for (total, later) in self.samples.iter_mut().zip(later.samples) {
            total.extend(later);
        }
    }

    /// Whether they can be of so many paths.
    pub(crate) fn can_be_of(&self, paths: u64) -> bool {
        self.moments.iter().all(|moments| moments.count() <= paths)
            && self.shortfalls.iter().all(|sum| sum.is_finite() && *sum >= 0.0)
            && self.samples.iter().flatten().flat_map(|s| &s.levels).all(|level| level.is_finite())
    }
}

/// Where the distributions of a target are found.
fn curves(model: &Model, target: usize, pilot: &Workspace) -> Option<Curves> {
    let op = &model.targets[target];
    let ConditionOp::Bounded { measure, bound, .. } = &op.condition else { return None };
    let own = || Source::Own(Bins::from_pilot(pilot.measured(model, target)));
    let cell = |node: usize| Source::Cell(node * (model.horizon.steps() + 1) + op.step);
    if let Some(latent) = &op.latent {
        let in_cell = latent.is_state() && model.nodes[latent.node].form == Form::State;
        return Some(Curves {
            counted: if in_cell { cell(latent.node) } else { own() },
            measure: latent.measure,
            margin: Margin::Read(latent.margin),
            edge: latent.edges.last().map(|edge| (*edge, latent.above)),
        });
    }
    let (counted, seen) = match measure {
        MeasureOp::Level(n) if model.nodes[*n].form == Form::State => {
            (cell(*n), Reading::level(model.nodes[*n].link).seen)
        }
        MeasureOp::Level(n) => (cell(*n), Reading::ITSELF.seen),
        _ => (own(), Reading::ITSELF.seen),
    };
    let turned = |(limit, above)| if above { Turn::Above(limit) } else { Turn::Below(limit) };
    Some(Curves {
        counted,
        measure: Reading { seen, turn: Turn::Same },
        margin: match one_sided(bound).map(turned) {
            Some(turn) => Margin::Read(Reading { seen, turn }),
            None => Margin::Own(Bins::from_pilot(&pilot.margins[target])),
        },
        edge: None,
    })
}
