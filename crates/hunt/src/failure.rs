//! What ends a run early.

use std::{
    fmt::{self, Display},
    io,
};

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
    /// Whoever read the output has had enough, as `head` has.
    ReaderGone,
    /// Anything else, one sentence.
    Other(String),
}

impl Failure {
    /// A failure told by another error, with what was being done.
    pub fn of(doing: impl Display, error: impl Display) -> Self {
        Self::Other(format!("{doing}: {error}"))
    }

    /// A failure to write output.
    #[must_use]
    #[allow(clippy::needless_pass_by_value)] // for `map_err`
    pub fn writing(error: io::Error) -> Self {
        // A writer over another may keep no kind, only the text.
        let gone = error.kind() == io::ErrorKind::BrokenPipe || error.to_string().contains("Broken pipe");
        if gone { Self::ReaderGone } else { Self::of("cannot write", error) }
    }

    /// The failure in one line.
    #[must_use]
    pub fn message(&self) -> String {
        match self {
            Self::Query { name, diagnostics, .. } => {
                let first = diagnostics.iter().find(|found| found.is_error());
                format!("{name}: {}", first.map_or("cannot run", |found| found.message.as_str()))
            }
            Self::ReaderGone => "the reader of the output is gone".to_owned(),
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
