//! Variants: a scenario with one of its patches laid over it.
//!
//! Layer 3.

use super::document::{Node, Step, written};
use super::nearest::nearest;
use super::overlay::{Place, lay};
use super::places::{Files, Focus};
use super::structure::structure;
use super::{Draft, Scenario, Variant};
use crate::error::{Error, Fault, Faults, Result};
use crate::process::Process;
use indexmap::IndexMap;
use std::path::PathBuf;
use toml::Value;

/// What a patch cannot say: it changes one scenario, not the file that it stands in.
const NOT_IN_A_PATCH: [&str; 3] = ["plancast", "extends", "variant"];

impl Draft {
    /// This draft with the patch of one of its variants laid over it, by the same rules as a file over the
    /// one that it extends. Processes and measures of the user's own are kept, unless the patch replaces them.
    ///
    /// # Errors
    /// [`Error::Run`] when there is no such variant, [`Error::Scenario`] when its patch does not fit.
    pub fn variant(&self, id: &str) -> Result<Draft> {
        let variant = find(&self.variant, id)?;
        let value = Value::try_from(self)
            .map_err(|error| Error::Run(Fault::new("draft", format!("cannot be written: {error}"))))?;
        let patch = Node::from_value(Value::Table(variant.patch.clone()));
        let mut faults = refused_keys(&patch, id, &Files::default());
        let mut tree = Node::from_value(value);
        lay(&mut tree, patch.clone(), Place::Scenario);
        let structure = structure(&tree, &Files::default());
        faults.extend(structure.faults);
        let mut refused = Faults::new();
        faults.into_iter().for_each(|fault| refused.push(fault));
        match structure.draft {
            Some(mut draft) if refused.is_empty() => {
                self.keep_own(&mut draft, &patch);
                Ok(draft)
            }
            _ => Err(Error::Scenario(refused)),
        }
    }

    /// Carries over what is not written in a file.
    fn keep_own(&self, draft: &mut Draft, patch: &Node) {
        let says = |keys: &[&str]| patch.get(keys).is_some();
        for (id, indicator) in &mut draft.indicator {
            let Some(old) = self.indicator.get(id) else { continue };
            if !says(&["indicator", id, "process"]) && !says(&["indicator", id, "formula"]) {
                indicator.custom.clone_from(&old.custom);
            }
            if let (Some(history), Some(old)) = (&mut indicator.history, &old.history) {
                // Paths of a patch are relative to the current folder.
                let patched = says(&["indicator", id, "history", "file"]);
                history.folder = if patched { PathBuf::new() } else { old.folder.clone() };
            }
            let Some(process) = &mut indicator.process else { continue };
            let path = ["indicator", id, "process", process.word(), "estimate"];
            let kept = |keys: &[&str]| !says(&[&path, keys].concat());
            let old = old.process.as_ref().and_then(Process::estimate);
            if let (Some(estimate), Some(old)) = (process.estimate_mut(), old) {
                if kept(&["prior"]) {
                    estimate.folder.clone_from(&old.folder);
                }
                if let (Some(history), Some(old)) = (&mut estimate.history, &old.history)
                    && kept(&["history", "file"])
                {
                    history.folder.clone_from(&old.folder);
                }
            }
        }
        for (id, target) in &mut draft.target {
            let Some(old) = self.target.get(id) else { continue };
            if !["measure", "all", "any", "at_least_k"].iter().any(|key| says(&["target", id, key])) {
                target.custom.clone_from(&old.custom);
            }
        }
    }
}

impl Scenario {
    /// The variants that the scenario lists, by id.
    pub fn variants(&self) -> &IndexMap<String, Variant> {
        &self.draft.variant
    }

    /// This scenario with one of its variants laid over it, and checked again; changes made to it are made to the variant as
    /// well, and actuals that it was updated with stay.
    ///
    /// # Errors
    /// [`Error::Run`] when there is no such variant, [`Error::Scenario`] when the result cannot be meant.
    pub fn with_variant(&self, id: &str) -> Result<Scenario> {
        let mut scenario = self.draft.variant(id)?.validate()?;
        if self.started_from().is_some() || self.learned_from().is_some() {
            scenario = scenario.with_update(self.started_from(), self.learned_from())?;
        }
        scenario.variant = Some(id.to_owned());
        self.changes.iter().try_fold(scenario, |scenario, (id, change)| scenario.changed(id, change.clone()))
    }
}

fn find<'a, V>(variants: &'a IndexMap<String, V>, id: &str) -> Result<&'a V> {
    variants.get(id).ok_or_else(|| {
        let ids: Vec<String> = variants.keys().cloned().collect();
        let fault = Fault::new("variant", format!("there is no variant `{id}`"));
        Error::Run(match (nearest(id, ids.iter().map(String::as_str)), ids.is_empty()) {
            (_, true) => fault.remedy("the scenario has no variants; add one as `[variant.<id>]`"),
            (Some(near), _) => fault.remedy(format!("did you mean `{near}`? There are: {}", ids.join(", "))),
            (None, _) => fault.remedy(format!("there are: {}", ids.join(", "))),
        })
    })
}

