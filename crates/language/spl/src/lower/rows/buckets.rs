//! Buckets whose length or extent depends on the rows.

use quarry_diagnostic::Diagnostic;
use quarry_plan::{
    AggregateCall, Arithmetic, Comparison, Expression, ExpressionKind, Frame, Node, Operator, Rows, SortKey,
    Type, Value, WindowCall,
};

use super::super::arguments::bad_value;
use super::super::context::{Column, Context, TIME};
use super::super::{build, codes, time};
use super::search_range;
use crate::tree::{Quote, Word};

/// Lengths of time that are chosen, in seconds and as they are written.
const SPANS: &[(f64, &str)] = &[
    (1.0, "1s"),
    (5.0, "5s"),
    (10.0, "10s"),
    (30.0, "30s"),
    (60.0, "1m"),
    (300.0, "5m"),
    (600.0, "10m"),
    (1800.0, "30m"),
    (3600.0, "1h"),
    (86_400.0, "1d"),
    (2_592_000.0, "1mon"),
];
/// More buckets than this are not filled up.
const MOST_BUCKETS: usize = 50_000;

/// The smallest and greatest value of a field as numbers; none while they are not known.
fn extent(context: &mut Context<'_>, name: &str) -> Option<Option<(f64, f64)>> {
    extent_with(context, name, [None, None])
}

/// The same out to other numbers, where there is any value.
fn extent_with(
    context: &mut Context<'_>,
    name: &str,
    ends: [Option<Expression>; 2],
) -> Option<Option<(f64, f64)>> {
    let mut copy = context.clone();
    copy.diagnostics.clear();
    let span = copy.span;
    let value = copy.field(name, span);
    let number = match copy.type_of(&value) {
        Type::Null => return Some(None),
        Type::Timestamp | Type::Integer | Type::Double => value.cast(Type::Double),
        _ => build::call("sort_number", vec![value], Type::Double, span),
    };
    let call = |function: &str| AggregateCall {
        function: function.to_owned(),
        arguments: vec![number.clone()],
        filter: None,
        order: Vec::new(),
        result: Type::Double,
    };
    copy.aggregate(Vec::new(), vec![("least".into(), call("min")), ("most".into(), call("max"))]);
    let column = |name: &str| Column { name: name.into(), data_type: Type::Double, empty: false };
    let ends = ["start", "end"].into_iter().zip(ends);
    let ends: Vec<(&str, Expression)> = ends.filter_map(|(name, end)| Some((name, end?))).collect();
    let columns = ["least", "most"].into_iter().chain(ends.iter().map(|(name, _)| *name)).map(column);
    let columns: Vec<Column> = columns.collect();
    copy.assign(ends);
    let rows = copy.settle(&columns)?;
    let found = match rows.rows.first().map(Vec::as_slice) {
        Some([Value::Double(least), Value::Double(most), ends @ ..]) => {
            let ends =
                ends.iter().filter_map(|end| if let Value::Double(end) = end { Some(*end) } else { None });
            Some(ends.fold((*least, *most), |(least, most), end| (least.min(end), most.max(end))))
        }
        _ => None,
    };
    Some(found)
}

/// Which times buckets are for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Cover {
    /// Those of the rows.
    Rows,
    /// Those of the search as well, where it has a beginning or an end.
    Search,
}

/// The shortest usual length of time that gives at most so many buckets, at least a given one.
pub(crate) fn time_span(
    context: &mut Context<'_>,
    cover: Cover,
    bins: f64,
    shortest: Option<&Word>,
) -> Option<Word> {
    let span = context.span;
    let word = |text: &str| Word { text: text.to_owned(), quote: Quote::None, span };
    let ends = if cover == Cover::Search { search_range::ends(context) } else { [None, None] };
    let Some(extent) = extent_with(context, TIME, ends) else { return Some(word("1d")) };
    let (least, most) = extent.unwrap_or((0.0, 0.0));
    let fits = |seconds: f64| (most / seconds).floor() - (least / seconds).floor() + 1.0 <= bins;
    let shortest = shortest.and_then(|word| time::span_seconds(&word.text)).unwrap_or(0.0);
    let found = SPANS.iter().find(|(seconds, _)| *seconds >= shortest && fits(*seconds));
    Some(word(found.map_or("1mon", |(_, text)| text)))
}

