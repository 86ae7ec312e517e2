//! Does a run that ends when it is precise enough keep what its intervals promise, and say what it reached?

mod common;

use common::refused;
use plancast::outcome::{Ending, HalfWidth};
use plancast::prelude::*;
use plancast::simulate::{KeepPaths, TASK};
use plancast::stats::normal;
use std::time::Duration;

const PLAN: &str = include_str!("same_bits/plan.toml");

/// The level of 2027 is at least 1 with a probability of p: the logarithm is normal after two steps.
fn walk(p: f64) -> Scenario {
    let volatility = 0.1;
    let drift = volatility * normal::quantile(p) / 2.0_f64.sqrt();
    Scenario::builder("Plan", 2025, 2027)
        .indicator(
            "gdp",
            IndicatorDraft::new("GDP", "bn").baseline(1.0).process(RandomWalk::new(drift, volatility)),
        )
        .target("gdp", TargetDraft::level("gdp").at_least(1.0))
        .build()
        .unwrap()
}

fn plan() -> Scenario {
    Scenario::from_toml(PLAN).unwrap_or_else(|e| panic!("{e}"))
}

fn half(p: &Probability) -> f64 {
    0.5 * (p.high - p.low)
}

#[test]
fn intervals_hold_although_the_run_ends_when_they_are_narrow() {
    let (runs, confidence) = (300, 0.8);
    for (p, precision) in [
        (0.5, Precision::absolute(Of::Joint, 0.003)),
        (0.1, Precision::absolute(Of::Target("gdp".into()), 0.0015)),
        (0.003, Precision::relative(Of::EveryTarget, 0.1)),
    ] {
        let scenario = walk(p);
        let (mut covered, mut paths, mut looks) = (0, 0, 0);
        for seed in 0..runs {
            let run = Simulation::new(&scenario).seed(seed).confidence(confidence);
            let outcome = run.until(precision.clone()).run().unwrap();
            assert_eq!(outcome.ending, Ending::Sure);
            let probability = outcome.targets[0].probability;
            covered += u32::from(probability.low <= p && p <= probability.high);
            paths += outcome.paths;
            looks += outcome.until.unwrap().looks.len();
        }
        // Four standard errors of a share of 300 runs at 80 %: 9.2 points.
        let (share, n) = (f64::from(covered) / runs as f64, runs as f64);
        let error = (confidence * (1.0 - confidence) / n).sqrt();
        assert!(share > confidence - 4.0 * error, "{p}: {share}");
        println!("{p}: covered {share:.3}, {:.0} paths, {:.2} looks", paths as f64 / n, looks as f64 / n);
        // Looks are few, and the last one seldom much too late.
        assert!(looks as f64 / n < 1.5, "{looks}");
    }
}

#[test]
fn the_paths_are_those_of_a_plain_run_for_any_number_of_threads() {
    let plan = plan();
    let sure = |threads: usize| {
        let run = Simulation::new(&plan).seed(15).threads(threads);
        run.until(Precision::absolute(Of::EveryTarget, 0.004))
            .until(Precision::relative(Of::Joint, 0.2))
            .run()
            .unwrap()
    };
    let outcome = sure(1);
    assert!(outcome.paths > TASK && outcome.paths % TASK == 0, "{}", outcome.paths);
    assert_eq!(format!("{outcome:?}"), format!("{:?}", sure(3)));
    let plain = Simulation::new(&plan).seed(15).paths(outcome.paths).run().unwrap();
    assert_eq!(plain.fingerprint.scenario, outcome.fingerprint.scenario);
    let hits = |outcome: &Outcome| {
        let pairs = outcome.joint.pairs.iter().map(|pair| pair.both);
        let targets = outcome.targets.iter().map(|t| t.probability);
        pairs.chain(targets).chain([outcome.joint.all]).map(|p| (p.hits, p.paths)).collect::<Vec<_>>()
    };
    assert_eq!(hits(&outcome), hits(&plain));
    assert_eq!(format!("{:?}", outcome.indicators), format!("{:?}", plain.indicators));
    // The intervals are wider, because the run could have looked more than once, and all of them are.
    for (sure, plain) in outcome.targets.iter().zip(&plain.targets) {
        assert!(half(&sure.probability) >= half(&plain.probability), "{}", sure.id);
        for ((_, sure), (_, plain)) in sure.by_year.iter().zip(&plain.by_year) {
            assert!(half(sure) >= half(plain));
        }
    }
    let [first, second] = [0, 1].map(|member| outcome.targets[outcome.joint.members[member]].id.clone());
    let given = |outcome: &Outcome| half(&outcome.conditional(&first, &second).unwrap());
    assert!(given(&outcome) > given(&plain));
}

