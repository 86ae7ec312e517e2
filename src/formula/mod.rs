//! Formulas over indicators: parsed, asked what they refer to, written back, compiled.
//!
//! Layer 2. A derived indicator is a formula over the levels of others, evaluated on every path:
//! `gdp / employment`, or the identity of Kaya (1990) `population * gdp_per_capita * energy_intensity * carbon_intensity`.
//! Text becomes a [`Formula`]; a formula compiled against the rows of a model becomes a [`Program`].
//!
//! # Grammar
//!
//! ```text
//! formula  = sum
//! sum      = product { ("+" | "-") product }
//! product  = signed { ("*" | "/") signed }
//! signed   = "-" signed | power
//! power    = operand [ "^" signed ]
//! operand  = number | level | call | "(" sum ")"
//! number   = digits [ "." digits ] [ ("e" | "E") [ "+" | "-" ] digits ]
//! level    = id [ "[" "-" digits "]" ]
//! call     = ("exp" | "ln" | "sqrt" | "abs") "(" sum ")"
//!          | ("min" | "max") "(" sum "," sum { "," sum } ")"
//! id       = (letter | "_") { letter | digit | "_" }           ASCII; not the name of a function
//! ```
//!
//! White space may stand between any two of these. `gdp` is the level of the same year and path, in the unit of the
//! indicator, `gdp[-1]` that of the year before.
//!
//! # Precedence, tightest first
//!
//! | operator | groups | `written` means |
//! |---|---|---|
//! | `f(…)`, `(…)`, `[-1]` | | |
//! | `^` | from the right | `a ^ b ^ c` is `a ^ (b ^ c)` |
//! | unary `-` | | `-a ^ b` is `-(a ^ b)`, `a ^ -b` is `a ^ (-b)` |
//! | `*` `/` | from the left | `a / b / c` is `(a / b) / c` |
//! | `+` `-` | from the left | `a - b - c` is `(a - b) - c` |
//!
//! # What is not defined
//!
//! The logarithm or root of a negative level, 0 / 0 and the like give NaN, and NaN goes through every function, `min`
//! and `max` included, so that nothing undefined is hidden; who runs the program refuses it. See [`Program`] for powers.
//!
//! # Limits
//!
//! A text has at most 10 000 characters; brackets, functions, minus signs and exponents nest at most 64 deep; numbers
//! are finite; an offset looks back 1 to 20 years.
//!
//! # Example
//!
//! ```
//! use plancast::formula::Formula;
//!
//! let knowledge = Formula::parse("(1 - 0.15)*knowledge[-1] + rd[-1]")?;
//! assert_eq!(knowledge.to_string(), "(1 - 0.15) * knowledge[-1] + rd[-1]");
//! let names: Vec<String> = knowledge.references().iter().map(|reference| reference.to_string()).collect();
//! assert_eq!(names, ["knowledge[-1]", "rd[-1]"]);
//!
//! let program = knowledge.compile(&mut |id, lag| match (id, lag) {
//!     ("knowledge", 1) => Some(0),
//!     ("rd", 1) => Some(1),
//!     _ => None,
//! })?;
//! assert_eq!(program.eval_scalar(&[200.0, 30.0]), 200.0);
//!
//! let error = Formula::parse("log(gdp) / 2").unwrap_err();
//! assert_eq!(
//!     error.to_string(),
//!     "at character 1: `log(` is not a function; known are exp, ln, sqrt, abs, min, max; \
//!      the natural logarithm is `ln`, to multiply write `log * (…)`"
//! );
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod parse;
mod product;
mod program;
#[cfg(test)]
mod tests;

pub use product::Product;
pub use program::{Program, Scratch};

use indexmap::IndexSet;
use std::fmt;

/// A parsed formula; the [module](self) has its grammar.
///
/// Two are equal when they are the same tree: `(a+b)` and `a + b` are, `a + b` and `b + a` are not.
#[derive(Debug, Clone, PartialEq)]
pub struct Formula {
    /// The tree in postfix order, which determines it. A list needs no recursion to walk, compare or drop, so
    /// that a sum of thousands of terms is as safe as one of two.
    steps: Vec<Step>,
}

/// One node of the tree, after those that it takes.
#[derive(Debug, Clone, PartialEq)]
enum Step {
    /// Finite and not negative.
    Number(f64),
    Level(Reference),
    Unary(Unary),
    Binary(Binary),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Unary {
    Negate,
    Exp,
    Ln,
    Sqrt,
    Abs,
}

/// `min(a, b, c)` is `min(min(a, b), c)`, one tree for both.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Binary {
    Add,
    Subtract,
    Multiply,
    Divide,
    Power,
    Minimum,
    Maximum,
}

impl Formula {
    /// Reads a formula.
    ///
    /// # Errors
    /// [`FormulaError`] when the text is not one or exceeds the limits of the [module](self).
    pub fn parse(text: &str) -> Result<Self, FormulaError> {
        parse::parse(text).map(|steps| Self { steps })
    }

