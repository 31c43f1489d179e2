//! `set union|diff|intersect [...] [...]`: the rows of two searches as sets (Splunk search reference, set):
//! rows are the same if all their fields are, and a row comes once.

use quarry_diagnostic::Diagnostic;
use quarry_plan::{AggregateCall, Comparison, Expression, Node, Operator, Type};

use super::super::arguments::{General, missing};
use super::super::context::{Column, Context};
use super::super::rows::subsearch;
use super::super::{build, codes};
use crate::registry::{CommandRow, Needs, usage};
use crate::tree::{Command, Item, Pipeline, Word};

pub(super) const ROWS: &[CommandRow] = &[CommandRow::new(
    "set",
    "set union|diff|intersect [ <search> ] [ <search> ]",
    "The rows of either of two searches, of one only, or of both.",
    "union [search * | table a] [search * | table a]",
    lower,
)
.needs(Needs::Subsearch)
.generating()];

/// Which rows are wanted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Wanted {
    Either,
    OneOnly,
    Both,
}

const OPERATIONS: &[(&str, Wanted)] =
    &[("union", Wanted::Either), ("diff", Wanted::OneOnly), ("intersect", Wanted::Both)];

pub(super) fn lower(context: &mut Context<'_>, command: &Command) {
    let mut arguments = General::new(context, command);
    let items = std::mem::take(&mut arguments.items);
    arguments.finish(context);
    let [Item::Word(operation), Item::Subsearch(first), Item::Subsearch(second)] = items.as_slice() else {
        return missing(context, command, "`union`, `diff` or `intersect` and two subsearches in brackets");
    };
    let Some((_, wanted)) = OPERATIONS.iter().find(|(name, _)| operation.is_keyword(name)) else {
        return unknown(context, operation);
    };
    combine(context, *wanted, first, second);
}

fn unknown(context: &mut Context<'_>, operation: &Word) {
    let message = format!("`set` takes `union`, `diff` or `intersect`, found `{}`", operation.text);
    context.report(Diagnostic::error(codes::BAD_ARGUMENT, message, operation.span).with_help(usage("set")));
}

fn combine(context: &mut Context<'_>, wanted: Wanted, first: &Pipeline, second: &Pipeline) {
    let (first, second) = (subsearch::lower(context, first), subsearch::lower(context, second));
    let (Some(first), Some(second)) = (first, second) else { return };
    let span = context.span;
    let left = subsearch::finish(context, first);
    let right = subsearch::finish(context, second);
    let side = context.fresh_name("side");
    let mark = |plan: Node, number: f64| {
        let columns = vec![(side.clone(), build::number(number, span))];
        Node::new(Operator::Extend { input: Box::new(plan), columns }, span)
    };
    let columns = left.columns.iter().map(|column| (column.name.clone(), column.data_type));
    let columns = columns.chain([(side.clone(), Type::Double)]).collect();
    context.restart_from(mark(left.plan, 0.0), columns);
    context.union(mark(right.plan, 1.0));
    let visible: Vec<Column> = context.visible();
    let groups = visible.iter().map(|column| {
        let value = Expression::column(&column.name, span);
        (column.name.clone(), if column.empty { build::null(span).cast(Type::Text) } else { value })
    });
    let groups = groups.collect();
    let of_side = |function: &str| AggregateCall {
        function: function.to_owned(),
        arguments: vec![Expression::column(&side, span)],
        filter: None,
        order: Vec::new(),
        result: Type::Double,
    };
    let (least, most) = (context.fresh_name("least"), context.fresh_name("most"));
    context.aggregate(groups, vec![(least.clone(), of_side("min")), (most.clone(), of_side("max"))]);
    let sides = |operator| {
        build::compare(operator, Expression::column(&least, span), Expression::column(&most, span), span)
    };
    match wanted {
        Wanted::Either => {}
        Wanted::OneOnly => context.filter(sides(Comparison::Equal)),
        Wanted::Both => context.filter(sides(Comparison::NotEqual)),
    }
    context.close(visible, false);
}
