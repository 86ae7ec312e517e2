//! Ways to get correlation, events and regimes wrong.

use super::*;

const FACTORS: &str = "correlation = \"factors\"";

/// The sample with another correlation and no factors.
fn without_factors(correlation: &str) -> Draft {
    let text = SAMPLE.replacen(FACTORS, "", 1);
    let (before, rest) = text.split_once("[factor.demand]").unwrap();
    let (_, after) = rest.split_once("[event.trade]").unwrap();
    toml::from_str(&format!("{before}{correlation}\n\n[event.trade]{after}")).unwrap()
}

#[test]
fn correlation_must_be_stated() {
    one(
        FACTORS,
        "",
        "correlation: no correlation is given, but 6 indicators are uncertain (gdp, retail, rd, trend, …) (write `correlation = \"factors\"` to use the factors given)",
    );
    assert_eq!(
        faults_of(without_factors("")),
        [
            "correlation: no correlation is given, but 6 indicators are uncertain (gdp, retail, rd, trend, …) (state it with `[correlation.matrix]`, `[correlation.pairs]` or factors, or estimate it with `[correlation.shrunk]`; if none is meant, write `correlation = \"independent\"`)"
        ]
    );
    one(
        FACTORS,
        "correlation = \"independent\"",
        "correlation: factors are given (demand, science), but the correlation is stated otherwise; it must be one of the two (write `correlation = \"factors\"`, or leave the factors out)",
    );
}

#[test]
fn factors() {
    one(
        "load = { gdp = 0.8",
        "load = { gdp = 0.99",
        "factor.science.load.gdp: the squared loads of `gdp` add up to 1.0201; they must be at most 1 (a load is a correlation with the factor; their squares are shares of the variance)",
    );
    one(
        "load = { gdp = 0.8",
        "load = { gdp = 1.8",
        "factor.demand.load.gdp: load is 1.8; it must be at least -1 and at most 1",
    );
    one(
        "load = { gdp = 0.8",
        "load = { gdb = 0.8",
        "factor.demand.load.gdb: there is no indicator `gdb` (did you mean `gdp`?)",
    );
    one(
        "load = { gdp = 0.8",
        "load = { productivity = 0.8",
        "factor.demand.load.productivity: `productivity` is a formula and has no innovation that could be correlated (name the indicators that the formula is made of)",
    );
    // 0.6^2 + 0.8^2 is 1 but for rounding.
    assert!(faults_of(changed(&[("{ gdp = 0.2", "{ gdp = 0.6")])).is_empty());
    let quiet = meant(&[("load = { gdp = 0.8", "load = { employment = 0.8")]);
    assert_eq!(
        quiet.notices(),
        ["correlation: employment has volatility 0, so its correlation has no effect"]
    );
}

fn matrix(indicators: &str, rows: &str) -> Draft {
    without_factors(&format!("[correlation.matrix]\nindicators = {indicators}\nrows = {rows}"))
}

const THREE: &str = "[\"gdp\", \"retail\", \"rd\"]";
/// Smallest eigenvalue of these: 1 + 0.9 (cos of the eigenvalues of a frustrated triangle) = 1 - 2 * 0.9.
const FRUSTRATED: &str = "[[1.0, 0.9, 0.9], [0.9, 1.0, -0.9], [0.9, -0.9, 1.0]]";

