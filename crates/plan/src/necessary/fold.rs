//! Folding an expression to a constant, for one log type.

use regex::RegexBuilder;

use super::{ColumnFacts, Facts, MOST_NEEDED};
use crate::{
    Comparison, ComparisonRule, Expression, ExpressionKind, Law, TextMatcher, TextPattern, Value, order,
    word_expression,
};

/// The constant an expression always has, if that is certain.
pub fn fold(expression: &Expression, facts: Facts<'_>) -> Option<Value> {
    match &expression.kind {
        ExpressionKind::Literal(value) => Some(value.clone()),
        ExpressionKind::Column(name) => match (facts.columns)(name) {
            ColumnFacts::Constant(value) => Some(value),
            _ => None,
        },
        ExpressionKind::Not(inner) => match fold(inner, facts)? {
            Value::Boolean(value) => Some(Value::Boolean(!value)),
            other => Some(other),
        },
        ExpressionKind::And(items) => junction(items, facts, false),
        ExpressionKind::Or(items) => junction(items, facts, true),
        ExpressionKind::Compare { operator, rule, left, right } => {
            compare(*operator, *rule, left, right, facts)
        }
        ExpressionKind::Match { matcher, value } => {
            let constant = fold(value, facts)?;
            if constant == Value::Null {
                return Some(Value::Null);
            }
            match_constant(matcher, &constant).map(Value::Boolean)
        }
        ExpressionKind::Member { set, value } => match fold(value, facts)? {
            found if is_null(&found) => Some(Value::Null),
            _ if set.members().len() > MOST_NEEDED => None,
            _ => junction(&set.alternatives(value), facts, true),
        },
        ExpressionKind::IsNull(value) => Some(Value::Boolean(fold(value, facts)? == Value::Null)),
        ExpressionKind::Case { arms, otherwise } => case(arms, otherwise.as_deref(), facts),
        ExpressionKind::Coalesce(items) => coalesce(items, facts),
        ExpressionKind::Cast { value, to } => match fold(value, facts)? {
            Value::Null => Some(Value::Null),
            constant if constant.type_of() == *to => Some(constant),
            _ => None,
        },
        ExpressionKind::Call { function, arguments, .. } => call(function, arguments, facts),
        ExpressionKind::Path { value, .. } => (fold(value, facts)? == Value::Null).then_some(Value::Null),
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

fn compare(
    operator: Comparison,
    rule: ComparisonRule,
    left: &Expression,
    right: &Expression,
    facts: Facts<'_>,
) -> Option<Value> {
    let (left, right) = (fold(left, facts), fold(right, facts));
    if left.as_ref().is_some_and(is_null) || right.as_ref().is_some_and(is_null) {
        return Some(Value::Null);
    }
    compare_constants(operator, rule, &left?, &right?).map(Value::Boolean)
}

/// Whether a constant reads as null.
pub fn is_null(value: &Value) -> bool {
    match value {
        Value::Null => true,
        Value::TextList(texts) => texts.is_empty(),
        _ => false,
    }
}

/// How two constants compare, neither null; none if unsure.
pub fn compare_constants(
    operator: Comparison,
    rule: ComparisonRule,
    left: &Value,
    right: &Value,
) -> Option<bool> {
    if let (Some(left), Some(right)) = (left.operand(), right.operand()) {
        return order(rule, left, right).map(|found| operator.holds(found));
    }
    let is_list = |value: &Value| matches!(value, Value::TextList(_));
    if rule == ComparisonRule::Exact || !(is_list(left) || is_list(right)) {
        return None;
    }
    let any = |lefts: &[Value], rights: &[Value]| {
        let holds =
            |left: &Value, right: &Value| compare_constants(operator, rule, left, right) == Some(true);
        lefts.iter().any(|left| rights.iter().any(|right| holds(left, right)))
    };
    Some(any(&values(left), &values(right)))
}

fn values(value: &Value) -> Vec<Value> {
    match value {
        Value::TextList(texts) => texts.iter().cloned().map(Value::Text).collect(),
        other => vec![other.clone()],
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
    match ((facts.laws)(function), arguments) {
        (Some(Law::LowerCase), [_]) => text(false),
        (Some(Law::UpperCase), [_]) => text(true),
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
        TextPattern::StartsWith(wanted) => format!("^{}", regex::escape(wanted)),
        TextPattern::EndsWith(wanted) => format!("{}$", regex::escape(wanted)),
        TextPattern::Regex(wanted) => wanted.clone(),
        TextPattern::Word(wanted) | TextPattern::WordStart(wanted) | TextPattern::WordEnd(wanted) => {
            word_expression(&matcher.pattern, wanted)
        }
        TextPattern::Term(_) | TextPattern::Network(_) => return None,
    };
    let dot_all = !matches!(matcher.pattern, TextPattern::Regex(_));
    let compiled = RegexBuilder::new(&pattern)
        .case_insensitive(matcher.ignore_case)
        .dot_matches_new_line(dot_all)
        .build()
        .ok()?;
    Some(compiled.is_match(text))
}
