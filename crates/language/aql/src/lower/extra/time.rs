//! Parts of times, and arithmetic on them. Times are milliseconds, parts are of UTC.

use quarry_diagnostic::{Diagnostic, Span};
use quarry_plan::{Arithmetic, Expression as Planned, Type, Value};

use super::{
    super::{arithmetic::arithmetic, select::Select, time::UNITS},
    Typed, alike, also, extra, function,
};
use crate::{
    codes,
    registry::Function,
    syntax::{Call, ExpressionKind},
};

const ARITHMETIC: &str = "times are milliseconds: add, subtract and divide them";

pub(super) static TABLE: &[Function] = &[
    also("CURRENT_TIMESTAMP", "NOW", "write NOW()"),
    extra(
        "DATE(time)",
        "The date as text.",
        (1, 1),
        Type::Text,
        "write DATEFORMAT(time, 'yyyy-MM-dd')",
        |select, call, span| formatted(select, call, "yyyy-MM-dd", span),
    ),
    extra(
        "DATEADD(unit, amount, time)",
        "A time moved by so many units.",
        (3, 3),
        Type::Integer,
        ARITHMETIC,
        |select, call, span| moved(select, call, Arithmetic::Add, span),
    ),
    extra(
        "DATEDIFF(unit, from, to)",
        "Whole units between two times.",
        (3, 3),
        Type::Integer,
        ARITHMETIC,
        difference,
    ),
    extra(
        "DATESUB(unit, amount, time)",
        "A time moved back by so many units.",
        (3, 3),
        Type::Integer,
        ARITHMETIC,
        |select, call, span| moved(select, call, Arithmetic::Subtract, span),
    ),
    extra("DATE_TRUNC(unit, time)", "The start of the unit.", (2, 2), Type::Integer, ARITHMETIC, start_of),
    extra(
        "DAY(time)",
        "The day of the month.",
        (1, 1),
        Type::Integer,
        "write DATEFORMAT(time, 'dd')",
        |select, call, span| number(select, call, "d", span),
    ),
    extra(
        "DAYNAME(time)",
        "The name of the weekday.",
        (1, 1),
        Type::Text,
        "write DATEFORMAT(time, 'EEEE')",
        |select, call, span| formatted(select, call, "EEEE", span),
    ),
    alike("DAYOFMONTH", "DAY", "write DATEFORMAT(time, 'dd')", |select, call, span| {
        number(select, call, "d", span)
    }),
    extra(
        "DAYOFWEEK(time)",
        "The day of the week, Sunday is 1.",
        (1, 1),
        Type::Integer,
        "write DATEFORMAT(time, 'u')",
        weekday,
    ),
    extra(
        "DAYOFYEAR(time)",
        "The day of the year.",
        (1, 1),
        Type::Integer,
        "write DATEFORMAT(time, 'D')",
        |select, call, span| number(select, call, "D", span),
    ),
    also("GETDATE", "NOW", "write NOW()"),
    extra(
        "HOUR(time)",
        "The hour of the day, 0 to 23, in UTC.",
        (1, 1),
        Type::Integer,
        "write DATEFORMAT(time, 'HH')",
        |select, call, span| number(select, call, "H", span),
    ),
    extra(
        "MINUTE(time)",
        "The minute of the hour.",
        (1, 1),
        Type::Integer,
        "write DATEFORMAT(time, 'mm')",
        |select, call, span| number(select, call, "m", span),
    ),
    extra(
        "MONTH(time)",
        "The month, 1 to 12.",
        (1, 1),
        Type::Integer,
        "write DATEFORMAT(time, 'MM')",
        |select, call, span| number(select, call, "M", span),
    ),
    extra(
        "MONTHNAME(time)",
        "The name of the month.",
        (1, 1),
        Type::Text,
        "write DATEFORMAT(time, 'MMMM')",
        |select, call, span| formatted(select, call, "MMMM", span),
    ),
    extra(
        "QUARTER(time)",
        "The quarter of the year, 1 to 4.",
        (1, 1),
        Type::Integer,
        "divide the month by 3",
        quarter,
    ),
    extra(
        "SECOND(time)",
        "The second of the minute.",
        (1, 1),
        Type::Integer,
        "write DATEFORMAT(time, 'ss')",
        |select, call, span| number(select, call, "s", span),
    ),
    extra(
        "TIME(time)",
        "The time of the day as text.",
        (1, 1),
        Type::Text,
        "write DATEFORMAT(time, 'HH:mm:ss')",
        |select, call, span| formatted(select, call, "HH:mm:ss", span),
    ),
    alike("TIMESTAMPDIFF", "DATEDIFF", ARITHMETIC, difference),
    extra(
        "WEEK(time)",
        "The week of the year.",
        (1, 1),
        Type::Integer,
        "write DATEFORMAT(time, 'w')",
        |select, call, span| number(select, call, "w", span),
    ),
    extra(
        "YEAR(time)",
        "The year.",
        (1, 1),
        Type::Integer,
        "write DATEFORMAT(time, 'yyyy')",
        |select, call, span| number(select, call, "yyyy", span),
    ),
];

