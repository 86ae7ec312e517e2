//! Do joint and conditional questions get the same answer from the counts of a run and from its kept paths?

use plancast::prelude::*;
use plancast::simulate::KeepPaths;

fn scenario() -> Scenario {
    let town = |baseline: f64| {
        IndicatorDraft::new("Output", "100m yuan").baseline(baseline).process(RandomWalk::new(0.05, 0.03))
    };
    Scenario::builder("Three towns", 2025, 2030)
        .indicator("a", town(100.0))
        .indicator("b", town(50.0))
        .indicator("c", town(20.0))
        .correlation(CorrelationDraft::Pairs(plancast::scenario::PairsDraft {
            of: vec![("a".into(), "b".into(), 0.6), ("b".into(), "c".into(), 0.3)],
            repair: false,
        }))
        .target("a", TargetDraft::average_growth("a").at_least(0.05))
        .target("b", TargetDraft::average_growth("b").at_least(0.05))
        .target("c", TargetDraft::average_growth("c").at_least(0.05))
        .build()
        .unwrap()
}

#[test]
fn counts_and_kept_paths_agree_on_joint_and_conditional_questions() {
    let scenario = scenario();
    let run = Simulation::new(&scenario).paths(20_000).seed(3);
    let (outcome, paths) = run.run_with(&KeepPaths::all(&scenario)).unwrap();
    let p = |met: &[usize], given: &[usize]| paths.joint(met, given, outcome.confidence);
    assert_eq!(p(&[0, 1, 2], &[]), outcome.joint.all);
    assert_eq!(p(&[1], &[]), outcome.targets[1].probability);
    for (target, given) in [(0, 1), (1, 0), (2, 1), (0, 2), (1, 1)] {
        let ids = (outcome.targets[target].id.as_str(), outcome.targets[given].id.as_str());
        assert_eq!(p(&[target], &[given]), outcome.conditional(ids.0, ids.1).unwrap());
    }
    // b goes with a at 0.6, c is not correlated with a.
    let (near, far) = (outcome.conditional("b", "a").unwrap(), outcome.conditional("c", "a").unwrap());
    assert!(near.low > far.high, "{near:?} {far:?}");
    // A position outside the plan is met on no path.
    assert_eq!(p(&[7], &[]).hits, 0);
}

#[test]
fn a_question_about_nothing_is_refused_by_name() {
    let outcome = Simulation::new(&scenario()).paths(100).run().unwrap();
    let error = outcome.conditional("a", "d").unwrap_err().to_string();
    assert!(error.contains("target.d") && error.contains("a, b, c"), "{error}");
}
