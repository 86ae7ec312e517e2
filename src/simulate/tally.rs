//! What is remembered of the paths: counts, histograms and moments that merge, in a memory that
//! does not grow with the number of paths.

use super::rows::{Bits, LANES, Row, TILE, and, count, first_lanes};
use super::workspace::Workspace;
use crate::math::simd;
use crate::model::{BoundOp, Coefficient, ConditionOp, MeasureOp, Model, MotionOp};
use crate::outcome::{Image, QuantileCurve, SamplePath};
use crate::stats::{Histogram, Moments};
use crate::target::Side;
use serde::{Deserialize, Serialize};

/// How many paths are kept whole for the charts.
const SAMPLES: usize = 40;

/// Which cells and targets there are, and the empty histograms of their values.
pub(crate) struct Shape {
    steps: usize,
    /// Node by node, t0 … T.
    levels: Vec<Histogram>,
    /// Whether the mean of a node's level exists.
    has_mean: Vec<bool>,
    /// Level of the base year, where it is the same on all paths: counted once, at the end.
    fixed_start: Vec<Option<f64>>,
    /// Target by target; none for a combination.
    targets: Vec<Option<Curves>>,
    /// Positions of the targets that count jointly: all that are not combinations.
    members: Vec<usize>,
    /// Step of each target.
    target_steps: Vec<usize>,
    /// Positions in `members` of the binding ones.
    binding: Vec<usize>,
}

/// Where the distributions of a target are found.
struct Curves {
    measure: Source,
    /// None: an image of the measure.
    margin: Option<Histogram>,
    image: Image,
}

enum Source {
    /// A cell of the levels, which is the same numbers.
    Level(usize),
    /// A histogram of its own.
    Own(Histogram),
}

/// Whole numbers remembered of some paths. They add up to the same in any order, so a thread needs only one of these,
/// however many paths it simulates.
#[derive(Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct Tally {
    pub(crate) paths: u64,
    /// Node by node, t0 … T.
    pub(crate) levels: Vec<Histogram>,
    pub(crate) targets: Vec<TargetTally>,
    pub(crate) joint: JointTally,
}

/// What has to be added up in the order of the paths: sums of rounded numbers, and paths themselves.
#[derive(Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct Sums {
    /// Node by node, t0 … T.
    pub(crate) moments: Vec<Moments>,
    /// Per target: distances to the bound, summed over the paths that miss it.
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
    /// Paths that miss it.
    pub(crate) missed: u64,
}

/// What is remembered of all targets together.
#[derive(Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct JointTally {
    /// Both of a pair, row i, column j > i, row after row.
    pub(crate) pairs: Vec<u64>,
    pub(crate) number_met: Vec<u64>,
    pub(crate) all: u64,
    pub(crate) binding: u64,
    /// All but one.
    pub(crate) without: Vec<u64>,
}

impl Shape {
    /// From the blocks of a pilot, which show where the values are.
    pub(crate) fn new(model: &Model, binding: &[bool], pilot: &[PilotBlock]) -> Self {
        let steps = model.horizon.steps();
        let gather = |pick: &dyn Fn(&PilotBlock) -> &[f64]| {
            let values: Vec<f64> = pilot.iter().flat_map(|block| pick(block).iter().copied()).collect();
            Histogram::from_pilot(&values)
        };
        let cells = model.nodes.len() * (steps + 1);
        let is_bounded = |t: usize| matches!(model.targets[t].condition, ConditionOp::Bounded { .. });
        let members: Vec<usize> = (0..model.targets.len()).filter(|t| is_bounded(*t)).collect();
        Self {
            steps,
            levels: (0..cells).map(|c| gather(&|block| &block.levels[c])).collect(),
            has_mean: model.nodes.iter().map(|n| n.has_mean).collect(),
            fixed_start: fixed_starts(model)
                .into_iter()
                .enumerate()
                .map(|(node, fixed)| fixed.then(|| pilot[0].levels[node * (steps + 1)][0]))
                .collect(),
            targets: (0..model.targets.len())
                .map(|t| match &model.targets[t].condition {
                    ConditionOp::Combined { .. } => None,
                    ConditionOp::Bounded { measure, bound, .. } => {
                        let image = image(bound);
                        Some(Curves {
                            measure: match measure {
                                MeasureOp::Level(n) => Source::Level(n * (steps + 1) + model.targets[t].step),
                                _ => Source::Own(gather(&|block| &block.measures[t])),
                            },
                            margin: image.is_none().then(|| gather(&|block| &block.margins[t])),
                            image: image.unwrap_or(Image::Same),
                        })
                    }
                })
                .collect(),
            binding: (0..members.len()).filter(|m| binding[members[*m]]).collect(),
            members,
            target_steps: model.targets.iter().map(|t| t.step).collect(),
        }
    }

    /// Counts what is the same on all paths, when all of them have been added.
    pub(crate) fn finish(&self, total: &mut Tally, sums: &mut Sums) {
        for (node, start) in self.fixed_start.iter().enumerate() {
            let cell = node * (self.steps + 1);
            if let Some(level) = *start {
                total.levels[cell].add_repeated(level, total.paths);
                if self.has_mean[node] {
                    sums.moments[cell] = Moments::repeated(level, total.paths);
                }
            }
        }
    }

