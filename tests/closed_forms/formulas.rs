//! Indicators that hang on others: formulas and drivers.

use crate::check::*;
use plancast::prelude::*;
use plancast::quantity::LogNormal;
use plancast::scenario::{History, HistoryForm, PairsDraft};

fn pairs(of: &[(&str, &str, f64)]) -> CorrelationDraft {
    let of = of.iter().map(|(a, b, rho)| (a.to_string(), b.to_string(), *rho)).collect();
    CorrelationDraft::Pairs(PairsDraft { of, repair: false })
}

#[test]
fn a_ratio_of_correlated_log_normals_is_log_normal() {
    let (rho, s1, s2) = (0.6, 0.02, 0.012);
    let outcome = run(plan()
        .indicator("gdp", indicator(5615.3, RandomWalk::new(0.05, s1)))
        .indicator("employed", indicator(138.0, RandomWalk::new(0.003, s2)))
        .indicator(
            "productivity",
            IndicatorDraft::new("Output per person", "10k yuan").formula("gdp / employed"),
        )
        .correlation(pairs(&[("gdp", "employed", rho)]))
        .target("level", TargetDraft::level("productivity").at_least(51.0))
        .target("growth", TargetDraft::average_growth("productivity").at_least(0.05))
        .target("gdp", TargetDraft::average_growth("gdp").at_least(0.05)));
    let base = 5615.3 / 138.0;
    let v1 = s1 * s1 + s2 * s2 - 2.0 * rho * s1 * s2;
    for n in 1..=5 {
        let n = f64::from(n);
        law(&outcome, "productivity", 2025 + n as i32, |x| {
            phi((libm::log(x / base) - 0.047 * n) / (n * v1).sqrt())
        });
    }
    let expected = base * libm::exp(5.0 * (0.047 + 0.5 * v1));
    mean(&outcome, "productivity", 2030, expected, expected * libm::expm1(5.0 * v1).sqrt());
    let sd = (5.0 * v1).sqrt();
    met(&outcome, "level", phi((0.235 - libm::log(51.0 / base)) / sd));
    met(&outcome, "growth", phi((0.235 - five_years_at(0.05)) / sd));
    // Growth of productivity and of output: correlation (s1 - rho s2) / sqrt(v1).
    let both = both_above(
        (five_years_at(0.05) - 0.235) / sd,
        (five_years_at(0.05) - 0.25) / (5.0_f64.sqrt() * s1),
        (s1 - rho * s2) / v1.sqrt(),
    );
    let pair = outcome.joint.pairs.iter().find(|p| (p.first, p.second) == (1, 2)).unwrap();
    probability(&pair.both, both, "growth of productivity and output");
}

#[test]
fn the_product_of_kaya() {
    let outcome = run_toml(
        r#"
        [indicator.population]
        name = "Population"
        unit = "10k"
        baseline = 217.8
        process.random_walk = { drift = 0.005, volatility = 0.003 }

        [indicator.per_head]
        name = "GDP per head"
        unit = "10k yuan"
        baseline = 25.8
        process.ar1_growth = { drift = 0.04, persistence = 0.3, volatility = 0.02 }

        [indicator.energy_intensity]
        name = "Energy per GDP"
        unit = "t/10k yuan"
        baseline = 0.2
        process.random_walk = { drift = -0.03, volatility = 0.015 }

        [indicator.carbon_intensity]
        name = "CO2 per energy"
        unit = "t/t"
        baseline = 2.4
        process.random_walk = { drift = { normal = { mean = -0.02, sd = 0.005 } }, volatility = 0.01 }

        [indicator.co2]
        name = "CO2"
        unit = "10k t"
        formula = "population * per_head * energy_intensity * carbon_intensity"

        [indicator.co2_intensity]
        name = "CO2 per GDP"
        unit = "t/10k yuan"
        formula = "co2 / (population * per_head)"

        [correlation.matrix]
        indicators = ["per_head", "energy_intensity"]
        rows = [[1.0, -0.5], [-0.5, 1.0]]

        [target.co2]
        indicator = "co2"
        measure = "change"
        at_most = 0.0

        [target.intensity]
        indicator = "co2_intensity"
        measure = "change"
        at_most = -0.17
        "#,
    );
    let years = [1.0, 1.3, 1.39, 1.417, 1.4251_f64];
    // Year by year: population, per head with weight c_k, energy and carbon per unit, and the shared carbon drift.
    let per_year = |c: f64| {
        let (p, e, k) = (0.02 * c, 0.015, 0.01);
        0.003 * 0.003 + p * p + e * e - p * e + k * k
    };
    let variance: f64 = years.iter().map(|c| per_year(*c)).sum::<f64>() + 25.0 * 25e-6;
    let drift = 5.0 * (0.005 + 0.04 - 0.03 - 0.02);
    let base = 217.8 * 25.8 * 0.2 * 2.4;
    law(&outcome, "co2", 2030, |x| phi((libm::log(x / base) - drift) / variance.sqrt()));
    mean(&outcome, "co2", 2030, base * libm::exp(drift + 0.5 * variance), {
        base * libm::exp(drift + 0.5 * variance) * libm::expm1(variance).sqrt()
    });
    met(&outcome, "co2", phi(-drift / variance.sqrt()));
    let variance: f64 = 5.0 * (0.015 * 0.015 + 0.01 * 0.01) + 25.0 * 25e-6;
    met(&outcome, "intensity", phi((libm::log(0.83) + 0.25) / variance.sqrt()));
}

