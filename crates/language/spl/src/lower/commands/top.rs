//! `top` and `rare`: how often each combination of values occurs, and its share.

use quarry_plan::{AggregateCall, Arithmetic, Expression, ExpressionKind, Frame, SortKey, Type, WindowCall};

use super::super::build;
use super::super::context::{Column, Context};
use super::general::{General, missing, names};
use crate::tree::Command;

const DEFAULT_LIMIT: usize = 10;

pub(super) fn lower_top(context: &mut Context<'_>, command: &Command) {
    lower(context, command, true);
}

pub(super) fn lower_rare(context: &mut Context<'_>, command: &Command) {
    lower(context, command, false);
}

fn lower(context: &mut Context<'_>, command: &Command, descending: bool) {
    let mut arguments = General::new(context, command);
    let limit = arguments.leading_count().or(arguments.count(context, "limit")).unwrap_or(DEFAULT_LIMIT);
    let count = arguments.option("countfield").map_or("count", |word| word.text.as_str());
    let percent = arguments.option("percentfield").map_or("percent", |word| word.text.as_str());
    let shows_count = arguments.flag(context, "showcount", true);
    let shows_percent = arguments.flag(context, "showperc", true);
    arguments.only(context, "useother", &["f", "false", "0"]);
    let (fields, by) = arguments.words_around(context, "by");
    arguments.finish(context);
    if fields.is_empty() {
        return missing(context, command, "a field");
    }
    let by = names(context, by.unwrap_or_default());
    let fields = names(context, fields);
    let Some(groups) = groups(context, by.iter().chain(&fields)) else { return };
    let call = |function: &str, arguments| AggregateCall {
        function: function.to_owned(),
        arguments,
        filter: None,
        order: Vec::new(),
        result: Type::Integer,
    };
    context.aggregate(groups, vec![(count.to_owned(), call("count", Vec::new()))]);
    let span = command.span;
    let partition: Vec<Expression> = by.iter().map(|(name, _)| Expression::column(name, span)).collect();
    let total = context.fresh_name("total");
    let sum = call("sum", vec![Expression::column(count, span)]);
    context
        .window(vec![(total.clone(), WindowCall { call: sum, partition: partition.clone(), frame: Frame::Whole })]);
    context.assign(vec![(percent.to_owned(), share(count, &total, span))]);
    context.hide(&[total]);
    let mut order: Vec<SortKey> =
        partition.iter().map(|key| SortKey { value: key.clone(), descending: false }).collect();
    order.push(SortKey { value: Expression::column(count, span), descending });
    order.extend(
        fields.iter().map(|(name, _)| SortKey { value: Expression::column(name, span), descending: false }),
    );
    context.sort(order);
    if limit > 0 && partition.is_empty() {
        context.limit(0, Some(limit));
    } else if limit > 0 {
        context.deduplicate(partition, limit);
    }
    let hidden = |name: &str| (name == count && !shows_count) || (name == percent && !shows_percent);
    let kept: Vec<Column> =
        context.columns().iter().filter(|column| !hidden(&column.name)).cloned().collect();
    context.close(kept, false);
}

/// The groups, after rows without one of the values are dropped and lists are spread; none if a field
/// does not exist.
fn groups<'n>(
    context: &mut Context<'_>,
    fields: impl Iterator<Item = &'n (String, quarry_diagnostic::Span)>,
) -> Option<Vec<(String, Expression)>> {
    let mut groups = Vec::new();
    for (name, span) in fields {
        let value = context.field(name, *span);
        match context.type_of(&value) {
            Type::Null => groups.push((name.clone(), value.cast(Type::Text))),
            data_type => {
                context.filter(build::is_present(value.clone()));
                if data_type == Type::TextList {
                    context.expand(name, None);
                }
                groups.push((name.clone(), value));
            }
        }
    }
    let known = |(_, value): &(String, Expression)| matches!(value.kind, ExpressionKind::Column(_));
    if !groups.iter().all(known) {
        context.filter(build::boolean(false, context.span));
    }
    Some(groups)
}

/// `100 * count / total`.
fn share(count: &str, total: &str, span: quarry_diagnostic::Span) -> Expression {
    let double = |name: &str| Expression::column(name, span).cast(Type::Double);
    let arithmetic = |operator, left, right| {
        Expression::new(
            ExpressionKind::Arithmetic { operator, left: Box::new(left), right: Box::new(right) },
            span,
        )
    };
    let hundredfold = arithmetic(Arithmetic::Multiply, double(count), build::number(100.0, span));
    arithmetic(Arithmetic::Divide, hundredfold, double(total))
}
