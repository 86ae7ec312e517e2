//! Which targets are met together: a matrix of the correlation of their events.
//!
//! Layer 8. Of the two readings of a pair the correlation is drawn, not P(B given A): it is symmetric, so that each
//! pair stands once; 0 means independent whatever the two probabilities are; and its colour does not
//! repeat how likely each target is, which another chart says.

use super::canvas::{Canvas, Files};
use super::caption::{self, Caption};
use super::font;
use super::legend::{self, Sign, legend};
use super::rows::Rows;
use super::shape::{Across, Along, Area, Stroke, Type};
use super::style::{Color, FUTURE, GRID, GROUND, INK, MISSED, QUIET, figure, line, text};
use super::words::{self, Word};
use super::{Drawing, write};
use crate::error::Result;
use crate::label::Language;
use crate::outcome::{Outcome, TargetOutcome, format};
use crate::target::Nature;
use std::path::Path;

/// More rows than this fit on no page; the rest is left out, and the subtitle says so.
const MOST: usize = 100;
/// Correlations smaller than this are not printed: they would only hide the others.
const PRINTED: f64 = 0.05;

/// Draws the correlation (phi coefficient) of every pair of targets being met, below the diagonal; hatched
/// where a target is met or missed on every path, so that there is none.
///
/// # Errors
/// [`Error::Chart`](crate::error::Error::Chart) when a name holds a character without a glyph,
/// [`Error::Write`](crate::error::Error::Write) when a file cannot be written.
pub fn joint(outcome: &Outcome, language: Language, path: impl AsRef<Path>) -> Result<Files> {
    write(&Joint { outcome, language }, path.as_ref())
}

/// The chart.
pub(super) struct Joint<'a> {
    pub(super) outcome: &'a Outcome,
    pub(super) language: Language,
}

impl Joint<'_> {
    fn rows(&self) -> Vec<(usize, &TargetOutcome)> {
        let targets = &self.outcome.targets;
        let members = self.outcome.joint.members.iter().take(MOST);
        members.filter_map(|&m| targets.get(m).map(|target| (m, target))).collect()
    }

    /// The correlations, row by row; none where there is none.
    fn matrix(&self, rows: &[(usize, &TargetOutcome)]) -> Vec<Vec<Option<f64>>> {
        let mut at = vec![usize::MAX; self.outcome.targets.len()];
        for (row, (position, _)) in rows.iter().enumerate() {
            at[*position] = row;
        }
        let place = |position: usize| at.get(position).copied().filter(|&row| row != usize::MAX);
        let mut matrix = vec![vec![None; rows.len()]; rows.len()];
        for pair in &self.outcome.joint.pairs {
            if let (Some(i), Some(j)) = (place(pair.first), place(pair.second)) {
                matrix[i.max(j)][i.min(j)] = pair.correlation;
            }
        }
        matrix
    }

    fn caption(&self) -> Caption {
        let (language, all) = (self.language, self.outcome.joint.members.len());
        let mut more = Word::Phi.get(language).to_owned();
        if all > MOST {
            more = format!("{more} · {}", words::first_of(MOST, all, language));
        }
        Caption::new(self.outcome, Word::JointTitle.get(language), &more, None, language)
    }

    fn legend(&self, rows: &[(usize, &TargetOutcome)], matrix: &[Vec<Option<f64>>]) -> Vec<(Sign, String)> {
        let none = matrix.iter().enumerate().any(|(i, row)| row[..i].contains(&None));
        let mut out = Vec::new();
        if none {
            out.push((Sign::Hatch, Word::Certain.get(self.language).to_owned()));
        }
        if rows.iter().any(|(_, target)| target.nature == Nature::Binding) {
            out.push((Sign::Diamond, Word::Binding.get(self.language).to_owned()));
        }
        out
    }

    fn columns(&self, rows: &[(usize, &TargetOutcome)], room: f64) -> Result<(Rows, f64)> {
        let targets: Vec<&TargetOutcome> = rows.iter().map(|(_, target)| *target).collect();
        // The words of a row are no higher than the row.
        let size = (0.55 * room / rows.len().max(1) as f64).clamp(6.0, text::PANEL);
        let columns = Rows::fit(&targets, size, 0.33 * room, false, self.language)?;
        let cell = (room - columns.width()) / rows.len().max(1) as f64;
        Ok((columns, cell.min(40.0)))
    }
}

