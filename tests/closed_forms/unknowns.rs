//! What is not known: uncertain baselines and parameters, learning from history, the spread and what it rests on.

use crate::check::*;
use plancast::outcome::{Basis, Mean, Spread};
use plancast::prelude::*;
use plancast::quantity::Value;
use plancast::scenario::{History, HistoryForm};
use plancast::stats::special::student_tails;

#[test]
fn an_uncertain_drift_is_drawn_once_a_path() {
    let (drift, unknown, volatility) = (0.047, 0.01, 0.02);
    let process = RandomWalk::new(Quantity::normal(drift, unknown), volatility);
    let outcome = run(plan()
        .indicator("gdp", indicator(100.0, process))
        .target("growth", TargetDraft::average_growth("gdp").at_least(0.05)));
    for n in 1..=5 {
        let n = f64::from(n);
        // The shocks add up by squares, the drift stays: n sigma^2 + n^2 tau^2.
        let sd = (n * volatility * volatility + n * n * unknown * unknown).sqrt();
        law(&outcome, "gdp", 2025 + n as i32, |x| phi((libm::log(x / 100.0) - n * drift) / sd));
    }
    let sd = (5.0 * 4e-4 + 25.0 * 1e-4_f64).sqrt();
    met(&outcome, "growth", phi((0.235 - five_years_at(0.05)) / sd));
}

#[test]
fn an_uncertain_baseline_moves_the_level_and_not_the_growth() {
    let baseline = Quantity::uncertain(plancast::quantity::LogNormal { median: 140.0, sigma: 0.05 });
    let outcome = run(plan()
        .indicator("employed", indicator(baseline, RandomWalk::new(0.003, 0.01)))
        .target("level", TargetDraft::level("employed").at_least(145.0))
        .target("growth", TargetDraft::average_growth("employed").at_least(0.005)));
    law(&outcome, "employed", 2025, |x| phi(libm::log(x / 140.0) / 0.05));
    let sd = (25e-4 + 5e-4_f64).sqrt();
    met(&outcome, "level", phi((0.015 - libm::log(145.0 / 140.0)) / sd));
    met(&outcome, "growth", phi((0.015 - five_years_at(0.005)) / 5e-4_f64.sqrt()));
}

#[test]
fn baselines_have_the_law_that_is_stated() {
    use plancast::quantity::{StudentT, TwoPieceNormal};
    let still = |baseline: Quantity| indicator(baseline, RandomWalk::new(0.0, 0.0)).link(Link::Identity);
    let two_piece = Quantity::uncertain(TwoPieceNormal { mode: 10.0, sd_low: 1.0, sd_high: 3.0 });
    let outcome = run(one_year()
        .indicator("normal", still(Quantity::normal(3.0, 2.0)))
        .indicator("cut", still(Quantity::normal(3.0, 2.0).between(2.0, 6.0)))
        .indicator("uniform", still(Quantity::uniform(-1.0, 4.0)))
        .indicator("triangular", still(Quantity::triangular(122.0, 137.0, 148.0)))
        .indicator("two_piece", still(two_piece))
        .indicator("t", still(Quantity::uncertain(StudentT { df: 3.0, location: 5.0, scale: 2.0 })))
        .target("positive", TargetDraft::level("normal").at_least(0.0)));
    let normal = |x: f64| phi((x - 3.0) / 2.0);
    law(&outcome, "normal", 2025, normal);
    law(&outcome, "cut", 2025, |x| (normal(x) - normal(2.0)) / (normal(6.0) - normal(2.0)));
    law(&outcome, "uniform", 2025, |x| (x + 1.0) / 5.0);
    law(&outcome, "triangular", 2025, |x| match x {
        x if x < 137.0 => (x - 122.0) * (x - 122.0) / (26.0 * 15.0),
        x => 1.0 - (148.0 - x) * (148.0 - x) / (26.0 * 11.0),
    });
    law(&outcome, "two_piece", 2025, |x| match x {
        x if x < 10.0 => 2.0 * 0.25 * phi(x - 10.0),
        x => 1.0 - 2.0 * 0.75 * phi(-(x - 10.0) / 3.0),
    });
    // Student's t law with 3 degrees of freedom in closed form.
    law(&outcome, "t", 2025, |x| {
        let u = (x - 5.0) / 2.0 / 3.0_f64.sqrt();
        0.5 + (u / (1.0 + u * u) + libm::atan(u)) / std::f64::consts::PI
    });
    // Without a process the level stays where it began.
    for id in ["normal", "triangular", "t"] {
        let bands = &outcome.indicator(id).unwrap().bands;
        assert_eq!(bands[0].quantiles.at(0.3), bands[1].quantiles.at(0.3), "{id}");
    }
}

