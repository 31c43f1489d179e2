//! Reference data. The lists are constants of the query; the same places belong together.

use std::{
    borrow::Cow,
    collections::{HashMap, HashSet},
};

use arrow::array::ArrayRef;
use quarry_plan::Returns;

use super::plain;
use super::source::RETRIEVAL;
use crate::base::Literal::{Bool, List, Null, Text};
use crate::base::{Call, Cell, Example, Function};

pub(crate) const FUNCTIONS: &[Function] = &[
    row(
        "aql_reference_pair",
        "reference_pair(keys, values, key, value)",
        "Whether a key and a value stand at the same place of two lists.",
        (4, 4),
        Returns::BOOLEAN,
        pair,
        &[
            (&[List(&["k", "k", "m"]), List(&["a", "b", "c"]), Text("k"), Text("b")], Bool(true)),
            (&[List(&["k", "m"]), List(&["a", "c"]), Text("k"), Text("c")], Bool(false)),
            (&[List(&["k"]), List(&["a"]), Null, Text("a")], Null),
        ],
    ),
    row(
        "aql_reference_value",
        "reference_value(keys, values, key)",
        "The value at the place where the key last stands; null if nowhere or empty.",
        (3, 3),
        Returns::TEXT,
        value,
        &[
            (&[List(&["ann", "bob"]), List(&["Ann B.", "Bob C."]), Text("bob")], Text("Bob C.")),
            (&[List(&["ann", "ann"]), List(&["old", "new"]), Text("ann")], Text("new")),
            (&[List(&["ann", "bob"]), List(&["", "x"]), Text("ann")], Null),
            (&[List(&["ann"]), List(&["x"]), Text("eve")], Null),
        ],
    ),
];

const fn row(
    name: &'static str,
    signature: &'static str,
    meaning: &'static str,
    arity: (usize, usize),
    result: Returns,
    evaluate: fn(&Call<'_>) -> ArrayRef,
    examples: &'static [Example],
) -> Function {
    Function {
        name,
        signature,
        meaning,
        source: RETRIEVAL,
        examples,
        arity,
        result,
        evaluate,
        uses_now: false,
        law: None,
    }
}

/// The texts of a list.
fn texts(cell: Cell<'_>) -> Vec<Cow<'_, str>> {
    cell.values().collect()
}

fn pair(call: &Call<'_>) -> ArrayRef {
    let mut known: Option<HashSet<(Cow<'_, str>, Cow<'_, str>)>> = None;
    call.booleans(|row| {
        let known =
            known.get_or_insert_with(|| texts(row.cell(0)).into_iter().zip(texts(row.cell(1))).collect());
        let (key, value) = (plain(row.cell(2)).text()?, plain(row.cell(3)).text()?);
        Some(known.contains(&(key, value)))
    })
}

fn value(call: &Call<'_>) -> ArrayRef {
    let mut known: Option<HashMap<Cow<'_, str>, Cow<'_, str>>> = None;
    call.texts(|row| {
        let known =
            known.get_or_insert_with(|| texts(row.cell(0)).into_iter().zip(texts(row.cell(1))).collect());
        known.get(&*plain(row.cell(2)).text()?).filter(|value| !value.is_empty()).cloned()
    })
}
