//! Writing a scenario in Rust.
//!
//! Layer 3. The builder fills in the same [`Draft`] as a file does, and the same [`Draft::validate`] checks it.

use super::draft::*;
use super::lever::Lever;
use super::meant::Scenario;
use crate::error::{Fault, Faults, Result};
use crate::event::Event;
use crate::evidence::Evidence;
use crate::history::{History, HistoryForm};
use crate::innovation::Innovation;
use crate::label::Label;
use crate::link::{Bounds, Link};
use crate::process::{Process, Step};
use crate::quantity::Quantity;
use crate::regime::Regime;
use crate::target::{Measure, Measured, Nature, Side};
use crate::time::Year;
use indexmap::IndexMap;
use std::path::PathBuf;
use std::sync::Arc;

/// A scenario being written; see [`Scenario::builder`].
#[derive(Debug, Clone)]
#[must_use = "a scenario comes out of `build`"]
pub struct ScenarioBuilder {
    draft: Draft,
    twice: Faults,
}

impl Scenario {
    /// A scenario written in Rust: name of the plan, base year, last year.
    ///
    /// ```
    /// use plancast::process::{Ar1Growth, RandomWalk};
    /// use plancast::quantity::Quantity;
    /// use plancast::scenario::{CorrelationDraft, IndicatorDraft, Scenario, TargetDraft};
    ///
    /// let scenario = Scenario::builder("Two towns", 2025, 2030)
    ///     .indicator(
    ///         "gdp",
    ///         IndicatorDraft::new("Real GDP", "100m yuan")
    ///             .baseline(5615.3)
    ///             .process(Ar1Growth::new(0.045, 0.3, 0.02).last_growth(0.056)),
    ///     )
    ///     .indicator(
    ///         "employment",
    ///         IndicatorDraft::new("Employed persons", "10k persons")
    ///             .baseline(Quantity::normal(132.0, 2.0))
    ///             .process(RandomWalk::new(0.0, 0.01))
    ///             .driver("gdp", 0.4),
    ///     )
    ///     .indicator("productivity", IndicatorDraft::new("Output per person", "10k yuan").formula("gdp / employment"))
    ///     .correlation(CorrelationDraft::Independent)
    ///     .target("growth", TargetDraft::average_growth("gdp").at_least(0.05))
    ///     .target("productivity", TargetDraft::level("productivity").at_least(50.0).year(2030).binding())
    ///     .target("both", TargetDraft::all(["growth", "productivity"]).name("All targets"))
    ///     .build()?;
    ///
    /// assert_eq!(scenario.targets().len(), 3);
    /// # Ok::<(), plancast::error::Error>(())
    /// ```
    pub fn builder(name: impl Into<String>, base_year: i32, last_year: i32) -> ScenarioBuilder {
        ScenarioBuilder {
            draft: Draft {
                plancast: FORMAT,
                extends: None,
                plan: Plan {
                    name: name.into(),
                    name_zh: None,
                    base_year: Year(base_year),
                    last_year: Year(last_year),
                    about: None,
                    source: None,
                    source_zh: None,
                },
                indicator: IndexMap::new(),
                factor: IndexMap::new(),
                correlation: None,
                event: IndexMap::new(),
                regime: IndexMap::new(),
                lever: IndexMap::new(),
                target: IndexMap::new(),
                variant: IndexMap::new(),
            },
            twice: Faults::new(),
        }
    }
}

impl ScenarioBuilder {
    /// The name in Chinese.
    pub fn name_zh(mut self, name: impl Into<String>) -> Self {
        self.draft.plan.name_zh = Some(name.into());
        self
    }

    /// What the scenario is, in a few sentences.
    pub fn about(mut self, about: impl Into<String>) -> Self {
        self.draft.plan.about = Some(about.into());
        self
    }

