//! The builder fills in the same draft as a file, and the same rules hold.

use super::*;
use crate::event::Event;
use crate::process::{Ar1Growth, DampedTrend, MeanReverting, RandomWalk, Step, StepView};
use crate::regime::Regime;
use crate::scenario::draft::{CorrelationDraft, Factor, IndicatorDraft, TargetDraft};
use crate::scenario::meant::Motion;

fn towns() -> crate::scenario::ScenarioBuilder {
    Scenario::builder("Two towns", 2025, 2030)
        .indicator(
            "gdp",
            IndicatorDraft::new("Real GDP", "100m yuan")
                .baseline(5615.3)
                .process(Ar1Growth::new(0.045, 0.3, 0.02).last_growth(0.056)),
        )
        .indicator(
            "retail",
            IndicatorDraft::new("Retail sales", "100m yuan")
                .baseline(Quantity::normal(1900.0, 30.0))
                .process(RandomWalk::new(0.01, 0.03))
                .lagged_driver("gdp", 0.6, 1),
        )
        .indicator(
            "rd",
            IndicatorDraft::new("R&D share", "%")
                .share(0.0, 10.0)
                .baseline(3.9)
                .process(MeanReverting::new(4.4, 0.3, 0.02)),
        )
        .factor("demand", Factor::new("Demand").load("gdp", 0.8).load("retail", 0.6))
        .correlation(CorrelationDraft::Factors)
        .event("trade", Event::new("Trade shock", 0.1).years(2027, 2029).load("gdp", -0.03))
        .regime(
            "world",
            Regime::new("World", [("calm", 1.0), ("crisis", 0.0)], vec![vec![0.9, 0.1], vec![0.4, 0.6]])
                .shift("gdp", [0.0, -0.03]),
        )
        .target("growth", TargetDraft::average_growth("gdp").at_least(0.05))
        .target("rd", TargetDraft::level("rd").about(4.2, 0.3).binding().year(2029))
        .target("pace", TargetDraft::keep_pace("retail", "gdp").tolerance(0.01))
        .target("all", TargetDraft::all(["growth", "rd", "pace"]).name("All"))
}

const FILE: &str = r#"
plancast = 1
correlation = "factors"
plan = { name = "Two towns", base_year = 2025, last_year = 2030 }
[indicator.gdp]
name = "Real GDP"
unit = "100m yuan"
baseline = 5615.3
process.ar1_growth = { drift = 0.045, persistence = 0.3, volatility = 0.02, last_growth = 0.056 }
[indicator.retail]
name = "Retail sales"
unit = "100m yuan"
baseline = { normal = { mean = 1900.0, sd = 30.0 } }
process.random_walk = { drift = 0.01, volatility = 0.03 }
driver.gdp = { elasticity = 0.6, lag = 1 }
[indicator.rd]
name = "R&D share"
unit = "%"
link.logit = { lower = 0.0, upper = 10.0 }
baseline = 3.9
process.mean_reverting = { level = 4.4, speed = 0.3, volatility = 0.02 }
[factor.demand]
name = "Demand"
load = { gdp = 0.8, retail = 0.6 }
[event.trade]
name = "Trade shock"
probability = 0.1
years = [2027, 2029]
severity = 1.0
load = { gdp = -0.03 }
[regime.world]
name = "World"
states = ["calm", "crisis"]
initial = [1.0, 0.0]
transition = [[0.9, 0.1], [0.4, 0.6]]
shift.gdp = [0.0, -0.03]
[target.growth]
indicator = "gdp"
measure = "average_growth"
at_least = 0.05
[target.rd]
indicator = "rd"
about = 4.2
tolerance = 0.3
nature = "binding"
year = 2029
[target.pace]
indicator = "retail"
measure = "keep_pace"
with = "gdp"
tolerance = 0.01
[target.all]
name = "All"
all = ["growth", "rd", "pace"]
"#;

#[test]
fn the_builder_writes_what_a_file_writes() {
    let file: Draft = toml::from_str(FILE).unwrap();
    let scenario = towns().build().unwrap();
    assert_eq!(*scenario.draft(), file);
}

#[test]
fn ids_given_twice_come_first_among_the_faults() {
    let faults = towns()
        .indicator("gdp", IndicatorDraft::new("Again", "1"))
        .target("growth", TargetDraft::level("gdp").at_least(1.0))
        .target("more", TargetDraft::level("jobs").at_least(1.0))
        .build()
        .unwrap_err();
    let Error::Scenario(faults) = faults else { panic!("faults of a scenario") };
    let found: Vec<String> =
        faults.iter().map(|fault| format!("{}: {}", fault.path, fault.problem)).collect();
    assert_eq!(
        found,
        [
            "indicator.gdp: the indicator `gdp` is added twice",
            "target.growth: the target `growth` is added twice",
            "target.more.indicator: there is no indicator `jobs`",
        ]
    );
}

#[derive(Debug)]
struct Own(f64);

impl Step for Own {
    fn parameters(&self) -> Vec<(String, Quantity)> {
        vec![("pull".into(), self.0.into())]
    }

    fn step(&self, view: &StepView<'_>, next: &mut [f64]) {
        next.copy_from_slice(view.state);
    }
}

#[test]
fn a_process_of_ones_own_is_checked_as_others_are() {
    let indicator = |pull: f64| IndicatorDraft::new("Own", "1").baseline(3.0).own_process(Own(pull));
    let scenario = towns().indicator("own", indicator(0.2)).build().unwrap();
    assert!(matches!(&scenario.indicators()["own"].motion, Motion::Process(moved) if moved.custom.is_some()));
    let twice = indicator(0.2).process(DampedTrend::new(0.1, 0.5, 0.0));
    for (own, expected) in [
        (indicator(f64::NAN), "indicator.own.custom.pull: pull is NaN; it must be a finite number"),
        (twice, "indicator.own: process and custom are given; it must be one of them"),
    ] {
        let Err(Error::Scenario(faults)) = towns().indicator("own", own).build() else { panic!("a fault") };
        let found: Vec<String> =
            faults.iter().map(|fault| format!("{}: {}", fault.path, fault.problem)).collect();
        assert_eq!(found, [expected]);
    }
}
