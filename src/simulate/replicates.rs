//! What is counted a replicate, so that the replicates can say how large the error is: hits and sums, no histograms.

use super::design::Layout;
use super::observe::Observer;
use super::rows::{Bits, and, count, first_lanes, sum};
use super::workspace::Block;
use crate::model::Model;
use crate::outcome::Probability;
use crate::sampling::Sampling;
use crate::stats::mean_of_replicates;

/// What is counted, and where: places in the hits of a replicate.
pub(crate) struct Replicates {
    layout: Layout,
    steps: usize,
    /// Indicators whose levels have a mean.
    means: Vec<bool>,
    /// Place of the first year of each target; the other years follow.
    targets: Vec<usize>,
    /// Years of each target.
    target_steps: Vec<usize>,
    /// Targets that count jointly.
    members: Vec<usize>,
    /// Which of them are binding.
    binding: Vec<bool>,
    /// Place of all members, of the binding ones, and of all but the first; all but the others follow.
    all: usize,
}

/// The counts of every replicate.
pub(crate) struct Counts {
    /// Paths of a replicate.
    paths: Vec<u64>,
    /// Replicate by replicate.
    hits: Vec<u64>,
    /// Levels, replicate by replicate, node by node, t0 … T.
    sums: Vec<f64>,
}

/// Something whose hits are counted a replicate.
#[derive(Clone, Copy)]
pub(crate) enum Counted {
    /// A target as at a step from 1 on.
    Target(usize, usize),
    /// All members, the binding ones, all but one of them.
    All,
    Binding,
    Without(usize),
}

impl Replicates {
    /// For a sampling with replicates.
    pub(crate) fn new(model: &Model, members: &[usize], binding: &[bool], sampling: Sampling) -> Self {
        let target_steps: Vec<usize> = model.targets.iter().map(|target| target.step).collect();
        let mut all = 0;
        let mut place = |steps: &usize| {
            all += steps;
            all - steps
        };
        let targets = target_steps.iter().map(&mut place).collect();
        Self {
            layout: Layout { replicates: u64::from(sampling.replicates().unwrap_or(0)) },
            steps: model.horizon.steps(),
            means: model.nodes.iter().map(|node| node.has_mean).collect(),
            targets,
            target_steps,
            members: members.to_vec(),
            binding: members.iter().map(|target| binding[*target]).collect(),
            all,
        }
    }

    /// Numbers of hits of a replicate.
    fn width(&self) -> usize {
        self.all + 2 + self.members.len()
    }

    fn place(&self, what: Counted) -> usize {
        match what {
            Counted::Target(target, step) => self.targets[target] + step - 1,
            Counted::All => self.all,
            Counted::Binding => self.all + 1,
            Counted::Without(member) => self.all + 2 + member,
        }
    }

    /// A probability with the error that the replicates tell.
    pub(crate) fn probability(&self, counts: &Counts, what: Counted, confidence: f64) -> Probability {
        let points = counts.paths.first().copied().unwrap_or(0);
        let hits: Vec<u64> =
            counts.hits.chunks(self.width()).map(|replicate| replicate[self.place(what)]).collect();
        Probability::replicated(&hits, points, confidence)
    }

    /// The standard error of the mean of a level, in its unit; none where it is not a finite number.
    pub(crate) fn mean_error(&self, counts: &Counts, node: usize, step: usize) -> Option<f64> {
        let cells = self.means.len() * (self.steps + 1);
        let of = |(sums, paths): (&[f64], &u64)| sums[node * (self.steps + 1) + step] / *paths as f64;
        let means: Vec<f64> = counts.sums.chunks(cells.max(1)).zip(&counts.paths).map(of).collect();
        mean_of_replicates(&means).map(|(_, error)| error)
    }
}

impl Observer for Replicates {
    type Part = Counts;

    fn start(&self) -> Counts {
        let replicates = self.layout.replicates as usize;
        Counts {
            paths: vec![0; replicates],
            hits: vec![0; replicates * self.width()],
            sums: vec![0.0; replicates * self.means.len() * (self.steps + 1)],
        }
    }

    fn observe(&self, block: &Block<'_>, part: &mut Counts) {
        let (replicate, _) = self.layout.place(block.first_path());
        part.paths[replicate] += block.len() as u64;
        let width = self.width();
        let hits = &mut part.hits[replicate * width..][..width];
        let valid = first_lanes(block.len());
        let met = |target: usize, step: usize| and(block.met(target, step), &valid);
        for (target, (place, steps)) in self.targets.iter().zip(&self.target_steps).enumerate() {
            for step in 1..=*steps {
                hits[place + step - 1] += count(&met(target, step));
            }
        }
        // Members that all others meet: what comes before, and what comes after.
        let members: Vec<Bits> = self.members.iter().map(|t| met(*t, self.target_steps[*t])).collect();
        let mut after = vec![valid; members.len() + 1];
        for (k, bits) in members.iter().enumerate().rev() {
            after[k] = and(&after[k + 1], bits);
        }
        hits[self.all] += count(&after[0]);
        let binding = members.iter().zip(&self.binding).filter(|(_, binding)| **binding);
        hits[self.all + 1] += count(&binding.fold(valid, |all, (bits, _)| and(&all, bits)));
        let mut before = valid;
        for (k, bits) in members.iter().enumerate() {
            hits[self.all + 2 + k] += count(&and(&before, &after[k + 1]));
            before = and(&before, bits);
        }
        let cells = self.means.len() * (self.steps + 1);
        let sums = part.sums[replicate * cells..][..cells].chunks_mut(self.steps + 1);
        for (node, (sums, _)) in sums.zip(&self.means).enumerate().filter(|(_, (_, mean))| **mean) {
            for (step, into) in sums.iter_mut().enumerate() {
                *into += block.level(node, step).map_or(0.0, |levels| sum(levels, |x| x));
            }
        }
    }

    fn merge(&self, total: &mut Counts, later: Counts) {
        let add = |total: &mut [u64], later: &[u64]| total.iter_mut().zip(later).for_each(|(t, l)| *t += l);
        add(&mut total.paths, &later.paths);
        add(&mut total.hits, &later.hits);
        total.sums.iter_mut().zip(&later.sums).for_each(|(total, later)| *total += later);
    }
}

/// Two observers at once.
pub(crate) struct Both<'a, A, B>(pub(crate) &'a A, pub(crate) &'a B);

impl<A: Observer, B: Observer> Observer for Both<'_, A, B> {
    const LOOKS: bool = A::LOOKS || B::LOOKS;
    type Part = (A::Part, B::Part);

    fn start(&self) -> Self::Part {
        (self.0.start(), self.1.start())
    }

    fn observe(&self, block: &Block<'_>, part: &mut Self::Part) {
        self.0.observe(block, &mut part.0);
        self.1.observe(block, &mut part.1);
    }

    fn merge(&self, total: &mut Self::Part, later: Self::Part) {
        self.0.merge(&mut total.0, later.0);
        self.1.merge(&mut total.1, later.1);
    }
}
