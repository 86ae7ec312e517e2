//! Scores against R's scoringRules, Python's scoringrules, SciPy and statsmodels: every row of
//! `tests/reference/scores.csv`, which `scores.R` and `scores.py` beside it have written.

use super::*;
use crate::stats::Interval;

/// Groups of numbers apart by `;`.
fn numbers(text: &str) -> Vec<Vec<f64>> {
    let group =
        |group: &str| group.split(' ').map(|x| x.parse().unwrap_or_else(|e| panic!("{x}: {e}"))).collect();
    text.split(';').map(group).collect()
}

/// What this crate says to a row, and how close it has to come, as a share.
fn ours(function: &str, arguments: &[Vec<f64>]) -> (Vec<Option<f64>>, f64) {
    let y = arguments[0][0];
    let normal = |a: &[f64]| Normal { mean: a[0], sd: a[1] };
    let student = |a: &[f64]| StudentT { df: a[0], location: a[1], scale: a[2] };
    let parts = || -> Vec<(f64, Normal)> {
        let [w, m, s] = [1, 2, 3].map(|group: usize| &arguments[group]);
        (0..w.len()).map(|k| (w[k], Normal { mean: m[k], sd: s[k] })).collect()
    };
    let one = |score| (vec![score], 1e-13);
    match function {
        "crps_norm" => one(crps::normal(&normal(&arguments[1]), y)),
        "logs_norm" => one(density::normal(&normal(&arguments[1]), y)),
        "dss_norm" => one(density::dawid_sebastiani(&normal(&arguments[1]), y)),
        // Differences of terms that are up to 40 times the score.
        "crps_t" => (vec![crps::student_t(&student(&arguments[1]), y)], 1e-12),
        // What the quadrature asks of itself.
        "crps_t_integral" => (vec![crps::student_t(&student(&arguments[1]), y)], 1e-9),
        "logs_t" => one(density::student_t(&student(&arguments[1]), y)),
        "crps_mixnorm" => one(crps::mixture(&parts(), y)),
        "logs_mixnorm" => one(density::mixture(&parts(), y)),
        "ints_quantiles" => {
            let [low, high, level] = arguments[1][..] else { panic!("three numbers") };
            one(interval::score(&Interval { low, high }, level, y))
        }
        "qs_quantiles" => one(interval::pinball(arguments[1][0], arguments[1][1], y)),
        "crps_sample" => one(crps::empirical(&Sample::new(arguments[1].clone()).unwrap(), y)),
        "crps_ensemble_fair" => one(crps::fair(&Sample::new(arguments[1].clone()).unwrap(), y)),
        "es_sample" => one(joint::energy_empirical(&arguments[1], &arguments[0])),
        "es_ensemble_fair" => one(joint::energy_fair(&arguments[1], &arguments[0])),
        "vs_sample" => {
            let weights = arguments.get(3).map(Vec::as_slice);
            one(joint::variogram(&arguments[1], &arguments[0], arguments[2][0], weights))
        }
        "cov_cluster_2groups" => {
            let [units, periods] = [1, 2].map(|group: usize| arguments[group].iter().map(|x| *x as u32));
            let (units, periods): (Vec<u32>, Vec<u32>) = (units.collect(), periods.collect());
            let found = cluster::two_way(&arguments[0], &units, &periods).unwrap();
            let variance = found.standard_error() * found.standard_error();
            ([variance, found.by_first, found.by_second].map(Some).to_vec(), 1e-12)
        }
        "chisquare" => {
            let counts: Vec<u64> = arguments[0].iter().map(|x| *x as u64).collect();
            let found = pit::uniformity(&counts).unwrap();
            ([found.statistic, found.p_value].map(Some).to_vec(), 1e-12)
        }
        "brier_score" => {
            let met: Vec<bool> = arguments[1].iter().map(|x| *x == 1.0).collect();
            one(brier::Decomposition::new(&arguments[0], &met, &[]).map(|parts| parts.score))
        }
        _ => panic!("nothing here answers {function}"),
    }
}

#[test]
fn scores_are_those_of_other_programs() {
    let mut rows = 0;
    for line in include_str!("../../tests/reference/scores.csv").lines().skip(1) {
        let [function, arguments, expected] = line.split(',').collect::<Vec<_>>()[..] else {
            panic!("{line}")
        };
        let expected = numbers(expected).concat();
        let (found, tolerance) = ours(function, &numbers(arguments));
        assert_eq!(found.len(), expected.len(), "{line}");
        for (found, expected) in found.iter().zip(expected) {
            let found = found.unwrap_or_else(|| panic!("no score: {line}"));
            let limit = tolerance * expected.abs().max(1e-2);
            assert!((found - expected).abs() <= limit, "{found} instead of {expected}: {line}");
        }
        rows += 1;
    }
    assert_eq!(rows, 146, "rows of the file");
}

#[test]
fn skill_is_the_share_saved() {
    assert_eq!(skill(10.0, 8.0), Some(-0.25));
    for (score, reference) in [(1.0, -1.0), (1.0, f64::NAN), (f64::NAN, 1.0), (f64::INFINITY, 1.0)] {
        assert_eq!(skill(score, reference), None);
    }
}
