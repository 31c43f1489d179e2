//! `eval(avg(a) / max(b))` in `chart` and `timechart`: values computed of aggregations (Splunk search reference,
//! chart, timechart).

use quarry_diagnostic::Diagnostic;
use quarry_plan::{AggregateCall, ColumnName, Expression, Type};

use super::super::context::{Column, Context};
use super::super::{build, codes, expression};
use super::named;
use crate::tree::{Aggregation, AggregationArgument, EvalExpression, EvalKind, Quote, Word};

/// The name that the parser gives the aggregation.
const NAME: &str = "eval";
/// Bare words that count rows.
const COUNTS: &[&str] = &["count", "c"];

/// Whether any is computed of others.
pub(crate) fn is_among(aggregations: &[Aggregation]) -> bool {
    aggregations.iter().any(is_one)
}

/// Whether it is computed of others.
pub(crate) fn is_one(aggregation: &Aggregation) -> bool {
    aggregation.function == NAME
}

/// Reports what is wrong with those that are computed of others.
pub(crate) fn check(context: &mut Context<'_>, aggregations: &[Aggregation], row: &str) {
    for one in aggregations.iter().filter(|one| is_one(one)) {
        split(context, one, &[row.to_owned()]);
    }
}

/// One row a group with these aggregations; gives the name of the first.
pub(crate) fn aggregate(
    context: &mut Context<'_>,
    aggregations: &[Aggregation],
    row: &str,
    groups: Vec<(ColumnName, Expression)>,
) -> Option<String> {
    let except = [row.to_owned()];
    if !is_among(aggregations) {
        let calls = super::calls(context, aggregations, &except);
        let first = calls.first().map(|(name, _)| name.clone());
        context.aggregate(groups, named(calls));
        return first;
    }
    let mut calls = Vec::new();
    let mut values = Vec::new();
    for one in aggregations {
        for value in split(context, one, &except) {
            calls.extend(value.parts.iter().cloned());
            values.push(value);
        }
    }
    let mut columns: Vec<ColumnName> = groups.iter().map(|(name, _)| name.clone()).collect();
    context.aggregate(groups, calls);
    let first = values.first().map(|value| value.label.clone());
    columns.extend(compute(context, values.into_iter().map(|value| (value.label, value.expression))));
    close(context, &columns);
    first
}

/// The same where each aggregation has a column for each series: its name, and which rows it is of.
pub(crate) fn pivot(
    context: &mut Context<'_>,
    aggregations: &[Aggregation],
    (row, group): (&str, Expression),
    series: &[(String, Expression)],
    name_of: &dyn Fn(&str, &str) -> String,
) {
    let span = context.span;
    let except = [row.to_owned()];
    let mut calls: Vec<(ColumnName, AggregateCall)> = Vec::new();
    let mut values: Vec<(String, EvalExpression)> = Vec::new();
    for one in aggregations {
        for value in split(context, one, &except) {
            for (series, condition) in series {
                let mut expression = value.expression.clone();
                for (part, call) in &value.parts {
                    let column = context.fresh_name("part");
                    replace(&mut expression, part, &column);
                    let filter = match &call.filter {
                        Some(own) => build::all(vec![own.clone(), condition.clone()], span),
                        None => condition.clone(),
                    };
                    calls.push((column, AggregateCall { filter: Some(filter), ..call.clone() }));
                }
                let name = name_of(&value.label, series);
                if name != row && values.iter().all(|(known, _)| *known != name) {
                    values.push((name, expression));
                }
            }
        }
    }
    context.aggregate(vec![(row.into(), group)], calls);
    let mut columns = vec![ColumnName::from(row)];
    columns.extend(compute(context, values.into_iter()));
    close(context, &columns);
}

/// A column: its name, what it is computed from, and how.
struct Value {
    label: String,
    parts: Vec<(ColumnName, AggregateCall)>,
    expression: EvalExpression,
}

