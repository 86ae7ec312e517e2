//! PIT histograms, a panel for each model.

use super::Shown;
use crate::chart::Drawing;
use crate::chart::axes::{Axes, Axis, Grid, Look, Tick};
use crate::chart::canvas::Canvas;
use crate::chart::legend::{Sign, legend};
use crate::chart::shape::{Across, Along, Area, Stroke, Type};
use crate::chart::style::{FUTURE, INK, QUIET, TARGET, figure, line, text};
use crate::error::Result;
use crate::stats::wilson_of;

/// The level of the band.
const LEVEL: f64 = 0.95;

/// The chart.
pub(super) struct Pit<'a>(pub(super) &'a Shown<'a>);

impl Drawing for Pit<'_> {
    fn size(&self) -> Result<(f64, f64)> {
        Ok((figure::TALL.0, 460.0))
    }

    fn draw(&self, canvas: &mut Canvas<'_>) -> Result<()> {
        let shown = self.0;
        let title =
            shown.say("Did outcomes fall evenly over the forecast laws?", "实际值在预测分布中是否均匀？");
        let room = shown.frame(canvas, &title)?;
        let even = Stroke::dashed(TARGET, line::THIN, line::DASH);
        let entries = [
            (
                Sign::Fill(vec![FUTURE.faded(0.6)]),
                shown.say("outcomes in each tenth of the law", "落入各十分位的实际值占比"),
            ),
            (Sign::Line(even), shown.say("10 %: honest forecasts", "10%：校准良好的预测")),
            (
                Sign::Fill(vec![TARGET.faded(0.2)]),
                shown.say("what chance leaves them, 95 %", "偶然波动范围，95%"),
            ),
        ];
        let room = legend(canvas, room, &entries)?;
        let shares: Vec<[f64; 10]> =
            shown.models.iter().filter_map(|model| Some(shown.record.summary(model, ..)?.pit)).collect();
        let most = shares.iter().flatten().copied().fold(0.15, f64::max);
        let panels = room.panels(shown.models.len(), 1, (4.0 * figure::GAP, 0.0));
        for ((model, shares), panel) in shown.models.iter().zip(&shares).zip(&panels) {
            let kind = Type::new(text::LABEL, INK).at(Along::Start, Across::Top);
            canvas.text((panel.left, panel.top + figure::GAP), model, kind)?;
            let dependence = shown.record.pit_dependence(model, ..);
            let counted = shown.hang_together(dependence);
            let below = (panel.left, panel.top + figure::GAP + text::LABEL * text::LEADING);
            canvas.text(below, &counted, Type::new(text::SMALL, QUIET).at(Along::Start, Across::Top))?;
            let room = panel.inset(0.0, 3.0 * text::LABEL * text::LEADING, 0.0, 0.0);
            let y = Axis::values(0.0, 100.0 * most, 5)?;
            let ticks = (0..=10).step_by(2).map(|k| Tick { at: f64::from(k), label: format!("{}", k * 10) });
            let x = Axis::new(0.0, 10.0, ticks.collect())?;
            let beside = shown.say("share of outcomes, %", "实际值占比，%");
            let below = shown.say("where in the forecast law, %", "在预测分布中的位置，%");
            let look = Look { grid: Grid::Across, below: &below, beside: &beside, ..Look::default() };
            let axes = Axes::draw(canvas, room, x, y, look)?;
            if let Some(dependence) = dependence {
                let cases = dependence.independent(shown.record.cases.len() as u64, LEVEL);
                let band = wilson_of(0.1 * cases, 0.9 * cases, LEVEL);
                let (low, high) = (
                    axes.at((0.0, 100.0 * band.low)),
                    axes.at((10.0, f64::min(100.0 * band.high, axes.y.high()))),
                );
                canvas.rect(Area::new(low.0, high.1, high.0, low.1), TARGET.faded(0.2))?;
            }
            for (k, share) in shares.iter().enumerate() {
                let (left, right) = (axes.x(k as f64), axes.x(k as f64 + 1.0));
                let column = Area::new(left + 1.5, axes.y(100.0 * share), right - 1.5, axes.plot.bottom);
                canvas.rect(column, FUTURE.faded(0.6))?;
            }
            canvas.line(&[axes.at((0.0, 10.0)), axes.at((10.0, 10.0))], even)?;
        }
        Ok(())
    }
}
