//! Laying one scenario over another: a file over the one that it `extends`, a variant's patch over its scenario.
//!
//! Layer 3. Tables are merged key by key; numbers, texts and lists replace what is beneath. Where a
//! table holds one of several alternatives (the process of an indicator, the law of a quantity, the bound of a
//! target), an alternative laid over another one replaces it, with what belonged to the old one.
//! Which tables these are follows from their place in the scenario, never from names alone: an indicator may be called `normal`.

use super::document::{Data, Node};
use indexmap::IndexMap;
use toml::Value;

/// What a place in a scenario holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Place {
    /// The scenario, or the patch of a variant.
    Scenario,
    /// Entries by id, each of which holds the same.
    Entries(&'static Place),
    Indicator,
    /// One key that names the alternative, with its parameters: process, innovation, link, correlation.
    Choice,
    /// As a choice; the parameters are quantities.
    Process,
    Preset,
    Estimate,
    Driver,
    History,
    Target,
    Event,
    Lever,
    LeverEffect,
    Variant,
    Quantity,
    /// Nothing in it is special.
    Plain,
}

/// The ways to write a quantity, of which one counts.
const QUANTITY: &[&str] = &[
    "value",
    "normal",
    "student_t",
    "two_piece_normal",
    "log_normal",
    "uniform",
    "triangular",
    "beta",
    "gamma",
    "by_year",
];

/// Bounds of one measure.
const BOUNDS: &[&str] = &["at_least", "at_most", "about"];
/// Where the probability of an event is from.
const FREQUENCY: &[&str] = &["probability", "observed"];
/// Combinations of other targets.
const COMBINATIONS: &[&str] = &["all", "any", "at_least_k"];
/// What belongs to a bound and has no meaning in a combination.
const MEASURED: &[&str] = &["indicator", "measure", "with", "strict", "tolerance", "side"];

impl Place {
    /// What stands under a key of this place.
    pub fn child(self, key: &str) -> Place {
        match (self, key) {
            (Self::Scenario, "indicator") => Self::Entries(&Self::Indicator),
            (Self::Scenario, "target") => Self::Entries(&Self::Target),
            (Self::Scenario, "event") => Self::Entries(&Self::Event),
            (Self::Scenario, "lever") => Self::Entries(&Self::Lever),
            (Self::Scenario, "variant") => Self::Entries(&Self::Variant),
            (Self::Scenario, "correlation") | (Self::Indicator, "innovation" | "link") => Self::Choice,
            (Self::Indicator, "baseline") => Self::Quantity,
            (Self::Indicator, "process") => Self::Process,
            (Self::Indicator, "driver") => Self::Entries(&Self::Driver),
            (Self::Indicator, "history") => Self::History,
            (Self::History, "error") => Self::Entries(&Self::Choice),
            (Self::Process, _) => Self::Preset,
            (Self::Preset, "estimate") => Self::Estimate,
            (Self::Estimate, "history") => Self::History,
            (Self::Preset, "from" | "to") => Self::Plain,
            (Self::Preset, _) | (Self::Driver, "elasticity") => Self::Quantity,
            (Self::Target, "at_least" | "at_most" | "about" | "tolerance") => Self::Quantity,
            (Self::Event, "probability" | "severity" | "persistence") => Self::Quantity,
            (Self::Event, "load") => Self::Entries(&Self::Quantity),
            (Self::Lever, "effect") => Self::Entries(&Self::LeverEffect),
            (Self::LeverEffect, "on" | "response") => Self::Choice,
            (Self::LeverEffect, "by") => Self::Quantity,
            (Self::Variant, "patch") => Self::Scenario,
            (Self::Quantity, "plus") => Self::Quantity,
            (Self::Entries(each), _) => *each,
            _ => Self::Plain,
        }
    }

