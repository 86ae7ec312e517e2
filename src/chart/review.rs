//! Waterfalls of a review: from the probability before to the one after, by what moved it.
//!
//! Layer 8.

use super::axes::{Axes, Axis, Grid, Look};
use super::canvas::{Canvas, Files};
use super::caption::{self, Caption};
use super::legend::{self, Sign, legend};
use super::shape::{Across, Along, Area, Stroke, Type};
use super::style::{self, GROUND, INK, figure, line, text};
use super::{Drawing, font, write};
use crate::analyse::{ReviewOutcome, ReviewRow};
use crate::error::Result;
use crate::label::Language;
use crate::outcome::format;
use std::path::Path;

/// Targets shown below all of them together: those that moved most.
const MOST: usize = 10;
const ROW: f64 = 46.0;

/// Draws how the probabilities of all targets together, and of the targets that moved most, came from before to after: a bar each for
/// what starting from the actuals, learning from them and the new assumptions did.
///
/// # Errors
/// [`Error::Chart`](crate::error::Error::Chart) when a name holds a character without a glyph,
/// [`Error::Write`](crate::error::Error::Write) when a file cannot be written.
pub fn review(review: &ReviewOutcome, language: Language, path: impl AsRef<Path>) -> Result<Files> {
    write(&Waterfalls { review, language }, path.as_ref())
}

struct Waterfalls<'a> {
    review: &'a ReviewOutcome,
    language: Language,
}

impl Waterfalls<'_> {
    /// All together first, then the targets by how far they moved.
    fn rows(&self) -> Vec<&ReviewRow> {
        let mut targets: Vec<&ReviewRow> =
            self.review.rows.iter().filter(|row| row.change.sixths != 0).collect();
        targets.sort_by_key(|row| std::cmp::Reverse(row.change.sixths.abs()));
        targets.truncate(MOST);
        [&self.review.all].into_iter().chain(&self.review.binding).chain(targets).collect()
    }

    /// What moved it, in the order of the bars; the last is not drawn without a new scenario.
    fn parts(&self) -> Vec<(style::Color, &'static str)> {
        let mut parts = vec![
            (style::FUTURE, self.language.say("Surprise: starting from the actuals", "意外：从实际值出发")),
            (style::THIRD, self.language.say("Learning from the actuals", "从实际值学习")),
        ];
        parts.extend(
            self.review
                .assumptions
                .as_ref()
                .map(|_| (style::SECOND, self.language.say("New assumptions", "新的假设"))),
        );
        parts
    }

    fn legend(&self) -> Vec<(Sign, String)> {
        let parts = self.parts().into_iter().map(|(color, name)| (Sign::Fill(vec![color]), name.to_owned()));
        let after = (Sign::Points(INK), self.language.say("Now", "现在").to_owned());
        let before =
            (Sign::Line(Stroke::solid(INK, line::THIN)), self.language.say("Before", "之前").to_owned());
        [before].into_iter().chain(parts).chain([after]).collect()
    }

    fn caption(&self) -> Caption {
        let title = self.language.say("What moved the probabilities", "概率为何变动");
        let more = self.language.say("all targets, and those that moved most", "全部指标及变动最大的指标");
        Caption::about(&self.review.about, title, more, self.language)
    }
}

impl Drawing for Waterfalls<'_> {
    fn size(&self) -> Result<(f64, f64)> {
        let wide = figure::TALL.0;
        let legend = legend::height(wide - 2.0 * figure::MARGIN, &self.legend())?;
        Ok((
            wide,
            caption::height(&self.caption().frame(), wide, legend + ROW * self.rows().len() as f64 + 60.0)?,
        ))
    }

    fn draw(&self, canvas: &mut Canvas<'_>) -> Result<()> {
        let room = self.caption().frame().draw(canvas)?;
        let room = legend(canvas, room, &self.legend())?;
        let rows = self.rows();
        let names = 0.34 * room.width();
        let look = Look { grid: Grid::Upright, right: 130.0, ..Look::default() };
        let (x, y) = (Axis::shares(self.language), Axis::new(0.0, rows.len() as f64, Vec::new())?);
        let axes = Axes::draw(canvas, room.inset(names, 0.0, 0.0, 0.0), x, y, look)?;
        let row_height = axes.plot.height() / rows.len() as f64;
        let parts = self.parts();
        let bar = 0.66 * row_height / parts.len() as f64;
        for (k, row) in rows.iter().enumerate() {
            let middle = axes.plot.top + row_height * (k as f64 + 0.5);
            let name = font::ellipsize(row.name.get(self.language), text::LABEL, names - figure::GAP)?;
            let kind = Type::new(text::LABEL, INK).at(Along::Start, Across::Middle);
            canvas.text((room.left, middle), &name, kind)?;
            let (mut at, mut top) = (row.before.estimate, middle - 0.5 * bar * parts.len() as f64);
            let hair = |canvas: &mut Canvas<'_>, at: f64, top: f64, bottom: f64| {
                canvas.line(&[(axes.x(at), top), (axes.x(at), bottom)], Stroke::solid(INK, line::THIN))
            };
            hair(canvas, at, top - 4.0, top + bar)?;
            for (part, (color, _)) in [row.surprise, row.learning, row.assumptions].iter().zip(&parts) {
                // The ends of a part can lie outside of 0 and 1 by themselves, though before and after do not.
                let (from, to) = (at.clamp(0.0, 1.0), (at + part.value).clamp(0.0, 1.0));
                let (left, right) = (axes.x(from.min(to)), axes.x(from.max(to)));
                canvas.rect(Area::new(left, top + 1.0, right.max(left + 0.8), top + bar - 1.0), *color)?;
                at += part.value;
                top += bar;
            }
            canvas.disc((axes.x(row.after.estimate), top + 3.0), 3.5, INK)?;
            let printed = format!(
                "{} → {}",
                format::percent(&row.before, self.language),
                format::percent(&row.after, self.language)
            );
            let left = axes.plot.right + figure::GAP;
            let wide = font::width(&printed, text::LABEL)?;
            canvas.rect(Area::new(left - 2.0, middle - 8.0, left + wide + 2.0, middle + 8.0), GROUND)?;
            canvas.text((left, middle), &printed, kind)?;
        }
        Ok(())
    }
}