#[test]
fn a_course_with_a_common_shift() {
    let mut drift = Quantity::by_year([(2026, 0.06), (2027, 0.05), (2028, 0.02)]);
    let Value::ByYear(course) = &mut drift.value else { panic!("it is a course") };
    course.plus = match Quantity::normal(0.0, 0.01).value {
        Value::Uncertain(law) => Some(law),
        _ => None,
    };
    let outcome = run(plan()
        .indicator("gdp", indicator(100.0, RandomWalk::new(drift, 0.02)))
        .target("growth", TargetDraft::average_growth("gdp").at_least(0.03)));
    let sd = (5.0 * 4e-4 + 25.0 * 1e-4_f64).sqrt();
    met(&outcome, "growth", phi((0.17 - five_years_at(0.03)) / sd));
}

#[test]
fn an_uncertain_volatility_and_persistence_are_mixtures() {
    let volatility = Quantity::uniform(0.01, 0.05);
    let persistence = Quantity::uniform(0.0, 0.6);
    let outcome = run(plan()
        .indicator("a", indicator(100.0, RandomWalk::new(0.05, volatility)))
        .indicator("b", indicator(100.0, Ar1Growth::new(0.05, persistence, 0.02)))
        .correlation(CorrelationDraft::Independent)
        .target("a", TargetDraft::level("a").at_least(120.0))
        .target("b", TargetDraft::level("b").at_least(120.0)));
    let gap = 0.25 - libm::log(1.2);
    // The middle of 4000 equal parts of each range.
    let average = |low: f64, high: f64, f: &dyn Fn(f64) -> f64| {
        (0..4000).map(|k| f(low + (high - low) * (f64::from(k) + 0.5) / 4000.0)).sum::<f64>() / 4000.0
    };
    met(&outcome, "a", average(0.01, 0.05, &|s| phi(gap / (s * 5.0_f64.sqrt()))));
    let of_persistence = |p: f64| {
        let mut weight = 0.0;
        let squares: f64 = (0..5)
            .map(|_| {
                weight = 1.0 + p * weight;
                weight * weight
            })
            .sum();
        phi(gap / (0.02 * squares.sqrt()))
    };
    met(&outcome, "b", average(0.0, 0.6, &of_persistence));
}

#[test]
fn the_bound_of_a_target_may_be_uncertain() {
    let outcome = run(plan()
        .indicator("x", indicator(0.0, RandomWalk::new(0.0, 1.0)).link(Link::Identity))
        .target("t", TargetDraft::level("x").at_least(Quantity::normal(1.0, 2.0))));
    met(&outcome, "t", phi(-1.0 / 3.0));
}

/// Kunshan's GDP growth 2018-2025, per cent.
const GROWTH: [f64; 8] = [7.0, 6.1, 4.0, 7.8, 1.8, 5.0, 6.1, 5.8];

fn history() -> History {
    History::values(HistoryForm::GrowthPercent, (2018..).zip(GROWTH))
}

/// Mean and sum of squares about it.
fn moments(values: &[f64]) -> (f64, f64) {
    let mean = values.iter().sum::<f64>() / values.len() as f64;
    (mean, values.iter().map(|v| (v - mean) * (v - mean)).sum())
}

