//! Histories: values written in the scenario, or a series of a CSV file beside it.
//!
//! Layer 3. A CSV file has a row for each series and year, with the columns `indicator_id`, `year`, `value`
//! and, where rows are left out by their tags, `note`; other columns are nobody's business here. Lines that begin with `#` are comments.

use super::csv_text::{self, Lines, Unusable};
use super::nearest::nearest;
use super::validate::{short, under};
use crate::calibrate::{Observation, Observed};
use crate::error::Fault;
use crate::history::{History, HistoryBounds, HistoryForm, Recorded, ReportedError, Rounding};
use crate::link::Link;
use crate::series::Series;
use crate::time::Year;
use indexmap::IndexMap;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

/// Past levels and past growth of one indicator.
#[derive(Debug, Clone, PartialEq, Default)]
pub(super) struct Past {
    /// In the unit.
    pub(super) levels: Series,
    /// In the latent state, by the later year; never across a gap.
    pub(super) growth: Series,
    /// The same as what it is learned from, with bounds and errors.
    pub(super) recorded: Recorded,
}

/// CSV files already read: many indicators share one.
#[derive(Debug, Default)]
pub(super) struct Tables(BTreeMap<PathBuf, Result<Table, Unusable>>);

/// The rows of a CSV file, series by series.
#[derive(Debug)]
struct Table {
    series: IndexMap<String, Vec<Row>>,
    has_notes: bool,
}

#[derive(Debug)]
struct Row {
    line: usize,
    year: String,
    value: String,
    note: String,
}

/// One year's value and where it stands: the key below the history, and the line of a file.
struct Entry {
    key: String,
    line: Option<String>,
    year: Year,
    value: f64,
    /// Unit of the last digit that is printed of the value; none for a value written in the scenario.
    printed: Option<f64>,
    note: String,
}

/// The bounds of one year, in the unit of the values; infinite where there is none.
#[derive(Clone, Copy)]
struct Bounds {
    low: f64,
    high: f64,
}

/// What a history is read for.
pub(super) struct Reading<'a> {
    /// Path of the history in the scenario.
    pub(super) path: &'a str,
    /// The indicator's id.
    pub(super) id: &'a str,
    /// Its link, unless that is at fault.
    pub(super) link: Option<Link>,
    /// The level of the base year, where it is known, from which levels are counted back.
    pub(super) baseline: Option<f64>,
    /// The base year, after which nothing is past.
    pub(super) base: Year,
}

impl Tables {
    /// Past levels and growth; notices are what was left out without being asked.
    pub(super) fn read(
        &mut self,
        history: &History,
        reading: &Reading<'_>,
        notices: &mut Vec<String>,
    ) -> Result<Past, Vec<Fault>> {
        let Reading { path, id, base, .. } = *reading;
        let one = |key: &str, problem: String| vec![Fault::new(format!("{path}.{key}"), problem)];
        if let (Some(from), Some(to)) = (history.from, history.to)
            && from > to
        {
            return Err(one("from", format!("from is {from}; it must not be after to, {to}")));
        }
        if let Some(to) = history.to.filter(|to| *to > base) {
            return Err(one(
                "to",
                format!("to is {to}; a history ends at the base year {base} at the latest"),
            ));
        }
        let entries = match (&history.file, &history.values) {
            (Some(file), None) => {
                let (key, wanted) = match &history.series {
                    Some(series) => ("series", series.as_str()),
                    None => ("file", id),
                };
                self.entries(file, history, reading, key, wanted)?
            }
            (None, Some(values)) => {
                for (key, given) in [
                    ("series", history.series.is_some()),
                    ("without", history.without.is_some()),
                    ("bounds", history.bounds.is_some()),
                    ("error", history.error.is_some()),
                ] {
                    if given {
                        return Err(one(key, format!("{key} is for a `file`; the values are given here")));
                    }
                }
                written(path, values)?
            }
            (Some(_), Some(_)) => {
                return Err(vec![
                    Fault::new(path, "file and values are given; it must be one of the two")
                        .remedy("leave one of them out"),
                ]);
            }
            (None, None) => {
                return Err(vec![
                    Fault::new(path, "neither file nor values is given; it must be one of the two").remedy(
                        "write `file = \"history.csv\"` or `values = { 2024 = 5140.0, 2025 = 5380.0 }`",
                    ),
                ]);
            }
        };
        let used = chosen(history, reading, entries, "history", notices);
        if used.is_empty() {
            return Err(vec![
                Fault::new(path, "no year is left of the history")
                    .remedy("check `from`, `to` and `without`; years after the base year are not used"),
            ]);
        }
        let mut faults = impossible(reading, history.form, &used);
        if faults.is_empty() {
            faults = untrue(reading, history, &used, notices);
        }
        let bounds = match &history.bounds {
            Some(bounds) if faults.is_empty() => self.bounds(bounds, history, reading, &used, notices)?,
            _ => BTreeMap::new(),
        };
        if faults.is_empty() { Ok(past(reading, history, &used, &bounds)) } else { Err(faults) }
    }

