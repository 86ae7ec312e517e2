//! Histories: values written in the scenario, or a series of a CSV file beside it.
//!
//! Layer 3. A CSV file has a row for each series and year, with the columns `indicator_id`, `year`, `value`
//! and, where rows are left out by their tags, `note`; other columns are nobody's business here.

use super::draft::{History, HistoryForm};
use super::nearest::nearest;
use super::validate::{short, under};
use crate::error::{Fault, reason};
use crate::link::Link;
use crate::series::Series;
use crate::time::Year;
use indexmap::IndexMap;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

/// Larger files are no yearly statistics.
const LARGEST: u64 = 64 << 20;

/// Past levels and past growth of one indicator.
#[derive(Debug, Clone, PartialEq, Default)]
pub(super) struct Past {
    /// In the unit.
    pub(super) levels: Series,
    /// In the latent state, by the later year; never across a gap.
    pub(super) growth: Series,
}

/// CSV files already read: many indicators share one.
#[derive(Debug, Default)]
pub(super) struct Tables(BTreeMap<PathBuf, Result<Table, Unusable>>);

/// Why a CSV file cannot be used, and what to do about it.
type Unusable = (String, String);

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
            (Some(file), None) => self.entries(file, history, reading)?,
            (None, Some(values)) => {
                for (key, given) in
                    [("series", history.series.is_some()), ("without", history.without.is_some())]
                {
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
        let chosen = |year: Year| {
            history.from.is_none_or(|from| year >= from) && history.to.is_none_or(|to| year <= to)
        };
        let mut values = BTreeMap::new();
        let mut later = Vec::new();
        for entry in &entries {
            if !chosen(entry.year) {
                continue;
            }
            if entry.year > base {
                later.push(entry.year.to_string());
                continue;
            }
            values.insert(entry.year, entry.value);
        }
        if !later.is_empty() {
            notices
                .push(format!("history of {id}: {} after the base year {base} left out", later.join(", ")));
        }
        if values.is_empty() {
            return Err(vec![
                Fault::new(path, "no year is left of the history")
                    .remedy("check `from`, `to` and `without`; years after the base year are not used"),
            ]);
        }
        let faults = impossible(reading, history.form, &entries, &values);
        if faults.is_empty() { Ok(past(reading, history.form, &values)) } else { Err(faults) }
    }

    /// The rows of a series in a file, in the order of the years.
    fn entries(
        &mut self,
        file: &Path,
        history: &History,
        reading: &Reading<'_>,
    ) -> Result<Vec<Entry>, Vec<Fault>> {
        let at = |key: &str, problem: String| Fault::new(format!("{}.{key}", reading.path), problem);
        let full = history.folder.join(file);
        let table = self.0.entry(full.clone()).or_insert_with(|| load(&full));
        let table = match table {
            Ok(table) => table,
            Err((problem, remedy)) => return Err(vec![at("file", problem.clone()).remedy(remedy.clone())]),
        };
        let wanted = history.series.as_deref().unwrap_or(reading.id);
        let Some(rows) = table.series.get(wanted) else {
            let key = if history.series.is_some() { "series" } else { "file" };
            let fault = at(key, format!("{} has no series `{wanted}`", full.display()));
            return Err(vec![match nearest(wanted, table.series.keys().map(String::as_str)) {
                Some(near) => fault.remedy(format!("did you mean `series = \"{near}\"`?")),
                None => fault.remedy("name its `indicator_id` with `series`"),
            }]);
        };
        if history.without.is_some() && !table.has_notes {
            return Err(vec![
                at("without", format!("{} has no column `note` to look for tags in", full.display()))
                    .remedy("leave `without` out, or add the column"),
            ]);
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
                    entries.push(Entry { key: "file".into(), line: Some(place), year, value });
                }
            }
        }
        if faults.is_empty() { Ok(entries) } else { Err(faults) }
    }
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
        entries.insert(year, Entry { key, line: None, year, value: *value });
    }
    if faults.is_empty() { Ok(entries.into_values().collect()) } else { Err(faults) }
}

