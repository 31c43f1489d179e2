//! The operators `+ - * / %` and `.`.

use std::borrow::Cow;

use arrow::array::ArrayRef;
use quarry_plan::{Returns, Type};

use super::source::OPERATORS;
use crate::base::Literal::{Null, Num, Text, Time};
use crate::base::{Call, Example, Function, number_text};

pub(crate) const FUNCTIONS: &[Function] = &[
    Function {
        result: Returns::NumberIfAny,
        ..row(
            "spl_add",
            "a + b",
            "Sum of two numbers; two texts joined unless both are numbers.",
            add,
            &[
                (&[Text(""), Num(1.0)], Null),
                (&[Num(1.0), Num(2.0)], Num(3.0)),
                (&[Text("1"), Text("2")], Text("3")),
                (&[Text("1"), Text("a")], Text("1a")),
                (&[Time(1_000_000), Num(2.0)], Num(3.0)),
                (&[Text("a"), Null], Null),
            ],
        )
    },
    row(
        "spl_subtract",
        "a - b",
        "Difference of two numbers.",
        |call| numbers(call, |a, b| a - b),
        &[(&[Text("5"), Num(2.0)], Num(3.0)), (&[Text("a"), Num(2.0)], Null)],
    ),
    row(
        "spl_multiply",
        "a * b",
        "Product of two numbers.",
        |call| numbers(call, |a, b| a * b),
        &[(&[Text("1.5"), Num(2.0)], Num(3.0))],
    ),
    row(
        "spl_divide",
        "a / b",
        "Quotient of two numbers; null on division by zero.",
        |call| numbers(call, |a, b| a / b),
        &[(&[Num(1.0), Num(4.0)], Num(0.25)), (&[Num(1.0), Num(0.0)], Null)],
    ),
    row(
        "spl_modulo",
        "a % b",
        "Remainder of a division; null on division by zero.",
        |call| numbers(call, |a, b| a % b),
        &[(&[Num(7.0), Num(4.0)], Num(3.0)), (&[Num(7.0), Num(0.0)], Null)],
    ),
    Function {
        arity: (1, usize::MAX),
        result: Returns::TEXT,
        ..row(
            "spl_concat",
            "a . b",
            "The texts joined; numbers without a trailing `.0`.",
            concat,
            &[(&[Text("a"), Num(1.0), Text("b")], Text("a1b")), (&[Text("a"), Null], Null)],
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
        source: OPERATORS,
        examples,
        arity: (2, 2),
        result: Returns::DOUBLE,
        evaluate,
        uses_now: false,
        law: None,
    }
}

fn numbers(call: &Call<'_>, operation: fn(f64, f64) -> f64) -> ArrayRef {
    call.numbers(|row| Some(operation(row.number(0)?, row.number(1)?)))
}

fn add(call: &Call<'_>) -> ArrayRef {
    if call.result == Type::Double {
        return numbers(call, |a, b| a + b);
    }
    call.texts(|row| {
        if let (Some(left), Some(right)) = (row.number(0), row.number(1)) {
            return Some(Cow::Owned(number_text(left + right)));
        }
        Some(Cow::Owned(format!("{}{}", row.text(0)?, row.text(1)?)))
    })
}

fn concat(call: &Call<'_>) -> ArrayRef {
    call.texts(|row| {
        let mut out = String::new();
        for cell in row.cells(0) {
            out.push_str(&cell.text()?);
        }
        Some(Cow::Owned(out))
    })
}
