//! `return`: the values that a subsearch gives to the search around it.

use super::super::arguments::{General, missing};
use super::super::context::{Column, Context};
use crate::registry::{AnyOf, CommandRow, Needs};
use crate::tree::{Command, OptionValue};

pub(super) const ROWS: &[CommandRow] = &[CommandRow::new(
    "return",
    "return [<n>] [<alias>=]<field> ...",
    "Makes a search of a subsearch's first rows.",
    "a",
    lower,
)
.needs(Needs::Arguments)
.taking_any(AnyOf::NamesAndWords)];

pub(super) fn lower(context: &mut Context<'_>, command: &Command) {
    let mut arguments = General::new(context, command);
    let count = arguments.leading_count().unwrap_or(1);
    // `return name=field` gives the field another name; `return $field` its value alone.
    let mut wanted: Vec<(String, String)> = Vec::new();
    for option in arguments.options.others() {
        if let OptionValue::Word(word) = &option.value {
            wanted.push((option.name.text.clone(), word.text.clone()));
        }
    }
    let mut bare = false;
    for word in arguments.words(context) {
        bare |= word.text.starts_with('$');
        let name = word.text.trim_start_matches('$').to_owned();
        wanted.push((name.clone(), name));
    }
    arguments.finish(context);
    if wanted.is_empty() {
        return missing(context, command, "a field");
    }
    context.limit(0, Some(count));
    let mut values = Vec::new();
    for (name, field) in &wanted {
        values.push((name.clone(), context.field(field, command.span)));
    }
    context.assign(values);
    let mut kept: Vec<Column> = Vec::new();
    for (name, _) in &wanted {
        kept.extend(context.find(name));
    }
    context.close(kept, false);
    context.bare_values = bare;
}
