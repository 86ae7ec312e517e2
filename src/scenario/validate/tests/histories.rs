//! Histories: what they mean, and every way to get a CSV file wrong.

use super::*;
use crate::calibrate::Observation;
use crate::history::{History, HistoryBounds, HistoryForm, ReportedError, Rounding};
use std::path::Path;

const HEADER: &str = "indicator_id,year,value,unit,note\n";

/// Validates the sample with the history of gdp in a CSV file of this content.
fn with_file(bytes: &[u8], adapt: impl Fn(&mut History)) -> Result<Scenario> {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("h.csv"), bytes).unwrap();
    let mut draft = changed(&[]);
    let mut history =
        History { file: Some("h.csv".into()), folder: folder.path().into(), ..History::default() };
    adapt(&mut history);
    draft.indicator["gdp"].history = Some(history);
    draft.validate()
}

/// The faults of the sample with such a file, the folder left out.
fn fault(bytes: &[u8], adapt: impl Fn(&mut History)) -> String {
    let Err(Error::Scenario(faults)) = with_file(bytes, adapt) else { panic!("it is sound") };
    let text = |fault: &Fault| {
        let remedy = fault.remedy.as_ref().map_or(String::new(), |remedy| format!(" ({remedy})"));
        // Sentences about the whole file begin with "cannot read" or its path, which lies in a folder of the test.
        let problem = match fault.problem.find("h.csv") {
            Some(at) => fault.problem[at..].to_owned(),
            None => fault.problem.clone(),
        };
        format!("{}: {problem}{remedy}", fault.path)
    };
    faults.iter().map(text).collect::<Vec<_>>().join("\n")
}

fn rows(rows: &str) -> Vec<u8> {
    format!("{HEADER}{rows}").into_bytes()
}

fn same(_: &mut History) {}

#[test]
fn a_file_is_read_with_tags_left_out_and_other_columns_ignored() {
    let text = "gdp,2022,5006.7,yuan,\ngdp,2023,1.0,yuan,[conflict] another source\n\ngdp,2023,5140.6,yuan,\"a, b\"\njobs,2023,1,,\ngdp,2024,5380.2,yuan,\ngdp,2030,9000,yuan,target\n";
    let scenario = with_file(&rows(text), |history| history.without = Some(vec!["conflict".into()])).unwrap();
    let gdp = &scenario.indicators()["gdp"];
    assert_eq!(gdp.history.iter().map(|(year, _)| year.0).collect::<Vec<_>>(), [2022, 2023, 2024]);
    assert_eq!(gdp.history.get(Year(2023)), Some(5140.6));
    assert_eq!(gdp.growth.len(), 2);
    assert_eq!(scenario.notices(), ["history of gdp: 2030 after the base year 2025 left out"]);
    let marked =
        with_file(&[b"\xef\xbb\xbf".as_slice(), &rows("gdp,2024,5380.2,,\n")].concat(), same).unwrap();
    assert_eq!(marked.indicators()["gdp"].history.len(), 1);
    let later = with_file(&rows(text), |history| {
        history.without = Some(vec!["[conflict]".into()]);
        history.from = Some(Year(2023));
        history.to = Some(Year(2023));
    });
    assert_eq!(later.unwrap().indicators()["gdp"].history.len(), 1);
}

