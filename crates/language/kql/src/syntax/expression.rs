//! Expressions, from the loosest to the tightest operator.

use quarry_diagnostic::Span;
use quarry_plan::Value;

use super::{
    cursor::Cursor,
    lexer::TokenKind,
    tree::{Between, Binary, Call, Expr, ExprKind, In, Literal, Name},
};
use crate::{codes, types::Kind};

/// Operators over texts, which bind tightest: as written, what they are called here.
const TEXT_OPERATORS: [&str; 17] = [
    "has",
    "has_cs",
    "hasprefix",
    "hasprefix_cs",
    "hassuffix",
    "hassuffix_cs",
    "contains",
    "contains_cs",
    "containscs",
    "notcontains",
    "notcontainscs",
    "startswith",
    "startswith_cs",
    "endswith",
    "endswith_cs",
    "like",
    "likecs",
];
/// The same with a mark before them, joined.
const NEGATED: [&str; 13] = [
    "!has",
    "!has_cs",
    "!hasprefix",
    "!hasprefix_cs",
    "!hassuffix",
    "!hassuffix_cs",
    "!contains",
    "!contains_cs",
    "!startswith",
    "!startswith_cs",
    "!endswith",
    "!endswith_cs",
    "!like",
];
/// How long a chain of one operator may be.
const MOST_LINKS: usize = 400;

