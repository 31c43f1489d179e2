//! The order of values of unknown kind: numbers by value before texts by bytes.

use quarry_plan::{Expression, SortKey, Type};

use super::super::build;
use super::super::context::{Context, convert};
use crate::tree::SortField;

/// The keys of one field: its number, then its text.
pub(crate) fn sort_keys(context: &mut Context<'_>, field: &SortField, reversed: bool) -> Vec<SortKey> {
    let span = field.field.span;
    let value = context.field(&field.field.text, span);
    let data_type = context.type_of(&value);
    if data_type == Type::Null {
        return Vec::new();
    }
    let descending = field.descending != reversed;
    let key = |value: Expression| SortKey::new(value, descending);
    let number = || build::call("sort_number", vec![value.clone()], Type::Double, span);
    let text = || convert(value.clone(), data_type, Type::Text);
    let is_number = matches!(data_type, Type::Double | Type::Integer | Type::Timestamp);
    match field.kind.as_ref().map(|kind| kind.text.as_str()) {
        Some("str") => vec![key(text())],
        Some("ip") => vec![key(address(text())), key(text())],
        _ if is_number => vec![key(value)],
        Some("num") => vec![key(number())],
        // Texts come after numbers, addresses by their parts; numbers of one size are equal however
        // they are written.
        _ => {
            let text = build::call("sort_text", vec![text()], Type::Text, span);
            let other = build::case(vec![(build::is_null(number()), text)], None, span);
            vec![key(number()), key(other)]
        }
    }
}

/// An IPv4 address with its parts at full width; null for other texts.
fn address(text: Expression) -> Expression {
    let span = text.span;
    let parts = build::call("split", vec![text, Expression::text(".", span)], Type::TextList, span);
    let part = |index: f64| {
        build::call("mvindex", vec![parts.clone(), build::number(index, span)], Type::Text, span)
    };
    let mut arguments = vec![Expression::text("%03d.%03d.%03d.%03d", span)];
    arguments.extend([0.0, 1.0, 2.0, 3.0].map(part));
    let padded = build::call("printf", arguments, Type::Text, span);
    let complete = build::is_present(part(3.0));
    build::case(vec![(complete, padded)], None, span)
}