/// Values that the link or the form cannot have.
fn impossible(
    reading: &Reading<'_>,
    form: HistoryForm,
    entries: &[Entry],
    used: &BTreeMap<Year, f64>,
) -> Vec<Fault> {
    let Some(link) = reading.link else { return Vec::new() };
    let path = reading.path;
    if form == HistoryForm::GrowthPercent && link != Link::Log {
        return vec![
            Fault::new(format!("{path}.form"), "growth_percent needs a log link")
                .remedy("give levels instead"),
        ];
    }
    let allowed = |value: f64| match form {
        HistoryForm::Level => link.allows(value),
        HistoryForm::GrowthPercent => value > -100.0,
    };
    entries
        .iter()
        .filter(|entry| used.contains_key(&entry.year) && !allowed(entry.value))
        .map(|Entry { key, line, year, value }| {
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

/// Levels and latent growth from values that are in order.
fn past(reading: &Reading<'_>, form: HistoryForm, values: &BTreeMap<Year, f64>) -> Past {
    match form {
        HistoryForm::Level => {
            let growth = reading.link.map(|link| {
                let steps = values.iter().filter_map(|(year, level)| {
                    let before = values.get(&Year(year.0 - 1))?;
                    Some((*year, link.state(*level) - link.state(*before)))
                });
                Series::new(steps)
            });
            Past {
                levels: Series::new(values.iter().map(|(year, level)| (*year, *level))),
                growth: growth.unwrap_or_default(),
            }
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
            Past { levels: Series::new(levels), growth: Series::new(growth) }
        }
    }
}

/// A tag as it stands in a note.
fn bracketed(tag: &str) -> String {
    format!("[{}]", tag.trim().trim_start_matches('[').trim_end_matches(']'))
}

/// Reads a CSV file as a whole.
fn load(path: &Path) -> Result<Table, Unusable> {
    let shown = path.display();
    let unreadable = |error: std::io::Error| {
        let problem = format!("cannot read {shown}: {}", reason(&error));
        (problem, "a file is looked for in the folder of the scenario that names it".to_owned())
    };
    let size = std::fs::metadata(path).map_err(unreadable)?.len();
    if size > LARGEST {
        let problem = format!("{shown} has {} MiB; at most {} are read", size >> 20, LARGEST >> 20);
        return Err((problem, "keep only the series that the plan needs".into()));
    }
    let bytes = std::fs::read(path).map_err(unreadable)?;
    let text = std::str::from_utf8(&bytes).map_err(|error| {
        let line = 1 + bytes[..error.valid_up_to()].iter().filter(|byte| **byte == b'\n').count();
        (format!("{shown} line {line}: not UTF-8 text"), "save the file as UTF-8".to_owned())
    })?;
    parse(text.trim_start_matches('\u{feff}'))
        .map_err(|(problem, remedy)| (format!("{shown}{problem}"), remedy.into()))
}

/// The rows of a text; or where it is wrong, to follow the name of the file, and what to do.
fn parse(text: &str) -> Result<Table, (String, &'static str)> {
    const COLUMNS: &str = "a history has the columns `indicator_id`, `year` and `value`, separated by commas";
    if text.trim().is_empty() {
        return Err((": the file is empty".into(), COLUMNS));
    }
    let mut reader = csv::ReaderBuilder::new().trim(csv::Trim::All).from_reader(text.as_bytes());
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
    let mut lines = Lines { text: text.as_bytes(), at: 0, line: 1 };
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

/// Lines of records. The reader's own count is of where it began to look, before empty lines.
struct Lines<'t> {
    text: &'t [u8],
    at: usize,
    line: usize,
}

impl Lines<'_> {
    /// The line of a record that comes after all those asked for before.
    fn of(&mut self, position: Option<&csv::Position>) -> usize {
        let from = position.and_then(|position| usize::try_from(position.byte()).ok()).unwrap_or(0);
        while let Some(byte) = self.text.get(self.at) {
            if self.at >= from && !matches!(byte, b'\r' | b'\n') {
                break;
            }
            self.line += usize::from(*byte == b'\n');
            self.at += 1;
        }
        self.line
    }
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
