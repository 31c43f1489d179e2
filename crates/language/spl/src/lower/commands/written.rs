//! Commands that write rows or send them somewhere: a query here only reads, so the rows go on as they are.

use quarry_diagnostic::Diagnostic;

use super::super::codes;
use super::super::context::Context;
use crate::tree::Command;

/// `collect` and its kin: nothing is written to an index, a file or another system.
pub(super) fn lower(context: &mut Context<'_>, command: &Command) {
    let message = format!("`{}` does nothing here: a query only reads", command.name);
    let found = Diagnostic::warning(codes::NOT_WRITTEN, message, command.name_span)
        .with_help("the rows go on unchanged; `--output` writes them to a file");
    context.report(found);
}