#[test]
fn growth_learned_from_a_history_has_the_posterior_predictive_law() {
    let outcome = run(plan()
        .indicator("gdp", indicator(100.0, RandomWalk::estimated(Estimate::default())).history(history()))
        .target("growth", TargetDraft::average_growth("gdp").at_least(0.05)));
    let (mean, squares) = moments(&GROWTH.map(|g| libm::log1p(g / 100.0)));
    // Flat prior, eight figures: t with 7 degrees of freedom; a sum of n years has n and n^2/8 times the variance.
    let cdf = |n: f64, y: f64| {
        let scale = (squares / 7.0 * (n + n * n / 8.0)).sqrt();
        student_tails(7.0, (y - n * mean) / scale).lower
    };
    for n in 1..=5 {
        law(&outcome, "gdp", 2025 + n, |x| cdf(f64::from(n), libm::log(x / 100.0)));
    }
    met(&outcome, "growth", 1.0 - cdf(5.0, five_years_at(0.05)));
    assert_eq!(outcome.indicator("gdp").unwrap().bands[5].mean, Mean::DoesNotExist);
}

#[test]
fn growth_learned_with_a_prior_and_persistence() {
    let (rho, last) = (0.3, 0.056);
    let prior = Prior { mean: 0.045, weight: 6.0, sd: 0.022, df: 6.0 };
    let estimate =
        Estimate { from: Some(Year(2018)), to: Some(Year(2024)), ..Estimate::default() }.prior(prior);
    let process = Ar1Growth::estimated(rho, estimate).last_growth(last);
    let outcome = run(plan()
        .indicator("gdp", indicator(100.0, process).history(history()))
        .target("growth", TargetDraft::average_growth("gdp").at_least(0.05)));
    // Seven years of growth give six quasi-differences.
    let logs = GROWTH.map(|g| libm::log1p(g / 100.0));
    let quasi: Vec<f64> = logs[..7].windows(2).map(|w| (w[1] - rho * w[0]) / (1.0 - rho)).collect();
    let (average, squares) = moments(&quasi);
    // Gelman et al. (2013), section 3.3.
    let (weight, df) = (12.0, 12.0);
    let mean = (6.0 * 0.045 + 6.0 * average) / 12.0;
    let sum = 6.0 * 0.022 * 0.022 + squares + 3.0 * (average - 0.045) * (average - 0.045);
    // Growth summed: (n - A) m + A last + sum of c_k innovations of size (1 - rho) s, with A = rho + … + rho^5.
    let decay: f64 = (1..=5).map(|k| libm::pow(rho, f64::from(k))).sum();
    let weights = (1..=5).map(|k| (1.0 - libm::pow(rho, f64::from(k))) / (1.0 - rho));
    let squares: f64 = weights.map(|c| c * c).sum();
    let factor = (5.0 - decay) * (5.0 - decay) / weight + (1.0 - rho) * (1.0 - rho) * squares;
    let scale = (sum / df * factor).sqrt();
    let centre = (5.0 - decay) * mean + decay * last;
    law(&outcome, "gdp", 2030, |x| student_tails(df, (libm::log(x / 100.0) - centre) / scale).lower);
    met(&outcome, "growth", student_tails(df, (five_years_at(0.05) - centre) / scale).upper);
}

