//! A place in the text, and the small things every grammar needs.

use quarry_diagnostic::{Diagnostic, Span};

use super::tree::{Quote, Word};
use crate::macros::SourceMap;

/// Parentheses, brackets and operators nested deeper than this are refused: the parser recurses.
const DEEPEST: usize = 96;

/// Reads expanded text; places it gives out are in the user's text.
pub(crate) struct Cursor<'a> {
    pub(super) text: &'a str,
    pub(super) at: usize,
    map: &'a SourceMap,
    depth: usize,
    pub(super) diagnostics: Vec<Diagnostic>,
}

impl<'a> Cursor<'a> {
    pub(crate) fn new(text: &'a str, map: &'a SourceMap) -> Self {
        Self { text, at: 0, map, depth: 0, diagnostics: Vec::new() }
    }

    pub(crate) fn into_diagnostics(self) -> Vec<Diagnostic> {
        self.diagnostics
    }

    /// The place in the user's text from `start` to here.
    pub(super) fn span_from(&self, start: usize) -> Span {
        self.map.original(Span::new(start, self.at.max(start)))
    }

    /// The place of one character here.
    pub(super) fn here(&self) -> Span {
        let length = self.peek().map_or(0, char::len_utf8);
        self.map.original(Span::new(self.at, self.at + length))
    }

    pub(super) fn error(&mut self, code: &'static str, message: impl Into<String>, span: Span) {
        self.report(Diagnostic::error(code, message, span));
    }

    pub(super) fn report(&mut self, found: Diagnostic) {
        self.diagnostics.push(found);
    }

    pub(super) fn rest(&self) -> &'a str {
        &self.text[self.at..]
    }

    pub(super) fn peek(&self) -> Option<char> {
        self.rest().chars().next()
    }

    pub(super) fn starts_with(&self, text: &str) -> bool {
        self.rest().starts_with(text)
    }

    /// White space and comments (three backticks).
    pub(super) fn skip_space(&mut self) {
        loop {
            let rest = self.rest();
            self.at += rest.len() - rest.trim_start().len();
            if !self.starts_with("```") {
                return;
            }
            self.at = match self.rest()[3..].find("```") {
                Some(end) => self.at + end + 6,
                None => self.text.len(),
            };
        }
    }

    /// Takes `text` if it is next (white space skipped before it).
    pub(super) fn take(&mut self, text: &str) -> bool {
        self.skip_space();
        let found = self.starts_with(text);
        if found {
            self.at += text.len();
        }
        found
    }

    /// Whether `text` is next, white space skipped.
    pub(super) fn next_is(&mut self, text: &str) -> bool {
        self.skip_space();
        self.starts_with(text)
    }

    /// Whether the command ends here: at `|`, `]` or the end.
    pub(super) fn at_end(&mut self) -> bool {
        self.skip_space();
        matches!(self.peek(), None | Some('|' | ']'))
    }

    /// Whether this keyword is next, in any case, as a whole word.
    pub(super) fn next_keyword(&mut self, keyword: &str) -> bool {
        self.skip_space();
        let rest = self.rest();
        let Some(head) = rest.get(..keyword.len()) else {
            return false;
        };
        let after = rest[keyword.len()..].chars().next();
        head.eq_ignore_ascii_case(keyword) && !after.is_some_and(|letter| letter.is_alphanumeric() || letter == '_')
    }

    /// Takes this keyword if it is next.
    pub(super) fn take_keyword(&mut self, keyword: &str) -> bool {
        let found = self.next_keyword(keyword);
        if found {
            self.at += keyword.len();
        }
        found
    }

    /// Runs `read` one level deeper; none, with a diagnostic, if that is too deep.
    pub(super) fn deeper<T>(&mut self, read: impl FnOnce(&mut Self) -> T) -> Option<T> {
        if self.depth >= DEEPEST {
            let span = self.here();
            let found = Diagnostic::error("SPL002", "this is nested too deep", span);
            if !self.diagnostics.iter().any(|known| known.code == "SPL002") {
                self.report(found.with_help(format!("at most {DEEPEST} levels are read")));
            }
            self.at = self.text.len();
            return None;
        }
        self.depth += 1;
        let result = read(self);
        self.depth -= 1;
        Some(result)
    }

    /// A text in the quotes that stand here, without resolving escapes: the inside.
    pub(super) fn quoted(&mut self) -> &'a str {
        let start = self.at;
        let Some(quote) = self.peek() else {
            return "";
        };
        let bytes = self.text.as_bytes();
        self.at += 1;
        while self.at < bytes.len() {
            match bytes[self.at] {
                b'\\' if quote == '"' => self.at = (self.at + 2).min(bytes.len()),
                found if char::from(found) == quote => {
                    self.at += 1;
                    return &self.text[start + 1..self.at - 1];
                }
                _ => self.at += 1,
            }
        }
        while !self.text.is_char_boundary(self.at) {
            self.at += 1;
        }
        let span = self.map.original(Span::new(start, start + 1));
        self.report(
            Diagnostic::error("SPL003", format!("this quote ({quote}) is never closed"), span)
                .with_help("close it, or write a backslash before a quote that is part of the text"),
        );
        &self.text[start + 1..]
    }

    /// A word: in quotes, or all characters for which `part` holds. None if there is neither.
    pub(super) fn word(&mut self, part: impl Fn(char) -> bool) -> Option<Word> {
        self.skip_space();
        let start = self.at;
        let quote = match self.peek()? {
            '"' => Quote::Double,
            '\'' => Quote::Single,
            _ => Quote::None,
        };
        let text = if quote == Quote::None {
            let rest = self.rest();
            let end = rest.find(|letter| !part(letter)).unwrap_or(rest.len());
            if end == 0 {
                return None;
            }
            self.at += end;
            rest[..end].to_owned()
        } else {
            unescape_quotes(self.quoted())
        };
        Some(Word { text, quote, span: self.span_from(start) })
    }
}

/// Resolves `\"` and `\\`; other backslashes stay, since regular expressions need them.
pub(super) fn unescape_quotes(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut letters = text.chars().peekable();
    while let Some(letter) = letters.next() {
        match (letter, letters.peek()) {
            ('\\', Some('"')) => {
                out.push('"');
                letters.next();
            }
            ('\\', Some('\\')) => {
                out.push('\\');
                letters.next();
            }
            _ => out.push(letter),
        }
    }
    out
}