impl Drawing for Joint<'_> {
    fn size(&self) -> Result<(f64, f64)> {
        let wide = figure::TALL.0;
        let rows = self.rows();
        let room = wide - 2.0 * figure::MARGIN;
        let legend = legend::height(room, &self.legend(&rows, &self.matrix(&rows)))?;
        let (_, cell) = self.columns(&rows, room)?;
        let inner = legend + cell * rows.len() as f64 + figure::GAP + if rows.len() < 8 { 60.0 } else { 0.0 };
        Ok((wide, caption::height(&self.caption().frame(), wide, inner)?))
    }

    fn draw(&self, canvas: &mut Canvas<'_>) -> Result<()> {
        let room = self.caption().frame().draw(canvas)?;
        let rows = self.rows();
        if rows.is_empty() {
            return caption::nothing(canvas, room, self.language);
        }
        let matrix = self.matrix(&rows);
        let room = legend(canvas, room, &self.legend(&rows, &matrix))?;
        let (columns, cell) = self.columns(&rows, room.width())?;
        let cell = cell.min(room.height() / rows.len() as f64);
        let left = room.left + columns.width();
        let strongest = matrix.iter().flatten().flatten().fold(0.0_f64, |most, phi| most.max(phi.abs()));
        let full = [0.25, 0.5].into_iter().find(|&full| strongest <= full).unwrap_or(1.0);
        // The size at which the widest number fits its cell; below eight pixels none is printed.
        let widest = font::width(&format::number(-0.99, self.decimals()), 1.0)?;
        let size = text::SMALL.min((cell - 3.0) / widest);
        for (i, (_, target)) in rows.iter().enumerate() {
            let top = room.top + cell * i as f64;
            columns.draw(canvas, (room.left, top + cell / 2.0), target)?;
            for (j, phi) in matrix[i][..i].iter().enumerate() {
                let x = left + cell * j as f64;
                let area = Area::new(x, top, x + cell, top + cell).inset(0.5, 0.5, 0.5, 0.5);
                let Some(phi) = *phi else {
                    legend::hatch(canvas, area)?;
                    continue;
                };
                canvas.rect(area, color(phi / full))?;
                if phi.abs() >= PRINTED && size >= 8.0 {
                    let printed = format::number(phi, self.decimals());
                    let kind = Type::new(size, on(phi / full)).at(Along::Middle, Across::Middle);
                    canvas.text((x + cell / 2.0, top + cell / 2.0), &printed, kind)?;
                }
            }
            // The diagonal names the column below it.
            let number = target.number.map_or_else(|| format!("({})", i + 1), |n| n.to_string());
            let size = text::SMALL.min(0.7 * cell);
            let place = (left + cell * (i as f64 + 0.5), top + cell / 2.0);
            canvas.text(place, &number, Type::new(size, QUIET).at(Along::Middle, Across::Middle))?;
        }
        self.scale(canvas, (room.right, room.top), full)
    }
}

impl Joint<'_> {
    /// The error of a correlation is about one over the root of the number of paths.
    fn decimals(&self) -> usize {
        if self.outcome.paths >= 10_000 { 2 } else { 1 }
    }

    /// The scale of the colours, in the corner that the matrix leaves empty.
    fn scale(&self, canvas: &mut Canvas<'_>, (right, top): (f64, f64), full: f64) -> Result<()> {
        const STEPS: usize = 21;
        let size = text::SMALL;
        let words = [
            Word::MetApart.get(self.language),
            Word::Independent.get(self.language),
            Word::MetTogether.get(self.language),
        ];
        let wide = 320.0_f64;
        let end = font::width(words[2], size)?.max(font::width(words[0], size)?) / 2.0;
        let area = Area::new(right - wide - end, top + 20.0, right - end, top + 34.0);
        canvas.rect(Area::new(area.left - end, top, right, area.bottom + 22.0), GROUND)?;
        let step = area.width() / STEPS as f64;
        for k in 0..STEPS {
            let share = 2.0 * k as f64 / (STEPS - 1) as f64 - 1.0;
            let x = area.left + step * k as f64;
            canvas.rect(Area::new(x, area.top, x + step, area.bottom), color(share))?;
        }
        let Area { left, top, right, bottom } = area;
        let frame = [(left, top), (right, top), (right, bottom), (left, bottom), (left, top)];
        canvas.line(&frame, Stroke::solid(GRID, line::HAIR))?;
        for (k, word) in words.into_iter().enumerate() {
            let x = left + area.width() * k as f64 / 2.0;
            let value = full * (k as f64 - 1.0);
            let at = |across| Type::new(size, QUIET).at(Along::Middle, across);
            canvas.text((x, top - 5.0), word, at(Across::Baseline))?;
            canvas.text((x, bottom + 4.0), &format::level(value, 0.0), at(Across::Top))?;
        }
        Ok(())
    }
}

/// Blue for together, orange for apart, the ground for independent; `share` from -1 to 1.
fn color(share: f64) -> Color {
    let hue = if share < 0.0 { MISSED } else { FUTURE };
    hue.faded(share.abs().min(1.0))
}

/// The colour of words on a cell: white stands out from the deepest blue only.
fn on(share: f64) -> Color {
    if share > 0.85 { GROUND } else { INK }
}
