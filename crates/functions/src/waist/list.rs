//! Lists: their first elements, and the places of their elements.

use std::borrow::Cow;

use arrow::array::ArrayRef;
use quarry_plan::Returns;

use crate::base::Literal::{Int, List, Null};
use crate::base::{Call, Example, Function};

const SOURCE: &str = "the plan";

pub(crate) const FUNCTIONS: &[Function] = &[
    row(
        "list_take",
        "list_take(<list>, <count>)",
        "The first elements of a list, so many at most.",
        2,
        take,
        &[
            (&[List(&["a", "b", "c"]), Int(2)], List(&["a", "b"])),
            (&[List(&["a"]), Int(2)], List(&["a"])),
            (&[Null, Int(2)], Null),
        ],
    ),
    row(
        "list_positions",
        "list_positions(<list>)",
        "The places of a list's elements from 0, at full width so that their texts are in order.",
        1,
        positions,
        &[(&[List(&["a", "b"])], List(&["000000000", "000000001"])), (&[Null], Null)],
    ),
];

const fn row(
    name: &'static str,
    signature: &'static str,
    meaning: &'static str,
    arguments: usize,
    evaluate: fn(&Call<'_>) -> ArrayRef,
    examples: &'static [Example],
) -> Function {
    Function {
        name,
        signature,
        meaning,
        source: SOURCE,
        examples,
        arity: (arguments, arguments),
        result: Returns::LIST,
        evaluate,
        uses_now: false,
        law: None,
    }
}

fn take(call: &Call<'_>) -> ArrayRef {
    call.lists(|row| {
        let count = usize::try_from(row.cell(1).integer()?).unwrap_or(0);
        Some(row.cell(0).values().take(count).collect())
    })
}

fn positions(call: &Call<'_>) -> ArrayRef {
    call.lists(|row| {
        let places = row.cell(0).values().enumerate();
        Some(places.map(|(place, _)| Cow::Owned(format!("{place:09}"))).collect())
    })
}
