//! From text to a tree: the grammar of [`super`], by precedence climbing.
//!
//! Layer 2. Every refusal is final at the place where it is seen and says what would have been right there.

use super::{Binary, FormulaError, Reference, Step, Unary};
use winnow::ascii::digit1;
use winnow::combinator::{Infix, Prefix, dispatch, expression, fail, opt, peek};
use winnow::error::{ErrMode, ParserError};
use winnow::prelude::*;
use winnow::stream::Stateful;
use winnow::token::{any, one_of, take_while};

/// Characters in a text.
const LONGEST: usize = 10_000;
/// Nested brackets, calls, minus signs and exponents: what the parser recurses for. 64 need less than 100 kB of stack.
const DEEPEST: u32 = 64;
/// Years that an offset looks back.
const FURTHEST: u32 = 20;

/// What is left of the text, and how deep in it we are.
type Input<'t> = Stateful<&'t str, u32>;
type Parsed<T> = winnow::error::ModalResult<T, Refusal>;

/// A fault before its place is counted in characters.
#[derive(Debug)]
struct Refusal {
    /// Bytes of the text from there on.
    remaining: usize,
    problem: String,
    remedy: Option<String>,
}

impl ParserError<Input<'_>> for Refusal {
    type Inner = Self;

    /// A branch that does not apply; never shown.
    fn from_input(input: &Input<'_>) -> Self {
        Self { remaining: input.len(), problem: String::new(), remedy: None }
    }

    fn into_inner(self) -> Result<Self, Self> {
        Ok(self)
    }
}

/// Ends the parse with a fault.
fn refuse<T>(remaining: usize, problem: String, remedy: Option<&str>) -> Parsed<T> {
    Err(ErrMode::Cut(Refusal { remaining, problem, remedy: remedy.map(str::to_owned) }))
}

/// The steps of a formula in postfix order.
pub(super) fn parse(text: &str) -> Result<Vec<Step>, FormulaError> {
    let length = text.chars().count();
    if length > LONGEST {
        return Err(FormulaError {
            position: LONGEST + 1,
            problem: format!("the formula has {length} characters; at most {LONGEST} are allowed"),
            remedy: Some("give parts of it to indicators of their own".into()),
        });
    }
    whole.parse_next(&mut Input { input: text, state: 0 }).map_err(|mode| {
        let refusal = match mode {
            ErrMode::Cut(refusal) | ErrMode::Backtrack(refusal) => refusal,
            ErrMode::Incomplete(_) => Refusal::from_input(&Input { input: "", state: 0 }),
        };
        let before = text.get(..text.len() - refusal.remaining).unwrap_or(text);
        FormulaError {
            position: before.chars().count() + 1,
            problem: refusal.problem,
            remedy: refusal.remedy,
        }
    })
}

fn whole(input: &mut Input<'_>) -> Parsed<Vec<Step>> {
    space.parse_next(input)?;
    if input.is_empty() {
        return refuse(
            0,
            "the formula is empty".into(),
            Some("write one such as `gdp / employment`, or leave the key out"),
        );
    }
    let steps = sum.parse_next(input)?;
    space.parse_next(input)?;
    if input.is_empty() { Ok(steps) } else { unexpected(input, "an operator (+ - * / ^) or the end") }
}

/// Any expression, up to what cannot belong to it.
fn sum(input: &mut Input<'_>) -> Parsed<Vec<Step>> {
    expression(operand).prefix(sign).infix(infix).parse_next(input)
}

fn infix<'t>(input: &mut Input<'t>) -> Parsed<Infix<Input<'t>, Vec<Step>, ErrMode<Refusal>>> {
    space.parse_next(input)?;
    // `^` binds tightest, so it is never put back once read and may count as a level at once.
    if input.starts_with('^') {
        deeper(input)?;
    }
    Ok(match one_of(['+', '-', '*', '/', '^']).parse_next(input)? {
        '+' => Infix::Left(1, |_, a, b| Ok(joined(a, b, Binary::Add))),
        '-' => Infix::Left(1, |_, a, b| Ok(joined(a, b, Binary::Subtract))),
        '*' => Infix::Left(3, |_, a, b| Ok(joined(a, b, Binary::Multiply))),
        '/' => Infix::Left(3, |_, a, b| Ok(joined(a, b, Binary::Divide))),
        _ => Infix::Right(7, |input, a, b| {
            input.state -= 1;
            Ok(joined(a, b, Binary::Power))
        }),
    })
}

fn joined(mut left: Vec<Step>, right: Vec<Step>, operator: Binary) -> Vec<Step> {
    left.extend(right);
    left.push(Step::Binary(operator));
    left
}

