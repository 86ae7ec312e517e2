//! Running a backtest: every model at every origin, in parallel, the same bits for any number of threads.

use super::events::Event;
use super::forecaster::{Draws, Forecaster};
use super::judge::{JOINT_PATHS, Judged, Score};
use super::protocol::{Protocol, Training, Truth};
use super::record::{Case, ModelRecord, Record};
use crate::error::{Error, Fault, Result};
use crate::panel::Panel;
use crate::threads;
use rayon::prelude::*;
use std::sync::atomic::{AtomicU64, Ordering};

/// How far a backtest is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Progress {
    /// Pairs of origin and model done.
    pub done: u64,
    /// Pairs in all.
    pub total: u64,
}

type Watcher<'a> = dyn Fn(Progress) + Sync + 'a;

/// A backtest of models on a panel in the latent state.
///
/// ```
/// use plancast::backtest::{Backtest, Protocol, reference};
/// use plancast::panel::Panel;
/// use plancast::prelude::*;
/// use plancast::series::Series;
///
/// // Two towns whose growth wavers.
/// let log = |town: i32| (0..40).map(move |k| (Year(1980 + k), 0.03 * f64::from(k) + 0.01 * f64::from((town + k) * k % 7)));
/// let panel = Panel::new([("a".to_owned(), Series::new(log(1))), ("b".to_owned(), Series::new(log(3)))])?;
///
/// let record = Backtest::new(&panel, Protocol::new(2005..=2012, 5)).run(&reference::closed_form())?;
/// let eb = record.summary("EB-AR", ..).expect("it was run");
/// assert_eq!(eb.cases, 16);
/// # Ok::<(), Error>(())
/// ```
pub struct Backtest<'a> {
    panel: &'a Panel,
    protocol: Protocol,
    seed: u64,
    threads: Option<usize>,
    events: Vec<Event>,
    watcher: Option<Box<Watcher<'a>>>,
}

impl<'a> Backtest<'a> {
    /// Seed 1, all threads, no events.
    pub fn new(panel: &'a Panel, protocol: Protocol) -> Self {
        Self { panel, protocol, seed: 1, threads: None, events: Vec::new(), watcher: None }
    }

    /// The seed of models that simulate; every number is as good as any other.
    #[must_use]
    pub fn seed(mut self, seed: u64) -> Self {
        self.seed = seed;
        self
    }

    /// Number of threads; all of the machine's when not called. The result does not depend on it.
    #[must_use]
    pub fn threads(mut self, threads: usize) -> Self {
        self.threads = Some(threads);
        self
    }

    /// An event whose probability is judged in every case.
    #[must_use]
    pub fn event(mut self, event: Event) -> Self {
        self.events.push(event);
        self
    }

    /// Is called now and then, from any thread, with how far the backtest is.
    #[must_use]
    pub fn on_progress(mut self, watcher: impl Fn(Progress) + Sync + 'a) -> Self {
        self.watcher = Some(Box::new(watcher));
        self
    }

    /// Runs it.
    ///
    /// # Errors
    /// [`Error::Run`] when the protocol or an option is out of range, no case is left, two models have one name, a model cannot
    /// learn or forecast, or its forecast is no law (the model, origin and unit are named).
    pub fn run<F: Forecaster>(&self, models: &[F]) -> Result<Record> {
        self.check(models)?;
        threads::with(self.threads, || self.run_all(models))
    }

    fn check<F: Forecaster>(&self, models: &[F]) -> Result<()> {
        self.protocol.check()?;
        if models.is_empty() {
            return Err(Error::Run(Fault::new("models", "no model was given").remedy("give one or more")));
        }
        for (k, model) in models.iter().enumerate() {
            if models[..k].iter().any(|other| other.name() == model.name()) {
                return Err(Error::Run(
                    Fault::new("models", format!("two models are called `{}`", model.name()))
                        .remedy("give each a name of its own"),
                ));
            }
        }
        threads::check(self.threads)
    }

