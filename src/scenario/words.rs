//! What serde says of a value that does not fit, in the words of a scenario.
//!
//! Layer 3. What was given is read from the tree, what is allowed from serde's message.

use super::document::{Data, Node, Step};
use super::nearest::nearest;
use crate::error::Fault;
use toml::Value;

/// What is wrong, and where it has to be looked for.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Complaint {
    /// A key that must be there and is not.
    Missing(String),
    /// A key or the name of an alternative that is not known, and those that are.
    Unknown { name: String, allowed: Vec<String>, alternative: bool },
    /// Anything else, in serde's words.
    Unfit(String),
    /// The key itself does not fit, and what does.
    UnfitKey { key: String, expected: String },
}

impl Complaint {
    /// Reads one of serde's messages.
    pub fn of(message: &str) -> Self {
        let quoted: Vec<String> = message.split('`').skip(1).step_by(2).map(str::to_owned).collect();
        let names = |quoted: Vec<String>| {
            let mut quoted = quoted.into_iter();
            (quoted.next().unwrap_or_default(), quoted.collect())
        };
        if message.starts_with("missing field `") {
            Self::Missing(names(quoted).0)
        } else if message.starts_with("unknown field `") {
            let (name, allowed) = names(quoted);
            Self::Unknown { name, allowed, alternative: false }
        } else if message.starts_with("unknown variant `") {
            let (name, allowed) = names(quoted);
            Self::Unknown { name, allowed, alternative: true }
        } else {
            Self::Unfit(message.to_owned())
        }
    }

    /// The same, or that of the key where serde speaks of the key and not of what is `given` under it.
    pub fn for_key(&self, key: Option<&Step>, given: &Node) -> Self {
        if let (Self::Unfit(message), Some(Step::Key(key))) = (self, key)
            && given.text() != Some(key)
            && let Some((said, expected)) = message.split_once(", expected ")
            && [format!("invalid value: string {key:?}"), format!("invalid value: integer `{key}`")]
                .contains(&said.to_owned())
        {
            return Self::UnfitKey { key: key.clone(), expected: expectation(expected) };
        }
        self.clone()
    }

    /// The fault at a path. `given` stands there; `hint` is serde's message for another value at this
    /// path, where the first one does not say what is allowed.
    pub fn fault(&self, path: &str, parent: &str, given: &Node, hint: Option<&str>) -> Fault {
        let inside = if parent.is_empty() { "a scenario".to_owned() } else { format!("`{parent}`") };
        match self {
            Self::Missing(key) => {
                let remedy = match path {
                    "plancast" => "add `plancast = 1`, the version of the format, as the first line".into(),
                    "plan" => "add a table `[plan]` with `name`, `base_year` and `last_year`".into(),
                    _ => format!("add `{key} = …`"),
                };
                Fault::new(path, format!("`{key}` is missing in {inside}")).remedy(remedy)
            }
            Self::Unknown { name, allowed, alternative } => {
                let kind = if *alternative { "not known in" } else { "not a key of" };
                let problem = format!("`{name}` is {kind} {inside}; allowed: {}", list(allowed));
                let remedy = match nearest(name, allowed.iter().map(String::as_str)) {
                    Some(near) => format!("did you mean `{near}`?"),
                    None if *alternative => "write one of those allowed".into(),
                    None => "remove it, or move it to where it belongs".into(),
                };
                Fault::new(path, problem).remedy(remedy)
            }
            Self::Unfit(message) => unfit(message, path, given, hint),
            Self::UnfitKey { key, expected } => {
                Fault::new(path, format!("{expected} is needed as the key here, `{key}` is given"))
                    .remedy(format!("write {expected}"))
            }
        }
    }
}

