//! A lowered expression with its type, and conversions between types.

use quarry_diagnostic::Span;
use quarry_plan::{Expression, ExpressionKind, TextMatcher, TextPattern, Type, Value};

/// A lowered expression with its type.
#[derive(Debug, Clone)]
pub(crate) struct Typed {
    pub(super) expression: Expression,
    pub(super) data_type: Type,
    /// Where the value comes from, as far as a rule depends on it.
    pub(super) origin: Origin,
}

/// Where a value comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Origin {
    /// Nothing special.
    Any,
    /// The raw payload, which is bytes in QRadar.
    Raw,
    /// A time field: milliseconds since 1970.
    Time,
    /// A custom property or a path of the record, which may hold numbers as text.
    Undeclared,
    /// A list of texts, written out as one text.
    List,
    /// An address, which has an order of its own.
    Address,
}

impl Typed {
    pub(super) fn new(expression: Expression, data_type: Type) -> Self {
        Self { expression, data_type, origin: Origin::Any }
    }

    pub(super) fn boolean(kind: ExpressionKind, span: Span) -> Self {
        Self::new(Expression::new(kind, span), Type::Boolean)
    }

    pub(super) fn literal(value: Value, span: Span) -> Self {
        let data_type = value.type_of();
        Self::new(Expression::literal(value, span), data_type)
    }

    /// A null that has a type.
    pub(super) fn null(data_type: Type, span: Span) -> Self {
        Self::new(typed_null(data_type, span), data_type)
    }

    /// What orders it: of an address a text that sorts as addresses do.
    pub(super) fn sort_key(self) -> Expression {
        if self.origin != Origin::Address {
            return self.expression;
        }
        let span = self.span();
        Expression::call("address_key", vec![self.cast(Type::Text)], Type::Text, span)
    }

    pub(super) fn span(&self) -> Span {
        self.expression.span
    }

    /// The constant, if it is one.
    pub(super) fn constant(&self) -> Option<&Value> {
        match &self.expression.kind {
            ExpressionKind::Literal(value) => Some(value),
            _ => None,
        }
    }

    pub(super) fn constant_text(&self) -> Option<&str> {
        match self.constant() {
            Some(Value::Text(text)) => Some(text),
            _ => None,
        }
    }

    pub(super) fn is_null(&self) -> bool {
        matches!(self.constant(), Some(Value::Null))
    }

    /// The value as another type. Constants are converted here.
    pub(super) fn cast(self, to: Type) -> Expression {
        if self.data_type == to {
            return self.expression;
        }
        let span = self.span();
        if self.is_null() {
            return typed_null(to, span);
        }
        let converted = match (self.constant(), to) {
            (Some(Value::Integer(number)), Type::Text) => Some(Value::Text(number.to_string())),
            (Some(Value::Double(number)), Type::Text) => Some(Value::Text(number.to_string())),
            (Some(Value::Boolean(truth)), Type::Text) => Some(Value::Text(truth.to_string())),
            (Some(Value::Integer(number)), Type::Double) => Some(Value::Double(to_double(*number))),
            (Some(Value::Text(text)), Type::Integer) => text.trim().parse().ok().map(Value::Integer),
            (Some(Value::Text(text)), Type::Double) => text.trim().parse().ok().map(Value::Double),
            _ => None,
        };
        match converted {
            Some(value) => Expression::literal(value, span),
            None => self.expression.cast(to),
        }
    }
}

/// A null of a type.
pub(super) fn typed_null(data_type: Type, span: Span) -> Expression {
    let null = Expression::literal(Value::Null, span);
    if data_type == Type::Null { null } else { null.cast(data_type) }
}

/// The nearest double.
#[expect(clippy::cast_precision_loss, reason = "AQL computes with doubles")]
pub(super) fn to_double(number: i64) -> f64 {
    number as f64
}

/// The type two values share: the same, double for numbers, else text. Null fits any.
pub(super) fn common(left: Type, right: Type) -> Type {
    match (left, right) {
        (Type::Null, other) | (other, Type::Null) => other,
        (left, right) if left == right => left,
        (Type::Integer | Type::Double, Type::Integer | Type::Double) => Type::Double,
        _ => Type::Text,
    }
}

/// A text that matches a constant pattern; of a list, any element may match.
pub(super) fn matches(value: Typed, pattern: TextPattern, ignore_case: bool, span: Span) -> Typed {
    let value =
        if value.origin == Origin::List { elements(value.expression) } else { value.cast(Type::Text) };
    let matcher = TextMatcher { pattern, ignore_case };
    Typed::boolean(ExpressionKind::Match { matcher, value: Box::new(value) }, span)
}

/// The list behind a text that was written out from one.
fn elements(value: Expression) -> Expression {
    match value.kind {
        ExpressionKind::Cast { value, to: Type::Text } => *value,
        _ => value,
    }
}
