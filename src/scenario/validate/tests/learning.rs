//! What is learned, from what, and every way in which a history cannot be learned from.

use super::*;
use crate::calibrate::{Believed, DriftPrior, Observation, Seen};
use crate::evidence::Evidence;
use crate::history::{History, HistoryForm};
use crate::link::Link;
use crate::process::{Ar1Growth, Ar1SimpleGrowth, Estimate, MeanReverting, Prior, Process, RandomWalk};
use crate::scenario::draft::{IndicatorDraft, TargetDraft};
use crate::scenario::{Belief, Learning, Motion};

const GROWTH: [(i32, f64); 8] =
    [(2018, 7.0), (2019, 6.1), (2020, 4.0), (2021, 7.8), (2022, 1.8), (2023, 5.0), (2024, 6.1), (2025, 5.8)];

fn growth() -> History {
    History::values(HistoryForm::GrowthPercent, GROWTH)
}

fn levels(values: &[(i32, f64)]) -> History {
    History::values(HistoryForm::Level, values.iter().copied())
}

fn rounded(history: History) -> History {
    History { rounding: Some((0.1).into()), ..history }
}

fn plan(indicator: IndicatorDraft) -> Draft {
    let target = TargetDraft::level("x").at_least(1.0);
    Scenario::builder("A plan", 2025, 2030).indicator("x", indicator).target("t", target).draft().clone()
}

fn draft(process: impl Into<Process>, history: History) -> Draft {
    plan(IndicatorDraft::new("X", "1").baseline(100.0).process(process).history(history))
}

#[track_caller]
fn learning(draft: Draft) -> (Learning, Vec<String>) {
    let scenario = draft.validate().unwrap_or_else(|error| panic!("{error}"));
    let Motion::Process(moved) = &scenario.indicators["x"].motion else { panic!("a process") };
    (moved.learning.clone().expect("something is learned"), scenario.notices().to_vec())
}

#[track_caller]
fn refused(draft: Draft, expected: &str) {
    assert_eq!(faults_of(draft).join("\n"), expected);
}

fn walk() -> RandomWalk {
    RandomWalk::estimated(Estimate::default())
}

fn with_class() -> RandomWalk {
    RandomWalk::estimated(Estimate::default().class("world-gdp"))
}

#[test]
fn the_closed_form_is_for_exact_values_and_a_known_persistence() {
    let prior = Prior { mean: 0.04, weight: 2.0, sd: 0.02, df: 3.0 };
    let conjugate = |process: Process, history: History| learning(draft(process, history)).0.is_conjugate();
    assert!(conjugate(walk().into(), growth()));
    assert!(conjugate(Ar1Growth::estimated(0.3, Estimate::default().prior(prior)).into(), growth()));
    assert!(!conjugate(walk().into(), rounded(growth())));
    assert!(!conjugate(Ar1Growth::learned(Estimate::default()).into(), growth()));
    assert!(!conjugate(with_class().into(), growth()));
    assert!(!conjugate(MeanReverting::estimated(Estimate::default()).into(), levels(&GROWTH)));
}

