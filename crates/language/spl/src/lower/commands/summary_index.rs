//! `sistats` and its kin: what fills a summary index, here the rows of the command that they stand for.

use quarry_diagnostic::Diagnostic;

use super::super::codes;
use super::super::context::Context;
use super::lower_one;
use crate::registry::{self, AnyOf, CommandRow};
use crate::tree::Command;

pub(super) const ROWS: &[CommandRow] = &[
    CommandRow::new(
        "sichart",
        "",
        "Prepares a summary index; here the rows of `chart`.",
        "count by a",
        lower,
    )
    .standing_for("chart"),
    CommandRow::new("sirare", "", "Prepares a summary index; here the rows of `rare`.", "a", lower)
        .standing_for("rare")
        .taking_any(AnyOf::Words),
    CommandRow::new(
        "sistats",
        "",
        "Prepares a summary index; here the rows of `stats`.",
        "count by a",
        lower,
    )
    .standing_for("stats"),
    CommandRow::new(
        "sitimechart",
        "",
        "Prepares a summary index; here the rows of `timechart`.",
        "count by a",
        lower,
    )
    .standing_for("timechart"),
    CommandRow::new("sitop", "", "Prepares a summary index; here the rows of `top`.", "a", lower)
        .standing_for("top")
        .taking_any(AnyOf::Words),
];

pub(super) fn lower(context: &mut Context<'_>, command: &Command) {
    let row = registry::command(&command.name);
    let Some(name) = row.and_then(|row| row.stands_for) else { return };
    let message = format!("`{}` gives the rows of `{name}`: there is no summary index", command.name);
    context.report(Diagnostic::note(codes::OPTION_IGNORED, message, command.name_span));
    let plain = Command { name: name.to_owned(), ..command.clone() };
    lower_one(context, &plain);
}
