//! `top` and `rare`: how often each combination of values occurs, and its share.

use quarry_plan::{
    AggregateCall, Arithmetic, ColumnName, Expression, ExpressionKind, Frame, SortKey, Type, WindowCall,
};

use super::super::arguments::{General, missing, names};
use super::super::build;
use super::super::context::{Column, Context};
use super::super::rows::running;
use crate::registry::{AnyOf, CommandRow, Needs, OptionRow};
use crate::tree::Command;

pub(super) const ROWS: &[CommandRow] = &[
    CommandRow::new(
        "rare",
        "rare <options> <fields> [BY <fields>]",
        "Counts combinations of values, the least frequent first.",
        "a",
        lower_rare,
    )
    .needs(Needs::Arguments)
    .with_options(OPTIONS)
    .taking_any(AnyOf::Words),
    CommandRow::new(
        "top",
        "top <options> <fields> [BY <fields>]",
        "Counts combinations of values, the most frequent first.",
        "a",
        lower_top,
    )
    .needs(Needs::Arguments)
    .with_options(OPTIONS)
    .taking_any(AnyOf::Words),
];

const LIMIT: OptionRow = OptionRow::count("limit", "10", "How many combinations are shown; 0 is all.");
const COUNT_FIELD: OptionRow = OptionRow::text("countfield", "field", "count", "The field of the count.");
const PERCENT_FIELD: OptionRow =
    OptionRow::text("percentfield", "field", "percent", "The field of the share.");
const SHOW_COUNT: OptionRow = OptionRow::flag("showcount", true, "Whether the count is shown.");
const SHOW_PERCENT: OptionRow = OptionRow::flag("showperc", true, "Whether the share is shown.");
const USE_OTHER: OptionRow =
    OptionRow::flag("useother", false, "Whether a last row has all that are not shown.");
const OTHER: OptionRow = OptionRow::text("otherstr", "text", "OTHER", "The name of that row.");
const OPTIONS: &[OptionRow] =
    &[LIMIT, COUNT_FIELD, PERCENT_FIELD, SHOW_COUNT, SHOW_PERCENT, USE_OTHER, OTHER];

pub(super) fn lower_top(context: &mut Context<'_>, command: &Command) {
    lower(context, command, true);
}

pub(super) fn lower_rare(context: &mut Context<'_>, command: &Command) {
    lower(context, command, false);
}

fn lower(context: &mut Context<'_>, command: &Command, descending: bool) {
    let mut arguments = General::new(context, command);
    let limit = arguments.leading_count().or(arguments.options.count(&LIMIT)).unwrap_or_default();
    let count = arguments.options.text(&COUNT_FIELD);
    let percent = arguments.options.text(&PERCENT_FIELD);
    let shows_count = arguments.options.flag(&SHOW_COUNT);
    let shows_percent = arguments.options.flag(&SHOW_PERCENT);
    let other = arguments.options.flag(&USE_OTHER);
    let other_name = arguments.options.text(&OTHER);
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
    context.aggregate(groups, vec![(count.into(), call("count", Vec::new()))]);
    let span = command.span;
    let partition: Vec<Expression> = by.iter().map(|(name, _)| Expression::column(name, span)).collect();
    let total = context.fresh_name("total");
    let sum = call("sum", vec![Expression::column(count, span)]);
    context.window(vec![(
        total.clone(),
        WindowCall { call: sum, partition: partition.clone(), frame: Frame::Whole },
    )]);
    context.assign(vec![(percent.to_owned(), share(count, &total, span))]);
    context.hide(&[total]);
    let mut order: Vec<SortKey> = partition.iter().map(|key| SortKey::new(key.clone(), false)).collect();
    order.push(SortKey::new(Expression::column(count, span), descending));
    // Of values that are as frequent `top` shows the last one first (Splunk search reference, top).
    order.extend(fields.iter().map(|(name, _)| SortKey::new(Expression::column(name, span), descending)));
    context.sort(order);
    if other && limit > 0 {
        gather_rest(context, &by, &fields, (count, percent), limit, other_name);
    } else if limit > 0 && partition.is_empty() {
        context.limit(0, Some(limit));
    } else if limit > 0 {
        context.deduplicate(partition, limit);
    }
    shown_percent(context, percent);
    let hidden = |name: &ColumnName| (*name == count && !shows_count) || (*name == percent && !shows_percent);
    let kept: Vec<Column> =
        context.columns().iter().filter(|column| !hidden(&column.name)).cloned().collect();
    context.close(kept, false);
}