#[test]
fn what_is_learned_from_is_the_series_that_moves() {
    let (from_levels, _) =
        learning(draft(with_class(), levels(&[(2019, 80.0), (2020, 84.0), (2023, 97.0), (2025, 100.0)])));
    assert_eq!(
        (from_levels.seen, from_levels.observed.len(), from_levels.figures.len()),
        (Seen::AsLevels, 4, 1)
    );
    assert_eq!((from_levels.pinned(), from_levels.persistence), (3, Some(0.0)));
    // Growth of 2020 needs the level of 2019.
    let estimate = Estimate { from: Some(Year(2020)), to: Some(Year(2023)), ..Estimate::default() };
    let (some, _) = learning(draft(
        RandomWalk::estimated(estimate.class("world-gdp")),
        levels(&[(2018, 77.0), (2019, 80.0), (2020, 84.0), (2023, 97.0), (2025, 100.0)]),
    ));
    let years: Vec<i32> = some.observed.iter().map(|(year, _)| year.0).collect();
    assert_eq!(years, [2019, 2020, 2023]);
    // A simple rate is learned as a rate.
    let process = Ar1SimpleGrowth::learned(Estimate::default());
    let (simple, _) = learning(draft(process.clone(), rounded(growth())));
    let Some(Observation::Between { low, high }) = simple.observed.get(Year(2018)) else { panic!("bounds") };
    assert!((low - 0.0695).abs() < 1e-12 && (high - 0.0705).abs() < 1e-12, "{low} {high}");
    let (exact, _) = learning(draft(
        process.clone(),
        levels(&[(2021, 90.0), (2022, 99.0), (2023, 99.0), (2024, 100.0), (2025, 101.0)]),
    ));
    assert_eq!((exact.seen, exact.observed.len()), (Seen::Itself, 4));
    assert_eq!(exact.figures.get(Year(2022)), Some(libm::expm1(libm::log(99.0) - libm::log(90.0))));
    refused(
        draft(process, rounded(levels(&[(2021, 90.0), (2022, 99.0), (2023, 99.0), (2024, 100.0)]))),
        "indicator.x.process.ar1_simple_growth.estimate: ar1_simple_growth learns from growth or from exact levels; these levels have bounds or errors (use `ar1_growth`, or give a history of growth in per cent)",
    );
    // A level is learned as a latent state.
    let process = MeanReverting::estimated(Estimate::default());
    let (reverts, _) =
        learning(draft(process.clone(), levels(&[(2019, 80.0), (2020, 84.0), (2023, 97.0), (2025, 100.0)])));
    assert_eq!((reverts.seen, reverts.persistence), (Seen::Itself, None));
    assert_eq!(reverts.observed.get(Year(2019)), Some(Observation::Exact(libm::log(80.0))));
    refused(
        draft(process, growth()),
        "indicator.x.process.mean_reverting.estimate: mean_reverting learns from levels; the history has growth (give a history of levels)",
    );
}

#[test]
fn a_stand_in_is_learned_from_and_not_drawn() {
    let estimate = Estimate { history: Some(Box::new(growth())), ..Estimate::default() };
    let draft = draft(RandomWalk::estimated(estimate), levels(&[(2024, 95.0), (2025, 100.0)]));
    let scenario = draft.clone().validate().unwrap();
    assert_eq!(scenario.indicators["x"].history.len(), 2);
    let (learning, _) = learning(draft);
    assert!(learning.stand_in && learning.figures.len() == 8);
    assert_eq!(learning.grade(1.0), Evidence::Proxy);
}

#[test]
fn the_grade_follows_the_share_of_the_data_and_the_history() {
    let class = learning(draft(with_class(), growth())).0;
    assert!(matches!(&class.belief, Belief::Class(name, _) if name == "world-gdp"));
    assert_eq!((class.grade(0.5), class.grade(0.49)), (Evidence::Derived, Evidence::Proxy));
    let prior = Prior { mean: 0.04, weight: 2.0, sd: 0.02, df: 3.0 };
    let numbers = learning(draft(RandomWalk::estimated(Estimate::default().prior(prior)), growth())).0;
    assert_eq!((numbers.grade(0.5), numbers.grade(0.49)), (Evidence::Derived, Evidence::Assumption));
    let poor = History { evidence: Some(Evidence::Assumption), ..growth() };
    assert_eq!(learning(draft(walk(), poor)).0.grade(1.0), Evidence::Assumption);
    assert_eq!(learning(draft(walk(), growth())).0.grade(1.0), Evidence::Derived);
}

#[test]
fn plug_in_is_noticed() {
    let estimate = Estimate { plug_in: true, ..Estimate::default() };
    let (learning, notices) = learning(draft(RandomWalk::estimated(estimate), growth()));
    assert!(learning.plug_in);
    assert_eq!(
        notices,
        [
            "indicator x: what was learned is used as if it were known (plug_in); what is not known of it is left out of the spread"
        ]
    );
}

