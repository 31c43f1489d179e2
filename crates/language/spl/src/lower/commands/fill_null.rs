//! `fillnull`: a value where there is none.

use quarry_plan::{ColumnName, Expression, Type};

use super::super::arguments::{General, names};
use super::super::build;
use super::super::context::{Context, Fill, convert, wider};
use crate::registry::{AnyOf, CommandRow, OptionRow};
use crate::tree::Command;

pub(super) const ROWS: &[CommandRow] = &[CommandRow::new(
    "fillnull",
    "fillnull <options> [<fields>]",
    "Puts a value where there is none.",
    "a",
    lower,
)
.with_options(&[VALUE])
.taking_any(AnyOf::Words)];

const VALUE: OptionRow = OptionRow::text("value", "text", "0", "What is put there.");

pub(super) fn lower(context: &mut Context<'_>, command: &Command) {
    let mut arguments = General::new(context, command);
    let value = arguments.options.text(&VALUE);
    let words = arguments.words(context);
    arguments.finish(context);
    if words.is_empty() {
        return fill_all(context, value);
    }
    let mut filled = Vec::new();
    for (name, _) in names(context, words) {
        filled.push(fill(context, &name, value));
    }
    context.assign(filled);
}

fn fill(context: &mut Context<'_>, name: &str, value: &str) -> (ColumnName, Expression) {
    let span = context.span;
    let Some(column) = context.find(name).filter(|column| !column.empty) else {
        return (name.into(), Expression::text(value, span));
    };
    let number =
        value.parse::<f64>().ok().filter(|_| matches!(column.data_type, Type::Double | Type::Integer));
    let (constant, constant_type) = match number {
        Some(number) => (build::number(number, span), Type::Double),
        None => (Expression::text(value, span), Type::Text),
    };
    let data_type = wider(column.data_type, constant_type);
    let items = vec![
        convert(Expression::column(name, span), column.data_type, data_type),
        convert(constant, constant_type, data_type),
    ];
    (name.into(), build::coalesce(items, span))
}

/// Fills every field: those known now, and on raw events those that come up later.
fn fill_all(context: &mut Context<'_>, value: &str) {
    if context.has_unknown_fields() {
        context.add_rule(Fill { value: value.to_owned() });
    }
    let mut filled = Vec::new();
    for name in context.field_names() {
        filled.push(fill(context, &name, value));
    }
    context.assign(filled);
}
