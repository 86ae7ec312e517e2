//! What if? A plan given that something is so: the path of an indicator, a growth rate, a target that is met, a published forecast.
//!
//! ```
//! # use plancast::prelude::*;
//! # use plancast::scenario::PairsDraft;
//! use plancast::analyse::{Conditional, Figure, View};
//! # let scenario = Scenario::builder("Plan", 2025, 2030)
//! #     .indicator("gdp", IndicatorDraft::new("GDP", "bn").baseline(100.0).process(RandomWalk::new(0.04, 0.02)))
//! #     .indicator("exports", IndicatorDraft::new("Exports", "bn").baseline(50.0).process(RandomWalk::new(0.03, 0.05)))
//! #     .correlation(CorrelationDraft::Pairs(PairsDraft { of: vec![("gdp".into(), "exports".into(), 0.5)], repair: false }))
//! #     .target("exports", TargetDraft::level("exports").at_least(60.0))
//! #     .build()?;
//! let simulation = Simulation::new(&scenario).paths(20_000).seed(2030);
//! let given = Conditional::new(&simulation)
//!     .path("gdp", [(2026, 102.0), (2027, 105.0)]) // known in these years
//!     .about(("exports", 2027), 52.0, 1.5) // about 52, with a standard deviation of 1.5
//!     .at_least(Figure::growth("gdp", 2028), 0.02) // no less than 2 % a year
//!     .view(View::median(("gdp", 2030), 118.0)) // what somebody else forecasts
//!     .run()?;
//! let exports = &given.targets[0];
//! println!("{} instead of {}", exports.probability.estimate, exports.unconditional.estimate);
//! # assert!(given.effective_sample_size > 1000.0 && exports.shift.error < 0.01);
//! # Ok::<(), Error>(())
//! ```
//!
//! # What a path under conditions is
//!
//! **Given values** ([`Conditional::path`], [`Conditional::growth`], [`Conditional::fixed`], [`Conditional::about`]) move the shocks of each path and nothing else.
//! Parameters, baselines, events, regimes and the common scale of Student t shocks stay as they were drawn. With z the normal scores of all
//! years, R their correlation, f(z) the latent forms of the given figures (log levels, log growth, logits), J their derivatives and b where they
//! have to be, every path goes to
//!
//! ```text
//! z* = z + R J' (J R J')^-1 (b - f(z))
//! ```
//!
//! (Matheron's rule; Durbin and Koopman 2002, Biometrika 89(3), 603-615; Waggoner and Zha 1999, Review of Economics and Statistics 81(4),
//! 639-651.) Where f is linear in the scores, as it is for every built-in process with normal shocks and for products and ratios of
//! indicators with a log link, z* is a draw of the law of the scores given f = b, exactly. Elsewhere (sums of indicators, shares within formulas, two-piece shocks) the step is repeated with
//! new derivatives until the condition is met to 1e-9; the condition then holds exactly, the law of what is free to first order. A soft value is a
//! draw from a normal law of its own on every path, so that its distribution is the one stated (Andersson, Palmqvist and Waggoner 2010, Sveriges
//! Riksbank working paper 247), cut to what the link of the indicator allows.
//!
//! **Inequalities and targets** ([`Conditional::at_least`], [`Conditional::at_most`], [`Conditional::met`], [`Conditional::missed`]) keep the paths
//! that meet them. A path that does not is given other shocks, events and regimes, with the same parameters and baselines, until it does. So the law of the parameters stays as
//! it is; what is left out are the few paths for which none of 256 futures is found, and the answer says how many they are.
//!
//! **Assumptions never teach parameters**: what a plan does not know of its drifts it does not learn from a what-if. Actual figures do teach them, and
//! belong into the history of an indicator.
//!
//! **Views** ([`View`]) are the exception: somebody else's forecast is not an assumption but evidence, so it weighs whole futures, their
//! parameters included. The weights are those nearest to equal ones (least relative entropy) under which the mean or quantile is what the view
//! says: Robertson, Tallman and Whiteman (2005), Journal of Money, Credit and Banking 37(3), 383-401. They are refused where they leave less
//! than 5 % of the paths' worth.
//!
//! All can be had at once: values move the paths, inequalities choose among them, views weigh what is left.
//!
//! **Joint or sequential.** A condition of a later year is news about the years before it and about everything that is correlated with it: by
//! default all shocks up to that year move. [`Conditional::sequential`] lets a condition of a year act through the shocks of
//! that year only: earlier years stay as they were, as if each condition were met by a surprise when it falls due.
//!
//! # When not to use it
//!
//! - A condition is no policy. It says what goes together with a value, not what bringing it about would do.
//! - Given values leave events and regimes as they were drawn: a deep fall that a plan's trade shock would explain is put down to ordinary shocks.
//!   An inequality on the same figure, or a variant of the scenario with the event dated, tells that story.
//! - Far-out values ([`Distance::tail`] of one in thousands) ask the model about what it knows nothing of.

