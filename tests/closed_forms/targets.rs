//! Every kind of target: what exactly counts as met, and the measures that are not levels.

use crate::check::*;
use plancast::prelude::*;
use plancast::scenario::{PairsDraft, ScenarioBuilder};
use plancast::target::{MeasureView, Measured};

/// An indicator that goes through these levels for certain.
fn certain(levels: [f64; 6]) -> IndicatorDraft {
    let path = (2026..).zip(levels[1..].iter().copied());
    indicator(levels[0], Path::new(Quantity::by_year(path), 0.0))
}

/// Runs a plan whose paths are all the same and says which targets are met; the answer must be yes or no on all paths.
#[track_caller]
fn verdicts<const N: usize>(plan: ScenarioBuilder, targets: [TargetDraft; N]) -> [bool; N] {
    let named = targets.into_iter().enumerate().map(|(k, t)| (format!("t{k:02}"), t));
    let scenario = named.fold(plan, |plan, (id, target)| plan.target(id, target)).build().unwrap();
    let outcome = Simulation::new(&scenario).paths(1000).run().unwrap();
    std::array::from_fn(|k| match outcome.targets[k].probability.hits {
        0 => false,
        1000 => true,
        some => panic!("target {k} is met on {some} of 1000 equal paths"),
    })
}

#[test]
fn the_boundary_counts_as_met_unless_the_plan_says_over_or_under() {
    let level = || TargetDraft::level("x");
    let plan = plan().indicator("x", certain([60.0, 61.0, 62.0, 63.0, 64.0, 65.0]));
    let found = verdicts(
        plan,
        [
            level().at_least(65.0),
            level().at_least(65.0).strict(),
            level().at_most(65.0),
            level().at_most(65.0).strict(),
            level().at_least(65.0001),
            level().at_most(64.9999),
            level().at_least(64.9999).strict(),
            level().at_most(65.0001).strict(),
            level().at_least(63.0).year(2028),
            level().at_least(63.0001).year(2028),
        ],
    );
    assert_eq!(found, [true, false, true, false, false, false, true, true, true, false]);
}

#[test]
fn the_boundary_of_a_bound_of_zero_and_of_negative_levels() {
    let path = Path::new(Quantity::by_year([(2026, 0.0), (2030, -0.3)]), 0.0);
    let plan = plan().indicator("x", indicator(0.1, path).link(Link::Identity));
    let level = || TargetDraft::level("x");
    let found = verdicts(
        plan,
        [
            level().at_least(0.0).year(2026),
            level().at_least(0.0).strict().year(2026),
            level().at_most(0.0).year(2026),
            level().at_least(-0.3),
            level().at_least(-0.3).strict(),
            level().at_most(-0.300001),
        ],
    );
    assert_eq!(found, [true, false, true, true, false, false]);
}

#[test]
fn growth_of_exactly_five_per_cent_meets_five_per_cent() {
    let growth: [f64; 6] = std::array::from_fn(|k| 5615.3 * libm::pow(1.05, k as f64));
    let plan = plan()
        .indicator("path", certain(growth))
        .indicator("walk", indicator(5615.3, RandomWalk::new(libm::log1p(0.05), 0.0)))
        .indicator("simple", indicator(5615.3, Ar1SimpleGrowth::new(0.05, 0.3, 0.0)));
    let geometric = |id: &str| TargetDraft::average_growth(id);
    let arithmetic = |id: &str| TargetDraft::average_growth_arithmetic(id);
    let found = verdicts(
        plan,
        [
            geometric("path").at_least(0.05),
            geometric("walk").at_least(0.05),
            geometric("simple").at_least(0.05),
            geometric("walk").at_least(0.05).strict(),
            arithmetic("path").at_least(0.05),
            arithmetic("walk").at_least(0.05),
            arithmetic("simple").at_least(0.05),
            arithmetic("simple").at_least(0.05).strict(),
            geometric("path").at_least(0.050_001),
            TargetDraft::change("path").at_least(libm::pow(1.05, 5.0) - 1.0),
            TargetDraft::keep_pace("path", "walk"),
            TargetDraft::keep_pace("simple", "walk").strict(),
        ],
    );
    assert_eq!(found, [true, true, true, false, true, true, true, false, false, true, true, false]);
}

