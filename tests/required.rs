//! What a target takes: against closed forms, with the coverage that the intervals promise, and bad questions refused.

use plancast::analyse::{Ambition, Answer, Effort, Frontier, Goal, Pace, Required, RequiredOutcome};
use plancast::prelude::*;
use plancast::report::EffortTable;
use plancast::scenario::{Actuals, Handle};
use plancast::stats::normal;
use proptest::prelude::*;

const BASE: f64 = 100.0;

/// A town whose log growth is normal, a target of 5 % a year, and an indicator that has nothing to do with either.
fn town(drift: f64, volatility: f64) -> Scenario {
    let walk = |drift: f64, sd: f64| {
        IndicatorDraft::new("X", "1").baseline(BASE).process(RandomWalk::new(drift, sd))
    };
    Scenario::builder("Town", 2025, 2030)
        .indicator("gdp", walk(drift, volatility))
        .indicator("jobs", walk(0.005, 0.01))
        .indicator("rain", walk(0.0, 0.1))
        .indicator("productivity", IndicatorDraft::new("P", "1").formula("gdp / jobs"))
        .correlation(CorrelationDraft::Independent)
        .target("growth", TargetDraft::average_growth("gdp").at_least(0.05))
        .target("productivity", TargetDraft::average_growth("productivity").at_least(0.045))
        .target("ceiling", TargetDraft::level("gdp").at_most(130.0))
        .target("near", TargetDraft::level("gdp").about(125.0, 5.0))
        .target("roughly", TargetDraft::level("gdp").about(125.0, 5.0).side(Side::AtLeast))
        .target("both", TargetDraft::all(["growth", "productivity"]))
        .build()
        .unwrap()
}

/// The drift that P(average growth >= 5 %) = p takes on top of `drift`.
fn needed(drift: f64, volatility: f64, p: f64) -> f64 {
    libm::log(1.05) - drift + normal::quantile(p) * volatility / 5.0_f64.sqrt()
}

/// Four standard errors of that amount from so many paths: of the share of paths, over the slope of P.
fn four_errors(volatility: f64, p: f64, paths: f64) -> f64 {
    let slope = normal::density(normal::quantile(p)) * 5.0_f64.sqrt() / volatility;
    4.0 * (p * (1.0 - p) / paths).sqrt() / slope
}

fn reached(answer: &Answer) -> (f64, f64, f64) {
    match answer {
        Answer::Reached { amount, low, high: Some(high), .. } => (*amount, *low, *high),
        other => panic!("not reached: {other:?}"),
    }
}

fn drift_needed(scenario: &Scenario, paths: u64, seed: u64) -> RequiredOutcome {
    let simulation = Simulation::new(scenario).paths(paths).seed(seed);
    Required::new(&simulation, Goal::target("growth"))
        .by(Handle::drift("gdp"))
        .within(0.0, 0.05)
        .run()
        .unwrap()
}

#[test]
fn the_drift_that_a_probability_takes_is_that_of_the_normal_law() {
    let scenario = town(0.045, 0.02);
    let outcome = drift_needed(&scenario, 50_000, 7);
    let need = &outcome.needs[0];
    assert!(need.rises && need.answers.len() == 3);
    for (p, answer) in &need.answers {
        let truth = needed(0.045, 0.02, *p);
        let (amount, low, high) = reached(answer);
        assert!((amount - truth).abs() < four_errors(0.02, *p, 50_000.0), "{p}: {amount} {truth}");
        assert!(low <= amount && amount <= high);
        // Twice 1.96 of the four errors' fourth, a little wider because its ends lie outside.
        let width = (high - low) / (2.0 * 1.96 / 4.0 * four_errors(0.02, *p, 50_000.0));
        assert!((0.9..1.2).contains(&width), "{p}: {width}");
        assert!(answer.probability().estimate >= *p);
    }
}

#[test]
fn a_course_that_begins_later_takes_more() {
    let scenario = town(0.045, 0.02);
    let simulation = Simulation::new(&scenario).paths(50_000).seed(3);
    let outcome = Required::new(&simulation, Goal::target("growth"))
        .by(Handle::drift("gdp"))
        .over([0.0, 0.0, 1.0, 1.0, 1.0])
        .within(0.0, 0.05)
        .probabilities([0.8])
        .run()
        .unwrap();
    let (amount, ..) = reached(&outcome.needs[0].answers[0].1);
    let scale = 5.0 / 3.0;
    let truth = scale * needed(0.045, 0.02, 0.8);
    assert!((amount - truth).abs() < scale * four_errors(0.02, 0.8, 50_000.0), "{amount} {truth}");
}

