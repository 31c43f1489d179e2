//! What ends a run early.

use std::fmt::{self, Display};

use quarry_diagnostic::Diagnostic;

/// Why something could not be done.
#[derive(Debug)]
pub enum Failure {
    /// Something about a query text.
    Query {
        /// Where the text is from.
        name: String,
        /// The text.
        text: String,
        /// What was found; at least one error.
        diagnostics: Vec<Diagnostic>,
    },
    /// Anything else, one sentence.
    Other(String),
}

impl Failure {
    /// A failure told by another error, with what was being done.
    pub fn of(doing: impl Display, error: impl Display) -> Self {
        Self::Other(format!("{doing}: {error}"))
    }

    /// The failure in one line.
    #[must_use]
    pub fn message(&self) -> String {
        match self {
            Self::Query { name, diagnostics, .. } => {
                let first = diagnostics.iter().find(|found| found.is_error());
                format!("{name}: {}", first.map_or("cannot run", |found| found.message.as_str()))
            }
            Self::Other(message) => message.clone(),
        }
    }
}

impl Display for Failure {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.message())
    }
}

impl std::error::Error for Failure {}

/// A result that a [`Failure`] can end.
pub type Outcome<T> = Result<T, Failure>;
