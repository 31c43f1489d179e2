//! Comparisons. A number and a text compare as texts, but for bounds: those of numbers are numbers, in quotes or not,
//! and those of addresses addresses. `= NULL` means IS NULL.

use std::net::IpAddr;

use quarry_diagnostic::Span;
use quarry_plan::{
    Comparison, ComparisonRule, Expression, ExpressionKind, TextPattern, Type, Value, parse_address,
    parse_number,
};

use super::value::{Origin, Typed, common, matches};

/// Lowers a comparison.
pub(super) fn compare(operator: Comparison, left: Typed, right: Typed, span: Span) -> Typed {
    if left.is_null() || right.is_null() {
        return with_null(operator, left, right, span);
    }
    if left.constant().is_some() && right.constant().is_none() {
        return compare(mirrored(operator), right, left, span);
    }
    match right.constant().cloned() {
        Some(constant) => with_constant(operator, left, right, &constant, span),
        None => values(operator, left, right, span),
    }
}

/// `= NULL` and `<> NULL` test for null; any other comparison with null is unknown.
fn with_null(operator: Comparison, left: Typed, right: Typed, span: Span) -> Typed {
    let value = if left.is_null() { right } else { left };
    let is_null = ExpressionKind::IsNull(Box::new(value.expression));
    match operator {
        Comparison::Equal => Typed::boolean(is_null, span),
        Comparison::NotEqual => Typed::new(Expression::new(is_null, span).negate(), Type::Boolean),
        _ => Typed::null(Type::Boolean, span),
    }
}

fn mirrored(operator: Comparison) -> Comparison {
    match operator {
        Comparison::Less => Comparison::Greater,
        Comparison::LessOrEqual => Comparison::GreaterOrEqual,
        Comparison::Greater => Comparison::Less,
        Comparison::GreaterOrEqual => Comparison::LessOrEqual,
        Comparison::Equal | Comparison::NotEqual => operator,
    }
}

fn is_equality(operator: Comparison) -> bool {
    matches!(operator, Comparison::Equal | Comparison::NotEqual)
}

fn with_constant(operator: Comparison, left: Typed, right: Typed, constant: &Value, span: Span) -> Typed {
    match (left.data_type, constant) {
        (Type::Text, Value::Text(text)) => text_constant(operator, left, text, span),
        (Type::Text, Value::Integer(_) | Value::Double(_))
            if left.origin == Origin::Undeclared && !is_equality(operator) =>
        {
            direct(operator, left.cast(Type::Double), right.cast(Type::Double), span)
        }
        (Type::Text, Value::Integer(number)) => text_constant(operator, left, &number.to_string(), span),
        (Type::Text, Value::Double(number)) => text_constant(operator, left, &number.to_string(), span),
        (Type::Text, Value::Boolean(truth)) => {
            let matched = matches(left, TextPattern::Equals(truth.to_string()), true, span);
            negated_if(matched, operator == Comparison::NotEqual)
        }
        (Type::Boolean, Value::Text(text)) => match truth(text) {
            Some(truth) => direct(
                operator,
                left.expression,
                Expression::literal(Value::Boolean(truth), right.span()),
                span,
            ),
            None => values(operator, left, right, span),
        },
        (Type::Boolean, Value::Integer(number @ (0 | 1))) => {
            let truth = Expression::literal(Value::Boolean(*number == 1), right.span());
            direct(operator, left.expression, truth, span)
        }
        // A text that is written as the number is written compares the same as the number.
        (Type::Integer, Value::Text(text)) if !is_equality(operator) => match number(text) {
            // The console writes the bounds of numbers in quotes.
            Some(Value::Integer(bound)) => {
                let bound = Expression::literal(Value::Integer(bound), right.span());
                direct(operator, left.expression, bound, span)
            }
            Some(bound) => {
                let bound = Expression::literal(bound, right.span());
                direct(operator, left.cast(Type::Double), bound, span)
            }
            None => values(operator, left, right, span),
        },
        (Type::Integer, Value::Text(text)) => {
            match text.parse::<i64>().ok().filter(|number| number.to_string() == *text) {
                Some(number) => direct(
                    operator,
                    left.expression,
                    Expression::literal(Value::Integer(number), right.span()),
                    span,
                ),
                None => values(operator, left, right, span),
            }
        }
        // A double is printed with a fraction by some clients and without by others.
        (Type::Double, Value::Text(text)) => match text.trim().parse() {
            Ok(number) => direct(
                operator,
                left.expression,
                Expression::literal(Value::Double(number), right.span()),
                span,
            ),
            Err(_) => values(operator, left, right, span),
        },
        _ => values(operator, left, right, span),
    }
}

fn text_constant(operator: Comparison, left: Typed, text: &str, span: Span) -> Typed {
    let address = parse_address(text);
    if !is_equality(operator) {
        let rule = match left.origin {
            Origin::Address | Origin::Undeclared if address.is_some() => ComparisonRule::Address,
            // A property may be a number, whose bounds the console writes in quotes.
            Origin::Undeclared if number(text).is_some() => ComparisonRule::NumbersElseText,
            _ => ComparisonRule::Exact,
        };
        return by_rule(operator, rule, left.expression, Expression::text(text, span), span);
    }
    // An address of version 6 is written in many ways.
    let pattern = match (left.origin, address) {
        (Origin::Address, Some(IpAddr::V6(_))) => TextPattern::Network(text.trim().to_owned()),
        _ => TextPattern::Equals(text.to_owned()),
    };
    let matched = matches(left, pattern, false, span);
    negated_if(matched, operator == Comparison::NotEqual)
}

/// The number in quotes.
fn number(text: &str) -> Option<Value> {
    let text = text.trim();
    if let Ok(whole) = text.parse() {
        return Some(Value::Integer(whole));
    }
    parse_number(text).filter(|number| number.is_finite()).map(Value::Double)
}

fn negated_if(value: Typed, negated: bool) -> Typed {
    if negated { Typed::new(value.expression.negate(), Type::Boolean) } else { value }
}

fn truth(text: &str) -> Option<bool> {
    ["true", "false"].iter().find(|word| text.eq_ignore_ascii_case(word)).map(|word| *word == "true")
}

/// Two values of any types.
fn values(operator: Comparison, left: Typed, right: Typed, span: Span) -> Typed {
    let types = (left.data_type, right.data_type);
    if matches!(types, (Type::Double, Type::Text) | (Type::Text, Type::Double)) {
        let (left, right) = (Box::new(left.expression), Box::new(right.expression));
        let rule = ComparisonRule::NumberAsText;
        return Typed::boolean(ExpressionKind::Compare { operator, rule, left, right }, span);
    }
    if (left.origin, right.origin) == (Origin::Address, Origin::Address) && !is_equality(operator) {
        return by_rule(operator, ComparisonRule::Address, left.expression, right.expression, span);
    }
    let data_type = match common(left.data_type, right.data_type) {
        Type::Null => Type::Text,
        other => other,
    };
    direct(operator, left.cast(data_type), right.cast(data_type), span)
}

fn direct(operator: Comparison, left: Expression, right: Expression, span: Span) -> Typed {
    by_rule(operator, ComparisonRule::Exact, left, right, span)
}

fn by_rule(
    operator: Comparison,
    rule: ComparisonRule,
    left: Expression,
    right: Expression,
    span: Span,
) -> Typed {
    Typed::new(Expression::compare(operator, rule, left, right, span), Type::Boolean)
}