#[test]
fn matrices() {
    let sound = matrix(THREE, "[[1.0, 0.5, 0.2], [0.5, 1.0, 0.0], [0.2, 0.0, 1.0]]").validate().unwrap();
    assert!(matches!(sound.correlation(), Correlated::Matrix { rows, .. } if rows[1] == [0.5, 1.0, 0.0]));
    for (indicators, rows, expected) in [
        (THREE, "[[1.0]]", "rows: rows has 1 rows; it must have 3, one for each of indicators"),
        (
            THREE,
            "[[1.0, 0.5, 0.2], [0.5, 1.0], [0.2, 0.0, 1.0]]",
            "rows[1]: row 2 has 2 numbers; a matrix of 3 rows needs 3",
        ),
        (
            THREE,
            "[[1.0, 0.5, 0.2], [0.4, 1.0, 0.0], [0.2, 0.0, 1.0]]",
            "rows[0][1]: row 1, column 2 is 0.5, but row 2, column 1 is 0.4; both must be equal (write the same number on both sides of the diagonal)",
        ),
        (
            THREE,
            "[[1.0, 1.5, 0.2], [1.5, 1.0, 0.0], [0.2, 0.0, 1.0]]",
            "rows[0][1]: row 1, column 2 is 1.5; a correlation is between -1 and 1",
        ),
        (
            THREE,
            "[[2.0, 0.5, 0.2], [0.5, 1.0, 0.0], [0.2, 0.0, 1.0]]",
            "rows[0][0]: row 1, column 1 is 2; the diagonal must be 1",
        ),
        (
            "[\"gdp\", \"gdp\"]",
            "[[1.0, 0.0], [0.0, 1.0]]",
            "indicators[1]: `gdp` stands twice; each indicator has one row",
        ),
        (
            "[\"gdp\", \"stock\"]",
            "[[1.0, 0.0], [0.0, 1.0]]",
            "indicators[1]: `stock` is a formula and has no innovation that could be correlated (name the indicators that the formula is made of)",
        ),
        ("[]", "[]", "indicators: indicators is empty; a matrix needs at least one"),
    ] {
        assert_eq!(faults_of(matrix(indicators, rows)), [format!("correlation.matrix.{expected}")]);
    }
}

#[test]
fn a_matrix_that_is_none_is_refused_with_its_eigenvalue_or_repaired_on_request() {
    let refused = faults_of(matrix(THREE, FRUSTRATED)).join("\n");
    assert!(refused.contains("correlation.matrix.rows: "), "{refused}");
    assert!(refused.contains("smallest eigenvalue of the matrix is -0.8000"), "{refused}");
    // By symmetry the nearest one has entries of 1/2 in place of 0.9.
    assert!(refused.contains("write `repair = true` to take the nearest correlation matrix, where no entry changes by more than 0.4"), "{refused}");
    let repaired = matrix(THREE, &format!("{FRUSTRATED}\nrepair = true")).validate().unwrap();
    assert_eq!(
        repaired.notices(),
        [
            "correlation: the matrix given is no correlation matrix (smallest eigenvalue -0.8); the nearest one is used, no entry changes by more than 0.4"
        ]
    );
    let Correlated::Matrix { rows, .. } = repaired.correlation() else { panic!("a matrix") };
    assert!((rows[0][1] - 0.5).abs() < 1e-6 && (rows[1][2] + 0.5).abs() < 1e-6, "{rows:?}");
    let sound = matrix("[\"gdp\", \"rd\"]", "[[1.0, 0.5], [0.5, 1.0]]\nrepair = true").validate().unwrap();
    assert!(sound.notices().is_empty());
}

#[test]
fn pairs() {
    let pairs = |of: &str| without_factors(&format!("[correlation.pairs]\nof = {of}"));
    let sound = pairs("[[\"gdp\", \"rd\", 0.4], [\"retail\", \"gdp\", 0.6]]").validate().unwrap();
    let Correlated::Matrix { indicators, rows } = sound.correlation() else { panic!("a matrix") };
    assert_eq!(indicators, &["gdp", "rd", "retail"]);
    assert_eq!(rows, &[[1.0, 0.4, 0.6], [0.4, 1.0, 0.0], [0.6, 0.0, 1.0]]);
    for (of, expected) in [
        (
            "[]",
            ": no pair is given; at least one is needed (if none is meant, write `correlation = \"independent\"`)",
        ),
        ("[[\"gdp\", \"gdp\", 0.5]]", "[0]: `gdp` is paired with itself"),
        (
            "[[\"gdp\", \"rd\", 0.5], [\"rd\", \"gdp\", 0.5]]",
            "[1]: the pair rd, gdp stands twice (keep one of the two)",
        ),
        (
            "[[\"gdp\", \"rd\", nan]]",
            "[0][2]: the correlation of gdp and rd is NaN; it must be finite and at least -1 and at most 1",
        ),
        ("[[\"gdp\", \"retial\", 0.5]]", "[0][1]: there is no indicator `retial` (did you mean `retail`?)"),
    ] {
        assert_eq!(faults_of(pairs(of)), [format!("correlation.pairs.of{expected}")]);
    }
}

