//! Every rule of a scenario, in one place, for files and for the builder in Rust alike.
//!
//! Layer 3. The walk goes through the draft in the order of the file, notes every fault it meets and goes on;
//! what is right is turned into its meaning on the way. One file per noun.

mod change;
mod correlation;
mod estimate;
mod event;
mod indicator;
mod law;
mod lever;
mod order;
mod process;
mod quantity;
mod regime;
mod shrunk;
pub(super) mod suggest;
mod target;
#[cfg(test)]
mod tests;

use super::actuals::KnownYears;
use super::draft::{Draft, FORMAT};
use super::history::Tables;
use super::meant::{Correlated, Scenario};
use super::update::Update;
use crate::error::{Error, Fault, Faults, Result};
use crate::label::Label;
use crate::time::{Horizon, Year};
use indexmap::IndexMap;
use std::sync::Arc;

impl Draft {
    /// Checks every rule and gives the scenario as meant.
    ///
    /// Histories that stand in files are read here. What had to be changed to make the scenario usable,
    /// and was asked for, is among [`Scenario::notices`].
    ///
    /// # Errors
    /// [`Error::Scenario`] with every fault of the scenario at once, in the order of the file.
    pub fn validate(self) -> Result<Scenario> {
        self.checked(Faults::new(), Update::default())
    }

    /// The same, with faults that were found before and stand first.
    pub(super) fn validate_after(self, found: Faults) -> Result<Scenario> {
        self.checked(found, Update::default())
    }

    /// The same, with what came of the plan's first years.
    pub(super) fn validate_with(self, update: Update) -> Result<Scenario> {
        self.checked(Faults::new(), update)
    }

    fn checked(self, found: Faults, update: Update) -> Result<Scenario> {
        let mut walk = Walk::new(&self, found, update.learn.as_ref().map(|taken| &taken.known));
        walk.plan();
        let indicators = walk.indicators();
        let correlation = walk.correlation(&indicators);
        let events = walk.events();
        let regimes = walk.regimes();
        let levers = walk.levers();
        let targets = walk.targets();
        walk.variants();
        let Walk { faults, notices, horizon, .. } = walk;
        match horizon {
            Some(horizon) if faults.is_empty() => Ok(Scenario {
                name: Label::both(self.plan.name.trim(), self.plan.name_zh.clone()),
                source: self.plan.source.clone().map(|en| Label::both(en, self.plan.source_zh.clone())),
                horizon,
                variant: None,
                indicators,
                correlation: correlation.unwrap_or(Correlated::Independent),
                events,
                regimes,
                levers,
                targets,
                changes: IndexMap::new(),
                notices,
                laws: Arc::default(),
                update,
                draft: self,
            }),
            _ => Err(Error::Scenario(faults)),
        }
    }
}

/// The walk through a draft.
struct Walk<'d> {
    draft: &'d Draft,
    /// The years simulated, when the plan's years make sense.
    horizon: Option<Horizon>,
    tables: Tables,
    faults: Faults,
    notices: Vec<String>,
    /// Actuals that are learned from besides histories.
    actuals: Option<&'d KnownYears>,
}

/// Which ids may have hyphens.
#[derive(Clone, Copy, PartialEq)]
enum Hyphen {
    Allowed,
    Refused,
}

impl<'d> Walk<'d> {
    fn new(draft: &'d Draft, faults: Faults, actuals: Option<&'d KnownYears>) -> Self {
        let horizon = Horizon::new(draft.plan.base_year, draft.plan.last_year)
            .filter(|h| (1..=9999).contains(&h.base().0) && h.last().0 <= 9999);
        Self { draft, horizon, tables: Tables::default(), faults, notices: Vec::new(), actuals }
    }

    /// Notes a fault that needs no remedy beyond what is allowed.
    fn fault(&mut self, path: impl Into<String>, problem: impl Into<String>) {
        self.faults.push(Fault::new(path, problem));
    }

    /// Notes a fault with what to do about it.
    fn refuse(&mut self, path: impl Into<String>, problem: impl Into<String>, remedy: impl Into<String>) {
        self.faults.push(Fault::new(path, problem).remedy(remedy));
    }

