//! Literals: what their texts mean.

use quarry_diagnostic::{Diagnostic, Span};
use quarry_plan::{
    Value, parse_moment,
    text::{json_of_text, parse_guid},
};

use super::{
    cursor::Cursor,
    lexer::{TokenKind, timespan},
    tree::{Expr, ExprKind, Literal},
};
use crate::{codes, types::Kind};

/// The literal `type(text)`.
pub(crate) fn typed(name: &str, text: &str) -> Option<Literal> {
    let kind = Kind::named(name)?;
    if text == "null" {
        return Some(Literal::Value(kind, None));
    }
    let value = match kind {
        Kind::Datetime => Value::Datetime(parse_moment(text)?),
        Kind::Timespan => Value::Timespan(parse_timespan(text)?),
        Kind::Guid => Value::Guid(parse_guid(text)?),
        Kind::Int => Value::Integer(whole(text).filter(|value| i32::try_from(*value).is_ok())?),
        Kind::Long => Value::Integer(whole(text)?),
        Kind::Real => Value::Double(real(text)?),
        Kind::Decimal => Value::Decimal(text.parse().ok()?),
        Kind::Bool => Value::Boolean(match text {
            "true" => true,
            "false" => false,
            number => whole(number)? != 0,
        }),
        Kind::String | Kind::Dynamic | Kind::Unknown => return None,
    };
    Some(Literal::Value(kind, Some(value)))
}

fn whole(text: &str) -> Option<i64> {
    match text.strip_prefix("0x") {
        Some(hex) => i64::from_str_radix(hex, 16).ok(),
        None => text.parse().ok(),
    }
}

fn real(text: &str) -> Option<f64> {
    match text {
        "nan" | "NaN" => Some(f64::NAN),
        "+inf" | "inf" => Some(f64::INFINITY),
        "-inf" => Some(f64::NEG_INFINITY),
        number => number.parse().ok(),
    }
}

/// A timespan as `1d`, `2`, `-1.02:03:04`, `12:30` or `3 hours`.
pub(crate) fn parse_timespan(text: &str) -> Option<i64> {
    let text = text.trim();
    let (size, negative) = text.strip_prefix('-').map_or((text, false), |size| (size, true));
    let split = size.find(|c: char| c.is_ascii_alphabetic());
    let ticks = match split {
        Some(at) => timespan(size[..at].trim(), size[at..].trim())?,
        None => quarry_plan::text::parse_timespan(size)?,
    };
    Some(if negative { -ticks } else { ticks })
}

impl Cursor<'_> {
    /// `dynamic(...)`, the cursor standing on its name.
    pub fn dynamic(&mut self) -> Expr {
        let start = self.span().start;
        self.advance();
        self.expect("(");
        let json = self.json();
        self.expect(")");
        let json = (json != "null").then_some(json);
        Expr { kind: ExprKind::Literal(Literal::Dynamic(json)), span: self.from(start) }
    }

    /// A JSON value, with the liberties that KQL takes.
    fn json(&mut self) -> String {
        self.nested(Self::json_value).unwrap_or_else(|| "null".to_owned())
    }

    fn json_value(&mut self) -> String {
        let span = self.span();
        let kind = self.kind().clone();
        match kind {
            TokenKind::Symbol("[") => self.json_items("[", "]", Self::json),
            TokenKind::Symbol("{") => self.json_items("{", "}", Self::json_member),
            TokenKind::Symbol("-") => {
                self.advance();
                format!("-{}", self.json_value())
            }
            TokenKind::Symbol("+") => {
                self.advance();
                self.json_value()
            }
            TokenKind::Text(text) => {
                self.advance();
                json_of_text(&text)
            }
            TokenKind::Integer(number) => {
                self.advance();
                number.to_string()
            }
            TokenKind::Real(number) => {
                self.advance();
                number.strip_suffix('.').map_or_else(|| number.clone(), |whole| format!("{whole}.0"))
            }
            TokenKind::Timespan(ticks) => {
                self.advance();
                json_of_text(&quarry_plan::text::timespan_text(ticks))
            }
            TokenKind::Typed(name, text) => {
                self.advance();
                self.json_typed(&name, &text, span)
            }
            TokenKind::Word(word) if matches!(word.as_str(), "true" | "false" | "null") => {
                self.advance();
                word
            }
            TokenKind::Word(word) if word == "dynamic" && self.is_at(1, "(") => {
                self.advance();
                self.advance();
                let inside = self.json();
                self.expect(")");
                inside
            }
            _ => {
                self.unexpected("a JSON value");
                self.skip();
                "null".to_owned()
            }
        }
    }

    fn json_typed(&mut self, name: &str, text: &str, span: Span) -> String {
        match typed(name, text) {
            Some(Literal::Value(_, Some(value))) => match &value {
                Value::Integer(_) | Value::Boolean(_) => value.text().unwrap_or_default(),
                Value::Double(number) if number.is_finite() => number.to_string(),
                _ => json_of_text(&value.text().unwrap_or_default()),
            },
            Some(_) => "null".to_owned(),
            None => {
                self.bad(name, text, span);
                "null".to_owned()
            }
        }
    }

    fn json_items(&mut self, open: &str, close: &str, read: fn(&mut Self) -> String) -> String {
        self.advance();
        let mut items = Vec::new();
        while !self.is(close) && !self.at_end() {
            items.push(read(self));
            if !self.eat(",") {
                break;
            }
        }
        self.expect(close);
        format!("{open}{}{close}", items.join(","))
    }

    fn json_member(&mut self) -> String {
        let name = match self.kind().clone() {
            TokenKind::Text(text) | TokenKind::Word(text) => {
                self.advance();
                text
            }
            _ => {
                self.unexpected("the name of a member");
                self.skip();
                return "\"\":null".to_owned();
            }
        };
        self.expect(":");
        format!("{}:{}", json_of_text(&name), self.json())
    }

    /// A literal such as `datetime(...)`.
    pub fn typed_literal(&mut self, name: &str, text: &str) -> Expr {
        let span = self.span();
        self.advance();
        let kind = match typed(name, text) {
            Some(literal) => ExprKind::Literal(literal),
            None => {
                self.bad(name, text, span);
                ExprKind::Missing
            }
        };
        Expr { kind, span }
    }

    fn bad(&mut self, name: &str, text: &str, span: Span) {
        let message = format!("`{text}` is not a literal of the type {name}");
        self.diagnostics.push(
            Diagnostic::error(codes::BAD_LITERAL, message, span)
                .with_help(format!("to convert a value, write `to{name}(...)`")),
        );
    }
}
