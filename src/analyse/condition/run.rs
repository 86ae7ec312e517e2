//! From conditions to their answer.

use super::Conditional;
use super::ask::{Asked, Checked, Place};
use super::bring::{Plan, solve};
use super::gather::Law;
use super::given::{Chance, Distance, Given, Plausibility, Stated};
use super::pass::{Course, Part, Purpose, Viewed};
use super::tilt::{Tilt, tilt};
use crate::analyse::Goal;
use crate::analyse::goal::Success;
use crate::error::{Error, Fault, Result};
use crate::label::Label;
use crate::model::Model;
use crate::outcome::{Band, Mean, Outcome, Probability, QuantileCurve, format};
use crate::simulate::{self, Streams, Survey};
use crate::stats::Histogram;
use crate::target::Reading;
use crate::time::Year;
use std::sync::Mutex;

/// Fewest paths that have to meet the inequalities as first drawn.
const FEWEST: u64 = 100;

/// Futures that are tried for a path that does not meet them, the first included.
const TRIES: u32 = 256;

/// The least share of the paths that the weights of views may be worth.
const WORTH: f64 = 0.05;

/// A share of paths left out below this is not spoken of.
const SILENT: f64 = 0.001;

impl Conditional<'_> {
    /// Answers.
    ///
    /// It simulates every path once as the plan has it, once with its shocks moved, and once more for every shock (its own, those of its
    /// drivers, of the inputs of a formula) and year that a given value can hang on; anew up to 255 times where an inequality is not met.
    /// Memory does not grow with the number of paths but for views, which keep 8 bytes a path each.
    ///
    /// # Errors
    /// [`Error::Question`] when an indicator, year or target is unknown, when a value can be reached on no path, when fewer than 100 paths meet
    /// the inequalities, or when the views leave less than 5 % of the paths' worth; [`Error::Run`] as
    /// [`Simulation::run`](crate::simulate::Simulation::run).
    pub fn run(&self) -> Result<Given> {
        let survey = self.simulation.survey("a condition")?;
        let (scenario, seed) = (survey.scenario, survey.seed);
        if survey.paths < FEWEST {
            let problem = format!("{} paths were asked for; a condition needs {FEWEST}", survey.paths);
            return Err(Error::Run(Fault::new("paths", problem).remedy("take 100 000")));
        }
        let model = Model::compile(scenario)?;
        let Checked { aims, wanted, filters, views } = Checked::new(&self.asked, scenario, &model, seed)?;
        let plan = Plan::new(&model, aims, self.sequential);
        let pilot = Streams::new(&model, seed, simulate::Purpose::Pilot);
        let (stuck, rows) =
            Course::pilot(&model, &plan, seed, &pilot).map_err(|broken| survey.explain(broken))?;
        self.check_stuck(&stuck, simulate::LANES as u64)?;
        let unconditional = self.simulation.run()?;

        let again = if filters.is_empty() { 1 } else { TRIES };
        let tries: Vec<Streams> = (0..again)
            .map(|number| match number {
                0 => simulate::Purpose::Main,
                _ => simulate::Purpose::Again(number),
            })
            .map(|purpose| Streams::new(&model, seed, purpose))
            .collect();
        let cells: Vec<Histogram> = rows.iter().map(|row| Histogram::from_pilot(row)).collect();
        let centres: Vec<f64> = rows.iter().map(|row| row[0]).collect();
        let goals = (scenario.targets.keys().map(Goal::target)).chain([Goal::All, Goal::Binding]);
        // A plan without binding targets has no goal for these.
        let events: Vec<(Label, Success)> = goals
            .filter_map(|goal| Some((goal.name(scenario).ok()?, goal.resolve(scenario).ok()?)))
            .collect();
        let (names, events): (Vec<Label>, Vec<Success>) = events.into_iter().unzip();
        let (idle, level) = (Mutex::new(Vec::new()), Tilt::none());
        let course = |purpose: Purpose| Course {
            model: &model,
            plan: &plan,
            tries: &tries,
            filters: &filters,
            views: &views,
            tilt: &level,
            events: &events,
            cells: &cells,
            centres: &centres,
            idle: &idle,
            purpose,
        };
        survey.expect(1 + u64::from(!filters.is_empty()) + u64::from(!views.is_empty()));
        if !filters.is_empty() {
            let part = pass(&survey, &course(Purpose::Mass))?;
            self.check_mass(&survey, &part)?;
        }
        let (mut tilted, mut before) = (Tilt::none(), Vec::new());
        if !views.is_empty() {
            let part = pass(&survey, &course(Purpose::Views))?;
            self.check_stuck(&part.stuck, survey.paths)?;
            (tilted, before) = self.weigh(&views, &part.viewed, survey.confidence)?;
        }
        let answer = pass(&survey, &Course { tilt: &tilted, ..course(Purpose::Answer) })?;
        self.check_stuck(&answer.stuck, survey.paths)?;
        let total = idle.into_inner().unwrap_or_default().into_iter().reduce(|mut total, later| {
            for (total, later) in total.iter_mut().zip(&later) {
                let _same_shape = total.merge(later);
            }
            total
        });
        let part = Counted { answer, cells: total.unwrap_or(cells), centres };
        self.given(&survey, &model, part, (&wanted, before, names), unconditional)
    }

    fn check_stuck(&self, stuck: &[u64], paths: u64) -> Result<()> {
        let places = Asked::places(&self.asked);
        let Some(aim) = stuck.iter().position(|paths| *paths > 0) else { return Ok(()) };
        let condition = places.iter().position(|place| matches!(place, Place::Aim(a) if *a == aim));
        let path = condition.map_or_else(String::new, |c| self.asked[c].path());
        let problem = format!(
            "on {} of {} paths no shock of the years that may move brings the indicator there: nothing acts on it in time, \
             or it follows from the other values that are given",
            format::count(stuck[aim]),
            format::count(paths)
        );
        Err(Error::Question(Fault::new(path, problem).remedy(
            "leave out a value that the others imply, give it with an uncertainty of its own, or look at what moves \
             the indicator",
        )))
    }

    fn check_mass(&self, survey: &Survey<'_>, part: &Part) -> Result<()> {
        self.check_stuck(&part.stuck, survey.paths)?;
        if part.mass >= FEWEST {
            return Ok(());
        }
        let places = Asked::places(&self.asked);
        let rarest = (0..part.masses.len()).min_by_key(|filter| part.masses[*filter]).unwrap_or(0);
        let condition = places.iter().position(|place| matches!(place, Place::Filter(f) if *f == rarest));
        let path = condition.map_or_else(String::new, |c| self.asked[c].path());
        let mass = Probability::counted(part.mass, survey.paths, survey.confidence);
        let problem = format!(
            "{} of {} paths meet all inequalities together, {} this one; {FEWEST} are the least that something can be said of \
             (probability of all: {})",
            format::count(part.mass),
            format::count(survey.paths),
            format::count(part.masses[rarest]),
            format::percent(&mass, crate::label::Language::En)
        );
        let remedy = match (part.mass, part.masses[rarest]) {
            (0, alone) if alone >= FEWEST => {
                "they exclude each other, or nearly so: look for the two that do"
            }
            _ => {
                "simulate more paths, state a weaker condition, or give the value itself, which moves the paths there"
            }
        };
        Err(Error::Question(Fault::new(path, problem).remedy(remedy)))
    }

    /// The weights of views, and what the paths said before of each: the mean or quantile, and how many do not exceed the value.
    fn weigh(
        &self,
        views: &[Viewed],
        values: &[Vec<f64>],
        confidence: f64,
    ) -> Result<(Tilt, Vec<Plausibility>)> {
        let places = Asked::places(&self.asked);
        let path = |view: usize| {
            let condition = places.iter().position(|place| matches!(place, Place::View(v) if *v == view));
            condition.map_or_else(String::new, |c| self.asked[c].path())
        };
        let mut before = Vec::new();
        for (number, (view, values)) in views.iter().zip(values).enumerate() {
            let mut sorted = values.clone();
            sorted.sort_unstable_by(f64::total_cmp);
            let n = sorted.len();
            if !sorted.iter().all(|x| x.is_finite()) {
                let problem = "it is not a finite number on some path, for instance growth of a level that is not above 0";
                let fault = Fault::new(path(number), problem).remedy("state a view on the level");
                return Err(Error::Question(fault));
            }
            let below = sorted.partition_point(|x| *x <= view.value);
            let was = match view.share {
                None => values.iter().sum::<f64>() / n.max(1) as f64,
                Some(p) => {
                    sorted.get(((p * n as f64) as usize).min(n.saturating_sub(1))).copied().unwrap_or(0.0)
                }
            };
            if below == 0 || below == n {
                let problem = format!(
                    "all {} paths lie on one side of {}, from {} to {}: no weights can bring them there",
                    format::count(n as u64),
                    view.value,
                    sorted.first().copied().unwrap_or(0.0),
                    sorted.last().copied().unwrap_or(0.0)
                );
                let remedy =
                    "give the value itself, which moves the paths there, or look at what the plan assumes";
                return Err(Error::Question(Fault::new(path(number), problem).remedy(remedy)));
            }
            let below = Probability::counted(below as u64, n as u64, confidence);
            before.push(Plausibility::View { before: was, below });
        }
        let features: Vec<Vec<f64>> = views
            .iter()
            .zip(values)
            .map(|(view, values)| values.iter().map(|x| view.feature(*x)).collect())
            .collect();
        let found = tilt(&features);
        let n = values.first().map_or(0, Vec::len);
        let worth = found.as_ref().map(|tilt| {
            let squares: f64 =
                (0..n).map(|s| tilt.weight(features.iter().map(|row| row[s]))).map(|w| w * w).sum();
            n as f64 / squares
        });
        match (found, worth) {
            (Some(tilt), Some(worth)) if worth >= WORTH => Ok((tilt, before)),
            (_, worth) => {
                let problem = match worth {
                    Some(worth) => format!(
                        "under the weights that the views need {} paths are worth only {} ({}); {} are the least",
                        format::count(n as u64),
                        format::count((worth * n as f64) as u64),
                        format::rough(worth, crate::label::Language::En),
                        format::share(WORTH, 0, crate::label::Language::En)
                    ),
                    None => "no weights of the paths give all views together: they contradict the paths or each other, or one follows from the others".into(),
                };
                let remedy = "leave out a view that says the same as another; where the plan and a view contradict each other give the value \
                              itself, which moves the paths there, or look at what the plan assumes";
                Err(Error::Question(Fault::new(path(0), problem).remedy(remedy)))
            }
        }
    }

    fn given(
        &self,
        survey: &Survey<'_>,
        model: &Model,
        counted: Counted,
        (wanted, before, names): (&[(f64, f64)], Vec<Plausibility>, Vec<Label>),
        unconditional: Outcome,
    ) -> Result<Given> {
        let part = &counted.answer;
        let ways = (part.kept, survey.paths);
        let chances: Vec<Chance> = names
            .into_iter()
            .enumerate()
            .map(|(event, name)| {
                let (probability, unconditional, shift) = part.weighed.chance(event, ways, survey.confidence);
                Chance { name, probability, unconditional, shift }
            })
            .collect();
        let mass = |hits: u64| Probability::counted(hits, survey.paths, survey.confidence);
        let distance = |aims: &[usize]| distance(&part.law, wanted, aims);
        let conditions = self
            .asked
            .iter()
            .zip(Asked::places(&self.asked))
            .map(|(asked, place)| {
                let plausibility = match place {
                    Place::Aim(aim) => {
                        Plausibility::Distance(distance(&[aim]).unwrap_or(Distance::new(f64::INFINITY, 1)))
                    }
                    Place::Filter(filter) => Plausibility::Mass(mass(part.masses[filter])),
                    Place::View(view) => before[view],
                };
                Ok(Stated { words: asked.words(survey.scenario)?, plausibility })
            })
            .collect::<Result<Vec<_>>>()?;
        let aims: Vec<usize> = (0..wanted.len()).collect();
        let targets = unconditional.targets.len();
        let mut rest = chances.clone().into_iter().skip(targets);
        let Some(all) = rest.next() else { unreachable!("a plan has targets") };
        let binding = rest.next();
        let lost = 1.0 - part.kept as f64 / survey.paths as f64;
        let mut notices = Vec::new();
        if lost > SILENT {
            let share = |language| format::rough(lost, language);
            notices.push(Label::both(
                format!(
                    "{} of the paths are left out: their parameters allow no future in {TRIES} that meets the conditions",
                    share(crate::label::Language::En)
                ),
                Some(format!(
                    "{} 的路径被剔除：在其参数下，{TRIES} 次抽样中没有一次满足条件",
                    share(crate::label::Language::Zh)
                )),
            ));
        }
        Ok(Given {
            sequential: self.sequential,
            conditions,
            together: (!aims.is_empty()).then(|| distance(&aims)).flatten(),
            mass: (!part.masses.is_empty()).then(|| mass(part.mass)),
            paths: part.kept,
            effective_sample_size: part.weighed.effective(),
            targets: chances.into_iter().take(targets).collect(),
            all,
            binding,
            bands: counted.bands(model),
            notices,
            unconditional,
        })
    }
}

