//! `join`: fields of a subsearch beside the rows that have the same values.

use quarry_diagnostic::Diagnostic;
use quarry_plan::{Expression, JoinKind, Node, Operator, Type};

use super::super::context::{Column, Context, convert, wider};
use super::super::{build, codes};
use super::general::{General, bad_value};
use super::subsearch::{self, Rows};
use crate::tree::Command;

pub(super) fn lower(context: &mut Context<'_>, command: &Command) {
    let mut arguments = General::new(context, command);
    let kind = match arguments.option("type") {
        None => JoinKind::Inner,
        Some(word) if word.text.eq_ignore_ascii_case("inner") => JoinKind::Inner,
        Some(word) if ["left", "outer"].contains(&word.text.to_lowercase().as_str()) => JoinKind::Left,
        Some(word) => return bad_value(context, "type", word, "`inner`, `left` or `outer`"),
    };
    let overwrite = arguments.flag(context, "overwrite", true);
    let most = arguments.count(context, "max").unwrap_or(1);
    arguments.only(context, "usetime", &["f", "false", "0"]);
    let Some(pipeline) = subsearch::take(context, &mut arguments, command) else { return };
    let words = arguments.words(context);
    arguments.finish(context);
    let Some(mut inner) = subsearch::lower_open(context, pipeline) else { return };
    let mut fields: Vec<String> = words.into_iter().map(|word| word.text.clone()).collect();
    if fields.is_empty() {
        if context.is_open() && inner.is_open() && inner.columns().is_empty()
            || subsearch::needs_known_fields(context, &command.name, command.span)
        {
            return;
        }
        let shared = |column: &&Column| inner.columns().iter().any(|other| other.name == column.name);
        fields = context.columns().iter().filter(shared).map(|column| column.name.clone()).collect();
    }
    if fields.is_empty() {
        let message = "both sides of `join` have no field in common";
        context.report(Diagnostic::error(codes::MISSING_ARGUMENT, message, command.span));
        return;
    }
    if inner.has_unknown_fields() || context.has_unknown_fields() && inner.is_open() {
        keep_first(&mut inner, &fields, most);
        return context.join_open(inner, kind, &fields, overwrite);
    }
    let rows = partners(context, inner, &fields, most);
    pair(context, rows, &fields, kind, overwrite);
}

/// Leaves the first `most` rows for each combination of values.
fn keep_first(inner: &mut Context<'_>, fields: &[String], most: usize) {
    let mut keys = Vec::new();
    for field in fields {
        let value = inner.field(field, inner.span);
        let have = inner.type_of(&value);
        let have = if have == Type::Null { Type::Dynamic } else { have };
        keys.push(convert(value, have, Type::Text));
    }
    if most > 0 {
        inner.deduplicate(keys, most);
    }
}

/// The rows of the subsearch: the first `most` for each combination of values.
fn partners<'a>(context: &mut Context<'a>, mut inner: Context<'a>, fields: &[String], most: usize) -> Rows {
    let mut keys = Vec::new();
    for field in fields {
        let Some(column) = inner.columns().iter().find(|column| column.name == *field) else {
            if !context.is_vague() {
                let message = format!("the subsearch has no field `{field}`: no row has a partner");
                context.report(Diagnostic::warning(codes::MISSING_FIELD, message, inner.span));
            }
            continue;
        };
        let data_type = column.data_type;
        keys.push(convert(inner.field(field, inner.span), data_type, Type::Text));
    }
    if most > 0 {
        inner.deduplicate(keys, most);
    }
    subsearch::finish(context, inner)
}

/// Puts the rows of another pipeline beside those with the same number in a hidden column.
pub(super) fn beside<'a>(context: &mut Context<'a>, inner: Context<'a>, number: &str, overwrite: bool) {
    let mut columns = inner.visible();
    columns.extend(inner.columns().iter().find(|column| column.name == number).cloned());
    let span = context.span;
    let (plan, diagnostics, discovery) = inner.finish(&columns, span);
    context.needs_discovery |= discovery;
    for diagnostic in diagnostics {
        context.report(diagnostic);
    }
    pair(context, Rows { plan, columns }, &[number.to_owned()], JoinKind::Left, overwrite);
}

fn pair(context: &mut Context<'_>, rows: Rows, fields: &[String], kind: JoinKind, overwrite: bool) {
    let span = context.span;
    let names: Vec<(Column, String)> =
        rows.columns.into_iter().map(|column| (column, context.fresh_name("joined"))).collect();
    let mut on = Vec::new();
    for field in fields {
        let left = context.field(field, span);
        let left_type = context.type_of(&left);
        if let Some((column, name)) = names.iter().find(|(column, _)| column.name == *field) {
            let right = convert(Expression::column(name, span), shown_type(column), Type::Text);
            on.push((convert(left, left_type, Type::Text), right));
        } else {
            // Null equals nothing.
            on.push((convert(left, left_type, Type::Text), build::null(span).cast(Type::Text)));
        }
    }
    let renamed =
        names.iter().map(|(column, name)| (name.clone(), Expression::column(&column.name, span))).collect();
    let right = Node::new(Operator::Project { input: Box::new(rows.plan), columns: renamed }, span);
    context.join(right, kind, on);
    let values = names.iter().filter(|(column, _)| !fields.contains(&column.name));
    let mut joined = Vec::new();
    for (column, name) in values {
        joined.push((column.name.clone(), merged(context, column, name, overwrite)));
    }
    context.assign(joined);
    let helpers: Vec<String> = names.into_iter().map(|(_, name)| name).collect();
    context.hide(&helpers);
}

/// The value of a field that both sides may have.
fn merged(context: &mut Context<'_>, column: &Column, name: &str, overwrite: bool) -> Expression {
    let span = context.span;
    let new_type = shown_type(column);
    let new = Expression::column(name, span);
    let Some(old) = context.find(&column.name).filter(|old| !old.empty) else { return new };
    let data_type = wider(new_type, old.data_type);
    let old = convert(Expression::column(&column.name, span), old.data_type, data_type);
    let new = convert(new, new_type, data_type);
    build::coalesce(if overwrite { vec![new, old] } else { vec![old, new] }, span)
}

/// A column without values is written as empty text.
fn shown_type(column: &Column) -> Type {
    if column.empty { Type::Text } else { column.data_type }
}