    /// Where the plan is from; in Chinese as well where the label has it.
    pub fn source(mut self, source: Label) -> Self {
        self.draft.plan.source = Some(source.en);
        self.draft.plan.source_zh = source.zh;
        self
    }

    /// Adds an indicator.
    pub fn indicator(mut self, id: impl Into<String>, indicator: IndicatorDraft) -> Self {
        add(&mut self.draft.indicator, &mut self.twice, "indicator", id.into(), indicator);
        self
    }

    /// Adds a common factor of the yearly innovations.
    pub fn factor(mut self, id: impl Into<String>, factor: Factor) -> Self {
        add(&mut self.draft.factor, &mut self.twice, "factor", id.into(), factor);
        self
    }

    /// How the yearly innovations are correlated.
    pub fn correlation(mut self, correlation: CorrelationDraft) -> Self {
        self.draft.correlation = Some(correlation);
        self
    }

    /// Adds a shock that may happen.
    pub fn event(mut self, id: impl Into<String>, event: Event) -> Self {
        add(&mut self.draft.event, &mut self.twice, "event", id.into(), event);
        self
    }

    /// Adds a chain of states of the world.
    pub fn regime(mut self, id: impl Into<String>, regime: Regime) -> Self {
        add(&mut self.draft.regime, &mut self.twice, "regime", id.into(), regime);
        self
    }

    /// Adds something that money can be spent on.
    pub fn lever(mut self, id: impl Into<String>, lever: Lever) -> Self {
        add(&mut self.draft.lever, &mut self.twice, "lever", id.into(), lever);
        self
    }

    /// Adds a target.
    pub fn target(mut self, id: impl Into<String>, target: TargetDraft) -> Self {
        add(&mut self.draft.target, &mut self.twice, "target", id.into(), target);
        self
    }

    /// The scenario as written so far, for instance to write it to a file.
    pub fn draft(&self) -> &Draft {
        &self.draft
    }

    /// The scenario as meant.
    ///
    /// # Errors
    /// Every fault of the scenario at once, as [`Draft::validate`]; and ids that were given twice.
    pub fn build(self) -> Result<Scenario> {
        self.draft.validate_after(self.twice)
    }
}

fn add<T>(map: &mut IndexMap<String, T>, twice: &mut Faults, kind: &str, id: String, value: T) {
    if map.contains_key(&id) {
        let fault = Fault::new(format!("{kind}.{id}"), format!("the {kind} `{id}` is added twice"));
        twice.push(fault.remedy("give each its own id"));
    } else {
        map.insert(id, value);
    }
}

impl IndicatorDraft {
    /// An indicator with its name and unit.
    pub fn new(name: impl Into<String>, unit: impl Into<String>) -> Self {
        Self { name: name.into(), unit: unit.into(), ..Self::default() }
    }

    /// Name and unit in Chinese.
    #[must_use]
    pub fn zh(mut self, name: impl Into<String>, unit: impl Into<String>) -> Self {
        self.name_zh = Some(name.into());
        self.unit_zh = Some(unit.into());
        self
    }

    /// The link between level and state; log when not set.
    #[must_use]
    pub fn link(mut self, link: Link) -> Self {
        self.link = link;
        self
    }

    /// A share between two bounds: the logit link.
    #[must_use]
    pub fn share(self, lower: f64, upper: f64) -> Self {
        self.link(Link::Logit(Bounds { lower, upper }))
    }

    /// The level in the base year, in the unit.
    #[must_use]
    pub fn baseline(mut self, baseline: impl Into<Quantity>) -> Self {
        self.baseline = Some(baseline.into());
        self
    }

    /// How it moves by itself.
    #[must_use]
    pub fn process(mut self, process: impl Into<Process>) -> Self {
        self.process = Some(process.into());
        self
    }

    /// A process of the user's own instead.
    #[must_use]
    pub fn own_process(mut self, process: impl Step + 'static) -> Self {
        self.custom = Some(OwnProcess(Arc::new(process)));
        self
    }