/// The share with six decimals, as it is written.
fn shown_percent(context: &mut Context<'_>, percent: &str) {
    let span = context.span;
    let arguments = vec![Expression::text("%.6f", span), Expression::column(percent, span)];
    context.assign(vec![(percent.to_owned(), build::call("printf", arguments, Type::Text, span))]);
}

type Names<'n> = &'n [(String, quarry_diagnostic::Span)];

/// Puts the rows after the first `limit` of each group together in one.
fn gather_rest(
    context: &mut Context<'_>,
    by: Names<'_>,
    fields: Names<'_>,
    (count, percent): (&str, &str),
    limit: usize,
    name: &str,
) {
    let span = context.span;
    let partition: Vec<Expression> = by.iter().map(|(name, _)| Expression::column(name, span)).collect();
    let rank = running::row_number_in(context, partition);
    #[allow(clippy::cast_precision_loss)] // a number of rows to show
    let limit = build::number(limit as f64, span);
    let rest = build::compare(
        quarry_plan::Comparison::Greater,
        Expression::column(&rank, span),
        limit.clone(),
        span,
    );
    let mut renamed = Vec::new();
    for (field, _) in fields {
        let value = Expression::column(field, span);
        let have = context.type_of(&value);
        let text = super::super::context::convert(value, have, Type::Text);
        let other = Expression::text(name, span);
        renamed.push((ColumnName::from(field), build::case(vec![(rest.clone(), other)], Some(text), span)));
    }
    let last = arithmetic(Arithmetic::Add, limit, build::number(1.0, span), span);
    let place = build::case(vec![(rest, last)], Some(Expression::column(&rank, span)), span);
    renamed.push((rank.clone(), place));
    context.assign(renamed);
    let names = by.iter().chain(fields).map(|(name, _)| ColumnName::from(name)).chain([rank.clone()]);
    let groups = names.map(|name| (name.clone(), Expression::column(name, span))).collect();
    let sum = |name: &str, result| AggregateCall {
        function: "spl_sum".to_owned(),
        arguments: vec![Expression::column(name, span)],
        filter: None,
        order: Vec::new(),
        result,
    };
    context.aggregate(
        groups,
        vec![(count.into(), sum(count, Type::Integer)), (percent.into(), sum(percent, Type::Double))],
    );
    let order = by.iter().map(|(name, _)| ColumnName::from(name)).chain([rank.clone()]);
    let order = order.map(|name| SortKey::new(Expression::column(name, span), false));
    let order = order.collect();
    context.sort(order);
    context.hide(&[rank]);
}

fn arithmetic(
    operator: Arithmetic,
    left: Expression,
    right: Expression,
    span: quarry_diagnostic::Span,
) -> Expression {
    let kind = ExpressionKind::Arithmetic { operator, left: Box::new(left), right: Box::new(right) };
    Expression::new(kind, span)
}

/// The groups, after rows without one of the values are dropped and lists are spread; none if a field
/// does not exist.
fn groups<'n>(
    context: &mut Context<'_>,
    fields: impl Iterator<Item = &'n (String, quarry_diagnostic::Span)>,
) -> Option<Vec<(ColumnName, Expression)>> {
    let mut groups = Vec::new();
    for (name, span) in fields {
        let value = context.field(name, *span);
        match context.type_of(&value) {
            Type::Null => groups.push((name.into(), value.cast(Type::Text))),
            data_type => {
                context.filter(build::is_present(value.clone()));
                if data_type == Type::TextList {
                    context.expand(name, None);
                }
                groups.push((name.into(), value));
            }
        }
    }
    let known = |(_, value): &(ColumnName, Expression)| matches!(value.kind, ExpressionKind::Column(_));
    if !groups.iter().all(known) {
        context.filter(build::boolean(false, context.span));
    }
    Some(groups)
}

/// `100 * count / total`.
fn share(count: &str, total: &ColumnName, span: quarry_diagnostic::Span) -> Expression {
    let double = |name: ColumnName| Expression::column(name, span).cast(Type::Double);
    let hundredfold =
        arithmetic(Arithmetic::Multiply, double(count.into()), build::number(100.0, span), span);
    arithmetic(Arithmetic::Divide, hundredfold, double(total.clone()), span)
}
