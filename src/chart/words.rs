//! The charts' own words in English and Chinese.
//!
//! Layer 8. What a scenario names (indicators, units, targets) comes with its own [`crate::label::Label`];
//! these are the words that the charts add.

use crate::evidence::Evidence;
use crate::label::Language;
use crate::outcome::format;
use crate::time::Year;

/// A word of the charts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Word {
    /// The middle of the simulated values.
    Median,
    /// What the plan wants.
    Target,
    /// How likely.
    Probability,
    /// Chance that a target is met.
    ProbabilityMet,
    /// What has been observed.
    History,
    /// Simulated futures.
    Paths,
    /// A target that binds.
    Binding,
    /// A target that is expected, not bound.
    Anticipatory,
    /// A target that is neither said to bind nor to be expected.
    Unspecified,
    /// How many targets are met on a path.
    NumberMet,
    /// Of all simulated futures.
    ShareOfPaths,
    /// All targets together.
    AllMet,
    /// All binding targets together.
    AllBindingMet,
    /// What independence would give.
    IfIndependent,
    /// Calendar year.
    Year,
    /// Where numbers are from.
    Source,
    /// Stated for want of a known value.
    Assumed,
    /// The target is reached.
    Met,
    /// The target is not reached.
    Missed,
    /// Error of counting finitely many paths.
    MonteCarloError,
    /// What is not known about parameters and starting values.
    ParameterSpread,
    /// How far a number can be trusted.
    EvidenceGrade,
    /// First year in which a target is met.
    FirstYear,
    /// Not met by the last year.
    Never,
    /// The year of the baselines.
    BaseYear,
    /// Two targets together.
    JointProbability,
    /// The mean of the simulated values.
    Mean,
    /// Number from which all draws follow.
    Seed,
    /// Some of the simulated futures.
    SomePaths,
    /// The whisker over parameters.
    TenthToTenth,
    /// Title of the bars.
    ProbabilitiesTitle,
    /// Title of the columns.
    NumberMetTitle,
    /// Title of the matrix.
    JointTitle,
    /// Title of the page of panels.
    OverviewTitle,
    /// Title of the strips.
    FirstYearTitle,
    /// What the strips show.
    ByYear,
    /// The framed cell.
    LikelyFrom,
    /// What the matrix shows.
    Phi,
    /// A cell without a correlation.
    Certain,
    /// Positive correlation.
    MetTogether,
    /// Negative correlation.
    MetApart,
    /// No correlation.
    Independent,
    /// An empty chart.
    NoTargets,
    /// Title of the bars of indices.
    DriversTitle,
    /// Title of the tornado.
    TornadoTitle,
    /// What no data of today remove.
    WillHappen,
    /// What better data would remove.
    NotKnown,
    /// A first-order index.
    FirstOrder,
    /// A total index.
    TotalIndex,
    /// The lower end of a tornado.
    HeldLow,
    /// The upper end of a tornado.
    HeldHigh,
    /// What indices are shares of.
    ShareOfVariance,
}

impl Word {
    /// All words.
    pub const ALL: [Word; 52] = [
        Self::Median,
        Self::Target,
        Self::Probability,
        Self::ProbabilityMet,
        Self::History,
        Self::Paths,
        Self::Binding,
        Self::Anticipatory,
        Self::Unspecified,
        Self::NumberMet,
        Self::ShareOfPaths,
        Self::AllMet,
        Self::AllBindingMet,
        Self::IfIndependent,
        Self::Year,
        Self::Source,
        Self::Assumed,
        Self::Met,
        Self::Missed,
        Self::MonteCarloError,
        Self::ParameterSpread,
        Self::EvidenceGrade,
        Self::FirstYear,
        Self::Never,
        Self::BaseYear,
        Self::JointProbability,
        Self::Mean,
        Self::Seed,
        Self::SomePaths,
        Self::TenthToTenth,
        Self::ProbabilitiesTitle,
        Self::NumberMetTitle,
        Self::JointTitle,
        Self::OverviewTitle,
        Self::FirstYearTitle,
        Self::ByYear,
        Self::LikelyFrom,
        Self::Phi,
        Self::Certain,
        Self::MetTogether,
        Self::MetApart,
        Self::Independent,
        Self::NoTargets,
        Self::DriversTitle,
        Self::TornadoTitle,
        Self::WillHappen,
        Self::NotKnown,
        Self::FirstOrder,
        Self::TotalIndex,
        Self::HeldLow,
        Self::HeldHigh,
        Self::ShareOfVariance,
    ];

