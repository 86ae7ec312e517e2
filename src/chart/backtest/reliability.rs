//! Reliability of the probabilities of an event, a panel for each model.

use super::Shown;
use crate::chart::Drawing;
use crate::chart::axes::{Axes, Axis, Grid, Look, Tick};
use crate::chart::canvas::Canvas;
use crate::chart::legend::{Sign, legend};
use crate::chart::shape::{Across, Along, Area, Stroke, Type};
use crate::chart::style::{FOOT, FUTURE, INK, QUIET, TARGET, figure, line, text};
use crate::error::{Error, Fault, Result};
use crate::stats::wilson_of;

/// The level of the intervals.
const LEVEL: f64 = 0.95;
/// The part of a panel's height that the columns of counts take.
const COUNTS: f64 = 0.16;

/// The chart.
pub(super) struct Reliability<'a>(pub(super) &'a Shown<'a>);

impl Drawing for Reliability<'_> {
    fn size(&self) -> Result<(f64, f64)> {
        Ok((figure::TALL.0, 540.0))
    }

    fn draw(&self, canvas: &mut Canvas<'_>) -> Result<()> {
        let shown = self.0;
        let Some(event) = shown.record.events.first() else {
            let fault = Fault::new("event", "the record has no event, so no probability was judged");
            return Err(Error::Question(fault.remedy("run the backtest with an event")));
        };
        let event = shown.event.as_ref().map_or(event.name.as_str(), |event| event.get(shown.language));
        let title = shown.say(&format!("Said and met: {event}"), &format!("预测概率与实际频率：{event}"));
        let room = shown.frame(canvas, &title)?;
        let honest = Stroke::dashed(TARGET, line::THIN, line::DASH);
        let entries = [
            (
                Sign::Points(FUTURE),
                shown.say("met, by tenths of the probability said", "按预测概率分组的实际频率"),
            ),
            (Sign::Whisker, shown.say("95 % interval", "95%区间")),
            (Sign::Line(honest), shown.say("honest probabilities", "校准良好的概率")),
            (Sign::Fill(vec![FOOT.faded(0.5)]), shown.say("how often it was said", "该概率出现的次数")),
        ];
        let room = legend(canvas, room, &entries)?;
        let panels = room.panels(shown.models.len(), 1, (4.0 * figure::GAP, 0.0));
        for (model, panel) in shown.models.iter().zip(&panels) {
            let Some(parts) = shown.record.brier(0, model, ..) else { continue };
            let dependence = shown.record.event_dependence(0, model, ..);
            let leading = text::LABEL * text::LEADING;
            let mut top = panel.top + figure::GAP;
            let brier = shown.say("Brier score", "Brier评分");
            let brier = format!("{brier} {:.3}", parts.score);
            let [reliability, resolution, uncertainty] =
                [parts.reliability, parts.resolution, parts.uncertainty].map(|part| format!("{part:.3}"));
            let taken_apart = shown.say(
                &format!("reliability {reliability} · resolution {resolution} · uncertainty {uncertainty}"),
                &format!("可靠性 {reliability} · 区分度 {resolution} · 不确定性 {uncertainty}"),
            );
            let counted = shown.hang_together(dependence);
            for (words, size, color) in [
                (*model, text::LABEL, INK),
                (brier.as_str(), text::PANEL, INK),
                (taken_apart.as_str(), text::SMALL, QUIET),
                (counted.as_str(), text::SMALL, QUIET),
            ] {
                canvas.text(
                    (panel.left, top),
                    words,
                    Type::new(size, color).at(Along::Start, Across::Top),
                )?;
                top += leading;
            }
            let room = Area::new(panel.left, top + figure::GAP, panel.right, panel.bottom);
            let ticks =
                || (0..=5).map(|k| Tick { at: f64::from(20 * k), label: (20 * k).to_string() }).collect();
            let (x, y) = (Axis::new(0.0, 100.0, ticks())?, Axis::new(0.0, 100.0, ticks())?);
            let (below, beside) = (shown.say("said, %", "预测概率，%"), shown.say("met, %", "实际频率，%"));
            let look = Look { grid: Grid::Across, below: &below, beside: &beside, ..Look::default() };
            let axes = Axes::draw(canvas, room, x, y, look)?;
            let most = parts.classes.iter().map(|class| class.count).max().unwrap_or(1) as f64;
            for class in &parts.classes {
                let high = COUNTS * axes.plot.height() * class.count as f64 / most;
                let (left, right) = (axes.x(100.0 * class.from), axes.x(100.0 * class.to));
                let column = Area::new(left + 2.0, axes.plot.bottom - high, right - 2.0, axes.plot.bottom);
                canvas.rect(column, FOOT.faded(0.5))?;
            }
            canvas.line(&[axes.at((0.0, 0.0)), axes.at((100.0, 100.0))], honest)?;
            let points: Vec<(f64, f64)> = parts
                .classes
                .iter()
                .map(|class| (100.0 * class.forecast, 100.0 * class.frequency()))
                .collect();
            for (class, point) in parts.classes.iter().zip(&points) {
                // Without two periods nothing is known of how cases hang together, and no interval is drawn.
                let Some(dependence) = dependence else { continue };
                let share = dependence.independent(class.count, LEVEL) / class.count as f64;
                let (met, missed) = (class.met as f64, (class.count - class.met) as f64);
                let interval = wilson_of(share * met, share * missed, LEVEL);
                let (low, high) = ((point.0, 100.0 * interval.low), (point.0, 100.0 * interval.high));
                canvas.line(&[axes.at(low), axes.at(high)], Stroke::solid(INK, line::THIN))?;
            }
            axes.line(canvas, &points, Stroke::solid(FUTURE, line::THIN))?;
            points.iter().try_for_each(|point| canvas.disc(axes.at(*point), 4.0, FUTURE))?;
        }
        Ok(())
    }
}