#[test]
fn parameters_are_stated_or_learned() {
    let still = |process: Process| plan(IndicatorDraft::new("X", "1").baseline(100.0).process(process));
    let without = |persistence: bool| {
        let mut process = Ar1Growth::new(0.04, 0.3, 0.02);
        if !persistence {
            process.persistence = None;
        }
        process
    };
    assert_eq!(faults_of(still(without(true).into())), [""; 0]);
    refused(
        still(without(false).into()),
        "indicator.x.process.ar1_growth: ar1_growth needs `persistence`, stated or learned (state it, or write `estimate = {}` to learn it from the history)",
    );
    let mut reverting = MeanReverting::new(100.0, 0.2, 0.02);
    (reverting.level, reverting.volatility) = (None, None);
    refused(
        still(reverting.clone().into()),
        "indicator.x.process.mean_reverting: mean_reverting needs `level`, `volatility`, stated or learned (state it, or write `estimate = {}` to learn it from the history)",
    );
    reverting.estimate = Some(Estimate::default());
    let levels = levels(&[(2020, 80.0), (2021, 84.0), (2023, 97.0), (2025, 100.0)]);
    learning(draft(reverting, levels.clone()));
    let whole = MeanReverting { estimate: Some(Estimate::default()), ..MeanReverting::new(100.0, 0.2, 0.02) };
    refused(
        draft(whole, levels.clone()),
        "indicator.x.process.mean_reverting.estimate: level, speed and volatility are all stated; nothing is left to learn (leave out one of them, or leave out `estimate`)",
    );
    refused(
        draft(MeanReverting::estimated(Estimate::default().class("world-gdp")), levels),
        "indicator.x.process.mean_reverting.estimate.prior: a reference class is of growth; this process reverts to a level (state the prior in numbers, or leave it out)",
    );
    let mut uncertain = Ar1Growth::learned(Estimate::default());
    uncertain.persistence = Some(Quantity::normal(0.3, 0.01));
    refused(
        draft(uncertain, growth()),
        "indicator.x.process.ar1_growth.persistence: persistence is uncertain; with `estimate` it must be one number, or absent (leave `persistence` out to learn it as well)",
    );
}

