//! `tostring`, `tolong` and the like: what cannot be converted is null, of texts empty.

use arrow::array::ArrayRef;
use quarry_plan::{
    Decimal, Returns, Type, Value,
    text::{parse_guid, parse_timespan},
};

use super::{
    arithmetic::whole,
    row,
    value::{plain, text_of},
};
use crate::base::{
    Call, Example, Function,
    Literal::{Bool, Int, Null, Num, Text, Written},
};

const fn to(
    name: &'static str,
    signature: &'static str,
    meaning: &'static str,
    result: Type,
    evaluate: fn(&Call<'_>) -> ArrayRef,
    examples: &'static [Example],
) -> Function {
    row(name, signature, meaning, (1, 1), Returns::Fixed(result), evaluate, examples)
}

pub(crate) const FUNCTIONS: &[Function] = &[
    to(
        "kql_tostring",
        "tostring(<value>)",
        "The value as text: datetimes with seven digits behind the second, JSON texts without quotes.",
        Type::Text,
        |call| call.texts(|row| Some(text_of(row.cell(0)))),
        &[
            (&[Int(5)], Text("5")),
            (&[Num(2.0)], Text("2.0")),
            (&[Num(1e20)], Text("1E+20")),
            (&[Bool(true)], Text("true")),
            (&[Written(Type::Datetime, "2024-01-02T03:04:05Z")], Text("2024-01-02T03:04:05.0000000Z")),
            (&[Written(Type::Timespan, "1.02:03:04.5")], Text("1.02:03:04.5000000")),
            (&[Written(Type::Dynamic, "\"x\"")], Text("x")),
            (&[Written(Type::Dynamic, "{\"a\": [1, null]}")], Text("{\"a\":[1,null]}")),
            (&[Null], Text("")),
        ],
    ),
    to(
        "kql_tolong",
        "tolong(<value>)",
        "The value as a whole number; a text must be one, decimal or hexadecimal.",
        Type::Integer,
        |call| call.integers(|row| long(plain(row.cell(0)))),
        &[
            (&[Text("123")], Int(123)),
            (&[Text("0x1F")], Int(31)),
            (&[Text("5.7")], Null),
            (&[Text("")], Null),
            (&[Num(5.7)], Int(5)),
            (&[Bool(true)], Int(1)),
            (&[Written(Type::Timespan, "00:00:01")], Int(10_000_000)),
            (&[Written(Type::Dynamic, "\"42\"")], Int(42)),
            (&[Null], Null),
        ],
    ),
    to(
        "kql_toint",
        "toint(<value>)",
        "The same of 32 bits; what is greater is cut.",
        Type::Integer,
        |call| {
            call.integers(|row| {
                let cell = plain(row.cell(0));
                #[expect(clippy::cast_possible_truncation, reason = "the bits beyond are cut")]
                long(cell).map(|number| i64::from(number as i32))
            })
        },
        &[(&[Text("7")], Int(7)), (&[Int(9_999_999_999)], Int(1_410_065_407)), (&[Text("x")], Null)],
    ),
    to(
        "kql_todouble",
        "todouble(<value>)",
        "The value as a real number.",
        Type::Double,
        |call| call.values(|row| real(plain(row.cell(0))).map_or(Value::Null, Value::Double)),
        &[
            (&[Text("1.5")], Num(1.5)),
            (&[Text("1e3")], Num(1000.0)),
            (&[Text("x")], Null),
            (&[Int(2)], Num(2.0)),
            (&[Written(Type::Dynamic, "0.25")], Num(0.25)),
        ],
    ),
    to(
        "kql_todecimal",
        "todecimal(<value>)",
        "The value as an exact decimal number.",
        Type::Decimal,
        |call| call.values(|row| decimal(plain(row.cell(0))).map_or(Value::Null, Value::Decimal)),
        &[
            (&[Text("123.456")], Written(Type::Decimal, "123.456")),
            (&[Int(3)], Written(Type::Decimal, "3")),
            (&[Text("x")], Null),
        ],
    ),
    to(
        "kql_tobool",
        "tobool(<value>)",
        "True or false of `true`, `false` in any case, and of numbers whether they are not zero.",
        Type::Boolean,
        |call| call.booleans(|row| boolean(plain(row.cell(0)))),
        &[
            (&[Text("True")], Bool(true)),
            (&[Text("1")], Bool(true)),
            (&[Text("0")], Bool(false)),
            (&[Text("yes")], Null),
            (&[Int(5)], Bool(true)),
            (&[Written(Type::Dynamic, "false")], Bool(false)),
            (&[Null], Null),
        ],
    ),
    to(
        "kql_todatetime",
        "todatetime(<value>)",
        "The value as a datetime, in UTC where a text names no offset.",
        Type::Datetime,
        |call| call.values(|row| moment(plain(row.cell(0))).map_or(Value::Null, Value::Datetime)),
        &[
            (&[Text("2024-01-02 03:04")], Written(Type::Datetime, "2024-01-02T03:04:00Z")),
            (
                &[Text("2024-01-02T03:04:05.1234567+01:00")],
                Written(Type::Datetime, "2024-01-02T02:04:05.1234567Z"),
            ),
            (&[Text("x")], Null),
            (&[Written(Type::Dynamic, "\"2024-01-02\"")], Written(Type::Datetime, "2024-01-02T00:00:00Z")),
        ],
    ),
    to(
        "kql_totimespan",
        "totimespan(<value>)",
        "The value as a timespan; a number is one of ticks.",
        Type::Timespan,
        |call| call.values(|row| span(plain(row.cell(0))).map_or(Value::Null, Value::Timespan)),
        &[
            (&[Text("0.00:01:00")], Written(Type::Timespan, "00:01:00")),
            (&[Text("1.02:03:04.5")], Written(Type::Timespan, "1.02:03:04.5")),
            (&[Text("x")], Null),
        ],
    ),
    to(
        "kql_toguid",
        "toguid(<value>)",
        "The value as a guid.",
        Type::Guid,
        |call| call.values(|row| guid(plain(row.cell(0))).map_or(Value::Null, Value::Guid)),
        &[
            (
                &[Text("{74BE27DE-1E4E-49D9-B579-FE0B331D3642}")],
                Written(Type::Guid, "74be27de-1e4e-49d9-b579-fe0b331d3642"),
            ),
            (&[Text("x")], Null),
        ],
    ),
];

/// A value as a whole number.
pub(super) fn long(value: Value) -> Option<i64> {
    match value {
        Value::Integer(number) | Value::Timespan(number) | Value::Datetime(number) => Some(number),
        Value::Double(number) => whole(number),
        Value::Decimal(number) => number.to_integer(),
        Value::Boolean(is_true) => Some(i64::from(is_true)),
        Value::Text(text) => whole_text(text.trim()),
        _ => None,
    }
}

fn whole_text(text: &str) -> Option<i64> {
    match text.strip_prefix("0x").or_else(|| text.strip_prefix("0X")) {
        #[expect(clippy::cast_possible_wrap, reason = "the bits are those of the number")]
        Some(hex) => u64::from_str_radix(hex, 16).ok().map(|bits| bits as i64),
        None => text.parse().ok(),
    }
}

/// A value as a real.
pub(super) fn real(value: Value) -> Option<f64> {
    #[expect(clippy::cast_precision_loss, reason = "a real holds what it can")]
    match value {
        Value::Double(number) => Some(number),
        Value::Integer(number) | Value::Timespan(number) | Value::Datetime(number) => Some(number as f64),
        Value::Decimal(number) => Some(number.to_f64()),
        Value::Boolean(is_true) => Some(f64::from(u8::from(is_true))),
        Value::Text(text) => {
            let text = text.trim();
            let is_number = text.starts_with(|first: char| first.is_ascii_digit() || "+-.".contains(first));
            match text {
                "NaN" => Some(f64::NAN),
                "Infinity" | "inf" => Some(f64::INFINITY),
                "-Infinity" | "-inf" => Some(f64::NEG_INFINITY),
                text if is_number => {
                    text.parse().ok().or_else(|| whole_text(text).map(|number| number as f64))
                }
                _ => None,
            }
        }
        _ => None,
    }
}

fn decimal(value: Value) -> Option<Decimal> {
    match value {
        Value::Decimal(number) => Some(number),
        Value::Integer(number) | Value::Timespan(number) | Value::Datetime(number) => Some(number.into()),
        Value::Double(number) => Decimal::of_f64(number),
        Value::Boolean(is_true) => Some(i64::from(is_true).into()),
        Value::Text(text) => text.trim().parse().ok(),
        _ => None,
    }
}

fn boolean(value: Value) -> Option<bool> {
    match value {
        Value::Boolean(is_true) => Some(is_true),
        Value::Integer(number) => Some(number != 0),
        Value::Double(number) => Some(number != 0.0),
        Value::Decimal(number) => Some(number.digits() != 0),
        Value::Text(text) => match text.trim().to_lowercase().as_str() {
            "true" => Some(true),
            "false" => Some(false),
            number => number.parse::<i64>().ok().map(|number| number != 0),
        },
        _ => None,
    }
}

/// A value as a datetime.
pub(super) fn moment(value: Value) -> Option<i64> {
    match value {
        Value::Datetime(ticks) => Some(ticks),
        Value::Integer(ticks) => quarry_plan::text::datetime(ticks),
        Value::Text(text) => quarry_plan::parse_moment(&text),
        _ => None,
    }
}

/// A value as a timespan.
pub(super) fn span(value: Value) -> Option<i64> {
    match value {
        Value::Timespan(ticks) | Value::Integer(ticks) => Some(ticks),
        Value::Double(ticks) => whole(ticks),
        Value::Text(text) => {
            let text = text.trim();
            match text.strip_prefix('-') {
                Some(size) => parse_timespan(size).map(|ticks| -ticks),
                None => parse_timespan(text),
            }
        }
        _ => None,
    }
}

fn guid(value: Value) -> Option<u128> {
    match value {
        Value::Guid(bits) => Some(bits),
        Value::Text(text) => {
            parse_guid(text.trim().trim_start_matches(['{', '(']).trim_end_matches(['}', ')']))
        }
        _ => None,
    }
}
