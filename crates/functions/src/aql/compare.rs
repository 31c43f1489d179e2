//! Comparison: two numbers by size, everything else as text by bytes.

use std::cmp::Ordering;

use arrow::array::ArrayRef;

use super::plain;
use super::source::OPERATORS;
use crate::base::Literal::{Bool, Int, List, Null, Num, Text, Time};
use crate::base::{Call, Cell, Example, Function, results};

pub(crate) const FUNCTIONS: &[Function] = &[
    row(
        "aql_equal",
        "a = b",
        "Whether two values are the same.",
        |call| compare(call, Ordering::is_eq),
        &[
            (&[Int(8080), Text("8080")], Bool(true)),
            (&[Int(8080), Text("8080.0")], Bool(false)),
            (&[Int(1), Num(1.0)], Bool(true)),
            (&[Text("a"), Text("A")], Bool(false)),
            (&[Time(1_528_965_384_000_000), Text("1528965384000")], Bool(true)),
            (&[List(&["a", "b"]), Text("b")], Bool(true)),
            (&[Null, Text("a")], Null),
        ],
    ),
    row(
        "aql_not_equal",
        "a != b",
        "Whether two values differ.",
        |call| compare(call, Ordering::is_ne),
        &[(&[Int(1), Text("2")], Bool(true)), (&[Null, Int(1)], Null)],
    ),
    row(
        "aql_less",
        "a < b",
        "Whether the left value is the smaller.",
        |call| compare(call, Ordering::is_lt),
        &[(&[Int(9), Int(10)], Bool(true)), (&[Int(9), Text("10")], Bool(false))],
    ),
    row(
        "aql_less_or_equal",
        "a <= b",
        "Whether the left value is not the greater.",
        |call| compare(call, Ordering::is_le),
        &[(&[Text("a"), Text("a")], Bool(true))],
    ),
    row(
        "aql_greater",
        "a > b",
        "Whether the left value is the greater.",
        |call| compare(call, Ordering::is_gt),
        &[(&[Time(2_000_000), Int(1_999)], Bool(true))],
    ),
    row(
        "aql_greater_or_equal",
        "a >= b",
        "Whether the left value is not the smaller.",
        |call| compare(call, Ordering::is_ge),
        &[(&[Num(1.5), Int(2)], Bool(false))],
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
        name,
        signature,
        meaning,
        source: OPERATORS,
        examples,
        arity: (2, 2),
        result: results::boolean,
        evaluate,
        uses_now: false,
    }
}

fn compare(call: &Call<'_>, wanted: fn(Ordering) -> bool) -> ArrayRef {
    call.booleans(|row| cells(plain(row.cell(0)), plain(row.cell(1)), wanted))
}

fn cells(left: Cell<'_>, right: Cell<'_>, wanted: fn(Ordering) -> bool) -> Option<bool> {
    match (left, right) {
        (Cell::Null, _) | (_, Cell::Null) => None,
        (Cell::List(list), other) => {
            Some(list.iter().any(|one| cells(Cell::Text(one), other, wanted) == Some(true)))
        }
        (other, Cell::List(list)) => {
            Some(list.iter().any(|one| cells(other, Cell::Text(one), wanted) == Some(true)))
        }
        (Cell::Text(left), Cell::Text(right)) => Some(wanted(left.cmp(right))),
        (Cell::Integer(left), Cell::Integer(right)) => Some(wanted(left.cmp(&right))),
        (Cell::Text(_), _) | (_, Cell::Text(_)) => {
            Some(wanted(left.text()?.as_ref().cmp(right.text()?.as_ref())))
        }
        _ => match (left.number(), right.number()) {
            (Some(left), Some(right)) => left.partial_cmp(&right).map(wanted),
            _ => Some(wanted(left.text()?.as_ref().cmp(right.text()?.as_ref()))),
        },
    }
}
