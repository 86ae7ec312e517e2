//! Ways to get an indicator wrong.

use super::*;

#[test]
fn ids_names_and_units() {
    one(
        "[indicator.trend]",
        "[indicator.\"a trend\"]",
        "indicator.\"a trend\": `a trend` is no id; an id has letters a-z and A-Z, digits and underscores, and starts with a letter or an underscore (names in any language go in `name` and `name_zh`)",
    );
    one(
        "[indicator.trend]",
        "[indicator.tr-end]",
        "indicator.tr-end: `tr-end` is no id; an id has letters a-z and A-Z, digits and underscores, and starts with a letter or an underscore (names in any language go in `name` and `name_zh`)",
    );
    one(
        "[indicator.trend]",
        "[indicator.min]",
        "indicator.min: `min` is the name of a function and cannot be an indicator (take a longer id)",
    );
    one(
        "unit = \"10k yuan\"",
        "unit = \"\"",
        "indicator.productivity.unit: unit is empty; it must say something",
    );
}

#[test]
fn baselines() {
    let log = "it must be a level above 0 (log link) (set `link = \"identity\"` if the indicator can be 0 or negative)";
    one("baseline = 5615.3", "baseline = 0", &format!("indicator.gdp.baseline: baseline is 0; {log}"));
    one(
        "baseline = 5615.3",
        "baseline = nan",
        "indicator.gdp.baseline: baseline is NaN; it must be a finite level above 0 (log link)",
    );
    one(
        "baseline = 5615.3",
        "baseline = inf",
        "indicator.gdp.baseline: baseline is inf; it must be a finite level above 0 (log link)",
    );
    one("link = \"identity\"\n", "", &format!("indicator.steps.baseline: baseline is -2; {log}"));
    one(
        "baseline = 3.9",
        "baseline = 10",
        "indicator.rd.baseline: baseline is 10; it must be a level between 0 and 10, both excluded (logit link)",
    );
    one(
        "baseline = 5615.3",
        "",
        "indicator.gdp.baseline: no baseline is given; a process starts from the level of 2025 (add `baseline = …`, a number or a distribution in the unit of the indicator)",
    );
    one(
        "baseline = 5615.3",
        "baseline = { by_year = { 2026 = 1.0 } }",
        "indicator.gdp.baseline.by_year: baseline cannot change over the years; it must be one number or one distribution (`by_year` is for drift, rate, volatility, level and ceiling of a process)",
    );
    one(
        "lower = 0.0, upper = 10.0",
        "lower = 10.0, upper = 0.0",
        "indicator.rd.link.logit: lower is 10 and upper is 0; both must be finite, the lower one first (a share in per cent has `link.logit = { lower = 0.0, upper = 100.0 }`)",
    );
}

