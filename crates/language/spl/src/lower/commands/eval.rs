//! `eval`: sets fields, each assignment seeing the ones before.

use quarry_diagnostic::Diagnostic;

use super::super::{codes, context::Context, expression};
use super::not_understood;
use crate::tree::{Arguments, Command, Quote, Word};

pub(super) fn lower(context: &mut Context<'_>, command: &Command) {
    let Arguments::Eval(assignments) = &command.arguments else { return not_understood(context, command) };
    for assignment in assignments {
        if is_computed(&assignment.field) {
            let message = "the name of a field cannot be taken from another field's value here";
            let found = Diagnostic::error(codes::BAD_ARGUMENT, message, assignment.field.span)
                .with_help("columns are known before rows are read: write the name itself");
            context.report(found);
            return;
        }
        let (value, _) = expression::value(context, &assignment.value);
        context.assign(vec![(assignment.field.text.clone(), value)]);
    }
}

/// Whether a part of the name is the value of a field in braces, as in `eval {kind}=1`.
fn is_computed(field: &Word) -> bool {
    let inner = field.text.split_once('{').and_then(|(_, rest)| rest.split_once('}'));
    let names = |inner: &str| inner.starts_with(|letter: char| letter.is_alphabetic() || letter == '_');
    field.quote == Quote::None && inner.is_some_and(|(inner, _)| names(inner))
}
