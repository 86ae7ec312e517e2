//! The probability of a goal over the amount of a change, with what each probability takes.
//!
//! Layer 8.

use super::axes::{Axes, Axis, Look};
use super::canvas::{Canvas, Files};
use super::caption::Caption;
use super::legend::{self, Sign, legend};
use super::shape::{Across, Along, Stroke, Type};
use super::style::{FUTURE, GROUND, INK, QUIET, TARGET, figure, line, text};
use super::words;
use super::{Drawing, font, write};
use crate::analyse::{Answer, Need, RequiredOutcome, Scale};
use crate::error::Result;
use crate::label::Language;
use crate::outcome::format;
use std::path::Path;

/// Draws the probability of a goal over the amount of the change, with the interval of its Monte Carlo error, and for each probability that
/// was asked for the amount that it takes, with its interval.
///
/// # Errors
/// [`Error::Chart`](crate::error::Error::Chart) when a name holds a character without a glyph,
/// [`Error::Write`](crate::error::Error::Write) when a file cannot be written.
pub fn required(
    outcome: &RequiredOutcome,
    need: &Need,
    language: Language,
    path: impl AsRef<Path>,
) -> Result<Files> {
    write(&Curve { outcome, need, language }, path.as_ref())
}

/// The chart.
struct Curve<'a> {
    outcome: &'a RequiredOutcome,
    need: &'a Need,
    language: Language,
}

/// An amount with its unit, for an axis: `drift of Real GDP, log points a year`.
pub(super) fn axis_name(name: &str, scale: &Scale, language: Language) -> String {
    match scale.unit.get(language) {
        "" => name.to_owned(),
        unit => format!("{name}, {unit}"),
    }
}

/// Whether a line comes into an area.
fn crosses(line: &[(f64, f64)], area: super::shape::Area) -> bool {
    line.windows(2).any(|ends| {
        let [(x0, y0), (x1, y1)] = [ends[0], ends[1]];
        // Fine enough for words: some pixels of the longest piece.
        (0..=64).map(|k| f64::from(k) / 64.0).any(|share| {
            let (x, y) = (x0 + share * (x1 - x0), y0 + share * (y1 - y0));
            (area.left..=area.right).contains(&x) && (area.top..=area.bottom).contains(&y)
        })
    })
}

