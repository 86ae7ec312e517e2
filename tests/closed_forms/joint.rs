//! Several targets at once: correlated innovations, joint probabilities, the number met.

use crate::check::*;
use plancast::prelude::*;
use plancast::scenario::{MatrixDraft, PairsDraft, ScenarioBuilder};

/// An indicator that after one year is a standard normal number.
fn normal() -> IndicatorDraft {
    indicator(0.0, RandomWalk::new(0.0, 1.0)).link(Link::Identity)
}

/// Three of them, with targets at 0.3, -0.2 and 0.
fn three(correlation: CorrelationDraft) -> ScenarioBuilder {
    one_year()
        .indicator("a", normal())
        .indicator("b", normal())
        .indicator("c", normal())
        .correlation(correlation)
        .target("a", TargetDraft::level("a").at_least(0.3))
        .target("b", TargetDraft::level("b").at_least(-0.2))
        .target("c", TargetDraft::level("c").at_least(0.0))
}

/// The pairs of [`three`] against P(both), in the order ab, ac, bc.
#[track_caller]
fn pairs(outcome: &Outcome, correlations: [f64; 3]) {
    let bounds = [(0.3, -0.2), (0.3, 0.0), (-0.2, 0.0)];
    assert_eq!(outcome.joint.pairs.len(), 3);
    for ((pair, rho), (h, k)) in outcome.joint.pairs.iter().zip(correlations).zip(bounds) {
        let (p, q, both) = (phi(-h), phi(-k), both_above(h, k, rho));
        probability(&pair.both, both, &format!("both at correlation {rho}"));
        let phi_coefficient = (both - p * q) / (p * (1.0 - p) * q * (1.0 - q)).sqrt();
        // The standard error of a correlation of events is about 1 / sqrt(n).
        near(
            pair.correlation.unwrap(),
            phi_coefficient,
            1.0 / (PATHS as f64).sqrt(),
            "correlation of events",
        );
    }
}

#[test]
fn the_formula_for_orthants_is_right() {
    // Sheppard (1899): P(both above 0) = 1/4 + asin(rho) / (2 pi).
    for rho in [-0.9, -0.4, 0.0, 0.5, 0.95] {
        let truth = 0.25 + libm::asin(rho) / (2.0 * std::f64::consts::PI);
        assert!((both_above(0.0, 0.0, rho) - truth).abs() < 1e-9, "{rho}");
    }
    assert!((both_above(0.7, -0.4, 0.0) - phi(-0.7) * phi(0.4)).abs() < 1e-12);
}

#[test]
fn independent_innovations() {
    let outcome = run(three(CorrelationDraft::Independent));
    pairs(&outcome, [0.0; 3]);
    probability(&outcome.joint.all, phi(-0.3) * phi(0.2) * 0.5, "all");
}

#[test]
fn correlation_pair_by_pair() {
    let of = vec![("b".into(), "a".into(), 0.7), ("b".into(), "c".into(), -0.4)];
    let outcome = run(three(CorrelationDraft::Pairs(PairsDraft { of, repair: false })));
    pairs(&outcome, [0.7, 0.0, -0.4]);
}

#[test]
fn correlation_by_a_matrix_whose_order_is_its_own() {
    let rows = vec![vec![1.0, 0.5, -0.3], vec![0.5, 1.0, 0.2], vec![-0.3, 0.2, 1.0]];
    let indicators = vec!["c".into(), "a".into(), "b".into()];
    let matrix = MatrixDraft { indicators, rows, repair: false };
    let outcome = run(three(CorrelationDraft::Matrix(matrix)));
    pairs(&outcome, [0.2, 0.5, -0.3]);
}

#[test]
fn correlation_of_some_indicators_by_a_matrix() {
    let rows = vec![vec![1.0, -0.6], vec![-0.6, 1.0]];
    let matrix = MatrixDraft { indicators: vec!["a".into(), "c".into()], rows, repair: false };
    let outcome = run(three(CorrelationDraft::Matrix(matrix)));
    pairs(&outcome, [0.0, -0.6, 0.0]);
}

#[test]
fn correlation_by_factors_is_the_product_of_loads() {
    let outcome = run(three(CorrelationDraft::Factors)
        .factor("demand", Factor::new("Demand").load("a", 0.8).load("b", 0.5))
        .factor("people", Factor::new("People").load("b", -0.6).load("c", 0.7)));
    pairs(&outcome, [0.4, 0.0, -0.42]);
}

#[test]
fn three_normals_at_their_medians() {
    let plan = one_year()
        .indicator("a", normal())
        .indicator("b", normal())
        .indicator("c", normal())
        .correlation(CorrelationDraft::Pairs(PairsDraft {
            of: vec![
                ("a".into(), "b".into(), 0.6),
                ("a".into(), "c".into(), 0.3),
                ("b".into(), "c".into(), -0.2),
            ],
            repair: false,
        }))
        .target("a", TargetDraft::level("a").at_least(0.0))
        .target("b", TargetDraft::level("b").at_least(0.0))
        .target("c", TargetDraft::level("c").at_least(0.0));
    let arcs = libm::asin(0.6) + libm::asin(0.3) + libm::asin(-0.2);
    probability(&run(plan).joint.all, 0.125 + arcs / (4.0 * std::f64::consts::PI), "all three");
}

