//! Into JSON values by path.

use arrow::array::ArrayRef;
use quarry_plan::{Returns, Type, Value};

use crate::base::Literal::{Int, Null, Text, Written};
use crate::base::{Call, Cell, Example, Function, Row};
use crate::json;

pub(crate) const FUNCTIONS: &[Function] = &[Function {
    name: "dynamic_path",
    signature: "dynamic_path(<dynamic>, <member or index>, ...)",
    meaning: "The part of a JSON value that members by name and elements by place, from the end if negative, lead to; \
              null where there is none.",
    source: "the waist's `Path` expression",
    examples: EXAMPLES,
    arity: (1, usize::MAX),
    result: Returns::Fixed(Type::Dynamic),
    evaluate: path,
    uses_now: false,
    law: None,
}];

const NESTED: crate::Literal =
    Written(Type::Dynamic, r#"{"a": {"b.c": [1, "1", null, {"d": true}]}, "e": null}"#);

const EXAMPLES: &[Example] = &[
    (&[NESTED, Text("a"), Text("b.c"), Int(0)], Written(Type::Dynamic, "1")),
    (&[NESTED, Text("a"), Text("b.c"), Int(1)], Written(Type::Dynamic, "\"1\"")),
    (&[NESTED, Text("a"), Text("b.c"), Int(-1), Text("d")], Written(Type::Dynamic, "true")),
    (&[NESTED, Text("a"), Text("b.c"), Int(-5)], Null),
    (&[NESTED, Text("a"), Text("b"), Text("c")], Null),
    (&[NESTED, Text("a"), Int(0)], Null),
    (&[NESTED, Text("e")], Null),
    (&[Null, Text("a")], Null),
];

fn path(call: &Call<'_>) -> ArrayRef {
    call.values(|row| reached(row).map_or(Value::Null, |json| Value::Dynamic(json.to_owned())))
}

fn reached<'c>(row: Row<'c>) -> Option<&'c str> {
    let Cell::Typed(typed) = row.cell(0) else { return None };
    row.cells(1).try_fold(typed.json()?, |json, step| match step {
        Cell::Integer(index) => json::element(json, index),
        Cell::Text(name) => json::member(json, name),
        _ => None,
    })
}
