//! What the README says still holds: every line of its scorecard is printed by the run that it shows.

use plancast::prelude::*;
use std::path::Path;

/// The lines of the first `text` block of the README.
fn shown() -> Vec<String> {
    let readme = std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("README.md")).unwrap();
    let block = readme.split("```text\n").nth(1).expect("the README has a text block");
    let block = block.split("\n```").next().expect("the block ends");
    block.lines().map(|line| line.trim_end().to_string()).filter(|line| !line.is_empty()).collect()
}

#[test]
fn the_scorecard_of_the_readme_is_that_of_the_run() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("scenarios/kunshan-2030.toml");
    let scenario = Scenario::load(path).unwrap();
    let outcome = Simulation::new(&scenario).paths(1_000_000).seed(2030).run().unwrap();
    let card = Scorecard::new(&outcome).to_string();
    let printed: Vec<&str> = card.lines().map(str::trim_end).collect();
    let shown = shown();
    assert!(shown.len() > 20, "the block has only {} lines", shown.len());
    for line in &shown {
        assert!(printed.contains(&line.as_str()), "the README shows\n{line}\nbut the run prints\n{card}");
    }
}