/// One pass over all paths.
fn pass<'a>(survey: &Survey<'_>, course: &Course<'a>) -> Result<Part> {
    survey.pass(
        || course.bench(survey.seed),
        || course.start(),
        |bench, first, len, part| course.block(bench, first, len, part),
        |total: &mut Part, later| total.merge(later),
    )
}

/// Squared Mahalanobis distance of some given values; none where their covariance is singular but for rounding.
fn distance(law: &Law, wanted: &[(f64, f64)], aims: &[usize]) -> Option<Distance> {
    let k = aims.len();
    let mut covariance = vec![0.0; k * k];
    for (i, a) in aims.iter().enumerate() {
        for (j, b) in aims.iter().enumerate() {
            covariance[i * k + j] = law.covariance(*a, *b) + if a == b { wanted[*a].1 } else { 0.0 };
        }
    }
    let off: Vec<f64> = aims.iter().map(|a| wanted[*a].0 - law.mean(*a)).collect();
    let mut weighed = off.clone();
    if !solve(&mut covariance, &mut weighed) {
        return None;
    }
    let squared: f64 = off.iter().zip(&weighed).map(|(a, b)| a * b).sum();
    Some(Distance::new(squared.max(0.0), k))
}

/// What was counted of all paths.
struct Counted {
    answer: Part,
    cells: Vec<Histogram>,
    centres: Vec<f64>,
}

