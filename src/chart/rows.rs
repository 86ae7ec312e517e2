//! Rows of targets: number, name and goal at the left of a chart.
//!
//! Layer 8.

use super::canvas::Canvas;
use super::font;
use super::legend::diamond;
use super::shape::{Across, Along, Place, Type};
use super::style::{INK, QUIET, figure};
use super::words::Word;
use crate::error::Result;
use crate::label::Language;
use crate::outcome::TargetOutcome;
use crate::target::Nature;

/// Width of the sign of a binding target.
const MARK: f64 = 14.0;

/// Columns that hold the words of all rows.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Rows {
    size: f64,
    number: f64,
    name: f64,
    goal: f64,
    language: Language,
}

impl Rows {
    /// Columns for targets, at most `room` pixels wide together; with the goals or without.
    pub(super) fn fit(
        targets: &[&TargetOutcome],
        size: f64,
        room: f64,
        goals: bool,
        language: Language,
    ) -> Result<Self> {
        let widest = |text: &dyn Fn(&TargetOutcome) -> String| -> Result<f64> {
            targets.iter().try_fold(0.0_f64, |most, t| Ok(most.max(font::width(&text(t), size)?.ceil())))
        };
        let number = widest(&number)?;
        let gap = figure::GAP;
        let goal = if goals { widest(&|t| goal(t, language))?.min(0.38 * room) } else { 0.0 };
        let rest = room - MARK - number - goal - if goals { 3.0 * gap } else { 2.0 * gap };
        let name = widest(&|t| t.name.get(language).to_owned())?.min(rest.max(0.0));
        Ok(Self { size, number, name, goal, language })
    }

    /// How wide the columns are, with a gap behind them.
    pub(super) fn width(&self) -> f64 {
        let goal = if self.goal > 0.0 { self.goal + figure::GAP } else { 0.0 };
        MARK + self.number + figure::GAP + self.name + figure::GAP + goal
    }

    /// Writes a row whose middle is at a height.
    pub(super) fn draw(
        &self,
        canvas: &mut Canvas<'_>,
        (left, y): Place,
        target: &TargetOutcome,
    ) -> Result<()> {
        let (size, gap) = (self.size, figure::GAP);
        if target.nature == Nature::Binding {
            diamond(canvas, (left + 5.0, y), INK)?;
        }
        let mut x = left + MARK + self.number;
        canvas.text((x, y), &number(target), Type::new(size, QUIET).at(Along::End, Across::Middle))?;
        x += gap;
        let name = font::ellipsize(target.name.get(self.language), size, self.name + 0.01)?;
        canvas.text((x, y), &name, Type::new(size, INK).at(Along::Start, Across::Middle))?;
        if self.goal > 0.0 {
            x += self.name + gap;
            let goal = font::ellipsize(&goal(target, self.language), size, self.goal + 0.01)?;
            canvas.text((x, y), &goal, Type::new(size, QUIET).at(Along::Start, Across::Middle))?;
        }
        Ok(())
    }
}

/// The number in the plan; empty without one.
pub(super) fn number(target: &TargetOutcome) -> String {
    target.number.map(|n| n.to_string()).unwrap_or_default()
}

/// The goal, with a word where its value is assumed.
pub(super) fn goal(target: &TargetOutcome, language: Language) -> String {
    let goal = target.goal.get(language);
    let assumed = Word::Assumed.get(language);
    match (target.assigned, language) {
        (false, _) => goal.to_owned(),
        (true, Language::En) => format!("{goal} ({assumed})"),
        (true, Language::Zh) => format!("{goal}（{assumed}）"),
    }
}

/// The targets that are not combinations of others, in the order of the plan.
pub(super) fn single(targets: &[TargetOutcome]) -> Vec<&TargetOutcome> {
    targets.iter().filter(|target| target.measure.is_some()).collect()
}
