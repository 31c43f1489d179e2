//! `stats`: one row per group.

use quarry_plan::Type;

use super::super::aggregation::grouping;
use super::super::arguments::not_understood;
use super::super::context::Context;
use crate::registry::{CommandRow, Grammar, OptionRow};
use crate::tree::{Arguments, Command, OptionValue};

pub(super) const ROWS: &[CommandRow] = &[CommandRow::new(
    "stats",
    "stats [delim=<text>] <aggregations> [BY <fields> [span=<span>]]",
    "One row per group.",
    "count by a",
    lower,
)
.grammar(Grammar::Stats)
.with_options(OPTIONS)];

const DELIMITER: OptionRow = OptionRow::text(
    "delim",
    "text",
    " ",
    "What stands between several values where `nomv` makes one text of them; a space if not said.",
);
/// The size of buckets stands after the field.
const OPTIONS: &[OptionRow] = &[
    DELIMITER,
    grouping::SPAN,
    OptionRow::only_false("allnum", "Values that are no numbers are left out, not whole fields."),
    OptionRow::ignored("partitions", "how rows are spread over threads is decided here"),
];

pub(super) fn lower(context: &mut Context<'_>, command: &Command) {
    let Arguments::Stats(stats) = &command.arguments else { return not_understood(context, command) };
    grouping::check_options(context, command, stats);
    grouping::group(context, command, stats);
    let delimiter = stats.options.iter().find(|option| DELIMITER.is_named(&option.name.text));
    let delimiter = delimiter.map_or(DELIMITER.default, |option| match &option.value {
        OptionValue::Word(word) => word.text.as_str(),
        _ => DELIMITER.default,
    });
    let lists = context.visible().into_iter().filter(|column| column.data_type == Type::TextList);
    for column in lists.collect::<Vec<_>>() {
        context.set_delimiter(column.name, delimiter);
    }
}
