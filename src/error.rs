//! What can go wrong, and how it is said: where, what was given, what is allowed, what to do.
//!
//! Layer 0 of the house: imported by everything, imports nothing of ours.

use std::borrow::Cow;
use std::fmt;
use std::path::PathBuf;

/// The result of every fallible call of this crate.
pub type Result<T> = std::result::Result<T, Error>;

/// Everything that a public call can refuse.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// A scenario says something that cannot be meant; all its faults at once.
    #[error("{0}")]
    Scenario(Faults),
    /// Data, of a file or given in Rust, cannot be used; all their faults at once.
    #[error("{}", .0.of("the data have", "nothing was used"))]
    Data(Faults),
    /// A file could not be read.
    #[error("cannot read {}: {}", path.display(), reason(source))]
    Read {
        /// The file.
        path: PathBuf,
        /// What the system said.
        source: std::io::Error,
    },
    /// A file or folder could not be written; whatever stood there before still stands.
    #[error("cannot write {}: {}", path.display(), reason(source))]
    Write {
        /// The file or folder.
        path: PathBuf,
        /// What the system said.
        source: std::io::Error,
    },
    /// A run was asked for with options that make no sense.
    #[error("{0}")]
    Run(Fault),
    /// An outcome was asked for something that it does not hold.
    #[error("{0}")]
    Question(Fault),
    /// A chart could not be drawn.
    #[error("cannot draw the chart: {0}")]
    Chart(String),
}

/// Why a file cannot be read or written, in words that are the same on every system where that is possible.
pub(crate) fn reason(error: &std::io::Error) -> String {
    use std::io::ErrorKind;
    match error.kind() {
        ErrorKind::NotFound => "there is no such file or folder".into(),
        ErrorKind::PermissionDenied => "this is not permitted".into(),
        ErrorKind::IsADirectory => "it is a folder".into(),
        ErrorKind::NotADirectory => "what should be a folder on the way to it is a file".into(),
        ErrorKind::StorageFull => "the disk is full".into(),
        _ => error.to_string(),
    }
}

/// One fault: where, what was given, what is allowed, what to do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fault {
    /// Path in the scenario, for instance `indicator.gdp.process.ar1_growth.persistence`,
    /// or the name of the option of a run.
    pub path: String,
    /// What is wrong, in one sentence that names the value given and what is allowed.
    pub problem: String,
    /// What to do about it.
    pub remedy: Option<String>,
    /// Where it stands in a file, when the scenario came from one. Boxed, so that a [`Result`] stays small.
    pub place: Option<Box<Place>>,
}

/// A place in a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Place {
    /// The file.
    pub file: PathBuf,
    /// Line, counted from 1.
    pub line: usize,
    /// Column in characters, counted from 1.
    pub column: usize,
    /// The file and place, and the line with the place underlined, as a compiler prints them.
    pub snippet: String,
}

impl Fault {
    /// A fault at a path, with the sentence that says what is wrong.
    pub fn new(path: impl Into<String>, problem: impl Into<String>) -> Self {
        Self { path: path.into(), problem: problem.into(), remedy: None, place: None }
    }

    /// Adds what to do about it.
    #[must_use]
    pub fn remedy(mut self, remedy: impl Into<String>) -> Self {
        self.remedy = Some(remedy.into());
        self
    }
}

/// As a compiler prints it: what is wrong, where it stands, what to do. A text of the file that is longer than anybody reads
/// is shown by its two ends.
impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (path, problem) = (ends(&self.path, 200), ends(&self.problem, 800));
        let remedy = self.remedy.as_deref().map(|remedy| ends(remedy, 800));
        let Some(place) = &self.place else {
            match path.as_ref() {
                "" => write!(f, "error: {problem}")?,
                path => write!(f, "error: {path}: {problem}")?,
            }
            return match remedy {
                Some(remedy) => write!(f, "\n  help: {remedy}"),
                None => Ok(()),
            };
        };
        write!(f, "error: {problem}\n{}", place.snippet)?;
        // Below the number of the line, as in the snippet.
        let margin = place.line.to_string().len() + 1;
        if !path.is_empty() {
            write!(f, "\n{:margin$}= in {path}", "")?;
        }
        if let Some(remedy) = remedy {
            write!(f, "\n{:margin$}= help: {remedy}", "")?;
        }
        Ok(())
    }
}

/// A text of at most `most` characters, or its beginning and its end.
fn ends(text: &str, most: usize) -> Cow<'_, str> {
    let length = text.chars().count();
    if length <= most {
        return Cow::Borrowed(text);
    }
    let first: String = text.chars().take(most / 2).collect();
    let last: String = text.chars().skip(length - most / 2).collect();
    Cow::Owned(format!("{first} … {last}"))
}

/// All faults of one scenario, in the order of the file.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Faults(Vec<Fault>);

impl Faults {
    /// None yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds one.
    pub fn push(&mut self, fault: Fault) {
        self.0.push(fault);
    }

    /// Adds those of another check.
    pub fn extend(&mut self, others: Faults) {
        self.0.extend(others.0);
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// How many.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// One after the other.
    pub fn iter(&self) -> std::slice::Iter<'_, Fault> {
        self.0.iter()
    }

    /// One after the other, to add a place to each.
    pub fn iter_mut(&mut self) -> std::slice::IterMut<'_, Fault> {
        self.0.iter_mut()
    }

    /// The value when there is no fault, all the faults otherwise.
    ///
    /// # Errors
    /// [`Error::Scenario`] with every fault pushed so far.
    pub fn or<T>(self, value: T) -> Result<T> {
        if self.is_empty() { Ok(value) } else { Err(Error::Scenario(self)) }
    }

    /// The value when there is no fault, all the faults of the data otherwise.
    pub(crate) fn or_data<T>(self, value: T) -> Result<T> {
        if self.is_empty() { Ok(value) } else { Err(Error::Data(self)) }
    }

    /// One after the other, then whose they are and what came of it.
    fn of(&self, whose: &str, therefore: &str) -> String {
        let each: String = self.0.iter().map(|fault| format!("{fault}\n\n")).collect();
        match self.0.len() {
            1 => format!("{each}{whose} 1 fault; {therefore}"),
            n => format!("{each}{whose} {n} faults; {therefore}"),
        }
    }
}

impl fmt::Display for Faults {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.of("the scenario has", "nothing was run"))
    }
}
