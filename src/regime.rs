//! Regimes: a Markov chain of states of the world that shifts growth and scales volatility.
//!
//! Layer 2.

use crate::evidence::Evidence;
use indexmap::IndexMap;
use serde::{Deserialize, Serialize};

/// A Markov chain with yearly transitions.
///
/// ```text
/// P(S[t] = k | S[t-1] = j) = transition[j][k],   S[t0] ~ initial
/// dx[i,t] gains shift_i[S[t]];   sigma[i,t] is multiplied by scale_i[S[t]]
/// ```
///
/// **Limiting cases.** One state: a constant shift; equal rows: independent years (a mixture).
/// **Reference.** Hamilton (1989), Econometrica 57(2).
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Regime {
    /// Name in English.
    pub name: String,
    /// Name in Chinese.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name_zh: Option<String>,
    /// Names of the states.
    pub states: Vec<String>,
    /// Probability of each state in the base year; sums to 1.
    pub initial: Vec<f64>,
    /// One row a state: probabilities of the states of the next year; each row sums to 1.
    pub transition: Vec<Vec<f64>>,
    /// Per indicator, what each state adds to its yearly growth (in its latent state).
    #[serde(default, skip_serializing_if = "IndexMap::is_empty")]
    pub shift: IndexMap<String, Vec<f64>>,
    /// Per indicator, what each state multiplies its volatility with, >= 0.
    #[serde(default, skip_serializing_if = "IndexMap::is_empty")]
    pub scale: IndexMap<String, Vec<f64>>,
    /// Where its numbers are from.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub source: Option<String>,
    /// Grade of its numbers.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub evidence: Option<Evidence>,
}

impl Regime {
    /// States with their probabilities in the base year and their yearly transitions, one row a state.
    pub fn new<S: Into<String>>(
        name: impl Into<String>,
        states: impl IntoIterator<Item = (S, f64)>,
        transition: Vec<Vec<f64>>,
    ) -> Self {
        let (states, initial) = states.into_iter().map(|(state, p)| (state.into(), p)).unzip();
        Self {
            name: name.into(),
            name_zh: None,
            states,
            initial,
            transition,
            shift: IndexMap::new(),
            scale: IndexMap::new(),
            source: None,
            evidence: None,
        }
    }

    /// What each state adds to the yearly growth of an indicator.
    #[must_use]
    pub fn shift(mut self, indicator: impl Into<String>, by_state: impl Into<Vec<f64>>) -> Self {
        self.shift.insert(indicator.into(), by_state.into());
        self
    }

    /// What each state multiplies the volatility of an indicator with.
    #[must_use]
    pub fn scale(mut self, indicator: impl Into<String>, by_state: impl Into<Vec<f64>>) -> Self {
        self.scale.insert(indicator.into(), by_state.into());
        self
    }
}
