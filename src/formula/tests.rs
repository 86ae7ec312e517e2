//! Grammar, refusals, round trip and evaluation.

use super::*;
use proptest::prelude::*;

fn parsed(text: &str) -> Formula {
    Formula::parse(text).unwrap_or_else(|error| panic!("{text}: {error}"))
}

/// The value with a = 2, b = 3, c = 5, x = -4 and the same of the year before plus 10.
fn value(text: &str) -> f64 {
    let program = parsed(text)
        .compile(&mut |id, lag| {
            let index = ["a", "b", "c", "x"].iter().position(|&known| known == id)?;
            (lag <= 1).then_some(index + 4 * lag as usize)
        })
        .unwrap();
    program.eval_scalar(&[2.0, 3.0, 5.0, -4.0, 12.0, 13.0, 15.0, 6.0])
}

fn refusal(text: &str) -> String {
    match Formula::parse(text) {
        Ok(formula) => panic!("{text} was read as {formula}"),
        Err(error) => error.to_string(),
    }
}

#[test]
fn operators_bind_and_group_as_in_the_table() {
    for (text, expected) in [
        ("a + b * c", 17.0),
        ("(a + b) * c", 25.0),
        ("a - b - c", -6.0),
        ("a - (b - c)", 4.0),
        ("c / a / b", 5.0 / 2.0 / 3.0),
        ("c / a * b", 7.5),
        ("a ^ b ^ a", 512.0),
        ("(a ^ b) ^ a", 64.0),
        ("-a ^ 2", -4.0),
        ("(-a) ^ 2", 4.0),
        ("a ^ -1", 0.5),
        ("a ^ -b ^ 1 * c", 5.0 / 8.0),
        ("-a * b", -6.0),
        ("a * -b + 1", -5.0),
        ("a - -b", 5.0),
        ("--a", 2.0),
        ("2 * a ^ 2 * b", 24.0),
    ] {
        let got = value(text);
        assert!((got - expected).abs() <= 1e-14 * expected.abs(), "{text}: {got}, not {expected}");
    }
}

#[test]
fn every_function_and_number() {
    for (text, expected) in [
        ("1e6", 1e6),
        ("1.5E-3", 0.0015),
        ("2e+2", 200.0),
        ("exp(1)", std::f64::consts::E),
        ("ln(10)", std::f64::consts::LN_10),
        ("sqrt(a)", std::f64::consts::SQRT_2),
        ("a ^ 0.5", std::f64::consts::SQRT_2),
        ("abs(x) + abs(a)", 6.0),
        ("min(a, b, x, c)", -4.0),
        ("max ( a , min(b, c) )", 3.0),
        ("a[-1] / b[ -1 ]\n+ c", 12.0 / 13.0 + 5.0),
    ] {
        let got = value(text);
        assert!((got - expected).abs() <= 2e-16 * expected.abs(), "{text}: {got}, not {expected}");
    }
}

/// Against powers of integers and against libm's pow.
#[test]
fn powers() {
    for exponent in 0..=27 {
        let program = parsed(&format!("x ^ {exponent}")).compile(&mut |_, _| Some(0)).unwrap();
        // Exact: 4^27 = 2^54 and 3^27 < 2^53.
        assert_eq!(program.eval_scalar(&[-4.0]), (-4i64).pow(exponent) as f64);
        assert_eq!(program.eval_scalar(&[3.0]), 3i64.pow(exponent) as f64);
        let inverse = parsed(&format!("x ^ -{exponent}")).compile(&mut |_, _| Some(0)).unwrap();
        assert_eq!(inverse.eval_scalar(&[3.0]), 1.0 / 3i64.pow(exponent) as f64);
    }
    assert_eq!(value("x ^ 64"), 2f64.powi(128));
    for (text, base, exponent) in
        [("1.07 ^ (a / 7)", 1.07, 2.0 / 7.0), ("b ^ 65", 3.0, 65.0), ("c ^ a", 5.0, 2.0)]
    {
        let expected = libm::pow(base, exponent);
        assert!((value(text) / expected - 1.0).abs() < 1e-13, "{text}: {}", value(text));
    }
    assert_eq!(value("(a - a) ^ (b - b)"), 1.0);
    assert_eq!(value("(a - a) ^ b"), 0.0);
    assert_eq!(value("(a + b) ^ ((c * x) ^ 0)"), 5.0);
    assert!(value("x ^ 0.3").is_nan() && value("x ^ a").is_nan());
}

#[test]
fn nothing_undefined_is_hidden() {
    for text in ["ln(x)", "min(sqrt(x), a)", "max(a, sqrt(x))", "max(ln(x), a)", "min(a, 0 * (1 / 0))"] {
        assert!(value(text).is_nan(), "{text}");
    }
}