#[test]
fn the_interval_holds_as_often_as_it_says() {
    let scenario = town(0.045, 0.02);
    let (runs, confidence) = (300, 0.9);
    let truth = needed(0.045, 0.02, 0.8);
    let held = (0..runs)
        .filter(|seed| {
            let simulation = Simulation::new(&scenario).paths(500).seed(*seed).confidence(confidence);
            let outcome = Required::new(&simulation, Goal::target("growth"))
                .by(Handle::drift("gdp"))
                .within(0.0, 0.05)
                .probabilities([0.8])
                .run()
                .unwrap();
            let (_, low, high) = reached(&outcome.needs[0].answers[0].1);
            low <= truth && truth <= high
        })
        .count();
    let share = held as f64 / runs as f64;
    // Four standard errors of a share of 300 runs are 6.9 points. An interval without the error of the paths would hold nearly never.
    let error = 4.0 * (confidence * (1.0 - confidence) / runs as f64).sqrt();
    assert!((share - confidence).abs() < error, "{share}");
}

#[test]
fn the_bound_of_an_ambition_is_a_quantile() {
    let (drift, sd, n) = (0.045, 0.02, 5.0_f64);
    let paths = 100_000;
    let outcome = Simulation::new(&town(drift, sd)).paths(paths).seed(11).run().unwrap();
    let spread = sd * n.sqrt();
    let level = |p: f64| BASE * libm::exp(n * drift + normal::quantile(p) * spread);
    // Standard error of a quantile: sqrt(p q / n) over the density, of the log level.
    let error = 4.0 * (0.16 / paths as f64).sqrt() / (normal::density(normal::quantile(0.8)) / spread);
    let ask = |id: &str| Ambition::new(&outcome, id, 0.8).unwrap();
    for (id, truth, relative) in [
        ("growth", libm::pow(level(0.2) / BASE, 1.0 / n) - 1.0, None),
        ("ceiling", level(0.8), Some(1.0)),
        ("roughly", level(0.2) + 5.0, Some(1.0)),
    ] {
        let ambition = ask(id);
        let size = relative.map_or(1.05 * error / n, |_| truth * error);
        assert!((ambition.bound - truth).abs() < size, "{id}: {} {truth}", ambition.bound);
        assert!(ambition.low < ambition.bound && ambition.bound < ambition.high);
        // From -1.96 to 1.96 of the fourth of four errors.
        let width = (ambition.high - ambition.low) / (0.98 * size);
        assert!((0.85..1.15).contains(&width), "{id}: {width}");
    }
    // The tolerance w with P(|X - 125| <= w) = 0.8.
    let within = |w: f64| {
        let z = |x: f64| (libm::log(x / BASE) - n * drift) / spread;
        normal::cdf(z(125.0 + w)) - normal::cdf(z(125.0 - w))
    };
    let near = ask("near");
    assert!((within(near.bound) - 0.8).abs() < 4.0 * (0.16 / paths as f64).sqrt(), "{}", within(near.bound));
    assert_eq!(near.plan, 5.0);
    assert_eq!(Ambition::all(&outcome, 0.8).unwrap().len(), 5);
}

#[test]
fn intervals_of_ambitions_hold_as_often_as_they_say() {
    let scenario = town(0.045, 0.02);
    let (runs, confidence) = (400, 0.9);
    let truth = BASE * libm::exp(0.225 + normal::quantile(0.8) * 0.02 * 5.0_f64.sqrt());
    let held = (0..runs)
        .filter(|seed| {
            let outcome =
                Simulation::new(&scenario).paths(500).seed(*seed).confidence(confidence).run().unwrap();
            let ambition = Ambition::new(&outcome, "ceiling", 0.8).unwrap();
            ambition.low <= truth && truth <= ambition.high
        })
        .count();
    let share = held as f64 / runs as f64;
    assert!(
        (share - confidence).abs() < 4.0 * (confidence * (1.0 - confidence) / runs as f64).sqrt(),
        "{share}"
    );
}

