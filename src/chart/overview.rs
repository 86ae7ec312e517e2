//! One page with a panel for every target.
//!
//! Layer 8.

use super::axes::{Axes, Axis, Look, Tick};
use super::canvas::{Canvas, Files};
use super::caption::{self, Caption};
use super::font;
use super::legend::{self, Sign, diamond, legend};
use super::panel::{COVERAGES, Panel};
use super::rows;
use super::shape::{Across, Along, Area, Stroke, Type};
use super::style::{self, FUTURE, GRID, INK, QUIET, TARGET, figure, line, text};
use super::words::{self, Word};
use super::{Drawing, write};
use crate::error::Result;
use crate::evidence::Evidence;
use crate::label::Language;
use crate::outcome::{Outcome, TargetOutcome, format};
use crate::target::Nature;
use std::path::Path;

/// Panels side by side at most.
const COLUMNS: usize = 6;
/// More panels than this fit on no page; the rest is left out, and the subtitle says so.
const MOST: usize = 96;
/// Width and height of a panel.
const PANEL: (f64, f64) = (236.0, 206.0);
/// Between panels.
const BETWEEN: (f64, f64) = (20.0, 16.0);

/// Draws a small fan for every target that is no combination of others, in the order of the plan: number and
/// name, goal and probability with a bar as long as it, coloured by the evidence that it rests on.
///
/// # Errors
/// [`Error::Chart`](crate::error::Error::Chart) when a name holds a character without a glyph,
/// [`Error::Write`](crate::error::Error::Write) when a file cannot be written.
pub fn overview(outcome: &Outcome, language: Language, path: impl AsRef<Path>) -> Result<Files> {
    write(&Overview { outcome, language }, path.as_ref())
}

/// The chart.
pub(super) struct Overview<'a> {
    pub(super) outcome: &'a Outcome,
    pub(super) language: Language,
}

impl Overview<'_> {
    fn targets(&self) -> (Vec<&TargetOutcome>, usize) {
        let mut targets = rows::single(&self.outcome.targets);
        let all = targets.len();
        targets.truncate(MOST);
        (targets, all)
    }

    fn caption(&self) -> Caption {
        let (targets, all) = self.targets();
        let more = if targets.len() < all {
            words::first_of(targets.len(), all, self.language)
        } else {
            String::new()
        };
        Caption::new(self.outcome, Word::OverviewTitle.get(self.language), &more, None, self.language)
    }

    fn legend(&self, targets: &[&TargetOutcome]) -> Vec<(Sign, String)> {
        let language = self.language;
        let mut out = vec![
            (Sign::Points(INK), Word::History.get(language).to_owned()),
            (Sign::Line(Stroke::solid(FUTURE, line::BOLD)), Word::Median.get(language).to_owned()),
        ];
        let colors = style::fan(COVERAGES.len());
        for (k, coverage) in COVERAGES.iter().enumerate().rev() {
            out.push((Sign::Fill(colors[..=k].to_vec()), words::band(*coverage, language)));
        }
        let stroke = Stroke::dashed(TARGET, line::THIN, line::DASH);
        out.push((Sign::Line(stroke), Word::Target.get(language).to_owned()));
        for grade in Evidence::ALL {
            if targets.iter().any(|t| t.evidence == grade) {
                out.push((Sign::Fill(vec![style::evidence(grade)]), words::rests_on(grade, language)));
            }
        }
        if targets.iter().any(|t| t.nature == Nature::Binding) {
            out.push((Sign::Diamond, Word::Binding.get(language).to_owned()));
        }
        out
    }
}

/// Columns and rows of a page of panels.
fn shape(panels: usize) -> (usize, usize) {
    let columns = (1..=COLUMNS).find(|c| c * c >= panels).unwrap_or(COLUMNS);
    (columns, panels.div_ceil(columns).max(1))
}

impl Drawing for Overview<'_> {
    fn size(&self) -> Result<(f64, f64)> {
        let (targets, _) = self.targets();
        let (columns, rows) = shape(targets.len());
        let inner = PANEL.0 * columns as f64 + BETWEEN.0 * (columns - 1) as f64;
        let wide = (inner + 2.0 * figure::MARGIN).max(760.0);
        let legend = legend::height(wide - 2.0 * figure::MARGIN, &self.legend(&targets))?;
        let inner = legend + (PANEL.1 + BETWEEN.1) * rows as f64;
        Ok((wide, caption::height(&self.caption().frame(), wide, inner)?))
    }

    fn draw(&self, canvas: &mut Canvas<'_>) -> Result<()> {
        let room = self.caption().frame().draw(canvas)?;
        let (targets, _) = self.targets();
        if targets.is_empty() {
            return caption::nothing(canvas, room, self.language);
        }
        let room = legend(canvas, room, &self.legend(&targets))?;
        let (columns, rows) = shape(targets.len());
        for (target, area) in targets.iter().zip(room.panels(columns, rows, BETWEEN)) {
            let area = self.head(canvas, area, target)?;
            let id = target.indicator.as_deref().unwrap_or_default();
            match self.outcome.indicator(id) {
                Some(indicator) => self.fan(canvas, area, indicator, target)?,
                None => self.by_year(canvas, area, target)?,
            }
        }
        Ok(())
    }
}

