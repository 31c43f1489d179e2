//! Expressions, by precedence climbing.

use quarry_diagnostic::Span;

use super::{
    Binary, Comparison, Expression, ExpressionKind, Name, PatternOperator, Quote,
    lexer::{EMPTY_SLOT, TokenKind},
    parser::Parser,
};
use crate::codes;

/// Loosest to tightest.
const OR: u8 = 1;
const AND: u8 = 2;
const NOT: u8 = 3;
const COMPARISON: u8 = 4;
const BITS: u8 = 5;
const SUM: u8 = 6;
const PRODUCT: u8 = 7;
const POWER: u8 = 8;
const UNARY: u8 = 9;

const COMPARISONS: [(&str, Comparison); 8] = [
    ("=", Comparison::Equal),
    ("==", Comparison::Equal),
    ("!=", Comparison::NotEqual),
    ("<>", Comparison::NotEqual),
    ("<", Comparison::Less),
    ("<=", Comparison::LessOrEqual),
    (">", Comparison::Greater),
    (">=", Comparison::GreaterOrEqual),
];

const BINARIES: [(&str, Binary, u8); 10] = [
    ("&", Binary::BitAnd, BITS),
    ("|", Binary::BitOr, BITS),
    ("<<", Binary::ShiftLeft, BITS),
    (">>", Binary::ShiftRight, BITS),
    ("+", Binary::Add, SUM),
    ("-", Binary::Subtract, SUM),
    ("*", Binary::Multiply, PRODUCT),
    ("/", Binary::Divide, PRODUCT),
    ("%", Binary::Modulo, PRODUCT),
    ("^", Binary::Power, POWER),
];

const PATTERNS: [(&str, PatternOperator); 4] = [
    ("LIKE", PatternOperator::Like),
    ("ILIKE", PatternOperator::Ilike),
    ("MATCHES", PatternOperator::Matches),
    ("IMATCHES", PatternOperator::Imatches),
];

/// What may come between two operands.
enum Infix {
    Logic(u8),
    Compare(Comparison),
    Binary(Binary, u8),
    /// LIKE, IN, BETWEEN, IS, maybe with NOT before it.
    Predicate,
}

impl Infix {
    fn level(&self) -> u8 {
        match self {
            Self::Logic(level) | Self::Binary(_, level) => *level,
            Self::Compare(_) | Self::Predicate => COMPARISON,
        }
    }
}

impl Parser {
    /// A value or condition.
    pub(super) fn expression(&mut self) -> Expression {
        self.climb(OR)
    }

    /// A value that holds no comparison, for START, STOP and PARAMETERS.
    pub(super) fn value(&mut self) -> Expression {
        self.climb(BITS)
    }

    fn climb(&mut self, lowest: u8) -> Expression {
        if !self.enter() {
            return Expression::missing(self.span());
        }
        let mut left = self.prefix();
        let mut grown = false;
        loop {
            if self.foreign_suffix() {
                left.kind = ExpressionKind::Missing;
                continue;
            }
            let Some(infix) = self.infix().filter(|infix| infix.level() >= lowest) else { break };
            let is_logic = matches!(infix, Infix::Logic(_));
            if grown && !is_logic && !self.chain() {
                break;
            }
            left = self.combine(left, &infix);
            grown = true;
        }
        self.leave();
        left
    }

    fn infix(&self) -> Option<Infix> {
        match self.kind() {
            TokenKind::Symbol(symbol) => {
                let compare = COMPARISONS
                    .iter()
                    .find(|(have, _)| have == symbol)
                    .map(|(_, found)| Infix::Compare(*found));
                let binary = || BINARIES.iter().find(|(have, ..)| have == symbol);
                compare.or_else(|| binary().map(|(_, found, level)| Infix::Binary(*found, *level)))
            }
            TokenKind::Word(_) if self.is_word("OR") => Some(Infix::Logic(OR)),
            TokenKind::Word(_) if self.is_word("AND") => Some(Infix::Logic(AND)),
            TokenKind::Word(_) => {
                let starts =
                    |word: &str, after: bool| if after { self.word_after(word) } else { self.is_word(word) };
                let negated = self.is_word("NOT");
                let pattern = PATTERNS.iter().any(|(word, _)| starts(word, negated));
                let other = ["IN", "BETWEEN"].iter().any(|word| starts(word, negated));
                (pattern || other || self.is_word("IS")).then_some(Infix::Predicate)
            }
            _ => None,
        }
    }

