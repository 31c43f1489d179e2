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
use crate::base::{Call, Cell, Example, Function, Row};

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

/// What stands at the same places of two lists.
fn pairs(row: Row<'_>) -> impl Iterator<Item = (String, String)> {
    let owned = |position| texts(row.cell(position)).into_iter().map(Cow::into_owned);
    owned(0).zip(owned(1))
}

fn pair(call: &Call<'_>) -> ArrayRef {
    let known = call.made(&[0, 1], |row| {
        let mut known: HashMap<String, HashSet<String>> = HashMap::new();
        for (key, value) in pairs(row) {
            known.entry(key).or_default().insert(value);
        }
        known
    });
    call.booleans(|row| {
        let (key, value) = (plain(row.cell(2)).text()?, plain(row.cell(3)).text()?);
        Some(known.get(&*key).is_some_and(|values| values.contains(&*value)))
    })
}

fn value(call: &Call<'_>) -> ArrayRef {
    let known = call.made(&[0, 1], |row| pairs(row).collect::<HashMap<String, String>>());
    call.texts(|row| {
        let found = known.get(&*plain(row.cell(2)).text()?).filter(|value| !value.is_empty());
        found.map(|value| Cow::Owned(value.clone()))
    })
}