    /// The rows of a series in a file, in the order of the years; `key` is what names the series.
    fn entries(
        &mut self,
        file: &Path,
        history: &History,
        reading: &Reading<'_>,
        key: &str,
        wanted: &str,
    ) -> Result<Vec<Entry>, Vec<Fault>> {
        let at = |key: &str, problem: String| Fault::new(format!("{}.{key}", reading.path), problem);
        let full = history.folder.join(file);
        let table = self.0.entry(full.clone()).or_insert_with(|| load(&full));
        let table = match table {
            Ok(table) => table,
            Err((problem, remedy)) => return Err(vec![at("file", problem.clone()).remedy(remedy.clone())]),
        };
        let Some(rows) = table.series.get(wanted) else {
            let fault = at(key, format!("{} has no series `{wanted}`", full.display()));
            let named = if key == "file" { "series" } else { key.rsplit('.').next().unwrap_or(key) };
            return Err(vec![match nearest(wanted, table.series.keys().map(String::as_str)) {
                Some(near) => fault.remedy(format!("did you mean `{named} = \"{near}\"`?")),
                None => fault.remedy(format!("name its `indicator_id` with `{named}`")),
            }]);
        };
        for (key, given) in [("without", history.without.is_some()), ("error", history.error.is_some())] {
            if given && !table.has_notes {
                return Err(vec![
                    at(key, format!("{} has no column `note` to look for tags in", full.display()))
                        .remedy(format!("leave `{key}` out, or add the column")),
                ]);
            }
        }
        let tags: Vec<String> = history.without.iter().flatten().map(|tag| bracketed(tag)).collect();
        let mut faults = Vec::new();
        let mut entries: Vec<Entry> = Vec::new();
        for row in rows.iter().filter(|row| !tags.iter().any(|tag| row.note.contains(tag.as_str()))) {
            let place = format!("{} line {}", full.display(), row.line);
            let year = row.year.parse().ok().filter(|year| (1..=9999).contains(year)).map(Year);
            let value = row.value.parse().ok().filter(|value| f64::is_finite(*value));
            match (year, value) {
                (None, _) => faults.push(
                    at("file", format!("{place}: `{}` is not a year", row.year))
                        .remedy("a history has one row a year, with a year such as 2024"),
                ),
                (_, None) => faults.push(
                    at("file", format!("{place}: `{}` is not a finite number", row.value)).remedy(
                        if row.value.contains(',') {
                            "write numbers without thousands separators and with a decimal point"
                        } else {
                            "leave a year without a value out"
                        },
                    ),
                ),
                (Some(year), Some(value)) => {
                    match entries.last().map(|last| last.year) {
                        Some(last) if last == year => faults.push(
                            at("file", format!("{place}: {year} of `{wanted}` stands twice")).remedy(
                                "keep one row, or tag the other in `note` and leave it out with `without`",
                            ),
                        ),
                        Some(last) if last > year => {
                            // The rest would be out of order as well.
                            faults.push(
                                at("file", format!("{place}: {year} of `{wanted}` comes after {last}"))
                                    .remedy("sort the rows of a series by year"),
                            );
                            break;
                        }
                        _ => {}
                    }
                    entries.push(Entry {
                        key: "file".into(),
                        line: Some(place),
                        year,
                        value,
                        printed: Some(last_digit(&row.value)),
                        note: row.note.clone(),
                    });
                }
            }
        }
        if faults.is_empty() { Ok(entries) } else { Err(faults) }
    }

