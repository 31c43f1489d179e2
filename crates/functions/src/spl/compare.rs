//! Comparison: as numbers where both sides look numeric, else as text by bytes. A list compares if
//! any of its values does.

use std::cmp::Ordering;

use arrow::array::ArrayRef;
use quarry_plan::{ComparisonRule, Returns};

use super::source::SEARCH;
use crate::base::Literal::{Bool, List, Null, Num, Text, Time};
use crate::base::{Call, Example, Function};
use crate::comparison::compare_cells;

pub(crate) const FUNCTIONS: &[Function] = &[
    row(
        "spl_equal",
        "a = b",
        "Whether two values are the same.",
        |call| compare(call, Ordering::is_eq),
        &[
            (&[Text("7"), Text("7.0")], Bool(true)),
            (&[Text("a"), Text("A")], Bool(false)),
            (&[Num(3.0), Text("3")], Bool(true)),
            (&[List(&["x", "y"]), Text("y")], Bool(true)),
            (&[Time(2_000_000), Num(2.0)], Bool(true)),
            (&[Null, Text("y")], Null),
        ],
    ),
    row(
        "spl_not_equal",
        "a != b",
        "Whether two values differ.",
        |call| compare(call, Ordering::is_ne),
        &[
            (&[Text("7"), Text("7.0")], Bool(false)),
            (&[List(&["x", "y"]), Text("y")], Bool(true)),
            (&[Text("y"), Null], Null),
        ],
    ),
    row(
        "spl_less",
        "a < b",
        "Whether the left value is the smaller.",
        |call| compare(call, Ordering::is_lt),
        &[(&[Text("9"), Text("10")], Bool(true)), (&[Text("9x"), Text("10x")], Bool(false))],
    ),
    row(
        "spl_less_or_equal",
        "a <= b",
        "Whether the left value is not the greater.",
        |call| compare(call, Ordering::is_le),
        &[(&[Text("10"), Num(10.0)], Bool(true)), (&[Text("b"), Text("a")], Bool(false))],
    ),
    row(
        "spl_greater",
        "a > b",
        "Whether the left value is the greater.",
        |call| compare(call, Ordering::is_gt),
        &[(&[Text("10"), Text("9")], Bool(true)), (&[List(&["1", "5"]), Num(4.0)], Bool(true))],
    ),
    row(
        "spl_greater_or_equal",
        "a >= b",
        "Whether the left value is not the smaller.",
        |call| compare(call, Ordering::is_ge),
        &[(&[Text("a"), Text("a")], Bool(true)), (&[Text("a"), Text("b")], Bool(false))],
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
        source: SEARCH,
        examples,
        arity: (2, 2),
        result: Returns::BOOLEAN,
        evaluate,
        uses_now: false,
        law: None,
    }
}

fn compare(call: &Call<'_>, wanted: fn(Ordering) -> bool) -> ArrayRef {
    call.booleans(|row| compare_cells(ComparisonRule::NumbersElseText, row.cell(0), row.cell(1), wanted))
}