    /// Takes out of the table beneath what an alternative in the table above replaces.
    fn make_room(self, beneath: &mut IndexMap<String, Node>, over: &IndexMap<String, Node>) {
        let gives = |group: &[&str]| group.iter().any(|key| over.contains_key(*key));
        match self {
            Self::Choice | Self::Process if !over.is_empty() => {
                beneath.retain(|key, _| over.contains_key(key));
            }
            Self::Quantity if changes(beneath, over, QUANTITY) => {
                remove(beneath, QUANTITY, over);
                remove(beneath, &["between", "plus", "source", "evidence"], over);
            }
            Self::Indicator if over.contains_key("formula") => {
                remove(beneath, &["process", "innovation", "driver"], over);
            }
            Self::Indicator if over.contains_key("process") => remove(beneath, &["formula"], over),
            Self::Event if changes(beneath, over, FREQUENCY) => remove(beneath, FREQUENCY, over),
            Self::History if over.contains_key("values") && beneath.contains_key("file") => {
                let of_file =
                    ["file", "series", "without", "form", "rounding", "bounds", "error", "evidence"];
                remove(beneath, &of_file, over);
            }
            Self::History if over.contains_key("file") && beneath.contains_key("values") => {
                remove(beneath, &["values", "form", "rounding", "evidence"], over);
            }
            Self::Target if gives(COMBINATIONS) => {
                remove(beneath, COMBINATIONS, over);
                remove(beneath, BOUNDS, over);
                remove(beneath, MEASURED, over);
            }
            Self::Target => {
                let was = |measure| beneath.get("measure").and_then(Node::text) == Some(measure);
                let is = |measure| over.get("measure").and_then(Node::text) == Some(measure);
                if is("keep_pace") && !was("keep_pace") {
                    remove(beneath, COMBINATIONS, over);
                    remove(beneath, BOUNDS, over);
                    remove(beneath, &["tolerance", "side"], over);
                } else if was("keep_pace") && (gives(BOUNDS) || over.contains_key("measure")) {
                    if !is("keep_pace") {
                        remove(beneath, &["measure", "with", "tolerance"], over);
                    }
                } else if changes(beneath, over, BOUNDS) {
                    remove(beneath, COMBINATIONS, over);
                    remove(beneath, BOUNDS, over);
                    remove(beneath, &["tolerance", "side"], over);
                } else if gives(BOUNDS) {
                    remove(beneath, COMBINATIONS, over);
                }
            }
            _ => {}
        }
    }
}

/// Whether the table above gives another one of the group than the table beneath.
fn changes(beneath: &IndexMap<String, Node>, over: &IndexMap<String, Node>, group: &[&str]) -> bool {
    let gives = group.iter().any(|key| over.contains_key(*key));
    gives && group.iter().any(|key| beneath.contains_key(*key) && !over.contains_key(*key))
}

/// Removes keys of the table beneath that are not merged with one above.
fn remove(beneath: &mut IndexMap<String, Node>, keys: &[&str], over: &IndexMap<String, Node>) {
    beneath.retain(|key, _| !keys.contains(&key.as_str()) || over.contains_key(key));
}

/// Lays a tree over another one that stands at the same place of a scenario. Every value keeps the place
/// in the file that it is from; a merged table has that of the upper one.
pub(crate) fn lay(beneath: &mut Node, over: Node, place: Place) {
    if place == Place::Quantity && is_number(beneath) && over.table().is_some() {
        // A plain number is short for a table with a `value`: an upper `{ evidence = "plan" }` keeps it.
        let number = std::mem::replace(beneath, Node::empty());
        beneath.data = Data::Table(IndexMap::from([("value".to_owned(), number)]));
    }
    match (&mut beneath.data, over.data) {
        (Data::Table(below), Data::Table(above)) => {
            place.make_room(below, &above);
            for (key, node) in above {
                match below.get_mut(&key) {
                    Some(old) => lay(old, node, place.child(&key)),
                    None => {
                        below.insert(key, node);
                    }
                }
            }
        }
        (data, above) => *data = above,
    }
    beneath.origin = over.origin;
}

