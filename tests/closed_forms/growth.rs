//! The growth processes, one indicator at a time.

use crate::check::*;
use plancast::prelude::*;
use plancast::process::{Step, StepView};

/// c_k = 1 + phi + … + phi^(k-1), the weight of an innovation in growth summed over its year and the k-1 after it.
fn weights(persistence: f64) -> impl Iterator<Item = f64> {
    (1..=5).scan(0.0, move |sum, _| {
        *sum = 1.0 + persistence * *sum;
        Some(*sum)
    })
}

#[test]
fn random_walk() {
    let (drift, volatility, base) = (0.047, 0.02, 5615.3);
    let outcome = run_toml(
        r#"
        [indicator.gdp]
        name = "GDP"
        unit = "100m yuan"
        baseline = 5615.3
        process.random_walk = { drift = 0.047, volatility = 0.02 }

        [target.growth]
        indicator = "gdp"
        measure = "average_growth"
        at_least = 0.05

        [target.level]
        indicator = "gdp"
        at_least = 7000.0
        year = 2029
        "#,
    );
    for n in 1..=5 {
        let (m, s) = (f64::from(n) * drift, f64::from(n).sqrt() * volatility);
        law(&outcome, "gdp", 2025 + n, |x| phi((libm::log(x / base) - m) / s));
        let expected = base * libm::exp(m + 0.5 * s * s);
        mean(&outcome, "gdp", 2025 + n, expected, expected * libm::expm1(s * s).sqrt());
    }
    let s5 = 5.0_f64.sqrt() * volatility;
    met(&outcome, "growth", phi((5.0 * drift - five_years_at(0.05)) / s5));
    met(&outcome, "level", phi((4.0 * drift - libm::log(7000.0 / base)) / (2.0 * volatility)));
    // As at each year the average of the years so far.
    for (year, p) in &outcome.target("growth").unwrap().by_year {
        let n = f64::from(year.0 - 2025);
        let truth = phi(n * (drift - libm::log1p(0.05)) / (n.sqrt() * volatility));
        probability(p, truth, &format!("average growth as at {year}"));
    }
}

#[test]
fn random_walk_of_an_indicator_that_may_be_negative() {
    let process = RandomWalk::new(-0.4, 1.5);
    let outcome = run(plan()
        .indicator("balance", indicator(2.0, process).link(Link::Identity))
        .target("positive", TargetDraft::level("balance").at_least(0.0))
        .target("fall", TargetDraft::difference("balance").at_most(-1.0).year(2027)));
    let s5 = 1.5 * 5.0_f64.sqrt();
    law(&outcome, "balance", 2030, |x| phi(x / s5));
    mean(&outcome, "balance", 2030, 0.0, s5);
    met(&outcome, "positive", 0.5);
    met(&outcome, "fall", phi((-1.0 + 0.8) / (1.5 * 2.0_f64.sqrt())));
}

#[test]
fn drift_and_volatility_that_change_over_the_years() {
    // The years between are on straight lines: drift 0.06, 0.05, 0.04, 0.04, 0.04; volatility 0.01 to 0.05.
    let drift = Quantity::by_year([(2026, 0.06), (2028, 0.04)]);
    let volatility = Quantity::by_year([(2026, 0.01), (2030, 0.05)]);
    let outcome = run(plan()
        .indicator("gdp", indicator(100.0, RandomWalk::new(drift, volatility)))
        .target("growth", TargetDraft::average_growth("gdp").at_least(0.05)));
    let means: [f64; 5] = [0.06, 0.11, 0.15, 0.19, 0.23];
    let variances: [f64; 5] = [1e-4, 5e-4, 14e-4, 30e-4, 55e-4];
    for (k, (m, v)) in means.iter().zip(variances).enumerate() {
        law(&outcome, "gdp", 2026 + k as i32, |x| phi((libm::log(x / 100.0) - m) / v.sqrt()));
    }
    met(&outcome, "growth", phi((0.23 - five_years_at(0.05)) / 55e-4_f64.sqrt()));
}

