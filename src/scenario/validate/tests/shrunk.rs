//! Correlations estimated from the histories of a plan.

use super::*;
use crate::correlation::{ShrinkTarget, shrink};
use crate::scenario::draft::{CorrelationDraft, ShrunkTarget};
use crate::series::Series;

/// Three indicators with growth of nine years each, and one without a past.
const PLAN: &str = r#"
    plancast = 1
    plan = { name = "p", base_year = 2025, last_year = 2030 }
    [indicator.gdp]
    name = "g"
    unit = "1"
    link = "identity"
    baseline = 9.0
    process.random_walk = { drift = 1.0, volatility = 1.0 }
    history.values = { 2016 = 1.0, 2017 = 2.0, 2018 = 4.0, 2019 = 3.0, 2020 = 3.5, 2021 = 6.0, 2022 = 6.5, 2023 = 8.0, 2024 = 8.5, 2025 = 9.0 }
    [indicator.retail]
    name = "r"
    unit = "1"
    link = "identity"
    baseline = 7.0
    process.random_walk = { drift = 1.0, volatility = 1.0 }
    history.values = { 2016 = 0.5, 2017 = 2.0, 2018 = 4.5, 2019 = 3.0, 2020 = 2.0, 2021 = 5.0, 2022 = 4.0, 2023 = 6.5, 2024 = 6.0, 2025 = 7.0 }
    [indicator.rd]
    name = "s"
    unit = "1"
    link = "identity"
    baseline = 4.0
    process.random_walk = { drift = 0.1, volatility = 0.1 }
    history.values = { 2016 = 2.0, 2017 = 2.1, 2018 = 2.5, 2019 = 2.4, 2020 = 2.6, 2021 = 3.0, 2022 = 3.5, 2023 = 3.4, 2024 = 3.9, 2025 = 4.0 }
    [indicator.jobs]
    name = "j"
    unit = "1"
    baseline = 100.0
    process.random_walk = { drift = 0.01, volatility = 0.01 }
    [target.t]
    indicator = "gdp"
    at_least = 10.0
"#;
const THREE: &str = "indicators = [\"gdp\", \"retail\", \"rd\"]";

/// The plan with this under `[correlation.shrunk]`, after a replacement.
fn plan(shrunk: &str, change: (&str, &str)) -> Draft {
    assert!(PLAN.contains(change.0), "the plan has no `{}`", change.0);
    let text = PLAN.replacen(change.0, change.1, 1);
    toml::from_str(&format!("{text}\n[correlation.shrunk]\n{shrunk}")).unwrap()
}

fn growth(scenario: &Scenario, id: &str) -> Series {
    scenario.indicators()[id].growth.clone()
}

/// The rows that shrinkage of some series gives.
fn rows(series: &[&Series], target: &ShrinkTarget) -> Vec<Vec<f64>> {
    let named: Vec<(&str, &Series)> = series.iter().map(|series| ("s", *series)).collect();
    let (correlation, _) = shrink(&named, target).unwrap();
    correlation.entries().chunks(series.len()).map(<[f64]>::to_vec).collect()
}

#[test]
fn growth_of_the_histories_is_shrunk_and_told() {
    let scenario = plan(&format!("{THREE}\ntarget = \"equicorrelated\""), ("", "")).validate().unwrap();
    let [gdp, retail, rd] = ["gdp", "retail", "rd"].map(|id| growth(&scenario, id));
    let Correlated::Matrix { indicators, rows: found } = scenario.correlation() else { panic!("a matrix") };
    assert_eq!(indicators, &["gdp", "retail", "rd"]);
    assert_eq!(found, &rows(&[&gdp, &retail, &rd], &ShrinkTarget::Equicorrelated));
    let named = [("gdp", &gdp), ("retail", &retail), ("rd", &rd)];
    let (_, report) = shrink(&named, &ShrinkTarget::Equicorrelated).unwrap();
    assert_eq!(
        scenario.notices(),
        [format!(
            "correlation: estimated from 9 common years of gdp, retail, rd, drawn towards equal correlations of {:.2} with intensity {:.2} (as much as {:.1} further years); {:.1} effective degrees of freedom of 3, smallest eigenvalue {:.3}",
            report.target_means[0],
            report.intensity,
            report.target_years.unwrap(),
            report.degrees_of_freedom,
            report.smallest_eigenvalue
        )]
    );
    // The same in Rust.
    let mut draft = plan(&format!("{THREE}\ntarget = \"identity\""), ("", ""));
    draft.correlation = Some(CorrelationDraft::shrunk(["gdp", "retail", "rd"], ShrunkTarget::Equicorrelated));
    let Correlated::Matrix { rows: again, .. } = draft.validate().unwrap().correlation().clone() else {
        panic!("a matrix")
    };
    assert_eq!(&again, found);
}

