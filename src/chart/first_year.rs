//! The probability that each target holds, year by year.
//!
//! Layer 8.

use super::canvas::{Canvas, Files};
use super::caption::{self, Caption};
use super::font;
use super::legend::{self, Sign, legend};
use super::rows::{self, Rows};
use super::shape::{Across, Along, Area, Type};
use super::style::{FUTURE, GRID, GROUND, INK, QUIET, figure, text};
use super::words::{self, Word};
use super::{Drawing, write};
use crate::error::Result;
use crate::label::Language;
use crate::outcome::{Outcome, Probability, TargetOutcome, format};
use crate::target::Nature;
use std::path::Path;

/// More rows than this fit on no page; the rest is left out, and the subtitle says so.
const MOST: usize = 150;
const ROW: f64 = 24.0;

/// Draws, for every target that is no combination of others, a strip of the probability that it holds as at
/// each year, and frames the first year as at which it is more likely met than not.
///
/// # Errors
/// [`Error::Chart`](crate::error::Error::Chart) when a name holds a character without a glyph,
/// [`Error::Write`](crate::error::Error::Write) when a file cannot be written.
pub fn first_year(outcome: &Outcome, language: Language, path: impl AsRef<Path>) -> Result<Files> {
    write(&FirstYear { outcome, language }, path.as_ref())
}

/// The chart.
pub(super) struct FirstYear<'a> {
    pub(super) outcome: &'a Outcome,
    pub(super) language: Language,
}

impl FirstYear<'_> {
    fn rows(&self) -> (Vec<&TargetOutcome>, usize) {
        let mut rows = rows::single(&self.outcome.targets);
        let all = rows.len();
        rows.truncate(MOST);
        (rows, all)
    }

    fn caption(&self) -> Caption {
        let (rows, all) = self.rows();
        let mut more = Word::ByYear.get(self.language).to_owned();
        if rows.len() < all {
            more = format!("{more} · {}", words::first_of(rows.len(), all, self.language));
        }
        Caption::new(self.outcome, Word::FirstYearTitle.get(self.language), &more, None, self.language)
    }

    fn legend(&self, rows: &[&TargetOutcome]) -> Vec<(Sign, String)> {
        let language = self.language;
        let shade =
            |share: f64| (Sign::Fill(vec![GRID, GROUND, color(share)]), format::share(share, 0, language));
        let mut out: Vec<_> = [0.1, 0.5, 0.9].into_iter().map(shade).collect();
        if rows.iter().any(|t| t.first_year.likely.is_some()) {
            out.push((Sign::Outline, Word::LikelyFrom.get(language).to_owned()));
        }
        if rows.iter().any(|t| t.nature == Nature::Binding) {
            out.push((Sign::Diamond, Word::Binding.get(language).to_owned()));
        }
        out
    }
}

impl Drawing for FirstYear<'_> {
    fn size(&self) -> Result<(f64, f64)> {
        let wide = figure::TALL.0;
        let (rows, _) = self.rows();
        let legend = legend::height(wide - 2.0 * figure::MARGIN, &self.legend(&rows))?;
        let inner = legend + ROW * rows.len() as f64 + 40.0;
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
        let years: Vec<_> = self.outcome.horizon.years().collect();
        let left = room.left + columns.width();
        let head = text::LABEL * text::LEADING + 4.0;
        let high = ((room.height() - head) / rows.len() as f64).min(ROW);
        let wide = ((room.right - left) / years.len() as f64).min(90.0);
        // Labels of years that would touch are left out, counted back from the last.
        let label = font::width("2030", text::LABEL)? + figure::GAP;
        let every = ((label / wide).ceil() as usize).max(1);
        for (k, year) in years.iter().enumerate().rev().step_by(every) {
            let kind = Type::new(text::LABEL, QUIET).at(Along::Middle, Across::Top);
            canvas.text((left + wide * (k as f64 + 0.5), room.top), &year.to_string(), kind)?;
        }
        for (i, target) in rows.iter().enumerate() {
            let top = room.top + head + high * i as f64;
            columns.draw(canvas, (room.left, top + high / 2.0), target)?;
            for (year, p) in &target.by_year {
                let Some(step) = self.outcome.horizon.step(*year) else { continue };
                let x = left + wide * (step - 1) as f64;
                let gap = if wide > 6.0 { 0.75 } else { 0.0 };
                let cell = Area::new(x, top, x + wide, top + high).inset(gap, 0.75, gap, 0.75);
                canvas.rect(cell, GRID)?;
                canvas.rect(cell.inset(gap, 0.75, gap, 0.75), GROUND)?;
                canvas.rect(cell, color(p.estimate))?;
                let printed = whole(p);
                if font::width(&printed, text::PANEL)? < wide - 4.0 {
                    // White stands out from the deepest blue only.
                    let ink = if p.estimate > 0.85 { GROUND } else { INK };
                    let kind = Type::new(text::PANEL, ink).at(Along::Middle, Across::Middle);
                    canvas.text((x + wide / 2.0, top + high / 2.0), &printed, kind)?;
                }
                if target.first_year.likely == Some(*year) {
                    legend::outline(canvas, cell)?;
                }
            }
        }
        Ok(())
    }
}

fn color(share: f64) -> super::style::Color {
    FUTURE.faded(share.clamp(0.0, 1.0))
}

/// A probability in whole per cent without the sign; what is neither 0 nor 100 is not printed so.
fn whole(p: &Probability) -> String {
    let percent = 100.0 * p.estimate;
    match () {
        () if p.hits > 0 && percent < 0.5 => "<1".into(),
        () if p.hits < p.paths && percent >= 99.5 => ">99".into(),
        () => format!("{percent:.0}"),
    }
}