    /// The bounds of the years that have no value of their own.
    fn bounds(
        &mut self,
        bounds: &HistoryBounds,
        history: &History,
        reading: &Reading<'_>,
        used: &[Entry],
        notices: &mut Vec<String>,
    ) -> Result<BTreeMap<Year, Bounds>, Vec<Fault>> {
        let at = |key: &str, problem: String| Fault::new(format!("{}.{key}", reading.path), problem);
        let Some(file) = &history.file else { return Ok(BTreeMap::new()) };
        let sides = [("bounds.at_least", &bounds.at_least), ("bounds.at_most", &bounds.at_most)];
        if sides.iter().all(|(_, series)| series.is_none()) {
            return Err(vec![
                at("bounds", "bounds names no series; it must be at_least, at_most or both".into())
                    .remedy("write `bounds = { at_least = \"gdp_lower_bound\" }`, or leave `bounds` out"),
            ]);
        }
        let mut faults = Vec::new();
        let mut found: BTreeMap<Year, Bounds> = BTreeMap::new();
        for (key, series) in sides {
            let Some(series) = series else { continue };
            let mut entries = self.entries(file, history, reading, key, series)?;
            for entry in &mut entries {
                entry.key = key.to_owned();
            }
            let entries = chosen(history, reading, entries, &format!("`{series}` in the history"), notices);
            faults.extend(impossible(reading, history.form, &entries));
            for Entry { year, value, line, .. } in entries {
                let place = line.map_or(String::new(), |line| format!("{line}: "));
                let lower = key.ends_with("at_least");
                let words = if lower { "at least" } else { "at most" };
                if let Some(own) = used.iter().find(|entry| entry.year == year) {
                    let half = half_digit(history, own);
                    let within = if lower { own.value + half >= value } else { own.value - half <= value };
                    // A value with an error may lie on the other side of the bound.
                    if !within && error_of(history, own).is_none() {
                        faults.push(
                            at(
                                key,
                                format!(
                                    "{place}{year} is {words} {value} by `{series}`; its own value is {}",
                                    own.value
                                ),
                            )
                            .remedy("correct one of them, or leave the row out with a tag in `without`"),
                        );
                    }
                    continue;
                }
                let none = Bounds { low: f64::NEG_INFINITY, high: f64::INFINITY };
                let known = found.entry(year).or_insert(none);
                *(if lower { &mut known.low } else { &mut known.high }) = value;
                if !(known.low < known.high) {
                    faults.push(
                        at(key, format!(
                            "{place}{year} is at least {} and at most {}; there must be room between them",
                            known.low, known.high
                        ))
                        .remedy("correct one of them; a year that is known has a row of its own"),
                    );
                }
            }
        }
        if faults.is_empty() { Ok(found) } else { Err(faults) }
    }
}

/// The entries of the years asked for, at most up to the base year; a notice says what was left out without being asked.
fn chosen(
    history: &History,
    reading: &Reading<'_>,
    entries: Vec<Entry>,
    what: &str,
    notices: &mut Vec<String>,
) -> Vec<Entry> {
    let asked =
        |year: Year| history.from.is_none_or(|from| year >= from) && history.to.is_none_or(|to| year <= to);
    let (used, later): (Vec<Entry>, Vec<Entry>) =
        entries.into_iter().filter(|entry| asked(entry.year)).partition(|entry| entry.year <= reading.base);
    if !later.is_empty() {
        let years: Vec<String> = later.iter().map(|entry| entry.year.to_string()).collect();
        let (id, base) = (reading.id, reading.base);
        notices.push(format!("{what} of {id}: {} after the base year {base} left out", years.join(", ")));
    }
    used
}

