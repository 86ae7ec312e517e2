//! What every method needs of a plan: inputs, goal, two independent sets of draws.

use super::cells::LEAST_PATHS;
use super::groups::{self, Correlated, Input};
use crate::analyse::goal::Success;
use crate::analyse::{About, Goal};
use crate::error::{Error, Fault, Result};
use crate::label::Label;
use crate::model::Model;
use crate::outcome::{Probability, format};
use crate::simulate::{Bits, Broken, Desk, Purpose, Simulation, Streams, Survey};

/// What was asked of which plan, and how likely it is.
#[derive(Debug, Clone, PartialEq)]
pub struct Asked {
    /// The plan, the paths (pairs of futures that are compared) and the seed.
    pub about: About,
    /// What has to be met.
    pub goal: Label,
    /// Probability of meeting the goal.
    pub probability: Probability,
}

/// Fewer hits, or misses, than this say too little of what they hang on.
const FEW: u64 = 50;

/// A plan under study.
pub(in crate::analyse) struct Study<'a> {
    pub(in crate::analyse) survey: Survey<'a>,
    pub(in crate::analyse) model: Model,
    pub(in crate::analyse) success: Success,
    pub(super) inputs: Vec<Input>,
    goal: Label,
}

impl<'a> Study<'a> {
    pub(in crate::analyse) fn new(
        simulation: &'a Simulation<'_>,
        goal: &Goal,
        what: &str,
        correlated: Correlated,
    ) -> Result<Self> {
        let survey = simulation.survey(what)?;
        survey.expect(1);
        if survey.paths < LEAST_PATHS {
            let problem = format!(
                "{} paths were asked for; {what} needs at least {}",
                format::count(survey.paths),
                format::count(LEAST_PATHS)
            );
            return Err(Error::Run(Fault::new("paths", problem).remedy("take 65 536 for a table")));
        }
        let scenario = survey.scenario;
        let mut model = Model::compile(scenario)?;
        let streams = Streams::new(&model, survey.seed, Purpose::Main);
        let targets = goal.positions(scenario)?;
        let inputs = groups::inputs(scenario, &model, &streams, &targets, correlated);
        model.keep(&targets);
        Ok(Self { success: goal.resolve(scenario)?, goal: goal.name(scenario)?, survey, model, inputs })
    }

    /// The draws of the run itself.
    pub(in crate::analyse) fn own(&self) -> Streams {
        Streams::new(&self.model, self.survey.seed, Purpose::Main)
    }

    /// Draws that are independent of those.
    pub(super) fn other(&self) -> Streams {
        Streams::new(&self.model, self.survey.seed, Purpose::Other)
    }

    /// The draws of the run itself with those of some inputs exchanged.
    pub(super) fn exchanged<'i>(&self, inputs: impl IntoIterator<Item = &'i Input>) -> Streams {
        let (mut streams, other) = (self.own(), self.other());
        inputs.into_iter().for_each(|input| streams.take(&other, &input.draws));
        streams
    }

    /// Positions of the inputs that the goal depends on.
    pub(super) fn reached(&self) -> Vec<usize> {
        (0..self.inputs.len()).filter(|k| self.inputs[*k].reaches).collect()
    }

    pub(super) fn desk(&self) -> Desk<'_> {
        Desk::new(&self.model, self.survey.seed, false)
    }

    /// The paths of a block on which the goal is met, under some draws.
    pub(super) fn met(
        &self,
        desk: &mut Desk<'_>,
        streams: &Streams,
        first: u64,
        len: usize,
    ) -> std::result::Result<Bits, Broken> {
        desk.simulate_with(streams, first, len)?;
        Ok(self.success.bits(&desk.workspace))
    }

    /// The question with its answer, from counted paths.
    ///
    /// # Errors
    /// [`Error::Question`] where the goal is met, or missed, so seldom that nothing can be said of why.
    pub(in crate::analyse) fn asked(&self, hits: u64) -> Result<Asked> {
        let (survey, paths) = (&self.survey, self.survey.paths);
        let probability = Probability::counted(hits, paths, survey.confidence);
        let misses = paths - hits;
        let name = &self.goal.en;
        if hits.min(misses) < FEW {
            let (what, rare) = if hits < FEW { ("met", hits) } else { ("missed", misses) };
            let on = match rare {
                0 => "none".to_owned(),
                1 => "only 1".to_owned(),
                n => format!("only {n}"),
            };
            let shown = format::percent_with_interval(&probability, crate::label::Language::En);
            let problem = format!(
                "{name}: {what} on {on} of the {} paths, so that P(met) is {shown}; that says too little of what \
                 it hangs on (at least {FEW} are needed)",
                format::count(paths)
            );
            let remedy = match rare {
                0 => "ask for a part of the goal, for instance the binding targets or one target".to_owned(),
                n => {
                    let enough = (1.5 * FEW as f64 / n as f64 * paths as f64).ceil() as u64;
                    format!("ask for about {} paths, or for a part of the goal", format::count(enough))
                }
            };
            return Err(Error::Question(Fault::new("goal", problem).remedy(remedy)));
        }
        Ok(Asked { about: About::of(survey), goal: self.goal.clone(), probability })
    }
}

/// Paths in one but not in both.
pub(super) fn differ(a: &Bits, b: &Bits) -> Bits {
    std::array::from_fn(|k| a[k] ^ b[k])
}

/// Paths in the first and not in the second.
pub(super) fn without(a: &Bits, b: &Bits) -> Bits {
    std::array::from_fn(|k| a[k] & !b[k])
}
