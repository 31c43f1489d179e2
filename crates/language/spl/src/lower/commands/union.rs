//! `multisearch` and `union`: the rows of several searches together, newest first.

use quarry_diagnostic::Diagnostic;

use super::super::arguments::{General, missing};
use super::super::codes;
use super::super::context::Context;
use super::super::rows::subsearch;
use crate::registry::{CommandRow, Needs, usage};
use crate::tree::{Command, Item};

pub(super) const ROWS: &[CommandRow] = &[
    CommandRow::new(
        "multisearch",
        "multisearch [ <search> ] [ <search> ] ...",
        "Reads the events of several searches together.",
        "[search a=1] [search a=2]",
        lower,
    )
    .needs(Needs::Subsearch)
    .with_common(subsearch::BOUNDS)
    .generating(),
    CommandRow::new(
        "union",
        "union [ <search> ] ...",
        "Puts the rows of several searches together.",
        "[search a=1] [search a=2]",
        lower,
    )
    .needs(Needs::Arguments)
    .with_common(subsearch::BOUNDS)
    .generating(),
];

pub(super) fn lower(context: &mut Context<'_>, command: &Command) {
    let mut arguments = General::new(context, command);
    let mut parts = Vec::new();
    for item in std::mem::take(&mut arguments.items) {
        match item {
            Item::Subsearch(pipeline) => parts.extend(subsearch::lower_open(context, pipeline)),
            Item::Word(word) => {
                let message = format!("`{}` takes searches in brackets, found `{}`", command.name, word.text);
                context.report(
                    Diagnostic::error(codes::BAD_ARGUMENT, message, word.span)
                        .with_help(usage(&command.name)),
                );
            }
            _ => return missing(context, command, "searches in brackets"),
        }
    }
    arguments.finish(context);
    if parts.is_empty() {
        return;
    }
    if !context.has_steps_or_reads() {
        let first = parts.remove(0);
        subsearch::replace(context, first);
    }
    if !parts.is_empty() {
        subsearch::union(context, parts);
    }
}