#[test]
fn an_outcome_says_what_was_reached() {
    let plan = plan();
    let wanted = [
        Precision::absolute(Of::EveryTarget, 0.004),
        Precision::relative(Of::Joint, 0.2),
        Precision::absolute(Of::Target(plan.targets().keys().next().unwrap().clone()), 0.1),
    ];
    let run = wanted.iter().fold(Simulation::new(&plan).seed(15), |run, wanted| run.until(wanted.clone()));
    let outcome = run.run().unwrap();
    let until = outcome.until.as_ref().unwrap();
    assert!(until.is_reached() && outcome.ending == Ending::Sure);
    assert_eq!(until.looks.last(), Some(&outcome.paths));
    assert!(until.level > outcome.confidence);
    // The hardest of the targets is the one with the widest interval.
    let widths: Vec<f64> = outcome.targets.iter().map(|t| half(&t.probability)).collect();
    let widest = widths.iter().copied().fold(0.0, f64::max);
    let every = &until.reached[0];
    assert_eq!((every.half_width, widths[every.target.unwrap()]), (widest, widest));
    let joint = &until.reached[1];
    let share = half(&outcome.joint.all) / outcome.joint.all.estimate;
    assert!(joint.target.is_none() && (joint.half_width - share).abs() < 1e-15, "{joint:?}");
    for (reached, wanted) in until.reached.iter().zip(&wanted) {
        let (HalfWidth::Absolute(most) | HalfWidth::Relative(most)) = wanted.half_width;
        assert!(reached.wanted == *wanted && reached.enough && reached.half_width <= most, "{reached:?}");
    }
    assert_ne!(until.hardest(), Some(2));
    let card = Scorecard::new(&outcome).to_string();
    assert!(card.contains("paths (as many as the precision takes)"), "{card}");
    assert!(
        card.contains("every target (the hardest: Employed): ±0.36 percentage points, ±0.4 asked for"),
        "{card}"
    );
    assert!(card.contains("all of them: ±6.1 % of the probability, ±20 asked for"), "{card}");
    assert!(card.contains("every interval is formed at 96.25 %, so that it holds at 95 %"), "{card}");
    let json: serde_json::Value = serde_json::from_str(&plancast::export::result_json(&outcome)).unwrap();
    assert_eq!(json["ending"], "sure");
    assert_eq!(json["until"]["reached"][1]["wanted"]["of"], "joint");
    assert_eq!(json["until"]["reached"][1]["enough"], true);
}

#[test]
fn the_most_paths_end_it_and_it_says_that_this_was_not_enough() {
    let plan = walk(0.3);
    let run = Simulation::new(&plan).paths(2 * TASK + 9).until(Precision::absolute(Of::Joint, 1e-4));
    let outcome = run.run().unwrap();
    let until = outcome.until.as_ref().unwrap();
    assert_eq!((outcome.ending, outcome.paths), (Ending::Capped, 2 * TASK + 9));
    assert!(!until.is_reached() && until.reached[0].half_width > 1e-4);
    // The one look spends all.
    assert!((until.level - 0.95).abs() < 1e-12 && until.looks == [2 * TASK + 9]);
    assert!(Scorecard::new(&outcome).to_string().contains("(not as precise as asked for)"));
    // What never happens is never known to a share of itself.
    let impossible = Scenario::builder("Plan", 2025, 2026)
        .indicator("gdp", IndicatorDraft::new("GDP", "bn").baseline(1.0).process(RandomWalk::new(0.0, 0.01)))
        .target("gdp", TargetDraft::level("gdp").at_least(1e6))
        .build()
        .unwrap();
    let run = Simulation::new(&impossible).paths(10 * TASK).until(Precision::relative(Of::Joint, 0.5));
    let outcome = run.run().unwrap();
    assert_eq!((outcome.ending, outcome.paths), (Ending::Capped, 10 * TASK));
    let until = outcome.until.as_ref().unwrap();
    assert!(until.reached[0].half_width.is_infinite());
    assert!(plancast::export::result_json(&outcome).contains("\"half_width\": null"));
}