#[test]
fn measures_of_a_known_path() {
    let plan = plan().indicator("x", certain([50.0, 60.0, 45.0, 55.0, 80.0, 75.0]));
    // By hand: sum 315; change 0.5; difference 25; least 45; greatest 80; geometric 1.5^(1/5) - 1 = 0.084471771…;
    // arithmetic (0.2 - 0.25 + 0.2222… + 0.4545… - 0.0625) / 5 = 0.112853535….
    type Of = fn(&'static str) -> TargetDraft;
    let exact: [(Of, f64); 5] = [
        (TargetDraft::cumulative, 315.0),
        (TargetDraft::change, 0.5),
        (TargetDraft::difference, 25.0),
        (TargetDraft::average_growth, 0.084_471_771_197_699),
        (TargetDraft::average_growth_arithmetic, 0.112_853_535_353_535_4),
    ];
    for (measure, value) in exact {
        let found = verdicts(
            plan.clone(),
            [
                measure("x").at_least(value),
                measure("x").at_most(value),
                measure("x").at_least(value + 1e-6),
                measure("x").at_most(value - 1e-6),
            ],
        );
        assert_eq!(found, [true, true, false, false], "{value}");
    }
    let every = || TargetDraft::every_year("x");
    let found = verdicts(
        plan.clone(),
        [
            every().at_least(45.0),
            every().at_least(45.001),
            every().at_most(80.0),
            every().at_most(79.999),
            every().at_most(60.0).year(2028),
            // The base year is not one of the years of the plan.
            every().at_least(51.0).year(2026),
        ],
    );
    assert_eq!(found, [true, false, true, false, true, true]);
    // Up to an earlier year.
    let found = verdicts(
        plan,
        [
            TargetDraft::cumulative("x").at_least(160.0).year(2028),
            TargetDraft::cumulative("x").at_least(160.001).year(2028),
            TargetDraft::difference("x").at_most(-5.0).year(2027),
            TargetDraft::change("x").at_most(-0.1).year(2027),
            TargetDraft::change("x").at_most(-0.1).strict().year(2027),
        ],
    );
    assert_eq!(found, [true, false, true, true, false]);
}

#[test]
fn about_with_each_side() {
    let plan = plan()
        .indicator("low", certain([50.0, 50.0, 50.0, 50.0, 50.0, 49.0]))
        .indicator("high", certain([50.0, 50.0, 50.0, 50.0, 50.0, 52.0]));
    let about = |id: &str, side: Side| TargetDraft::level(id).about(50.0, 1.0).side(side);
    let found = verdicts(
        plan,
        [
            about("low", Side::Both),
            about("high", Side::Both),
            about("low", Side::AtLeast),
            about("high", Side::AtLeast),
            about("low", Side::AtMost),
            about("high", Side::AtMost),
            TargetDraft::level("low").about(50.5, 1.0),
            TargetDraft::level("high").about(51.0, 1.0),
        ],
    );
    assert_eq!(found, [true, false, true, true, true, false, false, true]);

    let outcome = run(one_year()
        .indicator("x", indicator(50.0, RandomWalk::new(0.0, 1.0)).link(Link::Identity))
        .target("both", TargetDraft::level("x").about(50.5, 1.0))
        .target("least", TargetDraft::level("x").about(50.5, 1.0).side(Side::AtLeast))
        .target("most", TargetDraft::level("x").about(50.5, 1.0).side(Side::AtMost)));
    met(&outcome, "both", phi(1.5) - phi(-0.5));
    met(&outcome, "least", 1.0 - phi(-0.5));
    met(&outcome, "most", phi(1.5));
    // The margin of both sides is 1 - |x - 50.5|, at most 1.
    let margin = outcome.target("both").unwrap().margin.clone().unwrap();
    assert!(margin.range().1 <= 1.0 && margin.range().1 > 0.999);
    let m = margin.at(0.25);
    share(phi(0.5 + 1.0 - m) - phi(0.5 - 1.0 + m), 0.75, PATHS as f64, "quantile of the margin");
}

#[test]
fn the_sum_of_flows() {
    let outcome = run(plan()
        .indicator("jobs", indicator(100.0, RandomWalk::new(0.02, 0.05)))
        .target("jobs", TargetDraft::cumulative("jobs").at_least(530.0))
        .target("one", TargetDraft::cumulative("jobs").at_least(102.0).year(2026)));
    met(&outcome, "jobs", reference("cumulative"));
    met(&outcome, "one", phi((0.02 - libm::log(1.02)) / 0.05));
    // Normal flows: weights 5, 4, 3, 2, 1 of the innovations.
    let outcome = run(plan()
        .indicator("flow", indicator(10.0, RandomWalk::new(0.5, 2.0)).link(Link::Identity))
        .target("sum", TargetDraft::cumulative("flow").at_least(60.0)));
    met(&outcome, "sum", phi((50.0 + 0.5 * 15.0 - 60.0) / (2.0 * 55.0_f64.sqrt())));
}

#[test]
fn keeping_pace_with_another_indicator() {
    let (rho, s1, s2) = (0.5, 0.015, 0.02);
    let of = vec![("income".into(), "gdp".into(), rho)];
    let outcome = run(plan()
        .indicator("income", indicator(7.9, RandomWalk::new(0.048, s1)))
        .indicator("gdp", indicator(5615.3, RandomWalk::new(0.047, s2)))
        .correlation(CorrelationDraft::Pairs(PairsDraft { of, repair: false }))
        .target("pace", TargetDraft::keep_pace("income", "gdp"))
        .target("nearly", TargetDraft::keep_pace("income", "gdp").tolerance(0.005)));
    let sd = (5.0 * (s1 * s1 + s2 * s2 - 2.0 * rho * s1 * s2)).sqrt();
    met(&outcome, "pace", phi(0.005 / sd));
    // exp(a/5) - exp(b/5) >= -0.005: given b, a has the mean rho s1/s2 (b - E b) and the rest of the variance.
    let root = 5.0_f64.sqrt();
    let nearly = expect(|z| {
        let b = 0.235 + root * s2 * z;
        let need = 5.0 * libm::log(libm::exp(b / 5.0) - 0.005);
        let centre = 0.24 + rho * root * s1 * z;
        phi((centre - need) / (root * s1 * (1.0 - rho * rho).sqrt()))
    });
    met(&outcome, "nearly", nearly);
}

#[test]
fn changes_since_the_base_year_do_not_hang_on_its_level() {
    let baseline = Quantity::uncertain(plancast::quantity::LogNormal { median: 30.0, sigma: 0.3 });
    let process = RandomWalk::new(-0.035, 0.02);
    let outcome = run(plan()
        .indicator("intensity", indicator(baseline, process))
        .target("relative", TargetDraft::change("intensity").at_most(-0.17))
        .target("absolute", TargetDraft::difference("intensity").at_most(-5.0)));
    let sd = 0.02 * 5.0_f64.sqrt();
    met(&outcome, "relative", phi((libm::log(0.83) + 0.175) / sd));
    // X0 (exp(y) - 1) <= -5: given X0 = 30 e^(0.3 z).
    let absolute = expect(|z| {
        let start = 30.0 * libm::exp(0.3 * z);
        if start <= 5.0 { 0.0 } else { phi((libm::log(1.0 - 5.0 / start) + 0.175) / sd) }
    });
    met(&outcome, "absolute", absolute);
}

#[test]
fn the_mean_shortfall_of_the_paths_that_miss() {
    let (m, s, bound) = (0.235, 0.02 * 5.0_f64.sqrt(), 127.0);
    let outcome = run(plan()
        .indicator("gdp", indicator(100.0, RandomWalk::new(0.047, 0.02)))
        .indicator("x", indicator(0.0, RandomWalk::new(0.0, 1.0)).link(Link::Identity))
        .correlation(CorrelationDraft::Independent)
        .target("gdp", TargetDraft::level("gdp").at_least(bound))
        .target("x", TargetDraft::level("x").at_most(2.0))
        .target("certain", TargetDraft::level("gdp").at_least(1.0)));
    // E[(L - X)+] and E[(L - X)+^2] of a log-normal X, as in the formula of Black and Scholes.
    let d = (libm::log(bound / 100.0) - m) / s;
    let below = |k: f64| libm::pow(100.0, k) * libm::exp(k * m + 0.5 * k * k * s * s) * phi(d - k * s);
    let missed = phi(d);
    let first = (bound * below(0.0) - below(1.0)) / missed;
    let second = (bound * bound * below(0.0) - 2.0 * bound * below(1.0) + below(2.0)) / missed;
    let error = ((second - first * first) / (missed * PATHS as f64)).sqrt();
    near(outcome.target("gdp").unwrap().shortfall.unwrap(), first, error, "shortfall of a log-normal level");
    // E[X - 2 | X > 2] of a normal X with variance 5.
    let root = 5.0_f64.sqrt();
    let (h, missed) = (2.0 / root, 1.0 - phi(2.0 / root));
    let truth = root * density(h) / missed - 2.0;
    // The variance of a truncated normal is below that of the whole.
    near(
        outcome.target("x").unwrap().shortfall.unwrap(),
        truth,
        root / (missed * PATHS as f64).sqrt(),
        "shortfall",
    );
    assert_eq!(outcome.target("certain").unwrap().shortfall, None);
    met(&outcome, "certain", 1.0);
}

/// Years in which the level is above that of the year before.
#[derive(Debug)]
struct GoodYears;

impl Measured for GoodYears {
    fn indicators(&self) -> Vec<String> {
        vec!["x".into()]
    }

    fn measure(&self, view: &MeasureView<'_>, out: &mut [f64]) {
        out.fill(0.0);
        for step in 1..=view.step {
            let (now, before) = (view.levels[0][step], view.levels[0][step - 1]);
            for (lane, out) in out.iter_mut().enumerate() {
                *out += f64::from(u8::from(now[lane] > before[lane]));
            }
        }
    }
}

#[test]
fn a_measure_of_the_users_own() {
    let outcome = run(plan()
        .indicator("x", indicator(100.0, RandomWalk::new(0.01, 0.02)))
        .target("four", TargetDraft::own(GoodYears).name("Good years").at_least(4.0))
        .target("two", TargetDraft::own(GoodYears).name("Good years").at_least(2.0).year(2027)));
    let p = phi(0.5);
    met(&outcome, "four", 5.0 * libm::pow(p, 4.0) * (1.0 - p) + libm::pow(p, 5.0));
    met(&outcome, "two", p * p);
}
