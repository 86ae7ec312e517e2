//! Parameters that every path takes from one draw of a posterior: the outcome is the mixture of the draws.
//!
//! The draws are a function of the scenario alone, so that they can be drawn again here, and the mixture be calculated.

use crate::check::*;
use plancast::calibrate::{
    Believed, DriftPrior, GrowthDraws, GrowthPrior, Observation, Observed, PersistencePrior, ReferenceClass,
    Seen, VolatilityPrior,
};
use plancast::evidence::Evidence;
use plancast::export::result_json;
use plancast::history::{History, HistoryBounds, HistoryForm, Rounding};
use plancast::link::Link;
use plancast::prelude::*;
use plancast::process::MeanReverting;
use plancast::random::Key;
use plancast::report::LearnedTable;
use plancast::scenario::ScenarioBuilder;
use plancast::stats::normal;

/// Kunshan's GDP growth 2018-2025, per cent.
const GROWTH: [f64; 8] = [7.0, 6.1, 4.0, 7.8, 1.8, 5.0, 6.1, 5.8];
/// Draws of a posterior.
const DRAWS: usize = 4096;

fn history(rounding: Option<f64>) -> History {
    let rounding = rounding.map(Rounding::To);
    History { rounding, ..History::values(HistoryForm::GrowthPercent, (2018..).zip(GROWTH)) }
}

fn with(process: impl Into<Process>, rounding: Option<f64>) -> ScenarioBuilder {
    plan()
        .indicator("gdp", indicator(100.0, process).history(history(rounding)))
        .target("growth", TargetDraft::average_growth("gdp").at_least(0.05))
}

/// What the scenario learns from growth rounded to a tenth.
fn draws(prior: GrowthPrior) -> GrowthDraws {
    let bounds = |g: f64| Observation::Between {
        low: libm::log1p((g - 0.05) / 100.0),
        high: libm::log1p((g + 0.05) / 100.0),
    };
    let points = (2018..).map(Year).zip(GROWTH.map(bounds));
    let observed = Observed::new(points).unwrap();
    let key = Key::new(0, "calibrate", "gdp");
    prior.posterior(&observed, Seen::Itself, Year(2025), 5, DRAWS, key).unwrap()
}

/// P(growth summed over five years >= bound), path by path given the draw that it takes.
fn mixture(draws: &GrowthDraws, bound: f64) -> f64 {
    let share = |k: usize| {
        let phi = draws.persistence[k];
        let (rho, omega) = draws.wander.map_or((0.0, 0.0), |wander| (wander.persistence, wander.sd));
        let (mut left, mut moving) = (draws.deviation[k], draws.moving[k]);
        let (mut mean, mut variance) = (0.0, 0.0);
        for year in 0..5 {
            (left, moving) = (phi * left, rho * moving);
            mean += draws.drift[k] + moving + left;
            // An innovation, of growth or of its drift, acts on its year and those after it.
            let acts = |x: f64| (0..5 - year).map(|n| libm::pow(x, f64::from(n))).sum::<f64>();
            let sigma = draws.volatility_ahead[year as usize][k];
            variance += acts(phi) * acts(phi) * sigma * sigma + acts(rho) * acts(rho) * omega * omega;
        }
        normal::upper((bound - mean) / variance.sqrt())
    };
    (0..draws.len()).map(share).sum::<f64>() / draws.len() as f64
}

fn five_years_at(rate: f64) -> f64 {
    5.0 * libm::log1p(rate)
}

#[test]
fn growth_is_the_mixture_of_the_draws_of_its_class() {
    let class = ReferenceClass::shipped("world-gdp").expect("it is shipped").prior;
    let estimate = || Estimate::default().class("world-gdp");
    for (process, prior) in [
        (Process::from(RandomWalk::estimated(estimate())), class.with_persistence(0.0)),
        (Ar1Growth::estimated(0.3, estimate()).into(), class.with_persistence(0.3)),
        (Ar1Growth::learned(estimate()).into(), class),
    ] {
        let outcome = run(with(process, Some(0.1)));
        met(&outcome, "growth", mixture(&draws(prior), five_years_at(0.05)));
    }
}

#[test]
fn what_is_stated_replaces_the_last_growth_of_the_draws() {
    let prior = Prior { mean: 0.045, weight: 6.0, sd: 0.022, df: 6.0 };
    let process = Ar1Growth::learned(Estimate::default().prior(prior)).last_growth(0.08);
    let prior = GrowthPrior {
        drift: DriftPrior::Normal(Believed { mean: 0.045, sd: 0.022 / 6.0_f64.sqrt() }),
        volatility: VolatilityPrior::Scaled { df: 6.0, scale: 0.022 },
        persistence: PersistencePrior::Uniform,
        ..GrowthPrior::FLAT
    };
    let mut draws = draws(prior);
    let deviation: Vec<f64> = draws.drift.iter().map(|drift| 0.08 - drift).collect();
    draws.deviation = deviation;
    met(&run(with(process, Some(0.1))), "growth", mixture(&draws, five_years_at(0.05)));
}

