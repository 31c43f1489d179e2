//! `mvexpand`: one row a value of a list; a row without a value stays.

use quarry_plan::Type;

use super::super::arguments::{General, missing};
use super::super::context::Context;
use crate::registry::{CommandRow, Needs, OptionRow};
use crate::tree::Command;

pub(super) const ROWS: &[CommandRow] =
    &[CommandRow::new("mvexpand", "mvexpand <field> <options>", "Makes one row a value.", "a", lower)
        .needs(Needs::Arguments)
        .with_options(&[LIMIT])];

const LIMIT: OptionRow = OptionRow::count("limit", "0", "How many values of a row are kept; 0 is all.");

pub(super) fn lower(context: &mut Context<'_>, command: &Command) {
    let mut arguments = General::new(context, command);
    let limit = arguments.options.count(&LIMIT).filter(|limit| *limit > 0);
    let words = arguments.words(context);
    arguments.finish(context);
    let [field] = words.as_slice() else { return missing(context, command, "one field") };
    let value = context.field(&field.text, field.span);
    if context.type_of(&value) == Type::TextList {
        context.expand(&field.text, limit);
    }
}
