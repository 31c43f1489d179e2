//! `stats`: one row a group.

use super::super::aggregation::grouping;
use super::super::arguments::not_understood;
use super::super::context::Context;
use crate::registry::{CommandRow, Grammar};
use crate::tree::{Arguments, Command};

pub(super) const ROWS: &[CommandRow] = &[CommandRow::new(
    "stats",
    "stats <aggregations> [BY <fields>]",
    "One row a group.",
    "count by a",
    lower,
)
.grammar(Grammar::Stats)];

pub(super) fn lower(context: &mut Context<'_>, command: &Command) {
    let Arguments::Stats(stats) = &command.arguments else { return not_understood(context, command) };
    grouping::check_options(context, &command.name, &stats.options);
    grouping::group(context, command, stats);
}
