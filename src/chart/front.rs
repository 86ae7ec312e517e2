//! What more money brings: the budget against the objective, in sample and on fresh paths.
//!
//! Layer 8.

use super::axes::{Axes, Axis, Frame, Grid, Look};
use super::canvas::{Canvas, Files};
use super::caption::{self, Caption};
use super::legend::{Sign, legend};
use super::shape::{Place, Stroke};
use super::style::{FUTURE, TARGET, figure, line};
use super::words::Word;
use super::{Drawing, write};
use crate::analyse::levers::{BestBudget, BudgetFront, Unit};
use crate::error::Result;
use crate::label::Language;
use crate::outcome::format;
use std::path::Path;

/// Draws the best objective that each budget can buy: on fresh paths with the interval of the Monte Carlo error, and on the paths that the
/// spending was chosen on, where it looks better than it is.
///
/// # Errors
/// [`Error::Chart`](crate::error::Error::Chart) when a name holds a character without a glyph,
/// [`Error::Write`](crate::error::Error::Write) when a file cannot be written.
pub fn front(front: &BudgetFront, language: Language, path: impl AsRef<Path>) -> Result<Files> {
    write(&FrontChart { front, language }, path.as_ref())
}

/// The chart.
pub(super) struct FrontChart<'a> {
    pub(super) front: &'a BudgetFront,
    pub(super) language: Language,
}

impl FrontChart<'_> {
    fn say(&self, en: &str, zh: &str) -> String {
        self.language.say(en, zh).to_owned()
    }

    fn frame(&self, canvas: &mut Canvas<'_>, first: Option<&BestBudget>) -> Result<super::shape::Area> {
        let title = self.say("What does a larger budget bring?", "增加预算能带来什么？");
        let Some(first) = first else {
            return Frame { title: &title, subtitle: "", source: "" }.draw(canvas);
        };
        let more = first.objective.get(self.language);
        Caption::with(&first.about, vec![self.fresh(first)], &title, more, self.language).frame().draw(canvas)
    }

    fn fresh(&self, point: &BestBudget) -> String {
        let paths = format::count(point.fresh_paths);
        self.say(&format!("{paths} fresh ones"), &format!("{paths} 条新抽样路径"))
    }

    fn beside(&self, unit: Unit) -> String {
        match unit {
            Unit::Probability => format!("{}, %", Word::Probability.get(self.language)),
            Unit::Number => self.say("expected number of targets met", "预期实现的指标数"),
            Unit::Regret => self.say("worst regret, percentage points", "最大后悔值（百分点）"),
        }
    }
}

impl Drawing for FrontChart<'_> {
    fn size(&self) -> Result<(f64, f64)> {
        Ok(figure::SINGLE)
    }

    fn draw(&self, canvas: &mut Canvas<'_>) -> Result<()> {
        let points = &self.front.points;
        let room = self.frame(canvas, points.first())?;
        let Some(first) = points.first() else { return caption::nothing(canvas, room, self.language) };
        let scale = first.unit.scale();
        let fresh: Vec<(f64, f64)> =
            points.iter().map(|p| (p.budget, scale * p.fresh.value.estimate)).collect();
        let chosen: Vec<(f64, f64)> =
            points.iter().map(|p| (p.budget, scale * p.in_sample.value.estimate)).collect();
        let looks = Stroke::dashed(TARGET, line::THIN, line::DASH);
        let level = format::share(first.about.confidence, 0, self.language);
        let entries = [
            (
                Sign::Points(FUTURE),
                self.say(
                    &format!("on fresh paths, with the {level} interval of the Monte Carlo error"),
                    &format!("新抽样路径，附{level}模拟误差区间"),
                ),
            ),
            (
                Sign::Line(looks),
                self.say("on the paths that the spending was chosen on", "选优所用路径（样本内）"),
            ),
        ];
        let room = legend(canvas, room, &entries)?;
        let ends =
            points.iter().flat_map(|p| [p.fresh.value.low, p.fresh.value.high, p.in_sample.value.estimate]);
        let (low, high) =
            ends.fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), y| (low.min(y), high.max(y)));
        // From zero where that leaves half of the height to what is shown; shares and numbers are never below.
        let low = if low < 0.5 * high && low >= 0.0 { 0.0 } else { low };
        let last = points.last().map_or(1.0, |p| p.budget);
        let begin = if first.budget < last { first.budget } else { 0.0 };
        let (x, y) = (
            Axis::values(begin, last.max(f64::MIN_POSITIVE), 6)?,
            Axis::values(scale * low, scale * high, 5)?,
        );
        let below = self.say(
            &format!("budget, {}", first.currency.get(self.language)),
            &format!("预算（{}）", first.currency.get(self.language)),
        );
        let (beside, right) = (self.beside(first.unit), 2.0 * figure::GAP);
        let look = Look { grid: Grid::Across, below: &below, beside: &beside, right, ..Look::default() };
        let axes = Axes::draw(canvas, room, x, y, look)?;
        axes.line(canvas, &chosen, looks)?;
        axes.line(canvas, &fresh, Stroke::solid(FUTURE, line::BOLD))?;
        for (point, at) in points.iter().zip(&fresh) {
            let end = |y: f64| axes.at((point.budget, scale * y));
            upright(canvas, end(point.fresh.value.low), end(point.fresh.value.high))?;
            canvas.disc(axes.at(*at), 4.0, FUTURE)?;
        }
        Ok(())
    }
}

/// An interval that stands, with ends.
fn upright(canvas: &mut Canvas<'_>, low: Place, high: Place) -> Result<()> {
    let stroke = Stroke::solid(FUTURE, line::THIN);
    canvas.line(&[low, high], stroke)?;
    [low, high].into_iter().try_for_each(|(x, y)| canvas.line(&[(x - 5.0, y), (x + 5.0, y)], stroke))
}