    /// The word in a language.
    pub const fn get(self, language: Language) -> &'static str {
        let (en, zh) = match self {
            Self::Median => ("median", "中位数"),
            Self::Target => ("target", "目标"),
            Self::Probability => ("probability", "概率"),
            Self::ProbabilityMet => ("probability of being met", "达标概率"),
            Self::History => ("history", "历史"),
            Self::Paths => ("paths", "条模拟路径"),
            Self::Binding => ("binding", "约束性"),
            Self::Anticipatory => ("anticipatory", "预期性"),
            Self::Unspecified => ("not classified", "未分类"),
            Self::NumberMet => ("number of targets met", "达标的目标数"),
            Self::ShareOfPaths => ("share of paths", "占模拟路径的比例"),
            Self::AllMet => ("all targets met", "全部目标达标"),
            Self::AllBindingMet => ("all binding targets met", "全部约束性目标达标"),
            Self::IfIndependent => ("if targets were independent", "假如各目标相互独立"),
            Self::Year => ("year", "年份"),
            Self::Source => ("Source", "资料来源"),
            Self::Assumed => ("assumed", "假设值"),
            Self::Met => ("met", "达标"),
            Self::Missed => ("missed", "未达标"),
            Self::MonteCarloError => ("Monte Carlo error", "蒙特卡洛误差"),
            Self::ParameterSpread => ("spread over parameters", "参数不确定性"),
            Self::EvidenceGrade => ("evidence", "依据等级"),
            Self::FirstYear => ("first year met", "首次达标年份"),
            Self::Never => ("not by then", "届时未达标"),
            Self::BaseYear => ("base year", "基年"),
            Self::JointProbability => ("probability that both are met", "两项同时达标的概率"),
            Self::Mean => ("mean", "均值"),
            Self::Seed => ("seed", "随机种子"),
            Self::SomePaths => ("some paths", "若干条模拟路径"),
            Self::TenthToTenth => (
                "spread over parameters and baselines: 10 % to 90 % of the draws",
                "参数与基期不确定性：抽样的 10% 至 90%",
            ),
            Self::ProbabilitiesTitle => ("How likely is each target to be met?", "各项目标的达标概率"),
            Self::NumberMetTitle => ("How many targets are met?", "有多少项目标能够达标？"),
            Self::JointTitle => ("Which targets are met together?", "哪些目标往往同时达标？"),
            Self::OverviewTitle => {
                ("Will the plan be met? All targets at a glance", "规划目标能否实现？各项目标一览")
            }
            Self::FirstYearTitle => ("When are the targets met?", "各项目标何时达标？"),
            Self::ByYear => {
                ("probability in % that the target holds as at each year", "截至各年份的达标概率（%）")
            }
            Self::LikelyFrom => {
                ("first year as at which it is more likely met than not", "达标概率首次不低于一半的年份")
            }
            Self::Phi => (
                "correlation (phi) between meeting one and meeting the other; printed from 0.05 on",
                "两项目标达标事件的相关系数（φ），绝对值不足 0.05 的不标数字",
            ),
            Self::Certain => (
                "one of the two is met, or missed, on every path: no correlation",
                "其中一项在所有路径上均达标或均未达标，无相关系数",
            ),
            Self::MetTogether => ("together", "同时达标"),
            Self::MetApart => ("one or the other", "此消彼长"),
            Self::Independent => ("independent", "相互独立"),
            Self::NoTargets => {
                ("There is nothing to draw: the plan has no targets.", "没有可绘制的内容：规划未设目标。")
            }
            Self::DriversTitle => ("What does meeting the target hang on?", "目标能否实现取决于什么？"),
            Self::TornadoTitle => ("What would move the probability?", "哪些因素会改变达标概率？"),
            Self::WillHappen => ("what will happen", "未来变化"),
            Self::NotKnown => ("what we do not know", "认知不足"),
            Self::FirstOrder => ("solid: by itself (first order)", "深色：单独（一阶）"),
            Self::TotalIndex => {
                ("pale: with its interplay (total), with its interval", "浅色：含交互（总效应）及其区间")
            }
            Self::HeldLow => {
                ("held at its 10th percentile; an event that does not happen", "取第10百分位；事件不发生")
            }
            Self::HeldHigh => {
                ("held at its 90th percentile; an event that happens", "取第90百分位；事件发生")
            }
            Self::ShareOfVariance => ("share of the variance of meeting it", "占达标方差的比例"),
        };
        match language {
            Language::En => en,
            Language::Zh => zh,
        }
    }
}

