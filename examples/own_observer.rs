//! Do exports and jobs end up low together? With an observer that sees every path.
//!
//! ```text
//! cargo run --release --example own_observer -- --paths 1000000 --csv worst.csv
//! ```
//!
//! A run forgets its paths, so that its memory does not grow with them. An observer sees each block before it is
//! forgotten and gathers what it needs: here the sums of a correlation and the worst path. Look at the correlation of the
//! two levels in 2030 beside its closed form; the result is the same for any number of threads (`--threads`).

use clap::Parser;
use plancast::math;
use plancast::prelude::*;
use plancast::scenario::PairsDraft;
use plancast::simulate::{Block, Observer};
use std::path::PathBuf;

#[derive(Parser)]
struct Options {
    /// Number of simulated futures.
    #[arg(long, default_value_t = 200_000)]
    paths: u64,
    /// Threads; all of the machine's by default.
    #[arg(long)]
    threads: Option<usize>,
    /// Writes the path with the fewest jobs to a CSV file.
    #[arg(long)]
    csv: Option<PathBuf>,
}

/// The correlation of the logarithms of two levels in the last year, and the path on which the second is lowest.
struct Together {
    first: usize,
    second: usize,
}

/// What is gathered from some paths.
#[derive(Default)]
struct Gathered {
    n: f64,
    /// Sums of x, y, xx, yy, xy.
    sums: [f64; 5],
    /// Number of the worst path and its levels year by year: (first, second).
    worst: Option<(u64, Vec<(f64, f64)>)>,
}

impl Gathered {
    fn correlation(&self) -> f64 {
        let [x, y, xx, yy, xy] = self.sums.map(|sum| sum / self.n);
        (xy - x * y) / ((xx - x * x) * (yy - y * y)).sqrt()
    }

    fn lowest(&self) -> f64 {
        self.worst.as_ref().and_then(|(_, levels)| levels.last()).map_or(f64::INFINITY, |(_, last)| *last)
    }
}

impl Observer for Together {
    type Part = Gathered;

    fn start(&self) -> Gathered {
        Gathered::default()
    }

    fn observe(&self, block: &Block<'_>, part: &mut Gathered) {
        let steps = block.horizon().steps();
        let levels = |indicator, step| block.level(indicator, step).unwrap_or_default();
        for (path, (x, y)) in levels(self.first, steps).iter().zip(levels(self.second, steps)).enumerate() {
            if *y < part.lowest() {
                let course = (0..=steps)
                    .map(|t| (levels(self.first, t)[path], levels(self.second, t)[path]))
                    .collect();
                part.worst = Some((block.first_path() + path as u64, course));
            }
            let (x, y) = (math::ln(*x), math::ln(*y));
            for (sum, value) in part.sums.iter_mut().zip([x, y, x * x, y * y, x * y]) {
                *sum += value;
            }
            part.n += 1.0;
        }
    }

    /// Parts come in the order of their paths, so that sums are rounded the same way every time.
    fn merge(&self, total: &mut Gathered, later: Gathered) {
        total.n += later.n;
        for (sum, more) in total.sums.iter_mut().zip(later.sums) {
            *sum += more;
        }
        if later.lowest() < total.lowest() {
            total.worst = later.worst;
        }
    }
}

fn main() -> Result<()> {
    let options = Options::parse();
    let rho = 0.6;
    let scenario = Scenario::builder("Exports and jobs", 2025, 2030)
        .indicator(
            "exports",
            IndicatorDraft::new("Exports", "bn yuan").baseline(460.0).process(RandomWalk::new(0.02, 0.08)),
        )
        .indicator(
            "jobs",
            IndicatorDraft::new("Employed persons", "10k")
                .baseline(132.0)
                .process(RandomWalk::new(0.0, 0.02)),
        )
        .correlation(CorrelationDraft::Pairs(PairsDraft {
            of: vec![("exports".into(), "jobs".into(), rho)],
            repair: false,
        }))
        .target("jobs", TargetDraft::level("jobs").at_least(130.0))
        .build()?;
    let position = |id: &str| scenario.indicators().get_index_of(id).unwrap_or_default();
    let mut simulation = Simulation::new(&scenario).paths(options.paths).seed(7);
    if let Some(threads) = options.threads {
        simulation = simulation.threads(threads);
    }
    let observer = Together { first: position("exports"), second: position("jobs") };
    let (_, gathered) = simulation.run_with(&observer)?;

    // Sums of equally correlated normal steps: the correlation of the steps is that of the sums.
    let found = gathered.correlation();
    println!("correlation of ln exports and ln jobs in 2030: {found:.4}, in closed form {rho}");
    let error = (1.0 - rho * rho) / (options.paths as f64).sqrt();
    assert!((found - rho).abs() < 4.0 * error, "not within 4 standard errors of {error:.5}");

    let Some((path, levels)) = gathered.worst else { return Ok(()) };
    println!("fewest jobs on path {path}, from {:.1} to {:.1}", levels[0].1, levels[levels.len() - 1].1);
    if let Some(file) = options.csv {
        let mut text = String::from("year,exports,jobs\n");
        for ((exports, jobs), year) in levels.iter().zip(2025..) {
            text += &format!("{year},{exports:.2},{jobs:.2}\n");
        }
        plancast::files::write(&file, text.as_bytes())?;
        println!("written to {}", file.display());
    }
    Ok(())
}
