//! What does a feature cost, and does a plan that does not use it pay? Eight random walks over five years, beside
//! the same plan where one of the eight uses the feature, or where all are run in another way.
//!
//! The table: the part of a run that does not grow with the paths (compiling, the pilot, the second layer of
//! uncertainty), the part of a path, and the ratios of both to the plain plan, medians [quartiles] of repetitions in turn. "Plain"
//! beside itself shows what of a ratio is noise. Before that the other seven indicators are shown to have the same bits with
//! and without the feature.

mod clock;

use clock::{Middle, Parts, middle};
use criterion::{BenchmarkId, Criterion, Throughput, criterion_group};
use plancast::prelude::*;
use plancast::simulate::{Block, KeepPaths, Observer};
use plancast::stats::normal;
use std::hint::black_box;
use std::time::Duration;

/// Paths of the two runs whose difference is the part of a path.
const PATHS: [u64; 2] = [131_072, 1_048_576];

/// Repetitions in turn.
const TURNS: usize = 11;

/// Indicators of the plan.
const INDICATORS: usize = 8;

/// A feature: what the first indicator has more than a random walk, and what the plan has more.
struct Feature {
    name: &'static str,
    drift: &'static str,
    indicator: &'static str,
    plan: &'static str,
    way: Way,
}

/// How the plan is run.
#[derive(Clone, Copy, PartialEq)]
enum Way {
    Plain,
    /// With the smallest observer there is.
    Counting,
    /// With one that keeps every path.
    Keeping,
    /// Until the joint probability is more precise than it will get.
    Until,
    /// A checkpoint every second.
    Checkpoint,
    /// With paths that depend on each other.
    Sampled(Sampling),
}

const PLAIN: Feature = Feature { name: "plain", drift: "0.03", indicator: "", plan: "", way: Way::Plain };

const FEATURES: [Feature; 14] = [
    PLAIN,
    Feature {
        name: "parameter drawn, second layer",
        drift: "{ normal = { mean = 0.03, sd = 0.01 } }",
        ..PLAIN
    },
    Feature {
        name: "event",
        plan: "[event.slump]\nname = \"Slump\"\nprobability = 0.1\nseverity = { gamma = { mean = 1, sd = 0.3 } }\npersistence = 0.5\nload = { i0 = -0.02 }\n",
        ..PLAIN
    },
    Feature {
        name: "regime",
        plan: "[regime.cycle]\nname = \"Cycle\"\nstates = [\"up\", \"down\"]\ninitial = [0.8, 0.2]\ntransition = [[0.9, 0.1], [0.4, 0.6]]\nshift = { i0 = [0.01, -0.02] }\n",
        ..PLAIN
    },
    Feature { name: "student t", indicator: "innovation.student_t = { df = 5 }\n", ..PLAIN },
    Feature { name: "two-piece", indicator: "innovation.two_piece = { ratio = 1.5 }\n", ..PLAIN },
    Feature {
        name: "evidence of every number",
        drift: "{ value = 0.03, source = \"An office\", evidence = \"statistics\" }",
        ..PLAIN
    },
    Feature { name: "observer", way: Way::Counting, ..PLAIN },
    Feature { name: "observer that keeps all", way: Way::Keeping, ..PLAIN },
    Feature { name: "until precise", way: Way::Until, ..PLAIN },
    Feature { name: "checkpoint", way: Way::Checkpoint, ..PLAIN },
    Feature { name: "antithetic", way: Way::Sampled(Sampling::antithetic()), ..PLAIN },
    Feature { name: "Latin hypercube", way: Way::Sampled(Sampling::latin_hypercube()), ..PLAIN },
    Feature { name: "Sobol", way: Way::Sampled(Sampling::sobol()), ..PLAIN },
];

impl Feature {
    fn scenario(&self) -> Scenario {
        let mut text = String::from(
            "plancast = 1\ncorrelation = \"independent\"\n[plan]\nname = \"Eight\"\nbase_year = 2025\nlast_year = 2030\n",
        );
        for k in 0..INDICATORS {
            let (drift, more) = if k == 0 { (self.drift, self.indicator) } else { (PLAIN.drift, "") };
            text += &format!(
                "[indicator.i{k}]\nname = \"{k}\"\nunit = \"1\"\nbaseline = 100\n\
                 process.random_walk = {{ drift = {drift}, volatility = 0.02 }}\n{more}\
                 [target.t{k}]\nindicator = \"i{k}\"\nat_least = 115\n"
            );
        }
        text += self.plan;
        Scenario::from_toml(&text).unwrap_or_else(|error| panic!("{text}\n{error}"))
    }