/// The name of an evidence grade.
pub fn evidence(grade: Evidence, language: Language) -> &'static str {
    let zh = match grade {
        Evidence::Plan => "规划原文",
        Evidence::Statistics => "官方统计",
        Evidence::Derived => "推算",
        Evidence::Proxy => "替代指标",
        Evidence::Assumption => "假设",
    };
    match language {
        Language::En => grade.word(),
        Language::Zh => zh,
    }
}

/// The band that holds a share of the paths: `80 % of paths`, `80% 区间`.
pub fn band(share: f64, language: Language) -> String {
    match language {
        Language::En => format!("{} of paths", format::share(share, 0, language)),
        Language::Zh => format!("{} 区间", format::share(share, 0, language)),
    }
}

/// A number of paths: `10,000 paths`, `10,000 条模拟路径`.
pub fn paths(count: u64, language: Language) -> String {
    format!("{} {}", format::count(count), Word::Paths.get(language))
}

/// A line that names a source: `Source: …`, `资料来源：…`.
pub fn source(text: &str, language: Language) -> String {
    let colon = match language {
        Language::En => ": ",
        Language::Zh => "：",
    };
    format!("{}{colon}{text}", Word::Source.get(language))
}

/// A variant, said to be none of the plan's own: `what if: …`.
pub fn what_if(variant: &str, language: Language) -> String {
    match language {
        Language::En => format!("what if: {variant}"),
        Language::Zh => format!("假设情景：{variant}"),
    }
}

/// What the printed intervals are: `95 % Monte Carlo intervals`.
pub fn intervals(confidence: f64, language: Language) -> String {
    match language {
        Language::En => format!("{} Monte Carlo intervals", level(confidence, language)),
        Language::Zh => format!("{} 蒙特卡洛区间", level(confidence, language)),
    }
}

/// A confidence level as it was asked for: `95 %`, `99.9 %`.
fn level(confidence: f64, language: Language) -> String {
    let digits = format::level(100.0 * confidence, 0.0);
    match language {
        Language::En => format!("{digits} %"),
        Language::Zh => format!("{digits}%"),
    }
}

/// The key of the interval: `Monte Carlo error (95 %)`.
pub fn monte_carlo(confidence: f64, language: Language) -> String {
    let (word, level) = (Word::MonteCarloError.get(language), level(confidence, language));
    match language {
        Language::En => format!("{word} ({level})"),
        Language::Zh => format!("{word}（{level}）"),
    }
}

