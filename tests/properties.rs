//! What holds for every plan: counts that add up, bounds that the marginals set, nothing that is not a number.
//!
//! Random small plans, the same ones in every run of the test; each property is exact, so no tolerance is needed.

use plancast::innovation::{StudentT, TwoPiece};
use plancast::outcome::Mean;
use plancast::prelude::*;
use plancast::scenario::{History, HistoryForm, ScenarioBuilder};
use proptest::prelude::*;
use proptest::test_runner::RngSeed;

/// Neither a multiple of a block of 256 nor below it.
const PATHS: u64 = 3001;

fn config(cases: u32) -> ProptestConfig {
    ProptestConfig {
        cases,
        rng_seed: RngSeed::Fixed(15),
        failure_persistence: None,
        ..ProptestConfig::default()
    }
}

/// A number, sometimes uncertain.
fn about(value: impl Strategy<Value = f64>) -> impl Strategy<Value = Quantity> {
    (value, 0..4_u8, 0.05..0.3).prop_map(|(x, kind, width): (f64, u8, f64)| {
        let reach = width * x.abs().max(1e-6);
        match kind {
            0 => Quantity::uniform(x - reach, x + reach),
            1 => Quantity::triangular(x - reach, x, x + 2.0 * reach),
            2 => Quantity::normal(x, reach).between(x - 3.0 * reach, x + 3.0 * reach),
            _ => Quantity::number(x),
        }
    })
}

/// A process for the log link.
fn growth() -> impl Strategy<Value = Process> {
    let volatility = || about(0.005..0.08);
    prop_oneof![
        (about(-0.05..0.1), volatility()).prop_map(|(m, s)| RandomWalk::new(m, s).into()),
        (about(-0.05..0.1), -0.5..0.8, volatility(), about(-0.1..0.1))
            .prop_map(|(m, phi, s, g): (_, f64, _, _)| Ar1Growth::new(m, phi, s).last_growth(g).into()),
        (about(-0.05..0.1), 0.0..0.8, volatility())
            .prop_map(|(m, phi, s): (_, f64, _)| Ar1SimpleGrowth::new(m, phi, s).into()),
        (about(60.0..140.0), 0.0..1.5, volatility())
            .prop_map(|(level, k, s): (_, f64, _)| MeanReverting::new(level, k, s).into()),
        (about(110.0..200.0), 0.0..1.0, volatility())
            .prop_map(|(level, k, s): (_, f64, _)| Saturating::new(level, k, s).into()),
        (about(-0.05..0.15), 0.0..1.0, volatility())
            .prop_map(|(m, r, s): (_, f64, _)| DampedTrend::new(m, r, s).into()),
        (80.0..120.0, 80.0..120.0)
            .prop_map(|(a, b)| { Path::new(Quantity::by_year([(2026, a), (2029, b)]), 0.0).into() }),
        Just(RandomWalk::estimated(Estimate::default()).into()),
        Just(Resampled::new().into()),
    ]
}

fn innovation() -> impl Strategy<Value = Innovation> {
    prop_oneof![
        Just(Innovation::Normal),
        (2.5..30.0).prop_map(|df| Innovation::StudentT(StudentT { df })),
        (0.4..2.5).prop_map(|ratio| Innovation::TwoPiece(TwoPiece { ratio })),
    ]
}

/// An indicator that starts at 100, on one of the links.
fn indicator() -> impl Strategy<Value = IndicatorDraft> {
    let history = [(2021, 4.0), (2022, -1.5), (2023, 6.0), (2024, 3.0), (2025, 5.0)];
    let log = (growth(), about(90.0..110.0), innovation()).prop_map(move |(process, baseline, law)| {
        let draft = IndicatorDraft::new("Level", "1").baseline(baseline);
        let draft = draft.history(History::values(HistoryForm::GrowthPercent, history));
        // What is drawn again from the history has no other law.
        let own = matches!(process, Process::Resampled(_));
        if own { draft.process(process) } else { draft.process(process).innovation(law) }
    });
    let share = (about(80.0..120.0), 0.0..1.0, 0.01..0.2, innovation()).prop_map(|(level, speed, s, law)| {
        let process = MeanReverting::new(level, speed, s);
        IndicatorDraft::new("Share", "%").share(0.0, 300.0).baseline(100.0).process(process).innovation(law)
    });
    let plain = (about(-3.0..3.0), 0.0..5.0, innovation()).prop_map(|(drift, s, law)| {
        let draft = IndicatorDraft::new("Balance", "1").link(Link::Identity).baseline(100.0);
        draft.process(RandomWalk::new(drift, s)).innovation(law)
    });
    prop_oneof![4 => log.boxed(), 1 => share.boxed(), 1 => plain.boxed()]
}

