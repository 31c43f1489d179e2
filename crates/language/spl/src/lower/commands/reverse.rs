//! `reverse`: the last row first.

use super::super::arguments::General;
use super::super::context::Context;
use crate::registry::CommandRow;
use crate::tree::Command;

pub(super) const ROWS: &[CommandRow] =
    &[CommandRow::new("reverse", "reverse", "Turns the rows round.", "", lower)];

pub(super) fn lower(context: &mut Context<'_>, command: &Command) {
    General::new(context, command).finish(context);
    context.reverse();
}
