//! Text to tokens. Comments and white space are left out.

use quarry_diagnostic::{Diagnostic, Span};

use super::text;
use crate::codes;

/// A token and its place.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Token {
    pub kind: TokenKind,
    pub span: Span,
}

#[derive(Debug, Clone, PartialEq)]
pub(crate) enum TokenKind {
    /// A name or keyword; `$left` too.
    Word(String),
    /// A string literal, what it says.
    Text(String),
    /// A whole number.
    Integer(i64),
    /// A number with a point or an exponent, as written.
    Real(String),
    /// A number with a unit of time, in ticks.
    Timespan(i64),
    /// `datetime(...)` and the like: the type and what stands between the parentheses.
    Typed(String, String),
    /// An operator or mark, as written.
    Symbol(&'static str),
    /// The end of the text.
    End,
}

/// Longest first, so that the first that fits is the right one.
const SYMBOLS: [&str; 32] = [
    "..", "==", "=~", "=>", "!=", "!~", "<>", "<=", ">=", "<|", "=", "<", ">", "!", "+", "-", "*", "/", "%",
    "|", "(", ")", "[", "]", "{", "}", ",", ";", ":", ".", "?", "~",
];

/// Types whose literals are written as a call. What stands inside is no expression.
const TYPED: [&str; 14] = [
    "datetime", "date", "timespan", "time", "guid", "uuid", "uniqueid", "int", "long", "real", "double",
    "decimal", "bool", "boolean",
];

/// Units of timespan literals and their ticks.
const UNITS: [(&str, i64); 24] = [
    ("d", 864_000_000_000),
    ("day", 864_000_000_000),
    ("days", 864_000_000_000),
    ("h", 36_000_000_000),
    ("hr", 36_000_000_000),
    ("hrs", 36_000_000_000),
    ("hour", 36_000_000_000),
    ("hours", 36_000_000_000),
    ("m", 600_000_000),
    ("min", 600_000_000),
    ("minute", 600_000_000),
    ("minutes", 600_000_000),
    ("s", 10_000_000),
    ("sec", 10_000_000),
    ("second", 10_000_000),
    ("seconds", 10_000_000),
    ("ms", 10_000),
    ("milli", 10_000),
    ("millis", 10_000),
    ("micro", 10),
    ("micros", 10),
    ("microsecond", 10),
    ("tick", 1),
    ("ticks", 1),
];

pub(crate) fn lex(text: &str, diagnostics: &mut Vec<Diagnostic>) -> Vec<Token> {
    let mut lexer = Lexer { text, at: 0, tokens: Vec::new(), diagnostics };
    while lexer.next_token() {}
    let end = Span::new(text.len(), text.len());
    lexer.tokens.push(Token { kind: TokenKind::End, span: end });
    lexer.tokens
}

/// Ticks of a number with a unit.
pub(crate) fn timespan(number: &str, unit: &str) -> Option<i64> {
    let (_, size) = UNITS.iter().find(|(name, _)| name.eq_ignore_ascii_case(unit))?;
    if let Ok(whole) = number.parse::<i64>() {
        return whole.checked_mul(*size);
    }
    #[expect(clippy::cast_precision_loss, reason = "sizes of units are exact")]
    let ticks = number.parse::<f64>().ok()? * *size as f64;
    #[expect(clippy::cast_possible_truncation, reason = "held to its range")]
    (ticks.abs() < 9e18).then_some(ticks as i64)
}

struct Lexer<'a, 'd> {
    text: &'a str,
    at: usize,
    tokens: Vec<Token>,
    diagnostics: &'d mut Vec<Diagnostic>,
}

impl<'a> Lexer<'a, '_> {
    fn rest(&self) -> &'a str {
        self.text.get(self.at..).unwrap_or_default()
    }

    /// Reads one token, comment or blank; false at the end.
    fn next_token(&mut self) -> bool {
        let rest = self.rest();
        let Some(first) = rest.chars().next() else { return false };
        if first.is_whitespace() || first == '\u{feff}' {
            self.at += first.len_utf8();
        } else if rest.starts_with("//") {
            self.at += rest.find('\n').unwrap_or(rest.len());
        } else if let Some(found) = text::literal(rest) {
            if !found.ends {
                let span = Span::new(self.at, self.at + found.length);
                self.diagnostics.push(
                    Diagnostic::error(codes::UNTERMINATED_TEXT, "the string has no end", span)
                        .with_help("close it with the mark it begins with"),
                );
            }
            self.push(TokenKind::Text(found.value), found.length);
        } else if first.is_ascii_digit() {
            self.number();
        } else if first.is_alphabetic() || first == '_' || first == '$' {
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

    fn number(&mut self) {
        let rest = self.rest();
        let digits = |text: &str| text.bytes().take_while(u8::is_ascii_digit).count();
        if let Some(hex) = rest.strip_prefix("0x").or_else(|| rest.strip_prefix("0X")) {
            let length = hex.bytes().take_while(u8::is_ascii_hexdigit).count();
            if length > 0 {
                let value = u64::from_str_radix(&hex[..length], 16).ok();
                #[expect(clippy::cast_possible_wrap, reason = "hexadecimal digits are the bits")]
                return self.whole(value.map(|bits| bits as i64), length + 2);
            }
        }
        let mut length = digits(rest);
        let mut is_real = false;
        let after = &rest[length..];
        if after.starts_with('.') && !after.starts_with("..") {
            let part = digits(&after[1..]);
            // `1.` is a number; in `a[0].b` the bracket stands between.
            if part > 0 || !after[1..].starts_with(|c: char| c.is_alphabetic() || c == '_') {
                length += 1 + part;
                is_real = true;
            }
        }
        let exponent = rest[length..].strip_prefix(['e', 'E']).map(|rest| {
            let sign = usize::from(rest.starts_with(['+', '-']));
            let part = digits(&rest[sign..]);
            if part > 0 { 1 + sign + part } else { 0 }
        });
        let unit_length = |rest: &str| rest.bytes().take_while(u8::is_ascii_alphanumeric).count();
        let unit = &rest[length..length + unit_length(&rest[length..])];
        if let Some(ticks) = timespan(&rest[..length], unit) {
            return self.push(TokenKind::Timespan(ticks), length + unit.len());
        }
        if let Some(exponent) = exponent.filter(|length| *length > 0) {
            length += exponent;
            is_real = true;
        } else if !is_real && rest[length..].starts_with(|c: char| c.is_alphabetic() || c == '_') {
            return self.word();
        }
        if is_real {
            let written = rest[..length].to_owned();
            return self.push(TokenKind::Real(written), length);
        }
        self.whole(rest[..length].parse().ok(), length);
    }

    fn whole(&mut self, value: Option<i64>, length: usize) {
        if value.is_none() {
            let span = Span::new(self.at, self.at + length);
            self.diagnostics.push(
                Diagnostic::error(codes::BAD_LITERAL, "the number is too large for a long", span)
                    .with_help("write a `real` or `decimal`"),
            );
        }
        self.push(TokenKind::Integer(value.unwrap_or_default()), length);
    }

    fn word(&mut self) {
        let rest = self.rest();
        let is_part = |c: char| c.is_alphanumeric() || c == '_';
        let first = rest.chars().next().map_or(0, char::len_utf8);
        let length = first + rest[first..].find(|c| !is_part(c)).unwrap_or(rest.len() - first);
        let word = &rest[..length];
        if TYPED.contains(&word)
            && let Some((inside, end)) = typed_body(&rest[length..])
        {
            return self.push(TokenKind::Typed(word.to_owned(), inside), length + end);
        }
        self.push(TokenKind::Word(word.to_owned()), length);
    }

    fn mark(&mut self, first: char) {
        let rest = self.rest();
        if let Some(symbol) = SYMBOLS.iter().find(|symbol| rest.starts_with(**symbol)) {
            return self.push(TokenKind::Symbol(symbol), symbol.len());
        }
        let span = Span::new(self.at, self.at + first.len_utf8());
        let message = format!("`{first}` has no meaning in KQL");
        self.diagnostics.push(
            Diagnostic::error(codes::UNKNOWN_CHARACTER, message, span)
                .with_help("put it between quotes if it is text"),
        );
        self.at = span.end;
    }
}

/// What stands between the parentheses of a typed literal, and where they end. Quotes may stand around it.
fn typed_body(rest: &str) -> Option<(String, usize)> {
    let open = rest.find(|c: char| !c.is_whitespace())?;
    let inside = rest[open..].strip_prefix('(')?;
    let lead = inside.find(|c: char| !c.is_whitespace())?;
    if let Some(found) = text::literal(&inside[lead..]) {
        let after = &inside[lead + found.length..];
        let close = after.find(|c: char| !c.is_whitespace())?;
        let length = open + 1 + lead + found.length + close + 1;
        return after[close..].starts_with(')').then_some((found.value, length));
    }
    let close = inside.find(')')?;
    let body = inside[..close].trim();
    let plain = |c: char| c.is_alphanumeric() || "-+.:/_ \t{},".contains(c);
    body.chars().all(plain).then(|| (body.to_owned(), open + 1 + close + 1))
}