#[test]
fn files_that_cannot_be_used() {
    let file = "indicator.gdp.history.file";
    let missing = fault(b"", |history| history.file = Some("none/h.csv".into()));
    assert!(missing.starts_with(&format!("{file}: h.csv: ")), "{missing}");
    let cases: [(Vec<u8>, String); 10] = [
        (
            b"id,year,value\n".to_vec(),
            format!(
                "{file}: h.csv: there is no column `indicator_id`; the columns are id, year, value (a history has the columns `indicator_id`, `year` and `value`, separated by commas)"
            ),
        ),
        (
            rows("gdp,2022,x,,\n"),
            format!("{file}: h.csv line 2: `x` is not a finite number (leave a year without a value out)"),
        ),
        (
            rows("gdp,2022,inf,,\n"),
            format!("{file}: h.csv line 2: `inf` is not a finite number (leave a year without a value out)"),
        ),
        (
            rows("gdp,22nd,1,,\n"),
            format!(
                "{file}: h.csv line 2: `22nd` is not a year (a history has one row a year, with a year such as 2024)"
            ),
        ),
        (
            rows("gdp,2022,1,,\nx,2022,1,,\n\ngdp,2022,2,,\n"),
            format!(
                "{file}: h.csv line 5: 2022 of `gdp` stands twice (keep one row, or tag the other in `note` and leave it out with `without`)"
            ),
        ),
        (
            b"indicator_id,year,value\r\ngdp,2023,1\r\ngdp,\"2\n4\",2\r\ngdp,x,2\r\n".to_vec(),
            format!(
                "{file}: h.csv line 3: `2\n4` is not a year (a history has one row a year, with a year such as 2024)\n{file}: h.csv line 5: `x` is not a year (a history has one row a year, with a year such as 2024)"
            ),
        ),
        (
            rows("gdp,2023,1,,\ngdp,2022,2,,\n"),
            format!(
                "{file}: h.csv line 3: 2022 of `gdp` comes after 2023 (sort the rows of a series by year)"
            ),
        ),
        (
            rows("gdp,2023,-1,,\n"),
            format!("{file}: h.csv line 2: the value of 2023 is -1; it must be a level above 0 (log link)"),
        ),
        (
            rows("gdp,2023,1\n"),
            format!(
                "{file}: h.csv line 2: 3 fields; the header has 5 (give every row all columns; put a field with a comma in it into double quotes)"
            ),
        ),
        (
            [rows("gdp,2023,1,,\n").as_slice(), b"\xff\xfe"].concat(),
            format!("{file}: h.csv line 3: not UTF-8 text (save the file as UTF-8)"),
        ),
    ];
    for (bytes, expected) in cases {
        assert_eq!(fault(&bytes, same), expected);
    }
}

#[test]
fn series_that_cannot_be_found() {
    let text = rows("gdp_real,2023,1,,\n");
    let named = fault(&text, |history| history.series = Some("gdp_rael".into()));
    assert_eq!(
        named,
        "indicator.gdp.history.series: h.csv has no series `gdp_rael` (did you mean `series = \"gdp_real\"`?)"
    );
    assert_eq!(
        fault(&text, same),
        "indicator.gdp.history.file: h.csv has no series `gdp` (name its `indicator_id` with `series`)"
    );
    let tags =
        fault(b"indicator_id,year,value\ngdp,2023,1\n", |history| history.without = Some(vec!["x".into()]));
    assert_eq!(
        tags,
        "indicator.gdp.history.without: h.csv has no column `note` to look for tags in (leave `without` out, or add the column)"
    );
}

#[test]
fn years_that_cannot_be_meant() {
    let text = rows("gdp,2023,1,,\n");
    assert_eq!(
        fault(&text, |h| (h.from, h.to) = (Some(Year(2024)), Some(Year(2023)))),
        "indicator.gdp.history.from: from is 2024; it must not be after to, 2023"
    );
    assert_eq!(
        fault(&text, |h| h.to = Some(Year(2026))),
        "indicator.gdp.history.to: to is 2026; a history ends at the base year 2025 at the latest"
    );
    assert_eq!(
        fault(&text, |h| h.from = Some(Year(2024))),
        "indicator.gdp.history: no year is left of the history (check `from`, `to` and `without`; years after the base year are not used)"
    );
    assert_eq!(
        fault(&text, |h| h.values = Some([("2023".to_owned(), 1.0)].into_iter().collect())),
        "indicator.gdp.history: file and values are given; it must be one of the two (leave one of them out)"
    );
    assert_eq!(
        fault(&text, |h| h.file = None),
        "indicator.gdp.history: neither file nor values is given; it must be one of the two (write `file = \"history.csv\"` or `values = { 2024 = 5140.0, 2025 = 5380.0 }`)"
    );
    one("2021 = 4748.1", "02022 = 4748.1", "indicator.gdp.history.values.2022: 2022 stands twice");
    one(
        "2021 = 4748.1",
        "year = 4748.1",
        "indicator.gdp.history.values.year: `year` is not a year (write `values = { 2024 = 5140.0, 2025 = 5380.0 }`)",
    );
    one(
        "history.values = { 2021",
        "history.series = \"x\"\nhistory.values = { 2021",
        "indicator.gdp.history.series: series is for a `file`; the values are given here",
    );
}

