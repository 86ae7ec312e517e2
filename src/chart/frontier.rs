//! Pairs of changes under which a goal is equally likely.
//!
//! Layer 8.

use super::axes::{Axes, Axis, Look};
use super::canvas::{Canvas, Files};
use super::caption::Caption;
use super::legend::{Sign, legend};
use super::required::axis_name;
use super::shape::Stroke;
use super::style::{FUTURE, INK, MISSED, figure, line};
use super::{Drawing, write};
use crate::analyse::{Answer, FrontierOutcome};
use crate::error::Result;
use crate::label::Language;
use crate::outcome::format;
use std::path::Path;

/// Draws for amounts of one change how much of another is still needed, with the interval of each point. Where nothing is needed the point
/// lies at the first amount; where nothing in the range is enough it lies at the last one, in another colour.
///
/// # Errors
/// [`Error::Chart`](crate::error::Error::Chart) when a name holds a character without a glyph,
/// [`Error::Write`](crate::error::Error::Write) when a file cannot be written.
pub fn frontier(outcome: &FrontierOutcome, language: Language, path: impl AsRef<Path>) -> Result<Files> {
    write(&Chart { outcome, language }, path.as_ref())
}

/// The chart.
struct Chart<'a> {
    outcome: &'a FrontierOutcome,
    language: Language,
}

impl Drawing for Chart<'_> {
    fn size(&self) -> Result<(f64, f64)> {
        Ok(figure::SINGLE)
    }

    fn draw(&self, canvas: &mut Canvas<'_>) -> Result<()> {
        let (outcome, language) = (self.outcome, self.language);
        let FrontierOutcome { first, second, .. } = outcome;
        let say = |en: &'static str, zh: &'static str| language.say(en, zh);
        let title = say("Two changes that make the goal equally likely", "使目标同样可能实现的两种改变组合");
        let more = format!(
            "P({}) = {} · {}{}",
            outcome.goal.get(language),
            format::share(outcome.wanted, 0, language),
            say("upwards: ", "纵轴："),
            axis_name(second.0.get(language), &second.1, language)
        );
        let room = Caption::about(&outcome.about, title, &more, language).frame().draw(canvas)?;
        let mut signs = vec![
            (Sign::Points(FUTURE), say("amounts that reach it", "达到概率的组合").to_owned()),
            (
                Sign::Line(Stroke::solid(INK, line::BOLD)),
                say("interval of the amount", "所需改变的区间").to_owned(),
            ),
        ];
        let is_out = |answer: &Answer| matches!(answer, Answer::Unreachable { .. });
        if outcome.points.iter().any(|(_, answer)| is_out(answer)) {
            let words = say("out of reach within the range", "区间内无法达到");
            signs.push((Sign::Points(MISSED), words.to_owned()));
        }
        let room = legend(canvas, room, &signs)?;
        let axis = |range: (f64, f64), factor: f64| {
            let (a, b) = (range.0 * factor, range.1 * factor);
            Axis::values(a.min(b), a.max(b), 6)
        };
        let (x, y) = (axis(first.2, first.1.factor)?, axis(second.2, second.1.factor)?);
        let below = axis_name(first.0.get(language), &first.1, language);
        // The vertical axis has less room than the other: its name stands in the subtitle, whole.
        let beside = second.1.unit.get(language);
        let axes = Axes::draw(canvas, room, x, y, Look { below: &below, beside, ..Look::default() })?;
        let place = |a: f64, b: f64| axes.at((a * first.1.factor, b * second.1.factor));
        let reached: Vec<_> = outcome
            .points
            .iter()
            .filter_map(|(a, answer)| Some(place(*a, answer.amount(second.2)?)))
            .collect();
        if reached.len() > 1 {
            canvas.line(&reached, Stroke::solid(FUTURE, line::BOLD))?;
        }
        for (a, answer) in &outcome.points {
            match answer {
                Answer::Already { .. } => canvas.disc(place(*a, second.2.0), 3.5, FUTURE)?,
                Answer::Reached { amount, low, high, .. } => {
                    let ends = [place(*a, *low), place(*a, high.unwrap_or(second.2.1))];
                    canvas.disc(place(*a, *amount), 3.5, FUTURE)?;
                    canvas.line(&ends, Stroke::solid(INK, line::BOLD))?;
                }
                Answer::Unreachable { .. } => canvas.disc(place(*a, second.2.1), 3.5, MISSED)?,
            }
        }
        Ok(())
    }
}
