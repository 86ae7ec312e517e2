//! Levers: which spending makes the plan most likely, and how much of that is luck of the draw.
//!
//! ```text
//! maximise f(s) = mean over paths of score(path, s)     over 0 <= s_k <= most_k, sum of s <= budget
//! ```
//!
//! **Method.** Sample-average approximation (Kleywegt, Shapiro and Homem-de-Mello 2002, SIAM Journal on Optimization 12, 479-502): the same paths
//! judge every spending, with the same draws name by name, so that differences are those of spending. The score of a path is 1 where the goal is met
//! (or the weights of the targets met), so f goes up in steps of a path; the search asks for no slope: greedily piece by piece, then the simplex of Nelder and
//! Mead (1965, from `argmin`) on some of the paths, then on all. What it found is judged once more on fresh paths: those that follow in the same streams.
//!
//! **When not.** Where levers only help together (each alone brings nothing) the greedy start sees no way, and only the even one is left; look at several
//! budgets. Where a goal is met on a few paths only, f has few steps: take more paths, or the expected number met. An effect drawn once per path is not learned
//! about on the way: the spending is fixed at the start.

mod best;
mod columns;
mod judge;
mod objective;
mod reach;
mod search;

pub use best::{BestBudget, BudgetFront, Judged, Spend, WorldRegret};
pub use objective::{Objective, Unit};

use crate::analyse::refuse;
use crate::error::Result;
use crate::label::Label;
use crate::scenario::Scenario;
use crate::simulate::Simulation;
use columns::Columns;
use judge::Judge;
use reach::Reach;
use search::Room;

/// A question for the best spending of a budget on the levers of a scenario.
///
/// ```no_run
/// use plancast::analyse::{Budget, Goal, Objective};
/// use plancast::prelude::*;
/// let scenario = Scenario::load("scenarios/kunshan-2030.toml")?;
/// let simulation = Simulation::new(&scenario).paths(50_000).seed(2030);
/// let best = Budget::new(&simulation, 20.0).objective(Objective::Probability(Goal::Binding)).run()?;
/// for spend in &best.spends {
///     println!("{}: {:.1}", spend.name.en, spend.spend);
/// }
/// println!("chosen at {:.3}, on fresh draws {:.3}", best.in_sample.value.estimate, best.fresh.value.estimate);
/// # Ok::<(), Error>(())
/// ```
pub struct Budget<'a> {
    simulation: &'a Simulation<'a>,
    amount: f64,
    objective: Objective,
    levers: Vec<String>,
    fresh: Option<u64>,
}

impl<'a> Budget<'a> {
    /// So much to spend each year, in the unit of the levers, on all levers of the scenario, for the largest probability that all targets are met. The
    /// simulation says on how many paths the spending is chosen.
    pub fn new(simulation: &'a Simulation<'a>, amount: f64) -> Self {
        Self {
            simulation,
            amount,
            objective: Objective::Probability(crate::analyse::Goal::All),
            levers: Vec::new(),
            fresh: None,
        }
    }

    /// What it is to bring about.
    #[must_use]
    pub fn objective(mut self, objective: Objective) -> Self {
        self.objective = objective;
        self
    }

    /// Only these levers, by id; each has to matter to the objective.
    #[must_use]
    pub fn levers(mut self, ids: impl IntoIterator<Item = impl Into<String>>) -> Self {
        self.levers = ids.into_iter().map(Into::into).collect();
        self
    }

    /// How many fresh paths judge what was found; as many as it was chosen on when not called.
    #[must_use]
    pub fn fresh(mut self, paths: u64) -> Self {
        self.fresh = Some(paths);
        self
    }

    /// Finds the best spending and judges it on fresh paths.
    ///
    /// # Errors
    /// [`Error::Question`](crate::error::Error::Question) for a budget that is not above 0, a scenario without levers, levers on which nothing hangs, an objective that cannot be asked or is
    /// reached on all paths (or, with all spending, on none); [`Error::Run`](crate::error::Error::Run) for options of the simulation that mean nothing here or a lever that is not known.
    pub fn run(self) -> Result<BestBudget> {
        if !(self.amount > 0.0 && self.amount.is_finite()) {
            let problem = format!("the budget is {}; it must be a finite number above 0", self.amount);
            return refuse("budget", problem, SPENT);
        }
        let amount = self.amount;
        self.ask()?.point(amount, None)
    }

