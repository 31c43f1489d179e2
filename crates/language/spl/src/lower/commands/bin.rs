//! `bin`: puts times and numbers into buckets.

use quarry_diagnostic::Diagnostic;
use quarry_plan::{Arithmetic, Expression, ExpressionKind, Type};

use super::super::arguments::{General, bad_value, missing};
use super::super::context::{Context, TIME};
use super::super::rows::buckets::{self, Cover};
use super::super::{build, codes, time};
use crate::registry::{CommandRow, Needs, OptionRow};
use crate::tree::{Command, Quote, Word};

pub(super) const ROWS: &[CommandRow] = &[CommandRow::new(
    "bin",
    "bin <options> <field> [AS <new>]",
    "Puts numbers or times into steps of one size.",
    "_time span=1h",
    lower,
)
.also(&["bucket", "discretize"])
.needs(Needs::Arguments)
.with_options(&[SPAN, BINS, START, END, SHORTEST, ALIGN])];

const SPAN: OptionRow = OptionRow::text("span", "span", "", "The size of a step, such as `10` or `1h`.");
const BINS: OptionRow =
    OptionRow::number("bins", "100", "How many steps there are at most where no size is given.");
const START: OptionRow = OptionRow::text("start", "number", "", "The least number that steps must cover.");
const END: OptionRow = OptionRow::text("end", "number", "", "The greatest number that steps must cover.");
const SHORTEST: OptionRow =
    OptionRow::text("minspan", "span", "", "The least size of a step where none is given.");
const ALIGN: OptionRow =
    OptionRow::text("aligntime", "time", "", "The time from which steps below a day count.");

pub(super) fn lower(context: &mut Context<'_>, command: &Command) {
    let mut arguments = General::new(context, command);
    let span = arguments.options.word(&SPAN);
    let bins = arguments.options.number(&BINS).unwrap_or_default();
    let extent = [START, END]
        .map(|option| arguments.options.word(&option).and_then(|word| extent(context, option.name, word)));
    let shortest = arguments.options.word(&SHORTEST);
    let align = arguments.options.word(&ALIGN);
    let (fields, new_name) = arguments.words_around(context, "as");
    arguments.finish(context);
    let time = Word { text: TIME.to_owned(), quote: Quote::None, span: command.name_span };
    // Without a field it is the time's bucket.
    let field = match fields.as_slice() {
        [] if span.is_some() => &time,
        [field] => *field,
        _ => return missing(context, command, "one field"),
    };
    if field.text == TIME {
        context.read_time();
    }
    let have = context.find(&field.text).map(|column| column.data_type);
    let chosen = match span {
        Some(_) => None,
        None if have == Some(Type::Timestamp) => buckets::time_span(context, Cover::Rows, bins, shortest),
        None => buckets::number_span(context, &field.text, bins, extent, shortest),
    };
    let Some(span) = span.or(chosen.as_ref()) else { return };
    context.field(&field.text, field.span);
    let new_name = new_name.as_deref().and_then(<[&Word]>::first).map_or(&field.text, |word| &word.text);
    let origin = align.and_then(|word| origin(context, word));
    if have.is_none_or(|have| have == Type::Null) {
        return;
    }
    match (origin, seconds_below_a_day(&span.text)) {
        (Some(origin), Some(length)) => aligned(context, &field.text, new_name, length, &origin),
        _ => buckets::bucket(context, &field.text, new_name, span),
    }
}

/// `start` or `end`: a number.
fn extent(context: &mut Context<'_>, name: &str, word: &Word) -> Option<f64> {
    let number = word.text.parse().ok().filter(|number: &f64| number.is_finite());
    if number.is_none() {
        bad_value(context, name, word, "a number");
    }
    number
}

/// The time, in epoch seconds, from which `aligntime` counts buckets.
fn origin(context: &mut Context<'_>, word: &Word) -> Option<Expression> {
    if let Ok(seconds) = word.text.parse::<f64>() {
        return Some(build::number(seconds, word.span));
    }
    if ["earliest", "latest"].iter().any(|end| word.is_keyword(end)) {
        let message = "`aligntime` changes nothing: the ends of the time range are not known here";
        context.report(Diagnostic::note(codes::OPTION_IGNORED, message, word.span));
        return None;
    }
    if time::parse_time(&word.text).is_none() {
        bad_value(context, ALIGN.name, word, "a time such as `@d+3h`");
        return None;
    }
    let now = build::call("now", Vec::new(), Type::Double, word.span);
    let arguments = vec![now, Expression::text(&word.text, word.span)];
    Some(build::call("relative_time", arguments, Type::Double, word.span))
}

/// The length of a span in units below a day; only those can be aligned.
fn seconds_below_a_day(span: &str) -> Option<f64> {
    let unit = span.trim_start_matches(|letter: char| letter.is_ascii_digit() || letter == '.');
    let longer = ["d", "day", "days"].contains(&unit) || unit.starts_with(['w', 'y', 'q']);
    let counted = !longer && time::span_months(span).is_none();
    span.parse().ok().or_else(|| time::span_seconds(span)).filter(|seconds| counted && *seconds > 0.0)
}

/// Sets a field to the bucket of a time, counted from an origin.
fn aligned(context: &mut Context<'_>, field: &str, new_name: &str, length: f64, origin: &Expression) {
    let span = origin.span;
    let two = |operator, left, right| {
        let kind = ExpressionKind::Arithmetic { operator, left: Box::new(left), right: Box::new(right) };
        Expression::new(kind, span)
    };
    let value = Expression::column(field, span);
    let is_time = context.type_of(&value) == Type::Timestamp;
    let time = if is_time {
        value.cast(Type::Double)
    } else {
        build::call("sort_number", vec![value], Type::Double, span)
    };
    let length = || build::number(length, span);
    let since = two(Arithmetic::Subtract, time, origin.clone());
    let count = build::call("floor", vec![two(Arithmetic::Divide, since, length())], Type::Double, span);
    let start = two(Arithmetic::Add, two(Arithmetic::Multiply, count, length()), origin.clone());
    let start = if is_time { start.cast(Type::Timestamp) } else { start };
    context.assign(vec![(new_name.to_owned(), start)]);
}
