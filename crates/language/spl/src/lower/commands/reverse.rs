//! `reverse`: the last row first.

use super::super::context::Context;
use super::general::General;
use crate::tree::Command;

pub(super) fn lower(context: &mut Context<'_>, command: &Command) {
    General::new(context, command).finish(context);
    context.reverse();
}
