//! What the signs of a chart mean, in rows of sign and words.
//!
//! Layer 8.

use super::canvas::Canvas;
use super::font;
use super::shape::{Across, Along, Area, Place, Stroke, Type};
use super::style::{Color, FOOT, GRID, INK, QUIET, figure, line, text};
use crate::error::Result;

/// A sign of a chart.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Sign {
    /// A line.
    Line(Stroke),
    /// A line with points.
    Points(Color),
    /// Colours drawn over each other.
    Fill(Vec<Color>),
    /// The interval of the Monte Carlo error.
    Interval,
    /// A thin line with ends.
    Whisker,
    /// What has no number.
    Hatch,
    /// A binding target.
    Diamond,
    /// A frame around a cell.
    Outline,
}

const SIZE: f64 = text::PANEL;
const SIGN: f64 = 24.0;
const ROW: f64 = 20.0;

impl Sign {
    fn draw(&self, canvas: &mut Canvas<'_>, (left, y): Place) -> Result<()> {
        let right = left + SIGN;
        let middle = (left + right) / 2.0;
        let cell = Area::new(left, y - 6.0, right, y + 6.0);
        match self {
            Self::Line(stroke) => canvas.line(&[(left, y), (right, y)], *stroke),
            Self::Points(color) => {
                canvas.line(&[(left, y), (right, y)], Stroke::solid(*color, line::BOLD))?;
                canvas.disc((middle, y), 3.0, *color)
            }
            Self::Fill(colors) => colors.iter().try_for_each(|color| canvas.rect(cell, *color)),
            Self::Interval => interval(canvas, (left + 4.0, right - 4.0), y),
            Self::Whisker => whisker(canvas, (left, right), y),
            Self::Hatch => hatch(canvas, cell),
            Self::Diamond => diamond(canvas, (middle, y), INK),
            Self::Outline => outline(canvas, Area::new(middle - 8.0, y - 7.0, middle + 8.0, y + 7.0)),
        }
    }
}

/// Draws the entries from the left, in as many rows as they need, and returns the room below.
pub(super) fn legend(canvas: &mut Canvas<'_>, room: Area, entries: &[(Sign, String)]) -> Result<Area> {
    for (place, (sign, words)) in places(room.width(), entries)?.iter().zip(entries) {
        let place = (room.left + place.0, room.top + place.1 + ROW / 2.0);
        sign.draw(canvas, place)?;
        let kind = Type::new(SIZE, QUIET).at(Along::Start, Across::Middle);
        let words = font::ellipsize(words, SIZE, (room.right - place.0 - SIGN - 6.0).max(0.0))?;
        canvas.text((place.0 + SIGN + 6.0, place.1), &words, kind)?;
    }
    Ok(room.inset(0.0, height(room.width(), entries)?, 0.0, 0.0))
}

/// The height that [`legend`] takes of a room so wide.
pub(super) fn height(wide: f64, entries: &[(Sign, String)]) -> Result<f64> {
    Ok(places(wide, entries)?.last().map_or(0.0, |place| place.1 + ROW + figure::GAP))
}

fn places(wide: f64, entries: &[(Sign, String)]) -> Result<Vec<Place>> {
    let (mut x, mut y) = (0.0, 0.0);
    let mut out = Vec::with_capacity(entries.len());
    for (_, words) in entries {
        let needed = SIGN + 6.0 + font::width(words, SIZE)?;
        if x > 0.0 && x + needed > wide {
            (x, y) = (0.0, y + ROW);
        }
        out.push((x, y));
        x += needed + 18.0;
    }
    Ok(out)
}

/// A thick short bar: the Monte Carlo error; at least a pixel wide, so that a narrow one is still seen.
pub(super) fn interval(canvas: &mut Canvas<'_>, (left, right): (f64, f64), y: f64) -> Result<()> {
    let half = (0.5 * (right - left)).max(0.75);
    let middle = (left + right) / 2.0;
    canvas.rect(Area::new(middle - half, y - 4.0, middle + half, y + 4.0), INK)
}

/// A thin line with ends: the spread over parameters.
pub(super) fn whisker(canvas: &mut Canvas<'_>, (left, right): (f64, f64), y: f64) -> Result<()> {
    let stroke = Stroke::solid(INK, line::HAIR);
    canvas.line(&[(left, y), (right, y)], stroke)?;
    canvas.line(&[(left, y - 4.0), (left, y + 4.0)], stroke)?;
    canvas.line(&[(right, y - 4.0), (right, y + 4.0)], stroke)
}

/// A cell without a number.
pub(super) fn hatch(canvas: &mut Canvas<'_>, area: Area) -> Result<()> {
    canvas.rect(area, GRID.faded(0.5))?;
    let (wide, high) = (area.width(), area.height());
    let mut start = 4.0;
    while start < wide + high {
        // From the left or lower edge up to the upper or right one.
        let from = (area.left + (start - high).max(0.0), area.top + start.min(high));
        let to = (area.left + start.min(wide), area.top + (start - wide).max(0.0));
        canvas.line(&[from, to], Stroke::solid(FOOT.faded(0.6), 0.75))?;
        start += 5.0;
    }
    Ok(())
}

/// The sign of a binding target.
pub(super) fn diamond(canvas: &mut Canvas<'_>, (x, y): Place, color: Color) -> Result<()> {
    canvas.fill(&[(x, y - 4.5), (x + 4.5, y), (x, y + 4.5), (x - 4.5, y)], color)
}

/// A frame inside the edges of a cell.
pub(super) fn outline(canvas: &mut Canvas<'_>, area: Area) -> Result<()> {
    let Area { left, top, right, bottom } = area.inset(1.0, 1.0, 1.0, 1.0);
    let corners = [(left, top), (right, top), (right, bottom), (left, bottom), (left, top)];
    canvas.line(&corners, Stroke::solid(INK, 2.0))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn entries_flow_into_rows() {
        let entry = |words: &str| (Sign::Whisker, words.to_owned());
        assert_eq!(places(1000.0, &[]).unwrap(), []);
        assert_eq!(height(1000.0, &[]).unwrap(), 0.0);
        let three = [entry("中位数"), entry("中位数"), entry("中位数")];
        // 24 + 6 + 36 wide, 18 apart.
        assert_eq!(places(1000.0, &three).unwrap(), [(0.0, 0.0), (84.0, 0.0), (168.0, 0.0)]);
        assert_eq!(places(151.0, &three).unwrap(), [(0.0, 0.0), (84.0, 0.0), (0.0, 20.0)]);
        assert_eq!(places(10.0, &three).unwrap().len(), 3);
    }
}
