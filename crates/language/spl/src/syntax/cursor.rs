//! A place in the text, and the small things every grammar needs.

use quarry_diagnostic::{Diagnostic, Span};

use super::tree::{Quote, Word};
use crate::registry::usage;
use crate::{codes, macros::SourceMap, registry::CommandRow};

/// Parentheses and operators nested deeper than this are refused: the parser recurses.
const DEEPEST: usize = 96;
/// Subsearches nested deeper than this are refused.
const DEEPEST_SUBSEARCH: usize = 12;
/// After so many diagnostics no more are kept.
const MOST_DIAGNOSTICS: usize = 100;

/// Reads expanded text; places it gives out are in the user's text.
pub(crate) struct Cursor<'a> {
    pub(super) text: &'a str,
    pub(super) at: usize,
    map: &'a SourceMap,
    /// The command whose arguments are read.
    pub(super) row: Option<&'static CommandRow>,
    depth: usize,
    subsearches: usize,
    /// Height of the eval expression read last, so that no tree grows too tall to walk.
    pub(super) height: usize,
    pub(super) diagnostics: Vec<Diagnostic>,
}

impl<'a> Cursor<'a> {
    pub(crate) fn new(text: &'a str, map: &'a SourceMap) -> Self {
        Self { text, at: 0, map, row: None, depth: 0, subsearches: 0, height: 0, diagnostics: Vec::new() }
    }

    pub(crate) fn into_diagnostics(self) -> Vec<Diagnostic> {
        self.diagnostics
    }

    /// The place in the user's text from `start` to here, without white space at its end.
    pub(super) fn span_from(&self, start: usize) -> Span {
        let read = self.text.get(start..self.at).unwrap_or_default();
        self.map.original(Span::new(start, start + read.trim_end().len()))
    }

    /// The place of one character here.
    pub(super) fn here(&self) -> Span {
        let length = self.peek().map_or(0, char::len_utf8);
        self.map.original(Span::new(self.at, self.at + length))
    }

    pub(super) fn error(
        &mut self,
        code: &'static str,
        message: impl Into<String>,
        span: Span,
        help: impl Into<String>,
    ) {
        self.report(Diagnostic::error(code, message, span).with_help(help));
    }

    /// How the command is written whose arguments are read.
    pub(super) fn usage(&self) -> String {
        usage(self.row.map_or("search", |row| row.name))
    }

    pub(super) fn report(&mut self, found: Diagnostic) {
        if self.diagnostics.len() < MOST_DIAGNOSTICS {
            self.diagnostics.push(found);
        }
    }

