//! `iplocation`: where an address is, as far as a database the user gives knows.

use quarry_plan::{Expression, Type};

use super::super::arguments::{General, missing};
use super::super::build;
use super::super::context::Context;
use crate::registry::{CommandRow, Needs};
use crate::tree::Command;

pub(super) const ROWS: &[CommandRow] = &[CommandRow::new(
    "iplocation",
    "iplocation [prefix=<text>] <field>",
    "Adds the place of an address.",
    "a",
    lower,
)
.needs(Needs::Arguments)];

/// Fields that are always added.
const FIELDS: [&str; 5] = ["City", "Country", "Region", "lat", "lon"];
/// Fields that `allfields` adds.
const MORE: [&str; 4] = ["Continent", "MetroCode", "Timezone", "city_geoname_id"];

pub(super) fn lower(context: &mut Context<'_>, command: &Command) {
    let mut arguments = General::new(context, command);
    let prefix = arguments.option("prefix").map_or(String::new(), |word| word.text.clone());
    let all = arguments.flag(context, "allfields", false);
    let language = arguments.option("lang").map_or("en".to_owned(), |word| word.text.clone());
    let words = arguments.words(context);
    arguments.finish(context);
    let [field] = words.as_slice() else { return missing(context, command, "one field") };
    let value = context.field(&field.text, field.span);
    let value = if context.type_of(&value) == Type::Null { value.cast(Type::Text) } else { value };
    let span = command.span;
    let more: &[&str] = if all { &MORE } else { &[] };
    let mut added = Vec::new();
    for name in FIELDS.iter().chain(more) {
        let arguments = vec![value.clone(), Expression::text(*name, span), Expression::text(&language, span)];
        let found = build::call("iplocation", arguments, Type::Text, span);
        added.push((format!("{prefix}{name}"), found));
    }
    context.assign(added);
}
