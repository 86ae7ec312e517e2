//! Tests of every chart, on outcomes like those of a real plan and on odd ones.

use super::synthetic::{Sketch, outcome, sketches};
use super::*;
use crate::error::Error;
use crate::label::Label;
use crate::outcome::Probability;
use crate::target::Measure;
use crate::time::Year;

const BOTH: [Language; 2] = [Language::En, Language::Zh];

/// Draws the whole set, checks that both files of each chart are there and whole, and returns the SVGs.
fn drawn(outcome: &Outcome, language: Language) -> Vec<String> {
    let folder = tempfile::tempdir().unwrap();
    let files = all(outcome, language, folder.path()).unwrap();
    assert_eq!(files.len(), Chart::set(outcome).len());
    let read = |files: &Files| {
        let svg = std::fs::read_to_string(&files.svg).unwrap();
        let png = std::fs::read(&files.png).unwrap();
        assert!(svg.starts_with("<svg ") && svg.trim_end().ends_with("</svg>"));
        assert!(!svg.contains("NaN"));
        assert!(png.starts_with(b"\x89PNG\r\n\x1a\n") && png.ends_with(b"IEND\xAE\x42\x60\x82"));
        svg
    };
    files.iter().map(read).collect()
}

/// The texts of an SVG, in the order that they are drawn in.
fn texts(svg: &str) -> Vec<String> {
    svg.split("<text ")
        .skip(1)
        .filter_map(|part| part.split_once('>')?.1.split_once("</text>"))
        .map(|(text, _)| text.trim().replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&"))
        .collect()
}

fn svg(chart: Chart, outcome: &Outcome, language: Language) -> Vec<String> {
    texts(&chart.svg(outcome, language).unwrap())
}

fn holds(texts: &[String], wanted: &str) -> bool {
    texts.iter().any(|text| text == wanted)
}

#[test]
fn a_plan_is_drawn_in_both_languages() {
    let mut plan = outcome(&sketches(), 12, 5, 1_000_000);
    for (language, variant) in BOTH.into_iter().zip(["what if: Slow decade", "假设情景：增长放缓"]) {
        plan.variant = Some(("slow".into(), Label::both("Slow decade", Some("增长放缓".into()))));
        for svg in drawn(&plan, language) {
            assert!(svg.contains(variant), "a what-if must say so");
            assert!(svg.contains("plancast\u{A0}0.1.0"));
        }
    }
}

#[test]
fn files_have_stable_names() {
    let names: Vec<String> = Chart::set(&outcome(&sketches(), 2, 5, 100)).iter().map(Chart::name).collect();
    assert_eq!(
        names,
        [
            "overview",
            "probabilities",
            "number-met",
            "joint",
            "first-year",
            "fan-indicator_1",
            "fan-indicator_2"
        ]
    );
    assert_eq!(Chart::Fan { indicator: "a/../b.c".into() }.name(), "fan-a----b-c");
}

#[test]
fn a_plan_without_targets_or_indicators_is_drawn_empty() {
    let empty = outcome(&sketches(), 0, 5, 1000);
    for language in BOTH {
        assert_eq!(drawn(&empty, language).len(), 5);
    }
    assert!(holds(
        &svg(Chart::Joint, &empty, Language::En),
        "There is nothing to draw: the plan has no targets."
    ));
    // Without a single path, and with an indicator that has neither bands nor paths.
    let mut bare = outcome(&sketches(), 1, 1, 0);
    bare.indicators[0].bands.clear();
    bare.indicators[0].samples.clear();
    bare.indicators[0].history.clear();
    drawn(&bare, Language::En);
}

#[test]
fn one_target_sixty_targets_one_year_and_fifty_years_are_drawn() {
    drawn(&outcome(&sketches(), 1, 1, 1000), Language::En);
    let many = outcome(&sketches(), 60, 50, 10_000);
    for chart in [Chart::Overview, Chart::Probabilities, Chart::NumberMet, Chart::Joint, Chart::FirstYear] {
        assert!(!svg(chart, &many, Language::Zh).is_empty());
    }
    let fan = svg(Chart::Fan { indicator: "indicator_4".into() }, &many, Language::En);
    assert!(holds(&fan, "2075") && !holds(&fan, "2026"), "years thin out");
}

#[test]
fn more_targets_than_a_page_holds_are_left_out_and_it_is_said() {
    let mut sketch = sketches()[3].clone();
    sketch.history = &[];
    let plan = outcome(&[sketch], 200, 1, 100);
    for (chart, said) in [
        (Chart::Overview, "the first 96 of 200"),
        (Chart::Probabilities, "the first 150 of 200"),
        (Chart::Joint, "the first 100 of 200"),
        (Chart::FirstYear, "the first 150 of 200"),
    ] {
        let texts = svg(chart.clone(), &plan, Language::En);
        assert!(texts.iter().any(|text| text.contains(said)), "{chart:?}");
    }
}

#[test]
fn constant_negative_and_tiny_indicators_are_drawn() {
    let odd = |base: (f64, f64), moves: (f64, f64), bound: f64| Sketch {
        base,
        moves,
        bound,
        measure: Measure::Level,
        goal: ("≥ x", "≥ x"),
        ..sketches()[0].clone()
    };
    let plan = outcome(
        &[
            odd((5.0, 0.0), (0.0, 0.0), 5.0),
            odd((0.0, 0.0), (0.0, 0.0), 0.0),
            odd((-40.0, 3.0), (-7.0, 2.0), -60.0),
            odd((1e-9, 1e-10), (0.0, 1e-11), 2e-9),
            odd((4e12, 0.0), (1e11, 1e11), 9e15),
        ],
        5,
        5,
        1000,
    );
    for language in BOTH {
        drawn(&plan, language);
    }
}

#[test]
fn a_fan_names_its_target_and_how_likely_it_is() {
    let mut plan = outcome(&sketches(), 12, 5, 1_000_000);
    plan.targets[5].probability = Probability::counted(623_061, 1_000_000, 0.95);
    let rd = Chart::Fan { indicator: "indicator_6".into() };
    let shown = svg(rd.clone(), &plan, Language::En);
    // Half the Wilson interval is 0.095 points.
    assert!(holds(&shown, "≥ 4") && holds(&shown, "62.3 % (62.21–62.40)"), "{shown:?}");
    assert!(holds(&shown, "base year 2025") && holds(&shown, "90 % of paths"));
    assert!(holds(&svg(rd.clone(), &plan, Language::Zh), "62.3%（62.21–62.40）"));
    // An earlier year is named; the plan's last one is not.
    plan.targets[5].year = Year(2028);
    assert!(holds(&svg(rd, &plan, Language::En), "≥ 4 by 2028"));
    // A growth target is told in words, and is no line.
    plan.targets[0].probability = Probability::counted(0, 1_000_000, 0.95);
    let gdp = svg(Chart::Fan { indicator: "indicator_1".into() }, &plan, Language::En);
    assert!(holds(&gdp, "Average yearly real GDP growth, ≥ 5 % a year: < 0.0004 %"), "{gdp:?}");
    assert!(!holds(&gdp, "target"));
}

#[test]
fn many_targets_of_one_indicator_share_the_room() {
    let mut plan = outcome(&sketches(), 60, 5, 1000);
    for (goals, wanted) in [(2, "≥ 4"), (12, "≥ 4: 61 %"), (50, "and 35 more targets")] {
        plan.indicators[5].targets = vec![5; goals];
        let shown = svg(Chart::Fan { indicator: "indicator_6".into() }, &plan, Language::En);
        assert!(holds(&shown, wanted), "{goals}: {shown:?}");
    }
}

#[test]
fn an_unknown_indicator_is_a_question_that_names_the_known_ones() {
    let plan = outcome(&sketches(), 2, 5, 100);
    let Err(Error::Question(fault)) = fan(&plan, "gpd", Language::En, "never") else { panic!("another end") };
    assert!(fault.to_string().contains("gpd") && fault.to_string().contains("indicator_2"), "{fault}");
}

#[test]
fn bars_are_sorted_by_risk_and_say_their_probability() {
    let mut plan = outcome(&sketches(), 3, 5, 1000);
    for (target, hits) in plan.targets.iter_mut().zip([1000, 0, 500]) {
        target.probability = Probability::counted(hits, 1000, 0.95);
    }
    let shown = svg(Chart::Probabilities, &plan, Language::En);
    let place = |wanted: &str| shown.iter().position(|text| text == wanted).unwrap();
    let (never, half, always) = (place("< 0.4 %"), place("50 %"), place("> 99.6 %"));
    assert!(never < half && half < always);
    assert!(place("2") < place("3") && place("3") < place("1"), "numbers of the plan, by risk");
}

#[test]
fn the_number_met_says_all_and_what_independence_would_say() {
    let mut plan = outcome(&sketches(), 3, 5, 1000);
    plan.joint.number_met = vec![100, 200, 300, 400];
    plan.joint.all = Probability::counted(400, 1000, 0.95);
    plan.joint.independent = 0.08;
    plan.joint.binding = None;
    let shown = svg(Chart::NumberMet, &plan, Language::En);
    // Wilson's interval of 400 in 1000 is 37.0 to 43.1.
    let sentence = "All targets met: 40 % (37–43); if targets were independent: 8.0 %";
    assert!(holds(&shown, sentence), "{shown:?}");
    assert!(holds(&shown, "median: 2"));
    assert_eq!(plan.joint.median_met(), Some(2));
    plan.joint.number_met = vec![0; 4];
    assert_eq!(plan.joint.median_met(), None);
}

#[test]
fn the_matrix_prints_each_pair_once_and_hatches_certain_targets() {
    let mut plan = outcome(&sketches(), 3, 5, 1_000_000);
    for (pair, phi) in plan.joint.pairs.iter_mut().zip([Some(0.31), None, Some(-0.04)]) {
        pair.correlation = phi;
    }
    let shown = svg(Chart::Joint, &plan, Language::En);
    assert_eq!(shown.iter().filter(|text| *text == "0.31").count(), 1);
    assert!(!holds(&shown, "−0.04"), "too small to print");
    assert!(shown.iter().any(|text| text.contains("no correlation")));
    assert!(holds(&shown, "0.5"), "the scale ends above the strongest correlation");
}

#[test]
fn strips_print_no_certainty_that_is_none() {
    let mut plan = outcome(&sketches(), 1, 4, 1000);
    for ((_, p), hits) in plan.targets[0].by_year.iter_mut().zip([0, 3, 998, 1000]) {
        *p = Probability::counted(hits, 1000, 0.95);
    }
    let shown = svg(Chart::FirstYear, &plan, Language::En);
    for wanted in ["0", "<1", ">99", "100"] {
        assert!(holds(&shown, wanted), "{wanted}: {shown:?}");
    }
}

#[test]
fn a_character_without_a_glyph_is_an_error_that_names_it() {
    let mut plan = outcome(&sketches(), 1, 5, 1000);
    plan.targets[0].name = Label::new("鿐");
    assert!(matches!(Chart::Overview.svg(&plan, Language::En), Err(Error::Chart(m)) if m.contains("U+9FD0")));
}
