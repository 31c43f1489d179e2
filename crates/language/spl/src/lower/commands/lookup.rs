//! `lookup`: fields from a table of reference data.

use super::super::arguments::{General, missing};
use super::super::context::Context;
use super::super::rows::computed_lookup;
use super::super::rows::lookup_table::{self, How};
use crate::registry::{AnyOf, CommandRow, Needs, OptionRow};
use crate::tree::Command;

pub(super) const ROWS: &[CommandRow] = &[CommandRow::new(
    "lookup",
    "lookup <table> <field> [AS <event field>] [OUTPUT|OUTPUTNEW <fields>]",
    "Adds fields of the rows of a table that match.",
    "regions.csv region OUTPUT name",
    lower,
)
.needs(Needs::Arguments)
.with_options(&[
    OptionRow::ignored("local", "there is one machine only"),
    OptionRow::ignored("update", "a table is read anew for every query"),
    OptionRow::ignored("event_time_field", "no table has times of its own"),
])
.taking_any(AnyOf::Words)];

pub(super) fn lower(context: &mut Context<'_>, command: &Command) {
    let mut arguments = General::new(context, command);
    let words = arguments.words(context);
    arguments.finish(context);
    let Some((name, words)) = words.split_first() else { return missing(context, command, "a lookup") };
    let at = words.iter().position(|word| word.is_keyword("output") || word.is_keyword("outputnew"));
    let (keys, outputs) = words.split_at(at.unwrap_or(words.len()));
    let keeps = outputs.first().is_some_and(|word| word.is_keyword("outputnew"));
    let keys = lookup_table::pairs(keys);
    if keys.is_empty() {
        return missing(context, command, "a field to look up");
    }
    let outputs = lookup_table::pairs(outputs.get(1..).unwrap_or_default());
    let own = context.shared.environment.knowledge.and_then(|knowledge| knowledge.lookups.find(&name.text));
    if own.is_none() && computed_lookup::apply(context, &name.text, &keys, &outputs, keeps) {
        return;
    }
    let Some((definition, table)) = lookup_table::find(context, name) else { return };
    lookup_table::apply(context, &definition, &table, &keys, &outputs, &How { keeps, only: None });
}
