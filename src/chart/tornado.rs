//! Tornado: the probability of a goal with each input held low, and held high.
//!
//! Layer 8.

use super::axes::{Axes, Axis, Grid, Look};
use super::canvas::{Canvas, Files};
use super::caption::{self, Caption};
use super::drivers::{MOST, ROW, around, color, name, widest};
use super::font;
use super::legend::{self, Sign, legend};
use super::shape::{Across, Along, Area, Stroke, Type};
use super::style::{GROUND, INK, QUIET, figure, line, text};
use super::words::{self, Word};
use super::{Drawing, write};
use crate::analyse::sensitivity::{Bar, Bars, Layer};
use crate::error::Result;
use crate::label::Language;
use crate::outcome::format;
use std::path::Path;

/// Draws the 25 longest bars of a tornado about the probability of the plan itself: pale where an input is held low, solid where it is held
/// high; what will happen apart from what we do not know.
///
/// # Errors
/// [`Error::Chart`](crate::error::Error::Chart) when a name holds a character without a glyph,
/// [`Error::Write`](crate::error::Error::Write) when a file cannot be written.
pub fn tornado(bars: &Bars, language: Language, path: impl AsRef<Path>) -> Result<Files> {
    write(&Chart { bars, language }, path.as_ref())
}

struct Chart<'a> {
    bars: &'a Bars,
    language: Language,
}

impl Chart<'_> {
    fn rows(&self) -> &[Bar] {
        &self.bars.bars[..self.bars.bars.len().min(MOST)]
    }

    fn around(&self) -> Caption {
        let (shown, all) = (self.rows().len(), self.bars.bars.len());
        let more = if shown < all { words::first_of(shown, all, self.language) } else { String::new() };
        around(&self.bars.asked, Word::TornadoTitle, &more, self.language)
    }

    fn legend(&self) -> Vec<(Sign, String)> {
        let say = |word: Word| word.get(self.language).to_owned();
        vec![
            (Sign::Fill(vec![color(Layer::Chance)]), say(Word::WillHappen)),
            (Sign::Fill(vec![color(Layer::Knowledge)]), say(Word::NotKnown)),
            (Sign::Fill(vec![QUIET.faded(0.4)]), say(Word::HeldLow)),
            (Sign::Fill(vec![QUIET]), say(Word::HeldHigh)),
        ]
    }
}

impl Drawing for Chart<'_> {
    fn size(&self) -> Result<(f64, f64)> {
        let wide = figure::TALL.0;
        let legend = legend::height(wide - 2.0 * figure::MARGIN, &self.legend())?;
        let inner = legend + ROW * self.rows().len() as f64 + 60.0;
        Ok((wide, caption::height(&self.around().frame(), wide, inner)?))
    }

    fn draw(&self, canvas: &mut Canvas<'_>) -> Result<()> {
        let language = self.language;
        let room = self.around().frame().draw(canvas)?;
        let rows = self.rows();
        if rows.is_empty() {
            return caption::nothing(canvas, room, language);
        }
        let room = legend(canvas, room, &self.legend())?;
        let names = widest(rows.iter().map(|bar| bar.input.name.get(language)), room.width())?;
        let place = room.inset(names + figure::GAP, 0.0, 0.0, 0.0);
        let plain = 100.0 * self.bars.asked.probability.estimate;
        let ends =
            rows.iter().flat_map(|bar| [&bar.low, &bar.high]).map(|end| 100.0 * end.probability.estimate);
        let (least, most) = ends.fold((plain, plain), |(least, most), p| (least.min(p), most.max(p)));
        // Room for the numbers beside the bars.
        let side = 0.12 * (most - least).max(1.0);
        let unit = format!("{}, %", Word::ProbabilityMet.get(language));
        let look = Look { grid: Grid::Upright, below: &unit, right: figure::GAP, ..Look::default() };
        let x = Axis::values((least - side).max(0.0), (most + side).min(100.0), 6)?;
        let axes = Axes::draw(canvas, place, x, Axis::new(0.0, rows.len() as f64, Vec::new())?, look)?;
        let row = axes.plot.height() / rows.len() as f64;
        for (i, bar) in rows.iter().enumerate() {
            let middle = axes.plot.top + row * (i as f64 + 0.5);
            name(canvas, (axes.plot.left - figure::GAP, middle), bar.input.name.get(language), names)?;
            let half = 0.36 * row;
            let color = color(bar.input.kind.layer());
            let at = |end: &crate::analyse::sensitivity::End| axes.x(100.0 * end.probability.estimate);
            let (low, high, plain) = (at(&bar.low), at(&bar.high), axes.x(plain));
            for (end, color) in [(low, color.faded(0.4)), (high, color)] {
                let area = Area::new(end.min(plain), middle - half, end.max(plain), middle + half);
                canvas.rect(area, color)?;
            }
            for (end, x, is_left) in [(&bar.low, low, low <= high), (&bar.high, high, low > high)] {
                let printed = format::percent(&end.probability, language);
                let wide = font::width(&printed, text::SMALL)?;
                let beside = if is_left { low.min(high).min(plain) } else { low.max(high).max(plain) };
                // A bar that reaches the axis has its number inside.
                let inside = is_left && beside - wide - 4.0 < axes.plot.left;
                let left = if is_left && !inside { beside - wide - 4.0 } else { beside + 4.0 };
                // The number of an end stands beside the bar, where that is its end.
                if (x - beside).abs() < 0.5 {
                    if !inside {
                        let behind = Area::new(left - 1.0, middle - 7.0, left + wide + 1.0, middle + 7.0);
                        canvas.rect(behind, GROUND)?;
                    }
                    let ink = if inside { INK } else { QUIET };
                    let kind = Type::new(text::SMALL, ink).at(Along::Start, Across::Middle);
                    canvas.text((left, middle), &printed, kind)?;
                }
            }
        }
        let plain = axes.x(plain);
        canvas.line(&[(plain, axes.plot.top), (plain, axes.plot.bottom)], Stroke::solid(INK, line::THIN))
    }
}
