//! What the sample means, and faults that come together.

use super::*;
use crate::evidence::Evidence;
use crate::scenario::draft::{IndicatorDraft, TargetDraft};
use crate::scenario::meant::{Condition, Motion};
use crate::target::{Bound, Nature};

#[test]
fn the_sample_is_sound() {
    let scenario = meant(&[]);
    assert_eq!(scenario.indicators().len(), 9);
    assert_eq!(scenario.targets().len(), 7);
    assert_eq!(scenario.notices(), [""; 0]);
    assert_eq!(scenario.name().zh.as_deref(), Some("两镇"));
    assert!(matches!(scenario.correlation(), Correlated::Factors(loads) if loads["science"]["rd"] == 0.9));
}

#[test]
fn what_is_left_out_has_its_documented_meaning() {
    let scenario = meant(&[]);
    let targets = scenario.targets();
    let growth = &targets["growth"];
    assert_eq!(
        (growth.name.en.as_str(), growth.year, growth.evidence),
        ("Real GDP", Year(2030), Evidence::Plan)
    );
    assert_eq!(growth.nature, Nature::Anticipatory);
    assert_eq!((targets["rd"].year, targets["rd"].nature), (Year(2029), Nature::Binding));
    // An assigned value is an assumption, and so is all that rests on it.
    assert_eq!(targets["air"].evidence, Evidence::Assumption);
    assert_eq!((targets["most"].evidence, targets["most"].year), (Evidence::Plan, Year(2030)));
    assert_eq!(targets["everything"].evidence, Evidence::Assumption);
    let Condition::Bounded { bound: Bound::AtLeast(pace), .. } = &targets["retail-pace"].condition else {
        panic!("keep_pace is at least minus the tolerance");
    };
    assert_eq!(pace.as_number(), Some(-0.01));
    assert_eq!(scenario.indicators()["gdp"].evidence, Evidence::Assumption);
}

#[test]
fn a_combination_of_one_early_target_is_measured_early() {
    let scenario = meant(&[("\"growth\", \"rd\", \"share\"", "\"rd\""), ("k = 2", "k = 1")]);
    assert_eq!(scenario.targets()["most"].year, Year(2029));
}

#[test]
fn growth_is_taken_between_neighbouring_years_only() {
    let scenario = meant(&[("2022 = 5006.7, ", ""), ("2024 = 5380.2", "2024 = 5380.2, 2020 = 4600.0")]);
    let gdp = &scenario.indicators()["gdp"];
    let years: Vec<i32> = gdp.growth.iter().map(|(year, _)| year.0).collect();
    assert_eq!(years, [2021, 2024]);
    let of_2024 = gdp.growth.get(Year(2024)).unwrap();
    assert!((of_2024 - libm::log(5380.2 / 5140.6)).abs() < 1e-15);
    // The identity link takes plain differences.
    let step = scenario.indicators()["steps"].growth.get(Year(2022)).unwrap();
    assert!((step + 0.3).abs() < 1e-12);
}

/// A law with less than one in a million outside is kept, and cut so that no path can get there.
#[test]
fn a_law_that_hardly_reaches_outside_is_cut() {
    let volatility = |text: &str| {
        let scenario = meant(&[("volatility = 0.02,", text)]);
        let Motion::Process(moved) = &scenario.indicators()["gdp"].motion else { panic!("a process") };
        moved.dynamics.volatility.clone().unwrap()
    };
    let near = volatility("volatility = { normal = { mean = 0.02, sd = 0.004 } },");
    let Value::Uncertain(law) = near.value else { panic!("a law") };
    assert_eq!(law.between, Some((0.0, f64::MAX)));
    let far = volatility("volatility = { normal = { mean = 0.02, sd = 0.001 } },");
    assert_eq!(far, Quantity::normal(0.02, 0.001));
}

#[test]
fn all_faults_come_at_once_in_the_order_of_the_file() {
    several(
        &[
            ("last_year = 2030", "last_year = 2025"),
            ("persistence = 0.3", "persistence = 1.2"),
            ("2021 = 4748.1", "2021 = -4748.1"),
            ("df = 5.0", "df = 1.0"),
            ("gdp / employment", "gdp / jobs"),
            ("probability = 0.1", "probability = 1.1"),
            ("at_least = 0.05", "at_least = 5.0"),
        ],
        &[
            "plan.last_year: last_year is 2025; it must be after the base year 2025",
            "indicator.gdp.history.values.2021: the value of 2021 is -4748.1; it must be a level above 0 (log link)",
            "indicator.gdp.process.ar1_growth.persistence: persistence is 1.2; it must be above -1 and below 1",
            "indicator.retail.innovation.student_t.df: df is 1; it must be above 2, where the variance exists (df = 5 has fat tails, df = 30 is nearly normal)",
            "indicator.productivity.formula: there is no indicator `jobs` (the indicators are gdp, retail, rd, trend, steps, ceiling, employment, productivity, stock)",
            "event.trade.probability: probability is 1.1; it must be at least 0 and at most 1",
            "target.growth.at_least: at_least is 5: that is 500 % a year (rates are shares, not per cent: write 0.05 for 5 % a year)",
        ],
    );
}