#[test]
fn groups_and_years_are_those_given() {
    let four = "indicators = [\"gdp\", \"retail\", \"rd\", \"jobs\"]\ntarget.block = [[\"retail\", \"gdp\", \"rd\"]]";
    let jobs = "baseline = 100.0";
    let history = format!(
        "{jobs}\nhistory = {{ form = \"growth_percent\", values = {{ 2019 = 1.0, 2020 = 1.1, 2021 = 0.7, 2022 = 0.8, 2023 = 1.3, 2024 = 0.6 }} }}"
    );
    let scenario = plan(&format!("{four}\nfrom = 2018\nto = 2023"), (jobs, &history)).validate().unwrap();
    let used = ["gdp", "retail", "rd", "jobs"].map(|id| {
        Series::new(growth(&scenario, id).iter().filter(|(year, _)| (2018..=2023).contains(&year.0)))
    });
    let Correlated::Matrix { rows: found, .. } = scenario.correlation() else { panic!("a matrix") };
    let series: Vec<&Series> = used.iter().collect();
    assert_eq!(found, &rows(&series, &ShrinkTarget::Block(vec![0, 0, 0, 1])));
    let notice = &scenario.notices()[0];
    assert!(notice.contains("from 5 to 6 common years") && notice.contains(" between groups"), "{notice}");
}

#[test]
fn what_persistence_pull_and_drivers_explain_is_taken_out() {
    let two = "indicators = [\"gdp\", \"retail\"]\ntarget = \"identity\"";
    let walk = "process.random_walk = { drift = 1.0, volatility = 1.0 }";
    let found = |process: &str| {
        let scenario = plan(two, (walk, process)).validate().unwrap();
        let Correlated::Matrix { rows, .. } = scenario.correlation().clone() else { panic!("a matrix") };
        (rows, scenario)
    };
    // The first of the two walks is that of gdp.
    let (ar1, scenario) = found("process.ar1_growth = { drift = 1.0, persistence = 0.4, volatility = 1.0 }");
    let [gdp, retail, rd] = ["gdp", "retail", "rd"].map(|id| growth(&scenario, id));
    let less = |of: &dyn Fn(Year) -> Option<f64>| {
        Series::new(gdp.iter().filter_map(|(year, g)| Some((year, g - of(year)?))).collect::<Vec<_>>())
    };
    let before = |year: Year| Year(year.0 - 1);
    let left = less(&|year| Some(0.4 * gdp.get(before(year))?));
    assert_eq!(left.len(), 8);
    assert_eq!(ar1, rows(&[&left, &retail], &ShrinkTarget::Identity));

    let (pulled, scenario) = found(
        "process.mean_reverting = { level = 5.0, speed = { uniform = { low = 0.2, high = 0.4 } }, volatility = 1.0 }",
    );
    let levels = scenario.indicators()["gdp"].history.clone();
    let left = less(&|year| Some(-0.3 * levels.get(before(year))?));
    let expected = rows(&[&left, &retail], &ShrinkTarget::Identity);
    assert!((pulled[0][1] - expected[0][1]).abs() < 1e-12);

    let (driven, _) = found(&format!("{walk}\ndriver.rd = {{ elasticity = 2.0, lag = 1 }}"));
    let left = less(&|year| Some(2.0 * rd.get(before(year))?));
    assert_eq!(driven, rows(&[&left, &retail], &ShrinkTarget::Identity));
}

