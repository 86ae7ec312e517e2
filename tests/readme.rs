//! What the README says still holds: every line of its scorecard is printed by the run that it shows.

use plancast::backtest::{Backtest, DefaultModel, Protocol, Window, reference};
use plancast::panel::{Columns, Panel};
use plancast::prelude::*;
use std::path::Path;

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// The lines of a `text` block of the README, by its number.
fn shown(block: usize) -> Vec<String> {
    let readme = std::fs::read_to_string(root().join("README.md")).unwrap();
    let block = readme.split("```text\n").nth(block).expect("the README has that text block");
    let block = block.split("\n```").next().expect("the block ends");
    block.lines().map(|line| line.trim_end().to_string()).filter(|line| !line.is_empty()).collect()
}

#[test]
fn the_scorecard_of_the_readme_is_that_of_the_run() {
    let scenario = Scenario::load(root().join("scenarios/kunshan-2030.toml")).unwrap();
    let outcome = Simulation::new(&scenario).paths(1_000_000).seed(2030).run().unwrap();
    let card = Scorecard::new(&outcome).to_string();
    let printed: Vec<&str> = card.lines().map(str::trim_end).collect();
    let shown = shown(1);
    assert!(shown.len() > 20, "the block has only {} lines", shown.len());
    for line in &shown {
        assert!(printed.contains(&line.as_str()), "the README shows\n{line}\nbut the run prints\n{card}");
    }
}

#[test]
fn the_record_of_the_readme_is_that_of_the_backtest() {
    let panel = Panel::read_csv(&root().join("scenarios/panel/real-gdp.csv"), &Columns::default()).unwrap();
    let mut models = reference::closed_form();
    models.push(Box::new(DefaultModel));
    let protocol = Protocol::new(1980..=2012, 5).window(Window::Last(20)).fewest(20);
    let record = Backtest::new(&panel.transform(Link::Log).panel, protocol).run(&models).unwrap();
    let found: Vec<String> = models
        .iter()
        .map(|model| {
            let of = record.summary(model.name(), ..).unwrap();
            assert_eq!(of.cases, 4794);
            let [fifty, eighty, ninety] = of.coverage.map(|share| 100.0 * share);
            format!(" {:<10} {fifty:6.1} {eighty:6.1} {ninety:6.1} {:7.3}", model.name(), 100.0 * of.crps)
        })
        .collect();
    assert_eq!(shown(2)[1..], found);
}
