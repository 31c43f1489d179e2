//! `head` and `tail`: the first rows, or the last ones, last one first.

use super::super::context::Context;
use super::general::General;
use crate::tree::Command;

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
    let count = arguments.leading_count().or(arguments.count(context, "limit")).unwrap_or(DEFAULT);
    arguments.finish(context);
    context.limit(0, Some(count));
}
