//! What to spend on which lever, and what it brings, for a terminal.

use super::table::numbers;
use crate::analyse::Estimate;
use crate::analyse::levers::{BestBudget, BudgetFront, Unit, WorldRegret};
use crate::label::Language;
use crate::outcome::format;
use std::fmt;

/// The table of best spendings, a column a budget; print it with `{}`.
///
/// Above, what is spent on each lever each year. Below, the objective on the paths that the spending was chosen on and on fresh ones, with the
/// interval of the Monte Carlo error of the latter, the gain over nothing, and what of the gain was luck of the draw.
#[derive(Debug, Clone, Copy)]
pub struct BudgetTable<'a> {
    points: &'a [BestBudget],
    language: Language,
}

impl<'a> BudgetTable<'a> {
    /// Of one budget, in English.
    pub fn new(best: &'a BestBudget) -> Self {
        Self { points: std::slice::from_ref(best), language: Language::En }
    }

    /// Of several, in English.
    pub fn front(front: &'a BudgetFront) -> Self {
        Self { points: &front.points, language: Language::En }
    }

    /// In another language.
    #[must_use]
    pub fn language(mut self, language: Language) -> Self {
        self.language = language;
        self
    }

    fn row(&self, name: impl Into<String>, cell: impl Fn(&BestBudget) -> String) -> Vec<String> {
        std::iter::once(name.into()).chain(self.points.iter().map(cell)).collect()
    }

    fn rows(&self, first: &BestBudget) -> Vec<Vec<String>> {
        let language = self.language;
        let mut rows = Vec::new();
        for (k, lever) in first.spends.iter().enumerate() {
            let mut name = lever.name.get(language).to_owned();
            if lever.idle {
                name += self.language.say(" (does nothing for it)", "（与目标无关）");
            }
            rows.push(self.row(name, |point| {
                let spend = &point.spends[k];
                if spend.spend == 0.0 { "–".into() } else { amount(spend.spend, point.budget) }
            }));
        }
        rows.push(self.row(self.language.say("spent in all", "合计支出"), |point| {
            amount(point.spent(), point.budget)
        }));
        let shown = |of: fn(&BestBudget) -> &Estimate| {
            move |point: &BestBudget| point.unit.shown(of(point), language)
        };
        let moved = |of: fn(&BestBudget) -> &Estimate| {
            move |point: &BestBudget| point.unit.difference(of(point), language)
        };
        rows.push(self.row(
            self.language.say("nothing spent, on fresh paths", "不支出（新抽样）"),
            shown(|point| &point.fresh.nothing),
        ));
        rows.push(self.row(
            self.language.say("best, on the paths that chose it", "最优方案（样本内）"),
            shown(|point| &point.in_sample.value),
        ));
        rows.push(self.row(
            self.language.say("best, on fresh paths", "最优方案（新抽样）"),
            shown(|point| &point.fresh.value),
        ));
        rows.push(self.row(self.interval_name(first), |point| point.unit.interval(&point.fresh.value)));
        rows.push(
            self.row(self.language.say("looks better by", "样本内高估"), moved(|point| &point.difference)),
        );
        rows.push(self.row(
            self.language.say("gain over nothing, fresh", "较不支出的增益（新抽样）"),
            moved(|point| &point.fresh.gain),
        ));
        rows.push(self.row(self.language.say("gain that was luck", "其中运气成分"), |point| {
            let error = point
                .unit
                .difference(&Estimate { estimate: point.optimism.error, ..point.optimism }, language);
            format!(
                "{} ± {}",
                point.unit.difference(&point.optimism, language),
                error.trim_start_matches('+')
            )
        }));
        rows
    }

    fn interval_name(&self, first: &BestBudget) -> String {
        let level = format::share(first.about.confidence, 0, self.language);
        match self.language {
            Language::En => format!("its interval, {level}"),
            Language::Zh => format!("其区间（{level}）"),
        }
    }

    /// What is lost in each world, of a regret.
    fn worlds(&self, f: &mut fmt::Formatter<'_>, point: &BestBudget) -> fmt::Result {
        let language = self.language;
        let header = [
            self.language.say("if it comes so", "若出现此情形"),
            self.language.say("with this spending", "按此支出"),
            self.language.say("best for it", "该情形最优"),
            self.language.say("regret", "后悔值"),
        ];
        let rows = point.worlds.iter().map(|WorldRegret { name, value, best, regret }| {
            let of = |estimate: &Estimate| Unit::Probability.shown(estimate, language);
            vec![
                name.get(language).to_owned(),
                of(value),
                of(best),
                Unit::Regret.difference(regret, language),
            ]
        });
        writeln!(f, "{} {}", self.language.say("budget", "预算"), amount(point.budget, point.budget))?;
        writeln!(f, "{}", numbers(header, rows))
    }
}

