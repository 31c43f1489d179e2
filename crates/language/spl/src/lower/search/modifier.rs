//! Comparisons of a search that are no predicates: indexes and times.

use quarry_diagnostic::{Diagnostic, Span};
use quarry_plan::TimeBound;

use super::super::{codes, context::Context, time::parse_time};
use crate::tree::{SearchOperator, SearchValue};

/// A word that looks like a field of a search but steers it.
struct Row {
    name: &'static str,
    apply: fn(&mut Context<'_>, &SearchValue, Span),
}

const TABLE: &[Row] = &[
    Row { name: "index", apply: index },
    Row { name: "splunk_server", apply: place },
    Row { name: "splunk_server_group", apply: place },
    Row { name: "earliest", apply: earliest },
    Row { name: "starttime", apply: earliest },
    Row { name: "latest", apply: latest },
    Row { name: "endtime", apply: latest },
    Row { name: "_index_earliest", apply: index_time },
    Row { name: "_index_latest", apply: index_time },
    Row { name: "timeformat", apply: time_format },
];

/// Whether a name in a search stands for no field.
pub(super) fn is_modifier(name: &str) -> bool {
    TABLE.iter().any(|row| row.name == name)
}

/// Applies a modifier; false if the field is not one.
pub(super) fn apply(
    context: &mut Context<'_>,
    field: &str,
    operator: SearchOperator,
    value: &SearchValue,
    span: Span,
) -> bool {
    let Some(row) = TABLE.iter().find(|row| row.name == field) else { return false };
    let restricts = matches!(operator, SearchOperator::Equal | SearchOperator::NotEqual);
    if !restricts && row.name != "index" {
        return false;
    }
    (row.apply)(context, value, span);
    true
}

fn index(context: &mut Context<'_>, value: &SearchValue, span: Span) {
    if value.word.text == "*" {
        return;
    }
    let message = "logs have no index: every event counts as one of this index";
    context.report(Diagnostic::note(codes::INDEX_IGNORED, message, span));
}

fn place(context: &mut Context<'_>, _: &SearchValue, span: Span) {
    let message = "logs lie on no search server: this restriction is fulfilled by every event";
    context.report(Diagnostic::note(codes::INDEX_IGNORED, message, span));
}

fn index_time(context: &mut Context<'_>, _: &SearchValue, span: Span) {
    let message = "logs have no index time: this restriction is fulfilled by every event";
    context.report(Diagnostic::note(codes::INDEX_IGNORED, message, span));
}

fn time_format(context: &mut Context<'_>, value: &SearchValue, span: Span) {
    if value.word.text != "%m/%d/%Y:%H:%M:%S" {
        let message = "times are read as `%m/%d/%Y:%H:%M:%S` only: `timeformat` is not supported yet";
        context.report(Diagnostic::error(codes::UNKNOWN_OPTION, message, span).with_help(
            "write `earliest=10/01/2020:00:00:00`, or a number of seconds, and leave `timeformat` out",
        ));
    }
}

/// A time, or that of a search in real time (`rt-5m`), which is read once here.
fn time(context: &mut Context<'_>, value: &SearchValue, span: Span) -> Option<TimeBound> {
    let text = value.word.text.as_str();
    let Some(rest) = text.strip_prefix("rt") else { return parse_time(text) };
    let message = "logs are read once: this is the time without `rt`";
    context.report(Diagnostic::note(codes::OPTION_IGNORED, message, span));
    if rest.is_empty() { Some(TimeBound::now()) } else { parse_time(rest) }
}

fn earliest(context: &mut Context<'_>, value: &SearchValue, span: Span) {
    let bound = time(context, value, span);
    match bound {
        Some(bound) => context.rows.scan.time.earliest = Some(bound),
        None => bad_time(context, value, span),
    }
}

fn latest(context: &mut Context<'_>, value: &SearchValue, span: Span) {
    let bound = time(context, value, span);
    match bound {
        Some(bound) => context.rows.scan.time.latest = Some(bound),
        None => bad_time(context, value, span),
    }
}

fn bad_time(context: &mut Context<'_>, value: &SearchValue, span: Span) {
    let message = format!("`{}` is not a time", value.word.text);
    let found = Diagnostic::error(codes::BAD_TIME, message, span)
        .with_help("write a time such as `-24h@h`, `now`, `10/24/2024:00:00:00` or epoch seconds");
    context.report(found);
}