/// A target without its bound, and the middle of the bounds that are of interest.
fn measure(id: String) -> impl Strategy<Value = (TargetDraft, f64, f64)> {
    let year = 2026..=2030_i32;
    (0..5_u8, year, any::<bool>(), any::<bool>()).prop_map(move |(kind, year, strict, binding)| {
        let n = f64::from(year - 2025);
        let (target, middle, width) = match kind {
            0 => (TargetDraft::level(&id), 105.0, 15.0),
            1 => (TargetDraft::difference(&id), 5.0, 15.0),
            2 => (TargetDraft::every_year(&id), 98.0, 8.0),
            3 => (TargetDraft::cumulative(&id), 103.0 * n, 12.0 * n),
            _ => (TargetDraft::level(&id), 100.0, 10.0),
        };
        let target = target.year(year);
        let target = if strict { target.strict() } else { target };
        (if binding { target.binding() } else { target }, middle, width)
    })
}

#[derive(Debug, Clone)]
struct Case {
    plan: ScenarioBuilder,
    /// Three bounds on one measure each: `t0a`, `t0b`, `t0c` from loose to tight.
    chains: usize,
    seed: u64,
}

fn plan() -> impl Strategy<Value = Case> {
    let indicators = proptest::collection::vec(indicator(), 1..=4);
    let measures = proptest::collection::vec((0..8_usize, -1.0..1.0_f64, any::<bool>()), 1..=3);
    let shocks = (0.0..0.4_f64, 0.0..0.9_f64, any::<bool>(), 0..3_u8);
    (indicators, measures, shocks, any::<u64>(), 0.0..0.9_f64)
        .prop_flat_map(|(indicators, measures, shocks, seed, load)| {
            let count = indicators.len();
            let targets: Vec<_> =
                measures.iter().map(|(k, _, _)| measure(format!("i{}", k % (count + 1)))).collect();
            (Just((indicators, measures, shocks, seed, load)), targets)
        })
        .prop_map(|((indicators, measures, shocks, seed, load), targets)| {
            let (probability, persistence, once, kind) = shocks;
            let count = indicators.len();
            let mut plan = Scenario::builder("Random", 2025, 2030);
            let mut factor = Factor::new("Common");
            for (k, mut draft) in indicators.into_iter().enumerate() {
                if k > 0 && kind == 2 {
                    draft = draft.driver("i0", 0.3);
                }
                plan = plan.indicator(format!("i{k}"), draft);
                factor = factor.load(format!("i{k}"), if k % 2 == 0 { load } else { -load });
            }
            // One more, a formula over all of them, of the same size.
            let sum: Vec<String> = (0..count).map(|k| format!("i{k}")).collect();
            let formula = format!("({}) / {count}", sum.join(" + "));
            plan = plan.indicator(format!("i{count}"), IndicatorDraft::new("Average", "1").formula(formula));
            plan = plan.factor("common", factor).correlation(CorrelationDraft::Factors);
            if kind > 0 {
                let event = Event::new("Shock", probability).persistence(persistence).load("i0", -0.03);
                plan = plan.event("shock", if once { event.once() } else { event });
                let states = vec![vec![0.8, 0.2], vec![0.3, 0.7]];
                let regime = Regime::new("Cycle", [("a", 0.6), ("b", 0.4)], states);
                plan = plan.regime("cycle", regime.shift("i0", [0.01, -0.02]).scale("i0", [1.0, 2.0]));
            }
            let chains = targets.len();
            let mut ids = Vec::new();
            for (k, ((target, middle, width), (_, place, upwards))) in
                targets.into_iter().zip(measures).enumerate()
            {
                let centre = middle + place * width;
                for (name, shift) in [("a", -0.3), ("b", 0.0), ("c", 0.3)] {
                    let id = format!("t{k}{name}");
                    let bounded = match upwards {
                        true => target.clone().at_least(centre + shift * width),
                        false => target.clone().at_most(centre - shift * width),
                    };
                    plan = plan.target(&id, bounded);
                    ids.push(id);
                }
            }
            let half = ids.len().div_ceil(2);
            plan = plan.target("every", TargetDraft::all(&ids).name("Every one"));
            plan = plan.target("some", TargetDraft::any(&ids).name("Some"));
            plan = plan.target("half", TargetDraft::at_least_k(half, &ids).name("Half"));
            Case { plan, chains, seed }
        })
}

