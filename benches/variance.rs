//! What does spreading the paths evenly bring, and what do control variates? The variance of each answer under every [`Sampling`] beside
//! independent paths, at equal time: W1, and the Kunshan plan, target by target.
//!
//! `cargo bench --bench variance -- --table` prints the tables of the documentation of [`plancast::sampling`]; without it the program
//! checks, with fewer paths, that no sampling moves an answer.
//!
//! [`Sampling`]: plancast::sampling::Sampling

mod clock;
mod workloads;

use plancast::analyse::{Controls, Goal};
use plancast::outcome::Mean;
use plancast::prelude::*;
use workloads::w1;

/// Every sampling; the first is what the others are held against.
const SAMPLINGS: [(&str, Sampling); 4] = [
    ("independent", Sampling::Independent),
    ("antithetic", Sampling::antithetic()),
    ("Latin hypercube", Sampling::latin_hypercube()),
    ("Sobol", Sampling::sobol()),
];

/// Quantiles of each measure; the table has the geometric mean of their ratios.
const QUANTILES: [f64; 3] = [0.1, 0.5, 0.9];

/// What is looked at of a run: a row each.
fn answers(outcome: &Outcome) -> Vec<Answers> {
    let targets = outcome.targets.iter().filter(|target| target.indicator.is_some());
    let mut rows: Vec<Answers> = targets
        .map(|target| {
            let id = target.indicator.as_ref().expect("it has one");
            let bands = &outcome.indicator(id).expect("it is in the plan").bands;
            let mean =
                match bands.iter().find(|band| band.year == target.year).expect("it has every year").mean {
                    Mean::Exists { mean, .. } => mean,
                    Mean::DoesNotExist => f64::NAN,
                };
            let curve = target.outcome.as_ref().expect("it is no combination");
            let [low, median, high] = QUANTILES.map(|p| curve.at(p));
            let name = target.number.map_or(target.id.clone(), |number| format!("{number:>2} {}", target.id));
            Answers { name, values: [mean, low, median, high, target.probability.estimate] }
        })
        .collect();
    let nan = f64::NAN;
    rows.push(Answers { name: "all".into(), values: [nan, nan, nan, nan, outcome.joint.all.estimate] });
    if let Some(binding) = outcome.joint.binding {
        rows.push(Answers { name: "all binding".into(), values: [nan, nan, nan, nan, binding.estimate] });
    }
    let met: u64 = outcome.joint.number_met.iter().zip(0..).map(|(n, k)| n * k).sum();
    let number = met as f64 / outcome.paths as f64;
    rows.push(Answers { name: "number met (mean)".into(), values: [number, nan, nan, nan, nan] });
    rows
}

struct Answers {
    name: String,
    /// Mean of the level, quantiles of the measure, probability; NaN for what there is not.
    values: [f64; 5],
}

/// Mean and variance of every answer over repetitions.
fn repeated(
    scenario: &Scenario,
    sampling: Sampling,
    paths: u64,
    repetitions: u64,
) -> Vec<(String, [[f64; 2]; 5])> {
    let runs: Vec<Vec<Answers>> = (0..repetitions)
        .map(|seed| {
            let run = Simulation::new(scenario).paths(paths).sampling(sampling).seed(1000 + seed).run();
            answers(&run.expect("the scenario runs"))
        })
        .collect();
    let n = repetitions as f64;
    (0..runs[0].len())
        .map(|row| {
            let of = |k: usize| {
                let values = || runs.iter().map(|run| run[row].values[k]);
                let mean = values().sum::<f64>() / n;
                [mean, values().map(|x| (x - mean) * (x - mean)).sum::<f64>() / (n - 1.0)]
            };
            (runs[0][row].name.clone(), [0, 1, 2, 3, 4].map(of))
        })
        .collect()
}

/// Nanoseconds on the processors that a path costs beyond what every run costs: medians of paired runs, all samplings in turn.
fn time_a_path(scenario: &Scenario, paths: u64) -> Vec<f64> {
    let timed = |sampling, paths| {
        let (took, run) = clock::timed(|| Simulation::new(scenario).paths(paths).sampling(sampling).run());
        (took.work(), run.expect("the scenario runs").paths as f64)
    };
    let mut costs = vec![Vec::new(); SAMPLINGS.len()];
    for _ in 0..7 {
        for (costs, (_, sampling)) in costs.iter_mut().zip(SAMPLINGS) {
            let ((few, a), (many, b)) = (timed(sampling, paths / 8), timed(sampling, paths));
            costs.push((many - few) / (b - a));
        }
    }
    costs.into_iter().map(median).collect()
}

fn median(mut values: Vec<f64>) -> f64 {
    values.sort_unstable_by(f64::total_cmp);
    values[values.len() / 2]
}