#[test]
fn a_formula_that_looks_back() {
    // A stock with 10 % depreciation fed by a flow with independent noise: a weighted sum of normals.
    let flow = Path::new(Quantity::by_year([(2026, 10.0), (2030, 14.0)]), 1.5);
    let outcome = run(plan()
        .indicator("flow", indicator(9.0, flow).link(Link::Identity))
        .indicator(
            "stock",
            IndicatorDraft::new("Stock", "1").baseline(80.0).formula("0.9 * stock[-1] + flow"),
        )
        .target("t", TargetDraft::level("stock").at_least(97.0)));
    let (mut m, mut v) = (80.0, 0.0);
    for (n, flow) in [10.0, 11.0, 12.0, 13.0, 14.0].into_iter().enumerate() {
        m = 0.9 * m + flow;
        v = 0.81 * v + 2.25_f64;
        law(&outcome, "stock", 2026 + n as i32, |x| phi((x - m) / v.sqrt()));
    }
    mean(&outcome, "stock", 2030, m, v.sqrt());
    met(&outcome, "t", phi((m - 97.0) / v.sqrt()));
}

#[test]
fn a_driver_of_the_same_year() {
    let (s1, s2, elasticity) = (0.02, 0.01, 0.4);
    let outcome = run(plan()
        .indicator("jobs", indicator(100.0, RandomWalk::new(0.01, s2)).driver("gdp", elasticity))
        .indicator("gdp", indicator(100.0, Ar1Growth::new(0.05, 0.3, s1).last_growth(0.08)))
        .correlation(pairs(&[("jobs", "gdp", 0.5)]))
        .target("t", TargetDraft::average_growth("jobs").at_least(0.03)));
    let gap = 0.03 * (0.3 + 0.09 + 0.027 + 0.0081 + 0.00243);
    let m = 5.0 * 0.01 + elasticity * (5.0 * 0.05 + gap);
    let weights = [1.0, 1.3, 1.39, 1.417, 1.4251_f64];
    let v: f64 = weights.iter().map(|c| c * elasticity * s1).map(|a| a * a + s2 * s2 + a * s2).sum();
    met(&outcome, "t", phi((m - five_years_at(0.03)) / v.sqrt()));
    law(&outcome, "jobs", 2030, |x| phi((libm::log(x / 100.0) - m) / v.sqrt()));
}

#[test]
fn a_driver_two_years_before_with_its_history() {
    // Growth of 2024 and 2025 is known; 2026, 2027 and 2028 are simulated.
    let known = History::values(HistoryForm::GrowthPercent, [(2024, 6.0), (2025, 5.0)]);
    let outcome = run(plan()
        .indicator("gdp", indicator(100.0, RandomWalk::new(0.04, 0.02)).history(known))
        .indicator("tax", indicator(100.0, RandomWalk::new(0.0, 0.01)).lagged_driver("gdp", 1.5, 2))
        .correlation(CorrelationDraft::Independent)
        .target("tax", TargetDraft::level("tax").at_least(140.0))
        .target("gdp", TargetDraft::level("gdp").at_least(122.0)));
    let before = 1.5 * (libm::log(1.06) + libm::log(1.05));
    law(&outcome, "tax", 2026, |x| phi((libm::log(x / 100.0) - 1.5 * libm::log(1.06)) / 0.01));
    law(&outcome, "tax", 2027, |x| phi((libm::log(x / 100.0) - before) / (0.01 * 2.0_f64.sqrt())));
    let (m, v) = (before + 1.5 * 0.12, 5.0 * 1e-4 + 3.0 * 9e-4_f64);
    met(&outcome, "tax", phi((m - libm::log(1.4)) / v.sqrt()));
    // Three of the five years of GDP are in the tax of 2030.
    let rho = 3.0 * 1.5 * 4e-4 / (v * 5.0 * 4e-4).sqrt();
    let both = both_above((libm::log(1.4) - m) / v.sqrt(), (libm::log(1.22) - 0.2) / 20e-4_f64.sqrt(), rho);
    probability(&outcome.joint.all, both, "both");
}

