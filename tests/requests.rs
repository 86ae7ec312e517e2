//! Requests that make no sense are refused with words that help, and change nothing.

mod common;

use common::refused;
use plancast::error::Error;
use plancast::prelude::*;
use plancast::{export, files};
use std::fs;

/// A plan whose level and target are in order.
fn plan() -> Scenario {
    sound(IndicatorDraft::new("GDP", "bn").baseline(100.0).process(RandomWalk::new(0.04, 0.02)))
}

fn sound(indicator: IndicatorDraft) -> Scenario {
    Scenario::builder("Plan", 2025, 2030)
        .indicator("gdp", indicator)
        .target("gdp", TargetDraft::level("gdp").at_least(110.0))
        .build()
        .expect("a scenario")
}

#[test]
fn options_out_of_range_are_named_with_what_is_possible() {
    let scenario = plan();
    let run = || Simulation::new(&scenario).paths(100);
    let cases: [(Result<Outcome>, &str, &str); 9] = [
        (run().paths(0).run(), "paths", "0 paths were asked for; 1 to 281474976710656"),
        (run().paths((1 << 48) + 1).run(), "paths", "281474976710657 paths were asked for"),
        (run().paths(u64::MAX).run(), "paths", "18446744073709551615 paths were asked for"),
        (run().confidence(0.0).run(), "confidence", "level of 0 was asked for; it lies between 0.5 and 1"),
        (run().confidence(1.0).run(), "confidence", "level of 1 was"),
        (run().confidence(95.0).run(), "confidence", "level of 95 was"),
        (run().confidence(f64::NAN).run(), "confidence", "level of NaN was"),
        (run().threads(0).run(), "threads", "0 threads were asked for; 1 to 4096"),
        (run().threads(1 << 20).run(), "threads", "1048576 threads were asked for"),
    ];
    for (result, option, words) in cases {
        let fault = refused(result);
        assert_eq!(fault.path, option);
        assert!(fault.problem.contains(words), "{fault}");
        assert!(fault.remedy.is_some(), "{fault}");
    }
    // The same plan runs when it is asked properly, down to a single path.
    let outcome = run().paths(1).threads(1).confidence(0.5).seed(u64::MAX).run().expect("one path");
    assert_eq!(outcome.paths, 1);
}

#[test]
fn a_variant_that_does_not_exist_is_refused() {
    let fault = refused(plan().with_variant("slow"));
    assert!(fault.problem.contains("no variant `slow`") && fault.remedy.is_some(), "{fault}");
}

/// Names indicator and year; the first year in which it goes wrong on some path.
#[test]
fn a_number_that_stops_being_one_ends_the_run_with_its_name() {
    let walk = |volatility: f64| RandomWalk::new(0.0, volatility);
    let identity = |baseline: f64| {
        IndicatorDraft::new("Balance", "bn").link(Link::Identity).baseline(baseline).process(walk(1e-9))
    };
    let of = |formula: &str, balance: f64| {
        Scenario::builder("Plan", 2025, 2030)
            .indicator("balance", identity(balance))
            .indicator("share", IndicatorDraft::new("Share", "1").link(Link::Identity).formula(formula))
            .correlation(CorrelationDraft::Independent)
            .target("t", TargetDraft::level("share").at_least(1.0))
            .build()
            .expect("a scenario")
    };
    let run = |scenario: &Scenario| refused(Simulation::new(scenario).paths(300).run());
    for (formula, balance) in [
        ("1 / (balance - balance)", 3.0),
        ("ln(balance)", -3.0),
        ("sqrt(balance)", -3.0),
        ("exp(1000 * balance)", 3.0),
    ] {
        let fault = run(&of(formula, balance));
        assert_eq!(fault.path, "indicator.share", "{formula}");
        let problem = "is not a finite number on some path";
        assert!(fault.problem.starts_with("the level of 20") && fault.problem.ends_with(problem), "{fault}");
        assert!(fault.remedy.is_some(), "{fault}");
    }
    // A level on the log scale that leaves the range of numbers: 1e300 times e^(0.5 * 5) is still one, times e^(50 * 5) not.
    let large =
        |growth: f64| sound(IndicatorDraft::new("GDP", "bn").baseline(1e300).own_process(Steep(growth)));
    assert!(Simulation::new(&large(0.5)).paths(10).run().is_ok());
    let fault = run(&large(50.0));
    assert_eq!(
        (fault.path.as_str(), fault.problem.contains("the level of 2026")),
        ("indicator.gdp", true),
        "{fault}"
    );
    // A measure that is none although the levels are.
    let change = TargetDraft::own(Broken);
    let scenario = Scenario::builder("Plan", 2025, 2030)
        .indicator("gdp", IndicatorDraft::new("GDP", "bn").baseline(100.0).process(walk(0.01)))
        .target("odd", change.at_least(0.0).name("Odd"))
        .build()
        .expect("a scenario");
    let fault = run(&scenario);
    assert_eq!(fault.path, "target.odd", "{fault}");
    assert!(fault.problem.contains("the measure of 20"), "{fault}");
}