    /// The levels that it looks at, each once, in order of appearance.
    ///
    /// ```
    /// use plancast::formula::{Formula, Reference};
    /// let growth = Formula::parse("100 * (gdp - gdp[-1]) / gdp[-1]")?;
    /// assert_eq!(
    ///     growth.references(),
    ///     [Reference { id: "gdp".into(), lag: 0 }, Reference { id: "gdp".into(), lag: 1 }]
    /// );
    /// # Ok::<(), plancast::formula::FormulaError>(())
    /// ```
    pub fn references(&self) -> Vec<Reference> {
        let distinct: IndexSet<&Reference> = self
            .steps
            .iter()
            .filter_map(|step| if let Step::Level(reference) = step { Some(reference) } else { None })
            .collect();
        distinct.into_iter().cloned().collect()
    }
}

/// A level that a formula looks at.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Reference {
    /// Id of the indicator.
    pub id: String,
    /// How many years back; 0 is the same year.
    pub lag: u32,
}

/// As in a formula: `gdp`, `gdp[-1]`.
impl fmt::Display for Reference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.lag {
            0 => f.write_str(&self.id),
            lag => write!(f, "{}[-{lag}]", self.id),
        }
    }
}

/// Why a text is not a formula.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("at character {position}: {problem}{}", .remedy.as_ref().map(|remedy| format!("; {remedy}")).unwrap_or_default())]
pub struct FormulaError {
    /// Where in the text, in characters, from 1; one past the last when something is missing at the end.
    pub position: usize,
    /// What was given and what is allowed.
    pub problem: String,
    /// What to do about it.
    pub remedy: Option<String>,
}

/// A formula was compiled against inputs that lack a level it looks at.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the formula looks at `{0}`, for which there is no input; define that indicator or correct its id")]
pub struct MissingInput(pub Reference);

/// How tightly the outermost operator of a written part binds.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default)]
enum Binding {
    Sum,
    Product,
    Sign,
    Power,
    #[default]
    Closed,
    /// A call that another argument can be added to.
    Call(&'static str),
}

/// Writes the formula back with the fewest brackets; parsing that gives the same tree, as long as it fits the
/// length limit (spaces are added, and a number such as `1e15` is written in full).
///
/// ```
/// use plancast::formula::Formula;
/// assert_eq!(Formula::parse("((a)*(b+c))-(d^(e^f))")?.to_string(), "a * (b + c) - d ^ e ^ f");
/// # Ok::<(), plancast::formula::FormulaError>(())
/// ```
impl fmt::Display for Formula {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut parts: Vec<(String, Binding)> = Vec::new();
        for step in &self.steps {
            let part = match step {
                Step::Number(number) => {
                    let text = format!("{number:?}");
                    (text.strip_suffix(".0").unwrap_or(&text).to_owned(), Binding::Closed)
                }
                Step::Level(reference) => (reference.to_string(), Binding::Closed),
                Step::Unary(operator) => written_unary(*operator, parts.pop().unwrap_or_default()),
                Step::Binary(operator) => {
                    let right = parts.pop().unwrap_or_default();
                    written_binary(*operator, parts.pop().unwrap_or_default(), &right)
                }
            };
            parts.push(part);
        }
        f.write_str(&parts.pop().unwrap_or_default().0)
    }
}

fn written_unary(operator: Unary, (operand, binding): (String, Binding)) -> (String, Binding) {
    let name = match operator {
        Unary::Negate if binding < Binding::Sign => return (format!("-({operand})"), Binding::Sign),
        Unary::Negate => return (format!("-{operand}"), Binding::Sign),
        Unary::Exp => "exp",
        Unary::Ln => "ln",
        Unary::Sqrt => "sqrt",
        Unary::Abs => "abs",
    };
    (format!("{name}({operand})"), Binding::Closed)
}

/// Extends the text of the left operand, so that writing a long sum takes time in proportion to its length.
fn written_binary(
    operator: Binary,
    (mut text, left): (String, Binding),
    (right_text, right): &(String, Binding),
) -> (String, Binding) {
    // The operator, its binding, and the loosest binding that stands on its left and right without brackets.
    let (sign, binding, loosest_left, loosest_right) = match operator {
        Binary::Add => (" + ", Binding::Sum, Binding::Sum, Binding::Product),
        Binary::Subtract => (" - ", Binding::Sum, Binding::Sum, Binding::Product),
        Binary::Multiply => (" * ", Binding::Product, Binding::Product, Binding::Sign),
        Binary::Divide => (" / ", Binding::Product, Binding::Product, Binding::Sign),
        Binary::Power => (" ^ ", Binding::Power, Binding::Closed, Binding::Sign),
        Binary::Minimum => return written_call("min", (text, left), right_text),
        Binary::Maximum => return written_call("max", (text, left), right_text),
    };
    if left < loosest_left {
        text = format!("({text})");
    }
    text.push_str(sign);
    if *right < loosest_right {
        text.push('(');
        text.push_str(right_text);
        text.push(')');
    } else {
        text.push_str(right_text);
    }
    (text, binding)
}

fn written_call(
    name: &'static str,
    (mut text, left): (String, Binding),
    argument: &str,
) -> (String, Binding) {
    if left == Binding::Call(name) {
        text.pop();
    } else {
        text = format!("{name}({text}");
    }
    text.push_str(", ");
    text.push_str(argument);
    text.push(')');
    (text, Binding::Call(name))
}
