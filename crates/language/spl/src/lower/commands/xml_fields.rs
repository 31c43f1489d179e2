//! `xmlkv`: the elements of XML text become fields, `<name>value</name>`.

use quarry_plan::Type;

use super::super::arguments::{General, missing};
use super::super::context::{Context, Markup, RAW};
use crate::registry::{AnyOf, CommandRow, OptionRow};
use crate::tree::Command;

pub(super) const ROWS: &[CommandRow] =
    &[CommandRow::new("xmlkv", "xmlkv [<field>]", "Makes fields of the elements of XML text.", "", lower)
        .with_options(&[OptionRow::ignored("maxinputs", "every row is read")])
        .taking_any(AnyOf::Words)];

pub(super) fn lower(context: &mut Context<'_>, command: &Command) {
    let mut arguments = General::new(context, command);
    let words = arguments.words(context);
    arguments.finish(context);
    let name = match words.as_slice() {
        [] => RAW,
        [field] => field.text.as_str(),
        _ => return missing(context, command, "at most one field"),
    };
    let input = context.field(name, command.span);
    if context.type_of(&input) != Type::Null {
        context.add_rule(Markup { input });
    }
}
