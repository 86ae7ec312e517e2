//! Fan charts: what an indicator was and may become.
//!
//! Layer 8.

use super::axes::{Axes, Axis, Look, spread};
use super::canvas::{Canvas, Files};
use super::caption::Caption;
use super::font;
use super::legend::{Sign, legend};
use super::panel::{COVERAGES, Panel};
use super::rows;
use super::shape::{Across, Along, Stroke, Type};
use super::style::{self, Color, FOOT, FUTURE, INK, QUIET, TARGET, figure, line, text};
use super::words::{self, Word};
use super::{Drawing, write};
use crate::error::{Error, Fault, Result};
use crate::evidence::Evidence;
use crate::label::Language;
use crate::outcome::{IndicatorOutcome, Outcome, TargetOutcome, format};
use std::path::Path;

/// Simulated paths that are drawn.
const SAMPLES: usize = 8;
/// Targets without a line that are told in words; the others are counted.
const TOLD: usize = 4;

/// Draws an indicator: its history, the bands that hold 30, 60 and 90 % of the paths, the median, some
/// paths, and the bounds of its targets with their probabilities.
///
/// A target that bounds the level is a dashed line; one that bounds a growth rate, a sum or a change is told
/// in words below the title. An uncertain baseline is a band in the base year. History further back than
/// three times the plan is left out where it is longer than fifteen years.
///
/// # Errors
/// [`Error::Question`] when the outcome has no such indicator; [`Error::Chart`] when a name holds a
/// character without a glyph; [`Error::Write`] when a file cannot be written.
pub fn fan(outcome: &Outcome, indicator: &str, language: Language, path: impl AsRef<Path>) -> Result<Files> {
    write(&Fan::of(outcome, indicator, language)?, path.as_ref())
}

/// The chart.
pub(super) struct Fan<'a> {
    outcome: &'a Outcome,
    indicator: &'a IndicatorOutcome,
    targets: Vec<&'a TargetOutcome>,
    language: Language,
}

impl<'a> Fan<'a> {
    pub(super) fn of(outcome: &'a Outcome, id: &str, language: Language) -> Result<Self> {
        let Some(indicator) = outcome.indicator(id) else {
            let known: Vec<&str> = outcome.indicators.iter().map(|i| i.id.as_str()).collect();
            return Err(Error::Question(
                Fault::new(id, "the outcome has no indicator of this name")
                    .remedy(format!("ask for one of: {}", known.join(", "))),
            ));
        };
        let targets = indicator.targets.iter().filter_map(|&t| outcome.targets.get(t)).collect();
        Ok(Self { outcome, indicator, targets, language })
    }

    /// The weakest grade of what is drawn: the levels, and the probabilities of their targets.
    fn evidence(&self) -> Evidence {
        self.targets.iter().map(|t| t.evidence).fold(self.indicator.evidence, Ord::max)
    }

    /// What the targets without a line want, and how likely that is.
    fn told(&self) -> Vec<String> {
        let language = self.language;
        let without: Vec<_> = self.targets.iter().filter(|t| super::panel::line_of(t).is_none()).collect();
        let told = without.iter().take(TOLD).map(|t| {
            let probability = format::percent_with_interval(&t.probability, language);
            words::told(t.name.get(language), &rows::goal(t, language), &probability, language)
        });
        let rest = without.len().saturating_sub(TOLD);
        told.chain((rest > 0).then(|| words::and_more(rest, language))).collect()
    }

    fn legend(&self, panel: &Panel<'_>) -> Vec<(Sign, String)> {
        let language = self.language;
        let colors = style::fan(COVERAGES.len());
        let mut out = Vec::new();
        if !panel.history().is_empty() {
            out.push((Sign::Points(INK), Word::History.get(language).to_owned()));
        }
        out.push((Sign::Line(Stroke::solid(FUTURE, line::BOLD)), Word::Median.get(language).to_owned()));
        // From the innermost band: it is drawn over all others.
        for (k, coverage) in COVERAGES.iter().enumerate().rev() {
            out.push((Sign::Fill(colors[..=k].to_vec()), words::band(*coverage, language)));
        }
        if panel.samples().next().is_some() {
            out.push((Sign::Line(super::panel::SAMPLE), Word::SomePaths.get(language).to_owned()));
        }
        if panel.lines().next().is_some() {
            let stroke = Stroke::dashed(TARGET, line::THIN, line::DASH);
            out.push((Sign::Line(stroke), Word::Target.get(language).to_owned()));
        }
        out
    }

