//! A scenario file as a tree, in which every key and value knows where it stands.
//!
//! Layer 3. Between the text and [`super::Draft`]: files are laid over each other on these trees,
//! and the place of a fault is looked up in them.

use super::places::{Files, Origin};
use crate::error::Fault;
use indexmap::IndexMap;
use std::num::IntErrorKind;
use toml::Value;
use toml::de::{DeTable, DeValue};

/// The largest file read, in bytes.
pub(crate) const MAX_BYTES: u64 = 8 << 20;
/// The deepest nesting read.
const MAX_DEPTH: usize = 64;
/// The most keys and entries of lists read from one file.
const MAX_ENTRIES: usize = 50_000;
/// The most syntax errors told; the first ones are those that help.
const MAX_SYNTAX: usize = 20;

/// A value with the place where it stands; without one when it does not come from a file.
#[derive(Debug, Clone)]
pub(crate) struct Node {
    pub data: Data,
    pub origin: Option<Origin>,
}

/// What a [`Node`] holds.
#[derive(Debug, Clone)]
pub(crate) enum Data {
    Table(IndexMap<String, Node>),
    Array(Vec<Node>),
    /// A text, number, truth value or date.
    Scalar(Value),
}

/// One step down a tree.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Step {
    Key(String),
    Index(usize),
}

impl Node {
    /// An empty table that stands nowhere.
    pub fn empty() -> Self {
        Self { data: Data::Table(IndexMap::new()), origin: None }
    }

    /// A tree of values that stand nowhere.
    pub fn from_value(value: Value) -> Self {
        let data = match value {
            Value::Table(table) => {
                Data::Table(table.into_iter().map(|(k, v)| (k, Self::from_value(v))).collect())
            }
            Value::Array(array) => Data::Array(array.into_iter().map(Self::from_value).collect()),
            scalar => Data::Scalar(scalar),
        };
        Self { data, origin: None }
    }

    /// The tree without its places.
    pub fn to_value(&self) -> Value {
        match &self.data {
            Data::Table(table) => {
                Value::Table(table.iter().map(|(k, v)| (k.clone(), v.to_value())).collect())
            }
            Data::Array(array) => Value::Array(array.iter().map(Self::to_value).collect()),
            Data::Scalar(value) => value.clone(),
        }
    }

    /// The entries, when it is a table.
    pub fn table(&self) -> Option<&IndexMap<String, Node>> {
        match &self.data {
            Data::Table(table) => Some(table),
            _ => None,
        }
    }

    /// The entries, when it is a table.
    pub fn table_mut(&mut self) -> Option<&mut IndexMap<String, Node>> {
        match &mut self.data {
            Data::Table(table) => Some(table),
            _ => None,
        }
    }

    /// The text, when it is one.
    pub fn text(&self) -> Option<&str> {
        match &self.data {
            Data::Scalar(Value::String(text)) => Some(text),
            _ => None,
        }
    }

    fn step(&self, step: &Step) -> Option<&Node> {
        match (step, &self.data) {
            (Step::Key(key), Data::Table(table)) => table.get(key),
            (Step::Index(index), Data::Array(array)) => array.get(*index),
            _ => None,
        }
    }

    /// The node at the end of the steps, or the deepest on the way, with the number of steps taken.
    pub fn deepest(&self, steps: &[Step]) -> (&Node, usize) {
        let mut node = self;
        for (taken, step) in steps.iter().enumerate() {
            match node.step(step) {
                Some(next) => node = next,
                None => return (node, taken),
            }
        }
        (node, steps.len())
    }

    /// The node at the end of the keys.
    pub fn get(&self, keys: &[&str]) -> Option<&Node> {
        keys.iter().try_fold(self, |node, key| node.table()?.get(*key))
    }

    /// The node at the end of the steps, to change it.
    pub fn get_mut(&mut self, steps: &[Step]) -> Option<&mut Node> {
        steps.iter().try_fold(self, |node, step| match (step, &mut node.data) {
            (Step::Key(key), Data::Table(table)) => table.get_mut(key),
            (Step::Index(index), Data::Array(array)) => array.get_mut(*index),
            _ => None,
        })
    }

    /// Follows a written path (`indicator.gdp.process`, `rows[0][1]`) as far as it is known. Ids are
    /// matched as they are, so that one with a dot is found as well.
    pub fn follow(&self, path: &str) -> &Node {
        let mut node = self;
        let mut rest = path;
        loop {
            rest = rest.strip_prefix('.').unwrap_or(rest);
            let next = match &node.data {
                Data::Table(table) => table
                    .iter()
                    .flat_map(|(key, child)| [(key.clone(), child), (quoted(key), child)])
                    .filter_map(|(key, child)| {
                        let after = rest.strip_prefix(&key)?;
                        (after.is_empty() || after.starts_with(['.', '['])).then_some((after, child))
                    })
                    .min_by_key(|(after, _)| after.len()),
                Data::Array(array) => rest.strip_prefix('[').and_then(|inner| {
                    let (index, after) = inner.split_once(']')?;
                    Some((after, array.get(index.parse::<usize>().ok()?)?))
                }),
                Data::Scalar(_) => None,
            };
            match next {
                Some((after, child)) => (rest, node) = (after, child),
                None => return node,
            }
        }
    }
}

