//! What kind of value it is.

use std::borrow::Cow;

use arrow::array::ArrayRef;
use quarry_plan::Returns;

use super::source::{CONVERSION, INFORMATION};
use crate::base::Literal::{Bool, List, Null, Num, Text};
use crate::base::{Call, Cell, Example, Function};

pub(crate) const FUNCTIONS: &[Function] = &[
    row(
        "spl_isnum",
        "isnum(<value>)",
        "Whether the value is a number.",
        |call| test(call, |cell| cell.number().is_some()),
        &[(&[Text("12.5")], Bool(true)), (&[Text("a")], Bool(false)), (&[Null], Bool(false))],
    ),
    row(
        "spl_isint",
        "isint(<value>)",
        "Whether the value is an integer.",
        |call| test(call, |cell| cell.number().is_some_and(|number| number.fract() == 0.0)),
        &[(&[Text("12")], Bool(true)), (&[Num(12.5)], Bool(false))],
    ),
    row(
        "spl_isstr",
        "isstr(<value>)",
        "Whether the value is a text that is no number.",
        |call| test(call, |cell| matches!(cell, Cell::Text(_) | Cell::List(_)) && cell.number().is_none()),
        &[(&[Text("a")], Bool(true)), (&[Text("12")], Bool(false)), (&[Null], Bool(false))],
    ),
    row(
        "spl_isbool",
        "isbool(<value>)",
        "Whether the value is a truth value.",
        |call| test(call, |cell| matches!(cell, Cell::Boolean(_))),
        &[(&[Bool(true)], Bool(true)), (&[Text("true")], Bool(false))],
    ),
    Function {
        result: Returns::TEXT,
        ..row(
            "spl_typeof",
            "typeof(<value>)",
            "The name of the kind of value.",
            type_of,
            &[
                (&[Num(12.0)], Text("Number")),
                (&[Text("string")], Text("String")),
                (&[Bool(false)], Text("Boolean")),
                (&[Null], Text("Invalid")),
                (&[List(&["a", "b"])], Text("Multivalue")),
            ],
        )
    },
    Function {
        source: CONVERSION,
        ..row(
            "spl_tobool",
            "tobool(<value>)",
            "The truth value of the words true and false and of numbers.",
            |call| call.booleans(|row| row.cell(0).boolean()),
            &[(&[Text("True")], Bool(true)), (&[Num(0.0)], Bool(false)), (&[Text("x")], Null)],
        )
    },
];

const fn row(
    name: &'static str,
    signature: &'static str,
    meaning: &'static str,
    evaluate: fn(&Call<'_>) -> ArrayRef,
    examples: &'static [Example],
) -> Function {
    Function {
        name,
        signature,
        meaning,
        source: INFORMATION,
        examples,
        arity: (1, 1),
        result: Returns::BOOLEAN,
        evaluate,
        uses_now: false,
        law: None,
    }
}

fn test(call: &Call<'_>, holds: fn(Cell<'_>) -> bool) -> ArrayRef {
    call.booleans(|row| Some(holds(row.cell(0))))
}

fn type_of(call: &Call<'_>) -> ArrayRef {
    call.texts(|row| {
        let cell = row.cell(0);
        Some(Cow::Borrowed(match cell {
            Cell::Null => "Invalid",
            Cell::Boolean(_) => "Boolean",
            Cell::List(list) if list.only().is_none() => "Multivalue",
            _ if cell.number().is_some() => "Number",
            _ => "String",
        }))
    })
}
