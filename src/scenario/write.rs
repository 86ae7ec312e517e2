//! Writing a scenario as a file that a person would write: one table an entry, its values on lines of their own.
//!
//! Layer 3.

use super::{Draft, prior};
use crate::error::{Error, Fault, Faults, Result};
use crate::files;
use crate::process::{PriorSource, Process};
use std::path::{Path, PathBuf};
use toml::{Table, Value};

/// Sections whose entries have a header each.
const SECTIONS: [&str; 7] = ["indicator", "factor", "event", "regime", "lever", "target", "variant"];

impl Draft {
    /// The draft as the text of a scenario file; reading it gives the same draft. Files of histories are named
    /// relative to the current folder.
    ///
    /// # Errors
    /// [`Error::Scenario`] when it holds what a file cannot: a process or measure of the user's own, or an `extends`.
    pub fn to_toml(&self) -> Result<String> {
        self.written(Path::new(""))
    }

    /// Writes the draft to a scenario file, whole or not at all. Files of histories are named relative to it.
    ///
    /// # Errors
    /// [`Error::Write`] when the file cannot be written; else as [`Draft::to_toml`].
    pub fn save(&self, path: impl AsRef<Path>) -> Result<()> {
        let path = path.as_ref();
        let folder = path.parent().map(Path::to_path_buf).unwrap_or_default();
        let text = self.written(&folder)?;
        files::write(path, text.as_bytes())
    }

    fn written(&self, folder: &Path) -> Result<String> {
        self.writable()?;
        let unwritable = |error: toml::ser::Error| {
            let mut faults = Faults::new();
            faults.push(Fault::new("", format!("cannot be written as TOML: {error}")));
            Error::Scenario(faults)
        };
        let mut table = Table::try_from(self).map_err(unwritable)?;
        for (id, indicator) in &self.indicator {
            if let Some((history, file)) =
                indicator.history.as_ref().and_then(|history| Some((history, history.file.as_ref()?)))
            {
                let file = relocated(&history.folder, file, folder);
                if let Some(written) = history_of(&mut table, id) {
                    written.insert("file".into(), Value::String(file.to_string_lossy().into_owned()));
                }
            }
            let estimate = indicator.process.as_ref().and_then(Process::estimate);
            if let (Some(estimate), Some(written)) = (estimate, estimate_of(&mut table, id)) {
                if let Some(PriorSource::Class(name)) = &estimate.prior
                    && let Some(file) = prior::file_of(name, &estimate.folder)
                    && estimate.folder != folder
                {
                    let file = relocated(&estimate.folder, &file, folder);
                    written.insert("prior".into(), Value::String(file.to_string_lossy().into_owned()));
                }
                if let Some(history) = &estimate.history
                    && let Some(file) = &history.file
                    && let Some(written) = written.get_mut("history").and_then(Value::as_table_mut)
                {
                    let file = relocated(&history.folder, file, folder);
                    written.insert("file".into(), Value::String(file.to_string_lossy().into_owned()));
                }
            }
        }
        for id in self.variant.keys() {
            let patch = table.get_mut("variant").and_then(|variants| variants.get_mut(id));
            let Some(Value::Table(patch)) = patch.and_then(|variant| variant.get_mut("patch")) else {
                continue;
            };
            let ids: Vec<String> = match patch.get("indicator") {
                Some(Value::Table(indicators)) => indicators.keys().cloned().collect(),
                _ => continue,
            };
            for id in ids {
                let relocate = |file: Option<&mut Value>| {
                    if let Some(Value::String(file)) = file {
                        *file =
                            relocated(Path::new(""), Path::new(file), folder).to_string_lossy().into_owned();
                    }
                };
                if let Some(history) = history_of(patch, &id) {
                    relocate(history.get_mut("file"));
                }
                if let Some(estimate) = estimate_of(patch, &id) {
                    let is_file = |prior: &&mut Value| prior.as_str().is_some_and(prior::is_file);
                    relocate(estimate.get_mut("prior").filter(is_file));
                    relocate(estimate.get_mut("history").and_then(|history| history.get_mut("file")));
                }
            }
        }
        let mut text = String::new();
        write_table(&mut text, &mut Vec::new(), &table, Layout::Scenario);
        Ok(text)
    }

    /// Refuses what only exists in Rust or only in files.
    fn writable(&self) -> Result<()> {
        let mut faults = Faults::new();
        if self.extends.is_some() {
            faults.push(
                Fault::new("extends", "a draft is complete and extends no file")
                    .remedy("load the file with `Draft::load`, which lays it over the other one"),
            );
        }
        for (id, _) in self.indicator.iter().filter(|(_, indicator)| indicator.custom.is_some()) {
            faults.push(
                Fault::new(format!("indicator.{id}"), "a process of your own cannot be written to a file")
                    .remedy("take it out before writing"),
            );
        }
        for (id, _) in self.target.iter().filter(|(_, target)| target.custom.is_some()) {
            faults.push(
                Fault::new(format!("target.{id}"), "a measure of your own cannot be written to a file")
                    .remedy("take it out before writing"),
            );
        }
        faults.or(())
    }
}

