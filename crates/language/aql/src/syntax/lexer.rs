//! Text to tokens. Comments and white space are left out.

use quarry_diagnostic::{Diagnostic, Span};

use crate::codes;

/// A token and its place.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Token {
    pub kind: TokenKind,
    pub span: Span,
}

#[derive(Debug, Clone, PartialEq)]
pub(crate) enum TokenKind {
    /// A bare word: keyword, name, dotted name, or name with `::`.
    Word(String),
    /// `"..."` without quotes.
    Quoted(String),
    /// `'...'` without quotes.
    Text(String),
    Integer(i64),
    Double(f64),
    /// An operator or mark, as written.
    Symbol(&'static str),
    /// A placeholder such as `{name}`.
    Placeholder(String),
    /// The end of the text.
    End,
}

/// Slots in which dashboards put a time clause of their own.
const DASHBOARD_RANGES: [&str; 2] = ["{SYSTEM:timerange}", "{{SYSTEM:timerange}}"];

/// A placeholder without a name.
pub(crate) const EMPTY_SLOT: &str = "{}";

/// Longest first, so that the first that fits is the right one.
const SYMBOLS: [&str; 23] = [
    "<=", ">=", "<>", "!=", "==", "<<", ">>", "::", "=", "<", ">", "+", "-", "*", "/", "%", "^", "&", "|",
    "~", "(", ")", ",",
];

pub(crate) fn lex(text: &str, diagnostics: &mut Vec<Diagnostic>) -> Vec<Token> {
    let mut lexer = Lexer { text, at: 0, tokens: Vec::new(), diagnostics, commented: false };
    while lexer.next_token() {}
    let end = Span::new(text.len(), text.len());
    lexer.tokens.push(Token { kind: TokenKind::End, span: end });
    lexer.tokens
}

struct Lexer<'a, 'd> {
    text: &'a str,
    at: usize,
    tokens: Vec<Token>,
    diagnostics: &'d mut Vec<Diagnostic>,
    commented: bool,
}

impl Lexer<'_, '_> {
    fn rest(&self) -> &str {
        self.text.get(self.at..).unwrap_or_default()
    }

    /// Reads one token, comment or blank; false at the end.
    fn next_token(&mut self) -> bool {
        let rest = self.rest();
        let Some(first) = rest.chars().next() else { return false };
        if first.is_whitespace() || first == '\u{feff}' {
            self.at += first.len_utf8();
        } else if rest.starts_with("--") {
            self.line_comment();
        } else if rest.starts_with("/*") {
            self.block_comment();
        } else if first == '\'' || first == '"' {
            self.quoted(first);
        } else if first.is_ascii_digit()
            || (first == '.' && rest[1..].starts_with(|c: char| c.is_ascii_digit()))
        {
            self.number();
        } else if first.is_alphabetic() || first == '_' {
            self.word();
        } else {
            self.mark(first);
        }
        true
    }

    fn push(&mut self, kind: TokenKind, length: usize) {
        let span = Span::new(self.at, self.at + length);
        self.at = span.end;
        self.tokens.push(Token { kind, span });
    }

    fn line_comment(&mut self) {
        let length = self.rest().find('\n').unwrap_or(self.rest().len());
        self.note_comment(length);
        self.at += length;
    }

    fn block_comment(&mut self) {
        let found = self.rest().find("*/").map(|end| end + 2);
        let length = found.unwrap_or(self.rest().len());
        if found.is_none() {
            let span = Span::new(self.at, self.at + 2);
            self.diagnostics.push(
                Diagnostic::error(codes::UNTERMINATED_COMMENT, "the comment has no end", span)
                    .with_help("close it with `*/`"),
            );
        }
        self.note_comment(length);
        self.at += length;
    }

    fn note_comment(&mut self, length: usize) {
        if !self.commented {
            self.commented = true;
            let span = Span::new(self.at, self.at + length);
            let message = "the AQL guide has no comments; accepted here";
            self.diagnostics.push(Diagnostic::note(codes::COMMENT, message, span));
        }
    }

    /// A string or name; a doubled quote stands for one.
    fn quoted(&mut self, quote: char) {
        let mut value = String::new();
        let mut characters = self.rest().char_indices().skip(1).peekable();
        let mut length = None;
        while let Some((offset, character)) = characters.next() {
            if character != quote {
                value.push(character);
            } else if characters.peek().is_some_and(|(_, next)| *next == quote) {
                value.push(quote);
                characters.next();
            } else {
                length = Some(offset + 1);
                break;
            }
        }
        if length.is_none() {
            let span = Span::new(self.at, self.at + 1);
            let what = if quote == '\'' { "string" } else { "quoted name" };
            self.diagnostics.push(
                Diagnostic::error(
                    codes::UNTERMINATED_QUOTE,
                    format!("the {what} has no closing quote"),
                    span,
                )
                .with_help(format!(
                    "close it with `{quote}`; inside it a doubled `{quote}{quote}` stands for one"
                )),
            );
        }
        let length = length.unwrap_or(self.rest().len());
        self.push(if quote == '\'' { TokenKind::Text(value) } else { TokenKind::Quoted(value) }, length);
    }