#[test]
fn damped_trend() {
    let outcome = run(plan()
        .indicator("x", indicator(100.0, DampedTrend::new(0.12, 0.7, 0.03)))
        .target("t", TargetDraft::level("x").at_least(138.0)));
    for n in 1..=5 {
        let m = 0.12 * (1.0 - libm::pow(0.7, f64::from(n))) / 0.3;
        law(&outcome, "x", 2025 + n, |x| phi((libm::log(x / 100.0) - m) / (f64::from(n).sqrt() * 0.03)));
    }
    let m = 0.12 * (1.0 - libm::pow(0.7, 5.0)) / 0.3;
    met(&outcome, "t", phi((m - libm::log(1.38)) / (5.0_f64.sqrt() * 0.03)));
}

#[test]
fn ar1_growth_from_the_growth_of_the_base_year() {
    let (drift, phi1, volatility, last) = (0.045, 0.6, 0.02, 0.08);
    let outcome = run(plan()
        .indicator("gdp", indicator(100.0, Ar1Growth::new(drift, phi1, volatility).last_growth(last)))
        .target("growth", TargetDraft::average_growth("gdp").at_least(0.05)));
    // The gap to the mean fades: sum of phi^k over the years.
    let (mut m, mut gap, mut v) = (0.0, last - drift, 0.0);
    for (n, weight) in weights(phi1).enumerate() {
        gap *= phi1;
        m += drift + gap;
        v += volatility * volatility * weight * weight;
        law(&outcome, "gdp", 2026 + n as i32, |x| phi((libm::log(x / 100.0) - m) / v.sqrt()));
        let expected = 100.0 * libm::exp(m + 0.5 * v);
        mean(&outcome, "gdp", 2026 + n as i32, expected, expected * libm::expm1(v).sqrt());
    }
    met(&outcome, "growth", phi((m - five_years_at(0.05)) / v.sqrt()));
}

#[test]
fn ar1_growth_about_a_drift_that_changes() {
    // dx[t] - m[t] is autoregressive, not dx[t] itself: without last growth the mean follows the drift at once.
    let drift = Quantity::by_year([(2026, 0.02), (2027, 0.08), (2028, 0.05)]);
    let outcome = run(plan()
        .indicator("gdp", indicator(100.0, Ar1Growth::new(drift, 0.5, 0.02)))
        .target("growth", TargetDraft::average_growth("gdp").at_least(0.05)));
    let v: f64 = weights(0.5).map(|c| 4e-4 * c * c).sum();
    met(&outcome, "growth", phi((0.25 - five_years_at(0.05)) / v.sqrt()));
    law(&outcome, "gdp", 2030, |x| phi((libm::log(x / 100.0) - 0.25) / v.sqrt()));
}

#[test]
fn ar1_of_log_growth_and_of_simple_growth_are_different_models() {
    let target = || TargetDraft::average_growth("gdp").at_least(0.05);
    let log = run(plan()
        .indicator("gdp", indicator(100.0, Ar1Growth::new(0.047, 0.4, 0.02)))
        .target("growth", target()));
    let simple = run(plan()
        .indicator("gdp", indicator(100.0, Ar1SimpleGrowth::new(0.047, 0.4, 0.02)))
        .target("growth", target())
        .target("next_year", TargetDraft::change("gdp").at_least(0.06).year(2026)));
    let v: f64 = weights(0.4).map(|c| 4e-4 * c * c).sum();
    let truth = phi((5.0 * 0.047 - five_years_at(0.05)) / v.sqrt());
    assert!((truth - 0.446).abs() < 0.0005, "as designed, {truth}");
    met(&log, "growth", truth);
    met(&simple, "growth", reference("ar1_simple"));
    // The rate of one year is normal itself.
    met(&simple, "next_year", phi((0.047 - 0.06) / 0.02));
}

