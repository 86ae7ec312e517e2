//! Rare success: the probability that everything is met where hardly a path does it, and the most likely way in which it is.
//!
//! Of a million plain paths one or none may meet all of many targets. Then paths are led to where success is, and each is counted with
//! the weight that makes up for it:
//!
//! ```text
//! P = E_q( w 1{success} ),   w = p / q,   q = 0.1 p + 0.9 sum over ways of share t
//! ```
//!
//! with p the law of the draws of a plain path, written as independent standard normals z (parameters, common factors, yearly shocks, tails,
//! events, regimes), and t a law of z near one way to succeed:
//!
//! 1. The most likely way is the point z* nearest to 0 at which all targets are met, the design point of reliability theory (Hasofer
//!    and Lind 1974; Rackwitz and Fiessler 1978), found by sequential quadratic programming with slopes by differences.
//! 2. The tangents of all targets at z* bound a polyhedron. t leads z into it, bound by bound, with the minimax tilting of Botev (2017, JRSS B
//!    79(1), 125-148) for normal probabilities under linear restrictions, and to a small share beyond each bound, because targets are not linear.
//!    Two pilots move the bounds out to where success was seen. A normal law around a point, the
//!    common choice, cannot do it: of 25 independent targets at their medians the best of unit variance leaves a relative variance of 1.57^25 = 8e4 a path.
//! 3. Where the second pilot has fewer than 60 effective hits, tangents at z* are not where success is: with many targets of even odds z* is near
//!    the middle, and successes are far from it, all around. Then bounds are learned from the successes of splitting instead (eight
//!    replicates): directions by least squares over them, each bounded where they are, a part of the draws further out, with more room beyond.
//! 4. The plain part of the mixture keeps every weight below 10, whatever the search has missed (defensive mixture: Hesterberg 1995, Technometrics
//!    37(2), 185-194; Owen and Zhou 2000, JASA 95, 135-143). The estimate is unbiased for any z*; a bad one only costs precision.
//!
//! The standard error is that of a mean of independent weighted paths. It is believed only if it can be: at least
//! [`Checks::LEAST_EFFECTIVE`] effective hits, no weight with more than [`Checks::LARGEST_SHARE`] of the sum, and no contradiction to the
//! plain paths, nor, where those have few hits, to **splitting** (subset simulation, Au and Beck 2001; fixed levels and
//! independent replicates), which uses no slopes. Otherwise splitting is the answer, or the plain paths where they are more precise.
//!
//! **How far it gets.** For all 25 targets of Kunshan's plan (297 draws, z* 0.34 from the middle) 100 000 weighted paths along tangents had 50 effective
//! hits, and the checks refused them: successes had 1.4 tangents on the wrong side on average, mostly that of an income which answers to growth in a
//! way that is not known (a product of draws), and those of what an event or an uncertain volatility moves. With learned bounds five of six seeds had
//! 250 to 510, one in some 250 paths where the best would be one in one. What is left is what no plane can tell: with 25 targets each little excess
//! counts, and a path beyond several bounds has a large weight. So a seed may still be refused (one of the six), and 20 000 paths are too few;
//! then splitting answers. Both agree with 200 million plain paths (1199 hits).
//!
//! **When not to use it.** Where plain paths have hundreds of hits they answer all questions at once: [`Rare::plain_is_enough`] says so. A goal
//! that only a rare event or regime can bring (a target that is met only after a slump) has no slope for the search and no score for
//! splitting: then no success may be found although there is one, and the answer is the bound of the plain paths. The
//! same holds for what a process of the user's own draws for itself. Distances of 8 standard deviations
//! and more rest on tails of the plan's laws that nobody knows.
//!
//! ```
//! use plancast::analyse::{Goal, RareSuccess};
//! use plancast::prelude::*;
//! // Growth of 3.5 % a year on average where none is expected, with shocks of 2 %: one path in 17 000.
//! let scenario = Scenario::builder("Plan", 2025, 2030)
//!     .indicator("gdp", IndicatorDraft::new("GDP", "bn").baseline(1.0).process(RandomWalk::new(0.0, 0.02)))
//!     .target("gdp", TargetDraft::average_growth("gdp").at_least(0.035))
//!     .build()?;
//! let simulation = Simulation::new(&scenario).paths(20_000).seed(2030);
//! let rare = RareSuccess::new(&simulation, Goal::All).run()?;
//! // ln 1.035 sqrt 5 / 0.02 = 3.846 standard deviations.
//! assert!((rare.probability.estimate / 5.997e-5 - 1.0).abs() < 0.05);
//! assert!((rare.story.expect("there is a way").distance - 3.846).abs() < 0.01);
//! # Ok::<(), Error>(())
//! ```