#[test]
fn events() {
    one(
        "probability = 0.1",
        "probability = 10",
        "event.trade.probability: probability is 10; it must be at least 0 and at most 1",
    );
    one(
        "probability = 0.1",
        "probability = { normal = { mean = 0.1, sd = 0.1 } }",
        "event.trade.probability: probability is outside what is allowed with probability 0.158655; it must be at least 0 and at most 1 (cut it with `between = [0, 1]` or narrower, or use `beta`)",
    );
    one(
        "probability = 0.1",
        "",
        "event.trade: the event has neither a probability nor a record; one of the two is needed (state `probability = 0.1`, or how often it has happened: `observed = { events = 2, years = 17 }`)",
    );
    one(
        "probability = 0.1",
        "probability = 0.1\nobserved = { events = 2, years = 17 }",
        "event.trade.observed: the probability is stated and learned from a record; it must be one of the two (leave out `probability`, or leave out `observed`)",
    );
    one(
        "probability = 0.1",
        "observed = { events = 2, years = nan }",
        "event.trade.observed.years: years is NaN; it must be finite and above 0 and at most 1000000",
    );
    one(
        "probability = 0.1",
        "observed = { events = 0, years = 17, prior = { events = 0, years = 0 } }",
        "event.trade.observed.prior.events: events is 0; it must be above 0 and at most 1000000",
    );
    one(
        "years = [2027, 2029]",
        "years = [2029, 2027]",
        "event.trade.years: years is [2029, 2027]; the first year must not be after the last",
    );
    one(
        "years = [2027, 2029]",
        "years = [2025, 2027]",
        "event.trade.years: the first year is 2025; it must be from 2026 to 2030, the years simulated",
    );
    one(
        "persistence = 0.5",
        "persistence = 1.0",
        "event.trade.persistence: persistence is 1; it must be at least 0 and below 1",
    );
    one(
        "gdp = -0.03, retail",
        "productivity = -0.03, retail",
        "event.trade.load.productivity: `productivity` is a formula and has no growth of its own that could be pushed (name the indicators that the formula is made of)",
    );
    one(
        "gdp = -0.03, retail = -0.02",
        "",
        "event.trade.load: load is empty; an event must load on at least one indicator",
    );
}

#[test]
fn regimes() {
    one(
        "initial = [1.0, 0.0]",
        "initial = [0.9, 0.0]",
        "regime.world.initial: initial adds up to 0.9; it must add up to 1",
    );
    one(
        "[0.4, 0.6]",
        "[0.4, 0.7]",
        "regime.world.transition[1]: the row of `crisis` adds up to 1.1; it must add up to 1",
    );
    one(
        "[0.4, 0.6]",
        "[0.4]",
        "regime.world.transition[1]: the row of `crisis` is 1 long; it must be 2, one for each state",
    );
    one(
        "[0.4, 0.6]",
        "[-0.4, 1.4]",
        "regime.world.transition[1][0]: a probability of the row of `crisis` is -0.4; it must be at least 0 and at most 1\nregime.world.transition[1][1]: a probability of the row of `crisis` is 1.4; it must be at least 0 and at most 1",
    );
    one(
        "[0.9, 0.1], ",
        "",
        "regime.world.transition: transition has 1 rows and must have 2, one for each state",
    );
    one("\"crisis\"", "\"calm\"", "regime.world.states: the state `calm` stands twice");
    one(
        "scale.gdp = [1.0, 2.0]",
        "scale.gdp = [1.0, -2.0]",
        "regime.world.scale.gdp[1]: scale in `crisis` is -2; it must be at least 0",
    );
    one(
        "shift.gdp = [0.0, -0.03]",
        "shift.stock = [0.0, -0.03]",
        "regime.world.shift.stock: `stock` is a formula and has no growth of its own that could be pushed (name the indicators that the formula is made of)",
    );
}
