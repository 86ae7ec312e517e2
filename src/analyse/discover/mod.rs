//! Where it happens: boxes of the paths in which a goal is mostly missed, or mostly met.
//!
//! | question | type |
//! |---|---|
//! | Of this plan: where is the goal missed? | [`Discovery`] |
//! | Of a plain table of features: where does it happen? | [`Prim`] |

mod choose;
mod features;
mod prim;
mod words;

pub use features::{Feature, FeatureKind};
pub use prim::{Prim, PrimBox, Restriction};

use super::Goal;
use super::sensitivity::{Asked, Correlated, Study};
use crate::analyse::refuse;
use crate::error::Result;
use crate::outcome::{Probability, format};
use crate::simulate::{Desk, Simulation, is_set};
use features::{Columns, Features};
use prim::Table;

/// Asks where a goal is missed: scenario discovery on the paths of a plan.
///
/// Every path is told apart by its features: growth of the indicators that the goal hangs on, in the first year, over the first two and
/// over all; what was drawn of their parameters; events; years in the states of regimes. On every other path [`Prim`] looks for boxes of
/// features in which the goal is missed often; the paths in between, which the search has not seen, say what the boxes are worth:
///
/// ```text
/// coverage = P(within | missed),   density = P(missed | within),   mass = P(within)
/// ```
///
/// Of the trade-off between the two the box with the greatest P(within | missed) - P(within | met) is recommended (Youden 1950, Cancer 3(1), 32-35: it does not hang on
/// how often the goal is missed), without the restrictions that bring less than 0.01 of that, and with no more than four. The search is repeated on
/// samples drawn with replacement: how often a restriction comes about again says whether it can be trusted.
///
/// **When not to use it.** A box shows where, not why: a feature stands for what it goes with. For shares of the variance ask
/// [`Sensitivity`](super::Sensitivity). Where a goal is missed along a slope of many features, every box cuts corners: coverage and density stay low, and
/// say so. Memory grows with the paths here, by 8 bytes a feature and path.
///
/// References: Friedman and Fisher (1999), Bump hunting in high-dimensional data, Statistics and Computing 9, 123-143; Bryant and
/// Lempert (2010), Thinking inside the box: a participatory, computer-assisted approach to scenario discovery, Technological Forecasting and
/// Social Change 77, 34-49.
///
/// ```
/// use plancast::analyse::{Discovery, Goal};
/// use plancast::prelude::*;
/// # let town = |drift: f64| IndicatorDraft::new("X", "bn").baseline(1.0).process(RandomWalk::new(Quantity::normal(drift, 0.02), 0.01));
/// # let scenario = Scenario::builder("Plan", 2025, 2030)
/// #     .indicator("gdp", town(0.03))
/// #     .indicator("exports", town(0.02))
/// #     .target("gdp", TargetDraft::level("gdp").at_least(1.1))
/// #     .target("exports", TargetDraft::level("exports").at_least(1.0))
/// #     .correlation(CorrelationDraft::Independent)
/// #     .build()?;
/// let simulation = Simulation::new(&scenario).paths(16_384).seed(2030);
/// let found = Discovery::new(&simulation, Goal::All).samples(4).run()?;
/// assert!(found.recommended.density.low > 1.0 - found.asked.probability.high);
/// println!("{}", found.sentence(Language::En));
/// # Ok::<(), Error>(())
/// ```
#[derive(Debug)]
pub struct Discovery<'a> {
    simulation: &'a Simulation<'a>,
    goal: Goal,
    met: bool,
    own: bool,
    kinds: Vec<FeatureKind>,
    most: usize,
    samples: u32,
    prim: Prim,
}

/// Where a goal is missed, or met.
#[derive(Debug, Clone, PartialEq)]
pub struct Discovered {
    /// The question, and the probability of meeting the goal.
    pub asked: Asked,
    /// Whether it was asked where the goal is met, not where it is missed.
    pub met: bool,
    /// How often it happens on the paths that the search has not seen.
    pub happens: Probability,
    /// The features that were looked at.
    pub features: Vec<Feature>,
    /// The trade-off: boxes from the one that holds everything on, smaller and denser.
    pub boxes: Vec<FoundBox>,
    /// The box that is recommended.
    pub recommended: FoundBox,
    /// How often the ends of its restrictions come about again, in their order, as shares of the samples: (low, high). Empty
    /// where no sample was asked for.
    pub again: Vec<(f64, f64)>,
}

/// A box, and what it is worth on paths that the search has not seen.
#[derive(Debug, Clone, PartialEq)]
pub struct FoundBox {
    /// What is restricted, in the order of the features, in their units. Quasi-p values are those of the paths of the search.
    pub restrictions: Vec<Restriction>,
    /// P(within | it happens).
    pub coverage: Probability,
    /// P(it happens | within).
    pub density: Probability,
    /// P(within).
    pub mass: Probability,
    /// Coverage and density on the paths of the search, which flatter.
    pub searched: (f64, f64),
}

/// Values that are kept at most: 1 GiB.
const MOST_VALUES: u64 = 1 << 27;

/// What is gathered of the paths.
struct Gathered {
    columns: Columns,
    met: Vec<bool>,
}

impl<'a> Discovery<'a> {
    /// Where a goal is missed, with the paths, seed, threads and confidence of a simulation.
    pub fn new(simulation: &'a Simulation<'a>, goal: Goal) -> Self {
        use FeatureKind::{Average, Event, FirstTwoYears, FirstYear, Parameter, Regime};
        let kinds = vec![FirstYear, FirstTwoYears, Average, Parameter, Event, Regime];
        Self { simulation, goal, met: false, own: false, kinds, most: 4, samples: 10, prim: Prim::default() }
    }