/// Whether somebody looks at the blocks or not.
#[test]
fn a_state_that_stops_being_a_number_ends_the_run_under_an_observer_as_well() {
    let scenario = Scenario::builder("Plan", 2025, 2030)
        .indicator(
            "gdp",
            IndicatorDraft::new("GDP", "bn")
                .link(Link::Identity)
                .baseline(1e308)
                .process(RandomWalk::new(5e307, 1e300)),
        )
        .target("gdp", TargetDraft::level("gdp").at_least(110.0))
        .build()
        .expect("a scenario");
    let run = || Simulation::new(&scenario).paths(300);
    let fault = refused(run().run());
    assert_eq!(fault.path, "indicator.gdp", "{fault}");
    assert!(fault.problem.contains("the level of 2027"), "{fault}");
    let watched = refused(run().run_with(&plancast::simulate::KeepPaths::all(&scenario)));
    assert_eq!(watched.to_string(), fault.to_string());
}

/// Growth far above what the rules let a preset have.
#[derive(Debug)]
struct Steep(f64);

impl plancast::process::Step for Steep {
    fn step(&self, view: &plancast::process::StepView<'_>, next: &mut [f64]) {
        for (next, state) in next.iter_mut().zip(view.state) {
            *next = state + self.0;
        }
    }
}

#[derive(Debug)]
struct Broken;

impl plancast::target::Measured for Broken {
    fn indicators(&self) -> Vec<String> {
        vec!["gdp".into()]
    }

    fn measure(&self, _view: &plancast::target::MeasureView<'_>, out: &mut [f64]) {
        out.fill(f64::NAN);
    }
}

#[test]
fn a_folder_that_cannot_be_written_is_named_and_results_that_stand_there_stay() {
    let outcome = Simulation::new(&plan()).paths(500).run().expect("an outcome");
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("plain");
    fs::write(&file, "a file where a folder should be").expect("written");
    for out in [file.clone(), file.join("below")] {
        for result in
            [files::folder(&out), files::check_writable(&out), export::all(&outcome, &out).map(drop)]
        {
            let Err(Error::Write { path, .. }) = result else { panic!("{} was written to", out.display()) };
            assert!(path.starts_with(&file), "{}", path.display());
        }
    }
    assert_eq!(fs::read_to_string(&file).expect("still there"), "a file where a folder should be");

    // Results of an earlier run, and something in the way of one of the new ones.
    let out = folder.path().join("out");
    export::all(&outcome, &out).expect("written");
    let before = fs::read_to_string(out.join("targets.csv")).expect("a table");
    let other = Simulation::new(&plan()).paths(700).run().expect("an outcome");
    fs::remove_file(out.join("bands.csv")).expect("removed");
    fs::create_dir_all(out.join("bands.csv/full")).expect("in the way");
    let error = export::all(&other, &out).expect_err("bands.csv is a folder");
    assert!(error.to_string().contains("bands.csv"), "{error}");
    assert_eq!(
        fs::read_to_string(out.join("targets.csv")).expect("a table"),
        before,
        "a failed export changes nothing"
    );
    let left: Vec<String> = fs::read_dir(&out)
        .expect("the folder")
        .map(|entry| entry.expect("an entry").file_name().to_string_lossy().into_owned())
        .filter(|name| name.starts_with('.'))
        .collect();
    assert!(left.is_empty(), "temporary files stay: {left:?}");
}

#[test]
fn a_run_that_fails_writes_nothing() {
    let folder = tempfile::tempdir().expect("a folder");
    let scenario = sound(IndicatorDraft::new("GDP", "bn").baseline(1e300).own_process(Steep(50.0)));
    let run = || -> Result<()> {
        let outcome = Simulation::new(&scenario).paths(100).run()?;
        export::all(&outcome, folder.path()).map(drop)
    };
    assert!(run().is_err());
    assert_eq!(fs::read_dir(folder.path()).expect("the folder").count(), 0);
}
