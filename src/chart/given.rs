//! A plan under conditions: the probability of every target without and with them.
//!
//! Layer 8.

use super::axes::{Axes, Axis, Grid, Look};
use super::canvas::{Canvas, Files};
use super::caption::{self, Caption};
use super::font;
use super::legend::{self, Sign, legend};
use super::rows::Rows;
use super::shape::{Across, Along, Stroke, Type};
use super::style::{FOOT, FUTURE, GROUND, INK, QUIET, TARGET, figure, line, text};
use super::words;
use super::{Drawing, write};
use crate::analyse::condition::{Chance, Given};
use crate::error::Result;
use crate::label::Language;
use crate::outcome::{TargetOutcome, format};
use std::path::Path;

/// More rows than this fit on no page; the rest is left out, and the subtitle says so.
const MOST: usize = 150;
const ROW: f64 = 24.0;
/// Conditions that are told above the chart; the others are counted.
const TOLD: usize = 6;

/// Draws the probability of every target that is no combination of others without the conditions (open) and with them (filled), what moves most
/// first, with the intervals of the Monte Carlo error; the conditions stand above.
///
/// # Errors
/// [`Error::Chart`](crate::error::Error::Chart) when a name holds a character without a glyph,
/// [`Error::Write`](crate::error::Error::Write) when a file cannot be written.
pub fn given(given: &Given, language: Language, path: impl AsRef<Path>) -> Result<Files> {
    write(&Dumbbells { given, language }, path.as_ref())
}

struct Dumbbells<'a> {
    given: &'a Given,
    language: Language,
}

impl Dumbbells<'_> {
    /// The rows, the largest change first, and how many targets there are.
    fn rows(&self) -> (Vec<(&TargetOutcome, &Chance)>, usize) {
        let all = self.given.unconditional.targets.iter().zip(&self.given.targets);
        let mut rows: Vec<_> = all.filter(|(target, _)| target.measure.is_some()).collect();
        // A stable sort: what moves alike stays in the order of the plan.
        rows.sort_by(|a, b| b.1.shift.estimate.abs().total_cmp(&a.1.shift.estimate.abs()));
        let all = rows.len();
        rows.truncate(MOST);
        (rows, all)
    }

    fn caption(&self) -> Caption {
        let (rows, all) = self.rows();
        let mut more = self.language.say("what if, not a forecast", "假设情景，并非预测").to_owned();
        if rows.len() < all {
            more = format!("{more} · {}", words::first_of(rows.len(), all, self.language));
        }
        let title = self
            .language
            .say("How likely are the targets if this is given?", "给定条件下，各项目标的达标概率如何变化？");
        Caption::new(&self.given.unconditional, title, &more, None, self.language)
    }

    /// The conditions, a line each.
    fn told(&self) -> Vec<String> {
        let conditions = &self.given.conditions;
        let word = self.language.say("given: ", "给定：");
        let told = conditions.iter().take(TOLD).map(|c| format!("{word}{}", c.words.get(self.language)));
        let rest = conditions.len().saturating_sub(TOLD);
        let more = match self.language {
            Language::En => format!("and {rest} more conditions"),
            Language::Zh => format!("另有 {rest} 项条件"),
        };
        told.chain((rest > 0).then_some(more)).collect()
    }

    fn legend(&self) -> Vec<(Sign, String)> {
        let stroke = |color| Sign::Line(Stroke::solid(color, line::BOLD));
        vec![
            (stroke(QUIET), self.language.say("without conditions (open)", "无条件（空心）").to_owned()),
            (stroke(FUTURE), self.language.say("given: more likely", "给定条件下：上升").to_owned()),
            (stroke(TARGET), self.language.say("given: less likely", "给定条件下：下降").to_owned()),
            (Sign::Interval, words::monte_carlo(self.given.unconditional.confidence, self.language)),
        ]
    }
}

impl Drawing for Dumbbells<'_> {
    fn size(&self) -> Result<(f64, f64)> {
        let wide = figure::TALL.0;
        let legend = legend::height(wide - 2.0 * figure::MARGIN, &self.legend())?;
        let told = text::LABEL * text::LEADING * self.told().len() as f64;
        let inner = legend + told + ROW * self.rows().0.len() as f64 + 68.0;
        Ok((wide, caption::height(&self.caption().frame(), wide, inner)?))
    }

    fn draw(&self, canvas: &mut Canvas<'_>) -> Result<()> {
        let language = self.language;
        let mut room = self.caption().frame().draw(canvas)?;
        for sentence in self.told() {
            let words = font::ellipsize(&sentence, text::LABEL, room.width())?;
            let kind = Type::new(text::LABEL, INK).at(Along::Start, Across::Top);
            canvas.text((room.left, room.top), &words, kind)?;
            room.top += text::LABEL * text::LEADING;
        }
        room.top += figure::GAP;
        let (rows, _) = self.rows();
        if rows.is_empty() {
            return caption::nothing(canvas, room, language);
        }
        let room = legend(canvas, room, &self.legend())?;
        let targets: Vec<&TargetOutcome> = rows.iter().map(|(target, _)| *target).collect();
        let columns = Rows::fit(&targets, text::PANEL, 0.52 * room.width(), true, language)?;
        let printed: Vec<String> = rows
            .iter()
            .map(|(_, chance)| {
                let shown = |p| format::percent(p, language);
                format!("{} → {}", shown(&chance.unconditional), shown(&chance.probability))
            })
            .collect();
        let widest = printed
            .iter()
            .try_fold(0.0_f64, |most, p| -> Result<f64> { Ok(most.max(font::width(p, text::LABEL)?)) })?;
        let place = room.inset(columns.width(), 0.0, 0.0, 0.0);
        let look = Look { grid: Grid::Upright, right: widest + 3.0 * figure::GAP, ..Look::default() };
        let (x, y) = (Axis::shares(language), Axis::new(0.0, rows.len() as f64, Vec::new())?);
        let axes = Axes::draw(canvas, place, x, y, look)?;
        let row = axes.plot.height() / rows.len() as f64;
        let at = |share: f64| axes.x(share.clamp(0.0, 1.0));
        for (i, ((target, chance), printed)) in rows.iter().zip(&printed).enumerate() {
            let middle = axes.plot.top + row * (i as f64 + 0.5);
            columns.draw(canvas, (room.left, middle), target)?;
            let (before, after) = (chance.unconditional, chance.probability);
            let color = match chance.shift.estimate {
                0.0 => QUIET,
                shift if shift > 0.0 => FUTURE,
                _ => TARGET,
            };
            let (from, to) = (at(before.estimate), at(after.estimate));
            if (to - from).abs() > 1.0 {
                canvas.line(&[(from, middle), (to, middle)], Stroke::solid(color.faded(0.55), line::BOLD))?;
            }
            legend::interval(canvas, (at(before.low), at(before.high)), middle)?;
            canvas.disc((from, middle), 5.0, QUIET)?;
            canvas.disc((from, middle), 3.0, GROUND)?;
            legend::interval(canvas, (at(after.low), at(after.high)), middle)?;
            canvas.disc((to, middle), 4.0, color)?;
            let left = axes.plot.right + 2.0 * figure::GAP;
            let ink = if (to - from).abs() > 1.0 { INK } else { FOOT };
            let kind = Type::new(text::LABEL, ink).at(Along::Start, Across::Middle);
            canvas.text((left, middle), printed, kind)?;
        }
        Ok(())
    }
}
