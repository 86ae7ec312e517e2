//! Rare success: the probability with its error, what else says so, and the most likely way in sentences, for a terminal.

use crate::analyse::Estimate;
use crate::analyse::rare::{Checks, Help, HelpKind, Method, Rare, Story};
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
        let (low, high) = (digit(p.low), digit(p.high));
        let level = format::number(100.0 * self.rare.outcome.confidence, 1);
        let level = level.trim_end_matches(".0");
        let percent = 100.0 * relative;
        let error = if percent < 2.0 { format!("{percent:.1}") } else { format!("{percent:.0}") };
        let one_in = match p.estimate < 0.01 {
            true => self.language.say(
                format!(", about 1 in {}", two_digits(1.0 / p.estimate)),
                format!("，约 {} 分之一", two_digits(1.0 / p.estimate)),
            ),
            false => String::new(),
        };
        self.language.say(
            format!(
                "{} %{one_in} ({level} % interval {low}–{high} %, standard error {error} % of it)",
                digit(p.estimate)
            ),
            format!("{}%{one_in}（{level}% 置信区间 {low}–{high}%，相对标准误 {error}%）", digit(p.estimate)),
        )
    }

    /// Who answers.
    fn method(&self) -> String {
        let rare = self.rare;
        let (hits, paths) = (two_digits(rare.effective_sample_size), count(rare.paths));
        match rare.method {
            Method::ImportanceSampling => self.language.say(
                format!("answered by importance sampling: {paths} paths, led to where success is and weighted for it, tell as much as {hits} independent hits"),
                format!("采用重要性抽样：{paths} 条引向达标区域的加权路径，信息量相当于 {hits} 次独立命中"),
            ),
            Method::Splitting => self.language.say(
                format!("answered by splitting, success in steps: {paths} paths tell as much as {hits} independent hits"),
                format!("采用分裂法（逐级逼近达标）：{paths} 条路径，信息量相当于 {hits} 次独立命中"),
            ),
            Method::Plain => self.language.say(
                format!("answered by plain paths: {} of {paths} succeed", count(rare.plain.hits)),
                format!("采用普通模拟：{paths} 条路径中有 {} 条达标", count(rare.plain.hits)),
            ),
        }
    }

    /// What the other methods say, and why they do not answer.
    fn others(&self) -> Vec<String> {
        let (rare, language) = (self.rare, self.language);
        let mut lines = Vec::new();
        let reasons = rare.checks.filter(|checks| !checks.hold()).map(|checks| self.reasons(checks));
        lines.extend(reasons.map(|reasons| match rare.method {
            Method::ImportanceSampling => {
                language.say(
                    format!("this is not to be relied on: {reasons}"),
                    format!("该结果不可采信：{reasons}"),
                )
            }
            Method::Splitting | Method::Plain => language.say(
                format!("importance sampling is not believed: {reasons}"),
                format!("重要性抽样未予采信：{reasons}"),
            ),
        }));
        if rare.checks.is_none() && rare.method == Method::Splitting {
            let text = language.say(
                "importance sampling does not answer: the search found no way to lead paths to success",
                "未采用重要性抽样：搜索未找到可引导路径的达标方式",
            );
            lines.push(text.into());
        }
        if let Some(splitting) = rare.splitting.filter(|_| rare.method != Method::Splitting) {
            let said = self.estimate(&splitting);
            let agrees = rare.checks.and_then(|checks| checks.splitting) == Some(true);
            lines.push(match (rare.method, agrees) {
                (Method::ImportanceSampling, true) => {
                    language.say(format!("splitting agrees: {said}"), format!("分裂法结果一致：{said}"))
                }
                _ => language.say(format!("splitting says: {said}"), format!("分裂法结果：{said}")),
            });
        }
        lines
    }

    /// Why importance sampling is not believed.
    fn reasons(&self, checks: Checks) -> String {
        let (hits, share) = (Checks::LEAST_EFFECTIVE, 100.0 * Checks::LARGEST_SHARE);
        let reasons = [
            (
                !checks.effective,
                format!(
                    "its paths tell as much as fewer than {hits} independent hits, so that its error is not sure; more paths would help"
                ),
                format!("其路径的信息量不足 {hits} 次独立命中，误差估计不可靠，可增加路径数"),
            ),
            (
                !checks.weights,
                format!("a single path has more than {share} % of all weight"),
                format!("单条路径的权重超过总权重的 {share}%"),
            ),
            (!checks.plain, "plain paths contradict it".into(), "与普通模拟的结果矛盾".into()),
            (
                checks.splitting == Some(false),
                "splitting does not confirm it".into(),
                "分裂法未能印证".into(),
            ),
        ];
        let given = reasons.into_iter().filter(|(fails, ..)| *fails);
        let given: Vec<String> = given.map(|(_, en, zh)| self.language.say(en, zh)).collect();
        given.join(self.language.say("; ", "；"))
    }

    /// What plain paths would have said.
    fn beside(&self) -> String {
        let rare = self.rare;
        let said = format::percent_with_interval(&rare.plain, self.language);
        let hits = format!("{}/{}", count(rare.plain.hits), count(rare.plain.paths));
        let gain = two_digits(rare.gain);
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
        if story.distance < 0.5 && self.rare.probability.estimate < 0.1 {
            let mild = self.language.say(
                "No single surprise is needed: what is rare is that nothing goes wrong anywhere at once.",
                "无需任何单项意外之喜：难得的是各方面同时都不出差错。",
            );
            writeln!(f, "{mild}")?;
        }
        let helps: Vec<Together<'_>> =
            together(story).into_iter().filter(|t| t.share > SMALL).take(TOLD).collect();
        if !helps.is_empty() {
            let text = language.say(
                "What deviates on it, the most important first (share of the squared distance; on average over all successes in brackets):",
                "该路径上的偏离（按重要性排序；占平方距离的比重；括号内为全部成功路径的平均）：",
            );
            writeln!(f, "{text}")?;
        }
        for together in &helps {
            writeln!(f, "  {}", self.help(together))?;
        }
        let names: Vec<&str> =
            story.tight.iter().map(|t| self.rare.outcome.targets[t.target].name.get(language)).collect();
        if !names.is_empty() {
            let text = self.language.say(
                format!("Met with nothing to spare on it, the hardest first: {}.", names.join(", ")),
                format!("在此路径上恰好达标的指标（由难到易）：{}。", names.join("、")),
            );
            writeln!(f, "{text}")?;
        }
        let courses: Vec<_> = story.courses.iter().take(TOLD).filter(|c| c.deviation.abs() > SMALL).collect();
        if !courses.is_empty() {
            let text = language
                .say("Where it leads, beside the median of all paths:", "该路径的结果与全部路径中位数对比：");
            writeln!(f, "{text}")?;
        }
        for course in courses {
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
            format!("{share} %: {name}{what}, {deviation} standard deviations{each} ({average})"),
            format!("{share}%：{name}{what}，{deviation} 个标准差{each}（{average}）"),
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

/// A number of which two digits are known.
fn two_digits(x: f64) -> String {
    level(x, x / 2.0)
}

/// With its sign and two decimals.
fn signed(x: f64) -> String {
    let digits = format::number(x, 2);
    if x > 0.0 { format!("+{digits}") } else { digits }
}

/// A percentage to the digits that its error supports: with its zeros, and as a power of ten where there would be more than eight.
fn significant(value: f64, error: f64) -> String {
    let place = if error > 0.0 { libm::floor(libm::log10(error)) as i32 } else { -2 };
    if value > 0.0 && value < 1e-8 {
        let digits = libm::floor(libm::log10(value)) as i32 - place;
        return format!("{value:.*e}", digits.clamp(0, 3) as usize);
    }
    format::number(value, (-place).clamp(0, 12) as usize)
}

impl fmt::Display for RareReport<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let rare = self.rare;
        let colon = self.language.say(": ", "：");
        writeln!(f, "{}{colon}{}", rare.goal.get(self.language), self.estimate(&rare.probability))?;
        writeln!(f, "  {}", self.method())?;
        self.others().iter().try_for_each(|line| writeln!(f, "  {line}"))?;
        writeln!(f, "  {}", self.beside())?;
        match &rare.story {
            Some(story) => self.story(story, f),
            None => writeln!(
                f,
                "{}",
                self.language.say(
                    "No success was found, neither by chance nor by search: the goal may be out of reach, or its targets may contradict each other. The bound is that of the plain paths.",
                    "随机模拟与搜索均未找到同时达标的路径：目标可能无法达到，或相互矛盾。上界来自普通模拟。",
                )
            ),
        }
    }
}
