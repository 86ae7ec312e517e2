//! What an analysis was made of: what stands in the caption of its chart and at the head of its table.

use crate::label::Label;
use crate::simulate::Survey;

/// The plan, the paths and the seed of an analysis.
#[derive(Debug, Clone, PartialEq, serde::Serialize)]
pub struct About {
    /// Name of the plan.
    pub plan: Label,
    /// Name of the variant, where one was laid over it.
    pub variant: Option<Label>,
    /// Where the plan is from.
    pub source: Option<Label>,
    /// Number of paths.
    pub paths: u64,
    /// Seed of their draws.
    pub seed: u64,
    /// Confidence level of every interval of the Monte Carlo error, for instance 0.95.
    pub confidence: f64,
}

impl About {
    pub(crate) fn of(survey: &Survey<'_>) -> Self {
        let scenario = survey.scenario;
        Self {
            plan: scenario.name.clone(),
            variant: scenario.variant.as_ref().map(|id| scenario.variant_name(id)),
            source: scenario.source.clone(),
            paths: survey.paths,
            seed: survey.seed,
            confidence: survey.confidence,
        }
    }
}
