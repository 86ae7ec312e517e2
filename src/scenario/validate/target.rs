//! Rules of targets: one condition each, on something that exists, with a bound that can be met and can be missed.

use super::quantity::Rule;
use super::{Hyphen, Walk, law, order, short, suggest, under};
use crate::evidence::Evidence;
use crate::label::Label;
use crate::link::Link;
use crate::quantity::Quantity;
use crate::scenario::draft::TargetDraft;
use crate::scenario::meant::{Condition, Target};
use crate::target::{Bound, Combination, Measure, Side};
use crate::time::Year;
use indexmap::{IndexMap, IndexSet};

/// A rate a year above this is taken for a slip of the unit.
const PLAUSIBLE_RATE: f64 = 0.5;
/// The same for a change over all years.
const PLAUSIBLE_CHANGE: f64 = 5.0;

/// The members of a combination, and the key that they stand under.
fn members(draft: &TargetDraft) -> Option<(&'static str, &[String])> {
    let k = draft.at_least_k.as_ref().map(|k| ("at_least_k", k.of.as_slice()));
    let all = draft.all.as_deref().map(|of| ("all", of));
    all.or(draft.any.as_deref().map(|of| ("any", of))).or(k)
}

impl Walk<'_> {
    pub(super) fn targets(&mut self) -> IndexMap<String, Target> {
        let draft = self.draft;
        let mut targets = IndexMap::new();
        for (id, written) in &draft.target {
            if let Some(target) = self.target(id, written) {
                targets.insert(id.clone(), target);
            }
        }
        let needs: IndexMap<&str, Vec<String>> = draft
            .target
            .iter()
            .map(|(id, target)| (id.as_str(), members(target).map(|(_, of)| of.to_vec()).unwrap_or_default()))
            .collect();
        let rings = order::loops(&needs);
        for ring in &rings {
            let key = draft.target.get(&ring[0]).and_then(members).map_or("all", |(key, _)| key);
            self.refuse(
                under(&under("target", &ring[0]), key),
                format!("the targets need each other: {}", ring.join(" -> ")),
                "take one of them out of the combination that comes before it",
            );
        }
        if rings.is_empty() {
            inherit(&mut targets, draft.plan.base_year);
        }
        targets
    }

    fn target(&mut self, id: &str, draft: &TargetDraft) -> Option<Target> {
        let path = under("target", id);
        self.id(&path, id, Hyphen::Allowed);
        self.texts(&path, &[("name", draft.name.as_ref()), ("name_zh", draft.name_zh.as_ref())]);
        let before = self.faults.len();
        let key = self.condition_key(&path, draft)?;
        if let Some(year) = draft.year {
            self.simulated(&under(&path, "year"), "year", year);
        }
        let condition = match key {
            "all" | "any" | "at_least_k" => self.combined(id, &path, draft, key),
            _ => self.bounded(&path, draft, key),
        };
        if self.faults.len() > before {
            return None;
        }
        let measured = draft.indicator.as_ref().and_then(|of| self.draft.indicator.get(of));
        let name = match (&draft.name, measured) {
            (Some(name), _) => Label::both(name.trim(), draft.name_zh.clone()),
            (None, Some(indicator)) => Label::both(
                indicator.name.trim(),
                draft.name_zh.clone().or_else(|| indicator.name_zh.clone()),
            ),
            (None, None) => Label::both(id, draft.name_zh.clone()),
        };
        let default = if draft.assigned { Evidence::Assumption } else { Evidence::Plan };
        let stated = match &condition {
            Some(Condition::Bounded { bound, .. }) => main_value(bound).evidence,
            _ => None,
        };
        Some(Target {
            name,
            number: draft.number,
            unit: draft.unit.clone().map(|unit| Label::both(unit, draft.unit_zh.clone())),
            condition: condition?,
            year: draft.year.unwrap_or(self.draft.plan.last_year),
            nature: draft.nature,
            assigned: draft.assigned,
            evidence: stated.or(draft.evidence).unwrap_or(default),
            source: draft.source.clone(),
        })
    }

    /// The key of the one condition.
    fn condition_key(&mut self, path: &str, draft: &TargetDraft) -> Option<&'static str> {
        let pace = draft.measure == Measure::KeepPace;
        let given: Vec<&'static str> = [
            ("keep_pace", pace),
            ("at_least", draft.at_least.is_some()),
            ("at_most", draft.at_most.is_some()),
            ("about", draft.about.is_some()),
            ("all", draft.all.is_some()),
            ("any", draft.any.is_some()),
            ("at_least_k", draft.at_least_k.is_some()),
        ]
        .into_iter()
        .filter_map(|(key, given)| given.then_some(key))
        .collect();
        match given.as_slice() {
            [key] => return Some(key),
            [] => self.refuse(
                path,
                "no condition is given; it must be one of at_least, at_most, about, all, any, at_least_k, or the measure keep_pace",
                "write for instance `at_least = 4.0`",
            ),
            ["keep_pace", key, ..] => self.refuse(
                under(path, key),
                format!("keep_pace compares with another indicator and takes no {key}"),
                "write how far behind still counts as `tolerance`, a rate a year",
            ),
            ["at_least", "at_most"] => self.refuse(
                path,
                "at_least and at_most are given; a target has one condition",
                "write `about` with `tolerance`, or two targets and a third one with `all` of them",
            ),
            many => self.fault(path, format!("{} are given; a target has one condition", many.join(" and "))),
        }
        None
    }

    fn combined(&mut self, id: &str, path: &str, draft: &TargetDraft, key: &str) -> Option<Condition> {
        for (extra, given) in [
            ("indicator", draft.indicator.is_some()),
            ("measure", draft.measure != Measure::Level),
            ("custom", draft.custom.is_some()),
            ("with", draft.with.is_some()),
            ("tolerance", draft.tolerance.is_some()),
            ("side", draft.side.is_some()),
            ("strict", draft.strict),
            ("year", draft.year.is_some()),
            ("assigned", draft.assigned),
        ] {
            if given {
                self.fault(
                    under(path, extra),
                    format!("{extra} is given beside {key}; it belongs to the targets that are combined"),
                );
            }
        }
        let (_, of) = members(draft)?;
        let place = under(path, key);
        if of.is_empty() {
            self.fault(&place, format!("{key} is empty; it must name at least one target"));
        }
        let mut once = IndexSet::new();
        let members = if key == "at_least_k" { format!("{place}.of") } else { place.clone() };
        for (n, other) in of.iter().enumerate() {
            let place = format!("{members}[{n}]");
            if !self.draft.target.contains_key(other) {
                let known = self.draft.target.keys().map(String::as_str).filter(|known| *known != id);
                let remedy = suggest::remedy(other, known, "targets");
                self.refuse(&place, format!("there is no target `{other}`"), remedy);
            }
            if !once.insert(other) {
                self.fault(&place, format!("`{other}` stands twice"));
            }
        }
        let of = of.to_vec();
        Some(Condition::Combined(match key {
            "all" => Combination::All(of),
            "any" => Combination::Any(of),
            _ => {
                let k = draft.at_least_k.as_ref()?.k;
                if !of.is_empty() && !(1..=of.len()).contains(&k) {
                    self.fault(
                        format!("{place}.k"),
                        format!("k is {k}; it must be from 1 to {}, the number of targets named", of.len()),
                    );
                }
                Combination::AtLeastK { k, of }
            }
        }))
    }

    fn bounded(&mut self, path: &str, draft: &TargetDraft, key: &str) -> Option<Condition> {
        let measured = self.measured(path, draft);
        if let Some(with) = &draft.with {
            let place = under(path, "with");
            if key != "keep_pace" {
                self.fault(place, "with is given without keep_pace; it belongs to `measure = \"keep_pace\"`");
            } else if draft.indicator.as_ref() == Some(with) {
                self.fault(place, format!("`{with}` is compared with itself"));
            } else if self.known(&place, with) {
                self.positive(&place, with);
            }
        } else if key == "keep_pace" {
            self.fault(
                path,
                "keep_pace is given without `with`; it must name the indicator to keep pace with",
            );
        }
        let about = key == "about";
        if draft.side.is_some() && !about {
            self.fault(under(path, "side"), "side is given without about; it belongs to `about`");
        }
        if draft.strict && about {
            self.fault(
                under(path, "strict"),
                "strict is given beside about; it belongs to at_least, at_most and keep_pace",
            );
        }
        if let Some(tolerance) = &draft.tolerance
            && !about
            && key != "keep_pace"
        {
            let given = law::median_of(tolerance).map_or(String::new(), |x| format!(" ({})", short(x)));
            self.refuse(
                under(path, "tolerance"),
                format!("tolerance{given} is given beside {key}; it belongs to about and keep_pace"),
                format!("put it into `{key}`"),
            );
        }
        let tolerance = draft
            .tolerance
            .as_ref()
            .map(|tolerance| self.tolerance(&under(path, "tolerance"), draft.measure, tolerance));
        let bound = match (key, &draft.at_least, &draft.at_most, &draft.about) {
            (_, Some(value), _, _) => Bound::AtLeast(self.bound(path, key, draft, value)),
            (_, _, Some(value), _) => Bound::AtMost(self.bound(path, key, draft, value)),
            (_, _, _, Some(value)) => {
                if tolerance.is_none() {
                    self.refuse(
                        path,
                        "about is given without tolerance; about says nothing until it is known how far off still counts",
                        "add `tolerance = …` in the unit of the measure",
                    );
                }
                let value = self.bound(path, key, draft, value);
                Bound::About { value, tolerance: tolerance?, side: draft.side.unwrap_or_default() }
            }
            _ => match &tolerance {
                // Minus a number is a number; minus a law need not be one of the families.
                Some(tolerance) => match tolerance.as_number() {
                    Some(x) => {
                        let behind =
                            Quantity { value: crate::quantity::Value::Number(-x), ..tolerance.clone() };
                        Bound::AtLeast(behind)
                    }
                    None => {
                        let value =
                            Quantity { value: crate::quantity::Value::Number(0.0), ..tolerance.clone() };
                        Bound::About { value, tolerance: tolerance.clone(), side: Side::AtLeast }
                    }
                },
                None => Bound::AtLeast(Quantity::number(0.0)),
            },
        };
        if draft.assigned {
            self.assumed(path, key, draft, &bound);
        }
        measured.then(|| Condition::Bounded {
            indicator: draft.indicator.clone(),
            measure: draft.measure,
            with: draft.with.clone(),
            custom: draft.custom.clone(),
            bound,
            strict: draft.strict,
        })
    }

    /// What is measured exists: an indicator, or a measure of the user's own over some.
    fn measured(&mut self, path: &str, draft: &TargetDraft) -> bool {
        match (&draft.indicator, &draft.custom) {
            (Some(_), Some(_)) => {
                self.fault(
                    under(path, "indicator"),
                    "indicator is given beside a measure of your own, which names its indicators itself",
                );
                false
            }
            (None, Some(own)) => {
                if draft.measure != Measure::Level {
                    self.fault(
                        under(path, "measure"),
                        "measure is given beside a measure of your own; it must be one of the two",
                    );
                }
                let place = under(path, "custom");
                let unknown = own.0.indicators().iter().filter(|id| !self.known(&place, id)).count();
                unknown == 0
            }
            (None, None) => {
                self.refuse(
                    path,
                    "no indicator is given; a target measures one",
                    "add `indicator = \"gdp\"`",
                );
                false
            }
            (Some(id), None) => {
                let place = under(path, "indicator");
                self.known(&place, id) && (!draft.measure.is_rate() || self.positive(&place, id))
            }
        }
    }

    /// Growth in per cent needs levels that are positive on every path.
    fn positive(&mut self, path: &str, id: &str) -> bool {
        let Some(indicator) = self.draft.indicator.get(id) else { return false };
        let positive = match indicator.link {
            Link::Log => true,
            Link::Logit(bounds) => bounds.lower >= 0.0,
            Link::Identity => false,
        };
        if !positive {
            self.refuse(
                path,
                format!("`{id}` can be 0 or negative under its link, so it has no growth rate"),
                "use the measure `difference`, or a log link if the indicator is always above 0",
            );
        }
        positive
    }

    fn tolerance(&mut self, path: &str, measure: Measure, tolerance: &Quantity) -> Quantity {
        let checked = self.quantity(path, tolerance, &Rule::any().at_least(0.0));
        if let Some(x) = law::median_of(&checked).filter(|x| measure.is_rate() && *x > PLAUSIBLE_RATE) {
            self.percent(path, "tolerance", x, measure);
        }
        checked
    }

    fn percent(&mut self, path: &str, key: &str, x: f64, measure: Measure) {
        let a_year = if measure == Measure::Change { "" } else { " a year" };
        self.refuse(
            path,
            format!("{key} is {x}: that is {} %{a_year}", short(100.0 * x)),
            format!("rates are shares, not per cent: write {} for {} %{a_year}", short(x / 100.0), short(x)),
        );
    }

    /// A bound that the measure can reach, and can miss.
    fn bound(&mut self, path: &str, key: &str, draft: &TargetDraft, value: &Quantity) -> Quantity {
        let path = under(path, key);
        let before = self.faults.len();
        let checked = self.quantity(&path, value, &Rule::any());
        let (Some(x), true) = (law::median_of(&checked), self.faults.len() == before) else { return checked };
        if draft.custom.is_some() {
            return checked;
        }
        let measure = draft.measure;
        let most = if measure == Measure::Change { PLAUSIBLE_CHANGE } else { PLAUSIBLE_RATE };
        let least = if measure == Measure::Change { -1.0 } else { -PLAUSIBLE_RATE };
        if measure.is_rate() {
            if x > most || x < least {
                self.percent(&path, key, x, measure);
            } else if x <= -1.0 {
                self.fault(path, format!("{key} is {x}; a level above 0 cannot lose 100 % or more"));
            }
            return checked;
        }
        let Some(indicator) = draft.indicator.as_ref().and_then(|id| self.draft.indicator.get_key_value(id))
        else {
            return checked;
        };
        let (id, link) = (indicator.0, indicator.1.link);
        let horizon = self.horizon;
        let last = draft.year.unwrap_or(self.draft.plan.last_year);
        let years = horizon.and_then(|h| h.step(last)).map_or(1.0, |n| n as f64);
        // Between what the measure can be, ends excluded.
        let (low, high) = match (link, measure) {
            (Link::Identity, _) | (Link::Log, Measure::Difference) => return checked,
            (Link::Log, _) => (0.0, f64::INFINITY),
            (Link::Logit(b), Measure::Cumulative) => (years * b.lower, years * b.upper),
            (Link::Logit(b), Measure::Difference) => (b.lower - b.upper, b.upper - b.lower),
            (Link::Logit(b), _) => (b.lower, b.upper),
        };
        // Bounds in the wrong order are the link's fault, not the target's.
        if low < high && !(x > low && x < high) {
            let what = if high.is_finite() {
                format!("between {} and {}", short(low), short(high))
            } else {
                "above 0".into()
            };
            self.refuse(
                path,
                format!("{key} is {x}; the measure of `{id}` is always {what}, so the target would be certain or impossible"),
                "check the unit of the bound and the `link` of the indicator",
            );
        }
        checked
    }

    /// An assigned target carries the author's assumption and must not pass for the plan's word.
    fn assumed(&mut self, path: &str, key: &str, draft: &TargetDraft, bound: &Bound) {
        let value = main_value(bound);
        let stated = [(under(path, key), value.evidence), (under(path, "evidence"), draft.evidence)];
        for (place, grade) in stated {
            if let Some(grade) = grade.filter(|grade| *grade != Evidence::Assumption) {
                self.refuse(
                    place,
                    format!("the target is assigned, but its value is graded {grade}; while the assigned value is unknown it must be an assumption"),
                    "leave `evidence` out; once the value is published, state it and leave `assigned` out",
                );
            }
        }
    }
}

/// The value that a bound is about.
fn main_value(bound: &Bound) -> &Quantity {
    match bound {
        Bound::AtLeast(value) | Bound::AtMost(value) | Bound::About { value, .. } => value,
    }
}

/// A combination is measured in the last of its targets' years and rests on the weakest of their grades.
fn inherit(targets: &mut IndexMap<String, Target>, base: Year) {
    // As often as combinations are nested; without loops that is fewer times than there are targets.
    for _ in 0..targets.len() {
        let mut changed = false;
        for at in 0..targets.len() {
            let Condition::Combined(combination) = &targets[at].condition else { continue };
            let of = match combination {
                Combination::All(of) | Combination::Any(of) | Combination::AtLeastK { of, .. } => of,
            };
            let of: Vec<&Target> = of.iter().filter_map(|id| targets.get(id)).collect();
            let year = of.iter().map(|target| target.year).max().unwrap_or(base);
            let evidence = of.iter().map(|target| target.evidence).max().unwrap_or(Evidence::Plan);
            let target = &mut targets[at];
            changed |= (target.year, target.evidence) != (year, evidence);
            (target.year, target.evidence) = (year, evidence);
        }
        if !changed {
            break;
        }
    }
}