/// Growth of 10 % a year: levels go back from the baseline through years in a row and stop at the gap.
#[test]
fn growth_in_per_cent_is_counted_back_from_the_baseline() {
    let mut draft =
        changed(&[("baseline = 5615.3", "baseline = { log_normal = { median = 121.0, sigma = 0.1 } }")]);
    draft.indicator["gdp"].history =
        Some(History::values(HistoryForm::GrowthPercent, [(2019, 5.0), (2024, 10.0), (2025, 10.0)]));
    let scenario = draft.validate().unwrap();
    let gdp = &scenario.indicators()["gdp"];
    let levels: Vec<(i32, f64)> = gdp.history.iter().map(|(year, level)| (year.0, level.round())).collect();
    assert_eq!(levels, [(2023, 100.0), (2024, 110.0), (2025, 121.0)]);
    assert!((gdp.growth.get(Year(2019)).unwrap() - 0.048790164169432).abs() < 1e-12);
    assert_eq!(gdp.growth.len(), 3);
    // It ends before the base year: growth is known, levels are not.
    let mut draft = changed(&[]);
    draft.indicator["gdp"].history =
        Some(History::values(HistoryForm::GrowthPercent, [(2023, 5.0), (2024, 5.0)]));
    let gdp = &draft.validate().unwrap().indicators["gdp"];
    assert_eq!((gdp.history.len(), gdp.growth.len()), (0, 2));
    one(
        "history.values = { 2021 = 4748.1",
        "history.form = \"growth_percent\"\nhistory.values = { 2021 = -100.0",
        "indicator.gdp.history.values.2021: the value of 2021 is -100; it must be above -100 per cent",
    );
    one(
        "history.values = { 2020 = 1.0",
        "history.form = \"growth_percent\"\nhistory.values = { 2020 = 1.0",
        "indicator.steps.history.form: growth_percent needs a log link (give levels instead)",
    );
}

#[test]
fn a_history_that_contradicts_the_baseline_is_noticed() {
    let scenario = meant(&[("2024 = 5380.2", "2024 = 5380.2, 2025 = 5500.0")]);
    assert_eq!(scenario.notices(), ["history of gdp: the level of 2025 is 5500, the baseline 5615.3"]);
}

#[test]
fn a_folder_is_no_file() {
    let refused = fault(b"", |history| {
        let folder: &Path = &history.folder.clone();
        std::fs::create_dir(folder.join("d-h.csv")).unwrap();
        history.file = Some("d-h.csv".into());
    });
    assert!(refused.starts_with("indicator.gdp.history.file: h.csv: "), "{refused}");
}

const UNSURE: &str = "gdp,2019,4045.1,,\ngdp,2020,4277,,[rough] about\ngdp,2022,5006.7,,[estimate] before the final figure\nfloor,2021,4700,,\nfloor,2022,5000,,\nceiling,2021,4800,,\nceiling,2023,5200,,\n";

/// Rounding, tags and bounds of the sample's file.
fn unsure(history: &mut History) {
    history.rounding = Some((0.1).into());
    history.bounds = Some(HistoryBounds { at_least: Some("floor".into()), at_most: Some("ceiling".into()) });
    let errors = [
        ("rough".to_owned(), ReportedError::Relative(0.03)),
        ("estimate".to_owned(), ReportedError::Sd(20.0)),
    ];
    history.error = Some(errors.into_iter().collect());
}