fn formatted(select: &mut Select<'_, '_, '_>, call: &Call, pattern: &str, span: Span) -> Typed {
    let time = select.value_of(call, 0).cast(Type::Integer);
    function("aql_dateformat", vec![time, Planned::text(pattern, span)], Type::Text, span)
}

fn number(select: &mut Select<'_, '_, '_>, call: &Call, pattern: &str, span: Span) -> Typed {
    let text = formatted(select, call, pattern, span).expression;
    function("aql_long", vec![text], Type::Integer, span)
}

fn integer(value: i64, span: Span) -> Typed {
    Typed::literal(Value::Integer(value), span)
}

/// Sunday is 1, where the pattern's Monday is 1 and Sunday 7.
fn weekday(select: &mut Select<'_, '_, '_>, call: &Call, span: Span) -> Typed {
    let from_monday = number(select, call, "u", span);
    let from_zero = arithmetic(Arithmetic::Modulo, from_monday, integer(7, span), span);
    arithmetic(Arithmetic::Add, from_zero, integer(1, span), span)
}

fn quarter(select: &mut Select<'_, '_, '_>, call: &Call, span: Span) -> Typed {
    let month = number(select, call, "M", span);
    let later = arithmetic(Arithmetic::Add, month, integer(2, span), span);
    arithmetic(Arithmetic::Divide, later, integer(3, span), span)
}

/// An argument as milliseconds.
fn time(select: &mut Select<'_, '_, '_>, call: &Call, place: usize) -> Typed {
    Typed::new(select.value_of(call, place).cast(Type::Integer), Type::Integer)
}

fn moved(select: &mut Select<'_, '_, '_>, call: &Call, operator: Arithmetic, span: Span) -> Typed {
    let Some(unit) = unit(select, call) else { return Typed::null(Type::Integer, span) };
    let amount = time(select, call, 1);
    let distance = arithmetic(Arithmetic::Multiply, amount, integer(unit, span), span);
    let from = time(select, call, 2);
    arithmetic(operator, from, distance, span)
}

fn difference(select: &mut Select<'_, '_, '_>, call: &Call, span: Span) -> Typed {
    let Some(unit) = unit(select, call) else { return Typed::null(Type::Integer, span) };
    let (from, to) = (time(select, call, 1), time(select, call, 2));
    let distance = arithmetic(Arithmetic::Subtract, to, from, span);
    arithmetic(Arithmetic::Divide, distance, integer(unit, span), span)
}

fn start_of(select: &mut Select<'_, '_, '_>, call: &Call, span: Span) -> Typed {
    let Some(unit) = unit(select, call) else { return Typed::null(Type::Integer, span) };
    let time = time(select, call, 1);
    let past = arithmetic(Arithmetic::Modulo, time.clone(), integer(unit, span), span);
    arithmetic(Arithmetic::Subtract, time, past, span)
}

/// The length in milliseconds of the unit that the first argument names, as a string or a bare word.
fn unit(select: &mut Select<'_, '_, '_>, call: &Call) -> Option<i64> {
    let argument = call.arguments.first()?;
    let word = match &argument.kind {
        ExpressionKind::Text(text) => text.to_lowercase(),
        ExpressionKind::Name(name) => name.text.to_lowercase(),
        _ => String::new(),
    };
    let singular = word.strip_suffix('s').unwrap_or(&word);
    let found = UNITS.iter().find(|(name, _)| *name == singular).map(|(_, length)| *length);
    if found.is_none() {
        let message = format!("{} needs a unit of time here", call.name.text);
        select.context.report(
            Diagnostic::error(codes::ARGUMENT_KIND, message, argument.span)
                .with_help("write SECOND, MINUTE, HOUR, DAY or WEEK"),
        );
    }
    found
}
