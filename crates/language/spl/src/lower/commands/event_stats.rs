//! `eventstats`: aggregates of the group beside every row; rows without a group get none.

use quarry_plan::Frame;

use super::super::aggregation::grouping;
use super::super::arguments::not_understood;
use super::super::context::Context;
use super::super::options::Options;
use crate::registry::{CommandRow, Grammar, OptionRow};
use crate::tree::{Arguments, Command};

pub(super) const ROWS: &[CommandRow] = &[CommandRow::new(
    "eventstats",
    "eventstats <aggregations> [BY <fields>]",
    "Adds aggregates of a row's group to the row.",
    "count by a",
    lower,
)
.grammar(Grammar::Stats)
.with_options(OPTIONS)];

const OPTIONS: &[OptionRow] =
    &[OptionRow::only_false("allnum", "Values that are no numbers are left out, not whole fields.")];

pub(super) fn lower(context: &mut Context<'_>, command: &Command) {
    let Arguments::Stats(stats) = &command.arguments else { return not_understood(context, command) };
    Options::read(context, command, stats.all_options());
    grouping::beside(context, stats, Frame::Whole, None, Vec::new());
}