#[test]
fn two_additive_drifts_have_a_straight_frontier() {
    let scenario = town(0.045, 0.02);
    let simulation = Simulation::new(&scenario).paths(20_000).seed(5);
    let frontier = Frontier::new(&simulation, Goal::target("productivity"))
        .first(Handle::drift("gdp"), (0.0, 0.02))
        .second(Handle::drift("jobs"), (0.0, -0.05))
        .probability(0.8)
        .points(5)
        .run()
        .unwrap();
    // ln P has drift 0.04 and variance 0.02^2 + 0.01^2 a year; what gdp gains jobs need not lose.
    let sd = 5e-4_f64.sqrt();
    let total = libm::log(1.045) - 0.04 + normal::quantile(0.8) * sd / 5.0_f64.sqrt();
    assert!(frontier.rises && frontier.points.len() == 5);
    for (given, answer) in &frontier.points {
        if *given >= total {
            assert!(matches!(answer, Answer::Already { .. }), "{given}: {answer:?}");
            continue;
        }
        let (amount, low, high) = reached(answer);
        assert!(
            (amount + (total - given)).abs() < four_errors(sd, 0.8, 20_000.0),
            "{given}: {amount} {total}"
        );
        // From the least change on: the first end is nearer to 0.
        assert!(high <= amount && amount <= low && low <= 0.0);
    }
}

#[test]
fn what_is_out_of_reach_is_an_answer_and_so_is_what_is_there_already() {
    let scenario = town(0.045, 0.02);
    let simulation = Simulation::new(&scenario).paths(10_000);
    let ask = |first: f64, last: f64, p: f64| {
        let question =
            Required::new(&simulation, Goal::target("growth")).by(Handle::drift("gdp")).within(first, last);
        question.probabilities([p]).run().unwrap().needs[0].answers[0].1
    };
    match ask(0.0, 0.005, 0.9) {
        Answer::Unreachable { best, probability } => {
            let truth = normal::cdf((0.05 - libm::log(1.05)) * 5.0_f64.sqrt() / 0.02);
            assert!(
                best == 0.005 && (probability.estimate - truth).abs() < 4.0 * (0.25_f64 / 10_000.0).sqrt()
            );
        }
        other => panic!("{other:?}"),
    }
    assert!(matches!(ask(0.03, 0.05, 0.8), Answer::Already { .. }));
}

#[test]
fn a_target_within_two_sides_rises_and_falls_and_the_best_lies_between() {
    let scenario = town(0.0, 0.02);
    let simulation = Simulation::new(&scenario).paths(20_000);
    let question =
        Required::new(&simulation, Goal::target("near")).by(Handle::drift("gdp")).within(0.0, 0.09);
    let outcome = question.probabilities([0.3, 0.99]).run().unwrap();
    let need = &outcome.needs[0];
    assert!(!need.rises);
    let Answer::Unreachable { best, probability } = need.answers[1].1 else { panic!("{:?}", need.answers) };
    // The middle of ln 1.2 and ln 1.3 is 0.2224 in five years; P = 2 Phi(0.0400 / 0.0447) - 1 = 0.629.
    assert!(
        (best - 0.04447).abs() < 0.0015 && (probability.estimate - 0.629).abs() < 0.015,
        "{best} {probability:?}"
    );
    let (amount, ..) = reached(&need.answers[0].1);
    assert!(amount < best);
}

#[test]
fn a_plan_of_ones_own_and_several_goals_give_what_each_gives_alone() {
    let scenario = town(0.045, 0.02);
    let simulation = Simulation::new(&scenario).paths(8_000);
    let by_handle = |goal: Goal| Required::new(&simulation, goal).by(Handle::drift("gdp")).within(0.0, 0.05);
    let both = by_handle(Goal::target("growth")).and(Goal::target("both")).run().unwrap();
    let alone = by_handle(Goal::target("growth")).run().unwrap();
    assert_eq!(both.needs[0].answers, alone.needs[0].answers);
    let own = Required::new(&simulation, Goal::target("growth"))
        .by_plan("drift", |plan, amount| {
            plan.changed("mine", plancast::scenario::Change::new(Handle::drift("gdp"), amount))
        })
        .within(0.0, 0.05)
        .run()
        .unwrap();
    assert_eq!(own.needs[0].answers, alone.needs[0].answers);
}

#[test]
fn any_number_of_threads_gives_the_same_answers() {
    let scenario = town(0.045, 0.02);
    let run = |threads: usize| {
        let simulation = Simulation::new(&scenario).paths(40_000).threads(threads);
        Required::new(&simulation, Goal::target("both"))
            .by(Handle::drift("gdp"))
            .within(0.0, 0.05)
            .run()
            .unwrap()
    };
    assert_eq!(run(1), run(3));
}

