//! Bitwise functions on whole numbers from 0 to 2^53 - 1; anything else gives null.

use arrow::array::ArrayRef;
use quarry_plan::Returns;

use crate::base::Literal::{Null, Num, Text};
use crate::base::{Call, Cell, Example, Function};

const SOURCE: &str = "Splunk search reference, bitwise functions";

/// The greatest number the functions take and give.
const MOST: u64 = (1 << 53) - 1;

pub(crate) const FUNCTIONS: &[Function] = &[
    row(
        "spl_bit_and",
        "bit_and(<values>)",
        "Bits set in all numbers.",
        (2, usize::MAX),
        |call| all(call, |left, right| left & right),
        &[
            (&[Num(12.0), Num(9.0)], Num(8.0)),
            (&[Text("7"), Num(6.0), Num(4.0)], Num(4.0)),
            (&[Num(-1.0), Num(1.0)], Null),
            (&[Num(1.5), Num(1.0)], Null),
        ],
    ),
    row(
        "spl_bit_or",
        "bit_or(<values>)",
        "Bits set in any number.",
        (2, usize::MAX),
        |call| all(call, |left, right| left | right),
        &[(&[Num(12.0), Num(9.0)], Num(13.0)), (&[Num(1.0), Null], Null)],
    ),
    row(
        "spl_bit_xor",
        "bit_xor(<values>)",
        "Bits set in an odd number of the numbers.",
        (2, usize::MAX),
        |call| all(call, |left, right| left ^ right),
        &[(&[Num(12.0), Num(9.0)], Num(5.0))],
    ),
    row(
        "spl_bit_not",
        "bit_not(<value>, <bitmask>)",
        "Every bit turned, within the mask (53 bits).",
        (1, 2),
        not,
        &[
            (&[Num(4.0), Num(7.0)], Num(3.0)),
            (&[Num(0.0)], Num(9_007_199_254_740_991.0)),
            (&[Text("x")], Null),
        ],
    ),
    row(
        "spl_bit_shift_left",
        "bit_shift_left(<value>, <shift_offset>)",
        "Bits moved up; those beyond bit 53 are lost.",
        (2, 2),
        |call| shift(call, |value, offset| value.checked_shl(offset).unwrap_or(0)),
        &[
            (&[Num(8.0), Num(2.0)], Num(32.0)),
            (&[Num(1.0), Num(53.0)], Num(0.0)),
            (&[Num(1.0), Num(-1.0)], Null),
        ],
    ),
    row(
        "spl_bit_shift_right",
        "bit_shift_right(<value>, <shift_offset>)",
        "Bits moved down.",
        (2, 2),
        |call| shift(call, |value, offset| value.checked_shr(offset).unwrap_or(0)),
        &[(&[Num(8.0), Num(2.0)], Num(2.0)), (&[Num(8.0), Num(99.0)], Num(0.0))],
    ),
];

const fn row(
    name: &'static str,
    signature: &'static str,
    meaning: &'static str,
    arity: (usize, usize),
    evaluate: fn(&Call<'_>) -> ArrayRef,
    examples: &'static [Example],
) -> Function {
    Function {
        name,
        signature,
        meaning,
        source: SOURCE,
        examples,
        arity,
        result: Returns::DOUBLE,
        evaluate,
        uses_now: false,
        law: None,
    }
}

fn bits(cell: Cell<'_>) -> Option<u64> {
    let number = cell.number()?;
    (number.fract() == 0.0 && (0.0..=MOST as f64).contains(&number)).then_some(number as u64)
}

fn all(call: &Call<'_>, operation: fn(u64, u64) -> u64) -> ArrayRef {
    call.numbers(|row| {
        let first = bits(row.cell(0))?;
        let joined = row.cells(1).try_fold(first, |have, next| Some(operation(have, bits(next)?)))?;
        Some(joined as f64)
    })
}

fn not(call: &Call<'_>) -> ArrayRef {
    let given = call.has(1);
    call.numbers(|row| {
        let mask = if given { bits(row.cell(1))? } else { MOST };
        Some((!bits(row.cell(0))? & mask) as f64)
    })
}

fn shift(call: &Call<'_>, operation: fn(u64, u32) -> u64) -> ArrayRef {
    call.numbers(|row| {
        let offset = u32::try_from(bits(row.cell(1))?).unwrap_or(u32::MAX);
        Some((operation(bits(row.cell(0))?, offset) & MOST) as f64)
    })
}