/// What is said of the values, their rounding and their errors, and cannot be.
fn untrue(reading: &Reading<'_>, history: &History, used: &[Entry], notices: &mut Vec<String>) -> Vec<Fault> {
    let at = |key: &str, problem: String| Fault::new(format!("{}.{key}", reading.path), problem);
    let mut faults = Vec::new();
    if history.rounding == Some(Rounding::AsPrinted) && history.file.is_none() {
        return vec![
            at("rounding", "rounding is as_printed; values written in the scenario have no print".into())
                .remedy("give the unit of their last digit, such as 0.1"),
        ];
    }
    if let Some(Rounding::To(rounding)) = history.rounding {
        if !(rounding > 0.0 && rounding.is_finite()) {
            return vec![
                at("rounding", format!("rounding is {rounding}; it must be a finite number above 0"))
                    .remedy("0.1 is for values with one decimal; leave it out for exact values"),
            ];
        }
        for entry in used.iter().filter(|entry| error_of(history, entry).is_none()) {
            let steps = entry.value / rounding;
            // A decimal fraction is only nearly a multiple of another one.
            if !(f64::abs(steps - libm::round(steps)) <= 1e-6) {
                let place = entry.line.as_ref().map_or(String::new(), |line| format!("{line}: "));
                faults.push(
                    at(
                        "rounding",
                        format!(
                            "{place}the value of {} is {}; it must be a multiple of the rounding {rounding}",
                            entry.year, entry.value
                        ),
                    )
                    .remedy("give the unit of the last digit that all values have, or `as_printed`"),
                );
            }
        }
    }
    for (tag, error) in history.error.iter().flatten() {
        let path = under("error", tag);
        let (word, size) = match error {
            ReportedError::Sd(sd) => ("sd", *sd),
            ReportedError::Relative(share) => ("relative", *share),
        };
        if !(size > 0.0 && size.is_finite()) {
            faults.push(at(
                &format!("{path}.{word}"),
                format!("{word} is {size}; it must be a finite number above 0"),
            ));
        } else if word == "relative" && history.form == HistoryForm::GrowthPercent {
            faults.push(
                at(
                    &format!("{path}.relative"),
                    "growth can be 0, so it needs an error in percentage points".into(),
                )
                .remedy(format!("write `{tag} = {{ sd = 0.3 }}`")),
            );
        } else if !used.iter().any(|entry| entry.note.contains(&bracketed(tag))) {
            notices.push(format!("history of {}: no value used has the tag {}", reading.id, bracketed(tag)));
        }
    }
    faults
}

/// The largest error that the tags of an entry's note stand for, as a standard deviation in the unit of the values.
fn error_of(history: &History, entry: &Entry) -> Option<f64> {
    let tagged = history.error.iter().flatten().filter(|(tag, _)| entry.note.contains(&bracketed(tag)));
    tagged.map(|(_, error)| error.sd(entry.value)).reduce(f64::max).filter(|sd| *sd > 0.0)
}

/// Values written in the scenario, in any order of the years.
fn written(path: &str, values: &IndexMap<String, f64>) -> Result<Vec<Entry>, Vec<Fault>> {
    let mut faults = Vec::new();
    let mut entries: BTreeMap<Year, Entry> = BTreeMap::new();
    for (written, value) in values {
        let key = under("values", written);
        let fault = |problem: String| Fault::new(format!("{path}.{key}"), problem);
        let Some(year) = written.parse().ok().filter(|year| (1..=9999).contains(year)).map(Year) else {
            faults.push(
                fault(format!("`{written}` is not a year"))
                    .remedy("write `values = { 2024 = 5140.0, 2025 = 5380.0 }`"),
            );
            continue;
        };
        if !value.is_finite() {
            faults.push(fault(format!("the value of {year} is {value}; it must be a finite number")));
        }
        if entries.contains_key(&year) {
            faults.push(fault(format!("{year} stands twice")));
        }
        entries
            .insert(year, Entry { key, line: None, year, value: *value, printed: None, note: String::new() });
    }
    if faults.is_empty() { Ok(entries.into_values().collect()) } else { Err(faults) }
}