#[test]
fn an_empty_plan_says_what_it_lacks() {
    let draft: Draft =
        toml::from_str("plancast = 1\nplan = { name = \"\", base_year = 2025, last_year = 2030 }").unwrap();
    assert_eq!(
        faults_of(draft),
        [
            "plan.name: name is empty; it must say something",
            "indicator: no indicator is given; a plan needs at least one (add `[indicator.gdp]`)",
            "target: no target is given; a plan needs at least one (add `[target.growth]`)",
        ]
    );
}

#[test]
fn the_plan_itself() {
    one(
        "plancast = 1",
        "plancast = 2",
        "plancast: version 2 of the format is given; this release reads version 1 (write `plancast = 1`, or use the release that wrote the file)",
    );
    one(
        "last_year = 2030",
        "last_year = 2300",
        "plan.last_year: last_year is 2300, 275 years after the base year 2025; at most 200 are simulated",
    );
    one(
        "reasoning = \"What if the drift is a third less?\"",
        "reasoning = \" \"",
        "variant.low-growth.reasoning: reasoning is empty; it must say something",
    );
    one(
        "[variant.low-growth]",
        "[variant.9]",
        "variant.9: `9` is no id; an id has letters a-z and A-Z, digits, hyphens and underscores, and starts with a letter or an underscore (names in any language go in `name` and `name_zh`)",
    );
}

/// Years that no file can hold reach the check through the builder.
#[test]
fn impossible_years_are_refused_without_overflow() {
    for (base, last) in
        [(i32::MIN, i32::MAX), (i32::MAX, i32::MIN), (0, 5), (9990, 10_010), (i32::MIN, i32::MIN)]
    {
        let built = Scenario::builder("Plan", base, last)
            .indicator("x", IndicatorDraft::new("X", "1").formula("2 * 3"))
            .target("x", TargetDraft::level("x").at_least(1.0))
            .build();
        assert!(built.is_err(), "{base} to {last}");
    }
}

/// Each number of the sample in turn becomes something extreme, and each line in turn is left out:
/// a scenario or faults come out, and a scenario has no number that is not finite.
#[test]
fn nothing_makes_the_check_panic() {
    let mut tried = 0;
    let mut refused = 0;
    let mut check = |text: &str| {
        if let Ok(draft) = toml::from_str::<Draft>(text) {
            tried += 1;
            match draft.validate() {
                Ok(scenario) => {
                    // The draft holds the variants, whose patches are checked when they are laid over.
                    let Scenario { indicators, correlation, events, regimes, targets, .. } = scenario;
                    let shown = format!("{:?}", (indicators, correlation, events, regimes, targets));
                    assert!(!shown.contains("NaN") && !shown.contains(": inf"), "{text}");
                }
                Err(error) => {
                    refused += 1;
                    assert!(error.to_string().starts_with("error: "), "{error}");
                }
            }
        }
    };
    let is_part = |c: char| c.is_ascii_digit() || c == '.' || c == '-';
    let mut at = 0;
    while let Some(found) = SAMPLE[at..].find(|c: char| c.is_ascii_digit()) {
        let start = at + found;
        let end = SAMPLE[start..].find(|c| !is_part(c)).map_or(SAMPLE.len(), |length| start + length);
        for extreme in
            ["nan", "inf", "-inf", "0.0", "-1.0", "1e308", "-1e308", "1e-320", "0", "9999", "99999999999"]
        {
            check(&format!("{}{extreme}{}", &SAMPLE[..start], &SAMPLE[end..]));
        }
        at = end;
    }
    let lines: Vec<&str> = SAMPLE.lines().collect();
    for left_out in 0..lines.len() {
        let rest: Vec<&str> =
            lines.iter().enumerate().filter(|(i, _)| *i != left_out).map(|(_, line)| *line).collect();
        check(&rest.join("\n"));
    }
    assert!(tried > 500 && refused > 300, "{tried} tried, {refused} refused");
}
