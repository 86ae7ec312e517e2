//! Reading scenarios: from a file with those that it extends, or from a text.
//!
//! Layer 3. text -> tree with places ([`super::document`]) -> laid over each other ([`super::overlay`])
//! -> draft ([`super::structure`]) -> scenario ([`Draft::validate`]); every fault gets its place in the file.

use super::document::{MAX_BYTES, Node, parse};
use super::overlay::{Place, lay};
use super::places::{Files, Focus};
use super::structure::{Structure, set_folders, structure};
use super::variant::{apply, check_patches};
use super::{Draft, Scenario};
use crate::error::{Error, Fault, Faults, Result, reason};
use std::fs::File;
use std::io::Read;
use std::path::{Path, PathBuf};

/// The longest chain of files that extend each other.
const MAX_CHAIN: usize = 8;
/// The most faults told; of thousands, the first ones are those that help.
const MAX_TOLD: usize = 200;
/// The name under which a text without a file is shown.
const TEXT: &str = "<text>";

impl Scenario {
    /// Reads and checks a scenario file.
    ///
    /// The file may say `extends = "other.toml"`, relative to itself: it is then laid over that one. Tables are
    /// merged, other values replaced, and an alternative (another process, another law of a quantity, another kind of
    /// bound) replaces the one beneath. Histories are looked for relative to the file that names them.
    ///
    /// # Errors
    /// [`Error::Scenario`] with every fault found, each with its line; [`Error::Read`] when the file cannot be read.
    pub fn load(path: impl AsRef<Path>) -> Result<Scenario> {
        Loaded::file(path.as_ref())?.scenario(None)
    }

    /// As [`Scenario::load`], with the patch of one of the file's variants laid over it.
    ///
    /// # Errors
    /// As [`Scenario::load`]; [`Error::Run`] when there is no such variant.
    pub fn load_variant(path: impl AsRef<Path>, id: &str) -> Result<Scenario> {
        Loaded::file(path.as_ref())?.scenario(Some(id))
    }

    /// Reads and checks a scenario from a text. A text stands alone: `extends` is refused; the files of
    /// histories are looked for relative to the current folder.
    ///
    /// # Errors
    /// [`Error::Scenario`] with every fault found.
    pub fn from_toml(text: &str) -> Result<Scenario> {
        Loaded::text(text)?.scenario(None)
    }
}

impl Draft {
    /// Reads a scenario file, with those that it extends, without checking what it means.
    ///
    /// # Errors
    /// As [`Scenario::load`], for what does not have the form of a scenario.
    pub fn load(path: impl AsRef<Path>) -> Result<Draft> {
        Loaded::file(path.as_ref())?.draft()
    }

    /// Reads a scenario from a text, as [`Scenario::from_toml`] does, without checking what it means.
    ///
    /// # Errors
    /// [`Error::Scenario`] with everything that does not have the form of a scenario.
    pub fn from_toml(text: &str) -> Result<Draft> {
        Loaded::text(text)?.draft()
    }
}

/// A scenario as read, complete.
struct Loaded {
    files: Files,
    tree: Node,
}

impl Loaded {
    fn text(text: &str) -> Result<Self> {
        let mut files = Files::default();
        let mut faults = Vec::new();
        if text.len() as u64 > MAX_BYTES {
            return refuse(vec![too_large()], &files);
        }
        files.add(PathBuf::from(TEXT), text.to_owned());
        let tree = parse(&files, 0, &mut faults);
        if let Some(node) = tree.get(&["extends"]) {
            let mut fault = Fault::new("extends", "a text without a file cannot extend another file")
                .remedy("put it into a file and load that one");
            fault.place = files.place_of(node, Focus::Key);
            faults.push(fault);
        }
        if faults.is_empty() { Ok(Self { files, tree }) } else { refuse(faults, &files) }
    }

