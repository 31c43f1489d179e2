//! `strcat`: fields and texts put together in a new field.

use quarry_plan::{Expression, Type};

use super::super::arguments::{General, missing};
use super::super::build;
use super::super::context::{Context, convert};
use crate::registry::{AnyOf, CommandRow, Needs, OptionRow};
use crate::tree::{Command, Quote};

pub(super) const ROWS: &[CommandRow] = &[CommandRow::new(
    "strcat",
    "strcat <options> <fields and texts> <new>",
    "Joins fields and texts to a new field.",
    "a \"b\" c",
    lower,
)
.needs(Needs::Arguments)
.with_options(&[ALL_REQUIRED])
.taking_any(AnyOf::Words)];

const ALL_REQUIRED: OptionRow = OptionRow::flag(
    "allrequired",
    false,
    "Whether the new field is only there where all fields have a value.",
);

pub(super) fn lower(context: &mut Context<'_>, command: &Command) {
    let mut arguments = General::new(context, command);
    let all_required = arguments.options.flag(&ALL_REQUIRED);
    let mut words = arguments.words(context);
    arguments.finish(context);
    let Some(target) = words.pop().filter(|_| !words.is_empty()) else {
        return missing(context, command, "fields or texts, and the name of the new field");
    };
    let span = command.span;
    let mut parts = Vec::new();
    let mut present = Vec::new();
    for word in words {
        if word.quote == Quote::Double {
            parts.push(Expression::text(&word.text, word.span));
            continue;
        }
        let value = context.field(&word.text, word.span);
        let have = context.type_of(&value);
        present.push(build::is_present(value.clone()));
        let text = if have == Type::Null { value.cast(Type::Text) } else { convert(value, have, Type::Text) };
        parts.push(build::coalesce(vec![text, Expression::text("", span)], span));
    }
    let mut joined = build::call("concat", parts, Type::Text, span);
    if all_required {
        // Where a field is missing nothing is written, so what stands there stays.
        let old = context.find(&target.text).filter(|column| !column.empty);
        let old = old.map(|old| convert(Expression::column(&target.text, span), old.data_type, Type::Text));
        joined = build::case(vec![(build::all(present, span), joined)], old, span);
    }
    context.assign(vec![(target.text.clone(), joined)]);
}
