//! Text to tree: lexer, tree, parser. Nothing here fails; what cannot be read is a diagnostic.

mod clause;
mod expression;
mod foreign;
mod lexer;
mod parser;
mod tree;

use quarry_diagnostic::Diagnostic;

pub(crate) use lexer::EMPTY_SLOT;

pub use tree::{
    Binary, Call, Comparison, Expression, ExpressionKind, From, Item, Name, OrderKey, PatternOperator, Quote,
    Session, Statement, TimeClause, Unit,
};

/// What was understood of a text.
#[derive(Debug, Clone, PartialEq)]
pub struct Parsed {
    /// The statement, or none if the text is no SELECT at all.
    pub statement: Option<Statement>,
    /// The names of all functions called, those in parts that are not AQL included.
    pub functions: Vec<Name>,
    /// What was found, in the order of the text.
    pub diagnostics: Vec<Diagnostic>,
}

/// Reads one statement.
///
/// ```
/// let parsed = quarry_aql::parse("SELECT username FROM events LAST 1 HOURS");
/// assert!(parsed.diagnostics.is_empty());
/// assert_eq!(parsed.statement.map(|statement| statement.items.len()), Some(1));
/// ```
#[must_use]
pub fn parse(text: &str) -> Parsed {
    let mut diagnostics = Vec::new();
    let tokens = lexer::lex(text, &mut diagnostics);
    let mut parser = parser::Parser::new(tokens, diagnostics);
    let statement = parser.text();
    let (functions, mut diagnostics) = parser.into_findings();
    diagnostics.sort_by_key(|found| found.span.start);
    Parsed { statement, functions, diagnostics }
}
