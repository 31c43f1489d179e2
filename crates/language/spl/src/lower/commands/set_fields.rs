//! `setfields`: the same text in a field of every row.

use quarry_plan::Expression;

use super::super::arguments::General;
use super::super::context::Context;
use crate::registry::{AnyOf, CommandRow, Needs};
use crate::tree::{Command, OptionValue};

pub(super) const ROWS: &[CommandRow] = &[CommandRow::new(
    "setfields",
    "setfields <field>=<text>, ...",
    "Sets fields to texts.",
    "a=\"b\"",
    lower,
)
.needs(Needs::Arguments)
.taking_any(AnyOf::Names)];

pub(super) fn lower(context: &mut Context<'_>, command: &Command) {
    let arguments = General::new(context, command);
    for option in arguments.options.others() {
        if let OptionValue::Word(word) = &option.value {
            let text = Expression::text(&word.text, word.span);
            context.assign(vec![(option.name.text.clone(), text)]);
        }
    }
    arguments.finish(context);
}
