//! One aggregation as a call of the waist.

use quarry_diagnostic::{Diagnostic, Span, did_you_mean};
use quarry_plan::{
    AggregateCall, Arithmetic, Expression, ExpressionKind, SortKey, Type, aggregate_signature,
};

use super::super::context::Context;
use super::super::{build, codes, expression};
use crate::registry::{self, AggregationRow, Method, Status, ranked_aggregation};
use crate::tree::{Aggregation, EvalExpression};

/// `function(eval(expression))`: `count` counts the rows where a condition holds.
pub(super) fn lower_eval(
    context: &mut Context<'_>,
    aggregation: &Aggregation,
    argument: &EvalExpression,
) -> Option<AggregateCall> {
    let (value, data_type) = expression::lower(context, argument);
    if data_type != Type::Boolean {
        return lower(context, aggregation, Some(value));
    }
    let (row, _) = find(context, aggregation)?;
    if row.method == Some(Method::Count) {
        return Some(AggregateCall { filter: Some(value), ..call("count", Vec::new(), Type::Integer) });
    }
    let text = build::case(vec![(value, build::number(1.0, argument.span))], None, argument.span);
    lower(context, aggregation, Some(text))
}

/// A call over an argument that is already lowered.
pub(super) fn lower(
    context: &mut Context<'_>,
    aggregation: &Aggregation,
    argument: Option<Expression>,
) -> Option<AggregateCall> {
    let (row, rank) = find(context, aggregation)?;
    if row.method == Some(Method::Chart) {
        return Some(chart(context, aggregation));
    }
    let Some(argument) = argument else {
        if row.method == Some(Method::Count) {
            return Some(call("count", Vec::new(), Type::Integer));
        }
        let message = format!("`{}` needs a field", aggregation.function);
        let found = Diagnostic::error(codes::MISSING_ARGUMENT, message, aggregation.span)
            .with_help(format!("write `{}(field)`", aggregation.function));
        context.report(found);
        return None;
    };
    let have = context.type_of(&argument);
    let (argument, have) =
        if have == Type::Null { (argument.cast(Type::Text), Type::Text) } else { (argument, have) };
    Some(apply(context, row, rank, argument, have))
}

fn apply(
    context: &mut Context<'_>,
    row: &AggregationRow,
    rank: Option<f64>,
    argument: Expression,
    have: Type,
) -> AggregateCall {
    let span = argument.span;
    let number = matches!(have, Type::Double | Type::Integer);
    match row.method.unwrap_or(Method::Chart) {
        Method::Count if have == Type::TextList => computed("spl_count_values", vec![argument]),
        Method::Count => call("count", vec![argument], Type::Integer),
        Method::DistinctCount if have == Type::TextList => computed("spl_distinct_values", vec![argument]),
        Method::DistinctCount => call("count_distinct", vec![argument], Type::Integer),
        Method::Extreme { plain, .. } if number || have == Type::Timestamp => {
            call(plain, vec![argument], have)
        }
        Method::Extreme { of_texts, .. } => computed(of_texts, vec![argument]),
        // Distinct values are counted exactly, so the error of the estimate is nothing.
        Method::EstimateError => call("min", vec![build::number(0.0, span)], Type::Double),
        Method::Numbers { plain, .. } if number => {
            call(plain, vec![argument.cast(Type::Double)], Type::Double)
        }
        Method::Numbers { of_texts, .. } => computed(of_texts, vec![argument]),
        Method::Values(name) => computed(name, vec![argument]),
        Method::List(name) => AggregateCall { order: context.order_keys(), ..computed(name, vec![argument]) },
        Method::Arrival { last } => {
            let function = if last { "last" } else { "first" };
            AggregateCall { order: context.order_keys(), ..call(function, vec![argument], have) }
        }
        Method::ByTime { newest } => {
            let order = vec![SortKey::new(context.time(span), newest)];
            AggregateCall { order, ..call("first", vec![argument], have) }
        }
        Method::TimeOf { newest } => {
            let time = context.time(span).cast(Type::Double);
            let function = if newest { "max" } else { "min" };
            let present = build::is_present(argument);
            AggregateCall { filter: Some(present), ..call(function, vec![time], Type::Double) }
        }
        Method::WithTime(name) => {
            let time = context.time(span);
            computed(name, vec![argument, time])
        }
        Method::Rate { seconds } => sum_by_time(context, row, seconds, argument, have),
        Method::Percentile(name) => {
            let rank = build::number(rank.unwrap_or(50.0), span);
            computed(name, vec![argument, rank])
        }
        Method::Chart => nothing(span),
    }
}