/// The table of an indicator's history in a scenario or patch.
pub(crate) fn history_of<'a>(table: &'a mut Table, indicator: &str) -> Option<&'a mut Table> {
    table.get_mut("indicator")?.get_mut(indicator)?.get_mut("history")?.as_table_mut()
}

/// The table of how an indicator's process is learned, in a scenario or patch.
pub(crate) fn estimate_of<'a>(table: &'a mut Table, indicator: &str) -> Option<&'a mut Table> {
    let process = table.get_mut("indicator")?.get_mut(indicator)?.get_mut("process")?.as_table_mut()?;
    process.iter_mut().find_map(|(_, preset)| preset.get_mut("estimate")?.as_table_mut())
}

/// A file named relative to one folder, named relative to another.
fn relocated(from: &Path, file: &Path, to: &Path) -> PathBuf {
    if file.is_absolute() || from == to {
        return file.to_path_buf();
    }
    let full = from.join(file);
    if to.as_os_str().is_empty() {
        return full;
    }
    match (std::path::absolute(&full), std::path::absolute(to)) {
        (Ok(full), Ok(to)) => full.strip_prefix(&to).map(Path::to_path_buf).unwrap_or(full),
        _ => full,
    }
}

/// How a table is laid out.
#[derive(Clone, Copy, PartialEq)]
enum Layout {
    /// Values first, then sections.
    Scenario,
    /// Only entries with headers of their own.
    Section,
    /// An entry of `variant`: its patch is laid out as a scenario.
    Variant,
    /// Every value on a line, tables within them inline.
    Entry,
}

impl Layout {
    /// The layout of a table that has a header of its own; none for one that is written inline.
    fn below(self, key: &str, inner: &Value) -> Option<Layout> {
        match (self, key, inner) {
            (_, _, value) if !value.is_table() => None,
            (Self::Scenario, key, Value::Table(table)) if SECTIONS.contains(&key) => {
                table.values().all(Value::is_table).then_some(Self::Section)
            }
            (Self::Scenario, "plan" | "correlation", _) => Some(Self::Entry),
            (Self::Section, _, _) => Some(Self::Entry),
            (Self::Variant, "patch", _) => Some(Self::Scenario),
            _ => None,
        }
    }
}

fn write_table(text: &mut String, path: &mut Vec<String>, table: &Table, layout: Layout) {
    let below = |key: &str, value: &Value| match layout.below(key, value) {
        Some(Layout::Entry) if path.last().is_some_and(|last| last == "variant") => Some(Layout::Variant),
        other => other,
    };
    let inner: Vec<Option<Layout>> = table.iter().map(|(key, value)| below(key, value)).collect();
    // A table without values of its own needs a header only when it is empty.
    let values = inner.iter().any(Option::is_none);
    if !path.is_empty() && (values || (table.is_empty() && layout != Layout::Section)) {
        if !text.is_empty() {
            text.push('\n');
        }
        text.push_str(&format!("[{}]\n", path.join(".")));
    }
    for ((key, value), _) in table.iter().zip(&inner).filter(|(_, inner)| inner.is_none()) {
        write_value(text, &mut vec![bare(key)], value);
    }
    for ((key, value), inner) in table.iter().zip(&inner) {
        if let (Some(layout), Value::Table(table)) = (inner, value) {
            path.push(bare(key));
            write_table(text, path, table, *layout);
            path.pop();
        }
    }
}

/// A value on a line. A table with one key, as `process`, continues the key: `process.ar1_growth = { … }`.
fn write_value(text: &mut String, path: &mut Vec<String>, value: &Value) {
    match value {
        Value::Table(table) if table.len() == 1 && path.len() < 3 => {
            for (key, value) in table {
                path.push(bare(key));
                write_value(text, path, value);
            }
        }
        value => text.push_str(&format!("{} = {value}\n", path.join("."))),
    }
}