/// The power of ten that, as the length of a bucket of numbers, gives at most so many buckets, also for
/// the numbers out to `start` and `end`.
pub(crate) fn number_span(
    context: &mut Context<'_>,
    name: &str,
    bins: f64,
    [start, end]: [Option<f64>; 2],
    shortest: Option<&Word>,
) -> Option<Word> {
    let span = context.span;
    let extent = extent(context, name)?;
    let (least, most) = extent.unwrap_or((0.0, 1.0));
    // The end is no value, so it needs no bucket of its own.
    let end = end.map(|end| end - end.abs() * 1e-12);
    let (least, most) =
        (start.map_or(least, |start| start.min(least)), end.map_or(most, |end| end.max(most)));
    let mut length = 1.0;
    while (most / length).floor() - (least / length).floor() + 1.0 > bins && length < 1e18 {
        length *= 10.0;
    }
    if most - least < 1.0 && most > least {
        while (most / (length / 10.0)).floor() - (least / (length / 10.0)).floor() + 1.0 <= bins {
            length /= 10.0;
        }
    }
    if let Some(shortest) = shortest.and_then(|word| word.text.parse::<f64>().ok()) {
        length = shortest.max(length);
    }
    Some(Word { text: length.to_string(), quote: Quote::None, span })
}

/// Adds the buckets of time that no row has between the first and the last, or those of the search; counts,
/// the only whole numbers among aggregates, are 0 there.
pub(crate) fn fill(context: &mut Context<'_>, name: &str, length: &Word, cover: Cover) {
    let ends = if cover == Cover::Search { search_range::ends(context) } else { [None, None] };
    let ends = ends.map(|end| bucket_of_time(end?, length));
    let Some(Some((least, most))) = extent_with(context, name, ends) else { return };
    let Some(starts) = starts(least, most, &length.text) else {
        let message = "there are too many buckets to show those without events";
        context.report(Diagnostic::note(codes::OPTION_IGNORED, message, length.span));
        return;
    };
    let span = context.span;
    let rows = Rows {
        columns: vec![(name.into(), Type::Timestamp)],
        rows: starts.into_iter().map(|start| vec![Value::Timestamp(start)]).collect(),
    };
    let empty: Node = rows.into_node(None, span);
    let visible = context.visible();
    let part = context.fresh_name("filled");
    let marked = Node::new(
        Operator::Extend { input: Box::new(empty), columns: vec![(part.clone(), build::number(1.0, span))] },
        span,
    );
    context.assign(vec![(part.clone(), build::number(0.0, span))]);
    context.union(marked);
    let order = vec![
        SortKey::new(Expression::column(name, span), false),
        SortKey::new(Expression::column(&part, span), false),
    ];
    context.sort(order);
    context.deduplicate(vec![Expression::column(name, span)], 1);
    let filled = visible
        .iter()
        .filter(|column| column.name != name && column.data_type == Type::Integer)
        .map(|column| {
            let value = Expression::column(&column.name, span);
            let zero = Expression::literal(Value::Integer(0), span);
            (column.name.clone(), build::coalesce(vec![value, zero], span))
        });
    let filled = filled.collect();
    context.assign(filled);
    context.close(visible, false);
}

/// The start of the bucket that a number of seconds falls into.
fn bucket_of_time(seconds: Expression, length: &Word) -> Option<Expression> {
    let arguments = vec![seconds.cast(Type::Timestamp), bucket_length(length, true)?];
    Some(build::call("bin", arguments, Type::Timestamp, length.span).cast(Type::Double))
}

/// Adds rows for the steps between the least and the greatest value that no row has, and sorts by it. The steps of
/// `_time` are those of the search's range, and all go out to the bounds that are given.
pub(crate) fn add_missing(
    context: &mut Context<'_>,
    name: &str,
    length: &Word,
    bounds: [Option<Expression>; 2],
) {
    let is_time = context.find(name).is_some_and(|column| column.data_type == Type::Timestamp);
    let range = if is_time && name == TIME { search_range::ends(context) } else { [None, None] };
    let ends = bounds.into_iter().zip(range).map(|(bound, range)| {
        let end = bound.or(range)?;
        if is_time { bucket_of_time(end, length) } else { number_step(end, length) }
    });
    let ends: Vec<Option<Expression>> = ends.collect();
    let Ok(ends) = <[Option<Expression>; 2]>::try_from(ends) else { return };
    let Some(Some((least, most))) = extent_with(context, name, ends) else { return };
    let Some(starts) = starts(least, most, &length.text) else {
        let message = "there are too many steps to add those that are missing";
        context.report(Diagnostic::note(codes::OPTION_IGNORED, message, length.span));
        return;
    };
    let span = context.span;
    #[allow(clippy::cast_precision_loss)] // millionths of numbers that were exact
    let value =
        |start: i64| if is_time { Value::Timestamp(start) } else { Value::Double(start as f64 / 1e6) };
    let data_type = if is_time { Type::Timestamp } else { Type::Double };
    let columns = vec![(name.into(), data_type)];
    let rows = starts.into_iter().map(|start| vec![value(start)]).collect();
    let added = context.fresh_name("added");
    let marked = Operator::Extend {
        input: Box::new(Rows { columns, rows }.into_node(None, span)),
        columns: vec![(added.clone(), build::number(1.0, span))],
    };
    context.assign(vec![(added.clone(), build::number(0.0, span))]);
    context.union(Node::new(marked, span));
    let first = context.fresh_name("first");
    let call = AggregateCall {
        function: "min".to_owned(),
        arguments: vec![Expression::column(&added, span)],
        filter: None,
        order: Vec::new(),
        result: Type::Double,
    };
    let partition = vec![Expression::column(name, span)];
    context.window(vec![(first.clone(), WindowCall { call, partition, frame: Frame::Whole })]);
    let same = build::compare(
        Comparison::Equal,
        Expression::column(&added, span),
        Expression::column(&first, span),
        span,
    );
    context.filter(same);
    context.sort(vec![SortKey::new(Expression::column(name, span), false)]);
    context.hide(&[added, first]);
}

