//! `bin`: puts times and numbers into buckets.

use quarry_plan::{Expression, Type};

use super::super::context::Context;
use super::super::{build, time};
use super::buckets;
use super::general::{General, bad_value, missing};
use crate::tree::{Command, Word};

pub(super) fn lower(context: &mut Context<'_>, command: &Command) {
    let mut arguments = General::new(context, command);
    let span = arguments.option("span");
    let bins = arguments.number(context, "bins").unwrap_or(100.0);
    for option in ["minspan", "start", "end"] {
        arguments.ignore(context, option, "the length of buckets follows from the values");
    }
    arguments.ignore(context, "aligntime", "buckets of time begin at whole units in UTC");
    let (fields, new_name) = arguments.words_around(context, "as");
    arguments.finish(context);
    let [field] = fields.as_slice() else {
        return missing(context, command, "one field");
    };
    let have = context.find(&field.text).map(|column| column.data_type);
    let chosen = match span {
        Some(_) => None,
        None if have == Some(Type::Timestamp) => buckets::time_span(context, bins),
        None => buckets::number_span(context, &field.text, bins),
    };
    let Some(span) = span.or(chosen.as_ref()) else { return };
    context.field(&field.text, field.span);
    let new_name = new_name.as_deref().and_then(<[&Word]>::first).map_or(&field.text, |word| &word.text);
    bucket(context, &field.text, new_name, span);
}

/// Sets a field to the bucket that another field falls into.
pub(super) fn bucket(context: &mut Context<'_>, field: &str, new_name: &str, span: &Word) {
    let Some(column) = context.find(field).filter(|column| !column.empty) else { return };
    let value = Expression::column(field, span.span);
    let number = span.text.parse::<f64>().ok().filter(|number| *number > 0.0);
    let text = time::without_alignment(&span.text);
    let length = match number {
        _ if time::is_span(text) => Expression::text(text, span.span),
        Some(number) => build::number(number, span.span),
        None => return bad_value(context, "span", span, "a length such as `5m` or `10`"),
    };
    let result = if column.data_type == Type::Timestamp { Type::Timestamp } else { Type::Text };
    let value = build::call("bin", vec![value, length], result, span.span);
    context.assign(vec![(new_name.to_owned(), value)]);
}