/// A minus sign; asked for only where no operand was found, so anything else is a fault.
fn sign<'t>(input: &mut Input<'t>) -> Parsed<Prefix<Input<'t>, Vec<Step>, ErrMode<Refusal>>> {
    space.parse_next(input)?;
    if !input.starts_with('-') {
        return unexpected(input, "a number, an indicator, a function or `(`");
    }
    deeper(input)?;
    any.parse_next(input)?;
    Ok(Prefix(5, |input, mut operand: Vec<Step>| {
        input.state -= 1;
        operand.push(Step::Unary(Unary::Negate));
        Ok(operand)
    }))
}

fn operand(input: &mut Input<'_>) -> Parsed<Vec<Step>> {
    space.parse_next(input)?;
    dispatch! {peek(any);
        '0'..='9' => number,
        '(' => group,
        'A'..='Z' | 'a'..='z' | '_' => named,
        _ => fail,
    }
    .parse_next(input)
}

fn number(input: &mut Input<'_>) -> Parsed<Vec<Step>> {
    let remaining = input.len();
    let text = (digit1, opt(('.', digit1)), opt((one_of(['e', 'E']), opt(one_of(['+', '-'])), digit1)))
        .take()
        .parse_next(input)?;
    match text.parse::<f64>() {
        Ok(number) if number.is_finite() => Ok(vec![Step::Number(number)]),
        _ => refuse(
            remaining,
            format!("the number {} is too large; the largest is about 1.8e308", short(text)),
            Some("use a larger unit"),
        ),
    }
}

fn group(input: &mut Input<'_>) -> Parsed<Vec<Step>> {
    let remaining = input.len();
    deeper(input)?;
    any.parse_next(input)?;
    let steps = sum.parse_next(input)?;
    close(input, remaining, "an operator or `)`")?;
    Ok(steps)
}

/// A level or a call.
fn named(input: &mut Input<'_>) -> Parsed<Vec<Step>> {
    let remaining = input.len();
    let id = take_while(1.., |c: char| c.is_ascii_alphanumeric() || c == '_').parse_next(input)?;
    space.parse_next(input)?;
    let called = input.starts_with('(');
    let unary = match id {
        "exp" => Unary::Exp,
        "ln" => Unary::Ln,
        "sqrt" => Unary::Sqrt,
        "abs" => Unary::Abs,
        "min" if called => return smallest_or_largest(input, id, Binary::Minimum),
        "max" if called => return smallest_or_largest(input, id, Binary::Maximum),
        _ if called => return unknown_function(remaining, id),
        "min" | "max" => return bare_function(remaining, id, "a, b"),
        _ => return level(input, id),
    };
    if !called {
        return bare_function(remaining, id, "x");
    }
    let mut arguments = arguments(input)?;
    match (arguments.pop(), arguments.len()) {
        (Some(mut steps), 0) => {
            steps.push(Step::Unary(unary));
            Ok(steps)
        }
        (_, others) => {
            refuse(remaining, format!("`{id}` takes 1 argument; it was given {}", others + 1), None)
        }
    }
}

fn smallest_or_largest(input: &mut Input<'_>, id: &str, operator: Binary) -> Parsed<Vec<Step>> {
    let remaining = input.len();
    let arguments = arguments(input)?;
    if arguments.len() < 2 {
        return refuse(remaining, format!("`{id}` takes 2 or more arguments; it was given 1"), None);
    }
    Ok(arguments.into_iter().reduce(|all, next| joined(all, next, operator)).unwrap_or_default())
}

fn unknown_function<T>(remaining: usize, id: &str) -> Parsed<T> {
    let id = short(id);
    let instead = match &*id.to_ascii_lowercase() {
        "log" => "the natural logarithm is `ln`, ",
        "pow" => "a power is written `a ^ b`, ",
        "exp" | "ln" | "sqrt" | "abs" | "min" | "max" => "function names are in small letters, ",
        _ => "",
    };
    refuse(
        remaining,
        format!("`{id}(` is not a function; known are exp, ln, sqrt, abs, min, max"),
        Some(&format!("{instead}to multiply write `{id} * (…)`")),
    )
}

fn bare_function<T>(remaining: usize, id: &str, arguments: &str) -> Parsed<T> {
    refuse(
        remaining,
        format!("`{id}` is a function and cannot be the id of an indicator"),
        Some(&format!("write `{id}({arguments})`, or give the indicator another id")),
    )
}

/// The arguments in brackets, one at least.
fn arguments(input: &mut Input<'_>) -> Parsed<Vec<Vec<Step>>> {
    let remaining = input.len();
    deeper(input)?;
    any.parse_next(input)?;
    let mut arguments = vec![sum.parse_next(input)?];
    loop {
        space.parse_next(input)?;
        if !input.starts_with(',') {
            break;
        }
        any.parse_next(input)?;
        arguments.push(sum.parse_next(input)?);
    }
    close(input, remaining, "an operator, `,` or `)`")?;
    Ok(arguments)
}

