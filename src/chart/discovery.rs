//! Where a goal is missed: the trade-off of coverage and density.
//!
//! Layer 8.

use super::axes::{Axes, Axis, Look};
use super::canvas::{Canvas, Files};
use super::caption::Caption;
use super::font;
use super::legend::{self, Sign, diamond, legend};
use super::shape::{Across, Along, Stroke, Type};
use super::style::{FUTURE, INK, MISSED, QUIET, figure, line, text};
use super::{Drawing, write};
use crate::analyse::discover::Discovered;
use crate::error::Result;
use crate::label::Language;
use crate::outcome::{Probability, format};
use std::path::Path;

/// Height of the trade-off, and of a line of the box in words.
const TRADE_OFF: f64 = 300.0;
const LINE: f64 = 20.0;

/// Draws coverage against density of every box, on the paths that the search has not seen, with the intervals of the density; the
/// recommended box apart, its restrictions in words below; how often the goal is missed in all as a line.
///
/// # Errors
/// [`Error::Chart`](crate::error::Error::Chart) when a name holds a character without a glyph,
/// [`Error::Write`](crate::error::Error::Write) when a file cannot be written.
pub fn discovery(found: &Discovered, language: Language, path: impl AsRef<Path>) -> Result<Files> {
    write(&Chart { found, language }, path.as_ref())
}

struct Chart<'a> {
    found: &'a Discovered,
    language: Language,
}

impl Chart<'_> {
    fn say(&self, en: &'static str, zh: &'static str) -> &'static str {
        self.language.say(en, zh)
    }

    fn around(&self) -> Caption {
        let goal = self.found.asked.goal.get(self.language);
        let title = match (self.language, self.found.met) {
            (Language::En, false) => format!("Where it is missed: {goal}"),
            (Language::En, true) => format!("Where it is met: {goal}"),
            (Language::Zh, false) => format!("何处落空：{goal}"),
            (Language::Zh, true) => format!("何处实现：{goal}"),
        };
        let more = self.say("judged on paths that the search has not seen", "按未参与搜索的路径评价");
        Caption::about(&self.found.asked.about, &title, more, self.language)
    }

    fn legend(&self) -> Vec<(Sign, String)> {
        let all = format::percent(&self.found.happens, self.language);
        let all = match (self.language, self.found.met) {
            (Language::En, false) => format!("missed in all futures: {all}"),
            (Language::En, true) => format!("met in all futures: {all}"),
            (Language::Zh, false) => format!("总体落空：{all}"),
            (Language::Zh, true) => format!("总体实现：{all}"),
        };
        vec![
            (
                Sign::Points(FUTURE),
                self.say("a box, with the interval of its density", "各情形及其密度的区间").to_owned(),
            ),
            (Sign::Points(MISSED), self.say("recommended", "推荐").to_owned()),
            (Sign::Line(Stroke::solid(QUIET, line::THIN)), all),
        ]
    }

    /// The restrictions of the recommended box in words.
    fn lines(&self) -> Vec<String> {
        let found = self.found;
        let says =
            |r: &crate::analyse::discover::Restriction| found.features[r.feature].says(r, self.language);
        found.recommended.restrictions.iter().map(says).collect()
    }
}

impl Drawing for Chart<'_> {
    fn size(&self) -> Result<(f64, f64)> {
        let wide = figure::SINGLE.0;
        let legend = legend::height(wide - 2.0 * figure::MARGIN, &self.legend())?;
        let inner = legend + TRADE_OFF + LINE * (self.lines().len() as f64 + 1.5);
        Ok((wide, super::caption::height(&self.around().frame(), wide, inner)?))
    }

    fn draw(&self, canvas: &mut Canvas<'_>) -> Result<()> {
        let room = self.around().frame().draw(canvas)?;
        let room = legend(canvas, room, &self.legend())?;
        let lines = self.lines();
        let below = LINE * (lines.len() as f64 + 1.5);
        let percent = |p: f64| 100.0 * p;
        let shares = |name: &str| format!("{name}, %");
        let x = Axis::values(0.0, 100.0, 6)?;
        let found = self.found;
        let densities = found.boxes.iter().chain([&found.recommended]).filter(|found| found.mass.hits > 0);
        let ends = densities.clone().flat_map(|found| [found.density.low, found.density.high]);
        let (least, most) =
            ends.chain([found.happens.estimate]).fold((1.0_f64, 0.0_f64), |(a, b), p| (a.min(p), b.max(p)));
        let y = Axis::values(percent(least), percent(most).max(percent(least) + 1.0), 6)?;
        let (coverage, density) = match found.met {
            false => (
                self.say(
                    "coverage: share of all misses within the box",
                    "覆盖率：全部落空情形中落入其中的比例",
                ),
                self.say("density: share that misses", "密度：其中落空的比例"),
            ),
            true => (
                self.say(
                    "coverage: share of all successes within the box",
                    "覆盖率：全部实现情形中落入其中的比例",
                ),
                self.say("density: share that succeeds", "密度：其中实现的比例"),
            ),
        };
        let (below_axis, beside) = (shares(coverage), shares(density));
        let look = Look { below: &below_axis, beside: &beside, ..Look::default() };
        let axes = Axes::draw(canvas, room.inset(0.0, 0.0, 0.0, below), x, y, look)?;
        let base = axes.y(percent(found.happens.estimate));
        canvas.line(&[(axes.plot.left, base), (axes.plot.right, base)], Stroke::solid(QUIET, line::THIN))?;
        let at =
            |coverage: &Probability, density: f64| axes.at((percent(coverage.estimate), percent(density)));
        for of in densities {
            let is_best = std::ptr::eq(of, &found.recommended);
            let color = if is_best { MISSED } else { FUTURE };
            let ends = [at(&of.coverage, of.density.low), at(&of.coverage, of.density.high)];
            canvas.line(&ends, Stroke::solid(color.faded(0.6), line::THIN))?;
            let place = at(&of.coverage, of.density.estimate);
            if is_best {
                diamond(canvas, place, color)?
            } else {
                canvas.disc(place, 3.0, color)?
            };
        }
        let mut line = room.bottom - below + LINE;
        let head = match found.met {
            false => self.say("Recommended: mostly missed where", "推荐情形（多落空）："),
            true => self.say("Recommended: mostly met where", "推荐情形（多实现）："),
        };
        let head = if lines.is_empty() {
            self.say("No box is better than everything.", "未发现可区分的情形。")
        } else {
            head
        };
        let kind = |ink| Type::new(text::LABEL, ink).at(Along::Start, Across::Middle);
        canvas.text((room.left, line), head, kind(QUIET))?;
        for words in lines {
            line += LINE;
            let words = font::ellipsize(&words, text::LABEL, room.width() - 12.0)?;
            canvas.text((room.left + 12.0, line), &words, kind(INK))?;
        }
        Ok(())
    }
}
