//! `where`: keeps the rows for which a condition is true; null is not true.

use super::super::{context::Context, expression};
use super::not_understood;
use crate::tree::{Arguments, Command};

pub(super) fn lower(context: &mut Context<'_>, command: &Command) {
    let Arguments::Where(condition) = &command.arguments else { return not_understood(context, command) };
    let predicate = expression::condition(context, condition);
    context.filter(predicate);
}