/// The weakest grade of the numbers under a chart: `weakest evidence: proxy`.
pub fn weakest(grade: Evidence, language: Language) -> String {
    match language {
        Language::En => format!("weakest evidence: {}", evidence(grade, language)),
        Language::Zh => format!("最弱依据：{}", evidence(grade, language)),
    }
}

/// The key of a grade's colour: `rests on proxies`.
pub fn rests_on(grade: Evidence, language: Language) -> String {
    match language {
        Language::En => match grade {
            Evidence::Plan => "rests on plan figures".into(),
            Evidence::Statistics => "rests on statistics".into(),
            Evidence::Derived => "rests on derived figures".into(),
            Evidence::Proxy => "rests on proxies".into(),
            Evidence::Assumption => "rests on assumptions".into(),
        },
        Language::Zh => format!("依据：{}", evidence(grade, language)),
    }
}

/// A chart that shows only the first of many: `the first 150 of 400`.
pub fn first_of(shown: usize, all: usize, language: Language) -> String {
    match language {
        Language::En => format!("the first {shown} of {all}"),
        Language::Zh => format!("共 {all} 项，仅列前 {shown} 项"),
    }
}

/// A goal with its year: `≥ 4 by 2027`.
pub fn by(goal: &str, year: Year, language: Language) -> String {
    match language {
        Language::En => format!("{goal} by {year}"),
        Language::Zh => format!("{goal}（{year}年）"),
    }
}

/// A target in a sentence: `Average growth, ≥ 5 % a year: 62 % (61.7–62.3)`.
pub fn told(name: &str, goal: &str, probability: &str, language: Language) -> String {
    match language {
        Language::En => format!("{name}, {goal}: {probability}"),
        Language::Zh => format!("{name}，{goal}：{probability}"),
    }
}

/// A goal with its probability: `≥ 4: 62 %`.
pub fn goal_met(goal: &str, probability: &str, language: Language) -> String {
    match language {
        Language::En => format!("{goal}: {probability}"),
        Language::Zh => format!("{goal}：{probability}"),
    }
}

/// Targets not told: `and 3 more targets`.
pub fn and_more(rest: usize, language: Language) -> String {
    match language {
        Language::En => format!("and {rest} more target{}", if rest == 1 { "" } else { "s" }),
        Language::Zh => format!("另有 {rest} 项目标"),
    }
}

/// A joint probability beside the product: `All targets met: 2 % (1.9–2.1); if targets were independent: 0.1 %`.
pub fn beside_independence(what: &str, together: &str, product: &str, language: Language) -> String {
    let independent = Word::IfIndependent.get(language);
    match language {
        Language::En => {
            let mut letters = what.chars();
            let first = letters.next().map(|c| c.to_ascii_uppercase()).into_iter();
            let what: String = first.chain(letters).collect();
            format!("{what}: {together}; {independent}: {product}")
        }
        Language::Zh => format!("{what}：{together}；{independent}：{product}"),
    }
}

/// The key of the median column: `median: 17`.
pub fn median_number(median: usize, language: Language) -> String {
    let word = Word::Median.get(language);
    match language {
        Language::En => format!("{word}: {median}"),
        Language::Zh => format!("{word}：{median}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::chart::font;

    #[test]
    fn every_word_is_there_in_both_languages_and_can_be_drawn() {
        for word in Word::ALL {
            for language in [Language::En, Language::Zh] {
                assert!(!word.get(language).is_empty());
                font::check(word.get(language)).unwrap();
            }
            assert!(word.get(Language::En).is_ascii());
            assert!(!word.get(Language::Zh).is_ascii(), "{word:?}");
        }
        for grade in Evidence::ALL {
            font::check(evidence(grade, Language::Zh)).unwrap();
        }
    }

    #[test]
    fn phrases_hold_their_numbers() {
        assert_eq!(paths(10_000, Language::En), "10,000 paths");
        assert_eq!(band(0.8, Language::Zh), "80% 区间");
        assert_eq!(source("x", Language::Zh), "资料来源：x");
    }
}
