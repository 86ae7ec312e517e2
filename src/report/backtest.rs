//! The record of a backtest as tables, for a terminal.

use super::table::numbers;
use crate::backtest::{LEVELS, Record, Skill, Summary};
use crate::score::brier::Class;
use crate::time::Year;
use std::fmt;
use std::ops::Bound;

/// The record of a backtest; print it with `{}`.
///
/// One block for all origins and, where a year divides them, one for those before it and one for the others: coverage, scores, and
/// the difference to a reference with its standard errors. Then the PIT in tenths, the decades, and for each event the
/// Brier score with its parts and the reliability curve. What is in the unit of the latent state is times 100: log points.
///
/// Means of scores are printed to three decimals, so that a record can be compared with another of the same cases. How much a
/// difference means is said by its standard errors, never by these digits.
#[derive(Debug, Clone, Copy)]
pub struct BacktestTables<'a> {
    record: &'a Record,
    reference: Option<&'a str>,
    chosen_before: Option<Year>,
}

impl<'a> BacktestTables<'a> {
    /// Without a reference, all origins together.
    pub fn new(record: &'a Record) -> Self {
        Self { record, reference: None, chosen_before: None }
    }

    /// Compares every model with this one.
    #[must_use]
    pub fn reference(mut self, model: &'a str) -> Self {
        self.reference = Some(model);
        self
    }

    /// Shows the origins before a year and the others apart: models were chosen on the first, the others are the test.
    #[must_use]
    pub fn chosen_before(mut self, year: Year) -> Self {
        self.chosen_before = Some(year);
        self
    }

    /// Blocks of origins with their titles.
    fn blocks(&self) -> Vec<(String, Origins)> {
        let mut blocks = vec![("all origins".to_owned(), (Bound::Unbounded, Bound::Unbounded))];
        if let Some(year) = self.chosen_before {
            blocks.push((format!("origins before {year}"), (Bound::Unbounded, Bound::Excluded(year))));
            blocks.push((format!("origins from {year}"), (Bound::Included(year), Bound::Unbounded)));
        }
        blocks
    }

    fn scores(&self, f: &mut fmt::Formatter<'_>, title: &str, origins: Origins) -> fmt::Result {
        let any = self.record.models.first().and_then(|model| self.record.summary(&model.name, origins));
        let Some(any) = any else { return writeln!(f, "{title}: no case\n") };
        writeln!(f, "{title}: {} cases of {} units", any.cases, any.units)?;
        let levels = LEVELS.map(|level| format!("{:.0} %", 100.0 * level));
        let mut header = vec!["model".to_owned()];
        header.extend(levels);
        header.extend(
            ["CRPS", "log score", "score 80 %", "width 80 %", "bias", "energy", "variogram"]
                .map(str::to_owned),
        );
        if let Some(reference) = self.reference {
            header.extend([
                format!("CRPS - {reference}"),
                "± unit".into(),
                "± period".into(),
                "skill".into(),
            ]);
        }
        let rows = self.record.models.iter().filter_map(|model| {
            let summary = self.record.summary(&model.name, origins)?;
            let mut row = row(&model.name, &summary);
            if let Some(reference) = self.reference {
                row.extend(compared(
                    self.record.skill(&model.name, reference, origins),
                    model.name == reference,
                ));
            }
            Some(row)
        });
        writeln!(f, "{}\n", numbers(header, rows))
    }

    fn tenths(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "PIT, share of the cases in each tenth, %")?;
        let header = std::iter::once("model".to_owned()).chain((1..=10).map(|tenth| tenth.to_string()));
        let rows = self.record.models.iter().filter_map(|model| {
            let shares = self.record.summary(&model.name, ..)?.pit;
            let shares = shares.iter().map(|share| format!("{:.1}", 100.0 * share));
            Some(std::iter::once(model.name.clone()).chain(shares).collect())
        });
        writeln!(f, "{}\n", numbers(header, rows))
    }

    fn decades(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let decades = self.record.decades();
        if decades.len() < 2 {
            return Ok(());
        }
        writeln!(f, "by decade of origins: coverage of the 80 % interval, CRPS")?;
        let header =
            std::iter::once("model".to_owned()).chain(decades.iter().map(|decade| format!("{decade}s")));
        let rows = self.record.models.iter().map(|model| {
            let of = |decade: &Year| {
                let summary = self.record.summary(&model.name, *decade..Year(decade.0 + 10));
                summary.map_or_else(dash, |s| format!("{:.1}, {:.3}", 100.0 * s.coverage[1], 100.0 * s.crps))
            };
            std::iter::once(model.name.clone()).chain(decades.iter().map(of)).collect()
        });
        writeln!(f, "{}\n", numbers(header, rows))
    }

    fn event(&self, f: &mut fmt::Formatter<'_>, event: usize) -> fmt::Result {
        writeln!(
            f,
            "{}: Brier score = reliability - resolution + uncertainty (+ what the classes hide)",
            self.record.events[event].name
        )?;
        let header = ["model", "Brier", "reliability", "resolution", "uncertainty", "hidden", "skill"];
        let rows = self.record.models.iter().filter_map(|model| {
            let parts = self.record.brier(event, &model.name, ..)?;
            let hidden = parts.within_variance - parts.within_covariance;
            let mut row = vec![model.name.clone()];
            let terms = [parts.score, parts.reliability, parts.resolution, parts.uncertainty, hidden];
            row.extend(terms.map(|term| format!("{term:.4}")));
            row.push(parts.skill().map_or_else(dash, |skill| format!("{:.1} %", 100.0 * skill)));
            Some(row)
        });
        writeln!(f, "{}\n", numbers(header, rows))?;

        writeln!(
            f,
            "reliability by tenths of probability: said → met, %, with the 95 % interval of independent cases (cases)"
        )?;
        let curves: Vec<(&str, Vec<Class>)> = self
            .record
            .models
            .iter()
            .filter_map(|model| {
                Some((model.name.as_str(), self.record.brier(event, &model.name, ..)?.classes))
            })
            .collect();
        let header = std::iter::once("said").chain(curves.iter().map(|(name, _)| *name)).map(str::to_owned);
        let rows = (0..10).map(|tenth| {
            let from = f64::from(tenth) / 10.0;
            let cell = |(_, classes): &(&str, Vec<Class>)| {
                let class = classes.iter().find(|class| (class.from - from).abs() < 1e-9);
                class.map_or_else(dash, reliability)
            };
            let said = format!("{}–{}", 10 * tenth, 10 * tenth + 10);
            std::iter::once(said).chain(curves.iter().map(cell)).collect()
        });
        writeln!(f, "{}\n", numbers(header, rows))
    }
}

