//! Laws of the yearly innovation other than the normal one.

use crate::check::*;
use plancast::innovation::{Resample, StudentT, TwoPiece};
use plancast::outcome::Mean;
use plancast::prelude::*;
use plancast::scenario::{History, HistoryForm, PairsDraft};

fn with(law: Innovation) -> IndicatorDraft {
    indicator(0.0, RandomWalk::new(0.0, 1.0)).link(Link::Identity).innovation(law)
}

/// The distribution function of Student's t law with 4 degrees of freedom, in closed form.
fn student_4(t: f64) -> f64 {
    let s = t / (4.0 + t * t).sqrt();
    0.5 + 0.75 * (s - s * s * s / 3.0)
}

#[test]
fn student_t_in_one_year() {
    let law_4 = Innovation::StudentT(StudentT { df: 4.0 });
    let outcome = run(one_year()
        .indicator("x", with(law_4))
        .target("low", TargetDraft::level("x").at_most(-2.0))
        .target("far", TargetDraft::level("x").at_most(-6.0)));
    // Unit variance: the t law shrunk by sqrt((df - 2) / df).
    let scale = 0.5_f64.sqrt();
    law(&outcome, "x", 2026, |x| student_4(x / scale));
    met(&outcome, "low", student_4(-2.0 / scale));
    met(&outcome, "far", student_4(-6.0 / scale));
}

#[test]
fn student_t_over_two_years_draws_a_new_scale_each_year() {
    let law_5 = Innovation::StudentT(StudentT { df: 5.0 });
    let process = RandomWalk::new(0.0, 0.02);
    let outcome = run(plan()
        .indicator("x", indicator(0.0, process).link(Link::Identity).innovation(law_5))
        .target("t", TargetDraft::level("x").at_most(-0.06).year(2027)));
    met(&outcome, "t", reference("t_two_years"));
}

#[test]
fn the_tails_of_student_t_laws_come_together() {
    let law_4 = || with(Innovation::StudentT(StudentT { df: 4.0 }));
    for (rho, name) in [(0.0, "t_joint_0"), (0.5, "t_joint_5")] {
        let of = vec![("a".into(), "b".into(), rho)];
        let outcome = run(one_year()
            .indicator("a", law_4())
            .indicator("b", law_4())
            .correlation(CorrelationDraft::Pairs(PairsDraft { of, repair: false }))
            .target("a", TargetDraft::level("a").at_most(-2.0))
            .target("b", TargetDraft::level("b").at_most(-2.0)));
        let truth = reference(name);
        probability(&outcome.joint.all, truth, "both in the tail");
        // Far more often than the same correlation of normals, or independent scales, would have it.
        let separate = student_4(-2.0 / 0.5_f64.sqrt());
        assert!(truth > 1.5 * separate * separate && truth > 1.5 * both_above(2.0, 2.0, rho), "{truth}");
    }
}

#[test]
fn a_level_under_student_t_log_growth_has_no_mean() {
    let t = Innovation::StudentT(StudentT { df: 5.0 });
    let outcome = run(plan()
        .indicator("gdp", indicator(100.0, RandomWalk::new(0.05, 0.02)).innovation(t.clone()))
        .indicator("income", indicator(50.0, RandomWalk::new(0.0, 0.01)).driver("gdp", 0.5))
        .indicator("per_income", IndicatorDraft::new("Formula", "1").formula("income / (1 + gdp)"))
        .indicator(
            "balance",
            indicator(1.0, RandomWalk::new(0.0, 0.02)).link(Link::Identity).innovation(t.clone()),
        )
        .indicator("share", indicator(0.5, RandomWalk::new(0.0, 0.02)).share(0.0, 1.0).innovation(t))
        .indicator("other", indicator(1.0, RandomWalk::new(0.0, 0.02)))
        .correlation(CorrelationDraft::Independent)
        .target("t", TargetDraft::level("gdp").at_least(128.0)));
    let mean = |id: &str, step: usize| outcome.indicator(id).unwrap().bands[step].mean;
    for id in ["gdp", "income", "per_income"] {
        assert_eq!(mean(id, 5), Mean::DoesNotExist, "{id}");
    }
    for id in ["balance", "share", "other"] {
        assert!(matches!(mean(id, 5), Mean::Exists { .. }), "{id}");
    }
    // The mean distance to the bound does not exist either, the median does.
    let target = outcome.target("t").unwrap();
    assert!(target.probability.hits < target.probability.paths && target.shortfall.is_none());
    assert!((outcome.indicator("gdp").unwrap().bands[5].quantiles.median() - 128.4).abs() < 0.2);
}