    /// The distributions of the measure and of the margin of a target; none for a combination.
    pub(crate) fn curves(&self, total: &Tally, target: usize) -> Option<(QuantileCurve, QuantileCurve)> {
        let (curves, own) = (self.targets[target].as_ref()?, &total.targets[target]);
        let histogram = match &curves.measure {
            Source::Level(cell) => &total.levels[*cell],
            Source::Own(_) => own.measure.as_ref()?,
        };
        let curve = |histogram: &Histogram, image| QuantileCurve { histogram: histogram.clone(), image };
        Some((curve(histogram, Image::Same), curve(own.margin.as_ref().unwrap_or(histogram), curves.image)))
    }

    pub(crate) fn members(&self) -> &[usize] {
        &self.members
    }

    /// A tally of nothing.
    pub(crate) fn empty(&self) -> Tally {
        let m = self.members.len();
        Tally {
            paths: 0,
            levels: self.levels.clone(),
            targets: self
                .targets
                .iter()
                .zip(&self.target_steps)
                .map(|(curves, steps)| TargetTally {
                    met: vec![0; *steps],
                    first: vec![0; *steps],
                    measure: curves.as_ref().and_then(|curves| match &curves.measure {
                        Source::Own(histogram) => Some(histogram.clone()),
                        Source::Level(_) => None,
                    }),
                    margin: curves.as_ref().and_then(|curves| curves.margin.clone()),
                    missed: 0,
                })
                .collect(),
            joint: JointTally {
                pairs: vec![0; m * m.saturating_sub(1) / 2],
                number_met: vec![0; m + 1],
                all: 0,
                binding: 0,
                without: vec![0; m],
            },
        }
    }

    /// Sums of nothing.
    pub(crate) fn no_sums(&self) -> Sums {
        Sums {
            moments: vec![Moments::new(); self.levels.len()],
            shortfalls: vec![0.0; self.targets.len()],
            samples: vec![Vec::new(); self.has_mean.len()],
        }
    }