fn unfit(message: &str, path: &str, given: &Node, hint: Option<&str>) -> Fault {
    let what = describe(given);
    if message.starts_with("wanted exactly 1 element") || message.ends_with("expected string only") {
        let allowed = match hint.map(Complaint::of) {
            Some(Complaint::Unknown { allowed, .. }) => list(&allowed),
            _ => "one alternative".into(),
        };
        let problem = match given.table() {
            Some(table) if table.len() > 1 => {
                let keys: Vec<String> = table.keys().cloned().collect();
                format!("one alternative is allowed, {} are given: {}", keys.len(), list(&keys))
            }
            Some(_) => format!("nothing is chosen; allowed: {allowed}"),
            None => format!("{what} does not fit; allowed: {allowed}"),
        };
        return Fault::new(path, problem).remedy("write exactly one of those allowed");
    }
    if message.contains("unit variant, expected newtype variant") {
        let name = given.text().unwrap_or_default();
        return Fault::new(path, format!("`{name}` is given without its parameters"))
            .remedy(format!("write it as a table: `{name} = {{ … }}`"));
    }
    if message.starts_with("invalid length") {
        let given = match &given.data {
            Data::Array(entries) => entries.len(),
            _ => 0,
        };
        let needed = |message: &str| message.rsplit(' ').next().and_then(|last| last.parse::<usize>().ok());
        let problem = match needed(message).or_else(|| hint.and_then(needed)) {
            Some(needed) => format!("{needed} entries are needed, {given} given"),
            None => format!("{given} entries are too many"),
        };
        return Fault::new(path, problem).remedy("give as many entries as needed");
    }
    match message.split_once(", expected ") {
        Some((said, expected)) if said.starts_with("invalid ") => {
            let expected = expectation(expected);
            let fault = Fault::new(path, format!("{expected} is needed here, {what} is given"));
            match given.text().map(str::parse::<f64>) {
                Some(Ok(_)) => fault.remedy("write the number without quotes"),
                _ => fault.remedy(format!("write {expected}")),
            }
        }
        _ => Fault::new(path, message),
    }
}

/// What serde expects, in the words of a scenario.
fn expectation(expected: &str) -> String {
    match expected {
        "f64" | "f32" => "a number".into(),
        "i32" | "i64" => "a whole number".into(),
        "u8" | "u32" | "u64" | "usize" => "a whole number of 0 or more".into(),
        "a string" | "string" | "a borrowed string" => "a text in quotes".into(),
        "a boolean" => "`true` or `false`".into(),
        "a map" | "map" => "a table".into(),
        "a sequence" => "a list in square brackets".into(),
        other if other.starts_with("struct ") => "a table".into(),
        other if other.starts_with("a tuple of size ") => {
            format!("a list of {} entries", other.trim_start_matches("a tuple of size "))
        }
        other => other.into(),
    }
}

/// What stands at a place.
fn describe(node: &Node) -> String {
    match &node.data {
        Data::Table(_) => "a table".into(),
        Data::Array(_) => "a list".into(),
        Data::Scalar(Value::String(text)) if text.chars().count() > 40 => "a text".into(),
        Data::Scalar(Value::String(text)) => format!("the text {text:?}"),
        Data::Scalar(Value::Datetime(date)) => format!("the date {date}"),
        Data::Scalar(value) => format!("`{value}`"),
    }
}

fn list(names: &[String]) -> String {
    match names {
        [] => "nothing".into(),
        names => names.iter().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", "),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn messages_are_read() {
        assert_eq!(Complaint::of("missing field `unit`"), Complaint::Missing("unit".into()));
        assert_eq!(
            Complaint::of("unknown field `drfit`, expected `drift` or `sd`"),
            Complaint::Unknown {
                name: "drfit".into(),
                allowed: vec!["drift".into(), "sd".into()],
                alternative: false
            }
        );
    }

    #[test]
    fn only_near_names_are_suggested() {
        let allowed: Vec<String> =
            ["drift", "volatility", "sd"].iter().map(|name| (*name).to_owned()).collect();
        assert_eq!(nearest("drfit", allowed.iter().map(String::as_str)), Some("drift"));
        assert_eq!(nearest("Volatilty", allowed.iter().map(String::as_str)), Some("volatility"));
        assert_eq!(nearest("colour", allowed.iter().map(String::as_str)), None);
        assert_eq!(nearest("x", allowed.iter().map(String::as_str)), None);
    }
}
