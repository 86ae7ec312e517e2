//! One sample plan that is right, and every way to get it wrong with the sentence that says so.

mod building;
mod histories;
mod indicators;
mod learning;
mod others;
mod quantities;
mod sample;
mod shrunk;
mod targets;

use super::*;
use crate::quantity::{Quantity, Value};

/// A sound plan with one of everything.
const SAMPLE: &str = include_str!("sample.toml");

/// The sample after some replacements, each of which must be possible.
fn changed(changes: &[(&str, &str)]) -> Draft {
    let mut text = SAMPLE.to_owned();
    for (from, to) in changes {
        assert!(text.contains(from), "the sample has no `{from}`");
        text = text.replacen(from, to, 1);
    }
    toml::from_str(&text).unwrap_or_else(|error| panic!("{error}\n{text}"))
}

/// The scenario after some replacements.
fn meant(changes: &[(&str, &str)]) -> Scenario {
    changed(changes).validate().unwrap_or_else(|error| panic!("{error}"))
}

/// Its faults, one a line: `path: problem (remedy)`.
fn faults_of(draft: Draft) -> Vec<String> {
    let Err(Error::Scenario(faults)) = draft.validate() else { return Vec::new() };
    let text = |fault: &Fault| match &fault.remedy {
        Some(remedy) => format!("{}: {} ({remedy})", fault.path, fault.problem),
        None => format!("{}: {}", fault.path, fault.problem),
    };
    faults.iter().map(text).collect()
}

/// One replacement gives exactly one fault.
fn one(from: &str, to: &str, expected: &str) {
    let found = faults_of(changed(&[(from, to)]));
    assert_eq!(found.join("\n"), expected, "after `{from}` became `{to}`");
}

/// Some replacements give exactly these faults.
fn several(changes: &[(&str, &str)], expected: &[&str]) {
    assert_eq!(faults_of(changed(changes)).join("\n"), expected.join("\n"));
}
