//! Panels from CSV files: a row for each unit and year, or a row for each unit with the years across.

use super::Panel;
use crate::error::{Error, Fault, Faults, Result};
use crate::series::Series;
use crate::time::Year;
use csv::StringRecord;
use indexmap::IndexMap;
use std::collections::BTreeMap;
use std::path::Path;

/// Larger files are no yearly statistics.
const LARGEST: u64 = 256 << 20;

/// More faults than these are counted, not listed.
const LISTED: usize = 20;

/// What the columns of a tidy file are called, and which rows are meant.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Columns {
    unit: String,
    year: String,
    value: String,
    only: Option<(String, String)>,
}

/// `region`, `year`, `value`, all rows.
impl Default for Columns {
    fn default() -> Self {
        Self::new("region", "year", "value")
    }
}

impl Columns {
    /// The titles of the columns of unit, year and value.
    pub fn new(unit: impl Into<String>, year: impl Into<String>, value: impl Into<String>) -> Self {
        Self { unit: unit.into(), year: year.into(), value: value.into(), only: None }
    }

    /// Only the rows that have this text in this column: one indicator of many.
    #[must_use]
    pub fn only(mut self, column: impl Into<String>, text: impl Into<String>) -> Self {
        self.only = Some((column.into(), text.into()));
        self
    }
}

impl Panel {
    /// Reads a tidy CSV file: a header, then a row for each unit and year, in any order of the rows. Units come in the order in
    /// which they first appear. A value that is empty or `..` is missing; other columns are nobody's business here.
    ///
    /// # Errors
    /// [`Error::Read`] when the file cannot be read; [`Error::Data`] with every row that is wrong, by its line (the first 20,
    /// then how many more): not a year, not a finite number, a year of a unit that stands twice; or a column that is missing,
    /// or no value at all.
    pub fn read_csv(path: &Path, columns: &Columns) -> Result<Self> {
        let sheet = Sheet::read(path)?;
        let (header, rows) = sheet.records(0)?;
        let only = columns.only.as_ref().map(|(column, text)| (column.as_str(), text.as_str()));
        let only = sheet.filter(&header, only)?;
        let [unit, year, value] =
            [&columns.unit, &columns.year, &columns.value].map(|title| sheet.column(&header, title));
        let (unit, year, value) = (unit?, year?, value?);
        let mut draft = Draft::new(&sheet);
        for row in &rows {
            let field = |column: usize| row.get(column).unwrap_or_default();
            if only.is_some_and(|(column, text)| field(column) != text) {
                continue;
            }
            match parse_year(field(year)) {
                Some(year) => draft.add(row, field(unit), year, field(value)),
                None => {
                    draft.fault(row, format!("`{}` is not a year", field(year)), "write a year such as 2024")
                }
            }
        }
        draft.finish()
    }

    /// Reads a CSV file with a row for each unit and a column for each year, as the World Bank publishes its
    /// indicators. The header is the first row that has the column `unit` and a column whose title is a year; what stands above
    /// it is not read. Titles such as `2024 [YR2024]` are years as well. An empty cell or `..` is missing. `only` is a column and the
    /// text that a row must have there: one indicator of many.
    ///
    /// # Errors
    /// As [`Panel::read_csv`].
    pub fn read_years_across(path: &Path, unit: &str, only: Option<(&str, &str)>) -> Result<Self> {
        let sheet = Sheet::read(path)?;
        let is_header = |row: &StringRecord| {
            row.iter().any(|title| title == unit) && row.iter().any(|t| year_title(t).is_some())
        };
        let above = sheet.find(is_header).ok_or_else(|| {
            sheet.fault(
                None,
                format!("no row has the column `{unit}` and columns of years"),
                "name the column of the units; titles of years are such as 2024",
            )
        })?;
        let (header, rows) = sheet.records(above)?;
        let (unit, only) = (sheet.column(&header, unit)?, sheet.filter(&header, only)?);
        let years: Vec<(usize, Year)> =
            header.iter().enumerate().filter_map(|(k, title)| Some((k, year_title(title)?))).collect();
        let mut draft = Draft::new(&sheet);
        for row in &rows {
            let field = |column: usize| row.get(column).unwrap_or_default();
            // Notes at the foot of the table have no value, and mostly no unit.
            let empty = years.iter().all(|(column, _)| is_missing(field(*column)));
            if empty || only.is_some_and(|(column, text)| field(column) != text) {
                continue;
            }
            for (column, year) in &years {
                draft.add(row, field(unit), *year, field(*column));
            }
        }
        draft.finish()
    }
}