    fn plan(&mut self) {
        let draft = self.draft;
        let plan = &draft.plan;
        if draft.plancast != FORMAT {
            self.refuse(
                "plancast",
                format!(
                    "version {} of the format is given; this release reads version {FORMAT}",
                    draft.plancast
                ),
                format!("write `plancast = {FORMAT}`, or use the release that wrote the file"),
            );
        }
        self.texts("plan", &[("name", Some(&plan.name)), ("name_zh", plan.name_zh.as_ref())]);
        let (base, last) = (plan.base_year, plan.last_year);
        if !(1..=9999).contains(&base.0) {
            self.fault("plan.base_year", format!("base_year is {base}; it must be from 1 to 9999"));
        } else if !(1..=9999).contains(&last.0) {
            self.fault("plan.last_year", format!("last_year is {last}; it must be from 1 to 9999"));
        } else if last <= base {
            self.fault(
                "plan.last_year",
                format!("last_year is {last}; it must be after the base year {base}"),
            );
        } else if self.horizon.is_none() {
            let most = Horizon::MAX_STEPS;
            self.fault(
                "plan.last_year",
                format!(
                    "last_year is {last}, {} years after the base year {base}; at most {most} are simulated",
                    last.0 - base.0
                ),
            );
        }
        if draft.indicator.is_empty() {
            self.refuse(
                "indicator",
                "no indicator is given; a plan needs at least one",
                "add `[indicator.gdp]`",
            );
        }
        if draft.target.is_empty() {
            self.refuse("target", "no target is given; a plan needs at least one", "add `[target.growth]`");
        }
    }

    fn variants(&mut self) {
        let draft = self.draft;
        for (id, variant) in &draft.variant {
            let path = under("variant", id);
            self.id(&path, id, Hyphen::Allowed);
            self.texts(
                &path,
                &[
                    ("name", Some(&variant.name)),
                    ("name_zh", variant.name_zh.as_ref()),
                    ("reasoning", Some(&variant.reasoning)),
                ],
            );
        }
    }

    /// An id is a word that formulas, tables of results and file names can carry as it is.
    fn id(&mut self, path: &str, id: &str, hyphen: Hyphen) {
        let mut chars = id.chars();
        let first = chars.next().is_some_and(|c| c.is_ascii_alphabetic() || c == '_');
        let rest =
            chars.all(|c| c.is_ascii_alphanumeric() || c == '_' || (c == '-' && hyphen == Hyphen::Allowed));
        if !(first && rest) {
            let hyphens = if hyphen == Hyphen::Allowed { ", hyphens" } else { "" };
            self.refuse(
                path,
                format!("`{id}` is no id; an id has letters a-z and A-Z, digits{hyphens} and underscores, and starts with a letter or an underscore"),
                "names in any language go in `name` and `name_zh`",
            );
        }
    }

    /// Texts that may be absent but not empty.
    fn texts(&mut self, path: &str, texts: &[(&str, Option<&String>)]) {
        for (key, text) in texts {
            if text.is_some_and(|text| text.trim().is_empty()) {
                self.fault(under(path, key), format!("{key} is empty; it must say something"));
            }
        }
    }

    /// Whether an indicator exists; a fault with the nearest id otherwise.
    fn known(&mut self, path: &str, id: &str) -> bool {
        let draft = self.draft;
        let known = draft.indicator.contains_key(id);
        if !known {
            let remedy = suggest::remedy(id, draft.indicator.keys().map(String::as_str), "indicators");
            self.refuse(path, format!("there is no indicator `{id}`"), remedy);
        }
        known
    }

    /// Whether events, regimes and drivers can push an indicator: it exists and moves by itself.
    fn pushable(&mut self, path: &str, id: &str) -> bool {
        if !self.known(path, id) {
            return false;
        }
        let formula = self.draft.indicator.get(id).is_some_and(|i| i.formula.is_some());
        if formula {
            self.refuse(
                path,
                format!("`{id}` is a formula and has no growth of its own that could be pushed"),
                "name the indicators that the formula is made of",
            );
        }
        !formula
    }

    /// Whether a year is simulated; a fault otherwise. True while the horizon itself is at fault.
    fn simulated(&mut self, path: &str, name: &str, year: Year) -> bool {
        let Some(horizon) = self.horizon else { return true };
        let inside = horizon.step(year).is_some();
        if !inside {
            let (first, last) = (horizon.base().0 + 1, horizon.last());
            self.fault(
                path,
                format!("{name} is {year}; it must be from {first} to {last}, the years simulated"),
            );
        }
        inside
    }
}

/// The path of a key inside a table, quoted where TOML would quote it.
pub(super) fn under(path: &str, key: &str) -> String {
    let bare = !key.is_empty() && key.chars().all(|c| c.is_ascii_alphanumeric() || c == '_' || c == '-');
    if bare { format!("{path}.{key}") } else { format!("{path}.{key:?}") }
}

/// A number as a person would write it: at most six digits.
pub(super) fn short(x: f64) -> String {
    let rounded = format!("{x:.5e}").parse().unwrap_or(x);
    if rounded == 0.0 || (1e-4..1e9).contains(&f64::abs(rounded)) {
        format!("{rounded}")
    } else {
        format!("{rounded:e}")
    }
}
