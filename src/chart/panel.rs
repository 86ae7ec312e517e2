//! The inside of a fan: history, bands, median, paths and targets of one indicator between its axes.
//!
//! Layer 8. Shared by the [fan](super::fan()) and the [overview](super::overview()).

use super::axes::Axes;
use super::canvas::Canvas;
use super::shape::{Place, Stroke};
use super::style::{self, FOOT, FUTURE, GROUND, INK, QUIET, TARGET, line};
use crate::error::Result;
use crate::outcome::{IndicatorOutcome, SamplePath, TargetOutcome};
use crate::target::Measure;
use crate::time::Horizon;

/// The shares of the paths that the bands hold, from the outermost.
pub(super) const COVERAGES: [f64; 3] = [0.9, 0.6, 0.3];

/// How a simulated path is drawn.
pub(super) const SAMPLE: Stroke = Stroke::solid(QUIET.faded(0.6), 0.75);

/// The bound of a target that can be drawn as a line over the levels.
pub(super) fn line_of(target: &TargetOutcome) -> Option<f64> {
    let level = matches!(target.measure, Some(Measure::Level | Measure::EveryYear));
    target.bound.filter(|bound| level && bound.is_finite())
}

/// An indicator with the targets whose lines are drawn.
pub(super) struct Panel<'a> {
    indicator: &'a IndicatorOutcome,
    lines: Vec<(&'a TargetOutcome, f64)>,
    horizon: Horizon,
    history: &'a [(crate::time::Year, f64)],
    samples: usize,
}

impl<'a> Panel<'a> {
    /// History is shown for `back.0` years or `back.1` times the length of the plan, whichever is longer.
    pub(super) fn new(
        indicator: &'a IndicatorOutcome,
        targets: &[&'a TargetOutcome],
        horizon: Horizon,
        back: (usize, usize),
        samples: usize,
    ) -> Self {
        let base = horizon.base();
        let oldest = base.0 - back.0.max(back.1 * horizon.steps()) as i32;
        let from = indicator.history.partition_point(|(year, _)| year.0 < oldest);
        Self {
            indicator,
            lines: targets.iter().filter_map(|t| line_of(t).map(|bound| (*t, bound))).collect(),
            horizon,
            history: &indicator.history[from..],
            samples,
        }
    }

    pub(super) fn history(&self) -> &'a [(crate::time::Year, f64)] {
        self.history
    }

    pub(super) fn samples(&self) -> impl Iterator<Item = &'a SamplePath> {
        self.indicator.samples.iter().take(self.samples)
    }

    pub(super) fn lines(&self) -> impl Iterator<Item = (&'a TargetOutcome, f64)> {
        self.lines.iter().copied()
    }

    /// The first year shown.
    pub(super) fn first_year(&self) -> i32 {
        self.history.first().map_or(self.horizon.base(), |(year, _)| *year).min(self.horizon.base()).0
    }

    /// The values that the axis has to hold: history, bands, targets, and the paths as far as they go no
    /// further than a third of these beyond them; one wild path would flatten the rest.
    pub(super) fn range(&self) -> (f64, f64) {
        let bands = self.indicator.bands.iter().flat_map(|band| {
            let (low, high) = band.quantiles.central(COVERAGES[0]);
            [low, high]
        });
        let past = self.history.iter().map(|(_, value)| *value);
        let bounds = self.lines.iter().map(|(_, bound)| *bound);
        let all = bands.chain(past).chain(bounds).filter(|value| value.is_finite());
        let (low, high) = all.fold((f64::INFINITY, f64::NEG_INFINITY), |(l, h), v| (l.min(v), h.max(v)));
        if low > high {
            return (0.0, 1.0);
        }
        let room = (high - low) / 3.0;
        let levels = self.samples().flat_map(|sample| sample.levels.iter().copied());
        let held = levels.filter(|level| level.is_finite()).map(|level| level.clamp(low - room, high + room));
        held.fold((low, high), |(l, h), v| (l.min(v), h.max(v)))
    }

    /// Draws it between axes of years and levels; `scale` makes lines and points smaller.
    pub(super) fn draw(&self, canvas: &mut Canvas<'_>, axes: &Axes, scale: f64) -> Result<()> {
        let base = axes.x(f64::from(self.horizon.base().0));
        let mark = Stroke::dashed(FOOT, 0.75, (2.0, 3.0));
        canvas.line(&[(base, axes.plot.top), (base, axes.plot.bottom)], mark)?;

        let bands = &self.indicator.bands;
        for (coverage, color) in COVERAGES.iter().zip(style::fan(COVERAGES.len())) {
            let rows: Vec<_> = bands
                .iter()
                .map(|band| {
                    let (low, high) = band.quantiles.central(*coverage);
                    (f64::from(band.year.0), low, high)
                })
                .collect();
            if rows.len() > 1 {
                axes.band(canvas, &rows, color)?;
            }
        }
        for sample in self.samples() {
            let years = (self.horizon.base().0..).map(f64::from);
            let values: Vec<Place> = years.zip(sample.levels.iter().copied()).collect();
            for part in within(&values, axes.y.low(), axes.y.high()) {
                axes.line(canvas, &part, SAMPLE)?;
            }
        }
        let median: Vec<Place> =
            bands.iter().map(|band| (f64::from(band.year.0), band.quantiles.median())).collect();
        if median.len() > 1 {
            axes.line(canvas, &median, Stroke::solid(FUTURE, line::BOLD * scale))?;
        }
        for (target, bound) in &self.lines {
            let (from, to) = (f64::from(self.horizon.base().0), f64::from(target.year.0));
            let stroke = Stroke::dashed(TARGET, (line::THIN * scale).max(1.0), line::DASH);
            axes.line(canvas, &[(from, *bound), (to, *bound)], stroke)?;
            canvas.disc(axes.at((to, *bound)), 4.0 * scale, TARGET)?;
            canvas.disc(axes.at((to, *bound)), 2.0 * scale, GROUND)?;
        }
        self.draw_history(canvas, axes, scale)
    }

    /// A solid line through neighbouring years, a thin one over gaps and up to the median of the base year.
    fn draw_history(&self, canvas: &mut Canvas<'_>, axes: &Axes, scale: f64) -> Result<()> {
        let base = self.horizon.base();
        let end = self.indicator.bands.first().map(|band| (base, band.quantiles.median()));
        let mut points = self.history.to_vec();
        // Actuals of a plan that has begun stand behind the base year.
        let at = points.partition_point(|(year, _)| *year < base);
        if let (Some(end), true) =
            (end, !points.is_empty() && points.get(at).is_none_or(|(year, _)| *year > base))
        {
            points.insert(at, end);
        }
        for pair in points.windows(2) {
            let ((a, from), (b, to)) = (pair[0], pair[1]);
            let stroke = match b.0 - a.0 {
                1 => Stroke::solid(INK, line::BOLD * scale),
                _ => Stroke::dashed(INK.faded(0.6), line::HAIR, (2.0, 3.0)),
            };
            axes.line(canvas, &[(f64::from(a.0), from), (f64::from(b.0), to)], stroke)?;
        }
        // Points stand where a number is known.
        self.history
            .iter()
            .try_for_each(|(year, value)| canvas.disc(axes.at((f64::from(year.0), *value)), 3.0 * scale, INK))
    }
}