    /// The labels at the right: where, what, in which colour. Of the lines of text that fit, the median has
    /// one; each target has two, or one where there are many, and what still does not fit is counted.
    fn labels(&self, panel: &Panel<'_>, fit: usize) -> Vec<(f64, Vec<String>, Color)> {
        let language = self.language;
        let mut out = Vec::new();
        if let Some(band) = self.indicator.bands.last() {
            let (low, high) = band.quantiles.central(0.68);
            let median = band.quantiles.median();
            let number = format::level(median, 0.5 * (high - low));
            out.push((median, vec![format!("{} {number}", Word::Median.get(language))], FUTURE));
        }
        let targets: Vec<_> = panel.lines().collect();
        let room = fit.saturating_sub(out.len());
        let long = 2 * targets.len() <= room;
        let shown = if targets.len() <= room { targets.len() } else { room.saturating_sub(1) };
        for (target, bound) in &targets[..shown] {
            let mut goal = rows::goal(target, language);
            if target.year != self.outcome.horizon.last() {
                goal = words::by(&goal, target.year, language);
            }
            let lines = match long {
                true => vec![goal, format::percent_with_interval(&target.probability, language)],
                false => {
                    vec![words::goal_met(&goal, &format::percent(&target.probability, language), language)]
                }
            };
            out.push((*bound, lines, INK));
        }
        if let Some((_, bound)) = targets.get(shown) {
            out.push((*bound, vec![words::and_more(targets.len() - shown, language)], INK));
        }
        out
    }
}

impl Drawing for Fan<'_> {
    fn size(&self) -> Result<(f64, f64)> {
        Ok(figure::SINGLE)
    }

    fn draw(&self, canvas: &mut Canvas<'_>) -> Result<()> {
        let language = self.language;
        let horizon = self.outcome.horizon;
        let title = self.indicator.name.get(language);
        let caption = Caption::new(self.outcome, title, "", Some(self.evidence()), language);
        let mut room = caption.frame().draw(canvas)?;
        for sentence in self.told() {
            let words = font::ellipsize(&sentence, text::LABEL, room.width())?;
            canvas.text(
                (room.left, room.top),
                &words,
                Type::new(text::LABEL, INK).at(Along::Start, Across::Top),
            )?;
            room.top += text::LABEL * text::LEADING;
        }
        let panel = Panel::new(self.indicator, &self.targets, horizon, (15, 3), SAMPLES);
        room.top += figure::GAP / 2.0;
        let mut room = legend(canvas, room, &self.legend(&panel))?;
        // Above the plot stands the name of the base year.
        room.top += text::SMALL * text::LEADING;

        let leading = text::LABEL * text::LEADING;
        // Below the plot stand the years, and a line is left free.
        let fit = (room.height() / leading) as usize;
        let labels = self.labels(&panel, fit.saturating_sub(3));
        let widest =
            labels.iter().flat_map(|(_, lines, _)| lines).try_fold(0.0_f64, |most, line| -> Result<f64> {
                Ok(most.max(font::width(line, text::LABEL)?))
            })?;
        let right = (widest + 3.0 * figure::GAP).min(0.36 * room.width());
        let (low, high) = panel.range();
        let look = Look { right, beside: self.indicator.unit.get(language), ..Look::default() };
        let (x, y) = (Axis::years(panel.first_year(), horizon.last().0)?, Axis::values(low, high, 6)?);
        let axes = Axes::draw(canvas, room, x, y, look)?;

        let base = axes.x(f64::from(horizon.base().0));
        let words = format!("{} {}", Word::BaseYear.get(language), horizon.base());
        let half = font::width(&words, text::SMALL)? / 2.0;
        let center = base.max(axes.plot.left + half);
        let place = (center, axes.plot.top - 5.0);
        canvas.text(place, &words, Type::new(text::SMALL, QUIET).at(Along::Middle, Across::Baseline))?;
        panel.draw(canvas, &axes, 1.0)?;

        let wishes: Vec<f64> = labels.iter().map(|(value, ..)| axes.y(*value)).collect();
        // The gap is that of the tallest label.
        let tallest = labels.iter().map(|(_, lines, _)| lines.len()).max().unwrap_or(1);
        let gap = leading * tallest as f64;
        let places = spread(&wishes, gap, axes.plot.top + leading, axes.plot.bottom - leading);
        for ((wish, place), (_, lines, color)) in wishes.iter().zip(&places).zip(&labels) {
            let left = axes.plot.right + 2.0 * figure::GAP;
            let stroke = Stroke::solid(FOOT, 0.75);
            canvas.line(&[(axes.plot.right + 3.0, *wish), (left - 4.0, *place)], stroke)?;
            for (k, line) in lines.iter().enumerate() {
                let shift = leading * (k as f64 - 0.5 * (lines.len() - 1) as f64);
                let words = font::ellipsize(line, text::LABEL, room.right - left)?;
                let kind = Type::new(text::LABEL, *color).at(Along::Start, Across::Middle);
                canvas.text((left, place + shift), &words, kind)?;
            }
        }
        Ok(())
    }
}
