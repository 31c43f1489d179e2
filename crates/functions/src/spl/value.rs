//! Changing how a value is held: as one text, a list, a number.

use arrow::array::ArrayRef;

use super::source::{MULTIVALUE, SEARCH};
use crate::base::Literal::{List, Null, Num, Text, Time};
use crate::base::{ArgumentTypes, Call, Example, Function, results};
use quarry_plan::Type;

pub(crate) const FUNCTIONS: &[Function] = &[
    row(
        "spl_list",
        "<value>",
        "A list of the one value; lists stay, null stays null.",
        results::list,
        |call| call.lists(|row| Some(row.cell(0).values().collect())),
        &[
            (&[Text("a")], List(&["a"])),
            (&[List(&["a", "b"])], List(&["a", "b"])),
            (&[Num(2.0)], List(&["2"])),
            (&[Null], Null),
        ],
    ),
    row(
        "spl_single",
        "<value>",
        "One text; several values are joined by line feeds.",
        results::text,
        texts,
        &[(&[List(&["a"])], Text("a")), (&[List(&["a", "b"])], Text("a\nb")), (&[List(&[])], Null)],
    ),
    row(
        "spl_text",
        "<value>",
        "The value as it is shown; instants as epoch seconds.",
        results::text,
        texts,
        &[(&[Num(1.0)], Text("1")), (&[Time(1_500_000)], Text("1.5")), (&[Text("a")], Text("a"))],
    ),
    row(
        "spl_number",
        "<value>",
        "The number a value stands for.",
        results::double,
        numbers,
        &[(&[Text("1.5")], Num(1.5)), (&[Text("x")], Null), (&[Time(1_500_000)], Num(1.5))],
    ),
    Function {
        source: SEARCH,
        ..row(
            "spl_sort_number",
            "<value>",
            "The number to sort by, where the value looks numeric.",
            results::double,
            numbers,
            &[(&[Text("10")], Num(10.0)), (&[Text("10 apples")], Null)],
        )
    },
];

const fn row(
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
        source: MULTIVALUE,
        examples,
        arity: (1, 1),
        result,
        evaluate,
        uses_now: false,
    }
}

fn texts(call: &Call<'_>) -> ArrayRef {
    call.texts(|row| row.text(0))
}

fn numbers(call: &Call<'_>) -> ArrayRef {
    call.numbers(|row| row.number(0))
}
