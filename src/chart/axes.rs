//! Titles, axes, ticks and the labels beside them: what all charts share.
//!
//! Layer 8. [`Frame`] sets title, subtitle and source and says what room is left; [`Axes`] lays a grid and
//! labels into such a room and maps values to places. Years stand at whole numbers only.

use super::canvas::Canvas;
use super::font;
use super::shape::{Across, Along, Area, Place, Stroke, Type};
use super::style::{Color, FOOT, GRID, INK, QUIET, figure, line, text};
use crate::error::{Error, Result};
use crate::label::Language;
use crate::outcome::format;

/// The words around a chart.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Frame<'a> {
    /// What the chart says, at the top.
    pub title: &'a str,
    /// Indicator, unit, years; below the title. Empty for none.
    pub subtitle: &'a str,
    /// Where the numbers are from, at the bottom. Empty for none.
    pub source: &'a str,
}

impl Frame<'_> {
    /// Sets the words and returns the room between them.
    ///
    /// # Errors
    /// [`Error::Chart`] when a character has no glyph.
    pub fn draw(&self, canvas: &mut Canvas<'_>) -> Result<Area> {
        canvas.name(self.title);
        let m = figure::MARGIN;
        let mut room = canvas.area().inset(m, m, m, m);
        for (words, size, color) in [(self.title, text::TITLE, INK), (self.subtitle, text::SUBTITLE, QUIET)] {
            for part in font::wrap(words, size, room.width(), 2)? {
                let kind = Type::new(size, color).at(Along::Start, Across::Top);
                canvas.text((room.left, room.top), &part, kind)?;
                room.top += size * text::LEADING;
            }
        }
        let lines = font::wrap(self.source, text::SMALL, room.width(), 3)?;
        for part in lines.iter().rev() {
            canvas.text((room.left, room.bottom), part, Type::new(text::SMALL, QUIET))?;
            room.bottom -= text::SMALL * text::LEADING;
        }
        Ok(room.inset(0.0, figure::GAP, 0.0, if lines.is_empty() { 0.0 } else { figure::GAP }))
    }

    /// The height that the words take in a figure that is `wide` pixels between its margins.
    ///
    /// # Errors
    /// As [`Frame::draw`].
    pub fn height(&self, wide: f64) -> Result<f64> {
        let mut high = 2.0 * figure::GAP;
        for (words, size, lines) in
            [(self.title, text::TITLE, 2), (self.subtitle, text::SUBTITLE, 2), (self.source, text::SMALL, 3)]
        {
            high += size * text::LEADING * font::wrap(words, size, wide, lines)?.len() as f64;
        }
        Ok(high)
    }
}

/// A labelled value of an axis.
#[derive(Debug, Clone, PartialEq)]
pub struct Tick {
    /// The value.
    pub at: f64,
    /// What is written beside it.
    pub label: String,
}

/// The values that an axis runs over, and its ticks.
#[derive(Debug, Clone, PartialEq)]
pub struct Axis {
    low: f64,
    high: f64,
    ticks: Vec<Tick>,
}

impl Axis {
    /// An axis over given values, with given ticks (none for a bare axis).
    ///
    /// # Errors
    /// [`Error::Chart`] unless both ends are finite and the first is below the second.
    pub fn new(low: f64, high: f64, ticks: Vec<Tick>) -> Result<Self> {
        if low.is_finite() && high.is_finite() && low < high {
            return Ok(Self { low, high, ticks });
        }
        Err(Error::Chart(format!(
            "an axis from {low} to {high} was asked for; both ends must be finite, in this order"
        )))
    }

    /// An axis of years, each year a tick; labels that would touch are left out when it is drawn.
    ///
    /// # Errors
    /// [`Error::Chart`] unless `first < last`.
    pub fn years(first: i32, last: i32) -> Result<Self> {
        let ticks =
            (first..=last).map(|year| Tick { at: f64::from(year), label: year.to_string() }).collect();
        Self::new(f64::from(first), f64::from(last), ticks)
    }