/// Values that the link or the form cannot have.
fn impossible(reading: &Reading<'_>, form: HistoryForm, used: &[Entry]) -> Vec<Fault> {
    let Some(link) = reading.link else { return Vec::new() };
    let path = reading.path;
    if form == HistoryForm::GrowthPercent && link != Link::Log {
        return vec![
            Fault::new(format!("{path}.form"), "growth_percent needs a log link")
                .remedy("give levels instead"),
        ];
    }
    used.iter()
        .filter(|entry| !allows(link, form, entry.value))
        .map(|Entry { key, line, year, value, .. }| {
            let must = match form {
                HistoryForm::Level => link.allowed(),
                HistoryForm::GrowthPercent => "above -100 per cent".into(),
            };
            let place = line.as_ref().map_or(String::new(), |line| format!("{line}: "));
            let problem = format!("{place}the value of {year} is {value}; it must be {must}");
            Fault::new(format!("{path}.{key}"), problem)
        })
        .collect()
}

fn allows(link: Link, form: HistoryForm, value: f64) -> bool {
    match form {
        HistoryForm::Level => link.allows(value),
        HistoryForm::GrowthPercent => value > -100.0,
    }
}

/// A value in the latent state: of a level its state, of growth in per cent the log growth.
fn state(link: Link, form: HistoryForm, value: f64) -> f64 {
    match form {
        HistoryForm::Level => link.state(value),
        HistoryForm::GrowthPercent => libm::log1p(value / 100.0),
    }
}

/// Half of the last digit of a value, within which the truth lies either way; 0 for exact values.
fn half_digit(history: &History, entry: &Entry) -> f64 {
    history.rounding.map_or(0.0, |rounding| rounding.half(entry.printed))
}

/// The unit of the last digit of a number as it is printed: 0.1 of "3.9", 1 of "62", 100 of "6.2e3".
fn last_digit(printed: &str) -> f64 {
    let (digits, exponent) = printed.split_once(['e', 'E']).unwrap_or((printed, "0"));
    let decimals = digits.split_once('.').map_or(0, |(_, decimals)| decimals.len() as i32);
    let place = exponent.parse::<i32>().unwrap_or(0).saturating_sub(decimals);
    libm::exp10(f64::from(place))
}

/// What a value says of the truth, in the latent state. An error is small beside the level, so it is carried over by the
/// slope of the link; rounding under an error counts as its variance, a twelfth of the square.
fn observation(link: Link, history: &History, entry: &Entry) -> Observation {
    let (form, value) = (history.form, entry.value);
    let half = half_digit(history, entry);
    match error_of(history, entry) {
        Some(sd) => {
            let slope = match form {
                HistoryForm::Level => link.slope(value),
                HistoryForm::GrowthPercent => 1.0 / (100.0 + value),
            };
            let sd = slope * (sd * sd + half * half / 3.0).sqrt();
            Observation::Noisy { value: state(link, form, value), sd }
        }
        None if half > 0.0 => between(link, form, Bounds { low: value - half, high: value + half }),
        None => Observation::Exact(state(link, form, value)),
    }
}

/// Bounds in the latent state; one that the link cannot have says nothing.
fn between(link: Link, form: HistoryForm, bounds: Bounds) -> Observation {
    let end = |bound: f64, none: f64| {
        if bound.is_finite() && allows(link, form, bound) { state(link, form, bound) } else { none }
    };
    Observation::Between { low: end(bounds.low, f64::NEG_INFINITY), high: end(bounds.high, f64::INFINITY) }
}