    fn run_all<F: Forecaster>(&self, models: &[F]) -> Result<Record> {
        let origins: Vec<_> = self.protocol.origins().collect();
        let known: Vec<(Training<'a>, Vec<Truth>)> = origins
            .into_par_iter()
            .map(|origin| {
                let training = self.protocol.training(self.panel, origin);
                let truths = self.protocol.truths(self.panel, &training);
                (training, truths)
            })
            .filter(|(_, truths)| !truths.is_empty())
            .collect();
        if known.is_empty() {
            let fault =
                Fault::new("protocol", "no unit of the panel has both the history and the outcome asked for");
            return Err(Error::Run(fault.remedy("check origins, horizon and `fewest` against the panel")));
        }

        // Results come back in the order of the tasks, whoever did them.
        let done = AtomicU64::new(0);
        let total = (known.len() * models.len()) as u64;
        let scores: Vec<Result<Vec<Score>>> = (0..known.len() * models.len())
            .into_par_iter()
            .map(|task| {
                let (training, truths) = &known[task % known.len()];
                let scores = self.judge(&models[task / known.len()], training, truths);
                let done = done.fetch_add(1, Ordering::Relaxed) + 1;
                if let Some(watcher) = &self.watcher {
                    watcher(Progress { done, total });
                }
                scores
            })
            .collect();
        let mut scores = scores.into_iter();
        let mut records = Vec::with_capacity(models.len());
        for model in models {
            let mut all = Vec::new();
            for part in scores.by_ref().take(known.len()) {
                all.extend(part?);
            }
            records.push(ModelRecord { name: model.name().to_owned(), scores: all });
        }
        let cases =
            known.iter().flat_map(|(training, truths)| truths.iter().map(|truth| case(training, truth)));
        Ok(Record {
            protocol: self.protocol,
            seed: self.seed,
            events: self.events.clone(),
            cases: cases.collect(),
            models: records,
        })
    }

    /// The scores of one model at one origin, case by case.
    fn judge<F: Forecaster>(
        &self,
        model: &F,
        training: &Training<'_>,
        truths: &[Truth],
    ) -> Result<Vec<Score>> {
        let draws = Draws { seed: self.seed, model: model.name(), origin: training.origin };
        let fitted = model.fit(training, draws).map_err(|error| at(error, model.name(), training, None))?;
        let one = |truth: &Truth| {
            let unit = &training.units[truth.unit];
            let place = Some(unit.name);
            let named = |error| at(error, model.name(), training, place);
            let forecast = fitted.forecast(truth.unit).map_err(named)?;
            let paths = fitted.paths(truth.unit, JOINT_PATHS).map_err(named)?;
            let events: Vec<f64> = self.events.iter().map(|event| unit.state + event.change).collect();
            let score = Judged::new(forecast, training.horizon)
                .and_then(|law| law.with_paths(paths, training.horizon))
                .and_then(|law| law.score(&truth.path, &events));
            score.ok_or_else(|| {
                let problem = "the forecast cannot be scored; a law has finite parameters within their range, a sample \
                               two or more finite values, paths as many values a path as the horizon has years";
                at(Error::Run(Fault::new("forecast", problem)), model.name(), training, place)
            })
        };
        truths.iter().map(one).collect()
    }
}

fn case(training: &Training<'_>, truth: &Truth) -> Case {
    let unit = &training.units[truth.unit];
    Case {
        unit: unit.name.to_owned(),
        origin: training.origin,
        increments: unit.increments.len(),
        start: unit.state,
        // The last year of a truth is observed.
        outcome: truth.path.last().copied().flatten().unwrap_or(unit.state),
    }
}

/// An error of a model with where it was met.
fn at(error: Error, model: &str, training: &Training<'_>, unit: Option<&str>) -> Error {
    match error {
        Error::Run(mut fault) => {
            let unit = unit.map_or(String::new(), |unit| format!(", {unit}"));
            fault.path = format!("{model}, origin {}{unit}: {}", training.origin, fault.path);
            Error::Run(fault)
        }
        other => other,
    }
}
