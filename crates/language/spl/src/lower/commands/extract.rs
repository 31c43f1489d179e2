//! `extract` (`kv`) and `multikv`: fields from text of pairs and of tables.

use quarry_plan::{Expression, Type};

use super::super::arguments::General;
use super::super::build;
use super::super::context::{Context, Pairs, RAW, Table};
use crate::registry::CommandRow;
use crate::tree::Command;

pub(super) const ROWS: &[CommandRow] = &[
    CommandRow::new(
        "extract",
        "extract [pairdelim=<text>] [kvdelim=<text>]",
        "Takes fields from pairs of names and values in the event's text.",
        "",
        lower_pairs,
    )
    .also(&["kv"]),
    CommandRow::new("multikv", "multikv", "Takes fields from events that are tables.", "", lower_table),
];

pub(super) fn lower_pairs(context: &mut Context<'_>, command: &Command) {
    let mut arguments = General::new(context, command);
    let pairs = arguments.option("pairdelim").map_or(" ,;|\t\n".to_owned(), |word| word.text.clone());
    let values = arguments.option("kvdelim").map_or("=".to_owned(), |word| word.text.clone());
    for option in ["auto", "limit", "maxchars", "reload", "segment", "mv_add", "clean_keys"] {
        arguments.ignore(context, option, "fields are found when they are asked for");
    }
    arguments.finish(context);
    let input = context.field(RAW, command.span);
    if context.type_of(&input) != Type::Null {
        context.add_rule(Pairs { input, pairs, values });
    }
}

/// One row a line of a table in `_raw`, whose first line names the fields.
pub(super) fn lower_table(context: &mut Context<'_>, command: &Command) {
    let mut arguments = General::new(context, command);
    for option in ["conf", "copyattrs", "forceheader", "multitable", "noheader", "rmorig", "fields", "filter"]
    {
        arguments.only(context, option, &["t", "true", "1"]);
    }
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
