//! Two changes together: which pairs of amounts give the same probability.

use super::amount::{Answer, amount, checked_range, solve};
use super::chance::Chance;
use super::knob::{Knob, Scale};
use super::solve::{Looks, about_looks};
use crate::analyse::refuse;
use crate::analyse::{About, Goal};
use crate::error::Result;
use crate::label::Label;
use crate::scenario::{Handle, Scenario};
use crate::simulate::Simulation;

/// The frontier of equal probability: for amounts of one change, how much of another is still needed.
///
/// ```text
/// b(a) = the least b of its range with P(goal; plan changed by a and by b) >= p,   for a on an even grid
/// ```
///
/// Every point is found as by [`super::Required`], on the same draws, with the same interval; so what is said there holds here. The
/// intervals of the points go together: they are of the same paths. Not a statement of which pair is best, which is a matter of
/// costs.
///
/// ```
/// use plancast::analyse::{Frontier, Goal};
/// use plancast::prelude::*;
/// use plancast::scenario::Handle;
/// # let scenario = Scenario::builder("Plan", 2025, 2030)
/// #     .indicator("gdp", IndicatorDraft::new("GDP", "bn").baseline(1.0).process(RandomWalk::new(0.045, 0.02)))
/// #     .indicator("jobs", IndicatorDraft::new("Jobs", "m").baseline(1.0).process(RandomWalk::new(0.005, 0.01)))
/// #     .indicator("productivity", IndicatorDraft::new("Output per job", "1").formula("gdp / jobs"))
/// #     .correlation(CorrelationDraft::Independent)
/// #     .target("productivity", TargetDraft::average_growth("productivity").at_least(0.045))
/// #     .build()?;
/// let simulation = Simulation::new(&scenario).paths(5_000);
/// let frontier = Frontier::new(&simulation, Goal::target("productivity"))
///     .first(Handle::drift("gdp"), (0.0, 0.01))
///     .second(Handle::drift("jobs"), (0.0, -0.04))
///     .probability(0.8)
///     .points(3)
///     .run()?;
/// assert_eq!(frontier.points.len(), 3);
/// # Ok::<(), Error>(())
/// ```
#[must_use = "it is run by `run`"]
pub struct Frontier<'a> {
    simulation: &'a Simulation<'a>,
    goal: Goal,
    first: Option<(Knob<'a>, (f64, f64))>,
    second: Option<(Knob<'a>, (f64, f64))>,
    probability: f64,
    points: usize,
}

/// Pairs of amounts of equal probability.
#[derive(Debug, Clone, PartialEq)]
pub struct FrontierOutcome {
    /// The plan, the paths and the seed.
    pub about: About,
    /// The goal.
    pub goal: Label,
    /// The probability asked for.
    pub wanted: f64,
    /// The first change, how its amounts are shown, and its range.
    pub first: (Label, Scale, (f64, f64)),
    /// The same of the second.
    pub second: (Label, Scale, (f64, f64)),
    /// For amounts of the first change what it takes of the second.
    pub points: Vec<(f64, Answer)>,
    /// Whether P rises all the way with the second change at each point.
    pub rises: bool,
}

impl<'a> Frontier<'a> {
    /// The most points.
    pub const MAX_POINTS: usize = 1000;

    /// Of a goal, at 80 %, with nine points.
    pub fn new(simulation: &'a Simulation<'a>, goal: Goal) -> Self {
        Self { simulation, goal, first: None, second: None, probability: 0.8, points: 9 }
    }

    /// The change whose amounts are given: evenly from the first of the range to the last.
    pub fn first(mut self, handle: Handle, range: (f64, f64)) -> Self {
        self.first = Some((Knob::Handle(handle), range));
        self
    }

    /// The change whose amounts are looked for, from the least change of the range to the greatest.
    pub fn second(mut self, handle: Handle, range: (f64, f64)) -> Self {
        self.second = Some((Knob::Handle(handle), range));
        self
    }

    /// The probability asked for, within (0, 1).
    pub fn probability(mut self, probability: f64) -> Self {
        self.probability = probability;
        self
    }

    /// Number of points, 2 ..= [`Frontier::MAX_POINTS`].
    pub fn points(mut self, points: usize) -> Self {
        self.points = points;
        self
    }

    /// Looks for it.
    ///
    /// # Errors
    /// As [`super::Required::run`].
    pub fn run(&self) -> Result<FrontierOutcome> {
        let (Some((first, range)), Some((second, other))) = (&self.first, &self.second) else {
            let remedy = "name both: `.first(Handle::drift(\"gdp\"), (0.0, 0.02))`, and `.second(…)`";
            return refuse("frontier", "two changes are needed, and one is not named", remedy);
        };
        let (range, other) = (checked_range("first", Some(*range))?, checked_range("second", Some(*other))?);
        let wanted = super::amount::checked(&[self.probability])?;
        if !(2..=Self::MAX_POINTS).contains(&self.points) {
            let problem =
                format!("{} points were asked for; 2 to {} are possible", self.points, Self::MAX_POINTS);
            return refuse("points", &problem, "take 9");
        }
        let chance = Chance::new(self.simulation, "frontier", std::slice::from_ref(&self.goal))?;
        let scenario = chance.scenario();
        chance.check_depends(first)?;
        chance.check_depends(second)?;
        let (mut points, mut rises) = (Vec::with_capacity(self.points), true);
        for k in 0..self.points {
            chance.expect((self.points - k) as u64 * about_looks(1));
            let given = amount(range, k as f64 / (self.points - 1) as f64);
            let changed = first.changed(scenario, "first", given, &[])?;
            let hits = |at: f64| -> Result<Vec<u64>> {
                let plan: Scenario = second.changed(&changed, "second", amount(other, at), &[])?;
                chance.hits(&plan)
            };
            let mut looks = Looks::new(chance.paths(), hits)?;
            let answers = solve(&mut looks, 0, &wanted, other, &chance)?;
            rises &= looks.rises(0, chance.confidence());
            points.extend(answers.into_iter().map(|(_, answer)| (given, answer)));
        }
        Ok(FrontierOutcome {
            about: chance.about(),
            goal: self.goal.name(scenario)?,
            wanted: self.probability,
            first: (first.name(scenario), first.scale(scenario), range),
            second: (second.name(scenario), second.scale(scenario), other),
            points,
            rises,
        })
    }
}
