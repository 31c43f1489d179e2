//! `eventstats`: aggregates of the group beside every row; rows without a group get none.

use quarry_plan::{ColumnName, Expression, Frame, SortKey, WindowCall};

use super::super::context::Context;
use super::super::{aggregation, build};
use super::not_understood;
use super::stats::{by_names, check_options, no_field_options};
use crate::registry::{CommandRow, Grammar};
use crate::tree::{Arguments, Command, Stats};

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
    check_options(context, &command.name, &stats.options);
    no_field_options(context, &command.name, stats);
    add(context, stats, Frame::Whole, None, Vec::new());
}

/// Adds aggregates over each row's group, of the rows in a frame of it. The group is that of the BY
/// fields and of what is `more`; the order is the rows' own where none is given.
pub(super) fn add(
    context: &mut Context<'_>,
    stats: &Stats,
    frame: Frame,
    order: Option<Vec<SortKey>>,
    more: Vec<Expression>,
) {
    let mut partition = Vec::new();
    let mut names = Vec::new();
    for (name, by) in by_names(context, &stats.by) {
        partition.push(context.field(&name, by.field.span));
        names.push(name);
    }
    let order = match order {
        Some(order) => order,
        None if frame == Frame::Whole => Vec::new(),
        None => context.order_keys(),
    };
    let groups: Vec<Expression> = partition.iter().cloned().chain(more).collect();
    let mut windows = Vec::new();
    let mut results = Vec::new();
    for (name, mut call) in aggregation::calls(context, &stats.aggregations, &names) {
        if call.order.is_empty() || frame != Frame::Whole {
            call.order.clone_from(&order);
        }
        let column = context.fresh_name("window");
        windows.push((column.clone(), WindowCall { call, partition: groups.clone(), frame }));
        results.push((name, Expression::column(column, context.span)));
    }
    let helpers: Vec<ColumnName> = windows.iter().map(|(name, _)| name.clone()).collect();
    context.window(windows);
    if !partition.is_empty() {
        let present: Vec<Expression> = partition.into_iter().map(build::is_present).collect();
        let present = build::all(present, context.span);
        for (_, value) in &mut results {
            *value = build::case(vec![(present.clone(), value.clone())], None, value.span);
        }
    }
    context.assign(results);
    context.hide(&helpers);
}
