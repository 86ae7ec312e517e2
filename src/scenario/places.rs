//! Where things stand: the files of a scenario, and the places of its faults.
//!
//! Layer 3.

use super::document::{Node, Step};
use super::render::snippet;
use crate::error::{Fault, Place};
use std::ops::Range;
use std::path::{Path, PathBuf};

/// Where a value stands: the file, and the bytes of its key and of the value itself.
#[derive(Debug, Clone)]
pub(crate) struct Origin {
    pub file: usize,
    pub key: Range<usize>,
    pub value: Range<usize>,
}

/// The files that a scenario was read from, the one asked for first.
#[derive(Debug, Default)]
pub(crate) struct Files(Vec<Source>);

#[derive(Debug)]
struct Source {
    /// As the user gave it.
    path: PathBuf,
    text: String,
}

/// What is underlined.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Focus {
    Key,
    Value,
}

impl Files {
    /// Adds a file and returns its number.
    pub fn add(&mut self, path: PathBuf, text: String) -> usize {
        self.0.push(Source { path, text });
        self.0.len() - 1
    }

    pub fn text(&self, file: usize) -> &str {
        &self.0[file].text
    }

    pub fn path(&self, file: usize) -> &Path {
        &self.0[file].path
    }

    /// Folder of a file, which relative paths in it start from; empty for the current folder.
    pub fn folder(&self, file: usize) -> PathBuf {
        self.path(file).parent().map(Path::to_path_buf).unwrap_or_default()
    }

    /// The place of some bytes of a file.
    pub fn place(&self, file: usize, span: Range<usize>) -> Box<Place> {
        let Source { path, text } = &self.0[file];
        let start = floor(text, span.start);
        let before = &text[..start];
        let from = before.rfind('\n').map_or(0, |newline| newline + 1);
        let line = before.matches('\n').count() + 1;
        let rest = &text[from..];
        let row = rest.split('\n').next().unwrap_or_default().trim_end_matches('\r');
        let until = |byte: usize| floor(row, byte.saturating_sub(from).min(row.len()));
        let underlined = until(start)..until(span.end.max(start));
        let column = row[..underlined.start].chars().count() + 1;
        let snippet = snippet(&path.to_string_lossy(), row, line, underlined);
        Box::new(Place { file: path.clone(), line, column, snippet })
    }

    /// The place of a node.
    pub fn place_of(&self, node: &Node, focus: Focus) -> Option<Box<Place>> {
        let origin = node.origin.as_ref()?;
        if origin.value.is_empty() && origin.key.is_empty() {
            // The file as a whole: there is nothing to underline.
            let file = self.path(origin.file).to_path_buf();
            let snippet = format!(" --> {}", file.display());
            return Some(Box::new(Place { file, line: 1, column: 1, snippet }));
        }
        let long = self.text(origin.file).get(origin.value.clone()).is_none_or(|text| text.contains('\n'));
        let span = if focus == Focus::Key || long { origin.key.clone() } else { origin.value.clone() };
        Some(self.place(origin.file, span))
    }

    /// Adds the place to a fault that has a path only: that of the longest part of the path which is known.
    /// Where the problem names the last key, as that of an id that does not exist, the key is underlined.
    pub fn locate(&self, tree: &Node, fault: &mut Fault) {
        if fault.place.is_none() {
            let last = fault.path.rsplit('.').next().unwrap_or_default();
            let named = fault.problem.contains(&format!("`{last}`"));
            let focus = if named { Focus::Key } else { Focus::Value };
            fault.place = self.place_of(tree.follow(&fault.path), focus);
        }
    }

    /// The place at the end of the steps, or of the longest part of them that is there.
    pub fn place_at(&self, tree: &Node, steps: &[Step], focus: Focus) -> Option<Box<Place>> {
        self.place_of(tree.deepest(steps).0, focus)
    }

    /// Sorts faults by file, line and column; those without a place come last.
    pub fn sort(&self, faults: &mut [Fault]) {
        faults.sort_by_key(|fault| match &fault.place {
            Some(place) => {
                let file = self.0.iter().position(|source| source.path == place.file);
                (file.unwrap_or(self.0.len()), place.line, place.column)
            }
            None => (usize::MAX, 0, 0),
        });
    }
}

/// The nearest boundary of a character at or before a byte.
fn floor(text: &str, byte: usize) -> usize {
    (0..=byte.min(text.len())).rev().find(|b| text.is_char_boundary(*b)).unwrap_or(0)
}