    /// The best spending of these budgets and of this one, the smallest first; 0 is what nothing brings.
    ///
    /// # Errors
    /// As [`Budget::run`], of the largest budget; a budget that is below 0.
    pub fn front(self, budgets: impl IntoIterator<Item = f64>) -> Result<BudgetFront> {
        let mut budgets: Vec<f64> = budgets.into_iter().chain([self.amount]).collect();
        if let Some(wrong) = budgets.iter().find(|b| !(**b >= 0.0 && b.is_finite())) {
            let problem = format!("a budget is {wrong}; it must be a finite number, at least 0");
            return refuse("budget", problem, SPENT);
        }
        budgets.sort_by(f64::total_cmp);
        budgets.dedup();
        if budgets.last() == Some(&0.0) {
            return refuse("budget", "there is nothing to spend: every budget is 0", SPENT);
        }
        let mut asked = self.ask()?;
        let mut points: Vec<BestBudget> = Vec::new();
        for budget in budgets {
            let point = asked.point(budget, points.last())?;
            points.push(point);
        }
        Ok(BudgetFront { points })
    }

    /// What is asked, checked.
    fn ask(self) -> Result<Asked<'a>> {
        let survey = self.simulation.survey("the search for the best spending")?;
        if survey.paths < LEAST_PATHS {
            let problem = format!(
                "{} paths were asked for; a spending is chosen on {LEAST_PATHS} at least",
                survey.paths
            );
            return refuse("paths", problem, "take 20 000");
        }
        let scenario = survey.scenario;
        let named = !self.levers.is_empty();
        if scenario.levers().is_empty() {
            return refuse(
                "lever",
                "the scenario has no levers",
                "add what money can be spent on as `[lever.<id>]`",
            );
        }
        for (k, id) in self.levers.iter().enumerate() {
            scenario.pulled([(id.as_str(), 0.0)])?;
            if self.levers[..k].contains(id) {
                return refuse(
                    format!("lever.{id}"),
                    format!("the lever `{id}` is named twice"),
                    "name it once",
                );
            }
        }
        if let Objective::WorstRegret(_, variants) = &self.objective
            && variants.is_empty()
        {
            return refuse(
                "objective",
                "a regret needs variants of the plan, and none is named",
                "name some, or ask for a probability",
            );
        }
        let reach = Reach::of(scenario, self.objective.targets(scenario)?);
        let everything = Reach::of(scenario, 0..scenario.targets().len());
        let mut levers = Vec::new();
        for (id, lever) in scenario.levers() {
            let chosen = !named || self.levers.contains(id);
            let matters = |reach: &Reach<'_>| lever.effect.values().any(|effect| reach.includes(effect));
            if chosen && (!matters(&everything) || (named && !matters(&reach))) {
                let what = if matters(&everything) {
                    "nothing that the objective looks at"
                } else {
                    "no target of the plan"
                };
                let problem = format!("{what} hangs on the lever `{id}` ({})", lever.name);
                return refuse(
                    format!("lever.{id}"),
                    problem,
                    "let it act on an indicator that a target needs, or leave it out",
                );
            }
            if chosen && matters(&reach) {
                levers.push(id.clone());
            }
        }
        if levers.is_empty() {
            let problem = "nothing that the objective looks at hangs on any lever of the scenario";
            return refuse("lever", problem, "ask for another goal, or add a lever that acts on it");
        }
        let judge = Judge::new(survey, &self.objective, levers.clone())?;
        let fresh = self.fresh.unwrap_or(judge.sample().end);
        if fresh == 0 {
            return refuse(
                "fresh",
                "no fresh paths are asked for",
                "ask for some thousands; without them luck cannot be told from worth",
            );
        }
        let mut asked = Asked { scenario, objective: self.objective, levers, judge, fresh };
        asked.is_open()?;
        Ok(asked)
    }
}

