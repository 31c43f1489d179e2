//! What may be wrong with a pack.

use std::fmt;

use quarry_diagnostic::line_column;

/// Why a pack cannot be read, with the file and the place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PackError {
    /// The file or folder.
    pub file: String,
    /// Line and column, from one, where known.
    pub place: Option<(usize, usize)>,
    /// What is wrong, one sentence without a full stop.
    pub message: String,
    /// What to do about it.
    pub help: Option<String>,
    /// Whether the file is not there at all.
    pub(crate) absent: bool,
}

impl PackError {
    /// An error about a file as a whole.
    pub fn new(file: impl Into<String>, message: impl Into<String>) -> Self {
        Self { file: file.into(), place: None, message: message.into(), help: None, absent: false }
    }

    /// The same at the first occurrence of `word` in the file's text.
    #[must_use]
    pub fn at_word(mut self, text: &str, word: &str) -> Self {
        self.place = text.find(word).map(|offset| line_column(text, offset));
        self
    }

    /// The same at the first occurrence of `word` at or behind a byte of the file's text.
    #[must_use]
    pub(crate) fn at_word_after(mut self, text: &str, word: &str, from: usize) -> Self {
        let offset = text.get(from..).and_then(|rest| rest.find(word)).map(|offset| from + offset);
        self.place = offset.map(|offset| line_column(text, offset));
        self
    }

    /// The same at a line and column.
    #[must_use]
    pub const fn at(mut self, line: usize, column: usize) -> Self {
        self.place = Some((line, column));
        self
    }

    /// The same with help.
    #[must_use]
    pub fn with_help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }
}

impl fmt::Display for PackError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}", self.file)?;
        if let Some((line, column)) = self.place {
            write!(formatter, ":{line}:{column}")?;
        }
        write!(formatter, ": {}", self.message)?;
        self.help.as_ref().map_or(Ok(()), |help| write!(formatter, "; {help}"))
    }
}

impl std::error::Error for PackError {}