fn is_number(node: &Node) -> bool {
    matches!(node.data, Data::Scalar(Value::Integer(_) | Value::Float(_)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn laid(beneath: &str, over: &str) -> Value {
        let parse = |text: &str| Node::from_value(Value::Table(toml::from_str(text).expect("test text")));
        let mut node = parse(beneath);
        lay(&mut node, parse(over), Place::Scenario);
        node.to_value()
    }

    #[track_caller]
    fn check(beneath: &str, over: &str, expected: &str) {
        let expected = Value::Table(toml::from_str(expected).expect("test text"));
        assert_eq!(laid(beneath, over), expected);
    }

    #[test]
    fn tables_merge_and_values_replace() {
        check(
            "plan = { name = 'a', about = 'x' }\nregime.r.states = ['u', 'v']",
            "plan.name = 'b'\nregime.r.states = ['w']",
            "plan = { name = 'b', about = 'x' }\nregime.r.states = ['w']",
        );
    }

    #[test]
    fn a_record_replaces_a_stated_probability_and_is_itself_merged() {
        check(
            "event.e = { probability = 0.1, name = 'E' }",
            "event.e.observed = { events = 2, years = 17 }",
            "event.e = { name = 'E', observed = { events = 2, years = 17 } }",
        );
        check(
            "event.e.observed = { events = 2, years = 17 }",
            "event.e.probability = 0.1",
            "event.e.probability = 0.1",
        );
        check(
            "event.e.observed = { events = 2, years = 17 }",
            "event.e.observed.events = 3",
            "event.e.observed = { events = 3, years = 17 }",
        );
    }

    #[test]
    fn order_is_that_of_the_file_beneath_with_new_entries_at_the_end() {
        let merged = laid(
            "indicator.a.unit = '1'\nindicator.b.unit = '1'",
            "indicator.c.unit = '1'\nindicator.b.unit = '2'",
        );
        let ids: Vec<&String> = merged["indicator"].as_table().expect("table").keys().collect();
        assert_eq!(ids, ["a", "b", "c"]);
    }

    #[test]
    fn a_quantity_has_one_alternative() {
        let old = "indicator.g.baseline = { normal = { mean = 1.0, sd = 0.1 }, between = [0, 2], source = 's', evidence = 'plan' }";
        check(
            old,
            "indicator.g.baseline.uniform = { low = 0, high = 1 }",
            "indicator.g.baseline.uniform = { low = 0, high = 1 }",
        );
        check(old, "indicator.g.baseline = 3", "indicator.g.baseline = 3");
        check(
            old,
            "indicator.g.baseline.normal.sd = 0.2",
            "indicator.g.baseline = { normal = { mean = 1.0, sd = 0.2 }, between = [0, 2], source = 's', evidence = 'plan' }",
        );
        check(
            old,
            "indicator.g.baseline = { value = 2, evidence = 'derived' }",
            "indicator.g.baseline = { value = 2, evidence = 'derived' }",
        );
        check(
            "event.e.load.g = { by_year = { 2026 = 1 }, plus = { normal = { mean = 0, sd = 1 } } }",
            "event.e.load.g = { by_year = { 2027 = 2 }, plus = { uniform = { low = 0, high = 1 } } }",
            "event.e.load.g = { by_year = { 2026 = 1, 2027 = 2 }, plus = { uniform = { low = 0, high = 1 } } }",
        );
    }

    #[test]
    fn a_number_keeps_its_value_under_a_source() {
        check(
            "indicator.g.process.random_walk.drift = 0.04",
            "indicator.g.process.random_walk.drift.source = 's'",
            "indicator.g.process.random_walk.drift = { value = 0.04, source = 's' }",
        );
    }

    #[test]
    fn choices_replace_each_other() {
        check(
            "indicator.g.process.random_walk.drift = 0.04",
            "indicator.g.process.ar1_growth.persistence = 0.3",
            "indicator.g.process.ar1_growth.persistence = 0.3",
        );
        check(
            "indicator.g.process.random_walk.drift = 0.04",
            "indicator.g.process.random_walk.volatility = 0.3",
            "indicator.g.process.random_walk = { drift = 0.04, volatility = 0.3 }",
        );
        check(
            "indicator.g = { link.logit = { lower = 0, upper = 1 }, innovation.student_t.df = 5 }",
            "indicator.g = { link = 'log', innovation.two_piece.ratio = 2 }",
            "indicator.g = { link = 'log', innovation.two_piece.ratio = 2 }",
        );
        check(
            "correlation = 'independent'",
            "correlation.pairs.of = [['a', 'b', 0.5]]",
            "correlation.pairs.of = [['a', 'b', 0.5]]",
        );
        check(
            "correlation.matrix = { indicators = ['a'], rows = [[1]] }",
            "correlation.pairs.of = []",
            "correlation.pairs.of = []",
        );
    }

    #[test]
    fn a_formula_and_a_process_replace_each_other() {
        check(
            "indicator.g = { unit = '1', process.random_walk.drift = 1, driver.h.elasticity = 1, innovation = 'normal' }",
            "indicator.g.formula = 'a / b'",
            "indicator.g = { unit = '1', formula = 'a / b' }",
        );
        check(
            "indicator.g.formula = 'a'",
            "indicator.g.process.random_walk.drift = 1",
            "indicator.g.process.random_walk.drift = 1",
        );
    }

    #[test]
    fn a_target_has_one_condition() {
        check(
            "target.t = { indicator = 'g', about = 50, tolerance = 1, side = 'at_least' }",
            "target.t.at_least = 49",
            "target.t = { indicator = 'g', at_least = 49 }",
        );
        check(
            "target.t = { indicator = 'g', about = 50, tolerance = 1 }",
            "target.t.about = 49",
            "target.t = { indicator = 'g', about = 49, tolerance = 1 }",
        );
        check(
            "target.t = { indicator = 'g', measure = 'average_growth', at_least = 0.05, strict = true, year = 2030 }",
            "target.t.all = ['a', 'b']",
            "target.t = { all = ['a', 'b'], year = 2030 }",
        );
        check(
            "target.t.all = ['a', 'b']",
            "target.t = { indicator = 'g', at_most = 3 }",
            "target.t = { indicator = 'g', at_most = 3 }",
        );
        check(
            "target.t = { indicator = 'g', measure = 'keep_pace', with = 'h', tolerance = 0.01 }",
            "target.t = { measure = 'change', at_least = 1 }",
            "target.t = { indicator = 'g', measure = 'change', at_least = 1 }",
        );
        check(
            "target.t = { indicator = 'g', at_least = 1 }",
            "target.t = { measure = 'keep_pace', with = 'h' }",
            "target.t = { indicator = 'g', measure = 'keep_pace', with = 'h' }",
        );
    }

    #[test]
    fn a_lever_has_one_handle_and_one_response_an_effect() {
        check(
            "lever.l.effect.e = { on.drift = 'g', by = 0.1, response.saturating.half = 2 }\nlever.l.most = 3",
            "lever.l.effect.e = { on.level = 'g', by.normal = { mean = 0, sd = 1 }, response = 'linear' }",
            "lever.l.effect.e = { on.level = 'g', by.normal = { mean = 0, sd = 1 }, response = 'linear' }\nlever.l.most = 3",
        );
        check(
            "lever.l.effect.e.response.saturating.half = 2",
            "lever.l.effect.e.response.power.exponent = 0.5",
            "lever.l.effect.e.response.power.exponent = 0.5",
        );
    }

    #[test]
    fn ids_are_no_alternatives() {
        check(
            "indicator.normal.unit = '1'\nindicator.value.unit = '1'\nevent.e.load = { value = 1, normal = 2 }",
            "indicator.uniform.unit = '2'\nevent.e.load.uniform = 3",
            "indicator.normal.unit = '1'\nindicator.value.unit = '1'\nindicator.uniform.unit = '2'\n\
             event.e.load = { value = 1, normal = 2, uniform = 3 }",
        );
    }

    #[test]
    fn patches_of_the_same_variant_follow_the_same_rules() {
        check(
            "variant.v.patch.indicator.g.process.random_walk.drift = 1",
            "variant.v.patch.indicator.g.process.path.level = 2",
            "variant.v.patch.indicator.g.process.path.level = 2",
        );
    }

    #[test]
    fn a_prior_is_a_class_or_numbers() {
        let numbers =
            "indicator.g.process.random_walk.estimate = { from = 2013, prior = { mean = 0.04, df = 3 } }";
        check(
            numbers,
            "indicator.g.process.random_walk.estimate.prior = 'world-gdp'",
            "indicator.g.process.random_walk.estimate = { from = 2013, prior = 'world-gdp' }",
        );
        check(
            "indicator.g.process.random_walk.estimate = { from = 2013, prior = 'world-gdp' }",
            "indicator.g.process.random_walk.estimate.prior = { mean = 0.04, df = 3 }",
            numbers,
        );
        check(
            "indicator.g.process.random_walk.estimate.history = { file = 'h.csv', series = 's' }",
            "indicator.g.process.random_walk.estimate.history.values = { 2020 = 1.0 }",
            "indicator.g.process.random_walk.estimate.history.values = { 2020 = 1.0 }",
        );
    }

    #[test]
    fn histories_are_a_file_or_values() {
        check(
            "indicator.g.history = { file = 'h.csv', series = 's', form = 'growth_percent', from = 2013 }",
            "indicator.g.history.values = { 2020 = 1.0 }",
            "indicator.g.history = { from = 2013, values = { 2020 = 1.0 } }",
        );
        check(
            "indicator.g.history = { file = 'h.csv', rounding = 0.1, error = { a = { sd = 1.0 }, b = { sd = 2.0 } } }",
            "indicator.g.history.error.a.relative = 0.1",
            "indicator.g.history = { file = 'h.csv', rounding = 0.1, error = { a = { relative = 0.1 }, b = { sd = 2.0 } } }",
        );
    }
}
