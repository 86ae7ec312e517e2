//! Rare success: the probability with its error, what else says so, and the most likely way in sentences, for a terminal.

use crate::analyse::Estimate;
use crate::analyse::rare::{Help, HelpKind, Method, Rare, Story};
use crate::label::{Label, Language};
use crate::outcome::format::{self, count, level};
use std::fmt;

/// Helps and courses that are told; the rest is less important.
const TOLD: usize = 6;
/// What deviates by less is told with the others.
const SMALL: f64 = 0.01;

/// The answer to [`RareSuccess`](crate::analyse::RareSuccess) in words; print it with `{}`.
#[derive(Debug, Clone, Copy)]
pub struct RareReport<'a> {
    rare: &'a Rare,
    language: Language,
}

/// What one thing has to do in all years together.
struct Together<'a> {
    name: &'a Label,
    kind: HelpKind,
    years: Vec<&'a Help>,
    share: f64,
}

impl<'a> RareReport<'a> {
    /// In English.
    pub fn new(rare: &'a Rare) -> Self {
        Self { rare, language: Language::En }
    }

    /// In another language.
    #[must_use]
    pub fn language(mut self, language: Language) -> Self {
        self.language = language;
        self
    }

    fn estimate(&self, p: &Estimate) -> String {
        let language = self.language;
        let Some(relative) = p.relative_error() else {
            return self.language.say(
                format!("below {}", format::rough(p.high, language)),
                format!("低于 {}", format::rough(p.high, language)),
            );
        };
        let digit = |x: f64| significant(100.0 * x, p.error * 100.0);
        let range = format!("{}–{}", digit(p.low), digit(p.high));
        let error = format!("{:.1}", 100.0 * relative);
        self.language.say(
            format!("{} % ({range}; relative standard error {error} %)", digit(p.estimate)),
            format!("{}%（{range}；相对标准误 {error}%）", digit(p.estimate)),
        )
    }

    fn method(&self) -> String {
        let rare = self.rare;
        let (hits, paths) = (count(rare.effective_sample_size as u64), count(rare.paths));
        match rare.method {
            Method::ImportanceSampling => self.language.say(
                format!(
                    "by importance sampling: {paths} weighted paths tell as much as {hits} independent hits"
                ),
                format!("方法：重要性抽样，{paths} 条加权路径，有效命中数 {hits}"),
            ),
            Method::Splitting => self.language.say(
                format!("by splitting: {paths} paths tell as much as {hits} independent hits"),
                format!("方法：分裂法，共 {paths} 条路径，有效命中数 {hits}"),
            ),
            Method::Plain => self.language.say(
                format!("by plain paths: {} of {paths}", count(rare.plain.hits)),
                format!("方法：普通模拟，{paths} 条路径中命中 {} 条", count(rare.plain.hits)),
            ),
        }
    }

    /// What plain paths would have said.
    fn beside(&self) -> String {
        let rare = self.rare;
        let said = format::percent_with_interval(&rare.plain, self.language);
        let hits = format!("{}/{}", count(rare.plain.hits), count(rare.plain.paths));
        let gain = level(rare.gain, rare.gain / 2.0);
        let verdict = if rare.method == Method::Plain {
            String::new()
        } else if rare.plain_is_enough() || rare.gain < 2.0 {
            self.language.say("; they do as well here".into(), "；此处普通模拟已够用".into())
        } else {
            self.language.say(
                format!("; one of the paths above tells as much as {gain} plain ones"),
                format!("；上述一条路径相当于 {gain} 条普通路径"),
            )
        };
        self.language.say(
            format!("plain paths: {said}, {hits}{verdict}"),
            format!("普通模拟：{said}，{hits}{verdict}"),
        )
    }

