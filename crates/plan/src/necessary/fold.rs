//! Folding an expression to a constant, for one log type.

use regex::RegexBuilder;

use super::{ColumnFacts, Facts};
use crate::{Comparison, Expression, ExpressionKind, TextMatcher, TextPattern, Value};

/// The constant an expression always has, if that is certain.
pub fn fold(expression: &Expression, facts: Facts<'_>) -> Option<Value> {
    match &expression.kind {
        ExpressionKind::Literal(value) => Some(value.clone()),
        ExpressionKind::Column(name) => match facts(name) {
            ColumnFacts::Constant(value) => Some(value),
            _ => None,
        },
        ExpressionKind::Not(inner) => match fold(inner, facts)? {
            Value::Boolean(value) => Some(Value::Boolean(!value)),
            other => Some(other),
        },
        ExpressionKind::And(items) => junction(items, facts, false),
        ExpressionKind::Or(items) => junction(items, facts, true),
        ExpressionKind::Compare { operator, left, right } => compare(*operator, left, right, facts),
        ExpressionKind::Match { matcher, value } => {
            let constant = fold(value, facts)?;
            if constant == Value::Null {
                return Some(Value::Null);
            }
            match_constant(matcher, &constant).map(Value::Boolean)
        }
        ExpressionKind::IsNull(value) => Some(Value::Boolean(fold(value, facts)? == Value::Null)),
        ExpressionKind::Case { arms, otherwise } => case(arms, otherwise.as_deref(), facts),
        ExpressionKind::Coalesce(items) => coalesce(items, facts),
        ExpressionKind::Cast { value, to } => match fold(value, facts)? {
            Value::Null => Some(Value::Null),
            constant if constant.type_of() == *to => Some(constant),
            _ => None,
        },
        ExpressionKind::Call { function, arguments, .. } => call(function, arguments, facts),
        ExpressionKind::Arithmetic { .. } | ExpressionKind::ForEach { .. } => None,
    }
}

/// AND (`decisive` false) or OR (`decisive` true): one decisive operand settles it.
fn junction(items: &[Expression], facts: Facts<'_>, decisive: bool) -> Option<Value> {
    let folded: Vec<Option<Value>> = items.iter().map(|item| fold(item, facts)).collect();
    if folded.contains(&Some(Value::Boolean(decisive))) {
        return Some(Value::Boolean(decisive));
    }
    if folded.iter().any(Option::is_none) {
        // A null operand of an AND can never become true, so the whole is false or null.
        let never = !decisive && folded.contains(&Some(Value::Null));
        return never.then_some(Value::Null);
    }
    let null = folded.contains(&Some(Value::Null));
    Some(if null { Value::Null } else { Value::Boolean(!decisive) })
}

fn compare(operator: Comparison, left: &Expression, right: &Expression, facts: Facts<'_>) -> Option<Value> {
    let (left, right) = (fold(left, facts), fold(right, facts));
    if left == Some(Value::Null) || right == Some(Value::Null) {
        return Some(Value::Null);
    }
    let same = constants_equal(&left?, &right?)?;
    match operator {
        Comparison::Equal => Some(Value::Boolean(same)),
        Comparison::NotEqual => Some(Value::Boolean(!same)),
        _ => None,
    }
}

fn case(
    arms: &[(Expression, Expression)],
    otherwise: Option<&Expression>,
    facts: Facts<'_>,
) -> Option<Value> {
    for (when, then) in arms {
        match fold(when, facts)? {
            Value::Boolean(true) => return fold(then, facts),
            _ => continue,
        }
    }
    otherwise.map_or(Some(Value::Null), |value| fold(value, facts))
}

fn coalesce(items: &[Expression], facts: Facts<'_>) -> Option<Value> {
    for item in items {
        match fold(item, facts)? {
            Value::Null => continue,
            value => return Some(value),
        }
    }
    Some(Value::Null)
}

fn call(function: &str, arguments: &[Expression], facts: Facts<'_>) -> Option<Value> {
    let text = |upper: bool| match fold(arguments.first()?, facts)? {
        Value::Text(text) => Some(Value::Text(if upper { text.to_uppercase() } else { text.to_lowercase() })),
        Value::Null => Some(Value::Null),
        _ => None,
    };
    match (function, arguments) {
        ("spl_lower" | "aql_lower", [_]) => text(false),
        ("spl_upper" | "aql_upper", [_]) => text(true),
        ("spl_equal" | "aql_equal", [left, right]) => compare(Comparison::Equal, left, right, facts),
        ("spl_not_equal" | "aql_not_equal", [left, right]) => {
            compare(Comparison::NotEqual, left, right, facts)
        }
        _ => None,
    }
}

/// Whether two constants are equal: as numbers if both look numeric, else as text; none if unsure.
pub fn constants_equal(left: &Value, right: &Value) -> Option<bool> {
    if let (Some(left), Some(right)) = (number(left), number(right)) {
        return Some((left - right).abs() <= f64::EPSILON * left.abs().max(right.abs()));
    }
    match (left, right) {
        (Value::Text(left), Value::Text(right)) => Some(left == right),
        (Value::Boolean(left), Value::Boolean(right)) => Some(left == right),
        (Value::Text(text), Value::Double(_) | Value::Integer(_))
        | (Value::Double(_) | Value::Integer(_), Value::Text(text)) => {
            (!looks_numeric(text)).then_some(false)
        }
        _ => None,
    }
}

/// Whether a text might be read as a number by some language.
pub fn looks_numeric(text: &str) -> bool {
    let trimmed = text.trim();
    trimmed.parse::<f64>().is_ok() || trimmed.starts_with("0x")
}

#[allow(clippy::cast_precision_loss)] // equality of constants written by people
fn number(value: &Value) -> Option<f64> {
    match value {
        Value::Integer(number) => Some(*number as f64),
        Value::Double(number) => Some(*number),
        Value::Text(text) => text.trim().parse().ok(),
        _ => None,
    }
}

/// Whether a constant matches; none where that cannot be told here.
pub fn match_constant(matcher: &TextMatcher, value: &Value) -> Option<bool> {
    let Value::Text(text) = value else {
        return (*value == Value::Null).then_some(false);
    };
    let pattern = match &matcher.pattern {
        TextPattern::Equals(wanted) => format!("^{}$", regex::escape(wanted)),
        TextPattern::Contains(wanted) => regex::escape(wanted),
        TextPattern::Wildcard(wanted) => format!("^{}$", regex::escape(wanted).replace(r"\*", ".*")),
        TextPattern::Like(wanted) => {
            format!("^{}$", regex::escape(wanted).replace('%', ".*").replace('_', "."))
        }
        TextPattern::Regex(wanted) => wanted.clone(),
    };
    let dot_all = !matches!(matcher.pattern, TextPattern::Regex(_));
    let compiled = RegexBuilder::new(&pattern)
        .case_insensitive(matcher.ignore_case)
        .dot_matches_new_line(dot_all)
        .build()
        .ok()?;
    Some(compiled.is_match(text))
}
