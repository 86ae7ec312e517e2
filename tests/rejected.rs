//! Scenario files with a fault, one a file, each with the whole message that a user reads beside it.
//!
//! `tests/rejected/x.toml` is refused with the words of `tests/rejected/x.txt`; a first line `# --variant v`
//! loads it with that variant. After a change of the words, read what `UPDATE_EXPECTED=1 cargo test --test rejected` wrote.

use plancast::error::Error;
use plancast::scenario::Scenario;
use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

/// Relative to the crate, where tests run, so that messages show the same paths everywhere.
const FOLDER: &str = "tests/rejected";
/// A check that finds fewer files has not looked at them.
const FEWEST: usize = 190;

/// Names of the files that end with `ending`, without it.
fn names(ending: &str) -> BTreeSet<String> {
    let files = fs::read_dir(FOLDER).expect("the folder is there");
    let names =
        files.map(|file| file.expect("it can be read").file_name().into_string().expect("names are UTF-8"));
    names.filter_map(|name| Some(name.strip_suffix(ending)?.to_owned())).collect()
}

fn path(name: &str, ending: &str) -> PathBuf {
    PathBuf::from(format!("{FOLDER}/{name}{ending}"))
}

fn load(path: &Path) -> Result<Scenario, Error> {
    let bytes = fs::read(path).unwrap_or_default();
    let text = String::from_utf8_lossy(&bytes);
    match text.lines().next().and_then(|line| line.strip_prefix("# --variant ")) {
        Some(id) => Scenario::load_variant(path, id),
        None => Scenario::load(path),
    }
}

#[test]
fn every_broken_file_is_refused_with_its_message() {
    let update = std::env::var_os("UPDATE_EXPECTED").is_some();
    let mut wrong = Vec::new();
    let mut checked = 0;
    for name in names(".toml") {
        let message = match load(&path(&name, ".toml")) {
            Ok(_) => {
                wrong.push(format!("{name}.toml is taken for a scenario"));
                continue;
            }
            Err(error) => format!("{error}\n"),
        };
        checked += 1;
        let beside = path(&name, ".txt");
        if update {
            fs::write(&beside, &message).expect("the message can be written");
        }
        // Git may have given the file other line ends.
        let expected = fs::read_to_string(&beside).unwrap_or_default().replace("\r\n", "\n");
        if message != expected {
            wrong.push(format!("{name}.toml\n--- expected\n{expected}--- found\n{message}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert!(checked >= FEWEST, "only {checked} files were checked");
}

#[test]
fn every_file_has_its_message_and_every_message_its_file() {
    if std::env::var_os("UPDATE_EXPECTED").is_some() {
        return; // They are being written just now.
    }
    let (files, messages) = (names(".toml"), names(".txt"));
    let alone: Vec<&String> = files.symmetric_difference(&messages).collect();
    assert!(alone.is_empty(), "these stand alone: {alone:?}");
}

/// What a user needs of every message, whatever its words.
#[test]
fn every_fault_says_where_it_is_and_what_to_do() {
    let mut faults = 0;
    for name in names(".toml") {
        let Err(Error::Scenario(found)) = load(&path(&name, ".toml")) else { continue };
        for fault in found.iter() {
            faults += 1;
            let place = fault.place.as_ref().unwrap_or_else(|| panic!("{name}: no place\n{fault}"));
            assert!(place.line >= 1 && place.column >= 1, "{name}: {fault}");
            assert!(place.file.starts_with(FOLDER), "{name}: {}", place.file.display());
            assert!(place.snippet.contains(FOLDER), "{name}: {fault}");
            // "it must be above 0" is its own remedy.
            let allowed = [
                "must",
                "needed",
                "allowed",
                "is between",
                "belongs to",
                "goes with",
                "has one",
                "needs",
                "at most",
            ];
            let clear = fault.remedy.is_some() || allowed.iter().any(|words| fault.problem.contains(words));
            assert!(clear, "{name}: what to do?\n{fault}");
            let all = fault.to_string();
            assert!(!all.contains("NaN") && !all.contains("serde"), "{name}: {fault}");
            assert!(all.lines().all(|line| line.chars().count() < 400), "{name}: a very long line\n{fault}");
        }
    }
    assert!(faults >= FEWEST, "only {faults} faults were looked at");
}
