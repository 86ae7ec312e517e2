//! From a tree to a draft, with everything that does not fit told at once.
//!
//! Layer 3. serde stops at the first value that does not fit. Here that value is noted and taken out
//! (or, where something must stand, replaced by a stand-in), and the tree is read again, until it fits.

use super::document::{Data, Node, Step, written};
use super::nearest::nearest;
use super::places::{Files, Focus};
use super::words::Complaint;
use super::{Draft, FORMAT};
use crate::error::Fault;
use crate::process::PriorSource;
use indexmap::IndexMap;
use serde_path_to_error::Segment;
use std::path::{Path, PathBuf};
use toml::Value;

/// The most faults looked for.
const MAX_FAULTS: usize = 100;

/// What became of a tree.
pub(crate) struct Structure {
    /// The draft, without what did not fit; none where too much is wrong to go on.
    pub draft: Option<Draft>,
    pub faults: Vec<Fault>,
    /// What was taken out or replaced.
    mended: Vec<Vec<Step>>,
}

/// Reads a tree as a draft.
pub(crate) fn structure(tree: &Node, files: &Files) -> Structure {
    if let Some(fault) = other_format(tree, files) {
        return Structure { draft: None, faults: vec![fault], mended: Vec::new() };
    }
    let mut search =
        Search { tree: tree.clone(), original: tree, files, faults: Vec::new(), mended: Vec::new() };
    let mut draft = None;
    while search.faults.len() < MAX_FAULTS {
        match read(&search.tree) {
            Ok(read) => {
                draft = Some(read);
                break;
            }
            Err(refused) => {
                if !search.mend(refused) {
                    break;
                }
            }
        }
    }
    Structure { draft, faults: search.faults, mended: search.mended }
}

impl Structure {
    /// Whether what is left is enough to look for faults of meaning in it.
    pub fn worth_checking(&self) -> bool {
        !self.mended.iter().any(|steps| steps.len() == 1 || steps.first() == Some(&Step::Key("plan".into())))
    }

    /// Whether a fault of meaning only follows from what was mended: it stands there, above or below,
    /// or names an entry that was taken out.
    pub fn follows(&self, fault: &Fault) -> bool {
        let within = |path: &str, root: &str| {
            path.strip_prefix(root).is_some_and(|rest| rest.is_empty() || rest.starts_with(['.', '[']))
        };
        self.mended.iter().any(|steps| {
            let path = written(steps);
            let named = match steps.as_slice() {
                [_, Step::Key(id)] => fault.problem.contains(&format!("`{id}`")),
                _ => false,
            };
            named || within(&fault.path, &path) || within(&path, &fault.path)
        })
    }
}

/// A file of another version of the format is told so, and nothing else.
fn other_format(tree: &Node, files: &Files) -> Option<Fault> {
    let node = tree.get(&["plancast"])?;
    match node.data {
        Data::Scalar(Value::Integer(version)) if version != i64::from(FORMAT) => {
            let problem = format!("the file is of format {version}; this version reads format {FORMAT}");
            let mut fault = Fault::new("plancast", problem).remedy(format!(
                "write `plancast = {FORMAT}`, or read it with the version that it was made for"
            ));
            fault.place = files.place_of(node, Focus::Value);
            Some(fault)
        }
        _ => None,
    }
}

/// Where serde stopped, and what it said.
struct Refused {
    steps: Vec<Step>,
    message: String,
}

fn read(tree: &Node) -> Result<Draft, Refused> {
    serde_path_to_error::deserialize(tree.to_value()).map_err(|error| Refused {
        steps: error
            .path()
            .iter()
            .map_while(|segment| match segment {
                Segment::Map { key } => Some(Step::Key(key.clone())),
                Segment::Enum { variant } => Some(Step::Key(variant.clone())),
                Segment::Seq { index } => Some(Step::Index(*index)),
                Segment::Unknown => None,
            })
            .collect(),
        message: error.inner().message().to_owned(),
    })
}

struct Search<'a> {
    /// With what did not fit taken out.
    tree: Node,
    /// As it was, for the places.
    original: &'a Node,
    files: &'a Files,
    faults: Vec<Fault>,
    mended: Vec<Vec<Step>>,
}

