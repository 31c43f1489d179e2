//! Conversions between the waist's types; what cannot be converted is null.

use std::borrow::Cow;

use arrow::array::ArrayRef;
use jiff::Timestamp;
use jiff::tz::TimeZone;
use quarry_plan::text::micros_of_ticks;
use quarry_plan::{Element, Returns, Type, Value};

use super::convert::{convert, texts};
use crate::base::Literal::{Bool, Int, List, Null, Num, Text, Time, Written};
use crate::base::{Call, Cell, Example, Function};
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
        result: Returns::DOUBLE,
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
        result: Returns::INTEGER,
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
        result: Returns::BOOLEAN,
        ..row(
            "cast_boolean",
            "Truth value: the words true and false in any case, numbers other than zero.",
            |call| call.booleans(|row| row.cell(0).boolean()),
            &[(&[Text("TRUE")], Bool(true)), (&[Num(0.0)], Bool(false)), (&[Text("maybe")], Null)],
        )
    },
    Function {
        result: Returns::TIMESTAMP,
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
        result: Returns::LIST,
        ..row(
            "cast_list",
            "List of one text; lists stay.",
            |call| call.lists(|row| Some(values(row.cell(0)))),
            &[
                (&[Text("a")], List(&["a"])),
                (&[List(&["a", "b"])], List(&["a", "b"])),
                (&[Written(Type::Dynamic, "[1, \"b\", null]")], List(&["1", "b"])),
                (&[Written(Type::List(Element::Integer), "1")], List(&["1"])),
                (&[Null], Null),
            ],
        )
    },
    typed(
        "cast_decimal",
        "Decimal number, exact; a double as it is shown.",
        Returns::Fixed(Type::Decimal),
        &[
            (&[Text("1.50")], Written(Type::Decimal, "1.5")),
            (&[Num(0.1)], Written(Type::Decimal, "0.1")),
            (&[Int(-7)], Written(Type::Decimal, "-7")),
            (&[Written(Type::Dynamic, "\"2.5\"")], Written(Type::Decimal, "2.5")),
            (&[Text("1e50")], Null),
        ],
    ),
    typed(
        "cast_datetime",
        "Datetime from ISO 8601 text, an instant, or ticks since year 1.",
        Returns::Fixed(Type::Datetime),
        &[
            (
                &[Text("2024-10-24T14:34:56.1234567+02:00")],
                Written(Type::Datetime, "2024-10-24T12:34:56.1234567Z"),
            ),
            (&[Time(1_729_773_296_000_000)], Written(Type::Datetime, "2024-10-24T12:34:56Z")),
            (&[Int(0)], Written(Type::Datetime, "0001-01-01")),
            (&[Int(-1)], Null),
            (&[Text("yesterday")], Null),
        ],
    ),
    typed(
        "cast_timespan",
        "Timespan from text such as 1.02:03:04.5, or ticks.",
        Returns::Fixed(Type::Timespan),
        &[
            (&[Text("1.02:03:04.5")], Written(Type::Timespan, "1.02:03:04.5000000")),
            (&[Int(10_000_000)], Written(Type::Timespan, "00:00:01")),
            (&[Text("soon")], Null),
        ],
    ),
    typed(
        "cast_guid",
        "GUID from 32 hexadecimal digits, in groups or not.",
        Returns::Fixed(Type::Guid),
        &[
            (
                &[Text("{74425BEE-4A2B-4BBA-B47C-0A1B2C3D4E5F}")],
                Written(Type::Guid, "74425bee4a2b4bbab47c0a1b2c3d4e5f"),
            ),
            (&[Text("guid")], Null),
        ],
    ),
    typed(
        "cast_dynamic",
        "JSON value; a text that is no JSON becomes a JSON text.",
        Returns::Fixed(Type::Dynamic),
        &[
            (&[Text(" {\"a\": 1} ")], Written(Type::Dynamic, "{\"a\": 1}")),
            (&[Text("1")], Written(Type::Dynamic, "1")),
            (&[Text("a \"b\"")], Written(Type::Dynamic, "\"a \\\"b\\\"\"")),
            (&[List(&["1", "b"])], Written(Type::Dynamic, "[\"1\",\"b\"]")),
            (&[Bool(true)], Written(Type::Dynamic, "true")),
            (&[Num(2.0)], Written(Type::Dynamic, "2")),
            (&[Time(0)], Written(Type::Dynamic, "\"1970-01-01T00:00:00Z\"")),
            (&[Null], Null),
        ],
    ),
    Function {
        signature: "<value>, <name of a type of lists>",
        arity: (2, 2),
        ..typed(
            "cast_list_of",
            "List of values of a type; what does not convert is null in it.",
            Returns::NamedBy(1),
            &[
                (
                    &[List(&["1", "x"]), Text("list of integer")],
                    Written(Type::List(Element::Integer), "[1,null]"),
                ),
                (
                    &[Written(Type::Dynamic, "[1, \"1\", {}]"), Text("list of dynamic")],
                    Written(Type::List(Element::Dynamic), "[1,\"1\",{}]"),
                ),
                (&[Null, Text("list of guid")], Null),
            ],
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
        result: Returns::TEXT,
        evaluate,
        uses_now: false,
        law: None,
    }
}

/// A conversion to a type of which values are made one by one.
const fn typed(
    name: &'static str,
    meaning: &'static str,
    result: Returns,
    examples: &'static [Example],
) -> Function {
    Function {
        result,
        ..row(name, meaning, |call| call.values(|row| convert(row.cell(0).value(), call.result)), examples)
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
        Cell::Typed(typed) => match typed.plain() {
            Value::Boolean(value) => Some(f64::from(u8::from(value))),
            _ => cell.number(),
        },
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
        Cell::Typed(typed) => match typed.plain() {
            Value::Datetime(ticks) => micros_of_ticks(ticks),
            Value::Text(text) => timestamp(Cell::Text(&text)),
            Value::Integer(millis) => timestamp(Cell::Integer(millis)),
            Value::Double(seconds) => seconds_to_micros(seconds),
            _ => None,
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
    match cell {
        Cell::Typed(typed) => texts(typed.value()),
        other => other.values().collect(),
    }
}