impl Cursor<'_> {
    /// `name = value`, `(a, b) = value`, or a value.
    pub fn named_expression(&mut self) -> Expr {
        let start = self.span().start;
        let names = if self.is_named() {
            vec![self.name()]
        } else if self.is_name_list() {
            self.advance();
            let names = self.list(Self::name);
            self.expect(")");
            names
        } else {
            return self.expression();
        };
        self.expect("=");
        let value = Box::new(self.expression());
        Expr { kind: ExprKind::Named(names, value), span: self.from(start) }
    }

    /// Whether `(a, b) =` stands here.
    fn is_name_list(&self) -> bool {
        let mut ahead = 1;
        if !self.is("(") {
            return false;
        }
        while matches!(self.kind_at(ahead), TokenKind::Word(_)) && self.is_at(ahead + 1, ",") {
            ahead += 2;
        }
        matches!(self.kind_at(ahead), TokenKind::Word(_))
            && self.is_at(ahead + 1, ")")
            && self.is_at(ahead + 2, "=")
    }

    /// An expression that is no pipeline.
    pub fn expression(&mut self) -> Expr {
        self.nested(|cursor| cursor.chain("or", |cursor| cursor.chain("and", Self::equality)))
            .unwrap_or_else(|| self.missing())
    }

    /// Operands of `and` or `or`; many of them make a tree that is not deep.
    fn chain(&mut self, word: &'static str, mut read: impl FnMut(&mut Self) -> Expr) -> Expr {
        let mut items = vec![read(self)];
        let mut places = Vec::new();
        while self.is_word(word) {
            places.push(self.span());
            self.advance();
            items.push(read(self));
        }
        balanced(word, items, &places)
    }

    fn equality(&mut self) -> Expr {
        let left = self.relational();
        let place = self.span();
        for operator in ["==", "!=", "<>"] {
            if self.eat(operator) {
                let right = self.relational();
                let operator = if operator == "<>" { "!=" } else { operator };
                return binary(operator, place, left, right);
            }
        }
        let negated = self.is("!") && self.touches(1);
        let ahead = usize::from(negated);
        let TokenKind::Word(word) = self.kind_at(ahead).clone() else { return left };
        let tilde = self.is_at(ahead + 1, "~") && self.touches(ahead + 1);
        let operator = match (word.as_str(), negated, tilde) {
            ("in", false, false) => "in",
            ("in", true, false) => "!in",
            ("in", false, true) => "in~",
            ("in", true, true) => "!in~",
            ("has_any", false, false) => "has_any",
            ("has_all", false, false) => "has_all",
            ("between", _, false) => {
                self.at += ahead + 1;
                return self.between(left, negated, place);
            }
            _ => return left,
        };
        self.at += ahead + 1 + usize::from(tilde);
        let place = self.from(place.start);
        self.membership(left, operator, place)
    }

    fn membership(&mut self, value: Expr, operator: &'static str, place: Span) -> Expr {
        let start = value.span.start;
        let items = if self.expect("(") {
            let items = if self.is(")") { Vec::new() } else { self.list(Self::pipeline) };
            self.expect(")");
            items
        } else {
            Vec::new()
        };
        let membership = In { operator, place, value, items };
        Expr { kind: ExprKind::In(Box::new(membership)), span: self.from(start) }
    }

    fn between(&mut self, value: Expr, negated: bool, place: Span) -> Expr {
        let start = value.span.start;
        self.expect("(");
        let low = self.expression();
        self.expect("..");
        let high = self.expression();
        self.expect(")");
        let between = Between { negated, place, value, low, high };
        Expr { kind: ExprKind::Between(Box::new(between)), span: self.from(start) }
    }

    fn relational(&mut self) -> Expr {
        let left = self.links(&["+", "-"], |cursor| cursor.links(&["*", "/", "%"], Self::text_operation));
        let place = self.span();
        for operator in ["<=", ">=", "<", ">"] {
            if self.eat(operator) {
                let right =
                    self.links(&["+", "-"], |cursor| cursor.links(&["*", "/", "%"], Self::text_operation));
                return binary(operator, place, left, right);
            }
        }
        left
    }

    fn links(&mut self, operators: &[&'static str], mut read: impl FnMut(&mut Self) -> Expr) -> Expr {
        let mut left = read(self);
        let mut count = 0;
        'links: loop {
            let place = self.span();
            for operator in operators {
                if self.is(operator) && !self.is_star_end(operator) {
                    self.advance();
                    count += 1;
                    if count > MOST_LINKS {
                        self.error(codes::TOO_DEEP, "too many operands", place, "name a part with `let`");
                        self.skip();
                        return left;
                    }
                    let right = read(self);
                    left = binary(operator, place, left, right);
                    continue 'links;
                }
            }
            return left;
        }
    }

    /// Whether `*` belongs to a name with a wildcard.
    fn is_star_end(&self, operator: &str) -> bool {
        operator == "*" && self.wildcards
    }

    fn text_operation(&mut self) -> Expr {
        let mut left = self.unary();
        let mut count = 0;
        while let Some((operator, length)) = self.text_operator() {
            let place = Span::new(self.span().start, self.span_at(length - 1).end);
            self.at += length;
            let right = self.unary();
            left = binary(operator, place, left, right);
            count += 1;
            if count > MOST_LINKS {
                self.error(codes::TOO_DEEP, "too many operands", place, "name a part with `let`");
                self.skip();
            }
        }
        left
    }

    /// The operator over texts that stands here, and of how many tokens it is.
    fn text_operator(&self) -> Option<(&'static str, usize)> {
        match self.kind() {
            TokenKind::Symbol(symbol @ ("=~" | "!~")) => Some((symbol, 1)),
            TokenKind::Symbol("!") => {
                let TokenKind::Word(word) = self.kind_at(1) else { return None };
                NEGATED.iter().find(|known| known.get(1..) == Some(word)).map(|known| (*known, 2))
            }
            TokenKind::Word(word) if word == "matches" && self.is_word_at(1, "regex") => {
                Some(("matches regex", 2))
            }
            TokenKind::Word(word) => {
                TEXT_OPERATORS.iter().find(|known| *known == word).map(|known| (*known, 1))
            }
            _ => None,
        }
    }

    fn unary(&mut self) -> Expr {
        let start = self.span().start;
        for sign in ['-', '+'] {
            if self.is(if sign == '-' { "-" } else { "+" }) {
                self.advance();
                let value = self.nested(Self::unary).unwrap_or_else(|| self.missing());
                return Expr { kind: ExprKind::Unary(sign, Box::new(value)), span: self.from(start) };
            }
        }
        self.postfix()
    }

    fn postfix(&mut self) -> Expr {
        let mut value = self.primary();
        let start = value.span.start;
        for _ in 0..MOST_LINKS {
            let kind = if self.is(".") && !matches!(value.kind, ExprKind::Missing) {
                self.advance();
                if self.is("[") { self.bracket(value) } else { self.member(value) }
            } else if self.is("[") && self.touches(0) {
                self.bracket(value)
            } else {
                return value;
            };
            value = Expr { kind, span: self.from(start) };
        }
        let span = value.span;
        self.error(codes::TOO_DEEP, "the path is too long", span, "name a part of it with `extend`");
        value
    }

    fn member(&mut self, value: Expr) -> ExprKind {
        let name = self.name();
        if self.is("(") && self.touches(0) {
            let call = self.call(name);
            return ExprKind::MethodCall(Box::new(value), call);
        }
        ExprKind::Member(Box::new(value), name)
    }

    /// `[index]` or `["member"]`.
    fn bracket(&mut self, value: Expr) -> ExprKind {
        self.advance();
        let index = self.expression();
        self.expect("]");
        match index.kind {
            ExprKind::Literal(Literal::Value(Kind::String, Some(Value::Text(text)))) => {
                ExprKind::Member(Box::new(value), Name { text, span: index.span })
            }
            _ => ExprKind::Index(Box::new(value), Box::new(index)),
        }
    }

    fn primary(&mut self) -> Expr {
        let span = self.span();
        let value = |kind, value| ExprKind::Literal(Literal::Value(kind, Some(value)));
        let kind = match self.kind().clone() {
            TokenKind::Text(_) => return self.texts(),
            TokenKind::Integer(number) => value(Kind::Long, Value::Integer(number)),
            TokenKind::Real(number) => value(Kind::Real, Value::Double(number.parse().unwrap_or(f64::NAN))),
            TokenKind::Timespan(ticks) => value(Kind::Timespan, Value::Timespan(ticks)),
            TokenKind::Typed(name, text) => return self.typed_literal(&name, &text),
            TokenKind::Symbol("*") => {
                self.advance();
                if self.wildcards {
                    return self.wildcard("*".to_owned(), span.start);
                }
                return Expr { kind: ExprKind::Wildcard("*".to_owned()), span };
            }
            TokenKind::Symbol("(") => {
                self.advance();
                let mut inside = self.pipeline();
                self.expect(")");
                inside.span = self.from(span.start);
                return inside;
            }
            TokenKind::Symbol("[") if self.is_quoted_name() => {
                let name = self.name();
                return Expr { kind: ExprKind::Name(name.text), span: name.span };
            }
            TokenKind::Word(word) => return self.word(&word),
            _ => {
                self.unexpected("an expression");
                return self.missing();
            }
        };
        self.advance();
        Expr { kind, span }
    }

    /// A string; those that stand next to each other are one.
    fn texts(&mut self) -> Expr {
        let start = self.span().start;
        let mut all = String::new();
        while let TokenKind::Text(text) = self.kind() {
            all.push_str(text);
            self.advance();
        }
        let literal = Literal::Value(Kind::String, Some(Value::Text(all)));
        Expr { kind: ExprKind::Literal(literal), span: self.from(start) }
    }

    fn word(&mut self, word: &str) -> Expr {
        let span = self.span();
        let is_call = self.is_at(1, "(");
        match word {
            "true" | "false" if !is_call => {
                self.advance();
                let literal = Literal::Value(Kind::Bool, Some(Value::Boolean(word == "true")));
                return Expr { kind: ExprKind::Literal(literal), span };
            }
            "dynamic" if is_call => return self.dynamic(),
            "typeof" if is_call => return self.type_of(),
            "datatable" => return self.datatable(),
            "externaldata" | "external_data" => return self.external_data(),
            _ => {}
        }
        let name = self.name();
        if is_call {
            let call = self.call(name);
            return Expr { kind: ExprKind::Call(call), span: self.from(span.start) };
        }
        if self.wildcards && self.is("*") && self.touches(0) {
            return self.wildcard(name.text, span.start);
        }
        Expr { kind: ExprKind::Name(name.text), span }
    }

    /// A string with those that stand next to it.
    pub fn text_value(&mut self) -> Expr {
        self.texts()
    }

    /// The axis of `make-series`, behind which `in` may stand.
    pub fn axis(&mut self) -> Expr {
        let start = self.span().start;
        if self.is_named() {
            let names = vec![self.name()];
            self.advance();
            let value = Box::new(self.text_operation());
            return Expr { kind: ExprKind::Named(names, value), span: self.from(start) };
        }
        self.text_operation()
    }

    /// Rows in parentheses, or a table by name.
    pub fn postfix_source(&mut self) -> Expr {
        self.postfix()
    }

    /// The condition of `search`, whose texts may stand alone.
    pub fn search_expression(&mut self) -> Expr {
        self.expression()
    }

    /// The rest of a name such as `a*b*`.
    fn wildcard(&mut self, mut text: String, start: usize) -> Expr {
        while self.touches(0) {
            match self.kind() {
                TokenKind::Symbol("*") => text.push('*'),
                TokenKind::Word(word) => text.push_str(word),
                _ => break,
            }
            self.advance();
        }
        Expr { kind: ExprKind::Wildcard(text), span: self.from(start) }
    }

    /// The arguments of a call, whose name has been read.
    pub fn call(&mut self, name: Name) -> Call {
        self.expect("(");
        let wildcards = std::mem::take(&mut self.wildcards);
        let arguments = if self.is(")") { Vec::new() } else { self.list(Self::argument) };
        self.wildcards = wildcards;
        self.expect(")");
        Call { name, arguments }
    }

    fn argument(&mut self) -> Expr {
        if self.is_named() {
            let start = self.span().start;
            let name = self.name();
            self.expect("=");
            let value = Box::new(self.pipeline());
            return Expr { kind: ExprKind::Named(vec![name], value), span: self.from(start) };
        }
        self.pipeline()
    }
}

fn balanced(word: &'static str, mut items: Vec<Expr>, places: &[Span]) -> Expr {
    if items.len() == 1 {
        return items.remove(0);
    }
    let middle = items.len() / 2;
    let right = items.split_off(middle);
    let place = places.get(middle - 1).copied().unwrap_or_default();
    let left = balanced(word, items, places.get(..middle - 1).unwrap_or_default());
    let right = balanced(word, right, places.get(middle..).unwrap_or_default());
    binary(word, place, left, right)
}

fn binary(operator: &'static str, place: Span, left: Expr, right: Expr) -> Expr {
    let span = left.span.join(right.span);
    Expr { kind: ExprKind::Binary(Box::new(Binary { operator, place, left, right })), span }
}
