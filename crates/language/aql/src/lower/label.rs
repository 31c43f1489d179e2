//! Names of output columns as QRadar makes them up.

use crate::{
    registry::{self, Role},
    syntax::{Call, Expression, ExpressionKind},
};

/// The name of a column without an alias: a field as written, a call as its name and the words of its
/// arguments (`qidname_qid`, `SUM_eventcount`), anything else as its words.
pub(super) fn label(value: &Expression) -> String {
    match &value.kind {
        ExpressionKind::Name(name) => name.text.clone(),
        ExpressionKind::Call(call) => {
            let is_aggregate = registry::find(&call.name.text)
                .is_some_and(|function| matches!(function.role, Role::Aggregate(_)));
            let name = call.name.text.replace("::", "_");
            let name = if is_aggregate { name.to_uppercase() } else { name.to_lowercase() };
            let mut parts = vec![name];
            call.arguments.iter().for_each(|argument| words(argument, &mut parts));
            parts.join("_")
        }
        _ => {
            let mut parts = Vec::new();
            words(value, &mut parts);
            if parts.is_empty() { "expression".to_owned() } else { parts.join("_") }
        }
    }
}

/// The alphanumeric runs of an expression, in order.
fn words(value: &Expression, parts: &mut Vec<String>) {
    match &value.kind {
        ExpressionKind::Name(name) => runs(&name.text, parts),
        ExpressionKind::Text(text) | ExpressionKind::TextSearch(text) => runs(text, parts),
        ExpressionKind::Integer(number) => parts.push(number.to_string()),
        ExpressionKind::Double(number) => runs(&number.to_string(), parts),
        ExpressionKind::Boolean(truth) => parts.push(truth.to_string()),
        ExpressionKind::Null => parts.push("null".to_owned()),
        ExpressionKind::Call(call) => call_words(call, parts),
        ExpressionKind::Not(inner) | ExpressionKind::Negate(inner) | ExpressionKind::BitNot(inner) => {
            words(inner, parts)
        }
        ExpressionKind::And(items) | ExpressionKind::Or(items) => {
            items.iter().for_each(|item| words(item, parts))
        }
        ExpressionKind::Compare { left, right, .. } | ExpressionKind::Binary { left, right, .. } => {
            both(left, right, parts);
        }
        ExpressionKind::Pattern { value, patterns, .. } => {
            words(value, parts);
            patterns.iter().for_each(|pattern| words(pattern, parts));
        }
        ExpressionKind::In { value, list, .. } => {
            words(value, parts);
            list.iter().for_each(|item| words(item, parts));
        }
        ExpressionKind::Between { value, low, high, .. } => {
            words(value, parts);
            both(low, high, parts);
        }
        ExpressionKind::InQuery { value, .. } | ExpressionKind::IsNull { value, .. } => words(value, parts),
        ExpressionKind::Case { operand, arms, otherwise } => {
            parts.push("CASE".to_owned());
            operand.iter().for_each(|operand| words(operand, parts));
            arms.iter().for_each(|(when, then)| both(when, then, parts));
            otherwise.iter().for_each(|otherwise| words(otherwise, parts));
        }
        ExpressionKind::Missing => {}
    }
}

fn both(left: &Expression, right: &Expression, parts: &mut Vec<String>) {
    words(left, parts);
    words(right, parts);
}

fn call_words(call: &Call, parts: &mut Vec<String>) {
    runs(&call.name.text, parts);
    call.arguments.iter().for_each(|argument| words(argument, parts));
}

fn runs(text: &str, parts: &mut Vec<String>) {
    let found = text.split(|c: char| !c.is_alphanumeric()).filter(|run| !run.is_empty());
    parts.extend(found.map(str::to_owned));
}
