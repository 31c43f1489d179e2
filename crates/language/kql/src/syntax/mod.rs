//! Text to tree. Parsing never fails: it gives the tree it understood, and diagnostics.

mod columns;
mod cursor;
mod expression;
mod lexer;
mod literal;
mod operator;
mod operators;
mod statement;
mod text;
pub mod tree;

use quarry_diagnostic::Diagnostic;

pub use operator::NAMES as OPERATORS;
use tree::Query;

/// A query that was read.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Parsed {
    /// What was understood.
    pub query: Query,
    /// What was not.
    pub diagnostics: Vec<Diagnostic>,
}

/// Reads a query.
///
/// ```
/// let parsed = quarry_kql::parse("print x = 1 | where x > 0");
/// assert!(parsed.diagnostics.is_empty());
/// ```
#[must_use]
pub fn parse(text: &str) -> Parsed {
    let mut diagnostics = Vec::new();
    let tokens = lexer::lex(text, &mut diagnostics);
    let mut cursor = cursor::Cursor { text, tokens, at: 0, diagnostics, depth: 0, wildcards: false };
    let statements = cursor.statements(None);
    let mut diagnostics = cursor.diagnostics;
    diagnostics.sort_by_key(|found| (found.span.start, found.span.end));
    Parsed { query: Query { statements }, diagnostics }
}
