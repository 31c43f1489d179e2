//! Comparison: two numbers by size, everything else as text by bytes.

use std::borrow::Cow;
use std::cmp::Ordering;

use arrow::array::ArrayRef;
use quarry_plan::{ComparisonRule, Returns, address_key};

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
    row(
        "address_equal",
        "a = b",
        "Whether two addresses are the same, however they are written.",
        |call| addresses(call, Ordering::is_eq),
        &[
            (&[Text("2001:DB8:0::1"), Text("2001:db8::1")], Bool(true)),
            (&[Text("a.example"), Text("a.example")], Bool(true)),
            (&[Null, Text("10.0.0.1")], Null),
        ],
    ),
    row(
        "address_not_equal",
        "a != b",
        "Whether two addresses differ.",
        |call| addresses(call, Ordering::is_ne),
        &[(&[Text("::1"), Text("0:0::1")], Bool(false))],
    ),
    row(
        "address_less",
        "a < b",
        "Whether the left address stands before the right one; version 4 before version 6, what is no address as text.",
        |call| addresses(call, Ordering::is_lt),
        &[
            (&[Text("9.0.0.1"), Text("10.0.0.1")], Bool(true)),
            (&[Text("10.0.0.1"), Text("::1")], Bool(true)),
            (&[Text("host"), Text("10.0.0.1")], Bool(false)),
        ],
    ),
    row(
        "address_less_or_equal",
        "a <= b",
        "Whether the left address does not stand after the right one.",
        |call| addresses(call, Ordering::is_le),
        &[(&[Text("172.16.0.9"), Text("172.16.0.10")], Bool(true))],
    ),
    row(
        "address_greater",
        "a > b",
        "Whether the left address stands after the right one.",
        |call| addresses(call, Ordering::is_gt),
        &[(&[Text("172.16.0.0"), Text("172.2.0.1")], Bool(true))],
    ),
    row(
        "address_greater_or_equal",
        "a >= b",
        "Whether the left address does not stand before the right one.",
        |call| addresses(call, Ordering::is_ge),
        &[(&[List(&["8.8.8.8", "10.0.0.1"]), Text("10.0.0.0")], Bool(true))],
    ),
    Function {
        arity: (1, 1),
        result: Returns::TEXT,
        ..row(
            "address_key",
            "ORDER BY address",
            "A text that sorts as addresses do.",
            |call| call.texts(|row| Some(Cow::Owned(address_key(&row.text(0)?)))),
            &[(&[Text("10.0.0.1")], Text("40a000001")), (&[Text("host")], Text("~host")), (&[Null], Null)],
        )
    },
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

fn addresses(call: &Call<'_>, wanted: fn(Ordering) -> bool) -> ArrayRef {
    call.booleans(|row| compare_cells(ComparisonRule::Address, row.cell(0), row.cell(1), wanted))
}

fn compare(call: &Call<'_>, wanted: fn(Ordering) -> bool) -> ArrayRef {
    call.booleans(|row| compare_cells(ComparisonRule::NumberAsText, row.cell(0), row.cell(1), wanted))
}
