//! Comparison: two numbers by size, everything else as text by bytes.

use std::cmp::Ordering;

use arrow::array::ArrayRef;
use quarry_plan::{ComparisonRule, Returns};

use super::source::OPERATORS;
use crate::base::Literal::{Bool, Int, List, Null, Num, Text, Time};
use crate::base::{Call, Example, Function};
use crate::comparison::compare_cells;

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
        result: Returns::BOOLEAN,
        evaluate,
        uses_now: false,
        law: None,
    }
}

fn compare(call: &Call<'_>, wanted: fn(Ordering) -> bool) -> ArrayRef {
    call.booleans(|row| compare_cells(ComparisonRule::NumberAsText, row.cell(0), row.cell(1), wanted))
}