/// The parts of a line that lie between two heights.
fn within(line: &[Place], low: f64, high: f64) -> Vec<Vec<Place>> {
    let mut parts: Vec<Vec<Place>> = Vec::new();
    let mut open = false;
    for pair in line.windows(2) {
        let ((x0, y0), (x1, y1)) = (pair[0], pair[1]);
        // The share of the way at which the pair crosses a height.
        let at = |y: f64| if y1 == y0 { 0.0 } else { ((y - y0) / (y1 - y0)).clamp(0.0, 1.0) };
        let (enter, leave) = (at(low).min(at(high)), at(low).max(at(high)));
        let flat = y0 == y1;
        let inside = |y: f64| (low..=high).contains(&y);
        let (enter, leave) = if flat { (0.0, 1.0) } else { (enter, leave) };
        let seen = if flat { inside(y0) } else { leave > enter };
        if !seen {
            open = false;
            continue;
        }
        let point = |share: f64| (x0 + share * (x1 - x0), y0 + share * (y1 - y0));
        match parts.last_mut().filter(|_| open && enter == 0.0) {
            Some(part) => part.push(point(leave)),
            None => parts.push(vec![point(enter), point(leave)]),
        }
        open = leave == 1.0;
    }
    parts
}

#[cfg(test)]
mod tests {
    use super::within;

    #[test]
    fn lines_end_where_they_leave_the_axis() {
        let line = [(0.0, 1.0), (1.0, 3.0), (2.0, 1.0), (3.0, -1.0), (4.0, 1.0)];
        assert_eq!(within(&line, -5.0, 5.0), [line.to_vec()]);
        assert_eq!(
            within(&line, 0.0, 2.0),
            [
                vec![(0.0, 1.0), (0.5, 2.0)],
                vec![(1.5, 2.0), (2.0, 1.0), (2.5, 0.0)],
                vec![(3.5, 0.0), (4.0, 1.0)]
            ]
        );
        assert!(within(&line, 10.0, 11.0).is_empty());
        assert_eq!(within(&[(0.0, 2.0), (1.0, 2.0)], 0.0, 2.0), [[(0.0, 2.0), (1.0, 2.0)]]);
        assert!(within(&[(0.0, 2.0)], 0.0, 2.0).is_empty());
        // Through the whole height in one step.
        assert_eq!(within(&[(0.0, -1.0), (1.0, 3.0)], 0.0, 2.0), [[(0.25, 0.0), (0.75, 2.0)]]);
    }
}