    fn combine(&mut self, left: Expression, infix: &Infix) -> Expression {
        match infix {
            Infix::Logic(level) => self.logic(left, *level),
            Infix::Compare(operator) => {
                self.advance();
                let right = self.climb(BITS);
                let span = left.span.join(right.span);
                let (left, right) = (Box::new(left), Box::new(right));
                Expression::new(ExpressionKind::Compare { operator: *operator, left, right }, span)
            }
            Infix::Binary(operator, level) => {
                self.advance();
                let right = self.climb(if *level == POWER { POWER } else { level + 1 });
                let span = left.span.join(right.span);
                let (left, right) = (Box::new(left), Box::new(right));
                Expression::new(ExpressionKind::Binary { operator: *operator, left, right }, span)
            }
            Infix::Predicate => self.predicate(left),
        }
    }

    /// A run of AND or OR, kept flat.
    fn logic(&mut self, first: Expression, level: u8) -> Expression {
        let keyword = if level == OR { "OR" } else { "AND" };
        let mut items = vec![first];
        while self.take_word(keyword) {
            let item = self.climb(level + 1);
            items.push(item);
        }
        let span = items.iter().fold(items[0].span, |span, item| span.join(item.span));
        let kind = if level == OR { ExpressionKind::Or(items) } else { ExpressionKind::And(items) };
        Expression::new(kind, span)
    }

    fn predicate(&mut self, value: Expression) -> Expression {
        let start = value.span;
        let value = Box::new(value);
        let kind = if self.take_word("IS") {
            let negated = self.take_word("NOT");
            self.expect_word("NULL");
            ExpressionKind::IsNull { negated, value }
        } else {
            let negated = self.take_word("NOT");
            if self.take_word("BETWEEN") {
                let low = Box::new(self.climb(BITS));
                self.expect_word("AND");
                let high = Box::new(self.climb(BITS));
                ExpressionKind::Between { negated, value, low, high }
            } else if self.take_word("IN") {
                self.membership(value, negated)
            } else {
                self.pattern(value, negated)
            }
        };
        Expression::new(kind, start.join(self.previous_span()))
    }

    fn membership(&mut self, value: Box<Expression>, negated: bool) -> ExpressionKind {
        if !self.take_symbol("(") {
            self.reject_bare_in();
            return ExpressionKind::Missing;
        }
        if self.is_word("SELECT") {
            let query = self.nested_statement();
            self.expect_symbol(")");
            return match query {
                Some(query) => ExpressionKind::InQuery { negated, value, query: Box::new(query) },
                None => ExpressionKind::Missing,
            };
        }
        let list = self.list();
        ExpressionKind::In { negated, value, list }
    }

    /// Values up to `)`; the `(` was taken.
    fn list(&mut self) -> Vec<Expression> {
        let mut items = Vec::new();
        if self.is_symbol(")") {
            self.unexpected("a value", "write the values of the list: `IN ('a', 'b')`");
        } else {
            loop {
                let item = self.expression();
                items.push(item);
                if !self.take_symbol(",") {
                    break;
                }
            }
        }
        self.expect_symbol(")");
        items
    }

    fn pattern(&mut self, value: Box<Expression>, negated: bool) -> ExpressionKind {
        let found = PATTERNS.iter().find(|(word, _)| self.is_word(word)).map(|(_, found)| *found);
        let operator = found.unwrap_or(PatternOperator::Like);
        self.advance();
        let is_list = (self.is_word("ANY") || self.is_word("ENUMERATION")) && self.symbol_after("(");
        if !is_list {
            let pattern = self.climb(BITS);
            return ExpressionKind::Pattern { operator, negated, value, patterns: vec![pattern] };
        }
        let span = self.span();
        let name = self.any_name().map(|name| name.text.to_uppercase()).unwrap_or_default();
        self.warning(
            codes::LIKE_ANY,
            format!("a list of patterns ({name}) is not documented AQL"),
            span,
            "write one comparison a pattern, joined with OR",
        );
        self.advance();
        let patterns = self.list();
        ExpressionKind::Pattern { operator, negated, value, patterns }
    }

    fn prefix(&mut self) -> Expression {
        let start = self.span();
        let (operand, wrap): (u8, fn(Box<Expression>) -> ExpressionKind) = if self.is_word("NOT") {
            (NOT, ExpressionKind::Not)
        } else if self.is_symbol("-") {
            (UNARY, ExpressionKind::Negate)
        } else if self.is_symbol("~") {
            (UNARY, ExpressionKind::BitNot)
        } else if self.is_symbol("+") {
            self.advance();
            return self.climb(UNARY);
        } else {
            return self.primary();
        };
        self.advance();
        let value = self.climb(operand);
        let span = start.join(value.span);
        Expression::new(wrap(Box::new(value)), span)
    }