#[test]
fn references_are_distinct_and_in_order() {
    let formula = parsed("0.85 * knowledge[-1] + rd[-1] * knowledge / knowledge[-1] + rd[-20]");
    let names: Vec<String> = formula.references().iter().map(ToString::to_string).collect();
    assert_eq!(names, ["knowledge[-1]", "rd[-1]", "knowledge", "rd[-20]"]);
    let mut asked = Vec::new();
    let missing = formula.compile(&mut |id, lag| {
        asked.push((id.to_owned(), lag));
        (id != "rd" || lag < 20).then_some(0)
    });
    assert_eq!(
        missing.unwrap_err().to_string(),
        "the formula looks at `rd[-20]`, for which there is no input; define that indicator or correct its id"
    );
    assert_eq!(asked.len(), 4);
}

#[test]
fn constants_are_folded() {
    let constant = |text: &str| parsed(text).compile(&mut |_, _| Some(0)).unwrap().constant();
    assert_eq!(constant("100 * (1 - 0.25 / 1.0)"), Some(75.0));
    assert_eq!(constant("exp(gdp) ^ 0 * 2"), Some(2.0));
    assert_eq!(constant("gdp * 0"), None);
    assert_eq!(constant("gdp"), None);
}

#[test]
fn refusals_say_where_what_and_what_to_do() {
    let operand = "expected a number, an indicator, a function or `(`, found";
    for (text, expected) in [
        (
            "",
            "at character 1: the formula is empty; write one such as `gdp / employment`, or leave the key out",
        ),
        (
            "gdp /",
            "at character 6: the formula ends where a number, an indicator, a function or `(` was expected",
        ),
        ("a + * b", &format!("at character 5: {operand} `*`; a power is written `a ^ b`")),
        (
            "1 + foo(a)",
            "at character 5: `foo(` is not a function; known are exp, ln, sqrt, abs, min, max; to multiply write `foo * (…)`",
        ),
        (
            "Max(a, b)",
            "at character 1: `Max(` is not a function; known are exp, ln, sqrt, abs, min, max; function names are in small letters, to multiply write `Max * (…)`",
        ),
        (
            "exp + 1",
            "at character 1: `exp` is a function and cannot be the id of an indicator; write `exp(x)`, or give the indicator another id",
        ),
        ("exp()", &format!("at character 5: {operand} `)`")),
        ("ln(a, b)", "at character 1: `ln` takes 1 argument; it was given 2"),
        ("min(a)", "at character 4: `min` takes 2 or more arguments; it was given 1"),
        (
            "2 gdp",
            "at character 3: expected an operator (+ - * / ^) or the end, found `gdp`; to multiply write `*` between the two",
        ),
        ("(a + b", "at character 1: this `(` is not closed; add `)`"),
        (
            "(a b)",
            "at character 4: expected an operator or `)`, found `b`; to multiply write `*` between the two",
        ),
        ("max(a; b)", "at character 6: expected an operator, `,` or `)`, found `;`"),
        (
            "a + b)",
            "at character 6: expected an operator (+ - * / ^) or the end, found `)`; this `)` closes nothing; remove it",
        ),
        (
            "1e999",
            "at character 1: the number 1e999 is too large; the largest is about 1.8e308; use a larger unit",
        ),
        (
            ".5 * a",
            &format!(
                "at character 1: {operand} `.`; a number has digits on both sides of its point, as in 0.5"
            ),
        ),
        ("gdp[-1", "at character 4: this `[` is not closed; write `[-1]` for the year before"),
        (
            "5 × gdp",
            "at character 3: expected an operator (+ - * / ^) or the end, found `×`; multiplication is written `*`",
        ),
        (
            "a / 地区生产总值",
            &format!(
                "at character 5: {operand} `地区生产总值`; an indicator is named by its id (letters, digits and `_` of ASCII), not by its label"
            ),
        ),
        ("a\u{200b}", "at character 2: expected an operator (+ - * / ^) or the end, found `\\u{200b}`"),
    ] {
        assert_eq!(refusal(text), expected, "{text}");
    }
    for offset in ["1", "0", "-0", "-21", "2030", "--1", "-+1", "", "-1.0", "-99999999999"] {
        assert_eq!(
            refusal(&format!("gdp[{offset}]")),
            format!(
                "at character 4: the year offset `[{offset}]` is not allowed; allowed are [-1] (the year before) to \
                 [-20]; for the same year write `gdp` alone; a formula cannot look ahead or name a year"
            )
        );
    }
}