    fn run(&self, scenario: &Scenario, paths: u64) -> Outcome {
        let run = Simulation::new(scenario).paths(paths);
        match self.way {
            Way::Plain => run.run(),
            Way::Counting => run.run_with(&Count).map(|(outcome, count)| {
                assert_eq!(count, paths);
                outcome
            }),
            Way::Keeping => run.run_with(&KeepPaths::all(scenario)).map(|(outcome, _)| outcome),
            // A half width that takes more paths than there are.
            Way::Until => run.until(Precision::absolute(Of::Joint, 1e-6)).run(),
            Way::Checkpoint => {
                let file = std::env::temp_dir().join(format!("plancast-taxes-{}", std::process::id()));
                let outcome = run.checkpoint(&file, Duration::from_secs(1)).run();
                std::fs::remove_file(&file).expect("the run wrote a checkpoint");
                outcome
            }
            Way::Sampled(sampling) => run.sampling(sampling).run(),
        }
        .inspect(|outcome| assert_eq!(outcome.paths, paths, "{}", self.name))
        .expect("the scenario runs")
    }

    /// The other indicators have the bits of the plain plan, the first one has not where the feature changes it.
    fn check(&self, plain: &Outcome) {
        let of_the_first =
            self.drift.contains("normal") || !self.indicator.is_empty() || !self.plan.is_empty();
        let of_all = matches!(self.way, Way::Sampled(_));
        let outcome = self.run(&self.scenario(), PATHS[0]);
        for (k, (found, plain)) in outcome.indicators.iter().zip(&plain.indicators).enumerate() {
            let same = format!("{:?}", found.bands) == format!("{:?}", plain.bands);
            let changes = of_all || k == 0 && of_the_first;
            assert_eq!(same, !changes, "{}, indicator {k}", self.name);
        }
    }
}

/// Counts the paths that it sees.
struct Count;

impl Observer for Count {
    type Part = u64;

    fn start(&self) -> u64 {
        0
    }

    fn observe(&self, block: &Block<'_>, part: &mut u64) {
        *part += block.len() as u64;
    }

    fn merge(&self, total: &mut u64, later: u64) {
        *total += later;
    }
}

/// The outcome of the plain plan, held against its closed form.
fn plain() -> Outcome {
    let outcome = PLAIN.run(&PLAIN.scenario(), PATHS[0]);
    let truth = normal::upper((libm::log(1.15) - 0.15) / (0.02 * 5.0_f64.sqrt()));
    for target in &outcome.targets {
        let off = target.probability.estimate - truth;
        assert!(off.abs() < 4.0 * (truth * (1.0 - truth) / PATHS[0] as f64).sqrt(), "{off}");
    }
    outcome
}

fn taxes(criterion: &mut Criterion) {
    let plain = plain();
    let mut group = criterion.benchmark_group("taxes");
    group.sample_size(10).throughput(Throughput::Elements(PATHS[0]));
    for feature in &FEATURES {
        feature.check(&plain);
        let scenario = feature.scenario();
        group.bench_function(BenchmarkId::new(feature.name, "plancast"), |b| {
            b.iter(|| feature.run(&scenario, PATHS[0]));
        });
    }
    group.finish();
}

fn parts(feature: &Feature, scenario: &Scenario) -> Parts {
    clock::parts(PATHS[0], PATHS[1], |paths| drop(black_box(feature.run(scenario, paths))))
}

fn table() {
    let plain = plain();
    FEATURES.iter().for_each(|feature| feature.check(&plain));
    println!(
        "one of {INDICATORS} indicators has the feature; one thread; medians [quartiles] of {TURNS} turns"
    );
    println!(
        "{:<34}{:>10}{:>14}{:>14}  ratio of the part of a path",
        "taxes/", "fixed, ms", "plain, ns", "with it, ns"
    );
    let without = PLAIN.scenario();
    for feature in &FEATURES {
        let with = feature.scenario();
        let turns: Vec<[Parts; 2]> = (0..TURNS)
            .map(|turn| {
                if turn % 2 == 0 {
                    let plain = parts(&PLAIN, &without);
                    [plain, parts(feature, &with)]
                } else {
                    let with = parts(feature, &with);
                    [parts(&PLAIN, &without), with]
                }
            })
            .collect();
        let of = |part: fn(&[Parts; 2]) -> f64| middle(turns.iter().map(part));
        let Middle { low, median, high } = of(|[plain, with]| with.path / plain.path);
        println!(
            "{:<34}{:>10.1}{:>14.1}{:>14.1}  {median:.2} [{low:.2}, {high:.2}]",
            feature.name,
            of(|[_, with]| with.fixed / 1e6).median,
            of(|[plain, _]| plain.path).median,
            of(|[_, with]| with.path).median,
        );
    }
}

criterion_group!(benches, taxes);

fn main() {
    clock::table_or(benches, table);
}
