//! Going over tokens, and what is said where one does not fit.

use quarry_diagnostic::{Diagnostic, Span, did_you_mean};

use super::{
    lexer::{Token, TokenKind},
    tree::{Expr, ExprKind, Name},
};
use crate::codes;

/// How deep expressions may stand in one another.
const MOST_DEPTH: usize = 100;

pub(crate) struct Cursor<'t> {
    pub text: &'t str,
    pub tokens: Vec<Token>,
    pub at: usize,
    pub diagnostics: Vec<Diagnostic>,
    pub depth: usize,
    /// Whether `*` next to a name belongs to it.
    pub wildcards: bool,
}

impl Cursor<'_> {
    pub fn kind(&self) -> &TokenKind {
        self.kind_at(0)
    }

    pub fn kind_at(&self, ahead: usize) -> &TokenKind {
        self.tokens.get(self.at + ahead).map_or(&TokenKind::End, |token| &token.kind)
    }

    pub fn span(&self) -> Span {
        self.span_at(0)
    }

    pub fn span_at(&self, ahead: usize) -> Span {
        let end = Span::new(self.text.len(), self.text.len());
        self.tokens.get(self.at + ahead).map_or(end, |token| token.span)
    }

    /// The end of the token before this one.
    pub fn end(&self) -> usize {
        self.at.checked_sub(1).and_then(|at| self.tokens.get(at)).map_or(0, |token| token.span.end)
    }

    pub fn from(&self, start: usize) -> Span {
        Span::new(start, self.end().max(start))
    }

    pub fn at_end(&self) -> bool {
        *self.kind() == TokenKind::End
    }

    pub fn advance(&mut self) {
        if !self.at_end() {
            self.at += 1;
        }
    }

    pub fn is(&self, symbol: &str) -> bool {
        self.is_at(0, symbol)
    }

    pub fn is_at(&self, ahead: usize, symbol: &str) -> bool {
        matches!(self.kind_at(ahead), TokenKind::Symbol(found) if *found == symbol)
    }

    pub fn eat(&mut self, symbol: &str) -> bool {
        let found = self.is(symbol);
        if found {
            self.advance();
        }
        found
    }

    pub fn expect(&mut self, symbol: &str) -> bool {
        let found = self.eat(symbol);
        if !found {
            self.unexpected(&format!("`{symbol}`"));
        }
        found
    }

    pub fn is_word(&self, word: &str) -> bool {
        self.is_word_at(0, word)
    }

    pub fn is_word_at(&self, ahead: usize, word: &str) -> bool {
        matches!(self.kind_at(ahead), TokenKind::Word(found) if found == word)
    }

    pub fn eat_word(&mut self, word: &str) -> bool {
        let found = self.is_word(word);
        if found {
            self.advance();
        }
        found
    }

    pub fn expect_word(&mut self, word: &str) -> bool {
        let found = self.eat_word(word);
        if !found {
            self.unexpected(&format!("`{word}`"));
        }
        found
    }

    /// Whether a token stands right behind the one before it.
    pub fn touches(&self, ahead: usize) -> bool {
        let before = ahead.checked_sub(1).map_or(self.end(), |before| self.span_at(before).end);
        self.span_at(ahead).start == before
    }

    /// Says what was expected here, once a place.
    pub fn unexpected(&mut self, wanted: &str) {
        let span = self.span();
        let told = |found: &Diagnostic| found.span.start == span.start || found.code == codes::TOO_DEEP;
        if self.diagnostics.iter().any(told) {
            return;
        }
        let found = match self.kind() {
            TokenKind::End => "the end of the query".to_owned(),
            _ => format!("`{}`", self.text.get(span.start..span.end).unwrap_or_default()),
        };
        let message = format!("expected {wanted}, found {found}");
        let near = match self.kind() {
            TokenKind::Word(word) => {
                did_you_mean(word, super::operator::NAMES.iter().copied()).filter(|near| near != word)
            }
            _ => None,
        };
        let help = match near {
            Some(near) => format!("did you mean `{near}`"),
            None => format!("write {wanted} here, or take away what stands before it"),
        };
        self.diagnostics.push(Diagnostic::error(codes::UNEXPECTED, message, span).with_help(help));
    }

    pub fn error(&mut self, code: &'static str, message: impl Into<String>, span: Span, help: &str) {
        self.diagnostics.push(Diagnostic::error(code, message, span).with_help(help));
    }

    /// Skips to a mark where reading can go on: a pipe, a semicolon, or a closing mark that is not opened here.
    pub fn skip(&mut self) {
        let mut open = 0_usize;
        loop {
            match self.kind() {
                TokenKind::End => return,
                TokenKind::Symbol("(" | "[" | "{") => open += 1,
                TokenKind::Symbol(")" | "]" | "}") if open == 0 => return,
                TokenKind::Symbol(")" | "]" | "}") => open -= 1,
                TokenKind::Symbol("|" | ";") if open == 0 => return,
                _ => {}
            }
            self.advance();
        }
    }

    pub fn missing(&self) -> Expr {
        let at = self.span().start;
        Expr { kind: ExprKind::Missing, span: Span::new(at, at) }
    }

    /// A level deeper; none if that is too deep, which is said once.
    pub fn nested<T>(&mut self, read: impl FnOnce(&mut Self) -> T) -> Option<T> {
        if self.depth >= MOST_DEPTH {
            if !self.diagnostics.iter().any(|found| found.code == codes::TOO_DEEP) {
                let span = self.span();
                self.error(codes::TOO_DEEP, "the query is nested too deep", span, "name a part with `let`");
            }
            self.at = self.tokens.len().saturating_sub(1);
            return None;
        }
        self.depth += 1;
        let found = read(self);
        self.depth -= 1;
        Some(found)
    }

    /// A name: a word, or `['name']`.
    pub fn name(&mut self) -> Name {
        if let Some(name) = self.try_name() {
            return name;
        }
        self.unexpected("a name");
        Name { text: String::new(), span: self.missing().span }
    }

    pub fn try_name(&mut self) -> Option<Name> {
        let span = self.span();
        match self.kind().clone() {
            TokenKind::Word(text) => {
                self.advance();
                Some(Name { text, span })
            }
            TokenKind::Symbol("[") if self.is_quoted_name() => {
                self.advance();
                let TokenKind::Text(text) = self.kind().clone() else { return None };
                self.advance();
                self.advance();
                Some(Name { text, span: self.from(span.start) })
            }
            _ => None,
        }
    }

    /// Whether `['name']` stands here.
    pub fn is_quoted_name(&self) -> bool {
        self.is("[") && matches!(self.kind_at(1), TokenKind::Text(_)) && self.is_at(2, "]")
    }

    /// Whether `name =` stands here.
    pub fn is_named(&self) -> bool {
        match self.kind() {
            TokenKind::Word(_) => self.is_at(1, "="),
            TokenKind::Symbol("[") => self.is_quoted_name() && self.is_at(3, "="),
            _ => false,
        }
    }

    /// Items parted by commas, at least one.
    pub fn list<T>(&mut self, mut read: impl FnMut(&mut Self) -> T) -> Vec<T> {
        let mut items = vec![read(self)];
        while self.eat(",") {
            items.push(read(self));
        }
        items
    }
}
