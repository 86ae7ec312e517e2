//! The most likely way in which everything is met: small fans with the path of success.
//!
//! Layer 8.

use super::axes::{Axes, Axis, Grid, Look, Tick};
use super::canvas::{Canvas, Files};
use super::caption::{self, Caption};
use super::font;
use super::legend::{self, Sign, legend};
use super::panel::{COVERAGES, Panel};
use super::shape::{Across, Along, Area, Place, Stroke, Type};
use super::style::{self, FUTURE, INK, MET, QUIET, TARGET, figure, line, text};
use super::words::{self, Word};
use super::{Drawing, write};
use crate::analyse::rare::{Course, Rare};
use crate::error::Result;
use crate::label::Language;
use std::path::Path;

/// Indicators that are shown.
const MOST: usize = 9;
const COLUMNS: usize = 3;
/// What is nearer to its median is not shown.
const NEAR: f64 = 0.02;
const PANEL: (f64, f64) = (320.0, 210.0);
const BETWEEN: (f64, f64) = (24.0, 18.0);

/// Draws the indicators that have to be furthest from their median on the most likely way to succeed: bands and median of all paths, and the
/// path of success.
///
/// # Errors
/// [`Error::Chart`](crate::error::Error::Chart) when a name holds a character without a glyph,
/// [`Error::Write`](crate::error::Error::Write) when a file cannot be written.
pub fn story(rare: &Rare, language: Language, path: impl AsRef<Path>) -> Result<Files> {
    write(&StoryChart { rare, language }, path.as_ref())
}

struct StoryChart<'a> {
    rare: &'a Rare,
    language: Language,
}

impl StoryChart<'_> {
    fn courses(&self) -> Vec<&Course> {
        let all = self.rare.story.iter().flat_map(|story| &story.courses);
        all.filter(|course| course.deviation.abs() > NEAR).take(MOST).collect()
    }

    fn caption(&self) -> Caption {
        let title = match self.language {
            Language::En => "The most likely way in which it succeeds",
            Language::Zh => "最可能的实现方式",
        };
        let more = self.rare.goal.get(self.language);
        Caption::new(&self.rare.outcome, title, more, None, self.language)
    }

    fn legend(&self) -> Vec<(Sign, String)> {
        let language = self.language;
        let way = match language {
            Language::En => "the most likely successful path",
            Language::Zh => "最可能的成功路径",
        };
        let mut out = vec![
            (Sign::Points(MET), way.to_owned()),
            (Sign::Line(Stroke::solid(FUTURE, line::BOLD)), Word::Median.get(language).to_owned()),
        ];
        let colors = style::fan(COVERAGES.len());
        for (k, coverage) in COVERAGES.iter().enumerate().rev() {
            out.push((Sign::Fill(colors[..=k].to_vec()), words::band(*coverage, language)));
        }
        let stroke = Stroke::dashed(TARGET, line::THIN, line::DASH);
        out.push((Sign::Line(stroke), Word::Target.get(language).to_owned()));
        out
    }

    fn panel(&self, canvas: &mut Canvas<'_>, area: Area, course: &Course) -> Result<()> {
        let outcome = &self.rare.outcome;
        let indicator = &outcome.indicators[course.indicator];
        let leading = text::PANEL * text::LEADING;
        let name = font::ellipsize(indicator.name.get(self.language), text::PANEL, area.width())?;
        let kind = |color| Type::new(text::PANEL, color).at(Along::Start, Across::Top);
        canvas.text((area.left, area.top), &name, kind(INK))?;
        let unit = font::ellipsize(indicator.unit.get(self.language), text::SMALL, area.width())?;
        let below = Type::new(text::SMALL, QUIET).at(Along::Start, Across::Top);
        canvas.text((area.left, area.top + leading), &unit, below)?;
        let area = Area { top: area.top + 2.1 * leading, ..area };

        let targets: Vec<_> = indicator.targets.iter().filter_map(|t| outcome.targets.get(*t)).collect();
        let panel = Panel::new(indicator, &targets, outcome.horizon, (4, 1), 0);
        let (mut low, mut high) = panel.range();
        for level in course.path.iter().filter(|level| level.is_finite()) {
            (low, high) = (low.min(*level), high.max(*level));
        }
        let base = outcome.horizon.base().0;
        let tick = |year: i32| Tick { at: f64::from(year), label: year.to_string() };
        let last = outcome.horizon.last().0;
        let x = Axis::new(f64::from(panel.first_year()), f64::from(last), vec![tick(base), tick(last)])?;
        let look = Look { grid: Grid::Across, size: text::SMALL, ..Look::default() };
        let axes = Axes::draw(canvas, area, x, Axis::values(low, high, 4)?, look)?;
        panel.draw(canvas, &axes, 0.7)?;
        let path: Vec<Place> = (base..).map(f64::from).zip(course.path.iter().copied()).collect();
        axes.line(canvas, &path, Stroke::solid(MET, line::BOLD))?;
        path.iter().try_for_each(|place| canvas.disc(axes.at(*place), 2.5, MET))
    }
}

impl Drawing for StoryChart<'_> {
    fn size(&self) -> Result<(f64, f64)> {
        let courses = self.courses().len();
        let rows = courses.div_ceil(COLUMNS).max(1);
        let inner = PANEL.0 * COLUMNS as f64 + BETWEEN.0 * (COLUMNS - 1) as f64;
        let wide = inner + 2.0 * figure::MARGIN;
        let legend = legend::height(inner, &self.legend())?;
        let high = legend + (PANEL.1 + BETWEEN.1) * rows as f64;
        Ok((wide, caption::height(&self.caption().frame(), wide, high)?))
    }

    fn draw(&self, canvas: &mut Canvas<'_>) -> Result<()> {
        let room = self.caption().frame().draw(canvas)?;
        let courses = self.courses();
        if courses.is_empty() {
            let words = match (self.language, &self.rare.story) {
                (Language::En, None) => "No success was found.",
                (Language::Zh, None) => "未找到成功的路径。",
                (Language::En, Some(_)) => "The medians succeed: nothing has to deviate.",
                (Language::Zh, Some(_)) => "各指标取中位数即可实现，无需偏离。",
            };
            let place = (0.5 * (room.left + room.right), 0.5 * (room.top + room.bottom));
            let kind = Type::new(text::SUBTITLE, QUIET).at(Along::Middle, Across::Middle);
            return canvas.text(place, words, kind);
        }
        let room = legend(canvas, room, &self.legend())?;
        let rows = courses.len().div_ceil(COLUMNS);
        for (course, area) in courses.iter().zip(room.panels(COLUMNS, rows, BETWEEN)) {
            self.panel(canvas, area, course)?;
        }
        Ok(())
    }
}