/// The starts of all buckets from one time to another, in microseconds.
fn starts(least: f64, most: f64, length: &str) -> Option<Vec<i64>> {
    #[allow(clippy::cast_possible_truncation)] // times of events
    let micros = |seconds: f64| (seconds * 1e6).round() as i64;
    let (mut at, end) = (micros(least), micros(most));
    let length = time::without_alignment(length);
    let months = time::span_months(length);
    let step = micros(length.parse::<f64>().ok().or_else(|| time::span_seconds(length))?);
    let mut found = Vec::new();
    while at <= end {
        if found.len() >= MOST_BUCKETS || step <= 0 {
            return None;
        }
        found.push(at);
        at = match months {
            Some(months) => time::add_months(at, months)?,
            None => at.checked_add(step)?,
        };
    }
    Some(found)
}

/// The start of the step that a number falls into.
fn number_step(number: Expression, length: &Word) -> Option<Expression> {
    let span = length.span;
    let length = length.text.parse::<f64>().ok().filter(|length| *length > 0.0)?;
    let by = |operator, left: Expression, right: Expression| {
        let kind = ExpressionKind::Arithmetic { operator, left: Box::new(left), right: Box::new(right) };
        Expression::new(kind, span)
    };
    let steps = by(Arithmetic::Divide, number, build::number(length, span));
    let whole = build::call("floor", vec![steps], Type::Double, span);
    Some(by(Arithmetic::Multiply, whole, build::number(length, span)))
}

/// Whether a span is based on a logarithm, as `2log10` is.
fn is_log_span(text: &str) -> bool {
    let number = |text: &str, otherwise| if text.is_empty() { Ok(otherwise) } else { text.parse::<f64>() };
    let Some((coefficient, base)) = text.split_once("log") else { return false };
    match (number(coefficient, 1.0), number(base, 10.0)) {
        (Ok(coefficient), Ok(base)) => base > 1.0 && (1.0..base).contains(&coefficient),
        _ => false,
    }
}

/// The length of buckets as a value; none if it is none.
fn bucket_length(span: &Word, is_time: bool) -> Option<Expression> {
    let number = span.text.parse::<f64>().ok().filter(|number| *number > 0.0);
    let text = time::without_alignment(&span.text);
    if time::is_span(text) || is_log_span(text) && !is_time {
        return Some(Expression::text(text, span.span));
    }
    number.map(|number| build::number(number, span.span))
}

/// Whether a length of time is one that instants can be counted in: the clock knows no less than a microsecond.
fn is_whole_micros(text: &str) -> bool {
    let length = time::without_alignment(text);
    let seconds = length.parse::<f64>().ok().or_else(|| time::span_seconds(length));
    seconds.is_none_or(|seconds| {
        let micros = seconds * 1e6;
        micros >= 1.0 - 1e-9 && (micros - micros.round()).abs() <= micros * 1e-9
    })
}

/// Sets a field to the bucket that another field falls into.
pub(crate) fn bucket(context: &mut Context<'_>, field: &str, new_name: &str, span: &Word) {
    let Some(column) = context.find(field).filter(|column| !column.empty) else { return };
    let value = Expression::column(field, span.span);
    let is_time = column.data_type == Type::Timestamp;
    let Some(length) = bucket_length(span, is_time) else {
        return bad_value(context, "span", span, "a length such as `5m` or `10`");
    };
    if is_time && !is_whole_micros(&span.text) {
        return bad_value(
            context,
            "span",
            span,
            "a whole number of microseconds or a longer unit, such as `10us`",
        );
    }
    let result = if column.data_type == Type::Timestamp { Type::Timestamp } else { Type::Text };
    let value = build::call("bin", vec![value, length], result, span.span);
    context.assign(vec![(new_name.to_owned(), value)]);
}