    /// An axis that holds the values from `low` to `high` and ends at ticks: about `count` of them, 1, 2 or 5
    /// times a power of ten apart, with as many decimals as they need.
    ///
    /// # Errors
    /// [`Error::Chart`] unless both are finite and in this order; they may be equal.
    pub fn values(low: f64, high: f64, count: usize) -> Result<Self> {
        if !(low <= high && (high - low).is_finite()) {
            return Self::new(low, high, Vec::new());
        }
        // A single value, or values too close for their digits: an axis around them.
        let (low, high) = if high - low < 1e-9 * low.abs().max(high.abs()) || low == high {
            let around = if low == 0.0 { 1.0 } else { 0.1 * low.abs() };
            (low - around, high + around)
        } else {
            (low, high)
        };
        let (digit, power) = step((high - low) / count.clamp(1, 50) as f64);
        let ten = libm::exp10(f64::from(power.abs()));
        // A division by a power of ten gives 0.3 where a product with 0.1 does not.
        let value = |k: f64| if power < 0 { k * digit / ten } else { k * digit * ten };
        let decimals = usize::try_from(-power).unwrap_or(0);
        // A hair of a step, so that rounding adds no empty step.
        let first = (low / value(1.0) + 1e-9).floor();
        let last = (high / value(1.0) - 1e-9).ceil();
        let tick = |k: u32| value(first + f64::from(k));
        let ticks = (0..=(last - first) as u32)
            .map(|k| Tick { at: tick(k), label: format::number(tick(k), decimals) })
            .collect();
        Self::new(value(first).min(low), value(last).max(high), ticks)
    }

    /// An axis of probabilities or shares from 0 to 1, with ticks every 20 %.
    pub fn shares(language: Language) -> Self {
        let tick = |k: u32| f64::from(k) / 5.0;
        let ticks =
            (0..=5).map(|k| Tick { at: tick(k), label: format::share(tick(k), 0, language) }).collect();
        Self { low: 0.0, high: 1.0, ticks }
    }

    /// Moves the ends outwards without another tick: half a year of room for a bar, say.
    #[must_use]
    pub fn widened(mut self, by: f64) -> Self {
        self.low -= by;
        self.high += by;
        self
    }

    /// The first value.
    pub fn low(&self) -> f64 {
        self.low
    }

    /// The last value.
    pub fn high(&self) -> f64 {
        self.high
    }

    /// The ticks.
    pub fn ticks(&self) -> &[Tick] {
        &self.ticks
    }

    /// Every n-th tick, counted back from the last, with the smallest n in 1, 2, 5, 10, … whose labels
    /// leave `gap` pixels between them on `room` pixels.
    fn thinned(&self, room: f64, size: f64, gap: f64) -> Result<Vec<&Tick>> {
        let widest = widest(&self.ticks, size)?;
        let between = match &self.ticks[..] {
            [first, .., last] => (last.at - first.at) / (self.ticks.len() - 1) as f64,
            _ => 0.0,
        };
        let pixels = room * between / (self.high - self.low);
        let every = [1_usize, 2, 5, 10, 20, 50, 100, 200];
        let n = every.into_iter().find(|&n| n as f64 * pixels >= widest + gap).unwrap_or(500);
        Ok(self.ticks.iter().rev().step_by(n).collect())
    }
}

/// The step of nice ticks at or above `raw`: 1, 2 or 5, and the power of ten that it is times of.
fn step(raw: f64) -> (f64, i32) {
    let power = libm::floor(libm::log10(raw)) as i32;
    let ten = libm::exp10(f64::from(power));
    [1.0, 2.0, 5.0]
        .into_iter()
        .find(|digit| digit * ten >= raw * (1.0 - 1e-9))
        .map_or((1.0, power + 1), |digit| (digit, power))
}

/// Which grid lines are drawn.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Grid {
    /// At the ticks of the vertical axis: for series over years.
    Across,
    /// At the ticks of the horizontal axis: for horizontal bars.
    Upright,
    /// None.
    None,
}

/// How axes are drawn.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Look<'a> {
    /// Grid lines.
    pub grid: Grid,
    /// Size of the tick labels.
    pub size: f64,
    /// What the horizontal axis measures, below it. Empty for none.
    pub below: &'a str,
    /// What the vertical axis measures, running upwards beside it. Empty for none.
    pub beside: &'a str,
    /// Room at the right for labels beside the ends of lines.
    pub right: f64,
}

impl Default for Look<'_> {
    fn default() -> Self {
        Self { grid: Grid::Across, size: text::LABEL, below: "", beside: "", right: 0.0 }
    }
}