    pub(super) fn rest(&self) -> &'a str {
        self.text.get(self.at..).unwrap_or_default()
    }

    pub(super) fn peek(&self) -> Option<char> {
        self.rest().chars().next()
    }

    /// Goes over one character.
    pub(super) fn advance(&mut self) {
        self.at += self.peek().map_or(0, char::len_utf8);
    }

    pub(super) fn starts_with(&self, text: &str) -> bool {
        self.rest().starts_with(text)
    }

    pub(super) fn skip_space(&mut self) {
        let rest = self.rest();
        // Editors write a byte order mark before the text of a file.
        let blank = |letter: char| letter.is_whitespace() || letter == '\u{feff}';
        self.at += rest.len() - rest.trim_start_matches(blank).len();
    }

    /// Takes `text` if it is next (white space skipped before it).
    pub(super) fn take(&mut self, text: &str) -> bool {
        let found = self.next_is(text);
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

    /// Whether this keyword is next, in any case, as a whole word (white space skipped).
    pub(super) fn next_keyword(&mut self, keyword: &str) -> bool {
        self.skip_space();
        self.keyword_here(keyword)
    }

    /// Whether this keyword stands right here, in any case, as a whole word.
    pub(super) fn keyword_here(&self, keyword: &str) -> bool {
        let rest = self.rest();
        let (Some(head), Some(tail)) = (rest.get(..keyword.len()), rest.get(keyword.len()..)) else {
            return false;
        };
        let goes_on = tail.starts_with(|letter: char| letter.is_alphanumeric() || letter == '_');
        head.eq_ignore_ascii_case(keyword) && !goes_on
    }

    /// Takes this keyword if it is next.
    pub(super) fn take_keyword(&mut self, keyword: &str) -> bool {
        let found = self.next_keyword(keyword);
        if found {
            self.at += keyword.len();
        }
        found
    }

    /// Whether this keyword with a parenthesis after it is next, as in `eval(`.
    pub(super) fn next_call(&mut self, keyword: &str) -> bool {
        self.next_keyword(keyword)
            && self.rest().get(keyword.len()..).is_some_and(|rest| rest.trim_start().starts_with('('))
    }

    /// Runs `read` one level deeper; none, with a diagnostic, if that is too deep.
    pub(super) fn deeper<T>(&mut self, read: impl FnOnce(&mut Self) -> T) -> Option<T> {
        if self.depth >= DEEPEST {
            self.too_deep(&format!("at most {DEEPEST} levels are read"));
            return None;
        }
        self.depth += 1;
        let result = read(self);
        self.depth -= 1;
        Some(result)
    }

    /// As [`Cursor::deeper`], inside the brackets of a subsearch.
    pub(super) fn in_subsearch<T>(&mut self, read: impl FnOnce(&mut Self) -> T) -> Option<T> {
        if self.subsearches >= DEEPEST_SUBSEARCH {
            self.too_deep(&format!("at most {DEEPEST_SUBSEARCH} subsearches in each other are read"));
            return None;
        }
        self.subsearches += 1;
        let result = self.deeper(read);
        self.subsearches -= 1;
        result
    }

    /// Reports what is nested too deep, and gives up the rest of the text.
    pub(super) fn too_deep(&mut self, help: &str) {
        if !self.diagnostics.iter().any(|known| known.code == codes::TOO_DEEP) {
            let span = self.here();
            self.report(Diagnostic::error(codes::TOO_DEEP, "this is nested too deep", span).with_help(help));
        }
        self.at = self.text.len();
    }

    /// The parenthesis or bracket `sign` that closes the one at `open`. What is missing at a place
    /// where something was reported already is not reported.
    pub(super) fn close(&mut self, open: usize, sign: &str) {
        if !self.take(sign) {
            let opened = self.map.original(Span::new(open, open + 1));
            let span = self.here();
            if self.diagnostics.last().is_some_and(|known| known.is_error() && known.span == span) {
                return;
            }
            let found = Diagnostic::error(codes::UNBALANCED, format!("expected `{sign}`"), span)
                .with_help(format!("write `{sign}` at the end of what was opened"));
            self.report(found.with_label(opened, "opened here"));
        }
    }

    /// Warns of a value that is a token of a dashboard or has one in it.
    pub(super) fn warn_of_token(&mut self, text: &str, span: Span) {
        if let Some(token) = token(text) {
            let message = format!("nothing is put in place of the token `{token}`: it is taken as it stands");
            let help = "a dashboard or a drilldown fills such tokens: write the value itself";
            self.report(Diagnostic::warning(codes::UNFILLED_TOKEN, message, span).with_help(help));
        }
    }

    /// A text in the quotes that stand here, without resolving escapes: the inside.
    pub(super) fn quoted(&mut self) -> &'a str {
        let start = self.at;
        let Some(quote) = self.peek() else {
            return "";
        };
        self.advance();
        while let Some(letter) = self.peek() {
            self.advance();
            if letter == quote {
                return self.text.get(start + 1..self.at - 1).unwrap_or_default();
            }
            if letter == '\\' && quote == '"' {
                self.advance();
            }
        }
        let span = self.map.original(Span::new(start, start + 1));
        self.report(
            Diagnostic::error(codes::UNCLOSED_QUOTE, format!("this quote ({quote}) is never closed"), span)
                .with_help("close it, or write a backslash before a quote that is part of the text"),
        );
        self.text.get(start + 1..).unwrap_or_default()
    }

    /// A word: in quotes, or all characters for which `part` holds. None if there is neither.
    pub(super) fn word(&mut self, part: impl Fn(char) -> bool) -> Option<Word> {
        self.skip_space();
        if self.starts_with("'") {
            let start = self.at;
            let text = self.quoted().to_owned();
            return Some(Word { text, quote: Quote::Single, span: self.span_from(start) });
        }
        self.plain_word(part)
    }

    /// As [`Cursor::word`], where a single quote is a letter like any other.
    pub(super) fn plain_word(&mut self, part: impl Fn(char) -> bool) -> Option<Word> {
        self.skip_space();
        let start = self.at;
        if self.starts_with("\"") {
            let text = unescape_quotes(self.quoted());
            return Some(Word { text, quote: Quote::Double, span: self.span_from(start) });
        }
        let length = word_length(self.rest(), part);
        let text = unescape_quotes(self.rest().get(..length)?);
        self.at += length;
        (length > 0).then(|| Word { text, quote: Quote::None, span: self.span_from(start) })
    }
}

/// The first `$token$` in a text, as dashboards have them.
fn token(text: &str) -> Option<&str> {
    let is_part = |letter: char| letter.is_alphanumeric() || "_.:|-".contains(letter);
    let mut rest = text;
    while let Some((_, after)) = rest.split_once('$') {
        let name = after.split_once('$').map_or("", |(name, _)| name);
        if name.starts_with(|first: char| first.is_alphabetic() || first == '_') && name.chars().all(is_part)
        {
            let start = text.len() - after.len() - 1;
            return text.get(start..start + name.len() + 2);
        }
        rest = after;
    }
    None
}

/// Length of a bare word. `\"` and `\\` are letters of any word, and so is `!` unless `!=` follows.
fn word_length(text: &str, part: impl Fn(char) -> bool) -> usize {
    let mut letters = text.char_indices().peekable();
    while let Some((at, letter)) = letters.next() {
        if letter == '\\' && letters.next_if(|(_, next)| matches!(next, '"' | '\\')).is_some() {
            continue;
        }
        let compares = letter == '!' && text[at..].starts_with("!=");
        if compares || !part(letter) {
            return at;
        }
    }
    text.len()
}

/// Resolves `\"` and `\\`; other backslashes stay, since regular expressions need them.
pub(super) fn unescape_quotes(text: &str) -> String {
    unescape(text, |letter| matches!(letter, '"' | '\\').then_some(letter))
}

/// Resolves the escapes for which `resolve` has a character; other backslashes stay as written.
pub(super) fn unescape(text: &str, resolve: impl Fn(char) -> Option<char>) -> String {
    let mut out = String::with_capacity(text.len());
    let mut letters = text.chars().peekable();
    while let Some(letter) = letters.next() {
        match letters.peek().and_then(|next| resolve(*next)) {
            Some(resolved) if letter == '\\' => {
                out.push(resolved);
                letters.next();
            }
            _ => out.push(letter),
        }
    }
    out
}
