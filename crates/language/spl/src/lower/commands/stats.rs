//! `stats`: one row a group.

use quarry_plan::Type;

use super::super::aggregation::grouping;
use super::super::arguments::not_understood;
use super::super::context::Context;
use crate::registry::{CommandRow, Grammar};
use crate::tree::{Arguments, Command, OptionValue};

pub(super) const ROWS: &[CommandRow] = &[CommandRow::new(
    "stats",
    "stats [delim=<text>] <aggregations> [BY <fields>]",
    "One row a group. `delim` (a space) stands between several values where `nomv` makes one text of them.",
    "count by a",
    lower,
)
.grammar(Grammar::Stats)];

pub(super) fn lower(context: &mut Context<'_>, command: &Command) {
    let Arguments::Stats(stats) = &command.arguments else { return not_understood(context, command) };
    grouping::check_options(context, &command.name, &stats.options);
    grouping::group(context, command, stats);
    let delimiter = stats.options.iter().find(|option| option.name.is_keyword("delim"));
    let delimiter = delimiter.map_or(" ", |option| match &option.value {
        OptionValue::Word(word) => word.text.as_str(),
        _ => " ",
    });
    let lists = context.visible().into_iter().filter(|column| column.data_type == Type::TextList);
    for column in lists.collect::<Vec<_>>() {
        context.set_delimiter(column.name, delimiter);
    }
}
