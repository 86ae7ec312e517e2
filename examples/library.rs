//! How does one ask the question from Rust?
//!
//! ```text
//! cargo run --release --example library
//! ```
//!
//! A plan of two indicators, written, run and printed. Look at the joint block below the table: two
//! targets, each likely, that pull on the same economy.

use plancast::prelude::*;

fn main() -> Result<()> {
    let gdp = IndicatorDraft::new("Real GDP", "100m yuan")
        .baseline(5615.0)
        .process(Ar1Growth::new(0.052, 0.3, 0.02));
    let jobs = IndicatorDraft::new("Employed persons", "10k")
        .baseline(132.0)
        .process(RandomWalk::new(0.0, 0.01))
        .driver("gdp", 0.3);
    let scenario = Scenario::builder("Two towns", 2025, 2030)
        .indicator("gdp", gdp)
        .indicator("jobs", jobs)
        .correlation(CorrelationDraft::Independent)
        .target("growth", TargetDraft::average_growth("gdp").at_least(0.05))
        .target("jobs", TargetDraft::level("jobs").at_least(140.0).year(2030).binding())
        .build()?;
    let outcome = Simulation::new(&scenario).paths(100_000).seed(2030).run()?;
    print!("{}", Scorecard::new(&outcome));
    assert!(
        outcome.joint.all.estimate > outcome.joint.independent,
        "jobs follow growth, so the two come together"
    );
    Ok(())
}
