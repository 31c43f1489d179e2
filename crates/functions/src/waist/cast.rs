//! Conversions between the waist's types; what cannot be converted is null.

use std::borrow::Cow;

use arrow::array::ArrayRef;
use jiff::Timestamp;
use jiff::tz::TimeZone;

use crate::base::Literal::{Bool, Int, List, Null, Num, Text, Time};
use crate::base::{Call, Cell, Example, Function, results};
use crate::time::seconds_to_micros;

const SOURCE: &str = "the waist's `Cast` expression";

pub(crate) const FUNCTIONS: &[Function] = &[
    row(
        "cast_text",
        "Text; instants as ISO 8601 in UTC, lists joined by line feeds.",
        text,
        &[
            (&[Time(1_729_773_296_000_000)], Text("2024-10-24T12:34:56Z")),
            (&[Time(1_729_773_296_789_000)], Text("2024-10-24T12:34:56.789Z")),
            (&[Num(3.0)], Text("3")),
            (&[Int(-7)], Text("-7")),
            (&[Bool(true)], Text("true")),
            (&[List(&["a", "b"])], Text("a\nb")),
            (&[List(&[])], Null),
            (&[Null], Null),
        ],
    ),
    Function {
        result: results::double,
        ..row(
            "cast_double",
            "Number; instants as epoch seconds.",
            |call| call.numbers(|row| double(row.cell(0))),
            &[
                (&[Text("1.5")], Num(1.5)),
                (&[Text("one")], Null),
                (&[Time(1_500_000)], Num(1.5)),
                (&[Bool(true)], Num(1.0)),
                (&[List(&["7"])], Num(7.0)),
                (&[List(&["7", "8"])], Null),
            ],
        )
    },
    Function {
        result: results::integer,
        ..row(
            "cast_integer",
            "Integer, rounded towards zero; instants as epoch milliseconds.",
            |call| call.integers(|row| integer(row.cell(0))),
            &[
                (&[Text("12")], Int(12)),
                (&[Num(-2.7)], Int(-2)),
                (&[Time(1_500_000)], Int(1_500)),
                (&[Bool(true)], Int(1)),
                (&[Num(1e300)], Null),
            ],
        )
    },
    Function {
        result: results::boolean,
        ..row(
            "cast_boolean",
            "Truth value: the words true and false in any case, numbers other than zero.",
            |call| call.booleans(|row| row.cell(0).boolean()),
            &[(&[Text("TRUE")], Bool(true)), (&[Num(0.0)], Bool(false)), (&[Text("maybe")], Null)],
        )
    },
    Function {
        result: results::timestamp,
        ..row(
            "cast_timestamp",
            "Instant from ISO 8601 text, epoch seconds (double or number text) or epoch milliseconds (integer).",
            |call| call.timestamps(|row| timestamp(row.cell(0))),
            &[
                (&[Text("2024-10-24T12:34:56Z")], Time(1_729_773_296_000_000)),
                (&[Text("2024-10-24T14:34:56.5+02:00")], Time(1_729_773_296_500_000)),
                (&[Num(1.5)], Time(1_500_000)),
                (&[Int(1_500)], Time(1_500_000)),
                (&[Text("2024-10-24 12:34:56")], Time(1_729_773_296_000_000)),
                (&[Text("yesterday")], Null),
            ],
        )
    },
    Function {
        result: results::list,
        ..row(
            "cast_list",
            "List of one text; lists stay.",
            |call| call.lists(|row| Some(values(row.cell(0)))),
            &[(&[Text("a")], List(&["a"])), (&[List(&["a", "b"])], List(&["a", "b"])), (&[Null], Null)],
        )
    },
];

const fn row(
    name: &'static str,
    meaning: &'static str,
    evaluate: fn(&Call<'_>) -> ArrayRef,
    examples: &'static [Example],
) -> Function {
    Function {
        name,
        signature: "<value>",
        meaning,
        source: SOURCE,
        examples,
        arity: (1, 1),
        result: results::text,
        evaluate,
        uses_now: false,
    }
}

fn text(call: &Call<'_>) -> ArrayRef {
    call.texts(|row| match row.cell(0) {
        Cell::Timestamp(micros) => Some(Cow::Owned(Timestamp::from_microsecond(micros).ok()?.to_string())),
        other => other.text(),
    })
}

fn double(cell: Cell<'_>) -> Option<f64> {
    match cell {
        Cell::Boolean(value) => Some(f64::from(u8::from(value))),
        other => other.number(),
    }
}

fn integer(cell: Cell<'_>) -> Option<i64> {
    match cell {
        Cell::Boolean(value) => Some(i64::from(value)),
        Cell::Timestamp(micros) => Some(micros.div_euclid(1_000)),
        other => other.integer(),
    }
}

fn timestamp(cell: Cell<'_>) -> Option<i64> {
    match cell {
        Cell::Timestamp(micros) => Some(micros),
        Cell::Integer(millis) => millis.checked_mul(1_000),
        Cell::Text(text) => match cell.number() {
            Some(seconds) => seconds_to_micros(seconds),
            None => instant(text.trim()),
        },
        other => seconds_to_micros(other.number()?),
    }
}

/// ISO 8601 with an offset, or without one in UTC.
fn instant(text: &str) -> Option<i64> {
    if let Ok(found) = text.parse::<Timestamp>() {
        return Some(found.as_microsecond());
    }
    let civil: jiff::civil::DateTime = text.parse().ok()?;
    Some(civil.to_zoned(TimeZone::UTC).ok()?.timestamp().as_microsecond())
}

fn values(cell: Cell<'_>) -> Vec<Cow<'_, str>> {
    cell.values().collect()
}