/// Past levels and latent growth, for charts and for lags, and what was observed, to learn from.
fn past(reading: &Reading<'_>, history: &History, used: &[Entry], bounds: &BTreeMap<Year, Bounds>) -> Past {
    let form = history.form;
    let values: BTreeMap<Year, f64> = used.iter().map(|entry| (entry.year, entry.value)).collect();
    let recorded = reading.link.and_then(|link| {
        let own = used.iter().map(|entry| (entry.year, observation(link, history, entry)));
        let bounded = bounds.iter().map(|(year, bounds)| (*year, between(link, form, *bounds)));
        // Every year stands once, and every value is possible.
        let observed = Observed::new(own.chain(bounded)).ok()?;
        Some(Recorded { form, observed, evidence: history.evidence })
    });
    let (levels, growth) = match form {
        HistoryForm::Level => {
            let growth = reading.link.map(|link| {
                let steps = values.iter().filter_map(|(year, level)| {
                    let before = values.get(&Year(year.0 - 1))?;
                    Some((*year, link.state(*level) - link.state(*before)))
                });
                Series::new(steps)
            });
            (Series::new(values), growth.unwrap_or_default())
        }
        HistoryForm::GrowthPercent => {
            let growth = values.iter().map(|(year, percent)| (*year, libm::log1p(percent / 100.0)));
            let mut levels = Vec::new();
            if let Some(baseline) = reading.baseline {
                let (mut year, mut level) = (reading.base, baseline);
                while let (true, Some(percent)) = (level.is_finite(), values.get(&year)) {
                    levels.push((year, level));
                    level /= 1.0 + percent / 100.0;
                    year = Year(year.0 - 1);
                }
                if !levels.is_empty() && level.is_finite() {
                    levels.push((year, level));
                }
            }
            (Series::new(levels), Series::new(growth))
        }
    };
    Past { levels, growth, recorded: recorded.unwrap_or_default() }
}

/// A tag as it stands in a note.
fn bracketed(tag: &str) -> String {
    format!("[{}]", tag.trim().trim_start_matches('[').trim_end_matches(']'))
}

/// Reads a CSV file as a whole.
fn load(path: &Path) -> Result<Table, Unusable> {
    const FROM: &str = "a file is looked for in the folder of the scenario that names it";
    let text = csv_text::read(path, FROM)?;
    parse(csv_text::trimmed(&text))
        .map_err(|(problem, remedy)| (format!("{}{problem}", path.display()), remedy.into()))
}

/// The rows of a text; or where it is wrong, to follow the name of the file, and what to do.
fn parse(text: &str) -> Result<Table, (String, &'static str)> {
    const COLUMNS: &str = "a history has the columns `indicator_id`, `year` and `value`, separated by commas";
    if text.trim().is_empty() {
        return Err((": the file is empty".into(), COLUMNS));
    }
    let mut reader = csv_text::reader(text);
    let header = reader.headers().map_err(|error| (format!(": {error}"), COLUMNS))?.clone();
    let column = |name: &str| header.iter().position(|title| title == name);
    let needed = |name: &str| {
        let titles: Vec<&str> = header.iter().collect();
        let problem = || format!(": there is no column `{name}`; the columns are {}", titles.join(", "));
        column(name).ok_or_else(|| (problem(), COLUMNS))
    };
    let (id, year, value) = (needed("indicator_id")?, needed("year")?, needed("value")?);
    let note = column("note");
    let mut series: IndexMap<String, Vec<Row>> = IndexMap::new();
    let mut lines = Lines::of_text(text);
    for record in reader.records() {
        let record = record.map_err(|error| match error.kind() {
            csv::ErrorKind::UnequalLengths { pos, expected_len, len } => {
                let line = lines.of(pos.as_ref());
                let problem = format!(" line {line}: {len} fields; the header has {expected_len}");
                (problem, "give every row all columns; put a field with a comma in it into double quotes")
            }
            _ => (format!(": {error}"), COLUMNS),
        })?;
        let field = |index: usize| record.get(index).unwrap_or_default().to_owned();
        series.entry(field(id)).or_default().push(Row {
            line: lines.of(record.position()),
            year: field(year),
            value: field(value),
            note: note.map(field).unwrap_or_default(),
        });
    }
    Ok(Table { series, has_notes: note.is_some() })
}

/// A notice where the history and the baseline disagree about the base year by more than one per cent.
pub(super) fn disagreement(reading: &Reading<'_>, past: &Past) -> Option<String> {
    let (said, baseline) = (past.levels.get(reading.base)?, reading.baseline?);
    (f64::abs(said - baseline) > 0.01 * f64::abs(baseline)).then(|| {
        format!(
            "history of {}: the level of {} is {}, the baseline {}",
            reading.id,
            reading.base,
            short(said),
            short(baseline)
        )
    })
}
