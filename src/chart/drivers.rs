//! Bars of what meeting a goal hangs on: first-order and total index of every input.
//!
//! Layer 8.

use super::axes::{Axes, Axis, Grid, Look};
use super::canvas::{Canvas, Files};
use super::caption::{self, Caption};
use super::font;
use super::legend::{self, Sign, legend};
use super::shape::{Across, Along, Area, Type};
use super::style::{Color, FUTURE, INK, QUIET, TARGET, figure, text};
use super::words::{self, Word};
use super::{Drawing, write};
use crate::analyse::sensitivity::{Asked, Driver, Drivers, Layer};
use crate::error::Result;
use crate::label::Language;
use crate::outcome::format;
use std::path::Path;

/// More rows than this nobody reads; the rest is left out, and the subtitle says so.
pub(super) const MOST: usize = 25;
pub(super) const ROW: f64 = 24.0;

/// Draws, for the 25 inputs with the greatest total index, the share of the variance of meeting the goal that each has by itself
/// (solid) and with its interplay (pale, with the interval of its error); what will happen apart from what we do not know.
///
/// # Errors
/// [`Error::Chart`](crate::error::Error::Chart) when a name holds a character without a glyph,
/// [`Error::Write`](crate::error::Error::Write) when a file cannot be written.
pub fn drivers(drivers: &Drivers, language: Language, path: impl AsRef<Path>) -> Result<Files> {
    write(&Chart { drivers, language }, path.as_ref())
}

struct Chart<'a> {
    drivers: &'a Drivers,
    language: Language,
}

/// The words around a chart of what meeting a goal hangs on.
pub(super) fn around(asked: &Asked, title: Word, more: &str, language: Language) -> Caption {
    let p = format::percent_with_interval(&asked.probability, language);
    let mut below = words::goal_met(asked.goal.get(language), &p, language);
    if !more.is_empty() {
        below = format!("{below} · {more}");
    }
    Caption::about(&asked.about, title.get(language), &below, language)
}

/// The colour of a layer.
pub(super) fn color(layer: Layer) -> Color {
    match layer {
        Layer::Chance => FUTURE,
        Layer::Knowledge => TARGET,
    }
}

/// The name of an input, at the left of a row.
pub(super) fn name(canvas: &mut Canvas<'_>, (right, y): (f64, f64), name: &str, room: f64) -> Result<()> {
    let name = font::ellipsize(name, text::PANEL, room)?;
    canvas.text((right, y), &name, Type::new(text::PANEL, INK).at(Along::End, Across::Middle))
}

/// Width of the widest name, at most 45 % of the room.
pub(super) fn widest<'n>(names: impl Iterator<Item = &'n str>, room: f64) -> Result<f64> {
    let mut most = 0.0_f64;
    for name in names {
        most = most.max(font::width(name, text::PANEL)?.ceil() + 1.0);
    }
    Ok(most.min(0.45 * room))
}

impl Chart<'_> {
    fn rows(&self) -> (Vec<&Driver>, usize) {
        let mut rows: Vec<&Driver> = self.drivers.inputs.iter().filter(|d| d.input.reaches).collect();
        let all = rows.len();
        rows.truncate(MOST);
        (rows, all)
    }

    fn around(&self) -> Caption {
        let (rows, all) = self.rows();
        let more =
            if rows.len() < all { words::first_of(rows.len(), all, self.language) } else { String::new() };
        around(&self.drivers.asked, Word::DriversTitle, &more, self.language)
    }

    fn legend(&self) -> Vec<(Sign, String)> {
        let say = |word: Word| word.get(self.language).to_owned();
        vec![
            (Sign::Fill(vec![color(Layer::Chance)]), say(Word::WillHappen)),
            (Sign::Fill(vec![color(Layer::Knowledge)]), say(Word::NotKnown)),
            (Sign::Fill(vec![QUIET]), say(Word::FirstOrder)),
            (Sign::Fill(vec![QUIET.faded(0.35)]), say(Word::TotalIndex)),
        ]
    }
}

impl Drawing for Chart<'_> {
    fn size(&self) -> Result<(f64, f64)> {
        let wide = figure::TALL.0;
        let legend = legend::height(wide - 2.0 * figure::MARGIN, &self.legend())?;
        let inner = legend + ROW * self.rows().0.len() as f64 + 60.0;
        Ok((wide, caption::height(&self.around().frame(), wide, inner)?))
    }

    fn draw(&self, canvas: &mut Canvas<'_>) -> Result<()> {
        let language = self.language;
        let room = self.around().frame().draw(canvas)?;
        let (rows, _) = self.rows();
        if rows.is_empty() {
            return caption::nothing(canvas, room, language);
        }
        let room = legend(canvas, room, &self.legend())?;
        let names = widest(rows.iter().map(|d| d.input.name.get(language)), room.width())?;
        let place = room.inset(names + figure::GAP, 0.0, 0.0, 0.0);
        let most = rows.iter().map(|d| 100.0 * d.indices.total.high).fold(1.0, f64::max);
        let unit = format!("{}, %", Word::ShareOfVariance.get(language));
        let look = Look { grid: Grid::Upright, below: &unit, right: figure::GAP, ..Look::default() };
        let (x, y) = (Axis::values(0.0, most, 6)?, Axis::new(0.0, rows.len() as f64, Vec::new())?);
        let axes = Axes::draw(canvas, place, x, y, look)?;
        let row = axes.plot.height() / rows.len() as f64;
        for (i, Driver { input, indices }) in rows.iter().enumerate() {
            let middle = axes.plot.top + row * (i as f64 + 0.5);
            name(canvas, (axes.plot.left - figure::GAP, middle), input.name.get(language), names)?;
            let half = 0.36 * row;
            let color = color(input.kind.layer());
            let at = |share: f64| axes.x(100.0 * share.clamp(0.0, 1.0));
            let bar = |share: f64| Area::new(axes.plot.left, middle - half, at(share), middle + half);
            canvas.rect(bar(indices.total.estimate), color.faded(0.35))?;
            canvas.rect(bar(indices.first.estimate), color)?;
            legend::whisker(canvas, (at(indices.total.low), at(indices.total.high)), middle)?;
        }
        Ok(())
    }
}