    /// Adds a block of paths.
    pub(crate) fn add(&self, tally: &mut Tally, sums: &mut Sums, w: &Workspace) {
        let valid = first_lanes(w.len);
        tally.paths += w.len as u64;
        for node in 0..self.has_mean.len() {
            for step in usize::from(self.fixed_start[node].is_some())..=self.steps {
                let (cell, row) = (node * (self.steps + 1) + step, &w.level(node, step)[..w.len]);
                tally.levels[cell].add_lanes(row);
                if self.has_mean[node] {
                    sums.moments[cell].merge(&Moments::of(row));
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
                measure.add_lanes(&w.measures[target][..w.len]);
            }
            if let Some(margin) = &mut into.margin {
                margin.add_lanes(&w.margins[target][..w.len]);
            }
            if self.targets[target].is_some() {
                let hits = count(&and(&w.met[target][into.met.len() - 1], &valid));
                into.missed += w.len as u64 - hits;
                sums.shortfalls[target] += shortfall(&w.margins[target][..w.len]);
            }
        }
        self.add_joint(&mut tally.joint, w, &valid);
        self.add_samples(sums, w);
    }

    fn add_joint(&self, joint: &mut JointTally, w: &Workspace, valid: &Bits) {
        let met: Vec<Bits> =
            self.members.iter().map(|t| and(&w.met[*t][self.target_steps[*t] - 1], valid)).collect();
        let mut pair = 0;
        for (i, a) in met.iter().enumerate() {
            for b in &met[i + 1..] {
                joint.pairs[pair] += count(&and(a, b));
                pair += 1;
            }
        }
        let all = met.iter().fold(*valid, |all, bits| and(&all, bits));
        joint.all += count(&all);
        joint.binding += count(&self.binding.iter().fold(*valid, |all, m| and(&all, &met[*m])));
        for (skipped, without) in joint.without.iter_mut().enumerate() {
            let others = met.iter().enumerate().filter(|(m, _)| *m != skipped);
            *without += count(&others.fold(*valid, |all, (_, bits)| and(&all, bits)));
        }
        let mut number = [0_u32; LANES];
        for bits in &met {
            for (lane, number) in number.iter_mut().enumerate() {
                *number += (bits[lane / 64] >> (lane % 64) & 1) as u32;
            }
        }
        for number in &number[..w.len] {
            joint.number_met[*number as usize] += 1;
        }
    }

    fn add_samples(&self, sums: &mut Sums, w: &Workspace) {
        if w.first_path >= SAMPLES as u64 {
            return;
        }
        for (node, samples) in sums.samples.iter_mut().enumerate() {
            for lane in 0..w.len.min(SAMPLES) {
                let levels = (0..=self.steps).map(|step| w.level(node, step)[lane]).collect();
                samples.push(SamplePath { path: w.first_path + lane as u64, levels });
            }
        }
    }

    /// Whether a tally of so many paths, and sums of those paths, have the rows of this shape: they may come from a file.
    pub(crate) fn fits(&self, tally: &Tally, sums: &Sums) -> bool {
        let alike = |a: &Option<Histogram>, b: &Option<Histogram>| match (a, b) {
            (Some(a), Some(b)) => a.is_like(b),
            (a, b) => a.is_none() && b.is_none(),
        };
        let (own, none) = (self.empty(), self.no_sums());
        tally.levels.len() == own.levels.len()
            && tally.levels.iter().zip(&own.levels).all(|(a, b)| a.is_like(b))
            && tally.targets.len() == own.targets.len()
            && tally.targets.iter().zip(&own.targets).all(|(a, b)| {
                a.met.len() == b.met.len()
                    && a.first.len() == b.first.len()
                    && alike(&a.measure, &b.measure)
                    && alike(&a.margin, &b.margin)
            })
            && tally.joint.pairs.len() == own.joint.pairs.len()
            && tally.joint.number_met.len() == own.joint.number_met.len()
            && tally.joint.without.len() == own.joint.without.len()
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
        for (total, later) in self.levels.iter_mut().zip(&later.levels) {
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
            total.missed += later.missed;
        }
        add_counts(&mut self.joint.pairs, &later.joint.pairs);
        add_counts(&mut self.joint.number_met, &later.joint.number_met);
        add_counts(&mut self.joint.without, &later.joint.without);
        self.joint.all += later.joint.all;
        self.joint.binding += later.joint.binding;
    }

    /// Whether so many paths can have been counted like this: no count is above theirs, so that sums of counts stay in
    /// range.
    pub(crate) fn can_be_of(&self, paths: u64) -> bool {
        let joint = &self.joint;
        let counts = joint.pairs.iter().chain(&joint.number_met).chain(&joint.without);
        let of_targets = self.targets.iter().flat_map(|t| t.met.iter().chain(&t.first).chain([&t.missed]));
        let own = self.targets.iter().flat_map(|t| t.measure.iter().chain(&t.margin));
        self.paths == paths
            && counts.chain(of_targets).chain([&joint.all, &joint.binding]).all(|count| *count <= paths)
            && self
                .targets
                .iter()
                .all(|t| t.first.iter().fold(0, |sum: u64, n| sum.saturating_add(*n)) <= paths)
            && self.levels.iter().chain(own).all(|values| {
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

/// Whether the level of the base year is the same on all paths, node by node.
fn fixed_starts(model: &Model) -> Vec<bool> {
    let mut fixed = vec![false; model.nodes.len()];
    for &node in &model.order {
        fixed[node] = match &model.nodes[node].motion {
            MotionOp::Process(p) => matches!(p.level, Coefficient::Number(_)),
            MotionOp::Own(p) => matches!(p.level, Coefficient::Number(_)),
            MotionOp::Formula(f) => match &f.start {
                Some(start) => matches!(start, Coefficient::Number(_)),
                None => f.inputs.iter().all(|input| fixed[input.node]),
            },
        };
    }
    fixed
}

/// The margin as an image of the measure, where it is one: a bound on one side that is the same on all paths.
fn image(bound: &BoundOp) -> Option<Image> {
    match bound {
        BoundOp::AtLeast(Coefficient::Number(bound)) => Some(Image::Above(*bound)),
        BoundOp::AtMost(Coefficient::Number(bound)) => Some(Image::Below(*bound)),
        BoundOp::About {
            value: Coefficient::Number(value),
            tolerance: Coefficient::Number(tolerance),
            side,
        } => match side {
            Side::AtLeast => Some(Image::Above(value - tolerance)),
            Side::AtMost => Some(Image::Below(value + tolerance)),
            Side::Both => None,
        },
        _ => None,
    }
}

fn add_counts(total: &mut [u64], later: &[u64]) {
    for (total, later) in total.iter_mut().zip(later) {
        *total += later;
    }
}

/// The sum of the distances to the bound where it is missed, in a fixed order. Whoever misses it on the boundary
/// itself misses it by nothing.
fn shortfall(margins: &[f64]) -> f64 {
    simd(
        #[inline(always)]
        || {
            let mut sums = [0.0; TILE];
            let (tiles, rest) = margins.as_chunks::<TILE>();
            let add = |sums: &mut [f64; TILE], margins: &[f64]| {
                for (sum, margin) in sums.iter_mut().zip(margins) {
                    *sum += if *margin < 0.0 { -*margin } else { 0.0 };
                }
            };
            for tile in tiles {
                add(&mut sums, tile);
            }
            add(&mut sums, rest);
            sums.iter().sum()
        },
    )
}

/// What a pilot keeps of a block: every value.
pub(crate) struct PilotBlock {
    levels: Vec<Row>,
    measures: Vec<Row>,
    margins: Vec<Row>,
}

impl PilotBlock {
    pub(crate) fn of(model: &Model, w: &Workspace) -> Self {
        let steps = model.horizon.steps();
        let cells = (0..model.nodes.len()).flat_map(|node| (0..=steps).map(move |step| (node, step)));
        Self {
            levels: cells.map(|(node, step)| *w.level(node, step)).collect(),
            measures: w.measures.clone(),
            margins: w.margins.clone(),
        }
    }
}