impl Counted {
    fn bands(&self, model: &Model) -> Vec<Vec<Band>> {
        let per_node = model.horizon.steps() + 1;
        let base = model.horizon.base().0;
        let band = |node: usize, step: usize| {
            let cell = node * per_node + step;
            Band {
                year: Year(base + step as i32),
                mean: if model.nodes[node].has_mean { self.mean(cell) } else { Mean::DoesNotExist },
                quantiles: QuantileCurve { histogram: self.cells[cell].clone(), reading: Reading::ITSELF },
            }
        };
        let nodes = 0..model.nodes.len();
        nodes.map(|node| (0..per_node).map(|step| band(node, step)).collect()).collect()
    }

    /// Weighted mean and standard deviation, with the error of a weighted mean.
    fn mean(&self, cell: usize) -> Mean {
        let ([first, second, twice, twice_second], weighed) =
            (self.answer.levels[cell], &self.answer.weighed);
        let (total, squares) = weighed.weight();
        let worth = weighed.effective();
        if !(worth > 1.0) {
            return Mean::DoesNotExist;
        }
        let off = first / total;
        let variance = (second / total - off * off).max(0.0) * worth / (worth - 1.0);
        let error = (twice_second - 2.0 * off * twice + off * off * squares).max(0.0).sqrt() / total;
        let (mean, sd) = (self.centres[cell] + off, variance.sqrt());
        if mean.is_finite() && sd.is_finite() { Mean::Exists { mean, sd, error } } else { Mean::DoesNotExist }
    }
}
