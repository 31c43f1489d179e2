//! Small constructors of waist expressions, shared by commands.

use quarry_diagnostic::Span;
use quarry_plan::{
    AggregateCall, Comparison, ComparisonRule, Expression, ExpressionKind, TextMatcher, TextPattern, Type,
    Value, all_of, any_of,
};

/// The aggregation that counts rows.
pub(crate) fn count_of_rows() -> AggregateCall {
    AggregateCall {
        function: "count".to_owned(),
        arguments: Vec::new(),
        filter: None,
        order: Vec::new(),
        result: Type::Integer,
    }
}

pub(crate) fn boolean(value: bool, span: Span) -> Expression {
    Expression::literal(Value::Boolean(value), span)
}

pub(crate) fn number(value: f64, span: Span) -> Expression {
    Expression::literal(Value::Double(value), span)
}

pub(crate) fn null(span: Span) -> Expression {
    Expression::literal(Value::Null, span)
}

/// All hold; one alone stands for itself.
pub(crate) fn all(items: Vec<Expression>, span: Span) -> Expression {
    all_of(items, span)
}

/// At least one holds; one alone stands for itself, very many of one value are a membership.
pub(crate) fn any(items: Vec<Expression>, span: Span) -> Expression {
    any_of(items, span)
}

pub(crate) fn is_null(value: Expression) -> Expression {
    let span = value.span;
    Expression::new(ExpressionKind::IsNull(Box::new(value)), span)
}

pub(crate) fn is_present(value: Expression) -> Expression {
    is_null(value).negate()
}

pub(crate) fn coalesce(items: Vec<Expression>, span: Span) -> Expression {
    Expression::new(ExpressionKind::Coalesce(items), span)
}

/// Two values of one type.
pub(crate) fn compare(operator: Comparison, left: Expression, right: Expression, span: Span) -> Expression {
    Expression::compare(operator, ComparisonRule::Exact, left, right, span)
}

/// Two values of any types, by the rule of the language.
pub(crate) fn compare_values(
    operator: Comparison,
    left: Expression,
    right: Expression,
    span: Span,
) -> Expression {
    Expression::compare(operator, ComparisonRule::NumbersElseText, left, right, span)
}

pub(crate) fn matches(pattern: TextPattern, ignore_case: bool, value: Expression, span: Span) -> Expression {
    let matcher = TextMatcher { pattern, ignore_case };
    Expression::new(ExpressionKind::Match { matcher, value: Box::new(value) }, span)
}

pub(crate) fn case(
    arms: Vec<(Expression, Expression)>,
    otherwise: Option<Expression>,
    span: Span,
) -> Expression {
    Expression::new(ExpressionKind::Case { arms, otherwise: otherwise.map(Box::new) }, span)
}

/// The call of a function or operator of the language.
pub(crate) fn call(name: &str, arguments: Vec<Expression>, result: Type, span: Span) -> Expression {
    Expression::call(format!("spl_{name}"), arguments, result, span)
}

/// Whether a text could be read as a number, so that comparison by text alone would be wrong.
pub(crate) fn looks_numeric(text: &str) -> bool {
    let trimmed = text.trim();
    trimmed.parse::<f64>().is_ok() || trimmed.get(..2).is_some_and(|start| start.eq_ignore_ascii_case("0x"))
}