mod aim;
mod importance;
mod learn;
mod run;
mod search;
mod slab;
mod space;
mod splitting;
mod story;
mod tilt;
mod words;

pub use story::{Course, Help, HelpKind, Story, Tight};

use super::goal::Goal;
use crate::analyse::Estimate;
use crate::error::Result;
use crate::label::Label;
use crate::outcome::{Outcome, Probability};
use crate::simulate::Simulation;

/// How likely is a goal that hardly a path reaches, and how is it reached? See [`crate::analyse::rare`] for the method.
#[derive(Debug)]
pub struct RareSuccess<'a> {
    simulation: &'a Simulation<'a>,
    goal: Goal,
    method: Option<Method>,
}

/// Where a probability is from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Method {
    /// Weighted paths, led to where success is.
    ImportanceSampling,
    /// Success in steps.
    Splitting,
    /// Plain paths: nothing else was more precise, or no success was found.
    Plain,
}

/// The answer to [`RareSuccess`].
#[derive(Debug, Clone)]
pub struct Rare {
    /// What had to happen, in words.
    pub goal: Label,
    /// Its probability.
    pub probability: Estimate,
    /// Where that is from.
    pub method: Method,
    /// As many independent hits would tell as much; of weighted paths `(sum w)^2 / sum w^2`.
    pub effective_sample_size: f64,
    /// As many plain paths would tell as much as one of the paths that it took, those included that a proposal was learned from, pilots left
    /// aside. Below 2 plain paths do as well.
    pub gain: f64,
    /// Paths behind the estimate.
    pub paths: u64,
    /// What as many plain paths say, for comparison.
    pub plain: Probability,
    /// What splitting says, where it was asked or was to check.
    pub splitting: Option<Estimate>,
    /// Whether importance sampling could be believed; none where it was not tried.
    pub checks: Option<Checks>,
    /// The most likely way; none where no success was found.
    pub story: Option<Story>,
    /// The run of plain paths.
    pub outcome: Outcome,
}

/// What has to hold for importance sampling to be believed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Checks {
    /// There are enough effective hits.
    pub effective: bool,
    /// No weight decides.
    pub weights: bool,
    /// The plain paths do not contradict: with 20 hits and more by less than 4 standard errors, otherwise by an exact interval at 99.99 %.
    pub plain: bool,
    /// Splitting does not contradict, by less than 4 standard errors; none where the plain paths have 100 hits and more.
    pub splitting: Option<bool>,
}

impl Checks {
    /// The fewest effective hits.
    pub const LEAST_EFFECTIVE: f64 = 200.0;
    /// The largest share that one weight may have.
    pub const LARGEST_SHARE: f64 = 0.05;

    /// Whether all hold.
    pub fn hold(&self) -> bool {
        self.effective && self.weights && self.plain && self.splitting.unwrap_or(true)
    }
}

impl<'a> RareSuccess<'a> {
    /// Asks for the probability of a goal; the number of paths of the simulation is that of the weighted paths, and of the plain
    /// ones beside them.
    pub fn new(simulation: &'a Simulation<'a>, goal: Goal) -> Self {
        Self { simulation, goal, method: None }
    }

    /// Asks for the answer of one method, whatever the checks say of it.
    #[must_use]
    pub fn method(mut self, method: Method) -> Self {
        self.method = Some(method);
        self
    }

    /// Runs it: the plain paths, the search, two pilots, the weighted paths; splitting where it is needed.
    ///
    /// # Errors
    /// [`Error::Question`](crate::error::Error::Question) when the goal names no target of the plan; [`Error::Run`](crate::error::Error::Run)
    /// when an option is out of range or means nothing here, or when a level or measure stops being a finite number.
    pub fn run(&self) -> Result<Rare> {
        run::run(self)
    }
}

impl Rare {
    /// Whether plain paths have so many hits (400: a standard error of 5 % of the probability, or less) that they do as well.
    pub fn plain_is_enough(&self) -> bool {
        self.plain.hits >= 400
    }
}