fn quoted(key: &str) -> String {
    format!("{key:?}")
}

/// Steps as a reader would write them.
pub(crate) fn written(steps: &[Step]) -> String {
    let mut path = String::new();
    for step in steps {
        match step {
            Step::Index(index) => path.push_str(&format!("[{index}]")),
            Step::Key(key) => {
                if !path.is_empty() {
                    path.push('.');
                }
                let bare = |c: char| c.is_alphanumeric() || c == '_' || c == '-';
                if !key.is_empty() && key.chars().all(bare) {
                    path.push_str(key);
                } else {
                    path.push_str(&quoted(key));
                }
            }
        }
    }
    path
}

/// Reads the text of a file; all that is wrong with it as TOML is pushed to `faults`.
pub(crate) fn parse(files: &Files, file: usize, faults: &mut Vec<Fault>) -> Node {
    let text = files.text(file);
    let (root, errors) = DeTable::parse_recoverable(text);
    let mut lines = Vec::new();
    // The end of a table whose header stands twice: of course all its keys do.
    let mut doubled = 0;
    let mut unclosed = false;
    for error in &errors {
        let span = error.span().unwrap_or(0..0);
        let place = files.place(file, span.clone());
        let twice = error.message() == "duplicate key";
        // After a syntax error the rest of the line is guesswork.
        if lines.contains(&place.line) || lines.len() == MAX_SYNTAX || (twice && span.start < doubled) {
            continue;
        }
        // Nor is what follows an inline table that is not closed.
        let inside = error.message().contains("inline table") || error.message().contains("key-value pairs");
        if inside && std::mem::replace(&mut unclosed, true) {
            continue;
        }
        lines.push(place.line);
        let mut fault = if twice {
            if is_header(text, span.start) {
                let next = text.get(span.end..).and_then(|rest| rest.find("\n["));
                doubled = next.map_or(text.len(), |next| span.end + next);
            }
            let key = text.get(span).unwrap_or_default();
            Fault::new("", format!("`{key}` is given twice")).remedy("keep one of the two")
        } else {
            Fault::new("", format!("this is not valid TOML: {}", error.message()))
                .remedy(syntax_remedy(error.message(), text.get(span.start..).unwrap_or_default()))
        };
        fault.place = Some(place);
        faults.push(fault);
    }
    let mut reader = Reader { files, file, faults, entries: 0, path: Vec::new(), full: false };
    let table = reader.table(root.get_ref());
    Node { data: table, origin: Some(Origin { file, key: 0..0, value: 0..0 }) }
}

/// Whether a byte stands on the line of a table's header.
fn is_header(text: &str, byte: usize) -> bool {
    let before = text.get(..byte).unwrap_or_default();
    let line = before.rfind('\n').map_or(before, |newline| &before[newline + 1..]);
    line.trim_start().starts_with('[')
}

/// What to do about a syntax error, for the slips that people make; `rest` is the text from there on.
fn syntax_remedy(message: &str, rest: &str) -> &'static str {
    let number = rest.starts_with(|c: char| c.is_ascii_digit() || matches!(c, '+' | '-' | '.'));
    let wide =
        |c: char| matches!(c, '\u{ff01}'..='\u{ff5e}' | '“' | '”' | '‘' | '’' | '、' | '。' | '\u{3000}');
    if rest.starts_with(wide) {
        "write digits, quotes and signs in their narrow forms: 5600, \", =, a comma as `,`"
    } else if message.contains("inline table") || message.contains("key-value pairs") {
        "put commas between the entries of a table in braces, and close it with `}`"
    } else if message.contains("float") || message.contains("integer") {
        "write a number as 5600, 5600.0 or 5.6e3"
    } else if message.contains("unquoted key") {
        "keys and ids have letters a-z, digits, `_` and `-`; names in any language go in `name` and `name_zh`"
    } else if message.contains("must be quoted") && number {
        "write a number without a unit: 0.05 for 5 %"
    } else if message.contains("must be quoted") {
        "put a text in double quotes"
    } else if message.contains("string") {
        "a text ends with `\"` on its line; a `\"` inside it is written `\\\"`, a backslash `\\\\`"
    } else if rest.starts_with(',') {
        "write a number without thousands separators, as 5600.0 or 5_600.0"
    } else if message.contains("unexpected key or value") {
        "write each entry on a line of its own, and a `\"` inside a text as `\\\"`"
    } else if message.contains("unclosed") {
        "close what is opened: `[` with `]`, `{` with `}`"
    } else {
        "write each entry as `key = value` on a line of its own; see https://toml.io"
    }
}

/// Turns what the parser gives into nodes, within the limits.
struct Reader<'a> {
    files: &'a Files,
    file: usize,
    faults: &'a mut Vec<Fault>,
    entries: usize,
    path: Vec<Step>,
    /// A limit was reached; nothing more is read.
    full: bool,
}

