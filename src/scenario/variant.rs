//! Variants: a scenario with one of its patches laid over it.
//!
//! Layer 3.

use super::document::{Node, Step, written};
use super::overlay::{Place, lay};
use super::places::{Files, Focus};
use super::structure::structure;
use super::words::nearest;
use super::{Draft, Scenario, Variant};
use crate::error::{Error, Fault, Faults, Result};
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

    /// This scenario with one of its variants laid over it, and checked again.
    ///
    /// # Errors
    /// [`Error::Run`] when there is no such variant, [`Error::Scenario`] when the result cannot be meant.
    pub fn with_variant(&self, id: &str) -> Result<Scenario> {
        let mut scenario = self.draft.variant(id)?.validate()?;
        scenario.variant = Some(id.to_owned());
        Ok(scenario)
    }
}

fn find<'a, V>(variants: &'a IndexMap<String, V>, id: &str) -> Result<&'a V> {
    variants.get(id).ok_or_else(|| {
        let ids: Vec<String> = variants.keys().cloned().collect();
        let fault = Fault::new("variant", format!("there is no variant `{id}`"));
        Error::Run(match (nearest(id, &ids), ids.is_empty()) {
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

/// What is wrong with the patches of a tree that is itself well-formed.
pub(crate) fn check_patches(tree: &Node, files: &Files) -> Vec<Fault> {
    let none = IndexMap::new();
    let mut faults = Vec::new();
    for (id, variant) in tree.get(&["variant"]).and_then(Node::table).unwrap_or(&none) {
        let Some(patch) = variant.get(&["patch"]) else { continue };
        let keys = refused_keys(patch, id, files);
        if keys.is_empty() {
            let mut varied = tree.clone();
            lay(&mut varied, patch.clone(), Place::Scenario);
            for mut fault in structure(&varied, files).faults {
                fault.path = format!("variant.{id}.patch.{}", fault.path);
                faults.push(fault);
            }
        }
        faults.extend(keys);
    }
    faults
}
