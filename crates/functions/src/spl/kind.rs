//! Kinds of values that texts can stand for: arrays, objects, whole and fractional numbers, lists.

use std::borrow::Cow;

use arrow::array::ArrayRef;
use quarry_plan::Type;
use serde_json::Value;

use super::data::parsed;
use super::source::{CONVERSION, INFORMATION};
use crate::base::Literal::{Bool, List, Null, Num, Text};
use crate::base::{ArgumentTypes, Call, Cell, Example, Function, Row, results};
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
    conversion(
        "spl_toint",
        "toint(<value>)",
        "The whole number of a value, without its fraction.",
        results::double,
        |call| call.numbers(|row| row.number(0).map(f64::trunc)),
        &[(&[Text("3.9")], Num(3.0)), (&[Num(-3.9)], Num(-3.0)), (&[Text("x")], Null)],
    ),
    conversion(
        "spl_todouble",
        "todouble(<value>)",
        "The number of a value.",
        results::double,
        |call| call.numbers(|row| row.number(0)),
        &[(&[Text("3.25")], Num(3.25)), (&[Text("x")], Null)],
    ),
    conversion(
        "spl_toarray",
        "toarray(<value>)",
        "The value as a JSON array; what is none becomes the only element.",
        results::text,
        to_array,
        &[
            (&[Text("[1,2]")], Text("[1,2]")),
            (&[Text("a")], Text("[\"a\"]")),
            (&[List(&["a", "b"])], Text("[\"a\",\"b\"]")),
            (&[Null], Null),
        ],
    ),
    conversion(
        "spl_toobject",
        "toobject(<value>)",
        "The value if it is a JSON object, else null.",
        results::text,
        |call| call.texts(|row| parsed(row).filter(Value::is_object).and(row.text(0))),
        &[(&[Text("{\"a\":1}")], Text("{\"a\":1}")), (&[Text("[1]")], Null)],
    ),
    conversion(
        "spl_tomv",
        "tomv(<value>)",
        "The elements of a JSON array as values; what is none is the only value.",
        results::list,
        to_list,
        &[(&[Text("[1,\"a\"]")], List(&["1", "a"])), (&[Text("a")], List(&["a"])), (&[Null], Null)],
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
        ..conversion(name, signature, meaning, results::boolean, evaluate, examples)
    }
}

const fn conversion(
    name: &'static str,
    signature: &'static str,
    meaning: &'static str,
    result: fn(&ArgumentTypes<'_>) -> Type,
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
    }
}

fn test(call: &Call<'_>, holds: fn(Row<'_>) -> bool) -> ArrayRef {
    call.booleans(|row| Some(holds(row)))
}

fn to_array(call: &Call<'_>) -> ArrayRef {
    call.texts(|row| {
        if parsed(row).is_some_and(|found| found.is_array()) {
            return row.text(0);
        }
        let cell = row.cell(0);
        let array = match cell {
            Cell::Null => return None,
            Cell::List(list) => list.iter().map(Value::from).collect(),
            _ => Value::Array(vec![super::data::value(cell)]),
        };
        Some(Cow::Owned(array.to_string()))
    })
}

fn to_list(call: &Call<'_>) -> ArrayRef {
    call.lists(|row| match parsed(row) {
        Some(Value::Array(elements)) => {
            Some(elements.iter().map(|element| Cow::Owned(text(element))).collect())
        }
        _ => Some(row.cell(0).values().collect()),
    })
}