#[test]
fn values_are_what_their_source_says_of_them() {
    let gdp = &with_file(&rows(UNSURE), unsure).unwrap().indicators["gdp"];
    // Charts draw the values, not the bounds.
    assert_eq!(gdp.history.iter().map(|(year, _)| year.0).collect::<Vec<_>>(), [2019, 2020, 2022]);
    let observed = &gdp.recorded.observed;
    assert_eq!(observed.len(), 5);
    let near = |a: f64, b: f64| (a - b).abs() < 1e-12 || a == b;
    let between = |year: i32, expected: (f64, f64)| match observed.get(Year(year)) {
        Some(Observation::Between { low, high }) => {
            assert!(near(low, expected.0) && near(high, expected.1), "{year}: {low} {high}");
        }
        other => panic!("{year}: {other:?}"),
    };
    between(2019, (libm::log(4045.05), libm::log(4045.15)));
    between(2021, (libm::log(4700.0), libm::log(4800.0)));
    between(2023, (f64::NEG_INFINITY, libm::log(5200.0)));
    let noisy = |year: i32, expected: (f64, f64)| match observed.get(Year(year)) {
        Some(Observation::Noisy { value, sd }) => {
            assert!(near(value, libm::log(expected.0)) && near(sd, expected.1), "{year}: {value} {sd}");
        }
        other => panic!("{year}: {other:?}"),
    };
    // A relative error is one of the logarithm; rounding to 0.1 adds a variance of 0.01 / 12.
    noisy(2020, (4277.0, (0.03_f64 * 0.03 + 0.01 / 12.0 / (4277.0 * 4277.0)).sqrt()));
    noisy(2022, (5006.7, (400.0_f64 + 0.01 / 12.0).sqrt() / 5006.7));
    // Without a word about errors every value is exact.
    let exact = &with_file(&rows(UNSURE), same).unwrap().indicators["gdp"];
    assert!(exact.recorded.observed.iter().all(|(_, seen)| matches!(seen, Observation::Exact(_))));
}

#[test]
fn figures_are_rounded_as_they_are_printed() {
    let text = "gdp,2019,3900,,\ngdp,2020,4.2770e3,,\ngdp,2021,4748.06,,\n";
    let scenario = with_file(&rows(text), |history| history.rounding = Some(Rounding::AsPrinted)).unwrap();
    let observed = &scenario.indicators["gdp"].recorded.observed;
    for (year, value, half) in [(2019, 3900.0, 0.5), (2020, 4277.0, 0.05), (2021, 4748.06, 0.005)] {
        let Some(Observation::Between { low, high }) = observed.get(Year(year)) else {
            panic!("{observed:?}")
        };
        let (low, high) = (libm::exp(low), libm::exp(high));
        assert!(
            (low - (value - half)).abs() < 1e-9 && (high - (value + half)).abs() < 1e-9,
            "{year}: {low} {high}"
        );
    }
}

#[test]
fn growth_in_per_cent_has_bounds_and_errors_in_points() {
    let text = "gdp,2019,-99.95,,\ngdp,2020,5.0,,\ngdp,2021,5.0,,[rough]\n";
    let scenario = with_file(&rows(text), |history| {
        unsure(history);
        (history.form, history.bounds) = (HistoryForm::GrowthPercent, None);
        history.error = Some([("rough".to_owned(), ReportedError::Sd(0.5))].into_iter().collect());
        history.rounding = Some((0.05).into());
    });
    let gdp = &scenario.unwrap().indicators["gdp"];
    let observed = &gdp.recorded.observed;
    assert_eq!(gdp.recorded.form, HistoryForm::GrowthPercent);
    let Some(Observation::Between { low, high }) = observed.get(Year(2020)) else { panic!("{observed:?}") };
    assert!((low - libm::log1p(0.04975)).abs() < 1e-15 && (high - libm::log1p(0.05025)).abs() < 1e-15);
    let Some(Observation::Noisy { sd, .. }) = observed.get(Year(2021)) else { panic!("{observed:?}") };
    assert!((sd - 0.005 / 1.05).abs() < 2e-6, "{sd}");
    // A bound that the logarithm cannot have is none.
    let wide = with_file(&rows(text), |history| {
        (history.form, history.rounding) = (HistoryForm::GrowthPercent, Some((5e-2 * 3.0).into()));
    });
    assert!(wide.is_err(), "5.0 is no multiple of 0.15");
    let low =
        with_file(&rows("gdp,2020,0.4,,\ngdp,2021,0.8,,\n"), |history| history.rounding = Some((0.4).into()))
            .unwrap();
    let Some(Observation::Between { low, .. }) = low.indicators["gdp"].recorded.observed.get(Year(2020))
    else {
        panic!("no bounds")
    };
    assert!((low - libm::log(0.2)).abs() < 1e-12);
}

