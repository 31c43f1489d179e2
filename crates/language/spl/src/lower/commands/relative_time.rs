//! `reltime`: how long ago times are, in words (Splunk search reference, reltime).

use quarry_plan::Type;

use super::super::arguments::General;
use super::super::build;
use super::super::context::{Context, TIME};
use crate::registry::{CommandRow, OptionRow};
use crate::tree::Command;

pub(super) const ROWS: &[CommandRow] = &[CommandRow::new(
    "reltime",
    "reltime <options>",
    "Says how long ago a time is, in whole units of the greatest kind; a month has 30 days. With a prefix, or of several fields, the new field is named by it and the old one.",
    "",
    lower,
)
.with_options(&[FIELDS, PREFIX])];

const FIELDS: OptionRow = OptionRow::text("timefield", "fields", TIME, "The times, with commas.");
const PREFIX: OptionRow =
    OptionRow::text("prefix", "text", "", "What the names of the new fields begin with.");

/// The new field's name, and what goes before the names of several where nothing is said.
const NAME: &str = "reltime";
const NAMES: &str = "reltime_";

pub(super) fn lower(context: &mut Context<'_>, command: &Command) {
    let arguments = General::new(context, command);
    let fields = arguments.options.word(&FIELDS);
    let prefix = arguments.options.word(&PREFIX).map(|word| word.text.clone());
    let listed = arguments.options.text(&FIELDS);
    arguments.finish(context);
    let names: Vec<&str> = listed.split([',', ' ']).filter(|name| !name.is_empty()).collect();
    let span = fields.map_or(command.span, |word| word.span);
    let mut added = Vec::new();
    for name in &names {
        let value = context.field(*name, span);
        if context.type_of(&value) == Type::Null {
            continue;
        }
        // The manual's table: one field is named by the command, or by the prefix and the field, as its third
        // example shows; several are always named by a prefix and the field.
        let new = match (&prefix, names.len()) {
            (None, 1) => NAME.to_owned(),
            (prefix, _) => format!("{}{name}", prefix.as_deref().unwrap_or(NAMES)),
        };
        added.push((new, build::call(NAME, vec![value], Type::Text, command.span)));
    }
    context.assign(added);
}