/// Axes that have been drawn; they map values to places.
#[derive(Debug, Clone, PartialEq)]
pub struct Axes {
    /// The rectangle between the axes.
    pub plot: Area,
    /// The horizontal axis.
    pub x: Axis,
    /// The vertical axis.
    pub y: Axis,
}

impl Axes {
    /// Draws grid, tick labels and names of axes into `room`.
    ///
    /// # Errors
    /// [`Error::Chart`] when a character has no glyph, or when the room is too small to leave a plot of 10 by
    /// 10 pixels.
    pub fn draw(canvas: &mut Canvas<'_>, room: Area, x: Axis, y: Axis, look: Look<'_>) -> Result<Self> {
        let Look { grid, size, below, beside, right } = look;
        let gap = figure::GAP;
        let labels = widest(&y.ticks, size)?;
        let beside_width = if beside.is_empty() { 0.0 } else { size * text::LEADING + 0.75 * gap };
        let left = beside_width + if labels > 0.0 { labels + gap } else { 0.0 };
        let mut bottom = if x.ticks.is_empty() { 0.0 } else { size * text::LEADING + 0.75 * gap };
        bottom += if below.is_empty() { 0.0 } else { size * text::LEADING };
        // Half of the last label of the horizontal axis stands beyond the end of the axis.
        let half = x.ticks.last().map_or(Ok(0.0), |tick| font::width(&tick.label, size))? / 2.0;
        let top = if y.ticks.is_empty() { 0.0 } else { size / 2.0 };
        let plot = room.inset(left, top, right.max(half), bottom);
        if plot.width() < 10.0 || plot.height() < 10.0 {
            return Err(Error::Chart(format!(
                "{:.0} by {:.0} pixels are too few for the axes and their labels; make the figure larger",
                room.width(),
                room.height()
            )));
        }
        let axes = Self { plot, x, y };
        axes.grid(canvas, grid)?;
        for tick in axes.x.thinned(plot.width(), size, 1.5 * gap)? {
            let place = (axes.x(tick.at), plot.bottom + 0.75 * gap);
            canvas.text(place, &tick.label, Type::new(size, QUIET).at(Along::Middle, Across::Top))?;
        }
        for tick in axes.y.thinned(plot.height(), size, 0.0)? {
            let place = (plot.left - gap, axes.y(tick.at));
            canvas.text(place, &tick.label, Type::new(size, QUIET).at(Along::End, Across::Middle))?;
        }
        if !below.is_empty() {
            let words = font::ellipsize(below, size, room.width())?;
            let place = ((plot.left + plot.right) / 2.0, room.bottom);
            let kind = Type::new(size, QUIET).at(Along::Middle, Across::Baseline);
            canvas.text((place.0, place.1 - 0.26 * size), &words, kind)?;
        }
        if !beside.is_empty() {
            let words = font::ellipsize(beside, size, room.height())?;
            let kind = Type::new(size, QUIET).at(Along::Middle, Across::Top).upwards();
            canvas.text((room.left, (plot.top + plot.bottom) / 2.0), &words, kind)?;
        }
        Ok(axes)
    }

    fn grid(&self, canvas: &mut Canvas<'_>, grid: Grid) -> Result<()> {
        let plot = self.plot;
        let mark = |value: f64, axis: &Axis| {
            // The foot is zero where the axis holds it, else its lower end.
            let foot = if (axis.low..=axis.high).contains(&0.0) { 0.0 } else { axis.low };
            let near = (value - foot).abs() < 1e-6 * (axis.high - axis.low);
            Stroke::solid(if near { FOOT } else { GRID }, line::HAIR)
        };
        match grid {
            Grid::Across => self.y.ticks.iter().try_for_each(|tick| {
                let y = self.y(tick.at).round();
                canvas.line(&[(plot.left, y), (plot.right, y)], mark(tick.at, &self.y))
            }),
            Grid::Upright => self.x.ticks.iter().try_for_each(|tick| {
                let x = self.x(tick.at).round();
                canvas.line(&[(x, plot.top), (x, plot.bottom)], mark(tick.at, &self.x))
            }),
            Grid::None => Ok(()),
        }
    }

    /// Where a value of the horizontal axis stands, in pixels from the left.
    pub fn x(&self, value: f64) -> f64 {
        self.plot.left + self.plot.width() * (value - self.x.low) / (self.x.high - self.x.low)
    }

