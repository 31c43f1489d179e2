//! `fromjson`: the members of a JSON object become fields.

use quarry_plan::Type;

use super::super::arguments::{General, missing};
use super::super::context::{Context, Json};
use crate::registry::{CommandRow, OptionRow};
use crate::tree::Command;

pub(super) const ROWS: &[CommandRow] = &[CommandRow::new(
    "fromjson",
    "fromjson <field>",
    "Makes fields of the members of a JSON object.",
    "a",
    lower,
)
.with_options(&[OptionRow::only("prefix", &[""], "Fields are named as the members are.")])];

pub(super) fn lower(context: &mut Context<'_>, command: &Command) {
    let mut arguments = General::new(context, command);
    let words = arguments.words(context);
    arguments.finish(context);
    let [field] = words.as_slice() else { return missing(context, command, "one field") };
    let input = context.field(&field.text, field.span);
    if context.type_of(&input) != Type::Null {
        context.add_rule(Json { input });
    }
}