/// A level with its year offset, if it has one; the id was read already.
fn level(input: &mut Input<'_>, id: &str) -> Parsed<Vec<Step>> {
    let remaining = input.len();
    let mut lag = 0;
    if input.starts_with('[') {
        any.parse_next(input)?;
        let offset: &str = take_while(0.., |c| c != ']').parse_next(input)?;
        if input.is_empty() {
            return refuse(
                remaining,
                "this `[` is not closed".into(),
                Some("write `[-1]` for the year before"),
            );
        }
        any.parse_next(input)?;
        lag = match years_back(offset) {
            Some(lag) => lag,
            None => {
                return refuse(
                    remaining,
                    format!(
                        "the year offset `[{}]` is not allowed; allowed are [-1] (the year before) to [-{FURTHEST}]",
                        short(offset)
                    ),
                    Some(&format!(
                        "for the same year write `{}` alone; a formula cannot look ahead or name a year",
                        short(id)
                    )),
                );
            }
        };
    }
    Ok(vec![Step::Level(Reference { id: id.to_owned(), lag })])
}

fn years_back(offset: &str) -> Option<u32> {
    let digits = offset.trim().strip_prefix('-')?.trim();
    let plain = digits.bytes().all(|b| b.is_ascii_digit());
    digits.parse().ok().filter(|lag| plain && (1..=FURTHEST).contains(lag))
}

fn space(input: &mut Input<'_>) -> Parsed<()> {
    take_while(0.., char::is_whitespace).void().parse_next(input)
}

/// One level down, at what opens it.
fn deeper(input: &mut Input<'_>) -> Parsed<()> {
    if input.state == DEEPEST {
        return refuse(
            input.len(),
            format!("brackets, functions, minus signs and exponents nest at most {DEEPEST} deep"),
            Some("give parts of the formula to indicators of their own"),
        );
    }
    input.state += 1;
    Ok(())
}

/// The closing bracket of the one opened where `opened` bytes were left.
fn close(input: &mut Input<'_>, opened: usize, expected: &str) -> Parsed<()> {
    space.parse_next(input)?;
    if input.is_empty() {
        return refuse(opened, "this `(` is not closed".into(), Some("add `)`"));
    }
    if !input.starts_with(')') {
        return unexpected(input, expected);
    }
    any.parse_next(input)?;
    input.state -= 1;
    Ok(())
}

/// Refuses what comes next, with advice where it is a habit from elsewhere.
fn unexpected<T>(input: &Input<'_>, expected: &str) -> Parsed<T> {
    let rest: &str = input.input;
    let Some(first) = rest.chars().next() else {
        return refuse(0, format!("the formula ends where {expected} was expected"), None);
    };
    let word = rest.split(|c: char| !(c.is_alphanumeric() || c == '_')).next().unwrap_or_default();
    let found = if word.is_empty() { shown(first) } else { short(word) };
    let remedy = match first {
        '×' | '·' | '＊' => Some("multiplication is written `*`"),
        '÷' | '／' => Some("division is written `/`"),
        '−' | '–' | '－' => Some("the minus sign is written `-`"),
        '＋' => Some("the plus sign is written `+`"),
        '（' | '）' | '，' => Some("use the half-width `(`, `)` and `,`"),
        '*' => Some("a power is written `a ^ b`"),
        '%' | '％' => Some("write a share as a number: 17 % is 0.17"),
        '=' => Some("give only what stands right of the equals sign"),
        '.' => Some("a number has digits on both sides of its point, as in 0.5"),
        '[' => Some("a year offset stands directly behind the id of an indicator, as in `gdp[-1]`"),
        '+' => Some("a number needs no plus sign"),
        ')' if expected.ends_with("end") => Some("this `)` closes nothing; remove it"),
        _ if word.is_empty() => None,
        _ if first.is_ascii_alphanumeric() || first == '_' => Some("to multiply write `*` between the two"),
        _ => Some("an indicator is named by its id (letters, digits and `_` of ASCII), not by its label"),
    };
    refuse(rest.len(), format!("expected {expected}, found `{found}`"), remedy)
}

/// A character as itself, or by its code where it would not be seen.
fn shown(c: char) -> String {
    let escaped = c.escape_debug().to_string();
    if escaped.starts_with("\\u") { escaped } else { c.to_string() }
}

/// The beginning of what was given, for a message.
fn short(text: &str) -> String {
    match text.char_indices().nth(40) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text.to_owned(),
    }
}
