//! What stands around every chart: the plan and its variant above, where the numbers are from below.
//!
//! Layer 8.

use super::axes::Frame;
use super::canvas::Canvas;
use super::shape::{Across, Along, Area, Type};
use super::style::{QUIET, figure, text};
use super::words::{self, Word};
use crate::analyse::About;
use crate::error::Result;
use crate::evidence::Evidence;
use crate::label::{Label, Language};
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
        let variant = outcome.variant.as_ref().map(|(_, name)| name);
        let subtitle = subtitle(&outcome.plan, variant, more, language);
        let mut parts = vec![words::paths(outcome.paths, language)];
        parts.extend(outcome.ending.words(language));
        parts.extend(made(
            outcome.fingerprint.seed,
            &outcome.fingerprint.version,
            outcome.confidence,
            language,
        ));
        if let Some(grade) = grade {
            parts.push(words::weakest(grade, language));
        }
        Self { title: title.to_owned(), subtitle, source: foot(parts, outcome.source.as_ref(), language) }
    }

    /// The same around a chart of an analysis.
    pub(super) fn about(about: &About, title: &str, more: &str, language: Language) -> Self {
        Self::with(about, Vec::new(), title, more, language)
    }

    /// The same, with what else was simulated.
    pub(super) fn with(
        about: &About,
        besides: Vec<String>,
        title: &str,
        more: &str,
        language: Language,
    ) -> Self {
        let subtitle = subtitle(&about.plan, about.variant.as_ref(), more, language);
        let mut parts = vec![words::paths(about.paths, language)];
        parts.extend(besides);
        parts.extend(made(about.seed, env!("CARGO_PKG_VERSION"), about.confidence, language));
        Self { title: title.to_owned(), subtitle, source: foot(parts, about.source.as_ref(), language) }
    }

    /// As it is drawn.
    pub(super) fn frame(&self) -> Frame<'_> {
        Frame { title: &self.title, subtitle: &self.subtitle, source: &self.source }
    }
}

fn subtitle(plan: &Label, variant: Option<&Label>, more: &str, language: Language) -> String {
    let mut subtitle = plan.get(language).to_owned();
    if let Some(name) = variant {
        subtitle = format!("{subtitle} · {}", words::what_if(name.get(language), language));
    }
    if !more.is_empty() {
        subtitle = format!("{subtitle} · {more}");
    }
    subtitle
}

fn made(seed: u64, version: &str, confidence: f64, language: Language) -> [String; 3] {
    [
        format!("{} {seed}", Word::Seed.get(language)),
        format!("plancast {version}"),
        words::intervals(confidence, language),
    ]
}

fn foot(mut parts: Vec<String>, source: Option<&Label>, language: Language) -> String {
    // Lines end between these parts, not inside them.
    for part in &mut parts {
        *part = part.replace(' ', "\u{A0}");
    }
    if let Some(source) = source {
        parts.insert(0, words::source(source.get(language), language));
    }
    parts.join(" · ")
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