    fn file(path: &Path) -> Result<Self> {
        let mut files = Files::default();
        let mut faults = Vec::new();
        // From the file asked for to the one at the bottom of the chain.
        let mut trees: Vec<Node> = Vec::new();
        let mut chain: Vec<(PathBuf, PathBuf)> = Vec::new();
        let mut next = path.to_path_buf();
        loop {
            let text = match read(&next) {
                Ok(text) => text,
                Err(Unreadable::System(source)) if trees.is_empty() => {
                    return Err(Error::Read { path: next, source });
                }
                Err(why) => {
                    let fault = match why {
                        Unreadable::System(source) => {
                            let problem = format!("cannot read {}: {}", next.display(), reason(&source));
                            let mut fault = Fault::new("extends", problem)
                                .remedy("a file is looked for in the folder of the file that names it");
                            fault.place = trees
                                .last()
                                .and_then(|tree| tree.get(&["extends"]))
                                .and_then(|node| files.place_of(node, Focus::Value));
                            fault
                        }
                        Unreadable::Large => at(too_large(), next, 1),
                        Unreadable::Encoding(line) => {
                            let fault = Fault::new("", "the file is not UTF-8 text")
                                .remedy("save it as UTF-8, in the \"save as\" of the editor");
                            at(fault, next, line)
                        }
                    };
                    faults.push(fault);
                    return refuse(faults, &files);
                }
            };
            chain.push((next.canonicalize().unwrap_or_else(|_| next.clone()), next.clone()));
            let file = files.add(next, text);
            trees.push(parse(&files, file, &mut faults));
            let Some(parent) = trees[file].table_mut().and_then(|table| table.shift_remove("extends")) else {
                break;
            };
            let Some(name) = parent.text() else {
                let mut fault = Fault::new("extends", "the name of a scenario file is needed here")
                    .remedy("write `extends = \"other.toml\"`");
                fault.place = files.place_of(&parent, Focus::Value);
                faults.push(fault);
                break;
            };
            next = files.folder(file).join(name);
            let full = next.canonicalize().unwrap_or_else(|_| next.clone());
            let again = chain.iter().position(|(known, _)| *known == full);
            let problem = match again {
                Some(first) => {
                    let names = chain[first..].iter().map(|(_, shown)| shown.display().to_string());
                    let circle: Vec<String> = names.chain([next.display().to_string()]).collect();
                    format!("the files extend each other in a circle: {}", circle.join(" -> "))
                }
                None if chain.len() > MAX_CHAIN => {
                    format!("more than {MAX_CHAIN} files extend each other")
                }
                None => {
                    // Kept for the place of a file that cannot be read.
                    trees[file].table_mut().map(|table| table.insert("extends".into(), parent));
                    continue;
                }
            };
            let mut fault = Fault::new("extends", problem).remedy("remove one `extends`");
            fault.place = files.place_of(&parent, Focus::Value);
            faults.push(fault);
            break;
        }
        if !faults.is_empty() {
            return refuse(faults, &files);
        }
        let mut tree = Node::empty();
        for mut over in trees.into_iter().rev() {
            over.table_mut().and_then(|table| table.shift_remove("extends"));
            lay(&mut tree, over, Place::Scenario);
        }
        Ok(Self { files, tree })
    }

    /// The draft and what does not fit, patches included.
    fn read(&self, variant: Option<&str>) -> Structure {
        let mut read = structure(&self.tree, &self.files);
        if let Some(draft) = &mut read.draft {
            set_folders(draft, &self.tree, &self.files);
            if read.faults.is_empty() && variant.is_none() {
                read.faults = check_patches(&self.tree, &self.files);
            }
        }
        read
    }

    fn draft(self) -> Result<Draft> {
        match self.read(None) {
            Structure { draft: Some(draft), faults, .. } if faults.is_empty() => Ok(draft),
            Structure { faults, .. } => refuse(faults, &self.files),
        }
    }

    fn scenario(mut self, variant: Option<&str>) -> Result<Scenario> {
        let mut faults = Vec::new();
        if let Some(id) = variant {
            apply(&mut self.tree, id, &self.files, &mut faults)?;
        }
        let mut read = self.read(variant);
        faults.append(&mut read.faults);
        let whole = faults.is_empty();
        let draft = read.draft.take().filter(|_| whole || read.worth_checking());
        match draft.map(Draft::validate) {
            Some(Ok(mut scenario)) if whole => {
                scenario.variant = variant.map(str::to_owned);
                return Ok(scenario);
            }
            Some(Err(Error::Scenario(found))) => {
                faults.extend(found.iter().filter(|fault| !read.follows(fault)).cloned());
            }
            Some(Err(other)) if whole => return Err(other),
            _ => {}
        }
        let rest = faults.len().saturating_sub(MAX_TOLD);
        faults.truncate(MAX_TOLD);
        for fault in &mut faults {
            self.files.locate(&self.tree, fault);
        }
        if rest > 0 {
            let more = format!("{rest} more faults are not shown");
            faults.push(Fault::new("", more).remedy("mend those above first"));
        }
        refuse(faults, &self.files)
    }
}

enum Unreadable {
    System(std::io::Error),
    Large,
    /// Not UTF-8 in this line.
    Encoding(usize),
}

fn read(path: &Path) -> std::result::Result<String, Unreadable> {
    let mut bytes = Vec::new();
    let file = File::open(path).map_err(Unreadable::System)?;
    file.take(MAX_BYTES + 1).read_to_end(&mut bytes).map_err(Unreadable::System)?;
    if bytes.len() as u64 > MAX_BYTES {
        return Err(Unreadable::Large);
    }
    String::from_utf8(bytes).map_err(|error| {
        let before = &error.as_bytes()[..error.utf8_error().valid_up_to()];
        Unreadable::Encoding(before.iter().filter(|byte| **byte == b'\n').count() + 1)
    })
}

fn too_large() -> Fault {
    Fault::new("", format!("a scenario of more than {} MiB is not read", MAX_BYTES >> 20))
        .remedy("put long data into a CSV file and name it as the `history`")
}

/// A fault at a line of a file whose text cannot be shown.
fn at(mut fault: Fault, file: PathBuf, line: usize) -> Fault {
    let snippet = format!(" --> {}:{line}:1", file.display());
    fault.place = Some(Box::new(crate::error::Place { file, line, column: 1, snippet }));
    fault
}

fn refuse<T>(mut found: Vec<Fault>, files: &Files) -> Result<T> {
    files.sort(&mut found);
    let mut faults = Faults::new();
    found.into_iter().for_each(|fault| faults.push(fault));
    Err(Error::Scenario(faults))
}
