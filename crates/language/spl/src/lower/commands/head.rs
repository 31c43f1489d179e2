//! `head` and `tail`: the first rows, or the last ones, last one first.

use quarry_plan::{Comparison, Frame, Type};

use super::super::arguments::General;
use super::super::context::Context;
use super::super::rows::running;
use super::super::{build, expression};
use crate::registry::{CommandRow, OptionRow};
use crate::tree::{Command, EvalExpression, Item};

pub(super) const ROWS: &[CommandRow] = &[
    CommandRow::new(
        "head",
        "head [<n>|(<condition>)] <options>",
        "Keeps the first rows, ten unless told otherwise, or those before the first for which a condition does not hold.",
        "5",
        lower_head,
    )
    .with_options(&[LIMIT, NULL, KEEP_LAST]),
    CommandRow::new("tail", "tail [<n>] <options>", "Keeps the last rows, ten unless told otherwise.", "5", lower_tail).with_options(&[LIMIT]),
];

const LIMIT: OptionRow = OptionRow::count("limit", "10", "How many rows are kept.");
const NULL: OptionRow = OptionRow::flag("null", false, "Whether a condition that is null counts as true.");
const KEEP_LAST: OptionRow = OptionRow::flag(
    "keeplast",
    false,
    "Whether the first row for which the condition does not hold is kept too.",
);

pub(super) fn lower_head(context: &mut Context<'_>, command: &Command) {
    take(context, command, true);
}

pub(super) fn lower_tail(context: &mut Context<'_>, command: &Command) {
    context.reverse();
    take(context, command, false);
}

fn take(context: &mut Context<'_>, command: &Command, is_head: bool) {
    let mut arguments = General::new(context, command);
    let at = arguments.items.iter().position(|item| matches!(item, Item::Expression(_)));
    let while_true = match at.filter(|_| is_head).map(|at| arguments.items.remove(at)) {
        Some(Item::Expression(condition)) => Some(condition),
        _ => None,
    };
    let given = arguments.options.word(&LIMIT).and_then(|_| arguments.options.count(&LIMIT));
    let count = arguments.leading_count().or(given);
    // Without a condition these change nothing.
    let null_holds = arguments.options.flag(&NULL);
    let keeps_last = arguments.options.flag(&KEEP_LAST);
    if let Some(condition) = while_true {
        arguments.finish(context);
        up_to(context, condition, null_holds, keeps_last);
        if let Some(count) = count {
            context.limit(0, Some(count));
        }
        return;
    }
    let count = count.or(arguments.options.count(&LIMIT));
    arguments.finish(context);
    context.limit(0, count);
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
