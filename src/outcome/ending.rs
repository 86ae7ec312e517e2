//! Why a run ended where it did.

use crate::label::Language;
use crate::outcome::format::count;

/// Why a run ended where it did.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Ending {
    /// All paths that were asked for were simulated.
    Complete,
    /// Everything that had to be precise was precise enough.
    Sure,
    /// The most paths that it could have were not enough for the precision asked for.
    Capped,
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
        let say = |en: &str, zh: &str| match language {
            Language::En => Some(en.to_owned()),
            Language::Zh => Some(zh.to_owned()),
        };
        match self {
            Self::Complete => None,
            Self::Sure => say("as many as the precision takes", "达到所要求的精度即止"),
            Self::Capped => say("not as precise as asked for", "未达到所要求的精度"),
            Self::Interrupted { asked } => {
                let asked = count(*asked);
                let en = format!("stopped early, {asked} paths were asked for");
                say(&en, &format!("提前停止，原定 {asked} 条路径"))
            }
        }
    }
}
