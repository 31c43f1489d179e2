//! `sort`: numbers by value before texts by bytes, missing values last; at most 10,000 rows unless
//! told otherwise.

use quarry_diagnostic::Diagnostic;
use quarry_plan::{Expression, SortKey, Type};

use super::super::context::{Context, convert};
use super::super::{build, codes};
use super::not_understood;
use crate::registry::{AnyOf, CommandRow, Grammar};
use crate::tree::{Arguments, Command, SortField};

pub(super) const ROWS: &[CommandRow] = &[CommandRow::new(
    "sort",
    "sort [<n>] [+|-]<field> ... [desc]",
    "Orders the rows and keeps the first 10,000 or as many as said; 0 keeps all.",
    "a",
    lower,
)
.grammar(Grammar::Sort)
.taking_any(AnyOf::Words)];

/// Rows kept where no count is written.
const DEFAULT_LIMIT: usize = 10_000;

pub(super) fn lower(context: &mut Context<'_>, command: &Command) {
    let Arguments::Sort(sort) = &command.arguments else { return not_understood(context, command) };
    let mut keys = Vec::new();
    for field in &sort.keys {
        keys.extend(sort_keys(context, field, sort.reversed));
    }
    if sort.keys.is_empty() {
        let message = "`sort` needs a field";
        context.report(Diagnostic::error(codes::MISSING_ARGUMENT, message, command.span));
        return;
    }
    let limit = match &sort.limit {
        Some(word) => match word.text.parse::<usize>() {
            Ok(limit) => limit,
            Err(_) => {
                let message = format!("`sort` takes a whole number of rows, found `{}`", word.text);
                context.report(Diagnostic::error(codes::BAD_ARGUMENT, message, word.span));
                return;
            }
        },
        None => DEFAULT_LIMIT,
    };
    // Fields that no row has order nothing.
    if !keys.is_empty() {
        context.sort(keys);
    }
    if limit > 0 {
        context.limit(0, Some(limit));
    }
}

/// The keys of one field: its number, then its text.
pub(super) fn sort_keys(context: &mut Context<'_>, field: &SortField, reversed: bool) -> Vec<SortKey> {
    let span = field.field.span;
    let value = context.field(&field.field.text, span);
    let data_type = context.type_of(&value);
    if data_type == Type::Null {
        return Vec::new();
    }
    let descending = field.descending != reversed;
    let key = |value: Expression| SortKey { value, descending };
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