/// A CSV file as text.
struct Sheet {
    shown: String,
    text: String,
}

impl Sheet {
    fn read(path: &Path) -> Result<Self> {
        let shown = path.display().to_string();
        let unreadable = |source| Error::Read { path: path.into(), source };
        let size = std::fs::metadata(path).map_err(unreadable)?.len();
        let whole = |problem: String, remedy: &str| data(Fault::new(shown.clone(), problem).remedy(remedy));
        if size > LARGEST {
            let problem = format!("the file has {} MiB; at most {} are read", size >> 20, LARGEST >> 20);
            return Err(whole(problem, "keep only the indicator that is needed"));
        }
        let text = String::from_utf8(std::fs::read(path).map_err(unreadable)?)
            .map_err(|_| whole("the file is not UTF-8 text".into(), "save it as UTF-8"))?;
        if text.trim().is_empty() {
            return Err(whole("the file is empty".into(), "it needs a header and a row for each value"));
        }
        let text = text.trim_start_matches('\u{feff}').to_owned();
        Ok(Self { shown, text })
    }

    fn reader(&self) -> csv::Reader<&[u8]> {
        csv::ReaderBuilder::new()
            .has_headers(false)
            .flexible(true)
            .trim(csv::Trim::All)
            .from_reader(self.text.as_bytes())
    }

    /// How many rows stand above the first one for which this is so.
    fn find(&self, is: impl Fn(&StringRecord) -> bool) -> Option<usize> {
        self.reader().records().position(|row| row.is_ok_and(|row| is(&row)))
    }

    /// The header below so many rows, and the rows below it. Rows longer or shorter than the
    /// header are refused: a comma too many moves all that follows it.
    fn records(&self, above: usize) -> Result<(StringRecord, Vec<StringRecord>)> {
        let mut rows = Vec::new();
        for row in self.reader().into_records().skip(above) {
            let row = row.map_err(|error| self.fault(None, error.to_string(), "save the file as CSV"))?;
            rows.push(row);
        }
        let mut rows = rows.into_iter();
        let header = rows.next().unwrap_or_default();
        let rows: Vec<_> = rows.collect();
        let mut draft = Draft::new(self);
        for row in rows.iter().filter(|row| row.len() > 1 && row.len() != header.len()) {
            let problem = format!("{} fields; the header has {}", row.len(), header.len());
            draft.fault(row, problem, "put a field with a comma in it into double quotes");
        }
        draft.faults.or_data((header, rows))
    }

    /// The line of a record. The reader's own count is of where it began to look, before empty lines.
    fn line(&self, row: &StringRecord) -> usize {
        let from = row.position().and_then(|p| usize::try_from(p.byte()).ok()).unwrap_or(0);
        let (before, rest) = self.text.split_at_checked(from).unwrap_or((&self.text, ""));
        let empty = &rest[..rest.find(|c| c != '\r' && c != '\n').unwrap_or(0)];
        1 + [before, empty].iter().flat_map(|text| text.bytes()).filter(|byte| *byte == b'\n').count()
    }

    fn column(&self, header: &StringRecord, title: &str) -> Result<usize> {
        header.iter().position(|found| found == title).ok_or_else(|| {
            let titles: Vec<&str> = header.iter().filter(|title| !title.is_empty()).collect();
            let problem = format!("there is no column `{title}`; the columns are {}", titles.join(", "));
            self.fault(None, problem, "say what the columns are called")
        })
    }

    fn filter<'a>(
        &self,
        header: &StringRecord,
        only: Option<(&str, &'a str)>,
    ) -> Result<Option<(usize, &'a str)>> {
        only.map(|(title, text)| Ok((self.column(header, title)?, text))).transpose()
    }

    fn fault(&self, row: Option<&StringRecord>, problem: String, remedy: &str) -> Error {
        data(Fault::new(self.place(row), problem).remedy(remedy))
    }

