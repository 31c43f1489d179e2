//! `reltime`: how long ago times are, in words (Splunk search reference, reltime).

use quarry_plan::Type;

use super::super::arguments::General;
use super::super::build;
use super::super::context::{Context, TIME};
use crate::registry::CommandRow;
use crate::tree::Command;

pub(super) const ROWS: &[CommandRow] = &[CommandRow::new(
    "reltime",
    "reltime [timefield=_time] [prefix=<text>]",
    "Says how long ago a time is, in whole units of the greatest kind; a month has 30 days. With a prefix, or of several fields, the new field is named by it and the old one.",
    "",
    lower,
)];

/// The new field's name, and what goes before the names of several where nothing is said.
const NAME: &str = "reltime";
const PREFIX: &str = "reltime_";

pub(super) fn lower(context: &mut Context<'_>, command: &Command) {
    let mut arguments = General::new(context, command);
    let fields = arguments.option("timefield");
    let prefix = arguments.option("prefix").map(|word| word.text.clone());
    arguments.finish(context);
    let listed = fields.map_or(TIME, |word| word.text.as_str());
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
            (prefix, _) => format!("{}{name}", prefix.as_deref().unwrap_or(PREFIX)),
        };
        added.push((new, build::call(NAME, vec![value], Type::Text, command.span)));
    }
    context.assign(added);
}