/// A key as TOML wants it: an inline table with this one key knows how to quote it.
fn bare(key: &str) -> String {
    let inline = Value::Table(Table::from_iter([(key.to_owned(), Value::Boolean(true))])).to_string();
    match inline.strip_prefix("{ ").and_then(|rest| rest.strip_suffix(" = true }")) {
        Some(quoted) => quoted.to_owned(),
        None => key.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::event::{Event, ObservedEvents, PriorEvents};
    use crate::evidence::Evidence;
    use crate::history::{History, HistoryBounds, HistoryForm, ReportedError, Rounding};
    use crate::process::{Ar1Growth, Estimate, MeanReverting, Prior, RandomWalk};
    use crate::quantity::{Beta, Quantity, StudentT, TwoPieceNormal};
    use crate::scenario::{
        CorrelationDraft, Driver, IndicatorDraft, KnowledgeStock, Lever, LeverEffect, PairsDraft, Plan,
        Power, Response, Saturation, TargetDraft, Variant,
    };
    use crate::target::Measure;
    use crate::time::Year;
    use indexmap::IndexMap;
    use proptest::prelude::*;

    fn text() -> impl Strategy<Value = String> {
        // Quotes, line breaks, control and wide characters, and whatever else.
        prop_oneof![any::<String>(), Just("\"\"\"'''\\".to_owned()), Just("年均\n增长\t\u{7f}\r".to_owned())]
    }

    fn number() -> impl Strategy<Value = f64> {
        prop_oneof![
            prop::num::f64::NORMAL,
            prop::num::f64::SUBNORMAL,
            prop::num::f64::ZERO,
            (-1e6..1e6).prop_map(f64::round)
        ]
    }

    fn quantity() -> impl Strategy<Value = Quantity> {
        let value =
            prop_oneof![
                number().prop_map(Quantity::number),
                (number(), number())
                    .prop_map(|(mean, sd)| Quantity::normal(mean, sd).between(mean, f64::INFINITY)),
                (number(), number()).prop_map(|(low, high)| Quantity::uniform(low, high)),
                (number(), number(), number())
                    .prop_map(|(df, location, scale)| Quantity::uncertain(StudentT { df, location, scale })),
                (number(), number(), number()).prop_map(|(mode, sd_low, sd_high)| Quantity::uncertain(
                    TwoPieceNormal { mode, sd_low, sd_high }
                )),
                (number(), number()).prop_map(|(alpha, beta)| Quantity::uncertain(Beta {
                    alpha,
                    beta,
                    low: 0.0,
                    high: 1.0
                })),
                prop::collection::vec((1..=9999, number()), 1..4).prop_map(Quantity::by_year),
            ];
        (value, prop::option::of(text()), prop::option::of(prop::sample::select(&Evidence::ALL[..])))
            .prop_map(|(mut quantity, source, evidence)| {
                (quantity.source, quantity.evidence) = (source, evidence);
                quantity
            })
    }

    fn process() -> impl Strategy<Value = Process> {
        prop_oneof![
            (quantity(), quantity()).prop_map(|(drift, volatility)| {
                let walk = RandomWalk { drift: Some(drift), volatility: Some(volatility), estimate: None };
                Process::RandomWalk(walk)
            }),
            quantity().prop_map(|persistence| Process::Ar1Growth(Ar1Growth {
                drift: None,
                persistence: Some(persistence),
                volatility: None,
                last_growth: None,
                estimate: None
            })),
            (estimate(), any::<bool>()).prop_map(|(estimate, reverts)| match reverts {
                true => MeanReverting::estimated(estimate).into(),
                false => Ar1Growth::learned(estimate).into(),
            }),
        ]
    }

    fn estimate() -> impl Strategy<Value = Estimate> {
        let numbers = (number(), number(), number(), number())
            .prop_map(|(mean, weight, sd, df)| PriorSource::Numbers(Prior { mean, weight, sd, df }));
        let prior = prop_oneof![numbers, text().prop_map(PriorSource::Class)];
        (prop::option::of(prior), prop::option::of(history()), any::<bool>()).prop_map(
            |(prior, history, plug_in)| Estimate {
                prior,
                history: history.map(Box::new),
                plug_in,
                ..Estimate::default()
            },
        )
    }

    fn history() -> impl Strategy<Value = History> {
        let error =
            prop_oneof![number().prop_map(ReportedError::Sd), number().prop_map(ReportedError::Relative)];
        let of_file = (
            text(),
            prop::option::of(prop_oneof![number().prop_map(Rounding::To), Just(Rounding::AsPrinted)]),
            prop::option::of((text(), text())),
            prop::collection::vec((text(), error), 0..3),
        )
            .prop_map(|(series, rounding, bounds, error)| History {
                rounding,
                bounds: bounds.map(|(low, high)| HistoryBounds { at_least: Some(low), at_most: Some(high) }),
                error: (!error.is_empty()).then(|| error.into_iter().collect()),
                ..History::file("h.csv", series)
            });
        prop_oneof![
            of_file,
            prop::collection::vec((1..=9999, number()), 0..3)
                .prop_map(|values| History::values(HistoryForm::GrowthPercent, values)),
        ]
    }

    fn indicator() -> impl Strategy<Value = IndicatorDraft> {
        let drivers = prop::collection::vec((text(), quantity(), 0..3_u32), 0..2);
        (text(), text(), quantity(), prop::option::of(process()), drivers, prop::option::of(history()))
            .prop_map(|(name, unit, baseline, process, drivers, history)| IndicatorDraft {
                name,
                unit,
                baseline: Some(baseline),
                process,
                history,
                driver: drivers
                    .into_iter()
                    .map(|(id, elasticity, lag)| (id, Driver { elasticity, lag }))
                    .collect(),
                ..IndicatorDraft::default()
            })
    }

    fn lever() -> impl Strategy<Value = Lever> {
        let response = prop_oneof![
            Just(Response::Linear),
            number().prop_map(|half| Response::Saturating(Saturation { half })),
            number().prop_map(|exponent| Response::Power(Power { exponent })),
            (number(), number(), number(), 0..4_u32).prop_map(|(base, growth, depreciation, lag)| {
                Response::KnowledgeStock(KnowledgeStock { base, growth, depreciation, lag })
            }),
        ];
        let effect = (text(), quantity(), response, 0..4).prop_map(|(id, by, response, on)| match on {
            0 => LeverEffect::drift(id, by, response),
            1 => LeverEffect::level(id, by, response),
            2 => LeverEffect::elasticity(id.clone(), id, by, response),
            _ => LeverEffect::probability(id, by, response),
        });
        let effects = prop::collection::vec((text(), effect), 0..3);
        (text(), text(), number(), effects).prop_map(|(name, unit, most, effects)| Lever {
            effect: effects.into_iter().collect(),
            ..Lever::new(name, unit, most).from(2027)
        })
    }

    fn event() -> impl Strategy<Value = Event> {
        let prior = (number(), number()).prop_map(|(events, years)| PriorEvents { events, years });
        let record = (any::<u32>(), number(), prop::option::of(prior))
            .prop_map(|(events, years, prior)| ObservedEvents { events, years, prior });
        prop_oneof![
            (text(), quantity()).prop_map(|(name, probability)| Event::new(name, probability)),
            (text(), record).prop_map(|(name, record)| Event::observed(name, record)),
        ]
    }

    prop_compose! {
        fn draft()(
            name in text(),
            events in prop::collection::vec((text(), event()), 0..3),
            levers in prop::collection::vec((text(), lever()), 0..3),
            about in prop::option::of(text()),
            indicators in prop::collection::vec((text(), indicator()), 0..4),
            bound in quantity(),
            pairs in prop::option::of(prop::collection::vec((text(), text(), number()), 0..3)),
            patch in prop::collection::vec((text(), text(), number()), 0..3),
        ) -> Draft {
            let target = TargetDraft {
                indicator: Some("g".into()),
                measure: Measure::AverageGrowth,
                at_least: Some(bound),
                ..TargetDraft::default()
            };
            let mut patched = Table::new();
            for (id, key, value) in patch {
                let entry = patched.entry("indicator").or_insert_with(|| Value::Table(Table::new()));
                let entry = entry.as_table_mut().expect("a table").entry(id);
                let entry = entry.or_insert_with(|| Value::Table(Table::new()));
                entry.as_table_mut().expect("a table").insert(key, Value::Float(value));
            }
            Draft {
                plancast: crate::scenario::FORMAT,
                extends: None,
                plan: Plan {
                    name: name.clone(),
                    name_zh: None,
                    base_year: Year(2025),
                    last_year: Year(2030),
                    about,
                    source: None,
                    source_zh: None,
                },
                indicator: indicators.into_iter().collect(),
                factor: IndexMap::new(),
                correlation: pairs
                    .map(|of| CorrelationDraft::Pairs(PairsDraft { of, repair: false })),
                event: events.into_iter().collect(),
                regime: IndexMap::new(),
                lever: levers.into_iter().collect(),
                target: IndexMap::from([("t".into(), target)]),
                variant: IndexMap::from([(
                    "v".into(),
                    Variant { name: name.clone(), name_zh: None, reasoning: name, patch: patched },
                )]),
            }
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig {
            rng_seed: proptest::test_runner::RngSeed::Fixed(1),
            failure_persistence: None,
            ..ProptestConfig::default()
        })]

        #[test]
        fn what_is_written_is_read_as_the_same(draft in draft()) {
            // `Draft::from_toml` also checks that patches fit, which these do not.
            let text = draft.to_toml().expect("it can be written");
            let again: Draft = toml::from_str(&text).map_err(|e| TestCaseError::fail(format!("{e}\n{text}")))?;
            prop_assert_eq!(&again, &draft, "{}", text);
            let plain = Draft { variant: IndexMap::new(), ..draft };
            let again = Draft::from_toml(&plain.to_toml().expect("it can be written"));
            prop_assert_eq!(again.expect("it can be read"), plain);
        }
    }
}