/// A question that makes sense.
struct Asked<'a> {
    scenario: &'a Scenario,
    objective: Objective,
    /// Those that matter, by id.
    levers: Vec<String>,
    judge: Judge<'a>,
    fresh: u64,
}

impl Asked<'_> {
    /// The best spending of one budget; `smaller` is that of a smaller one.
    fn point(&mut self, budget: f64, smaller: Option<&BestBudget>) -> Result<BestBudget> {
        let scenario = self.scenario;
        let most = self.levers.iter().map(|id| scenario.levers()[id].most).collect();
        let room = Room { most, budget };
        let known = smaller.map(|point| self.of_point(point));
        let worlds = self.judge.worlds.len();
        // The best in each world; with one world it is the answer.
        let mut own = Vec::new();
        for world in 0..worlds {
            own.push(self.best(&[world], &room, known.as_slice(), (&|means| means[0], &|means| means[0]))?);
        }
        let chosen = if self.objective.unit() == Unit::Regret {
            let (some, all) = self.judge.means_of_own(&own)?;
            let worst = |own: &[f64], means: &[f64]| {
                -own.iter().zip(means).map(|(best, now)| best - now).fold(f64::NEG_INFINITY, f64::max)
            };
            let (coarse, whole) = (|means: &[f64]| worst(&some, means), |means: &[f64]| worst(&all, means));
            let every: Vec<usize> = (0..worlds).collect();
            self.best(&every, &room, &own, (&coarse, &whole))?
        } else {
            own[0].clone()
        };
        let (sample, fresh) = (self.judge.sample(), self.judge.fresh(self.fresh));
        let columns = |asked: &mut Self, paths| asked.columns(&chosen, &own, paths);
        let (in_sample, fresh) = (columns(self, sample)?, columns(self, fresh)?);
        let worlds = 0..self.judge.worlds.len();
        if budget > 0.0 && worlds.into_iter().all(|k| in_sample.mean(3 * k + 2) == 0.0) {
            let problem =
                format!("it is reached on none of {} paths, whatever is spent", self.judge.sample().end);
            return refuse(
                "objective",
                problem,
                "take more paths, a goal of fewer targets, a larger budget, or the expected number of targets met",
            );
        }
        self.outcome(budget, &chosen, &in_sample, &fresh)
    }

    /// The spending of a point that was found before, on the levers that matter.
    fn of_point(&self, point: &BestBudget) -> Vec<f64> {
        let of =
            |id: &String| point.spends.iter().find(|spend| &spend.id == id).map_or(0.0, |spend| spend.spend);
        self.levers.iter().map(of).collect()
    }

    fn best(
        &mut self,
        worlds: &[usize],
        room: &Room,
        starts: &[Vec<f64>],
        worth: (&judge::Worth<'_>, &judge::Worth<'_>),
    ) -> Result<Vec<f64>> {
        if room.budget == 0.0 {
            return Ok(vec![0.0; room.most.len()]);
        }
        Ok(self.judge.best(worlds, room, starts, worth)?.spending)
    }

    /// Of each world: nothing, the spending chosen, the spending that is best in it.
    fn columns(&mut self, chosen: &[f64], own: &[Vec<f64>], paths: std::ops::Range<u64>) -> Result<Columns> {
        let nothing = vec![0.0; chosen.len()];
        let asked: Vec<(usize, &[f64])> = own
            .iter()
            .enumerate()
            .flat_map(|(world, own)| [(world, nothing.as_slice()), (world, chosen), (world, own.as_slice())])
            .collect();
        self.judge.columns(&asked, paths)
    }

    /// Refuses what is certain without any spending.
    fn is_open(&mut self) -> Result<()> {
        let nothing = vec![0.0; self.levers.len()];
        let sample = self.judge.sample();
        let paths = sample.end;
        let asked: Vec<(usize, &[f64])> =
            (0..self.judge.worlds.len()).map(|world| (world, nothing.as_slice())).collect();
        let columns = self.judge.columns(&asked, sample)?;
        let mut worlds = self.judge.worlds.iter().enumerate();
        if worlds.all(|(k, world)| columns.mean(k) == world.score.most()) {
            let problem = format!("it is reached on all {paths} paths without any spending");
            return refuse("objective", problem, "nothing needs to be spent; ask for something harder");
        }
        Ok(())
    }

    fn outcome(
        &self,
        budget: f64,
        chosen: &[f64],
        in_sample: &Columns,
        fresh: &Columns,
    ) -> Result<BestBudget> {
        let scenario = self.scenario;
        let level = self.judge.confidence();
        let spends = scenario.levers().iter().map(|(id, lever)| {
            let place = self.levers.iter().position(|other| other == id);
            Spend {
                id: id.clone(),
                name: Label::both(lever.name.clone(), lever.name_zh.clone()),
                spend: place.map_or(0.0, |place| chosen[place]),
                most: lever.most,
                idle: place.is_none(),
            }
        });
        let currency = scenario.levers().first().map(|(_, lever)| lever);
        let (first, second) = (self.judged(in_sample), self.judged(fresh));
        let sign = if self.objective.unit() == Unit::Regret { -1.0 } else { 1.0 };
        let mut difference = first.value.less(&second.value, level);
        if sign < 0.0 {
            difference = second.value.less(&first.value, level);
        }
        let worlds = match self.objective {
            Objective::WorstRegret(..) => self
                .judge
                .worlds
                .iter()
                .enumerate()
                .map(|(k, world)| WorldRegret {
                    name: world.name.clone(),
                    value: fresh.share(3 * k + 1, level),
                    best: fresh.share(3 * k + 2, level),
                    regret: fresh.estimate(&[(3 * k + 2, 1.0), (3 * k + 1, -1.0)], level),
                })
                .collect(),
            _ => Vec::new(),
        };
        Ok(BestBudget {
            about: self.judge.about(),
            objective: self.objective.name(scenario)?,
            unit: self.objective.unit(),
            budget,
            currency: currency
                .map_or_else(Label::default, |l| Label::both(l.unit.clone(), l.unit_zh.clone())),
            spends: spends.collect(),
            in_sample: first,
            fresh: second,
            difference,
            optimism: first.gain.less(&second.gain, level),
            worlds,
            fresh_paths: self.fresh,
        })
    }

    fn judged(&self, columns: &Columns) -> Judged {
        let level = self.judge.confidence();
        match self.objective.unit() {
            Unit::Regret => {
                let worlds = 0..self.judge.worlds.len();
                // What is lost in a world by a column of it, and the world that loses the most.
                let lost = |k: usize, column: usize| [(3 * k + 2, 1.0), (3 * k + column, -1.0)];
                let worst = |column: usize| {
                    let of = |k: &usize| columns.estimate(&lost(*k, column), level).estimate;
                    worlds.clone().max_by(|a, b| of(a).total_cmp(&of(b))).unwrap_or(0)
                };
                let (nothing, chosen) = (lost(worst(0), 0), lost(worst(1), 1));
                let gained: Vec<(usize, f64)> =
                    nothing.into_iter().chain(chosen.map(|(column, weight)| (column, -weight))).collect();
                Judged {
                    value: columns.estimate(&chosen, level),
                    nothing: columns.estimate(&nothing, level),
                    gain: columns.estimate(&gained, level),
                }
            }
            unit => {
                let one = |column: usize| match unit {
                    Unit::Probability => columns.share(column, level),
                    _ => columns.estimate(&[(column, 1.0)], level),
                };
                Judged {
                    value: one(1),
                    nothing: one(0),
                    gain: columns.estimate(&[(1, 1.0), (0, -1.0)], level),
                }
            }
        }
    }
}

/// What a budget is.
const SPENT: &str = "give what can be spent each year, in the unit of the levers";

/// Fewer paths tell no spending from another.
const LEAST_PATHS: u64 = 100;
