//! The charts' own words in English and Chinese.
//!
//! Layer 8. What a scenario names (indicators, units, targets) comes with its own [`crate::label::Label`];
//! these are the words that the charts add.

use crate::evidence::Evidence;
use crate::label::Language;

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
}

impl Word {
    /// All words.
    pub const ALL: [Word; 27] = [
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

/// A percentage: `73 %` in English, `73%` in Chinese; `decimals` digits after the point.
pub fn percent(share: f64, decimals: usize, language: Language) -> String {
    let digits = number(100.0 * share, decimals);
    match language {
        Language::En => format!("{digits} %"),
        Language::Zh => format!("{digits}%"),
    }
}

/// The band that holds a share of the paths: `80 % of paths`, `80% 区间`.
pub fn band(share: f64, language: Language) -> String {
    match language {
        Language::En => format!("{} of paths", percent(share, 0, language)),
        Language::Zh => format!("{} 区间", percent(share, 0, language)),
    }
}

/// A number of paths: `10,000 paths`, `10,000 条模拟路径`.
pub fn paths(count: u64, language: Language) -> String {
    format!("{} {}", group(&count.to_string()), Word::Paths.get(language))
}

/// A line that names a source: `Source: …`, `资料来源：…`.
pub fn source(text: &str, language: Language) -> String {
    let colon = match language {
        Language::En => ": ",
        Language::Zh => "：",
    };
    format!("{}{colon}{text}", Word::Source.get(language))
}

/// A number with `decimals` digits after the point, thousands set apart by commas, and a true minus.
/// What rounds to zero is printed without a minus.
pub fn number(value: f64, decimals: usize) -> String {
    let digits = format!("{:.decimals$}", value.abs());
    let zero = digits.bytes().all(|b| matches!(b, b'0' | b'.'));
    let (whole, rest) = digits.split_at(digits.find('.').unwrap_or(digits.len()));
    let sign = if value < 0.0 && !zero { "−" } else { "" };
    format!("{sign}{}{rest}", group(whole))
}

/// Sets the thousands of a row of digits apart.
fn group(digits: &str) -> String {
    let mut out = String::with_capacity(digits.len() * 4 / 3);
    for (i, digit) in digits.chars().enumerate() {
        if i > 0 && (digits.len() - i).is_multiple_of(3) && digit.is_ascii_digit() {
            out.push(',');
        }
        out.push(digit);
    }
    out
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
    fn numbers_are_grouped_and_signed() {
        assert_eq!(number(1234567.891, 1), "1,234,567.9");
        assert_eq!(number(-1000.0, 0), "−1,000");
        assert_eq!(number(999.4, 0), "999");
        assert_eq!(number(-0.04, 1), "0.0");
        assert_eq!(paths(10_000, Language::En), "10,000 paths");
        assert_eq!(percent(0.725, 1, Language::En), "72.5 %");
        assert_eq!(band(0.8, Language::Zh), "80% 区间");
        assert_eq!(source("x", Language::Zh), "资料来源：x");
    }
}
