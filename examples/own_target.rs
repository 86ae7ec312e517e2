//! Will the city come through without a deep slump, and without its debt outgrowing it? With targets of one's own.
//!
//! ```text
//! cargo run --release --example own_target -- --paths 1000000
//! ```
//!
//! Plans say things that are no level and no average: "no fall of more than 3 % from the peak", "the debt ratio does not
//! rise two years in a row". Look at how the two differ from targets on the last year: a path may end well and have been
//! through a slump. At the end both are counted again from the kept paths, by another route.

use clap::Parser;
use plancast::prelude::*;
use plancast::simulate::KeepPaths;
use plancast::target::{MeasureView, Measured};

#[derive(Parser)]
struct Options {
    /// Number of simulated futures; they are kept, 100 bytes each.
    #[arg(long, default_value_t = 100_000)]
    paths: u64,
}

/// The deepest fall below an earlier peak, as a share of the peak; 0 where the level never falls.
#[derive(Debug)]
struct DeepestFall(&'static str);

impl Measured for DeepestFall {
    fn indicators(&self) -> Vec<String> {
        vec![self.0.into()]
    }

    fn measure(&self, view: &MeasureView<'_>, out: &mut [f64]) {
        for (path, out) in out.iter_mut().enumerate() {
            let (mut peak, mut deepest) = (0.0_f64, 0.0_f64);
            for year in &view.levels[0] {
                peak = peak.max(year[path]);
                deepest = deepest.max(1.0 - year[path] / peak);
            }
            *out = deepest;
        }
    }
}

/// The longest run of years in which one level rises relative to another.
#[derive(Debug)]
struct LongestRise(&'static str, &'static str);

impl Measured for LongestRise {
    fn indicators(&self) -> Vec<String> {
        vec![self.0.into(), self.1.into()]
    }

    fn measure(&self, view: &MeasureView<'_>, out: &mut [f64]) {
        for (path, out) in out.iter_mut().enumerate() {
            let ratio = |step: usize| view.levels[0][step][path] / view.levels[1][step][path];
            let (mut run, mut longest) = (0, 0);
            for step in 1..=view.step {
                run = if ratio(step) > ratio(step - 1) { run + 1 } else { 0 };
                longest = longest.max(run);
            }
            *out = f64::from(longest);
        }
    }
}

fn main() -> Result<()> {
    let options = Options::parse();
    let scenario = Scenario::builder("A sound city", 2025, 2030)
        .indicator(
            "gdp",
            IndicatorDraft::new("GDP", "bn yuan").baseline(560.0).process(Ar1Growth::new(0.04, 0.3, 0.025)),
        )
        .indicator(
            "debt",
            IndicatorDraft::new("Debt", "bn yuan").baseline(230.0).process(RandomWalk::new(0.035, 0.02)),
        )
        .event("slump", Event::new("World slump", 0.05).load("gdp", -0.06))
        .correlation(CorrelationDraft::Independent)
        .target("size", TargetDraft::level("gdp").at_least(650.0).name("GDP of 650 bn in 2030"))
        .target(
            "fall",
            TargetDraft::own(DeepestFall("gdp"))
                .at_most(0.03)
                .unit("of the peak")
                .name("No fall of more than 3 %"),
        )
        .target(
            "debt",
            TargetDraft::own(LongestRise("debt", "gdp"))
                .at_most(1.0)
                .name("Debt ratio never up twice running"),
        )
        .target("all", TargetDraft::all(["size", "fall", "debt"]).name("All three"))
        .build()?;
    let (outcome, paths) =
        Simulation::new(&scenario).paths(options.paths).seed(15).run_with(&KeepPaths::all(&scenario))?;
    print!("{}", Scorecard::new(&outcome));

    // The same two questions, asked of each path by itself.
    let series = |id: &str, path: usize| -> Vec<f64> {
        let indicator = scenario.indicators().get_index_of(id).unwrap_or_default();
        (0..=5).filter_map(|step| Some(paths.level(indicator, step)?[path])).collect()
    };
    let (mut sound, mut steady) = (0, 0);
    for path in 0..paths.len() {
        let (gdp, debt) = (series("gdp", path), series("debt", path));
        // Every pair of years, an earlier one and a later one.
        sound += u64::from((0..6).all(|early| (early..6).all(|late| gdp[late] >= 0.97 * gdp[early])));
        let up: Vec<bool> = (1..6).map(|t| debt[t] * gdp[t - 1] > debt[t - 1] * gdp[t]).collect();
        steady += u64::from(up.windows(2).all(|pair| !(pair[0] && pair[1])));
    }
    let hits = |id: &str| outcome.target(id).map_or(0, |target| target.probability.hits);
    println!("\ncounted again: no deep fall on {sound} paths, no two rises running on {steady}");
    // A fall of 3 % to the last bit may fall on either side.
    assert!(sound.abs_diff(hits("fall")) <= 1 && steady.abs_diff(hits("debt")) <= 1);
    Ok(())
}