    fn number(&mut self) {
        let rest = self.rest();
        let (length, kind) = match rest.strip_prefix("0x").or_else(|| rest.strip_prefix("0X")) {
            Some(digits) => {
                let length = digits.find(|c: char| !c.is_ascii_hexdigit()).unwrap_or(digits.len());
                (length + 2, i64::from_str_radix(&digits[..length], 16).ok().map(TokenKind::Integer))
            }
            None => {
                let length = decimal_length(rest);
                let written = &rest[..length];
                let whole = written.parse().ok().map(TokenKind::Integer);
                (length, whole.or_else(|| written.parse().ok().map(TokenKind::Double)))
            }
        };
        if kind.is_none() {
            let span = Span::new(self.at, self.at + length);
            self.diagnostics.push(
                Diagnostic::error(codes::BAD_NUMBER, "the number cannot be read", span)
                    .with_help("numbers are decimal, or hexadecimal after `0x` and below 2^63"),
            );
        }
        self.push(kind.unwrap_or(TokenKind::Integer(0)), length);
    }

    fn word(&mut self) {
        let rest = self.rest();
        let mut length = 0;
        while let Some(next) = rest[length..].chars().next() {
            let after = &rest[length + next.len_utf8()..];
            let starts_name = |text: &str| text.starts_with(|c: char| c.is_alphabetic() || c == '_');
            if next.is_alphanumeric() || next == '_' || (next == '.' && starts_name(after)) {
                length += next.len_utf8();
            } else if next == ':' && after.starts_with(':') && starts_name(&after[1..]) {
                length += 2;
            } else {
                break;
            }
        }
        let word = rest[..length].to_owned();
        self.push(TokenKind::Word(word), length);
    }

    /// A slot without a name says nothing of what belongs there: it is no value. A named one does,
    /// and the query means nothing without it.
    fn report_placeholder(&mut self, text: &str) {
        let span = Span::new(self.at, self.at + text.len());
        let help = "put a value in its place";
        let found = if text == EMPTY_SLOT {
            let message = format!("`{text}` is a template placeholder, not AQL: read as no value");
            Diagnostic::warning(codes::PLACEHOLDER, message, span).with_help(help)
        } else {
            let message = format!("`{text}` is a template placeholder, not AQL");
            Diagnostic::error(codes::PLACEHOLDER, message, span).with_help(help)
        };
        self.diagnostics.push(found);
    }

    fn mark(&mut self, first: char) {
        let rest = self.rest();
        if let Some(symbol) = SYMBOLS.into_iter().find(|symbol| rest.starts_with(symbol)) {
            self.push(TokenKind::Symbol(symbol), symbol.len());
        } else if first == ';' {
            self.push(TokenKind::Symbol(";"), 1);
        } else if first == '.' {
            self.push(TokenKind::Symbol("."), 1);
        } else if let Some(slot) = DASHBOARD_RANGES.iter().find(|slot| starts_with(rest, slot)) {
            let span = Span::new(self.at, self.at + slot.len());
            let message =
                "a dashboard puts its time range here; without one the query covers all of the logs";
            let found = Diagnostic::note(codes::DASHBOARD_RANGE, message, span);
            self.diagnostics.push(found.with_help("write LAST 24 HOURS or START and STOP for a range"));
            self.at = span.end;
        } else if let Some(length) = placeholder_length(rest) {
            let text = rest[..length].to_owned();
            self.report_placeholder(&text);
            self.push(TokenKind::Placeholder(text), length);
        } else {
            let span = Span::new(self.at, self.at + first.len_utf8());
            let message = format!("AQL does not use the character `{}`", first.escape_debug());
            let help = match first {
                '\u{2018}' | '\u{2019}' | '\u{201c}' | '\u{201d}' | '`' => {
                    "write straight quotes: `'text'` for a string, `\"name\"` for a field"
                }
                _ => "take it away, or put it into a string: `'text'`",
            };
            self.diagnostics.push(Diagnostic::error(codes::UNKNOWN_CHARACTER, message, span).with_help(help));
            self.at = span.end;
        }
    }
}

fn starts_with(text: &str, word: &str) -> bool {
    text.get(..word.len()).is_some_and(|start| start.eq_ignore_ascii_case(word))
}

/// Length of a decimal number at the start of `text`.
fn decimal_length(text: &str) -> usize {
    let digits = |from: usize| {
        text[from..].find(|c: char| !c.is_ascii_digit()).map_or(text.len(), |length| from + length)
    };
    let mut length = digits(0);
    if text[length..].starts_with('.') && text[length + 1..].starts_with(|c: char| c.is_ascii_digit()) {
        length = digits(length + 1);
    }
    if let Some(exponent) = text[length..].strip_prefix(['e', 'E']) {
        let signed = exponent.strip_prefix(['+', '-']).unwrap_or(exponent);
        if signed.starts_with(|c: char| c.is_ascii_digit()) {
            length = digits(text.len() - signed.len());
        }
    }
    length
}

/// Length of a placeholder such as `{a}`, `{{a}}`, `${a}`, `$a` or `##`.
fn placeholder_length(text: &str) -> Option<usize> {
    if text.starts_with('#') {
        return Some(text.find(|c: char| c != '#').unwrap_or(text.len()));
    }
    let body = text.strip_prefix('$').unwrap_or(text);
    if body.starts_with('{') {
        let close = body.find('}')?;
        let run = body[close..].find(|c: char| c != '}').unwrap_or(body.len() - close);
        return Some(text.len() - body.len() + close + run);
    }
    let length = body.find(|c: char| !c.is_alphanumeric() && c != '_').unwrap_or(body.len());
    (text.starts_with('$') && length > 0).then_some(length + 1)
}