#[test]
fn a_law_without_variance_has_no_mean_under_any_link() {
    use plancast::quantity::StudentT;
    let t = |df: f64| Quantity::uncertain(StudentT { df, location: 5.0, scale: 1.0 });
    let still = || RandomWalk::new(0.0, 0.0);
    // Three growth figures leave two degrees of freedom, five leave four.
    let learned = |growth: &[f64]| {
        let levels = growth.iter().scan(0.0, |level, growth| {
            *level += growth;
            Some(*level)
        });
        let first = 2025 - growth.len() as i32;
        let levels: Vec<f64> = std::iter::once(0.0).chain(levels).collect();
        let last = levels[growth.len()];
        indicator(last, RandomWalk::estimated(Estimate::default()))
            .link(Link::Identity)
            .history(History::values(HistoryForm::Level, (first..).zip(levels)))
    };
    let plain = |baseline: Quantity| indicator(baseline, still()).link(Link::Identity);
    let outcome = run(plan()
        .indicator("cauchy", plain(t(1.0)))
        .indicator("light", plain(t(3.0)))
        .indicator("cut", plain(t(1.0).between(-9.0, 9.0)))
        .indicator(
            "positive",
            indicator(Quantity::uncertain(StudentT { df: 1.5, location: 5.0, scale: 1e-4 }), still()),
        )
        .indicator("twice", IndicatorDraft::new("Formula", "1").formula("2 * cauchy"))
        .indicator("drift", indicator(0.0, RandomWalk::new(t(1.5), 0.0)).link(Link::Identity))
        .indicator("driven", indicator(0.0, still()).link(Link::Identity).driver("drift", 1.0))
        .indicator("volatile", {
            // Volatility is held above 0, but not below anything.
            let volatility = StudentT { df: 4.0, location: 0.05, scale: 2e-4 };
            indicator(100.0, RandomWalk::new(0.0, Quantity::uncertain(volatility)))
        })
        .indicator("short", learned(&[2.0, -1.0, 0.5]))
        .indicator("long", learned(&[2.0, -1.0, 0.5, 3.0, 1.0]))
        .correlation(CorrelationDraft::Independent)
        .target("cauchy", TargetDraft::level("cauchy").at_least(6.0))
        .target("bound", TargetDraft::level("long").at_least(t(1.0)))
        .target("long", TargetDraft::level("long").at_least(6.0)));
    for id in ["cauchy", "positive", "twice", "drift", "driven", "volatile", "short"] {
        assert_eq!(outcome.indicator(id).unwrap().bands[5].mean, Mean::DoesNotExist, "{id}");
    }
    for id in ["light", "cut", "long"] {
        assert!(matches!(outcome.indicator(id).unwrap().bands[5].mean, Mean::Exists { .. }), "{id}");
    }
    // P(t(1) >= 1) = 1/4.
    met(&outcome, "cauchy", 0.25);
    let shortfall = |target: &str| outcome.target(target).unwrap().shortfall;
    assert!(shortfall("cauchy").is_none() && shortfall("bound").is_none() && shortfall("long").is_some());
}

/// Four standard errors of a quantile p of `draws` probabilities whose own quantile function is Phi(a + b z),
/// each counted on 256 paths.
fn quantile_error(spread: &Spread, a: f64, b: f64, z: f64) -> f64 {
    let p = phi(z);
    let counted = phi(a + b * z);
    let slope = density(a + b * z) * b.abs() / density(z);
    let of_draws = (p * (1.0 - p) / f64::from(spread.draws)).sqrt() * slope;
    // Counting errors are drawn in on average; what is left of their skew is less than their own variance.
    4.0 * of_draws + counted * (1.0 - counted) / 256.0 / (b.abs() * density(a))
}

#[test]
fn the_spread_over_an_unknown_drift() {
    let (drift, unknown, volatility) = (0.047, 0.01, 0.02);
    let outcome = run(plan()
        .indicator("gdp", indicator(100.0, RandomWalk::new(Quantity::normal(drift, unknown), volatility)))
        .target("growth", TargetDraft::average_growth("gdp").at_least(0.05)));
    let spread = outcome.target("growth").unwrap().spread.unwrap();
    // P(met | drift) = Phi(a + b z), z the standard normal score of the drift.
    let sd = volatility * 5.0_f64.sqrt();
    let (a, b) = ((5.0 * drift - five_years_at(0.05)) / sd, 5.0 * unknown / sd);
    let truth = phi(a / (1.0 + b * b).sqrt());
    met(&outcome, "growth", truth);
    let h = -a / (1.0 + b * b).sqrt();
    let variance = both_above(h, h, b * b / (1.0 + b * b)) - truth * truth;
    let direct = expect(|z| (phi(a + b * z) - truth) * (phi(a + b * z) - truth));
    assert!((variance - direct).abs() < 1e-6, "two ways to the same variance: {variance} {direct}");
    // The standard error of a variance from 512 draws is at most sqrt(2/511) of it: these are less peaked than normal.
    let error = 0.5 * variance.sqrt() * (2.0 / 511.0_f64).sqrt();
    near(spread.sd, variance.sqrt(), error, "standard deviation of P(met | drift)");
    for (found, z) in [(spread.low, -1.281_551_565_544_600_4), (spread.high, 1.281_551_565_544_600_4)] {
        let (expected, allowed) = (phi(a + b * z), quantile_error(&spread, a, b, z));
        assert!(allowed < 0.1, "a tolerance of {allowed} shows nothing");
        assert!((found - expected).abs() < allowed, "{found} instead of {expected}, allowed {allowed}");
    }
    assert_eq!(spread.draws, 512);
    // One target: all is that target.
    assert_eq!(outcome.joint.all_spread, Some(spread));
}