/// The sum for each so many seconds.
fn sum_by_time(
    context: &mut Context<'_>,
    row: &AggregationRow,
    seconds: f64,
    argument: Expression,
    have: Type,
) -> AggregateCall {
    let span = argument.span;
    let scale = rate(context, row, seconds, span);
    let value = match have {
        Type::TextList => build::call("sum", vec![argument], Type::Double, span),
        Type::Text => build::call("sort_number", vec![argument], Type::Double, span),
        _ => argument.cast(Type::Double),
    };
    let (left, right) = (Box::new(value), Box::new(build::number(scale, span)));
    let kind = ExpressionKind::Arithmetic { operator: Arithmetic::Multiply, left, right };
    call("sum", vec![Expression::new(kind, span)], Type::Double)
}

/// How many times the wanted length of time a bucket is, turned round; `timechart` alone has buckets
/// (Splunk search reference, statistical functions: per_day and its kin).
fn rate(context: &mut Context<'_>, row: &AggregationRow, seconds: f64, span: Span) -> f64 {
    let name = row.name;
    match context.bucket {
        Some(length) if length > 0.0 => seconds / length,
        _ if context.is_vague() => 1.0,
        _ => {
            let message = format!("`{name}` needs `timechart` with buckets of a fixed length, below a month");
            context.report(Diagnostic::error(codes::BAD_ARGUMENT, message, span).with_help(
                "write `timechart span=1h`, or divide a `sum` or `count` by the seconds of a bucket",
            ));
            1.0
        }
    }
}

/// Whether it is a chart; its argument is an aggregation, no field.
pub(super) fn draws(aggregation: &Aggregation) -> bool {
    registry::aggregation(&aggregation.function).is_some_and(|row| row.method == Some(Method::Chart))
}

/// A column without values.
fn chart(context: &mut Context<'_>, aggregation: &Aggregation) -> AggregateCall {
    let message =
        format!("`{}` draws a chart, which rows cannot hold: the column is empty", aggregation.function);
    context.report(Diagnostic::warning(codes::NOT_DRAWN, message, aggregation.function_span));
    nothing(aggregation.span)
}

fn nothing(span: Span) -> AggregateCall {
    call("min", vec![build::null(span).cast(Type::Text)], Type::Text)
}

fn call(function: &str, arguments: Vec<Expression>, result: Type) -> AggregateCall {
    AggregateCall { function: function.to_owned(), arguments, filter: None, order: Vec::new(), result }
}

/// A call of a function of `crates/functions`, of the type that it gives.
fn computed(function: &str, arguments: Vec<Expression>) -> AggregateCall {
    let result = aggregate_signature(function).map_or(Type::Text, |signature| signature.result.of(&[], &[]));
    call(function, arguments, result)
}

pub(super) fn find(
    context: &mut Context<'_>,
    aggregation: &Aggregation,
) -> Option<(&'static AggregationRow, Option<f64>)> {
    let name = format!("{}{}", aggregation.function, aggregation.number.as_deref().unwrap_or_default());
    if let Some(found) = ranked_aggregation(&name).filter(|(row, _)| row.status == Status::Supported) {
        return Some(found);
    }
    let (message, is_known) = match registry::aggregation(&aggregation.function).map(|row| row.status) {
        Some(Status::Never(why)) => (format!("the aggregation `{name}` cannot run here: {why}"), true),
        Some(_) => (format!("the aggregation `{name}` is not supported yet"), true),
        None => (format!("there is no aggregation `{name}`"), false),
    };
    let help = match did_you_mean(&name, supported()).filter(|_| !is_known) {
        Some(near) => format!("did you mean `{near}`?"),
        None => "others run, such as `count`, `dc`, `sum`, `avg`, `min`, `max`, `values`, `list`, `first`, \
                 `latest` and `perc95`"
            .to_owned(),
    };
    let found = Diagnostic::error(codes::UNKNOWN_AGGREGATION, message, aggregation.function_span);
    context.report(found.with_help(help));
    None
}

fn supported() -> impl Iterator<Item = &'static str> {
    let runs = registry::aggregation_names().into_iter().filter(|name| name.row.status == Status::Supported);
    runs.map(|name| name.name)
}
