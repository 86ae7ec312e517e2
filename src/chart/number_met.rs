//! Columns of how many targets are met on a path.
//!
//! Layer 8.

use super::axes::{Axes, Axis, Grid, Look, Tick};
use super::canvas::{Canvas, Files};
use super::caption::{self, Caption};
use super::font;
use super::legend::{Sign, legend};
use super::shape::{Across, Along, Area, Type};
use super::style::{FUTURE, GROUND, INK, MET, QUIET, figure, text};
use super::words::{self, Word};
use super::{Drawing, write};
use crate::error::Result;
use crate::label::Language;
use crate::outcome::{Outcome, format};
use std::path::Path;

/// Draws on which share of the paths 0, 1, 2 … targets are met, with the median marked; says above it how
/// likely all are met, and all binding ones, beside what independence would say.
///
/// # Errors
/// [`Error::Chart`](crate::error::Error::Chart) when a name holds a character without a glyph,
/// [`Error::Write`](crate::error::Error::Write) when a file cannot be written.
pub fn number_met(outcome: &Outcome, language: Language, path: impl AsRef<Path>) -> Result<Files> {
    write(&NumberMet { outcome, language }, path.as_ref())
}

/// The chart.
pub(super) struct NumberMet<'a> {
    pub(super) outcome: &'a Outcome,
    pub(super) language: Language,
}

impl NumberMet<'_> {
    fn caption(&self) -> Caption {
        let title = Word::NumberMetTitle.get(self.language);
        Caption::new(self.outcome, title, "", None, self.language)
    }

    /// What stands between the title and the columns.
    fn sentences(&self) -> Vec<String> {
        let (joint, language) = (&self.outcome.joint, self.language);
        let line = |word: Word, p, independent| {
            let together = format::percent_with_interval(p, language);
            words::beside_independence(
                word.get(language),
                &together,
                &format::rough(independent, language),
                language,
            )
        };
        let mut out = vec![line(Word::AllMet, &joint.all, joint.independent)];
        if let (Some(p), Some(independent)) = (&joint.binding, joint.independent_binding) {
            out.push(line(Word::AllBindingMet, p, independent));
        }
        out
    }
}

impl Drawing for NumberMet<'_> {
    fn size(&self) -> Result<(f64, f64)> {
        Ok(figure::SINGLE)
    }

    fn draw(&self, canvas: &mut Canvas<'_>) -> Result<()> {
        let mut room = self.caption().frame().draw(canvas)?;
        let (joint, language) = (&self.outcome.joint, self.language);
        let members = joint.members.len();
        let Some(median) = joint.median_met().filter(|_| members > 0) else {
            return caption::nothing(canvas, room, language);
        };
        for sentence in self.sentences() {
            let words = font::ellipsize(&sentence, text::SUBTITLE, room.width())?;
            let kind = Type::new(text::SUBTITLE, INK).at(Along::Start, Across::Top);
            canvas.text((room.left, room.top), &words, kind)?;
            room.top += text::SUBTITLE * text::LEADING;
        }
        room.top += figure::GAP;
        let colors = (FUTURE, FUTURE.faded(0.5), MET);
        let middle = words::median_number(median, language);
        let all = Word::AllMet.get(language);
        // Where the middle path meets all targets, one column is both.
        let entries = match median == members {
            true => vec![(Sign::Fill(vec![colors.2]), format!("{all} · {middle}"))],
            false => vec![(Sign::Fill(vec![colors.0]), middle), (Sign::Fill(vec![colors.2]), all.to_owned())],
        };
        let room = legend(canvas, room, &entries)?;
        let shares: Vec<f64> =
            joint.number_met.iter().map(|&n| 100.0 * n as f64 / self.outcome.paths.max(1) as f64).collect();
        let tallest = shares.iter().copied().fold(0.0, f64::max);
        let y = Axis::values(0.0, if tallest > 0.0 { tallest } else { 100.0 }, 5)?;
        let ticks = (0..=members).map(|k| Tick { at: k as f64, label: k.to_string() }).collect();
        let x = Axis::new(0.0, members as f64, ticks)?.widened(0.5);
        let look = Look {
            grid: Grid::Across,
            below: Word::NumberMet.get(language),
            beside: &format!("{}, %", Word::ShareOfPaths.get(language)),
            ..Look::default()
        };
        let room = room.inset(0.0, text::SMALL, 0.0, 0.0);
        let axes = Axes::draw(canvas, room, x, y, look)?;
        let column = axes.plot.width() / (members + 1) as f64;
        let half = (0.38 * column).min(40.0);
        for (k, share) in shares.iter().enumerate() {
            let color = match k {
                _ if k == members => colors.2,
                _ if k == median => colors.0,
                _ => colors.1,
            };
            let (x, top) = (axes.x(k as f64), axes.y(*share));
            canvas.rect(Area::new(x - half, top, x + half, axes.plot.bottom), color)?;
            let printed = match () {
                () if *share == 0.0 => continue,
                () if *share < 0.05 => "<0.1".to_owned(),
                () => format::digits(&self.outcome.counted(joint.number_met[k], self.outcome.paths)),
            };
            let wide = font::width(&printed, text::SMALL)?;
            if wide < column {
                // The grid does not run through the number.
                let behind = Area::new(x - wide / 2.0, top - 13.0, x + wide / 2.0, top - 3.0);
                canvas.rect(behind, GROUND)?;
                let kind = Type::new(text::SMALL, QUIET).at(Along::Middle, Across::Baseline);
                canvas.text((x, top - 4.0), &printed, kind)?;
            }
        }
        Ok(())
    }
}
