//! Why a run ended where it did.

use crate::label::{Label, Language};
use crate::outcome::format::count;

/// Why a run ended where it did.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Ending {
    /// All paths that were asked for were simulated.
    Complete,
    /// It was asked to stop; the paths that were complete by then count, with the bits of a run of just so many.
    Interrupted {
        /// Paths that were asked for.
        asked: u64,
    },
}

impl Ending {
    /// Whether the run was stopped before it was done.
    pub fn is_early(&self) -> bool {
        matches!(self, Self::Interrupted { .. })
    }

    /// What the reader of a result has to know of it, in a few words; none of a complete run.
    pub fn words(&self, language: Language) -> Option<String> {
        match self {
            Self::Complete => None,
            Self::Interrupted { asked } => {
                let asked = count(*asked);
                let en = format!("stopped early, {asked} paths were asked for");
                let words = Label::both(en, Some(format!("提前停止，原定 {asked} 条路径")));
                Some(words.get(language).to_owned())
            }
        }
    }
}