#[test]
fn coefficients_of_processes() {
    let gdp = "indicator.gdp.process.ar1_growth";
    one(
        "persistence = 0.3",
        "persistence = -1.0",
        &format!("{gdp}.persistence: persistence is -1; it must be above -1 and below 1"),
    );
    one(
        "persistence = 0.3",
        "persistence = { normal = { mean = 0.5, sd = 0.3 } }",
        &format!(
            "{gdp}.persistence: persistence is outside what is allowed with probability 0.0477906; it must be above -1 and below 1 (cut it with `between = [-1, 1]` or narrower, or use `beta`)"
        ),
    );
    one(
        "volatility = 0.02,",
        "volatility = -0.02,",
        &format!("{gdp}.volatility: volatility is -0.02; it must be at least 0"),
    );
    one(
        "volatility = 0.02,",
        "volatility = { normal = { mean = 0.02, sd = 0.01 } },",
        &format!(
            "{gdp}.volatility: volatility is outside what is allowed with probability 0.0227501; it must be at least 0 (cut it with `between = [0, high]` or narrower, or use `log_normal` or `gamma`)"
        ),
    );
    one(
        "volatility = 0.02,",
        "volatility = { by_year = { 2026 = 0.02 }, plus = { normal = { mean = 0.0, sd = 0.02 } } },",
        &format!(
            "{gdp}.volatility.plus: volatility with the shift is outside what is allowed with probability 0.158655; it must be at least 0 (cut the shift with `between = [low, high]`, or make it narrower)"
        ),
    );
    one(
        "damping = 0.7",
        "damping = 1.7",
        "indicator.trend.process.damped_trend.damping: damping is 1.7; it must be at least 0 and at most 1",
    );
    one(
        "speed = 0.3",
        "speed = 2.0",
        "indicator.rd.process.mean_reverting.speed: speed is 2; it must be at least 0 and below 2",
    );
    one(
        "2030 = 4.4",
        "2030 = 44.0",
        "indicator.rd.process.mean_reverting.level.by_year.2030: level of 2030 is 44; it must be a level between 0 and 10, both excluded (logit link)",
    );
    one(
        "ceiling = 4600.0",
        "ceiling = 0.0",
        "indicator.ceiling.process.saturating.ceiling: ceiling is 0; it must be a level above 0 (log link)",
    );
    one(
        "process.random_walk = { drift = 0.01, volatility = 0.03 }",
        "process.random_walk = {}",
        "indicator.retail.process.random_walk: random_walk has neither drift nor volatility and is not estimated; it would stand still (state `drift` and `volatility`, or write `estimate = {}` to learn both from the history)",
    );
    several(
        &[("drift = 0.045", "drift = { by_year = { 2025 = 0.04, 2031 = 0.04 } }")],
        &[
            &format!(
                "{gdp}.drift.by_year.2025: the year is 2025; it must be from 2026 to 2030, the years simulated"
            ),
            &format!(
                "{gdp}.drift.by_year.2031: the year is 2031; it must be from 2026 to 2030, the years simulated"
            ),
        ],
    );
    one(
        "drift = 0.12",
        "drift = { by_year = { 2026 = 0.04 } }",
        "indicator.trend.process.damped_trend.drift.by_year: drift cannot change over the years; it must be one number or one distribution (`by_year` is for drift, rate, volatility, level and ceiling of a process)",
    );
}

/// Growth written as it is spoken.
#[test]
fn percentages_instead_of_shares() {
    let slip = "growth is a share, not per cent: 0.05 is 5 % a year; at most 0.5 either way is taken";
    let gdp = "indicator.gdp.process.ar1_growth";
    one(
        "drift = 0.045",
        "drift = 2.1",
        &format!("{gdp}.drift: 2.1 is a growth of 717 % a year; did you mean 0.021? ({slip})"),
    );
    one(
        "drift = 0.045",
        "drift = -3.0",
        &format!("{gdp}.drift: -3 is a growth of -95 % a year; did you mean -0.03? ({slip})"),
    );
    one(
        "drift = 0.045",
        "drift = { normal = { mean = 4.5, sd = 1.0 } }",
        &format!("{gdp}.drift: 4.5 is a growth of 8902 % a year; did you mean 0.045? ({slip})"),
    );
    one(
        "last_growth = 0.056",
        "last_growth = 5.6",
        &format!("{gdp}.last_growth: 5.6 is a growth of 26943 % a year; did you mean 0.056? ({slip})"),
    );
    several(
        &[("process.ar1_growth = { drift = 0.045", "process.ar1_simple_growth = { drift = 4.5")],
        &[&format!(
            "indicator.gdp.process.ar1_simple_growth.drift: 4.5 is a growth of 450 % a year; did you mean 0.045? ({slip})"
        )],
    );
    one(
        "volatility = 0.02,",
        "volatility = 2.0,",
        &format!(
            "{gdp}.volatility: volatility is 2 log points a year, a factor of 7.4 up or down (did you mean 0.02?)"
        ),
    );
    // Under other links the unit says nothing about what is large.
    assert!(
        faults_of(changed(&[(
            "process.resampled = { from = 2022 }",
            "process.random_walk = { drift = 3.0, volatility = 7.0 }"
        )]))
        .is_empty()
    );
}

