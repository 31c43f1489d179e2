//! How grave an alert is.

use std::{fmt, str::FromStr};

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// How grave an alert is, from least to most.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    /// For the record.
    Informational,
    /// Worth a look in passing.
    Low,
    /// Worth a look today.
    Medium,
    /// Worth a look now.
    High,
    /// Worth waking someone.
    Critical,
}

impl Severity {
    /// The word in lower case.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Informational => "informational",
            Self::Low => "low",
            Self::Medium => "medium",
            Self::High => "high",
            Self::Critical => "critical",
        }
    }
}

impl fmt::Display for Severity {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.pad(self.word())
    }
}

impl FromStr for Severity {
    type Err = ();

    /// Reads the word in any case; `info` is short for `informational`.
    fn from_str(text: &str) -> Result<Self, ()> {
        let word = text.trim().to_lowercase();
        let all = [Self::Informational, Self::Low, Self::Medium, Self::High, Self::Critical];
        match word.as_str() {
            "info" => Ok(Self::Informational),
            word => all.into_iter().find(|severity| severity.word() == word).ok_or(()),
        }
    }
}