#[test]
fn it_goes_with_observers_stops_and_checkpoints() {
    let (plan, folder) = (plan(), tempfile::tempdir().unwrap());
    let run =
        || Simulation::new(&plan).seed(15).threads(2).until(Precision::absolute(Of::EveryTarget, 0.003));
    let whole = run().run().unwrap();
    assert!(whole.paths >= 4 * TASK, "{}", whole.paths);
    let (watched, kept) = run().run_with(&KeepPaths::all(&plan)).unwrap();
    assert_eq!((format!("{watched:?}"), kept.len() as u64), (format!("{whole:?}"), whole.paths));
    // Stopped early, and taken up again from its checkpoint.
    let file = folder.path().join("until.checkpoint");
    let stopper = Stopper::new();
    let asked = stopper.clone();
    let stoppable = run().stop_on(&stopper).checkpoint(&file, Duration::from_secs(60));
    let totals = std::sync::Mutex::new(Vec::new());
    let early = stoppable
        .on_progress(|progress| {
            totals.lock().unwrap().push(progress.total);
            asked.stop();
        })
        .run()
        .unwrap();
    assert_eq!(early.ending, Ending::Interrupted { asked: Simulation::UNTIL_PATHS });
    assert!(early.paths < whole.paths && early.until.as_ref().is_some_and(|until| !until.is_reached()));
    assert!(totals.into_inner().unwrap().iter().all(|total| *total == Simulation::UNTIL_PATHS));
    let resumed = run().checkpoint(&file, Duration::from_secs(60)).run().unwrap();
    assert_eq!(format!("{resumed:?}"), format!("{whole:?}"));
    // From its own end it is there at once.
    assert_eq!(Shard::load(&file).unwrap().paths(), 0..whole.paths);
    let again = run().checkpoint(&file, Duration::ZERO).run().unwrap();
    assert_eq!(format!("{again:?}"), format!("{whole:?}"));
}

#[test]
fn what_cannot_be_reached_or_does_not_go_together_is_refused() {
    let plan = walk(0.3);
    let until = |precision: Precision| {
        let fault = refused(Simulation::new(&plan).paths(100).until(precision).run());
        assert!(fault.path == "until" && fault.remedy.is_some(), "{fault}");
        fault
    };
    let unknown = until(Precision::absolute(Of::Target("gpd".into()), 0.01));
    assert_eq!(
        (unknown.problem.as_str(), unknown.remedy.as_deref()),
        ("there is no target `gpd`", Some("take one of gdp"))
    );
    for wrong in [0.0, -1.0, 0.6, f64::NAN, f64::INFINITY] {
        let fault = until(Precision::absolute(Of::Joint, wrong));
        assert!(fault.problem.ends_with("was asked for; above 0 and up to 0.5 is possible"), "{fault}");
    }
    assert!(until(Precision::relative(Of::Joint, 1.1)).problem.ends_with("above 0 and up to 1 is possible"));
    let run = || Simulation::new(&plan).paths(2 * TASK).until(Precision::absolute(Of::Joint, 0.01));
    let words =
        "shards of a run that ends when it is precise enough were asked for; none of them knows when that is";
    assert_eq!(refused(run().shard(0..TASK).map(|_| ())).problem, words);
    let shard = Simulation::new(&plan).paths(2 * TASK).shard(0..2 * TASK).unwrap();
    assert_eq!(refused(run().finish(shard)).problem, words);
    let without = Scenario::builder("Plan", 2025, 2027)
        .indicator("gdp", IndicatorDraft::new("GDP", "bn").baseline(1.0).process(RandomWalk::new(0.0, 0.1)))
        .build();
    if let Ok(without) = without {
        for of in [Of::Joint, Of::EveryTarget] {
            let fault = refused(Simulation::new(&without).until(Precision::absolute(of, 0.1)).run());
            assert_eq!(fault.problem, "the plan has no target whose probability could be precise");
        }
    }
}