#[test]
fn limits_hold_against_hostile_texts() {
    let nested = |n: usize| format!("{}a{}", "(".repeat(n), ")".repeat(n));
    assert_eq!(parsed(&nested(64)), parsed("a"));
    let too_deep = "brackets, functions, minus signs and exponents nest at most 64 deep; give parts of the formula \
                    to indicators of their own";
    assert_eq!(refusal(&nested(65)), format!("at character 65: {too_deep}"));
    assert_eq!(refusal(&"-".repeat(9_999)), format!("at character 65: {too_deep}"));
    assert_eq!(refusal(&"a^".repeat(5_000)), format!("at character 130: {too_deep}"));
    assert_eq!(refusal(&"exp(".repeat(2_500)), format!("at character 260: {too_deep}"));
    // What is closed again does not count.
    assert_eq!(parsed(&format!("{}1", "-(-a)^abs(a)+".repeat(700))).references().len(), 1);
    for text in [nested(100_000), "(".repeat(100_000), "值".repeat(10_001)] {
        let length = text.chars().count();
        assert_eq!(
            refusal(&text),
            format!(
                "at character 10001: the formula has {length} characters; at most 10000 are allowed; give parts of \
                 it to indicators of their own"
            )
        );
    }
    // A long sum and a long list are no deeper than short ones, on a small stack too.
    let long = std::thread::Builder::new().stack_size(512 * 1024).spawn(|| {
        let sum = parsed(&format!("{}a", "a+".repeat(4_999)));
        assert_eq!(sum.to_string().len(), 5_000 + 3 * 4_999);
        let list = parsed(&format!("max({}a)", "a,".repeat(4_990)));
        let evaluate = |formula: &Formula| formula.compile(&mut |_, _| Some(0)).unwrap().eval_scalar(&[2.0]);
        (evaluate(&sum), evaluate(&list))
    });
    assert_eq!(long.unwrap().join().unwrap(), (10_000.0, 2.0));
    assert!(refusal(&format!("{}(", "f".repeat(9_000))).len() < 250);
}

#[test]
fn rows_that_are_missing_or_short_are_unknown() {
    let program = parsed("a + b").compile(&mut |id, _| Some(usize::from(id == "b"))).unwrap();
    let (row, mut out) = ([1.0; 4], [0.0; 4]);
    for inputs in [&[&row[..]][..], &[&row, &row[..3]], &[]] {
        program.run(inputs, &mut Scratch::default(), &mut out);
        assert!(out.iter().all(|x| x.is_nan()));
    }
    // Longer rows are read as far as they are needed.
    program.run(&[&row, &[2.0; 9]], &mut Scratch::default(), &mut out);
    assert_eq!(out, [3.0; 4]);
    program.run(&[&[], &[]], &mut Scratch::default(), &mut []);
}