#[test]
fn links_that_processes_need() {
    one(
        "process.saturating = { ceiling = 4600.0, speed = 0.2,",
        "process.logistic = { rate = 0.2,",
        "indicator.ceiling.process.logistic: logistic needs a logit link; the link is log (write `link.logit = { lower = 0.0, upper = 100.0 }` with the ceiling as upper bound, or use `saturating`)",
    );
    let reverting = "process.mean_reverting = { level = { by_year = { 2026 = 4.0, 2030 = 4.4 } }";
    one(
        reverting,
        "process.saturating = { ceiling = 4.0",
        "indicator.rd.process.saturating: saturating needs a log link; the link is logit (leave `link` out, or use `mean_reverting`, which goes with every link)",
    );
    several(
        &[(reverting, "process.ar1_simple_growth = { drift = 0.01"), ("speed = 0.3", "persistence = 0.3")],
        &[
            "indicator.rd.process.ar1_simple_growth: ar1_simple_growth needs a log link; the link is logit (leave `link` out, or use `ar1_growth`, which goes with every link)",
        ],
    );
}

#[test]
fn estimates() {
    let stated = "process.random_walk = { drift = 0.01, volatility = 0.03 }";
    let remedy = "give a longer `history` or a wider `from` and `to`, state a `prior`, or state `drift` and `volatility`";
    let path = "indicator.retail.process.random_walk.estimate";
    one(
        stated,
        "process.random_walk = { estimate = {} }",
        &format!("{path}: there is no history to learn from ({remedy})"),
    );
    one(
        stated,
        "process.random_walk = { estimate = {} }\nhistory.values = { 2024 = 3.0 }",
        &format!("{path}: the history has one year, 2024, and growth needs two in a row ({remedy})"),
    );
    let two = "history.values = { 2022 = 3.0, 2023 = 3.1, 2024 = 3.2 }";
    one(
        stated,
        &format!("process.random_walk = {{ estimate = {{}} }}\n{two}"),
        &format!("{path}: the years used have 2 growth figures; at least 3 are needed ({remedy})"),
    );
    let prior = "estimate = { prior = { mean = 0.04, weight = 2.0, sd = 0.03, df = 4.0 } }";
    assert!(
        faults_of(changed(&[(stated, &format!("process.random_walk = {{ {prior} }}\n{two}"))])).is_empty()
    );
    let flat = prior.replace("weight = 2.0", "weight = 0.0");
    one(
        stated,
        &format!("process.random_walk = {{ {flat} }}\n{two}"),
        &format!("{path}: the years used have 2 growth figures; at least 3 are needed ({remedy})"),
    );
    several(
        &[(
            "drift = 0.045, persistence = 0.3, volatility = 0.02",
            "estimate = {}, drift = 0.045, persistence = { uniform = { low = 0.0, high = 0.5 } }",
        )],
        &[
            "indicator.gdp.process.ar1_growth.drift: drift is stated and estimated; it must be one of the two (leave out `drift`, or leave out `estimate`)",
            "indicator.gdp.process.ar1_growth.persistence: persistence is uncertain; with `estimate` it must be one number, or absent (leave `persistence` out to learn it as well)",
        ],
    );
    one(
        "drift = 0.045, persistence = 0.3, volatility = 0.02",
        "estimate = {}, persistence = 0.3",
        &format!(
            "indicator.gdp.process.ar1_growth.estimate: the years used have 2 pairs of growth figures in a row; at least 3 are needed ({remedy})"
        ),
    );
    one(
        "from = 2022",
        "from = 2023",
        "indicator.steps.process.resampled: the years used have 2 growth figures; at least 3 are needed (give a longer `history` or a wider `from` and `to`, or use `random_walk`)",
    );
    one(
        "name = \"Steps\"",
        "name = \"Steps\"\ninnovation = \"normal\"",
        "indicator.steps.innovation: innovation is given, but `resampled` draws its innovations from the history (leave `innovation` out, or use `random_walk`)",
    );
}

#[test]
fn innovations() {
    let t = "student_t = { df = 5.0 }";
    one(
        "df = 5.0",
        "df = 2.0",
        "indicator.retail.innovation.student_t.df: df is 2; it must be above 2, where the variance exists (df = 5 has fat tails, df = 30 is nearly normal)",
    );
    one(
        t,
        "two_piece = { ratio = 0.0 }",
        "indicator.retail.innovation.two_piece.ratio: ratio is 0; it must be above 0",
    );
    one(
        t,
        "resample = { values = [1.0, 1.0] }",
        "indicator.retail.innovation.resample.values: all values are 1; at least two must differ",
    );
    one(
        t,
        "resample = { values = [1.0] }",
        "indicator.retail.innovation.resample.values: values has 1 of them; at least 2 are needed",
    );
}