#[test]
fn a_level_reverts_with_the_mixture_of_its_draws() {
    let values = [4.0, 4.6, 3.8, 5.1, 4.9, 4.2, 5.3, 4.4];
    let history = || History::values(HistoryForm::Level, (2018..).zip(values));
    let observed = Observed::new((2018..).map(Year).zip(values.map(Observation::Exact))).unwrap();
    let learned = MeanReverting::estimated(Estimate::default());
    // A level that is stated as a number is known of the past as well.
    let with_level = MeanReverting { level: Some(5.5.into()), ..learned.clone() };
    let known = GrowthPrior { drift: DriftPrior::Known(5.5), ..GrowthPrior::FLAT };
    for (process, prior) in [(learned, GrowthPrior::FLAT), (with_level, known)] {
        let outcome = run(plan()
            .indicator("gdp", indicator(6.0, process).link(Link::Identity).history(history()))
            .target("level", TargetDraft::level("gdp").at_least(5.0)));
        let key = Key::new(0, "calibrate", "gdp");
        let draws = prior.posterior(&observed, Seen::Itself, Year(2025), 5, DRAWS, key).unwrap();
        let share = |k: usize| {
            let (theta, phi, sigma) = (draws.drift[k], draws.persistence[k], draws.volatility[k]);
            let mean = theta + libm::pow(phi, 5.0) * (6.0 - theta);
            let squares: f64 = (0..5).map(|n| libm::pow(phi, f64::from(2 * n))).sum();
            normal::upper((5.0 - mean) / (sigma * squares.sqrt()))
        };
        met(&outcome, "level", (0..DRAWS).map(share).sum::<f64>() / DRAWS as f64);
        let learned = &outcome.learned[0];
        assert!(learned.reverts && learned.learned.persistence.is_some());
        assert_eq!(outcome.targets[0].evidence, Evidence::Assumption, "the baseline is one");
    }
}

/// The draws of a sampler against the closed form: bounds of a millionth of a point are no bounds.
#[test]
fn draws_and_the_closed_form_are_one_posterior() {
    let process = || RandomWalk::estimated(Estimate::default());
    let (closed, drawn) = (run(with(process(), None)), run(with(process(), Some(1e-6))));
    // P given a draw has a standard deviation of 0.2 (it is the spread); half of 4096 draws are worth an independent one.
    let error = closed.targets[0].spread.expect("something is learned").sd / (0.5 * DRAWS as f64).sqrt();
    let of = |outcome: &Outcome| outcome.target("growth").unwrap().clone();
    let (closed_target, drawn_target) = (of(&closed), of(&drawn));
    near(drawn_target.probability.estimate, closed_target.probability.estimate, error, "P");
    // Both layers from 512 draws: the standard deviation to 3 %, its shares alike.
    let (a, b) = (closed_target.spread.unwrap(), drawn_target.spread.unwrap());
    assert!((a.sd / b.sd - 1.0).abs() < 0.12, "{a:?} {b:?}");
    let (a, b) = (closed_target.basis.unwrap(), drawn_target.basis.unwrap());
    assert!(a.parameters > 0.2 && (a.parameters - b.parameters).abs() < 0.04, "{a:?} {b:?}");
    assert_eq!((a.assumptions, b.assumptions), (0.0, 0.0));
    // What is told of both.
    let (a, b) = (&closed.learned[0].learned, &drawn.learned[0].learned);
    let close = |a: f64, b: f64, relative: f64, what: &str| {
        assert!((a / b - 1.0).abs() < relative, "{what}: {a} {b}");
    };
    for (a, b, name) in [(a.drift, b.drift, "drift"), (a.volatility, b.volatility, "volatility")] {
        // Four standard errors of a mean and of a tenth of 2048 draws, beside the size of the number.
        close(a.posterior.mean, b.posterior.mean, 0.03, name);
        close(a.posterior.low, b.posterior.low, 0.05, name);
        close(a.posterior.high, b.posterior.high, 0.05, name);
        close(a.posterior.sd.unwrap(), b.posterior.sd.unwrap(), 0.12, name);
    }
    assert_eq!((a.data.figures, a.data.years, b.data.figures), (8, 8, 8));
    // Mean and standard deviation of the logarithms, by Python 3.11 (statistics.mean, statistics.stdev).
    assert!(
        (a.data.mean.unwrap() - 0.052_927_6).abs() < 1e-6 && (a.data.sd.unwrap() - 0.017_872_6).abs() < 1e-6,
        "{:?}",
        a.data
    );
    assert_ne!(closed.fingerprint.data, drawn.fingerprint.data);
}