/// Point by point, with and without something believed before: its error, or what is made of it.
#[test]
fn histories_that_hold_little() {
    let class = |history: History| learning(draft(with_class(), history));
    let learned = || Ar1Growth::learned(Estimate::default());
    let path = "indicator.x.process.random_walk.estimate";
    let remedy = "(give a longer `history` or a wider `from` and `to`, state a `prior`, or state `drift` and `volatility`)";
    // Empty: nothing is believed but the class.
    let none = plan(IndicatorDraft::new("X", "1").baseline(100.0).process(with_class()));
    let (empty, notices) = learning(none);
    assert!(empty.observed.is_empty());
    assert_eq!(notices, [format!("{path}: nothing was observed; what is believed before is used as it is")]);
    assert_eq!(empty.grade(0.0), Evidence::Proxy);
    let none = |process: Process| plan(IndicatorDraft::new("X", "1").baseline(100.0).process(process));
    refused(none(walk().into()), &format!("{path}: there is no history to learn from {remedy}"));
    let ar1 = path.replace("random_walk", "ar1_growth");
    refused(
        none(learned().into()),
        &format!("{ar1}: the years used have 0 growth figures; at least 3 are needed {remedy}"),
    );
    // One point: a level says nothing of growth, a growth figure does.
    assert!(class(levels(&[(2024, 95.0)])).0.observed.is_empty());
    assert_eq!(class(History::values(HistoryForm::GrowthPercent, [(2024, 5.0)])).0.observed.len(), 1);
    refused(
        draft(walk(), levels(&[(2024, 95.0)])),
        &format!("{path}: the history has one year, 2024, and growth needs two in a row {remedy}"),
    );
    // Constant: no volatility without a prior.
    let constant = levels(&[(2021, 80.0), (2022, 80.0), (2023, 80.0), (2024, 80.0), (2025, 80.0)]);
    assert_eq!(class(constant.clone()).0.figures.len(), 4);
    for (process, path) in [(Process::from(walk()), path), (learned().into(), ar1.as_str())] {
        refused(
            draft(process, constant.clone()),
            &format!(
                "{path}: the growth of the years used never varied, so the history teaches no volatility (state a `prior`, or state `drift` and `volatility`)"
            ),
        );
    }
    // Gaps: the sampler spans them, with and without a class. Independent growth stands alone, so that gaps in it cost nothing.
    let gappy = levels(&[
        (2015, 60.0),
        (2016, 64.0),
        (2019, 70.0),
        (2020, 75.0),
        (2022, 81.0),
        (2023, 88.0),
        (2025, 100.0),
    ]);
    let (spanned, notices) = learning(draft(walk(), gappy.clone()));
    assert_eq!((spanned.is_conjugate(), spanned.observed.len(), spanned.pinned()), (false, 7, 6));
    assert!(notices.is_empty(), "{notices:?}");
    let (spanned, notices) = class(gappy);
    assert_eq!((spanned.observed.len(), spanned.pinned(), notices.len()), (7, 6, 0));
    let gappy =
        || History::values(HistoryForm::GrowthPercent, [(2019, 5.0), (2020, 4.0), (2022, 7.0), (2025, 6.0)]);
    let (alone, notices) = learning(draft(walk(), gappy()));
    assert_eq!((alone.is_conjugate(), alone.sample().len()), (true, 4));
    assert_eq!(notices, [format!("{path}: the growth of 2021, 2023, 2024 is not known and is left out")]);
    let persistent = Ar1Growth::estimated(0.3, Estimate::default());
    assert!(!learning(draft(persistent, gappy())).0.is_conjugate());
    // Unsorted in the scenario: a table of years has no order. Files are told, see the tests of histories.
    let sorted = class(levels(&[(2025, 100.0), (2023, 90.0), (2024, 95.0)])).0;
    let years: Vec<i32> = sorted.observed.iter().map(|(year, _)| year.0).collect();
    assert_eq!(years, [2023, 2024, 2025]);
    // Twice, not positive under a logarithm, out of range.
    let history = "indicator.x.history";
    let mut twice = growth();
    twice.values.as_mut().unwrap().insert("02024".into(), 6.0);
    refused(draft(with_class(), twice), &format!("{history}.values.02024: 2024 stands twice"));
    refused(
        draft(with_class(), levels(&[(2023, 90.0), (2024, 0.0), (2025, 100.0)])),
        &format!("{history}.values.2024: the value of 2024 is 0; it must be a level above 0 (log link)"),
    );
    refused(
        draft(with_class(), History::values(HistoryForm::GrowthPercent, [(2024, -100.0)])),
        &format!("{history}.values.2024: the value of 2024 is -100; it must be above -100 per cent"),
    );
    let prior = Prior { mean: 0.0, weight: 1.0, sd: 0.1, df: 3.0 };
    let numbers = RandomWalk::estimated(Estimate::default().prior(prior));
    let share = IndicatorDraft::new("X", "%").share(0.0, 100.0).baseline(50.0).process(numbers);
    refused(
        plan(share.history(levels(&[(2023, 49.0), (2024, 100.0)]))),
        &format!(
            "{history}.values.2024: the value of 2024 is 100; it must be a level between 0 and 100, both excluded (logit link)"
        ),
    );
    refused(
        draft(with_class(), levels(&[(2023, f64::NAN), (2024, f64::INFINITY)])),
        &format!(
            "{history}.values.2023: the value of 2023 is NaN; it must be a finite number\n{history}.values.2024: the value of 2024 is inf; it must be a finite number"
        ),
    );
}

#[test]
fn a_level_that_reverts_needs_levels_that_vary() {
    let process = || MeanReverting::estimated(Estimate::default());
    let estimate = "indicator.x.process.mean_reverting.estimate";
    let share = |history: History| {
        let indicator = IndicatorDraft::new("X", "%").link(Link::Identity).baseline(50.0);
        plan(indicator.process(process()).history(history))
    };
    let remedy = "(give a longer `history` or a wider `from` and `to`, state a `prior`, or state `drift` and `volatility`)";
    refused(
        share(levels(&[(2023, 49.0), (2024, 50.0)])),
        &format!("{estimate}: the years used have 2 levels; at least 3 are needed {remedy}"),
    );
    assert_eq!(faults_of(share(levels(&[(2021, 49.0), (2023, 49.5), (2024, 50.0)]))), [""; 0]);
    refused(
        share(levels(&[(2021, 49.0), (2023, 49.0), (2024, 49.0)])),
        &format!(
            "{estimate}: the level of the years used never varied, so the history teaches no volatility (state a `prior`, or state `drift` and `volatility`)"
        ),
    );
}