#[test]
fn drivers() {
    let driver = "driver.gdp = { elasticity = 0.6, lag = 1 }";
    one(
        driver,
        "driver.gpd = { elasticity = 0.6, lag = 1 }",
        "indicator.retail.driver.gpd: there is no indicator `gpd` (did you mean `gdp`?)",
    );
    one(
        driver,
        "driver.retail = { elasticity = 0.6 }",
        "indicator.retail.driver.retail: `retail` drives itself (growth that persists is `persistence` of `ar1_growth`)",
    );
    one("lag = 1", "lag = 21", "indicator.retail.driver.gdp.lag: lag is 21; it must be at most 20 years");
    one(
        "elasticity = 0.6",
        "elasticity = inf",
        "indicator.retail.driver.gdp.elasticity: elasticity is inf; it must be a finite number",
    );
    one(
        "lag = 1",
        "lag = 5",
        "indicator.retail.driver.gdp.lag: with lag 5 the growth of `gdp` is needed in 2021; it is not known (give `gdp` a `history` with these years and the year before)",
    );
    one(
        "last_growth = 0.056",
        "",
        "indicator.retail.driver.gdp.lag: with lag 1 the growth of `gdp` is needed in 2025; it is not known (give `gdp` a `history` with these years and the year before, or `last_growth`)",
    );
}

#[test]
fn formulas() {
    one(
        "gdp / employment",
        "gdp / emploment",
        "indicator.productivity.formula: there is no indicator `emploment` (did you mean `employment`?)",
    );
    let broken = faults_of(changed(&[("gdp / employment", "gdp // employment")]));
    assert!(
        broken[0].starts_with(
            "indicator.productivity.formula: `gdp // employment` is no formula: at character 6: "
        ),
        "{broken:?}"
    );
    one(
        "gdp / employment\"",
        "gdp / employment\"\ninnovation = \"normal\"",
        "indicator.productivity.innovation: innovation is given beside a formula; it belongs to a process (leave `innovation` out, or put it on an indicator of the formula)",
    );
    one(
        "gdp / employment\"",
        "gdp / employment\"\ndriver.gdp = { elasticity = 1.0 }",
        "indicator.productivity.driver: driver is given beside a formula; it belongs to a process (leave `driver` out, or put it on an indicator of the formula)",
    );
    one(
        "gdp / employment\"",
        "gdp / employment\"\nprocess.random_walk = { drift = 0.01 }",
        "indicator.productivity: process and formula are given; it must be one of them",
    );
    one(
        "formula = \"gdp / employment\"\n",
        "",
        "indicator.productivity: neither a process nor a formula is given; it must be one of the two (write for instance `process.random_walk = { drift = 0.045, volatility = 0.02 }` or `formula = \"gdp / employment\"`)",
    );
    one(
        "baseline = 900.0\n",
        "",
        "indicator.stock.baseline: no baseline is given, and the formula looks back before the base year 2025 (add `baseline = …`, the level of the base year)",
    );
    one(
        "0.01 * rd * gdp",
        "0.01 * rd[-2] * gdp",
        "indicator.stock.formula: `rd[-2]` needs the level of 2024; it is not known (give `rd` a `history` with these years)",
    );
    assert!(faults_of(changed(&[("0.01 * rd * gdp", "0.01 * rd * gdp[-5]")])).is_empty());
}

#[test]
fn loops_within_a_year() {
    let remedy = "(let one of them look at the year before: `id[-1]` in a formula, `lag = 1` of a driver)";
    one(
        "process.path = {",
        "driver.productivity = { elasticity = 0.1 }\nprocess.path = {",
        &format!(
            "indicator.employment.driver.productivity: the indicators need each other in the same year: employment -> productivity -> employment {remedy}"
        ),
    );
    several(
        &[("gdp / employment", "stock / employment"), ("0.01 * rd * gdp", "productivity * gdp")],
        &[&format!(
            "indicator.productivity.formula: the indicators need each other in the same year: productivity -> stock -> productivity {remedy}"
        )],
    );
    one(
        "0.85 * stock[-1]",
        "0.85 * stock",
        &format!(
            "indicator.stock.formula: the indicators need each other in the same year: stock -> stock {remedy}"
        ),
    );
}
