//! `sistats` and its kin: what fills a summary index, here the rows of the command that they stand for.

use quarry_diagnostic::Diagnostic;

use super::super::codes;
use super::super::context::Context;
use super::{TABLE, report_unsupported};
use crate::tree::Command;

pub(super) fn lower(context: &mut Context<'_>, command: &Command) {
    let name = command.name.strip_prefix("si").unwrap_or(&command.name).to_owned();
    let message = format!("`{}` gives the rows of `{name}`: there is no summary index", command.name);
    context.report(Diagnostic::note(codes::OPTION_IGNORED, message, command.name_span));
    let plain = Command { name, ..command.clone() };
    match TABLE.iter().find(|row| row.names.contains(&plain.name.as_str())) {
        Some(row) => (row.lower)(context, &plain),
        None => report_unsupported(context, &plain),
    }
}