    /// A formula over the levels of other indicators instead: `gdp / employment`.
    #[must_use]
    pub fn formula(mut self, formula: impl Into<String>) -> Self {
        self.formula = Some(formula.into());
        self
    }

    /// The law of its yearly innovation; normal when not set.
    #[must_use]
    pub fn innovation(mut self, innovation: Innovation) -> Self {
        self.innovation = Some(innovation);
        self
    }

    /// Follows the growth of another indicator in the same year.
    #[must_use]
    pub fn driver(self, id: impl Into<String>, elasticity: impl Into<Quantity>) -> Self {
        self.lagged_driver(id, elasticity, 0)
    }

    /// Follows the growth of another indicator, so many years later.
    #[must_use]
    pub fn lagged_driver(mut self, id: impl Into<String>, elasticity: impl Into<Quantity>, lag: u32) -> Self {
        self.driver.insert(id.into(), Driver { elasticity: elasticity.into(), lag });
        self
    }

    /// Its past.
    #[must_use]
    pub fn history(mut self, history: History) -> Self {
        self.history = Some(history);
        self
    }

    /// Where its numbers are from and how far they can be trusted, unless they say otherwise.
    #[must_use]
    pub fn evidence(mut self, evidence: Evidence, source: impl Into<String>) -> Self {
        self.evidence = Some(evidence);
        self.source = Some(source.into());
        self
    }
}

impl History {
    /// Levels, or growth in per cent, year by year.
    pub fn values(form: HistoryForm, values: impl IntoIterator<Item = (i32, f64)>) -> Self {
        let values = values.into_iter().map(|(year, value)| (year.to_string(), value)).collect();
        Self { form, values: Some(values), ..Self::default() }
    }

    /// Levels of a series of a CSV file.
    pub fn file(file: impl Into<PathBuf>, series: impl Into<String>) -> Self {
        Self { file: Some(file.into()), series: Some(series.into()), ..Self::default() }
    }
}

impl CorrelationDraft {
    /// Estimated with shrinkage from all years of the histories of these indicators.
    pub fn shrunk<'a>(indicators: impl IntoIterator<Item = &'a str>, target: ShrunkTarget) -> Self {
        let indicators = indicators.into_iter().map(str::to_owned).collect();
        Self::Shrunk(ShrunkDraft { indicators, target, from: None, to: None })
    }
}

impl Factor {
    /// A factor without loads.
    pub fn new(name: impl Into<String>) -> Self {
        Self { name: name.into(), name_zh: None, load: IndexMap::new(), source: None, evidence: None }
    }

    /// The correlation of an indicator's innovation with the factor.
    #[must_use]
    pub fn load(mut self, indicator: impl Into<String>, load: f64) -> Self {
        self.load.insert(indicator.into(), load);
        self
    }
}