#[test]
fn plugged_in_means_are_known_and_said_to_be() {
    let estimate = |plug_in: bool| Estimate { plug_in, ..Estimate::default() };
    let outcome = run(with(RandomWalk::estimated(estimate(true)), None));
    let logs = GROWTH.map(|g| libm::log1p(g / 100.0));
    let mean = logs.iter().sum::<f64>() / 8.0;
    let s = (logs.iter().map(|y| (y - mean) * (y - mean)).sum::<f64>() / 7.0).sqrt();
    // E sigma = s sqrt(7/2) Gamma(3) / Gamma(7/2), and Gamma(7/2) = 15 sqrt(pi) / 8.
    let sigma = s * 3.5_f64.sqrt() * 2.0 / (15.0 * std::f64::consts::PI.sqrt() / 8.0);
    let z = (five_years_at(0.05) - 5.0 * mean) / (5.0_f64.sqrt() * sigma);
    met(&outcome, "growth", normal::upper(z));
    assert!(outcome.notices.iter().any(|notice| notice.contains("plug_in")));
    assert!(outcome.targets[0].spread.is_none());
    // Sampled means as well; a mean of 4096 draws is nearly that of the closed form.
    let sampled = run(with(RandomWalk::estimated(estimate(true)), Some(1e-6)));
    assert!(sampled.targets[0].spread.is_none());
    let gap = sampled.targets[0].probability.estimate - outcome.targets[0].probability.estimate;
    assert!(gap.abs() < 0.03, "{gap}");
    assert_eq!(sampled.learned[0].learned.drift.posterior.sd, Some(0.0));
}

#[test]
fn what_was_learned_is_told() {
    let outcome = run(with(Ar1Growth::learned(Estimate::default().class("world-gdp")), Some(0.1)));
    let learned = &outcome.learned[0];
    assert_eq!((learned.id.as_str(), learned.learned.class.as_deref()), ("gdp", Some("world-gdp")));
    assert!(learned.learned.data_share > 0.0 && learned.learned.data_share < 1.0);
    let json: serde_json::Value = serde_json::from_str(&result_json(&outcome)).unwrap();
    let posterior = &json["learned"][0]["drift"]["posterior"];
    assert_eq!(posterior["mean"].as_f64(), Some(learned.learned.drift.posterior.mean));
    // The class: normal b, and a drift that moves about it; narrower by the spread.
    let class = ReferenceClass::shipped("world-gdp").unwrap().prior;
    let (DriftPrior::Normal(b), Some(moving)) = (class.drift, class.moving) else { panic!("{class:?}") };
    let sd = class.spread * (b.sd * b.sd + moving.sd * moving.sd).sqrt();
    let (mean, told) = learned.learned.drift.prior.expect("the class has a drift");
    assert!(mean == b.mean && (told.unwrap() - sd).abs() < 1e-12);
    let table = LearnedTable::new(&outcome).to_string();
    for word in ["drift", "volatility", "world-gdp", "log points", "8 (8)"] {
        assert!(table.contains(word), "{word}\n{table}");
    }
    println!("{table}");
    let flat = run(with(Ar1Growth::learned(Estimate::default()), Some(0.1)));
    let persistence = flat.learned[0].learned.persistence.expect("it is learned");
    assert!(persistence.prior.is_none() && persistence.posterior.low > -0.98);
    assert!(LearnedTable::new(&flat).to_string().contains("persistence"));
    let stated = run(plan()
        .indicator("gdp", indicator(100.0, RandomWalk::new(0.04, 0.02)))
        .target("growth", TargetDraft::average_growth("gdp").at_least(0.05)));
    assert_eq!(LearnedTable::new(&stated).to_string(), "");
}

#[test]
fn the_draws_are_those_of_the_scenario_and_not_of_the_seed() {
    let scenario = with(Ar1Growth::learned(Estimate::default()), Some(0.1)).build().unwrap();
    let learned = |seed: u64| {
        let outcome = Simulation::new(&scenario).paths(1000).seed(seed).run().unwrap();
        (outcome.learned.clone(), outcome.targets[0].probability.hits)
    };
    let ((one, hits), (two, other)) = (learned(1), learned(2));
    assert_eq!(one, two);
    assert_ne!(hits, other);
}

/// Firms of 2019-2022, then "over 3000" in 2023 and "over 3500" in 2025: at least 8 % a year went on.
#[test]
fn bounds_of_the_shipped_history_are_learned_from() {
    let learned = |bounds: Option<HistoryBounds>| {
        let file = History::file("scenarios/kunshan-history.csv", "high_tech_firms");
        let history = History { bounds, rounding: Some(Rounding::To(1.0)), ..file };
        // It believes that nothing grows.
        let prior = Prior { mean: 0.0, weight: 4.0, sd: 0.05, df: 8.0 };
        let process = RandomWalk::estimated(Estimate::default().prior(prior));
        let outcome = run(plan()
            .indicator("firms", indicator(3600.0, process).history(history))
            .target("firms", TargetDraft::level("firms").at_least(5000.0)));
        outcome.learned[0].learned.clone()
    };
    let over = HistoryBounds { at_least: Some("high_tech_firms_lower_bound".into()), at_most: None };
    let (values, bounded) = (learned(None), learned(Some(over)));
    assert_eq!((values.data.years, bounded.data.years), (3, 5));
    assert_eq!((values.data.figures, bounded.data.figures), (1, 1));
    // Standard errors of the two means: 0.02 over the root of some 2000 independent draws, so 0.0025 is four of their difference.
    let (before, after) = (values.drift.posterior.mean, bounded.drift.posterior.mean);
    assert!(after > before + 0.0025, "{before} {after}");
}