/// The columns that an aggregation gives; more than one if it names fields by a wildcard.
fn split(context: &mut Context<'_>, one: &Aggregation, except: &[String]) -> Vec<Value> {
    let AggregationArgument::Eval(written) = &one.argument else { return plain(context, one, except) };
    if one.function != NAME {
        return plain(context, one, except);
    }
    let mut parts = Vec::new();
    let mut expression = written.clone();
    take_out(context, &mut expression, &mut parts);
    if parts.is_empty() {
        let message = "expected an expression over aggregations, such as `eval(avg(a) / 2)`";
        context.report(
            Diagnostic::error(codes::BAD_ARGUMENT, message, written.span)
                .with_help("an expression over fields stands inside an aggregation: `sum(eval(a * b))`"),
        );
        return Vec::new();
    }
    let label = one.alias.as_ref().map_or_else(|| one.text.clone(), |alias| alias.text.clone());
    let mut calls = Vec::new();
    for (column, part) in parts {
        let made = super::calls(context, std::slice::from_ref(&part), except);
        calls.extend(made.into_iter().next().map(|(_, call)| (column, call)));
    }
    vec![Value { label, parts: calls, expression }]
}

fn plain(context: &mut Context<'_>, one: &Aggregation, except: &[String]) -> Vec<Value> {
    let calls = super::calls(context, std::slice::from_ref(one), except);
    let mut found = Vec::new();
    for (label, call) in calls {
        let part = context.fresh_name("plain");
        let kind = EvalKind::Column(part.clone());
        let expression = EvalExpression { kind, span: one.span };
        found.push(Value { label, parts: vec![(part, call)], expression });
    }
    found
}

/// Puts columns in place of aggregations.
fn take_out(
    context: &mut Context<'_>,
    expression: &mut EvalExpression,
    parts: &mut Vec<(ColumnName, Aggregation)>,
) {
    let span = expression.span;
    let found = match &expression.kind {
        EvalKind::Field { name, quoted: false } if COUNTS.contains(&name.as_str()) => {
            Some((name.clone(), span, AggregationArgument::None))
        }
        EvalKind::Call { name, name_span, arguments } if super::exists(name) => {
            argument(arguments).map(|argument| (name.clone(), *name_span, argument))
        }
        _ => None,
    };
    if let Some((function, function_span, argument)) = found {
        let column = context.fresh_name("part");
        let text = function.clone();
        let part = Aggregation { function, number: None, function_span, argument, alias: None, text, span };
        parts.push((column.clone(), part));
        expression.kind = EvalKind::Column(column);
        return;
    }
    for child in children(expression) {
        take_out(context, child, parts);
    }
}

/// What is aggregated, if these can be the arguments of an aggregation.
fn argument(arguments: &[EvalExpression]) -> Option<AggregationArgument> {
    match arguments {
        [] => Some(AggregationArgument::None),
        [EvalExpression { kind: EvalKind::Field { name, .. }, span }] => {
            let word = Word { text: name.clone(), quote: Quote::None, span: *span };
            Some(AggregationArgument::Field(word))
        }
        [EvalExpression { kind: EvalKind::Call { name, arguments, .. }, .. }] if name == NAME => {
            arguments.first().cloned().map(AggregationArgument::Eval)
        }
        _ => None,
    }
}

fn replace(expression: &mut EvalExpression, from: &ColumnName, to: &ColumnName) {
    if let EvalKind::Column(column) = &mut expression.kind
        && column == from
    {
        column.clone_from(to);
    }
    for child in children(expression) {
        replace(child, from, to);
    }
}

fn children(expression: &mut EvalExpression) -> Vec<&mut EvalExpression> {
    match &mut expression.kind {
        EvalKind::Call { arguments, .. } => arguments.iter_mut().collect(),
        EvalKind::Not(inner) | EvalKind::Negative(inner) => vec![inner],
        EvalKind::Binary { left, right, .. } => vec![left, right],
        EvalKind::In { value, items } => std::iter::once(&mut **value).chain(items).collect(),
        _ => Vec::new(),
    }
}

/// Computes columns and gives their names.
fn compute(
    context: &mut Context<'_>,
    values: impl Iterator<Item = (String, EvalExpression)>,
) -> Vec<ColumnName> {
    let mut added = Vec::new();
    for (label, value) in values {
        let (value, have) = expression::value(context, &value);
        let value = if have == Type::Null { value.cast(Type::Text) } else { value };
        added.push((label, value));
    }
    let names = added.iter().map(|(name, _)| ColumnName::from(name)).collect();
    context.assign(added);
    names
}

fn close(context: &mut Context<'_>, names: &[ColumnName]) {
    let find = |name: &ColumnName| context.columns().iter().find(|column| column.name == *name).cloned();
    let columns: Vec<Column> = names.iter().filter_map(find).collect();
    context.close(columns, false);
}