#[test]
fn simple_growth_starts_from_the_rate_of_the_base_year() {
    let process = Ar1SimpleGrowth::new(0.04, 0.5, 0.01).last_growth(0.1);
    let outcome = run(plan()
        .indicator("gdp", indicator(100.0, process))
        .target("t", TargetDraft::change("gdp").at_least(0.08).year(2026)));
    met(&outcome, "t", phi((0.07 - 0.08) / 0.01));
    law(&outcome, "gdp", 2026, |x| phi((x / 100.0 - 1.0 - 0.07) / 0.01));
}

#[test]
fn geometric_and_arithmetic_average_are_different_events() {
    let outcome = run(plan()
        .indicator("gdp", indicator(100.0, RandomWalk::new(0.044, 0.06)))
        .target("geometric", TargetDraft::average_growth("gdp").at_least(0.05))
        .target("arithmetic", TargetDraft::average_growth_arithmetic("gdp").at_least(0.05)));
    met(&outcome, "geometric", phi((0.22 - five_years_at(0.05)) / (0.06 * 5.0_f64.sqrt())));
    met(&outcome, "arithmetic", reference("arithmetic_average"));
    // The geometric average is never above the arithmetic one.
    let pair = outcome.joint.pairs[0];
    assert_eq!(pair.both.hits, outcome.target("geometric").unwrap().probability.hits);
    assert!(outcome.target("arithmetic").unwrap().probability.hits > pair.both.hits);
}

#[test]
fn a_share_that_reverts_to_a_level() {
    let (start, level, speed, volatility) = (62.0, 70.0, 0.3, 0.08);
    let logit = |x: f64| libm::log((x - 20.0) / (90.0 - x));
    let outcome = run(plan()
        .indicator("share", indicator(start, MeanReverting::new(level, speed, volatility)).share(20.0, 90.0))
        .target("t", TargetDraft::level("share").at_least(68.0)));
    let (mut m, mut v) = (logit(start), 0.0);
    for n in 1..=5 {
        m += speed * (logit(level) - m);
        v = v * (1.0 - speed) * (1.0 - speed) + volatility * volatility;
        law(&outcome, "share", 2025 + n, |x| phi((logit(x) - m) / v.sqrt()));
    }
    // The mean of a logit-normal share has no closed form: by quadrature.
    let share = |z: f64| 20.0 + 70.0 / (1.0 + libm::exp(-(m + v.sqrt() * z)));
    let expected = expect(share);
    mean(&outcome, "share", 2030, expected, expect(|z| (share(z) - expected) * (share(z) - expected)).sqrt());
    met(&outcome, "t", phi((m - logit(68.0)) / v.sqrt()));
}

#[test]
fn reversion_to_a_course() {
    let level = Quantity::by_year([(2026, 10.0), (2030, 18.0)]);
    let process = MeanReverting::new(level, 0.5, 0.7);
    let outcome = run(plan()
        .indicator("x", indicator(8.0, process).link(Link::Identity))
        .target("t", TargetDraft::level("x").at_most(15.5)));
    // 8 -> 9 -> 10.5 -> 12.25 -> 14.125 -> 16.0625; variance 0.49 (1 - 4^-5) / (1 - 1/4).
    let v: f64 = 0.49 * (1.0 - libm::pow(0.25, 5.0)) / 0.75;
    met(&outcome, "t", phi((15.5 - 16.0625) / v.sqrt()));
    law(&outcome, "x", 2030, |x| phi((x - 16.0625) / v.sqrt()));
    mean(&outcome, "x", 2030, 16.0625, v.sqrt());
}

#[test]
fn saturating_growth_follows_the_curve_of_gompertz() {
    let outcome = run(plan()
        .indicator("stock", indicator(3000.0, Saturating::new(4600.0, 0.2, 0.03)))
        .target("t", TargetDraft::level("stock").at_least(4000.0)));
    for n in 1..=5 {
        let keep = libm::pow(0.8, f64::from(n));
        let median = 4600.0 * libm::pow(3000.0 / 4600.0, keep);
        let v = 9e-4 * (1.0 - keep * keep) / (1.0 - 0.64);
        law(&outcome, "stock", 2025 + n, |x| phi(libm::log(x / median) / v.sqrt()));
        if n == 5 {
            met(&outcome, "t", phi(libm::log(median / 4000.0) / v.sqrt()));
        }
    }
}

