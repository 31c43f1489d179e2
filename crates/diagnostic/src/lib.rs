//! Places, codes and messages: the one diagnostic that terminal, JSON and editors share.
//!
//! Parsers and planners never fail: they return what they understood and a list of
//! [`Diagnostic`]s. Every diagnostic has a stable code, a place in the user's text, a message that
//! says what was expected, and help that says what to do.

mod render;
mod suggest;

pub use render::{JsonDiagnostic, render};
pub use suggest::{did_you_mean, edit_distance};

use std::borrow::Cow;

/// A half-open byte range in one source text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, serde::Serialize)]
pub struct Span {
    /// First byte.
    pub start: usize,
    /// One past the last byte.
    pub end: usize,
}

impl Span {
    /// A span from `start` up to but not including `end`.
    ///
    /// ```
    /// use quarry_diagnostic::Span;
    /// assert_eq!(Span::new(2, 5).join(Span::new(8, 9)), Span::new(2, 9));
    /// ```
    #[must_use]
    pub const fn new(start: usize, end: usize) -> Self {
        Self { start, end }
    }

    /// The smallest span that covers both.
    #[must_use]
    pub fn join(self, other: Self) -> Self {
        Self { start: self.start.min(other.start), end: self.end.max(other.end) }
    }
}

/// How grave a diagnostic is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, serde::Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    /// Worth knowing; the query runs and means what it says.
    Note,
    /// The query runs but likely does not mean what its author thinks.
    Warning,
    /// The query cannot run.
    Error,
}

/// A secondary place with a short text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Label {
    /// Where.
    pub span: Span,
    /// What is there.
    pub text: String,
}

/// One finding about a query or file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Diagnostic {
    /// Stable code such as `SPL012`; a released code is never reused.
    pub code: Cow<'static, str>,
    /// How grave it is.
    pub severity: Severity,
    /// One sentence, no full stop, no second person.
    pub message: String,
    /// The place.
    pub span: Span,
    /// Further places.
    pub labels: Vec<Label>,
    /// What to do about it, one sentence each.
    pub help: Vec<String>,
}

impl Diagnostic {
    /// An error at a place.
    ///
    /// ```
    /// use quarry_diagnostic::{Diagnostic, Span};
    /// let found = Diagnostic::error("SPL001", "expected a command", Span::new(0, 3)).with_help("write `stats`");
    /// assert!(found.is_error());
    /// ```
    ///
    /// It is none before it says what to write instead, so no error is without help:
    ///
    /// ```compile_fail
    /// use quarry_diagnostic::{Diagnostic, Span};
    /// let found: Diagnostic = Diagnostic::error("SPL001", "expected a command", Span::new(0, 3));
    /// ```
    pub fn error(
        code: impl Into<Cow<'static, str>>,
        message: impl Into<String>,
        span: Span,
    ) -> ErrorWithoutHelp {
        ErrorWithoutHelp(Self::new(Severity::Error, code, message, span))
    }

    /// A warning at a place.
    pub fn warning(code: impl Into<Cow<'static, str>>, message: impl Into<String>, span: Span) -> Self {
        Self::new(Severity::Warning, code, message, span)
    }

    /// A note at a place.
    pub fn note(code: impl Into<Cow<'static, str>>, message: impl Into<String>, span: Span) -> Self {
        Self::new(Severity::Note, code, message, span)
    }

    fn new(
        severity: Severity,
        code: impl Into<Cow<'static, str>>,
        message: impl Into<String>,
        span: Span,
    ) -> Self {
        Self {
            code: code.into(),
            severity,
            message: message.into(),
            span,
            labels: Vec::new(),
            help: Vec::new(),
        }
    }

    /// The same with one more line of help.
    #[must_use]
    pub fn with_help(mut self, help: impl Into<String>) -> Self {
        self.help.push(help.into());
        self
    }

    /// The same with one more labelled place.
    #[must_use]
    pub fn with_label(mut self, span: Span, text: impl Into<String>) -> Self {
        self.labels.push(Label { span, text: text.into() });
        self
    }

    /// Whether it stops the query from running.
    #[must_use]
    pub fn is_error(&self) -> bool {
        self.severity == Severity::Error
    }
}

/// An error that does not say yet what to do about it.
#[derive(Debug)]
#[must_use = "an error is reported once it has help"]
pub struct ErrorWithoutHelp(Diagnostic);

impl ErrorWithoutHelp {
    /// The error with its first line of help: what to write instead, or where to look.
    #[must_use]
    pub fn with_help(self, help: impl Into<String>) -> Diagnostic {
        self.0.with_help(help)
    }

    /// The same with one more labelled place.
    pub fn with_label(self, span: Span, text: impl Into<String>) -> Self {
        Self(self.0.with_label(span, text))
    }
}

/// One-based line and column (in characters) of a byte offset; an offset past the end gives the end.
///
/// ```
/// assert_eq!(quarry_diagnostic::line_column("ab\ncd", 4), (2, 2));
/// ```
#[must_use]
pub fn line_column(text: &str, offset: usize) -> (usize, usize) {
    let mut end = offset.min(text.len());
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    let before = &text[..end];
    let line_start = before.rfind('\n').map_or(0, |at| at + 1);
    (before.matches('\n').count() + 1, before[line_start..].chars().count() + 1)
}