/// Three digits of the budget are more than a spending is known to.
fn amount(x: f64, budget: f64) -> String {
    format::level(x, 0.05 * budget)
}

impl fmt::Display for BudgetTable<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Some(first) = self.points.first() else { return Ok(()) };
        let language = self.language;
        writeln!(f, "{} · {}", first.about.plan.get(language), first.objective.get(language))?;
        let unit = first.currency.get(language);
        let budget = match language {
            Language::En => format!("budget, {unit}"),
            Language::Zh => format!("预算（{unit}）"),
        };
        let header = self.row(budget, |point| amount(point.budget, point.budget));
        writeln!(f, "{}", numbers(header, self.rows(first)))?;
        let (paths, fresh) = (format::count(first.about.paths), format::count(first.fresh_paths));
        match language {
            Language::En => writeln!(
                f,
                "Chosen on {paths} paths (its interval does not hold there: the best of many is partly lucky), judged on {fresh} others; seed {}.",
                first.about.seed
            )?,
            Language::Zh => writeln!(
                f,
                "在{paths}条路径上选出（样本内区间不成立：多中选优含运气成分），再用{fresh}条新路径评估；种子{}。",
                first.about.seed
            )?,
        }
        self.points
            .iter()
            .filter(|point| !point.worlds.is_empty())
            .try_for_each(|point| self.worlds(f, point))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::analyse::levers::{Judged, Spend};
    use crate::label::Label;

    fn point(unit: Unit, worlds: Vec<WorldRegret>) -> BestBudget {
        let of = |value: f64, half: f64| Estimate {
            estimate: value,
            error: half / 2.0,
            low: value - half,
            high: value + half,
        };
        let both = |en: &str, zh: &str| Label::both(en, Some(zh.to_owned()));
        let judged = |up: f64| Judged {
            value: of(0.5 + up, 0.004),
            nothing: of(0.4, 0.004),
            gain: of(0.1 + up, 0.002),
        };
        BestBudget {
            about: crate::analyse::About {
                plan: both("Plan", "规划"),
                variant: None,
                source: None,
                paths: 20_000,
                seed: 7,
                confidence: 0.95,
            },
            objective: both("Probability: growth", "概率：增长"),
            unit,
            budget: 12.0,
            currency: both("m yuan a year", "百万元/年"),
            spends: vec![
                Spend {
                    id: "a".into(), name: both("Roads", "道路"), spend: 7.126, most: 20.0, idle: false
                },
                Spend { id: "b".into(), name: both("Schools", "学校"), spend: 0.0, most: 20.0, idle: true },
            ],
            in_sample: judged(0.01),
            fresh: judged(0.0),
            difference: of(0.01, 0.006),
            optimism: of(0.01, 0.003),
            worlds,
            fresh_paths: 80_000,
        }
    }

    #[test]
    fn the_table_says_what_to_spend_and_what_was_luck() {
        let best = point(Unit::Probability, Vec::new());
        let text = BudgetTable::new(&best).to_string();
        for part in [
            "7.1",
            "Schools (does nothing for it)",
            "51.0 %",
            "50.0 %",
            "49.6–50.4",
            "+10.0 points",
            "+1.0 points ± 0.1 points",
            "80,000 others",
            "seed 7",
        ] {
            assert!(text.contains(part), "`{part}` is not in\n{text}");
        }
        let text = BudgetTable::new(&best).language(Language::Zh).to_string();
        for part in ["预算（百万元/年）", "道路", "与目标无关", "49.6–50.4", "种子7"] {
            assert!(text.contains(part), "`{part}` is not in\n{text}");
        }
    }

    #[test]
    fn a_regret_is_told_world_by_world() {
        let value = Estimate { estimate: 0.3, error: 0.002, low: 0.296, high: 0.304 };
        let regret = Estimate { estimate: 0.02, error: 0.001, low: 0.018, high: 0.022 };
        let world = WorldRegret { name: Label::new("Slump"), value, best: value, regret };
        let text = BudgetTable::new(&point(Unit::Regret, vec![world])).to_string();
        assert!(text.contains("Slump") && text.contains("+2.0 points"), "{text}");
    }
}
