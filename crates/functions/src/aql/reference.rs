//! Reference data. None is loaded: no set holds anything, no map has a value.

use arrow::array::ArrayRef;
use quarry_plan::Type;

use super::source::RETRIEVAL;
use crate::base::Literal::{Bool, Null, Text};
use crate::base::{ArgumentTypes, Call, Example, Function, results};

pub(crate) const FUNCTIONS: &[Function] = &[
    row(
        "aql_referencesetcontains",
        "REFERENCESETCONTAINS('set', value)",
        (2, 3),
        results::boolean,
        nowhere,
        &[(&[Text("VIPs"), Text("10.0.0.1")], Bool(false)), (&[Text("VIPs"), Null], Null)],
    ),
    row(
        "aql_referencemapsetcontains",
        "REFERENCEMAPSETCONTAINS('map', key, value)",
        (3, 4),
        results::boolean,
        nowhere,
        &[(&[Text("Map"), Text("key"), Text("value")], Bool(false))],
    ),
    row(
        "aql_referencemap",
        "REFERENCEMAP('map', key)",
        (2, 3),
        results::text,
        nothing,
        &[(&[Text("Map"), Text("key")], Null)],
    ),
    row(
        "aql_referencetable",
        "REFERENCETABLE('table', 'column', key)",
        (3, 4),
        results::text,
        nothing,
        &[(&[Text("Table"), Text("column"), Text("key")], Null)],
    ),
];

const fn row(
    name: &'static str,
    signature: &'static str,
    arity: (usize, usize),
    result: fn(&ArgumentTypes<'_>) -> Type,
    evaluate: fn(&Call<'_>) -> ArrayRef,
    examples: &'static [Example],
) -> Function {
    let meaning = "Looks up reference data; there is none, so nothing is found.";
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
    }
}

fn nowhere(call: &Call<'_>) -> ArrayRef {
    call.booleans(|row| if row.cells(1).any(crate::base::Cell::is_null) { None } else { Some(false) })
}

fn nothing(call: &Call<'_>) -> ArrayRef {
    call.texts(|_| None)
}