fn check_probability(p: &Probability) {
    assert_eq!(p.paths, PATHS);
    assert!(p.hits <= p.paths && p.estimate == p.hits as f64 / p.paths as f64);
    assert!(0.0 <= p.low && p.low <= p.estimate && p.estimate <= p.high && p.high <= 1.0, "{p:?}");
    assert!(p.low < p.high);
}

fn check_targets(outcome: &Outcome) {
    for target in &outcome.targets {
        check_probability(&target.probability);
        target.by_year.iter().for_each(|(_, p)| check_probability(p));
        let hits: Vec<u64> = target.by_year.iter().map(|(_, p)| p.hits).collect();
        assert_eq!(hits.last(), Some(&target.probability.hits));
        // It cannot hold as at a year on more paths than have met it by then.
        let first = &target.first_year;
        let mut ever = 0;
        for ((year, count), (same, p)) in first.counts.iter().zip(&target.by_year) {
            ever += count;
            assert!(year == same && ever >= p.hits, "{}: {ever} < {}", target.id, p.hits);
        }
        assert_eq!(ever + first.never, PATHS);
        // What has to hold in every year is only known in the last of them.
        let known = |year| target.measure != Some(Measure::EveryYear) || year == target.year;
        let likely = target.by_year.iter().find(|(year, p)| known(*year) && 2 * p.hits > p.paths);
        let likely = likely.map(|(year, _)| *year);
        assert_eq!(first.likely, likely);
        if let Some(spread) = &target.spread {
            assert!(0.0 <= spread.low && spread.low <= spread.high && spread.high <= 1.0, "{spread:?}");
            // The variance is estimated without bias, so half of the draws at 0 and half at 1 give a little over 1/2.
            assert!((0.0..=0.5 * (512.0 / 511.0_f64).sqrt() + 1e-12).contains(&spread.sd), "{spread:?}");
        }
        if let Some(basis) = &target.basis {
            let shares = [basis.shocks, basis.parameters, basis.assumptions];
            assert!(shares.iter().all(|share| (0.0..=1.02).contains(share)), "{basis:?}");
        }
        assert!(target.shortfall.is_none_or(|s| s >= 0.0 && target.probability.hits < PATHS));
        let (Some(measure), Some(margin)) = (&target.outcome, &target.margin) else {
            assert!(target.indicator.is_none());
            continue;
        };
        let (worst, best) = margin.range();
        // The margin decides, up to the width of the boundary.
        let width = 1e-8 * target.bound.unwrap().abs();
        assert!(target.probability.hits < PATHS || worst >= -width, "{}: {worst}", target.id);
        assert!(target.probability.hits > 0 || best <= width, "{}: {best}", target.id);
        for curve in [measure, margin] {
            let quantiles: Vec<f64> = (0..=40).map(|k| curve.at(f64::from(k) / 40.0)).collect();
            assert!(quantiles.windows(2).all(|pair| pair[0] <= pair[1]), "{}: {quantiles:?}", target.id);
        }
    }
}