#[test]
fn counting_is_no_spread() {
    // A drift that is hardly unknown: P(met | drift) is 0.5 with a standard deviation of 0.02, counted on 256 paths with
    // a standard error of 0.031.
    let volatility = 0.02;
    let unknown = 0.02 / density(0.0) * volatility * 5.0_f64.sqrt() / 5.0;
    let outcome = run(plan()
        .indicator(
            "x",
            indicator(0.0, RandomWalk::new(Quantity::normal(0.0, unknown), volatility)).link(Link::Identity),
        )
        .target("t", TargetDraft::level("x").at_least(0.0)));
    let found = outcome.target("t").unwrap().spread.unwrap().sd;
    // Four standard errors of the variance of 512 counted shares.
    let counted = 4e-4 + 0.25 / 256.0;
    near(found * found, 4e-4, counted * (2.0 / 511.0_f64).sqrt(), "variance of P(met | drift)");
}

#[test]
fn there_is_no_spread_when_everything_is_known() {
    let outcome = run(plan()
        .indicator("gdp", indicator(100.0, RandomWalk::new(0.05, 0.02)))
        .target("growth", TargetDraft::average_growth("gdp").at_least(0.05)));
    assert_eq!(outcome.target("growth").unwrap().spread, None);
    assert_eq!(outcome.joint.all_spread, None);
    let basis = outcome.target("growth").unwrap().basis.unwrap();
    assert_eq!(basis, Basis { shocks: 1.0, parameters: 0.0, assumptions: 0.0 });
}

#[test]
fn the_shares_of_the_variance() {
    // Log level of 2030: shocks 5 * 0.02^2, drift 25 * 0.01^2, baseline 0.03^2.
    let drift = Quantity::normal(0.05, 0.01).evidence(Evidence::Derived);
    let baseline = Quantity::uncertain(plancast::quantity::LogNormal { median: 100.0, sigma: 0.03 });
    let outcome = run(plan()
        .indicator("gdp", {
            let draft = indicator(baseline.evidence(Evidence::Assumption), RandomWalk::new(drift, 0.02));
            draft.evidence(Evidence::Statistics, "a source")
        })
        .target("level", TargetDraft::level("gdp").at_least(130.0))
        .target("growth", TargetDraft::average_growth("gdp").at_least(0.05)));
    // The correlation is that of the measure bent to u / (1 + |u|), u = (x - median) / scale, with a scale of two
    // standard deviations as far as 256 paths tell. For a normal x it is smaller by this factor.
    let bent = |c: f64| {
        let g = |z: f64| z / c / (1.0 + libm::fabs(z / c));
        let covariance = expect(|z| z * g(z));
        covariance * covariance / expect(|z| g(z) * g(z))
    };
    let (least, most) = (bent(1.5), bent(2.5));
    assert!(least > 0.94 && most < 0.98, "{least} {most}");
    let within = |found: f64, share: f64, what: &str| {
        // 32 768 paths: the standard error of a squared correlation is at most 2 r (1 - r^2) / sqrt(n).
        let error = 2.0 * share.sqrt() * (1.0 - share) / 32_768.0_f64.sqrt();
        // The level itself is log-normal with 8 % spread: another percentage point is lost to its skew.
        let (low, high) = (share * (least - 0.01) - 4.0 * error, share * most + 4.0 * error);
        assert!(low <= found && found <= high, "{what}: {found} outside {low} … {high}");
    };
    let total = 20e-4 + 25e-4 + 9e-4;
    let basis = outcome.target("level").unwrap().basis.unwrap();
    within(basis.parameters, 25e-4 / total, "drift in the level");
    within(basis.assumptions, 9e-4 / total, "baseline in the level");
    assert!((basis.shocks + basis.parameters + basis.assumptions - 1.0).abs() < 1e-12);
    // Growth does not hang on the baseline.
    let basis = outcome.target("growth").unwrap().basis.unwrap();
    within(basis.parameters, 25e-4 / 45e-4, "drift in growth");
    assert!(basis.assumptions < 1e-3, "{basis:?}");
    // The weakest number that matters.
    assert_eq!(outcome.target("level").unwrap().evidence, Evidence::Assumption);
}