/// A measure of one indicator; the condition follows, as in `TargetDraft::level("rd").at_least(4.0)`.
macro_rules! measures {
    ($($(#[$doc:meta])* $name:ident => $measure:ident;)*) => {$(
        $(#[$doc])*
        pub fn $name(indicator: impl Into<String>) -> Self {
            Self { indicator: Some(indicator.into()), measure: Measure::$measure, ..Self::default() }
        }
    )*};
}

impl TargetDraft {
    measures! {
        /// The level at the year.
        level => Level;
        /// The geometric average growth since the base year, as a share a year.
        average_growth => AverageGrowth;
        /// The arithmetic average of the yearly growth rates.
        average_growth_arithmetic => AverageGrowthArithmetic;
        /// The sum of the yearly flows after the base year.
        cumulative => Cumulative;
        /// The relative change since the base year, as a share.
        change => Change;
        /// The absolute change since the base year.
        difference => Difference;
        /// The condition holds in each year.
        every_year => EveryYear;
    }

    /// The average growth of an indicator is not below that of another, less a tolerance where one is set.
    pub fn keep_pace(indicator: impl Into<String>, with: impl Into<String>) -> Self {
        Self {
            indicator: Some(indicator.into()),
            with: Some(with.into()),
            measure: Measure::KeepPace,
            ..Self::default()
        }
    }

    /// A measure of the user's own.
    pub fn own(measure: impl Measured + 'static) -> Self {
        Self { custom: Some(OwnMeasure(Arc::new(measure))), ..Self::default() }
    }

    /// Met when all of these targets are.
    pub fn all<I: Into<String>>(targets: impl IntoIterator<Item = I>) -> Self {
        Self { all: Some(targets.into_iter().map(Into::into).collect()), ..Self::default() }
    }

    /// Met when one of these targets is.
    pub fn any<I: Into<String>>(targets: impl IntoIterator<Item = I>) -> Self {
        Self { any: Some(targets.into_iter().map(Into::into).collect()), ..Self::default() }
    }

    /// Met when at least `k` of these targets are.
    pub fn at_least_k<I: Into<String>>(k: usize, targets: impl IntoIterator<Item = I>) -> Self {
        let of = targets.into_iter().map(Into::into).collect();
        Self { at_least_k: Some(AtLeastK { k, of }), ..Self::default() }
    }

    /// The measure must be at least this.
    #[must_use]
    pub fn at_least(mut self, bound: impl Into<Quantity>) -> Self {
        self.at_least = Some(bound.into());
        self
    }

    /// The measure must be at most this.
    #[must_use]
    pub fn at_most(mut self, bound: impl Into<Quantity>) -> Self {
        self.at_most = Some(bound.into());
        self
    }

    /// The measure must be about this, within a tolerance in its unit.
    #[must_use]
    pub fn about(mut self, value: impl Into<Quantity>, tolerance: impl Into<Quantity>) -> Self {
        self.about = Some(value.into());
        self.tolerance = Some(tolerance.into());
        self
    }

    /// How far behind still keeps pace, as a share a year.
    #[must_use]
    pub fn tolerance(mut self, tolerance: impl Into<Quantity>) -> Self {
        self.tolerance = Some(tolerance.into());
        self
    }

    /// The side of `about` that counts.
    #[must_use]
    pub fn side(mut self, side: Side) -> Self {
        self.side = Some(side);
        self
    }

    /// The boundary itself does not count as met.
    #[must_use]
    pub fn strict(mut self) -> Self {
        self.strict = true;
        self
    }

    /// The year as at which it is measured; the last one when not set.
    #[must_use]
    pub fn year(mut self, year: i32) -> Self {
        self.year = Some(Year(year));
        self
    }

    /// The unit of the measure, where it is not that of the indicator: of a measure of the user's own.
    #[must_use]
    pub fn unit(mut self, unit: impl Into<String>) -> Self {
        self.unit = Some(unit.into());
        self
    }

    /// The name; the indicator's when not set.
    #[must_use]
    pub fn name(mut self, name: impl Into<String>) -> Self {
        self.name = Some(name.into());
        self
    }

    /// The name in Chinese.
    #[must_use]
    pub fn name_zh(mut self, name: impl Into<String>) -> Self {
        self.name_zh = Some(name.into());
        self
    }

    /// The number in the plan.
    #[must_use]
    pub fn number(mut self, number: u32) -> Self {
        self.number = Some(number);
        self
    }

    /// The government is answerable for it; anticipatory when not set.
    #[must_use]
    pub fn binding(mut self) -> Self {
        self.nature = Nature::Binding;
        self
    }

    /// The level above assigns the value; the one given is assumed.
    #[must_use]
    pub fn assigned(mut self) -> Self {
        self.assigned = true;
        self
    }

    /// Where it is from and the grade of its bound.
    #[must_use]
    pub fn evidence(mut self, evidence: Evidence, source: impl Into<String>) -> Self {
        self.evidence = Some(evidence);
        self.source = Some(source.into());
        self
    }
}