#[test]
fn questions_that_mean_nothing_are_refused() {
    let scenario = town(0.045, 0.02);
    let simulation = Simulation::new(&scenario).paths(1_000);
    let ask = |handle: Handle, range: (f64, f64), p: f64| {
        let goal = Goal::target("growth");
        let question =
            Required::new(&simulation, goal).by(handle).within(range.0, range.1).probabilities([p]);
        question.run().unwrap_err().to_string()
    };
    let said = ask(Handle::drift("rain"), (0.0, 0.1), 0.8);
    assert!(
        said.contains("nothing that was asked for depends on it") && said.contains("change something of gdp"),
        "{said}"
    );
    let said = ask(Handle::drift("gdp"), (0.0, 0.0), 0.8);
    assert!(said.contains("two different finite numbers"), "{said}");
    let said = ask(Handle::drift("gdp"), (0.0, f64::NAN), 0.8);
    assert!(said.contains("two different finite numbers"), "{said}");
    let said = ask(Handle::drift("gdp"), (0.0, 0.1), 1.0);
    assert!(said.contains("a probability of 1 was asked for"), "{said}");
    let said = ask(Handle::drift("gpd"), (0.0, 0.1), 0.8);
    assert!(said.contains("gpd"), "{said}");
    let said = Required::new(&simulation, Goal::target("growth")).run().unwrap_err().to_string();
    assert!(said.contains("nothing was named"), "{said}");
    let goal = Goal::target("growing");
    let said = Required::new(&simulation, goal).by(Handle::drift("gdp")).within(0.0, 0.1).run().unwrap_err();
    assert!(said.to_string().contains("no target `growing`"), "{said}");
    let outcome = simulation.run().unwrap();
    for (id, p, word) in [
        ("growing", 0.8, "no such target"),
        ("both", 0.8, "combines"),
        ("growth", 0.0, "lies between 0 and 1"),
        ("growth", 0.9999, "do not tell"),
    ] {
        let said = Ambition::new(&outcome, id, p).unwrap_err().to_string();
        assert!(said.contains(word), "{said}");
    }
    let spread = Simulation::new(&scenario).paths(1_000).sampling(Sampling::sobol()).run().unwrap();
    assert!(Ambition::new(&spread, "growth", 0.8).unwrap_err().to_string().contains("independent paths"));
    let other = town(0.01, 0.02);
    assert!(Effort::new(&other, &outcome).unwrap_err().to_string().contains("another scenario"));
}

