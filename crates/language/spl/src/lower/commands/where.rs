//! `where`: keeps the rows for which a condition is true; null is not true.

use super::super::arguments::not_understood;
use super::super::{context::Context, expression};
use crate::registry::{AnyOf, CommandRow, Grammar};
use crate::tree::{Arguments, Command};

pub(super) const ROWS: &[CommandRow] = &[CommandRow::new(
    "where",
    "where <expression>",
    "Keeps the rows for which a condition is true.",
    "a=1",
    lower,
)
.grammar(Grammar::Where)
.taking_any(AnyOf::Names)];

pub(super) fn lower(context: &mut Context<'_>, command: &Command) {
    let Arguments::Where(condition) = &command.arguments else { return not_understood(context, command) };
    let predicate = expression::condition(context, condition);
    context.filter(predicate);
}