#[test]
fn what_cannot_be_estimated_is_refused() {
    let fault = |shrunk: &str, change: (&str, &str), expected: &str| {
        assert_eq!(faults_of(plan(shrunk, change)).join("\n"), expected.replace("@", "correlation.shrunk"));
    };
    let none = ("", "");
    let identity = "target = \"identity\"";
    fault(
        &format!("indicators = [\"gdp\", \"retial\"]\n{identity}"),
        none,
        "@.indicators[1]: there is no indicator `retial` (did you mean `retail`?)",
    );
    fault(
        &format!("indicators = [\"gdp\", \"jobs\"]\n{identity}"),
        none,
        "@.indicators[1]: `jobs` has no history with two years in a row to learn from (give it a `history`, or state the correlation with `[correlation.pairs]`)",
    );
    fault(
        &format!("indicators = [\"gdp\", \"retail\", \"gdp\"]\n{identity}"),
        none,
        "@.indicators[2]: `gdp` stands twice; each indicator is needed once",
    );
    fault(
        &format!("indicators = [\"gdp\"]\n{identity}"),
        none,
        "@.indicators: 1 series given; a correlation needs at least two",
    );
    fault(
        &format!("{THREE}\n{identity}\nfrom = 2023"),
        none,
        "@.indicators[1]: `gdp` and `retail` have 3 years in common (2023, 2024, 2025); at least 4 are needed (give both a longer history, or leave one of them out)",
    );
    fault(
        &format!("{THREE}\n{identity}\nfrom = 2023\nto = 2020"),
        none,
        "@.from: from is 2023; it must not be after to, 2020",
    );
    fault(
        "indicators = [\"gdp\", \"retail\"]\ntarget = \"equicorrelated\"",
        none,
        "@.target: the mean of all correlations of two series is the sample itself; at least three are needed (take the identity as target)",
    );
    fault(
        &format!("{THREE}\ntarget.block = [[\"gdp\", \"retail\"], [\"gdp\", \"jobs\"]]"),
        none,
        "@.target.block[1][0]: `gdp` stands in the groups twice (keep one of the two)\n\
         @.target.block[1][1]: `jobs` is not among the indicators correlated here (the indicators here are gdp, retail, rd)",
    );
    let walk = "process.random_walk = { drift = 1.0, volatility = 1.0 }";
    fault(
        &format!("{THREE}\n{identity}"),
        (walk, &format!("{walk}\ndriver.jobs = {{ elasticity = 0.5 }}")),
        "@.indicators[0]: `gdp` follows `jobs`, whose past growth is not known; what is left of `gdp` without it is needed (give `jobs` a `history`, or leave `gdp` out)",
    );
    fault(
        &format!("{THREE}\n{identity}"),
        (walk, "formula = \"retail\""),
        "@.indicators[0]: `gdp` is a formula and has no innovation that could be correlated (name the indicators that the formula is made of)",
    );
    // A history at fault is told once.
    fault(
        &format!("{THREE}\n{identity}"),
        ("2016 = 1.0", "2016 = nan"),
        "indicator.gdp.history.values.2016: the value of 2016 is NaN; it must be a finite number",
    );
    // Growth of exactly 1 a year.
    let steady = PLAN.split_once("history.values = {").unwrap().1.split_once('}').unwrap().0;
    fault(
        &format!("{THREE}\n{identity}"),
        (steady, "2020 = 4.0, 2021 = 5.0, 2022 = 6.0, 2023 = 7.0, 2024 = 8.0, 2025 = 9.0"),
        "@.indicators[0]: `gdp` is constant over the 5 years that it has in common with `retail`; a correlation needs it to change (give a longer history, or leave the series out)",
    );
}
