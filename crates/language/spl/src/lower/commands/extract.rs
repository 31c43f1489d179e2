//! `extract` (`kv`) and `multikv`: fields from text of pairs and of tables.

use quarry_plan::{Expression, Type};

use super::super::arguments::General;
use super::super::build;
use super::super::context::{Context, Pairs, RAW, Table};
use crate::registry::{CommandRow, OptionRow};
use crate::tree::Command;

pub(super) const ROWS: &[CommandRow] = &[
    CommandRow::new(
        "extract",
        "extract <options>",
        "Takes fields from pairs of names and values in the event's text.",
        "",
        lower_pairs,
    )
    .also(&["kv"])
    .with_options(OPTIONS),
    CommandRow::new("multikv", "multikv", "Takes fields from events that are tables.", "", lower_table)
        .with_options(TABLE_OPTIONS),
];

const PAIR_MARKS: OptionRow = OptionRow::text(
    "pairdelim",
    "characters",
    " ,;|\t\n",
    "The characters between pairs; spaces, `,`, `;` and `|` if not said.",
);
const VALUE_MARKS: OptionRow =
    OptionRow::text("kvdelim", "characters", "=", "The characters between a name and its value.");
const LATE: &str = "fields are found when they are asked for";
const OPTIONS: &[OptionRow] = &[
    PAIR_MARKS,
    VALUE_MARKS,
    OptionRow::ignored("auto", LATE),
    OptionRow::ignored("limit", LATE),
    OptionRow::ignored("maxchars", LATE),
    OptionRow::ignored("reload", LATE),
    OptionRow::ignored("segment", LATE),
    OptionRow::ignored("mv_add", LATE),
    OptionRow::ignored("clean_keys", LATE),
];
const TABLES: &str = "A table is read as its first line says.";
const TABLE_OPTIONS: &[OptionRow] = &[
    OptionRow::only_true("conf", TABLES),
    OptionRow::only_true("copyattrs", TABLES),
    OptionRow::only_true("forceheader", TABLES),
    OptionRow::only_true("multitable", TABLES),
    OptionRow::only_true("noheader", TABLES),
    OptionRow::only_true("rmorig", TABLES),
    OptionRow::only_true("fields", TABLES),
    OptionRow::only_true("filter", TABLES),
];

pub(super) fn lower_pairs(context: &mut Context<'_>, command: &Command) {
    let arguments = General::new(context, command);
    let pairs = arguments.options.text(&PAIR_MARKS).to_owned();
    let values = arguments.options.text(&VALUE_MARKS).to_owned();
    arguments.finish(context);
    let input = context.field(RAW, command.span);
    if context.type_of(&input) != Type::Null {
        context.add_rule(Pairs { input, pairs, values });
    }
}

/// One row a line of a table in `_raw`, whose first line names the fields.
pub(super) fn lower_table(context: &mut Context<'_>, command: &Command) {
    let arguments = General::new(context, command);
    arguments.finish(context);
    let span = command.span;
    let raw = context.field(RAW, span);
    if context.type_of(&raw) == Type::Null {
        return;
    }
    let lines = build::call("split", vec![raw, Expression::text("\n", span)], Type::TextList, span);
    let at = |index: f64| build::number(index, span);
    let (header, line) = (context.fresh_name("header"), context.fresh_name("line"));
    context.assign(vec![
        (header.clone(), build::call("mvindex", vec![lines.clone(), at(0.0)], Type::Text, span)),
        (line.clone(), build::call("mvindex", vec![lines, at(1.0), at(-1.0)], Type::TextList, span)),
    ]);
    context.expand(&line, None);
    context.filter(build::is_present(Expression::column(&line, span)));
    context.add_rule(Table { header, line });
}
