//! `stats`: one row a group.

use quarry_diagnostic::Diagnostic;
use quarry_plan::{ColumnName, Expression, Type};

use super::super::context::Context;
use super::super::{
    aggregation::{self, named},
    build, codes, wildcard,
};
use super::{bin, not_understood};
use crate::registry::{CommandRow, Grammar};
use crate::tree::{Arguments, ByField, Command, OptionItem, OptionValue, Stats};

pub(super) const ROWS: &[CommandRow] = &[CommandRow::new(
    "stats",
    "stats <aggregations> [BY <fields>]",
    "One row a group.",
    "count by a",
    lower,
)
.grammar(Grammar::Stats)];

pub(super) fn lower(context: &mut Context<'_>, command: &Command) {
    let Arguments::Stats(stats) = &command.arguments else { return not_understood(context, command) };
    check_options(context, &command.name, &stats.options);
    group(context, command, stats);
}

/// Aggregates by the BY fields. Rows where one is missing are dropped, a list counts in the group of
/// each of its values.
pub(super) fn group(context: &mut Context<'_>, command: &Command, stats: &Stats) {
    let names = by_names(context, &stats.by);
    let mut keys = Vec::new();
    for (name, by) in names {
        keys.push(key(context, &name, by));
    }
    let present: Vec<Expression> =
        keys.iter().map(|key| build::is_present(column(context, &key.into()))).collect();
    if !present.is_empty() {
        let predicate = build::all(present, command.span);
        context.filter(predicate);
    }
    let keys: Vec<(String, ColumnName)> = keys.into_iter().map(|name| one_value(context, name)).collect();
    let names: Vec<String> = keys.iter().map(|(name, _)| name.clone()).collect();
    let calls = aggregation::calls(context, &stats.aggregations, &names);
    if calls.is_empty() && keys.is_empty() {
        let message = format!("`{}` needs an aggregation", command.name);
        context.report(Diagnostic::error(codes::MISSING_ARGUMENT, message, command.span));
        return;
    }
    let groups = keys.into_iter().map(|(name, column)| (name.into(), typed_column(context, &column)));
    let groups = groups.collect();
    context.aggregate(groups, named(calls));
}

/// A BY field and the column that holds one value of it: a row is there once for each value of a
/// list, and is otherwise as it was.
fn one_value(context: &mut Context<'_>, name: String) -> (String, ColumnName) {
    let is_list =
        context.columns().iter().any(|column| column.name == *name && column.data_type == Type::TextList);
    if !is_list {
        return (name.clone(), name.into());
    }
    let value = context.fresh_name("value");
    context.assign(vec![(value.clone(), column(context, &ColumnName::from(&name)))]);
    context.expand(&value, None);
    (name, value)
}

fn column(context: &Context<'_>, name: &ColumnName) -> Expression {
    let known = context.columns().iter().find(|column| column.name == *name);
    match known {
        Some(column) if !column.empty => Expression::column(name, context.span),
        _ => build::null(context.span),
    }
}

fn typed_column(context: &Context<'_>, name: &ColumnName) -> Expression {
    let value = column(context, name);
    if context.type_of(&value) == Type::Null { value.cast(Type::Text) } else { value }
}

/// Refuses options after the fields to group by, for commands that make no buckets of them.
pub(super) fn no_field_options(context: &mut Context<'_>, command: &str, stats: &Stats) {
    for option in stats.by.iter().flat_map(|by| &by.options) {
        let message = format!("`{command}` has no option `{}` after BY", option.name.text);
        context.report(Diagnostic::error(codes::UNKNOWN_OPTION, message, option.span));
    }
}

/// The fields after BY, wildcards resolved.
pub(super) fn by_names<'b>(context: &mut Context<'_>, by: &'b [ByField]) -> Vec<(String, &'b ByField)> {
    let mut names: Vec<(String, &ByField)> = Vec::new();
    for field in by {
        let name = &field.field.text;
        let found = if wildcard::is_wildcard(name) { context.matching(name) } else { vec![name.clone()] };
        for name in found {
            if !names.iter().any(|(known, _)| *known == name) {
                names.push((name, field));
            }
        }
    }
    names
}

/// Makes a BY field ready, in buckets if it has a span; gives its name.
fn key(context: &mut Context<'_>, name: &str, by: &ByField) -> String {
    context.field(name, by.field.span);
    for option in &by.options {
        match (&option.value, option.name.text.to_lowercase().as_str()) {
            (OptionValue::Word(span), "span") => bin::bucket(context, name, name, span),
            _ => unknown_option(context, "BY", option),
        }
    }
    name.to_owned()
}

fn unknown_option(context: &mut Context<'_>, command: &str, option: &OptionItem) {
    let message = format!("the option `{}` of `{command}` is not supported yet", option.name.text);
    context.report(Diagnostic::error(codes::UNKNOWN_OPTION, message, option.span));
}

/// Options that only tune how the platform computes are noted, others refused.
pub(super) fn check_options(context: &mut Context<'_>, command: &str, options: &[OptionItem]) {
    for option in options {
        match option.name.text.to_lowercase().as_str() {
            "partitions"
            | "allnum"
            | "summariesonly"
            | "allow_old_summaries"
            | "chunk_size"
            | "prestats"
            | "local"
                if matches!(&option.value, OptionValue::Word(word) if is_harmless(&option.name.text, &word.text)) =>
            {
                let message = format!("`{}` changes nothing here", option.name.text);
                context.report(Diagnostic::note(codes::OPTION_IGNORED, message, option.span));
            }
            _ => unknown_option(context, command, option),
        }
    }
}

fn is_harmless(name: &str, value: &str) -> bool {
    let off = ["f", "false", "0"].contains(&value.to_lowercase().as_str());
    match name.to_lowercase().as_str() {
        "allnum" | "prestats" => off,
        _ => true,
    }
}
