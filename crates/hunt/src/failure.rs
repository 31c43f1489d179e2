//! What ends a run early.

use std::{
    fmt::{self, Display},
    io,
    path::Path,
};

use quarry_diagnostic::{Diagnostic, Span, line_column};
use quarry_engine::EngineError;
use quarry_language_definition::LoadError;
use quarry_languages::Language;
use quarry_logs::ListError;
use quarry_pack::PackError;

/// The query is in a language that is not run.
pub(crate) const NOT_RUN: &str = "RUN002";

/// Letters of a query that a failure shows.
const LONGEST_PART: usize = 60;

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
    /// The query is in a language that is not run.
    NotRun(Language),
    /// What was asked for cannot be done: a name that is not known, a value that is none, options that exclude each
    /// other.
    Usage(String),
    /// A file or stream cannot be read.
    Read {
        /// Which.
        what: String,
        /// What the system says.
        reason: String,
    },
    /// A file or stream cannot be written.
    Write {
        /// Which.
        what: String,
        /// What the system says.
        reason: String,
    },
    /// A file was read and is not what it should be.
    Content(String),
    /// Something that queries refer to cannot be loaded.
    Resource(LoadError),
    /// The views cannot be loaded.
    Views(quarry_views::LoadError),
    /// Logs cannot be listed.
    Logs(ListError),
    /// Something about a pack or a file of rules.
    Pack(PackError),
    /// A plan cannot be run.
    Engine {
        /// The detection it is of, or what was being done.
        of: Option<String>,
        /// Why.
        error: EngineError,
    },
    /// What should always work does not: starting threads, writing down what is in memory.
    Inner {
        /// What was being done.
        doing: &'static str,
        /// Why it failed.
        reason: String,
    },
}

impl Failure {
    /// A file or stream cannot be read.
    pub fn reading(what: impl Display, error: impl Display) -> Self {
        Self::Read { what: what.to_string(), reason: error.to_string() }
    }

    /// A file cannot be read.
    pub fn reading_file(path: &Path, error: impl Display) -> Self {
        Self::reading(format!("`{}`", path.display()), error)
    }

    /// A file or stream cannot be written.
    pub fn writing_to(what: impl Display, error: impl Display) -> Self {
        Self::Write { what: what.to_string(), reason: error.to_string() }
    }

    /// A file cannot be written.
    pub fn writing_file(path: &Path, error: impl Display) -> Self {
        Self::writing_to(format!("`{}`", path.display()), error)
    }

    /// A failure to write output.
    #[must_use]
    #[allow(clippy::needless_pass_by_value)] // for `map_err`
    pub fn writing(error: io::Error) -> Self {
        // A writer over another may keep no kind, only the text.
        let gone = error.kind() == io::ErrorKind::BrokenPipe || error.to_string().contains("Broken pipe");
        if gone { Self::ReaderGone } else { Self::writing_to("the output", error) }
    }

    /// The same, said of a part of a query if it is of none yet.
    #[must_use]
    pub fn of_part(self, text: &str, span: Span) -> Self {
        let part = text.get(span.start..span.end).map(str::trim).filter(|part| !part.is_empty());
        match (self, part) {
            (Self::Engine { of: None, error }, Some(part)) => {
                let short: String = part.chars().take(LONGEST_PART).collect();
                let cut = if short.len() < part.len() { "…" } else { "" };
                Self::Engine { of: Some(format!("`{short}{cut}`")), error }
            }
            (failure, _) => failure,
        }
    }

    /// What should always work does not.
    pub fn inner(doing: &'static str, error: impl Display) -> Self {
        Self::Inner { doing, reason: error.to_string() }
    }

    /// A plan of something cannot be run.
    pub fn engine(of: impl Into<String>, error: EngineError) -> Self {
        Self::Engine { of: Some(of.into()), error }
    }

    /// Its stable code; none where the diagnostics have theirs, or where nothing is wrong.
    #[must_use]
    pub fn code(&self) -> Option<&'static str> {
        match self {
            Self::Query { .. } | Self::ReaderGone => None,
            Self::NotRun(_) => Some(NOT_RUN),
            Self::Usage(_) => Some("RUN003"),
            Self::Read { .. } => Some("RUN004"),
            Self::Write { .. } => Some("RUN005"),
            Self::Content(_) => Some("RUN006"),
            Self::Resource(_) => Some("RUN007"),
            Self::Views(_) => Some("RUN008"),
            Self::Logs(_) => Some("RUN009"),
            Self::Pack(_) => Some("RUN010"),
            Self::Engine { error, .. } => Some(error.code),
            Self::Inner { .. } => Some("RUN011"),
        }
    }

    /// The failure in one line.
    #[must_use]
    pub fn message(&self) -> String {
        match self {
            Self::Query { name, text, diagnostics } => {
                match diagnostics.iter().find(|found| found.is_error()) {
                    Some(first) => {
                        let (line, column) = line_column(text, first.span.start);
                        format!("{name}:{line}:{column}: {}", first.message)
                    }
                    None => format!("{name}: cannot run"),
                }
            }
            Self::ReaderGone => "the reader of the output is gone".to_owned(),
            Self::NotRun(language) => language.not_yet(),
            Self::Usage(message) | Self::Content(message) => message.clone(),
            Self::Read { what, reason } => format!("cannot read {what}: {reason}"),
            Self::Write { what, reason } => format!("cannot write {what}: {reason}"),
            Self::Resource(error) => error.to_string(),
            Self::Views(error) => error.to_string(),
            Self::Logs(error) => error.to_string(),
            Self::Pack(error) => error.to_string(),
            Self::Engine { of: Some(of), error } => format!("{of}: {}", error.message),
            Self::Engine { of: None, error } => error.message.clone(),
            Self::Inner { doing, reason } => format!("cannot {doing}: {reason}"),
        }
    }
}

impl Display for Failure {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.message())
    }
}

impl std::error::Error for Failure {}

impl From<LoadError> for Failure {
    fn from(error: LoadError) -> Self {
        Self::Resource(error)
    }
}

impl From<quarry_views::LoadError> for Failure {
    fn from(error: quarry_views::LoadError) -> Self {
        Self::Views(error)
    }
}

impl From<ListError> for Failure {
    fn from(error: ListError) -> Self {
        Self::Logs(error)
    }
}

impl From<PackError> for Failure {
    fn from(error: PackError) -> Self {
        Self::Pack(error)
    }
}

impl From<EngineError> for Failure {
    fn from(error: EngineError) -> Self {
        Self::Engine { of: None, error }
    }
}

/// A result that a [`Failure`] can end.
pub type Outcome<T> = Result<T, Failure>;
