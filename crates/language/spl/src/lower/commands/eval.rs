//! `eval`: sets fields, each assignment seeing the ones before.

use super::super::{context::Context, expression};
use super::not_understood;
use crate::tree::{Arguments, Command};

pub(super) fn lower(context: &mut Context<'_>, command: &Command) {
    let Arguments::Eval(assignments) = &command.arguments else { return not_understood(context, command) };
    for assignment in assignments {
        let (value, _) = expression::value(context, &assignment.value);
        context.assign(vec![(assignment.field.text.clone(), value)]);
    }
}