#[test]
fn a_driver_last_year_with_its_last_growth() {
    let last = Quantity::normal(0.08, 0.02);
    let plan = || {
        plan()
            .correlation(CorrelationDraft::Independent)
            .target("t", TargetDraft::level("b").at_least(110.0).year(2026))
    };
    let a = || indicator(100.0, Ar1Growth::new(0.04, 0.5, 0.02).last_growth(last.clone()));
    let b = || indicator(100.0, RandomWalk::new(0.0, 0.01)).lagged_driver("a", 1.0, 1);
    // Whichever comes first in the file: the last growth is one number, drawn once a path.
    for plan in
        [plan().indicator("a", a()).indicator("b", b()), plan().indicator("b", b()).indicator("a", a())]
    {
        let outcome = run(plan
            .indicator("gap", IndicatorDraft::new("Difference", "1").formula("ln(a) - 0.5 * ln(b)"))
            .target("gap", TargetDraft::difference("gap").at_least(0.01).year(2026)));
        let sd = (4e-4 + 1e-4_f64).sqrt();
        met(&outcome, "t", phi((0.08 - libm::log(1.1)) / sd));
        // ln a gains 0.04 + 0.5 (last - 0.04) + e, half of ln b gains half of last + e'/2: the last growth cancels.
        met(&outcome, "gap", phi((0.02 - 0.01) / (4e-4 + 25e-6_f64).sqrt()));
        // Of the variance of b in 2026 four fifths are the last growth, counted once (less some 5 % for the bent scale).
        let share = outcome.target("t").unwrap().basis.unwrap().assumptions;
        assert!((0.72..0.8).contains(&share), "{share}");
    }
}

#[test]
fn the_simple_growth_of_last_year_drives_in_log_points() {
    let a = indicator(100.0, Ar1SimpleGrowth::new(0.1, 0.0, 0.0).last_growth(0.2));
    let outcome = run(plan()
        .indicator("a", a)
        .indicator("b", indicator(100.0, RandomWalk::new(0.0, 0.0)).lagged_driver("a", 1.0, 1))
        .target("first", TargetDraft::level("b").about(120.0, 1e-6).year(2026))
        .target("second", TargetDraft::level("b").about(132.0, 1e-6).year(2027)));
    met(&outcome, "first", 1.0);
    met(&outcome, "second", 1.0);
}

#[test]
fn an_uncertain_elasticity() {
    let uncertain = Quantity::uncertain(LogNormal { median: 0.8, sigma: 0.3 });
    let outcome = run(plan()
        .indicator("gdp", indicator(100.0, RandomWalk::new(0.05, 0.0)))
        .indicator("tax", indicator(100.0, RandomWalk::new(0.0, 0.0)).driver("gdp", uncertain))
        .target("t", TargetDraft::level("tax").at_least(125.0)));
    // Growth of 0.05 a year is certain, so the level is exp(0.25 times the elasticity).
    let z = libm::log(libm::log(1.25) / 0.25 / 0.8) / 0.3;
    met(&outcome, "t", 1.0 - phi(z));
}

#[test]
fn a_driver_that_is_a_formula_and_one_with_another_link() {
    // The growth of a log-linked formula is its log growth, that of a share its change in logits.
    let outcome = run(plan()
        .indicator("a", indicator(100.0, RandomWalk::new(0.03, 0.02)))
        .indicator("b", indicator(50.0, RandomWalk::new(0.01, 0.01)))
        .indicator("ratio", IndicatorDraft::new("Ratio", "1").formula("a / b"))
        .indicator("share", indicator(0.4, RandomWalk::new(0.1, 0.05)).share(0.0, 1.0))
        .indicator("x", {
            let draft = indicator(0.0, RandomWalk::new(0.0, 0.0)).link(Link::Identity);
            draft.driver("ratio", 10.0).driver("share", -2.0)
        })
        .correlation(CorrelationDraft::Independent)
        .target("t", TargetDraft::level("x").at_least(0.25)));
    let (m, v) = (10.0 * 0.1 - 2.0 * 0.5, 5.0 * (100.0 * 5e-4 + 4.0 * 25e-4_f64));
    law(&outcome, "x", 2030, |x| phi((x - m) / v.sqrt()));
    met(&outcome, "t", phi((m - 0.25) / v.sqrt()));
}
