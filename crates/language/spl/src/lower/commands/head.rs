//! `head` and `tail`: the first rows, or the last ones, last one first.

use quarry_plan::{Comparison, Frame, Type};

use super::super::arguments::General;
use super::super::context::Context;
use super::super::rows::running;
use super::super::{build, expression};
use crate::registry::CommandRow;
use crate::tree::{Command, EvalExpression, Item};

pub(super) const ROWS: &[CommandRow] = &[
    CommandRow::new(
        "head",
        "head [<n>|(<condition>) [keeplast=f] [null=f]]",
        "Keeps the first rows, ten unless told otherwise, or those before the first for which a condition does not hold.",
        "5",
        lower_head,
    ),
    CommandRow::new("tail", "tail [<n>]", "Keeps the last rows, ten unless told otherwise.", "5", lower_tail),
];

const DEFAULT: usize = 10;

pub(super) fn lower_head(context: &mut Context<'_>, command: &Command) {
    take(context, command);
}

pub(super) fn lower_tail(context: &mut Context<'_>, command: &Command) {
    context.reverse();
    take(context, command);
}

fn take(context: &mut Context<'_>, command: &Command) {
    let mut arguments = General::new(context, command);
    let at = arguments.items.iter().position(|item| matches!(item, Item::Expression(_)));
    let while_true = match at.filter(|_| command.name == "head").map(|at| arguments.items.remove(at)) {
        Some(Item::Expression(condition)) => Some(condition),
        _ => None,
    };
    let count = arguments.leading_count().or(arguments.count(context, "limit"));
    // Without a condition these change nothing.
    let null_holds = command.name == "head" && arguments.flag(context, "null", false);
    let keeps_last = command.name == "head" && arguments.flag(context, "keeplast", false);
    if let Some(condition) = while_true {
        arguments.finish(context);
        up_to(context, condition, null_holds, keeps_last);
        if let Some(count) = count {
            context.limit(0, Some(count));
        }
        return;
    }
    arguments.finish(context);
    context.limit(0, Some(count.unwrap_or(DEFAULT)));
}

/// `head (condition)`: the rows before the first for which it does not hold; that one too with
/// `keeplast` (Splunk search reference, head).
fn up_to(context: &mut Context<'_>, condition: &EvalExpression, null_holds: bool, keeps_last: bool) {
    let span = context.span;
    let holds = expression::condition(context, condition);
    let holds = build::coalesce(vec![holds, build::boolean(null_holds, span)], span);
    let frame = if keeps_last { Frame::Rows { from: None, to: 1 } } else { Frame::SO_FAR };
    let failed = running::counted(context, holds.negate(), frame);
    let number = failed.cast(Type::Double);
    context.filter(build::compare(Comparison::Equal, number, build::number(0.0, span), span));
}
