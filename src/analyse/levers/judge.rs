//! Judging a spending: simulated on the paths of a run, in the plan and in every variant that counts.

use super::columns::Columns;
use super::objective::{Objective, Score};
use super::search::{Found, Room};
use crate::analyse::About;
use crate::error::Result;
use crate::label::Label;
use crate::model::Model;
use crate::scenario::Scenario;
use crate::simulate::{Desk, LANES, Survey};
use std::ops::Range;

/// Steps of the search for each lever, on some of the paths and then on all of them.
const COARSE_STEPS: u64 = 12;
const STEPS: u64 = 8;
/// How far the search steps at first, as a share of what a lever can take: from a rough start, and from a good one.
const COARSE_REACH: f64 = 0.25;
const REACH: f64 = 0.08;

/// The plan or a variant of it.
pub(super) struct World {
    pub(super) name: Label,
    scenario: Scenario,
    /// Positions of the targets that count.
    targets: Vec<usize>,
    pub(super) score: Score,
}

/// Judges what is spent on some levers.
pub(super) struct Judge<'a> {
    survey: Survey<'a>,
    pub(super) worlds: Vec<World>,
    /// Ids.
    levers: Vec<String>,
    /// All paths that a spending is chosen on.
    paths: u64,
}

/// What the mean scores in the worlds are worth.
pub(super) type Worth<'w> = dyn Fn(&[f64]) -> f64 + 'w;

impl<'a> Judge<'a> {
    pub(super) fn new(survey: Survey<'a>, objective: &Objective, levers: Vec<String>) -> Result<Self> {
        let world = |scenario: Scenario, name: Label| -> Result<World> {
            let (targets, score) = (objective.targets(&scenario)?, objective.score(&scenario)?);
            Ok(World { name, scenario, targets, score })
        };
        let mut worlds = vec![world(survey.scenario.clone(), Label::both("The plan", Some("规划".into())))?];
        if let Objective::WorstRegret(_, variants) = objective {
            for id in variants {
                worlds.push(world(survey.scenario.with_variant(id)?, survey.scenario.variant_name(id))?);
            }
        }
        let paths = survey.paths;
        Ok(Self { survey, worlds, levers, paths })
    }

    pub(super) fn confidence(&self) -> f64 {
        self.survey.confidence
    }

    pub(super) fn about(&self) -> About {
        About { paths: self.paths, ..About::of(&self.survey) }
    }

    /// The paths that a spending is chosen on.
    pub(super) fn sample(&self) -> Range<u64> {
        0..self.paths
    }

    /// Some of them, for a first look.
    fn some(&self) -> Range<u64> {
        0..self.paths.min((self.paths / 4).next_multiple_of(LANES as u64))
    }

    /// So many paths that no spending was chosen on.
    pub(super) fn fresh(&self, paths: u64) -> Range<u64> {
        let first = self.paths.next_multiple_of(LANES as u64);
        first..first.saturating_add(paths)
    }

    /// Scores of some spendings, each in a world, on the same paths. The first one begins a block.
    pub(super) fn columns(&mut self, asked: &[(usize, &[f64])], paths: Range<u64>) -> Result<Columns> {
        let mut models = Vec::with_capacity(asked.len());
        for (world, spending) in asked {
            let spent = self.levers.iter().map(String::as_str).zip(spending.iter().copied());
            let World { scenario, targets, .. } = &self.worlds[*world];
            let mut model = Model::compile(&scenario.pulled(spent)?)?;
            model.keep(targets);
            models.push(model);
        }
        self.survey.paths = paths.end - paths.start;
        let (survey, worlds) = (&self.survey, &self.worlds);
        survey.pass(
            || models.iter().map(|model| Desk::new(model, survey.seed, false)).collect::<Vec<_>>(),
            || Columns::new(asked.len()),
            |desks, first, len, columns| {
                let mut rows = Vec::with_capacity(desks.len());
                for (desk, (world, _)) in desks.iter_mut().zip(asked) {
                    desk.simulate(paths.start + first, len)?;
                    rows.push(worlds[*world].score.of(&desk.workspace));
                }
                columns.add(&rows, len);
                Ok(())
            },
            Columns::merge,
        )
    }

    /// Mean scores of one spending in some worlds.
    fn means(&mut self, worlds: &[usize], spending: &[f64], paths: Range<u64>) -> Result<Vec<f64>> {
        let asked: Vec<(usize, &[f64])> = worlds.iter().map(|world| (*world, spending)).collect();
        let columns = self.columns(&asked, paths)?;
        Ok((0..worlds.len()).map(|column| columns.mean(column)).collect())
    }

    /// The best spending in the room: the greedy way and the starts given, refined on some of the paths, and then on all of them. Every value is that of the
    /// same paths, so that the search sees what spending does and not what luck does. `worth` takes the scores of the worlds in their order, on some paths and
    /// on all of them.
    pub(super) fn best(
        &mut self,
        worlds: &[usize],
        room: &Room,
        starts: &[Vec<f64>],
        worth: (&Worth<'_>, &Worth<'_>),
    ) -> Result<Found> {
        let levers = room.most.len() as u64;
        self.survey.expect(3 * STEPS * levers);
        let (some, all) = (self.some(), self.sample());
        let whole = some == all;
        let mut coarse = |spending: &[f64]| Ok((worth.0)(&self.means(worlds, spending, some.clone())?));
        let mut best = room.greedy(&mut coarse)?;
        for start in starts.iter().cloned().chain([room.even()]) {
            let value = coarse(&start)?;
            if value > best.value {
                best = Found { spending: start, value };
            }
        }
        best = room.refine(best, COARSE_REACH, COARSE_STEPS * levers, &mut coarse)?;
        let mut value = |spending: &[f64]| Ok((worth.1)(&self.means(worlds, spending, all.clone())?));
        if !whole {
            best.value = value(&best.spending)?;
        }
        best = room.refine(best, REACH, STEPS * levers, &mut value)?;
        // A start that is best on all paths is kept: the best of a smaller budget is never lost by a larger one.
        for start in starts {
            let value = value(start)?;
            if value > best.value {
                best = Found { spending: start.clone(), value };
            }
        }
        room.spare(best, &mut value)
    }

    /// Mean scores in each world, on some of the paths and on all of them, of a spending of its own.
    pub(super) fn means_of_own(&mut self, own: &[Vec<f64>]) -> Result<(Vec<f64>, Vec<f64>)> {
        let (some, all) = (self.some(), self.sample());
        let mut coarse = Vec::new();
        let mut whole = Vec::new();
        for (world, spending) in own.iter().enumerate() {
            coarse.extend(self.means(&[world], spending, some.clone())?);
            whole.extend(self.means(&[world], spending, all.clone())?);
        }
        Ok((coarse, whole))
    }
}
