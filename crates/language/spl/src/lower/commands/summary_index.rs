//! `sistats` and its kin: what fills a summary index, here the rows of the command that they stand for.

use quarry_diagnostic::Diagnostic;

use super::super::codes;
use super::super::context::Context;
use super::lower_one;
use crate::registry::{AnyOf, CommandRow, Grammar};
use crate::tree::Command;

pub(super) const ROWS: &[CommandRow] = &[
    CommandRow::new(
        "sichart",
        "sichart ...",
        "Prepares a summary index; here the rows of `chart`.",
        "count by a",
        lower,
    )
    .grammar(Grammar::Chart),
    CommandRow::new("sirare", "sirare ...", "Prepares a summary index; here the rows of `rare`.", "a", lower)
        .taking_any(AnyOf::Words),
    CommandRow::new(
        "sistats",
        "sistats ...",
        "Prepares a summary index; here the rows of `stats`.",
        "count by a",
        lower,
    )
    .grammar(Grammar::Stats),
    CommandRow::new(
        "sitimechart",
        "sitimechart ...",
        "Prepares a summary index; here the rows of `timechart`.",
        "count by a",
        lower,
    )
    .grammar(Grammar::Chart),
    CommandRow::new("sitop", "sitop ...", "Prepares a summary index; here the rows of `top`.", "a", lower)
        .taking_any(AnyOf::Words),
];

pub(super) fn lower(context: &mut Context<'_>, command: &Command) {
    let name = command.name.strip_prefix("si").unwrap_or(&command.name).to_owned();
    let message = format!("`{}` gives the rows of `{name}`: there is no summary index", command.name);
    context.report(Diagnostic::note(codes::OPTION_IGNORED, message, command.name_span));
    let plain = Command { name, ..command.clone() };
    lower_one(context, &plain);
}