/// No sampling moves an answer: the means over the repetitions agree within five standard errors of their difference (there are some
/// hundred of them, with variances that are estimated themselves).
fn check(
    plain: &[(String, [[f64; 2]; 5])],
    other: &[(String, [[f64; 2]; 5])],
    sampling: &str,
    repetitions: u64,
) {
    for ((name, a), (_, b)) in plain.iter().zip(other) {
        for ([mean, variance], [other, of_other]) in a.iter().zip(b) {
            let error = ((variance + of_other) / repetitions as f64).sqrt();
            let off = (mean - other).abs();
            assert!(!(off > 5.0 * error), "{sampling}, {name}: {mean} and {other} +- {error}");
        }
    }
}

fn table(name: &str, scenario: &Scenario, paths: u64, repetitions: u64) {
    let costs = time_a_path(scenario, 8 * paths);
    let runs: Vec<_> = SAMPLINGS.iter().map(|(_, s)| repeated(scenario, *s, paths, repetitions)).collect();
    let taken: Vec<f64> = SAMPLINGS.iter().map(|(_, s)| s.paths(paths) as f64).collect();
    println!("\n{name}: {paths} paths, {repetitions} repetitions\n");
    for ((sampling, _), cost) in SAMPLINGS.iter().zip(&costs) {
        println!("{sampling}: {cost:.0} ns a path, {:.2} of an independent one", cost / costs[0]);
    }
    println!("\n| | P | antithetic ||| Latin hypercube ||| Sobol |||");
    println!("| target | | mean | quantiles | P | mean | quantiles | P | mean | quantiles | P |");
    println!("|---|---|---|---|---|---|---|---|---|---|---|");
    for (row, (name, plain)) in runs[0].iter().enumerate() {
        let mut cells = String::new();
        for (s, run) in runs.iter().enumerate().skip(1) {
            // Variance times time of a path times paths, of independent paths over this sampling.
            let effort = |s: usize| costs[s] * taken[s];
            let ratio = |k: usize| plain[k][1] * effort(0) / (run[row].1[k][1] * effort(s));
            let quantiles = (ratio(1) * ratio(2) * ratio(3)).cbrt();
            cells += &[ratio(0), quantiles, ratio(4)].map(|r| format!(" {} |", shown(r))).concat();
        }
        let p = plain[4][0];
        let p = if p.is_nan() { "".into() } else { format!("{:.3}", p) };
        println!("| {name} | {p} |{cells}");
    }
    for (s, (sampling, _)) in SAMPLINGS.iter().enumerate().skip(1) {
        check(&runs[0], &runs[s], sampling, repetitions);
    }
    controls(scenario, paths, repetitions);
}

/// What closed forms take out of the probability of all targets together: the same paths, with control variates and without. That
/// costs nothing a path.
fn controls(scenario: &Scenario, paths: u64, repetitions: u64) {
    let controls = Controls::new(scenario).expect("the scenario compiles");
    let known = scenario.targets().keys().filter(|id| controls.known(id).is_some()).count();
    let runs: Result<Vec<[f64; 3]>> = (0..repetitions)
        .map(|seed| {
            let outcome = Simulation::new(scenario).paths(paths).seed(1000 + seed).run()?;
            let all = controls.estimate(&outcome, &Goal::All)?;
            Ok([all.estimate, all.counted.estimate, all.ratio])
        })
        .collect();
    print!("\ncontrol variates: {known} of {} targets have a closed form", scenario.targets().len());
    match runs {
        Err(_) => println!("; so there is nothing to gain"),
        Ok(runs) => {
            let n = repetitions as f64;
            let mean = |k: usize| runs.iter().map(|run| run[k]).sum::<f64>() / n;
            let variance =
                |k: usize| runs.iter().map(|run| (run[k] - mean(k)).powi(2)).sum::<f64>() / (n - 1.0);
            let error = ((variance(0) + variance(1)) / n).sqrt();
            assert!((mean(0) - mean(1)).abs() < 5.0 * error, "controls move the answer");
            println!("; P(all): {} ({} as each run tells)", shown(variance(1) / variance(0)), shown(mean(2)));
        }
    }
}

fn shown(ratio: f64) -> String {
    match ratio {
        r if !r.is_finite() => "–".into(),
        r if r >= 10.0 => format!("{r:.0}"),
        r => format!("{r:.1}"),
    }
}

fn main() {
    let kunshan = concat!(env!("CARGO_MANIFEST_DIR"), "/scenarios/kunshan-2030.toml");
    let kunshan = Scenario::load(kunshan).expect("the scenario loads");
    let small = w1().scenario().expect("the workload is valid");
    let argument = |name: &str| std::env::args().any(|argument| argument == name);
    if argument("--table") {
        let number = |name: &str| std::env::args().skip_while(|a| a != name).nth(1)?.parse::<u64>().ok();
        let paths = number("--paths").unwrap_or(131_072);
        let repetitions = number("--repetitions").unwrap_or(64);
        table("W1", &small, paths, repetitions);
        if !argument("--w1") {
            table("Kunshan", &kunshan, paths, repetitions);
        }
        return;
    }
    let plain = repeated(&small, Sampling::Independent, 16_384, 32);
    for (name, sampling) in &SAMPLINGS[1..] {
        check(&plain, &repeated(&small, *sampling, 16_384, 32), name, 32);
    }
}