/// Some origins.
type Origins = (Bound<Year>, Bound<Year>);

fn dash() -> String {
    "–".into()
}

/// A model's name and what its scores add up to.
fn row(name: &str, summary: &Summary) -> Vec<String> {
    let points = |x: f64| format!("{:.3}", 100.0 * x);
    let maybe = |x: Option<f64>| x.map_or_else(dash, points);
    let mut row = vec![name.to_owned()];
    row.extend(summary.coverage.map(|share| format!("{:.1}", 100.0 * share)));
    row.extend([
        points(summary.crps),
        summary.log.map_or_else(dash, |nats| format!("{nats:.3}")),
        format!("{:.2}", 100.0 * summary.interval),
        format!("{:.2}", 100.0 * summary.width),
        format!("{:+.2}", 100.0 * summary.bias),
        maybe(summary.energy),
        maybe(summary.variogram),
    ]);
    row
}

/// The difference to the reference, its standard errors, and the skill.
fn compared(skill: Option<Skill>, is_reference: bool) -> [String; 4] {
    let Some(skill) = skill.filter(|_| !is_reference) else { return [dash(), dash(), dash(), dash()] };
    let points = |x: f64| format!("{:.2}", 100.0 * x);
    let error =
        |c: Option<crate::score::cluster::Clustered>| c.map_or_else(dash, |c| points(c.standard_error));
    let mean = skill.by_unit.or(skill.by_period).map_or_else(dash, |c| format!("{:+.2}", 100.0 * c.mean));
    [mean, error(skill.by_unit), error(skill.by_period), format!("{:+.1} %", 100.0 * skill.skill)]
}

/// What was said, what was met, how sure that is, and how many cases.
fn reliability(class: &Class) -> String {
    let interval = class.interval(0.95);
    format!(
        "{:.0} → {:.0} ({:.0}–{:.0}; {})",
        100.0 * class.forecast,
        100.0 * class.frequency(),
        100.0 * interval.low,
        100.0 * interval.high,
        class.count
    )
}

impl fmt::Display for BacktestTables<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (title, origins) in self.blocks() {
            self.scores(f, &title, origins)?;
        }
        self.tenths(f)?;
        self.decades(f)?;
        for event in 0..self.record.events.len() {
            self.event(f, event)?;
        }
        let years = self.record.protocol.horizon;
        if self.reference.is_some() {
            writeln!(
                f,
                "± unit, ± period: standard errors of the difference by cluster bootstrap over units, and over periods of \
                 {years} years of origins. Fewer than twenty clusters make them rough."
            )?;
        }
        writeln!(
            f,
            "Scores: smaller is better. Bias: outcome less median; below 0 the forecasts were too high."
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::backtest::{Backtest, Event, Protocol, reference};
    use crate::panel::Panel;
    use crate::series::Series;

    fn record() -> Record {
        let log = |unit: i32| {
            let growth = move |k: i32| 0.03 + 0.01 * f64::from((unit + 3 * k) * k % 7);
            (0..45).scan(0.0, move |z, k| {
                *z += growth(k);
                Some((Year(1970 + k), *z))
            })
        };
        let panel =
            Panel::new((1..5).map(|unit| (format!("unit {unit}"), Series::new(log(unit))))).expect("a panel");
        let backtest =
            Backtest::new(&panel, Protocol::new(1993..=2009, 5)).event(Event::average_growth(0.07, 5));
        backtest.run(&reference::all()).expect("a record")
    }

    #[test]
    fn the_tables_say_what_the_record_says() {
        let record = record();
        let tables = BacktestTables::new(&record).reference("RWD-t").chosen_before(Year(1996));
        let text = tables.to_string();
        for part in [
            "all origins: 68 cases of 4 units",
            "origins before 1996: 12 cases of 4 units",
            "origins from 1996: 56 cases of 4 units",
            "1990s",
            "growth of at least 7 % a year over 5 years",
            "CRPS - RWD-t",
        ] {
            assert!(text.contains(part), "{part} is not in\n{text}");
        }
        let summary = record.summary("EB-AR", ..).expect("it was run");
        let row = text.lines().find(|line| line.trim_start().starts_with("EB-AR")).expect("a row");
        let cells: Vec<&str> = row.split_whitespace().collect();
        assert_eq!(cells[2], format!("{:.1}", 100.0 * summary.coverage[1]));
        assert_eq!(cells[4], format!("{:.3}", 100.0 * summary.crps));
        assert!(!text.contains("NaN") && !text.contains("inf"), "{text}");
        // Each case and model a row of the file, below the header.
        let file = crate::export::backtest_csv(&record);
        assert_eq!(file.lines().count(), 1 + 68 * 6);
        assert!(file.lines().all(|line| line.split(',').count() == 15));
    }
}
