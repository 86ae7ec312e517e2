//! The scorecard: every target with its probability, then all of them together, for a terminal.

use super::table::{align_right, hold, ruled};
use crate::label::Language;
use crate::outcome::format::{self, coarse, count, level, percent_with_interval};
use crate::outcome::{HalfWidth, Of, Outcome, Probability, TargetOutcome};
use crate::target::{Measure, Nature};
use comfy_table::Table;
use std::fmt;

/// How much of the variance of a measure has to come from numbers graded as assumption for a result to
/// rest mainly on them.
const MAINLY: f64 = 0.5;

/// The scorecard of an outcome; print it with `{}`.
///
/// One row a target: number, name, unit, baseline, target, probability with its Monte Carlo interval, the
/// spread of that probability over what is not known, median and 80 % band of the measure as at the
/// target's year, first year as at which it is more likely met than not, binding or not, grade of evidence.
#[derive(Debug, Clone, Copy)]
pub struct Scorecard<'a> {
    outcome: &'a Outcome,
    language: Language,
}

impl<'a> Scorecard<'a> {
    /// In English.
    pub fn new(outcome: &'a Outcome) -> Self {
        Self { outcome, language: Language::En }
    }

    /// In another language.
    #[must_use]
    pub fn language(mut self, language: Language) -> Self {
        self.language = language;
        self
    }

    fn table(&self) -> Table {
        let confidence = (100.0 * self.outcome.confidence).round();
        let mut table = ruled([
            self.language.say("no", "序号").to_string(),
            self.language.say("indicator", "指标").to_string(),
            self.language.say("unit", "单位").to_string(),
            format!("{}", self.outcome.horizon.base()),
            self.language.say("target", "目标").to_string(),
            match self.language {
                Language::En => format!("P(met), {confidence} % MC"),
                Language::Zh => format!("实现概率（{confidence}% 模拟误差）"),
            },
            self.language.say("P spread*", "概率范围*").to_string(),
            self.language.say("median, 80 % band", "中位数与80%区间").to_string(),
            self.language.say("first likely", "首个过半年份").to_string(),
            self.language.say("nature", "属性").to_string(),
            self.language.say("evidence", "依据").to_string(),
        ]);
        for target in &self.outcome.targets {
            table.add_row(self.row(target));
        }
        // Long names and units wrap, so that the table fits a wide terminal.
        hold(&mut table, [(1, 34), (2, 16), (4, 22), (5, 22), (7, 26), (8, 8)]);
        align_right(&mut table, [0, 3, 5, 6, 8]);
        table
    }

    fn row(&self, target: &TargetOutcome) -> Vec<String> {
        let none = || "–".to_string();
        let curve = target.outcome.as_ref();
        let (low, high) = curve.map_or((0.0, 0.0), |c| c.central(0.8));
        let spread = 0.5 * (high - low) * target.scale;
        let shown = |x: f64| level(x * target.scale, spread);
        let assigned = if target.assigned { self.language.say(" (assumed)", "（假定）") } else { "" };
        vec![
            target.number.map_or_else(none, |n| n.to_string()),
            target.name.get(self.language).to_string(),
            target.unit.get(self.language).to_string(),
            target.baseline.map_or_else(none, |x| self.baseline(target, x * target.scale)),
            format!("{}{assigned}", target.goal.get(self.language)),
            percent_with_interval(&target.probability, self.language),
            target.spread.map_or_else(none, |s| self.range(s.low, s.high)),
            curve.map_or_else(none, |c| format!("{}  ({}…{})", shown(c.median()), shown(low), shown(high))),
            target.first_year.likely.map_or_else(none, |year| year.to_string()),
            self.nature(target.nature).to_string(),
            target.evidence.get(self.language).to_owned(),
        ]
    }

    /// Where the measure stands in the base year: to the digit that its uncertainty leaves, as it was written where
    /// it is known.
    fn baseline(&self, target: &TargetOutcome, shown: f64) -> String {
        let is_level = matches!(target.measure, Some(Measure::Level | Measure::EveryYear));
        let indicator =
            target.indicator.as_deref().filter(|_| is_level).and_then(|id| self.outcome.indicator(id));
        let spread = indicator.and_then(|i| i.bands.first()).map_or(0.0, |band| {
            let (low, high) = band.quantiles.central(0.8);
            0.5 * (high - low)
        });
        let (whole, rounded) = (level(shown, 0.0), level(shown, spread));
        if whole.chars().count() < rounded.chars().count() { whole } else { rounded }
    }

