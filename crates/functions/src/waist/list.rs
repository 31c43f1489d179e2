//! Lists: their first elements, and the places of their elements.

use std::borrow::Cow;

use arrow::array::ArrayRef;
use quarry_plan::{Returns, Type, Value};

use crate::base::Literal::{Int, List, Null};
use crate::base::{Call, Cell, Example, Function};

const SOURCE: &str = "the plan";

pub(crate) const FUNCTIONS: &[Function] = &[
    row(
        "list_take",
        "list_take(<list>, <count>)",
        "The first elements of a list, so many at most.",
        2,
        Returns::Same,
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
        Returns::LIST,
        positions,
        &[(&[List(&["a", "b"])], List(&["000000000", "000000001"])), (&[Null], Null)],
    ),
];

const fn row(
    name: &'static str,
    signature: &'static str,
    meaning: &'static str,
    arguments: usize,
    result: Returns,
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
        result,
        evaluate,
        uses_now: false,
        law: None,
    }
}

fn take(call: &Call<'_>) -> ArrayRef {
    if call.result != Type::TextList {
        return call.values(|row| match (row.cell(0).value(), row.cell(1).integer()) {
            (Value::List(element, mut items), Some(count)) => {
                items.truncate(usize::try_from(count).unwrap_or(0));
                Value::List(element, items)
            }
            _ => Value::Null,
        });
    }
    call.lists(|row| {
        let count = usize::try_from(row.cell(1).integer()?).unwrap_or(0);
        Some(row.cell(0).values().take(count).collect())
    })
}

fn positions(call: &Call<'_>) -> ArrayRef {
    call.lists(|row| {
        let count = match row.cell(0) {
            Cell::Typed(list) => match list.value() {
                Value::List(_, items) => items.len(),
                _ => 0,
            },
            list => list.values().count(),
        };
        Some((0..count).map(|place| Cow::Owned(format!("{place:09}"))).collect())
    })
}