#[test]
fn correlation_holds_in_every_year() {
    // Five-year sums keep the correlation of the years; different weights of the years lower it.
    let outcome = run(plan()
        .indicator("a", indicator(0.0, RandomWalk::new(0.0, 1.0)).link(Link::Identity))
        .indicator("b", indicator(0.0, MeanReverting::new(0.0, 0.5, 1.0)).link(Link::Identity))
        .correlation(CorrelationDraft::Pairs(PairsDraft {
            of: vec![("a".into(), "b".into(), 0.8)],
            repair: false,
        }))
        .target("a", TargetDraft::level("a").at_least(0.0))
        .target("b", TargetDraft::level("b").at_least(0.0)));
    let weights = [0.0625, 0.125, 0.25, 0.5, 1.0];
    let rho = 0.8 * weights.iter().sum::<f64>() / (5.0 * weights.iter().map(|w| w * w).sum::<f64>()).sqrt();
    probability(&outcome.joint.all, both_above(0.0, 0.0, rho), "both");
}

/// Twenty targets of 0.8 each.
fn twenty(correlation: CorrelationDraft) -> ScenarioBuilder {
    // P(Z >= -0.8416…) = 0.8.
    let bound = -0.841_621_233_572_914_2;
    (0..20).map(|k| format!("i{k:02}")).fold(one_year().correlation(correlation), |plan, id| {
        let target = TargetDraft::level(&id).at_least(bound);
        let target = if id.as_str() < "i05" { target.binding() } else { target };
        plan.indicator(&id, normal()).target(&id, target)
    })
}

#[test]
fn twenty_likely_targets_are_not_likely_together() {
    let independent = run(twenty(CorrelationDraft::Independent));
    probability(&independent.joint.all, libm::pow(0.8, 20.0), "all of 20, independent");

    let load = 0.4_f64.sqrt();
    let demand = (0..20).fold(Factor::new("Demand"), |f, k| f.load(format!("i{k:02}"), load));
    let outcome = run(twenty(CorrelationDraft::Factors).factor("demand", demand));
    // Given the factor the targets are independent: met with p(f) each.
    let given = |f: f64| phi((load * f + 0.841_621_233_572_914_2) / 0.6_f64.sqrt());
    let all = expect(|f| libm::pow(given(f), 20.0));
    assert!((all - 0.21).abs() < 0.005, "as known, {all}");
    let joint = &outcome.joint;
    probability(&joint.all, all, "all of 20");
    probability(joint.binding.as_ref().unwrap(), expect(|f| libm::pow(given(f), 5.0)), "all of 5 binding");
    for (k, without) in joint.without.iter().enumerate() {
        probability(without, expect(|f| libm::pow(given(f), 19.0)), &format!("all but {k}"));
    }
    let mut ways = 1.0;
    for (k, &paths) in joint.number_met.iter().enumerate() {
        let truth = expect(|f| {
            let p = given(f);
            ways * libm::pow(p, k as f64) * libm::pow(1.0 - p, (20 - k) as f64)
        });
        share(paths as f64 / PATHS as f64, truth, PATHS as f64, &format!("exactly {k} met"));
        ways *= (20 - k) as f64 / (k + 1) as f64;
    }
    // What the marginals alone say, to their own Monte Carlo error: d(p^20) = 20 p^19 dp.
    let error = 20.0 * libm::pow(0.8, 19.0) * (0.2 * 0.8 / PATHS as f64).sqrt();
    near(joint.independent, libm::pow(0.8, 20.0), 20.0_f64.sqrt() * error, "product");
    let least = outcome.targets.iter().map(|t| t.probability.estimate).fold(1.0, f64::min);
    assert_eq!(joint.frechet, (0.0, least));
}

#[test]
fn combinations_of_independent_targets() {
    let p = [0.2, 0.5, 0.7, 0.9];
    // z of 1 - p, by bisection.
    let bound = |p: f64| {
        let (mut low, mut high) = (-9.0, 9.0);
        for _ in 0..80 {
            let middle = 0.5 * (low + high);
            *(if phi(-middle) > p { &mut low } else { &mut high }) = middle;
        }
        low
    };
    let mut plan = one_year().correlation(CorrelationDraft::Independent);
    for (k, p) in p.into_iter().enumerate() {
        let id = format!("t{k}");
        plan = plan.indicator(&id, normal()).target(&id, TargetDraft::level(&id).at_least(bound(p)));
    }
    let ids = ["t0", "t1", "t2", "t3"];
    let plan = plan
        .target("all", TargetDraft::all(ids).name("All"))
        .target("any", TargetDraft::any(ids).name("Any"))
        .target("two", TargetDraft::at_least_k(2, ids).name("Two"))
        .target("three", TargetDraft::at_least_k(3, ids).name("Three"))
        .target("nested", TargetDraft::any(["three", "t0"]).name("Three, or the first"));
    let outcome = run(plan);
    // P(number = k) by the recursion over the targets.
    let number = p.iter().fold([1.0, 0.0, 0.0, 0.0, 0.0], |law: [f64; 5], p| {
        std::array::from_fn(|k| law[k] * (1.0 - p) + if k > 0 { law[k - 1] * p } else { 0.0 })
    });
    met(&outcome, "all", 0.2 * 0.5 * 0.7 * 0.9);
    met(&outcome, "any", 1.0 - 0.8 * 0.5 * 0.3 * 0.1);
    met(&outcome, "two", number[2] + number[3] + number[4]);
    met(&outcome, "three", number[3] + number[4]);
    met(&outcome, "nested", 0.2 + 0.8 * 0.5 * 0.7 * 0.9);
    // Combinations do not count twice.
    assert_eq!(outcome.joint.members, [0, 1, 2, 3]);
    assert_eq!(outcome.joint.all.hits, outcome.target("all").unwrap().probability.hits);
}
