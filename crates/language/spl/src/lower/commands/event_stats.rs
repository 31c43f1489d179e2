//! `eventstats`: aggregates of the group beside every row; rows without a group get none.

use quarry_plan::Frame;

use super::super::aggregation::grouping;
use super::super::arguments::not_understood;
use super::super::context::Context;
use crate::registry::{CommandRow, Grammar};
use crate::tree::{Arguments, Command};

pub(super) const ROWS: &[CommandRow] = &[CommandRow::new(
    "eventstats",
    "eventstats <aggregations> [BY <fields>]",
    "Adds aggregates of a row's group to the row.",
    "count by a",
    lower,
)
.grammar(Grammar::Stats)];

pub(super) fn lower(context: &mut Context<'_>, command: &Command) {
    let Arguments::Stats(stats) = &command.arguments else { return not_understood(context, command) };
    grouping::check_options(context, &command.name, &stats.options);
    grouping::no_field_options(context, &command.name, stats);
    grouping::beside(context, stats, Frame::Whole, None, Vec::new());
}
