//! What meeting a goal hangs on, as a table and a sentence, for a terminal.

use super::table::numbers;
use crate::analyse::sensitivity::{Driver, Drivers, Estimate, Layer};
use crate::label::Language;
use crate::outcome::format;
use std::fmt;

/// The table of what meeting a goal hangs on; print it with `{}`.
///
/// A row an input, the greatest total index first: its layer, first-order and total index in per cent of the variance of meeting the
/// goal, the evidence that a number which is not known rests on. Then what better data would remove in all, and
/// the figure most worth finding out.
#[derive(Debug, Clone, Copy)]
pub struct SensitivityTable<'a> {
    drivers: &'a Drivers,
    language: Language,
    rows: usize,
}

impl<'a> SensitivityTable<'a> {
    /// In English, the 20 inputs with the greatest total index.
    pub fn new(drivers: &'a Drivers) -> Self {
        Self { drivers, language: Language::En, rows: 20 }
    }

    /// In another language.
    #[must_use]
    pub fn language(mut self, language: Language) -> Self {
        self.language = language;
        self
    }

    /// So many inputs.
    #[must_use]
    pub fn rows(mut self, rows: usize) -> Self {
        self.rows = rows;
        self
    }

    /// The figure most worth finding out, in a sentence.
    pub fn worth_finding_out(&self) -> String {
        let Some(best) = self.drivers.worth_finding_out().next() else {
            return self.language.say("Every figure is known.", "各项数据均为已知。").to_owned();
        };
        let Driver { input, indices } = best;
        if indices.first.low <= 0.0 {
            let none = "No single figure is worth finding out by itself, as far as so many paths can tell.";
            return self
                .language
                .say(none, "就目前的模拟路径数而言，没有哪一项数据单独值得优先查明。")
                .to_owned();
        }
        let name = input.name.get(self.language);
        let share = share(indices.first, self.language);
        let p = format::percent(&self.drivers.asked.probability, self.language);
        let points = format::number(100.0 * self.drivers.moves(indices), 0);
        match self.language {
            Language::En => format!(
                "The figure most worth finding out: {name}. Knowing it would remove {share} of the variance; P(met), now {p}, \
                 would move by about {points} points one way or the other."
            ),
            Language::Zh => format!(
                "最值得查明的数据：{name}。查明后可消除方差的 {share}；达标概率现为 {p}，届时约上下变动 {points} 个百分点。"
            ),
        }
    }
}

/// A share in per cent with its interval: `12 % (10–14)`; exactly 0 where nothing depends on it.
pub(crate) fn share(share: Estimate, language: Language) -> String {
    if share == Estimate::ZERO {
        return "0".into();
    }
    // As many decimals as a quarter of the interval supports.
    let decimals = usize::from(share.high - share.low < 0.02);
    let middle = format::share(share.estimate, decimals, language);
    let (low, high) =
        (format::number(100.0 * share.low, decimals), format::number(100.0 * share.high, decimals));
    match language {
        Language::En => format!("{middle} ({low}–{high})"),
        Language::Zh => format!("{middle}（{low}–{high}）"),
    }
}

impl fmt::Display for SensitivityTable<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (drivers, language) = (self.drivers, self.language);
        let asked = &drivers.asked;
        let p = format::percent_with_interval(&asked.probability, language);
        writeln!(f, "{}: {p}", asked.goal.get(language))?;
        let header = [
            self.language.say("input", "输入"),
            self.language.say("layer", "层次"),
            self.language.say("alone (first order)", "单独（一阶）"),
            self.language.say("with its interplay (total)", "含交互（总效应）"),
            self.language.say("evidence", "依据"),
        ];
        let shown: Vec<&Driver> =
            drivers.inputs.iter().filter(|driver| driver.input.reaches).take(self.rows).collect();
        let rows = shown.iter().map(|Driver { input, indices }| {
            let layer = match input.kind.layer() {
                Layer::Chance => self.language.say("will happen", "未来变化"),
                Layer::Knowledge => self.language.say("not known", "认知不足"),
            };
            vec![
                input.name.get(language).to_owned(),
                layer.to_owned(),
                share(indices.first, language),
                share(indices.total, language),
                input.evidence.map_or("–", |grade| grade.get(self.language)).to_owned(),
            ]
        });
        writeln!(f, "{}", numbers(header, rows))?;
        let all = drivers.inputs.len();
        let idle = drivers.inputs.iter().filter(|driver| !driver.input.reaches).count();
        let rest = all - idle - shown.len();
        match language {
            Language::En => writeln!(f, "{rest} more inputs have a part; {idle} have none at all")?,
            Language::Zh => writeln!(f, "另有 {rest} 项输入有影响；{idle} 项完全没有影响")?,
        }
        let both = (drivers.chance().estimate, drivers.removable().estimate);
        let interplay = format::share((1.0 - both.0 - both.1).max(0.0), 0, language);
        let (removable, chance) = (share(drivers.removable(), language), share(drivers.chance(), language));
        match language {
            Language::En => writeln!(
                f,
                "Better data on everything would remove {removable} of the variance of meeting it; {chance} is chance \
                 alone, {interplay} both together."
            )?,
            Language::Zh => writeln!(
                f,
                "全部数据改善可消除达标方差的 {removable}；{chance} 纯属未来变化，{interplay} 为两者交互。"
            )?,
        }
        writeln!(f, "{}", self.worth_finding_out())
    }
}
