//! Which key addresses which draw: by the seed, the kind of draw and the name of what is drawn, never
//! by a position, so that an indicator added to a plan leaves the draws of the others alone.

use super::design::Design;
use crate::model::{Draw, Model, ParameterRule, ScoreCorrelation};
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
    /// What is the same on all paths instead of being drawn.
    pub(crate) held: Vec<Held>,
    /// Takes the place of the model's correlation: another order of the same scores.
    pub(crate) correlation: Option<ScoreCorrelation>,
}

/// A draw that is the same on all paths.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum Held {
    /// The normal score of a parameter, or the uniform number of a row of a table.
    Parameter(usize, f64),
    /// A shock, in every year.
    Score(usize, f64),
    /// A common factor, in every year.
    Factor(usize, f64),
    /// The score that all Student t laws share, in every year.
    Tail(f64),
    /// The event does not happen.
    NoEvent(usize),
    /// A regime stays in a state.
    Regime(usize, usize),
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
    /// Draws independent of those of the answer, to be exchanged with them one by one.
    Other,
    /// Other futures of the same parameters and baselines, one set a number.
    Again(u32),
    /// Paths that are led to where success is.
    Rare,
}

impl Streams {
    pub(crate) fn new(model: &Model, seed: u64, purpose: Purpose) -> Self {
        let prefix = match purpose {
            Purpose::Main => String::new(),
            Purpose::Pilot => "pilot ".into(),
            Purpose::Layers => "layers ".into(),
            Purpose::Scout => "scout ".into(),
            Purpose::Other => "other ".into(),
            Purpose::Again(number) => format!("again {number} "),
            Purpose::Rare => "rare ".into(),
        };
        let key = |domain: &str, name: &str| Key::new(seed, &format!("{prefix}{domain}"), name);
        let known = |name: &str| match purpose {
            Purpose::Again(_) => Key::new(seed, "parameter", name),
            _ => key("parameter", name),
        };
        let parameters = model.parameters.list.iter().map(|p| match p.rule {
            ParameterRule::Transform(_) | ParameterRule::Given { .. } | ParameterRule::Rank { .. } => {
                Some(known(&p.name))
            }
            ParameterRule::Sum { .. }
            | ParameterRule::Both { .. }
            | ParameterRule::Times { .. }
            | ParameterRule::Entry { .. } => None,
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
            held: Vec::new(),
            correlation: None,
        }
    }

    /// Takes some draws from others.
    pub(crate) fn take(&mut self, from: &Self, draws: &[Draw]) {
        for draw in draws {
            match *draw {
                Draw::Parameter(k) => self.parameters[k] = from.parameters[k],
                Draw::Score(k) => (self.scores[k], self.own[k]) = (from.scores[k], from.own[k]),
                Draw::Factor(k) => self.factors[k] = from.factors[k],
                Draw::Tail => self.tail = from.tail,
                Draw::Event(k) => self.events[k] = from.events[k],
                Draw::Regime(k) => self.regimes[k] = from.regimes[k],
            }
        }
    }
}