#[test]
fn classes_are_looked_for_beside_the_scenario_and_among_those_shipped() {
    let folder = tempfile::tempdir().unwrap();
    let own = "name = 'Own'\nsource = 's'\nevidence = 'assumption'\nlink = 'log'\nunits = 3\nfrom = 1990\nto = 2010\n[prior]\npersistence = 'uniform'\ndrift.normal = { mean = 0.1, sd = 0.01 }\nvolatility.scaled = { df = 5.0, scale = 0.03 }\n";
    std::fs::create_dir(folder.path().join("priors")).unwrap();
    let write = |name: &str, text: &str| std::fs::write(folder.path().join(name), text).unwrap();
    write("priors/own.toml", own);
    write("priors/broken.toml", "name = 3");
    write("priors/far.toml", &own.replace("sd = 0.01", "sd = -1.0"));
    write("else.toml", own);
    let of = |name: &str| {
        let estimate = Estimate { folder: folder.path().into(), ..Estimate::default() };
        draft(RandomWalk::estimated(estimate.class(name)), growth())
    };
    for name in ["own", "else.toml"] {
        let found = learning(of(name)).0;
        assert_eq!(found.prior().drift, DriftPrior::Normal(Believed { mean: 0.1, sd: 0.01 }), "{name}");
        assert_eq!(found.grade(0.0), Evidence::Assumption);
    }
    assert!(matches!(learning(of("world-gdp")).0.belief, Belief::Class(..)));
    let faults =
        |name: &str| faults_of(of(name)).join("\n").replace(&folder.path().display().to_string(), "");
    let path = "indicator.x.process.random_walk.estimate.prior";
    assert!(
        faults("world-gpd").starts_with(&format!(
            "{path}: there is no reference class `world-gpd` (did you mean `world-gdp`? There are: broken, "
        )),
        "{}",
        faults("world-gpd")
    );
    assert!(faults("a/../b").contains("there is no reference class `a/../b`"));
    assert!(
        faults("none.toml").starts_with(&format!("{path}: cannot read /none.toml: ")),
        "{}",
        faults("none.toml")
    );
    assert!(
        faults("broken").starts_with(&format!("{path}: /priors/broken.toml is no reference class: ")),
        "{}",
        faults("broken")
    );
    assert!(
        faults("far").contains("prior.drift.normal.sd: drift.normal.sd is -1; it must be above 0"),
        "{}",
        faults("far")
    );
    // Of other changes than those of the indicator.
    let share = IndicatorDraft::new("X", "%").share(0.0, 100.0).baseline(50.0).process(with_class());
    refused(
        plan(share.history(levels(&[(2023, 49.0), (2024, 50.0), (2025, 50.0)]))),
        &format!(
            "{path}: the class `world-gdp` is of changes under a log link; the indicator has a logit link between 0 and 100 (give the indicator the link of the class, take another class, or state the prior in numbers)"
        ),
    );
    refused(
        draft(Ar1SimpleGrowth::learned(Estimate::default().class("world-gdp")), growth()),
        "indicator.x.process.ar1_simple_growth.estimate.prior: a reference class is of changes of the latent state; ar1_simple_growth has simple rates (use `ar1_growth`, or state the prior in numbers)",
    );
    // A copy of a shipped class beside the scenario is that class, and needs no file when the draft is written.
    let shipped = crate::calibrate::ReferenceClass::shipped("world-gdp").unwrap().to_toml().unwrap();
    write("priors/world-gdp.toml", &shipped);
    let written = |name: &str| of(name).to_toml().unwrap();
    assert!(written("world-gdp").contains("prior = \"world-gdp\""), "{}", written("world-gdp"));
    assert!(written("own").contains("/priors/own.toml\""), "{}", written("own"));
}