    /// Where a value of the vertical axis stands, in pixels from the top.
    pub fn y(&self, value: f64) -> f64 {
        self.plot.bottom - self.plot.height() * (value - self.y.low) / (self.y.high - self.y.low)
    }

    /// Where a pair of values stands.
    pub fn at(&self, (x, y): (f64, f64)) -> Place {
        (self.x(x), self.y(y))
    }

    /// Draws a line through pairs of values.
    ///
    /// # Errors
    /// [`Error::Chart`] when a value is not finite.
    pub fn line(&self, canvas: &mut Canvas<'_>, values: &[(f64, f64)], stroke: Stroke) -> Result<()> {
        let places: Vec<Place> = values.iter().map(|&pair| self.at(pair)).collect();
        canvas.line(&places, stroke)
    }

    /// Fills between two lines over the same horizontal values, each row one of them with its lower and its
    /// upper vertical value.
    ///
    /// # Errors
    /// [`Error::Chart`] when a value is not finite.
    pub fn band(&self, canvas: &mut Canvas<'_>, rows: &[(f64, f64, f64)], color: Color) -> Result<()> {
        let upper = rows.iter().map(|&(x, _, high)| self.at((x, high)));
        let lower = rows.iter().rev().map(|&(x, low, _)| self.at((x, low)));
        canvas.fill(&upper.chain(lower).collect::<Vec<_>>(), color)
    }
}

fn widest(ticks: &[Tick], size: f64) -> Result<f64> {
    ticks.iter().try_fold(0.0_f64, |most, tick| Ok(most.max(font::width(&tick.label, size)?)))
}