    /// Where it is met instead.
    #[must_use]
    pub fn met(mut self) -> Self {
        self.met = true;
        self
    }

    /// Looks at growth of the indicators that the targets bound as well, up to their years. That is left out when not called, for it repeats a target in other
    /// words; where the goal bounds one indicator alone so is its growth in the first years, which warns early.
    #[must_use]
    pub fn own_growth(mut self) -> Self {
        self.own = true;
        self
    }

    /// Looks at features of these kinds alone: early growth for a warning, parameters for what to find out.
    #[must_use]
    pub fn only(mut self, kinds: impl IntoIterator<Item = FeatureKind>) -> Self {
        self.kinds = kinds.into_iter().collect();
        self
    }

    /// The most restrictions of the recommended box, at least 1; 4 when not called.
    #[must_use]
    pub fn restrictions(mut self, most: usize) -> Self {
        self.most = most;
        self
    }

    /// On how many samples the search is repeated; 10 when not called.
    #[must_use]
    pub fn samples(mut self, samples: u32) -> Self {
        self.samples = samples;
        self
    }

    /// How boxes are looked for.
    #[must_use]
    pub fn prim(mut self, prim: Prim) -> Self {
        self.prim = prim;
        self
    }

    /// Looks for them.
    ///
    /// # Errors
    /// [`Error::Run`](crate::error::Error::Run) as [`Simulation::run`], and with fewer than 16 384 paths; [`Error::Question`](crate::error::Error::Question) when a target is unknown, when the goal is met, or missed,
    /// on fewer than 50 paths, when there is no feature of the kinds asked for, and when paths times features are more than 134 million.
    pub fn run(&self) -> Result<Discovered> {
        if self.most == 0 {
            return refuse(
                "restrictions",
                "a box without restrictions was asked for",
                "allow 1 at least; 4 are read at a glance",
            );
        }
        self.prim.check_shares()?;
        let study = Study::new(self.simulation, &self.goal, "a discovery", Correlated::Together)?;
        let survey = &study.survey;
        let targets = self.goal.positions(survey.scenario)?;
        let streams = study.own();
        let features = Features::of(survey.scenario, &study.model, &streams, &targets, &self.kinds, self.own);
        if features.len() as u64 * survey.paths > MOST_VALUES {
            let most = format::count(MOST_VALUES / features.len() as u64);
            let problem = format!(
                "{} paths with {} features were asked for; they are all kept in memory",
                format::count(survey.paths),
                features.len()
            );
            return refuse(
                "paths",
                &problem,
                format!("take {most} paths at most; 20 000 are enough for a box"),
            );
        }
        let gathered = survey.pass(
            || Desk::new(&study.model, survey.seed, true),
            || Gathered { columns: vec![Vec::new(); features.len()], met: Vec::new() },
            |desk, first, len, gathered| {
                desk.simulate(first, len)?;
                let met = study.success.bits(&desk.workspace);
                gathered.met.extend((0..len).map(|lane| is_set(&met, lane)));
                desk.workspace.show(desk.model);
                features.gather(desk, len, &mut gathered.columns);
                Ok(())
            },
            |total, later| {
                total.columns.iter_mut().zip(later.columns).for_each(|(total, later)| total.extend(later));
                total.met.extend(later.met);
            },
        )?;
        let asked = study.asked(gathered.met.iter().filter(|met| **met).count() as u64)?;
        let (features, columns) = features.told(gathered.columns);
        if features.is_empty() {
            return refuse(
                "features",
                "no feature of these kinds tells paths apart",
                "ask for all kinds, and for the early growth of what the goal itself bounds (`own_growth`)",
            );
        }
        let happens: Vec<bool> = gathered.met.iter().map(|met| *met == self.met).collect();
        survey.on_threads(|| self.discovered(asked, features, &columns, &happens))
    }

    fn discovered(
        &self,
        asked: Asked,
        features: Vec<Feature>,
        columns: &Columns,
        happens: &[bool],
    ) -> Discovered {
        let half = |odd: u32| (odd..happens.len() as u32).step_by(2).collect::<Vec<u32>>();
        let (seen, unseen) = (half(0), half(1));
        let table = |cases| Table { features: columns, happens, cases };
        let (seen, unseen) = (table(&seen), table(&unseen));
        let boxes = self.prim.run_on(&seen);
        let best = choose::simpler(boxes[choose::best(&boxes, &seen)].clone(), self.most, &seen);
        let again = match self.samples {
            0 => Vec::new(),
            samples => choose::again(&best, &seen, (self.prim, self.most), (asked.about.seed, samples)),
        };
        let confidence = asked.about.confidence;
        let judged = |found: &PrimBox| FoundBox::judged(found, &unseen, confidence);
        Discovered {
            met: self.met,
            happens: counted(unseen.hits(unseen.cases), unseen.cases.len(), confidence),
            features,
            boxes: boxes.iter().map(judged).collect(),
            recommended: judged(&best),
            again,
            asked,
        }
    }
}

impl FoundBox {
    /// On cases that the search has not seen.
    fn judged(found: &PrimBox, unseen: &Table<'_>, confidence: f64) -> Self {
        let on = found.told(unseen);
        Self {
            restrictions: found.restrictions.clone(),
            coverage: counted(on.hits, unseen.hits(unseen.cases), confidence),
            density: counted(on.hits, on.cases, confidence),
            mass: counted(on.cases, unseen.cases.len(), confidence),
            searched: (found.coverage, found.density),
        }
    }
}

fn counted(hits: usize, cases: usize, confidence: f64) -> Probability {
    Probability::counted(hits as u64, cases as u64, confidence)
}
