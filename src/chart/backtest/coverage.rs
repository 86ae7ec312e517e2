//! Coverage of central intervals by decade of origins, a panel for each level.

use super::Shown;
use crate::backtest::LEVELS;
use crate::chart::Drawing;
use crate::chart::axes::{Axes, Axis, Grid, Look, Tick};
use crate::chart::canvas::Canvas;
use crate::chart::legend::{Sign, legend};
use crate::chart::shape::{Across, Along, Stroke, Type};
use crate::chart::style::{INK, QUIET, TARGET, figure, line, text};
use crate::error::Result;
use crate::outcome::format;
use crate::time::Year;

/// The chart.
pub(super) struct Coverage<'a>(pub(super) &'a Shown<'a>);

impl Drawing for Coverage<'_> {
    fn size(&self) -> Result<(f64, f64)> {
        Ok((figure::TALL.0, 460.0))
    }

    fn draw(&self, canvas: &mut Canvas<'_>) -> Result<()> {
        let shown = self.0;
        let title = shown.say("Did intervals hold what they promised?", "预测区间是否兑现了其承诺的覆盖率？");
        let room = shown.frame(canvas, &title)?;
        let promised = Stroke::dashed(TARGET, line::THIN, line::DASH);
        let mut entries: Vec<(Sign, String)> = shown
            .models
            .iter()
            .enumerate()
            .map(|(k, model)| (Sign::Points(Shown::color(k)), (*model).to_owned()))
            .collect();
        entries.push((Sign::Line(promised), shown.say("promised", "承诺的覆盖率")));
        let room = legend(canvas, room, &entries)?;
        let decades = shown.record.decades();
        let of = |model: &str, decade: &Year| shown.record.summary(model, *decade..Year(decade.0 + 10));
        let panels = room.panels(LEVELS.len(), 1, (4.0 * figure::GAP, 0.0));
        for ((k, level), panel) in LEVELS.iter().enumerate().zip(&panels) {
            let name = shown
                .say(&format!("{:.0} % intervals", 100.0 * level), &format!("{:.0}%预测区间", 100.0 * level));
            let kind = Type::new(text::LABEL, INK).at(Along::Start, Across::Top);
            canvas.text((panel.left, panel.top + figure::GAP), &name, kind)?;
            let room = panel.inset(0.0, 2.0 * text::LABEL * text::LEADING, 0.0, text::SMALL * text::LEADING);
            let shares: Vec<Vec<(f64, f64)>> = shown
                .models
                .iter()
                .map(|model| {
                    let share = |(at, decade): (usize, &Year)| {
                        Some((at as f64, 100.0 * of(model, decade)?.coverage[k]))
                    };
                    decades.iter().enumerate().filter_map(share).collect()
                })
                .collect();
            let all = || shares.iter().flatten().map(|(_, share)| *share);
            // A point on the foot of the panel would be cut.
            let low = all().fold(100.0 * level - 10.0, f64::min) - 2.0;
            let high = all().fold(100.0 * level + 5.0, f64::max).min(100.0);
            let label = |decade: &Year| shown.say(&format!("{decade}s"), &format!("{decade}年代"));
            let ticks =
                decades.iter().enumerate().map(|(at, decade)| Tick { at: at as f64, label: label(decade) });
            let last = decades.len().saturating_sub(1) as f64;
            let x = Axis::new(-0.4, last + 0.4, ticks.collect())?;
            let beside = shown.say("outcomes inside, %", "落入区间的实际值，%");
            let look = Look { grid: Grid::Across, beside: &beside, ..Look::default() };
            let axes = Axes::draw(canvas, room, x, Axis::values(low, high, 5)?, look)?;
            let promise = 100.0 * level;
            canvas.line(&[axes.at((-0.4, promise)), axes.at((last + 0.4, promise))], promised)?;
            for (place, points) in shares.iter().enumerate() {
                let color = Shown::color(place);
                axes.line(canvas, points, Stroke::solid(color, line::BOLD))?;
                points.iter().try_for_each(|point| canvas.disc(axes.at(*point), 4.0, color))?;
            }
            // How many cases stand behind each decade; the origins of the last one may be few.
            for (at, decade) in decades.iter().enumerate() {
                let Some(of) = shown.models.first().and_then(|model| of(model, decade)) else { continue };
                let cases = format::count(of.cases as u64);
                let words = shown.say(&format!("{cases} cases"), &format!("{cases}例"));
                let kind = Type::new(text::SMALL, QUIET).at(Along::Middle, Across::Baseline);
                canvas.text((axes.x(at as f64), panel.bottom), &words, kind)?;
            }
        }
        Ok(())
    }
}
