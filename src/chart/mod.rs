//! Charts of finished outcomes, as SVG and PNG, with English or Chinese words and no font of the system.
//!
//! Layer 8, the outermost: charts read outcomes and nothing reads charts.
//!
//! | chart | shows |
//! |---|---|
//! | [`overview()`] | one page with a small fan for every target |
//! | [`probabilities()`] | the probability of every target, with both of its errors |
//! | [`number_met()`] | how many targets are met, and all of them |
//! | [`joint()`] | which targets are met together |
//! | [`first_year()`] | the probability of every target, year by year |
//! | [`front()`] | of levers: what a larger budget brings, in sample and on fresh paths |
//! | [`fan()`] | one indicator: history, bands, median, some paths, targets |
//! | [`dumbbell()`] | of a comparison: every target in the plan and in its variants |
//! | [`required()`] | the probability of a goal over the amount of a change |
//! | [`frontier()`] | pairs of changes that make a goal equally likely |
//! | [`drivers()`] | of an analysis: first-order and total index of every input |
//! | [`tornado()`] | of an analysis: P(goal) with each input held low and high |
//! | [`given()`] | every target without and with [conditions](crate::analyse::condition) |
//! | [`review()`] | of a review: how actuals, learning and new assumptions moved the probabilities |
//! | [`discovery()`] | where a goal is missed: coverage against density of the boxes that were found |
//! | [`story()`] | the most likely way in which everything is met |
//! | [`backtest::pit()`] | of a backtest: where outcomes fell in the forecast laws |
//! | [`backtest::coverage()`] | of a backtest: whether intervals held what they promised, by decade |
//! | [`backtest::reliability()`] | of a backtest: whether what was said to be likely came |
//!
//! [`all`] draws the whole set into a folder; [`Chart::svg`] gives the text of one, for a page that holds it.
//!
//! ```no_run
//! use plancast::chart;
//! use plancast::label::Language;
//! # fn draw(outcome: &plancast::outcome::Outcome) -> plancast::error::Result<()> {
//! chart::all(outcome, Language::Zh, "charts")?;
//! let files = chart::fan(outcome, "rd_share", Language::En, "charts/research")?;
//! assert!(files.svg.ends_with("charts/research.svg") && files.png.ends_with("charts/research.png"));
//! # Ok(())
//! # }
//! ```
//!
//! Every chart is a file; what they share is here: the [`canvas`] that one drawing goes to in both formats,
//! what a drawing is said in ([`shape`]), the embedded [`font`], the [`style`], the [`words`] and the
//! [`axes`]. The same parts serve a user's own charts.

pub mod axes;
pub mod backtest;
pub mod canvas;
pub mod font;
pub mod shape;
pub mod style;
pub mod words;

mod caption;
mod discovery;
mod drivers;
mod dumbbell;
mod fan;
mod first_year;
mod front;
mod frontier;
mod given;
mod joint;
mod legend;
mod number_met;
mod overview;
mod panel;
mod probabilities;
mod required;
mod review;
mod rows;
mod story;
#[cfg(test)]
mod synthetic;
#[cfg(test)]
mod tests;
mod tornado;

pub use discovery::discovery;
pub use drivers::drivers;
pub use dumbbell::dumbbell;
pub use fan::fan;
pub use first_year::first_year;
pub use front::front;
pub use frontier::frontier;
pub use given::given;
pub use joint::joint;
pub use number_met::number_met;
pub use overview::overview;
pub use probabilities::probabilities;
pub use required::required;
pub use review::review;
pub use story::story;
pub use tornado::tornado;

use crate::error::Result;
use crate::label::Language;
use crate::outcome::Outcome;
use canvas::{Canvas, Files};
use std::path::Path;

/// A chart of an outcome.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Chart {
    /// See [`overview()`].
    Overview,
    /// See [`probabilities()`].
    Probabilities,
    /// See [`number_met()`].
    NumberMet,
    /// See [`joint()`].
    Joint,
    /// See [`first_year()`].
    FirstYear,
    /// See [`fan()`].
    Fan {
        /// Id of the indicator.
        indicator: String,
    },
}

impl Chart {
    /// The whole set: every kind, and a fan for each indicator that has a target.
    pub fn set(outcome: &Outcome) -> Vec<Self> {
        let fans = outcome.indicators.iter().filter(|i| !i.targets.is_empty());
        [Self::Overview, Self::Probabilities, Self::NumberMet, Self::Joint, Self::FirstYear]
            .into_iter()
            .chain(fans.map(|i| Self::Fan { indicator: i.id.clone() }))
            .collect()
    }

    /// The name of its files without the ending: `probabilities`, `fan-rd_share`.
    pub fn name(&self) -> String {
        match self {
            Self::Overview => "overview".into(),
            Self::Probabilities => "probabilities".into(),
            Self::NumberMet => "number-met".into(),
            Self::Joint => "joint".into(),
            Self::FirstYear => "first-year".into(),
            Self::Fan { indicator } => {
                let safe = |c: char| if c.is_alphanumeric() || "_-".contains(c) { c } else { '-' };
                format!("fan-{}", indicator.chars().map(safe).collect::<String>())
            }
        }
    }

    /// Draws it and writes both files.
    ///
    /// # Errors
    /// Those of the chart's own function.
    pub fn write(&self, outcome: &Outcome, language: Language, path: impl AsRef<Path>) -> Result<Files> {
        write(&*self.drawing(outcome, language)?, path.as_ref())
    }

    /// Draws it as the text of an SVG.
    ///
    /// # Errors
    /// Those of the chart's own function, except that nothing is written.
    pub fn svg(&self, outcome: &Outcome, language: Language) -> Result<String> {
        let drawing = self.drawing(outcome, language)?;
        canvas::svg_text(drawing.size()?, |canvas| drawing.draw(canvas))
    }

    fn drawing<'a>(&self, outcome: &'a Outcome, language: Language) -> Result<Box<dyn Drawing + 'a>> {
        Ok(match self {
            Self::Overview => Box::new(overview::Overview { outcome, language }),
            Self::Probabilities => Box::new(probabilities::Probabilities { outcome, language }),
            Self::NumberMet => Box::new(number_met::NumberMet { outcome, language }),
            Self::Joint => Box::new(joint::Joint { outcome, language }),
            Self::FirstYear => Box::new(first_year::FirstYear { outcome, language }),
            Self::Fan { indicator } => Box::new(fan::Fan::of(outcome, indicator, language)?),
        })
    }
}

/// Draws the whole set ([`Chart::set`]) into a folder under stable names ([`Chart::name`]).
///
/// # Errors
/// Those of the charts' own functions; what was drawn before stays.
pub fn all(outcome: &Outcome, language: Language, folder: impl AsRef<Path>) -> Result<Vec<Files>> {
    let folder = folder.as_ref();
    // The ending is given, because a name may hold a dot.
    let path = |chart: &Chart| folder.join(format!("{}.svg", chart.name()));
    Chart::set(outcome).iter().map(|chart| chart.write(outcome, language, path(chart))).collect()
}

/// What is drawn the same for both formats.
trait Drawing {
    /// Width and height of the figure.
    fn size(&self) -> Result<(f64, f64)>;
    fn draw(&self, canvas: &mut Canvas<'_>) -> Result<()>;
}

fn write(drawing: &dyn Drawing, path: &Path) -> Result<Files> {
    canvas::draw(path, drawing.size()?, |canvas| drawing.draw(canvas))
}
