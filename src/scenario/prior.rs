//! Reference classes by name: a file beside the scenario, or one that is shipped.
//!
//! Layer 3.

use super::nearest::nearest;
use crate::calibrate::ReferenceClass;
use crate::error::{Fault, reason};
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

/// The folder beside a scenario in which classes are looked for.
const FOLDER: &str = "priors";
/// The ending of the name of a file.
const ENDING: &str = ".toml";
/// Larger files are no reference classes.
const LARGEST: u64 = 1 << 20;

/// Whether a prior is named by its file.
pub(super) fn is_file(name: &str) -> bool {
    name.ends_with(ENDING)
}

/// The file of a class relative to the folder of the scenario, where it is not a shipped one.
pub(super) fn file_of(name: &str, folder: &Path) -> Option<PathBuf> {
    if is_file(name) {
        return Some(PathBuf::from(name));
    }
    let plain = !name.is_empty() && name.chars().all(|c| c.is_alphanumeric() || c == '-' || c == '_');
    let file = Path::new(FOLDER).join(format!("{name}{ENDING}"));
    let full = folder.join(&file);
    (plain && full.is_file() && !is_copy(name, &full)).then_some(file)
}

/// Whether a file is the shipped class of that name, which is found without it.
fn is_copy(name: &str, file: &Path) -> bool {
    let read = || ReferenceClass::from_toml(&std::fs::read_to_string(file).ok()?).ok();
    ReferenceClass::shipped(name).is_some_and(|shipped| read() == Some(shipped))
}

/// Whether a class has to be looked for in the folder: it is there, or is not shipped.
pub(super) fn is_beside(name: &str, folder: &Path) -> bool {
    file_of(name, folder).is_some() || !ReferenceClass::shipped_names().any(|shipped| shipped == name)
}

/// The class of a name, for a scenario in the folder; a fault at the path otherwise.
pub(super) fn find(path: &str, name: &str, folder: &Path) -> Result<ReferenceClass, Fault> {
    let Some(file) = file_of(name, folder) else {
        return ReferenceClass::shipped(name).ok_or_else(|| unknown(path, name, folder));
    };
    let full = folder.join(file);
    let shown = full.display();
    let unreadable = |error: std::io::Error| {
        Fault::new(path, format!("cannot read {shown}: {}", reason(&error)))
            .remedy("a class is looked for in the folder of the scenario that names it")
    };
    let size = std::fs::metadata(&full).map_err(unreadable)?.len();
    if size > LARGEST {
        let problem = format!("{shown} has {} KiB; a class has at most {}", size >> 10, LARGEST >> 10);
        return Err(Fault::new(path, problem));
    }
    let bytes = std::fs::read(&full).map_err(unreadable)?;
    let not_text =
        |_| Fault::new(path, format!("{shown} is not UTF-8 text")).remedy("save the file as UTF-8");
    let text = String::from_utf8(bytes).map_err(not_text)?;
    ReferenceClass::from_toml(&text).map_err(|fault| {
        let within = if fault.path.is_empty() { String::new() } else { format!("{}: ", fault.path) };
        // What a parser says has lines of its own for the place; the first and the last say it all.
        let mut lines = fault.problem.lines().filter(|line| !line.trim().is_empty());
        let said = match (lines.next(), lines.next_back()) {
            (Some(first), Some(last)) => format!("{first}: {last}"),
            (first, _) => first.unwrap_or_default().to_owned(),
        };
        let problem = format!("{shown} is no reference class: {within}{said}");
        Fault::new(path, problem).remedy(
            fault.remedy.unwrap_or_else(|| "build it anew, or compare it with one that is shipped".into()),
        )
    })
}

fn unknown(path: &str, name: &str, folder: &Path) -> Fault {
    let mut known: BTreeSet<String> = ReferenceClass::shipped_names().map(str::to_owned).collect();
    for entry in std::fs::read_dir(folder.join(FOLDER)).into_iter().flatten().flatten() {
        let file = entry.file_name();
        known.extend(file.to_string_lossy().strip_suffix(ENDING).map(str::to_owned));
    }
    let known: Vec<String> = known.into_iter().collect();
    let all = known.join(", ");
    let fault = Fault::new(path, format!("there is no reference class `{name}`"));
    fault.remedy(match nearest(name, known.iter().map(String::as_str)) {
        Some(near) => format!("did you mean `{near}`? There are: {all}"),
        None => format!(
            "there are: {all}; one of your own is a file `{FOLDER}/{name}{ENDING}` beside the scenario"
        ),
    })
}
