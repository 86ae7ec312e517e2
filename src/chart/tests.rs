//! Tests of every chart on outcomes real and odd.

use super::synthetic::{Sketch, outcome, sketches};
use super::*;
use crate::error::Error;
use crate::label::Label;
use crate::outcome::Probability;
use crate::target::Measure;
use crate::time::Year;

const BOTH: [Language; 2] = [Language::En, Language::Zh];

/// Draws the whole set and checks that both files of each are there and whole.
fn drawn(outcome: &Outcome, language: Language) -> Vec<String> {
    let folder = tempfile::tempdir().unwrap();
    let files = all(outcome, language, folder.path()).unwrap();
    assert_eq!(files.len(), Chart::set(outcome).len());
    files
        .iter()
        .map(|files| {
            let svg = std::fs::read_to_string(&files.svg).unwrap();
            let png = std::fs::read(&files.png).unwrap();
            assert!(svg.starts_with("<svg ") && svg.trim_end().ends_with("</svg>"));
            assert!(!svg.contains("NaN") && !svg.contains("inf\""));
            assert!(png.starts_with(b"\x89PNG\r\n\x1a\n") && png.ends_with(b"IEND\xAE\x42\x60\x82"));
            svg
        })
        .collect()
}

#[test]
fn look() {
    let mut plan = outcome(&sketches(), 25, 5, 1_000_000);
    plan.variant =
        Some(("x".into(), Label::both("Severe trade shock in 2027", Some("2027年严重外贸冲击".into()))));
    all(&plan, Language::En, "/tmp/charts/en").unwrap();
    plan.variant = None;
    all(&plan, Language::Zh, "/tmp/charts/zh").unwrap();
    for (name, n, years, paths) in [("one", 1, 1, 1000), ("sixty", 60, 50, 10_000), ("none", 0, 5, 10)] {
        all(&outcome(&sketches(), n, years, paths), Language::En, format!("/tmp/charts/{name}")).unwrap();
    }
}