    fn nature(&self, nature: Nature) -> &'static str {
        match nature {
            Nature::Binding => self.language.say("binding", "约束性"),
            Nature::Anticipatory => self.language.say("anticipatory", "预期性"),
        }
    }

    fn range(&self, low: f64, high: f64) -> String {
        format!("{}…{}", coarse(low, self.language), coarse(high, self.language))
    }

    fn line(&self, f: &mut fmt::Formatter<'_>, what: &str, p: &Probability) -> fmt::Result {
        writeln!(f, "  {what}: {}", percent_with_interval(p, self.language))
    }

    fn joint(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let joint = &self.outcome.joint;
        if joint.members.is_empty() {
            return Ok(());
        }
        let n = joint.members.len();
        writeln!(f, "\n{}", self.language.say("All of them together", "联合结果"))?;
        let all = match self.language {
            Language::En => format!("P(all {n})"),
            Language::Zh => format!("{n} 项全部实现"),
        };
        self.line(f, &all, &joint.all)?;
        if let Some(spread) = joint.all_spread {
            let what = self
                .language
                .say("spread over parameters and baselines, middle 80 %", "参数与基期不确定性，中间 80%");
            writeln!(f, "    {what}: {}", self.range(spread.low, spread.high))?;
        }
        if let Some(binding) = &joint.binding {
            let count = joint.members.iter().filter(|m| self.outcome.targets[**m].nature == Nature::Binding);
            let what = match self.language {
                Language::En => format!("P(all {} binding)", count.count()),
                Language::Zh => format!("{} 项约束性指标全部实现", count.count()),
            };
            self.line(f, &what, binding)?;
        }
        let independent = format::rough(joint.independent, self.language);
        let what = self
            .language
            .say("if the targets were independent, P(all) would be", "若各项相互独立，全部实现的概率为");
        writeln!(f, "  {what} {independent}")?;
        let what = self.language.say("bounds that the marginals alone allow", "仅由边际概率得到的界");
        let (low, high) = joint.frechet;
        writeln!(f, "  {what}: {}", self.range(low, high))?;
        self.number_met(f)?;
        writeln!(
            f,
            "  {}",
            self.language.say(
                "bottlenecks (P that all the others are met, without this one):",
                "瓶颈（去掉该项后其余全部实现的概率）："
            )
        )?;
        let bottlenecks = joint.bottlenecks(3);
        if bottlenecks.first().is_none_or(|(_, without)| without.hits == 0) {
            let rare = "    too rare to tell apart at this number of paths";
            return writeln!(f, "{}", self.language.say(rare, "    在此路径数下过于罕见，无法区分"));
        }
        for (position, without) in bottlenecks {
            let target = &self.outcome.targets[position];
            writeln!(
                f,
                "    {}: {}",
                target.name.get(self.language),
                percent_with_interval(&without, self.language)
            )?;
        }
        Ok(())
    }

    /// The middle of the distribution of the number met, as a line of bars.
    fn number_met(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let counts = &self.outcome.joint.number_met;
        let paths = self.outcome.paths.max(1) as f64;
        let mean: f64 = counts.iter().enumerate().map(|(k, n)| k as f64 * *n as f64).sum::<f64>() / paths;
        let what = self.language.say("number met, on average", "平均实现项数");
        writeln!(f, "  {what}: {mean:.1}")?;
        let most = counts.iter().copied().max().unwrap_or(1).max(1);
        for (k, count) in counts.iter().enumerate() {
            let share = *count as f64 / paths;
            if share >= 0.005 {
                let bar = "█".repeat(((*count as f64 / most as f64) * 40.0).round() as usize);
                writeln!(f, "    {k:>3}  {:>5.1} %  {bar}", 100.0 * share)?;
            }
        }
        Ok(())
    }

    /// Why the run ended where it did; nothing where it has the paths that were asked for.
    fn ending(&self) -> String {
        let words = self.outcome.ending.words(self.language);
        words.map_or_else(String::new, |words| match self.language {
            Language::En => format!(" ({words})"),
            Language::Zh => format!("（{words}）"),
        })
    }

    /// What was reached of the precision asked for.
    fn precision(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Some(until) = &self.outcome.until else { return Ok(()) };
        writeln!(
            f,
            "\n{}",
            self.language.say("Precision of the simulation (half of an interval)", "模拟精度（区间半宽）")
        )?;
        for reached in &until.reached {
            let target = reached.target.map(|t| self.outcome.targets[t].name.get(self.language));
            let which = match (&reached.wanted.of, target) {
                (Of::EveryTarget, Some(hardest)) => match self.language {
                    Language::En => format!("every target (the hardest: {hardest})"),
                    Language::Zh => format!("每项目标（最难者：{hardest}）"),
                },
                (_, Some(target)) => target.to_owned(),
                (_, None) => self.language.say("all of them", "全部实现").to_owned(),
            };
            // Of half a width two digits say enough; what was asked for stands as it was.
            let got = format::level(100.0 * reached.half_width, 25.0 * reached.half_width);
            let (HalfWidth::Absolute(wanted) | HalfWidth::Relative(wanted)) = reached.wanted.half_width;
            let wanted = level(100.0 * wanted, 0.0);
            let unit = match reached.wanted.half_width {
                HalfWidth::Absolute(_) => self.language.say("percentage points", "个百分点"),
                HalfWidth::Relative(_) => self.language.say("% of the probability", "%（相对于概率）"),
            };
            match self.language {
                Language::En => writeln!(f, "  {which}: ±{got} {unit}, ±{wanted} asked for")?,
                Language::Zh => writeln!(f, "  {which}：±{got} {unit}，要求 ±{wanted}")?,
            }
        }
        let confidence = level(100.0 * self.outcome.confidence, 0.0);
        let strict = level(100.0 * until.level, 0.05);
        match self.language {
            Language::En => writeln!(
                f,
                "  every interval is formed at {strict} %, so that it holds at {confidence} % although the run ended \
                 when it was narrow enough"
            ),
            Language::Zh => {
                writeln!(
                    f,
                    "  各区间按 {strict}% 计算，因此即使模拟在足够精确时停止，仍以 {confidence}% 成立"
                )
            }
        }
    }

    fn notes(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mainly: Vec<String> = self
            .outcome
            .targets
            .iter()
            .filter_map(|t| Some((t, t.basis.filter(|basis| basis.assumptions > MAINLY)?)))
            .map(|(t, basis)| {
                let name = t.number.map_or_else(|| t.id.clone(), |n| n.to_string());
                format!("{name} ({:.0} %)", 100.0 * basis.assumptions)
            })
            .collect();
        if !mainly.is_empty() {
            let what = self.language.say(
                "Resting mainly on assumptions (share of the variance that assumed numbers explain)",
                "主要依据假定的项目（假定数值所解释的方差份额）",
            );
            writeln!(f, "\n{what}: {}", mainly.join(", "))?;
        }
        let assigned: Vec<&str> =
            self.outcome.targets.iter().filter(|t| t.assigned).map(|t| t.name.get(self.language)).collect();
        if !assigned.is_empty() {
            let what = self.language.say(
                "Assigned by the level above, and assumed here while unknown",
                "由上级下达、目前未知而在此假定的指标",
            );
            writeln!(f, "{what}: {}", assigned.join(self.language.say("; ", "；")))?;
        }
        for notice in &self.outcome.notices {
            writeln!(f, "{}: {notice}", self.language.say("Note", "说明"))?;
        }
        writeln!(
            f,
            "* {}",
            self.language.say(
                "the middle 80 % of P(met) over what is not known: parameters and baselines. The MC interval beside it is \
                 the error of the simulation alone; neither holds the error of the model.",
                "参数与基期未知所致的 P 的中间 80% 范围。旁边的区间仅为模拟误差；两者都不含模型误差。"
            )
        )
    }
}

impl fmt::Display for Scorecard<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let outcome = self.outcome;
        write!(f, "{}", outcome.plan.get(self.language))?;
        if let Some((_, variant)) = &outcome.variant {
            write!(f, " · {}", variant.get(self.language))?;
        }
        let (horizon, print) = (outcome.horizon, &outcome.fingerprint);
        writeln!(
            f,
            "\n{}–{} · {} {}{} · {} {} · plancast {}\n",
            horizon.base().0 + 1,
            horizon.last(),
            count(outcome.paths),
            self.language.say("paths", "条路径"),
            self.ending(),
            self.language.say("seed", "种子"),
            print.seed,
            print.version
        )?;
        writeln!(f, "{}", self.table())?;
        self.joint(f)?;
        self.precision(f)?;
        self.notes(f)
    }
}