    fn place(&self, row: Option<&StringRecord>) -> String {
        row.map_or_else(|| self.shown.clone(), |row| format!("{}:{}", self.shown, self.line(row)))
    }
}

/// One fault as an error.
fn data(fault: Fault) -> Error {
    let mut faults = Faults::new();
    faults.push(fault);
    Error::Data(faults)
}

/// Values gathered so far, and what is wrong with the others.
struct Draft<'s> {
    sheet: &'s Sheet,
    units: IndexMap<String, BTreeMap<Year, f64>>,
    faults: Faults,
    unlisted: usize,
}

impl<'s> Draft<'s> {
    fn new(sheet: &'s Sheet) -> Self {
        Self { sheet, units: IndexMap::new(), faults: Faults::new(), unlisted: 0 }
    }

    fn fault(&mut self, row: &StringRecord, problem: String, remedy: &str) {
        if self.faults.len() < LISTED {
            self.faults.push(Fault::new(self.sheet.place(Some(row)), problem).remedy(remedy));
        } else {
            self.unlisted += 1;
        }
    }

    fn add(&mut self, row: &StringRecord, unit: &str, year: Year, value: &str) {
        if is_missing(value) {
            return;
        }
        if unit.is_empty() {
            return self.fault(row, "the row names no unit".into(), "give every row a unit, or leave it out");
        }
        let Some(number) = value.parse().ok().filter(|number: &f64| number.is_finite()) else {
            let remedy = if value.contains(',') {
                "write numbers without thousands separators and with a decimal point"
            } else {
                "leave a value that is not known empty"
            };
            return self.fault(row, format!("`{value}` is not a finite number"), remedy);
        };
        if self.units.entry(unit.into()).or_default().insert(year, number).is_some() {
            self.fault(row, format!("{year} of `{unit}` stands twice"), "keep one value of a year");
        }
    }

    fn finish(mut self) -> Result<Panel> {
        if self.unlisted > 0 {
            let problem = format!("{} more rows are wrong", self.unlisted);
            self.faults.push(Fault::new(self.sheet.place(None), problem));
        }
        let units: IndexMap<String, Series> =
            self.units.into_iter().map(|(name, values)| (name, Series::new(values))).collect();
        if self.faults.is_empty() && units.is_empty() {
            let fault = Fault::new(self.sheet.place(None), "no row with a value is left");
            self.faults.push(fault.remedy("check which rows are asked for"));
        }
        self.faults.or_data(Panel { units })
    }
}

fn is_missing(value: &str) -> bool {
    value.is_empty() || value == ".."
}

fn parse_year(text: &str) -> Option<Year> {
    text.parse().ok().filter(|year| (1..=9999).contains(year)).map(Year)
}

