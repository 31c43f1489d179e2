//! The literal every text must hold that a pattern matches.

use regex_syntax::hir::{Hir, HirKind};

use super::Need;
use crate::{TextMatcher, TextPattern};

/// What a record must hold for one of its texts to match.
pub fn need(matcher: &TextMatcher) -> Need {
    let literal = |text: &str| {
        if text.is_empty() {
            Need::Anything
        } else {
            Need::Literal { text: text.to_owned(), ignore_case: matcher.ignore_case }
        }
    };
    match &matcher.pattern {
        TextPattern::Equals(text)
        | TextPattern::Contains(text)
        | TextPattern::StartsWith(text)
        | TextPattern::Word(text)
        | TextPattern::WordStart(text)
        | TextPattern::WordEnd(text)
        | TextPattern::EndsWith(text) => literal(text),
        TextPattern::Term(text) => Need::all(text.trim_matches('"').split('*').map(literal).collect()),
        TextPattern::Network(_) => Need::Anything,
        TextPattern::Wildcard(text) => Need::all(text.split('*').map(literal).collect()),
        TextPattern::Like(text) => Need::all(text.split(['%', '_']).map(literal).collect()),
        TextPattern::Regex(text) => regex_need(text, matcher.ignore_case),
    }
}

fn regex_need(pattern: &str, ignore_case: bool) -> Need {
    // A leading `(?i)` is read as a flag here so that letters stay literals in the syntax tree.
    let (pattern, ignore_case) = match pattern.strip_prefix("(?i)") {
        Some(rest) => (rest, true),
        None => (pattern, ignore_case),
    };
    match regex_syntax::Parser::new().parse(pattern) {
        Ok(hir) => hir_need(&hir, ignore_case),
        Err(_) => Need::Anything,
    }
}

fn hir_need(hir: &Hir, ignore_case: bool) -> Need {
    match hir.kind() {
        HirKind::Literal(literal) => match std::str::from_utf8(&literal.0) {
            Ok(text) => Need::Literal { text: text.to_owned(), ignore_case },
            Err(_) => Need::Anything,
        },
        HirKind::Capture(capture) => hir_need(&capture.sub, ignore_case),
        HirKind::Repetition(repetition) if repetition.min > 0 => hir_need(&repetition.sub, ignore_case),
        HirKind::Concat(parts) => Need::all(parts.iter().map(|part| hir_need(part, ignore_case)).collect()),
        HirKind::Alternation(parts) => {
            Need::any(parts.iter().map(|part| hir_need(part, ignore_case)).collect())
        }
        _ => Need::Anything,
    }
}
