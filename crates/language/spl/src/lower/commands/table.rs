//! `table`: exactly the named fields, in that order; one that does not exist is an empty column.

use quarry_plan::Type;

use super::super::arguments::{General, missing, names};
use super::super::context::{Column, Context};
use crate::registry::{AnyOf, CommandRow, Needs};
use crate::tree::Command;

pub(super) const ROWS: &[CommandRow] =
    &[CommandRow::new("table", "table <fields>", "Exactly these columns in this order.", "a", lower)
        .needs(Needs::Arguments)
        .taking_any(AnyOf::Words)];

pub(super) fn lower(context: &mut Context<'_>, command: &Command) {
    let mut arguments = General::new(context, command);
    let words = arguments.words(context);
    arguments.finish(context);
    if words.is_empty() {
        return missing(context, command, "a field");
    }
    let mut kept = Vec::new();
    for (name, span) in names(context, words) {
        let column = context.find(&name).unwrap_or_else(|| {
            context.field(&name, span);
            Column { name: name.into(), data_type: Type::Null, empty: true }
        });
        kept.push(column);
    }
    context.close(kept, false);
}
