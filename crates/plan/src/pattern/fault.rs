//! Why a regular expression cannot be used, and where in it that shows.

use std::fmt;

use regex_syntax::{ast, hir};

use super::dialect::Translated;

/// What is wrong with a pattern.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PatternFault {
    /// The fault, without a place.
    pub message: String,
    /// The byte of the pattern as it was written, where that is known.
    pub at: Option<usize>,
}

impl PatternFault {
    /// The fault with its place in the pattern, in characters.
    #[must_use]
    pub fn sentence(&self, pattern: &str) -> String {
        match self.at.and_then(|at| pattern.get(..at)) {
            Some(before) => format!("{} (at character {})", self.message, before.chars().count() + 1),
            None => self.message.clone(),
        }
    }
}

impl fmt::Display for PatternFault {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.message)
    }
}

impl std::error::Error for PatternFault {}

/// What both engines refuse. The linear one's parser has the plainer words, but it also refuses what the
/// other can do; then the other's word counts.
pub(super) fn find(translated: &Translated, error: &fancy_regex::Error) -> PatternFault {
    if !translated.possessive
        && let Some((message, at)) = linear(&translated.pattern)
    {
        return PatternFault { message, at: Some(translated.origin(at)) };
    }
    match error {
        fancy_regex::Error::ParseError(at, kind) => {
            PatternFault { message: last_line(&kind.to_string()), at: Some(translated.origin(*at)) }
        }
        other => PatternFault { message: last_line(&other.to_string()), at: None },
    }
}

fn linear(pattern: &str) -> Option<(String, usize)> {
    match regex_syntax::Parser::new().parse(pattern).err()? {
        regex_syntax::Error::Parse(found) => match found.kind() {
            ast::ErrorKind::UnsupportedLookAround | ast::ErrorKind::UnsupportedBackreference => None,
            kind => Some((kind.to_string(), found.span().start.offset)),
        },
        regex_syntax::Error::Translate(found) => translation(&found),
        _ => None,
    }
}

fn translation(found: &hir::Error) -> Option<(String, usize)> {
    Some((found.kind().to_string(), found.span().start.offset))
}

/// The parser's message ends in the sentence that matters, after a drawing of the pattern.
fn last_line(message: &str) -> String {
    let line = message.lines().rev().find(|line| !line.trim().is_empty()).unwrap_or(message);
    line.trim().trim_start_matches("error: ").to_owned()
}
