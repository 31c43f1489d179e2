//! Comparison in `eval` and `where`: by number if both sides look numeric, else by text, with case.

use quarry_diagnostic::Span;
use quarry_plan::{Comparison, Expression, ExpressionKind, TextPattern, Type, Value, parse_number};

use super::super::build;

/// `left operator right`. Uses an exact operator of the waist where the types settle how to compare,
/// else the rule of the language.
pub(super) fn compare(
    operator: Comparison,
    (left, left_type): (Expression, Type),
    (right, right_type): (Expression, Type),
    span: Span,
) -> Expression {
    let number = |of: Type| matches!(of, Type::Double | Type::Integer);
    if left_type == Type::Null || right_type == Type::Null {
        return Expression::literal(Value::Null, span).cast(Type::Boolean);
    }
    if number(left_type) && number(right_type) {
        let (left, right) = (as_double(left, left_type), as_double(right, right_type));
        return build::compare(operator, left, right, span);
    }
    if left_type == Type::Boolean && right_type == Type::Boolean {
        return build::compare(operator, left, right, span);
    }
    if matches!(operator, Comparison::Equal | Comparison::NotEqual) {
        match (plain_text(&left), plain_text(&right)) {
            (_, Some(text)) if is_text(left_type) => {
                return equal_text(operator, left, left_type, right, text, span);
            }
            (Some(text), _) if is_text(right_type) => {
                return equal_text(operator, right, right_type, left, text, span);
            }
            _ => {}
        }
    }
    build::compare_values(operator, left, right, span)
}

/// Comparison with a constant text that is no number: by bytes.
fn equal_text(
    operator: Comparison,
    value: Expression,
    value_type: Type,
    constant: Expression,
    text: String,
    span: Span,
) -> Expression {
    match (value_type, operator) {
        (Type::Text, _) => build::compare(operator, value, constant, span),
        (_, Comparison::Equal) => build::matches(TextPattern::Equals(text), false, value, span),
        _ => build::compare_values(operator, value, constant, span),
    }
}

fn is_text(of: Type) -> bool {
    matches!(of, Type::Text | Type::TextList)
}

fn plain_text(value: &Expression) -> Option<String> {
    match &value.kind {
        ExpressionKind::Literal(Value::Text(text)) if parse_number(text).is_none() => Some(text.clone()),
        _ => None,
    }
}

fn as_double(value: Expression, have: Type) -> Expression {
    if have == Type::Double { value } else { value.cast(Type::Double) }
}
