//! Diagnostics for people (with carets) and for machines (JSON).

use annotate_snippets::{AnnotationKind, Level, Renderer, Snippet};

use crate::{Diagnostic, Severity, Span, line_column};

/// Renders a diagnostic with the source line, a caret, its code and its help.
///
/// `name` is shown as the origin (a file name or `<query>`).
#[must_use]
pub fn render(diagnostic: &Diagnostic, name: &str, text: &str, colour: bool) -> String {
    let level = match diagnostic.severity {
        Severity::Error => Level::ERROR,
        Severity::Warning => Level::WARNING,
        Severity::Note => Level::NOTE,
    };
    let mut snippet = Snippet::source(text)
        .path(name)
        .annotation(AnnotationKind::Primary.span(clamp(diagnostic.span, text)));
    for label in &diagnostic.labels {
        let span = clamp(label.span, text);
        snippet = snippet.annotation(AnnotationKind::Context.span(span).label(label.text.as_str()));
    }
    let title = level.primary_title(diagnostic.message.as_str()).id(diagnostic.code.as_ref());
    let mut group = title.element(snippet);
    for help in &diagnostic.help {
        group = group.element(Level::HELP.message(help.as_str()));
    }
    let renderer = if colour { Renderer::styled() } else { Renderer::plain() };
    renderer.render(&[group]).to_string()
}

fn clamp(span: Span, text: &str) -> std::ops::Range<usize> {
    let boundary = |mut at: usize| {
        at = at.min(text.len());
        while !text.is_char_boundary(at) {
            at -= 1;
        }
        at
    };
    let start = boundary(span.start);
    start..boundary(span.end).max(start)
}

/// The machine form of a diagnostic; lines and columns count from one, in characters.
#[derive(Debug, Clone, serde::Serialize)]
pub struct JsonDiagnostic {
    /// Stable code.
    pub code: String,
    /// `error`, `warning` or `note`.
    pub severity: Severity,
    /// What was found.
    pub message: String,
    /// Line of the first character.
    pub line: usize,
    /// Column of the first character.
    pub column: usize,
    /// Line just past the last character.
    pub end_line: usize,
    /// Column just past the last character.
    pub end_column: usize,
    /// What to do.
    pub help: Vec<String>,
}

impl JsonDiagnostic {
    /// Places a diagnostic in its text.
    #[must_use]
    pub fn new(diagnostic: &Diagnostic, text: &str) -> Self {
        let (line, column) = line_column(text, diagnostic.span.start);
        let (end_line, end_column) = line_column(text, diagnostic.span.end);
        Self {
            code: diagnostic.code.to_string(),
            severity: diagnostic.severity,
            message: diagnostic.message.clone(),
            line,
            column,
            end_line,
            end_column,
            help: diagnostic.help.clone(),
        }
    }
}