impl Drawing for Curve<'_> {
    fn size(&self) -> Result<(f64, f64)> {
        Ok(figure::SINGLE)
    }

    fn draw(&self, canvas: &mut Canvas<'_>) -> Result<()> {
        let (outcome, need, language) = (self.outcome, self.need, self.language);
        let title = self.language.say("What the goal takes", "实现目标需要多大改变");
        let mut more = need.name.get(language).to_owned();
        if !need.rises {
            let turns = self.language.say(
                "P does not rise all the way: the first crossing counts",
                "概率并非一直上升：以首次达到为准",
            );
            more = format!("{more} · {turns}");
        }
        let room = Caption::about(&outcome.about, title, &more, language).frame().draw(canvas)?;
        let signs = [
            (
                Sign::Line(Stroke::solid(FUTURE, line::BOLD)),
                self.language.say("probability", "实现概率").to_owned(),
            ),
            (Sign::Fill(vec![FUTURE.faded(0.25)]), words::monte_carlo(outcome.about.confidence, language)),
            (Sign::Interval, self.language.say("interval of the amount", "所需改变的区间").to_owned()),
        ];
        let room = legend(canvas, room, &signs)?;
        let factor = outcome.scale.factor;
        let ends = [outcome.range.0 * factor, outcome.range.1 * factor];
        let x = Axis::values(ends[0].min(ends[1]), ends[0].max(ends[1]), 6)?;
        let below = axis_name(outcome.change.get(language), &outcome.scale, language);
        let look = Look { below: &below, ..Look::default() };
        let axes = Axes::draw(canvas, room, x, Axis::shares(language), look)?;
        let band: Vec<_> = need.curve.iter().map(|(a, p)| (a * factor, p.low, p.high)).collect();
        axes.band(canvas, &band, FUTURE.faded(0.25))?;
        let curve: Vec<_> = need.curve.iter().map(|(a, p)| (a * factor, p.estimate)).collect();
        axes.line(canvas, &curve, Stroke::solid(FUTURE, line::BOLD))?;
        let drawn: Vec<_> = curve.iter().map(|place| axes.at(*place)).collect();
        // The curve rises away from the first amount, so there is room on the other side of a crossing.
        let rightwards = ends[1] > ends[0];
        let places = need.answers.iter().filter_map(|(p, answer)| match answer {
            Answer::Reached { amount, low, high, .. } => {
                Some((*p, answer, *amount, *low, high.unwrap_or(outcome.range.1)))
            }
            _ => None,
        });
        let places: Vec<_> = places.collect();
        // All lines first, so that none runs through words.
        for (p, _, amount, low, high) in &places {
            let (at, y) = (axes.x(amount * factor), axes.y(*p));
            let foot = if rightwards { axes.plot.left } else { axes.plot.right };
            let dashes = Stroke::dashed(TARGET, line::THIN, line::DASH);
            canvas.line(&[(foot, y), (at, y)], dashes)?;
            canvas.line(&[(at, y), (at, axes.plot.bottom)], dashes)?;
            let (a, b) = (axes.x(low * factor), axes.x(high * factor));
            legend::interval(canvas, (a.min(b), a.max(b)), y)?;
        }
        for (p, answer, _, low, high) in &places {
            let y = axes.y(*p);
            let (a, b) = (axes.x(low * factor), axes.x(high * factor));
            let shown = crate::report::required_answer(answer, &outcome.scale, outcome.range, language);
            let words = format!("{}: {shown}", format::share(*p, 0, language));
            let wide = font::width(&words, text::LABEL)?;
            let far = 1.5 * figure::GAP;
            let fits = if rightwards {
                b.max(a) + far + wide <= axes.plot.right
            } else {
                a.min(b) - far - wide >= axes.plot.left
            };
            // On the side below the curve where that has room, else above it.
            let (left, top) = match (rightwards, fits) {
                (true, true) => (a.max(b) + far, y + 4.0),
                (false, true) => (a.min(b) - far - wide, y + 4.0),
                (true, false) => (a.min(b) - far - wide, y - 4.0 - text::LABEL * text::LEADING),
                (false, false) => (a.max(b) + far, y - 4.0 - text::LABEL * text::LEADING),
            };
            let ground = |top: f64| {
                super::shape::Area::new(left - 2.0, top - 1.0, left + wide + 2.0, top + text::LABEL + 3.0)
            };
            // A curve that turns may come down again where the words are: they go below it.
            let lower = |k: u32| top + f64::from(k) * text::LABEL * text::LEADING;
            let top = (0..5).map(lower).find(|top| !crosses(&drawn, ground(*top))).unwrap_or(top);
            let ground = ground(top);
            canvas.rect(ground, GROUND)?;
            canvas.text((left, top), &words, Type::new(text::LABEL, INK).at(Along::Start, Across::Top))?;
        }
        let (unreached, unreached_zh) = ("not reached", "无法达到");
        let missing: Vec<String> = need
            .answers
            .iter()
            .filter(|(_, answer)| matches!(answer, Answer::Unreachable { .. }))
            .map(|(p, answer)| {
                let shown = crate::report::required_answer(answer, &outcome.scale, outcome.range, language);
                format!(
                    "{} {}: {shown}",
                    format::share(*p, 0, language),
                    self.language.say(unreached, unreached_zh)
                )
            })
            .collect();
        for (k, words) in missing.iter().enumerate() {
            let place = (axes.plot.left + figure::GAP, axes.plot.top + 6.0 + 18.0 * k as f64);
            canvas.text(place, words, Type::new(text::LABEL, QUIET).at(Along::Start, Across::Top))?;
        }
        Ok(())
    }
}