#[test]
fn the_pace_needed_is_told_for_every_measure() {
    let share = |level: f64| {
        IndicatorDraft::new("S", "%").share(0.0, 100.0).baseline(level).process(RandomWalk::new(0.0, 0.01))
    };
    let walk =
        |level: f64| IndicatorDraft::new("X", "1").baseline(level).process(RandomWalk::new(0.02, 1e-9));
    let scenario = Scenario::builder("Plan", 2025, 2030)
        .indicator(
            "gdp",
            walk(100.0).history(History::values(
                HistoryForm::Level,
                [(2019, 60.0), (2020, 70.0), (2022, 80.0), (2025, 100.0)],
            )),
        )
        .indicator("share", share(60.0))
        .indicator("flow", walk(9.0))
        .indicator("jobs", walk(10.0))
        .indicator("ratio", IndicatorDraft::new("R", "1").formula("gdp / jobs"))
        .correlation(CorrelationDraft::Independent)
        .target("level", TargetDraft::level("gdp").at_least(127.628_156_25))
        .target("growth", TargetDraft::average_growth("gdp").at_least(0.05))
        .target("share", TargetDraft::level("share").at_least(65.0))
        .target("sum", TargetDraft::cumulative("flow").at_least(45.0))
        .target("fall", TargetDraft::change("gdp").at_most(-0.17))
        .target("gain", TargetDraft::difference("gdp").at_least(10.0))
        .target("now", TargetDraft::every_year("gdp").at_least(110.0).year(2028))
        .target("pace", TargetDraft::keep_pace("gdp", "jobs").tolerance(0.002))
        .target("ratio", TargetDraft::level("ratio").at_least(12.0))
        .target("hold", TargetDraft::level("share").about(60.0, 2.0))
        .target("all", TargetDraft::all(["level", "share"]))
        .build()
        .unwrap();
    let outcome = Simulation::new(&scenario).paths(2_000).run().unwrap();
    let effort = Effort::new(&scenario, &outcome).unwrap();
    assert_eq!((effort.targets.len(), effort.left_out.len()), (10, 1));
    // By hand: 1.05^5 = 1.2762815625; 0.83^(1/5) = 0.963420; 1.1^(1/5) = 1.019245; (12 / 10)^(1/5) = 1.037137; e^0.02 - 1 - 0.002.
    for (id, pace, needed) in [
        ("level", Pace::Growth, 0.05),
        ("growth", Pace::Growth, 0.05),
        ("share", Pace::Change, 1.0),
        ("sum", Pace::Growth, 0.0),
        ("fall", Pace::Growth, -0.036_580),
        ("gain", Pace::Growth, 0.019_245),
        ("now", Pace::Growth, 0.1),
        ("pace", Pace::Growth, 0.018_201),
        ("ratio", Pace::Growth, 0.037_137),
        ("hold", Pace::Change, 0.0),
    ] {
        let row = effort.target(id).unwrap();
        assert!(row.pace == pace && (row.needed() - needed).abs() < 1e-6, "{id}: {row:?}");
    }
    assert_eq!(effort.target("sum").unwrap().flow, Some(9.0));
    let row = effort.target("growth").unwrap();
    // From 2022 to 2025, three years: 1.25^(1/3) - 1 = 0.077217; from 2020, five: (10/7)^(1/5) - 1 = 0.073941.
    let (three, five) = (row.recent(3).unwrap(), row.recent(5).unwrap());
    assert!((three.pace - 0.077_217).abs() < 1e-6 && three.from == Year(2022), "{three:?}");
    assert!(
        (five.pace - 0.073_941).abs() < 1e-6 && five.from == Year(2020) && five.to == Year(2025),
        "{five:?}"
    );
    assert!((row.ratio(five.pace).unwrap() - 0.676_2).abs() < 1e-3 && row.is_enough(five.pace));
    assert!((row.model - 0.020_201).abs() < 1e-6);
    // No history is no trend; a pace the other way has no ratio.
    assert_eq!(effort.target("share").unwrap().recent(5), None);
    assert_eq!(effort.target("fall").unwrap().ratio(five.pace), None);
}

#[test]
fn those_who_watch_are_told_how_much_is_to_come() {
    let (scenario, seen) = (town(0.03, 0.02), std::sync::Mutex::new(Vec::new()));
    let simulation = Simulation::new(&scenario)
        .paths(1_000)
        .on_progress(|at| seen.lock().unwrap().push((at.done, at.total)));
    Required::new(&simulation, Goal::target("growth"))
        .by(Handle::drift("gdp"))
        .within(0.0, 0.1)
        .run()
        .unwrap();
    let seen = seen.lock().unwrap();
    // Nine plans are looked at before anything is searched.
    assert!(seen.len() >= 9 && seen[0].0 == 1_000 && seen[0].1 >= 9_000, "{seen:?}");
    assert!(seen.iter().all(|(done, total)| done <= total), "{seen:?}");
}

