//! Parts of times, and arithmetic on them. Times are milliseconds, parts are of UTC.

use quarry_diagnostic::{Diagnostic, Span};
use quarry_plan::{Arithmetic, Expression as Planned, Type, Value};

use super::{
    super::{arithmetic::arithmetic, select::Select, time::UNITS},
    Rule, Typed, function,
};
use crate::{
    codes,
    syntax::{Call, ExpressionKind},
};

pub(super) const TABLE: &[(&str, Rule)] = &[
    ("CURRENT_TIMESTAMP", |select, call, span| select.renamed(call, "NOW", span)),
    ("DATE", |select, call, span| formatted(select, call, "yyyy-MM-dd", span)),
    ("DATEADD", |select, call, span| moved(select, call, Arithmetic::Add, span)),
    ("DATEDIFF", difference),
    ("DATESUB", |select, call, span| moved(select, call, Arithmetic::Subtract, span)),
    ("DATE_TRUNC", start_of),
    ("DAY", |select, call, span| number(select, call, "d", span)),
    ("DAYNAME", |select, call, span| formatted(select, call, "EEEE", span)),
    ("DAYOFMONTH", |select, call, span| number(select, call, "d", span)),
    ("DAYOFWEEK", weekday),
    ("DAYOFYEAR", |select, call, span| number(select, call, "D", span)),
    ("GETDATE", |select, call, span| select.renamed(call, "NOW", span)),
    ("HOUR", |select, call, span| number(select, call, "H", span)),
    ("MINUTE", |select, call, span| number(select, call, "m", span)),
    ("MONTH", |select, call, span| number(select, call, "M", span)),
    ("MONTHNAME", |select, call, span| formatted(select, call, "MMMM", span)),
    ("QUARTER", quarter),
    ("SECOND", |select, call, span| number(select, call, "s", span)),
    ("TIME", |select, call, span| formatted(select, call, "HH:mm:ss", span)),
    ("TIMESTAMPDIFF", difference),
    ("WEEK", |select, call, span| number(select, call, "w", span)),
    ("YEAR", |select, call, span| number(select, call, "yyyy", span)),
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
