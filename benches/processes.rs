//! What does each part of a scenario cost? Eight indicators of one kind over five years; criterion prints cells
//! (path x indicator x year) a second, the distributions of all of them included.

use criterion::{BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};
use plancast::prelude::*;

/// Paths of one run.
const PATHS: u64 = 65_536;

/// Indicators of one kind.
const INDICATORS: u64 = 8;

/// The kinds: what is put into each indicator and what is added to the plan.
const KINDS: [(&str, &str, &str); 11] = [
    (
        "process/path",
        "process.path = { level = { by_year = { 2026 = 101, 2030 = 110 } }, volatility = 0.02 }",
        "",
    ),
    ("process/random walk", WALK, ""),
    ("process/ar1 growth", "process.ar1_growth = { drift = 0.03, persistence = 0.4, volatility = 0.02 }", ""),
    (
        "process/ar1 simple growth",
        "process.ar1_simple_growth = { drift = 0.03, persistence = 0.4, volatility = 0.02 }",
        "",
    ),
    (
        "process/mean reverting",
        "process.mean_reverting = { level = 110, speed = 0.3, volatility = 0.02 }",
        "",
    ),
    (
        "parameters/drawn",
        "process.random_walk = { drift = { normal = { mean = 0.03, sd = 0.01 } }, volatility = { gamma = { mean = 0.02, sd = 0.005 } } }",
        "",
    ),
    ("innovation/student t", WITH_STUDENT_T, ""),
    ("innovation/two piece", WITH_TWO_PIECE, ""),
    (
        "event/drawn severity",
        WALK,
        "[event.slump]\nname = \"Slump\"\nprobability = 0.1\nseverity = { gamma = { mean = 1, sd = 0.3 } }\npersistence = 0.5\nload = { i0 = -0.02 }\n",
    ),
    (
        "regime/two states",
        WALK,
        "[regime.cycle]\nname = \"Cycle\"\nstates = [\"up\", \"down\"]\ninitial = [0.8, 0.2]\ntransition = [[0.9, 0.1], [0.4, 0.6]]\nshift = { i0 = [0.01, -0.02] }\n",
    ),
    ("formula/ratio and power", "formula = \"base / 2 + base ^ 0.7\"", ""),
];

const WALK: &str = "process.random_walk = { drift = 0.03, volatility = 0.02 }";
const WITH_STUDENT_T: &str =
    "process.random_walk = { drift = 0.03, volatility = 0.02 }\ninnovation.student_t = { df = 5 }";
const WITH_TWO_PIECE: &str =
    "process.random_walk = { drift = 0.03, volatility = 0.02 }\ninnovation.two_piece = { ratio = 1.5 }";

/// A plan of indicators of one kind.
fn scenario(indicator: &str, rest: &str) -> Scenario {
    let mut text = String::from(
        "plancast = 1\ncorrelation = \"independent\"\n[plan]\nname = \"One kind\"\nbase_year = 2025\nlast_year = 2030\n",
    );
    let is_formula = indicator.starts_with("formula");
    if is_formula {
        text += &format!("[indicator.base]\nname = \"Base\"\nunit = \"1\"\nbaseline = 100\n{WALK}\n");
    }
    for k in 0..INDICATORS {
        text += &format!("[indicator.i{k}]\nname = \"{k}\"\nunit = \"1\"\n");
        if !is_formula {
            text += "baseline = 100\n";
        }
        text += &format!("{indicator}\n");
    }
    text += "[target.first]\nindicator = \"i0\"\nat_least = 105\n";
    text += rest;
    Scenario::from_toml(&text).unwrap_or_else(|error| panic!("{text}\n{error}"))
}

fn processes(criterion: &mut Criterion) {
    for (kind, indicator, rest) in KINDS {
        let scenario = scenario(indicator, rest);
        let run = || Simulation::new(&scenario).paths(PATHS).run().expect("the scenario runs");
        let outcome = run();
        for indicator in &outcome.indicators {
            for band in &indicator.bands {
                let (low, high) = band.quantiles.range();
                assert!(low.is_finite() && low <= high, "{kind}: {} to {}", low, high);
            }
        }
        let (part, case) = kind.split_once('/').unwrap_or((kind, ""));
        let mut group = criterion.benchmark_group(part);
        group.sample_size(10).throughput(Throughput::Elements(PATHS * INDICATORS * 5));
        group.bench_function(BenchmarkId::new(case, "plancast"), |b| b.iter(run));
        group.finish();
    }
}

criterion_group!(benches, processes);
criterion_main!(benches);