#[test]
fn what_cannot_be_said_of_values() {
    let history = "indicator.gdp.history";
    let with = |adapt: &dyn Fn(&mut History)| {
        fault(&rows(UNSURE), |h| {
            unsure(h);
            adapt(h);
        })
    };
    for (rounding, words) in [(0.0, "0"), (-0.1, "-0.1"), (f64::NAN, "NaN")] {
        assert_eq!(
            with(&|h| h.rounding = Some((rounding).into())),
            format!(
                "{history}.rounding: rounding is {words}; it must be a finite number above 0 (0.1 is for values with one decimal; leave it out for exact values)"
            )
        );
    }
    assert_eq!(
        with(&|h| h.rounding = Some((1.0).into())),
        format!(
            "{history}.rounding: h.csv line 2: the value of 2019 is 4045.1; it must be a multiple of the rounding 1 (give the unit of the last digit that all values have, or `as_printed`)"
        )
    );
    let bounds = |at_least: Option<&str>, at_most: Option<&str>| {
        let owned = |id: Option<&str>| id.map(str::to_owned);
        let bounds = HistoryBounds { at_least: owned(at_least), at_most: owned(at_most) };
        move |h: &mut History| h.bounds = Some(bounds.clone())
    };
    assert_eq!(
        with(&bounds(Some("flor"), None)),
        format!(
            "{history}.bounds.at_least: h.csv has no series `flor` (did you mean `at_least = \"floor\"`?)"
        )
    );
    assert_eq!(
        with(&bounds(None, None)),
        format!(
            "{history}.bounds: bounds names no series; it must be at_least, at_most or both (write `bounds = {{ at_least = \"gdp_lower_bound\" }}`, or leave `bounds` out)"
        )
    );
    // Both ways round: 2021 is at least 4800 and at most 4700; 2022 is 5006.7, within its error of at most 5000.
    assert_eq!(
        with(&bounds(Some("ceiling"), Some("floor"))),
        format!(
            "{history}.bounds.at_most: h.csv line 5: 2021 is at least 4800 and at most 4700; there must be room between them (correct one of them; a year that is known has a row of its own)"
        )
    );
    let contradicted = with(&|h| {
        h.bounds = Some(HistoryBounds { at_least: None, at_most: Some("floor".into()) });
        h.error.as_mut().unwrap().shift_remove("estimate");
    });
    assert_eq!(
        contradicted,
        format!(
            "{history}.bounds.at_most: h.csv line 6: 2022 is at most 5000 by `floor`; its own value is 5006.7 (correct one of them, or leave the row out with a tag in `without`)"
        )
    );
    let sd = |sd: f64| {
        move |h: &mut History| {
            h.error = Some([("rough".to_owned(), ReportedError::Sd(sd))].into_iter().collect())
        }
    };
    assert_eq!(
        with(&sd(0.0)),
        format!("{history}.error.rough.sd: sd is 0; it must be a finite number above 0")
    );
    let relative = with(&|h| h.form = HistoryForm::GrowthPercent);
    assert_eq!(
        relative,
        format!(
            "{history}.error.rough.relative: growth can be 0, so it needs an error in percentage points (write `rough = {{ sd = 0.3 }}`)"
        )
    );
    let notes = fault(b"indicator_id,year,value\ngdp,2023,1\n", sd(1.0));
    assert_eq!(
        notes,
        format!(
            "{history}.error: h.csv has no column `note` to look for tags in (leave `error` out, or add the column)"
        )
    );
    let absent = with_file(&rows("gdp,2023,5140.6,,\n"), sd(1.0)).unwrap();
    assert_eq!(absent.notices(), ["history of gdp: no value used has the tag [rough]"]);
    one(
        "history.values = { 2021",
        "history.bounds.at_least = \"x\"\nhistory.values = { 2021",
        "indicator.gdp.history.bounds: bounds is for a `file`; the values are given here",
    );
}
