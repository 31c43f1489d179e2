//! Lists of typed columns, and the rows written beside them.

use super::{
    cursor::Cursor,
    lexer::TokenKind,
    tree::{Expr, ExprKind, Name},
};
use crate::types::Kind;

impl Cursor<'_> {
    /// `(name: type, ...)`.
    pub fn schema(&mut self) -> Vec<(Name, Kind)> {
        self.expect("(");
        let mut columns = Vec::new();
        while !self.is(")") && !self.at_end() {
            if self.eat("*") {
                self.eat(",");
                continue;
            }
            let name = self.name();
            self.expect(":");
            columns.push((name, self.type_name()));
            if !self.eat(",") {
                break;
            }
        }
        self.expect(")");
        columns
    }

    /// The name of a type.
    pub fn type_name(&mut self) -> Kind {
        if let TokenKind::Word(word) = self.kind()
            && let Some(kind) = Kind::named(word)
        {
            self.advance();
            return kind;
        }
        self.unexpected("a type such as `string`");
        if matches!(self.kind(), TokenKind::Word(_)) {
            self.advance();
        }
        Kind::Unknown
    }

    /// `typeof(type)`.
    pub fn type_of(&mut self) -> Expr {
        let start = self.span().start;
        let kind = self.type_of_kind();
        Expr { kind: ExprKind::TypeOf(kind), span: self.from(start) }
    }

    /// `typeof(type)`; of rows, unknown.
    pub fn type_of_kind(&mut self) -> Kind {
        self.expect_word("typeof");
        self.expect("(");
        let kind = if self.is("(") {
            self.schema();
            Kind::Unknown
        } else if self.eat("*") {
            Kind::Unknown
        } else {
            self.type_name()
        };
        self.expect(")");
        kind
    }

    /// `datatable (columns) [values]`.
    pub fn datatable(&mut self) -> Expr {
        let start = self.span().start;
        self.advance();
        self.properties();
        let columns = self.schema();
        let values = self.bracketed();
        Expr { kind: ExprKind::Datatable(columns, values), span: self.from(start) }
    }

    /// `externaldata (columns) [places] with (...)`.
    pub fn external_data(&mut self) -> Expr {
        let start = self.span().start;
        self.advance();
        self.properties();
        let columns = self.schema();
        let places = self.bracketed();
        if self.eat_word("with") {
            self.assignments();
        }
        Expr { kind: ExprKind::ExternalData(columns, places), span: self.from(start) }
    }

    /// `[value, ...]`, where a comma may stand at the end.
    fn bracketed(&mut self) -> Vec<Expr> {
        let mut values = Vec::new();
        self.expect("[");
        while !self.is("]") && !self.at_end() {
            values.push(self.expression());
            if !self.eat(",") {
                break;
            }
        }
        self.expect("]");
        values
    }

    /// `name = value` pairs without commas, such as `hint.strategy = broadcast`.
    fn properties(&mut self) -> Vec<(Name, Expr)> {
        let mut found = Vec::new();
        while let Some(setting) = self.setting(&[]) {
            found.push(setting);
        }
        found
    }

    /// `(name = value, ...)`; names may have points in them.
    pub fn assignments(&mut self) -> Vec<(Name, Expr)> {
        self.expect("(");
        let mut found = Vec::new();
        while !self.is(")") && !self.at_end() {
            let mut name = self.name();
            while self.eat(".") {
                let more = self.name();
                name.text = format!("{}.{}", name.text, more.text);
                name.span = name.span.join(more.span);
            }
            self.expect("=");
            found.push((name, self.expression()));
            // `xcolumn=a, series=b, c` lists several values.
            while self.is(",") && !(self.is_at(2, "=") || self.is_at(2, ".")) && !self.is_at(1, ")") {
                self.advance();
                self.expression();
            }
            if !self.eat(",") {
                break;
            }
        }
        self.expect(")");
        found
    }

    /// One `name = value` of an operator: those called so, and hints.
    pub fn setting(&mut self, known: &[&str]) -> Option<(Name, Expr)> {
        let TokenKind::Word(word) = self.kind().clone() else { return None };
        let start = self.span().start;
        let is_hint = word == "hint" && self.is_at(1, ".");
        let name = if is_hint {
            self.advance();
            self.advance();
            let mut name = self.name();
            while self.eat(".") {
                self.name();
            }
            name.text = format!("hint.{}", name.text);
            name.span = self.from(start);
            name
        } else if known.contains(&word.as_str()) && self.is_at(1, "=") {
            self.name()
        } else {
            return None;
        };
        self.expect("=");
        Some((name, self.setting_value()))
    }

    fn setting_value(&mut self) -> Expr {
        let span = self.span();
        match self.kind().clone() {
            TokenKind::Word(word) => {
                self.advance();
                let mut text = word;
                while self.is("-") && self.touches(0)
                    || matches!(self.kind(), TokenKind::Word(_)) && self.touches(0)
                {
                    let part = self.span();
                    text.push_str(self.text.get(part.start..part.end).unwrap_or_default());
                    self.advance();
                }
                Expr { kind: ExprKind::Name(text), span: self.from(span.start) }
            }
            TokenKind::Symbol("(") => {
                // `hint.progressive_top = (a, b)` and the like.
                self.advance();
                self.skip();
                self.expect(")");
                Expr { kind: ExprKind::Missing, span: self.from(span.start) }
            }
            _ => self.primary_value(),
        }
    }
}
