//! `& | ~ << >>` and exclusive or, on integers.

use arrow::array::ArrayRef;
use quarry_plan::Returns;

use super::convert::long;
use super::source::BITS;
use crate::base::Literal::{Int, Null, Text};
use crate::base::{Call, Example, Function};

pub(crate) const FUNCTIONS: &[Function] = &[
    row(
        "aql_bit_and",
        "a & b",
        "Bits set in both.",
        |call| two(call, |a, b| Some(a & b)),
        &[
            (&[Text("10.1.2.3"), Int(0xFFFF_0000)], Int(0x0A01_0000)),
            (&[Int(6), Text("0x3")], Int(2)),
            (&[Text("x"), Int(1)], Null),
        ],
    ),
    row(
        "aql_bit_or",
        "a | b",
        "Bits set in either.",
        |call| two(call, |a, b| Some(a | b)),
        &[(&[Int(6), Int(1)], Int(7))],
    ),
    row(
        "aql_bit_xor",
        "a # b",
        "Bits set in one only.",
        |call| two(call, |a, b| Some(a ^ b)),
        &[(&[Int(6), Int(3)], Int(5))],
    ),
    row(
        "aql_shift_left",
        "a << b",
        "Bits moved up; null beyond 63 places.",
        |call| two(call, |a, b| a.checked_shl(u32::try_from(b).ok()?)),
        &[(&[Int(1), Int(4)], Int(16)), (&[Int(1), Int(64)], Null), (&[Int(1), Int(-1)], Null)],
    ),
    row(
        "aql_shift_right",
        "a >> b",
        "Bits moved down, the sign stays; null beyond 63 places.",
        |call| two(call, |a, b| a.checked_shr(u32::try_from(b).ok()?)),
        &[(&[Int(16), Int(4)], Int(1))],
    ),
    Function {
        arity: (1, 1),
        ..row(
            "aql_bit_not",
            "~ a",
            "Every bit turned.",
            |call| call.integers(|row| long(row.cell(0)).map(|value| !value)),
            &[(&[Int(0)], Int(-1))],
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
        source: BITS,
        examples,
        arity: (2, 2),
        result: Returns::INTEGER,
        evaluate,
        uses_now: false,
        law: None,
    }
}

fn two(call: &Call<'_>, operation: fn(i64, i64) -> Option<i64>) -> ArrayRef {
    call.integers(|row| operation(long(row.cell(0))?, long(row.cell(1))?))
}