impl Reader<'_> {
    fn table(&mut self, table: &DeTable<'_>) -> Data {
        let mut nodes = IndexMap::new();
        for (key, value) in table.iter() {
            let origin = Origin { file: self.file, key: key.span(), value: value.span() };
            self.path.push(Step::Key(key.get_ref().to_string()));
            if let Some(node) = self.node(origin, value.get_ref()) {
                nodes.insert(key.get_ref().to_string(), node);
            }
            self.path.pop();
        }
        Data::Table(nodes)
    }

    fn node(&mut self, origin: Origin, value: &DeValue<'_>) -> Option<Node> {
        self.entries += 1;
        if self.full {
            return None;
        }
        if self.path.len() > MAX_DEPTH || self.entries > MAX_ENTRIES {
            self.full = true;
            let limit = if self.entries > MAX_ENTRIES {
                format!("the file has more than {MAX_ENTRIES} entries")
            } else {
                format!("tables and lists are nested more than {MAX_DEPTH} deep")
            };
            self.fault(&origin, limit, "put long data into a CSV file and name it as the `history`");
            return None;
        }
        let data = match value {
            DeValue::Table(table) => self.table(table),
            DeValue::Array(array) => {
                let mut nodes = Vec::new();
                for (index, value) in array.iter().enumerate() {
                    let at = Origin { file: self.file, key: value.span(), value: value.span() };
                    self.path.push(Step::Index(index));
                    nodes.extend(self.node(at, value.get_ref()));
                    self.path.pop();
                }
                Data::Array(nodes)
            }
            DeValue::String(text) => Data::Scalar(Value::String(text.to_string())),
            DeValue::Boolean(truth) => Data::Scalar(Value::Boolean(*truth)),
            DeValue::Datetime(date) => Data::Scalar(Value::Datetime(*date)),
            DeValue::Integer(digits) => match i64::from_str_radix(digits.as_str(), digits.radix()) {
                Ok(number) => Data::Scalar(Value::Integer(number)),
                Err(error) => {
                    match error.kind() {
                        IntErrorKind::PosOverflow | IntErrorKind::NegOverflow => self.too_large(&origin),
                        _ => self.no_number(&origin),
                    }
                    return None;
                }
            },
            DeValue::Float(digits) => match digits.as_str().parse::<f64>() {
                Ok(number) if number.is_finite() || digits.as_str().contains("inf") => {
                    Data::Scalar(Value::Float(number))
                }
                Ok(number) if number.is_nan() => {
                    self.fault(&origin, "`nan` is not a number that a plan can use".into(), "give a number");
                    return None;
                }
                Ok(_) => {
                    self.too_large(&origin);
                    return None;
                }
                Err(_) => {
                    self.no_number(&origin);
                    return None;
                }
            },
        };
        Some(Node { data, origin: Some(origin) })
    }

    /// What is no number was told as a syntax error before.
    fn no_number(&mut self, origin: &Origin) {
        if self.faults.is_empty() {
            self.fault(origin, "this is no number".into(), "write a number as 5600, 5600.0 or 5.6e3");
        }
    }

    fn too_large(&mut self, origin: &Origin) {
        let problem = "the number is too large to be represented".into();
        self.fault(origin, problem, "choose a larger unit, for instance billions");
    }

    fn fault(&mut self, origin: &Origin, problem: String, remedy: &str) {
        let mut fault = Fault::new(written(&self.path), problem).remedy(remedy);
        fault.place = Some(self.files.place(self.file, origin.value.clone()));
        self.faults.push(fault);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn written_paths_are_followed_as_far_as_they_are_known() {
        let text = "a.d = [[1, 2], [3]]\n'a.b'.c = 4\n\"x y\".z = 5\na.bc = 6\n";
        let tree = Node::from_value(Value::Table(toml::from_str(text).expect("test text")));
        let at = |path| tree.follow(path).to_value().to_string();
        assert_eq!(at("a.d[1][7]"), "[3]");
        assert_eq!(at("a.bc"), "6");
        assert_eq!(at("a.b.c"), "4", "an id may have a dot");
        assert_eq!(at("x y.z"), "5");
        assert_eq!(at("\"x y\".z.more"), "5");
        assert_eq!(tree.follow("nothing").table().map(IndexMap::len), Some(3));
    }

    #[test]
    fn steps_are_written_with_quotes_where_needed() {
        let key = |key: &str| Step::Key(key.into());
        assert_eq!(written(&[key("a"), Step::Index(2), key("x y"), key("增长")]), "a[2].\"x y\".增长");
    }

    #[test]
    fn numbers_are_read_in_every_notation() {
        let mut files = Files::default();
        let text = "a = 1_000\nb = 0xFf\nc = -0\nd = +7\ne = 1_0.5e-1\nf = -inf\ng = 0b101\nh = 0o17\n";
        files.add("x.toml".into(), text.into());
        let mut faults = Vec::new();
        let tree = parse(&files, 0, &mut faults);
        assert_eq!(faults, []);
        let expected: toml::Table = toml::from_str(text).expect("test text");
        assert_eq!(tree.to_value(), Value::Table(expected));
    }
}
