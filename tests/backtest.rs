//! Is the protocol of the backtest the one that the published record was made with? The reference models must give that record
//! to the last digit shown: coverage of the central 50, 80 and 90 % intervals in per cent, and CRPS x 100.

use plancast::backtest::{Backtest, Gaps, Protocol, Record, Window, reference};
use plancast::panel::{Columns, Panel};
use plancast::prelude::*;
use std::path::Path;

/// A row: model, coverage at 50, 80 and 90 %, CRPS x 100.
type Row = (&'static str, [f64; 3], f64);

fn panel(file: &str, link: Link) -> Panel {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("scenarios/panel").join(file);
    let transformed = Panel::read_csv(&path, &Columns::default()).expect("a panel").transform(link);
    assert_eq!(transformed.refused, [], "{file}");
    transformed.panel
}

fn gdp(window: Window) -> (Panel, Protocol) {
    (panel("real-gdp.csv", Link::Log), Protocol::new(1980..=2012, 5).window(window).fewest(20))
}

fn rd_share() -> (Panel, Protocol) {
    let share = Link::Logit(Bounds { lower: 0.0, upper: 100.0 });
    let protocol = Protocol::new(2008..=2019, 5).fewest(8).gaps(Gaps::OneYearIncrements);
    (panel("rd-share.csv", share), protocol)
}

fn run((panel, protocol): (Panel, Protocol)) -> Record {
    Backtest::new(&panel, protocol).run(&reference::closed_form()).expect("a record")
}

/// Whether every row comes out with these digits.
fn compare(record: &Record, cases: usize, units: usize, rows: &[Row]) {
    for (model, coverage, crps) in rows {
        let found = record.summary(model, ..).expect(model);
        assert_eq!((found.cases, found.units), (cases, units), "{model}");
        for (found, expected) in found.coverage.iter().zip(coverage) {
            // A share of a whole number of cases; half of the last digit, and what decimal halves round away.
            assert!((100.0 * found - expected).abs() <= 0.05 + 1e-9, "{model}: {found} for {expected}");
        }
        assert!((100.0 * found.crps - crps).abs() <= 0.0005, "{model}: {} for {crps}", 100.0 * found.crps);
    }
}

#[test]
fn gdp_from_the_last_twenty_years() {
    let rows = [
        ("RWD-plugin", [37.6, 62.8, 73.3], 9.307),
        ("RWD-t", [41.7, 69.4, 79.3], 9.220),
        ("AR1-plugin", [44.7, 70.8, 79.7], 9.254),
        ("EB-drift", [44.0, 71.1, 80.9], 8.456),
        ("EB-AR", [54.0, 79.7, 87.9], 8.152),
    ];
    compare(&run(gdp(Window::Last(20))), 4794, 180, &rows);
}

#[test]
fn gdp_from_the_whole_past() {
    let rows = [
        ("RWD-plugin", [40.4, 67.0, 77.1], 9.644),
        ("RWD-t", [42.7, 70.8, 80.2], 9.608),
        ("AR1-plugin", [47.8, 75.6, 84.5], 9.383),
        ("EB-drift", [45.1, 72.2, 81.4], 8.997),
        ("EB-AR", [54.8, 80.2, 87.4], 8.711),
    ];
    compare(&run(gdp(Window::Expanding)), 4794, 180, &rows);
}

#[test]
fn rd_share_in_the_logit() {
    let rows = [
        ("RWD-plugin", [43.9, 65.5, 76.5], 18.587),
        ("RWD-t", [50.3, 73.5, 84.7], 18.540),
        ("AR1-plugin", [44.5, 67.1, 76.9], 19.930),
        ("EB-drift", [48.7, 75.3, 84.7], 16.622),
        ("EB-AR", [51.7, 78.6, 86.3], 16.735),
    ];
    compare(&run(rd_share()), 766, 79, &rows);
}

#[test]
fn carbon_intensity() {
    // By tests/reference/backtest.py, another program for the same protocol. Random walks are too wide here: growth reverts.
    let rows = [
        ("RWD-plugin", [53.98, 80.45, 87.75], 14.247),
        ("RWD-t", [59.65, 85.35, 91.92], 14.481),
        ("AR1-plugin", [48.99, 76.58, 85.26], 14.376),
        ("EB-drift", [61.24, 86.46, 93.60], 12.576),
        ("EB-AR", [58.14, 84.40, 92.09], 12.440),
    ];
    let read = |file: &str| {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("scenarios/panel").join(file);
        Panel::read_csv(&path, &Columns::default()).expect("a panel")
    };
    let ratio = Panel::ratio(&read("co2.csv"), &read("real-gdp.csv")).expect("a ratio");
    let intensity = ratio.transform(Link::Log);
    let refused: Vec<_> = intensity.refused.iter().map(|r| (r.unit.as_str(), r.year.0)).collect();
    assert_eq!(refused, [("SEN", 1968)]);
    let protocol = Protocol::new(1980..=2012, 5).window(Window::Last(20)).fewest(20);
    compare(&run((intensity.panel, protocol)), 2327, 92, &rows);
}

#[test]
fn growth_with_drawn_parameters() {
    // Published with draws of its own: 50.8 / 78.5 / 87.7, 9.019.
    let (panel, protocol) = gdp(Window::Last(20));
    let paths = 299;
    let record = Backtest::new(&panel, protocol).run(&[reference::Ar1Bayes { paths }]).expect("a record");
    let found = record.summary("AR1-bayes", ..).expect("it was run");
    // The fair CRPS of m draws has about the variance of |x - y| / m, of which the root is taken to be the width of the 80 %
    // interval; over the cases, whose draws are independent, four standard errors of the mean are then:
    let crps_error = 4.0 * found.width / (f64::from(paths as u32) * found.cases as f64).sqrt();
    assert!((found.crps - 0.09019).abs() < crps_error + 0.000_005, "{} +- {crps_error}", found.crps);
    // A PIT from m draws is off by at most 0.5 / sqrt m; the share of the cases that near an edge, about twice that, may fall on either
    // side, each with a chance of a half.
    let near = 2.0 * found.cases as f64 * 0.5 / f64::from(paths as u32).sqrt();
    let coverage_error = 4.0 * (0.25 * near).sqrt() / found.cases as f64;
    for (found, expected) in found.coverage.iter().zip([0.508, 0.785, 0.877]) {
        assert!(
            (found - expected).abs() < coverage_error + 0.0005,
            "{found} for {expected} +- {coverage_error}"
        );
    }
}