mod ask;
mod bring;
mod figure;
mod gather;
mod given;
mod pass;
mod run;
mod tilt;

pub use figure::Figure;
pub use given::{Chance, Distance, Given, Plausibility, Stated};

use crate::analyse::Goal;
use crate::simulate::Simulation;
use ask::Asked;

/// A plan given that something is so; see the [module](self) for what that means exactly.
#[must_use = "the answer comes out of `run`"]
pub struct Conditional<'a> {
    simulation: &'a Simulation<'a>,
    asked: Vec<Asked>,
    sequential: bool,
}

/// Somebody else's forecast: what the mean or a quantile of a figure is.
#[derive(Debug, Clone, PartialEq)]
pub struct View {
    figure: Figure,
    value: f64,
    /// The share of the futures that does not exceed the value; none for a mean.
    share: Option<f64>,
}

impl View {
    /// The mean, in the unit of the figure (growth: a share, 0.05 is 5 %).
    pub fn mean(figure: impl Into<Figure>, value: f64) -> Self {
        Self { figure: figure.into(), value, share: None }
    }

    /// The median.
    pub fn median(figure: impl Into<Figure>, value: f64) -> Self {
        Self::quantile(figure, 0.5, value)
    }

    /// The value that a share `p` (0 to 1) of the futures does not exceed.
    pub fn quantile(figure: impl Into<Figure>, p: f64, value: f64) -> Self {
        Self { figure: figure.into(), value, share: Some(p) }
    }
}

impl<'a> Conditional<'a> {
    /// Of a run: its scenario, paths, seed, threads and confidence.
    pub fn new(simulation: &'a Simulation<'a>) -> Self {
        Self { simulation, asked: Vec::new(), sequential: false }
    }

    /// Levels of an indicator, by year, in its unit; years not named stay open.
    pub fn path(self, indicator: &str, levels: impl IntoIterator<Item = (i32, f64)>) -> Self {
        levels.into_iter().fold(self, |this, (year, level)| this.fixed((indicator, year), level))
    }

    /// Growth of an indicator on the year before, by year: 0.05 is 5 %.
    pub fn growth(self, indicator: &str, rates: impl IntoIterator<Item = (i32, f64)>) -> Self {
        rates.into_iter().fold(self, |this, (year, rate)| this.fixed(Figure::growth(indicator, year), rate))
    }

    /// A figure has a value.
    pub fn fixed(self, figure: impl Into<Figure>, value: f64) -> Self {
        self.with(Asked::Value { figure: figure.into(), value, sd: None })
    }

    /// A figure is about a value: it has a normal law with this mean and standard deviation, in the unit of the figure.
    pub fn about(self, figure: impl Into<Figure>, value: f64, sd: f64) -> Self {
        self.with(Asked::Value { figure: figure.into(), value, sd: Some(sd) })
    }

    /// A figure is no less than a value.
    pub fn at_least(self, figure: impl Into<Figure>, value: f64) -> Self {
        self.with(Asked::Bound { figure: figure.into(), value, at_least: true })
    }

    /// A figure is no more than a value.
    pub fn at_most(self, figure: impl Into<Figure>, value: f64) -> Self {
        self.with(Asked::Bound { figure: figure.into(), value, at_least: false })
    }

    /// A target, or several together, is met.
    pub fn met(self, goal: Goal) -> Self {
        self.with(Asked::Goal { goal, met: true })
    }

    /// A target is missed; of several together at least one.
    pub fn missed(self, goal: Goal) -> Self {
        self.with(Asked::Goal { goal, met: false })
    }

    /// Somebody else's forecast.
    pub fn view(self, view: View) -> Self {
        self.with(Asked::View(view))
    }

    /// A value given for a year acts through the shocks of that year only.
    pub fn sequential(mut self) -> Self {
        self.sequential = true;
        self
    }

    fn with(mut self, asked: Asked) -> Self {
        self.asked.push(asked);
        self
    }
}

impl std::fmt::Debug for Conditional<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Conditional")
            .field("asked", &self.asked)
            .field("sequential", &self.sequential)
            .finish_non_exhaustive()
    }
}