#[test]
fn after_some_years_the_pace_counts_from_where_we_stand() {
    let walk = || IndicatorDraft::new("X", "1").baseline(100.0).process(RandomWalk::new(0.02, 1e-9));
    let growth = History::values(HistoryForm::GrowthPercent, [(2023, 4.0), (2024, 5.0), (2025, 6.0)]);
    let levels = History::values(HistoryForm::Level, [(2023, 90.0), (2024, 95.0), (2025, 100.0)]);
    let plan = Scenario::builder("Plan", 2025, 2030)
        .indicator("gdp", walk().history(levels))
        .indicator("output", walk().history(growth))
        .indicator("jobs", walk())
        .indicator("ratio", IndicatorDraft::new("R", "1").formula("gdp / output"))
        .correlation(CorrelationDraft::Independent)
        .target("level", TargetDraft::level("gdp").at_least(130.0))
        .target("growth", TargetDraft::average_growth("gdp").at_least(0.05))
        .target("arithmetic", TargetDraft::average_growth_arithmetic("gdp").at_least(0.05))
        .target("change", TargetDraft::change("gdp").at_least(0.3))
        .target("gain", TargetDraft::difference("gdp").at_least(20.0))
        .target("sum", TargetDraft::cumulative("gdp").at_least(600.0))
        .target("always", TargetDraft::every_year("gdp").at_least(103.0))
        .target("never", TargetDraft::every_year("gdp").at_least(105.0))
        .target("pace", TargetDraft::keep_pace("gdp", "jobs"))
        .target("soon", TargetDraft::level("gdp").at_least(110.0).year(2027))
        .target("ratio", TargetDraft::level("ratio").at_least(1.0))
        .target("output", TargetDraft::level("output").at_least(120.0))
        .build()
        .unwrap();
    let actuals = Actuals::new([("gdp", 2026, 104.0), ("gdp", 2027, 107.0), ("output", 2026, 103.0)]);
    let now = plan.updated(&actuals).unwrap();
    let outcome = Simulation::new(&now).paths(2_000).run().unwrap();
    let effort = Effort::new(&now, &outcome).unwrap();
    let left_out: Vec<&str> = effort.left_out.iter().map(|(id, _)| id.as_str()).collect();
    assert_eq!(left_out, ["never", "soon"]);
    // By hand, three years from 107: (130 / 107)^(1/3) - 1; (127.62815625 / 107)^(1/3) - 1; (0.25 - 0.04 - 3/104) / 3; as `level`;
    // (120 / 107)^(1/3) - 1; 600 - 211 = 389 = 107 (g + g^2 + g^3) for 1.0956; 0 at least: (103 / 107)^(1/3) - 1;
    // (100 e^0.1 / 107)^(1/3) - 1; one year known of both inputs: ratio 104 / 103 in 2026, (103 / 104)^(1/4) - 1.
    let root = |x: f64, n: f64| libm::pow(x, 1.0 / n) - 1.0;
    for (id, from, needed) in [
        ("level", 2027, root(130.0 / 107.0, 3.0)),
        ("growth", 2027, root(127.628_156_25 / 107.0, 3.0)),
        ("arithmetic", 2027, (0.25 - 0.04 - 3.0 / 104.0) / 3.0),
        ("change", 2027, root(130.0 / 107.0, 3.0)),
        ("gain", 2027, root(120.0 / 107.0, 3.0)),
        ("always", 2027, root(103.0 / 107.0, 3.0)),
        ("pace", 2027, root(100.0 * libm::exp(0.1) / 107.0, 3.0)),
        ("ratio", 2026, root(103.0 / 104.0, 4.0)),
        ("output", 2026, root(120.0 / 103.0, 4.0)),
    ] {
        let row = effort.target(id).unwrap();
        assert!(row.from == Year(from) && (row.needed() - needed).abs() < 1e-6, "{id}: {needed} {row:?}");
    }
    let sum = effort.target("sum").unwrap();
    let g = 1.0 + sum.needed();
    assert!((107.0 * (g + g * g + g * g * g) - 389.0).abs() < 1e-6, "{sum:?}");
    assert!((sum.flow.unwrap() - 389.0 / 3.0).abs() < 1e-9);
    // Of late: from 2024 to 2027 of levels; growth of 2024, 2025 and what the actual of 2026 says.
    let three = effort.target("level").unwrap().recent(3).unwrap();
    assert!(
        (three.from, three.to) == (Year(2024), Year(2027))
            && (three.pace - root(107.0 / 95.0, 3.0)).abs() < 1e-9
    );
    let three = effort.target("output").unwrap().recent(3).unwrap();
    let mean = (libm::log(1.05) + libm::log(1.06) + libm::log(1.03)) / 3.0;
    assert!(
        (three.from, three.to) == (Year(2023), Year(2026)) && (three.pace - libm::expm1(mean)).abs() < 1e-9
    );
    let table = EffortTable::new(&effort).to_string();
    assert!(table.contains("2027: 107") && table.contains("2026: 103"), "{table}");
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 12, ..ProptestConfig::default() })]

    #[test]
    fn more_probability_takes_at_least_as_much(drift in 0.0..0.06, sd in 0.005..0.05, seed in 0_u64..1000) {
        let scenario = town(drift, sd);
        let simulation = Simulation::new(&scenario).paths(600).seed(seed);
        let question = Required::new(&simulation, Goal::target("growth")).by(Handle::drift("gdp")).within(0.0, 0.2);
        let outcome = question.probabilities([0.95, 0.3, 0.6, 0.8]).run().unwrap();
        let amounts: Vec<f64> =
            outcome.needs[0].answers.iter().map(|(_, answer)| answer.amount(outcome.range).unwrap()).collect();
        prop_assert!(amounts.windows(2).all(|pair| pair[0] <= pair[1]), "{amounts:?}");
        prop_assert!(outcome.needs[0].curve.windows(2).all(|pair| pair[0].1.hits <= pair[1].1.hits));
    }
}
