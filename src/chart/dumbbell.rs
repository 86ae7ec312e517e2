//! Every target in the plan and in its variants: dumbbells.
//!
//! Layer 8.

use super::axes::{Axes, Axis, Grid, Look};
use super::canvas::{Canvas, Files};
use super::caption::{self, Caption};
use super::font;
use super::legend::{self, Sign, legend};
use super::shape::{Across, Along, Area, Stroke, Type};
use super::style::{Color, FUTURE, GRID, GROUND, INK, MET, QUIET, SECOND, TARGET, THIRD, figure, line, text};
use super::words::{self, Word};
use super::{Drawing, write};
use crate::analyse::{Compared, ComparedRow, Goal, Varied};
use crate::error::Result;
use crate::label::Language;
use crate::outcome::format;
use std::path::Path;

/// Height of a row that no variant touches, and of a dumbbell within a row.
const ROW: f64 = 24.0;
const BELL: f64 = 15.0;
/// The interval of the probability in the plan.
const BAR: Color = INK.faded(0.45);
/// More than this fits on no page; the rest is left out, and the subtitle says so.
const HIGHEST: f64 = 3600.0;

/// Draws, for every target and for all together, how likely it is in the plan and in each variant that touches it, joined by a
/// line, with the interval of the paired difference; at the right the difference in percentage points.
///
/// # Errors
/// [`Error::Chart`](crate::error::Error::Chart) when a name holds a character without a glyph,
/// [`Error::Write`](crate::error::Error::Write) when a file cannot be written.
pub fn dumbbell(compared: &Compared, language: Language, path: impl AsRef<Path>) -> Result<Files> {
    write(&Dumbbell { compared, language }, path.as_ref())
}

struct Dumbbell<'a> {
    compared: &'a Compared,
    language: Language,
}

/// A variant is told by its number; the colours come again after five.
fn color(variant: usize) -> Color {
    [FUTURE, TARGET, MET, SECOND, THIRD][variant % 5]
}

/// The variants that touch it, with their positions.
fn touched(row: &ComparedRow) -> impl Iterator<Item = (usize, &Varied)> {
    row.variants.iter().enumerate().filter(|(_, varied)| !varied.untouched)
}

/// Width of the widest of some words.
fn widest(mut words: impl Iterator<Item = String>, size: f64) -> Result<f64> {
    words.try_fold(0.0_f64, |most, word| Ok(most.max(font::width(&word, size)?.ceil())))
}

fn high(row: &ComparedRow) -> f64 {
    ROW.max(BELL * touched(row).count() as f64 + 10.0)
}

impl Dumbbell<'_> {
    fn say(&self, en: &str, zh: &str) -> String {
        self.language.say(en, zh).to_owned()
    }

    /// The rows that fit on a page.
    fn rows(&self) -> &[ComparedRow] {
        let mut sum = 0.0;
        let fits = self.compared.rows.iter().take_while(|row| {
            sum += high(row);
            sum <= HIGHEST
        });
        &self.compared.rows[..fits.count()]
    }

    fn caption(&self) -> Caption {
        let (shown, all) = (self.rows().len(), self.compared.rows.len());
        let mut more = self.say(
            "at the right the number of the variant and the difference in percentage points",
            "右侧为情景编号及与规划之差（百分点）",
        );
        if shown < all {
            more = format!("{more} · {}", words::first_of(shown, all, self.language));
        }
        let title = self.say("What would the variants change?", "各情景会带来什么变化？");
        Caption::about(&self.compared.about, &title, &more, self.language)
    }

    fn legend(&self) -> Vec<(Sign, String)> {
        let mut out = vec![(Sign::Points(INK), self.say("the plan", "规划"))];
        let names = self.compared.variants.iter().enumerate();
        out.extend(
            names
                .map(|(k, name)| (Sign::Points(color(k)), format!("{}  {}", k + 1, name.get(self.language)))),
        );
        let interval = self.say("interval of the difference", "差异的区间");
        out.push((Sign::Whisker, interval));
        let error = words::monte_carlo(self.compared.about.confidence, self.language);
        out.push((
            Sign::Fill(vec![BAR]),
            self.say(&format!("{error} of the plan"), &format!("规划概率的{error}")),
        ));
        if self.rows().iter().any(|row| row.binding) {
            out.push((Sign::Diamond, Word::Binding.get(self.language).to_owned()));
        }
        out
    }

    /// `2  −6.9 (−7.01…−6.78)`.
    fn printed(&self, variant: usize, varied: &Varied) -> String {
        let (points, interval) =
            (format::points(&varied.difference), format::points_interval(&varied.difference));
        format!("{}  {points} ({interval})", variant + 1)
    }

    fn row(
        &self,
        canvas: &mut Canvas<'_>,
        axes: &Axes,
        row: &ComparedRow,
        top: f64,
        right: f64,
    ) -> Result<()> {
        let (middle, bottom) = (top + high(row) / 2.0, top + high(row));
        let base = axes.x(row.base.estimate);
        let (low, up) = (axes.x(row.base.low), axes.x(row.base.high));
        canvas.rect(Area::new(low.min(base - 0.75), top + 3.0, up.max(base + 0.75), bottom - 3.0), BAR)?;
        let count = touched(row).count();
        if count == 0 {
            canvas.disc((base, middle), 3.5, INK)?;
            let percent = format::percent(&row.base, self.language);
            let wide = font::width(&percent, text::SMALL)?;
            let kind = Type::new(text::SMALL, QUIET).at(Along::Start, Across::Middle);
            // At the side where there is room, and not through the grid.
            let left = if base + wide + 14.0 > axes.plot.right { base - wide - 10.0 } else { base + 10.0 };
            canvas.rect(Area::new(left - 2.0, middle - 7.0, left + wide + 2.0, middle + 7.0), GROUND)?;
            return canvas.text((left, middle), &percent, kind);
        }
        for (place, (k, varied)) in touched(row).enumerate() {
            let y = middle + BELL * (place as f64 - 0.5 * (count - 1) as f64);
            let end = axes.x(varied.probability.estimate);
            canvas.line(&[(base, y), (end, y)], Stroke::solid(color(k), line::BOLD))?;
            let held = |share: f64| axes.x((row.base.estimate + share).clamp(0.0, 1.0));
            let (low, high) = (held(varied.difference.low), held(varied.difference.high));
            canvas.disc((base, y), 3.5, INK)?;
            canvas.disc((end, y), 4.5, color(k))?;
            // A whisker that its own point hides says nothing.
            if high - low > 9.0 {
                legend::whisker(canvas, (low, high), y)?;
            }
            let kind = Type::new(text::SMALL, INK).at(Along::Start, Across::Middle);
            canvas.text((right, y), &self.printed(k, varied), kind)?;
        }
        Ok(())
    }
}

