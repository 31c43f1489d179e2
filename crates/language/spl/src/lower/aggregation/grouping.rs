//! Groups by fields: one row per group, or the group's aggregates beside every row.

use quarry_diagnostic::Diagnostic;
use quarry_plan::{ColumnName, Expression, Frame, SortKey, Type, WindowCall};

use super::super::context::Context;
use super::super::options::Options;
use super::super::rows::buckets;
use super::super::{build, codes, wildcard};
use super::named;
use crate::registry::OptionRow;
use crate::registry::usage;
use crate::tree::{ByField, Command, OptionItem, OptionValue, Stats, Word};

/// Aggregates by the BY fields. Rows where one is missing are dropped, a list counts in the group of
/// each of its values.
pub(crate) fn group(context: &mut Context<'_>, command: &Command, stats: &Stats) {
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
    let calls = super::calls(context, &stats.aggregations, &names);
    if calls.is_empty() && keys.is_empty() {
        if context.is_vague() {
            // A wildcard stands for fields that only rows tell, which are asked for.
            return;
        }
        let message = format!("`{}` needs an aggregation", command.name);
        context.report(
            Diagnostic::error(codes::MISSING_ARGUMENT, message, command.span).with_help(usage(&command.name)),
        );
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

/// The fields after BY, wildcards resolved.
pub(crate) fn by_names<'b>(context: &mut Context<'_>, by: &'b [ByField]) -> Vec<(String, &'b ByField)> {
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

/// The size of the buckets of a BY field, after which it stands.
pub(crate) const SPAN: OptionRow =
    OptionRow::text("span", "span", "", "The size of the buckets of the field before it.").repeatable();

/// Makes a BY field ready, in buckets if it has a span; gives its name.
fn key(context: &mut Context<'_>, name: &str, by: &ByField) -> String {
    context.field(name, by.field.span);
    if let Some(span) = span_of(by) {
        buckets::bucket(context, name, name, span);
    }
    name.to_owned()
}

/// The size of a field's buckets.
pub(crate) fn span_of(field: &ByField) -> Option<&Word> {
    span_among(&field.options)
}

/// The first size of buckets among options.
pub(crate) fn span_among(options: &[OptionItem]) -> Option<&Word> {
    options.iter().find(|option| SPAN.is_named(&option.name.text)).and_then(|option| match &option.value {
        OptionValue::Word(span) => Some(span),
        _ => None,
    })
}

/// Reports options that the command does not have, and a size of buckets that stands after no field.
pub(crate) fn check_options(context: &mut Context<'_>, command: &Command, stats: &Stats) {
    Options::read(context, command, stats.all_options());
    for option in stats.options.iter().filter(|option| SPAN.is_named(&option.name.text)) {
        let message = format!("`{}` has `span` after a field only", command.name);
        context.report(
            Diagnostic::error(codes::UNKNOWN_OPTION, message, option.span)
                .with_help("write it after the field: `by _time span=1h`"),
        );
    }
}

/// Adds aggregates over each row's group, of the rows in a frame of it. The group is that of the BY
/// fields and of what is `more`; the order is the rows' own where none is given.
pub(crate) fn beside(
    context: &mut Context<'_>,
    stats: &Stats,
    frame: Frame,
    order: Option<Vec<SortKey>>,
    more: Vec<Expression>,
) {
    let mut partition = Vec::new();
    let mut names = Vec::new();
    for (name, by) in by_names(context, &stats.by) {
        partition.push(context.field(&name, by.field.span));
        names.push(name);
    }
    let order = match order {
        Some(order) => order,
        None if frame == Frame::Whole => Vec::new(),
        None => context.order_keys(),
    };
    let groups: Vec<Expression> = partition.iter().cloned().chain(more).collect();
    let mut windows = Vec::new();
    let mut results = Vec::new();
    for (name, mut call) in super::calls(context, &stats.aggregations, &names) {
        if call.order.is_empty() || frame != Frame::Whole {
            call.order.clone_from(&order);
        }
        let column = context.fresh_name("window");
        windows.push((column.clone(), WindowCall { call, partition: groups.clone(), frame }));
        results.push((name, Expression::column(column, context.span)));
    }
    let helpers: Vec<ColumnName> = windows.iter().map(|(name, _)| name.clone()).collect();
    context.window(windows);
    if !partition.is_empty() {
        let present: Vec<Expression> = partition.into_iter().map(build::is_present).collect();
        let present = build::all(present, context.span);
        for (_, value) in &mut results {
            *value = build::case(vec![(present.clone(), value.clone())], None, value.span);
        }
    }
    context.assign(results);
    context.hide(&helpers);
}
