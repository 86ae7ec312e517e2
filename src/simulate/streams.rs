//! Which key addresses which draw: by the seed, the kind of draw and the name of what is drawn, never
//! by a position, so that an indicator added to a plan leaves the draws of the others alone.

use super::design::Design;
use crate::model::{Model, ParameterRule, ScoreCorrelation};
use crate::random::Key;

/// The keys of one run.
pub(crate) struct Streams {
    pub(crate) parameters: Vec<Option<Key>>,
    pub(crate) scores: Vec<Key>,
    /// What processes of the user's own draw from, a key a score.
    pub(crate) own: Vec<Key>,
    pub(crate) factors: Vec<Key>,
    /// The one score a path and year that all Student t laws share.
    pub(crate) tail: Key,
    /// Occurrence and severity.
    pub(crate) events: Vec<(Key, Key)>,
    pub(crate) regimes: Vec<Key>,
    /// Where paths depend on each other, it has the draws.
    pub(crate) design: Option<Design>,
}

/// What a run is for; each has draws of its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Purpose {
    /// The answer.
    Main,
    /// Where the histograms have to look.
    Pilot,
    /// The spread over parameters.
    Layers,
    /// How many paths a precision will take.
    Scout,
}

impl Streams {
    pub(crate) fn new(model: &Model, seed: u64, purpose: Purpose) -> Self {
        let prefix = match purpose {
            Purpose::Main => "",
            Purpose::Pilot => "pilot ",
            Purpose::Layers => "layers ",
            Purpose::Scout => "scout ",
        };
        let key = |domain: &str, name: &str| Key::new(seed, &format!("{prefix}{domain}"), name);
        let parameters = model.parameters.list.iter().map(|p| match p.rule {
            ParameterRule::Transform(_) | ParameterRule::Given { .. } | ParameterRule::Rank { .. } => {
                Some(key("parameter", &p.name))
            }
            ParameterRule::Sum { .. } | ParameterRule::Times { .. } | ParameterRule::Entry { .. } => None,
        });
        let factors = match &model.correlation {
            ScoreCorrelation::Factors { names, .. } => names.iter().map(|f| key("factor", f)).collect(),
            _ => Vec::new(),
        };
        Self {
            parameters: parameters.collect(),
            scores: model.scores.iter().map(|s| key("innovation", s)).collect(),
            own: model.scores.iter().map(|s| key("own", s)).collect(),
            factors,
            tail: key("tail", ""),
            events: model.events.iter().map(|e| (key("event", &e.name), key("severity", &e.name))).collect(),
            regimes: model.regimes.iter().map(|r| key("regime", &r.name)).collect(),
            design: None,
        }
    }
}