/// Moves places along a line apart so that neighbours are at least `gap` pixels apart and all lie between
/// `low` and `high`, as near as that allows to where they were; the order stays. For labels beside the ends
/// of lines. Where there is not room enough for all, they are spread evenly over what there is.
pub fn spread(places: &[f64], gap: f64, low: f64, high: f64) -> Vec<f64> {
    let mut order: Vec<usize> = (0..places.len()).collect();
    order.sort_by(|&a, &b| places[a].total_cmp(&places[b]));
    let gap = gap.min((high - low) / (places.len().max(2) - 1) as f64);
    // Neighbours that touch become one block, placed at the mean of what its members wish (the pool-adjacent-
    // violators solution of this least-squares problem); a block is (first wish summed, members).
    let mut blocks: Vec<(f64, usize)> = Vec::new();
    let place =
        |&(sum, n): &(f64, usize)| (sum / n as f64).clamp(low, (high - gap * (n - 1) as f64).max(low));
    for &i in &order {
        blocks.push((places[i], 1));
        while let [.., a, b] = &blocks[..] {
            if place(a) + gap * a.1 as f64 <= place(b) {
                break;
            }
            // The wishes of the later block as seen from the first member of the joint one.
            let joint = (a.0 + b.0 - gap * (a.1 * b.1) as f64, a.1 + b.1);
            blocks.truncate(blocks.len() - 2);
            blocks.push(joint);
        }
    }
    let mut out = vec![0.0; places.len()];
    let mut rest = order.into_iter();
    for block in &blocks {
        for (k, i) in rest.by_ref().take(block.1).enumerate() {
            out[i] = place(block) + gap * k as f64;
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    fn labels(axis: &Axis) -> Vec<&str> {
        axis.ticks().iter().map(|tick| tick.label.as_str()).collect()
    }

    #[test]
    fn ticks_are_round_and_hold_the_values() {
        assert_eq!(labels(&Axis::values(3.2, 6.9, 5).unwrap()), ["3", "4", "5", "6", "7"]);
        assert_eq!(labels(&Axis::values(0.0, 0.5, 5).unwrap()), ["0.0", "0.1", "0.2", "0.3", "0.4", "0.5"]);
        assert_eq!(labels(&Axis::values(-3.0, 3.0, 3).unwrap()), ["−4", "−2", "0", "2", "4"]);
        assert_eq!(
            labels(&Axis::values(4800.0, 7900.0, 4).unwrap()),
            ["4,000", "5,000", "6,000", "7,000", "8,000"]
        );
        for (low, high) in
            [(1e-12, 3e-12), (-7.3e8, 1e9), (99.99, 100.01), (5.0, 5.0), (0.0, 0.0), (-2.0, -2.0)]
        {
            let axis = Axis::values(low, high, 5).unwrap();
            assert!(axis.low() <= low && axis.high() >= high, "{axis:?}");
            let spacing: Vec<f64> = axis.ticks().windows(2).map(|w| w[1].at - w[0].at).collect();
            assert!((2..=9).contains(&spacing.len()), "{axis:?}");
            assert!(spacing.iter().all(|s| (s / spacing[0] - 1.0).abs() < 1e-6), "{axis:?}");
            let mut names = labels(&axis);
            names.dedup();
            assert_eq!(names.len(), axis.ticks().len(), "labels must differ: {axis:?}");
        }
    }

    #[test]
    fn an_axis_without_extent_is_refused() {
        assert!(matches!(Axis::values(f64::NAN, 1.0, 5), Err(Error::Chart(_))));
        assert!(matches!(Axis::values(2.0, 1.0, 5), Err(Error::Chart(_))));
        assert!(matches!(Axis::values(0.0, f64::INFINITY, 5), Err(Error::Chart(_))));
        assert!(matches!(Axis::years(2030, 2030), Err(Error::Chart(_))));
    }

    #[test]
    fn years_thin_out_and_keep_the_last() {
        let axis = Axis::years(2008, 2030).unwrap();
        let shown = |room: f64| -> Vec<String> {
            axis.thinned(room, 13.0, 12.0).unwrap().iter().map(|tick| tick.label.clone()).collect()
        };
        assert_eq!(shown(2000.0).len(), 23);
        assert_eq!(shown(250.0), ["2030", "2025", "2020", "2015", "2010"]);
        assert_eq!(shown(20.0), ["2030"]);
    }

    #[test]
    fn labels_are_moved_apart_and_no_farther() {
        assert_eq!(spread(&[10.0, 50.0], 10.0, 0.0, 100.0), [10.0, 50.0]);
        assert_eq!(spread(&[50.0, 50.0], 10.0, 0.0, 100.0), [45.0, 55.0]);
        assert_eq!(spread(&[52.0, 48.0, 50.0], 10.0, 0.0, 100.0), [60.0, 40.0, 50.0]);
        assert_eq!(spread(&[98.0, 99.0], 10.0, 0.0, 100.0), [90.0, 100.0]);
        assert_eq!(spread(&[5.0, 5.0, 5.0], 10.0, 0.0, 10.0), [0.0, 5.0, 10.0]);
        assert_eq!(spread(&[], 10.0, 0.0, 10.0), Vec::<f64>::new());
        let wishes = [3.0, 97.0, 41.0, 44.0, 44.5, 90.0, 12.0];
        let got = spread(&wishes, 14.0, 0.0, 100.0);
        let mut sorted = got.clone();
        sorted.sort_by(f64::total_cmp);
        assert!(sorted.windows(2).all(|w| w[1] - w[0] >= 14.0 - 1e-9), "{got:?}");
        assert!(sorted[0] >= 0.0 && sorted[6] <= 100.0 + 1e-9, "{got:?}");
    }

    #[test]
    fn a_room_too_small_is_refused() {
        let drawn = super::super::canvas::svg_text((30.0, 30.0), |canvas| {
            let room = canvas.area();
            let (x, y) = (Axis::years(2020, 2030)?, Axis::values(0.0, 1000.0, 5)?);
            Axes::draw(canvas, room, x, y, Look::default()).map(|_| ())
        });
        assert!(matches!(drawn, Err(Error::Chart(m)) if m.contains("too few")));
    }

    #[test]
    fn values_stand_at_their_places() {
        super::super::canvas::svg_text((400.0, 300.0), |canvas| {
            let room = canvas.area();
            let (x, y) = (Axis::years(2020, 2030)?, Axis::values(0.0, 10.0, 5)?);
            let axes = Axes::draw(canvas, room, x, y, Look::default())?;
            let plot = axes.plot;
            assert_eq!(axes.at((2020.0, 0.0)), (plot.left, plot.bottom));
            assert_eq!(axes.at((2030.0, 10.0)), (plot.right, plot.top));
            assert!((axes.x(2025.0) - (plot.left + plot.right) / 2.0).abs() < 1e-9);
            Ok(())
        })
        .unwrap();
    }
}
