//! Names and units in the languages that results are shown in.
//!
//! Layer 0.

use serde::{Deserialize, Serialize};

/// The language of printed results and charts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Language {
    /// English.
    #[default]
    En,
    /// Chinese (simplified).
    Zh,
}

impl Language {
    /// The one of the two that is in this language.
    pub fn say<T>(self, en: T, zh: T) -> T {
        match self {
            Self::En => en,
            Self::Zh => zh,
        }
    }
}

/// A text in English and, where the scenario gives it, in Chinese.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Label {
    /// English.
    pub en: String,
    /// Chinese; falls back to English.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub zh: Option<String>,
}

impl Label {
    /// A text in English only.
    pub fn new(en: impl Into<String>) -> Self {
        Self { en: en.into(), zh: None }
    }

    /// A text in both languages.
    pub fn both(en: impl Into<String>, zh: Option<String>) -> Self {
        Self { en: en.into(), zh }
    }

    /// The text in a language, in English where there is no other.
    pub fn get(&self, language: Language) -> &str {
        match (language, &self.zh) {
            (Language::Zh, Some(zh)) => zh,
            _ => &self.en,
        }
    }
}

/// In English only.
impl From<&str> for Label {
    fn from(text: &str) -> Self {
        Self::new(text)
    }
}
