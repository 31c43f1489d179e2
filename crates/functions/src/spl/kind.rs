//! Kinds of values that texts can stand for: arrays, objects, whole and fractional numbers, lists.

use std::borrow::Cow;

use arrow::array::ArrayRef;
use quarry_plan::Returns;
use serde_json::Value;

use super::data::{parsed, value as value_of};
use super::source::{CONVERSION, INFORMATION};
use super::tonumber::in_base;
use crate::base::Literal::{Bool, List, Null, Num, Text};
use crate::base::{Call, Cell, Example, Function, Row};
use crate::json::text;

pub(crate) const FUNCTIONS: &[Function] = &[
    row(
        "spl_isarray",
        "isarray(<value>)",
        "Whether the value is a JSON array.",
        |call| test(call, |row| parsed(row).is_some_and(|found| found.is_array())),
        &[(&[Text("[1]")], Bool(true)), (&[Text("{}")], Bool(false)), (&[Null], Bool(false))],
    ),
    row(
        "spl_isobject",
        "isobject(<value>)",
        "Whether the value is a JSON object.",
        |call| test(call, |row| parsed(row).is_some_and(|found| found.is_object())),
        &[(&[Text("{}")], Bool(true)), (&[Text("a")], Bool(false))],
    ),
    row(
        "spl_isdouble",
        "isdouble(<value>)",
        "Whether the value is a number with a fraction.",
        |call| test(call, |row| row.number(0).is_some_and(|number| number.fract() != 0.0)),
        &[(&[Num(1.5)], Bool(true)), (&[Text("2")], Bool(false)), (&[Text("x")], Bool(false))],
    ),
    row(
        "spl_ismv",
        "ismv(<value>)",
        "Whether there are several values.",
        |call| test(call, |row| row.cell(0).values().nth(1).is_some()),
        &[
            (&[List(&["a", "b"])], Bool(true)),
            (&[List(&["a"])], Bool(false)),
            (&[Text("a")], Bool(false)),
            (&[Null], Bool(false)),
        ],
    ),
    Function {
        arity: (1, 2),
        ..conversion(
            "spl_toint",
            "toint(<value>, <base>)",
            "The number of a value, rounded down to a whole one; a text may be in another base.",
            Returns::DOUBLE,
            |call| call.numbers(|row| in_base(row, call.has(1)).map(f64::floor)),
            &[
                (&[Text("3.9")], Num(3.0)),
                (&[Num(-3.9)], Num(-4.0)),
                (&[Text("ff"), Num(16.0)], Num(255.0)),
                (&[Text("x")], Null),
            ],
        )
    },
    Function {
        arity: (1, 2),
        ..conversion(
            "spl_todouble",
            "todouble(<value>, <base>)",
            "The number of a value; a text may be in another base.",
            Returns::DOUBLE,
            |call| call.numbers(|row| in_base(row, call.has(1))),
            &[(&[Text("3.25")], Num(3.25)), (&[Text("101"), Num(2.0)], Num(5.0)), (&[Text("x")], Null)],
        )
    },
    conversion(
        "spl_toarray",
        "toarray(<value>)",
        "A JSON array, or several values as one, each as the JSON it stands for; else null.",
        Returns::TEXT,
        to_array,
        &[
            (&[Text("[1, 2.50, 3.0]")], Text("[1,2.5,3]")),
            (&[Text("a")], Null),
            (&[List(&["7", " true", "\"a\"", "a"])], Text("[7,true,\"a\",null]")),
            (&[Null], Null),
        ],
    ),
    conversion(
        "spl_toobject",
        "toobject(<value>)",
        "The value if it is a JSON object, else null.",
        Returns::TEXT,
        |call| call.texts(|row| parsed(row).filter(Value::is_object).map(compact)),
        &[(&[Text("{\"b\": 1.0, \"a\": 2}")], Text("{\"b\":1,\"a\":2}")), (&[Text("[1]")], Null)],
    ),
    conversion(
        "spl_tomv",
        "tomv(<value>)",
        "The elements of a JSON array as values; several values stay, other text is none.",
        Returns::LIST,
        to_list,
        &[
            (&[Text("[1,\"a\"]")], List(&["1", "a"])),
            (&[List(&["b", "c"])], List(&["b", "c"])),
            (&[Text("a")], Null),
            (&[Null], Null),
        ],
    ),
];

const fn row(
    name: &'static str,
    signature: &'static str,
    meaning: &'static str,
    evaluate: fn(&Call<'_>) -> ArrayRef,
    examples: &'static [Example],
) -> Function {
    Function {
        source: INFORMATION,
        ..conversion(name, signature, meaning, Returns::BOOLEAN, evaluate, examples)
    }
}

const fn conversion(
    name: &'static str,
    signature: &'static str,
    meaning: &'static str,
    result: Returns,
    evaluate: fn(&Call<'_>) -> ArrayRef,
    examples: &'static [Example],
) -> Function {
    Function {
        name,
        signature,
        meaning,
        source: CONVERSION,
        examples,
        arity: (1, 1),
        result,
        evaluate,
        uses_now: false,
        law: None,
    }
}

fn test(call: &Call<'_>, holds: fn(Row<'_>) -> bool) -> ArrayRef {
    call.booleans(|row| Some(holds(row)))
}

fn to_array(call: &Call<'_>) -> ArrayRef {
    call.texts(|row| match (parsed(row).filter(Value::is_array), row.cell(0)) {
        (Some(array), _) => Some(compact(array)),
        (None, Cell::List(list)) => Some(compact(list.iter().map(inferred).collect())),
        _ => None,
    })
}

/// The JSON that a text stands for; null if it is none.
pub(super) fn inferred(text: &str) -> Value {
    serde_json::from_str(text).unwrap_or_default()
}

/// JSON without blanks, whole numbers without a point.
fn compact(value: Value) -> Cow<'static, str> {
    Cow::Owned(whole_numbers(value).to_string())
}

fn whole_numbers(value: Value) -> Value {
    match value {
        Value::Array(elements) => elements.into_iter().map(whole_numbers).collect(),
        Value::Object(members) => {
            members.into_iter().map(|(name, member)| (name, whole_numbers(member))).collect()
        }
        Value::Number(number) if number.is_f64() => {
            value_of(Cell::Number(number.as_f64().unwrap_or_default()))
        }
        other => other,
    }
}

fn to_list(call: &Call<'_>) -> ArrayRef {
    call.lists(|row| match parsed(row) {
        Some(Value::Array(elements)) => {
            Some(elements.iter().map(|element| Cow::Owned(text(element))).collect())
        }
        _ => match row.cell(0) {
            Cell::List(list) => Some(list.iter().map(Cow::Borrowed).collect()),
            _ => None,
        },
    })
}
