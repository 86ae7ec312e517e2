//! Bars of the probability of every target, the least likely first.
//!
//! Layer 8.

use super::axes::{Axes, Axis, Grid, Look};
use super::canvas::{Canvas, Files};
use super::caption::{self, Caption};
use super::legend::{self, Sign, legend};
use super::rows::{self, Rows};
use super::shape::{Across, Along, Area, Type};
use super::style::{self, GROUND, INK, figure, text};
use super::words::{self, Word};
use super::{Drawing, write};
use crate::error::Result;
use crate::evidence::Evidence;
use crate::label::Language;
use crate::outcome::{Outcome, TargetOutcome, format};
use crate::target::Nature;
use std::path::Path;

/// More rows than this fit on no page; the rest is left out, and the subtitle says so.
const MOST: usize = 150;
const ROW: f64 = 24.0;

/// Draws the probability of every target that is no combination of others: bars coloured by the evidence
/// that they rest on, the least likely first, with the interval of the Monte Carlo error and the spread
/// over parameters and baselines.
///
/// # Errors
/// [`Error::Chart`](crate::error::Error::Chart) when a name holds a character without a glyph,
/// [`Error::Write`](crate::error::Error::Write) when a file cannot be written.
pub fn probabilities(outcome: &Outcome, language: Language, path: impl AsRef<Path>) -> Result<Files> {
    write(&Probabilities { outcome, language }, path.as_ref())
}

/// The chart.
pub(super) struct Probabilities<'a> {
    pub(super) outcome: &'a Outcome,
    pub(super) language: Language,
}

impl Probabilities<'_> {
    /// The rows, the least likely first, and how many targets there are.
    fn rows(&self) -> (Vec<&TargetOutcome>, usize) {
        let mut rows = rows::single(&self.outcome.targets);
        // A stable sort: equally likely targets stay in the order of the plan.
        rows.sort_by(|a, b| a.probability.estimate.total_cmp(&b.probability.estimate));
        let all = rows.len();
        rows.truncate(MOST);
        (rows, all)
    }

    fn caption(&self) -> Caption {
        let (rows, all) = self.rows();
        let more =
            if rows.len() < all { words::first_of(rows.len(), all, self.language) } else { String::new() };
        let title = Word::ProbabilitiesTitle.get(self.language);
        Caption::new(self.outcome, title, &more, None, self.language)
    }

    fn legend(&self, rows: &[&TargetOutcome]) -> Vec<(Sign, String)> {
        let language = self.language;
        let mut out = Vec::new();
        for grade in Evidence::ALL {
            if rows.iter().any(|t| t.evidence == grade) {
                out.push((Sign::Fill(vec![bar(grade)]), words::rests_on(grade, language)));
            }
        }
        if rows.iter().any(|t| t.nature == Nature::Binding) {
            out.push((Sign::Diamond, Word::Binding.get(language).to_owned()));
        }
        out.push((Sign::Interval, words::monte_carlo(self.outcome.confidence, language)));
        if rows.iter().any(|t| t.spread.is_some()) {
            out.push((Sign::Whisker, Word::TenthToTenth.get(language).to_owned()));
        }
        out
    }
}

/// Seen through, so that the error bars stand out on it.
fn bar(grade: Evidence) -> style::Color {
    style::evidence(grade).faded(0.55)
}

impl Drawing for Probabilities<'_> {
    fn size(&self) -> Result<(f64, f64)> {
        let wide = figure::TALL.0;
        let (rows, _) = self.rows();
        let legend = legend::height(wide - 2.0 * figure::MARGIN, &self.legend(&rows))?;
        let inner = legend + ROW * rows.len() as f64 + 60.0;
        Ok((wide, caption::height(&self.caption().frame(), wide, inner)?))
    }

    fn draw(&self, canvas: &mut Canvas<'_>) -> Result<()> {
        let room = self.caption().frame().draw(canvas)?;
        let (rows, _) = self.rows();
        if rows.is_empty() {
            return caption::nothing(canvas, room, self.language);
        }
        let room = legend(canvas, room, &self.legend(&rows))?;
        let columns = Rows::fit(&rows, text::PANEL, 0.56 * room.width(), true, self.language)?;
        let printed: Vec<String> =
            rows.iter().map(|t| format::percent(&t.probability, self.language)).collect();
        let widest = printed.iter().try_fold(0.0_f64, |most, p| -> Result<f64> {
            Ok(most.max(super::font::width(p, text::LABEL)?))
        })?;
        let place = room.inset(columns.width(), 0.0, 0.0, 0.0);
        let look = Look { grid: Grid::Upright, right: widest + 1.5 * figure::GAP, ..Look::default() };
        let (x, y) = (Axis::shares(self.language), Axis::new(0.0, rows.len() as f64, Vec::new())?);
        let axes = Axes::draw(canvas, place, x, y, look)?;
        let row = axes.plot.height() / rows.len() as f64;
        for (i, (target, printed)) in rows.iter().zip(&printed).enumerate() {
            let middle = axes.plot.top + row * (i as f64 + 0.5);
            columns.draw(canvas, (room.left, middle), target)?;
            let p = target.probability;
            let half = 0.36 * row;
            let right = axes.x(p.estimate.clamp(0.0, 1.0));
            canvas
                .rect(Area::new(axes.plot.left, middle - half, right, middle + half), bar(target.evidence))?;
            let mut end = axes.x(p.high.clamp(0.0, 1.0)).max(right);
            if let Some(spread) = target.spread {
                let (low, high) = (axes.x(spread.low.clamp(0.0, 1.0)), axes.x(spread.high.clamp(0.0, 1.0)));
                legend::whisker(canvas, (low, high), middle)?;
                end = end.max(high);
            }
            legend::interval(
                canvas,
                (axes.x(p.low.clamp(0.0, 1.0)), axes.x(p.high.clamp(0.0, 1.0))),
                middle,
            )?;
            let left = end + figure::GAP;
            let wide = super::font::width(printed, text::LABEL)?;
            // The grid does not run through the number.
            canvas.rect(Area::new(left - 2.0, middle - 8.0, left + wide + 2.0, middle + 8.0), GROUND)?;
            let kind = Type::new(text::LABEL, INK).at(Along::Start, Across::Middle);
            canvas.text((left, middle), printed, kind)?;
        }
        Ok(())
    }
}
