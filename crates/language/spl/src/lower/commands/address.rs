//! `iplocation`: where an address is, as far as a database the user gives knows.

use quarry_plan::{Expression, Type};

use super::super::arguments::{General, missing};
use super::super::build;
use super::super::context::Context;
use crate::registry::{CommandRow, Needs, OptionRow};
use crate::tree::Command;

pub(super) const ROWS: &[CommandRow] = &[CommandRow::new(
    "iplocation",
    "iplocation <options> <field>",
    "Adds the place of an address.",
    "a",
    lower,
)
.needs(Needs::Arguments)
.with_options(&[PREFIX, ALL_FIELDS, LANGUAGE])];

const PREFIX: OptionRow =
    OptionRow::text("prefix", "text", "", "What the names of the new fields begin with.");
const ALL_FIELDS: OptionRow = OptionRow::flag(
    "allfields",
    false,
    "Whether continent, metro code, time zone and GeoNames id are added too.",
);
const LANGUAGE: OptionRow = OptionRow::text("lang", "language", "en", "The language of the names of places.");

/// Fields that are always added.
const FIELDS: [&str; 5] = ["City", "Country", "Region", "lat", "lon"];
/// Fields that `allfields` adds.
const MORE: [&str; 4] = ["Continent", "MetroCode", "Timezone", "city_geoname_id"];

pub(super) fn lower(context: &mut Context<'_>, command: &Command) {
    let mut arguments = General::new(context, command);
    let prefix = arguments.options.text(&PREFIX);
    let all = arguments.options.flag(&ALL_FIELDS);
    let language = arguments.options.text(&LANGUAGE);
    let words = arguments.words(context);
    arguments.finish(context);
    let [field] = words.as_slice() else { return missing(context, command, "one field") };
    let value = context.field(&field.text, field.span);
    let value = if context.type_of(&value) == Type::Null { value.cast(Type::Text) } else { value };
    let span = command.span;
    let more: &[&str] = if all { &MORE } else { &[] };
    let mut added = Vec::new();
    for name in FIELDS.iter().chain(more) {
        let arguments = vec![value.clone(), Expression::text(*name, span), Expression::text(language, span)];
        let found = build::call("iplocation", arguments, Type::Text, span);
        added.push((format!("{prefix}{name}"), found));
    }
    context.assign(added);
}
