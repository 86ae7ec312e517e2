//! Actuals from a CSV file.

use super::{Actual, Actuals};
use crate::error::{Error, Fault, Faults, Result};
use crate::evidence::Evidence;
use crate::history::HistoryForm;
use crate::scenario::csv_text::{self, Lines};
use crate::time::Year;
use std::path::Path;

const COLUMNS: &str = "actuals have the columns `indicator_id`, `year` and `value`, separated by commas";
const FORMS: [(&str, HistoryForm); 3] =
    [("", HistoryForm::Level), ("level", HistoryForm::Level), ("growth_percent", HistoryForm::GrowthPercent)];

impl Actuals {
    /// Reads a CSV file; see [`Actuals`] for its columns.
    ///
    /// # Errors
    /// [`Error::Data`] when the file cannot be read, and with every row that is wrong by itself, by its line: not a year, not a finite
    /// number, a form or a grade that there is not.
    pub fn read(path: impl AsRef<Path>) -> Result<Self> {
        let path = path.as_ref();
        let mut faults = Faults::new();
        let rows = match csv_text::read(path, "a relative path counts from the current folder") {
            Ok(text) => parse(csv_text::trimmed(&text), &path.display().to_string(), &mut faults),
            Err((problem, remedy)) => {
                faults.push(Fault::new("", problem).remedy(remedy));
                Vec::new()
            }
        };
        if faults.is_empty() { Ok(Self { rows }) } else { Err(Error::Data(faults)) }
    }
}

fn parse(text: &str, file: &str, faults: &mut Faults) -> Vec<Actual> {
    let mut fault = |at: String, problem: String, remedy: &str| {
        faults.push(Fault::new("", format!("{file}{at}: {problem}")).remedy(remedy));
    };
    let mut reader = csv_text::reader(text);
    let header = match reader.headers() {
        Ok(header) => header.clone(),
        Err(error) => {
            fault(String::new(), error.to_string(), COLUMNS);
            return Vec::new();
        }
    };
    let column = |name: &str| header.iter().position(|title| title == name);
    let needed = [column("indicator_id"), column("year"), column("value")];
    let [Some(id), Some(year), Some(value)] = needed else {
        let titles: Vec<&str> = header.iter().collect();
        let problem = match titles.concat().trim() {
            "" => "the file is empty".to_owned(),
            _ => format!("the columns are {}", titles.join(", ")),
        };
        fault(String::new(), problem, COLUMNS);
        return Vec::new();
    };
    let (form, evidence, source) = (column("form"), column("evidence"), column("source"));
    let mut lines = Lines::of_text(text);
    let (mut rows, mut is_empty) = (Vec::new(), true);
    for record in reader.records() {
        is_empty = false;
        let record = match record {
            Ok(record) => record,
            Err(error) => {
                let (at, problem) = match error.kind() {
                    csv::ErrorKind::UnequalLengths { pos, expected_len, len } => (
                        format!(" line {}", lines.of(pos.as_ref())),
                        format!("{len} fields; the header has {expected_len}"),
                    ),
                    _ => (String::new(), error.to_string()),
                };
                let remedy = "give every row all columns; put a field with a comma in it into double quotes";
                fault(at, problem, remedy);
                continue;
            }
        };
        let line = lines.of(record.position());
        let at = || format!(" line {line}");
        let field = |column: usize| record.get(column).unwrap_or_default();
        let optional = |column: Option<usize>| column.map_or("", field);
        let when = field(year).parse().ok().filter(|year| (1..=9999).contains(year)).map(Year);
        if when.is_none() {
            fault(at(), format!("`{}` is not a year", field(year)), "write a year such as 2026");
        }
        let number: Option<f64> = field(value).parse().ok().filter(|value: &f64| value.is_finite());
        if number.is_none() {
            let remedy = match field(value).trim() {
                "" => "leave out the row of a year without a value",
                _ => "write a plain number with a decimal point: no thousands separators, no unit",
            };
            fault(at(), format!("`{}` is not a finite number", field(value)), remedy);
        }
        let word = optional(form);
        let shape = FORMS.iter().find(|(name, _)| *name == word).map(|(_, form)| *form);
        if shape.is_none() {
            fault(at(), format!("`{word}` is no form"), "write `level` or `growth_percent`, or nothing");
        }
        let word = optional(evidence);
        let grade = match word {
            "" => Some(Evidence::Statistics),
            _ => Evidence::ALL.into_iter().find(|grade| grade.word() == word),
        };
        if grade.is_none() {
            let all = Evidence::ALL.map(Evidence::word).join(", ");
            fault(
                at(),
                format!("`{word}` is no grade of evidence"),
                &format!("write one of {all}, or nothing"),
            );
        }
        if let (Some(year), Some(value), Some(form), Some(evidence)) = (when, number, shape, grade) {
            let source = Some(optional(source)).filter(|text| !text.is_empty()).map(str::to_owned);
            let place = Some(format!("{file} line {line}"));
            rows.push(Actual { id: field(id).to_owned(), year, value, form, evidence, source, place });
        }
    }
    if is_empty {
        fault(String::new(), "there is no row".into(), COLUMNS);
    }
    rows
}