fn check_joint(outcome: &Outcome) {
    let joint = &outcome.joint;
    let members: Vec<_> = joint.members.iter().map(|m| &outcome.targets[*m]).collect();
    let hits: Vec<u64> = members.iter().map(|t| t.probability.hits).collect();
    let number: &[u64] = &joint.number_met;
    let sum = |f: &dyn Fn(u64) -> u64| number.iter().zip(0..).map(|(paths, k)| paths * f(k)).sum::<u64>();
    let m = members.len();
    assert_eq!(number.len(), m + 1);
    assert_eq!(sum(&|_| 1), PATHS);
    assert_eq!(sum(&|k| k), hits.iter().sum::<u64>());
    assert_eq!(
        sum(&|k| k * k.saturating_sub(1) / 2),
        joint.pairs.iter().map(|pair| pair.both.hits).sum::<u64>()
    );
    assert_eq!(joint.pairs.len(), m * (m - 1) / 2);
    for pair in &joint.pairs {
        check_probability(&pair.both);
        let (a, b) =
            (outcome.targets[pair.first].probability.hits, outcome.targets[pair.second].probability.hits);
        assert!(pair.both.hits <= a.min(b) && pair.both.hits + PATHS >= a + b);
        assert!(pair.correlation.is_none_or(|c| (-1.0..=1.0).contains(&c)));
        assert_eq!(pair.correlation.is_none(), a.min(b) == 0 || a.max(b) == PATHS);
    }
    let all = joint.all.hits;
    assert_eq!(all, number[m]);
    // One more is met without it exactly where it alone is missed.
    assert_eq!(joint.without.iter().map(|p| p.hits - all).sum::<u64>(), number[m - 1]);
    assert!(joint.without.iter().all(|p| p.hits >= all));
    assert!(hits.iter().all(|h| all <= *h));
    let (low, high) = joint.frechet;
    assert!(low - 1e-12 <= joint.all.estimate && joint.all.estimate <= high + 1e-12);
    let product: f64 = members.iter().map(|t| t.probability.estimate).product();
    assert!((joint.independent - product).abs() < 1e-12);
    let binding: Vec<u64> =
        members.iter().filter(|t| t.nature == Nature::Binding).map(|t| t.probability.hits).collect();
    assert_eq!(joint.binding.is_some(), !binding.is_empty());
    if let Some(p) = &joint.binding {
        check_probability(p);
        assert!(all <= p.hits && binding.iter().all(|h| p.hits <= *h));
    }
    // Combinations over all of them say the same.
    let combined = |id: &str| outcome.target(id).unwrap().probability.hits;
    let half = m.div_ceil(2);
    assert_eq!(combined("every"), all);
    assert_eq!(combined("some"), PATHS - number[0]);
    assert_eq!(combined("half"), number[half..].iter().sum::<u64>());
}

fn check_indicators(outcome: &Outcome) {
    for indicator in &outcome.indicators {
        assert_eq!(indicator.bands.len(), 6);
        assert_eq!(indicator.samples.len(), 40);
        for (step, band) in indicator.bands.iter().enumerate() {
            let (low, high) = band.quantiles.range();
            let quantiles: Vec<f64> = (0..=40).map(|k| band.quantiles.at(f64::from(k) / 40.0)).collect();
            assert!(quantiles.windows(2).all(|pair| pair[0] <= pair[1]), "{}: {quantiles:?}", indicator.id);
            assert!(low.is_finite() && high.is_finite() && quantiles[0] == low && quantiles[40] == high);
            if let Mean::Exists { mean, sd, error } = band.mean {
                let width = 1e-12 * mean.abs();
                assert!(low - width <= mean && mean <= high + width, "{}: {mean}", indicator.id);
                assert!(sd >= 0.0 && sd <= high - low + width && error <= sd);
            }
            let sampled = indicator.samples.iter().map(|sample| sample.levels[step]);
            assert!(sampled.into_iter().all(|level| low <= level && level <= high));
        }
    }
}

proptest! {
    #![proptest_config(config(60))]

    #[test]
    fn every_outcome_is_consistent(case in plan()) {
        let scenario = case.plan.build().unwrap_or_else(|e| panic!("{e}"));
        let outcome = Simulation::new(&scenario).paths(PATHS).seed(case.seed).run();
        let outcome = outcome.unwrap_or_else(|e| panic!("{e}"));
        check_targets(&outcome);
        check_joint(&outcome);
        check_indicators(&outcome);
        // A tighter bound is met on fewer paths, and never on a path on which a looser one is missed.
        for chain in 0..case.chains {
            let hits = ["a", "b", "c"].map(|name| outcome.target(&format!("t{chain}{name}")).unwrap().probability.hits);
            prop_assert!(hits[0] >= hits[1] && hits[1] >= hits[2], "{hits:?}");
            let (first, second) = (3 * chain, 3 * chain + 1);
            let pair = outcome.joint.pairs.iter().find(|p| (p.first, p.second) == (first, second)).unwrap();
            prop_assert_eq!(pair.both.hits, hits[1]);
        }
        // Its text has every number: none of them is infinite or not a number.
        let text = format!("{outcome:?}");
        prop_assert!(!text.contains("NaN") && !text.contains(" inf") && !text.contains("-inf"));
    }
}

proptest! {
    #![proptest_config(config(400))]

    #[test]
    fn a_plan_written_as_a_file_is_the_same_plan(case in plan()) {
        let draft = case.plan.draft().clone();
        let text = draft.to_toml().unwrap_or_else(|e| panic!("{e}"));
        prop_assert_eq!(Draft::from_toml(&text).unwrap_or_else(|e| panic!("{e}\n{text}")), draft);
    }
}