/// A tree with an evaluation of its own, to compare with.
#[derive(Debug, Clone)]
enum Tree {
    Number(f64),
    Level(usize),
    Unary(&'static str, Box<Tree>),
    Binary(char, Box<Tree>, Box<Tree>),
    Extreme(&'static str, Vec<Tree>),
}

impl Tree {
    /// With every bracket, and more.
    fn text(&self) -> String {
        match self {
            Self::Number(number) => format!("({number:e})"),
            Self::Level(slot) => format!("v{slot}"),
            Self::Unary(name, a) => format!("({name}({}))", a.text()),
            Self::Binary(operator, a, b) => format!("({}{operator}{})", a.text(), b.text()),
            Self::Extreme(name, list) => {
                format!("{name}({})", list.iter().map(Self::text).collect::<Vec<_>>().join(","))
            }
        }
    }

    fn value(&self, inputs: &[f64]) -> f64 {
        match self {
            Self::Number(number) => *number,
            Self::Level(slot) => inputs[*slot],
            Self::Unary(name, a) => match (*name, a.value(inputs)) {
                ("-", a) => -a,
                ("exp", a) => libm::exp(a),
                ("ln", a) => libm::log(a),
                ("sqrt", a) => libm::sqrt(a),
                (_, a) => libm::fabs(a),
            },
            Self::Binary(operator, a, b) => match (operator, a.value(inputs), b.value(inputs)) {
                ('+', a, b) => a + b,
                ('-', a, b) => a - b,
                ('*', a, b) => a * b,
                ('/', a, b) => a / b,
                (_, a, b) => libm::pow(a, b),
            },
            Self::Extreme(name, list) => {
                let values: Vec<f64> = list.iter().map(|tree| tree.value(inputs)).collect();
                if values.iter().any(|x| x.is_nan()) {
                    return f64::NAN;
                }
                let sorted = values.iter().copied().fold(Vec::new(), |mut sorted: Vec<f64>, x| {
                    let at = sorted.partition_point(|y| *y < x);
                    sorted.insert(at, x);
                    sorted
                });
                if *name == "min" { sorted[0] } else { sorted[sorted.len() - 1] }
            }
        }
    }
}

fn tree(operators: &'static [char]) -> impl Strategy<Value = Tree> {
    let leaf = prop_oneof![
        prop_oneof![(0u32..12).prop_map(f64::from), 0.0..1e3, 1e-300..1e300].prop_map(Tree::Number),
        (0usize..4).prop_map(Tree::Level),
    ];
    leaf.prop_recursive(8, 64, 4, move |inner| {
        let names = prop::sample::select(vec!["-", "-", "exp", "ln", "sqrt", "abs"]);
        let pair = (prop::sample::select(operators), inner.clone(), inner.clone());
        let extreme = (prop::sample::select(vec!["min", "max"]), prop::collection::vec(inner.clone(), 2..4));
        prop_oneof![
            (names, inner).prop_map(|(name, a)| Tree::Unary(name, Box::new(a))),
            pair.clone().prop_map(|(o, a, b)| Tree::Binary(o, Box::new(a), Box::new(b))),
            pair.prop_map(|(o, a, b)| Tree::Binary(o, Box::new(a), Box::new(b))),
            extreme.prop_map(|(name, list)| Tree::Extreme(name, list)),
        ]
    })
}

fn compiled(formula: &Formula) -> Program {
    formula.compile(&mut |id, _| id[1..].parse().ok()).unwrap()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 2_000, ..ProptestConfig::default() })]

    #[test]
    fn written_back_it_is_the_same_tree(tree in tree(&['+', '-', '*', '/', '^'])) {
        let formula = parsed(&tree.text());
        let text = formula.to_string();
        prop_assert_eq!(&parsed(&text), &formula, "{}", text);
        prop_assert_eq!(parsed(&text).to_string(), text);
    }

    #[test]
    fn no_text_panics(text in prop_oneof![
        "\\PC{0,40}",
        prop::collection::vec(
            prop::sample::select(vec!["a", "b[-1]", "[", "]", "-", "+", "*", "/", "^", "(", ")", ",", "min", "exp(",
                "max(a,", "1", "2.5", "1e", ".", " ", "_", "值"]),
            0..24,
        ).prop_map(|words| words.concat()),
    ]) {
        match Formula::parse(&text) {
            Ok(formula) => prop_assert_eq!(parsed(&formula.to_string()), formula),
            Err(error) => {
                prop_assert!((1..=text.chars().count() + 1).contains(&error.position), "{}", error);
                prop_assert!(!error.problem.is_empty(), "{}", text);
            }
        }
    }

    #[test]
    fn it_means_what_the_tree_means(
        tree in tree(&['+', '-', '*', '/']),
        inputs in prop::array::uniform4(-100.0..100.0),
    ) {
        let (got, expected) = (compiled(&parsed(&tree.text())).eval_scalar(&inputs), tree.value(&inputs));
        prop_assert!(got == expected || got.is_nan() && expected.is_nan(), "{}: {} {}", tree.text(), got, expected);
    }

    #[test]
    fn lanes_have_the_bits_of_one_path(
        tree in tree(&['+', '-', '*', '/', '^']),
        rows in prop::array::uniform4(prop::collection::vec(prop_oneof![-100.0..100.0, Just(0.0)], 37)),
    ) {
        let program = compiled(&parsed(&tree.text()));
        let inputs: Vec<&[f64]> = rows.iter().map(Vec::as_slice).collect();
        let (mut out, mut again, mut scratch) = (vec![0.0; 37], vec![0.0; 30], Scratch::default());
        program.run(&inputs, &mut scratch, &mut out);
        // The scratch of a longer run serves a shorter one, and stays where it is.
        let before = scratch.addresses();
        program.run(&inputs, &mut scratch, &mut again);
        prop_assert_eq!(before, scratch.addresses());
        for (path, &lane) in out.iter().enumerate() {
            let one = program.eval_scalar(&rows.each_ref().map(|row| row[path]));
            prop_assert!(one.to_bits() == lane.to_bits() || one.is_nan() && lane.is_nan(), "{} {}", one, lane);
            prop_assert!(path >= 30 || again[path].to_bits() == lane.to_bits() || lane.is_nan());
            prop_assert!(program.constant().is_none_or(|c| c.to_bits() == one.to_bits() || c.is_nan()));
        }
    }
}
