//! Commands that write rows or send them somewhere: a query here only reads, so the rows go on as they are.

use quarry_diagnostic::Diagnostic;

use super::super::codes;
use super::super::context::Context;
use crate::registry::{AnyOf, CommandRow, Needs};
use crate::tree::Command;

pub(super) const ROWS: &[CommandRow] = &[
    CommandRow::new(
        "awssnsalert",
        "awssnsalert",
        "Sends the rows to a service; here nothing is sent.",
        "",
        lower,
    )
    .taking_any(AnyOf::Texts),
    CommandRow::new(
        "collect",
        "collect index=<index>",
        "Writes the rows to a summary index; here nothing is written.",
        "index=a",
        lower,
    )
    .needs(Needs::Arguments)
    .taking_any(AnyOf::Texts),
    CommandRow::new(
        "dump",
        "dump basefilename=<name>",
        "Writes the rows to files; here nothing is written.",
        "basefilename=a",
        lower,
    )
    .taking_any(AnyOf::Texts),
    CommandRow::new(
        "mcollect",
        "mcollect index=<index>",
        "Writes the rows to a metrics index; here nothing is written.",
        "index=a",
        lower,
    )
    .needs(Needs::Arguments)
    .taking_any(AnyOf::Texts),
    CommandRow::new(
        "meventcollect",
        "meventcollect index=<index>",
        "Writes the rows to a metrics index; here nothing is written.",
        "index=a",
        lower,
    )
    .taking_any(AnyOf::Texts),
    CommandRow::new(
        "outputcsv",
        "outputcsv <file>",
        "Writes the rows to a CSV file; here nothing is written.",
        "out.csv",
        lower,
    )
    .taking_any(AnyOf::Texts),
    CommandRow::new(
        "sendalert",
        "sendalert <action>",
        "Starts an alert action; here nothing is sent.",
        "a",
        lower,
    )
    .needs(Needs::Arguments)
    .taking_any(AnyOf::Texts),
    CommandRow::new(
        "sendemail",
        "sendemail to=<addresses>",
        "Sends the rows by mail; here nothing is sent.",
        "to=a",
        lower,
    )
    .taking_any(AnyOf::Texts),
    CommandRow::new(
        "snowincident",
        "snowincident",
        "Opens an incident elsewhere; here nothing is sent.",
        "",
        lower,
    )
    .taking_any(AnyOf::Texts),
    CommandRow::new(
        "snowincidentstream",
        "snowincidentstream",
        "Opens an incident elsewhere; here nothing is sent.",
        "",
        lower,
    )
    .taking_any(AnyOf::Texts),
    CommandRow::new(
        "tscollect",
        "tscollect namespace=<name>",
        "Writes the rows to index files; here nothing is written.",
        "namespace=a",
        lower,
    )
    .taking_any(AnyOf::Texts),
];

/// `collect` and its kin: nothing is written to an index, a file or another system.
pub(super) fn lower(context: &mut Context<'_>, command: &Command) {
    let message = format!("`{}` does nothing here: a query only reads", command.name);
    let found = Diagnostic::warning(codes::NOT_WRITTEN, message, command.name_span)
        .with_help("the rows go on unchanged; `--output` writes them to a file");
    context.report(found);
}