/// The year of a title: `2024`, or `2024 [YR2024]`.
fn year_title(title: &str) -> Option<Year> {
    let first = title.split_whitespace().next()?;
    let is_year = first.len() == 4 && (title == first || title == format!("{first} [YR{first}]"));
    is_year.then(|| parse_year(first)).flatten()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn file(text: &str) -> tempfile::NamedTempFile {
        let file = tempfile::NamedTempFile::new().expect("a file");
        std::fs::write(file.path(), text).expect("written");
        file
    }

    fn tidy(text: &str) -> Result<Panel> {
        Panel::read_csv(file(text).path(), &Columns::default())
    }

    fn values(panel: &Panel) -> Vec<(&str, Vec<(i32, f64)>)> {
        panel
            .iter()
            .map(|(name, s)| (name, s.iter().map(|(year, value)| (year.0, value)).collect()))
            .collect()
    }

    #[test]
    fn rows_in_any_order_with_missing_values() {
        let read =
            tidy("\u{feff}region,year,value\nB,2001,2\nA,2000,..\r\nB,2000,1.5\n\nA,2001, 3 \nC,2000,\n");
        assert_eq!(
            values(&read.expect("a panel")),
            [("B", vec![(2000, 1.5), (2001, 2.0)]), ("A", vec![(2001, 3.0)])]
        );
    }

    #[test]
    fn one_indicator_of_many() {
        let file = file("iso,what,y,v\nA,gdp,2000,1\nA,co2,2000,9\n");
        let columns = Columns::new("iso", "y", "v").only("what", "co2");
        assert_eq!(
            values(&Panel::read_csv(file.path(), &columns).expect("a panel")),
            [("A", vec![(2000, 9.0)])]
        );
        let none = columns.only("what", "population");
        let said = Panel::read_csv(file.path(), &none).expect_err("no row").to_string();
        assert!(said.contains("no row with a value is left"), "{said}");
    }

    #[test]
    fn years_across_as_the_world_bank_writes_them() {
        let text = "\"Data Source\",\"World Development Indicators\",\n\n\"Last Updated Date\",\"2026-07-01\",\n\n\
            \"Country Name\",\"Country Code\",\"Indicator Code\",\"1960\",\"1961 [YR1961]\",\n\
            \"Aruba, the\",\"ABW\",\"X\",\"\",\"2.5\",\n\"Benin\",\"BEN\",\"X\",\"1\",\"..\",\n\"Benin\",\"BEN\",\"Y\",\"7\",\"8\",\n\
            \"Last note\",,,,,\n";
        let file = file(text);
        let read = Panel::read_years_across(file.path(), "Country Code", Some(("Indicator Code", "X")));
        assert_eq!(values(&read.expect("a panel")), [("ABW", vec![(1961, 2.5)]), ("BEN", vec![(1960, 1.0)])]);
        let said =
            Panel::read_years_across(file.path(), "Country Code", None).expect_err("twice").to_string();
        assert!(said.contains(":8: error") || said.contains(":8: 1960 of `BEN` stands twice"), "{said}");
        assert!(Panel::read_years_across(file.path(), "ISO", None).is_err());
    }

    #[test]
    fn every_bad_row_is_named_with_its_line() {
        let said = tidy(
            "region,year,value\nA,2000,1\n\nA,2000,2\nA,20x0,1\nA,2001,inf\nA,2002,\"1,234\"\n,2003,1\nA,2004,NaN\n",
        )
        .expect_err("six faults")
        .to_string();
        for part in [
            ":4: 2000 of `A` stands twice",
            ":5: `20x0` is not a year",
            ":6: `inf` is not a finite number",
            ":7: `1,234` is not a finite number\n  help: write numbers without thousands separators",
            ":8: the row names no unit",
            ":9: `NaN` is not a finite number",
            "6 faults",
        ] {
            assert!(said.contains(part), "{part} is not in\n{said}");
        }
    }

    #[test]
    fn many_faults_are_counted() {
        let rows: String = (0..50).map(|k| format!("A,{},x\n", 2000 + k)).collect();
        let said = tidy(&format!("region,year,value\n{rows}")).expect_err("fifty").to_string();
        assert!(said.contains(":21: `x`") && !said.contains(":22:"), "{said}");
        assert!(said.contains("30 more rows are wrong"), "{said}");
    }

    #[test]
    fn what_is_no_panel_is_refused() {
        for (text, part) in [
            ("", "the file is empty"),
            ("region,year,value\n", "no row with a value"),
            ("region,year\nA,2000\n", "no column `value`; the columns are region, year"),
            ("region,year,value\nA,2000,1,2\n", ":2: 4 fields; the header has 3"),
        ] {
            let said = tidy(text).expect_err(text).to_string();
            assert!(said.contains(part), "{part} is not in\n{said}");
        }
        let gone = Panel::read_csv(Path::new("no such file.csv"), &Columns::default());
        assert!(matches!(gone, Err(Error::Read { .. })));
    }

    proptest! {
        #[test]
        fn any_text_is_read_or_refused(
            fields in prop::collection::vec("(A|B|region|year|value|2000|2001 \\[YR2001\\]|1e5|-3|\"|\\.\\.|[^,\n]{0,3})", 0..30),
            width in 1..5usize,
            ends in "(\n|\r\n|\n\n)",
        ) {
            let rows: Vec<String> = fields.chunks(width).map(|row| row.join(",")).collect();
            let file = file(&format!("region,year,value{ends}{}", rows.join(&ends)));
            // Neither panics, and what is read has finite values.
            for read in [
                Panel::read_csv(file.path(), &Columns::default()),
                Panel::read_years_across(file.path(), "region", None),
            ].into_iter().flatten() {
                prop_assert!(!read.is_empty() && read.iter().all(|(_, s)| s.iter().all(|(_, x)| x.is_finite())));
            }
        }
    }
}