impl Search<'_> {
    /// Notes why the tree was refused, and changes it so that this is no reason any more; false when that is not possible.
    fn mend(&mut self, refused: Refused) -> bool {
        let Refused { steps, message } = refused;
        match Complaint::of(&message) {
            Complaint::Missing(key) => self.supply(&steps, &key, &message),
            complaint => {
                let (_, taken) = self.tree.deepest(&steps);
                let mut target = steps[..taken].to_vec();
                if let Complaint::Unknown { name, .. } = &complaint {
                    // The key itself, where the message came with the table that holds it.
                    let key = Step::Key(name.clone());
                    if target.last() != Some(&key) && self.holds(&target, &key) {
                        target.push(key);
                    }
                }
                if target.is_empty() {
                    return false;
                }
                self.note(&complaint, &target);
                if let (Complaint::Unknown { name, allowed, .. }, Some((Step::Key(_), table))) =
                    (&complaint, target.split_last())
                {
                    // The key that was meant is then not missing as well.
                    let meant = nearest(name, allowed.iter().map(String::as_str))
                        .map(|near| Step::Key(near.to_owned()));
                    if let Some(meant) = meant.filter(|key| !self.holds(table, key)) {
                        self.mended.push([table, &[meant]].concat());
                    }
                }
                self.take_out(target)
            }
        }
    }

    fn holds(&self, at: &[Step], key: &Step) -> bool {
        let mut steps = at.to_vec();
        steps.push(key.clone());
        self.tree.deepest(&steps).1 == steps.len()
    }

    /// Notes a fault, unless it only follows from what was mended before.
    fn note(&mut self, complaint: &Complaint, target: &[Step]) {
        let follows = |mended: &Vec<Step>| target.starts_with(mended) || mended.starts_with(target);
        if self.mended.iter().any(follows) {
            return;
        }
        let (given, _) = self.tree.deepest(target);
        let complaint = &complaint.for_key(target.last(), given);
        let (parent, focus) = match complaint {
            Complaint::Missing(_) => (&target[..target.len() - 1], Focus::Key),
            // A key that is not known, or a name given as a text.
            Complaint::Unknown { .. } => match self.tree.deepest(target).0.text() {
                Some(_) if self.ends_at_text(target, complaint) => (target, Focus::Value),
                _ => (&target[..target.len() - 1], Focus::Key),
            },
            Complaint::Unfit(_) => (target, Focus::Value),
            Complaint::UnfitKey { .. } => (target, Focus::Key),
        };
        let hint = self.hint(target, complaint);
        let mut fault = complaint.fault(&written(target), &written(parent), given, hint.as_deref());
        fault.place = self.files.place_at(self.original, target, focus);
        self.faults.push(fault);
    }

    /// Whether the name complained of is the text that stands there, not the key.
    fn ends_at_text(&self, target: &[Step], complaint: &Complaint) -> bool {
        match complaint {
            Complaint::Unknown { name, alternative: true, .. } => {
                self.tree.deepest(target).0.text() == Some(name.as_str())
            }
            _ => false,
        }
    }

    /// What serde says of another value at the same place, where the first message leaves open what is allowed.
    fn hint(&self, target: &[Step], complaint: &Complaint) -> Option<String> {
        let Complaint::Unfit(message) = complaint else { return None };
        let other = if message.starts_with("invalid length") {
            Value::Array(Vec::new())
        } else if message.starts_with("wanted exactly 1") || message.ends_with("expected string only") {
            Value::String("?".into())
        } else {
            return None;
        };
        let mut tree = self.tree.clone();
        *tree.get_mut(target)? = Node::from_value(other);
        read(&tree).err().filter(|refused| refused.steps == target).map(|refused| refused.message)
    }

    /// Something must stand under the key: a stand-in for this reading, or the table goes.
    fn supply(&mut self, table: &[Step], key: &str, message: &str) -> bool {
        let mut target = table.to_vec();
        target.push(Step::Key(key.to_owned()));
        self.note(&Complaint::of(message), &target);
        let tried = self.mended.contains(&target) && self.holds(table, &Step::Key(key.to_owned()));
        if !tried && self.stand_in(&target) {
            self.mended.push(target);
            return true;
        }
        self.mended.push(target);
        !table.is_empty() && self.take_out(table.to_vec())
    }

    /// Takes out what does not fit. In a list something takes its place, so that the others keep their numbers.
    fn take_out(&mut self, target: Vec<Step>) -> bool {
        let Some((last, above)) = target.split_last() else { return false };
        let gone = match last {
            Step::Key(key) => self
                .tree
                .get_mut(above)
                .and_then(Node::table_mut)
                .is_some_and(|table| table.shift_remove(key).is_some()),
            Step::Index(_) => {
                self.stand_in(&target) || {
                    let above = above.to_vec();
                    self.mended.push(target.clone());
                    return self.take_out(above);
                }
            }
        };
        self.mended.push(target);
        gone
    }

    /// Puts something at a place that fits there; false when nothing does.
    fn stand_in(&mut self, target: &[Step]) -> bool {
        let candidates = [
            Value::Integer(i64::from(FORMAT)),
            Value::String(String::new()),
            Value::Array(Vec::new()),
            Value::Table(toml::Table::new()),
            Value::Boolean(false),
        ];
        for candidate in candidates {
            let node = Node::from_value(candidate);
            let mut tree = self.tree.clone();
            match (tree.get_mut(target), target.split_last()) {
                (Some(place), _) => *place = node,
                (None, Some((Step::Key(key), above))) => {
                    match tree.get_mut(above).and_then(Node::table_mut) {
                        Some(table) => table.insert(key.clone(), node),
                        None => return false,
                    };
                }
                _ => return false,
            }
            let fits = match read(&tree) {
                Ok(_) => true,
                Err(refused) => !refused.steps.starts_with(target),
            };
            if fits {
                self.tree = tree;
                return true;
            }
        }
        false
    }
}

