//! `dedup`: the first rows of each combination of values; rows without one of the fields go.

use quarry_diagnostic::Diagnostic;
use quarry_plan::Type;

use super::super::context::Context;
use super::super::{build, codes};
use super::general::{General, missing, names};
use super::sort::sort_keys;
use crate::tree::{Command, Quote, SortField, Word};

pub(super) fn lower(context: &mut Context<'_>, command: &Command) {
    let mut arguments = General::new(context, command);
    let keep = arguments.leading_count().unwrap_or(1);
    arguments.only(context, "keepevents", &["f", "false", "0"]);
    arguments.only(context, "keepempty", &["f", "false", "0"]);
    arguments.only(context, "consecutive", &["f", "false", "0"]);
    let (fields, sort) = arguments.words_around(context, "sortby");
    arguments.finish(context);
    if fields.is_empty() {
        return missing(context, command, "a field");
    }
    if keep == 0 {
        context.report(Diagnostic::error(
            codes::BAD_ARGUMENT,
            "`dedup` keeps at least one row",
            command.span,
        ));
        return;
    }
    if let Some(sort) = sort {
        sort_by(context, &sort);
    }
    let mut keys = Vec::new();
    for (name, span) in names(context, fields) {
        let value = context.field(&name, span);
        let typed = if context.type_of(&value) == Type::Null { value.cast(Type::Text) } else { value };
        keys.push(typed);
    }
    let present = keys.iter().cloned().map(build::is_present).collect();
    let present = build::all(present, command.span);
    context.filter(present);
    context.deduplicate(keys, keep);
}

/// Orders the rows by `-field` and `+field`, whose signs may stand apart.
fn sort_by(context: &mut Context<'_>, words: &[&Word]) {
    let mut keys = Vec::new();
    let mut descending = false;
    for word in words {
        let mut field = (*word).clone();
        if field.quote == Quote::None && field.text.starts_with(['+', '-']) {
            descending = field.text.remove(0) == '-';
        }
        if field.text.is_empty() {
            continue;
        }
        keys.extend(sort_keys(context, &SortField { descending, kind: None, field }, false));
        descending = false;
    }
    if !keys.is_empty() {
        context.sort(keys);
    }
}