impl Drawing for Dumbbell<'_> {
    fn size(&self) -> Result<(f64, f64)> {
        let wide = figure::TALL.0;
        let legend = legend::height(wide - 2.0 * figure::MARGIN, &self.legend())?;
        let inner = legend + self.rows().iter().map(high).sum::<f64>() + 60.0;
        Ok((wide, caption::height(&self.caption().frame(), wide, inner)?))
    }

    fn draw(&self, canvas: &mut Canvas<'_>) -> Result<()> {
        let room = self.caption().frame().draw(canvas)?;
        let rows = self.rows();
        let room = legend(canvas, room, &self.legend())?;
        let size = text::PANEL;
        let printed = widest(
            rows.iter().flat_map(|row| touched(row).map(|(k, varied)| self.printed(k, varied))),
            text::SMALL,
        )?;
        let number = |row: &ComparedRow| row.number.map(|n| n.to_string()).unwrap_or_default();
        let numbers = widest(rows.iter().map(number), size)?;
        let before = 14.0 + numbers + figure::GAP;
        let name = |row: &ComparedRow| row.name.get(self.language).to_owned();
        let names = widest(rows.iter().map(name), size)?.min(0.36 * room.width());
        let place = room.inset(before + names + 2.0 * figure::GAP, 0.0, 0.0, 0.0);
        let total: f64 = rows.iter().map(high).sum();
        let probability = Word::ProbabilityMet.get(self.language);
        let look = Look {
            grid: Grid::Upright,
            right: printed + 3.0 * figure::GAP,
            below: probability,
            ..Look::default()
        };
        let axes =
            Axes::draw(canvas, place, Axis::shares(self.language), Axis::new(0.0, total, Vec::new())?, look)?;
        let mut top = axes.plot.top;
        for (k, row) in rows.iter().enumerate() {
            let middle = top + high(row) / 2.0;
            if k > 0 {
                // Heavier where the single targets end.
                let single = |row: &ComparedRow| matches!(row.goal, Goal::Target(_));
                let ends = single(&rows[k - 1]) && !single(row);
                let stroke = Stroke::solid(if ends { QUIET } else { GRID }, line::HAIR);
                canvas.line(&[(room.left, top.round()), (room.right, top.round())], stroke)?;
            }
            if row.binding {
                legend::diamond(canvas, (room.left + 5.0, middle), INK)?;
            }
            let kind = Type::new(size, QUIET).at(Along::End, Across::Middle);
            canvas.text((room.left + 14.0 + numbers, middle), &number(row), kind)?;
            let shown = font::ellipsize(&name(row), size, names + 0.01)?;
            let kind = Type::new(size, INK).at(Along::Start, Across::Middle);
            canvas.text((room.left + before, middle), &shown, kind)?;
            self.row(canvas, &axes, row, top, axes.plot.right + 2.5 * figure::GAP)?;
            top += high(row);
        }
        Ok(())
    }
}
