//! What stands around every chart: the plan and its variant above, where the numbers are from below.
//!
//! Layer 8.

use super::axes::Frame;
use super::canvas::Canvas;
use super::shape::{Across, Along, Area, Type};
use super::style::{QUIET, figure, text};
use super::words::{self, Word};
use crate::error::Result;
use crate::evidence::Evidence;
use crate::label::Language;
use crate::outcome::Outcome;

/// The words around a chart of an outcome.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Caption {
    title: String,
    subtitle: String,
    source: String,
}

impl Caption {
    /// A title, with the plan below it, `more` below that, and the run at the foot; `grade` is that of the
    /// weakest number under the chart.
    pub(super) fn new(
        outcome: &Outcome,
        title: &str,
        more: &str,
        grade: Option<Evidence>,
        language: Language,
    ) -> Self {
        let mut subtitle = outcome.plan.get(language).to_owned();
        if let Some((_, name)) = &outcome.variant {
            subtitle = format!("{subtitle} · {}", words::what_if(name.get(language), language));
        }
        if !more.is_empty() {
            subtitle = format!("{subtitle} · {more}");
        }
        let mut parts = vec![words::paths(outcome.paths, language)];
        parts.extend(outcome.ending.words(language));
        parts.push(format!("{} {}", Word::Seed.get(language), outcome.fingerprint.seed));
        parts.push(format!("plancast {}", outcome.fingerprint.version));
        parts.push(words::intervals(outcome.confidence, language));
        if let Some(grade) = grade {
            parts.push(words::weakest(grade, language));
        }
        // Lines end between these parts, not inside them.
        for part in &mut parts {
            *part = part.replace(' ', "\u{A0}");
        }
        if let Some(source) = &outcome.source {
            parts.insert(0, words::source(source.get(language), language));
        }
        Self { title: title.to_owned(), subtitle, source: parts.join(" · ") }
    }

    /// As it is drawn.
    pub(super) fn frame(&self) -> Frame<'_> {
        Frame { title: &self.title, subtitle: &self.subtitle, source: &self.source }
    }
}

/// Says in the middle of an empty chart that there is nothing to draw.
pub(super) fn nothing(canvas: &mut Canvas<'_>, room: Area, language: Language) -> Result<()> {
    let place = ((room.left + room.right) / 2.0, (room.top + room.bottom) / 2.0);
    let kind = Type::new(text::SUBTITLE, QUIET).at(Along::Middle, Across::Middle);
    canvas.text(place, Word::NoTargets.get(language), kind)
}

/// The height of a figure whose words leave `inner` pixels to the chart, held to what a figure may have.
pub(super) fn height(frame: &Frame<'_>, wide: f64, inner: f64) -> Result<f64> {
    let margins = 2.0 * figure::MARGIN;
    Ok((frame.height(wide - margins)? + margins + inner).clamp(200.0, 4000.0))
}