impl Overview<'_> {
    /// Number and name in one line or two, then goal and probability, then the bar.
    fn head(&self, canvas: &mut Canvas<'_>, area: Area, target: &TargetOutcome) -> Result<Area> {
        let language = self.language;
        let (size, leading) = (text::PANEL, text::PANEL * text::LEADING);
        let mut left = area.left;
        if target.nature == Nature::Binding {
            diamond(canvas, (left + 5.0, area.top + leading / 2.0), INK)?;
            left += 14.0;
        }
        let name = [rows::number(target), target.name.get(language).to_owned()].join(" ");
        let lines = font::wrap(name.trim(), size, area.right - left, 2)?;
        for (k, line) in lines.iter().enumerate() {
            let place = (left, area.top + leading * (k as f64 + 0.5));
            canvas.text(place, line, Type::new(size, INK).at(Along::Start, Across::Middle))?;
        }
        let color = style::evidence(target.evidence);
        // The room of a second line is kept, so that the plots of a row stand level.
        let y = area.top + 2.65 * leading;
        let probability = format::percent(&target.probability, language);
        let wide = font::width(&probability, text::SUBTITLE)?;
        let kind = Type::new(text::SUBTITLE, color).at(Along::End, Across::Middle);
        canvas.text((area.right, y), &probability, kind)?;
        let mut goal = rows::goal(target, language);
        if target.year != self.outcome.horizon.last() {
            goal = words::by(&goal, target.year, language);
        }
        let goal = font::ellipsize(&goal, size, area.width() - wide - figure::GAP)?;
        canvas.text((area.left, y), &goal, Type::new(size, QUIET).at(Along::Start, Across::Middle))?;
        let top = area.top + 3.35 * leading;
        canvas.rect(Area::new(area.left, top, area.right, top + 4.0), GRID)?;
        let right = area.left + area.width() * target.probability.estimate.clamp(0.0, 1.0);
        canvas.rect(Area::new(area.left, top, right, top + 4.0), color)?;
        Ok(Area { top: top + 4.0 + figure::GAP, ..area })
    }

    fn fan(
        &self,
        canvas: &mut Canvas<'_>,
        area: Area,
        indicator: &crate::outcome::IndicatorOutcome,
        target: &TargetOutcome,
    ) -> Result<()> {
        let horizon = self.outcome.horizon;
        let panel = Panel::new(indicator, &[target], horizon, (8, 2), 0);
        let (low, high) = panel.range();
        let x = self.years(panel.first_year())?;
        let axes = Axes::draw(canvas, area, x, Axis::values(low, high, 4)?, LOOK)?;
        panel.draw(canvas, &axes, 0.7)
    }

    /// A target of several indicators has no fan; how likely it holds as at each year stands instead.
    fn by_year(&self, canvas: &mut Canvas<'_>, area: Area, target: &TargetOutcome) -> Result<()> {
        let x = self.years(self.outcome.horizon.base().0)?;
        let axes = Axes::draw(canvas, area, x, Axis::shares(self.language), LOOK)?;
        let values: Vec<_> = target.by_year.iter().map(|(y, p)| (f64::from(y.0), p.estimate)).collect();
        if values.len() > 1 {
            axes.line(canvas, &values, Stroke::solid(FUTURE, line::THIN))?;
        }
        values.iter().try_for_each(|value| canvas.disc(axes.at(*value), 2.0, FUTURE))
    }

    /// Years with the base year and the last one named.
    fn years(&self, first: i32) -> Result<Axis> {
        let horizon = self.outcome.horizon;
        let tick = |year: i32| Tick { at: f64::from(year), label: year.to_string() };
        let ticks = vec![tick(horizon.base().0), tick(horizon.last().0)];
        Axis::new(f64::from(first), f64::from(horizon.last().0), ticks)
    }
}

const LOOK: Look<'static> =
    Look { grid: super::axes::Grid::Across, size: text::SMALL, below: "", beside: "", right: 0.0 };

#[cfg(test)]
mod tests {
    use super::shape;

    #[test]
    fn panels_make_a_page() {
        assert_eq!(shape(0), (1, 1));
        assert_eq!(shape(1), (1, 1));
        assert_eq!(shape(3), (2, 2));
        assert_eq!(shape(25), (5, 5));
        assert_eq!(shape(60), (6, 10));
    }
}