#[test]
fn two_piece_normal() {
    let ratio = 1.8;
    let outcome = run(one_year()
        .indicator("x", with(Innovation::TwoPiece(TwoPiece { ratio })))
        .target("high", TargetDraft::level("x").at_least(2.0)));
    // With s1 = 1 below and s2 = ratio above the mode 0 (Wallis 2014): mean sqrt(2/pi) (s2 - s1),
    // variance (1 - 2/pi) (s2 - s1)^2 + s1 s2.
    let root = (2.0 / std::f64::consts::PI).sqrt();
    let (m, v) = (root * (ratio - 1.0), (1.0 - root * root) * (ratio - 1.0) * (ratio - 1.0) + ratio);
    let cdf = |x: f64| {
        let y = m + v.sqrt() * x;
        if y < 0.0 {
            2.0 / (1.0 + ratio) * phi(y)
        } else {
            1.0 - 2.0 * ratio / (1.0 + ratio) * phi(-y / ratio)
        }
    };
    law(&outcome, "x", 2026, cdf);
    mean(&outcome, "x", 2026, 0.0, 1.0);
    met(&outcome, "high", 1.0 - cdf(2.0));
}

#[test]
fn correlation_is_kept_in_ranks_whatever_the_law() {
    // Both above their medians: the orthant of the normal scores.
    let values = (0..40).map(|k| libm::exp(0.1 * f64::from(k))).collect::<Vec<_>>();
    let median = |outcome: &Outcome, id: &str| outcome.indicator(id).unwrap().bands[1].quantiles.median();
    let plan = |a: f64, b: f64| {
        run(one_year()
            .indicator("a", with(Innovation::TwoPiece(TwoPiece { ratio: 0.5 })))
            .indicator("b", with(Innovation::Resample(Resample { values: values.clone() })))
            .correlation(CorrelationDraft::Pairs(PairsDraft {
                of: vec![("a".into(), "b".into(), 0.6)],
                repair: false,
            }))
            .target("a", TargetDraft::level("a").at_least(a))
            .target("b", TargetDraft::level("b").at_least(b)))
    };
    // The medians are read off a first run; that of the values lies between the twentieth and the next one.
    let first = plan(0.0, 0.0);
    let (low, high) = first.indicator("b").unwrap().bands[1].quantiles.central(0.04);
    let outcome = plan(median(&first, "a"), 0.5 * (low + high));
    met(&outcome, "b", 0.5);
    probability(
        &outcome.joint.all,
        0.25 + libm::asin(0.6) / (2.0 * std::f64::consts::PI),
        "both above the median",
    );
}

/// Every outcome of drawing one of `values` in each of five years, added up.
fn sums_of_five(values: &[f64]) -> Vec<f64> {
    (0..5).fold(vec![0.0], |sums, _| sums.iter().flat_map(|s| values.iter().map(move |v| s + v)).collect())
}

#[test]
fn innovations_drawn_again_from_values() {
    let values = [7.0, 6.1, 4.0, 7.8, 1.8, 5.0, 6.1, 5.8];
    let outcome = run(plan()
        .indicator("x", {
            let law = Innovation::Resample(Resample { values: values.to_vec() });
            indicator(100.0, RandomWalk::new(0.05, 0.02)).innovation(law)
        })
        .target("t", TargetDraft::average_growth("x").at_least(0.053)));
    let mean = values.iter().sum::<f64>() / 8.0;
    let sd = (values.iter().map(|v| (v - mean) * (v - mean)).sum::<f64>() / 8.0).sqrt();
    let sums = sums_of_five(&values.map(|v| 0.05 + 0.02 * (v - mean) / sd));
    let hits = sums.iter().filter(|s| **s >= five_years_at(0.053)).count();
    met(&outcome, "t", hits as f64 / sums.len() as f64);
}

/// The mean of the history is drawn as well, from N(mean, s^2 / n): five years move together by 5 s / sqrt(n) z, so each sum
/// reaches the bound with the probability of a normal; with a stated drift the sums are counted.
#[test]
fn growth_drawn_again_from_the_history() {
    let growth = [7.0, 6.1, 4.0, 7.8, 1.8, 5.0, 6.1, 5.8];
    let outcome = |process: Resampled| {
        let history = History::values(HistoryForm::GrowthPercent, (2018..).zip(growth));
        run(plan()
            .indicator("gdp", indicator(5615.3, process).history(history))
            .target("growth", TargetDraft::average_growth("gdp").at_least(0.05)))
    };
    let logs = growth.map(|g| libm::log1p(g / 100.0));
    let (n, mean) = (8.0, logs.iter().sum::<f64>() / 8.0);
    let squares = logs.iter().map(|y| (y - mean) * (y - mean)).sum::<f64>();
    let s = (squares / (n - 1.0)).sqrt();
    // Standardised by the divisor n, spread by the divisor n - 1.
    let sums = sums_of_five(&logs.map(|y| mean + (y - mean) * (n / (n - 1.0)).sqrt()));
    let bound = five_years_at(0.05);
    let counted = sums.iter().filter(|sum| **sum >= bound).count() as f64 / sums.len() as f64;
    met(&outcome(Resampled { drift: Some(mean.into()), ..Resampled::new() }), "growth", counted);
    let reach = |sum: &f64| plancast::stats::normal::cdf((sum - bound) / (5.0 * s / n.sqrt()));
    met(&outcome(Resampled::new()), "growth", sums.iter().map(reach).sum::<f64>() / sums.len() as f64);
}
