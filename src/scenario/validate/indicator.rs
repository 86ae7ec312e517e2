//! Rules of indicators: what they are, where they stand, how they move, what they follow.

use super::estimate::Owner;
use super::quantity::Rule;
use super::{Hyphen, Walk, law, order, suggest, under};
use crate::error::{Fault, Faults};
use crate::evidence::Evidence;
use crate::formula::Formula;
use crate::label::Label;
use crate::link::Link;
use crate::quantity::{Quantity, Value};
use crate::scenario::actuals::with_actuals;
use crate::scenario::draft::{Driver, IndicatorDraft};
use crate::scenario::history::{self, Past, Reading};
use crate::scenario::meant::{Indicator, Motion, Moved};
use crate::time::Year;
use indexmap::IndexMap;
use std::collections::BTreeSet;

/// The longest lag of a driver or of a reference in a formula.
const LONGEST_LAG: u32 = 20;

/// Words that mean something else in a formula.
const FUNCTIONS: [&str; 6] = ["exp", "ln", "sqrt", "abs", "min", "max"];

/// What the first pass learns of an indicator, for the rules between indicators.
struct Seen {
    link: Option<Link>,
    past: Option<Past>,
    motion: Option<Motion>,
    faults: Faults,
}

impl Walk<'_> {
    /// Two passes: each indicator by itself, then what it takes from others.
    pub(super) fn indicators(&mut self) -> IndexMap<String, Indicator> {
        let draft = self.draft;
        let before = std::mem::take(&mut self.faults);
        let mut seen = IndexMap::new();
        for (id, indicator) in &draft.indicator {
            let found = self.alone(id, indicator);
            seen.insert(id.clone(), found);
        }
        let mut faults = before;
        for (id, indicator) in &draft.indicator {
            faults.extend(std::mem::take(&mut seen[id].faults));
            self.together(id, indicator, &seen);
            faults.extend(std::mem::take(&mut self.faults));
        }
        self.faults = faults;
        self.loops(&seen);
        let sound = |(id, seen): (String, Seen)| {
            let written = draft.indicator.get(&id)?;
            let past = seen.past.unwrap_or_default();
            let indicator = Indicator {
                name: Label::both(written.name.trim(), written.name_zh.clone()),
                unit: Label::both(written.unit.trim(), written.unit_zh.clone()),
                link: seen.link?,
                motion: seen.motion?,
                history: past.levels,
                growth: past.growth,
                recorded: past.recorded,
                evidence: written.evidence.unwrap_or(Evidence::Assumption),
                source: written.source.clone(),
            };
            Some((id, indicator))
        };
        seen.into_iter().filter_map(sound).collect()
    }

    /// The rules of one indicator by itself.
    fn alone(&mut self, id: &str, draft: &IndicatorDraft) -> Seen {
        let path = under("indicator", id);
        self.id(&path, id, Hyphen::Refused);
        if FUNCTIONS.contains(&id) {
            self.refuse(
                &path,
                format!("`{id}` is the name of a function and cannot be an indicator"),
                "take a longer id",
            );
        }
        self.texts(
            &path,
            &[
                ("name", Some(&draft.name)),
                ("name_zh", draft.name_zh.as_ref()),
                ("unit", Some(&draft.unit)),
                ("unit_zh", draft.unit_zh.as_ref()),
            ],
        );
        let link = self.link(&path, draft.link);
        let before = self.faults.len();
        let baseline = draft
            .baseline
            .as_ref()
            .map(|baseline| self.quantity(&under(&path, "baseline"), baseline, &Rule::level(link)));
        let level = baseline.as_ref().filter(|_| self.faults.len() == before).and_then(law::median_of);
        let past = match &draft.history {
            None => Some(Past::default()),
            Some(_) => self.past(&path, id, draft, link, level),
        };
        let past = past.map(|past| self.gone_on(id, draft, link, past));
        let owner = Owner { id, link, past: past.as_ref() };
        let motion = self.motion(&path, draft, baseline, owner);
        Seen { link, past, motion, faults: std::mem::take(&mut self.faults) }
    }

    fn link(&mut self, path: &str, link: Link) -> Option<Link> {
        let Link::Logit(bounds) = link else { return Some(link) };
        let sound = bounds.lower.is_finite() && bounds.upper.is_finite() && bounds.lower < bounds.upper;
        if !sound {
            self.refuse(
                format!("{path}.link.logit"),
                format!(
                    "lower is {} and upper is {}; both must be finite, the lower one first",
                    bounds.lower, bounds.upper
                ),
                "a share in per cent has `link.logit = { lower = 0.0, upper = 100.0 }`",
            );
        }
        sound.then_some(link)
    }

    fn past(
        &mut self,
        path: &str,
        id: &str,
        draft: &IndicatorDraft,
        link: Option<Link>,
        baseline: Option<f64>,
    ) -> Option<Past> {
        let history = draft.history.as_ref()?;
        let path = under(path, "history");
        let reading = Reading { path: &path, id, link, baseline, base: self.draft.plan.base_year };
        match self.tables.read(history, &reading, &mut self.notices) {
            Ok(past) => {
                self.notices.extend(history::disagreement(&reading, &past));
                Some(past)
            }
            Err(faults) => {
                for fault in faults {
                    self.faults.push(fault);
                }
                None
            }
        }
    }

    /// The past with the actuals that are learned from.
    fn gone_on(&mut self, id: &str, draft: &IndicatorDraft, link: Option<Link>, past: Past) -> Past {
        let known = self.actuals.and_then(|all| Some((all.indicators.get(id)?, *all.evidence.get(id)?)));
        let (Some((known, evidence)), Some(link)) = (known, link) else { return past };
        let baseline = draft.baseline.as_ref().and_then(Quantity::as_number);
        let (gone_on, left_out) =
            with_actuals(&past, known, (link, self.draft.plan.base_year), baseline, evidence);
        let learns = draft.process.as_ref().and_then(|process| process.dynamics().estimate);
        if let Some(estimate) = learns {
            if estimate.history.is_some() {
                self.notices.push(format!(
                    "actuals of {id}: not learned from, because it learns from a history of another series"
                ));
            } else if !left_out.is_empty() {
                let years: Vec<String> = left_out.iter().map(Year::to_string).collect();
                self.notices.push(format!(
                    "actuals of {id}: {} not learned from, because the level before is not known as a number",
                    years.join(", ")
                ));
            }
        }
        gone_on
    }

    /// Exactly one of a process, a formula, a process of the user's own; and what goes with it.
    fn motion(
        &mut self,
        path: &str,
        draft: &IndicatorDraft,
        baseline: Option<Quantity>,
        owner: Owner<'_>,
    ) -> Option<Motion> {
        let given: Vec<&str> = [
            ("process", draft.process.is_some()),
            ("formula", draft.formula.is_some()),
            ("custom", draft.custom.is_some()),
        ]
        .into_iter()
        .filter_map(|(key, given)| given.then_some(key))
        .collect();
        match given.as_slice() {
            [_] => {}
            [] => self.refuse(
                path,
                "neither a process nor a formula is given; it must be one of the two",
                "write for instance `process.random_walk = { drift = 0.045, volatility = 0.02 }` or `formula = \"gdp / employment\"`",
            ),
            many => self.fault(path, format!("{} are given; it must be one of them", many.join(" and "))),
        }
        if let Some(text) = &draft.formula {
            for (key, given) in
                [("innovation", draft.innovation.is_some()), ("driver", !draft.driver.is_empty())]
            {
                if given {
                    self.refuse(
                        under(path, key),
                        format!("{key} is given beside a formula; it belongs to a process"),
                        format!("leave `{key}` out, or put it on an indicator of the formula"),
                    );
                }
            }
            let formula = self.formula(path, text)?;
            return Some(Motion::Formula { formula, baseline });
        }
        let (dynamics, learning) =
            draft.process.as_ref().map(|process| self.process(path, process, owner)).unzip();
        if dynamics.as_ref().is_some_and(|d| d.resample) && draft.innovation.is_some() {
            self.refuse(
                under(path, "innovation"),
                "innovation is given, but `resampled` draws its innovations from the history",
                "leave `innovation` out, or use `random_walk`",
            );
        }
        if let Some(own) = &draft.custom {
            let mut names = BTreeSet::new();
            for (name, parameter) in own.0.parameters() {
                let path = under(&under(path, "custom"), &name);
                self.quantity(&path, &parameter, &Rule::any());
                if !names.insert(name.clone()) {
                    self.fault(path, format!("the process has two parameters `{name}`"));
                }
            }
        }
        let innovation = draft.innovation.clone().unwrap_or_default();
        self.innovation(path, &innovation);
        let drivers = draft.driver.iter().map(|(id, driver)| self.driver(path, id, driver)).collect();
        if given.is_empty() {
            return None;
        }
        if baseline.is_none() {
            self.refuse(
                under(path, "baseline"),
                format!(
                    "no baseline is given; a process starts from the level of {}",
                    self.draft.plan.base_year
                ),
                "add `baseline = …`, a number or a distribution in the unit of the indicator",
            );
        }
        Some(Motion::Process(Box::new(Moved {
            baseline: baseline?,
            dynamics: dynamics.unwrap_or_default(),
            learning: learning.flatten(),
            custom: draft.custom.clone(),
            innovation,
            drivers,
        })))
    }

    fn formula(&mut self, path: &str, text: &str) -> Option<Formula> {
        match Formula::parse(text) {
            Ok(formula) => Some(formula),
            Err(error) => {
                let problem =
                    format!("`{text}` is no formula: at character {}: {}", error.position, error.problem);
                self.faults
                    .push(Fault { remedy: error.remedy, ..Fault::new(under(path, "formula"), problem) });
                None
            }
        }
    }

    fn driver(&mut self, path: &str, id: &str, driver: &Driver) -> (String, Quantity, u32) {
        let path = under(&under(path, "driver"), id);
        let elasticity = self.quantity(&under(&path, "elasticity"), &driver.elasticity, &Rule::any());
        if driver.lag > LONGEST_LAG {
            self.fault(
                under(&path, "lag"),
                format!("lag is {}; it must be at most {LONGEST_LAG} years", driver.lag),
            );
        }
        (id.to_owned(), elasticity, driver.lag)
    }

    /// The rules between an indicator and those that it takes from.
    fn together(&mut self, id: &str, draft: &IndicatorDraft, seen: &IndexMap<String, Seen>) {
        let path = under("indicator", id);
        for (from, driver) in &draft.driver {
            let path = under(&under(&path, "driver"), from);
            if from == id {
                self.refuse(
                    path,
                    format!("`{id}` drives itself"),
                    "growth that persists is `persistence` of `ar1_growth`",
                );
            } else if self.known(&path, from) && driver.lag <= LONGEST_LAG {
                self.lagged_growth(&path, from, driver.lag, seen);
            }
        }
        if let Some(Motion::Formula { formula, baseline }) = &seen[id].motion {
            self.references(&under(&path, "formula"), id, formula, baseline.is_some(), seen);
        }
    }

    /// A lagged driver needs the driver's growth in the years up to the base year.
    fn lagged_growth(&mut self, path: &str, from: &str, lag: u32, seen: &IndexMap<String, Seen>) {
        let Some(Seen { past: Some(past), .. }) = seen.get(from) else { return };
        let base = self.draft.plan.base_year;
        let process = self.draft.indicator.get(from).and_then(|driver| driver.process.as_ref());
        let stated = process.is_some_and(|process| process.dynamics().last_growth.is_some());
        let missing: Vec<String> = (0..lag as i32)
            .map(|back| Year(base.0.saturating_sub(back)))
            .filter(|year| past.growth.get(*year).is_none() && !(stated && *year == base))
            .map(|year| year.to_string())
            .collect();
        if !missing.is_empty() {
            let remedy = if missing == [base.to_string()] {
                format!("give `{from}` a `history` with these years and the year before, or `last_growth`")
            } else {
                format!("give `{from}` a `history` with these years and the year before")
            };
            self.refuse(
                under(path, "lag"),
                format!(
                    "with lag {lag} the growth of `{from}` is needed in {}; it is not known",
                    missing.join(", ")
                ),
                remedy,
            );
        }
    }

    /// What a formula refers to exists, and is known in the years before the plan where it looks back.
    fn references(
        &mut self,
        path: &str,
        id: &str,
        formula: &Formula,
        has_baseline: bool,
        seen: &IndexMap<String, Seen>,
    ) {
        let references = formula.references();
        let mut unknown = BTreeSet::new();
        for reference in &references {
            if reference.lag > LONGEST_LAG {
                self.fault(
                    path,
                    format!(
                        "`{}` is looked at {} years back; at most {LONGEST_LAG} are possible",
                        reference.id, reference.lag
                    ),
                );
                continue;
            }
            let Some(other) = seen.get(&reference.id) else {
                if unknown.insert(reference.id.clone()) {
                    let remedy =
                        suggest::remedy(&reference.id, seen.keys().map(String::as_str), "indicators");
                    self.refuse(path, format!("there is no indicator `{}`", reference.id), remedy);
                }
                continue;
            };
            let Some(past) = &other.past else { continue };
            let base = self.draft.plan.base_year;
            let missing: Vec<String> = (1..reference.lag as i32)
                .map(|back| Year(base.0.saturating_sub(back)))
                .filter(|year| past.levels.get(*year).is_none())
                .map(|year| year.to_string())
                .collect();
            if !missing.is_empty() {
                self.refuse(
                    path,
                    format!(
                        "`{}[-{}]` needs the level of {}; it is not known",
                        reference.id,
                        reference.lag,
                        missing.join(", ")
                    ),
                    format!("give `{}` a `history` with these years", reference.id),
                );
            }
        }
        if !has_baseline && references.iter().any(|reference| reference.lag > 0) {
            self.refuse(
                under(&under("indicator", id), "baseline"),
                format!(
                    "no baseline is given, and the formula looks back before the base year {}",
                    self.draft.plan.base_year
                ),
                "add `baseline = …`, the level of the base year",
            );
        }
    }

    /// Within a year each indicator comes after those that it takes from, so there must be no loop.
    fn loops(&mut self, seen: &IndexMap<String, Seen>) {
        let draft = self.draft;
        let edges: IndexMap<&str, Vec<String>> = seen
            .iter()
            .map(|(id, seen)| {
                let mut from: Vec<String> = match &seen.motion {
                    Some(Motion::Formula { formula, .. }) => {
                        let now = formula.references().into_iter().filter(|reference| reference.lag == 0);
                        now.map(|reference| reference.id).collect()
                    }
                    _ => Vec::new(),
                };
                let drivers = draft.indicator.get(id).map(|i| &i.driver).into_iter().flatten();
                from.extend(
                    drivers.filter(|(other, d)| d.lag == 0 && *other != id).map(|(other, _)| other.clone()),
                );
                (id.as_str(), from)
            })
            .collect();
        for ring in order::loops(&edges) {
            let first = under("indicator", &ring[0]);
            let by_formula = draft.indicator.get(&ring[0]).is_some_and(|i| i.formula.is_some());
            let path =
                if by_formula { under(&first, "formula") } else { under(&under(&first, "driver"), &ring[1]) };
            self.faults.push(
                Fault::new(
                    path,
                    format!("the indicators need each other in the same year: {}", ring.join(" -> ")),
                )
                .remedy(
                    "let one of them look at the year before: `id[-1]` in a formula, `lag = 1` of a driver",
                ),
            );
        }
    }

    /// Whether an indicator's yearly innovation can be anything but 0.
    pub(super) fn noisy(&self, id: &str) -> bool {
        let Some(draft) = self.draft.indicator.get(id) else { return false };
        if draft.custom.is_some() {
            return true;
        }
        let Some(dynamics) = draft.process.as_ref().map(|process| process.dynamics()) else { return false };
        dynamics.estimate.is_some()
            || dynamics.volatility.is_some_and(|sigma| match sigma.value {
                Value::Number(x) => x != 0.0,
                Value::Uncertain(_) => true,
                Value::ByYear(course) => course.plus.is_some() || course.years.values().any(|x| *x != 0.0),
            })
    }
}