    fn primary(&mut self) -> Expression {
        let span = self.span();
        let constant = match self.kind() {
            TokenKind::Text(text) => Some(ExpressionKind::Text(text.clone())),
            TokenKind::Integer(number) => Some(ExpressionKind::Integer(*number)),
            TokenKind::Double(number) => Some(ExpressionKind::Double(*number)),
            TokenKind::Placeholder(text) if text == EMPTY_SLOT => Some(ExpressionKind::Null),
            TokenKind::Placeholder(_) => Some(ExpressionKind::Missing),
            _ => None,
        };
        if let Some(kind) = constant {
            self.advance();
            if matches!(kind, ExpressionKind::Integer(_)) && self.foreign_duration() {
                return Expression::missing(span);
            }
            return Expression::new(kind, span);
        }
        if self.take_symbol("(") {
            return self.group(span);
        }
        match self.kind() {
            TokenKind::Quoted(_) => self.name_or_call(),
            TokenKind::Word(_) => self.word(span),
            _ => self.no_value(),
        }
    }

    fn group(&mut self, start: Span) -> Expression {
        if self.is_word("SELECT") {
            self.error(
                codes::UNEXPECTED,
                "a sub-select cannot be a value",
                start,
                "a sub-select stands in FROM or after IN",
            );
            self.nested_statement();
            self.expect_symbol(")");
            return Expression::missing(start);
        }
        let mut value = self.expression();
        self.expect_symbol(")");
        value.span = start.join(self.previous_span());
        value
    }

    fn no_value(&mut self) -> Expression {
        let help = "a value is a field, a string in single quotes, a number, or a function of them";
        self.unexpected("a value", help);
        let span = self.span();
        Expression::missing(Span::new(span.start, span.start))
    }

    fn word(&mut self, span: Span) -> Expression {
        let keyword = [
            ("NULL", ExpressionKind::Null),
            ("TRUE", ExpressionKind::Boolean(true)),
            ("FALSE", ExpressionKind::Boolean(false)),
        ];
        if let Some((_, kind)) = keyword.into_iter().find(|(word, _)| self.is_word(word)) {
            self.advance();
            return Expression::new(kind, span);
        }
        if self.is_word("CASE") {
            return self.case();
        }
        if self.is_word("IF") {
            return self.conditional();
        }
        if self.is_word("TEXT") && self.word_after("SEARCH") {
            return self.text_search();
        }
        if self.foreign_value() {
            return Expression::missing(span);
        }
        if self.is_reserved() || self.at_clause() {
            return self.no_value();
        }
        self.name_or_call()
    }

    fn name_or_call(&mut self) -> Expression {
        let start = self.span();
        let Some(name) = self.any_name() else { return self.no_value() };
        if self.is_symbol("(") {
            let call = self.call(name);
            return Expression::new(ExpressionKind::Call(call), start.join(self.previous_span()));
        }
        if self.foreign_qualifier(&name) {
            return Expression::missing(start);
        }
        self.check_name(&name);
        Expression::new(ExpressionKind::Name(name), start)
    }

    /// `x::type` reads as one word.
    fn check_name(&mut self, name: &Name) {
        if name.quote == Quote::Bare && name.text.contains("::") {
            self.error(codes::COLON_CAST, "a `::` cast is not AQL", name.span, "convert with LONG(x), DOUBLE(x) or STR(x); `::` only separates a function from its namespace");
        }
    }

    fn text_search(&mut self) -> Expression {
        let start = self.span();
        self.advance();
        self.advance();
        let TokenKind::Text(text) = self.kind().clone() else {
            self.unexpected("a string after TEXT SEARCH", "write `TEXT SEARCH 'words'`");
            return Expression::missing(start);
        };
        self.advance();
        Expression::new(ExpressionKind::TextSearch(text), start.join(self.previous_span()))
    }

    /// `IF c THEN a ELSE b`, which has no END.
    fn conditional(&mut self) -> Expression {
        let start = self.span();
        self.advance();
        let condition = self.expression();
        self.expect_word("THEN");
        let then = self.expression();
        let otherwise = self.take_word("ELSE").then(|| Box::new(self.expression()));
        let kind = ExpressionKind::Case { operand: None, arms: vec![(condition, then)], otherwise };
        Expression::new(kind, start.join(self.previous_span()))
    }

    fn case(&mut self) -> Expression {
        let start = self.span();
        self.advance();
        let operand = (!self.is_word("WHEN")).then(|| Box::new(self.expression()));
        let mut arms = Vec::new();
        while self.take_word("WHEN") {
            let when = self.expression();
            self.expect_word("THEN");
            let then = self.expression();
            arms.push((when, then));
        }
        if arms.is_empty() {
            self.unexpected("WHEN", "write `CASE WHEN condition THEN value ELSE other END`");
        }
        let otherwise = self.take_word("ELSE").then(|| Box::new(self.expression()));
        self.expect_word("END");
        let kind = ExpressionKind::Case { operand, arms, otherwise };
        Expression::new(kind, start.join(self.previous_span()))
    }
}