/// Lays a variant over a tree from a file.
pub(crate) fn apply(tree: &mut Node, id: &str, files: &Files, faults: &mut Vec<Fault>) -> Result<()> {
    let none = IndexMap::new();
    let variants = tree.get(&["variant"]).and_then(Node::table).unwrap_or(&none);
    let variant = find(variants, id)?;
    let Some(patch) = variant.get(&["patch"]).filter(|patch| patch.table().is_some()).cloned() else {
        // What is wrong with it is found when the tree is read as a draft.
        return Ok(());
    };
    faults.extend(refused_keys(&patch, id, files));
    lay(tree, patch, Place::Scenario);
    Ok(())
}

fn refused_keys(patch: &Node, id: &str, files: &Files) -> Vec<Fault> {
    NOT_IN_A_PATCH
        .iter()
        .filter_map(|key| Some((*key, patch.get(&[key])?)))
        .map(|(key, node)| {
            let steps = ["variant", id, "patch", key].map(|key| Step::Key(key.to_owned()));
            let mut fault = Fault::new(written(&steps), format!("a patch cannot change `{key}`"))
                .remedy("remove it; a patch holds indicators, targets, events and so on");
            fault.place = files.place_of(node, Focus::Key);
            fault
        })
        .collect()
}

/// An entry that a patch adds and that lacks what every entry needs was hardly meant to be added.
fn misspelt(beneath: &Node, fault: &mut Fault) {
    let mut keys = fault.path.split('.');
    let (Some(kind), Some(id)) = (keys.next(), keys.next()) else { return };
    let Some(known) = beneath.get(&[kind]).and_then(Node::table) else { return };
    let ids: Vec<String> = known.keys().cloned().collect();
    if let (false, Some(near)) = (known.contains_key(id), nearest(id, ids.iter().map(String::as_str))) {
        fault.remedy = Some(format!("did you mean `{near}`? `{id}` would be added by the patch"));
    }
}

/// What is wrong with the patches of the file asked for, in a tree that is itself well-formed. A patch of a file that
/// it extends need not fit here, where another process may stand; it is checked when it is laid over.
pub(crate) fn check_patches(tree: &Node, files: &Files) -> Vec<Fault> {
    let none = IndexMap::new();
    let mut faults = Vec::new();
    for (id, variant) in tree.get(&["variant"]).and_then(Node::table).unwrap_or(&none) {
        let Some(patch) = variant.get(&["patch"]) else { continue };
        if patch.origin.as_ref().is_some_and(|origin| origin.file != 0) {
            continue;
        }
        let keys = refused_keys(patch, id, files);
        if keys.is_empty() {
            let mut varied = tree.clone();
            lay(&mut varied, patch.clone(), Place::Scenario);
            for mut fault in structure(&varied, files).faults {
                misspelt(tree, &mut fault);
                fault.path = format!("variant.{id}.patch.{}", fault.path);
                faults.push(fault);
            }
        }
        faults.extend(keys);
    }
    faults
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::process::{Step as Growth, StepView};
    use crate::scenario::OwnProcess;
    use std::sync::Arc;

    #[derive(Debug)]
    struct Still;

    impl Growth for Still {
        fn step(&self, view: &StepView<'_>, next: &mut [f64]) {
            next.copy_from_slice(view.state);
        }
    }

    fn with_own_process(patch: &str) -> Draft {
        let text = format!(
            "plancast = 1\nplan = {{ name = 'p', base_year = 2025, last_year = 2030 }}\n\
             indicator.g = {{ name = 'G', unit = '1', baseline = 1.0, history.file = 'g.csv' }}\n\
             [variant.v]\nname = 'v'\nreasoning = 'r'\n{patch}\n"
        );
        let mut draft = Draft::from_toml(&text).expect("a draft");
        let indicator = draft.indicator.get_mut("g").expect("the indicator");
        indicator.custom = Some(OwnProcess(Arc::new(Still)));
        indicator.history.as_mut().expect("a history").folder = PathBuf::from("data");
        draft
    }

    #[test]
    fn what_only_rust_can_say_is_kept() {
        let draft = with_own_process("patch.indicator.g.baseline = 2.0");
        let varied = draft.variant("v").expect("it fits");
        assert_eq!(varied.indicator["g"].custom, draft.indicator["g"].custom);
        assert_eq!(varied.indicator["g"].history, draft.indicator["g"].history);
        assert_ne!(varied.indicator["g"].baseline, draft.indicator["g"].baseline);
        assert!(draft.to_toml().expect_err("not writable").to_string().contains("process of your own"));
    }

    #[test]
    fn a_patch_replaces_what_only_rust_can_say() {
        let draft = with_own_process(
            "patch.indicator.g = { process.random_walk = { drift = 0.1 }, history.file = 'h.csv' }",
        );
        let varied = draft.variant("v").expect("it fits");
        assert_eq!(varied.indicator["g"].custom, None);
        assert_eq!(varied.indicator["g"].history.as_ref().map(|h| h.folder.clone()), Some(PathBuf::new()));
    }

    #[test]
    fn a_patch_that_does_not_fit_is_refused() {
        let mut draft = with_own_process("patch.indicator.g.baseline = 2.0");
        draft.variant.get_mut("v").expect("the variant").patch = toml::toml! { indicator.g.unit = 3 };
        let said = draft.variant("v").expect_err("a number is no unit").to_string();
        assert!(
            said.contains("error: indicator.g.unit: a text in quotes is needed here, `3` is given"),
            "{said}"
        );
    }
}