/// Sets the folder of every history that names a file, and of every prior that names a class: that of the file which says so.
pub(crate) fn set_folders(draft: &mut Draft, tree: &Node, files: &Files) {
    let folder = |path: &[&str]| {
        let origin = tree.get(path).and_then(|node| node.origin.as_ref())?;
        Some(files.folder(origin.file))
    };
    for (id, indicator) in &mut draft.indicator {
        if let Some(process) = &mut indicator.process {
            let path = ["indicator", id, "process", process.word(), "estimate"];
            let below = |keys: &[&str]| folder(&[&path, keys].concat());
            if let Some(estimate) = process.estimate_mut() {
                if let Some(PriorSource::Class(name)) = &estimate.prior {
                    let folder = below(&["prior"]).unwrap_or_default();
                    // A shipped class has no folder.
                    if super::prior::is_beside(name, &folder) {
                        estimate.folder = folder;
                    }
                }
                if let Some(history) = &mut estimate.history {
                    history.folder = below(&["history", "file"]).unwrap_or_default();
                }
            }
        }
        let Some(history) = &mut indicator.history else { continue };
        if let Some(origin) =
            tree.get(&["indicator", id, "history", "file"]).and_then(|node| node.origin.as_ref())
        {
            history.folder = files.folder(origin.file);
        }
    }
    // A patch is kept as written, so the folder goes into its paths.
    for (id, variant) in &mut draft.variant {
        let patch = tree.get(&["variant", id, "patch"]);
        let nodes = patch.and_then(|patch| patch.get(&["indicator"])).and_then(Node::table);
        for (indicator, node) in nodes.unwrap_or(&IndexMap::new()) {
            let full = |node: &Node, file: &dyn Fn(&str, &Path) -> Option<PathBuf>| {
                let (text, origin) = (node.text()?, node.origin.as_ref()?);
                let folder = files.folder(origin.file);
                Some(Value::String(folder.join(file(text, &folder)?).to_string_lossy().into_owned()))
            };
            let itself = |text: &str, _: &Path| Some(PathBuf::from(text));
            let file = node.get(&["history", "file"]).and_then(|node| full(node, &itself));
            if let (Some(file), Some(history)) =
                (file, super::write::history_of(&mut variant.patch, indicator))
            {
                history.insert("file".into(), file);
            }
            let presets = node.get(&["process"]).and_then(Node::table);
            let Some(estimate) = presets.and_then(|p| p.values().find_map(|p| p.get(&["estimate"]))) else {
                continue;
            };
            let Some(written) = super::write::estimate_of(&mut variant.patch, indicator) else { continue };
            let class = |text: &str, folder: &Path| super::prior::file_of(text, folder);
            if let Some(prior) = estimate.get(&["prior"]).and_then(|node| full(node, &class)) {
                written.insert("prior".into(), prior);
            }
            if let Some(file) = estimate.get(&["history", "file"]).and_then(|node| full(node, &itself))
                && let Some(history) = written.get_mut("history").and_then(Value::as_table_mut)
            {
                history.insert("file".into(), file);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::document::parse;
    use super::*;

    const HEAD: &str = "plancast = 1\nplan = { name = 'p', base_year = 2025, last_year = 2030 }\n";

    fn structured(text: &str) -> (Structure, Node, Files) {
        let mut files = Files::default();
        files.add("plans/x.toml".into(), format!("{HEAD}{text}"));
        let mut faults = Vec::new();
        let tree = parse(&files, 0, &mut faults);
        assert_eq!(faults, []);
        (structure(&tree, &files), tree, files)
    }

    #[test]
    fn what_is_left_is_a_draft_and_consequences_are_known() {
        let (read, ..) = structured(
            "indicator.gdp = 3\n[indicator.jobs]\nname = 'j'\nunit = '1'\nprocess.random_wlk = {}\n\
             [target.t]\nindicator = 'gdp'\nyear = 'x'\n",
        );
        let paths: Vec<&str> = read.faults.iter().map(|fault| fault.path.as_str()).collect();
        assert_eq!(paths, ["indicator.gdp", "indicator.jobs.process.random_wlk", "target.t.year"]);
        let draft = read.draft.as_ref().expect("a draft of what is left");
        assert_eq!(draft.indicator.keys().collect::<Vec<_>>(), ["jobs"]);
        assert!(read.worth_checking());
        let follows = |path: &str, problem: &str| read.follows(&Fault::new(path, problem));
        assert!(follows("target.t.indicator", "there is no indicator `gdp`"));
        assert!(follows("indicator.jobs", "a process or a formula is needed"));
        assert!(!follows("target.t.indicator", "there is no indicator `jbos`"));
        assert!(!follows("indicator.jobs2", "a process or a formula is needed"));
    }

    #[test]
    fn without_its_years_a_plan_is_not_checked_further() {
        let (read, ..) = structured("target = 3");
        assert!(read.draft.is_some() && !read.worth_checking());
        let files = Files::default();
        let read = structure(&Node::empty(), &files);
        let paths: Vec<&str> = read.faults.iter().map(|fault| fault.path.as_str()).collect();
        assert_eq!(paths, ["plancast", "plan"]);
        assert!(!read.worth_checking());
    }

    #[test]
    fn a_fault_with_a_path_only_gets_the_place_of_its_longest_known_part() {
        let (_, tree, files) = structured(
            "[indicator.gdp]\nname = '中文'\nprocess.random_walk = { drift = { normal = { mean = 1.0, sd = -2.0 } } }\n",
        );
        let place = |path: &str| {
            let mut fault = Fault::new(path, "wrong");
            files.locate(&tree, &mut fault);
            let place = fault.place.expect("a place");
            (place.line, place.column)
        };
        assert_eq!(place("indicator.gdp.process.random_walk.drift.normal.sd"), (5, 63));
        assert_eq!(place("indicator.gdp.process.random_walk.volatility"), (5, 23));
        assert_eq!(place("indicator.gdp"), (3, 1));
        assert_eq!(place("indicator.gdp.name"), (4, 8));
        assert_eq!(place("plan.last_year"), (2, 52));
        assert_eq!(place("correlation"), (1, 1));
        let mut fault = Fault::new("indicator.gdp.name", "there is no `name`");
        files.locate(&tree, &mut fault);
        assert_eq!(fault.place.map(|place| place.column), Some(1));
        let mut fault = Fault::new("indicator.gdp.name", "wrong").remedy("mend it");
        files.locate(&tree, &mut fault);
        assert_eq!(
            fault.to_string(),
            "error: wrong\n --> plans/x.toml:4:8\n  |\n4 | name = '中文'\n  |        ^^^^^^\n  = in indicator.gdp.name\n  = help: mend it"
        );
    }
}