    fn story(&self, story: &Story, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let language = self.language;
        let distance = format!("{:.2}", story.distance);
        let head = self.language.say(
            format!("The most likely way in which it happens lies {distance} standard deviations from the middle of all draws together."),
            format!("最可能的实现方式：全部随机因素合计偏离中位 {distance} 个标准差。"),
        );
        writeln!(f, "\n{head}")?;
        if story.distance < 0.5 {
            let mild = self.language.say(
                "No single surprise is needed: what is rare is that nothing goes wrong anywhere at once.",
                "无需任何单项意外之喜：难得的是各方面同时都不出差错。",
            );
            writeln!(f, "{mild}")?;
        }
        for together in together(story).iter().take(TOLD).filter(|t| t.share > SMALL) {
            writeln!(f, "  {}", self.help(together))?;
        }
        let names: Vec<&str> =
            story.tight.iter().map(|t| self.rare.outcome.targets[t.target].name.get(language)).collect();
        if !names.is_empty() {
            let text = self.language.say(
                format!("Met just so on it, the hardest first: {}.", names.join(", ")),
                format!("在此路径上恰好达标的指标（由难到易）：{}。", names.join("、")),
            );
            writeln!(f, "{text}")?;
        }
        for course in story.courses.iter().take(TOLD).filter(|c| c.deviation.abs() > SMALL) {
            let indicator = &self.rare.outcome.indicators[course.indicator];
            let (Some(path), Some(median), Some(band)) =
                (course.path.last(), course.median.last(), indicator.bands.last())
            else {
                continue;
            };
            let (low, high) = band.quantiles.central(0.68);
            let shown = |x: f64| level(x, 0.5 * (high - low));
            let (name, unit, year) = (indicator.name.get(language), indicator.unit.get(language), band.year);
            let text = self.language.say(
                format!("  {name} is at {} in {year} instead of {} ({unit})", shown(*path), shown(*median)),
                format!("  {name}：{year}年为 {}，中位数为 {}（{unit}）", shown(*path), shown(*median)),
            );
            writeln!(f, "{text}")?;
        }
        Ok(())
    }

    fn help(&self, together: &Together<'_>) -> String {
        let name = together.name.get(self.language);
        let share = format!("{:.0}", 100.0 * together.share);
        let sum = |of: fn(&Help) -> f64| {
            let values: Vec<f64> = together.years.iter().map(|help| of(help)).collect();
            signed(values.iter().sum::<f64>() / values.len().max(1) as f64)
        };
        let (deviation, average) = (sum(|help| help.deviation), sum(|help| help.average));
        let what = match together.kind {
            HelpKind::Unknown => String::new(),
            HelpKind::Shock => self.language.say(", shocks".into(), "（冲击）".into()),
            HelpKind::Factor => self.language.say(", common factor".into(), "（共同因子）".into()),
            HelpKind::Event | HelpKind::Regime | HelpKind::Wildness => String::new(),
        };
        let first = together.years.iter().filter_map(|help| help.year).min();
        let last = together.years.iter().filter_map(|help| help.year).max();
        let each = match (first, last) {
            (Some(first), Some(last)) if first != last => {
                self.language.say(format!(" a year in {first}-{last}"), format!("（{first}—{last}年每年）"))
            }
            (Some(year), _) => self.language.say(format!(" in {year}"), format!("（{year}年）")),
            _ => String::new(),
        };
        self.language.say(
            format!("{share} % of it: {name}{what}, {deviation} standard deviations{each} ({average} on average over all successes)"),
            format!("占 {share}%：{name}{what}，{deviation} 个标准差{each}（全部成功路径平均 {average}）"),
        )
    }
}

/// Helps of the same thing in different years, the most important first.
fn together(story: &Story) -> Vec<Together<'_>> {
    let mut out: Vec<Together<'_>> = Vec::new();
    for help in &story.helps {
        let known = out.iter_mut().find(|t| t.name == &help.name && t.kind == help.kind);
        match known {
            Some(known) => {
                known.years.push(help);
                known.share += help.share;
            }
            None => {
                out.push(Together { name: &help.name, kind: help.kind, years: vec![help], share: help.share })
            }
        }
    }
    out.sort_by(|a, b| b.share.total_cmp(&a.share));
    out
}

/// With its sign and two decimals.
fn signed(x: f64) -> String {
    let digits = format::number(x, 2);
    if x > 0.0 { format!("+{digits}") } else { digits }
}

/// A percentage to the digits that its error supports; far below 1 as a power of ten would be unreadable, so with all its zeros.
fn significant(value: f64, error: f64) -> String {
    let place = if error > 0.0 { libm::floor(libm::log10(error)) as i32 } else { -2 };
    format::number(value, (-place).clamp(0, 12) as usize)
}

impl fmt::Display for RareReport<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let rare = self.rare;
        let colon = self.language.say(": ", "：");
        writeln!(f, "{}{colon}{}", rare.goal.get(self.language), self.estimate(&rare.probability))?;
        writeln!(f, "  {}", self.method())?;
        writeln!(f, "  {}", self.beside())?;
        if let Some(splitting) = rare.splitting.filter(|_| rare.method != Method::Splitting) {
            let said = self.estimate(&splitting);
            writeln!(f, "  {}", self.language.say(format!("splitting: {said}"), format!("分裂法：{said}")))?;
        }
        match &rare.story {
            Some(story) => self.story(story, f),
            None => writeln!(
                f,
                "{}",
                self.language.say(
                    "No success was found, neither by chance nor by search: the targets may contradict each other. The bound is that of the plain paths.",
                    "随机模拟与搜索均未找到同时达标的路径：各目标可能相互矛盾。上界来自普通模拟。",
                )
            ),
        }
    }
}
