//! Does the default model keep the record that it is shipped with?
//!
//! The limits are wider than what it does (see the README), so that a change which costs nothing passes, and one that costs calibration or
//! skill does not. The model's structure was chosen on the origins before 1996; these are all of them.

use plancast::backtest::{Backtest, DefaultModel, Forecaster, Gaps, Protocol, Record, Window, reference};
use plancast::panel::{Columns, Panel};
use plancast::prelude::*;
use std::path::Path;

fn panel(file: &str) -> Panel {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("scenarios/panel").join(file);
    Panel::read_csv(&path, &Columns::default()).unwrap()
}

fn record(panel: &Panel, link: Link, protocol: Protocol, models: &[Box<dyn Forecaster>]) -> Record {
    Backtest::new(&panel.transform(link).panel, protocol).run(models).unwrap()
}

fn default() -> Vec<Box<dyn Forecaster>> {
    vec![Box::new(DefaultModel)]
}

/// The reference protocol for GDP and carbon intensity.
fn twenty_years() -> Protocol {
    Protocol::new(1980..=2012, 5).window(Window::Last(20)).fewest(20)
}

fn assert_within(what: &str, share: f64, low: f64, high: f64) {
    let percent = 100.0 * share;
    assert!((low..=high).contains(&percent), "{what}: {percent:.2}, not within {low} and {high}");
}

#[test]
fn gdp_five_years_ahead() {
    let record = record(&panel("real-gdp.csv"), Link::Log, twenty_years(), &default());
    let all = record.summary("plancast", ..).unwrap();
    assert_eq!(all.cases, 4794);
    assert!(100.0 * all.crps <= 8.05, "{}", all.crps);
    for (share, (low, high)) in all.coverage.iter().zip([(47.0, 53.0), (77.0, 83.0), (87.5, 92.5)]) {
        assert_within("coverage", *share, low, high);
    }
    for (tenth, share) in all.pit.iter().enumerate() {
        assert_within(&format!("PIT tenth {}", tenth + 1), *share, 7.0, 13.0);
    }
    for decade in [1980, 1990, 2000, 2010] {
        let of = record.summary("plancast", Year(decade)..Year(decade + 10)).unwrap();
        assert_within(&format!("80 % in the {decade}s"), of.coverage[1], 72.0, 88.0);
    }
    // The origins that nobody chose on.
    let later = record.summary("plancast", Year(1996)..).unwrap();
    assert!(100.0 * later.crps <= 7.5, "{}", later.crps);
}

#[test]
fn research_shares_five_years_ahead() {
    let share = Link::Logit(Bounds { lower: 0.0, upper: 100.0 });
    let protocol = Protocol::new(2008..=2019, 5).fewest(8).gaps(Gaps::OneYearIncrements);
    let record = record(&panel("rd-share.csv"), share, protocol, &default());
    let all = record.summary("plancast", ..).unwrap();
    assert_eq!(all.cases, 766);
    assert!(100.0 * all.crps <= 16.6, "{}", all.crps);
    assert_within("coverage of 80 %", all.coverage[1], 76.0, 84.0);
}

#[test]
fn carbon_intensity_is_no_worse_for_it() {
    // A model that only widened its intervals would do well on GDP and badly here.
    let intensity = Panel::ratio(&panel("co2.csv"), &panel("real-gdp.csv")).unwrap();
    let mut models = default();
    models.extend(reference::closed_form());
    let record = record(&intensity, Link::Log, twenty_years(), &models);
    let of = |model: &str| record.summary(model, ..).unwrap();
    for rival in ["RWD-plugin", "RWD-t", "AR1-plugin", "EB-drift", "EB-AR"] {
        assert!(of("plancast").crps < of(rival).crps, "{rival}");
    }
    assert!(of("plancast").width < of("EB-AR").width);
    assert_within("coverage of 80 %", of("plancast").coverage[1], 76.0, 84.0);
}