#[test]
fn logistic_growth_is_that_of_verhulst() {
    let (start, ceiling, rate) = (20.0, 80.0, 0.25);
    let outcome = run(plan()
        .indicator("share", indicator(start, Logistic::new(rate, 0.05)).share(0.0, ceiling))
        .target("t", TargetDraft::level("share").at_least(43.0)));
    let logit = |x: f64| libm::log(x / (ceiling - x));
    for n in 1..=5 {
        let n_years = f64::from(n);
        // X(t) = K / (1 + (K - X0)/X0 e^-rt), the solution of dX/dt = r X (1 - X/K).
        let median = ceiling / (1.0 + (ceiling - start) / start * libm::exp(-rate * n_years));
        law(&outcome, "share", 2025 + n, |x| phi((logit(x) - logit(median)) / (0.05 * n_years.sqrt())));
    }
    met(&outcome, "t", phi((logit(start) + 5.0 * rate - logit(43.0)) / (0.05 * 5.0_f64.sqrt())));
}

#[test]
fn noise_around_a_path_is_gone_a_year_later() {
    let level = Quantity::by_year([(2026, 31.0), (2030, 27.0)]);
    let outcome = run(plan()
        .indicator("pm", indicator(33.0, Path::new(level, 0.04)))
        .target("every", TargetDraft::every_year("pm").at_most(31.0))
        .target("last", TargetDraft::level("pm").at_most(27.5)));
    let below = |bound: f64, level: f64| phi(libm::log(bound / level) / 0.04);
    for (n, level) in [31.0, 30.0, 29.0, 28.0, 27.0].into_iter().enumerate() {
        law(&outcome, "pm", 2026 + n as i32, |x| below(x, level));
    }
    met(&outcome, "every", [31.0, 30.0, 29.0, 28.0, 27.0].map(|level| below(31.0, level)).iter().product());
    met(&outcome, "last", below(27.5, 27.0));
}

/// Half of last year's growth, plus a drift, plus the innovation times a volatility, and whatever pushes.
#[derive(Debug)]
struct Own;

impl Step for Own {
    fn parameters(&self) -> Vec<(String, Quantity)> {
        vec![("drift".into(), Quantity::normal(0.04, 0.01)), ("volatility".into(), 0.02.into())]
    }

    fn step(&self, view: &StepView<'_>, next: &mut [f64]) {
        for (lane, next) in next.iter_mut().enumerate() {
            let (drift, volatility) = (view.parameters[0][lane], view.parameters[1][lane]);
            let growth =
                drift + 0.5 * view.growth[lane] + volatility * view.innovation[lane] + view.pushed[lane];
            *next = view.state[lane] + growth;
        }
    }
}

#[test]
fn a_process_of_the_users_own() {
    let own = IndicatorDraft::new("Own", "unit").baseline(100.0).own_process(Own);
    let outcome = run(plan()
        .indicator("x", own)
        .event("shock", Event::new("Shock", 1.0).years(2027, 2027).load("x", -0.08))
        .target("t", TargetDraft::level("x").at_least(125.0)));
    // Without growth in the base year: weights 1, 1.5, 1.75, … of drift, innovations and the shock of the second year.
    let weights = [1.0, 1.5, 1.75, 1.875, 1.9375];
    let total: f64 = weights.iter().sum();
    let m = 0.04 * total - 0.08 * weights[3];
    let v = 1e-4 * total * total + weights.iter().map(|c| 4e-4 * c * c).sum::<f64>();
    law(&outcome, "x", 2030, |x| phi((libm::log(x / 100.0) - m) / v.sqrt()));
    met(&outcome, "t", phi((m - libm::log(1.25)) / v.sqrt()));
}
